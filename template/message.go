package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
)

// Message is a template message ready to send: its JSON is exactly the
// "template" object of the Cloud API's send request. It is an immutable value,
// made by [Definition.Bind] or read back from its own JSON, and safe for
// concurrent use. The zero Message is not sendable; see IsZero.
//
// It holds a customer's data and must not be logged; String and LogValue show
// name, language and counts only.
type Message struct {
	name  string
	lang  string
	parts []part
	extra Extra
}

// part is one element of the components array of a message.
type part struct {
	kind   string // header, body, button, carousel, limited_time_offer, …
	sub    string // sub_type of a button
	index  int    // of a button or, inside cards, of the card
	params []param
	cards  []card
	extra  Extra
}

type card struct {
	index int
	parts []part
	extra Extra
}

// Name returns the name of the template.
func (m Message) Name() string { return m.name }

// Language returns the language code of the template.
func (m Message) Language() string { return m.lang }

// IsZero reports whether m is the zero Message.
func (m Message) IsZero() bool { return m.name == "" && m.lang == "" && len(m.parts) == 0 }

// Slot is a place in a message that holds a parameter.
type Slot struct {
	Component string // header, body, button, limited_time_offer, order_status, …
	SubType   string // of a button, such as url
	Card      int    // zero-based card of a carousel, -1 outside of one
	Button    int    // zero-based index of a button, -1 outside of one
	Position  int    // zero-based position among the parameters of the component
}

// Parameters yields a copy of every parameter with its place, in wire order.
func (m Message) Parameters() iter.Seq2[Slot, Parameter] {
	return func(yield func(Slot, Parameter) bool) {
		each(m.parts, -1, yield)
	}
}

func each(parts []part, cardIndex int, yield func(Slot, Parameter) bool) bool {
	for i := range parts {
		p := &parts[i]
		s := Slot{Component: p.kind, SubType: p.sub, Card: cardIndex, Button: -1}
		if p.kind == "button" {
			s.Button = p.index
		}
		for j := range p.params {
			s.Position = j
			if !yield(s, p.params[j].public()) {
				return false
			}
		}
		for j := range p.cards {
			if !each(p.cards[j].parts, p.cards[j].index, yield) {
				return false
			}
		}
	}
	return true
}

// String names the template, without any of the values.
func (m Message) String() string { return "template " + m.name + " (" + m.lang + ")" }

// GoString is String, so that %#v shows no value either.
func (m Message) GoString() string { return m.String() }

// LogValue shows name, language and the number of parameters.
func (m Message) LogValue() slog.Value {
	n := 0
	for range m.Parameters() {
		n++
	}
	return slog.GroupValue(
		slog.String("name", m.name), slog.String("language", m.lang), slog.Int("parameters", n))
}

// MarshalJSON returns the "template" object of the send request.
func (m Message) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil), nil }

// AppendJSON appends the "template" object of the send request to dst.
func (m Message) AppendJSON(dst []byte) []byte {
	w := &writer{buf: dst}
	outer := w.begin(m.extra)
	w.str("name", m.name)
	if _, whole := m.extra["language"]; m.lang != "" && !whole {
		w.key("language")
		inner := w.begin(nil)
		w.str("code", m.lang)
		w.end(inner)
	}
	w.parts(m.parts)
	w.end(outer)
	return w.buf
}

// parts writes the components, if there are any.
func (w *writer) parts(list []part) {
	if len(list) == 0 {
		return
	}
	w.key("components")
	for i := range list {
		w.next(i)
		list[i].encode(w)
	}
	w.buf = append(w.buf, ']')
}

func (p *part) encode(w *writer) {
	outer := w.begin(p.extra)
	w.str("type", p.kind)
	if p.kind == "button" {
		w.str("sub_type", p.sub)
		if _, odd := p.extra["index"]; !odd { // 0 is an index, not an absence
			w.key("index")
			w.buf = appendInt(w.buf, int64(p.index))
		}
	}
	if len(p.params) > 0 {
		w.key("parameters")
		for i := range p.params {
			w.next(i)
			p.params[i].encode(w)
		}
		w.buf = append(w.buf, ']')
	}
	if len(p.cards) > 0 {
		w.key("cards")
		for i := range p.cards {
			w.next(i)
			inner := w.begin(p.cards[i].extra)
			w.key("card_index")
			w.buf = appendInt(w.buf, int64(p.cards[i].index))
			w.parts(p.cards[i].parts)
			w.end(inner)
		}
		w.buf = append(w.buf, ']')
	}
	w.end(outer)
}

// UnmarshalJSON reads a "template" object of a send request: one written by
// MarshalJSON, or one that a host made for itself. Members that are not
// modelled, such as the legacy namespace, are kept and written back. It fails
// if the document is not an object with a name; it does not check the values.
func (m *Message) UnmarshalJSON(raw []byte) error {
	o, err := parseObject(raw)
	if err != nil {
		return fmt.Errorf("template: read message: %w", err)
	}
	var got Message
	take(o, "name", &got.name)
	if got.name == "" {
		return errors.New("template: read message: no name")
	}
	if raw, ok := o["language"]; ok {
		// Only {"code"} is what MarshalJSON would write; anything else, such as
		// a policy beside the code, is written back whole.
		if l, err := parseObject(raw); err != nil {
			take(object{"language": raw}, "language", &got.lang)
		} else if take(l, "code", &got.lang); len(l) == 0 {
			delete(o, "language")
		}
	}
	got.parts = takeParts(o, false)
	got.extra = o.rest()
	*m = got
	return nil
}

// takeParts reads components. There are no cards within cards: they stay in the
// extra, see decodeComponent.
func takeParts(o object, inCard bool) []part {
	var list []part
	takeList(o, "components", func(o object) {
		var p part
		take(o, "type", &p.kind)
		take(o, "sub_type", &p.sub)
		p.kind, p.sub = strings.ToLower(p.kind), strings.ToLower(p.sub)
		var n int64
		if p.kind == "button" {
			takeInt(o, "index", &n)
			p.index = int(n)
		}
		var raws []json.RawMessage
		take(o, "parameters", &raws)
		for _, raw := range raws {
			p.params = append(p.params, decodeParameter(raw).stored())
		}
		if !inCard {
			takeList(o, "cards", func(o object) {
				var c card
				var n int64
				takeInt(o, "card_index", &n)
				c.index = int(n)
				c.parts = takeParts(o, true)
				c.extra = o.rest()
				p.cards = append(p.cards, c)
			})
		}
		p.extra = o.rest()
		list = append(list, p)
	})
	return slices.Clip(list)
}
