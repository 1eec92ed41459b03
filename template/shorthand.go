package template

import (
	"errors"
	"fmt"
	"log/slog"
)

// Shorthand is a template message in the notation that Zendesk and Sunshine
// Conversations users write into macros:
//
//	&((namespace=[[0f2c_demo]] template=[[visit_reminder]] language=[[en]] body_text=[[Noor]]))&
//
// It says which template to send and with which values, but not what the
// template looks like; [Shorthand.Values] brings it together with a Definition.
// An empty field stands for a key that is absent.
//
// https://developer.zendesk.com/documentation/conversations/references/shorthand-syntax
// and https://docs.smooch.io/guide/shorthand (checked 2026-11-22).
type Shorthand struct {
	Namespace string // of the account; the Cloud API does not need it
	Template  string // name; required
	Fallback  string // text for other channels
	Language  string // code; empty means the default of the host

	HeaderText     string // outside the documented keys
	HeaderImage    string // URL
	HeaderVideo    string // URL; outside the documented keys
	HeaderDocument string // URL
	HeaderFilename string // outside the documented keys

	Body    []string // values of the body, in order of appearance
	Buttons []ShorthandButton

	// Unknown are the pairs whose key is not known, in order; only the lenient
	// parser lets them through.
	Unknown []Pair
	// Before and After are the text around the shorthand; only the lenient
	// parser lets more than spaces through.
	Before, After string
}

// ShorthandButton is the value of one button.
type ShorthandButton struct {
	Index   int    // as written; whether it counts from 0 or 1 is up to the host
	URL     string // suffix of a URL button
	Payload string // of a quick reply; outside the documented keys
}

// Pair is a key and its value.
type Pair struct{ Key, Value string }

// MaxShorthand is the size in bytes beyond which texts are not parsed.
const MaxShorthand = 16 << 10

// ErrNoShorthand says that a text holds no template shorthand at all, so that it
// may be sent as ordinary text.
var ErrNoShorthand = errors.New("template: no shorthand")

// ShorthandRule says what is wrong with a shorthand. The values are stable.
type ShorthandRule string

// What can be wrong with a shorthand.
const (
	ShorthandSize       ShorthandRule = "size"         // longer than MaxShorthand
	ShorthandText       ShorthandRule = "text"         // text around it
	ShorthandKey        ShorthandRule = "key"          // a key is expected here
	ShorthandUnknown    ShorthandRule = "unknown-key"  // not a documented key
	ShorthandValue      ShorthandRule = "value"        // =[[ is expected here
	ShorthandOpen       ShorthandRule = "open-value"   // no ]] follows
	ShorthandEmpty      ShorthandRule = "empty-value"  // nothing between [[ and ]]
	ShorthandTwice      ShorthandRule = "twice"        // a key that may occur once only
	ShorthandIndex      ShorthandRule = "index"        // button_index is not a number from 0 to 9
	ShorthandNoIndex    ShorthandRule = "no-index"     // a button value without button_index before it
	ShorthandIdle       ShorthandRule = "idle-index"   // a button_index without button value after it
	ShorthandNoEnd      ShorthandRule = "no-end"       // ))& is missing
	ShorthandNoTemplate ShorthandRule = "no-template"  // the template is not named
	ShorthandBrackets   ShorthandRule = "brackets"     // a value cannot be written: it holds ]] or ends in ]
	ShorthandEncoding   ShorthandRule = "not-writable" // a key that is not lower-case letters and _
)

// ShorthandError says what is wrong with a shorthand and where. It quotes
// nothing of the text.
type ShorthandError struct {
	Rule ShorthandRule
	// Offset is the byte of the text where the fault was found; -1 for errors
	// of Format.
	Offset int
}

// Error names the rule and the offset.
func (e *ShorthandError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("template: format shorthand: %s", e.Rule)
	}
	return fmt.Sprintf("template: parse shorthand: %s at byte %d", e.Rule, e.Offset)
}

// LogValue shows the template's name and counts, none of the values.
func (s Shorthand) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("template_length", len(s.Template)),
		slog.Int("body", len(s.Body)),
		slog.Int("buttons", len(s.Buttons)),
	)
}
