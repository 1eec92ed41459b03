package sqlstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"
)

// object is a JSON object being written, the row of a parameter. Its fields have
// names of one letter, which the statements in statement.go read.
type object []byte

func newObject(size int) object { return append(make(object, 0, size), '{') }

func (o *object) name(field byte) {
	if len(*o) > 1 {
		*o = append(*o, ',')
	}
	*o = append(*o, '"', field, '"', ':')
}

func (o *object) int(field byte, v int64) {
	o.name(field)
	*o = strconv.AppendInt(*o, v, 10)
}

func (o *object) bool(field byte, v bool) {
	o.name(field)
	*o = strconv.AppendBool(*o, v)
}

func (o *object) string(field byte, v string) {
	o.name(field)
	*o = appendString(*o, v)
}

// body writes a document as a string, so that it comes back as it is, or null.
func (o *object) body(field byte, doc []byte) {
	if doc == nil {
		return // a missing field reads as NULL
	}
	o.name(field)
	*o = appendString(*o, doc)
}

func (o object) end() []byte { return append(o, '}') }

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD, as
// every reader of JSON in Go would have it, and so does NUL, which no valid JSON has
// and PostgreSQL cannot store.
func appendString[S string | []byte](dst []byte, s S) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := decodeRune(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[from:i]...)
				dst = append(dst, "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[from:i]...)
		switch {
		case c == 0:
			dst = append(dst, "\uFFFD"...)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, '\\', c)
		}
		i++
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func decodeRune[S string | []byte](s S) (rune, int) {
	return utf8.DecodeRuneInString(string(s[:min(len(s), utf8.UTFMax)]))
}

// array joins rows to the JSON array that is a statement's parameter.
func array[T any](rows []T, appendRow func([]byte, *T) []byte) string {
	size := 2
	if len(rows) > 0 {
		size += len(rows) * (len(appendRow(nil, &rows[0])) + 64)
	}
	out := append(make([]byte, 0, size), '[')
	for i := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendRow(out, &rows[i])
	}
	return string(append(out, ']'))
}

// strings joins names to a JSON array.
func jsonStrings(names []string) string {
	return array(names, func(dst []byte, s *string) []byte { return appendString(dst, *s) })
}

// jsonInts joins numbers to a JSON array.
func jsonInts(numbers []int64) string {
	return array(numbers, func(dst []byte, n *int64) []byte { return strconv.AppendInt(dst, *n, 10) })
}

// nameHash is the key of kanava_name: 128 bits of SHA-256 in hexadecimal, so that
// memory of a message costs little and shows nobody's number.
func nameHash(queue, id string) string {
	sum := sha256.Sum256([]byte(queue + "\x00" + id))
	return hex.EncodeToString(sum[:16])
}

// laneHash stands for a lane in indexes, locks and tokens; 0 is no lane. Two lanes of
// the same hash would only wait for each other.
func laneHash(queue, lane string) int64 {
	if lane == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(queue + "\x00" + lane))
	return int64(binary.BigEndian.Uint64(sum[:8])>>1) | 1
}

// micros is t as it is stored: microseconds since 1970; 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf is the reverse of micros.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
