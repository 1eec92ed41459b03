package redact_test

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/kanava-go/kanava/redact"
	"github.com/stretchr/testify/require"
)

// padded returns s with words behind it, 200 bytes in all.
func padded(s string) string {
	return (s + strings.Repeat(" thanks for the quick answer, the parcel has arrived", 4))[:200]
}

// Allocations are counted by the whole process, so these tests do not run in
// parallel with others.
func TestAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector empties pools at random")
	}
	var r redact.Redactor
	for _, tc := range []struct {
		name, text string
		want       float64
	}{
		{"no digit", padded(""), 0},
		{"a phone number", padded("call +49 151 23456789"), 0},
		{"a WhatsApp number that passes the Luhn check", padded("my whatsapp is 4915112345678"), 0},
		{"an order number that is a valid card number", padded("order 4539148803436467"), 0},
		{"Cyrillic", strings.Repeat("Спасибо за быстрый ответ ", 5), 0},
		{"a list of numbers", strings.Repeat("10 11 12 13 14 15 16 ", 10), 0},
		{"a card", padded("my card is 4242 4242 4242 4242"), 1},
		{"a card and its code", padded("4242424242424242 exp 03/27 cvv 123"), 1},
		{"eight cards", strings.Repeat("4242 4242 4242 4242, ", 8), 1},
	} {
		got := testing.AllocsPerRun(100, func() { r.String(tc.text) })
		require.Equal(t, tc.want, got, tc.name)
		b := []byte(tc.text)
		got = testing.AllocsPerRun(100, func() { r.Bytes(b) })
		require.Zero(t, got, "bytes in place: %s", tc.name)
		if tc.want == 0 {
			require.Nil(t, r.Find(tc.text))
			require.Equal(t, 0.0, testing.AllocsPerRun(100, func() { r.Find(tc.text) }), tc.name)
		}
	}
}

func TestAllocationsElsewhere(t *testing.T) {
	if raced {
		t.Skip("the race detector empties pools at random")
	}
	var r redact.Redactor
	doc := []byte(`{"a":["no card","order 4539148803436467",1.5e3,null,true,false,{"b":"4915112345678"},[],""]}`)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := r.Values(doc, nil); err != nil {
			panic(err)
		}
	}), "a document without a card, no paths asked for")

	w := r.NewWriter(io.Discard)
	line := bytes.Repeat([]byte("a line without any number at all\n"), 30)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if _, err := w.Write(line); err != nil {
			panic(err)
		}
	}), 0.1)

	log := slog.New(r.Handler(slog.NewTextHandler(io.Discard, nil)))
	plain := slog.New(slog.NewTextHandler(io.Discard, nil))
	attrs := []slog.Attr{slog.String("text", "no card here"), slog.Int("n", 4915112345678)}
	base := testing.AllocsPerRun(100, func() { plain.LogAttrs(t.Context(), slog.LevelInfo, "m", attrs...) })
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		log.LogAttrs(t.Context(), slog.LevelInfo, "m", attrs...)
	}), base+2, "a number of twelve digits is looked at as text")
}
