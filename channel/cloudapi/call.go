package cloudapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// The way of a call: an operation describes it as a call; do runs the hooks around
// it; run waits for permits, makes attempts and decides about repeats; attempt
// (attempt.go) makes one request and turns what comes back into a result or a
// typed error. Nothing outside of run repeats a request.

// call is one operation: a request that may take several attempts.
type call struct {
	op      string
	object  string // id of what is called, for hooks
	method  string
	url     *url.URL // without credentials; shared, never changed
	content []string // Content-Type, nil without a body
	body    []byte
	stream  *stream // instead of body
	headers []header
	permit  Permit
	repeat  bool             // a repeat does no harm: reads, deletions, settings
	auth    *authorization   // instead of the client's token
	scheme  string           // of the Authorization header; empty means Bearer
	fatal   func(error) bool // errors not to repeat for, whatever their class says
	decode  func(status int, body []byte) error
}

type header struct{ key, value string }

var contentJSON = []string{"application/json"}

// endpoint is the URL of an object or of one of its edges.
func (c *Client) endpoint(op, id string, edge ...string) (*url.URL, error) {
	if !validID(id) {
		return nil, &invalidError{op: op, cause: errBadID}
	}
	u := *c.base
	u.Path += "/" + id
	for _, e := range edge {
		if e != "" {
			u.Path += "/" + e
		}
	}
	return &u, nil
}

// validID keeps ids from reaching into other paths: Meta's are decimal numbers
// or opaque strings of these characters.
func validID(id string) bool {
	if id == "" || len(id) > 512 || strings.Trim(id, ".") == "" {
		return false
	}
	for i := range len(id) {
		c := id[i]
		ok := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("_-.:=|", c) >= 0
		if !ok {
			return false
		}
	}
	return true
}

// do runs a call to its end, with the hooks of the host around it.
func (c *Client) do(ctx context.Context, cl *call) error {
	info := CallInfo{Op: cl.op, Object: cl.object}
	if c.hooks.CallStart != nil {
		ctx = c.hooks.CallStart(ctx, info)
	}
	var res CallResult
	err := c.run(ctx, cl, &res)
	if c.hooks.CallDone != nil {
		res.Err = err
		c.hooks.CallDone(ctx, info, res)
	}
	return err
}

// run waits for permits, makes attempts and decides about repeats. All its waits
// together stay within Config.MaxWait, and none begins that the context would
// interrupt: a caller with a queue of its own does better with the answer "in 40
// seconds" than with 30 seconds of waiting in vain.
func (c *Client) run(ctx context.Context, cl *call, res *CallResult) error {
	rotated := false
	for failures := 0; ; failures++ {
		permit := cl.permit
		permit.MaxWait = max(c.maxWait-res.Waited, 0)
		waited, err := c.limiter.Acquire(ctx, permit)
		res.Waited += waited
		if err == nil {
			err = ctx.Err() // a permit that was free does not look at the context
		}
		if limit, ok := errors.AsType[*LimitError](err); ok {
			return &LimitError{Op: cl.op, Scope: limit.Scope, Wait: limit.Wait}
		}
		if err != nil {
			return &notStarted{op: cl.op, cause: err}
		}
		auth, err := c.authorization(ctx, cl)
		if err != nil {
			return err
		}
		res.Attempts++
		err = c.attempt(ctx, cl, auth, res)
		if err == nil {
			return nil
		}
		if !rotated && c.rotate(ctx, cl, err, auth) && (cl.stream == nil || cl.stream.rewind()) {
			rotated = true
			failures-- // it was not the platform's fault
			continue
		}
		d, again := c.again(cl, err, failures)
		// Also without a repeat of this call: others wait for the same limit.
		c.observe(ctx, cl, err, d)
		if !again || d > c.maxWait-res.Waited || ctx.Err() != nil {
			return err
		}
		if tooLong(ctx, d, d) || sleep(ctx, d) != nil {
			return err
		}
		res.Waited += d
	}
}

func (c *Client) authorization(ctx context.Context, cl *call) (*authorization, error) {
	if cl.auth != nil {
		return cl.auth, nil
	}
	a, err := c.credentials.authorize(ctx)
	if err != nil {
		return nil, &notStarted{op: cl.op, cause: err, auth: true}
	}
	return a, nil
}

// rotate reports whether a refused token has been replaced in the meantime. Only
// then is a repeat worth anything: going on with a token that Meta has refused
// makes an account look abusive.
func (c *Client) rotate(ctx context.Context, cl *call, err error, used *authorization) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.failure.Class != message.ClassAuth || c.credentials.source == nil || used == cl.auth {
		return false
	}
	next, err := c.credentials.authorize(ctx)
	return err == nil && next.token != used.token
}

// again decides whether a failed call is repeated, and after what wait. A send is
// repeated only if it is known not to have been accepted: there is no idempotency
// key, so a repeat of an accepted one reaches the customer twice.
func (c *Client) again(cl *call, err error, failures int) (time.Duration, bool) {
	f, ok := message.FailureOf(err)
	if !ok || cl.fatal != nil && cl.fatal(err) {
		return 0, false
	}
	d := c.backoff.Delay(failures, f.Retry.After)
	limit := c.retries
	if f.Retry.Max > 0 {
		limit = min(limit, f.Retry.Max)
	}
	if cl.stream != nil && !cl.stream.rewind() {
		return d, false
	}
	return d, f.Retry.Automatic() && !f.Uncertain && failures < limit
}

// observe tells the limiter about a refusal for a limit.
func (c *Client) observe(ctx context.Context, cl *call, err error, d time.Duration) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return
	}
	switch class := e.failure.Class; class {
	case message.ClassThrottledNumber, message.ClassThrottledPair, message.ClassThrottledAccount:
		c.limiter.Observe(ctx, cl.permit, Observation{Throttled: class, RetryAfter: d})
		c.logger.LogAttrs(ctx, slogWarn, "throttled by Meta", attrOp(cl.op), attrClass(class), attrCode(e.Code))
	}
}

// notStarted reports that a call ended before anything was sent.
type notStarted struct {
	op    string
	cause error
	auth  bool
}

// Error names operation and cause.
func (e *notStarted) Error() string { return "cloudapi: " + e.op + ": " + e.cause.Error() }

// Unwrap returns the cause: the context's error or the token source's.
func (e *notStarted) Unwrap() error { return e.cause }

// Failure implements message.Failer, so that the error of a token source has a
// class, too.
func (e *notStarted) Failure() message.Failure {
	if f, ok := message.FailureOf(e.cause); ok {
		return f
	}
	f := message.Classify(0, 0, http.StatusUnauthorized, false)
	if !e.auth {
		f = (&TransportError{}).Failure()
	}
	f.HTTPStatus = 0
	return f
}
