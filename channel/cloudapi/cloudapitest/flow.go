package cloudapitest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The statuses of a flow. https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/lifecycle
// (checked 2026-11-29)
const (
	FlowDraft      = "DRAFT"
	FlowPublished  = "PUBLISHED"
	FlowDeprecated = "DEPRECATED"
	FlowBlocked    = "BLOCKED"
	FlowThrottled  = "THROTTLED"
)

// A Flow is a form of several screens that a business sends into a chat.
type Flow struct {
	ID string

	account    *Account
	name       string
	status     string
	categories []string
	endpoint   string
	app        string // id of the app whose secret signs requests to the endpoint
	definition string // flow.json
	problems   []flowProblem
	made       int64
	changed    int64
	preview    flowPreview
	sent       []int64    // when it was sent while throttled
	asked      []flowCall // requests to the endpoint
}

// flowPreview is the address of the page that shows a flow.
type flowPreview struct {
	token string
	until int64
}

// FlowConfig describes a flow.
type FlowConfig struct {
	ID   string // "" = generated
	Name string // "" = made from the id
	// Definition is flow.json; "" = one screen without an endpoint.
	Definition string
	// Draft leaves it unpublished.
	Draft bool
	// Endpoint is the address that answers for the screens: of a mounted handler, or
	// reached by Config.Transport.
	Endpoint string
	// App signs the requests to the endpoint; nil = they are not signed.
	App *App
}

const plainFlow = `{"version":"7.1","screens":[{"id":"START","title":"Form","terminal":true,"layout":{"type":"SingleColumnLayout","children":[]}}]}`

// AddFlow gives the account a flow. Flow messages must name one that the account has and
// that was published, unless they ask for the draft.
func (a *Account) AddFlow(cfg FlowConfig) *Flow {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.flows[cfg.ID]; f != nil {
		return f
	}
	f := w.newFlow(a, cfg.ID, cfg.Name)
	f.endpoint = cfg.Endpoint
	if cfg.App != nil {
		f.app = cfg.App.ID
	}
	f.define(cmp.Or(cfg.Definition, plainFlow))
	if !cfg.Draft {
		f.status = FlowPublished
	}
	return f
}

// newFlow makes a draft without definition.
func (w *World) newFlow(a *Account, id, name string) *Flow {
	if id == "" {
		id = w.newID()
	}
	f := &Flow{ID: id, account: a, name: cmp.Or(name, "flow "+id), status: FlowDraft, categories: []string{"OTHER"}, made: w.now(), changed: w.now()}
	f.define("")
	a.flows = append(a.flows, f)
	a.turns++
	w.flows[id] = f
	return f
}

// Flows returns the flows of the account, oldest first.
func (a *Account) Flows() []*Flow {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return slices.Clone(a.flows)
}

// Name returns the name, which a program may change.
func (f *Flow) Name() string {
	f.account.w.mu.Lock()
	defer f.account.w.mu.Unlock()
	return f.name
}

// Status tells where the flow is in its life.
func (f *Flow) Status() string {
	f.account.w.mu.Lock()
	defer f.account.w.mu.Unlock()
	return f.status
}

// Endpoint returns the address that answers for the screens; "" if there is none.
func (f *Flow) Endpoint() string {
	f.account.w.mu.Lock()
	defer f.account.w.mu.Unlock()
	return f.endpoint
}

// SetStatus does what Meta does to flows whose endpoint fails: BLOCKED or THROTTLED, and
// back to PUBLISHED. The account is told by the webhook flows.
func (f *Flow) SetStatus(status string) {
	w := f.account.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.setFlowStatus(f, status)
}

func (w *World) setFlowStatus(f *Flow, status string) {
	before := f.status
	f.status, f.changed, f.sent = status, w.now(), nil
	w.announce(f.account, "flows", func(e *enc) {
		e.key("event").str("FLOW_STATUS_CHANGE")
		e.key("message").str("Flow " + f.name + " changed status from " + before + " to " + status)
		e.key("flow_id").str(f.ID)
		e.key("old_status").str(before)
		e.key("new_status").str(status)
	}, nil)
}

// flowProblem is a fault of a definition.
type flowProblem struct{ message string }

// define stores a definition and notes what is wrong with it. Of Meta's many rules those
// are applied that a program can break, not those about the look of components.
func (f *Flow) define(text string) {
	f.definition, f.problems = text, nil
	bad := func(what string) { f.problems = append(f.problems, flowProblem{what}) }
	n, err := parseJSON(cmp.Or(text, "{}"))
	if err != nil || n.kind != jsonObject {
		bad("The Flow JSON is not valid JSON.")
		return
	}
	if n.at("version").text == "" {
		bad("The property 'version' is required.")
	}
	screens := n.at("screens")
	if screens.kind != jsonArray || len(screens.items) == 0 {
		bad("The property 'screens' must be a list of at least one screen.")
	}
	ids, terminal := map[string]bool{}, false
	for i := range screens.items {
		s := &screens.items[i].val
		id := s.at("id").text
		switch {
		case id == "" || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") != "":
			bad("The 'id' of a screen must consist of letters and underscores.")
		case id == "SUCCESS":
			bad("The screen id 'SUCCESS' is reserved.")
		case ids[id]:
			bad("The screen id '" + id + "' occurs twice.")
		}
		ids[id] = true
		if s.at("layout").kind != jsonObject {
			bad("The property 'layout' of screen '" + id + "' is required.")
		}
		terminal = terminal || s.at("terminal").isTrue()
	}
	if len(ids) > 0 && !terminal {
		bad("At least one screen must be 'terminal'.")
	}
	routes := n.at("routing_model")
	if n.at("data_api_version").kind != jsonAbsent && routes.kind != jsonObject {
		bad("The property 'routing_model' is required with an endpoint.")
	}
	for i := range routes.items {
		if !ids[routes.items[i].key] {
			bad("The routing model names a screen '" + routes.items[i].key + "' that does not exist.")
		}
	}
}

// text returns a member of the definition.
func (f *Flow) text(key string) string {
	n, err := parseJSON(f.definition)
	if err != nil {
		return ""
	}
	return n.at(key).asText()
}

// wantedFlow is the flow that a message opens, by id or name.
type wantedFlow struct {
	id, name string
	draft    bool
}

// throttledPerHour is how often a throttled flow can be sent.
const throttledPerHour = 10

// checkFlow refuses a message that opens a flow the account does not have, or one that is
// not for sending. https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/sendingaflow
// (checked 2026-11-29)
func (c *call) checkFlow(d *draft) *graphError {
	if d.opens == nil {
		return nil
	}
	want, flows := *d.opens, c.target.number.account.flows
	i := slices.IndexFunc(flows, func(f *Flow) bool { return f.ID == want.id || want.id == "" && f.name == want.name })
	if i < 0 {
		return fail(131009, "The flow does not exist or does not belong to the account of this number.")
	}
	f := flows[i]
	d.rich.flow = f
	switch {
	case f.status == FlowBlocked:
		return fail(132068, "The flow is blocked.")
	case want.draft && f.status != FlowDraft:
		return fail(131009, "The flow is not a draft; mode must be published.")
	case !want.draft && f.status == FlowDraft:
		return fail(131009, "The flow is a draft; publish it, or set mode to draft.")
	case f.status == FlowDeprecated:
		return fail(131009, "The flow is deprecated.")
	case f.status == FlowThrottled:
		f.sent = slices.DeleteFunc(f.sent, func(at int64) bool { return c.at-at >= int64(time.Hour) })
		if len(f.sent) >= throttledPerHour {
			return fail(132069, "The flow is throttled: 10 messages were sent with it in the last hour.")
		}
		f.sent = append(f.sent, c.at)
	}
	return nil
}
