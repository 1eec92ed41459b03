package redact_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

func TestKeepSaysWhichDigitsStay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		keep       redact.Keep
		text, want string
	}{
		{redact.KeepLast4, "4242424242424242", "XXXXXXXXXXXX4242"},
		{redact.KeepFirst6Last4, "4242424242424242", "424242XXXXXX4242"},
		{redact.KeepNone, "4242424242424242", "XXXXXXXXXXXXXXXX"},
		{redact.Keep(9), "4242424242424242", "XXXXXXXXXXXXXXXX"},
		{redact.KeepFirst6Last4, "378282246310005", "378282XXXXX0005"},
		{redact.KeepFirst6Last4, "36227206271667", "362272XXXX1667"},
		{redact.KeepFirst6Last4, "visa 4222222222222", "visa XXXXXXXXX2222"}, // below 14 digits
		{redact.KeepFirst6Last4, "maestro 675900000018", "maestro XXXXXXXX0018"},
		{redact.KeepFirst6Last4, "6205500000000000004", "620550XXXXXXXXX0004"},
	} {
		require.Equal(t, tc.want, (&redact.Redactor{Keep: tc.keep}).String(tc.text))
	}
}

func TestOptionsChangeWhatIsMasked(t *testing.T) {
	t.Parallel()
	const labelled, card = "order 4539148803436467", "4242424242424242 cvv 123"
	for _, tc := range []struct {
		name       string
		r          *redact.Redactor
		text, want string
	}{
		{"nil is the zero Redactor", nil, card, "XXXXXXXXXXXX4242 cvv XXX"},
		{"off", &redact.Redactor{InsecureOff: true}, card, card},
		{"labels count", &redact.Redactor{}, labelled, labelled},
		{"strict ignores labels", &redact.Redactor{Strict: true}, labelled, "order XXXXXXXXXXXX6467"},
		{"codes stay on demand", &redact.Redactor{InsecureKeepSAD: true}, card, "XXXXXXXXXXXX4242 cvv 123"},
		{"track data stays on demand", &redact.Redactor{InsecureKeepSAD: true}, ";4242424242424242=29011010000?", ";XXXXXXXXXXXX4242=29011010000?"},
		{"another mask", &redact.Redactor{Mask: '█'}, card, "████████████4242 cvv ███"},
		{"a mask that is refused", &redact.Redactor{Mask: '7'}, card, "XXXXXXXXXXXX4242 cvv XXX"},
		{"no word of the host", &redact.Redactor{}, "Stadtpass 4222222222222", "Stadtpass 4222222222222"},
		{"a word of the host", &redact.Redactor{CardWords: []string{"stadtpass"}}, "Stadtpass 4222222222222", "Stadtpass XXXXXXXXX2222"},
		{"in another script", &redact.Redactor{CardWords: []string{"мойпроездной"}}, "МойПроездной: 4222222222222", "МойПроездной: XXXXXXXXX2222"},
		{"words of the host do not name UnionPay", &redact.Redactor{CardWords: []string{"stadtpass"}}, "stadtpass 6228480000001230", "stadtpass 6228480000001230"},
		{"an allowed number", &redact.Redactor{AllowNumbers: []string{"4111111111111111"}}, "4111 1111 1111 1111, 4242424242424242", "4111 1111 1111 1111, XXXXXXXXXXXX4242"},
		{"a number with the same beginning", &redact.Redactor{AllowNumbers: []string{"411111111111111"}}, "4111111111111111", "XXXXXXXXXXXX1111"},
		{"an allowed number makes codes of nothing", &redact.Redactor{AllowNumbers: []string{"4242424242424242"}}, card, card},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.NotPanics(t, func() { require.Equal(t, tc.want, tc.r.String(tc.text)) })
			require.Equal(t, tc.want, string(tc.r.Bytes([]byte(tc.text))))
			require.Equal(t, tc.want == tc.text, tc.r.Find(tc.text) == nil)
			require.Equal(t, tc.want, written(t, tc.r, tc.text, func() int { return 5 }))
		})
	}
}

func TestAllowIsAskedAboutEachCardAsASCIIDigits(t *testing.T) {
	t.Parallel()
	var asked []string
	r := redact.Redactor{Allow: func(number string) bool {
		asked = append(asked, number)
		return strings.HasSuffix(number, "1111")
	}}
	require.Equal(t, "٤١١١ ١١١١ ١١١١ ١١١١, XXXXXXXXXXXX4242, order 4539148803436467",
		r.String("٤١١١ ١١١١ ١١١١ ١١١١, 4242424242424242, order 4539148803436467"))
	require.Equal(t, []string{"4111111111111111", "4242424242424242"}, asked)
}

func TestBytesLeavesItsArgumentAloneWhenMasksAreLongerThanDigits(t *testing.T) {
	t.Parallel()
	r := redact.Redactor{Mask: '█'}
	b := []byte("4242424242424242")
	require.Equal(t, "████████████4242", string(r.Bytes(b)))
	require.Equal(t, "4242424242424242", string(b))
	wide := []byte("４２４２４２４２４２４２４２４２")
	got := r.Bytes(wide)
	require.Same(t, &wide[0], &got[0], "full-width digits are as long as the mask")
}

func TestValidateReportsAllThatIsWrong(t *testing.T) {
	t.Parallel()
	require.NoError(t, (*redact.Redactor)(nil).Validate())
	require.NoError(t, (&redact.Redactor{}).Validate())
	require.NoError(t, (&redact.Redactor{
		Keep: redact.KeepNone, Mask: 'x', CardWords: []string{"stadtpass", "карточк"}, AllowNumbers: []string{"4111111111111111"},
		Detectors: []redact.Detector{{Next: func(string, int) (int, int) { return -1, -1 }, MaxLen: 1024}},
	}).Validate())

	next := func(string, int) (int, int) { return -1, -1 }
	bad := redact.Redactor{
		Keep: 3, Mask: '5',
		CardWords:    []string{"", "Capital", "d1git", strings.Repeat("x", 65), "\xff"},
		AllowNumbers: []string{"41111111111", "41111111111111111111", "4111 1111 1111 1111", "４１１１１１１１１１１１"},
		Detectors:    []redact.Detector{{}, {Next: next, MaxLen: -1}, {Next: next, MaxLen: 1025}, {Next: next, KeepLast: -1}},
	}
	text := bad.Validate().Error()
	for _, want := range []string{"read keep", "read mask"} {
		require.Contains(t, text, want)
	}
	for i := range bad.CardWords {
		require.Contains(t, text, fmt.Sprintf("card word %d:", i))
	}
	for i := range bad.AllowNumbers {
		require.Contains(t, text, fmt.Sprintf("allowed number %d:", i))
	}
	for i := range bad.Detectors {
		require.Contains(t, text, fmt.Sprintf("detector %d:", i))
	}
	require.NotContains(t, text, "4111")
	require.NotContains(t, text, "Capital")
	require.ErrorContains(t, (&redact.Redactor{Detectors: make([]redact.Detector, 257)}).Validate(), "at most 256")
	require.Equal(t, "XXXXXXXXXXXXXXXX", bad.String("4242424242424242"), "it works all the same, and hides more rather than less")
}

func TestMasksThatReadAsSomethingElseAreRefused(t *testing.T) {
	t.Parallel()
	for _, m := range []redact.Mask{'X', 'x', '*', '#', '•', '█', '▇', '.', '-', '_', '?', '…', '＊', '💳'} {
		require.NoError(t, (&redact.Redactor{Mask: m}).Validate(), "%q", rune(m))
		require.Contains(t, (&redact.Redactor{Mask: m}).String("4242424242424242"), string(rune(m)))
	}
	for _, m := range []redact.Mask{'0', '９', 'a', 'Y', 'й', ' ', '\n', '\u00a0', '\u200b', 0xFE0F, 0, '"', '\\', '<', '&', '+', '@', '%', '^', '=', ';', 0xFFFD, 0xD800, -1, 0x110000} {
		if m != 0 {
			require.Error(t, (&redact.Redactor{Mask: m}).Validate(), "%q", rune(m))
		}
		require.Equal(t, "XXXXXXXXXXXX4242", (&redact.Redactor{Mask: m}).String("4242424242424242"), "%q", rune(m))
	}
}

func TestOptionsHaveAStableJSONForm(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]redact.Redactor{
		`{}`:                    {},
		`{"insecure_off":true}`: {InsecureOff: true},
		`{"keep":"first6_last4","mask":"•","strict":true,"insecure_keep_sad":true,"card_words":["stadtpass"],"allow_numbers":["4111111111111111"]}`: {
			Keep: redact.KeepFirst6Last4, Mask: '•', Strict: true, InsecureKeepSAD: true,
			CardWords: []string{"stadtpass"}, AllowNumbers: []string{"4111111111111111"},
		},
		`{"keep":"none","mask":"#"}`: {Keep: redact.KeepNone, Mask: '#'},
	} {
		got, err := json.Marshal(r)
		require.NoError(t, err)
		require.JSONEq(t, want, string(got))
		var back redact.Redactor
		require.NoError(t, json.Unmarshal(got, &back))
		require.Equal(t, r, back)
	}
	var r redact.Redactor
	require.NoError(t, json.Unmarshal([]byte(`{"keep":"","mask":""}`), &r))
	require.Equal(t, redact.Redactor{}, r)
	for _, bad := range []string{`{"keep":"all"}`, `{"keep":1}`, `{"mask":"ab"}`, `{"mask":"7"}`, `{"mask":"\ud800"}`, `{"mask":5}`} {
		require.Error(t, json.Unmarshal([]byte(bad), new(redact.Redactor)), bad)
	}
	for _, bad := range []redact.Redactor{{Keep: 7}, {Mask: '7'}} {
		_, err := json.Marshal(bad)
		require.Error(t, err)
	}
}

func TestNamesOfKeep(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]redact.Keep{
		"last4": redact.KeepLast4, "first6_last4": redact.KeepFirst6Last4, "none": redact.KeepNone, "Keep(9)": redact.Keep(9),
	} {
		require.Equal(t, want, v.String())
	}
}

func TestSpansExplainWithoutTheNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]redact.Span{
		"4242424242424242": {{Start: 0, End: 16, Kind: redact.Card, Scheme: "visa", Tier: redact.Strong, Reason: redact.ByNumber, Digits: 16, Hidden: 12}},
		"银联 6228480000001230": {{
			Start: 7, End: 23, Kind: redact.Card, Scheme: "unionpay", Tier: redact.Strong, Reason: redact.ByUnionPayWord, Digits: 16, Hidden: 12,
		}},
		";4242424242424242=29011010000?": {
			{Start: 1, End: 17, Kind: redact.Card, Scheme: "visa", Tier: redact.Strong, Reason: redact.ByTrack, Digits: 16, Hidden: 12},
			{Start: 18, End: 29, Kind: redact.TrackData, Reason: redact.ByTrack, Digits: 11, Hidden: 11},
		},
		"4242424242424242 03/27 123, pin 4821": {
			{Start: 0, End: 16, Kind: redact.Card, Scheme: "visa", Tier: redact.Strong, Reason: redact.ByNumber, Digits: 16, Hidden: 12},
			{Start: 23, End: 26, Kind: redact.SecurityCode, Reason: redact.ByPosition, Digits: 3, Hidden: 3},
			{Start: 32, End: 36, Kind: redact.PIN, Reason: redact.ByCodeLabel, Digits: 4, Hidden: 4},
		},
	} {
		got := (&redact.Redactor{}).Find(text)
		require.Equal(t, want, got, text)
		doc, err := json.Marshal(got)
		require.NoError(t, err)
		require.NotContains(t, string(doc)+fmt.Sprintf("%+v", got), "4242")
	}
}
