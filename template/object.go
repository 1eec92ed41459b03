package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Extra holds members of a JSON object that this package does not model, and
// members it does model whose value has a shape it does not understand. They are
// written back as they came, so that reading and writing a definition loses
// nothing. A nil Extra is empty.
type Extra map[string]json.RawMessage

// errNotObject says that a document is not a JSON object. It holds nothing of
// the document, which may be anything.
var errNotObject = errors.New("not a JSON object")

// object is a JSON object being taken apart: each take… function moves one
// member into a field, and what is left becomes the Extra.
type object map[string]json.RawMessage

// parseObject reads the top level of an object. If a member occurs twice the last
// one counts, as with encoding/json.
func parseObject(raw []byte) (object, error) {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil || o == nil {
		return nil, errNotObject // the cause may quote the document
	}
	return o, nil
}

// rest returns what nobody took, compacted so that equal documents give equal
// values whatever their spacing.
func (o object) rest() Extra {
	if len(o) == 0 {
		return nil
	}
	x := make(Extra, len(o))
	for k, raw := range o {
		x[k] = compact(raw)
	}
	return x
}

// compact returns a JSON value in one spelling, without spaces and without the
// escapes that encoding/json adds for the sake of HTML.
func compact(raw []byte) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return slices.Clone(raw)
	}
	out := b.Bytes()
	if !bytes.Contains(out, []byte(`\u`)) {
		return out
	}
	plain := make([]byte, 0, len(out))
	for i := 0; i < len(out); i++ {
		if out[i] != '\\' {
			plain = append(plain, out[i])
			continue
		}
		if i+6 <= len(out) {
			if r := unescaped[strings.ToLower(string(out[i:i+6]))]; r != "" {
				plain = append(plain, r...)
				i += 5
				continue
			}
		}
		plain = append(plain, out[i], out[i+1]) // valid JSON: something follows
		i++
	}
	return plain
}

// unescaped are the characters that encoding/json escapes without need.
var unescaped = map[string]string{
	`\u003c`: "<", `\u003e`: ">", `\u0026`: "&", `\u2028`: "\u2028", `\u2029`: "\u2029",
}

// take moves a member into dst if it decodes as T; otherwise the member stays and
// ends in the Extra, so that a wrong type is neither an error nor a loss. A null
// member counts as absent. T must be a type in which nothing can get lost: scalars and lists of
// scalars, not structs.
func take[T any](o object, key string, dst *T) {
	raw, ok := o[key]
	if !ok {
		return
	}
	if string(raw) == "null" {
		delete(o, key)
		return
	}
	var v T
	if json.Unmarshal(raw, &v) == nil {
		*dst = v
		delete(o, key)
	}
}

// takeStrings is take for lists of texts. An empty list says no more than none.
func takeStrings(o object, key string, dst *[]string) {
	if take(o, key, dst); len(*dst) == 0 {
		*dst = nil
	}
}

// takeEnum is take for enumerations, which Meta accepts in any case and
// returns in upper case.
func takeEnum[T ~string](o object, key string, dst *T) {
	var s string
	if take(o, key, &s); s != "" {
		*dst = T(strings.ToUpper(s))
	}
}

// takeID is take for identifiers, which are numbers in webhooks and strings of
// digits in API answers.
func takeID(o object, key string, dst *string) {
	raw, ok := o[key]
	if !ok {
		return
	}
	if digits(string(raw)) { // not through a float: ids have more digits than fit
		*dst = string(raw)
		delete(o, key)
		return
	}
	take(o, key, dst)
}

// takeInt is take for whole numbers, which some clients write as strings.
func takeInt(o object, key string, dst *int64) {
	raw := o[key]
	var s string
	if take(o, key, &s); s == "" {
		take(o, key, dst)
		return
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		o[key] = raw
		return
	}
	*dst = n
}

// takeRaw moves a member of any shape.
func takeRaw(o object, key string, dst *json.RawMessage) {
	raw, ok := o[key]
	if !ok {
		return
	}
	if string(raw) != "null" {
		*dst = compact(raw)
	}
	delete(o, key)
}

// takeObject hands a member that is an object to fn.
func takeObject(o object, key string, fn func(object)) {
	raw, ok := o[key]
	if !ok {
		return
	}
	if string(raw) == "null" {
		delete(o, key)
		return
	}
	sub, err := parseObject(raw)
	if err != nil {
		return
	}
	delete(o, key)
	fn(sub)
}

// takeList hands each element of a member that is a list of objects to fn. If
// one element is no object the whole member stays where it is, because the place
// of an element in its list may mean something.
func takeList(o object, key string, fn func(object)) {
	var raws []json.RawMessage
	raw, ok := o[key]
	if !ok || json.Unmarshal(raw, &raws) != nil {
		return
	}
	subs := make([]object, 0, len(raws))
	for _, raw := range raws {
		sub, err := parseObject(raw)
		if err != nil {
			return
		}
		subs = append(subs, sub)
	}
	delete(o, key)
	for _, sub := range subs {
		fn(sub)
	}
}

// digits reports whether s is a number of one or more ASCII digits.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// keys returns the names in x in a stable order.
func (x Extra) keys() []string {
	return slices.Sorted(maps.Keys(x))
}
