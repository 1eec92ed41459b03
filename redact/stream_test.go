package redact_test

import (
	"bytes"
	"io"
	"math/rand/v2"
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
	for range 150 {
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
