package sqlstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string, with what [storableText] makes of it.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
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

// array joins items to a JSON array.
func array[T any](items []T, appendItem func([]byte, *T) []byte) string {
	out := append(make([]byte, 0, 2+24*len(items)), '[')
	for i := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendItem(out, &items[i])
	}
	return string(append(out, ']'))
}

// jsonStrings joins names to a JSON array.
func jsonStrings(names []string) string {
	return array(names, func(dst []byte, s *string) []byte { return appendString(dst, *s) })
}

// jsonInts joins numbers to a JSON array.
func jsonInts(numbers []int64) string {
	return array(numbers, func(dst []byte, n *int64) []byte { return strconv.AppendInt(dst, *n, 10) })
}

// hash stands for the queue and the ID of work, so that memory of a message costs little and shows
// nobody's number: 16 bits of the queue, then 112 bits of SHA-256. What a queue remembers stands together.
type hash [16]byte

func compareHashes(a, b hash) int { return bytes.Compare(a[:], b[:]) }

// nameHash is the hash of a queue and an ID.
func nameHash(queue, id string) hash {
	sum := sha256.Sum256([]byte(queue + "\x00" + id))
	ofQueue := fnv.New32a()
	ofQueue.Write([]byte(queue))
	binary.BigEndian.PutUint16(sum[:2], uint16(ofQueue.Sum32()))
	return hash(sum[:16])
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
