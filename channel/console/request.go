package console

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/explain"
)

// request is a request of somebody who is signed in.
type request struct {
	*Console
	*http.Request
	w          http.ResponseWriter
	actor      access.Actor
	now        time.Time
	language   *language
	rights     []desk.ChannelRights // of the actor; nil until they are asked for
	people     map[string]Agent
	ofTeams    []Team            // nil until they are asked for
	currencies map[string]string // by channel
	talkers    map[string]string // what customers are called, by conversation
	asked      time.Time         // when rights and people were read, on a stream
	status     int               // of a whole page; 0 = 200
}

// ctx is the context of the request.
func (q *request) ctx() context.Context { return q.Context() }

// frame is what the layout shows around a page.
type frame struct {
	Title, Nonce, Brand string
	Body                template.HTML
	Nav                 []navItem
	Language            *language
	Languages           []*language
	Words               map[string]string // for scripts
	Actor               string
	Prefix, Version     string
	Now                 int64
	ReadOnly            bool
}

type navItem struct {
	Title, Path string
	Here        bool
}

// page answers with a whole page: the template called name, filled with data, in the layout.
func (q *request) page(title, name string, data any) error {
	body, err := q.render(name, data)
	if err != nil {
		return err
	}
	f := frame{
		Title: title, Nonce: newNonce(), Brand: q.Brand, Body: template.HTML(body), //nolint:gosec // rendered by html/template
		Language: q.language, Languages: q.words.offered, Words: q.language.scripts, Actor: q.nameOf(q.actor.ID),
		Prefix: q.Prefix, Version: q.assets.version, Now: q.now.UnixMilli(), ReadOnly: q.ReadOnly,
	}
	for _, p := range q.pages {
		if p.nav != "" && (p.may == nil || p.may(q)) {
			_, at, _ := strings.Cut(strings.TrimSuffix(p.route, "{$}"), " ")
			here := q.URL.Path == at
			if p.here != nil {
				here = p.here(q.URL.Path)
			}
			f.Nav = append(f.Nav, navItem{q.language.say(p.nav), q.Prefix + at, here})
		}
	}
	whole, err := q.render("layout", f)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Security-Policy", q.policy(f.Nonce))
	q.write(cmp.Or(q.status, http.StatusOK), "text/html; charset=utf-8", whole)
	return nil
}

// fragment answers with a part of a page. A script that has it already gets 304.
func (q *request) fragment(name string, data any) error {
	body, err := q.render(name, data)
	if err != nil {
		return err
	}
	h := fnv.New64a()
	h.Write(body)
	tag := `"` + strconv.FormatUint(h.Sum64(), 36) + `"`
	q.w.Header().Set("ETag", tag)
	if q.Header.Get("If-None-Match") == tag {
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	q.write(http.StatusOK, "text/html; charset=utf-8", body)
	return nil
}

// json answers a script with a value.
func (q *request) json(status int, v any) error {
	body, err := json.Marshal(v)
	if err == nil {
		q.write(status, "application/json", body)
	}
	return err
}

// done says that something was changed: to a script with 204, to a form by leading back to where it
// stood, or to a path below the prefix.
func (q *request) done(to string) error {
	if q.byScript() {
		q.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if from, err := url.Parse(q.Referer()); to == "" && err == nil && (from.Scheme == "https" || from.Scheme == "http") && from.Host == q.Host && !strings.HasPrefix(from.Path, "//") {
		to = from.RequestURI()
	} else {
		to = q.Prefix + "/" + strings.TrimLeft(to, "/\\")
	}
	http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
	return nil
}

// byScript says that a script of the console asks, and not a form or a person.
func (q *request) byScript() bool { return q.Header.Get("X-Console") != "" }

// write sends an answer, compressed if that saves something.
func (q *request) write(status int, kind string, body []byte) {
	h := q.w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Now", strconv.FormatInt(q.now.UnixMilli(), 10))
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1<<10 && strings.Contains(q.Header.Get("Accept-Encoding"), "gzip") {
		var small bytes.Buffer
		zip := gzip.NewWriter(&small)
		if _, err := zip.Write(body); err == nil && zip.Close() == nil {
			h.Set("Content-Encoding", "gzip")
			body = small.Bytes()
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	q.w.WriteHeader(status)
	_, _ = q.w.Write(body) // a browser that went away needs no answer
}

// render fills a template in the agent's language.
func (q *request) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := q.language.templates.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// refusal is an error for a script: what is wrong, and what can be done, in the agent's language.
type refusal struct {
	Text   string          `json:"text"`
	Do     string          `json:"do,omitempty"`
	Cause  string          `json:"cause,omitempty"`
	Until  int64           `json:"until,omitempty"` // Unix milliseconds
	Into   string          `json:"into,omitempty"`  // the conversation that goes on
	Fields []explain.Field `json:"fields,omitempty"`
}

// explain puts an error into words, and into an HTTP status.
func (q *request) explain(err error) (int, refusal) {
	x := desk.Explain(err)
	for i := range refusals {
		if refusals[i].is(err) {
			x = refusals[i].Explanation
		}
	}
	if x.Class == explain.Fault && !errors.Is(err, context.Canceled) {
		q.Logger.Error("console: request failed", "page", q.Pattern, "error", err)
	}
	text, do := q.language.explained(&x)
	f := refusal{Text: text, Do: do, Cause: string(x.Cause), Fields: x.Fields}
	if !x.Until.IsZero() {
		f.Until = x.Until.UnixMilli()
	}
	if merged, ok := errors.AsType[*channel.MergedError](err); ok {
		f.Into = merged.Into
	}
	return x.Status, f
}

// fail tells an agent why something was not done.
func (q *request) fail(err error) {
	status, f := q.explain(err)
	if q.byScript() {
		if q.json(status, f) != nil {
			q.w.WriteHeader(status)
		}
		return
	}
	nonce := newNonce()
	body, err := q.render("failure", struct {
		refusal
		Language       *language
		Prefix, Brand  string
		Nonce, Version string
	}{f, q.language, q.Prefix, q.Brand, nonce, q.assets.version})
	if err != nil {
		http.Error(q.w, f.Text, status)
		return
	}
	q.w.Header().Set("Content-Security-Policy", q.policy(nonce))
	q.write(status, "text/html; charset=utf-8", body)
}
