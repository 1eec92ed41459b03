package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Values redacts the human text in a JSON document: each string value that
// human accepts by its path, and each integer that has the digits of a card
// number, which becomes a string. Object keys and everything else keep their
// bytes, so the document stays as it was written. If there is nothing to mask
// it returns doc itself; doc is never changed.
//
// human should accept only what people wrote, such as message bodies and
// captions: identifiers and timestamps that are never looked at are never
// taken for a card. [Paths] builds one from patterns. With nil all values are
// looked at. The path is valid during the call only.
//
// A document that is not valid JSON is an error, and no text is returned: what
// cannot be read cannot be shown to be clean. The error holds the offset, and
// nothing of the document.
func (r *Redactor) Values(doc []byte, human func(Path) bool) ([]byte, error) {
	if !json.Valid(doc) {
		return nil, fmt.Errorf("redact: read JSON at offset %d: %w", syntaxErrorAt(doc), errSyntax)
	}
	w := walker{options: r.options(), doc: doc, human: human}
	w.value()
	if w.out == nil {
		return doc, nil
	}
	return append(w.out, doc[w.copied:]...), nil
}

var errSyntax = errors.New("invalid syntax")

// syntaxErrorAt returns where doc stops being JSON.
func syntaxErrorAt(doc []byte) int64 {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(doc, &raw), &syntax) {
		return syntax.Offset
	}
	return int64(len(doc))
}

// A Path is the way from the top of a JSON document to a value: the keys of
// objects, and the positions in arrays in decimal.
type Path []string

// String returns the elements joined by dots.
func (p Path) String() string { return strings.Join(p, ".") }

// Match reports whether p is described by pattern: elements joined by dots,
// where * stands for any one element and ** for any number of them. An element
// that itself holds a dot is matched by * only.
//
//	entry.*.changes.*.value.messages.*.text.body
//	**.caption
func (p Path) Match(pattern string) bool {
	for pattern != "" {
		element, rest, _ := strings.Cut(pattern, ".")
		if element == "**" {
			for k := len(p); k >= 0; k-- {
				if p[k:].Match(rest) {
					return true
				}
			}
			return false
		}
		if len(p) == 0 || element != "*" && element != p[0] {
			return false
		}
		p, pattern = p[1:], rest
	}
	return len(p) == 0
}

// Paths returns a function for [Redactor.Values] that accepts the values whose
// path matches one of patterns; see [Path.Match].
func Paths(patterns ...string) func(Path) bool {
	return func(p Path) bool {
		for _, pattern := range patterns {
			if p.Match(pattern) {
				return true
			}
		}
		return false
	}
}

// A walker goes through one document, which is valid.
type walker struct {
	options
	doc    []byte
	i      int
	human  func(Path) bool
	path   Path   // only if human is set
	out    []byte // nil as long as nothing changed
	copied int    // what of doc is in out
}

// next goes past white space, and past c if it comes next.
func (w *walker) next(c byte) bool {
	for w.i < len(w.doc) && w.doc[w.i] <= ' ' {
		w.i++
	}
	if w.i < len(w.doc) && w.doc[w.i] == c {
		w.i++
		return true
	}
	return false
}

func (w *walker) value() {
	switch {
	case w.next('{'):
		for !w.next('}') {
			w.next(',')
			w.next('"')
			raw := w.rawString()
			key := ""
			if w.human != nil {
				key = decoded(raw)
			}
			w.next(':')
			w.child(key)
		}
	case w.next('['):
		for n := 0; !w.next(']'); n++ {
			w.next(',')
			key := ""
			if w.human != nil {
				key = strconv.Itoa(n)
			}
			w.child(key)
		}
	case w.next('"'):
		if raw := w.rawString(); w.wanted() {
			w.redact(raw, w.i-1-len(raw))
		}
	default:
		start := w.i
		for w.i < len(w.doc) && !strings.ContainsRune(",]} \t\r\n", rune(w.doc[w.i])) {
			w.i++
		}
		// An integer that is a card number becomes a string.
		text := w.doc[start:w.i]
		if len(text) < minDigits || bytes.ContainsAny(text, ".eE") || !w.wanted() {
			return
		}
		if clean := w.r.String(string(text)); clean != string(text) {
			w.out = append(append(append(append(w.out, w.doc[w.copied:start]...), '"'), clean...), '"')
			w.copied = w.i
		}
	}
}

func (w *walker) child(key string) {
	if w.human != nil {
		w.path = append(w.path, key)
	}
	w.value()
	if w.human != nil {
		w.path = w.path[:len(w.path)-1]
	}
}

func (w *walker) wanted() bool { return w.human == nil || w.human(w.path) }

// rawString goes past the string whose first quote is behind it, and returns what is
// between the quotes.
func (w *walker) rawString() []byte {
	start := w.i
	for ; w.doc[w.i] != '"'; w.i++ {
		if w.doc[w.i] == '\\' {
			w.i++
		}
	}
	w.i++
	return w.doc[start : w.i-1]
}

// redact masks what is found in the string raw, which starts at i in the document:
// character by character, so that all others stay as they are written.
func (w *walker) redact(raw []byte, i int) {
	text := raw
	if bytes.IndexByte(raw, '\\') >= 0 {
		text = []byte(decoded(raw))
	}
	if !w.worthwhile(text) {
		return
	}
	sc := newScanner(&w.options, text)
	defer sc.release()
	k := 0 // in text
	for at, n := range masked(text, sc.find()) {
		for ; k < at; k += runeWidth(text[k:]) {
			i += rawWidth(w.doc[i:])
		}
		w.out = utf8.AppendRune(append(w.out, w.doc[w.copied:i]...), w.mask)
		w.copied = i + rawWidth(w.doc[i:])
		i, k = w.copied, k+n
	}
}

// decoded returns what the string raw stands for.
func decoded(raw []byte) string {
	var s string
	_ = json.Unmarshal(slices.Concat([]byte{'"'}, raw, []byte{'"'}), &s) // the document is known to be valid
	return s
}

func runeWidth(b []byte) int {
	_, n := utf8.DecodeRune(b)
	return n
}

// rawWidth returns the length of the first character in b as it is written.
func rawWidth(b []byte) int {
	switch {
	case b[0] != '\\':
		return runeWidth(b)
	case b[1] != 'u':
		return 2
	}
	if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' && utf16.DecodeRune(hex4(b[2:]), hex4(b[8:])) != utf8.RuneError {
		return 12
	}
	return 6
}

func hex4(b []byte) rune {
	v, _ := strconv.ParseUint(string(b[:4]), 16, 16) // known to be valid
	return rune(v)
}
