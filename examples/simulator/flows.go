package main

import (
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
		{group: people, method: "POST", path: "users/{n}/open-flow", doc: "Opens the newest form: its endpoint gives the first screen. Without an endpoint there is no screen, and flow fills it in", example: `{}`, do: openFlow},
		{group: people, method: "POST", path: "users/{n}/submit-flow", doc: "Fills in a screen of the form that was opened; the screen SUCCESS ends it, and its answers come by webhook", body: screenBody{},
			example: `{"screen":"RATING","data":{"stars":5}}`, do: submitFlow},
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

// flowLine is a flow as it is listed.
type flowLine struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
}

func (s *server) flows() []flowLine {
	list := []flowLine{}
	for _, f := range s.account.Flows() {
		list = append(list, flowLine{f.ID, f.Name(), f.Status()})
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
		return nil, err
	}
	s.open.set(u, f)
	return asJSON(screen), nil
}

func submitFlow(s *server, c *request) (any, error) {
	u, err := s.user(c)
	if err != nil {
		return nil, err
	}
	in, f := c.body.(*screenBody), s.open.get(u)
	if f == nil {
		return nil, errors.New("there is no form open; send open-flow first")
	}
	if len(in.Data) == 0 {
		in.Data = json.RawMessage(`{}`)
	}
	if in.Screen == "" || in.Data[0] != '{' {
		return nil, refusal(http.StatusBadRequest, "screen is the id of a screen, and data a JSON object")
	}
	screen, err := f.Submit(in.Screen, string(in.Data))
	if err != nil {
		return nil, err
	}
	if screen.Screen == "SUCCESS" {
		s.open.set(u, nil)
	}
	return asJSON(screen), nil
}

// asJSON is a screen as JSON.
func asJSON(x cloudapitest.FlowScreen) map[string]any {
	if x.Data == "" {
		x.Data = "{}"
	}
	return map[string]any{"screen": x.Screen, "data": json.RawMessage(x.Data)}
}
