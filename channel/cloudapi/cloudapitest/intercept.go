package cloudapitest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// A Request is a Graph call as an interceptor sees it, before the world acts on
// it.
type Request struct {
	Method    string
	Path      string
	Host      string
	Operation string // method and edge: "POST messages", "GET message_templates", "DELETE"
	Object    string // Graph id in the path

	body  node
	parts *multipart
}

// Body returns the JSON object of the request, or its form or query parameters as
// one; {} for a media upload.
func (r *Request) Body() json.RawMessage {
	e := enc{}
	e.node(&r.body)
	return e.b
}

// Field returns a string or number of the body by its path of keys, "" if there is
// none: r.Field("text", "body").
func (r *Request) Field(path ...string) string {
	n := &r.body
	for _, k := range path {
		n = n.at(k)
	}
	return n.scalar()
}

// A Verdict is what an interceptor decides about one request. The zero Verdict is
// Pass.
type Verdict struct {
	refuse *graphError
	status int
	body   []byte
	header map[string]string // added to the answer
	late   time.Duration
	lose   bool
	drop   bool
	stall  bool
	stay   bool
}

// Pass lets the world answer. The interceptor stays, so that it can wait for the
// request it is meant for.
func Pass() Verdict { return Verdict{} }

// Fail refuses the request with an error code of Meta's, and its usual HTTP
// status; the world does not act on the request.
func Fail(code int) Verdict { return Verdict{refuse: fail(code, "Injected by an interceptor.")} }

// FailStatus is Fail with an HTTP status of one's own choice.
func FailStatus(status, code int) Verdict {
	v := Fail(code)
	v.refuse.status = status
	return v
}

// Answer replaces the answer by anything, an HTML page of an edge server for
// instance; the world does not act on the request.
func Answer(status int, contentType, body string) Verdict {
	return Verdict{refuse: &graphError{status: status}, status: status, body: []byte(body)}.with("Content-Type", contentType)
}

// Redirect answers 302 with a Location, to see what becomes of the token.
func Redirect(location string) Verdict {
	return Answer(http.StatusFound, "text/html", "").with("Location", location)
}

// Lose lets the world act on the request and then breaks the connection: the
// ambiguous outcome, in which a message was accepted and the sender cannot know.
func Lose() Verdict { return Verdict{lose: true} }

// Drop breaks the connection before the world sees the request. To the caller it
// looks exactly like Lose.
func Drop() Verdict { return Verdict{drop: true} }

// Stall keeps the request waiting until its context ends; the world does not act
// on it.
func Stall() Verdict { return Verdict{stall: true} }

// Stay keeps the interceptor after this verdict; without it a verdict other than
// Pass removes it.
func (v Verdict) Stay() Verdict { v.stay = true; return v }

// RetryAfter adds a Retry-After header, in whole seconds.
func (v Verdict) RetryAfter(d time.Duration) Verdict {
	return v.with("Retry-After", strconv.FormatInt(int64(d/time.Second), 10))
}

// Late holds the answer back for d, in the time of the process; the world acts on
// the request, or refuses it, at once.
func (v Verdict) Late(d time.Duration) Verdict { v.late = d; return v }

// with returns v with one more header; verdicts are values and may be shared.
func (v Verdict) with(key, value string) Verdict {
	header := map[string]string{key: value}
	maps.Copy(header, v.header)
	v.header = header
	return v
}

// watcher is an installed interceptor.
type watcher struct {
	id int
	f  func(*Request) Verdict
}

// Intercept installs f in front of the Graph API. For every request the
// interceptors are asked in the order of installation until one does not Pass;
// that one decides, and is removed unless its verdict says Stay. f is called
// without locks and may use the World. The function returned removes f.
func (w *World) Intercept(f func(*Request) Verdict) (remove func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watcherID++
	id := w.watcherID
	w.watchers = append(w.watchers, watcher{id, f})
	return func() { w.unwatch(id) }
}

// unwatch removes an interceptor and reports whether it was still there.
func (w *World) unwatch(id int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.watchers {
		if w.watchers[i].id == id {
			// A copy, because intercepted walks the old slice without the lock.
			w.watchers = append(append([]watcher(nil), w.watchers[:i]...), w.watchers[i+1:]...)
			return true
		}
	}
	return false
}

// intercepted asks the interceptors.
func (w *World) intercepted(r *Request) Verdict {
	w.mu.Lock()
	list := w.watchers
	w.mu.Unlock()
	for _, x := range list {
		v := x.f(r)
		if v.passes() {
			continue
		}
		if !v.stay && !w.unwatch(x.id) {
			continue // somebody else's request took it meanwhile
		}
		return v
	}
	return Verdict{}
}

// passes reports whether the request is left to the next interceptor.
func (v Verdict) passes() bool {
	return v.refuse == nil && !v.lose && !v.drop && !v.stall && v.late == 0
}

// before acts on verdicts that keep the world out; true means that the connection
// breaks.
func (v Verdict) before(ctx context.Context) bool {
	if v.stall {
		<-ctx.Done()
	}
	return v.stall || v.drop
}

// wait holds an answer back.
func (v Verdict) wait(ctx context.Context) {
	if v.late <= 0 {
		return
	}
	timer := time.NewTimer(v.late)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Ambiguous is an interceptor that loses the answers of the next n sends.
func Ambiguous(n int) func(*Request) Verdict {
	var left atomic.Int64
	left.Store(int64(n))
	return func(r *Request) Verdict {
		if r.Operation != http.MethodPost+" messages" {
			return Pass()
		}
		switch k := left.Add(-1); {
		case k < 0:
			return Pass()
		case k == 0:
			return Lose()
		}
		return Lose().Stay()
	}
}
