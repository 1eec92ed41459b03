package window_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

// ad is a message that came through an ad, and answer the reply to it.
func ad(t testing.TB, when string) window.Event {
	e := event(t, window.KindMessage, when)
	e.Referral = window.ReferralAd
	return e
}

func answer(t testing.TB, referral, when string) window.Event {
	e := event(t, window.KindSent, when)
	e.AnswersReferral = at(t, referral)
	return e
}

func stated(t testing.TB, when, until string) window.Event {
	e := event(t, window.KindStatus, when)
	e.FreeEntryUntil = at(t, until)
	return e
}

func TestFreeEntryVectors(t *testing.T) {
	t.Parallel()
	const referral, reply = "2026-11-01T10:00:00Z", "2026-11-01T15:00:00Z"
	tests := []struct {
		name   string
		o      window.Options
		events []window.Event
		now    string
		free   bool
		source window.FreeEntrySource
	}{
		{"a reply within 24 hours starts 72 hours", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply)},
			"2026-11-03T14:59:00Z", true, window.FreeEntryEstimated},
		{"the reply itself is free", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply)}, reply, true, window.FreeEntryEstimated},
		{"before the reply nothing is free", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply)},
			"2026-11-01T14:59:59Z", false, window.FreeEntryEstimated},
		{"the last second is free", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply)},
			"2026-11-04T14:59:59Z", true, window.FreeEntryEstimated},
		{"at exactly 72 hours it is over", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply)},
			"2026-11-04T15:00:00Z", false, window.FreeEntryEstimated},
		{"further replies do not prolong it", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply), answer(t, referral, "2026-11-01T20:00:00Z")},
			"2026-11-04T15:00:00Z", false, window.FreeEntryEstimated},
		{"a stated end holds until the second before", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply), stated(t, reply, "2026-11-08T15:00:00Z")},
			"2026-11-08T14:59:59Z", true, window.FreeEntryStated},
		{"at the stated end it is over", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply), stated(t, reply, "2026-11-08T15:00:00Z")},
			"2026-11-08T15:00:00Z", false, window.FreeEntryStated},
		{"a stated end shorter than the estimate wins too", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, reply), stated(t, reply, "2026-11-02T15:00:00Z")},
			"2026-11-02T15:00:00Z", false, window.FreeEntryStated},
		{"a stated end needs no ad message to be known", window.Options{},
			[]window.Event{stated(t, reply, "2026-11-08T15:00:00Z")},
			"2026-11-08T14:59:59Z", true, window.FreeEntryStated},
		{"a stated end says nothing about the week before it", window.Options{},
			[]window.Event{stated(t, reply, "2026-11-08T15:00:00Z")},
			"2026-11-01T14:59:59Z", false, window.FreeEntryStated},
		{"a reply after 24 hours starts nothing", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, "2026-11-02T10:30:00Z")},
			"2026-11-02T10:31:00Z", false, window.FreeEntryNone},
		{"a reply at exactly 24 hours starts nothing", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, "2026-11-02T10:00:00Z")},
			"2026-11-02T10:00:00Z", false, window.FreeEntryNone},
		{"a reply a second earlier does", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, "2026-11-02T09:59:59Z")},
			"2026-11-02T10:00:00Z", true, window.FreeEntryEstimated},
		{"a message sent before the ad message starts nothing", window.Options{},
			[]window.Event{ad(t, referral), answer(t, referral, "2026-11-01T09:00:00Z")},
			"2026-11-01T11:00:00Z", false, window.FreeEntryNone},
		{"a message that answers no ad starts nothing", window.Options{},
			[]window.Event{ad(t, referral), event(t, window.KindSent, reply)},
			"2026-11-01T16:00:00Z", false, window.FreeEntryNone},
		{"the old end does not cut a new window short", window.Options{},
			[]window.Event{
				stated(t, "2026-10-01T15:00:00Z", "2026-10-04T15:00:00Z"),
				ad(t, referral), answer(t, referral, reply),
			}, "2026-11-02T15:00:00Z", true, window.FreeEntryEstimated},
		{"the length is configurable", window.Options{FreeEntryLength: 168 * time.Hour},
			[]window.Event{ad(t, referral), answer(t, referral, reply)},
			"2026-11-08T14:59:59Z", true, window.FreeEntryEstimated},
		{"a negative length is one second", window.Options{FreeEntryLength: -1},
			[]window.Event{ad(t, referral), answer(t, referral, reply)},
			"2026-11-01T15:00:01Z", false, window.FreeEntryEstimated},
		{"an end in milliseconds is not believed", window.Options{},
			[]window.Event{{Kind: window.KindStatus, At: at(t, reply), FreeEntryUntil: time.Unix(at(t, reply).UnixMilli(), 0)}},
			reply, false, window.FreeEntryNone},
		{"an end in the year 2100 is not believed", window.Options{},
			[]window.Event{stated(t, reply, "2100-01-01T00:00:00Z")}, reply, false, window.FreeEntryNone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, now := fold(tt.o, tt.events...), at(t, tt.now)
			require.Equal(t, tt.free, s.FreeEntryAt(now))
			f, ok := s.FreeEntry()
			require.Equal(t, tt.source, f.Source)
			require.Equal(t, tt.source != window.FreeEntryNone, ok)
			require.True(t, s.Permits(window.Send{Kind: window.SendTemplate}, now).Allowed)
		})
	}
}

func TestFreeEntryReportsItsBounds(t *testing.T) {
	t.Parallel()
	const referral, reply = "2026-11-01T10:00:00Z", "2026-11-01T15:00:00Z"
	s := fold(window.Options{}, ad(t, referral), answer(t, referral, reply))
	require.Equal(t, at(t, referral), s.ReferralAt())

	f, ok := s.FreeEntry()
	require.True(t, ok)
	require.Empty(t, cmp.Diff(window.FreeEntry{
		Start: at(t, reply), Until: at(t, "2026-11-04T15:00:00Z"), Source: window.FreeEntryEstimated,
	}, f))

	f, _ = s.Merge(fold(window.Options{}, stated(t, reply, "2026-11-05T15:00:00Z"))).FreeEntry()
	require.Empty(t, cmp.Diff(window.FreeEntry{
		Start: at(t, reply), Until: at(t, "2026-11-05T15:00:00Z"), Source: window.FreeEntryStated,
	}, f))

	f, _ = fold(window.Options{}, stated(t, reply, "2026-11-05T15:00:00Z")).FreeEntry()
	require.Empty(t, cmp.Diff(window.FreeEntry{
		Until: at(t, "2026-11-05T15:00:00Z"), Source: window.FreeEntryStated,
	}, f))

	_, ok = window.State{}.FreeEntry()
	require.False(t, ok)
}

func TestTheFirstReplyAndTheShorterEstimateCount(t *testing.T) {
	t.Parallel()
	const referral = "2026-11-01T10:00:00Z"
	until := func(s window.State) time.Time {
		f, ok := s.FreeEntry()
		require.True(t, ok)
		return f.Until
	}
	early := fold(window.Options{}, answer(t, referral, "2026-11-01T11:00:00Z"))
	late := fold(window.Options{}, answer(t, referral, "2026-11-01T12:00:00Z"))
	require.Equal(t, at(t, "2026-11-04T11:00:00Z"), until(late.Merge(early)))

	week := fold(window.Options{FreeEntryLength: 7 * 24 * time.Hour}, answer(t, referral, "2026-11-01T11:00:00Z"))
	require.Equal(t, at(t, "2026-11-04T11:00:00Z"), until(week.Merge(early)))

	next := fold(window.Options{}, answer(t, "2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z"))
	require.Equal(t, at(t, "2026-11-05T11:00:00Z"), until(next.Merge(early)), "a later ad message begins anew")
}

func TestWhichReferralsAreCandidates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		o        window.Options
		kind     window.Kind
		referral window.Referral
		want     bool
	}{
		{"ad", window.Options{}, window.KindMessage, window.ReferralAd, true},
		{"ad on a reply", window.Options{}, window.KindReply, window.ReferralAd, true},
		{"post by default", window.Options{}, window.KindMessage, window.ReferralPost, false},
		{"post by option", window.Options{PostStartsFreeEntry: true}, window.KindMessage, window.ReferralPost, true},
		{"page by default", window.Options{}, window.KindMessage, window.ReferralPage, false},
		{"page by option", window.Options{PageStartsFreeEntry: true}, window.KindMessage, window.ReferralPage, true},
		{"source of the future", window.Options{PageStartsFreeEntry: true, PostStartsFreeEntry: true}, window.KindMessage, "hologram", false},
		{"ad on an event that is no user action", window.Options{}, window.KindEcho, window.ReferralAd, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := event(t, tt.kind, "2026-11-01T10:00:00Z")
			e.Referral = tt.referral
			require.Equal(t, tt.want, !fold(tt.o, e).ReferralAt().IsZero())
		})
	}
}
