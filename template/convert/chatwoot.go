package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/internal/discreet"
	"github.com/kanava-go/kanava/template"
)

// Chatwoot is a template message as Chatwoot stores it in template_params. It
// holds a customer's data and must not be logged; LogValue shows counts only.
//
// https://github.com/chatwoot/chatwoot (checked 2026-11-22).
type Chatwoot struct {
	Name      string
	Language  string
	Namespace string
	Category  template.Category

	body    map[string]string // by name or number
	header  map[string]string // likewise, for a text
	media   *template.Media
	buttons []chatwootButton
}

// LogValue shows name, language and counts, none of the values.
func (c Chatwoot) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("name", c.Name), slog.String("language", c.Language),
		slog.Int("body", len(c.body)), slog.Int("buttons", len(c.buttons)))
}

// Format implements [fmt.Formatter]: it shows what LogValue shows.
func (c Chatwoot) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

type chatwootButton struct {
	kind  string
	value string
	empty bool // null in the list: keeps the place of a button without value
}

// errChatwoot quotes nothing of the document, which holds a customer's data.
var errChatwoot = errors.New("not Chatwoot template parameters")

// ParseChatwoot reads template_params, with processed_params in the present
// form or in one of the two older ones: a list of body values, or an object of
// them. The error quotes nothing of the document.
func ParseChatwoot(raw []byte) (Chatwoot, error) {
	var doc struct {
		Name, Language, Namespace any
		Category                  any
		Params                    json.RawMessage `json:"processed_params"`
	}
	if json.Unmarshal(raw, &doc) != nil {
		return Chatwoot{}, fmt.Errorf("convert: read chatwoot: %w", errChatwoot)
	}
	c := Chatwoot{
		Name: text(doc.Name), Language: text(doc.Language), Namespace: text(doc.Namespace),
		Category: template.Category(strings.ToUpper(text(doc.Category))),
	}
	if c.Name == "" || !c.processed(doc.Params) {
		return Chatwoot{}, fmt.Errorf("convert: read chatwoot: %w", errChatwoot)
	}
	return c, nil
}

// text is a member that should be a text, "" if it is something else.
func text(v any) string {
	s, _ := v.(string)
	return s
}

// processed reads the values, false if they have none of the known shapes.
func (c *Chatwoot) processed(raw json.RawMessage) bool {
	if absent(raw) {
		return true
	}
	// The oldest form: the values of the body in a list.
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		c.body = make(map[string]string, len(list))
		for i, raw := range list {
			s, ok := scalar(raw)
			if !ok {
				return false
			}
			c.body[strconv.Itoa(i+1)] = s
		}
		return true
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return false
	}
	// The form after it: the values of the body under their names.
	var ok bool
	if !present(o) {
		c.body, ok = scalars(o)
		return ok
	}
	// The present form: one member for each component. The footer has no values.
	for key, raw := range o {
		if absent(raw) && (key == "body" || key == "header" || key == "buttons") {
			continue
		}
		switch key {
		case "body":
			c.body, ok = readScalars(raw)
		case "header":
			ok = c.readHeader(raw)
		case "buttons":
			ok = c.readButtons(raw)
		default:
			ok = key == "footer"
		}
		if !ok {
			return false
		}
	}
	return true
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// present reports whether processed_params has the present form, in which body
// and header are objects and buttons a list.
func present(o map[string]json.RawMessage) bool {
	for _, k := range []string{"body", "header", "buttons", "footer"} {
		if raw := o[k]; len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			return true
		}
	}
	return false
}

// readHeader reads a file or, under any other key, the value of a text.
func (c *Chatwoot) readHeader(raw json.RawMessage) bool {
	var file struct {
		URL  any `json:"media_url"`
		Name any `json:"media_name"`
		Kind any `json:"media_type"`
	}
	var rest map[string]json.RawMessage
	if json.Unmarshal(raw, &file) != nil || json.Unmarshal(raw, &rest) != nil {
		return false
	}
	if link := text(file.URL); link != "" {
		c.media = &template.Media{
			Link: link, Filename: text(file.Name), Kind: template.MediaKind(strings.ToLower(text(file.Kind))),
		}
	}
	for key, v := range map[string]any{"media_url": file.URL, "media_name": file.Name, "media_type": file.Kind} {
		if _, ok := v.(string); ok || v == nil {
			delete(rest, key)
		}
	}
	var ok bool
	c.header, ok = scalars(rest)
	return ok
}

// readButtons reads the list of buttons. Those that take no value stand in it as null.
func (c *Chatwoot) readButtons(raw json.RawMessage) bool {
	var list []*struct {
		Kind      any             `json:"type"`
		Parameter json.RawMessage `json:"parameter"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return false
	}
	for _, b := range list {
		if b == nil {
			c.buttons = append(c.buttons, chatwootButton{empty: true})
			continue
		}
		value, ok := scalar(b.Parameter)
		if !ok && b.Parameter != nil {
			return false
		}
		c.buttons = append(c.buttons, chatwootButton{kind: strings.ToLower(text(b.Kind)), value: value})
	}
	return true
}

func readScalars(raw json.RawMessage) (map[string]string, bool) {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return nil, false
	}
	return scalars(o)
}

// scalars reads an object of texts and numbers.
func scalars(o map[string]json.RawMessage) (map[string]string, bool) {
	m := make(map[string]string, len(o))
	for k, raw := range o {
		s, ok := scalar(raw)
		if !ok {
			return nil, false
		}
		m[k] = s
	}
	return m, true
}

// scalar reads a text, or a number in the spelling it has. null is blank.
func scalar(raw json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s, true
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String(), true
	}
	return "", false
}

// Values returns the values, laid out for d. It refuses, with a [*template.BindError],
// what cannot be laid out; whether the values fit is for Bind to say. Unlike
// Chatwoot it goes by the numbers of the variables and not by their order in the
// document, drops no blanks, and alters nothing.
func (c Chatwoot) Values(d *template.Definition) (template.Values, error) {
	var ps template.Problems
	v := template.Values{Body: keyedValues(d, "body", c.body, slices.Sorted(maps.Keys(c.body)), &ps)}
	switch text := keyedValues(d, "header", c.header, slices.Sorted(maps.Keys(c.header)), &ps); {
	case len(text) == 1:
		v.Header.Text = text[0]
	case len(text) > 1:
		ps = append(ps, refusal("header", template.RuleValueCount, template.CodeCountMismatch))
	}
	if c.media != nil {
		media := *c.media
		v.Header.Media = &media
	}
	for i, b := range c.buttons {
		if b.empty {
			continue
		}
		// The place in the list is the index of the button.
		value := template.ButtonValue{Index: i}
		switch b.kind {
		case "url":
			value.Suffix = b.value
		case "copy_code":
			value.Coupon = b.value
		case "quick_reply":
			value.Payload = b.value
		default:
			ps = append(ps, refusal(button(i), template.RuleValueKind, template.CodeKindMismatch))
			continue
		}
		v.Buttons = append(v.Buttons, value)
	}
	return v, bindError(d, ps)
}
