package template

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"
)

// writer appends one JSON object. Members whose value is empty are left out,
// as Meta's own answers leave them out.
type writer struct {
	buf  []byte
	open int      // where the current object begins in buf
	keys []string // written so far into the current object
}

// frame remembers an object that is interrupted by one nested in it.
type frame struct {
	open int
	keys []string
}

// begin starts an object; end takes what it returns.
func (w *writer) begin() frame {
	outer := frame{w.open, w.keys}
	w.open, w.keys = len(w.buf), nil
	w.buf = append(w.buf, '{')
	return outer
}

func (w *writer) end(outer frame) {
	w.buf = append(w.buf, '}')
	w.open, w.keys = outer.open, outer.keys
}

func (w *writer) key(k string) {
	if len(w.buf) > w.open+1 {
		w.buf = append(w.buf, ',')
	}
	w.buf = appendString(w.buf, k)
	w.buf = append(w.buf, ':')
	w.keys = append(w.keys, k)
}

func (w *writer) str(k, v string) {
	if v != "" {
		w.key(k)
		w.buf = appendString(w.buf, v)
	}
}

func (w *writer) int(k string, v int64) {
	if v != 0 {
		w.key(k)
		w.buf = strconv.AppendInt(w.buf, v, 10)
	}
}

func (w *writer) bool(k string, v *bool) {
	if v != nil {
		w.key(k)
		w.buf = strconv.AppendBool(w.buf, *v)
	}
}

func (w *writer) raw(k string, v json.RawMessage) {
	if len(v) > 0 {
		w.key(k)
		w.buf = append(w.buf, v...)
	}
}

func (w *writer) strings(k string, v []string) {
	if len(v) > 0 {
		w.key(k)
		w.buf = appendStrings(w.buf, v)
	}
}

// object writes a nested object whose members fn writes.
func (w *writer) object(k string, fn func()) {
	w.key(k)
	outer := w.begin()
	fn()
	w.end(outer)
}

// list writes an array of n elements.
func (w *writer) list(k string, n int, element func(i int)) {
	w.key(k)
	w.buf = append(w.buf, '[')
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		element(i)
	}
	w.buf = append(w.buf, ']')
}

// extra writes the members of x that have not been written from a field.
func (w *writer) extra(x Extra) {
	for _, k := range x.keys() {
		if !slices.Contains(w.keys, k) && json.Valid(x[k]) {
			w.raw(k, x[k])
		}
	}
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

const hex = "0123456789abcdef"

// appendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD, as encoding/json does.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= 0x20 && b < utf8.RuneSelf && b != '"' && b != '\\' {
			i++
			continue
		}
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[start:i]...)
				dst = append(dst, "\ufffd"...)
				start = i + size
			}
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		switch b {
		case '"', '\\':
			dst = append(dst, '\\', b)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&0xf])
		}
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// float writes a number even if it is 0, which is a fine coordinate.
func (w *writer) float(k string, v float64) {
	if raw, err := json.Marshal(v); err == nil { // not for NaN and infinities
		w.raw(k, raw)
	}
}
