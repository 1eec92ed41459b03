package window_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

var kinds = []window.Kind{
	window.KindMessage, window.KindReply, window.KindOrder, window.KindContacts,
	window.KindRequestWelcome, window.KindCall, window.KindCallAccepted,
	window.KindReaction, window.KindCallPermissionReply, window.KindUnsupported,
	window.KindEdit, window.KindRevoke, window.KindSystem, window.KindPreferences,
	window.KindStatus, window.KindSent, window.KindEcho, window.KindHistory,
	window.KindCallMissed, "", "unknown",
}

// randomEvents draws n events around now, in a range so narrow that equal
// timestamps, late replies and competing ad messages are common.
func randomEvents(r *rand.Rand, now time.Time, n int) []window.Event {
	moment := func() time.Time { return now.Add(time.Duration(r.IntN(72)-60) * time.Hour) }
	events := make([]window.Event, n)
	for i := range events {
		e := &events[i]
		e.Kind, e.At = kinds[r.IntN(len(kinds))], moment()
		switch r.IntN(4) {
		case 0:
			e.Referral = window.ReferralAd
		case 1:
			e.Kind, e.AnswersReferral = window.KindSent, e.At.Add(-time.Duration(r.IntN(30))*time.Hour)
		case 2:
			e.Kind, e.FreeEntryUntil = window.KindStatus, moment().Add(time.Duration(r.IntN(200))*time.Hour)
		}
		if r.IntN(20) == 0 {
			e.At = time.Unix(r.Int64()-r.Int64(), 0) // nonsense
		}
	}
	return events
}

func observeAll(o window.Options, events []window.Event, now time.Time) window.State {
	var s window.State
	for _, e := range events {
		s = o.Observe(s, e, now)
	}
	return s
}

func TestObservingIsIdempotentAndCommutative(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 1))
	now := at(t, "2026-11-22T12:00:00Z")
	for range 3000 {
		o := window.Options{ReactionOpens: r.IntN(2) == 0, ChangeOpens: r.IntN(2) == 0}
		events := randomEvents(r, now, r.IntN(12))
		want := observeAll(o, events, now)

		again := append(events[:len(events):len(events)], events...) // everything twice
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		require.Equal(t, want, observeAll(o, again, now), "events %v", events)

		// Three processes that each saw a part, with overlaps, agree once merged.
		var parts [3]window.State
		for _, e := range again {
			i := r.IntN(len(parts))
			parts[i] = o.Observe(parts[i], e, now)
		}
		require.Equal(t, want, parts[2].Merge(parts[0]).Merge(parts[1]), "events %v", events)

		// Observing equals merging the event's own facts.
		if len(events) > 0 {
			e := events[0]
			require.Equal(t, want, want.Merge(o.Observe(window.State{}, e, now)))
			require.Equal(t, parts[0].Merge(o.Observe(window.State{}, e, now)), o.Observe(parts[0], e, now))
		}
	}
}

func TestMergeIsASemilattice(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 2))
	now := at(t, "2026-11-22T12:00:00Z")
	random := func() window.State {
		// Different lengths, so that estimates differ for the same reply.
		o := window.Options{ReactionOpens: true, FreeEntryLength: time.Duration(1+r.IntN(3)) * 24 * time.Hour}
		return observeAll(o, randomEvents(r, now, r.IntN(6)), now)
	}
	for range 5000 {
		a, b, c := random(), random(), random()
		require.Equal(t, a, a.Merge(a))
		require.Equal(t, a, a.Merge(window.State{}))
		require.Equal(t, a, window.State{}.Merge(a))
		require.Equal(t, a.Merge(b), b.Merge(a))
		require.Equal(t, a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
		require.True(t, a.Merge(b).Equal(b.Merge(a)))
	}
}

func TestMergingNeverClosesAWindowEarlier(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 3))
	now := at(t, "2026-11-22T12:00:00Z")
	for range 2000 {
		a := observeAll(window.Options{}, randomEvents(r, now, r.IntN(6)), now)
		b := observeAll(window.Options{}, randomEvents(r, now, r.IntN(6)), now)
		closes, _ := a.ClosesAt()
		merged, _ := a.Merge(b).ClosesAt()
		require.False(t, merged.Before(closes))
	}
}
