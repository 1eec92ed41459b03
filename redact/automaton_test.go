package redact

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestNoCardWordIsInsideAnother(t *testing.T) {
	t.Parallel()
	for _, a := range cardWords {
		for _, b := range cardWords {
			if a.text != b.text && !b.whole {
				require.NotContains(t, a.text, b.text, "the first to end would not be the first to begin")
			}
		}
	}
}

func TestSpellingsAreAllThatIsALetterInLowerCase(t *testing.T) {
	t.Parallel()
	letters := map[rune]bool{}
	texts := trieTexts()
	for _, text := range texts {
		for _, r := range text {
			letters[r] = true
		}
	}
	want := map[rune][]rune{}
	for r := range rune(unicode.MaxRune + 1) {
		if low := toLower(r); letters[low] && (r >= 0x80 || r == low) {
			want[low] = append(want[low], r)
		}
	}
	for r := range letters {
		require.ElementsMatch(t, want[r], spellings(r), "%q", r)
	}
}

// trieTexts returns all texts that some trie holds.
func trieTexts() (texts []string) {
	for _, w := range cardWords {
		texts = append(texts, w.text)
	}
	for _, l := range codeLabels {
		texts = append(texts, l.text)
	}
	texts = append(texts, expiryWords[:]...)
	return append(texts, fillers[:]...)
}

// pieces is what random texts around words are made of: words, their beginnings
// and ends, spellings, letters, digits, broken characters.
func pieces() (all []string) {
	for _, text := range trieTexts() {
		r := []rune(text)
		all = append(all, text, strings.ToUpper(text), strings.ToUpperSpecial(unicode.TurkishCase, text), string(r[:len(r)/2]), string(r[len(r)/2:]), string(r[:1]))
	}
	return append(all, "\u212A", "ı", "é", "я", " ", "-", "4", "2", "\n", "\xd0", "\xe5\x8d", "\xff", "c", "a", "n")
}

func randomWords(rnd *rand.Rand, from []string) []byte {
	var b []byte
	for range rnd.IntN(12) {
		b = append(b, from[rnd.IntN(len(from))]...)
	}
	return b
}

func TestTheAutomatonFindsWhatASearchForEachWordFinds(t *testing.T) {
	t.Parallel()
	a, from := cardAutomaton(), pieces()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 40_000 {
		b := randomWords(rnd, from)
		i := rnd.IntN(len(b) + 1)
		to := i + rnd.IntN(len(b)-i+1)
		unionPay := rnd.IntN(3) == 0
		wantAt, wantN := to, 0
	search:
		for at := i; at < to; at++ {
			for _, w := range cardWords {
				n := foldPrefix(b[at:], w.text)
				if n > 0 && (w.unionPay || !unionPay) && (!w.whole || isWhole(b, at, at+n)) {
					wantAt, wantN = at, n
					break search
				}
			}
		}
		at, n := a.next(b, i, to, unionPay)
		require.Equal(t, [2]int{wantAt, wantN}, [2]int{at, n}, "%q from %d to %d", b, i, to)
	}
}

// endsWithFold reports whether b ends with text, which is in lower case, but for the
// case of letters, and returns how many bytes that are.
func endsWithFold(b []byte, text string) (n int, ok bool) {
	for k := len(b) - 1; k >= 0 && len(b)-k <= 3*len(text); k-- {
		if foldPrefix(b[k:], text) == len(b)-k {
			return len(b) - k, true
		}
	}
	return 0, false
}

func TestTriesFindWhatASearchForEachWordFinds(t *testing.T) {
	t.Parallel()
	from := pieces()
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 40_000 {
		b := randomWords(rnd, from)

		var kind Kind
		for _, l := range codeLabels {
			n, ok := endsWithFold(b, l.text)
			if !ok {
				continue
			}
			if before, _ := runeBefore(b, len(b)-n); len(l.text) > 4 || !isAnyLetter(before) {
				kind = l.kind
			}
		}
		require.Equal(t, kind, codeLabelTrie().labelBefore(b, len(b)), "label before the end of %q", b)

		expiry := false
		for _, w := range expiryWords {
			expiry = expiry || foldPrefix(b, w) > 0
		}
		require.Equal(t, expiry, startsExpiryWord(b), "expiry word at the start of %q", b)

		cut, whole := len(b), false
		for _, w := range fillers {
			n, ok := endsWithFold(b, w)
			whole = whole || ok && n == len(b)
			if ok && n > 1 && n < len(b) {
				cut = min(cut, len(b)-n)
			}
		}
		short, all := trimFiller(b)
		require.Equal(t, whole, all, "all of %q", b)
		require.Equal(t, string(b[:cut]), string(short), "%q", b)
	}
}
