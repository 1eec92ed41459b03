package redact

import (
	"slices"
	"unicode/utf8"
)

// A stream redacts a text that arrives in pieces. What it gives out does not
// depend on where the pieces are cut.
type stream struct {
	r     *Redactor
	found func(Span)
	buf   []byte // context, then text that is not yet given out
	gone  int    // bytes of the text before buf

	from    int // start of the text that is not yet given out
	scanned int // length of buf at the last look
	progress
}

// fresh is the progress before any text.
var fresh = progress{lastCard: noCard}

func newStream(r *Redactor) stream { return stream{r: r, progress: fresh} }

// keep is how much text that was given out serves as context.
const keep = reach

// push takes more text and appends to dst what is decided. With final set, the
// text ends, everything is given out, and the next push begins a new text.
func (s *stream) push(dst, text []byte, final bool) []byte {
	s.buf = append(s.buf, text...)
	if s.r != nil && s.r.InsecureOff {
		dst = append(dst, s.buf...)
		s.buf = s.buf[:0]
		return dst
	}
	// A look at text that waits costs as much as the text is long: let some
	// more come together, so that a byte is looked at a few times at most.
	if waits := s.scanned - s.from; !final && len(s.buf)-s.scanned < waits/4 {
		return dst
	}
	dst = s.look(dst, final)
	if final {
		*s = stream{r: s.r, found: s.found, buf: s.buf[:0], progress: fresh}
	}
	return dst
}

// look appends the decided part of the text to dst.
func (s *stream) look(dst []byte, final bool) []byte {
	b := s.buf
	if !final {
		b = b[:len(b)-incomplete(b)]
	}
	var sc scanner
	o := s.r.options()
	sc.begin(&o, b)
	sc.final, sc.progress, sc.base = final, s.progress, s.progress
	sc.resume(s.from)
	sc.codes(s.from)
	sc.detect(s.from)
	s.scanned = len(s.buf)
	to := max(s.from, sc.decided)
	if final {
		to = len(b)
	}
	found := sc.hits.all()
	dst = sc.rewrite(dst, b, s.from, to, found)
	for _, x := range found {
		s.note(&x)
		if s.found != nil {
			sp := sc.span(b, &x)
			sp.Start, sp.End = sp.Start+s.gone, sp.End+s.gone
			s.found(sp)
		}
	}
	s.taken, s.belongs = sc.taken, sc.belongs // numbers the host allows count too
	s.from = to
	s.drop(max(0, s.from-keep))
	return dst
}

// drop forgets the first n bytes of buf, once there are enough of them.
func (s *stream) drop(n int) {
	if n < keep && n < len(s.buf) {
		return
	}
	s.buf = slices.Delete(s.buf, 0, n)
	s.gone += n
	s.from -= n
	s.scanned -= n
	s.taken, s.belongs = max(0, s.taken-n), max(0, s.belongs-n)
	if s.lastCard -= n; s.lastCard < -sadReach {
		s.lastCard = noCard
	}
}

// incomplete returns the length of the unfinished character at the end of b.
func incomplete(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}
