package template

import (
	"strings"
)

// What a shorthand begins and ends with.
const (
	shorthandOpen  = "&(("
	shorthandClose = "))&"
)

// ShorthandOptions adjust [ParseShorthand]. The zero value is strict: only
// documented keys, no empty values, nothing but space around the shorthand.
type ShorthandOptions struct {
	// Lenient lets through undocumented keys, empty values, and text before
	// and after. Faults of the notation itself are still errors.
	Lenient bool
}

// ParseShorthand reads a template shorthand. It returns ErrNoShorthand if the
// text has none, otherwise a [*ShorthandError] with the offset of the fault.
// Values are taken as they stand, spaces included; they share the memory of
// text. It works in linear time and refuses texts beyond MaxShorthand.
//
// Placeholders must be expanded in the result, with [Shorthand.Expand], and not
// in the text: a name that holds "]]" would break out of its value.
func ParseShorthand(text string, opt ShorthandOptions) (Shorthand, error) {
	start := strings.Index(text, shorthandOpen)
	if start < 0 {
		return Shorthand{}, ErrNoShorthand
	}
	// Long texts without shorthand are ordinary messages and no error.
	if len(text) > MaxShorthand {
		return Shorthand{}, &ShorthandError{ShorthandSize, MaxShorthand}
	}
	p := shorthandParser{text: text, at: start + len(shorthandOpen), lenient: opt.Lenient}
	if opt.Lenient {
		p.out.Before = text[:start]
	} else if n := skipSpace(text, 0); n < start {
		return Shorthand{}, &ShorthandError{ShorthandText, n}
	}
	if rule := p.parse(); rule != "" {
		return Shorthand{}, &ShorthandError{rule, p.at}
	}
	return p.out, nil
}

// shorthandParser goes through the text once, from left to right.
type shorthandParser struct {
	text    string
	at      int // where parsing goes on, or where it failed
	lenient bool
	out     Shorthand

	seen    uint16 // keys of single cardinality that occurred
	indexed bool   // a button_index was read
	idle    bool   // and has no value yet
	indexAt int    // where it stands
}

// parse reads pairs up to the end. A rule other than "" is the fault at p.at.
func (p *shorthandParser) parse() ShorthandRule {
	for {
		p.at = skipSpace(p.text, p.at)
		if strings.HasPrefix(p.text[p.at:], shorthandClose) {
			return p.finish()
		}
		keyAt := p.at
		for p.at < len(p.text) && keyByte(p.text[p.at]) {
			p.at++
		}
		k := p.text[keyAt:p.at]
		switch {
		case p.at == len(p.text):
			return ShorthandNoEnd
		case k == "":
			return ShorthandKey
		case !strings.HasPrefix(p.text[p.at:], "=[["):
			return ShorthandValue
		}
		valueAt := p.at + len("=[[")
		// There is no escape: the first "]]" ends the value.
		n := strings.Index(p.text[valueAt:], "]]")
		if n < 0 {
			return ShorthandOpen
		}
		value := p.text[valueAt : valueAt+n]
		if value == "" && !p.lenient {
			p.at = valueAt
			return ShorthandEmpty
		}
		if rule := p.pair(k, value, keyAt); rule != "" {
			p.at = keyAt
			return rule
		}
		p.at = valueAt + n + len("]]")
	}
}

// finish checks what only the end can tell.
func (p *shorthandParser) finish() ShorthandRule {
	if p.idle {
		p.at = p.indexAt
		return ShorthandIdle
	}
	if p.out.Template == "" {
		return ShorthandNoTemplate
	}
	p.at += len(shorthandClose)
	if p.lenient {
		p.out.After = p.text[p.at:]
		return ""
	}
	if p.at = skipSpace(p.text, p.at); p.at < len(p.text) {
		return ShorthandText
	}
	return ""
}

// pair files one value under its key.
func (p *shorthandParser) pair(k, value string, at int) ShorthandRule {
	switch k {
	case "body_text":
		p.out.Body = append(p.out.Body, value)
		return ""
	case "button_index":
		// A template has at most 10 buttons: one digit will do in either base.
		if len(value) != 1 || value[0] < '0' || value[0] > '9' {
			return ShorthandIndex
		}
		if p.idle {
			return ShorthandIdle
		}
		p.indexed, p.idle, p.indexAt = true, true, at
		p.out.Buttons = append(p.out.Buttons, ShorthandButton{Index: int(value[0] - '0')})
		return ""
	case "button_url":
		return p.buttonValue(value, func(b *ShorthandButton) *string { return &b.URL })
	case "button_payload", "button_quick_reply":
		if p.lenient {
			return p.buttonValue(value, func(b *ShorthandButton) *string { return &b.Payload })
		}
		return ShorthandUnknown
	}
	// Keys that occur once. A short list is walked faster than a map is asked.
	for i := range shorthandKeys {
		if s := &shorthandKeys[i]; s.key == k && (s.documented || p.lenient) {
			if p.seen&(1<<s.bit) != 0 {
				return ShorthandTwice
			}
			p.seen |= 1 << s.bit
			*s.field(&p.out) = value
			return ""
		}
	}
	if !p.lenient {
		return ShorthandUnknown
	}
	p.out.Unknown = append(p.out.Unknown, Pair{k, value})
	return ""
}

// buttonValue files a value for the button named last.
func (p *shorthandParser) buttonValue(value string, field func(*ShorthandButton) *string) ShorthandRule {
	if !p.indexed {
		return ShorthandNoIndex
	}
	dst := field(&p.out.Buttons[len(p.out.Buttons)-1])
	if *dst != "" {
		return ShorthandTwice
	}
	*dst, p.idle = value, false
	return ""
}

// shorthandKey is a key that may occur once.
type shorthandKey struct {
	key        string
	bit        int // the same for spellings of the same key
	documented bool
	field      func(*Shorthand) *string
}

// shorthandKeys are written by Format in this order. The first spelling of a key
// is the one that is written.
var shorthandKeys = [...]shorthandKey{
	{"namespace", 0, true, func(s *Shorthand) *string { return &s.Namespace }},
	{"template", 1, true, func(s *Shorthand) *string { return &s.Template }},
	{"fallback", 2, true, func(s *Shorthand) *string { return &s.Fallback }},
	{"language", 3, true, func(s *Shorthand) *string { return &s.Language }},
	{"header_image", 4, true, func(s *Shorthand) *string { return &s.HeaderImage }},
	{"header_document", 5, true, func(s *Shorthand) *string { return &s.HeaderDocument }},
	{"header_text", 6, false, func(s *Shorthand) *string { return &s.HeaderText }},
	{"header_title", 6, false, func(s *Shorthand) *string { return &s.HeaderText }},
	{"header_video", 7, false, func(s *Shorthand) *string { return &s.HeaderVideo }},
	{"header_document_filename", 8, false, func(s *Shorthand) *string { return &s.HeaderFilename }},
}

// skipSpace returns the offset of the first byte at or after i that is no space.
func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n') {
		i++
	}
	return i
}

// keyByte reports whether b may be part of a key.
func keyByte(b byte) bool { return b >= 'a' && b <= 'z' || b == '_' }
