package redact

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	minSpelled = 3  // number words in a row that count
	maxSpelled = 80 // characters between two groups in which they are looked for
	besideWord = 4  // digits of such a group at least

	// spelled is the character that a number word is read as, a digit.
	spelled rune = -2
)

// values holds what number words stand for.
var values = sync.OnceValue(func() map[string]uint8 {
	all := map[string]uint8{}
	for _, row := range numerals {
		for value, forms := range strings.Fields(row) {
			for form := range strings.SplitSeq(forms, "/") {
				var folded []rune
				for _, r := range form {
					if c := charOf(table(), r); !c.is(ignored) {
						folded = append(folded, c.fold)
					}
				}
				all[string(folded)] = uint8(value)
			}
		}
	}
	return all
})

// spell reads number words between two groups of some length as digits: "4950 two one zero
// one 5522".
func (s *scanner) spell() {
	found := false
	for k := len(s.g) - 2; k >= 0; k-- {
		if min(s.g[k].n(), s.g[k+1].n()) < besideWord || s.g[k+1].from-s.g[k].to < minSpelled {
			continue
		}
		var buf [maxDigits]char
		digits, from, to := s.numerals(buf[:0], s.g[k].to, s.g[k+1].from)
		if len(digits) >= minSpelled {
			s.c = slices.Replace(s.c, from, to, digits...)
			found = true
		}
	}
	if !found {
		return
	}
	s.g = s.g[:0]
	for i := range s.c {
		if s.c[i].is(digit) || s.c[i].r == s.mask {
			s.extend(i, !s.c[i].is(digit))
		}
	}
}

// numerals appends the first number words in a row that stand in characters i to end to
// digits, and returns where they do. Where words are written without spaces between them,
// each character is one.
func (s *scanner) numerals(digits []char, i, end int) (_ []char, from, to int) {
	if end-i > maxSpelled {
		return nil, 0, 0
	}
	for i < end && len(digits) < cap(digits) {
		if !s.c[i].is(letter) {
			i++
			continue
		}
		next := i + 1
		for next < end && s.c[next].is(letter) {
			next++
		}
		value, ok := s.numeral(i, next)
		if !ok && s.c[i].is(unspaced) {
			next = i + 1
			value, ok = s.numeral(i, next)
		}
		switch {
		case ok:
			if len(digits) == 0 {
				from = i
			}
			to = next
			digits = append(digits, char{r: spelled, fold: '0' + rune(value), at: s.c[i].at, class: digit, value: value})
		case len(digits) >= minSpelled:
			return digits, from, to
		default:
			digits = digits[:0]
		}
		i = next
	}
	return digits, from, to
}

// numeral returns what the word in characters i to end stands for.
func (s *scanner) numeral(i, end int) (value uint8, ok bool) {
	var buf [32]byte
	word := buf[:0]
	for ; i < end && len(word) < len(buf)-utf8.UTFMax; i++ {
		word = utf8.AppendRune(word, s.c[i].fold)
	}
	value, ok = values()[string(word)]
	return value, ok && i == end
}

// written returns how many of the n digits from character i on, or back, are digits in the
// text, too.
func (s *scanner) written(i, step, n int) (count int) {
	for ; n > 0; i += step {
		if s.c[i].is(digit) {
			n--
			if s.c[i].r != spelled {
				count++
			}
		}
	}
	return count
}
