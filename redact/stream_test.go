package redact_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

// written redacts text through a Writer, cut into pieces of at most n bytes.
func written(tb testing.TB, r *redact.Redactor, text string, piece func() int) string {
	tb.Helper()
	var out bytes.Buffer
	w := r.NewWriter(&out)
	for len(text) > 0 {
		n := min(piece(), len(text))
		_, err := io.WriteString(w, text[:n])
		require.NoError(tb, err)
		text = text[n:]
	}
	require.NoError(tb, w.Close())
	return out.String()
}

func TestWriterGivesTheSameWhereverTheTextIsCut(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	var all strings.Builder
	for _, l := range corpus(t) {
		all.WriteString(l.Text)
		all.WriteByte('\n')
	}
	texts := []string{all.String(), all.String() + strings.Repeat("cvv 123 filler ", 400) + "4242424242424242"}
	for range 60 {
		texts = append(texts, randomText(rnd, 20+rnd.IntN(60)))
	}
	for _, r := range []*redact.Redactor{{}, {Keep: redact.KeepFirst6Last4, Mask: '█'}, {Mask: '*', Strict: true}, {InsecureKeepSAD: true}} {
		for _, text := range texts {
			want := r.String(text)
			for _, size := range []int{1, 2, 3, 7, 16, 64, 1000, 4096} {
				if size < 16 && len(text) > 8000 {
					continue
				}
				if got := written(t, r, text, func() int { return size }); got != want {
					t.Fatalf("pieces of %d\n text %q\n  got %q\n want %q", size, text, got, want)
				}
			}
			if got := written(t, r, text, func() int { return 1 + rnd.IntN(40) }); got != want {
				t.Fatalf("pieces at random\n text %q\n  got %q\n want %q", text, got, want)
			}
			got, err := io.ReadAll(iotest.HalfReader(r.NewReader(iotest.OneByteReader(strings.NewReader(text)))))
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		}
	}
}

func TestStreamsTellWhatTheyFind(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(12, 13))
	for range 20 {
		text := randomText(rnd, 800)
		var r redact.Redactor
		want := r.Find(text)
		var got []redact.Span
		w := r.NewWriter(io.Discard)
		w.Found = func(s redact.Span) { got = append(got, s) }
		for i := 0; i < len(text); i += 100 {
			_, err := io.WriteString(w, text[i:min(i+100, len(text))])
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		require.Equal(t, want, got)

		got = nil
		in := r.NewReader(iotest.HalfReader(strings.NewReader(text)))
		in.Found = func(s redact.Span) { got = append(got, s) }
		_, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestFlushEndsAText(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	var out bytes.Buffer
	var starts []int
	w := r.NewWriter(&out)
	w.Found = func(s redact.Span) { starts = append(starts, s.Start) }
	for _, text := range []string{"4242424242424242", " cvv 123", "4242 4242 ", "4242 4242", "x 4242424242424242"} {
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	require.Equal(t, "XXXXXXXXXXXX4242 cvv 1234242 4242 4242 4242x XXXXXXXXXXXX4242", out.String())
	require.Equal(t, []int{0, 2}, starts)
}

func TestWriterKeepsLittleBack(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	for _, tc := range []struct {
		text string
		want int // bytes kept back
	}{
		{"no digits at all", 0},
		{"call 4915112345678 now", len("4915112345678 now")},
		{"call 4915112345678 now" + strings.Repeat(", without a number", 100), 0},
		{"order 88213 and 4242424242424242" + strings.Repeat(", no number", 100), 0},
		{"my code is 123" + strings.Repeat(", no number", 100), len("123") + 100*len(", no number")}, // a card may follow
		{"my code is 123" + strings.Repeat(", no number", 500), 0},
		{"broken \xe2\x80", 2},
	} {
		var out bytes.Buffer
		w := r.NewWriter(&out)
		_, err := io.WriteString(w, tc.text)
		require.NoError(t, err)
		require.Equal(t, redact.Cards(tc.text[:len(tc.text)-tc.want]), out.String())
		require.NoError(t, w.Close())
		require.Equal(t, redact.Cards(tc.text), out.String())
	}
	// What is kept back has a bound, whatever the text.
	for _, tc := range []struct {
		piece string
		most  int
	}{
		{"1 ", 5000}, {"4242 ", 5000}, {"0", 5000}, {"500000000009-", 5000}, {"4242424242424242 pin 1234 ", 5000}, {"order 88213, 2 of 3; ", 5000},
		{"4\u200b", 10_000}, {"cvv 123 ", 20_000},
	} {
		out := &counter{}
		w := r.NewWriter(out)
		for in := 0; in < 40_000; in += len(tc.piece) {
			if _, err := io.WriteString(w, tc.piece); err != nil || in-out.n >= tc.most {
				t.Fatalf("%q: %d bytes kept back, error %v", tc.piece, in-out.n, err)
			}
		}
	}
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

func TestStreamsPassErrorsOn(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	broken := errors.New("broken")
	w := r.NewWriter(writerFunc(func([]byte) (int, error) { return 0, broken }))
	n, err := io.WriteString(w, "some text")
	require.Zero(t, n)
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, w.Flush(), broken, "the error stays")
	require.ErrorIs(t, w.Close(), broken)

	w = r.NewWriter(io.Discard)
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	_, err = io.WriteString(w, "late")
	require.Error(t, err)

	in := r.NewReader(io.MultiReader(strings.NewReader("text, 4242424242424242"), iotest.ErrReader(broken)))
	got, err := io.ReadAll(in)
	require.ErrorIs(t, err, broken)
	require.Equal(t, "text, ", string(got), "what is not decided is not given out")
	_, err = in.Read(make([]byte, 1))
	require.ErrorIs(t, err, broken)
	n, err = in.Read(nil)
	require.Zero(t, n)
	require.NoError(t, err)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestStreamOfARedactorThatIsOff(t *testing.T) {
	t.Parallel()
	r := redact.Redactor{InsecureOff: true}
	require.Equal(t, "4242424242424242", written(t, &r, "4242424242424242", func() int { return 3 }))
}

func TestWriterPartsNoCardFromWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	for _, card := range []string{
		"%B4242424242424242^DOE/JOHN^29011010000012300000? ", ";4111111111111111=29011010000012300000? ", "4111111111111111 03/27 123 ",
	} {
		text := card + strings.Repeat("12 ", 1600)
		want := r.String(text)
		for first := 4500; first < 4800; first++ { // bytes that are written before the rest
			sizes := []int{len(text), first}
			got := written(t, &r, text, func() int {
				slices.Reverse(sizes)
				return sizes[0]
			})
			require.Equal(t, want, got, "the first %d bytes", first)
		}
	}
}
