package webhook

import (
	"encoding/json"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// AppendBody appends to dst a webhook body that holds this event alone: its
// account and number, the contact of its person, its item. Parsing that body
// yields exactly one event, with the same Key and an equal payload, which makes
// it the form in which to store an event.
//
// The pieces are copied as they were received. Of what an item shares with others (the contact,
// the metadata, the context of a thread) only what is read is kept if it is larger than 4 kB. For an event that is a whole body
// (see [Parse]) it is that body, valid JSON or not.
func (e *Event) AppendBody(dst []byte) []byte {
	if e.shape == shapeBody {
		return append(dst, e.d.src...)
	}
	dst = append(dst, envelopeStart...)
	dst = e.appendEntry(dst)
	return append(dst, envelopeEnd...)
}

const (
	envelopeStart = `{"object":"` + object + `","entry":[`
	envelopeEnd   = `]}`
)

// appendEntry appends an element of entry that holds this event alone.
func (e *Event) appendEntry(dst []byte) []byte {
	w := rebuilder{dst: dst, src: e.d.src}
	w.entry(e, e.common())
	return w.dst
}

// Raw returns the JSON of the item as received: an element of messages, a status,
// the value of an account event. It is a copy, and personal data.
func (e *Event) Raw() json.RawMessage {
	if e.shape == shapeBody {
		return json.RawMessage(e.d.src)
	}
	return json.RawMessage(e.d.src[e.item.start:e.item.end])
}

// common returns what the event shares with others.
func (e *Event) common() *frame {
	if s := e.d.several; s != nil {
		return &s.frames[e.frame]
	}
	return &e.d.frame1
}

// A rebuilder writes JSON out of pieces of a body.
type rebuilder struct {
	dst   []byte
	src   string
	comma bool // a member stands before the next one
}

// put copies a piece.
func (w *rebuilder) put(s span) { w.dst = append(w.dst, w.src[s.start:s.end]...) }

// open begins an object or array.
func (w *rebuilder) open(bracket byte) {
	w.dst = append(w.dst, bracket)
	w.comma = false
}

// close ends an object or array, behind which others may follow.
func (w *rebuilder) close(bracket byte) {
	w.dst = append(w.dst, bracket)
	w.comma = true
}

// key begins a member.
func (w *rebuilder) key(name string) {
	if w.comma {
		w.dst = append(w.dst, ',')
	}
	w.dst = jsonscan.AppendQuoted(w.dst, name)
	w.dst = append(w.dst, ':')
	w.comma = true
}

// member copies a member, if it is there.
func (w *rebuilder) member(name string, s span) {
	if s != (span{}) {
		w.key(name)
		w.put(s)
	}
}

// list writes an array of one piece; an absent one makes it empty.
func (w *rebuilder) list(name string, s span) {
	w.key(name)
	w.dst = append(w.dst, '[')
	w.put(s)
	w.close(']')
}

// entry writes the element of entry for an event.
func (w *rebuilder) entry(e *Event, f *frame) {
	if e.shape == shapeEntry {
		w.put(e.item)
		return
	}
	w.open('{')
	w.shared("id", f.entryID)
	w.shared("time", f.entryTime)
	w.key("changes")
	w.dst = append(w.dst, '[')
	if e.shape == shapeChange {
		w.put(e.item)
	} else {
		w.open('{')
		if f.field != (span{}) {
			w.member("field", f.field)
		} else if e.Field != "" { // guessed from the whole value, of which a part may not tell
			w.key("field")
			w.dst = jsonscan.AppendQuoted(w.dst, e.Field)
		}
		w.key("value")
		if e.shape == shapeValue {
			w.put(e.item)
		} else {
			w.value(e, f)
		}
		w.dst = append(w.dst, '}')
	}
	w.dst = append(w.dst, "]}"...)
}

// value writes the value of a change of a conversation field.
func (w *rebuilder) value(e *Event, f *frame) {
	w.open('{')
	w.key("messaging_product")
	w.dst = append(w.dst, `"whatsapp"`...)
	w.metadata(e, f.metadata)
	switch e.shape {
	case shapeStandby, shapeAside:
		w.key("standby")
		w.open('{')
		w.items(e, f)
		w.close('}')
	case shapeChunk, shapeThread, shapePast:
		w.contact(e)
		w.key("history")
		w.open('[')
		w.history(e, f)
		w.close(']')
	default:
		w.items(e, f)
		if f.list == "messages" {
			w.member("conversation_context", f.more().summary)
		}
		if f.list == "calls" {
			w.member("errors", f.more().errors)
		}
	}
	w.close('}')
}

// items writes the list with the event's item, and the contact that belongs to
// it.
func (w *rebuilder) items(e *Event, f *frame) {
	w.contact(e)
	if e.shape == shapeMember || e.shape == shapeAside {
		w.member(f.list, e.item)
	} else {
		w.list(f.list, e.item)
	}
}

// contact writes the contact of the event's person, if there is one.
func (w *rebuilder) contact(e *Event) {
	switch {
	case e.contact == (span{}):
	case e.contact.end-e.contact.start > maxShared:
		w.largeContact(e.contact)
	default:
		w.list("contacts", e.contact)
	}
}

// history writes the element of history the event stands in.
func (w *rebuilder) history(e *Event, f *frame) {
	w.open('{')
	if e.shape != shapeChunk || f.list != "metadata" {
		w.shared("metadata", f.more().chunk)
	}
	switch e.shape {
	case shapeChunk:
		w.member(f.list, e.item)
	case shapeThread:
		w.list("threads", e.item)
	default:
		w.key("threads")
		w.open('[')
		w.open('{')
		w.shared("id", f.more().threadID)
		w.shared("context", f.more().thread)
		w.list("messages", e.item)
		w.close('}')
		w.close(']')
	}
	w.close('}')
}
