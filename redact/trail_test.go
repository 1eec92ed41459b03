package redact_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// say adds texts to the trail, a second apart and named 1, 2, 3 and so on, and
// returns what must be rewritten after the last of them.
func say(tb testing.TB, trail *redact.Trail, r *redact.Redactor, texts ...string) map[string]string {
	tb.Helper()
	var last map[string]string
	for i, text := range texts {
		require.Empty(tb, last, "reported before the last message")
		last = nil
		for _, p := range trail.Add(r, redact.Part{ID: fmt.Sprint(i + 1), At: noon.Add(time.Duration(i) * time.Second), Text: text}) {
			if last == nil {
				last = map[string]string{}
			}
			last[p.ID] = p.Text
		}
	}
	return last
}

func TestTrail(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		texts []string
		want  map[string]string
	}{
		{
			"four digits in each message", []string{"4242", "4242", "4242", "4242"},
			map[string]string{"1": "XXXX", "2": "XXXX", "3": "XXXX", "4": "4242"},
		},
		{
			"two groups in each", []string{"4242 4242", "4242 4242"},
			map[string]string{"1": "XXXX XXXX", "2": "XXXX 4242"},
		},
		{
			"the first says more before the digits", []string{"my card is 4242", "4242", "4242", "4242"},
			map[string]string{"1": "my card is XXXX", "2": "XXXX", "3": "XXXX", "4": "4242"},
		},
		{
			"the last says more after the digits", []string{"4242", "4242", "4242", "4242 exp 03/27 cvv 123"},
			map[string]string{"1": "XXXX", "2": "XXXX", "3": "XXXX", "4": "4242 exp 03/27 cvv XXX"},
		},
		{
			"another number before", []string{"1234", "4242", "4242", "4242", "4242"},
			map[string]string{"2": "XXXX", "3": "XXXX", "4": "XXXX", "5": "4242"},
		},
		{
			"an American Express number as printed", []string{"3782", "822463", "10005"},
			map[string]string{"1": "XXXX", "2": "XXXXXX", "3": "X0005"},
		},
		{
			"digits of another script", []string{"٤٢٤٢", "٤٢٤٢", "４２４２", "4242"},
			map[string]string{"1": "XXXX", "2": "XXXX", "3": "XXXX", "4": "4242"},
		},
		{"a word in between breaks it", []string{"4242", "4242", "wait", "4242", "4242"}, nil},
		{"a wrong check digit", []string{"4242", "4242", "4242", "4243"}, nil},
		{"grouped like no card", []string{"424242", "42424", "42424"}, nil},
		{"two lists of eight digits", []string{"42424242", "42424242"}, nil},
		{"a card in one message is not the Trail's business", []string{"4242", "4242424242424242"}, nil},
		{
			"a code after a card in one message", []string{"4242 4242 4242 4242", "cvv is 123"},
			map[string]string{"2": "cvv is XXX"},
		},
		{"a code without a card", []string{"hello", "cvv is 123"}, nil},
		{"no digits at all", []string{"hello", "there"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var trail redact.Trail
			got := say(t, &trail, &redact.Redactor{}, tc.texts...)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTrailReportsTheCodeThatFollowsACompletedNumber(t *testing.T) {
	t.Parallel()
	var trail redact.Trail
	var r redact.Redactor
	require.Len(t, say(t, &trail, &r, "4242", "4242", "4242", "4242"), 4)
	got := trail.Add(&r, redact.Part{ID: "5", At: noon.Add(time.Minute), Text: "pin 4821"})
	require.Equal(t, []redact.Part{{ID: "5", At: noon.Add(time.Minute), Text: "pin XXXX"}}, got)
	require.Empty(t, trail.Add(&r, redact.Part{ID: "6", At: noon.Add(time.Hour), Text: "pin 4821"}), "long after")
}

func TestTrailForgetsAfterItsWindow(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	for _, tc := range []struct {
		window, pause time.Duration
		want          int
	}{
		{0, 40 * time.Second, 4},
		{0, 41 * time.Second, 0},
		{time.Hour, 20 * time.Minute, 4},
		{time.Second, time.Second, 0},
	} {
		trail := redact.Trail{Window: tc.window}
		var got []redact.Part
		for i := range 4 {
			got = trail.Add(&r, redact.Part{At: noon.Add(time.Duration(i) * tc.pause), Text: "4242"})
		}
		require.Len(t, got, tc.want, "window %v, pause %v", tc.window, tc.pause)
	}
	var trail redact.Trail
	say(t, &trail, &r, "4242", "4242", "4242")
	trail.Forget(noon.Add(time.Hour))
	require.Empty(t, trail.Add(&r, redact.Part{At: noon, Text: "4242"}))
}

func TestTrailHoldsOnToFewMessages(t *testing.T) {
	t.Parallel()
	var trail redact.Trail
	var r redact.Redactor
	for range 1000 {
		require.Empty(t, trail.Add(&r, redact.Part{At: noon, Text: "1"}))
	}
	require.Contains(t, trail.LogValue().String(), "parts=18")
	require.Empty(t, trail.Add(&r, redact.Part{At: noon, Text: strings.Repeat("x", 1000) + "4242"}))
	require.Contains(t, trail.LogValue().String(), "parts=0")
}

func TestTrailShowsNoDigits(t *testing.T) {
	t.Parallel()
	var trail redact.Trail
	say(t, &trail, &redact.Redactor{}, "4242", "4243")
	var log strings.Builder
	p := redact.Part{ID: "wamid.secret", At: noon, Text: "4242"}
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "trail", &trail, "part", p)
	shown := log.String() + fmt.Sprintf("%v %+v %#v %v %+v %#v", trail, trail, trail, p, p, p) + fmt.Sprintf("%+v", struct{ T redact.Trail }{trail})
	require.NotContains(t, shown, "4242")
	require.NotContains(t, shown, "4243")
	require.NotContains(t, shown, "wamid")
	require.Contains(t, shown, "bytes=4")
}

func TestTrailOfARedactorThatIsOff(t *testing.T) {
	t.Parallel()
	var trail redact.Trail
	require.Empty(t, say(t, &trail, &redact.Redactor{InsecureOff: true}, "4242", "4242", "4242", "4242"))
}
