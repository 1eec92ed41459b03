package redact

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// A Part is one message of a conversation, for a [Trail].
type Part struct {
	// ID is the host's name for the message. The Trail only hands it back.
	ID string
	// At is when the message was sent.
	At time.Time
	// Text is what the message says.
	Text string
}

// LogValue implements [slog.LogValuer]. It shows the length of the text only.
func (p Part) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", p.At), slog.Int("bytes", len(p.Text)))
}

// Format implements [fmt.Formatter]. It shows what LogValue does.
func (p Part) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.LogValue().String()) }

// A Trail recognises a card number that one person sends in several messages,
// four digits in each, say. A single message cannot show it, so the Trail holds
// on to the last messages that may be parts of a number, for a short time and in
// memory only: never store a Trail.
//
// Keep one Trail per conversation and author, and give it each message of that
// author in order. The zero Trail is ready to use. It must not be used by
// several goroutines at once.
type Trail struct {
	// Window is how much time may lie between the first and the last part of
	// a number. Zero or less means two minutes.
	Window time.Duration

	// state is behind a pointer, so that printing a Trail shows no digits.
	state *trail
}

type trail struct {
	parts []Part
	card  time.Time // when the last card was complete
}

const (
	trailWindow = 2 * time.Minute
	trailBytes  = 512 // of one part
)

// Add takes the next message and returns the messages that must be rewritten
// because of it, oldest first, with their new text: the parts of a card number
// that p completes, p among them, or p alone if it holds a labelled security
// code or PIN and a card came just before. Usually it returns nil.
//
// A number counts if it is certain by itself, is grouped as printed on a card,
// and the messages but the first and the last hold nothing else. r says what
// is masked; what [Redactor.String] finds in one message alone is for the host
// to mask, and is not reported but included in the new texts.
func (t *Trail) Add(r *Redactor, p Part) []Part {
	if r != nil && r.InsecureOff {
		t.state = nil
		return nil
	}
	t.Forget(p.At)
	if t.state == nil {
		t.state = &trail{}
	}
	s := t.state
	starts, ends, pure := edges(p.Text)
	// The parts before the number may be numbers too: leave them out one by one.
	for k := 0; starts && k < len(s.parts); k++ {
		if changed := r.joined(append(s.parts[k:len(s.parts):len(s.parts)], p)); changed != nil {
			*s = trail{card: p.At}
			return changed
		}
	}
	if !pure {
		s.parts = nil
	}
	sc := newScanner(r, view(p.Text))
	defer sc.release()
	if !s.card.IsZero() {
		sc.base = 0 // a card came just before
	}
	found := sc.all()
	switch {
	case slices.ContainsFunc(sc.hits, func(x hit) bool { return x.Kind == Card }):
		*s = trail{card: p.At}
	case found:
		return []Part{{ID: p.ID, At: p.At, Text: string(sc.rewrite(nil, 0, len(sc.b)))}}
	case ends && len(p.Text) <= trailBytes:
		// Hold on to no more than a number with a digit still to come has room for.
		if s.parts = append(s.parts, p); len(s.parts) >= maxDigits {
			s.parts = slices.Delete(s.parts, 0, len(s.parts)-maxDigits+1)
		}
	}
	return nil
}

// joined returns parts with the card number masked that begins in the first and
// ends in the last of them, or nil if there is none.
func (r *Redactor) joined(parts []Part) []Part {
	var b []byte
	last := 0
	for _, p := range parts {
		last = len(b)
		b = append(append(b, p.Text...), '\n')
	}
	sc := r.find(b)
	if sc == nil {
		return nil
	}
	defer sc.release()
	if !slices.ContainsFunc(sc.hits, func(x hit) bool {
		return x.Reason == ByNumber && x.form == printed && x.Start < len(parts[0].Text) && x.End > last
	}) {
		return nil
	}
	changed := slices.Clone(parts)
	from := 0
	for i, p := range parts {
		changed[i].Text = string(sc.rewrite(nil, from, from+len(p.Text)))
		from += len(p.Text) + 1
	}
	return changed
}

// edges tells whether a text starts and ends with a digit, white space apart, and whether
// it holds nothing but digits and separators.
func edges(text string) (starts, ends, pure bool) {
	pure = true
	first := true // but for separators
	for _, r := range text {
		c := charOf(table(), r)
		if c.is(separator | ignored) {
			continue
		}
		ends = c.is(digit)
		starts, pure, first = starts || first && ends, pure && ends, false
	}
	return starts, ends, pure && ends
}

// Forget drops what is older than the window at now. Call it now and then for
// conversations that have gone quiet, or drop the Trail itself.
func (t *Trail) Forget(now time.Time) {
	if t.state == nil {
		return
	}
	s, window := t.state, cmp.Or(max(t.Window, 0), trailWindow)
	for len(s.parts) > 0 && now.Sub(s.parts[0].At) > window {
		s.parts[0] = Part{}
		s.parts = s.parts[1:]
	}
	if len(s.parts) == 0 && (s.card.IsZero() || now.Sub(s.card) > window) {
		t.state = nil
	}
}

// LogValue implements [slog.LogValuer]. It shows how many messages are held.
func (t *Trail) LogValue() slog.Value {
	n := 0
	if t.state != nil {
		n = len(t.state.parts)
	}
	return slog.GroupValue(slog.Int("parts", n))
}
