package cloudapitest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// checker reads a request object strictly and keeps the first thing wrong with
// it. After that it hands out empty values, so that code reading a request needs
// one check at its end.
type checker struct{ err *graphError }

// reject keeps a refusal unless there is one already.
func (k *checker) reject(ge *graphError) {
	if k.err == nil {
		k.err = ge
	}
}

// fields is one object being read. Keys nobody asked for are refused by done.
type fields struct {
	*checker
	n    *node
	path string
	seen uint64 // bit per member
}

// object starts reading n, which must be an object.
func (k *checker) object(n *node, path string) *fields {
	switch n = n.as(jsonObject); {
	case n.kind == jsonAbsent:
		k.reject(fail(131008, "The parameter "+path+" is required."))
		n = &absent
	case n.kind != jsonObject:
		k.reject(malformedRequest("Param " + path + " must be a JSON object."))
		n = &absent
	case len(n.items) > 64:
		k.reject(malformedRequest("Param " + path + " has too many keys."))
		n = &absent
	}
	return &fields{checker: k, n: n, path: path}
}

// at is the path of a member as Meta writes it in error details.
func (f *fields) at(key string) string {
	if f.path == "" {
		return key
	}
	return f.path + "['" + key + "']"
}

// get returns a member and marks its key as known.
func (f *fields) get(key string) *node {
	if f.n.kind == jsonObject {
		for i := range f.n.items {
			if f.n.items[i].key != key {
				continue
			}
			if f.seen |= 1 << i; f.n.items[i].val.kind == jsonNull {
				break // counts as absent
			}
			return &f.n.items[i].val
		}
	}
	return &absent
}

// has reports whether a member is there, and makes its key a known one.
func (f *fields) has(key string) bool { return f.get(key).kind != jsonAbsent }

// text reads a string of at most limit characters (0 = any); least > 0 makes it
// required.
func (f *fields) text(key string, least, limit int) string {
	n := f.get(key)
	switch n.kind {
	case jsonAbsent:
		if least > 0 {
			f.reject(fail(131008, "The parameter "+f.at(key)+" is required."))
		}
		return ""
	case jsonString:
	default:
		// Graph turns numbers and words at the top into text; objects are read by
		// WhatsApp, which does not.
		if f.path == "" && n.kind < jsonString {
			break
		}
		f.reject(malformedRequest("Param " + f.at(key) + " must be a string."))
		return ""
	}
	switch size := utf8.RuneCountInString(n.text); {
	case least > 0 && strings.TrimSpace(n.text) == "":
		f.reject(fail(131008, "The parameter "+f.at(key)+" must not be empty."))
	case size < least:
		f.reject(fail(131009, "Param "+f.at(key)+" must be at least "+itoa(least)+" characters long."))
	case limit > 0 && size > limit:
		f.reject(malformedRequest("Param " + f.at(key) + " must be at most " + itoa(limit) + " characters long."))
	}
	return n.text
}

// ident reads an id of Graph's, which may be written as a number anywhere.
func (f *fields) ident(key string, least int) string {
	if n := f.get(key); n.kind == jsonNumber {
		return n.text
	}
	return f.text(key, least, 0)
}

// oneOf reads a string that must be one of words; "" if it is absent, which
// required refuses.
func (f *fields) oneOf(key string, required bool, words ...string) string {
	least := 0
	if required {
		least = 1
	}
	v := f.text(key, least, 0)
	if v == "" {
		return ""
	}
	for _, w := range words {
		if v == w {
			return v
		}
	}
	f.reject(fail(131009, "Param "+f.at(key)+" must be one of {"+strings.ToUpper(strings.Join(words, ", "))+"}."))
	return ""
}

// flag reads an optional boolean.
func (f *fields) flag(key string) bool {
	n := f.get(key)
	v, ok := n.truth()
	if n.kind != jsonAbsent && !ok {
		f.reject(malformedRequest("Param " + f.at(key) + " must be a boolean."))
	}
	return v
}

// number reads a number, written as number or string, within bounds. Absent is 0
// and an error only if required.
func (f *fields) number(key string, required bool, least, most float64) float64 {
	n := f.get(key)
	if n.kind == jsonAbsent {
		if required {
			f.reject(fail(131008, "The parameter "+f.at(key)+" is required."))
		}
		return 0
	}
	v, err := strconv.ParseFloat(n.scalar(), 64)
	if err != nil || !(v >= least && v <= most) {
		f.reject(fail(131009, "Param "+f.at(key)+" must be a number between "+
			strconv.FormatFloat(least, 'f', -1, 64)+" and "+strconv.FormatFloat(most, 'f', -1, 64)+"."))
		return 0
	}
	return v
}

// list reads an array of least to most elements.
func (f *fields) list(key string, least, most int) []member {
	switch n := f.get(key).as(jsonArray); {
	case n.kind == jsonAbsent && least == 0:
		return nil
	case n.kind == jsonAbsent:
		f.reject(fail(131008, "The parameter "+f.at(key)+" is required."))
		return nil
	case n.kind != jsonArray:
		f.reject(malformedRequest("Param " + f.at(key) + " must be a JSON array."))
		return nil
	case len(n.items) < least || len(n.items) > most:
		f.reject(fail(131009, "Param "+f.at(key)+" must have between "+itoa(least)+" and "+itoa(most)+" elements."))
		return nil
	default:
		return n.items
	}
}

// child starts reading a member that must be an object.
func (f *fields) child(key string) *fields { return f.object(f.get(key), f.at(key)) }

// element starts reading an element of a list.
func (f *fields) element(key string, items []member, i int) *fields {
	return f.object(&items[i].val, f.at(key)+"["+itoa(i)+"]")
}

// done refuses keys that were not asked for, with the name of what holds them.
func (f *fields) done() {
	if f.n.kind != jsonObject {
		return
	}
	for i := range f.n.items {
		if m := &f.n.items[i]; f.seen&(1<<i) == 0 && !m.loose && m.val.kind != jsonNull {
			where := ""
			if f.path != "" {
				where = " on param \"" + f.path + "\""
			}
			f.reject(malformedRequest("Unexpected key \"" + m.key + "\"" + where + "."))
			return
		}
	}
}
