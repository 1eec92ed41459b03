package redact

import "slices"

// A hit is what becomes a Span, small enough to keep several on the stack.
type hit struct {
	start, end int
	until      int // end of all that belongs to the same card
	digits     uint16
	head, tail uint16 // digits left readable at the ends
	kind       Kind
	tier       Tier
	reason     Reason
	shape      shape
	detector   uint8 // its index, if a Detector found it
}

// hits is a list of hits whose first few need no memory of their own.
type hits struct {
	few  [8]hit
	n    int // of few; len(few)+1 once many is in use
	many []hit
}

// add makes room for another hit, to be filled in.
func (h *hits) add() *hit {
	if h.n < len(h.few) {
		h.n++
		return &h.few[h.n-1]
	}
	if h.n == len(h.few) {
		h.many = append(make([]hit, 0, 8*len(h.few)), h.few[:]...)
		h.n++
	}
	if len(h.many) == cap(h.many) {
		h.many = slices.Grow(h.many, 3*len(h.many)) // copied less often than append would
	}
	h.many = append(h.many, hit{})
	return &h.many[len(h.many)-1]
}

// all returns the list. It is valid until the next add or cut.
func (h *hits) all() []hit {
	if h.n <= len(h.few) {
		return h.few[:h.n]
	}
	return h.many
}

// cut shortens the list to n hits.
func (h *hits) cut(n int) {
	if h.n <= len(h.few) {
		h.n = n
	} else {
		h.many = h.many[:n]
	}
}

// span returns x, a hit in b, in the form for the host.
func (o *options) span(b []byte, x *hit) Span {
	sp := Span{
		Start: x.start, End: x.end, Kind: x.kind, Tier: x.tier, Reason: x.reason,
		Digits: int(x.digits), Hidden: x.hidden(),
	}
	switch x.kind {
	case Card:
		var buf [maxDigits]byte
		sp.Scheme = schemes[lookup(digits(buf[:0], b[x.start:x.end]))].name
		if x.reason == ByUnionPayWord {
			sp.Scheme = "unionpay" // Discover issues in some of its ranges
		}
	case Custom:
		sp.Scheme = o.r.Detectors[x.detector].Name
	}
	return sp
}

// hidden returns how many characters x masks.
func (x *hit) hidden() int { return max(0, int(x.digits)-int(x.head)-int(x.tail)) }
