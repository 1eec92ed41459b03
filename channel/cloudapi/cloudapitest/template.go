package cloudapitest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Template states as the API reports them.
const (
	StatusApproved = "APPROVED"
	StatusPending  = "PENDING"
	StatusRejected = "REJECTED"
	StatusPaused   = "PAUSED"
	StatusDisabled = "DISABLED"
)

// A Template is a message template of an account in one language.
type Template struct {
	ID       string
	Name     string
	Language string

	w        *World
	account  *Account
	category string
	wanted   string // category it will be moved to; "" = none announced
	former   string // category before the last move
	status   string
	reason   string
	quality  string
	pauses   int
	named    bool
	source   node // components as written
	header   part
	body     part
	footer   string
	buttons  []templateButton
	cards    []templateCard
	offer    bool // limited-time offer
	held     bool // sends are held for quality assessment
	ttl      int64
	edited   []int64 // edits while approved
	changed  int64
	gone     bool
	waiting  []*message // held sends

	statusTold bool // the webhook of the present status was acknowledged
}

// part is a header or body with its variables.
type part struct {
	format string // TEXT, IMAGE, …; "" = absent
	text   string
	vars   []string // in order of first appearance
}

type templateButton struct {
	kind string // upper case
	text string
	url  string
	vars []string
	otp  string
}

type templateCard struct {
	header  part
	body    part
	buttons []templateButton
}

// AddTemplate adds an approved template from its definition, the JSON one would
// POST to /{waba}/message_templates. The definition must satisfy the same checks
// as there; the error is the refusal Meta would give.
func (a *Account) AddTemplate(definition string) (*Template, error) {
	n, err := parseJSON([]byte(definition))
	if err != nil {
		return nil, fmt.Errorf("cloudapitest: add template: %w", err)
	}
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	t, ge := w.defineTemplate(a, &n)
	if ge != nil {
		return nil, fmt.Errorf("cloudapitest: add template: refused with code %d, subcode %d: %s", ge.code, ge.subcode, ge.details)
	}
	t.status = StatusApproved
	return t, nil
}

// defineTemplate checks a definition and stores the template as PENDING.
func (w *World) defineTemplate(a *Account, n *node) (*Template, *graphError) {
	t := &Template{w: w, account: a, status: StatusPending, reason: "NONE", quality: "UNKNOWN", changed: w.now()}
	if ge := t.read(n, true); ge != nil {
		return nil, ge
	}
	for _, o := range a.templates {
		if o.Name == t.Name && o.Language == t.Language && !o.gone {
			ge := badParam("Content in this language already exists")
			ge.subcode = 2388024
			return nil, ge
		}
	}
	t.ID = w.newID()
	a.templates = append(a.templates, t)
	w.templates[t.ID] = t
	return t, nil
}

// read fills t from a definition; whole definitions name the template, edits only
// carry components.
func (t *Template) read(n *node, whole bool) *graphError {
	k := &checker{}
	f := k.object(n, "")
	if whole {
		t.Name = f.text("name", 1, 512)
		t.Language = f.text("language", 1, 15)
		if strings.Trim(t.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			f.reject(badParam("Param name must be lower-case letters, digits and underscores."))
		}
	}
	if cat := strings.ToUpper(f.text("category", 0, 0)); cat != "" || whole {
		if cat != "MARKETING" && cat != "UTILITY" && cat != "AUTHENTICATION" {
			f.reject(badParam("Param category must be one of {MARKETING, UTILITY, AUTHENTICATION}."))
		}
		t.category = cat
	}
	if v := f.text("parameter_format", 0, 0); v != "" {
		t.named = strings.EqualFold(v, "NAMED")
	}
	if f.has("message_send_ttl_seconds") {
		t.ttl = int64(f.number("message_send_ttl_seconds", false, -1, 2592000))
	}
	for _, key := range []string{
		"allow_category_change", "sub_category", "display_format", "cta_url_link_tracking_opted_out", "product_set_id",
		"degrees_of_freedom_spec", "optimization_spec", "library_template_name", "library_template_button_inputs",
		"library_template_body_inputs",
	} {
		f.get(key)
	}
	if whole || f.has("components") {
		t.source = *f.get("components")
		t.header, t.body, t.footer, t.buttons, t.cards, t.offer = part{}, part{}, "", nil, nil, false
		list := f.list("components", 1, 10)
		for i := range list {
			t.component(f.element("components", list, i))
		}
		if t.body.format == "" {
			f.reject(badParam("Message templates need a BODY component."))
		}
	}
	f.done()
	return k.err
}

func (t *Template) component(o *fields) {
	switch strings.ToUpper(o.text("type", 1, 0)) {
	case "HEADER":
		t.header = o.templateHeader()
	case "BODY":
		if t.body.format != "" {
			o.reject(badParam("Message templates have one BODY component."))
		}
		t.body = part{format: "TEXT", text: o.text("text", 0, 1024)}
		if t.body.text == "" && t.category == "AUTHENTICATION" {
			t.body.text = "*{{1}}* is your verification code."
		} else if t.body.text == "" {
			o.reject(badParam("The BODY component needs a text."))
		}
		t.body.vars = o.variables(t.body.text, 2388072)
		if text := strings.TrimSpace(t.body.text); t.category != "AUTHENTICATION" && (strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}")) {
			o.reject(fail(2388299, "Variables can't be at the start or end of the template."))
		}
	case "FOOTER":
		if t.footer = o.text("text", 0, 60); strings.Contains(t.footer, "{{") {
			o.reject(fail(2388073, "The footer has no variables."))
		}
	case "BUTTONS":
		t.buttons = o.templateButtons()
	case "CAROUSEL":
		cards := o.list("cards", 2, 10)
		for i := range cards {
			t.cards = append(t.cards, o.element("cards", cards, i).templateCard())
		}
	case "LIMITED_TIME_OFFER":
		t.offer = true
	}
}

func (f *fields) templateHeader() part {
	h := part{format: strings.ToUpper(f.text("format", 1, 0))}
	switch h.format {
	case "TEXT":
		h.text = f.text("text", 1, 60)
		if h.vars = f.variables(h.text, 2388047); len(h.vars) > 1 {
			f.reject(fail(2388047, "The header has at most one variable."))
		}
	case "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF", "PRODUCT":
	default:
		f.reject(fail(2388047, "The header format is not known."))
	}
	return h
}

func (f *fields) templateCard() (card templateCard) {
	list := f.list("components", 1, 4)
	for i := range list {
		o := f.element("components", list, i)
		switch strings.ToUpper(o.text("type", 1, 0)) {
		case "HEADER":
			card.header = o.templateHeader()
		case "BODY":
			card.body = part{format: "TEXT", text: o.text("text", 1, 160)}
			card.body.vars = o.variables(card.body.text, 2388072)
		case "BUTTONS":
			card.buttons = o.templateButtons()
		}
	}
	return card
}

func (f *fields) templateButtons() []templateButton {
	list := f.list("buttons", 1, 10)
	var out []templateButton
	for i := range list {
		o := f.element("buttons", list, i)
		b := templateButton{
			kind: strings.ToUpper(o.text("type", 1, 0)), text: o.text("text", 0, 25), url: o.text("url", 0, 2000),
			otp: strings.ToUpper(o.text("otp_type", 0, 0)),
		}
		b.vars = o.variables(b.url, 100)
		switch {
		case len(b.vars) > 1 || len(b.vars) == 1 && !strings.HasSuffix(b.url, "}}"):
			o.reject(badParam("A button URL has one variable, at its end."))
		case b.kind == "URL" && b.url == "", b.kind != "COPY_CODE" && b.kind != "OTP" && b.kind != "REQUEST_CONTACT_INFO" && b.text == "":
			o.reject(badParam("A button lacks its text or URL."))
		}
		if b.kind == "COPY_CODE" {
			b.text = "Copy offer code"
		}
		if b.kind == "OTP" && b.text == "" {
			b.text = "Copy code"
		}
		out = append(out, b)
	}
	return out
}

// variables lists the variables of a text and refuses what can be seen to be
// wrong with them.
func (f *fields) variables(text string, subcode int) (vars []string) {
	bad := func(why string) {
		ge := badParam(why)
		ge.subcode = subcode
		f.reject(ge)
	}
	rest := text
	for {
		_, after, ok := strings.Cut(rest, "{{")
		if !ok {
			break
		}
		name, tail, ok := strings.Cut(after, "}}")
		if !ok || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			bad("A variable is not written as {{name}}.")
			return vars
		}
		if strings.HasPrefix(tail, "{{") {
			bad("Two variables stand next to each other.")
		}
		if !slices.Contains(vars, name) {
			vars = append(vars, name)
		}
		rest = tail
	}
	positional := func(v string) bool { return digitsOnly(v) == v }
	if !slices.ContainsFunc(vars, positional) {
		return vars
	}
	slices.SortFunc(vars, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	for i, v := range vars {
		if v != itoa(i+1) {
			bad("Positional variables must count from {{1}} without gaps and not be mixed with named ones.")
			return vars
		}
	}
	return vars
}

// render replaces the variables of a text.
func render(p part, values map[string]string) string {
	text := p.text
	for _, v := range p.vars {
		text = strings.ReplaceAll(text, "{{"+v+"}}", values[v])
	}
	return text
}

// sendable tells why the template may not be sent, nil if it may.
func (t *Template) sendable() *graphError {
	switch t.status {
	case StatusApproved:
		return nil
	case StatusPaused:
		return fail(132015, "Template is paused due to low quality.")
	case StatusDisabled:
		return fail(132016, "Template is disabled.")
	}
	return fail(132001, "template name ("+t.Name+") does not exist in "+t.Language)
}

// syncTime is how long the marketing endpoint needs to learn of a template.
const syncTime = 10 * time.Minute
