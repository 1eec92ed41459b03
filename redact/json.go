package redact

import (
	"encoding/json"
	"errors"
	"fmt"
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

	text []byte // of a string with escapes
	at   []int  // where in doc each byte of text, and its end, comes from
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
			start, escaped := w.skipString()
			key := ""
			if w.human != nil {
				key = string(w.doc[start : w.i-1])
				if escaped {
					w.unescape(start, w.i-1)
					key = string(w.text)
				}
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
		start, escaped := w.skipString()
		switch {
		case !w.wanted():
		case escaped:
			w.unescape(start, w.i-1)
			w.redact(w.text, func(i int) int { return w.at[i] })
		default:
			w.redact(w.doc[start:w.i-1], func(i int) int { return start + i })
		}
	default:
		start := w.i
		for w.i < len(w.doc) && !strings.ContainsRune(",]} \t\r\n", rune(w.doc[w.i])) {
			w.i++
		}
		w.number(start, w.i)
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

// skipString goes past the string whose first quote is behind it, and reports where it
// starts and whether it has escapes.
func (w *walker) skipString() (start int, escaped bool) {
	start = w.i
	for ; w.doc[w.i] != '"'; w.i++ {
		if w.doc[w.i] == '\\' {
			escaped = true
			w.i++
		}
	}
	w.i++
	return start, escaped
}

// redact masks what is found in text; at tells where in doc a byte of text is.
func (w *walker) redact(text []byte, at func(int) int) {
	where, ok := w.worthwhile(text)
	if !ok {
		return
	}
	sc := newScanner(&w.options, text)
	defer sc.release()
	for i, n := range masked(text, sc.find(where)) {
		w.out = append(w.out, w.doc[w.copied:at(i)]...)
		w.out = utf8.AppendRune(w.out, w.mask)
		w.copied = at(i + n)
	}
}

// number looks at doc[start:end]. An integer that is a card number becomes a string.
func (w *walker) number(start, end int) {
	text := w.doc[start:end]
	if len(text) < minDigits || !w.wanted() || strings.ContainsAny(string(text), ".eE") {
		return
	}
	if at, ok := w.worthwhile(text); ok {
		sc := newScanner(&w.options, text)
		defer sc.release()
		if found := sc.find(at); len(found) > 0 {
			w.out = append(append(w.out, w.doc[w.copied:start]...), '"')
			w.out = append(w.rewrite(w.out, text, 0, len(text), found), '"')
			w.copied = end
		}
	}
}

// unescape decodes the inside of a string, doc[start:end], into text and at.
func (w *walker) unescape(start, end int) {
	w.text, w.at = w.text[:0], w.at[:0]
	for i := start; i < end; {
		r, n := rune(w.doc[i]), 1
		if r == '\\' {
			r, n = w.escape(i)
		} else if r >= utf8.RuneSelf {
			w.text, w.at = append(w.text, w.doc[i]), append(w.at, i)
			i++
			continue
		}
		w.text = utf8.AppendRune(w.text, r)
		for len(w.at) < len(w.text) {
			w.at = append(w.at, i)
		}
		i += n
	}
	w.at = append(w.at, end)
}

// escape decodes the escape sequence at i, which is known to be valid.
func (w *walker) escape(i int) (r rune, width int) {
	switch c := w.doc[i+1]; c {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, _ = hex4(w.doc, i+2)
		if utf16.IsSurrogate(r) {
			if low, ok := hex4(w.doc, i+8); ok && w.doc[i+6] == '\\' && w.doc[i+7] == 'u' {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return pair, 12
				}
			}
		}
		return r, 6
	default:
		return rune(c), 2
	}
}

// hex4 reads four hexadecimal digits at b[i].
func hex4(b []byte, i int) (r rune, ok bool) {
	if i+4 > len(b) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[i:i+4]), 16, 16)
	return rune(v), err == nil && b[i] != '+' && b[i] != '_'
}
