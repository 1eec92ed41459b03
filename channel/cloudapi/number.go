package cloudapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// Number is a client's view of one business phone number. It sends, and reads
// and changes what belongs to the number. Safe for concurrent use.
type Number struct {
	client   *Client
	id       string
	messages *url.URL
	market   *url.URL
	err      error // of the id; every call returns it
}

const opNumber = "use number"

// Number gives the view of the number with this phone number id (not the phone
// number itself). An id that cannot be one makes every call fail.
func (c *Client) Number(id string) *Number {
	n := &Number{client: c, id: id}
	n.messages, n.err = c.endpoint(opNumber, id, "messages")
	if n.err == nil {
		n.market, n.err = c.endpoint(opNumber, id, "marketing_messages")
	}
	return n
}

// ID is the phone number id.
func (n *Number) ID() string { return n.id }

var errUnexpected = errors.New("the answer is not of the documented form")

// decodeInto makes a decode function for JSON answers.
func decodeInto(out any) func(int, []byte) error {
	return func(_ int, body []byte) error {
		if refusalIn(body) || json.Unmarshal(body, out) != nil {
			return errUnexpected
		}
		return nil
	}
}

// refusalIn reports whether an answer says that the call was refused, which it may with any status.
func refusalIn(body []byte) bool {
	var w wireError
	return bytes.Contains(body, []byte(`"error"`)) && json.Unmarshal(body, &w) == nil && w.Error != nil && w.Error.Code != 0
}

// wireSuccess is the answer of operations without a result.
type wireSuccess struct {
	Success *bool `json:"success"`
}

// decodeSuccess accepts {"success":true}, and answers without the member.
func decodeSuccess(_ int, body []byte) error {
	var w wireSuccess
	if refusalIn(body) || json.Unmarshal(body, &w) != nil || w.Success != nil && !*w.Success {
		return errUnexpected
	}
	return nil
}

// get reads an object or edge into out.
func (c *Client) get(ctx context.Context, op, id string, query url.Values, out any, edge ...string) error {
	return c.json(ctx, op, http.MethodGet, id, query, nil, out, edge...)
}

// set posts a value to an object or edge, which may be repeated.
func (c *Client) set(ctx context.Context, op, id string, query url.Values, in any, edge ...string) error {
	cl, err := c.managementCall(op, http.MethodPost, id, query, in, edge...)
	if err != nil {
		return err
	}
	cl.repeat, cl.decode = true, decodeSuccess
	return c.do(ctx, cl)
}

// json makes a management call: JSON or nothing out, JSON in. A POST that makes
// or triggers something is repeated only if it is known to have failed.
func (c *Client) json(ctx context.Context, op, method, id string, query url.Values, in, out any, edge ...string) error {
	cl, err := c.managementCall(op, method, id, query, in, edge...)
	if err != nil {
		return err
	}
	cl.decode = decodeSuccess
	if out != nil {
		cl.decode = decodeInto(out)
	}
	return c.do(ctx, cl)
}

// managementCall describes a call that counts against the quota of the object's
// account. What does not count has its permit removed by the caller.
func (c *Client) managementCall(op, method, id string, query url.Values, in any, edge ...string) (*call, error) {
	u, err := c.endpoint(op, id, edge...)
	if err != nil {
		return nil, err
	}
	u.RawQuery = query.Encode()
	cl := &call{
		op: op, object: id, method: method, url: u, permit: Permit{Account: id},
		repeat: method != http.MethodPost,
	}
	if in != nil {
		if cl.body, err = json.Marshal(in); err != nil {
			return nil, &notStarted{op: op, cause: errors.New("the request cannot be expressed in JSON")}
		}
		cl.content = contentJSON
	}
	return cl, nil
}
