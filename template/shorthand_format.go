package template

import "strings"

// Format writes the shorthand so that ParseShorthand gives back the same; with
// undocumented keys, unknown pairs or text around it, only the lenient parser
// does. Empty fields are left out, but an empty element of Body is written. It
// refuses what the notation cannot express: values that hold "]]" or end in
// "]", buttons without value, indexes beyond 9.
func (s Shorthand) Format() (string, error) {
	f := shorthandFormatter{}
	f.b.WriteString(s.Before)
	f.b.WriteString(shorthandOpen)
	// The parser would begin at the first opening it finds.
	if strings.Contains(s.Before, shorthandOpen) {
		f.fail(ShorthandText)
	}
	if s.Template == "" {
		f.fail(ShorthandNoTemplate)
	}
	for i := range shorthandKeys {
		k := &shorthandKeys[i]
		if i > 0 && shorthandKeys[i-1].bit == k.bit {
			continue // another spelling
		}
		if v := *k.field(&s); v != "" {
			f.pair(k.key, v)
		}
	}
	for _, v := range s.Body {
		f.pair("body_text", v)
	}
	for i := range s.Buttons {
		f.button(&s.Buttons[i])
	}
	for _, p := range s.Unknown {
		// A known key would be read into its own field.
		if knownShorthandKey(p.Key) || strings.Trim(p.Key, "abcdefghijklmnopqrstuvwxyz_") != "" || p.Key == "" {
			f.fail(ShorthandEncoding)
		}
		f.pair(p.Key, p.Value)
	}
	f.b.WriteString(shorthandClose)
	f.b.WriteString(s.After)
	if f.b.Len() > MaxShorthand {
		f.fail(ShorthandSize)
	}
	if f.rule != "" {
		return "", &ShorthandError{f.rule, -1}
	}
	return f.b.String(), nil
}

// shorthandFormatter goes on after a fault, which keeps its methods simple; what
// it wrote is then thrown away.
type shorthandFormatter struct {
	b     strings.Builder
	pairs int
	rule  ShorthandRule // the first fault
}

// fail remembers the first fault.
func (f *shorthandFormatter) fail(rule ShorthandRule) {
	if f.rule == "" {
		f.rule = rule
	}
}

// pair writes a key and its value. A value that ends in "]" cannot be written
// either: the parser takes the first "]]" it meets for the end.
func (f *shorthandFormatter) pair(key, value string) {
	if strings.Contains(value, "]]") || strings.HasSuffix(value, "]") {
		f.fail(ShorthandBrackets)
	}
	if f.pairs > 0 {
		f.b.WriteByte(' ')
	}
	f.pairs++
	f.b.WriteString(key)
	f.b.WriteString("=[[")
	f.b.WriteString(value)
	f.b.WriteString("]]")
}

// button writes the index and the values that belong to it.
func (f *shorthandFormatter) button(b *ShorthandButton) {
	if b.Index < 0 || b.Index > 9 {
		f.fail(ShorthandIndex)
		return
	}
	f.pair("button_index", string(rune('0'+b.Index)))
	if b.URL == "" && b.Payload == "" {
		f.fail(ShorthandIdle)
	}
	if b.URL != "" {
		f.pair("button_url", b.URL)
	}
	if b.Payload != "" {
		f.pair("button_payload", b.Payload)
	}
}

// knownShorthandKey reports whether a key has a place of its own.
func knownShorthandKey(key string) bool {
	for i := range shorthandKeys {
		if shorthandKeys[i].key == key {
			return true
		}
	}
	switch key {
	case "body_text", "button_index", "button_url", "button_payload", "button_quick_reply":
		return true
	}
	return false
}
