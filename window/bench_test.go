package window_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

func TestTheCommonPathDoesNotAllocate(t *testing.T) {
	e := ad(t, "2026-11-01T10:00:00Z")
	s := fold(window.Options{}, e, answer(t, "2026-11-01T10:00:00Z", "2026-11-01T15:00:00Z"))
	now := e.At.Add(time.Hour)
	var buf [window.EncodedLen]byte
	for name, f := range map[string]func(){
		"OpenAt":       func() { sinkBool = s.OpenAt(now) },
		"Permits":      func() { sinkBool = s.Permits(window.Send{Kind: window.SendText}, now).Allowed },
		"Observe":      func() { sinkState = window.Options{}.Observe(s, e, now) },
		"Merge":        func() { sinkState = s.Merge(sinkState) },
		"Phase":        func() { sinkBool = s.Phase(now).Open() },
		"FreeEntryAt":  func() { sinkBool = s.FreeEntryAt(now) },
		"NextChange":   func() { _, sinkBool = s.NextChange(now) },
		"AppendBinary": func() { _, _ = s.AppendBinary(buf[:0]) },
		"decode":       func() { b, _ := s.AppendBinary(buf[:0]); _ = sinkState.UnmarshalBinary(b) },
	} {
		require.Zero(t, testing.AllocsPerRun(100, f), name)
	}
}

var (
	sinkBool  bool
	sinkState window.State
)

func BenchmarkOpenAt(b *testing.B) {
	s := fold(window.Options{}, event(b, window.KindMessage, "2026-11-01T10:00:00Z"))
	now := at(b, "2026-11-02T09:00:00Z")
	b.Run("window", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkBool = s.OpenAt(now)
		}
	})
	// What hosts do by hand: keep a time and compare.
	last, _ := s.LastInbound()
	b.Run("baseline=time.Sub", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkBool = now.Sub(last) < 24*time.Hour
		}
	})
}

func BenchmarkPermits(b *testing.B) {
	s := fold(window.Options{}, event(b, window.KindMessage, "2026-11-01T10:00:00Z"))
	for name, now := range map[string]time.Time{
		"open": at(b, "2026-11-02T09:00:00Z"), "closed": at(b, "2026-11-03T09:00:00Z"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkBool = s.Permits(window.Send{Kind: window.SendText}, now).Allowed
			}
		})
	}
}

func BenchmarkObserve(b *testing.B) {
	e := event(b, window.KindMessage, "2026-11-01T10:00:00Z")
	var s window.State
	b.ReportAllocs()
	for b.Loop() {
		s = window.Options{}.Observe(s, e, e.At)
	}
	sinkState = s
}

func BenchmarkNextChange(b *testing.B) {
	s := fold(window.Options{}, event(b, window.KindMessage, "2026-11-01T10:00:00Z"))
	now := at(b, "2026-11-02T09:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		_, sinkBool = s.NextChange(now)
	}
}
