package channel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// redactJSON masks card numbers in JSON of the host, which it has read as valid: the names of members say what a
// number is, as words do in a text. Escapes hide nothing. What is masked outside of a text is no JSON any more.
func (c *Channel) redactJSON(raw json.RawMessage) json.RawMessage {
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return json.RawMessage(c.redactText(string(raw)))
	}
	plain := withoutEscapes(compact.String())
	safe := c.redactText(plain)
	if safe == plain {
		return raw
	}
	return json.RawMessage(withEscapes(safe))
}

// withoutEscapes writes out what is escaped in compact JSON, as far as the texts do not end there: no quotation
// mark and no backslash, nor half a character.
func withoutEscapes(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return b.String() + s
		}
		b.WriteString(s[:i])
		s = s[i:]
		r, n := escaped(s)
		if r == '"' || r == '\\' || r == utf8.RuneError {
			b.WriteString(s[:n])
		} else {
			b.WriteRune(r)
		}
		s = s[n:]
	}
}

// escaped is the character whose escape s begins with, and the length of that; RuneError for what is none.
func escaped(s string) (r rune, n int) {
	if s[1] != 'u' {
		if i := strings.IndexByte("bfnrt", s[1]); i >= 0 {
			return rune("\b\f\n\r\t"[i]), 2
		}
		return rune(s[1]), 2
	}
	unit := func(s string) rune {
		if len(s) < 6 || s[:2] != `\u` {
			return utf8.RuneError
		}
		v, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return utf8.RuneError
		}
		return rune(v)
	}
	r = unit(s)
	if !utf16.IsSurrogate(r) {
		return r, min(6, len(s))
	}
	if r = utf16.DecodeRune(r, unit(s[6:])); r != utf8.RuneError {
		return r, 12
	}
	return r, 6
}

// withEscapes escapes the control characters again, of which compact JSON has none.
func withEscapes(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < ' ' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
