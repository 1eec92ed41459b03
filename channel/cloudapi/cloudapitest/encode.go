package cloudapitest

import (
	"strconv"
	"unicode/utf8"
)

// enc writes compact JSON the way Meta's servers do: everything outside ASCII as
// \uXXXX with lowercase hexadecimal digits, and "/" as "\/". A receiver that
// hashes anything but the raw bytes fails on the first accented letter, which
// is the point of writing it so.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
// (checked 2026-10-06)
type enc struct{ b []byte }

// sep writes the comma that the previous element needs.
func (e *enc) sep() {
	if n := len(e.b); n > 0 {
		switch e.b[n-1] {
		case '{', '[', ':', ',':
		default:
			e.b = append(e.b, ',')
		}
	}
}

// open and end write brackets; obj and arr put them round what fill writes.
func (e *enc) open(c byte) { e.sep(); e.b = append(e.b, c) }
func (e *enc) end(c byte)  { e.b = append(e.b, c) }

// key starts a member of an object.
func (e *enc) key(k string) *enc {
	e.sep()
	e.b = append(e.b, '"')
	e.b = append(e.b, k...)
	e.b = append(e.b, '"', ':')
	return e
}

func (e *enc) obj(fill func()) { e.open('{'); fill(); e.end('}') }
func (e *enc) arr(fill func()) { e.open('['); fill(); e.end(']') }

// raw writes a value that is JSON already.
func (e *enc) raw(b []byte) { e.sep(); e.b = append(e.b, b...) }
func (e *enc) num(n int64)  { e.sep(); e.b = strconv.AppendInt(e.b, n, 10) }
func (e *enc) bool(v bool)  { e.sep(); e.b = strconv.AppendBool(e.b, v) }
func (e *enc) null()        { e.raw([]byte("null")) }

// float writes the shortest decimal form.
func (e *enc) float(f float64) {
	e.sep()
	e.b = strconv.AppendFloat(e.b, f, 'f', -1, 64)
}

const hexDigits = "0123456789abcdef"

// str writes a string with Meta's escapes.
func (e *enc) str(s string) {
	e.sep()
	e.b = append(e.b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '/' {
			i++
			continue
		}
		e.b = append(e.b, s[start:i]...)
		if c < utf8.RuneSelf {
			e.ascii(c)
			i++
		} else {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r >= 0x10000 {
				r -= 0x10000
				e.u16(0xd800 + r>>10)
				r = 0xdc00 + r&0x3ff
			}
			e.u16(r)
			i += size
		}
		start = i
	}
	e.b = append(e.b, s[start:]...)
	e.b = append(e.b, '"')
}

// ascii escapes a character below 0x80.
func (e *enc) ascii(c byte) {
	switch c {
	case '"', '\\', '/':
		e.b = append(e.b, '\\', c)
	case '\n':
		e.b = append(e.b, '\\', 'n')
	case '\r':
		e.b = append(e.b, '\\', 'r')
	case '\t':
		e.b = append(e.b, '\\', 't')
	default:
		e.u16(rune(c))
	}
}

// u16 writes one UTF-16 unit as \uXXXX.
func (e *enc) u16(r rune) {
	e.b = append(e.b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// opt writes a member only if its value is not empty: Meta omits, it does not
// send empty strings.
func (e *enc) opt(k, v string) {
	if v != "" {
		e.key(k).str(v)
	}
}

// secs writes a timestamp as messaging fields carry it: seconds, in a string.
func (e *enc) secs(ns int64) {
	e.sep()
	e.b = append(strconv.AppendInt(append(e.b, '"'), ns/1e9, 10), '"')
}

// node writes a parsed value back, for the things the world stores as given.
func (e *enc) node(n *node) {
	switch n.kind {
	case jsonObject:
		e.obj(func() {
			for i := range n.items {
				e.sep()
				e.str(n.items[i].key)
				e.b = append(e.b, ':')
				e.node(&n.items[i].val)
			}
		})
	case jsonArray:
		e.arr(func() {
			for i := range n.items {
				e.node(&n.items[i].val)
			}
		})
	case jsonString:
		e.str(n.text)
	case jsonAbsent:
		e.null()
	default:
		e.raw([]byte(n.text))
	}
}
