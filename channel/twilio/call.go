package twilio

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// maxAnswer bounds an answer in bytes.
const maxAnswer = 8 << 20

// call is one request of the API.
type call struct {
	op     string
	method string
	url    string
	form   url.Values // or
	json   any
	repeat bool // doing it twice does no harm
}

// do makes a request and decodes the answer into out. What it returns tells apart: accepted
// (nil), refused (*Error), and what leaves the question open (*TransportError with Sent, or an
// *Error that is uncertain).
func (c *Client) do(ctx context.Context, cl *call, out any) error {
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var p progress
	req, err := c.request(p.watch(ctx), cl)
	if err != nil {
		return &TransportError{Op: cl.op, cause: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return transportError(parent, cl, err, p.sent(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refused(cl, resp, body)
	}
	switch {
	case err != nil:
	case len(body) > maxAnswer:
		err = errTooLarge
	case out == nil:
		return nil
	case json.Unmarshal(body, out) != nil:
		err = errUnexpected // it proves nothing either way
	default:
		return nil
	}
	return transportError(parent, cl, err, true)
}

var (
	errTooLarge   = errors.New("the answer is larger than allowed")
	errUnexpected = errors.New("the answer is not of the documented form")
	errForeign    = errors.New("the address is not one of Twilio's")
)

func (c *Client) request(ctx context.Context, cl *call) (*http.Request, error) {
	u, err := url.Parse(cl.url)
	if err != nil || !c.ownHost(u) {
		return nil, errForeign // an address of a next page, for example
	}
	var body []byte
	content := ""
	switch {
	case cl.form != nil:
		body, content = []byte(cl.form.Encode()), "application/x-www-form-urlencoded"
	case cl.json != nil:
		if body, err = json.Marshal(cl.json); err != nil {
			return nil, errUnexpected
		}
		content = "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, cl.method, cl.url, bytes.NewReader(body))
	if err != nil {
		return nil, errForeign
	}
	req.SetBasicAuth(c.user, c.password)
	req.Header.Set("User-Agent", "kanava-twilio/1")
	req.Header.Set("Accept", "application/json")
	if content != "" {
		req.Header.Set("Content-Type", content)
	}
	if !c.ours {
		// Some transports start over with a request that went out in full; without this they
		// cannot.
		req.GetBody = nil
	}
	return req, nil
}

// refused makes the error of an answer that is not 2xx.
func refused(cl *call, resp *http.Response, body []byte) *Error {
	var w struct {
		Code int `json:"code"`
	}
	_ = json.Unmarshal(body, &w) // the status speaks if the body does not
	e := newError(cl.op, resp.StatusCode, w.Code)
	e.failure.Retry.After = max(e.failure.Retry.After, retryAfter(resp.Header, time.Now()))
	if resp.StatusCode < 400 {
		e.failure.Uncertain = true // a redirect of a request that was taken
	}
	if cl.repeat {
		e.failure.Uncertain = false
	}
	return e
}

// transportError makes the error of a call without an answer. Addresses are left out of it:
// they may hold a number.
func transportError(parent context.Context, cl *call, err error, sent bool) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if e := parent.Err(); e != nil {
		err = e
	}
	return &TransportError{Op: cl.op, Sent: sent, cause: err, uncertain: sent && !cl.repeat}
}

// retryAfter reads Retry-After, seconds or a date; at most a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(s, 0), int(most/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), most)
	}
	return 0
}

// progress watches how far a request got: that decides whether a message may have been
// accepted although no answer came.
type progress struct{ state atomic.Int32 }

const (
	stateUnseen  int32 = iota // no hook ran
	stateDialing              // a connection was asked for
	stateWriting              // bytes may be on their way
	stateFailed               // writing failed before the request was complete
	stateWritten              // the request is complete, at least in a buffer
)

func (p *progress) watch(ctx context.Context) context.Context {
	move := func(to int32) {
		for {
			from := p.state.Load() // what was written once stays written
			if from == stateWritten || p.state.CompareAndSwap(from, to) {
				return
			}
		}
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { move(stateDialing) },
		GotConn: func(httptrace.GotConnInfo) { move(stateWriting) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err != nil {
				move(stateFailed)
			} else {
				move(stateWritten)
			}
		},
	})
}

// sent reports whether a request that ended with err may have arrived. In doubt it may.
func (p *progress) sent(err error) bool {
	switch p.state.Load() {
	case stateDialing, stateFailed:
		return false
	case stateUnseen:
		op, dial := errors.AsType[*net.OpError](err)
		_, dns := errors.AsType[*net.DNSError](err)
		_, cert := errors.AsType[*tls.CertificateVerificationError](err)
		return !(dial && op.Op == "dial" || dns || cert)
	default:
		return true
	}
}
