package redact

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// An automaton finds the card words in one pass over the bytes of a text, at the
// same pace whatever the text (A. Aho and M. Corasick, 1975). Its states are the
// beginnings of words, in all their spellings; state 0 is the empty one.
type automaton struct {
	class  [256]uint8        // of each byte; 0 is in no word
	starts [256]bool         // bytes that a word starts with
	step   [][classes]uint16 // from each state, by class
	states []state
}

// classes is more than the bytes that the words are made of.
const classes = 128

type state struct {
	depth uint8  // bytes
	word  uint8  // one more than the index of the word that this is, or 0
	found uint16 // the longest end of this that is a word; itself, if it is one
	after uint16 // the next shorter one
}

var cardAutomaton = sync.OnceValue(newAutomaton)

func newAutomaton() *automaton {
	a := &automaton{step: make([][classes]uint16, 1), states: make([]state, 1)}
	for k := range cardWords {
		a.add(0, cardWords[k].text, uint8(k+1))
	}
	for c, class := range a.class {
		a.starts[c] = a.step[0][class] > 0
	}
	// Where a beginning does not go on, its longest end that is a beginning does.
	fail := make([]uint16, len(a.states))
	queue := []uint16{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		x, f := &a.states[s], fail[s]
		x.after = a.states[f].found
		if x.found = x.after; x.word > 0 {
			x.found = s
		}
		for c, to := range a.step[s] {
			if to == 0 {
				a.step[s][c] = a.step[f][c]
				continue
			}
			if s > 0 {
				fail[to] = a.step[f][c]
			}
			queue = append(queue, to)
		}
	}
	return a
}

// add makes text, the rest of a word, known behind state s in all spellings.
func (a *automaton) add(s uint16, text string, word uint8) {
	if text == "" {
		a.states[s].word = word
		return
	}
	r, n := utf8.DecodeRuneInString(text)
	for _, r := range spellings(r) {
		to := s
		for _, c := range []byte(string(r)) {
			to = a.child(to, c)
		}
		a.add(to, text[n:], word)
	}
}

// child returns the state behind s and the byte c.
func (a *automaton) child(s uint16, c byte) uint16 {
	class := &a.class[c]
	if *class == 0 {
		for _, other := range a.class {
			*class = max(*class, other)
		}
		*class++
		if isLetter(c) {
			a.class[c^0x20] = *class // the same in both cases
		}
	}
	to := &a.step[s][*class]
	if *to == 0 {
		*to = uint16(len(a.states))
		a.step = append(a.step, [classes]uint16{})
		a.states = append(a.states, state{depth: a.states[s].depth + 1})
		return uint16(len(a.states) - 1)
	}
	return *to
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

// next returns the offset and the length of the first word that starts in
// b[i:to], or to and 0. With unionPay set, only the names of UnionPay count.
func (a *automaton) next(b []byte, i, to int, unionPay bool) (at, n int) {
	s := uint16(0)
	for ; i < len(b); i++ {
		if s == 0 {
			for i < to && !a.starts[b[i]] {
				i++
			}
			if i >= to {
				break
			}
		}
		s = a.step[s][a.class[b[i]]]
		x := &a.states[s]
		for t := x.found; t > 0; t = a.states[t].after {
			y := &a.states[t]
			w := &cardWords[y.word-1]
			at = i + 1 - int(y.depth)
			if (w.unionPay || !unionPay) && (!w.whole || isWhole(b, at, i+1)) {
				return at, int(y.depth)
			}
		}
		if i+1 >= to && i+1-int(x.depth) >= to {
			break
		}
	}
	return to, 0
}

// isWhole reports whether no letter touches b[i:end].
func isWhole(b []byte, i, end int) bool {
	if r, _ := runeBefore(b, i); isAnyLetter(r) {
		return false
	}
	r, _ := runeAfter(b, end)
	return !isAnyLetter(r)
}
