package redact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

const (
	pan    = "4242424242424242"
	hidden = "XXXXXXXXXXXX4242"
)

type stringer struct{ n string }

func (s stringer) String() string { return "card " + s.n }

type valuer struct{ n string }

func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("pan", v.n)) }

type texter struct{ n string }

func (t texter) MarshalText() ([]byte, error) { return []byte("<" + t.n + ">"), nil }

type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic(pan) }

// logged are attributes that carry a card number in every way an attribute can.
func logged() []slog.Attr {
	n := pan
	return []slog.Attr{
		slog.String("text", "my card "+pan),
		slog.Int64("int", 4242424242424242),
		slog.Uint64("uint", 4242424242424242),
		slog.Any("error", fmt.Errorf("bad card %s", pan)),
		slog.Any("joined", errors.Join(errors.New("a"), errors.New(pan))),
		slog.Any("bytes", []byte(pan)),
		slog.Any("stringer", stringer{pan}),
		slog.Any("valuer", valuer{pan}),
		slog.Any("texter", texter{pan}),
		slog.Any("struct", struct {
			Name string
			Card *string
		}{"Ann", &n}),
		slog.Any("hidden field", struct{ card string }{pan}),
		slog.Any("map", map[string]any{"list": []any{"a", map[string]string{"n": "<" + pan + ">"}}}),
		slog.Any("raw", json.RawMessage(`{"n":"\u003c`+pan+`","m":`+pan+`}`)),
		slog.Any("number", json.Number(pan)),
		slog.Group("group", slog.String("a", "b"), slog.Group("inner", slog.String("card", "4242 4242 4242 4242"))),
		slog.Any("panics", panics{}),
	}
}

func TestNoCardReachesALog(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	for _, form := range []struct {
		name    string
		handler func(*bytes.Buffer) slog.Handler
	}{
		{"text, ReplaceAttr", func(b *bytes.Buffer) slog.Handler {
			return slog.NewTextHandler(b, &slog.HandlerOptions{AddSource: true, ReplaceAttr: r.ReplaceAttr})
		}},
		{"JSON, ReplaceAttr", func(b *bytes.Buffer) slog.Handler {
			return slog.NewJSONHandler(b, &slog.HandlerOptions{AddSource: true, ReplaceAttr: r.ReplaceAttr})
		}},
		{"text, Handler", func(b *bytes.Buffer) slog.Handler { return r.Handler(slog.NewTextHandler(b, nil)) }},
		{"JSON, Handler", func(b *bytes.Buffer) slog.Handler { return r.Handler(slog.NewJSONHandler(b, nil)) }},
	} {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			for _, a := range logged() {
				var out bytes.Buffer
				log := slog.New(form.handler(&out))
				log.LogAttrs(t.Context(), slog.LevelInfo, "message "+pan, a)
				log.With(a.Key, a.Value).WithGroup("g").LogAttrs(t.Context(), slog.LevelInfo, "with", slog.String("s", pan))
				shown := strings.ReplaceAll(out.String(), " ", "")
				require.NotContains(t, shown, pan, a.Key)
				require.Contains(t, shown, "message"+hidden, a.Key)
				require.GreaterOrEqual(t, strings.Count(shown, hidden), 2, a.Key)
			}
		})
	}
}

func TestLogsWithoutACardStayAsTheyAre(t *testing.T) {
	t.Parallel()
	attrs := []slog.Attr{
		slog.String("text", "order 4539148803436467"), slog.Int64("wa_id", 4915112345678), slog.Int64("ns", 1763768172123456783),
		slog.Float64("f", 4242424242424242), slog.Time("t", noon), slog.Duration("d", time.Hour), slog.Bool("b", true),
		slog.Any("nil", nil), slog.Any("error", errors.New("no card")), slog.Any("bytes", []byte("abc")),
		slog.Any("struct", struct{ A int }{1}), slog.Group("g", slog.Any("chan", make(chan int))), slog.Any("valuer", valuer{"none"}),
	}
	write := func(wrap func(slog.Handler) slog.Handler) string {
		var out bytes.Buffer
		slog.New(wrap(slog.NewTextHandler(&out, nil))).WithGroup("o").LogAttrs(t.Context(), slog.LevelInfo, "m", attrs...)
		_, line, _ := strings.Cut(out.String(), " ")
		return line
	}
	var r redact.Redactor
	want := write(func(h slog.Handler) slog.Handler { return h })
	require.Equal(t, want, write(r.Handler))
}

func TestHandlerKeepsTheContractOfHandlers(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	var out bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out.Reset()
		return r.Handler(slog.NewJSONHandler(&out, nil))
	}, func(t *testing.T) map[string]any {
		var m map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &m))
		return m
	})
}

func TestHandlerPassesOnWhatIsEnabled(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	h := r.Handler(slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	require.False(t, h.Enabled(context.Background(), slog.LevelInfo))
	require.True(t, h.Enabled(context.Background(), slog.LevelWarn))
}
