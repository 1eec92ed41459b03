package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Flow is a client's view of one WhatsApp Flow: a form of several screens that opens
// inside a chat. A flow begins as a draft, is published, after which it never changes
// again, and is deprecated when it shall not be sent any more. Safe for concurrent use.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/flowsapi
// (checked 2026-11-29)
type Flow struct {
	account *Account
	id      string
}

// Flow gives the view of the flow with this id.
func (a *Account) Flow(id string) *Flow { return &Flow{account: a, id: id} }

// ID is the flow's id, as message.Flow names it.
func (f *Flow) ID() string { return f.id }

// FlowStatus is where a flow is in its life; an open set.
type FlowStatus string

// The statuses of flows.
const (
	FlowDraft      FlowStatus = "DRAFT"      // can be changed, sent only with message.FlowDraft
	FlowPublished  FlowStatus = "PUBLISHED"  // can be sent, never changed
	FlowDeprecated FlowStatus = "DEPRECATED" // neither sent nor opened any more
	FlowBlocked    FlowStatus = "BLOCKED"    // by Meta, for its endpoint fails
	FlowThrottled  FlowStatus = "THROTTLED"  // ten messages an hour, for its endpoint is unwell
)

// FlowCategory says what a flow is for; an open set.
type FlowCategory string

// The categories of flows.
const (
	FlowSignUp             FlowCategory = "SIGN_UP"
	FlowSignIn             FlowCategory = "SIGN_IN"
	FlowAppointmentBooking FlowCategory = "APPOINTMENT_BOOKING"
	FlowLeadGeneration     FlowCategory = "LEAD_GENERATION"
	FlowContactUs          FlowCategory = "CONTACT_US"
	FlowCustomerSupport    FlowCategory = "CUSTOMER_SUPPORT"
	FlowSurvey             FlowCategory = "SURVEY"
	FlowOther              FlowCategory = "OTHER"
)

// FlowInfo is what the platform tells about a flow.
type FlowInfo struct {
	ID         string
	Name       string
	Status     FlowStatus
	Categories []FlowCategory
	// Problems are why the flow cannot be published; nil if it can.
	Problems []FlowProblem
	// JSONVersion is the version of the definition, such as "7.1"; DataAPIVersion that of
	// the endpoint's protocol, empty without endpoint.
	JSONVersion    string
	DataAPIVersion string
	// Endpoint is the address that answers for the screens; see package flowdata.
	Endpoint string
	AppID    string // the app whose secret signs what goes to the endpoint
	Updated  time.Time
	Health   *Health // nil if not told
}

// FlowProblem is a fault in the definition of a flow, with its place in the file.
type FlowProblem struct {
	Code    string `json:"error"`      // such as INVALID_PROPERTY_VALUE
	Type    string `json:"error_type"` // such as FLOW_JSON_ERROR
	Message string `json:"message"`
	// Lines count from 1, columns from 0; all are 0 if the fault has no place.
	Line      int `json:"line_start"`
	LineEnd   int `json:"line_end"`
	Column    int `json:"column_start"`
	ColumnEnd int `json:"column_end"`
}

const flowFields = "id,name,status,categories,validation_errors,json_version,data_api_version,endpoint_uri,application,updated_at"

// UnmarshalJSON reads the platform's form of a flow.
func (i *FlowInfo) UnmarshalJSON(data []byte) error {
	var w struct {
		ID         lenientString   `json:"id"`
		Name       string          `json:"name"`
		Status     FlowStatus      `json:"status"`
		Categories []FlowCategory  `json:"categories"`
		Problems   []FlowProblem   `json:"validation_errors"`
		Version    lenientString   `json:"json_version"`
		Data       lenientString   `json:"data_api_version"`
		Endpoint   string          `json:"endpoint_uri"`
		App        json.RawMessage `json:"application"`
		Updated    graphTime       `json:"updated_at"`
		Health     *Health         `json:"health_status"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*i = FlowInfo{
		ID: string(w.ID), Name: w.Name, Status: w.Status, Categories: w.Categories, Problems: w.Problems,
		JSONVersion: string(w.Version), DataAPIVersion: string(w.Data), Endpoint: w.Endpoint, Updated: w.Updated.Time, Health: w.Health,
	}
	if len(i.Problems) == 0 {
		i.Problems = nil
	}
	var app struct {
		ID lenientString `json:"id"`
	}
	if json.Unmarshal(w.App, &app) == nil { // an object, or nothing
		i.AppID = string(app.ID)
	}
	return nil
}

// Flows walks through the flows of the account. See [Account.Numbers] about errors and
// breaking off.
func (a *Account) Flows(ctx context.Context) iter.Seq2[FlowInfo, error] {
	return all(ctx, a.client, listing[FlowInfo]{
		op: "list flows", id: a.id, edge: "flows", query: url.Values{"fields": {flowFields}},
		key: func(f FlowInfo) string { return f.ID },
	})
}

// NewFlow describes a flow to make.
type NewFlow struct {
	Name       string         // 1 to 200 characters, one of its kind in the account
	Categories []FlowCategory // at least one
	// JSON is the definition; may be nil, and given later with [Flow.SetJSON].
	JSON json.RawMessage
	// Publish makes the flow usable at once. It needs JSON without faults.
	Publish bool
	// Endpoint is the https address that answers for the screens; empty for a flow
	// that needs none.
	Endpoint string
	// CloneFrom is the id of a flow to copy the definition of.
	CloneFrom string
}

// FlowSaved tells what became of a flow or its definition. A definition with problems is
// stored all the same; only publishing it is refused.
type FlowSaved struct {
	ID       string
	Problems []FlowProblem
}

// maxFlowName is in characters, maxFlowJSON in bytes.
const maxFlowName, maxFlowJSON = 200, 10 << 20

var (
	errNoCategory = errors.New("at least one category is needed")
	errFlowJSON   = fmt.Errorf("the definition must be a JSON object of at most %d MB", maxFlowJSON>>20)
	errFlowBoth   = errors.New("a flow is made from JSON or from another flow, not both")
	errFlowEmpty  = errors.New("only a flow with a definition can be published")
	errEndpoint   = errors.New("the endpoint must be an https address")
)

func (n NewFlow) check(op string) error {
	problems := []error{length("the name", n.Name, 1, maxFlowName), checkEndpoint(n.Endpoint)}
	if len(n.Categories) == 0 {
		problems = append(problems, errNoCategory)
	}
	if n.JSON != nil {
		problems = append(problems, checkFlowJSON(n.JSON))
	}
	if n.JSON != nil && n.CloneFrom != "" {
		problems = append(problems, errFlowBoth)
	}
	if n.Publish && n.JSON == nil && n.CloneFrom == "" {
		problems = append(problems, errFlowEmpty)
	}
	return refuse(op, problems...)
}

// checkEndpoint accepts an address or nothing.
func checkEndpoint(address string) error {
	if address == "" {
		return nil
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" {
		return errEndpoint
	}
	return nil
}

func checkFlowJSON(definition []byte) error {
	var object map[string]json.RawMessage
	if len(definition) > maxFlowJSON || json.Unmarshal(definition, &object) != nil || object == nil {
		return errFlowJSON
	}
	return nil
}

// CreateFlow makes a flow.
func (a *Account) CreateFlow(ctx context.Context, n NewFlow) (FlowSaved, error) {
	const op = "create flow"
	if err := n.check(op); err != nil {
		return FlowSaved{}, err
	}
	in := struct {
		Name       string         `json:"name"`
		Categories []FlowCategory `json:"categories"`
		JSON       string         `json:"flow_json,omitempty"`
		Publish    bool           `json:"publish,omitempty"`
		Endpoint   string         `json:"endpoint_uri,omitempty"`
		CloneFrom  string         `json:"clone_flow_id,omitempty"`
	}{n.Name, n.Categories, string(n.JSON), n.Publish, n.Endpoint, n.CloneFrom}
	var out wireFlowSaved
	err := a.client.json(ctx, op, http.MethodPost, a.id, nil, in, &out, "flows")
	return out.value(), err
}

type wireFlowSaved struct {
	ID       lenientString `json:"id"`
	Problems []FlowProblem `json:"validation_errors"`
}

func (w wireFlowSaved) value() FlowSaved {
	s := FlowSaved{ID: string(w.ID)}
	if len(w.Problems) > 0 {
		s.Problems = w.Problems
	}
	return s
}

// MigratedFlows tells what became of flows that were copied.
type MigratedFlows struct {
	Done   map[string]string // name → id of the copy
	Failed map[string]string // name → Meta's reason
}

// maxMigrateFlows is how many flows one request can name.
const maxMigrateFlows = 100

// MigrateFlows copies flows from another account of the same business, by their names, at
// most 100. The copies are drafts, or published if the originals are.
func (a *Account) MigrateFlows(ctx context.Context, from string, names ...string) (MigratedFlows, error) {
	const op = "migrate flows"
	if len(names) == 0 || len(names) > maxMigrateFlows {
		return MigratedFlows{}, invalid(op, "%d names, allowed are 1 to %d", len(names), maxMigrateFlows)
	}
	in := map[string]any{"source_waba_id": from, "source_flow_names": names}
	var out struct {
		Done []struct {
			Name string        `json:"source_name"`
			ID   lenientString `json:"migrated_id"`
		} `json:"migrated_flows"`
		Failed []struct {
			Name   string `json:"source_name"`
			Reason string `json:"error_message"`
		} `json:"failed_flows"`
	}
	err := a.client.json(ctx, op, http.MethodPost, a.id, nil, in, &out, "migrate_flows")
	r := MigratedFlows{Done: make(map[string]string, len(out.Done)), Failed: make(map[string]string, len(out.Failed))}
	for _, f := range out.Done {
		r.Done[f.Name] = string(f.ID)
	}
	for _, f := range out.Failed {
		r.Failed[f.Name] = f.Reason
	}
	return r, err
}
