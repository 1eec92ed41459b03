package redact

import "unicode/utf8"

// A wordCache remembers which words it has passed on its way through the text. The
// candidates of one text come in order, so each byte is searched about once,
// whatever the text.
type wordCache struct {
	words vocabulary
	ahead int  // bytes searched beyond what is asked for
	fresh bool // no question was asked yet

	// Of the words that start in [from, to), b[last:lastEnd] is the last; it is
	// empty if there is none. Then b[to:end] is a word, unless end is 0.
	from, last, lastEnd, to, end int

	// No word is near the number b[start:until], nor near one that starts there
	// and is shorter.
	start, until int
}

func newWordCache(words vocabulary, ahead int) wordCache {
	return wordCache{words: words, ahead: ahead, fresh: true}
}

// near reports whether a word stands in the 64 characters before start or in
// the 40 after end.
func (c *wordCache) near(b []byte, start, end int) bool {
	if c.lastEnd > 0 && c.last < start && start-c.last <= wordsBefore {
		return true // most often
	}
	const far = max(wordsBefore, wordsAfter) * utf8.UTFMax
	if c.last+far < start && c.from+far < start && c.end == 0 && end+far <= c.to {
		return false // there is none far and wide
	}
	if start == c.start && end <= c.until {
		return false
	}
	if c.before(b, start) || c.after(b, end) {
		return true
	}
	if len(c.words.more) == 0 { // the words of the host may stand between digits
		c.start, c.until = start, end
	}
	return false
}

// before reports whether a word stands in the 64 characters before i.
func (c *wordCache) before(b []byte, i int) bool {
	switch unsure := c.lastEnd == 0 && c.from > 0 && (i <= c.from || atMost(b[c.from:i], wordsBefore-1)); {
	case c.last >= i || unsure:
		c.reset(stepBack(b, i, 2*wordsBefore))
	case i > c.to+4*wordsBefore:
		c.reset(stepBack(b, i, wordsBefore))
	}
	c.pass(b, i)
	return c.lastEnd > 0 && i-c.last <= wordsBefore*utf8.UTFMax && atMost(b[c.last:i], wordsBefore)
}

// reset forgets all and goes on from i.
func (c *wordCache) reset(i int) {
	*c = newWordCache(c.words, c.ahead)
	c.from, c.to = i, i
}

// pass takes c on to i.
func (c *wordCache) pass(b []byte, i int) {
	for c.to < i {
		if c.end > 0 {
			c.last, c.lastEnd = c.to, c.end
			c.to, c.end = c.to+1, 0
		}
		c.search(b, i)
	}
}

// search looks for a word that starts before limit.
func (c *wordCache) search(b []byte, limit int) {
	if c.end > 0 || c.to >= limit {
		return
	}
	at, n := c.words.next(b, c.to, limit)
	if c.to = at; n > 0 {
		c.end = at + n
	}
}

// after reports whether a word stands in the 40 characters after i.
func (c *wordCache) after(b []byte, i int) bool {
	const most = wordsAfter * utf8.UTFMax
	if c.last >= i { // passed long ago
		at, n := c.words.next(b, i, stepOn(b, i, wordsAfter))
		return n > 0 && atMost(b[i:at+n], wordsAfter)
	}
	c.pass(b, i)
	if c.to < i+most {
		limit := min(i+most+c.ahead, len(b))
		if c.fresh { // where there is one question, more will follow
			limit = stepOn(b, i, wordsAfter)
		}
		c.search(b, limit)
	}
	c.fresh = false
	return c.end > 0 && c.end-i <= most && atMost(b[i:c.end], wordsAfter)
}

// cardWordNear reports whether a card word stands near the number b[start:end].
func (s *scanner) cardWordNear(start, end int) bool { return s.cards.near(s.b, start, end) }

// unionPayNear reports whether UnionPay is named near the number b[start:end].
func (s *scanner) unionPayNear(start, end int) bool {
	// Its names are card words.
	return s.cardWordNear(start, end) && s.unionPay.near(s.b, start, end)
}
