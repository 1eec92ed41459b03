package redact

import "slices"

// Text that was masked once must come out of a second pass unchanged, although
// the digits left readable may seem to form a card with those around them. So
// digits that, with the masks next to them, have the form of a masked card are
// left alone.

// A stretch is the digits and mask characters of what would be one chain if
// masks were digits, seen from some offset in one direction.
type stretch struct {
	masked [maxDigits + 1]bool // or a digit
	apart  [maxDigits + 2]bool // a gap is before it, as seen
	end    [maxDigits + 1]int  // offset of its far side
	n      int
}

// stretchFrom looks from i back (step < 0) or on. It gives up behind more than
// shown digits without a mask.
func (s *scanner) stretchFrom(i, step, shown int) (t stretch) {
	gap, breaks, hidden := 0, 0, 0
	for {
		var r rune
		var w int
		if step < 0 {
			r, w = runeBefore(s.b, i)
		} else {
			r, w = runeAfter(s.b, i)
		}
		c := classOf(r)
		switch {
		case w == 0:
			c = other
		case r == s.mask:
			c = digit
		}
		switch c {
		case digit:
			t.apart[t.n] = gap > 0
			if t.n == len(t.masked) {
				return t
			}
			t.masked[t.n], t.end[t.n] = r == s.mask, i+step*w
			t.n++
			if t.n == shown+1 && t.run(0, false) == t.n {
				return t
			}
			gap, breaks, hidden = 0, 0, 0
		case transparent:
			hidden++
		case separator:
			gap++
		case lineBreak:
			gap++
			if next := max(i, i+step); r == '\n' || next >= len(s.b) || s.b[next] != '\n' { // CR LF is one
				breaks++
			}
		}
		if c == other || gap > maxGap || breaks > 1 || hidden > maxTransparent {
			t.apart[t.n] = true
			return t
		}
		i += step * w
	}
}

// mayReach reports whether stretchFrom finds a mask from i back (step < 0) or on,
// behind no more than shown digits. It is a quick look that answers for most
// numbers.
func (s *scanner) mayReach(i, step, shown int) bool {
	for gap := 0; gap <= maxGap+maxTransparent; gap++ {
		var r rune
		var w int
		if step < 0 {
			r, w = runeBefore(s.b, i)
		} else {
			r, w = runeAfter(s.b, i)
		}
		if r == s.mask {
			return true
		}
		switch classOf(r) {
		case digit:
			if shown--; shown < 0 {
				return false
			}
			gap = -1
		case other:
			return false
		}
		i += step * w
	}
	return false
}

// run returns how many elements from k on are masked, or are not.
func (t *stretch) run(k int, masked bool) (n int) {
	for k+n < t.n && t.masked[k+n] == masked {
		n++
	}
	return n
}

// isTail reports whether the candidate groups g begin with digits left readable
// at the end of a masked card.
func (s *scanner) isTail(g []group) bool {
	_, tail := s.r.Keep.ends(maxDigits)
	if int(g[0].at) >= tail || !g[0].is(reachesMask, func() bool { return tail > 0 && s.mayReach(g[0].start, -1, tail-1) }) {
		return false
	}
	t := s.stretchFrom(g[0].start, -1, tail-1)
	shown := t.run(0, false)
	if shown >= tail || t.run(shown, true) == 0 {
		return false
	}
	return s.isMasked(&t, shown, tail-shown, g, false)
}

// isHead reports whether the candidate groups g end with digits left readable at
// the beginning of a masked card.
func (s *scanner) isHead(g []group) bool {
	head, _ := s.r.Keep.ends(maxDigits)
	end := g[len(g)-1].end
	if head == 0 || !s.mayReach(end, 1, head-1) {
		return false
	}
	t := s.stretchFrom(end, 1, head-1)
	shown := t.run(0, false)
	if shown >= head || t.run(shown, true) == 0 {
		return false
	}
	back := slices.Clone(g) // as seen from the end
	slices.Reverse(back)
	return s.isMasked(&t, shown, head-shown, back, true)
}

// isMasked reports whether the first inside digits of the groups g, the shown
// digits of t next to them, and masks behind those in t make up a masked card,
// with the digits of its other end in t too. Forward tells that t runs with the
// text, so that g are at the beginning of the card.
func (s *scanner) isMasked(t *stretch, shown, inside int, g []group, forward bool) bool {
	var near []group // of the card, in g, as seen from t
	for sum := 0; sum < inside; {
		if len(near) == len(g) {
			return false
		}
		near = g[:len(near)+1]
		if sum += int(g[len(near)-1].n); sum > inside {
			return false // a card ends with a group
		}
	}
	var room [2*maxDigits + 2]group
	masks := t.run(shown, true)
	for n := minDigits; n <= maxDigits; n++ {
		head, tail := s.r.Keep.ends(n)
		far, m := head, n-head-tail
		if forward {
			far = tail
		}
		if m > masks || forward && head == 0 || far > 0 && (m < masks || t.run(shown+m, false) < far) {
			continue
		}
		// A mask of the text itself may touch those of the card.
		end := shown + m + far
		if (t.apart[end] || far == 0 && m < masks) && s.cardShaped(t, end, near, room[:]) {
			return true
		}
	}
	return false
}

// cardShaped reports whether the first n elements of t and the groups near, which
// are before the first of them as seen, are grouped like a card, or stand near a
// card word. It makes use of sizes.
func (s *scanner) cardShaped(t *stretch, n int, near, sizes []group) bool {
	k := 0
	for _, x := range slices.Backward(near) {
		sizes[k] = group{n: x.n}
		k++
	}
	for i := range n {
		if t.apart[i] || k == 0 {
			sizes[k] = group{}
			k++
		}
		sizes[k-1].n++
	}
	sizes[0].lead, sizes[k-1].lead = 1<<12, 1<<12 // what is hidden may be any card
	for range 2 {                                 // as seen, and from the other end
		for i := range k {
			sizes[i].follow(sizes[:i])
		}
		if shapeOf(sizes[:k]) != irregular {
			return true
		}
		slices.Reverse(sizes[:k])
	}
	far, a, z := t.end[n-1], &near[0], &near[len(near)-1]
	return s.cardWordNear(min(far, a.start, z.start), max(far, a.end, z.end))
}
