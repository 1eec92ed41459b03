package sqlstore

import (
	"strconv"
	"strings"
)

// cursor is a place among the changes, which are numbered when they are told and appear when
// their transactions end: a smaller number may appear after a larger one.
type cursor struct {
	// settled is up to where all was told and nothing can come any more.
	settled int64
	// told are the numbers beyond that were told, in order. What is missing between them was
	// rolled back, or belongs to a transaction that was open by then, whose ID is below xmax.
	told []span
	xmax int64
}

// span is the numbers from first to last.
type span struct{ first, last int64 }

// maxSpans bounds the length of a cursor.
const maxSpans = 200

// top is the largest number that was told.
func (c *cursor) top() int64 {
	if n := len(c.told); n > 0 {
		return c.told[n-1].last
	}
	return c.settled
}

// add notes a number as told, larger or between those that are. It reports false if that would
// make the cursor too long.
func (c *cursor) add(seq int64) bool {
	at := len(c.told)
	for at > 0 && c.told[at-1].first > seq {
		at--
	}
	if at > 0 && c.told[at-1].last+1 == seq {
		c.told[at-1].last = seq
		if at < len(c.told) && c.told[at].first == seq+1 {
			c.told[at-1].last = c.told[at].last
			c.told = append(c.told[:at], c.told[at+1:]...)
		}
		return true
	}
	if at < len(c.told) && c.told[at].first == seq+1 {
		c.told[at].first = seq
		return true
	}
	if len(c.told) == maxSpans {
		return false
	}
	c.told = append(c.told, span{})
	copy(c.told[at+1:], c.told[at:])
	c.told[at] = span{seq, seq}
	return true
}

// settle says that nothing comes up to seq any more.
func (c *cursor) settle(seq int64) {
	c.settled = max(c.settled, seq)
	for len(c.told) > 0 && c.told[0].first <= c.settled+1 {
		c.settled = max(c.settled, c.told[0].last)
		c.told = c.told[1:]
	}
	if len(c.told) == 0 {
		c.xmax = 0
	}
}

// String is "settled", or "settled.xmax.first-last.…".
func (c *cursor) String() string {
	b := strconv.AppendInt(nil, c.settled, 36)
	if len(c.told) == 0 {
		return string(b)
	}
	b = strconv.AppendInt(append(b, '.'), c.xmax, 36)
	for _, s := range c.told {
		b = strconv.AppendInt(append(b, '.'), s.first, 36)
		b = strconv.AppendInt(append(b, '-'), s.last, 36)
	}
	return string(b)
}

// parseCursor reads what String wrote; "" is the beginning.
func parseCursor(text string) (c cursor, ok bool) {
	if text == "" {
		return c, true
	}
	parts := strings.Split(text, ".")
	if len(parts) > maxSpans+2 {
		return c, false
	}
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 36, 64)
		if err != nil || n < 0 {
			ok = false
		}
		return n
	}
	ok = true
	c.settled = number(parts[0])
	for i, part := range parts[1:] {
		if i == 0 {
			c.xmax = number(part)
			continue
		}
		first, last, _ := strings.Cut(part, "-")
		s := span{number(first), number(last)}
		if s.first <= c.top() || s.last < s.first {
			return c, false
		}
		c.told = append(c.told, s)
	}
	return c, ok && c.String() == text
}

// json is told as the statement reads it.
func (c *cursor) json() string {
	return jsonRows(spanColumns, rowsOf(c.told, func(s *span) values { return values{s.first, s.last} }))
}
