package cloudapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// Health says whether messages can be sent, and if not, which node is to blame.
// It is the best check before onboarding or a campaign.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status
// (checked September 2026)
type Health struct {
	// CanSend is AVAILABLE, LIMITED or BLOCKED, the worst of all nodes.
	CanSend  string
	Entities []HealthEntity
}

// HealthEntity is the health of one node that sending depends on.
type HealthEntity struct {
	Type    string // PHONE_NUMBER, MESSAGE_TEMPLATE, WABA, BUSINESS or APP
	ID      string
	CanSend string
	// CanReceiveCalls is about calls over SIP; empty if not told.
	CanReceiveCalls string
	Info            []string // remarks of Meta, English
	Problems        []HealthProblem
}

// HealthProblem is a reason why a node is not AVAILABLE.
type HealthProblem struct {
	Code        int
	Description string
	Solution    string
}

// UnmarshalJSON reads the platform's form of a health status.
func (h *Health) UnmarshalJSON(data []byte) error {
	var w struct {
		CanSend  string `json:"can_send_message"`
		Entities []struct {
			Type    string        `json:"entity_type"`
			ID      lenientString `json:"id"`
			CanSend string        `json:"can_send_message"`
			Calls   string        `json:"can_receive_call_sip"`
			Info    []string      `json:"additional_info"`
			Errors  []struct {
				Code        lenientInt `json:"error_code"`
				Description string     `json:"error_description"`
				Solution    string     `json:"possible_solution"`
			} `json:"errors"`
		} `json:"entities"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*h = Health{CanSend: w.CanSend}
	for _, e := range w.Entities {
		entity := HealthEntity{Type: e.Type, ID: string(e.ID), CanSend: e.CanSend, CanReceiveCalls: e.Calls, Info: e.Info}
		for _, p := range e.Errors {
			entity.Problems = append(entity.Problems, HealthProblem{int(p.Code), p.Description, p.Solution})
		}
		h.Entities = append(h.Entities, entity)
	}
	return nil
}

// Health reads the health of the number and of everything above it.
func (n *Number) Health(ctx context.Context) (Health, error) { return n.client.health(ctx, n.id, n.id) }

// Health reads the health of the account and of everything above it.
func (a *Account) Health(ctx context.Context) (Health, error) {
	return a.client.health(ctx, a.id, a.id)
}

// TemplateHealth reads the health of a template, by its id.
func (a *Account) TemplateHealth(ctx context.Context, templateID string) (Health, error) {
	return a.client.health(ctx, templateID, a.id)
}

func (c *Client) health(ctx context.Context, id, account string) (Health, error) {
	cl, err := c.managementCall("get health", http.MethodGet, id, url.Values{"fields": {"health_status"}}, nil)
	if err != nil {
		return Health{}, err
	}
	var out struct {
		Health Health `json:"health_status"`
	}
	cl.permit.Account, cl.decode = account, decodeInto(&out)
	err = c.do(ctx, cl)
	return out.Health, err
}
