package template

import (
	"strings"
	"unicode/utf8"
)

// variable is one well-formed {{name}} in a text.
type variable struct {
	start, end int // byte offsets of the opening braces and past the closing ones
	name       string
}

// nextVariable finds the first well-formed variable at or after from. Braces
// that do not enclose a name are text; Validate reports them.
func nextVariable(text string, from int) (v variable, ok bool) {
	for {
		i := strings.Index(text[from:], "{{")
		if i < 0 {
			return variable{}, false
		}
		start := from + i
		end := start + 2
		for end < len(text) && nameByte(text[end]) {
			end++
		}
		if end > start+2 && strings.HasPrefix(text[end:], "}}") {
			return variable{start, end + 2, text[start+2 : end]}, true
		}
		// One step only: "{{{1}}" has its variable one byte further on.
		from = start + 1
	}
}

// hasVariables reports whether text has any variable.
func hasVariables(text string) bool {
	_, ok := nextVariable(text, 0)
	return ok
}

// appendVariables appends the variables of text to list.
func appendVariables(list []variable, text string) []variable {
	for v, more := nextVariable(text, 0); more; v, more = nextVariable(text, v.end) {
		list = append(list, v)
	}
	return list
}

// nameByte is wider than what Meta accepts today, so that a template which was
// accepted once still binds.
func nameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' || b >= 'A' && b <= 'Z'
}

// runes counts characters as limits count them: Unicode code points. Meta does
// not publish the unit.
func runes(s string) int { return utf8.RuneCountInString(s) }

// utf16Len counts UTF-16 units, in which an emoji may count double.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
