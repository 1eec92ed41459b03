package settings

import (
	"strings"
	"unicode"
)

// SameName says that people could not tell the names of two channels apart.
func (s *Settings) SameName(other *Settings) bool {
	return visibleName(s.Name) == visibleName(other.Name)
}

// visibleName is a name as people tell it from others: without what cannot be seen, with one
// space for every kind of space, in one case.
func visibleName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || blank(r) {
			return ' '
		}
		if unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector) || r == '\u034F' {
			return -1
		}
		return r
	}, name)
	return strings.ToLower(strings.ToUpper(strings.Join(strings.Fields(name), " ")))
}

// blank says that a letter or sign shows nothing: the Hangul fillers and the empty Braille cell.
func blank(r rune) bool {
	switch r {
	case '\u115F', '\u1160', '\u3164', '\uFFA0', '\u2800':
		return true
	}
	return false
}
