package redact

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/kanava-go/kanava/internal/jsonscan"
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
	d := docs.Get().(*jsonscan.Doc)
	defer docs.Put(d)
	defer d.Reset()
	if err := d.Parse(unsafe.String(unsafe.SliceData(doc), len(doc))); err != nil {
		return nil, fmt.Errorf("redact: read JSON: %w", err)
	}
	w := walker{r: r, doc: doc, human: human}
	w.value(d.Root())
	if w.out == nil {
		return doc, nil
	}
	return append(w.out, doc[w.copied:]...), nil
}

var docs = sync.Pool{New: func() any { return new(jsonscan.Doc) }}

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
	return func(p Path) bool { return slices.ContainsFunc(patterns, p.Match) }
}

// A walker goes through one document.
type walker struct {
	r      *Redactor
	doc    []byte
	human  func(Path) bool
	path   Path
	out    []byte // nil as long as nothing changed
	copied int    // what of doc is in out
}

func (w *walker) value(v jsonscan.Value) {
	switch kind := v.Kind(); kind {
	case jsonscan.Object, jsonscan.Array:
		it := v.Iter()
		for n := 0; it.Next(); n++ {
			if w.human == nil { // no path is asked for
				w.value(it.Value())
				continue
			}
			key := it.Key()
			if kind == jsonscan.Array {
				key = strconv.Itoa(n)
			}
			w.path = append(w.path, key)
			w.value(it.Value())
			w.path = w.path[:len(w.path)-1]
		}
	case jsonscan.String:
		if w.human == nil || w.human(w.path) {
			w.redact(v)
		}
	case jsonscan.Number: // an integer becomes a string
		text := v.Raw()
		if len(text) < minDigits || strings.ContainsAny(text, ".eE") || w.human != nil && !w.human(w.path) {
			return
		}
		if clean := w.r.String(text); clean != text {
			from, to := v.Span()
			w.out = append(append(append(append(w.out, w.doc[w.copied:from]...), '"'), clean...), '"')
			w.copied = int(to)
		}
	}
}

// redact masks what is found in the string v, character by character, so that all others
// stay as they are written.
func (w *walker) redact(v jsonscan.Value) {
	text := v.Str()
	sc := w.r.find(view(text))
	if sc == nil {
		return
	}
	defer sc.release()
	from, _ := v.Span()
	i, k := int(from)+1, 0 // in the document, behind the quote, and in the text
	for at, n := range sc.masked() {
		for k < at {
			_, width := utf8.DecodeRuneInString(text[k:])
			k += width
			i += rawWidth(w.doc[i:], width)
		}
		w.out = utf8.AppendRune(append(w.out, w.doc[w.copied:i]...), sc.mask)
		w.copied = i + rawWidth(w.doc[i:], n)
		i, k = w.copied, k+n
	}
}

// rawWidth returns the length of the first character in b as it is written, which takes so
// many bytes of text.
func rawWidth(b []byte, width int) int {
	switch {
	case b[0] != '\\':
		_, w := utf8.DecodeRune(b)
		return w
	case b[1] != 'u':
		return 2
	case width == utf8.UTFMax: // two surrogates
		return 12
	}
	return 6
}
