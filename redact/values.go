package redact

import (
	"fmt"
	"strings"
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
	w := walker{options: r.options(), doc: doc, human: human}
	if err := w.document(); err != nil {
		return nil, fmt.Errorf("redact: read JSON at offset %d: %w", w.i, err)
	}
	if w.out == nil {
		return doc, nil
	}
	return append(w.out, doc[w.copied:]...), nil
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
