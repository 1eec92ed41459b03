package cloudapitest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Handler returns the Graph API, media downloads included. Every path it does not
// know is answered as Meta does, with a Graph error.
func (w *World) Handler() http.Handler { return http.HandlerFunc(w.serveGraph) }

// call is one Graph request while it is answered.
type call struct {
	*World
	req     *Request
	method  string
	version string // version that serves the call, "v26.0"
	id      string
	edge    string
	rest    string // what follows the edge
	query   url.Values
	header  http.Header
	body    node       // JSON object, form or query parameters
	parts   *multipart // upload
	token   *token
	target  object
	ctx     context.Context
	usage   int    // percent of the management quota
	usageOf string // account it belongs to
	at      int64  // when the call is handled, Unix nanoseconds

	summary func(e *enc) // members of "summary" in a list
	status  int
	out     enc
	skip    bool // out is not JSON but blob
	blob    []byte
	mime    string
}

// object is what a Graph id stands for; at most one field is set.
type object struct {
	number    *Number
	account   *Account
	app       *App
	portfolio *Portfolio
	template  *Template
	media     *media
	group     *Group
	upload    *upload
}

// kind names the object in the table of operations.
func (o object) kind() string {
	switch {
	case o.number != nil:
		return "number"
	case o.account != nil:
		return "account"
	case o.app != nil:
		return "app"
	case o.portfolio != nil:
		return "portfolio"
	case o.template != nil:
		return "template"
	case o.media != nil:
		return "media"
	case o.group != nil:
		return "group"
	case o.upload != nil:
		return "upload"
	}
	return ""
}

// account returns the WABA whose access a token needs for the object.
func (o object) owner() *Account {
	switch {
	case o.number != nil:
		return o.number.account
	case o.account != nil:
		return o.account
	case o.template != nil:
		return o.template.account
	case o.media != nil:
		return o.media.number.account
	case o.group != nil:
		return o.group.number.account
	}
	return nil
}

// find resolves a Graph id.
func (w *World) find(id string) (o object) {
	o.number = w.numbers[id]
	if o.number == nil {
		o.account = w.accounts[id]
	}
	switch {
	case o.kind() != "":
	case w.apps[id] != nil:
		o.app = w.apps[id]
	case w.templates[id] != nil:
		o.template = w.templates[id]
	case w.media[id] != nil:
		o.media = w.media[id]
	case w.uploads[id] != nil:
		o.upload = w.uploads[id]
	case w.groups[id] != nil:
		o.group = w.groups[id]
	default:
		if i := slices.IndexFunc(w.portfolios, func(p *Portfolio) bool { return p.ID == id }); i >= 0 {
			o.portfolio = w.portfolios[i]
		}
	}
	return o
}

// mediaPath is the first part of the path of a media URL, which has no version.
const mediaPath = "whatsapp_business"

const (
	maxJSONBody   = 4 << 20
	maxUploadBody = 101 << 20 // the largest document and its form
)

// oldestVersion and newestVersion are the Graph versions in service in November
// 2026. An older or missing version is served by the oldest, without an error.
// https://developers.facebook.com/docs/graph-api/changelog (checked 2026-11-22)
const (
	oldestVersion = 21
	newestVersion = 26
)

// serveGraph answers one request: take the path apart, read the body, ask the
// interceptors, act, reply. Only acting holds the lock.
func (w *World) serveGraph(rw http.ResponseWriter, r *http.Request) {
	c := &call{World: w, method: r.Method, header: r.Header, ctx: r.Context(), status: http.StatusOK}
	if r.URL.RawQuery != "" {
		c.query = r.URL.Query()
	}
	ge := c.route(r.URL.Path)
	if ge == nil {
		ge = c.readBody(r)
	}
	c.req = &Request{
		Method: r.Method, Path: r.URL.Path, Host: r.Host, Operation: c.method + " " + c.edge, Object: c.id,
		body: c.body, parts: c.parts,
	}
	if c.edge == "" {
		c.req.Operation = c.method
	}
	verdict := w.intercepted(c.req)
	if verdict.before(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	if verdict.refuse != nil {
		ge = verdict.refuse
	}
	if ge == nil {
		ge = c.answer()
	}
	if verdict.lose {
		if ge == nil {
			w.lostAnswer(c)
		}
		panic(http.ErrAbortHandler)
	}
	verdict.wait(r.Context())
	c.reply(rw, ge, verdict)
}

// route takes the path apart.
func (c *call) route(path string) *graphError {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	major := 0
	// v26.0; everything else is taken for an id.
	if v, ok := strings.CutPrefix(parts[0], "v"); ok {
		if m, minor, ok := strings.Cut(v, "."); ok && minor == "0" && digitsOnly(m) == m && m != "" && len(m) < 4 {
			for _, d := range m {
				major = major*10 + int(d-'0')
			}
			parts = parts[1:]
		}
	}
	c.version = "v" + itoa(max(major, oldestVersion)) + ".0"
	// A version of the future is an error; one of the past is not.
	if major > newestVersion {
		return fail(2500, "")
	}
	if major < oldestVersion && parts[0] != mediaPath {
		c.note(RuleOldVersion, "the call names no Graph version in service and runs on the oldest one")
	}
	if len(parts) > 0 {
		c.id = parts[0]
	}
	if len(parts) > 1 {
		c.edge = parts[1]
	}
	if len(parts) > 2 {
		c.rest = strings.Join(parts[2:], "/")
	}
	for _, gone := range []string{"pretty", "debug", "date_format", "ids"} {
		if c.query.Has(gone) {
			c.note(RuleRemovedFeature, "query parameter "+gone+" was removed from Graph")
		}
	}
	return nil
}

// readBody reads and parses what came with the request.
func (c *call) readBody(r *http.Request) *graphError {
	limit := int64(maxJSONBody)
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if kind == "multipart/form-data" || strings.HasPrefix(c.id, "upload:") {
		limit = maxUploadBody
	}
	var raw []byte
	if r.Body != nil {
		var err error
		if raw, err = io.ReadAll(io.LimitReader(r.Body, limit+1)); err != nil {
			return badParam("the request body could not be read")
		}
	}
	switch {
	case int64(len(raw)) > limit:
		return badParam("the request body is too large")
	case strings.HasPrefix(c.id, "upload:"):
		c.blob = raw
	// Uploads of media and of group pictures.
	case kind == "multipart/form-data":
		return c.readMultipart(r.Header.Get("Content-Type"), raw)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return badParam("the form could not be parsed")
		}
		c.body = formNode(form)
	// Everything else is JSON, whatever Content-Type says, as on Graph.
	case len(raw) > 0:
		n, err := parseJSON(string(raw))
		if err != nil {
			return malformedRequest("the request body is not valid JSON: " + err.Error())
		}
		if n.kind != jsonObject {
			return malformedRequest("the request body must be a JSON object")
		}
		c.body = n
	}
	// Some operations take their parameters in the query.
	if c.body.kind == jsonAbsent {
		c.body = formNode(c.query)
	}
	return nil
}

// formNode turns form or query parameters into an object, without those that
// every Graph call may have.
func formNode(v url.Values) node {
	n := node{kind: jsonObject}
	for _, k := range slices.Sorted(maps.Keys(v)) {
		switch k {
		case "access_token", "appsecret_proof", "appsecret_time", "fields", "limit", "after", "before", "locale":
		default:
			n.items = append(n.items, member{k, node{kind: jsonString, text: v.Get(k)}})
		}
	}
	return n
}

// operation is an entry of the table of operations.
type operation struct {
	scope      string // permission; "" = any valid token, "-" = none
	management bool   // counted against the hourly limit of app and WABA
	run        func(c *call) *graphError
}

// answer authenticates and performs the call.
func (c *call) answer() *graphError {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.now()
	if c.id == mediaPath {
		return c.download()
	}
	c.target = c.find(c.id)
	key := c.method + " " + c.id
	if kind := c.target.kind(); kind != "" {
		key = c.method + " {" + kind + "}"
	}
	if c.edge != "" {
		key += "/" + c.edge
	}
	if c.edge == "message_templates" && c.rest != "" {
		key += "/" + c.rest
	}
	// An unknown path is refused after the token was looked at, so that it tells a
	// stranger nothing.
	op, known := operations[key]
	if op.scope == "-" {
		return op.run(c)
	}
	if ge := c.authenticate(); ge != nil {
		return ge
	}
	if !known {
		if c.target.kind() != "" && c.mayAccess() {
			return &graphError{status: 400, code: 100, title: "Tried accessing nonexisting field or edge (" + c.edge + ")"}
		}
		return notFound(c.id)
	}
	if !c.mayAccess() {
		return notFound(c.id)
	}
	if op.scope != "" && !slices.Contains(c.token.scopes, op.scope) {
		return fail(10, "Application does not have permission for this action: "+op.scope)
	}
	if op.management {
		if ge := c.countManagement(); ge != nil {
			return ge
		}
	}
	return op.run(c)
}

// reply writes the answer. It runs without locks.
func (c *call) reply(rw http.ResponseWriter, ge *graphError, v Verdict) {
	h := rw.Header()
	trace := c.trace()
	values := []string{c.version, trace, "application/json; charset=UTF-8"}
	h["Facebook-Api-Version"] = values[:1:1]
	h["X-Fb-Trace-Id"], h["X-Fb-Request-Id"] = values[1:2:2], values[1:2:2]
	h["Content-Type"] = values[2:]
	c.usageHeaders(h, ge)
	for k, value := range v.header {
		h.Set(k, value)
	}
	if v.body != nil {
		rw.WriteHeader(v.status)
		_, _ = rw.Write(v.body)
		return
	}
	if c.skip && ge == nil {
		h.Set("Content-Type", c.mime)
		rw.WriteHeader(c.status)
		_, _ = rw.Write(c.blob)
		return
	}
	if ge != nil {
		if ge.bug {
			c.note(RuleMalformed, "the request to "+c.req.Operation+" was malformed: "+strings.SplitN(ge.details, "\"", 2)[0])
		}
		c.status = ge.status
		if !ge.partial {
			c.out.b = c.out.b[:0]
			c.out.obj(func() { ge.envelope(&c.out, trace) })
		}
	}
	rw.WriteHeader(c.status)
	_, _ = rw.Write(c.out.b)
}

// trace is the id of the answer for Meta's support.
func (c *call) trace() string {
	b := append(make([]byte, 0, 20), 'A')
	return string(strconv.AppendUint(b, c.traces.Add(1)*0x9e3779b97f4a7c15, 36))
}

// success writes {"success":true}.
func (c *call) success() *graphError {
	c.out.obj(func() { c.out.key("success").bool(true) })
	return nil
}
