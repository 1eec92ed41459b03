package jsonscan

import (
	"unicode/utf8"
)

// Value is one value of a document. The zero Value is absent: its kind is
// Invalid, it has no text and no members.
type Value struct {
	doc *Doc
	i   uint32
}

func (v Value) node() *node { return &v.doc.nodes[v.i] }

// Kind returns the JSON type.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Invalid
	}
	return v.node().kind
}

// Exists reports whether the value is there and not null.
func (v Value) Exists() bool { return v.Kind() > Null }

// Raw returns the value's text as it stands in the source.
func (v Value) Raw() string {
	if v.doc == nil {
		return ""
	}
	n := v.node()
	return v.doc.src[n.start:n.end]
}

// Span returns where the value's text stands in the source; 0, 0 if absent.
func (v Value) Span() (start, end uint32) {
	if v.doc == nil {
		return 0, 0
	}
	n := v.node()
	return n.start, n.end
}

// Str returns the decoded text of a string, and "" for any other kind. Like
// encoding/json it replaces invalid UTF-8 and lone surrogates by U+FFFD.
func (v Value) Str() string {
	if v.doc == nil {
		return ""
	}
	n := v.node()
	if n.kind != String {
		return ""
	}
	if n.flags == 0 {
		return v.doc.src[n.start+1 : n.end-1]
	}
	return v.doc.text(n.start+1, n.end-1, n.flags)
}

// text decodes the inside of a string.
func (d *Doc) text(start, end uint32, f flags) string {
	s := d.src[start:end]
	if f&escaped == 0 && (f&nonASCII == 0 || utf8.ValidString(s)) {
		return s
	}
	d.buf = appendDecoded(d.buf[:0], s)
	return string(d.buf)
}

// Iter returns an iterator over the members of an object or the elements of an
// array, in source order, duplicate names included. Other kinds have none.
func (v Value) Iter() Iter {
	if v.doc == nil {
		return Iter{}
	}
	n := v.node()
	if n.kind < Array {
		return Iter{}
	}
	return Iter{doc: v.doc, next: v.i + 1, end: n.next}
}

// Elements returns an iterator over the elements of an array. A value that is not an
// array counts as one with that element; null and absence count as an empty one.
func (v Value) Elements() Iter {
	if v.doc == nil {
		return Iter{}
	}
	switch n := v.node(); {
	case n.kind == Array:
		return Iter{doc: v.doc, next: v.i + 1, end: n.next}
	case n.kind > Null:
		return Iter{doc: v.doc, next: v.i, end: v.i + 1}
	default:
		return Iter{}
	}
}

// Len returns the number of members or elements.
func (v Value) Len() int {
	n := 0
	it := v.Iter()
	for it.Next() {
		n++
	}
	return n
}

// Get returns the member called key, the last one if there are several, as
// encoding/json does.
func (v Value) Get(key string) Value {
	var found Value
	if v.Kind() != Object {
		return found
	}
	it := v.Iter()
	for it.Next() {
		if it.Key() == key {
			found = it.Value()
		}
	}
	return found
}

// Iter walks the children of a value:
//
//	it := v.Iter()
//	for it.Next() {
//		… it.Key(), it.Value() …
//	}
//
// Declared in the head of the loop it would be copied for each turn, which takes
// longer than the rest of the turn.
type Iter struct {
	doc       *Doc
	n         *node
	cur, next uint32
	end       uint32
}

// Next moves to the next child and reports whether there is one.
func (it *Iter) Next() bool {
	if it.next >= it.end {
		return false
	}
	it.cur = it.next
	it.n = &it.doc.nodes[it.cur]
	it.next = it.n.next
	return true
}

// Value returns the child.
func (it *Iter) Value() Value { return Value{it.doc, it.cur} }

// Kind returns the JSON type of the child.
func (it *Iter) Kind() Kind { return it.n.kind }

// Iter returns an iterator over the children of the child.
func (it *Iter) Iter() Iter {
	if it.n.kind < Array {
		return Iter{}
	}
	return Iter{doc: it.doc, next: it.cur + 1, end: it.n.next}
}

// Key returns the decoded name of the child, "" in an array.
func (it *Iter) Key() string {
	if it.n.keyFlags == 0 {
		return it.doc.src[it.n.key:it.n.keyEnd]
	}
	return it.strangeKey()
}

// KeySpan returns where the name of the child stands in the source, without its quotes.
func (it *Iter) KeySpan() (start, end uint32) { return it.n.key, it.n.keyEnd }

// Plain returns the text of the child if it is a string that needs no decoding,
// as nearly all are; Value().Str() decodes the others.
func (it *Iter) Plain() (string, bool) {
	if it.n.kind == String && it.n.flags == 0 {
		return it.doc.src[it.n.start+1 : it.n.end-1], true
	}
	return "", false
}

//go:noinline
func (it *Iter) strangeKey() string { // apart, so that Key can be inlined
	return it.doc.text(it.n.key, it.n.keyEnd, it.n.keyFlags)
}
