// Package jsonscan reads JSON in one pass into a flat index and hands out values
// lazily: a string is a slice of the source unless an escape forces a copy.
//
// It accepts and rejects exactly what encoding/json does (any bytes in strings,
// nesting up to 10,000 levels), which differential fuzzing guards, and it never
// recurses. Unlike encoding/json it does not convert: a caller asks a [Value]
// for its kind and takes what it gets, so that one odd scalar cannot fail a
// document.
//
// A [Doc] is reusable, which makes reading a document free of allocations. It is
// not safe for concurrent use, and its values are valid until the next Parse.
package jsonscan

import (
	"fmt"
	"math"
	"strings"
)

// maxDepth is the deepest nesting encoding/json accepts.
const maxDepth = 10000

// Doc is the index of one document. The zero Doc is ready for Parse.
type Doc struct {
	src   string
	nodes []node
	buf   []byte // scratch for decoding escapes
}

// A node is one value. Nodes stand in source order, so the children of a
// container follow it and end where its next points.
type node struct {
	start, end  uint32 // the value's text, quotes and brackets included
	key, keyEnd uint32 // the member's key between its quotes; 0, 0 in arrays
	next        uint32 // the node after this value and all it contains
	kind        Kind
	flags       flags // of a string
	keyFlags    flags
}

// flags tell why a string cannot be taken from the source as it stands.
type flags uint8

const (
	escaped  flags = 1 << iota // has a backslash
	nonASCII                   // may hold invalid UTF-8
)

// Kind is the JSON type of a value.
type Kind uint8

// The kinds of values. Invalid is that of the zero Value, an absent one.
const (
	Invalid Kind = iota
	Null
	False
	True
	Number
	String
	Array
	Object
)

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	names := [...]string{"nothing", "null", "boolean", "boolean", "number", "string", "array", "object"}
	if int(k) >= len(names) {
		return "nothing"
	}
	return names[k]
}

// SyntaxError says where and why a text is not JSON. It quotes nothing of it.
type SyntaxError struct {
	Offset int // bytes read before the error
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("jsonscan: %s at byte %d", e.Reason, e.Offset)
}

// Parse indexes src, which stays referenced. On an error, a *SyntaxError, the Doc
// is empty. Texts of 4 GiB and more are refused.
func (d *Doc) Parse(src string) error {
	d.src = src
	if uint64(len(src)) > math.MaxUint32-1 {
		d.nodes = d.nodes[:0]
		return &SyntaxError{0, tooLong.String()}
	}
	if cap(d.nodes) < len(src)/sparse {
		d.nodes = make([]node, 0, max(estimate(src), len(src)/sparse))
	}
	nodes, at, bad := scan(src, d.nodes[:0])
	d.nodes = nodes
	if bad != fine {
		d.Reset()
		return &SyntaxError{at, bad.String()}
	}
	return nil
}

// Bytes of text for each value: sparse documents have that many or more, and dense
// ones still this many.
const (
	sparse = 32
	dense  = 12
)

// estimate returns how many values src may have, so that the index need not grow
// step by step: one for each comma and opening bracket, but, as texts are full of
// commas, no more than in a dense document.
func estimate(src string) int {
	n := 1 + strings.Count(src, ",") + strings.Count(src, "{") + strings.Count(src, "[")
	return min(n, len(src)/dense+1)
}

// Reset lets go of the source and keeps the memory of the index for the next
// Parse.
func (d *Doc) Reset() {
	d.src = ""
	d.nodes = d.nodes[:0]
}

// Cap returns the size of the index in values, for pools that keep only small
// ones.
func (d *Doc) Cap() int { return cap(d.nodes) }

// Root returns the document's value; absent if nothing was parsed.
func (d *Doc) Root() Value {
	if len(d.nodes) == 0 {
		return Value{}
	}
	return Value{doc: d}
}
