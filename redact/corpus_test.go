package redact_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

// A labelled is one line of the corpus: a text, what must become of it with the
// last four digits readable and with the first six as well, masked by asterisks,
// and what it stands for.
type labelled struct {
	Text, Want, Want6, Kind, Note string
}

func corpus(tb testing.TB) []labelled {
	tb.Helper()
	f, err := os.Open("testdata/redaction-corpus.jsonl")
	require.NoError(tb, err)
	defer f.Close()
	var lines []labelled
	for in := bufio.NewScanner(f); in.Scan(); {
		var l labelled
		require.NoError(tb, json.Unmarshal(in.Bytes(), &l))
		lines = append(lines, l)
	}
	require.Len(tb, lines, 201)
	return lines
}

func TestCorpusIsMaskedExactly(t *testing.T) {
	t.Parallel()
	for _, mask := range []redact.Mask{'*', 'X', '█'} {
		for _, keep := range []redact.Keep{redact.KeepLast4, redact.KeepFirst6Last4} {
			r := redact.Redactor{Mask: mask, Keep: keep}
			for i, l := range corpus(t) {
				want := l.Want
				if keep == redact.KeepFirst6Last4 {
					want = l.Want6
				}
				want = withMask(l.Text, want, rune(mask))
				if got := r.String(l.Text); got != want {
					t.Errorf("line %d (%s, %s)\n text %q\n  got %q\n want %q\n spans %+v",
						i+1, l.Kind, l.Note, l.Text, got, want, r.Find(l.Text))
				}
			}
		}
	}
}

// withMask replaces the asterisks that masking brought into want by mask.
func withMask(text, want string, mask rune) string {
	var out strings.Builder
	from := []rune(text)
	for i, r := range []rune(want) {
		if r == '*' && from[i] != '*' {
			r = mask
		}
		out.WriteRune(r)
	}
	return out.String()
}
