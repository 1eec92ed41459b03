package redact

import (
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	minDigits = 12 // of a payment card, by ISO/IEC 7812 and practice
	maxDigits = 19

	maxGap    = 4  // separators in a narrow gap between two groups
	maxWide   = 24 // characters in a wide one
	maxHidden = 8  // invisible characters between two digits of a group

	// reach is the distance in bytes beyond which text has no influence on whether
	// digits are masked, but for a card that makes a code of them; see codeReach.
	reach = 2048

	lookBack  = 1024 // bytes before a number in which groups are context
	lookAhead = 64   // groups behind one that must be in hand to judge it
	inHand    = 256  // groups in hand at once
)

// gap is what stands between two groups.
type gap uint8

const (
	gapNone   gap = iota // digits and masks touch
	gapNarrow            // a few separators
	gapWide              // up to 24 characters of any kind
	gapEnd               // more: no number goes on
)

// A group is a run of digits or a run of masks, with nothing but a few invisible
// characters inside.
type group struct {
	start, end int  // bytes
	at         int  // its first digit in scanner.digits
	n          int  // characters
	whole      int  // characters with those of the groups that touch it
	mask       bool // hidden digits, or what looks like them
	visible    bool // what an earlier pass left readable of a card
	track      bool // a part of the data of a magnetic stripe that is masked

	gap     gap // to the next group
	gapID   uint32
	letters bool // in the gap
	glued   bool // Latin ones touch a digit
}

// A scanner finds the card numbers in one text.
type scanner struct {
	options
	b []byte

	hits  []hit
	taken int // end of the last number that was judged to be one
	base  int // end of the last card before the text in hand, or noCard

	g      []group // in hand
	digits []byte  // of the groups in hand, as numbers
	marks  []mark  // of b[seen[0]:seen[1]]
	seen   [2]int
}

const noCard = -1 << 40

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// newScanner returns a scanner for the text b. It must be released, and what it found
// not be used any more after that.
func newScanner(o *options, b []byte) *scanner {
	s := scanners.Get().(*scanner)
	s.options, s.b, s.base = *o, b, noCard
	return s
}

func (s *scanner) release() {
	clear(s.digits)
	*s = scanner{hits: s.hits[:0], g: s.g[:0], digits: s.digits[:0], marks: s.marks[:0]}
	if cap(s.hits)+cap(s.marks) < 2*manyMarks {
		scanners.Put(s)
	}
}

// firstPlace returns where the first place after i begins, or -1. A place is a stretch of
// text in which at least twelve digits stand close together.
func firstPlace(b []byte, i int) int {
	start, n := -1, 0
	for last := 0; ; n++ {
		if n == minDigits {
			return start
		}
		next := nextDigit(b, i)
		if next == len(b) {
			return -1
		}
		if next != i && (start < 0 || next-last > maxWide && utf8.RuneCount(b[last:next]) > maxWide) {
			start, n = next, 0
		} else if start < 0 {
			start = next
		}
		_, w := decimal(b, next)
		i = next + w
		last = i
	}
}

// scan looks for cards from offset i on.
func (s *scanner) scan(i int) {
	for start := firstPlace(s.b, i); start >= 0; start = firstPlace(s.b, i) {
		i = s.place(start, i)
	}
	slices.SortFunc(s.hits, byStart) // a card may stand inside the track data of another
}

// place judges the place with the digit at start, as far as its groups begin at from
// or behind, and returns the offset behind it.
func (s *scanner) place(start, from int) int {
	s.g, s.digits = s.g[:0], s.digits[:0]
	next := s.contextStart(start)
	for k := 0; ; {
		for next >= 0 && len(s.g) < inHand {
			next = s.push(next)
		}
		s.recognise()
		for end := len(s.g); k < end && (next < 0 || k+lookAhead < end); {
			g := &s.g[k]
			switch {
			case g.start < max(from, s.taken) || g.mask || g.track || g.n > maxDigits:
				k++
			case g.visible:
				s.leave(g.start, g.end)
				k++
			default:
				k = s.step(k)
			}
		}
		if next < 0 {
			return s.g[len(s.g)-1].end
		}
		drop := k - lookAhead
		cut := s.g[drop].at
		s.g = append(s.g[:0], s.g[drop:]...)
		s.digits = append(s.digits[:0], s.digits[cut:]...)
		for i := range s.g {
			s.g[i].at -= cut
		}
		k -= drop
	}
}

// contextStart returns where the groups begin that stand close before start.
func (s *scanner) contextStart(start int) int {
	first := start
	for i, n := start, 0; i > 0 && n <= maxWide && start-i < lookBack; {
		r, w := runeBefore(s.b, i)
		i -= w
		if isDigit(r) || r == s.mask && s.masks(i) {
			first, n = i, 0
		} else {
			n++
		}
	}
	return first
}

// masks reports whether the mask character at i stands for a hidden digit. A letter X
// or two at the beginning of a word do not.
func (s *scanner) masks(i int) bool {
	if !isLatin(s.mask) {
		return true
	}
	n := 1
	for k := i; n < 3 && k > 0 && rune(s.b[k-1]) == s.mask; k-- {
		n++
	}
	k := i + 1
	for ; n < 3 && k < len(s.b) && rune(s.b[k]) == s.mask; k++ {
		n++
	}
	r, _ := runeAt(s.b, k)
	return n >= 3 || !isLatin(r)
}

// push takes the group that starts at i in hand and returns where the next one starts,
// or -1.
func (s *scanner) push(i int) int {
	b := s.b
	g := group{start: i, at: len(s.digits)}
	r, w := runeAt(b, i)
	g.mask = !isDigit(r)
	next := 0
	for {
		i += w
		g.n++
		g.end = i
		if !g.mask && g.n <= maxDigits+1 {
			s.digits = append(s.digits, byte(digitValue(r)))
		}
		if i < len(b) && b[i]-'0' <= 9 && !g.mask { // most often
			r, w = rune(b[i]), 1
			continue
		}
		if g.gap, g.gapID, g.letters, next = s.gapAt(i); g.gap != gapNone {
			if g.letters {
				first, _ := runeAt(b, i)
				last, _ := runeBefore(b, next)
				g.glued = isLatin(first) || isLatin(last)
			}
			break
		}
		r, w = runeAt(b, next)
		if isDigit(r) == g.mask {
			break
		}
		i = next
	}
	s.g = append(s.g, g)
	return next
}

// gapAt looks behind a digit or mask that ends at i for the next one. id tells gaps
// apart by what is in them.
func (s *scanner) gapAt(i int) (kind gap, id uint32, letters bool, next int) {
	b := s.b
	separators, breaks, hidden, narrow := 0, 0, 0, true
	for n := 0; ; n++ {
		r, w := runeAt(b, i)
		if w == 0 {
			return gapEnd, 0, false, -1
		}
		c := classOf(r)
		if c == digit || r == s.mask && s.masks(i) {
			switch {
			case n == hidden && n <= maxHidden:
				return gapNone, 0, false, i
			case narrow:
				return gapNarrow, id, false, i
			}
			return gapWide, id, letters, i
		}
		if n == maxWide {
			return gapEnd, 0, false, -1
		}
		switch c {
		case invisible:
			hidden++
			narrow = narrow && hidden <= maxHidden
			i += w
			continue
		case lineBreak:
			if r == '\r' || b[i-1] != '\r' { // CR LF is one line break
				breaks++
			}
			separators++
			narrow = narrow && breaks <= 1 && separators <= maxGap
		case separator:
			separators++
			narrow = narrow && separators <= maxGap
		default:
			narrow = false
			letters = letters || isLetter(r)
		}
		id = id*16777619 ^ uint32(r)
		i += w
	}
}

// recognise finds out which groups touch each other, and which of them an earlier pass
// left readable: a pass over redacted text must not take them for part of another
// number. What is masked of a card is in one piece, and tells where its ends are.
func (s *scanner) recognise() {
	head, tail := s.r.Keep.ends(maxDigits)
	for k := 0; k < len(s.g); {
		first, n := k, s.g[k].n
		for k++; k < len(s.g) && s.g[k-1].gap == gapNone; k++ {
			n += s.g[k].n
		}
		for i := first; i < k; i++ {
			s.g[i].whole = n
		}
	}
	for k := 0; k < len(s.g); {
		hidden := 0
		first := k
		for ; k < len(s.g) && s.g[k].mask; k++ {
			hidden += s.g[k].n
		}
		if k == first {
			k++
			continue
		}
		if tail == 0 || hidden < minDigits-tail && (head == 0 || hidden < 4) {
			continue
		}
		if last := s.together(k, 1, tail); last >= 0 {
			for i := k; i <= last; i++ {
				s.g[i].visible = true
			}
			if from := s.together(first-1, -1, head); head > 0 && from >= 0 {
				for i := from; i < first; i++ {
					s.g[i].visible = true
				}
			}
		}
	}
}

// together returns the last of the groups from k on, or back, that have exactly n
// digits together, or -1.
func (s *scanner) together(k, step, n int) int {
	for ; k >= 0 && k < len(s.g) && !s.g[k].mask && s.g[k].n <= n; k += step {
		if n -= s.g[k].n; n == 0 {
			return k
		}
	}
	return -1
}
