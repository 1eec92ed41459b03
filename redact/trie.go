package redact

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// A trie is a set of words that is read byte by byte, from state to state,
// beginning with state 0. ASCII letters are the same in both cases.
type trie struct {
	class [256]uint8 // of each byte; 0 is in no word
	step  [][classes]uint16
	word  []uint8 // what ends with a state, or 0
}

// classes is more than the bytes that any words are made of.
const classes = 128

// newTrie returns an empty trie with room for some states.
func newTrie(room int) trie {
	return trie{step: make([][classes]uint16, 1, room), word: make([]uint8, 1, room)}
}

// child returns the state behind s and the byte c, which it makes if need be.
func (t *trie) child(s uint16, c byte) uint16 {
	to := &t.step[s][t.classOf(c)]
	if *to > 0 {
		return *to
	}
	*to = uint16(len(t.step))
	t.step = append(t.step, [classes]uint16{})
	t.word = append(t.word, 0)
	return uint16(len(t.step) - 1)
}

// letter returns the state behind s and any spelling of r. With back set, the trie is
// read backwards.
func (t *trie) letter(s uint16, r rune, back bool) (to uint16) {
	for _, r := range spellings(r) {
		b := []byte(string(r))
		if back {
			slices.Reverse(b)
		}
		from, last := s, len(b)-1
		for _, c := range b[:last] {
			from = t.child(from, c)
		}
		if to == 0 {
			to = t.child(from, b[last])
		}
		t.step[from][t.classOf(b[last])] = to
	}
	return to
}

// add makes text known. With back set, the trie is read backwards.
func (t *trie) add(text string, word uint8, back bool) {
	letters := []rune(text)
	if back {
		slices.Reverse(letters)
	}
	s := uint16(0)
	for _, r := range letters {
		s = t.letter(s, r, back)
	}
	t.word[s] = word
}

// classOf returns the class of a byte in a word.
func (t *trie) classOf(c byte) uint8 {
	class := &t.class[c]
	if *class == 0 {
		for _, other := range t.class {
			*class = max(*class, other)
		}
		*class++
		if isLetter(c) {
			t.class[c^0x20] = *class
		}
	}
	return *class
}

// spellings returns the letters that are r in lower case, but for ASCII capitals.
func spellings(r rune) []rune {
	all := []rune{r}
	for x := unicode.SimpleFold(r); x != r; x = unicode.SimpleFold(x) {
		if x >= utf8.RuneSelf && toLower(x) == r {
			all = append(all, x)
		}
	}
	if r == 'i' {
		all = append(all, 'İ') // Turkish capitals have a dot on the I: VİSA
	}
	return all
}
