package redact_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

// matching makes a Detector of a pattern.
func matching(name, pattern string) redact.Detector {
	re := regexp.MustCompile(pattern)
	return redact.Detector{Name: name, Next: func(text string, from int) (start, end int) {
		m := re.FindStringIndex(text[from:])
		if m == nil {
			return -1, -1
		}
		return from + m[0], from + m[1]
	}}
}

func TestDetectors(t *testing.T) {
	t.Parallel()
	gift := matching("gift card", `GC-\d{8}`)
	kept := gift
	kept.KeepLast = 3
	short := gift
	short.MaxLen = 10
	card := matching("all digits", `\d[\d ]*\d`)
	for _, tc := range []struct {
		name       string
		detectors  []redact.Detector
		text, want string
	}{
		{"masks letters and digits", []redact.Detector{gift}, "my GC-12345678!", "my XX-XXXXXXXX!"},
		{"every match", []redact.Detector{gift}, "GC-12345678, GC-87654321", "XX-XXXXXXXX, XX-XXXXXXXX"},
		{"keeps the end on demand", []redact.Detector{kept}, "GC-12345678", "XX-XXXXX678"},
		{"ignores matches that are too long", []redact.Detector{short}, "GC-12345678", "GC-12345678"},
		{"beside a card", []redact.Detector{gift}, "4242424242424242 GC-12345678", "XXXXXXXXXXXX4242 XX-XXXXXXXX"},
		{"several", []redact.Detector{gift, matching("", `ID\d+`)}, "ID77 GC-12345678 ID8", "XXXX XX-XXXXXXXX XXX"},
		{"that overlap", []redact.Detector{gift, matching("", `5678 \w+`)}, "GC-12345678 abc d", "XX-XXXXXXXX XXX d"},
		{"the rules for cards hold where they overlap", []redact.Detector{card}, "12 4242424242424242 34", "XX XXXXXXXXXXXX4242 XX"},
		{"other scripts", []redact.Detector{matching("", `№\s*\pN+`)}, "№ ١٢٣", "№ XXX"},
		{"without a function", []redact.Detector{{Name: "empty"}}, "GC-12345678 4242424242424242", "GC-12345678 XXXXXXXXXXXX4242"},
		{"that answers nonsense", []redact.Detector{
			{Next: func(string, int) (int, int) { return 5, 3 }}, {Next: func(string, int) (int, int) { return 0, 1 << 40 }},
			{Next: func(_ string, from int) (int, int) { return from - 1, from }},
		}, "some text 4242424242424242", "some text XXXXXXXXXXXX4242"},
		{"that finds nothing but spaces", []redact.Detector{matching("", ` +`)}, "a b c", "a b c"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := redact.Redactor{Detectors: tc.detectors}
			require.Equal(t, tc.want, r.String(tc.text))
			require.Equal(t, tc.want, string(r.Bytes([]byte(tc.text))))
			for _, size := range []int{1, 2, 3, 7, 100} {
				require.Equal(t, tc.want, written(t, &r, tc.text, func() int { return size }), "pieces of %d", size)
			}
		})
	}
}

func TestDetectorsAreNamedInSpans(t *testing.T) {
	t.Parallel()
	r := redact.Redactor{Detectors: []redact.Detector{matching("gift card", `GC-\d{8}`)}}
	require.Equal(t, []redact.Span{
		{Start: 0, End: 16, Kind: redact.Card, Scheme: "visa", Tier: redact.Strong, Reason: redact.ByNumber, Digits: 16, Hidden: 12},
		{Start: 18, End: 29, Kind: redact.Custom, Scheme: "gift card", Reason: redact.ByDetector, Digits: 10, Hidden: 10},
	}, r.Find("4242424242424242, GC-12345678"))
}

func TestDetectorsFindTheSameInAStreamWhereverItIsCut(t *testing.T) {
	t.Parallel()
	r := redact.Redactor{Detectors: []redact.Detector{matching("gift card", `GC-\d{8}`), matching("name", `Ann [A-Z][a-z]+`)}}
	text := strings.Repeat("I am Ann Miller, card 4242 4242 4242 4242 cvv 123, voucher GC-12345678 and nothing else to say. ", 60)
	want := r.String(text)
	require.Equal(t, 60, strings.Count(want, "XXX XXXXXX"))
	require.Equal(t, 60, strings.Count(want, "XX-XXXXXXXX"))
	for _, size := range []int{1, 5, 64, 1000} {
		require.Equal(t, want, written(t, &r, text, func() int { return size }), "pieces of %d", size)
	}
}
