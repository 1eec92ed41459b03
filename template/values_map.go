package template

import (
	"maps"
	"slices"
)

// MapText returns a copy of v, sharing nothing with it, in which fn has been
// applied to every text a host or a customer may have written: values, links,
// file names, places, suffixes, payloads, tokens, and the strings and numbers
// inside JSON. It serves to take card numbers out before values are bound.
func (v Values) MapText(fn func(string) string) Values {
	return v.mapText(mapper{text: fn, suffix: fn, link: fn})
}

// mapper has a function for each kind of text: a macro's placeholders are encoded
// in links, but not in what is read.
type mapper struct{ text, suffix, link func(string) string }

// mapText returns a copy in which everything has been mapped. Ids that Meta or
// the host's catalogue gave out are no texts.
func (v Values) mapText(m mapper) Values {
	v.Header = m.header(v.Header)
	v.Body = mapSlice(v.Body, m.value)
	v.Buttons = mapSlice(v.Buttons, m.button)
	v.Cards = mapSlice(v.Cards, func(c *CardValues) {
		c.Header = m.header(c.Header)
		c.Body = mapSlice(c.Body, m.value)
		c.Buttons = mapSlice(c.Buttons, m.button)
	})
	if v.OrderStatus != nil {
		s := *v.OrderStatus
		s.ReferenceID, s.Description = m.text(s.ReferenceID), m.text(s.Description)
		v.OrderStatus = &s
	}
	v.TapTarget = mapSlice(v.TapTarget, func(t *TapTarget) { t.URL, t.Title = m.link(t.URL), m.text(t.Title) })
	return v
}

// mapSlice returns a copy of list in which every element has been changed.
func mapSlice[T any](list []T, change func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

func (m mapper) value(v *Value) { v.Text = m.text(v.Text) }

// header maps the one thing that is set.
func (m mapper) header(h HeaderValue) HeaderValue {
	m.value(&h.Text)
	h.Media, h.Location, h.Product = m.media(h.Media), m.location(h.Location), clonePointer(h.Product)
	return h
}

func (m mapper) media(p *Media) *Media {
	if p == nil {
		return nil
	}
	c := *p
	c.Link, c.Filename = m.link(c.Link), m.text(c.Filename)
	return &c
}

func (m mapper) location(p *Location) *Location {
	if p == nil {
		return nil
	}
	c := *p
	c.Name, c.Address = m.text(c.Name), m.text(c.Address)
	return &c
}

// clonePointer returns a pointer to a copy, nil for nil.
func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// button maps every field, whatever the kind of button.
func (m mapper) button(b *ButtonValue) {
	b.Suffix, b.Payload, b.Coupon = m.suffix(b.Suffix), m.text(b.Payload), m.text(b.Coupon)
	b.FlowToken, b.FlowData = m.text(b.FlowToken), mapJSON(b.FlowData, m.text)
	b.Sections = mapSlice(b.Sections, func(s *Section) {
		s.Title, s.Products = m.text(s.Title), slices.Clone(s.Products)
	})
	b.OrderDetails = mapJSON(b.OrderDetails, m.text)
}

// MapText returns a copy of m in which fn has been applied to every text that
// came from values, as [Values.MapText] does. Limits are not checked again.
func (m Message) MapText(fn func(string) string) Message {
	mp := mapper{text: fn, suffix: fn, link: fn}
	m.parts = mp.parts(m.parts)
	m.extra = mp.extra(m.extra)
	return m
}

// parts maps components and those of cards beneath them. The lists are copied on
// the way, so that the message they came from stays as it was.
func (m mapper) parts(list []part) []part {
	return mapSlice(list, func(p *part) {
		p.params = mapSlice(p.params, func(stored *param) {
			q := stored.public() // a copy, pointers included
			q.Text = m.text(q.Text)
			q.Media, q.Location = m.media(q.Media), m.location(q.Location)
			q.Raw = mapJSON(q.Raw, m.text)
			*stored = q.stored()
		})
		p.cards = mapSlice(p.cards, func(c *card) { c.parts, c.extra = m.parts(c.parts), m.extra(c.extra) })
		p.extra = m.extra(p.extra)
	})
}

// extra maps what the message came with and this package does not model: it may
// hold anything, a card number included.
func (m mapper) extra(x Extra) Extra {
	x = maps.Clone(x)
	for k, raw := range x {
		x[k] = mapJSON(raw, m.text)
	}
	return x
}
