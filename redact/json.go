package redact

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting, as encoding/json does.
const maxDepth = 10000

var (
	errSyntax = errors.New("invalid syntax")
	errDepth  = errors.New("nested too deeply")
)

// A walker goes through one document.
type walker struct {
	options
	doc    []byte
	i      int
	human  func(Path) bool
	path   Path // only if human is set
	depth  int
	out    []byte // nil as long as nothing changed
	copied int    // what of doc is in out

	text []byte // of a string with escapes
	at   []int  // where in doc each byte of text, and its end, comes from
}

func (w *walker) document() error {
	if err := w.value(); err != nil {
		return err
	}
	w.space()
	if w.i < len(w.doc) {
		return errSyntax
	}
	return nil
}

func (w *walker) space() {
	for w.i < len(w.doc) && (w.doc[w.i] == ' ' || w.doc[w.i] == '\t' || w.doc[w.i] == '\n' || w.doc[w.i] == '\r') {
		w.i++
	}
}

// next reports whether c comes next, and if so goes past it.
func (w *walker) next(c byte) bool {
	w.space()
	if w.i < len(w.doc) && w.doc[w.i] == c {
		w.i++
		return true
	}
	return false
}

func (w *walker) value() error {
	w.space()
	if w.i >= len(w.doc) {
		return errSyntax
	}
	switch c := w.doc[w.i]; {
	case c == '{':
		return w.object()
	case c == '[':
		return w.array()
	case c == '"':
		return w.stringValue()
	case c == '-' || c-'0' <= 9:
		return w.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if end := w.i + len(word); end <= len(w.doc) && string(w.doc[w.i:end]) == word {
			w.i = end
			return nil
		}
	}
	return errSyntax
}

func (w *walker) object() error {
	w.i++
	if w.next('}') {
		return nil
	}
	for {
		w.space()
		start := w.i
		escaped, err := w.skipString()
		if err != nil {
			return err
		}
		if err := w.member(start+1, w.i-1, escaped); err != nil {
			return err
		}
		if w.next('}') {
			return nil
		}
		if !w.next(',') {
			return errSyntax
		}
	}
}

// member goes through the value of the key doc[start:end].
func (w *walker) member(start, end int, escaped bool) error {
	if !w.next(':') {
		return errSyntax
	}
	key := ""
	if w.human != nil {
		if escaped {
			w.unescape(start, end)
			key = string(w.text)
		} else {
			key = string(w.doc[start:end])
		}
	}
	return w.child(key)
}

func (w *walker) array() error {
	w.i++
	if w.next(']') {
		return nil
	}
	for n := 0; ; n++ {
		key := ""
		if w.human != nil {
			key = strconv.Itoa(n)
		}
		if err := w.child(key); err != nil {
			return err
		}
		if w.next(']') {
			return nil
		}
		if !w.next(',') {
			return errSyntax
		}
	}
}

func (w *walker) child(key string) error {
	if w.depth == maxDepth {
		return errDepth
	}
	w.depth++
	if w.human != nil {
		w.path = append(w.path, key)
	}
	err := w.value()
	if w.human != nil {
		w.path = w.path[:len(w.path)-1]
	}
	w.depth--
	return err
}

func (w *walker) wanted() bool { return w.human == nil || w.human(w.path) }

// skipString goes past the string at i, and reports whether it has escapes.
func (w *walker) skipString() (escaped bool, err error) {
	if w.i >= len(w.doc) || w.doc[w.i] != '"' {
		return false, errSyntax
	}
	for w.i++; w.i < len(w.doc); w.i++ {
		switch c := w.doc[w.i]; {
		case c == '"':
			w.i++
			return escaped, nil
		case c < ' ':
			return escaped, errSyntax
		case c == '\\':
			escaped = true
			if w.i++; w.i >= len(w.doc) {
				return escaped, errSyntax
			}
			switch w.doc[w.i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if _, ok := hex4(w.doc, w.i+1); !ok {
					return escaped, errSyntax
				}
				w.i += 4
			default:
				return escaped, errSyntax
			}
		}
	}
	return escaped, errSyntax
}

func (w *walker) stringValue() error {
	start := w.i + 1
	escaped, err := w.skipString()
	if err != nil || !w.wanted() {
		return err
	}
	end := w.i - 1
	if !escaped {
		w.redact(w.doc[start:end], func(i int) int { return start + i })
		return nil
	}
	w.unescape(start, end)
	w.redact(w.text, func(i int) int { return w.at[i] })
	return nil
}

// redact masks what is found in text; at tells where in doc a byte of text is.
func (w *walker) redact(text []byte, at func(int) int) {
	where, ok := w.worthwhile(text)
	if !ok {
		return
	}
	var sc scanner
	for i, n := range masked(text, sc.find(&w.options, text, where)) {
		w.out = append(w.out, w.doc[w.copied:at(i)]...)
		w.out = utf8.AppendRune(w.out, w.mask)
		w.copied = at(i + n)
	}
}

// number goes past a number. An integer that is a card number becomes a string.
func (w *walker) number() error {
	start := w.i
	digits := func() (n int) {
		for w.i < len(w.doc) && w.doc[w.i]-'0' <= 9 {
			w.i++
			n++
		}
		return n
	}
	if w.doc[w.i] == '-' {
		w.i++
	}
	if w.i < len(w.doc) && w.doc[w.i] == '0' {
		w.i++
	} else if digits() == 0 {
		return errSyntax
	}
	end := w.i
	if w.i < len(w.doc) && w.doc[w.i] == '.' {
		if w.i++; digits() == 0 {
			return errSyntax
		}
	}
	if w.i < len(w.doc) && w.doc[w.i]|0x20 == 'e' {
		if w.i++; w.i < len(w.doc) && (w.doc[w.i] == '+' || w.doc[w.i] == '-') {
			w.i++
		}
		if digits() == 0 {
			return errSyntax
		}
	}
	if end < w.i || end-start < minDigits || !w.wanted() {
		return nil
	}
	text := w.doc[start:end]
	if at, ok := w.worthwhile(text); ok {
		var sc scanner
		if found := sc.find(&w.options, text, at); len(found) > 0 {
			w.out = append(append(w.out, w.doc[w.copied:start]...), '"')
			w.out = append(w.rewrite(w.out, text, 0, len(text), found), '"')
			w.copied = end
		}
	}
	return nil
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
