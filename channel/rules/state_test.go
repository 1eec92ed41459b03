package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

// busy is a state with every field set.
func busy() rules.State {
	at := func(n int) time.Time { return t0.Add(time.Duration(n) * time.Minute) }
	return rules.State{
		Queue: rules.QueuePending, Assignee: "agent-7", AssignedAt: at(14),
		OpenedAt: at(1), LastInbound: at(2), LastOutbound: at(3), LastAgentReply: at(4), EarlierReply: at(20), WaitingSince: at(5),
		LastAutomatic: at(15), UnansweredSince: at(16),
		ResolvedAt: at(6), ReturnAt: at(7), ActiveAt: at(8), Taken: true, Wrote: true,
		WindowSince: at(9), WindowUntil: at(10), WindowDone: at(11),
		Given: rules.GivenAway | rules.GivenReminder, Noticed: duration.Hour, AutoReplies: 3,
		BotUntil: at(12), RateSince: at(13), RateCount: 4, LastText: 1 << 31, Repeats: 2,
		Seen: [rules.SeenEvents]uint64{1, 2, 3, 4, 5, 6, 7, 1 << 63},
	}
}

func TestStateJSON(t *testing.T) {
	t.Parallel()
	r := newRules(t, everything())
	usual, _ := wrote(t, r)
	usual, _ = r.OnAgentReply(usual, rules.Outbound{ID: "m-1", At: t0.Add(time.Minute), Agent: "agent-7"}, t0.Add(time.Minute))
	b, err := json.Marshal(usual)
	require.NoError(t, err)
	require.Equal(t, `{"queue":"new","agent":"agent-7","agent_since":1793613660,"opened":1793613600,"in":1793613600,"out":1793613660,"person":1793613660,`+
		`"active":1793613660,"taken":true,"wrote":true,"win_since":1793613600,"win_until":1793700000,"given":1,"auto":1,`+
		`"rate_since":1793613600,"rate":1,"text":`+fmt.Sprint(usual.LastText)+`,"repeats":1,"seen":"`+seenOf(t, b)+`"}`, string(b))
	require.LessOrEqual(t, len(b), 345)

	for _, st := range []rules.State{{}, usual, busy()} {
		b, err := json.Marshal(st)
		require.NoError(t, err)
		var back rules.State
		require.NoError(t, json.Unmarshal(b, &back))
		requireState(t, st, back)
		require.True(t, st == back)
	}
	b, err = json.Marshal(rules.State{})
	require.NoError(t, err)
	require.Equal(t, `{}`, string(b))
	kept := busy()
	require.NoError(t, json.Unmarshal([]byte(`null`), &kept))
	require.Equal(t, busy(), kept)
	require.NoError(t, json.Unmarshal([]byte(`{"of_a_later_version":1,"queue":"new"}`), &kept))
	require.Equal(t, rules.State{Queue: rules.QueueNew}, kept)
}

func seenOf(t *testing.T, b []byte) string {
	t.Helper()
	var w struct{ Seen string }
	require.NoError(t, json.Unmarshal(b, &w))
	require.Len(t, w.Seen, 22, "two events of eight bytes")
	return w.Seen
}

func TestStateRefusesWhatNoStateEncodesTo(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		`[]`, `"new"`, `{"queue":"parked"}`, `{"queue":7}`, `{"opened":-1}`, `{"opened":253402300800}`, `{"in":1e30}`,
		`{"opened":"2026-11-02T10:00:00Z"}`, `{"given":128}`, `{"given":256}`, `{"noticed":-1}`, `{"noticed":86400}`,
		`{"auto":-1}`, `{"rate":-1}`, `{"repeats":-1}`, `{"text":4294967296}`, `{"seen":"AAAAAAAAAAA"}`, `{"seen":"!"}`,
		`{"seen":"AAAA"}`, `{"seen":"` + strings.Repeat("BBBBBBBBBBBB", 8) + `"}`,
	} {
		st := busy()
		err := json.Unmarshal([]byte(in), &st)
		require.ErrorIs(t, err, rules.ErrCorrupt, in)
		require.EqualError(t, err, "rules: decode state: corrupt")
		require.Equal(t, busy(), st, "a failed decode changes nothing")
	}
}

func TestGiven(t *testing.T) {
	t.Parallel()
	g := rules.GivenAway | rules.GivenFirstContact
	require.True(t, g.Has(rules.GivenAway))
	require.True(t, g.Has(g))
	require.False(t, g.Has(rules.GivenReminder|rules.GivenAway))
}

func FuzzStateJSON(f *testing.F) {
	for _, st := range []rules.State{{}, busy()} {
		b, err := json.Marshal(st)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(`{"queue":"resolved","opened":1,"seen":"AAAAAAAAAAE","noticed":86399}`))
	f.Add([]byte(`{"queue":"new","active":253402300799,"win_until":1,"rate_since":253402300799}`))
	s := everything()
	s.Closing.OnlyWaiting = false
	r := newRules(f, s)
	f.Fuzz(func(t *testing.T, data []byte) {
		var st rules.State
		if err := json.Unmarshal(data, &st); err != nil {
			require.Zero(t, st)
			return
		}
		b, err := json.Marshal(st)
		require.NoError(t, err)
		var back rules.State
		require.NoError(t, json.Unmarshal(b, &back))
		require.True(t, st == back)
		// No stored state makes the rules panic, spin or act twice.
		now := t0.Add(day)
		w := opened(t0.Add(time.Hour))
		st, _ = r.OnTimer(st, w, now)
		due, ok := r.NextDue(st, w)
		require.True(t, !ok || due.After(now))
		in := rules.Inbound{ID: "x", At: t0, Window: w, Text: "hello", AllAway: true}
		st, _ = r.OnInbound(st, in, now)
		again, fx := r.OnInbound(st, in, now)
		require.True(t, again == st && len(fx) == 0)
	})
}
