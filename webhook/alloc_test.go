package webhook_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

// Allocation limits: what a change must not make worse unnoticed.
func TestAllocationLimits(t *testing.T) {
	if raceEnabled {
		t.Skip("allocations differ under the race detector")
	}
	text, hundred := oneText(), batch(100)
	v, err := webhook.NewVerifier(testSecret)
	require.NoError(t, err)
	signed := webhook.Sign(testSecret, text)
	d, err := webhook.Parse(text)
	require.NoError(t, err)
	buf := make([]byte, 0, 2*len(text))
	for _, tt := range []struct {
		name  string
		limit float64
		run   func()
	}{
		{"parse a text", 4, func() { _, _ = webhook.Parse(text) }},
		{"parse 100 items", 250, func() { _, _ = webhook.Parse(hundred) }},
		{"verify a signature", 0, func() { _, _ = v.Verify(text, signed) }},
		{"redact a body with nothing to redact", 1, func() { _, _ = webhook.RedactBody(text, func(s string) string { return s }) }},
		{"walk the events", 0, func() {
			for e := range d.Events() {
				_ = e.Field
			}
		}},
		{"key of a message", 2, func() {
			for e := range d.Events() {
				_ = e.Key()
			}
		}},
		{"body of an event, into a buffer", 0, func() {
			for e := range d.Events() {
				buf = e.AppendBody(buf[:0])
			}
		}},
	} {
		require.LessOrEqual(t, testing.AllocsPerRun(200, tt.run), tt.limit, tt.name)
	}
}

func TestHandlerAllocatesLittleBesidesTheRequest(t *testing.T) {
	if raceEnabled {
		t.Skip("allocations differ under the race detector")
	}
	text := oneText()
	h, _ := handler(t, &forgetful{}, nil)
	rig := testing.AllocsPerRun(200, func() { serveOne(http.HandlerFunc(answer200), text) })
	ours := testing.AllocsPerRun(200, func() { serveOne(h, text) })
	require.LessOrEqual(t, ours-rig, 12.0, "rig %v, with handler %v", rig, ours)
}

// TestParsingTakesAtMostThreeTimesTheBody counts all that is allocated for 1 MB in
// 1,000 items of all kinds, freed or not, before any memory could be reused.
func TestParsingTakesAtMostThreeTimesTheBody(t *testing.T) {
	if raceEnabled {
		t.Skip("allocations differ under the race detector")
	}
	body := bytes.ReplaceAll(batch(1000), []byte(`"text":{"body":"`), []byte(`"text":{"body":"`+strings.Repeat("word ", 380)))
	require.Greater(t, len(body), 1_000_000)
	require.LessOrEqual(t, allocated(body, func() {
		d, err := webhook.Parse(body)
		require.NoError(t, err)
		require.Equal(t, 1000, d.Len())
	}), 3.0, "parsed")

	// The same behind the handler, plus the body itself and a third of it: the
	// buffer grows in steps because it trusts no announced length.
	sink := &recorder{}
	h, _ := handler(t, sink, nil)
	r := httptest.NewRequest(http.MethodPost, "/", newReader(body))
	r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, body))
	require.LessOrEqual(t, allocated(body, func() { h.ServeHTTP(httptest.NewRecorder(), r) }), 4.5, "read and parsed")
	require.Equal(t, 1000, sink.deliveries[0].Len())
}

// allocated runs f with empty pools and returns how many times the size of body it
// allocates.
func allocated(body []byte, f func()) float64 {
	runtime.GC() // twice, to empty the pools
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / float64(len(body))
}

// answer200 is the handler of the bare rig.
func answer200(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// serveOne makes a signed request, has it served and drops the answer.
func serveOne(h http.Handler, body []byte) {
	r := httptest.NewRequest(http.MethodPost, "/", newReader(body))
	r.Header.Set(webhook.SignatureHeader, textSignature)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		panic(w.Code)
	}
}
