package redact

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// cased returns a text in the cases that people write it in: Turkish has
// capitals of its own.
func cased(text string) []string {
	r, n := utf8.DecodeRuneInString(text)
	return []string{text, string(unicode.ToUpper(r)) + text[n:], strings.ToUpper(text), strings.ToUpperSpecial(unicode.TurkishCase, text)}
}

func TestEveryCardWordCountsInEveryCase(t *testing.T) {
	t.Parallel()
	const weak = "4222222222222" // 13 digits: a card only if a word says so
	require.Equal(t, weak, Cards(weak))
	for _, w := range cardWords {
		for _, text := range cased(w.text) {
			require.Equal(t, text+" XXXXXXXXX2222", Cards(text+" "+weak))
			require.Equal(t, "XXXXXXXXX2222 "+text, Cards(weak+" "+text))
			if w.whole {
				require.Equal(t, "a"+text+" "+weak, Cards("a"+text+" "+weak), "only as a whole word")
				require.Equal(t, weak+" "+text+"a", Cards(weak+" "+text+"a"), "only as a whole word")
			}
			if w.unionPay {
				const unchecked = "6228480000001230"
				require.Equal(t, unchecked, Cards(unchecked))
				require.Equal(t, text+" XXXXXXXXXXXX1230", Cards(text+" "+unchecked))
			}
		}
	}
}

func TestEveryCodeLabelCountsInEveryCase(t *testing.T) {
	t.Parallel()
	const card, masked = "4242424242424242 ", "XXXXXXXXXXXX4242 "
	for _, label := range codeLabels {
		for _, text := range cased(label.text) {
			require.Equal(t, masked+text+": XXX", Cards(card+text+": 123"))
			require.Equal(t, text+" XXXX, "+masked, Cards(text+" 1234, "+card))
			require.Equal(t, text+" 1234", Cards(text+" 1234"), "without a card")
			spans := zero.Find(card + text + ": 123")
			require.Equal(t, label.kind, spans[len(spans)-1].Kind, text)
		}
	}
}

func TestEveryExpiryWordCountsInEveryCase(t *testing.T) {
	t.Parallel()
	for _, w := range expiryWords {
		for _, text := range cased(w) {
			require.Equal(t, "XXXXXXXXXXXX4242 "+text+" 03/27 XXX", Cards("4242424242424242 "+text+" 03/27 123"))
		}
	}
}
