package cloudapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// Session is a WebRTC session description.
type Session struct {
	Type string `json:"sdp_type"` // offer or answer
	SDP  string `json:"sdp"`
}

type wireCall struct {
	Product   string   `json:"messaging_product"`
	To        string   `json:"to,omitempty"`
	Recipient string   `json:"recipient,omitempty"`
	Action    string   `json:"action"`
	CallID    string   `json:"call_id,omitempty"`
	Session   *Session `json:"session,omitempty"`
	OpaqueID  string   `json:"biz_opaque_callback_data,omitempty"`
}

// StartCall calls a user who has permitted it, and returns the call's id. offer
// is our session; the user's answer comes by webhook. opaqueID comes back in the
// webhooks of the call, at most 512 characters.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/business-initiated-calls
// (checked September 2026)
func (n *Number) StartCall(ctx context.Context, to message.Recipient, offer Session, opaqueID string) (callID string, err error) {
	const op = "start call"
	if to.Group != "" || to.IsZero() || offer.SDP == "" {
		return "", invalid(op, "a user and an offer are needed")
	}
	if err := refuse(op, length("the opaque id", opaqueID, 0, message.MaxOpaqueID)); err != nil {
		return "", err
	}
	w := wireCall{Product: product, Action: "connect", Recipient: to.BSUID, Session: &offer, OpaqueID: opaqueID}
	if to.Phone != "" {
		w.To = "+" + strings.TrimPrefix(to.Phone, "+")
	}
	cl, err := n.client.managementCall(op, http.MethodPost, n.id, nil, w, "calls")
	if err != nil {
		return "", err
	}
	var out struct {
		Calls []struct {
			ID string `json:"id"`
		} `json:"calls"`
	}
	cl.permit = Permit{}
	cl.decode = func(_ int, body []byte) error {
		if json.Unmarshal(body, &out) != nil || len(out.Calls) == 0 || out.Calls[0].ID == "" {
			return errUnexpected
		}
		return nil
	}
	if err := n.client.do(ctx, cl); err != nil {
		return "", err
	}
	return out.Calls[0].ID, nil
}

// PreAcceptCall prepares the media path of an incoming call before it is
// accepted, so that the first words are not lost.
func (n *Number) PreAcceptCall(ctx context.Context, callID string, answer Session) error {
	return n.callAction(ctx, "pre-accept call", wireCall{Action: "pre_accept", CallID: callID, Session: &answer})
}

// AcceptCall takes an incoming call. opaqueID comes back in the webhooks of the
// call.
func (n *Number) AcceptCall(ctx context.Context, callID string, answer Session, opaqueID string) error {
	const op = "accept call"
	if err := refuse(op, length("the opaque id", opaqueID, 0, message.MaxOpaqueID)); err != nil {
		return err
	}
	return n.callAction(ctx, op, wireCall{Action: "accept", CallID: callID, Session: &answer, OpaqueID: opaqueID})
}

// RejectCall declines an incoming call.
func (n *Number) RejectCall(ctx context.Context, callID string) error {
	return n.callAction(ctx, "reject call", wireCall{Action: "reject", CallID: callID})
}

// EndCall ends a call, also one that still rings.
func (n *Number) EndCall(ctx context.Context, callID string) error {
	return n.callAction(ctx, "end call", wireCall{Action: "terminate", CallID: callID})
}

// callAction acts on a call that exists, which may be repeated.
func (n *Number) callAction(ctx context.Context, op string, w wireCall) error {
	if w.CallID == "" || w.Session != nil && w.Session.SDP == "" {
		return invalid(op, "the id of a call and, to accept it, an answer are needed")
	}
	w.Product = product
	cl, err := n.client.managementCall(op, http.MethodPost, n.id, nil, w, "calls")
	if err != nil {
		return err
	}
	cl.permit, cl.repeat, cl.decode = Permit{}, true, decodeSuccess
	return n.client.do(ctx, cl)
}

// CallPermission says whether a user may be called.
type CallPermission struct {
	// Status is no_permission, temporary (7 days) or permanent.
	Status string
	// Expires is the end of a temporary permission.
	Expires time.Time
	Actions []CallAction
}

// CallAction is something that may or may not be done with a user.
type CallAction struct {
	Name    string // send_call_permission_request or start_call
	Allowed bool
	Limits  []CallLimit
}

// CallLimit is one of the limits behind a [CallAction].
type CallLimit struct {
	Period string // ISO 8601 duration, such as "PT24H"
	Max    int
	Used   int
	// Expires is when the limit frees, if it is reached.
	Expires time.Time
}

// CallPermission reads whether a user may be called. Meta allows five reads per
// second (613).
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
// (checked September 2026)
func (n *Number) CallPermission(ctx context.Context, user message.Recipient) (CallPermission, error) {
	q := url.Values{"user_wa_id": {strings.TrimPrefix(user.Phone, "+")}}
	switch {
	case user.Group != "" || user.IsZero():
		return CallPermission{}, invalid("get call permission", "a user is needed")
	case user.Phone == "":
		q = url.Values{"recipient": {user.BSUID}}
	}
	cl, err := n.client.managementCall("get call permission", http.MethodGet, n.id, q, nil, "call_permissions")
	if err != nil {
		return CallPermission{}, err
	}
	var w struct {
		Permission struct {
			Status  string    `json:"status"`
			Expires graphTime `json:"expiration_time"`
		} `json:"permission"`
		Actions []struct {
			Name    string `json:"action_name"`
			Allowed bool   `json:"can_perform_action"`
			Limits  []struct {
				Period  string     `json:"time_period"`
				Max     lenientInt `json:"max_allowed"`
				Used    lenientInt `json:"current_usage"`
				Expires graphTime  `json:"limit_expiration_time"`
			} `json:"limits"`
		} `json:"actions"`
	}
	cl.permit, cl.decode = Permit{}, decodeInto(&w)
	if err := n.client.do(ctx, cl); err != nil {
		return CallPermission{}, err
	}
	p := CallPermission{Status: w.Permission.Status, Expires: w.Permission.Expires.Time}
	for _, a := range w.Actions {
		action := CallAction{Name: a.Name, Allowed: a.Allowed}
		for _, l := range a.Limits {
			action.Limits = append(action.Limits, CallLimit{l.Period, int(l.Max), int(l.Used), l.Expires.Time})
		}
		p.Actions = append(p.Actions, action)
	}
	return p, nil
}
