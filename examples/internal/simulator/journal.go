package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
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
	Real     time.Time `json:"real"` // on the clock of the computer
	Kind     string    `json:"kind"` // "graph": the program's call; "webhook": an attempt at the program; "control"
	Line     string    `json:"line"` // method and path
	About    string    `json:"about,omitempty"`
	Status   int       `json:"status"`
	Note     string    `json:"note,omitempty"` // what went wrong
	Took     string    `json:"took"`
	Trace    string    `json:"trace,omitempty"`
	Request  string    `json:"request,omitempty"`
	Response string    `json:"response,omitempty"`
}

// journal remembers every exchange: what it was in memory, its bodies in a file that is
// gone when the program ends.
type journal struct {
	now   func() time.Time
	write []func(exchange) // told of each exchange, one after another

	mu     sync.Mutex
	all    []entry
	traces map[string]int
	spool  *os.File
	size   int64
}

// entry is an exchange without its bodies, and where they are.
type entry struct {
	exchange
	at            int64
	request, size int
}

const (
	pageLength  = 100      // exchanges that the page starts with
	journalBody = 32 << 10 // kept of each body
)

// follow makes the journal tell the time of another world.
func (j *journal) follow(now func() time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.now = now
}

// add completes an exchange that began at a time and keeps it.
func (j *journal) add(x exchange, began time.Time) {
	x.Took = time.Since(began).Round(100 * time.Microsecond).String()
	j.mu.Lock()
	defer j.mu.Unlock()
	x.N, x.At, x.Real = len(j.all)+1, j.now(), began.UTC()
	for _, write := range j.write {
		write(x)
	}
	e := entry{exchange: x, at: j.size, request: len(x.Request), size: len(x.Request) + len(x.Response)}
	e.Request, e.Response = "", ""
	if !j.keep(x.Request + x.Response) {
		e.size = 0
	}
	if x.Trace != "" {
		if j.traces == nil {
			j.traces = make(map[string]int)
		}
		j.traces[x.Trace] = x.N
	}
	j.all = append(j.all, e)
}

// keep writes bodies to the file; without a place for one they are not kept.
func (j *journal) keep(bodies string) bool {
	if j.spool == nil {
		file, err := os.CreateTemp("", "simulator-*.traffic")
		if err != nil {
			return false
		}
		_ = os.Remove(file.Name()) // where this fails, close does it
		j.spool = file
	}
	n, err := j.spool.WriteAt([]byte(bodies), j.size)
	j.size += int64(n)
	return err == nil
}

// close gives the file back.
func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.spool != nil {
		_ = j.spool.Close()
		_ = os.Remove(j.spool.Name()) // on most systems it is gone already
		j.spool = nil
	}
}

// full is an entry with its bodies.
func (j *journal) full(e entry) exchange {
	buf := make([]byte, e.size)
	if e.size > 0 && j.spool != nil {
		if _, err := j.spool.ReadAt(buf, e.at); err == nil {
			e.Request, e.Response = string(buf[:e.request]), string(buf[e.request:])
		}
	}
	return e.exchange
}

// list returns the last exchanges with the program without their bodies, newest first.
func (j *journal) list() []exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]exchange, 0, pageLength)
	for i := len(j.all) - 1; i >= 0 && len(out) < pageLength; i-- {
		if j.all[i].Kind != "control" {
			out = append(out, j.all[i].exchange)
		}
	}
	return out
}

// after returns up to limit exchanges that follow number n, oldest first, and the
// number to go on from.
func (j *journal) after(n, limit int, kind string, bodies bool) (out []exchange, next int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	out, next = []exchange{}, min(n, len(j.all))
	for _, e := range j.all[next:] {
		if len(out) == limit {
			break
		}
		next = e.N
		if kind != "" && e.Kind != kind {
			continue
		}
		if bodies {
			out = append(out, j.full(e))
		} else {
			out = append(out, e.exchange)
		}
	}
	return out, next
}

// find returns an exchange with its bodies.
func (j *journal) find(n int) (exchange, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n < 1 || n > len(j.all) {
		return exchange{}, false
	}
	return j.full(j.all[n-1]), true
}

// count is how many exchanges there were.
func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.all)
}

// traced is the number of the exchange with a trace id, 0 if there is none.
func (j *journal) traced(trace string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.traces[trace]
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
			x.About, x.Trace = aboutCall(in.Bytes()), w.Header().Get("X-Fb-Trace-Id")
			if x.Note = graphError(out.Bytes()); x.Status == 0 {
				x.Note = "the connection was broken on purpose"
			}
			j.add(x, began)
		}()
		next.ServeHTTP(out, r)
	})
}

// controls records what is done to the world, so that it can be done again.
func (j *journal) controls(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		began, in, out := time.Now(), &excerpt{}, &answerExcerpt{ResponseWriter: w}
		r.Body = io.NopCloser(io.TeeReader(r.Body, in))
		next.ServeHTTP(out, r)
		j.add(exchange{
			Kind: "control", Line: r.Method + " " + r.URL.Path, Status: cmp.Or(out.status, http.StatusOK),
			Request: in.text(r.Header), Response: out.text(w.Header()),
		}, began)
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
		Flow  string `json:"encrypted_flow_data"`
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
	if v.Flow != "" {
		return "flow, encrypted"
	}
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
