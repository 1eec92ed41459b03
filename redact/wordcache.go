package redact

import "unicode/utf8"

// A wordCache remembers where words were found around earlier candidates. The
// candidates of one text come in order, so each byte is searched about once,
// whatever the text.
type wordCache struct {
	words vocabulary

	// The last word that starts in [backFrom, backTo) starts at back, unless
	// that is negative.
	backFrom, back, backTo int

	// No word starts in [from, to), and one that ends at end starts at to,
	// unless end is 0.
	from, to, end int

	// No word is near the number b[start:until], nor near one that starts there
	// and is shorter.
	start, until int
}

// near reports whether a word stands in the 64 characters before start or in
// the 40 after end.
func (c *wordCache) near(b []byte, start, end int) bool {
	if start == c.start && end <= c.until {
		return false
	}
	const after = wordsAfter * utf8.UTFMax
	if c.back < 0 && c.from <= c.backTo && c.backFrom <= max(0, start-wordsBefore*utf8.UTFMax) && c.to >= min(end+after, len(b)) {
		c.backTo = max(c.backTo, start)
		return false // far and wide there is no word
	}
	if c.search(b, start, end) {
		return true
	}
	if len(c.words.more) == 0 { // the words of the host may stand between digits
		c.start, c.until = start, end
	}
	return false
}

// search is near for what it does not remember.
func (c *wordCache) search(b []byte, start, end int) bool {
	unsure := c.back < 0 && c.backFrom > max(0, start-wordsBefore*utf8.UTFMax)
	if c.backTo < start-wordsBefore || c.backTo > start && (c.back >= start || unsure) {
		c.back, c.backFrom = -1, stepBack(b, start, wordsBefore)
		c.backTo = c.backFrom
	}
	for c.backTo < start {
		if c.from <= c.backTo && c.backTo < c.to {
			c.backTo = min(c.to, start) // searched before, behind an earlier candidate
			continue
		}
		at, n := c.words.next(b, c.backTo, start)
		if n > 0 && at+n <= start {
			c.back = at
		}
		c.backTo = min(at+1, start)
	}
	if c.back >= 0 && atMost(b[c.back:start], wordsBefore) {
		return true
	}
	const most = wordsAfter * utf8.UTFMax
	limit, ahead := end+most, most // where there is one question, more will follow
	switch {
	case end > c.to || end < c.from-most || c.from == c.to:
		c.from, c.to, c.end = end, end, 0
		limit, ahead = stepOn(b, end, wordsAfter), 0
	case end < c.from: // a shorter candidate
		at, n := c.words.next(b, end, c.from)
		if c.from = end; n > 0 {
			c.to, c.end = at, at+n
		}
	}
	if limit = min(limit, len(b)); c.end == 0 && c.to < limit {
		at, n := c.words.next(b, c.to, min(limit+ahead, len(b)))
		if c.to = at; n > 0 {
			c.end = at + n
		}
	}
	return c.end > 0 && atMost(b[end:c.end], wordsAfter)
}

// cardWordNear reports whether a card word stands near the number b[start:end].
func (s *scanner) cardWordNear(start, end int) bool {
	if s.cards.words.index == nil {
		s.cards = wordCache{words: s.vocabulary(), back: -1}
	}
	return s.cards.near(s.b, start, end)
}

// unionPayNear reports whether UnionPay is named near the number b[start:end].
func (s *scanner) unionPayNear(start, end int) bool {
	if s.unionPay.words.index == nil {
		s.unionPay = wordCache{words: vocabulary{index: unionPayIndex()}, back: -1}
	}
	return s.unionPay.near(s.b, start, end)
}
