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
	open int // where the current object begins in buf
	// extra is written at the end of the current object, except for members
	// that have been written from a field.
	extra Extra
	done  []string
}

// frame remembers an object that is interrupted by one nested in it.
type frame struct {
	open  int
	extra Extra
	done  []string
}

// begin starts an object that will end with the members of extra; end takes
// what it returns.
func (w *writer) begin(extra Extra) frame {
	outer := frame{w.open, w.extra, w.done}
	w.open, w.extra, w.done = len(w.buf), extra, nil
	w.buf = append(w.buf, '{')
	return outer
}

// end finishes the object that begin started, with those members of its extra
// that no field has written: what was read in a wrong type is in both places if
// the host has set the field since, and then the field counts.
func (w *writer) end(outer frame) {
	if len(w.extra) > 0 {
		x, done := w.extra, w.done
		for _, k := range x.keys() {
			if !slices.Contains(done, k) && json.Valid(x[k]) {
				w.raw(k, x[k])
			}
		}
	}
	w.buf = append(w.buf, '}')
	w.open, w.extra, w.done = outer.open, outer.extra, outer.done
}

// key begins a member.
func (w *writer) key(k string) {
	if len(w.buf) > w.open+1 {
		w.buf = append(w.buf, ',')
	}
	w.buf = appendString(w.buf, k)
	w.buf = append(w.buf, ':')
	if len(w.extra) > 0 {
		w.done = append(w.done, k)
	}
}

// The following write a member of one type each, unless it is empty.

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
func (w *writer) object(k string, extra Extra, fn func()) {
	w.key(k)
	outer := w.begin(extra)
	fn()
	w.end(outer)
}

// list writes an array of n elements, also an empty one.
func (w *writer) list(k string, n int, element func(i int)) {
	w.key(k)
	if n == 0 {
		w.buf = append(w.buf, '[')
	}
	for i := range n {
		w.next(i)
		element(i)
	}
	w.buf = append(w.buf, ']')
}

// next begins element i of an array.
func (w *writer) next(i int) {
	if i == 0 {
		w.buf = append(w.buf, '[')
	} else {
		w.buf = append(w.buf, ',')
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
