package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// flowOperations add flows and let people fill them in screen by screen.
func flowOperations() []operation {
	const flows, people = "Flows", "People"
	return []operation{
		{group: flows, method: "GET", path: "flows", doc: "The flows there are", do: func(s *server, _ *request) (any, error) {
			return map[string]any{"flows": s.flows()}, nil
		}},
		{group: flows, method: "POST", path: "flows", doc: "Adds a flow, published at once unless it is to be a draft; an endpoint is asked when somebody opens it", body: flowBody{},
			example: `{"name":"rating","endpoint":"http://localhost:8080/flows","draft":false}`, do: func(s *server, c *request) (any, error) {
				in := c.body.(*flowBody)
				if in.Endpoint != "" && !strings.HasPrefix(in.Endpoint, "http://") && !strings.HasPrefix(in.Endpoint, "https://") {
					return nil, refusal(http.StatusBadRequest, "%q is no address of an endpoint: start with http://", in.Endpoint)
				}
				if len(in.Definition) > 0 && in.Definition[0] != '{' {
					return nil, refusal(http.StatusBadRequest, "definition is a JSON object, flow.json")
				}
				f := s.account.AddFlow(cloudapitest.FlowConfig{
					Name: in.Name, Definition: string(in.Definition), Draft: in.Draft, Endpoint: in.Endpoint, App: s.app,
				})
				return map[string]any{"id": f.ID, "status": f.Status()}, nil
			}},
		{group: flows, method: "POST", path: "flows/{id}/status", doc: "Changes the status, as Meta does when an endpoint fails", body: statusBody{}, example: `{"status":"BLOCKED"}`, do: func(s *server, c *request) (any, error) {
			status := strings.ToUpper(c.body.(*statusBody).Status)
			if !slices.Contains(flowStatuses, status) {
				return nil, refusal(http.StatusBadRequest, "status must be one of %s", strings.Join(flowStatuses, ", "))
			}
			f, err := s.flow(c)
			if err != nil {
				return nil, err
			}
			f.SetStatus(status)
			return map[string]any{"id": f.ID, "status": f.Status()}, nil
		}},
		{group: flows, method: "POST", path: "flows/{id}/check", doc: "Checks the health of the endpoint as Meta does, with the number's public key", example: `{}`, do: func(s *server, c *request) (any, error) {
			f, err := s.flow(c)
			if err != nil {
				return nil, err
			}
			if err := f.CheckEndpoint(s.number); err != nil {
				return nil, explainFlow(err)
			}
			return map[string]any{"status": "active"}, nil
		}},
		{group: people, method: "POST", path: "users/{n}/open-flow", doc: "Opens the newest form: its endpoint gives the first screen. Without an endpoint there is no screen, and flow fills it in", example: `{}`, do: openFlow},
		{group: people, method: "POST", path: "users/{n}/submit-flow", doc: "Fills in a screen of the form that was opened; the screen SUCCESS ends it, and its answers come by webhook", body: screenBody{},
			example: `{"screen":"RATING","data":{"stars":5}}`, do: submitFlow},
		{group: people, method: "POST", path: "users/{n}/back-flow", doc: "Goes back to a screen of the open form, which asks the endpoint again", body: backBody{},
			example: `{"screen":"RATING"}`, do: backFlow},
		{group: people, method: "POST", path: "users/{n}/report-flow", doc: "The phone tells the endpoint that its last answer cannot be shown", body: reportBody{},
			example: `{"screen":"RATING","error":"invalid-screen-transition","message":"There is no such screen"}`, do: reportFlow},
	}
}

var flowStatuses = []string{
	cloudapitest.FlowDraft, cloudapitest.FlowPublished, cloudapitest.FlowDeprecated, cloudapitest.FlowBlocked, cloudapitest.FlowThrottled,
}

type flowBody struct {
	Name       string          `json:"name" doc:"Name; made up if not given"`
	Endpoint   string          `json:"endpoint" doc:"Address of your program that answers for the screens; nothing if it needs none"`
	Definition json.RawMessage `json:"definition" doc:"flow.json; one screen if not given"`
	Draft      bool            `json:"draft" doc:"true leaves it unpublished"`
}

type screenBody struct {
	Screen string          `json:"screen" doc:"Id of the screen that is filled in"`
	Data   json.RawMessage `json:"data" doc:"What was entered, a JSON object"`
}

type backBody struct {
	Screen string `json:"screen" doc:"Id of the screen that is shown again"`
}

type reportBody struct {
	Screen  string `json:"screen" doc:"Id of the screen that could not be shown"`
	Error   string `json:"error" doc:"What kind of error it is; invalid-screen-transition if not given"`
	Message string `json:"message" doc:"What the phone says about it"`
}

// flowLine is a flow as it is listed.
type flowLine struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
	// Endpoint reports whether it has one.
	Endpoint bool `json:"endpoint"`
}

func (s *server) flows() []flowLine {
	list := []flowLine{}
	for _, f := range s.account.Flows() {
		list = append(list, flowLine{f.ID, f.Name(), f.Status(), f.Endpoint() != ""})
	}
	return list
}

// flow finds the flow in the path, by id or by name.
func (s *server) flow(c *request) (*cloudapitest.Flow, error) {
	id := c.PathValue("id")
	for _, f := range s.account.Flows() {
		if f.ID == id || f.Name() == id {
			return f, nil
		}
	}
	return nil, refusal(http.StatusNotFound, "there is no flow %q; name one by its id or name", id)
}

// openFlows are the flows that people hold open on their phones.
type openFlows struct {
	mu   sync.Mutex
	list map[*cloudapitest.User]*cloudapitest.FlowSession
}

func (o *openFlows) get(u *cloudapitest.User) *cloudapitest.FlowSession {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.list[u]
}

// set opens a flow; nil closes the one that is open.
func (o *openFlows) set(u *cloudapitest.User, f *cloudapitest.FlowSession) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.list == nil {
		o.list = make(map[*cloudapitest.User]*cloudapitest.FlowSession)
	}
	o.list[u] = f
}

func openFlow(s *server, c *request) (any, error) {
	u, err := s.user(c)
	if err != nil {
		return nil, err
	}
	f, screen, err := u.OpenFlow(s.number)
	if errors.Is(err, cloudapitest.ErrNoFlowEndpoint) {
		return asJSON(cloudapitest.FlowScreen{}), nil
	}
	if err != nil {
		return nil, explainFlow(err)
	}
	s.open.set(u, f)
	return asJSON(screen), nil
}

// opened finds the form that the person of the path has open.
func (s *server) opened(c *request) (*cloudapitest.User, *cloudapitest.FlowSession, error) {
	u, err := s.user(c)
	if err != nil {
		return nil, nil, err
	}
	f := s.open.get(u)
	if f == nil {
		return nil, nil, errors.New("there is no form open; send open-flow first")
	}
	return u, f, nil
}

func submitFlow(s *server, c *request) (any, error) {
	u, f, err := s.opened(c)
	if err != nil {
		return nil, err
	}
	in := c.body.(*screenBody)
	if len(in.Data) == 0 {
		in.Data = json.RawMessage(`{}`)
	}
	if in.Screen == "" || in.Data[0] != '{' {
		return nil, refusal(http.StatusBadRequest, "screen is the id of a screen, and data a JSON object")
	}
	screen, err := f.Submit(in.Screen, string(in.Data))
	if err != nil {
		return nil, explainFlow(err)
	}
	if screen.Screen == "SUCCESS" {
		s.open.set(u, nil)
	}
	return asJSON(screen), nil
}

func backFlow(s *server, c *request) (any, error) {
	_, f, err := s.opened(c)
	if err != nil {
		return nil, err
	}
	in := c.body.(*backBody)
	if in.Screen == "" {
		return nil, refusal(http.StatusBadRequest, "screen is the id of the screen that is shown again")
	}
	screen, err := f.Back(in.Screen)
	if err != nil {
		return nil, explainFlow(err)
	}
	return asJSON(screen), nil
}

func reportFlow(s *server, c *request) (any, error) {
	_, f, err := s.opened(c)
	if err != nil {
		return nil, err
	}
	in := c.body.(*reportBody)
	if in.Screen == "" {
		return nil, refusal(http.StatusBadRequest, "screen is the id of the screen that could not be shown")
	}
	return nil, explainFlow(f.Report(in.Screen, cmp.Or(in.Error, "invalid-screen-transition"), in.Message))
}

// explainFlow says what the endpoint did wrong in words for the one who writes it.
func explainFlow(err error) error {
	refused, ok := errors.AsType[*cloudapitest.FlowStatusError](err)
	switch {
	case err == nil:
		return nil
	case ok && refused.Message != "":
		return refusal(http.StatusBadGateway, "the endpoint answered %d, and the phone shows: %s", refused.Status, refused.Message)
	case ok:
		return refusal(http.StatusBadGateway, "the endpoint answered %d", refused.Status)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "cloudapitest: "))
}

// asJSON is a screen as JSON.
func asJSON(x cloudapitest.FlowScreen) map[string]any {
	if x.Data == "" {
		x.Data = "{}"
	}
	return map[string]any{"screen": x.Screen, "data": json.RawMessage(x.Data)}
}
