package redact

import (
	"cmp"
	"iter"
	"slices"
	"unicode/utf8"
)

// Kind says what a [Span] holds.
type Kind string

// The kinds of spans.
const (
	Card         Kind = "card"          // a payment-card number
	SecurityCode Kind = "security code" // the CVV, CVC or CID of a card
	PIN          Kind = "pin"           // the secret number of a card
	TrackData    Kind = "track data"    // what follows the card number on a magnetic stripe
	Custom       Kind = "custom"        // a match of one of the host's [Detector]s
)

// Tier says how much evidence a card number of some prefix and length needs.
type Tier string

// The tiers of numbers.
const (
	None   Tier = ""       // of what is no card number
	Weak   Tier = "weak"   // masked only with a card word near by: common among other numbers
	Strong Tier = "strong" // masked on prefix, length and check digit alone
)

// Reason says what decided that a [Span] is masked.
type Reason string

// The reasons for masking.
const (
	ByNumber       Reason = "number alone"       // prefix, length, check digit and grouping were enough
	ByCardWord     Reason = "card word near"     // a word such as "card" or "visa" stands near by
	ByUnionPayWord Reason = "UnionPay word near" // the check digit is wrong, but UnionPay is named near by
	ByTrack        Reason = "magnetic stripe"    // it stands in the data of one
	ByCodeLabel    Reason = "label near"         // one such as "CVV" or "PIN", and the text holds a card number
	ByPosition     Reason = "follows a card"     // and its expiry date, or one grouped in fours
	ByDetector     Reason = "detector"           // a [Detector] of the host found it
)

// A Span is one stretch of a text that a [Redactor] masks. It never holds the
// number itself, so it can be logged.
type Span struct {
	// Start and End are byte offsets into the text given to [Redactor.Find],
	// of the first character and behind the last.
	Start int `json:"start"`
	End   int `json:"end"`

	Kind Kind `json:"kind"`

	// Scheme names the card scheme in lower case, such as "visa", or the
	// Detector. It is empty for security codes, PINs and track data. It is a
	// hint: prefixes are shared and change hands.
	Scheme string `json:"scheme,omitzero"`

	// Tier is that of the number; None unless Kind is Card.
	Tier Tier `json:"tier,omitzero"`

	Reason Reason `json:"reason"`

	// Digits counts the digits inside the span, Hidden those that are masked.
	// In a Custom span both count letters too.
	Digits int `json:"digits"`
	Hidden int `json:"hidden"`
}

// A hit is a Span and what masking needs to know of it. One without a kind stays as it
// is: it has been judged, and nothing in it is a code.
type hit struct {
	Span
	tail, head  int // digits left readable at the end and at the beginning
	first, last int // groups of a card
	form        form
}

func byStart(a, b hit) int { return a.Start - b.Start }

// counted returns x with the digits in b counted.
func (x hit) counted(b []byte) hit {
	x.Digits = 0
	for range x.counts(b) {
		x.Digits++
	}
	x.Hidden = max(0, x.Digits-x.head-x.tail)
	return x
}

// counts yields offset and width of each character in b that x may hide: digits, and
// letters too in what a Detector found.
func (x *hit) counts(b []byte) iter.Seq2[int, int] {
	return func(yield func(i, width int) bool) {
		for i := x.Start; i < x.End; {
			r, w := utf8.DecodeRune(b[i:])
			if (isDigit(r) || x.Kind == Custom && charOf(table(), r).class&letter != 0) && !yield(i, w) {
				return
			}
			i += w
		}
	}
}

// masked yields offset and width of each character that the hits hide.
func (s *scanner) masked() iter.Seq2[int, int] {
	return func(yield func(i, width int) bool) {
		for k := range s.hits {
			x, n := &s.hits[k], 0
			for i, w := range x.counts(s.b) {
				if n++; n > x.head && n <= x.head+x.Hidden && !yield(i, w) {
					return
				}
			}
		}
	}
}

// rewrite appends the text from byte from to to to dst, masked. dst may be the text from
// there on if no mask is longer than what it replaces.
func (s *scanner) rewrite(dst []byte, from, to int) []byte {
	for i, w := range s.masked() {
		if from <= i && i < to {
			dst = utf8.AppendRune(append(dst, s.b[from:i]...), s.mask)
			from = i + w
		}
	}
	return append(dst, s.b[from:to]...)
}

// A Detector finds further texts to mask, such as the numbers of a host's own
// gift cards, or numbers spelled out in words from end to end, which this package
// does not look for. In what it finds every letter and digit is masked. Where it overlaps a
// card number, the rules for card numbers hold.
type Detector struct {
	// Name appears as the Scheme of a [Span].
	Name string

	// Next returns the byte offsets of the first match that starts at or after
	// from: its start, and the end behind it. A start below from, or an end
	// that is not behind the start, means that there is none. Next may be
	// called from many goroutines at once, must not keep text, and must judge a
	// match by itself and at most MaxLen bytes on either side: a stream shows
	// it no more.
	Next func(text string, from int) (start, end int)

	// MaxLen is the length in bytes of the longest match, at most 1024; longer
	// ones are ignored. Zero means 64.
	MaxLen int

	// KeepLast is how many letters and digits at the end of a match stay
	// readable.
	KeepLast int
}

const defaultMaxLen, maxMaxLen, maxDetectors = 64, 1024, 256

func (d *Detector) maxLen() int {
	return min(cmp.Or(max(d.MaxLen, 0), defaultMaxLen), maxMaxLen)
}

// detect adds what the Detectors find from offset i on, but for what was found before.
func (s *scanner) detect(i int) {
	detectors := s.r.Detectors
	if len(detectors) == 0 {
		return
	}
	text := string(s.b) // the bytes may change under a string made of them
	for k := range detectors[:min(len(detectors), maxDetectors)] {
		d := &detectors[k]
		found := slices.Clone(s.hits)
		for from := i; d.Next != nil && from < len(text); {
			start, end := d.Next(text, from)
			if start < from || end <= start || end > len(text) {
				break
			}
			if from = end; end-start <= d.maxLen() {
				s.hideAround(found, start, end, d)
			}
		}
		slices.SortStableFunc(s.hits, byStart)
	}
}

// hideAround masks b[start:end] as d says but for what was found before.
func (s *scanner) hideAround(found []hit, start, end int, d *Detector) {
	x := hit{Span: Span{Start: start, Kind: Custom, Reason: ByDetector, Scheme: d.Name}}
	for _, h := range append(found[:len(found):len(found)], hit{Span: Span{Start: end, End: end}}) {
		if h.End <= x.Start {
			continue
		}
		x.End, x.tail = min(h.Start, end), 0
		if x.Start == start && x.End == end {
			x.tail = min(max(d.KeepLast, 0), maxMaxLen)
		}
		if y := x.counted(s.b); y.Hidden > 0 {
			s.hits = append(s.hits, y)
		}
		x.Start = h.End
	}
}
