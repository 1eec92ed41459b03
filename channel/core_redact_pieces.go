package channel

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A piece is a text among those that came before and after it.
type piece struct {
	// side is who wrote it: only pieces of one side make a number.
	side string
	at   time.Time
	text string
	// card says that a card number was found in the message. It is masked: that there was
	// one is all that is known.
	card bool
	// part says that the text was found to be part of a number.
	part bool
	// gone says that the customer may have read it as it was: nothing of a number with it may follow.
	gone bool
}

// How far apart the pieces of a card number may be, and a security code from the card.
const (
	pieceWindow = 10 * time.Minute
	codeWindow  = 15 * time.Minute
)

// The lengths of card numbers, in digits.
const minCardDigits, maxCardDigits = 12, 19

// maskPieces masks what talk, in the order of its times, shows together and no text shows
// alone: a card number of which talk[i] is a piece, and the security codes and PINs that
// stand beside a card number in another message.
func (c *Channel) maskPieces(talk []piece, i int) {
	for k, text := range c.pieces(talk, i) {
		talk[k].text, talk[k].card, talk[k].part = text, true, true
	}
	if !slices.ContainsFunc(talk, func(p piece) bool { return p.card }) {
		return
	}
	proxy := c.anyCard()
	if proxy == "" {
		return
	}
	for k := range talk {
		near, after := false, false
		for _, p := range talk {
			if apart := talk[k].at.Sub(p.at); p.card && apart.Abs() <= codeWindow {
				near, after = true, after || apart >= 0
			}
		}
		if near && hasDigit(talk[k].text) {
			talk[k].text = c.maskCodes(proxy, said(talk, k), talk[k].text, after && !talk[k].card)
		}
	}
}

// pieces returns the new texts, by index, of the texts whose digits make one card number
// together, talk[i] among them. The first must end in digits and the last begin with them,
// and those between hold nothing else. Texts without digits do not count.
func (c *Channel) pieces(talk []piece, i int) map[int]string {
	if !hasDigit(talk[i].text) {
		return nil
	}
	var own []int // of the side of talk[i], which is own[at]
	at := 0
	for k := range talk {
		if talk[k].side != talk[i].side || !hasDigit(talk[k].text) {
			continue
		}
		if k == i {
			at = len(own)
		}
		own = append(own, k)
	}
	for first := at; first >= 0; first-- {
		for last := max(at, first+1); last < len(own); last++ {
			run := own[first : last+1]
			if talk[own[last]].at.Sub(talk[own[first]].at) > pieceWindow {
				break
			}
			texts := make([]string, len(run))
			whole := false
			for n, k := range run {
				texts[n], whole = talk[k].text, whole || talk[k].gone
			}
			if masked := c.joined(texts, whole); masked != nil {
				found := map[int]string{}
				for n, k := range run {
					found[k] = masked[n]
				}
				return found
			}
			if last > at && !pure(talk[own[last]].text) {
				break // it could only be the last
			}
		}
		if first < at && !pure(talk[own[first]].text) {
			break // it could only be the first
		}
	}
	return nil
}

// joined masks the card number that begins in the first of texts and ends in the last of
// them: whole if not even its last digits may stay. It returns nil if there is none. The words around
// the number count as in one text.
func (c *Channel) joined(texts []string, whole bool) []string {
	first, last, middle := texts[0], texts[len(texts)-1], texts[1:len(texts)-1]
	if !slices.ContainsFunc(middle, func(s string) bool { return !pure(s) }) {
		for _, from := range groupStarts(first) {
			for _, to := range groupEnds(last) {
				if masked := c.joinedAt(first, middle, last, from, to, whole); masked != nil {
					return masked
				}
			}
		}
	}
	return nil
}

// joinedAt is joined for the number that begins at first[from] and ends before last[to].
func (c *Channel) joinedAt(first string, middle []string, last string, from, to int, whole bool) []string {
	number := digits(first[from:] + strings.Join(middle, "") + last[:to])
	n := utf8.RuneCountInString(number)
	if n < minCardDigits || n > maxCardDigits {
		return nil
	}
	head, rest := cutRunes(c.redactText(first[:from]+number+last[to:]), utf8.RuneCountInString(first[:from]))
	masked, tail := cutRunes(rest, n)
	if masked == number {
		return nil
	}
	shown := []rune(masked)
	if whole {
		for i, r := range []rune(number) {
			if shown[i] != r { // a mask, for all
				shown = slices.Repeat(shown[i:i+1], len(shown))
				break
			}
		}
	}
	fill := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) && len(shown) > 0 {
				r, shown = shown[0], shown[1:]
			}
			return r
		}, s)
	}
	out := []string{head + fill(first[from:])}
	for _, s := range middle {
		out = append(out, fill(s))
	}
	return append(out, fill(last[:to])+tail)
}

// anyCard returns a number that the channel masks, and that nobody has: with it in front, a
// text is read as one that comes after a card. It is "" if the channel masks none.
func (c *Channel) anyCard() string {
	for _, number := range []string{"4111111111111111", "5555555555554444", "378282246310005"} {
		if c.redactText(number) != number {
			return number
		}
	}
	return ""
}

// maskCodes masks security codes and PINs in a text near a card, and what the text before it
// shows to be one. Three digits alone right after a card are its code.
func (c *Channel) maskCodes(card, before, text string, after bool) string {
	leads := []string{card + "\n\n", card + "\n"}
	if before != "" {
		leads = append(leads, card+"\n\n"+before+"\n", card+"\n"+before+"\n")
	}
	if bare := strings.TrimSpace(text); after && len(bare) == 3 && digits(bare) == bare {
		leads = append(leads, card+"\n\ncvv ")
	}
	for _, lead := range leads {
		if _, safe := cutRunes(c.redactText(lead+text), utf8.RuneCountInString(lead)); safe != "" {
			text = safe
		}
	}
	return text
}

// said returns what the same side wrote before talk[k], if that is short.
func said(talk []piece, k int) string {
	for b := k - 1; b >= 0; b-- {
		if talk[b].side == talk[k].side && talk[k].at.Sub(talk[b].at) <= pieceWindow {
			if len(talk[b].text) <= 200 {
				return talk[b].text
			}
			return ""
		}
	}
	return ""
}
