package redact_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/redact"
)

// variants are Redactors that differ in what may matter to any property.
var variants = []*redact.Redactor{
	{}, {Keep: redact.KeepFirst6Last4}, {Mask: '*'}, {Keep: redact.KeepNone, Mask: '█'},
	{Strict: true, Mask: '#'}, {InsecureKeepSAD: true}, {Keep: redact.KeepFirst6Last4, Mask: '*', Strict: true},
}

// broken checks what holds of every text, and says what does not.
func broken(r *redact.Redactor, text string) error {
	got := r.String(text)
	if again := r.String(got); again != got {
		return fmt.Errorf("masks again\n once %q\ntwice %q", got, again)
	}
	if err := onlyDigitsChanged(r, text, got); err != nil {
		return err
	}
	// Find tells the truth about String.
	spans := r.Find(text)
	if (len(spans) > 0) != (got != text) {
		return fmt.Errorf("%d spans, but %q", len(spans), got)
	}
	end, hidden := 0, 0
	for _, s := range spans {
		if s.Start < end || s.End <= s.Start || s.End > len(text) || s.Hidden < 1 || s.Digits < s.Hidden {
			return fmt.Errorf("bad span in %+v", spans)
		}
		end, hidden = s.End, hidden+s.Hidden
	}
	changed := 0
	from := []rune(text)
	for i, c := range []rune(got) {
		if c != from[i] {
			changed++
		}
	}
	if changed != hidden {
		return fmt.Errorf("%d characters changed, spans say %d", changed, hidden)
	}
	// Bytes does the same, in place if it can.
	b := []byte(text)
	inPlace := r.Bytes(b)
	if string(inPlace) != got {
		return fmt.Errorf("bytes: %q", inPlace)
	}
	if len(b) > 0 && got != text && r.Mask < utf8.RuneSelf && &inPlace[0] != &b[0] {
		return fmt.Errorf("not in place")
	}
	return nil
}

// onlyDigitsChanged checks that got has the characters of text, but for digits
// that have become masks.
func onlyDigitsChanged(r *redact.Redactor, text, got string) error {
	mask := rune(r.Mask)
	if mask == 0 {
		mask = rune(redact.DefaultMask)
	}
	a, b := text, got
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if a[:n] != b[:m] && (!unicode.IsDigit(x) || y != mask) {
			return fmt.Errorf("%q became %q", a[:n], b[:m])
		}
		a, b = a[n:], b[m:]
	}
	if a != b {
		return fmt.Errorf("another number of characters: %q", got)
	}
	if utf8.ValidString(text) != utf8.ValidString(got) {
		return fmt.Errorf("no longer valid UTF-8: %q", got)
	}
	return nil
}

func TestPropertiesOfRandomTexts(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(5, 6))
	for n := range iterations(20_000) {
		text := randomText(rnd, 2+rnd.IntN(30))
		if n%3 == 0 {
			text = randomList(rnd)
		}
		r := variants[n%len(variants)]
		if err := broken(r, text); err != nil {
			t.Fatalf("%+v\n text %q\n%v", r, text, err)
		}
	}
}

func TestAMaskedCardFreesNoListBeforeIt(t *testing.T) {
	t.Parallel()
	more := []*redact.Redactor{{InsecureKeepSAD: true, Mask: '█'}, {Strict: true, Mask: '#'}, {Keep: redact.KeepFirst6Last4, Mask: '█'}}
	for _, text := range []string{
		// A weak card, a list of 14 digits and one of 16, each of which would be a
		// card by itself. With the end of the first card, the first list seems to
		// be a card in front of the second.
		"Visa46667485 48660 6.0.7 8 0 9 1 2 5 5 7 5 6 2 2 2.5 6 6 1 5 8 9 7 9 7 6 4 5 4",
		"card49054778809705_61424_3_0_9_2_0_1 8_2_9_2_7_4_3 7_3_4_4 1_9_6_3_9_8_6_7_7_5_6_8",
		"Visa x30222569310 505 6 7-2 7 3 7 9 6-6 0 4-0 6 6-1 1 2-8 6 7 6 4 6 6",
		"card a601196207 6825 60 11 82 35 04 26 22 21 17 39 67.46 28 58",
		// Two cards in a list inside the data of a magnetic stripe.
		";4242424242424242=29011010.4-2-4-2-4-2-4-2-4-2-4-2-4-2-4-2-5-5-5-5-5-5-5-5-5-5-5-5-4-4-4-4",
	} {
		for _, r := range append(more, variants...) {
			require.NoError(t, broken(r, text), "%+v %q", r, text)
			require.Equal(t, refRedact(r, text), r.String(text))
		}
	}
}

func TestTrackDataThatBelongsToTwoCardsIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"%B4242424242424242^DOE/B4242424242424242^X^29011010000012300000?",
		"B4242424242424242^B4242424242424242^B4000056655665556^X^29011010000012300000?",
		"B4242424242424242^X ;4000056655665556=2901101123400^2901101?",
		"%B4242424242424242^;4000056655665556=2901101^29;4242424242424242=29011011234?",
		"B4242424242424242^B4000056655665556^" + strings.Repeat("X", 40) + "^2901101" + strings.Repeat(".", 70) + "2901101 2901101?",
		";4242424242424242=2٢٣٤٥٦٧٨9121010?",
	} {
		for _, r := range variants {
			require.NoError(t, broken(r, text), "%+v %q", r, text)
			require.Equal(t, refRedact(r, text), r.String(text))
		}
	}
	spans := variants[0].Find("%B4242424242424242^DOE/B4000056655665556^X^29011010000012300000?")
	require.Len(t, spans, 3)
	require.Equal(t, redact.TrackData, spans[2].Kind)
	require.Equal(t, 20, spans[2].Hidden)
}

// iterations returns n, less under the race detector, or what the environment
// asks for instead.
func iterations(n int) int {
	if v, err := strconv.Atoi(os.Getenv("REDACT_ITERATIONS")); err == nil {
		return v
	}
	if raced {
		return n / 4
	}
	return n
}

func TestFarTextDoesNotChangeAVerdict(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 8))
	// Neither a separator nor part of an identifier, and without a card word.
	far := strings.Repeat("(zzz) ", 4300/6)
	for n := range iterations(3000) {
		r := variants[n%len(variants)]
		text, before, behind := randomText(rnd, 12), randomText(rnd, 12), randomText(rnd, 12)
		want := r.String(before+far) + r.String(far+text+far) + r.String(far+behind)
		got := r.String(before + far + far + text + far + far + behind)
		if got != want {
			t.Fatalf("%+v\n%q\n%q\n%q\n got %q\nwant %q", r, before, text, behind, strings.ReplaceAll(got, far, "…"), strings.ReplaceAll(want, far, "…"))
		}
	}
}

func TestReferenceAgreesOnTheCorpus(t *testing.T) {
	t.Parallel()
	for i, l := range corpus(t) {
		if got := refRedact(&redact.Redactor{Mask: '*'}, l.Text); got != l.Want {
			t.Errorf("line %d (%s)\n text %q\n  got %q\n want %q", i+1, l.Note, l.Text, got, l.Want)
		}
	}
}

func TestReferenceAgreesOnRandomTexts(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	masked := 0
	for n := range iterations(1500) {
		text := strings.ToValidUTF8(randomText(rnd, 3+rnd.IntN(25)), "")
		if n%3 == 0 {
			text = randomList(rnd)
		}
		r := variants[n%len(variants)]
		got, want := r.String(text), refRedact(r, text)
		if want != text {
			masked++
		}
		if got != want {
			t.Fatalf("%+v\n text %q\n  got %q\n want %q\n spans %+v", r, text, got, want, r.Find(text))
		}
	}
	t.Logf("%d of the texts had something to mask", masked)
	if masked == 0 {
		t.Error("nothing was compared")
	}
}

func FuzzRedactor(f *testing.F) {
	for _, l := range corpus(f) {
		f.Add(l.Text, uint8(0))
		f.Add(l.Want+" "+l.Text, uint8(2))
	}
	f.Add("B4242424242424242^^A", uint8(0)) // track data without digits
	f.Fuzz(func(t *testing.T, text string, variant uint8) {
		r := variants[int(variant)%len(variants)]
		if err := broken(r, text); err != nil {
			t.Fatalf("%+v\n text %q\n%v", r, text, err)
		}
	})
}

func FuzzReference(f *testing.F) {
	for _, l := range corpus(f) {
		f.Add(l.Text, uint8(0))
	}
	f.Add("卡600000001344Ｂ", uint8(6))                                 // a full-width letter
	f.Add("银联_6263_2145_1960_02_6228 4800 0000 1230_7_0_?", uint8(2)) // a certain card that may go on
	f.Add("0000\x00 5555 5545 5555 5444 0", uint8(0x93))              // gaps that differ by a zero byte
	f.Fuzz(func(t *testing.T, text string, variant uint8) {
		if !utf8.ValidString(text) || len(text) > 500 {
			return
		}
		r := variants[int(variant)%len(variants)]
		if got, want := r.String(text), refRedact(r, text); got != want {
			t.Fatalf("%+v\n text %q\n  got %q\n want %q\n spans %+v", r, text, got, want, r.Find(text))
		}
	})
}

func FuzzStream(f *testing.F) {
	for _, l := range corpus(f) {
		f.Add(l.Text, uint8(0), uint8(3), uint8(5))
	}
	f.Fuzz(func(t *testing.T, text string, variant, first, second uint8) {
		r := variants[int(variant)%len(variants)]
		want := r.String(text)
		sizes := []int{1 + int(first), 1 + int(second)}
		got := written(t, r, text, func() int {
			slices.Reverse(sizes)
			return sizes[0]
		})
		if got != want {
			t.Fatalf("%+v\n text %q\n  got %q\n want %q", r, text, got, want)
		}
	})
}
