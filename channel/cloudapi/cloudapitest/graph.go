package cloudapitest

import (
	"cmp"
	"context"
	"io"
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
	path    string
	host    string
	site    string // base of URLs in the answer if Config.OwnHost is set
	traceID string
	version string // version that serves the call, "v26.0"
	major   int    // its number
	id      string
	edge    string
	rest    string // what follows the edge
	query   url.Values
	header  http.Header
	body    node       // JSON object, form or query parameters
	parts   *multipart // upload
	inBody  bool       // the access token came in the body
	token   *token
	target  object
	ctx     context.Context
	usage   int    // percent of the management quota
	usageOf string // account it belongs to
	at      int64  // when the call is handled, Unix nanoseconds

	summary func(e *enc) // members of "summary" in a list
	nested  *graphError  // first refusal of an edge asked for as a field
	depth   int          // how deep edges are nested in fields
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
	flow      *Flow
	credit    *creditLine
	sharing   *creditSharing
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
	case o.flow != nil:
		return "flow"
	case o.credit != nil:
		return "credit"
	case o.sharing != nil:
		return "sharing"
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
	case o.flow != nil:
		return o.flow.account
	case o.sharing != nil:
		return o.sharing.account
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
	case w.flows[id] != nil:
		o.flow = w.flows[id]
	case w.creditLines[id] != nil:
		o.credit = w.creditLines[id]
	case w.sharings[id] != nil:
		o.sharing = w.sharings[id]
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

// unversionedHost serves what has no version, such as the archive of templates.
const unversionedHost = "api.facebook.com"

// oldestVersion and newestVersion are the Graph versions in service in November
// 2026. An older or missing version is served by the oldest, without an error.
// https://developers.facebook.com/docs/graph-api/changelog (checked 2026-11-22)
const (
	oldestVersion = 21
	newestVersion = 27
)

// serveGraph answers one request: take the path apart, read the body, ask the
// interceptors, act, reply. Only acting holds the lock.
func (w *World) serveGraph(rw http.ResponseWriter, r *http.Request) {
	c := &call{World: w, method: cmp.Or(r.Method, http.MethodGet), site: w.siteOf(r), path: r.URL.Path, host: cmp.Or(r.Host, r.URL.Host), header: r.Header, ctx: r.Context(), status: http.StatusOK}
	if r.URL.RawQuery != "" {
		c.query = r.URL.Query()
	}
	if c.method == http.MethodHead {
		c.method, rw = http.MethodGet, headOnly{rw}
	}
	if c.method == http.MethodOptions {
		preflight(rw.Header(), r.Header)
		return
	}
	ge := c.route(r.URL.Path)
	if ge == nil {
		ge = c.readBody(r)
	}
	c.req = &Request{
		Method: c.method, Path: r.URL.Path, Host: r.Host, Operation: c.operation(), Object: c.id,
		body: c.body, parts: c.parts,
	}
	verdict := w.intercepted(c.req)
	if verdict.before(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	if verdict.refuse != nil {
		ge = verdict.refuse
	}
	switch {
	case ge != nil:
	case c.isBatch():
		ge = c.batch()
	default:
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

// headOnly is an answer without its body.
type headOnly struct{ http.ResponseWriter }

// Write implements io.Writer.
func (headOnly) Write(b []byte) (int, error) { return len(b), nil }

// siteOf is the base of URLs under which a request reached the world, "" unless
// Config.OwnHost is set.
func (w *World) siteOf(r *http.Request) string {
	switch {
	case !w.cfg.OwnHost || r.Host == "":
		return ""
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// operation names the call: method and edge.
func (c *call) operation() string {
	if c.edge == "" {
		return c.method
	}
	return c.method + " " + c.edge
}

// route takes the path apart. Slashes may be doubled, and nothing need be there.
func (c *call) route(path string) *graphError {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	// v26.0; everything else is taken for an id.
	if len(parts) > 0 {
		if c.major = version(parts[0]); c.major > 0 {
			parts = parts[1:]
		}
	}
	served := min(max(c.major, oldestVersion), newestVersion)
	c.version = "v" + itoa(served) + ".0"
	// A version of the future is an error; one of the past is not.
	if c.major > newestVersion {
		return unknownPath("v" + itoa(c.major) + ".0")
	}
	if c.major < oldestVersion && (len(parts) == 0 || parts[0] != mediaPath) && c.host != unversionedHost {
		c.note(RuleOldVersion, cmp.Or(versionName(c.major), "a call without a version")+" is no version in service; the call ran on "+c.version)
	}
	c.major = served
	if len(parts) > 0 {
		c.id = parts[0]
	}
	if len(parts) > 1 {
		c.edge = parts[1]
	}
	if len(parts) > 2 {
		c.rest = strings.Join(parts[2:], "/")
	}
	for _, gone := range []string{"pretty", "debug", "date_format", "ids", "method", "callback"} {
		if c.query.Has(gone) {
			c.note(RuleRemovedFeature, "query parameter "+gone+" was removed from Graph")
		}
	}
	return nil
}

// version reads a part of a path as v26.0; 0 = it is none.
func version(part string) (major int) {
	v, ok := strings.CutPrefix(part, "v")
	m, minor, dot := strings.Cut(v, ".")
	if !ok || !dot || minor != "0" || m == "" || len(m) > 3 || digitsOnly(m) != m {
		return 0
	}
	return int(asInt(m))
}

// versionName writes a version, "" for none.
func versionName(major int) string {
	if major == 0 {
		return ""
	}
	return "v" + itoa(major) + ".0"
}

// readBody reads and parses what came with the request.
func (c *call) readBody(r *http.Request) *graphError {
	limit := int64(maxJSONBody)
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
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
		c.merge(node{kind: jsonObject})
	// Uploads of media and of group pictures.
	case kind == "multipart/form-data":
		return c.readMultipart(r.Header.Get("Content-Type"), raw)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return badParam("the form could not be parsed")
		}
		c.merge(formNode(form))
	// Everything else is JSON, whatever Content-Type says, as on Graph.
	case len(raw) > 0:
		n, err := parseJSON(string(raw))
		if err != nil {
			return malformedRequest("the request body is not valid JSON: " + err.Error())
		}
		if n.kind != jsonObject && n.kind != jsonNull {
			return malformedRequest("the request body must be a JSON object")
		}
		c.merge(n)
	default:
		c.merge(node{kind: jsonObject})
	}
	return nil
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
	switch {
	case c.id == mediaPath:
		return c.download()
	case c.id == "":
		return c.root()
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
	op, known := c.ops[key]
	if strings.HasPrefix(c.id, "{") { // the name of a kind, in the place of an id
		op, known = operation{}, false
	}
	if op.scope == "-" {
		return op.run(c)
	}
	if ge := c.authenticate(); ge != nil {
		return ge
	}
	switch {
	case !c.mayAccess(), c.target.kind() == "" && !known:
		return c.notFound(c.id)
	case !known && c.edge != "" && c.method == http.MethodGet:
		return noField(c.target.kind(), c.edge)
	case !known:
		return c.notFound(c.id)
	case c.rest != "" && !restEdges[c.edge]:
		return unknownPath(c.rest)
	}
	if op.scope != "" && !slices.Contains(c.token.scopes, op.scope) {
		return fail(10, "Application does not have permission for this action: "+op.scope)
	}
	if op.management {
		if ge := c.countManagement(); ge != nil {
			return ge
		}
	}
	ge := op.run(c)
	if ge == nil {
		c.turned()
	}
	return ge
}

// reply writes the answer. It runs without locks.
func (c *call) reply(rw http.ResponseWriter, ge *graphError, v Verdict) {
	h := rw.Header()
	trace := c.trace()
	wireHeaders(h)
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
			c.note(RuleMalformed, "the request "+c.req.Operation+" was malformed: "+ge.title)
		}
		if challenge := ge.challenge(); challenge != "" {
			h.Set("Www-Authenticate", challenge)
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
	if c.traceID == "" {
		b := append(make([]byte, 0, 20), 'A')
		c.traceID = string(strconv.AppendUint(b, c.traces.Add(1)*0x9e3779b97f4a7c15, 36))
	}
	return c.traceID
}

// success writes {"success":true}.
func (c *call) success() *graphError {
	c.out.obj(func() { c.out.key("success").bool(true) })
	return nil
}
