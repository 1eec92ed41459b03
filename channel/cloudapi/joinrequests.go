package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// JoinRequest is the wish of a person to join a group whose members are approved.
type JoinRequest struct {
	ID      string
	Person  GroupPerson
	Created time.Time
}

// UnmarshalJSON reads the platform's form of a request.
func (r *JoinRequest) UnmarshalJSON(data []byte) error {
	var w struct {
		ID      lenientString `json:"join_request_id"`
		Created graphTime     `json:"creation_timestamp"`
	}
	var who GroupPerson // the parts of a person stand beside those of the request
	if json.Unmarshal(data, &w) != nil || json.Unmarshal(data, &who) != nil {
		return errUnexpected
	}
	*r = JoinRequest{ID: string(w.ID), Person: who, Created: w.Created.Time}
	return nil
}

// JoinRequests walks through the requests that wait for a decision. See [Account.Numbers]
// about errors and breaking off.
func (g *Group) JoinRequests(ctx context.Context) iter.Seq2[JoinRequest, error] {
	return all(ctx, g.number.client, listing[JoinRequest]{
		op: "list join requests", id: g.id, edge: "join_requests", free: true, key: func(r JoinRequest) string { return r.ID },
	})
}

// JoinDecision tells for which requests a decision took effect.
type JoinDecision struct {
	Done   []string
	Failed map[string]message.Failure // id → why; often that the request is gone
}

// Approve lets people in by the ids of their requests.
func (g *Group) Approve(ctx context.Context, ids ...string) (JoinDecision, error) {
	return g.decide(ctx, "approve join requests", http.MethodPost, ids)
}

// Reject turns people down by the ids of their requests.
func (g *Group) Reject(ctx context.Context, ids ...string) (JoinDecision, error) {
	return g.decide(ctx, "reject join requests", http.MethodDelete, ids)
}

func (g *Group) decide(ctx context.Context, op, method string, ids []string) (JoinDecision, error) {
	if len(ids) == 0 {
		return JoinDecision{}, invalid(op, "at least one request is needed")
	}
	in := map[string]any{"messaging_product": product, "join_requests": ids}
	cl, err := g.number.groupCall(op, method, g.id, nil, in, "join_requests")
	if err != nil {
		return JoinDecision{}, err
	}
	var out struct {
		Approved []lenientString `json:"approved_join_requests"`
		Rejected []lenientString `json:"rejected_join_requests"`
		Failed   []struct {
			ID     lenientString `json:"join_request_id"`
			Errors []struct {
				Code lenientInt `json:"code"`
			} `json:"errors"`
		} `json:"failed_join_requests"`
	}
	cl.decode = decodeInto(&out)
	err = g.number.client.do(ctx, cl)
	var d JoinDecision
	for _, id := range append(out.Approved, out.Rejected...) {
		d.Done = append(d.Done, string(id))
	}
	for _, f := range out.Failed {
		if d.Failed == nil {
			d.Failed = make(map[string]message.Failure, len(out.Failed))
		}
		failure := message.Failure{Class: message.ClassUnknown}
		if len(f.Errors) > 0 {
			failure = message.Classify(int(f.Errors[0].Code), 0, 0, false)
		}
		d.Failed[string(f.ID)] = failure
	}
	return d, err
}
