package webhook

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// readOn are the objects whose members are read on from one to the next, by the key they stand under, each in the
// orders in which they are read.
var readOn = map[string][][]string{
	"document": {{"filename", "caption"}, {"caption", "filename"}}, // the name stands above, or below
	"location": {{"name", "address"}},
	"name":     {{"first_name", "middle_name", "last_name"}}, // on an address card
}

// A line is one of several texts that are read together, with where it stands in the body.
type line struct {
	start uint32
	text  string
}

// together notes what has to be masked in the members of v because of what they show together.
func (r *redactor) together(v value, key string, pl place) {
	if pl.all {
		r.series(v)
		return
	}
	for _, keys := range readOn[key] {
		var lines []line
		for _, k := range keys {
			lines = appendLines(lines, k, v.Get(k))
		}
		r.lines("", lines)
	}
}

// series looks at the members of an object that a person filled in, of which those are read on whose names differ
// in their digits only, as "card_1" and "card_2".
func (r *redactor) series(v value) {
	var lines []line
	label := ""
	it := v.Iter()
	for it.Next() {
		if l := letters(it.Key()); l != label {
			r.lines(label, lines)
			label, lines = l, lines[:0]
		}
		lines = appendLines(lines, it.Key(), it.Value())
	}
	r.lines(label, lines)
}

// appendLines appends the texts with digits of a member, which may be a list of them.
func appendLines(lines []line, key string, v value) []line {
	it := v.Elements()
	for it.Next() {
		e := it.Value()
		var text string
		switch e.Kind() {
		case jsonscan.String:
			text = e.Str()
		case jsonscan.Number:
			text = e.Raw()
		}
		if key == "filename" { // what is glued to the digits of its name is none of them
			text = strings.ReplaceAll(text, "_", " ")
			if ext := path.Ext(text); digitsIn(ext) == 0 {
				text = strings.TrimSuffix(text, ext)
			}
		}
		if len(text) <= maxCode && strings.ContainsFunc(text, unicode.IsDigit) {
			start, _ := e.Span()
			lines = append(lines, line{start, text})
		}
	}
	return lines
}

// lines redacts several texts as one, under a label.
func (r *redactor) lines(label string, lines []line) {
	if len(lines) < 2 {
		return
	}
	var b strings.Builder
	if label != "" {
		b.WriteString(words(label) + " ")
	}
	at := make([]int, len(lines)) // in characters
	count := utf8.RuneCountInString(b.String())
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
			count++
		}
		at[i] = count
		b.WriteString(l.text)
		count += utf8.RuneCountInString(l.text)
	}
	whole := b.String()
	clean := r.redact(whole)
	masked := []rune(clean)
	if clean == whole || len(masked) != count {
		return // redact does more than to mask
	}
	if r.card == "" {
		r.card = whole
	}
	if r.hidden == nil {
		r.hidden = map[uint32][]rune{}
	}
	for i, l := range lines {
		own := masked[at[i] : at[i]+utf8.RuneCountInString(l.text)]
		if earlier := r.hidden[l.start]; earlier != nil {
			own = []rune(hide(l.text, string(earlier), own))
		}
		r.hidden[l.start] = own
	}
}

// letters is the name of a member without its digits.
func letters(key string) string {
	return strings.Join(strings.FieldsFunc(key, func(c rune) bool { return !unicode.IsLetter(c) }), " ")
}

// hide is clean, which s was turned into, without the digits that are not in hidden, which may be shorter.
func hide(s, clean string, hidden []rune) string {
	was, is := []rune(s), []rune(clean)
	if len(was) != len(is) {
		return clean
	}
	for i := range min(len(hidden), len(is)) {
		if is[i] == was[i] && unicode.IsDigit(was[i]) {
			is[i] = hidden[i]
		}
	}
	return string(is)
}
