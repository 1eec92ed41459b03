package jsonscan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendDecoded appends the text that the inside of a valid JSON string means.
func appendDecoded(dst []byte, s string) []byte {
	for len(s) > 0 {
		switch c := s[0]; {
		case c == '\\':
			var n int
			dst, n = appendEscape(dst, s)
			s = s[n:]
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			s = s[1:]
		default:
			r, n := utf8.DecodeRuneInString(s)
			dst = utf8.AppendRune(dst, r)
			s = s[n:]
		}
	}
	return dst
}

// appendEscape appends what the escape at the start of s means and returns its
// length.
func appendEscape(dst []byte, s string) ([]byte, int) {
	switch c := s[1]; c {
	case 'b':
		return append(dst, '\b'), 2
	case 'f':
		return append(dst, '\f'), 2
	case 'n':
		return append(dst, '\n'), 2
	case 'r':
		return append(dst, '\r'), 2
	case 't':
		return append(dst, '\t'), 2
	case 'u':
		r, _ := hex4(s)
		if !utf16.IsSurrogate(r) {
			return utf8.AppendRune(dst, r), 6
		}
		low, ok := hex4(s[6:])
		if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
			return utf8.AppendRune(dst, utf8.RuneError), 6
		}
		return utf8.AppendRune(dst, r), 12
	default: // quote, backslash, slash
		return append(dst, c), 2
	}
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string. Invalid UTF-8 becomes U+FFFD.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		c := s[0]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s)
			dst = utf8.AppendRune(dst, r)
			s = s[n:]
			continue
		}
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		s = s[1:]
	}
	return append(dst, '"')
}
