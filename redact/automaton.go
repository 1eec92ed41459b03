package redact

import (
	"sync"
	"unicode/utf8"
)

// An automaton finds the card words in one pass over the bytes of a text, at the
// same pace whatever the text (A. Aho and M. Corasick, 1975). Its states are the
// beginnings of words, in all their spellings.
type automaton struct {
	trie
	starts [256]bool // bytes that a word starts with
	states []state
}

type state struct {
	depth uint8  // bytes
	found uint16 // the longest end of this that is a word; itself, if it is one
	after uint16 // the next shorter one
}

var cardAutomaton = sync.OnceValue(newAutomaton)

func newAutomaton() *automaton {
	a := &automaton{trie: newTrie(560)}
	for k := range cardWords {
		a.spell(0, cardWords[k].text, uint8(k+1))
	}
	for c, class := range a.class {
		a.starts[c] = a.step[0][class] > 0
	}
	// Where a beginning does not go on, its longest end that is a beginning does.
	a.states = make([]state, len(a.step))
	fail := make([]uint16, len(a.step))
	queue := []uint16{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		x, f := &a.states[s], fail[s]
		x.after = a.states[f].found
		if x.found = x.after; a.word[s] > 0 {
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
			a.states[to].depth = x.depth + 1
			queue = append(queue, to)
		}
	}
	return a
}

// spell makes text, the rest of a word, known behind state s in all spellings. Each
// has states of its own, since they are not equally long.
func (a *automaton) spell(s uint16, text string, word uint8) {
	if text == "" {
		a.word[s] = word
		return
	}
	r, n := utf8.DecodeRuneInString(text)
	for _, r := range spellings(r) {
		to := s
		for _, c := range []byte(string(r)) {
			to = a.child(to, c)
		}
		a.spell(to, text[n:], word)
	}
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
			w := &cardWords[a.word[t]-1]
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
