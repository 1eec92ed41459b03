package webhook

import (
	"errors"
	"unicode/utf8"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// Bounds of what one body may ask of whoever keeps its items one by one. Meta's own bodies are
// far below: a POST has at most 1,000 updates, a profile name 25 characters.
//
// Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started (checked 2026-11-29).
const (
	// maxEvents is the most items that a body is taken apart into. One with more stays whole.
	maxEvents = 20_000
	// maxShared is the largest piece, in bytes, that is copied beside each of the items that
	// share it.
	maxShared = 4 << 10
	// maxName is where names of people are cut, in bytes.
	maxName = 1 << 10
)

var errTooMany = errors.New("webhook: read body: more than 20,000 items")

// whole makes a body with too many items one event again, so that nothing of it is lost.
func (p *parser) whole() {
	clear(p.events)
	clear(p.frames)
	p.events, p.frames, p.single, p.flood = p.events[:0], p.frames[:0], 0, false
	p.d.event1[0] = Event{}
	p.envelope = envelope{}
	p.unknown(value{}, shapeBody, "", errTooMany)
}

// personName reads a name that a person chose.
func (p *parser) personName(m member) string {
	s := p.text(m)
	if len(s) <= maxName {
		return s
	}
	end := maxName
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// isShared reports whether a member is small enough to be told with each item; a larger one is
// an event of its own.
func isShared(v value) bool {
	s := at(v)
	return s.end-s.start <= maxShared
}

// shared copies a member that other items have as well. One that is too large to be copied
// beside each of them is left out.
func (w *rebuilder) shared(name string, s span) {
	if s.end-s.start <= maxShared {
		w.member(name, s)
	}
}

// metadata writes which number the item is about.
func (w *rebuilder) metadata(e *Event, s span) {
	if s.end-s.start <= maxShared {
		w.member("metadata", s)
		return
	}
	w.key("metadata")
	w.open('{')
	w.text("display_phone_number", e.Number.Display)
	w.text("phone_number_id", e.Number.ID)
	w.close('}')
}

// largeContact writes what is read of a contact, without the rest.
func (w *rebuilder) largeContact(s span) {
	p := parsers.Get().(*parser)
	defer p.release()
	if p.doc.Parse(w.src[s.start:s.end]) != nil {
		return // it was read before, as part of the body
	}
	c := p.contact(p.doc.Root())
	w.key("contacts")
	w.open('[')
	w.open('{')
	w.text("wa_id", c.Phone)
	w.text("user_id", c.BSUID)
	w.text("parent_user_id", c.ParentBSUID)
	w.text("identity_key_hash", c.keyHash)
	w.key("profile")
	w.open('{')
	w.text("name", c.Name)
	w.text("username", c.Username)
	w.close('}')
	w.close('}')
	w.close(']')
}

// text writes a member that is a string, if there is one.
func (w *rebuilder) text(name, s string) {
	if s != "" {
		w.key(name)
		w.dst = jsonscan.AppendQuoted(w.dst, s)
	}
}
