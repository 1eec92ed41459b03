package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/internal/discreet"
	"github.com/kanava-go/kanava/template"
)

// ContentVariables are the values of a Twilio content template by their keys.
// They hold a customer's data and must not be logged; LogValue shows counts only.
//
// https://www.twilio.com/docs/content/using-variables-with-content-api (checked
// 2026-11-22).
type ContentVariables map[string]string

// LogValue shows how many values there are, not what they say.
func (c ContentVariables) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("variables", len(c)))
}

// Format implements [fmt.Formatter]: it shows what LogValue shows.
func (c ContentVariables) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// Limits of Twilio content variables. Values may be longer than any template
// value, so that Bind has the last word on them.
const (
	maxTwilioKeys = 100
	maxTwilioKey  = 16
)

// errTwilio quotes nothing of the document, which holds a customer's data.
var errTwilio = errors.New("not Twilio content variables")

// ParseContentVariables reads the ContentVariables parameter of Twilio's
// message API: a JSON object of texts with up to 100 keys of up to 16 letters
// and digits. The error quotes nothing of the document.
func ParseContentVariables(raw string) (ContentVariables, error) {
	var v map[string]*string
	if json.Unmarshal([]byte(raw), &v) != nil || v == nil || len(v) > maxTwilioKeys {
		return nil, fmt.Errorf("convert: read content variables: %w", errTwilio)
	}
	out := make(ContentVariables, len(v))
	for k, s := range v {
		if k == "" || len(k) > maxTwilioKey || strings.ContainsFunc(k, notKeyRune) {
			return nil, fmt.Errorf("convert: read content variables: %w", errTwilio)
		}
		if s != nil {
			out[k] = *s
		} else {
			out[k] = "" // Twilio refuses it with 21656; Bind does too
		}
	}
	return out, nil
}

// notKeyRune reports whether r may not be part of a key.
func notKeyRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
}

// TwilioMapping says which content variables belong to header and buttons,
// because Twilio numbers the variables of a template through while Meta numbers
// each component on its own. The zero value gives them all to the body.
type TwilioMapping struct {
	Header  string         // key of the header's text or media link; empty for none
	Buttons map[int]string // key of the URL suffix or coupon code, by button index
}

// Values returns the values, laid out for d: the body takes the variables that
// m gives to nobody else, by name or in the order of their numbers. It refuses,
// with a [*template.BindError], what cannot be laid out; whether the values fit is for
// Bind to say. A key that is missing is an error, while Twilio would send the
// sample instead.
func (c ContentVariables) Values(d *template.Definition, m TwilioMapping) (template.Values, error) {
	var ps template.Problems
	var v template.Values
	rest := maps.Clone(c)
	// A variable may be used in several places; what nobody asked for by name is
	// the body's.
	pop := func(path, key string) string {
		s, ok := c[key]
		if !ok {
			ps = append(ps, refusal(path, template.RuleValueMissing, template.CodeMissing))
		}
		delete(rest, key)
		return s
	}
	if m.Header != "" {
		s := pop("header", m.Header)
		h := d.Header()
		switch {
		case h != nil && mediaKinds[h.Format] != "":
			v.Header.Media = &template.Media{Kind: mediaKinds[h.Format], Link: s}
		case h != nil && d.UsesNames():
			v.Header.Text = template.NamedText(headerName(d), s)
		default:
			v.Header.Text = template.Text(s)
		}
	}
	buttons := d.Buttons()
	for _, i := range slices.Sorted(maps.Keys(m.Buttons)) {
		value := template.ButtonValue{Index: i}
		s := pop(button(i), m.Buttons[i])
		if i >= 0 && i < len(buttons) && buttons[i] != nil && buttons[i].Kind() == template.ButtonCopyCode {
			value.Coupon = s
		} else {
			value.Suffix = s
		}
		v.Buttons = append(v.Buttons, value)
	}
	v.Body = bodyByNumber(d, rest, &ps)
	return v, bindError(d, ps)
}

// mediaKinds are the files that a header can have.
var mediaKinds = map[template.HeaderFormat]template.MediaKind{
	template.HeaderImage: template.MediaImage, template.HeaderVideo: template.MediaVideo,
	template.HeaderGIF: template.MediaGIF, template.HeaderDocument: template.MediaDocument,
}

// headerName is the name of the variable in the header's text.
func headerName(d *template.Definition) string {
	for _, in := range d.Inputs() {
		if in.Path == "header[0]" {
			return in.Name
		}
	}
	return ""
}

// bodyByNumber lays out the variables that are left for the body. Numbers need
// not begin at 1, but their count must be right, which Bind sees to.
func bodyByNumber(d *template.Definition, rest ContentVariables, ps *template.Problems) []template.Value {
	keys := slices.Sorted(maps.Keys(rest))
	if d.UsesNames() {
		return keyedValues(d, "body", rest, keys, ps)
	}
	list := make([]template.Value, 0, len(keys))
	slices.SortFunc(keys, func(a, b string) int { return position(a) - position(b) })
	for _, k := range keys {
		if position(k) < 0 {
			*ps = append(*ps, refusal("body", template.RuleValueName, template.CodeCountMismatch))
		}
		list = append(list, template.Text(rest[k]))
	}
	return list
}
