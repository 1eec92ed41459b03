package twilio

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// Templates says which content of an account stands for which template, and which of its
// variables stands where. [Client.SyncTemplates] fills it. The zero Templates is empty and ready
// to use; safe for concurrent use.
//
// Twilio numbers the variables of a content through, Meta numbers each component on its own:
// the catalog shows templates in Meta's form, so that a host's values and macros serve both.
type Templates struct {
	mu  sync.RWMutex
	all map[templateKey]*layout
}

type templateKey struct{ name, language string }

// layout is a content as its variables go into a template.
type layout struct {
	sid      string
	approved bool
	header   *slot    // of a text or media header
	body     []string // keys, in the order of Meta's numbers
	buttons  map[int]slot
}

// slot is one variable with the fixed text in front of it, as in a media address.
type slot struct{ key, before string }

// Add makes one content known, as SyncTemplates does with all. It reports false if the content
// is no template.
func (t *Templates) Add(c Content) bool {
	d, l, ok := c.template()
	if !ok {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[templateKey]*layout{}
	}
	t.all[templateKey{d.Name, d.Language}] = l
	return true
}

func (t *Templates) replace(all map[templateKey]*layout) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = all
}

func (t *Templates) get(m template.Message) *layout {
	if t == nil {
		return nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.all[templateKey{m.Name(), m.Language()}]
}

// template lays the values of a template out as the variables of its content.
func (n *Number) template(form url.Values, c *message.Template) error {
	l := n.client.config.Templates.get(c.Message)
	if l == nil {
		return &refusal{
			text: "no content stands for the template", is: template.ErrNotSendable,
			failure: message.Classify(132001, 0, 0, false),
		}
	}
	values := map[string]string{}
	for at, p := range c.Message.Parameters() {
		key, value, ok := l.variable(at, p)
		if other, twice := values[key]; !ok || twice && other != value { // one variable cannot say two things
			return invalid("template.components", message.RuleForbidden)
		}
		values[key] = value
	}
	form.Set("ContentSid", l.sid)
	if len(values) == 0 {
		return nil
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return invalid("template.components", message.RuleFormat)
	}
	form.Set("ContentVariables", string(raw))
	return nil
}

// variable finds the variable that a parameter fills.
func (l *layout) variable(at template.Slot, p template.Parameter) (key, value string, ok bool) {
	switch {
	case at.Card >= 0:
		return "", "", false
	case at.Component == "header" && l.header != nil:
		if p.Media == nil {
			return l.header.key, p.Text, true
		}
		rest, has := strings.CutPrefix(p.Media.Link, l.header.before)
		return l.header.key, rest, has && rest != ""
	case at.Component == "body" && p.Name != "" && slices.Contains(l.body, p.Name):
		return p.Name, p.Text, true
	case at.Component == "body" && at.Position < len(l.body):
		return l.body[at.Position], p.Text, true
	case at.Component == "button":
		s, known := l.buttons[at.Button]
		return s.key, p.Text, known
	}
	return "", "", false
}

// variableForm is a variable of a content.
var variableForm = regexp.MustCompile(`\{\{\s*([0-9A-Za-z_]{1,16})\s*\}\}`)

// The parts of the types of content that can be templates.
//
// https://www.twilio.com/docs/content/content-types-overview (checked 2026-11-29)
type contentType struct {
	Body     string   `json:"body"`
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle"`
	Media    []string `json:"media"`
	Actions  []struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		URL   string `json:"url"`
		Phone string `json:"phone"`
		Code  string `json:"code"`
		ID    string `json:"id"`
	} `json:"actions"`
	HeaderText string `json:"header_text"` // whatsapp/card
	Footer     string `json:"footer"`
}

// templateTypes are tried in this order: Twilio sends the richest that the channel knows.
var templateTypes = []string{
	"whatsapp/card", "twilio/card", "twilio/call-to-action", "twilio/quick-reply", "twilio/media", "twilio/text",
}

// template makes Meta's form of a content. ok is false for what was never submitted to
// WhatsApp, or is of a form that is not understood: a template that is half understood would be
// sent half empty.
func (c *Content) template() (d template.Definition, l *layout, ok bool) {
	if c.Approval == nil || c.Approval.Name == "" {
		return d, nil, false
	}
	for _, name := range templateTypes {
		raw, has := c.Types[name]
		if !has {
			continue
		}
		var t contentType
		if json.Unmarshal(raw, &t) != nil {
			return d, nil, false
		}
		l = &layout{sid: c.SID, buttons: map[int]slot{}}
		components := t.components(name, l)
		if components == nil {
			return d, nil, false
		}
		doc, err := json.Marshal(map[string]any{
			"name": c.Approval.Name, "language": c.Language, "category": strings.ToUpper(c.Approval.Category),
			"status": c.Approval.status(), "rejected_reason": c.Approval.Reason, "components": components,
		})
		if err != nil || d.UnmarshalJSON(doc) != nil {
			return d, nil, false
		}
		d.LastUpdated = c.Updated
		l.approved = d.Status == template.StatusApproved
		return d, l, true
	}
	return d, nil, false
}

// components writes the parts in Meta's form and notes in l which variable goes where; nil if
// a part is not understood.
func (t *contentType) components(kind string, l *layout) []map[string]any {
	var all []map[string]any
	header, body := t.HeaderText, t.Body
	if kind == "twilio/card" { // title and subtitle of a card are body and footer at WhatsApp
		body = t.Title
		if t.Body != "" {
			body = t.Body
		}
		t.Footer = t.Subtitle
	}
	switch {
	case len(t.Media) > 1:
		return nil
	case len(t.Media) == 1:
		s, variable, good := tail(t.Media[0])
		if variable && !good {
			return nil
		}
		// A fixed file is sent by Twilio without being asked for; a header of Meta's would ask.
		if variable {
			l.header = &s
			all = append(all, map[string]any{"type": "HEADER", "format": mediaFormat(t.Media[0])})
		}
	case header != "":
		keys, text := number(header)
		if len(keys) > 1 {
			return nil
		}
		if len(keys) == 1 {
			l.header = &slot{key: keys[0]}
		}
		all = append(all, map[string]any{"type": "HEADER", "format": "TEXT", "text": text})
	}
	if body == "" {
		return nil
	}
	keys, text := number(body)
	l.body = keys
	all = append(all, map[string]any{"type": "BODY", "text": text})
	if t.Footer != "" {
		all = append(all, map[string]any{"type": "FOOTER", "text": t.Footer})
	}
	var buttons []map[string]any
	for i, a := range t.Actions {
		b := map[string]any{"type": a.Type, "text": a.Title}
		switch a.Type {
		case "", "QUICK_REPLY":
			b["type"] = "QUICK_REPLY"
		case "URL":
			s, variable, good := tail(a.URL)
			if variable && !good {
				return nil
			}
			b["url"] = a.URL
			if variable {
				l.buttons[i] = slot{key: s.key}
				b["url"] = s.before + "{{1}}"
			}
		case "PHONE_NUMBER":
			b["phone_number"] = a.Phone
		case "COPY_CODE":
			if s, variable, good := tail(a.Code); variable && good && s.before == "" {
				l.buttons[i] = s
			}
			delete(b, "text")
		default:
			return nil
		}
		buttons = append(buttons, b)
	}
	if len(buttons) > 0 {
		all = append(all, map[string]any{"type": "BUTTONS", "buttons": buttons})
	}
	return all
}

// number gives the variables of a text Meta's numbers, in the order in which they appear, and
// returns their keys. A variable that appears twice is one.
func number(text string) (keys []string, numbered string) {
	seen := map[string]int{}
	numbered = variableForm.ReplaceAllStringFunc(text, func(v string) string {
		key := variableForm.FindStringSubmatch(v)[1]
		if seen[key] == 0 {
			keys = append(keys, key)
			seen[key] = len(keys)
		}
		return "{{" + strconv.Itoa(seen[key]) + "}}"
	})
	return keys, numbered
}

// tail finds the variable at the end of an address. good is false if variables stand elsewhere.
func tail(address string) (s slot, variable, good bool) {
	found := variableForm.FindAllStringSubmatchIndex(address, -1)
	if len(found) == 0 {
		return s, false, true
	}
	at := found[0]
	return slot{key: address[at[2]:at[3]], before: address[:at[0]]}, true, len(found) == 1 && at[1] == len(address)
}

// mediaFormat guesses the kind of a file from its address; at Twilio it is told by the sample
// that was submitted.
func mediaFormat(address string) string {
	lower := strings.ToLower(variableForm.ReplaceAllString(address, ""))
	switch {
	case strings.Contains(lower, ".mp4"), strings.Contains(lower, "/video"):
		return "VIDEO"
	case strings.Contains(lower, ".pdf"), strings.Contains(lower, "/doc"):
		return "DOCUMENT"
	}
	return "IMAGE"
}
