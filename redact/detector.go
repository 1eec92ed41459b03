package redact

import "slices"

// A Detector finds further texts to mask, such as the numbers of a host's own
// gift cards, or digits spelled out in words, which this package does not look
// for. In what it finds every letter and digit is masked. Where it overlaps a
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

const (
	defaultMaxLen = 64
	maxMaxLen     = 1024
	maxDetectors  = 256
)

func (d *Detector) maxLen() int {
	if d.MaxLen <= 0 {
		return defaultMaxLen
	}
	return min(d.MaxLen, maxMaxLen)
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
