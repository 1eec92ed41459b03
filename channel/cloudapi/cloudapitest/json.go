package cloudapitest

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonKind is the JSON type of a node.
type jsonKind uint8

const (
	jsonAbsent jsonKind = iota
	jsonNull
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// node is one JSON value as it stood in a request. The judge reads requests
// with a reader of its own instead of encoding/json for two reasons: it must see
// what a struct decoder hides (repeated keys, keys in another case, a number
// where a string belongs), and it must not agree with the client under test by
// construction.
type node struct {
	kind  jsonKind
	text  string // string value, number as written, "true" or "false"
	items []member
}

// member is an element of an object (key set) or of an array (key empty).
type member struct {
	key   string
	val   node
	loose bool // came in the query: nobody has to know it
}

var (
	errJSONSyntax = errors.New("malformed JSON")
	errJSONDepth  = errors.New("JSON nested too deeply")
	errJSONTwice  = errors.New("a key occurs twice in one JSON object")
)

// maxJSONDepth bounds recursion; the deepest documented request (a carousel
// template with a flow action) nests less than a third of this.
const maxJSONDepth = 48

// parseJSON reads exactly one JSON value. Strings without escapes are parts of s, so
// that reading a request costs few allocations; what is kept for long must be cloned.
func parseJSON(s string) (node, error) {
	r := jsonReader{b: s}
	n, err := r.value(0)
	if err != nil {
		return node{}, err
	}
	// Nothing may follow.
	if r.skip(); r.i != len(r.b) {
		return node{}, errJSONSyntax
	}
	return n, nil
}

type jsonReader struct {
	b string
	i int
}

// skip passes over white space.
func (r *jsonReader) skip() {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// value reads any value.
func (r *jsonReader) value(depth int) (node, error) {
	if depth > maxJSONDepth {
		return node{}, errJSONDepth
	}
	if r.skip(); r.i == len(r.b) {
		return node{}, errJSONSyntax
	}
	switch c := r.b[r.i]; {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"':
		s, err := r.str()
		return node{kind: jsonString, text: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	return r.word()
}

// word reads true, false or null.
func (r *jsonReader) word() (node, error) {
	for _, w := range [...]node{{kind: jsonBool, text: "true"}, {kind: jsonBool, text: "false"}, {kind: jsonNull, text: "null"}} {
		if strings.HasPrefix(r.b[r.i:], w.text) {
			r.i += len(w.text)
			return w, nil
		}
	}
	return node{}, errJSONSyntax
}

// object reads an object and refuses a repeated key: which of the two counts is a
// difference between JSON readers that no request should rest on.
func (r *jsonReader) object(depth int) (node, error) {
	n := node{kind: jsonObject}
	if r.i++; depth == 0 {
		n.items = make([]member, 0, 6) // a send has as many
	}
	for {
		r.skip()
		if len(n.items) == 0 && r.next('}') {
			return n, nil
		}
		if r.i == len(r.b) || r.b[r.i] != '"' {
			return node{}, errJSONSyntax
		}
		key, err := r.str()
		if err != nil {
			return node{}, err
		}
		if r.skip(); !r.next(':') {
			return node{}, errJSONSyntax
		}
		val, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		// Objects of requests are small; a map would cost more than this.
		for i := range n.items {
			if n.items[i].key == key {
				return node{}, errJSONTwice
			}
		}
		n.items = append(n.items, member{key: key, val: val})
		r.skip()
		if r.next(',') {
			continue
		}
		if r.next('}') {
			return n, nil
		}
		return node{}, errJSONSyntax
	}
}

// array reads an array.
func (r *jsonReader) array(depth int) (node, error) {
	n := node{kind: jsonArray}
	r.i++
	for {
		r.skip()
		if len(n.items) == 0 && r.next(']') {
			return n, nil
		}
		val, err := r.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, member{val: val})
		r.skip()
		if r.next(',') {
			continue
		}
		if r.next(']') {
			return n, nil
		}
		return node{}, errJSONSyntax
	}
}

// next consumes c if it is the next byte.
func (r *jsonReader) next(c byte) bool {
	if r.i < len(r.b) && r.b[r.i] == c {
		r.i++
		return true
	}
	return false
}

// number reads a number and keeps it as written.
func (r *jsonReader) number() (node, error) {
	start := r.i
	r.next('-')
	// No leading zeros.
	if !r.next('0') && !r.digits() {
		return node{}, errJSONSyntax
	}
	if r.next('.') && !r.digits() {
		return node{}, errJSONSyntax
	}
	if r.next('e') || r.next('E') {
		if !r.next('+') {
			r.next('-')
		}
		if !r.digits() {
			return node{}, errJSONSyntax
		}
	}
	return node{kind: jsonNumber, text: r.b[start:r.i]}, nil
}

// digits reads at least one digit.
func (r *jsonReader) digits() bool {
	start := r.i
	for r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
		r.i++
	}
	return r.i > start
}

// str reads a string. Plain strings, by far the most, cost no allocation.
func (r *jsonReader) str() (string, error) {
	r.i++
	start := r.i
	for r.i < len(r.b) {
		switch c := r.b[r.i]; {
		case c == '"':
			s := r.b[start:r.i]
			r.i++
			// encoding/json would repair it; a client that sends it is wrong.
			if !utf8.ValidString(s) {
				return "", errJSONSyntax
			}
			return s, nil
		case c == '\\':
			return r.escaped(start)
		case c < 0x20:
			return "", errJSONSyntax
		}
		r.i++
	}
	return "", errJSONSyntax
}

// escaped reads on from the first backslash of a string that began at start.
func (r *jsonReader) escaped(start int) (string, error) {
	out := append([]byte(nil), r.b[start:r.i]...)
	for r.i < len(r.b) {
		c := r.b[r.i]
		r.i++
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				return "", errJSONSyntax
			}
			return string(out), nil
		case c < 0x20:
			return "", errJSONSyntax
		case c != '\\':
			out = append(out, c)
			continue
		}
		if r.i == len(r.b) {
			return "", errJSONSyntax
		}
		c = r.b[r.i]
		r.i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			u, err := r.unicode()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, u)
		default:
			return "", errJSONSyntax
		}
	}
	return "", errJSONSyntax
}

// unicode reads the four digits after \u and, for a high surrogate, the low one
// that must follow. Half a pair becomes U+FFFD, as in encoding/json.
func (r *jsonReader) unicode() (rune, error) {
	hi, err := r.hex4()
	if err != nil || !utf16.IsSurrogate(hi) {
		return hi, err
	}
	if r.i+1 < len(r.b) && r.b[r.i] == '\\' && r.b[r.i+1] == 'u' {
		mark := r.i
		r.i += 2
		lo, err := r.hex4()
		if err != nil {
			return 0, err
		}
		if u := utf16.DecodeRune(hi, lo); u != utf8.RuneError {
			return u, nil
		}
		r.i = mark
	}
	return utf8.RuneError, nil
}

// hex4 reads four hexadecimal digits.
func (r *jsonReader) hex4() (rune, error) {
	if len(r.b)-r.i < 4 {
		return 0, errJSONSyntax
	}
	u, err := strconv.ParseUint(r.b[r.i:r.i+4], 16, 16)
	if err != nil {
		return 0, errJSONSyntax
	}
	r.i += 4
	return rune(u), nil
}

// at returns the member key of an object, or an absent node. A null counts as absent,
// and an object may be written as a text of JSON.
func (n *node) at(key string) *node {
	if n = n.as(jsonObject); n.kind == jsonObject {
		for i := range n.items {
			if n.items[i].key == key && n.items[i].val.kind != jsonNull {
				return &n.items[i].val
			}
		}
	}
	return &absent
}

// absent is what at returns for a missing key; nothing writes to it.
var absent = node{kind: jsonAbsent}

// isTrue reports true, in whatever way it is written.
func (n *node) isTrue() bool { v, _ := n.truth(); return v }

// scalar returns strings and numbers as text: several Graph parameters accept
// both, coordinates and button indexes among them.
func (n *node) scalar() string {
	if n.kind == jsonString || n.kind == jsonNumber {
		return n.text
	}
	return ""
}
