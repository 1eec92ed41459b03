package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Chatwoot is a template message as Chatwoot stores it in template_params. It
// holds a customer's data and must not be logged; LogValue shows counts only.
//
// https://github.com/chatwoot/chatwoot (checked 2026-11-22).
type Chatwoot struct {
	Name      string
	Language  string
	Namespace string
	Category  Category

	body    map[string]string // by name or number
	header  map[string]string // likewise, for a text
	media   *Media
	buttons []chatwootButton
}

// LogValue shows name, language and counts, none of the values.
func (c Chatwoot) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("name", c.Name), slog.String("language", c.Language),
		slog.Int("body", len(c.body)), slog.Int("buttons", len(c.buttons)))
}

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
	o, err := parseObject(raw)
	if err != nil {
		return Chatwoot{}, fmt.Errorf("template: read chatwoot: %w", errChatwoot)
	}
	var c Chatwoot
	take(o, "name", &c.Name)
	take(o, "language", &c.Language)
	take(o, "namespace", &c.Namespace)
	takeEnum(o, "category", &c.Category)
	if c.Name == "" || !c.processed(o["processed_params"]) {
		return Chatwoot{}, fmt.Errorf("template: read chatwoot: %w", errChatwoot)
	}
	return c, nil
}

// processed reads the values, false if they have none of the known shapes.
func (c *Chatwoot) processed(raw json.RawMessage) bool {
	if len(raw) == 0 || string(raw) == "null" {
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
	o, err := parseObject(raw)
	if err != nil {
		return false
	}
	// The form after it: the values of the body under their names.
	if !present(o) {
		c.body, err = scalars(o)
		return err == nil
	}
	// The present form: one member for each component.
	ok := true
	takeObject(o, "body", func(o object) {
		c.body, err = scalars(o)
		ok = ok && err == nil
	})
	takeObject(o, "header", func(o object) { ok = c.readHeader(o) && ok })
	var buttons []json.RawMessage
	take(o, "buttons", &buttons)
	for _, raw := range buttons {
		b, good := readChatwootButton(raw)
		ok = ok && good
		c.buttons = append(c.buttons, b)
	}
	// The footer has no values; what else is left was not understood.
	delete(o, "footer")
	return ok && len(o) == 0
}

// present reports whether processed_params has the present form, in which body
// and header are objects and buttons a list.
func present(o object) bool {
	for _, k := range []string{"body", "header", "buttons", "footer"} {
		if raw := o[k]; len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			return true
		}
	}
	return false
}

// readHeader reads a file or, under any other key, the value of a text.
func (c *Chatwoot) readHeader(o object) bool {
	var m Media
	var kind string
	take(o, "media_url", &m.Link)
	take(o, "media_name", &m.Filename)
	take(o, "media_type", &kind)
	m.Kind = MediaKind(strings.ToLower(kind))
	if m.Link != "" {
		c.media = &m
	}
	text, err := scalars(o)
	c.header = text
	return err == nil
}

// readChatwootButton reads one element of the list of buttons. Buttons that take
// no value stand in it as null.
func readChatwootButton(raw json.RawMessage) (b chatwootButton, ok bool) {
	if string(raw) == "null" {
		return chatwootButton{empty: true}, true
	}
	o, err := parseObject(raw)
	if err != nil {
		return b, false
	}
	take(o, "type", &b.kind)
	b.kind = strings.ToLower(b.kind)
	b.value, ok = scalar(o["parameter"])
	return b, ok || o["parameter"] == nil
}

// scalars reads an object of texts and numbers.
func scalars(o object) (map[string]string, error) {
	m := make(map[string]string, len(o))
	for k, raw := range o {
		s, ok := scalar(raw)
		if !ok {
			return nil, errChatwoot
		}
		m[k] = s
	}
	return m, nil
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

// Values returns the values, laid out for d. It refuses, with a [*BindError],
// what cannot be laid out; whether the values fit is for Bind to say. Unlike
// Chatwoot it goes by the numbers of the variables and not by their order in the
// document, drops no blanks, and alters nothing.
func (c Chatwoot) Values(d *Definition) (Values, error) {
	var ps Problems
	v := Values{Body: keyedValues(d, "body", c.body, slices.Sorted(maps.Keys(c.body)), &ps)}
	switch text := keyedValues(d, "header", c.header, slices.Sorted(maps.Keys(c.header)), &ps); {
	case len(text) == 1:
		v.Header.Text = text[0]
	case len(text) > 1:
		ps = append(ps, refusal("header", RuleValueCount, CodeCountMismatch))
	}
	v.Header.Media = clonePointer(c.media)
	for i, b := range c.buttons {
		if b.empty {
			continue
		}
		// The place in the list is the index of the button.
		value := ButtonValue{Index: i}
		switch b.kind {
		case "url":
			value.Suffix = b.value
		case "copy_code":
			value.Coupon = b.value
		case "quick_reply":
			value.Payload = b.value
		default:
			ps = append(ps, refusal(indexed("buttons", i), RuleValueKind, CodeKindMismatch))
			continue
		}
		v.Buttons = append(v.Buttons, value)
	}
	return v, bindError(d, ps)
}
