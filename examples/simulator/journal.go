package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// exchange is one HTTP request between the program under test and the simulator, for
// the page.
type exchange struct {
	N        int       `json:"n"`
	At       time.Time `json:"at"`   // in the world
	Kind     string    `json:"kind"` // "graph": the program's call; "webhook": an attempt at the program
	Line     string    `json:"line"` // method and path
	About    string    `json:"about,omitempty"`
	Status   int       `json:"status"`
	Note     string    `json:"note,omitempty"` // what went wrong
	Took     string    `json:"took"`
	Request  string    `json:"request,omitempty"`
	Response string    `json:"response,omitempty"`
}

// journal remembers the last exchanges.
type journal struct {
	now func() time.Time

	mu   sync.Mutex
	last []exchange
	n    int
}

const (
	journalLength = 100
	journalBody   = 32 << 10 // kept of each body
)

// add completes an exchange that began at a time and keeps it.
func (j *journal) add(x exchange, began time.Time) {
	x.Took = time.Since(began).Round(100 * time.Microsecond).String()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.n++
	x.N, x.At = j.n, j.now()
	j.last = append(j.last, x)
	if len(j.last) > journalLength {
		j.last = append([]exchange(nil), j.last[len(j.last)-journalLength:]...)
	}
}

// list returns the exchanges without their bodies, newest first.
func (j *journal) list() []exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]exchange, 0, len(j.last))
	for i := len(j.last) - 1; i >= 0; i-- {
		x := j.last[i]
		x.Request, x.Response = "", ""
		out = append(out, x)
	}
	return out
}

// find returns an exchange with its bodies.
func (j *journal) find(n int) (exchange, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, x := range j.last {
		if x.N == n {
			return x, true
		}
	}
	return exchange{}, false
}

// calls records what the program asks of Graph.
func (j *journal) calls(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, in, out := time.Now(), &excerpt{}, &answerExcerpt{ResponseWriter: w}
		x := exchange{Kind: "graph", Line: r.Method + " " + r.URL.Path}
		if r.Body != nil {
			r.Body = io.NopCloser(io.TeeReader(r.Body, in))
		}
		defer func() {
			x.Status, x.Request, x.Response = out.status, in.text(r.Header), out.text(w.Header())
			x.About = aboutCall(in.Bytes())
			if x.Note = graphError(out.Bytes()); x.Status == 0 {
				x.Note = "the connection was broken on purpose"
			}
			j.add(x, began)
		}()
		next.ServeHTTP(out, r)
	})
}

// graphError is code and title of a Graph error, "" for any other answer.
func graphError(body []byte) string {
	var v struct {
		Error struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &v) != nil || v.Error.Code == 0 {
		return ""
	}
	code := strconv.Itoa(v.Error.Code)
	return code + " " + strings.TrimPrefix(v.Error.Message, "(#"+code+") ")
}

// aboutCall names the type of a message, "" for other calls.
func aboutCall(body []byte) string {
	var v struct {
		Type   string `json:"type"`
		Status string `json:"status"`
	}
	_ = json.Unmarshal(body, &v) // whatever it is, the world has answered it
	return cmp.Or(v.Type, v.Status)
}

// aboutWebhook names what a webhook tells of: "text", "delivered", or the field.
func aboutWebhook(body []byte) string {
	var v struct {
		Entry []struct {
			Changes []struct {
				Field string `json:"field"`
				Value struct {
					Messages, Statuses []struct{ Type, Status string }
				} `json:"value"`
			} `json:"changes"`
		} `json:"entry"`
	}
	_ = json.Unmarshal(body, &v) // malformed items are wrong on purpose
	var about []string
	for _, e := range v.Entry {
		for _, c := range e.Changes {
			if len(c.Value.Messages)+len(c.Value.Statuses) == 0 {
				about = append(about, c.Field)
			}
			for _, m := range c.Value.Messages {
				about = append(about, m.Type)
			}
			for _, m := range c.Value.Statuses {
				about = append(about, m.Status)
			}
		}
	}
	if more := len(about) - 4; more > 0 {
		about = append(about[:4], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(about, ", ")
}

// webhooks records what goes to the program over a transport.
func (j *journal) webhooks(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		began, in, out := time.Now(), &excerpt{}, &excerpt{}
		x := exchange{Kind: "webhook", Line: r.Method + " " + r.URL.Path}
		if r.GetBody != nil {
			if body, err := r.GetBody(); err == nil {
				_, _ = io.Copy(in, body)
			}
		}
		resp, err := next.RoundTrip(r)
		if err != nil {
			x.Note = "nobody answered under " + r.URL.Host
		} else {
			x.Status = resp.StatusCode
			body, _ := io.ReadAll(io.LimitReader(resp.Body, journalBody)) // what is missing is the receiver's affair
			_ = resp.Body.Close()
			_, _ = out.Write(body)
			resp.Body = io.NopCloser(bytes.NewReader(body))
			x.Response = out.text(resp.Header)
		}
		if x.Request, x.About = in.text(r.Header), "handshake"; r.Method == http.MethodPost {
			x.About = aboutWebhook(in.Bytes())
		}
		j.add(x, began)
		return resp, err
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// excerpt keeps the beginning of what is written to it.
type excerpt struct {
	bytes.Buffer
	size int
}

// Write implements io.Writer and never fails.
func (e *excerpt) Write(b []byte) (int, error) {
	e.size += len(b)
	e.Buffer.Write(b[:min(len(b), journalBody-e.Len())])
	return len(b), nil
}

// text is what the page shows of a body: text as it is, of files the size.
func (e *excerpt) text(h http.Header) string {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch {
	case e.size == 0:
		return ""
	case kind == "application/json" || strings.HasPrefix(kind, "text/") || kind == "application/x-www-form-urlencoded" || kind == "" && json.Valid(e.Bytes()):
		return e.String()
	}
	return fmt.Sprintf("%d bytes of %s", e.size, kind)
}

// answerExcerpt keeps the beginning of an answer while it is written.
type answerExcerpt struct {
	http.ResponseWriter
	excerpt
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answerExcerpt) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answerExcerpt) Write(b []byte) (int, error) {
	_, _ = a.excerpt.Write(b)
	return a.ResponseWriter.Write(b)
}
