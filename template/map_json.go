package template

import (
	"encoding/json"
	"slices"
)

// mapJSON applies fn to every string of a JSON value, member names apart, and to
// every number, which becomes a string if fn changes it. What fn leaves alone is
// kept byte for byte. What is no JSON comes back unchanged; Bind refuses it.
func mapJSON(raw json.RawMessage, fn func(string) string) json.RawMessage {
	if !json.Valid(raw) {
		return slices.Clone(raw)
	}
	out := make([]byte, 0, len(raw))
	// The document is known to be valid, so that a string is a member name if
	// and only if it follows "{" or, in an object, ",".
	var objects []bool // for each open bracket, whether it is one of an object
	name := false      // the next string is a member name
	for i := 0; i < len(raw); {
		end := i + 1
		switch c := raw[i]; {
		case c == '"':
			end = stringEnd(raw, i)
			if name {
				out, name = append(out, raw[i:end]...), false
			} else {
				out = mapScalar(out, raw[i:end], fn)
			}
		case c == '-' || c >= '0' && c <= '9':
			for end < len(raw) && numberByte(raw[end]) {
				end++
			}
			out = mapScalar(out, raw[i:end], fn)
		default:
			switch c {
			case '{', '[':
				objects = append(objects, c == '{')
				name = c == '{'
			case '}', ']':
				objects = objects[:len(objects)-1]
				name = false
			case ',':
				name = len(objects) > 0 && objects[len(objects)-1]
			}
			out = append(out, c)
		}
		i = end
	}
	return out
}

// mapScalar appends a string or number, mapped.
func mapScalar(dst, raw []byte, fn func(string) string) []byte {
	text := string(raw)
	if raw[0] == '"' && json.Unmarshal(raw, &text) != nil {
		return append(dst, raw...) // cannot be: it is valid
	}
	if mapped := fn(text); mapped != text {
		return appendString(dst, mapped)
	}
	return append(dst, raw...)
}

// stringEnd returns the offset past the string that begins at i.
func stringEnd(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// numberByte reports whether b may be part of a number.
func numberByte(b byte) bool {
	return b >= '0' && b <= '9' || b == '.' || b == 'e' || b == 'E' || b == '+' || b == '-'
}
