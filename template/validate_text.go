package template

import (
	"strings"
	"unicode"
)

// texts checks lengths and formatting, component by component.
func (c *checker) texts() {
	for _, p := range c.places {
		switch t := p.Component.(type) { // cards included
		case *Header:
			c.header(p, t)
		case *Body:
			limit := c.bodyLimit(p.card >= 0)
			c.length(p.path+".text", t.Text, limit, RuleTextMissing)
			// Seen to be refused, but nowhere written down.
			if strings.Contains(strings.ReplaceAll(t.Text, "\r", ""), "\n\n\n") {
				c.warn(p.path+".text", RuleTextNewlines)
			}
			if n := emoji(t.Text); n > maxBodyEmoji {
				c.warn(p.path+".text", RuleTextEmoji).measure(maxBodyEmoji, n)
			}
		case *Footer:
			c.length(p.path+".text", t.Text, MaxFooter, RuleTextMissing)
			c.plain(p.path+".text", t.Text, subFooterFormat)
		case *LimitedTimeOffer:
			path := p.path + ".limited_time_offer.text"
			c.length(path, t.Text, MaxOffer, RuleTextMissing)
			c.plain(path, t.Text, 0)
		default: // the others have no text
		}
	}
}

// maxBodyEmoji is about where Meta begins to refuse; it publishes no number.
const maxBodyEmoji = 10

// bodyLimit is the number of characters a body may have as it is written,
// variables with their braces included.
func (c *checker) bodyLimit(inCard bool) int {
	h := c.d.Header()
	switch {
	case inCard, h != nil && h.Format == HeaderProduct:
		return MaxCardBody
	case c.d.Offer() != nil:
		return MaxOfferBody
	}
	return MaxBody
}

// header checks the text of a text header, and that others have none.
func (c *checker) header(p place, h *Header) {
	switch h.Format {
	case HeaderText:
		path := p.path + ".text"
		c.length(path, h.Text, MaxHeader, RuleTextMissing)
		c.plain(path, h.Text, subHeaderFormat)
		if emoji(h.Text) > 0 {
			c.warn(path, RuleTextEmoji)
		}
	case HeaderImage, HeaderVideo, HeaderGIF, HeaderDocument, HeaderLocation, HeaderProduct:
		if h.Text != "" {
			c.error(p.path+".text", RuleComponentField).sub(subHeaderFormat)
		}
	default:
		if p.card < 0 { // cards are checked for what they allow
			c.error(p.path+".format", RuleHeaderFormat).sub(subHeaderFormat)
		}
	}
}

// length checks that a text is there and not too long. Meta does not say what it
// counts: code points decide, UTF-16 units warn.
func (c *checker) length(path, s string, limit int, missing Rule) {
	if strings.TrimSpace(s) == "" {
		c.error(path, missing)
		return
	}
	if len(s) <= limit {
		return
	}
	if n := runes(s); n > limit {
		c.error(path, RuleTextLength).measure(limit, n).sub(subLength)
	} else if n = utf16Len(s); n > limit {
		c.warn(path, RuleTextLength).measure(limit, n)
	}
}

// plain checks a text that is one line without formatting.
func (c *checker) plain(path, s string, sub int) {
	if strings.ContainsAny(s, "\r\n") {
		c.error(path, RuleTextLines).sub(sub)
	}
	if marked(s) {
		c.error(path, RuleTextMarks).sub(sub)
	}
}

// marked reports whether WhatsApp's marks would format part of s. Variables do
// not count: their names may hold underscores.
func marked(s string) bool {
	var b strings.Builder
	from := 0
	for v, more := nextVariable(s, 0); more; v, more = nextVariable(s, v.end) {
		b.WriteString(s[from:v.start])
		b.WriteByte('x')
		from = v.end
	}
	b.WriteString(s[from:])
	plain := b.String()
	// The preview knows what is a mark and what is a lone star.
	return formatted(plain) != lines(plain)
}

// emoji counts pictographs. It is a heuristic: Meta does not say what it counts.
func emoji(s string) (n int) {
	for _, r := range s {
		if r > 0x2100 && unicode.Is(pictographs, r) {
			n++
		}
	}
	return n
}

// pictographs are the blocks in which emoji live. Letters, currency signs,
// arrows and box drawings are not among them.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x231a, Hi: 0x231b, Stride: 1}, {Lo: 0x23e9, Hi: 0x23fa, Stride: 1}, {Lo: 0x2600, Hi: 0x27bf, Stride: 1}, {Lo: 0x2b50, Hi: 0x2b55, Stride: 5}},
	R32: []unicode.Range32{{Lo: 0x1f000, Hi: 0x1faff, Stride: 1}},
}
