package cloudapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// attempt makes one request and reads its answer. What it returns tells three
// cases apart: accepted (nil), refused (*Error), and anything that leaves the
// question open (*TransportError with Sent, or an *Error that is uncertain).
func (c *Client) attempt(ctx context.Context, cl *call, auth *authorization, res *CallResult) error {
	parent := ctx
	p := &progress{scheme: cl.url.Scheme}
	var dog *watchdog
	switch {
	case cl.stream != nil:
		// A file may take as long as it likes, as long as it moves.
		ctx, dog = watch(ctx, c.idle)
		p.cancel = dog.stop
	case c.timeout > 0:
		ctx, p.cancel = context.WithTimeout(ctx, c.timeout)
	default:
		ctx, p.cancel = context.WithCancel(ctx)
	}
	defer p.cancel()
	req := c.request(p.watch(ctx), cl, auth)
	if cl.stream != nil {
		req.Body, req.ContentLength, req.GetBody = cl.stream.open(dog), cl.stream.length(), nil
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cl.stream != nil && cause != nil {
			err = cause
		}
		if p.givenBack.Load() {
			err = errGivenBack
		}
		return c.transportError(parent, cl, err, p.sent(err))
	}
	defer resp.Body.Close()
	res.Status = resp.StatusCode
	c.readHeaders(parent, cl, resp.Header)

	buf := buffers.Get().(*bytes.Buffer)
	defer putBuffer(buf)
	err = readCapped(buf, resp.Body, c.maxResponse)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refused(cl, resp, buf.Bytes())
	}
	if err != nil {
		return c.transportError(parent, cl, err, true)
	}
	if err := cl.decode(resp.StatusCode, buf.Bytes()); err != nil {
		// An error in the body counts, whatever the status says. Anything else that
		// is not of the documented form, such as HTML, proves nothing either way.
		if e := decodeError(cl.op, resp.StatusCode, "", bytes.Clone(buf.Bytes())); e.Code != 0 {
			c.settle(cl, e, resp.Header)
			return e
		}
		return c.transportError(parent, cl, err, true)
	}
	return nil
}

// request builds the request by hand: the URL was parsed when the view was made,
// and header values are shared.
func (c *Client) request(ctx context.Context, cl *call, auth *authorization) *http.Request {
	u := cl.url
	if auth.query != "" {
		signed := *u
		if signed.RawQuery != "" {
			signed.RawQuery += "&"
		}
		signed.RawQuery += auth.query
		u = &signed
	}
	req := (&http.Request{
		Method: cl.method, URL: u, Host: u.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"User-Agent": c.userAgent},
	}).WithContext(ctx)
	switch {
	case cl.scheme != "":
		req.Header["Authorization"] = []string{cl.scheme + " " + auth.token}
	case auth.token != "":
		req.Header["Authorization"] = auth.header
	}
	for _, h := range cl.headers {
		req.Header[h.key] = []string{h.value}
	}
	if cl.content != nil {
		req.Header["Content-Type"] = cl.content
		// The bytes are not pooled: a transport may still read them after it has
		// returned. GetBody lets it start over on another connection if the first
		// turned out to be closed before anything was written.
		body := cl.body
		req.ContentLength = int64(len(body))
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return req
}

// refused makes the error of an answer that is not 2xx.
func (c *Client) refused(cl *call, resp *http.Response, body []byte) error {
	e := decodeError(cl.op, resp.StatusCode, resp.Header.Get("X-Fb-Trace-Id"), bytes.Clone(body[:min(len(body), maxErrorBody)]))
	c.settle(cl, e, resp.Header)
	return e
}

// settle adds to an error what the operation and the headers know.
func (c *Client) settle(cl *call, e *Error, h http.Header) {
	f := &e.failure
	if c.credentials.shownBy(e.TraceID) {
		e.TraceID = "" // whatever answered repeats what it was sent
	}
	f.Retry.After = max(f.Retry.After, retryAfter(h, time.Now()))
	if f.Class == message.ClassThrottledAccount {
		f.Retry.After = max(f.Retry.After, regainAfter(h))
	}
	if e.Status == http.StatusSeeOther {
		f.Uncertain = true // it says "done, look there"
	}
	// Codes that Meta uses before and after acceptance; an answer without a code
	// stays uncertain whatever the host believes.
	if cl.repeat || c.trust && f.Known {
		f.Uncertain = false
	}
}

// transportError makes the error of a call without an answer.
func (c *Client) transportError(parent context.Context, cl *call, err error, sent bool) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text holds the address, with the proof of the secret
	}
	if e := parent.Err(); e != nil {
		if err = e; errors.Is(context.Cause(parent), errIdle) {
			err = errIdle
		}
	}
	return &TransportError{Op: cl.op, Sent: sent, cause: err, uncertain: sent && !cl.repeat}
}

// progress watches how far a request got, because that decides whether a message
// may have been accepted although no answer came. Hooks may run after the request
// has ended, so a progress is never reused.
type progress struct {
	trace  httptrace.ClientTrace
	state  atomic.Int32
	scheme string
	conn   atomic.Pointer[tls.Conn] // the last one, nil if it is of another type

	cancel    context.CancelFunc // ends the attempt
	givenBack atomic.Bool        // it was ended because the transport wanted to start over
}

const (
	stateUnseen  int32 = iota // no hook ran: the transport may not support them
	stateDialing              // a connection was asked for
	stateWriting              // there is a connection: bytes may be on their way
	stateFailed               // writing failed before the request was complete
	stateWritten              // the request is complete, at least in the buffer of the connection
)

func (p *progress) watch(ctx context.Context) context.Context {
	p.trace.GetConn = func(string) { p.move(stateDialing) }
	p.trace.GotConn = func(info httptrace.GotConnInfo) {
		if p.state.Load() == stateWritten && !p.mayStartOver() {
			p.givenBack.Store(true)
			p.cancel()
		}
		conn, _ := info.Conn.(*tls.Conn)
		p.conn.Store(conn)
		p.move(stateWriting)
	}
	p.trace.WroteRequest = func(info httptrace.WroteRequestInfo) {
		if info.Err != nil {
			p.move(stateFailed)
		} else {
			p.move(stateWritten)
		}
	}
	return httptrace.WithClientTrace(ctx, &p.trace)
}

// move records a step. The transport may start over on another connection, but
// what was written once stays written.
func (p *progress) move(to int32) {
	for {
		from := p.state.Load()
		if from == stateWritten || p.state.CompareAndSwap(from, to) {
			return
		}
	}
}

// sent reports whether a request that ended with err may have reached the other
// side. In doubt it may.
func (p *progress) sent(err error) bool {
	switch p.state.Load() {
	case stateDialing, stateFailed:
		return false
	case stateUnseen:
		return !beforeConnection(err)
	default:
		return true
	}
}

var errGivenBack = errors.New("the connection gave the request back after it was sent")

// mayStartOver reports whether the transport may send the request again after the last
// connection failed it. With HTTP/1 it wants to only if not one byte has left. With
// HTTP/2 it also wants to for some resets of requests that went out in full, which
// the other side may have processed all the same; and it does not wait or count.
func (p *progress) mayStartOver() bool {
	if p.scheme == "http" {
		return true
	}
	conn := p.conn.Load()
	return conn != nil && conn.ConnectionState().NegotiatedProtocol != "h2"
}

// beforeConnection recognises errors that happen before a byte of the request, for
// transports that do not run the hooks.
func beforeConnection(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	return dns || cert
}

var errTooLarge = errors.New("the answer is larger than allowed")

// readCapped reads all of r into buf, or fails once it is more than limit.
func readCapped(buf *bytes.Buffer, r io.Reader, limit int64) error {
	lr := io.LimitedReader{R: r, N: limit + 1}
	if _, err := buf.ReadFrom(&lr); err != nil {
		return err
	}
	if lr.N == 0 {
		return errTooLarge
	}
	return nil
}

// buffers hold answers while they are decoded. Nothing decoded points into them.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= 64<<10 {
		b.Reset()
		buffers.Put(b)
	}
}
