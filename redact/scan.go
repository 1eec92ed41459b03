package redact

import (
	"math"
	"slices"
	"sort"
	"sync"
	"unicode/utf8"
)

const (
	minDigits = 12 // of a payment card, by ISO/IEC 7812 and practice
	maxDigits = 19

	maxGap     = 4  // separators in a narrow gap between two groups
	maxWide    = 40 // characters in a wide one
	maxIgnored = 8  // characters left out in a row

	// What may matter to digits, in characters: so much in front of them and behind them.
	farBefore = 160
	farBehind = 80

	// reach is how far text may be that bears on whether digits are masked, in characters,
	// but for a card that makes a code of them; see codeReach.
	reach = 512
)

// gap is what stands between two groups.
type gap uint8

const (
	gapNone   gap = iota // digits and masks touch
	gapNarrow            // a few separators
	gapWide              // up to 40 characters of any kind
	gapEnd               // more: no number goes on
)

// A group is a run of digits, or of masks.
type group struct {
	from, to int  // characters
	whole    int  // characters with those of the groups that touch it
	mask     bool // hidden digits, or what looks like them
	used     bool // judged, or what an earlier pass left readable of a card

	gap     gap // to the next group
	gapID   uint32
	letters bool // in the gap
	glued   bool // Latin ones touch a digit
}

func (g *group) n() int { return g.to - g.from }

// A scanner finds the card numbers in one text.
type scanner struct {
	r          *Redactor
	mask       rune
	host, less []word // that the host adds and takes away

	b []byte
	c []char  // of b, but for what is far from any digit
	g []group // of c

	hits []hit
	base int // end of the last card before the text in hand, or noCard

	marks []mark // in c[seen[0]:seen[1]]
	seen  [2]int
}

const noCard = -1 << 40

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// newScanner returns a scanner for the text b. It must be released, and what it found
// not be used any more after that.
func newScanner(r *Redactor, b []byte) *scanner {
	if r == nil {
		r = &zero
	}
	s := scanners.Get().(*scanner)
	s.r, s.mask, s.b, s.base = r, rune(r.Mask), b, noCard
	if !r.Mask.valid() {
		s.mask = rune(DefaultMask)
	}
	s.host, s.less = r.hostWords()
	return s
}

func (s *scanner) release() {
	s.forget()
	s.r, s.b, s.host, s.less = nil, nil, nil, nil
	scanners.Put(s)
}

// forget makes s ready for another piece.
func (s *scanner) forget() {
	clear(s.c) // they are the text
	s.c, s.g, s.hits, s.marks, s.seen = s.c[:0], s.g[:0], s.hits[:0], s.marks[:0], [2]int{}
}

// find returns a scanner that has found something to mask in b, or nil. For most texts
// that is decided by a short look at the digits.
func (r *Redactor) find(b []byte) *scanner {
	if r != nil && r.InsecureOff || !mayHold(b) && (r == nil || len(r.Detectors) == 0) {
		return nil
	}
	s := newScanner(r, b)
	if !s.all() {
		s.release()
		return nil
	}
	return s
}

// piece is how much of a long text is judged at once, in bytes.
const piece = 1 << 17

// all judges the text and reports whether there is anything to mask.
func (s *scanner) all() bool {
	text, all := s.b, []hit(nil)
	for lo, from := 0, 0; from < len(text); {
		hi := min(len(text), from+piece)
		s.b = text[lo:hi]
		to, keep := s.decide(from-lo, hi == len(text))
		if hi-lo == len(text) { // as short as most
			break
		}
		for _, x := range s.hits {
			x.Start, x.End = x.Start+lo, x.End+lo
			all = append(all, x)
		}
		from, lo = lo+to, lo+keep
		s.base -= keep
		s.forget()
	}
	s.b, s.hits = text, append(s.hits, all...)
	return len(s.hits) > 0
}

// decide judges the text in hand from the byte from on, as far as text that is still to
// come can say nothing of it: up to the byte to, of which that from keep on bears on what
// follows. The hits are those before.
func (s *scanner) decide(from int, final bool) (to, keep int) {
	if s.r.InsecureOff {
		return len(s.b), len(s.b)
	}
	s.scan(from)
	end, sure, wide := len(s.b), math.MaxInt, farBefore*utf8.UTFMax // what may be read with a digit that comes
	if len(s.r.Detectors) > 0 {
		wide = 2 * maxMaxLen
	}
	if !final {
		sure = s.back(end - wide)
		for n := 1; n < utf8.UTFMax && n <= len(s.b); n++ { // of what is whole
			if utf8.RuneStart(s.b[len(s.b)-n]) && !utf8.FullRune(s.b[len(s.b)-n:]) {
				end = len(s.b) - n
			}
		}
	}
	to = max(from, min(s.codes(from, sure), end))
	slices.SortFunc(s.hits, byStart)
	s.detect(from)
	for to < end && !utf8.RuneStart(s.b[to]) {
		to++
	}
	if len(s.r.Detectors) == 0 { // which look for more than digits
		to = nextDigit(s.b, to)
	}
	to = s.whole(min(to, end))
	s.hits = slices.DeleteFunc(s.hits, func(x hit) bool { return x.Kind == "" || x.Start >= to })
	for _, x := range s.hits {
		if x.Kind == Card {
			s.base = x.End
		}
	}
	return to, max(0, min(s.back(to), to-wide))
}

// back returns the byte from which on all may bear on what stands at the byte i.
func (s *scanner) back(i int) int {
	k := sort.Search(len(s.c), func(k int) bool { return s.starts(k) >= i })
	if k == len(s.c) {
		return i
	}
	for n := 0; n < reach && k > 0 && s.c[k-1].r != far; n++ {
		k--
	}
	return s.starts(k)
}

// whole moves i back to where a hit begins that it would cut, or a card that may make a code
// or track data of what follows it.
func (s *scanner) whole(i int) int {
	for k, x := range slices.Backward(s.hits) {
		if x.Start < i && i < x.End {
			i = x.Start
		}
		if k > 0 && x.Kind != Card && s.hits[k-1].Start < i && i <= x.Start && x.Start-s.hits[k-1].End < farBehind*utf8.UTFMax {
			i = s.hits[k-1].Start
		}
	}
	return i
}

// mayHold reports whether digits stand in b that might be those of a card number, read
// generously: with few bytes between them, a scheme's prefix and a check digit.
func mayHold(b []byte) bool {
	var digits [128]byte // the last of n, of which begins has a bit for each that begins a group
	n, last, begins, words := 0, 0, uint32(0), false
	for i := nextDigit(b, 0); i < len(b); i = nextDigit(b, i) {
		switch space := i - last; {
		case space > maxWide*maxIgnored*utf8.UTFMax:
			n, words = 0, false
		case n > 0 && space > 2*minSpelled && space <= maxSpelled*utf8.UTFMax:
			words = true // which may be number words
		}
		for begin := uint32(1); i < len(b); begin = 0 {
			r, w := utf8.DecodeRune(b[i:])
			if !isDigit(r) {
				break
			}
			if n == len(digits) {
				n = copy(digits[:], digits[n-maxDigits:])
			}
			if digits[n], begins = byte(r-'0'), begins<<1|begin; r >= utf8.RuneSelf {
				digits[n] = charOf(table(), r).value
			}
			n, i = n+1, i+w
		}
		if last = i; words && n >= 2*besideWord {
			return true
		}
		for size := minDigits; size <= min(n, maxDigits); size++ {
			if number := digits[n-size : n]; begins>>(size-1)&1 != 0 && tierOf(number) != None && passes(number) != "" {
				return true
			}
		}
	}
	return false
}

// read takes b apart, but for what is far from any digit.
func (s *scanner) read() {
	end := 0
	for i := nextDigit(s.b, 0); i < len(s.b); i = nextDigit(s.b, end) {
		from := i
		for n, ascii := 0, 0; from > end && n < farBefore; from-- {
			if x := s.b[from-1]; x == '\n' && ascii > cardBefore {
				break
			} else if x < utf8.RuneSelf {
				n, ascii = n+1, ascii+1
			} else if utf8.RuneStart(x) {
				n++
			}
		}
		if from > end {
			s.c = append(s.c, char{r: far, at: int32(end), class: breaks})
		}
		end = s.readFrom(from)
	}
}

// readFrom takes b apart from i on to where no digit is near, and returns that end.
func (s *scanner) readFrom(i int) int {
	t, b, all, hidden := table(), s.b, s.c, 0
	mask, end := uint64(min(s.mask, utf8.RuneSelf))*ones, len(all)+farBefore+farBehind
	for i < len(b) && len(all) < end {
		k := len(all)
		if n := plain(b[i:min(len(b), i+end-k)], mask); n > 0 { // most text, at once
			all = slices.Grow(all, n)[:k+n]
			added := all[k:]
			for k, x := range b[i : i+n][:len(added)] {
				added[k] = t[x&0x7F]
				added[k].at = int32(i + k)
			}
			i, hidden = i+n, 0
			continue
		}
		r, w := utf8.DecodeRune(b[i:])
		if r < tableEnd {
			all = append(all, t[r])
		} else {
			all = append(all, charOf(t, r))
		}
		c := &all[k]
		c.at = int32(i)
		if hidden++; c.class&ignored == 0 {
			hidden = 0
		} else if hidden <= maxIgnored {
			all = all[:k]
		}
		i += w
		if c.class&digit != 0 {
			s.extend(k, false)
			end = k + 1 + farBehind
		} else if r == s.mask {
			s.extend(k, true)
		}
	}
	s.c = all
	return i
}

// at returns character i, or one that is nothing.
func (s *scanner) at(i int) *char {
	if i < 0 || i >= len(s.c) {
		return &nothing
	}
	return &s.c[i]
}

var nothing char

// starts and ends return the bytes where character i starts, and where the one before
// it ends.
func (s *scanner) starts(i int) int { return int(s.c[i].at) }
func (s *scanner) ends(i int) int {
	_, w := utf8.DecodeRune(s.b[s.starts(i-1):])
	return s.starts(i-1) + w
}

// extend adds character i, a digit or a mask, to the groups.
func (s *scanner) extend(i int, mask bool) {
	if n := len(s.g); n > 0 && s.g[n-1].to == i && s.g[n-1].mask == mask {
		s.g[n-1].to++
		return
	}
	s.g = append(s.g, group{from: i, to: i + 1, mask: mask, gap: gapEnd})
}

// isMask reports whether character i stands for a hidden digit. A letter X or two at the
// beginning of a word do not.
func (s *scanner) isMask(i int) bool {
	n, k := 0, i
	for ; n < 3 && s.at(k).r == s.mask; k++ {
		n++
	}
	for k := i - 1; 0 < n && n < 3 && s.at(k).r == s.mask; k-- {
		n++
	}
	return n >= 3 || n > 0 && !(s.c[i].is(latin) && s.at(k).is(latin))
}

// joins says what stands behind g, in front of the next group.
func (g *group) joins(between []char) {
	g.gap = gapNarrow
	switch n := len(between); {
	case n == 0:
		g.gap = gapNone
		return
	case n > maxWide:
		g.gap = gapEnd
		return
	case n > maxGap:
		g.gap = gapWide
	}
	lines := 0
	for i := range between {
		c := &between[i]
		switch {
		case c.r == far:
			g.gap = gapEnd
			return
		case c.is(lineBreak):
			if c.r == '\r' || i == 0 || between[i-1].r != '\r' { // CR LF is one
				lines++
			}
		case !c.is(separator):
			g.gap = gapWide
			g.letters = g.letters || c.is(letter)
		}
		g.gapID = (g.gapID+1)*16777619 ^ uint32(c.r)
	}
	if lines > 1 {
		g.gap = gapWide
	}
	g.glued = between[0].is(latin) || between[len(between)-1].is(latin)
}

// recognise finds out which groups touch each other, and which of them an earlier pass
// left readable: a pass over redacted text must not take them for part of another
// number. What is masked of a card is in one piece, and tells where its ends are.
func (s *scanner) recognise() {
	s.g = slices.DeleteFunc(s.g, func(g group) bool { return g.mask && !s.isMask(g.from) }) // a letter X
	for k := range len(s.g) - 1 {
		s.g[k].joins(s.c[s.g[k].to:s.g[k+1].from])
	}
	for k := 0; k < len(s.g); {
		first := k
		for k++; k < len(s.g) && s.g[k-1].gap == gapNone; k++ {
		}
		for i := first; i < k; i++ {
			s.g[i].whole = s.g[k-1].to - s.g[first].from
		}
	}
	head, tail := s.r.Keep.ends(maxDigits)
	for k := 0; k < len(s.g); {
		first, hidden := k, 0
		for ; k < len(s.g) && (hidden == 0 && s.g[k].mask || hidden > 0 && s.g[k-1].gap != gapEnd && (s.g[k].mask || s.c[s.g[k].from].r == spelled)); k++ {
			hidden += s.g[k].n()
		}
		switch {
		case hidden == 0:
			k++
		case hidden >= minDigits-tail || head > 0 && hidden >= 4:
			s.leave(k, 1, tail)
			s.leave(first-1, -1, head)
		}
	}
}

// leave makes the first n digits from group k on, or back, count as judged, as far as they
// are whole groups.
func (s *scanner) leave(k, step, n int) {
	for ; k >= 0 && k < len(s.g) && !s.g[k].mask && s.g[k-(1+step)/2].gap != gapEnd && s.g[k].n() <= n; k += step {
		s.g[k].used = true
		n -= s.g[k].n()
	}
}

// scan looks for cards that begin at the byte from or behind it.
func (s *scanner) scan(from int) {
	s.read()
	s.spell()
	s.recognise()
	for k := 0; k < len(s.g); {
		if g := &s.g[k]; s.starts(g.from) < from || g.mask || g.used || g.n() > maxDigits {
			k++
		} else {
			k = s.step(k)
		}
	}
	slices.SortFunc(s.hits, byStart) // a card may stand inside the track data of another
}
