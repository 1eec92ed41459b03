package rules_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

var (
	sinkState   rules.State
	sinkEffects []rules.Effect
	sinkTime    time.Time
	sinkBool    bool
)

// benchCase is a conversation under way with every rule on: the customer has been
// greeted, an agent owns it, nothing is due.
func benchCase(tb testing.TB) (*rules.Rules, rules.State, rules.Inbound, time.Time) {
	s := everything()
	s.Closing.OnlyWaiting = false
	r := newRules(tb, s)
	st, w := wrote(tb, r)
	st, _ = r.OnAgentReply(st, rules.Outbound{ID: "m-1", At: t0, Agent: "agent-7"}, t0)
	now := t0.Add(time.Minute)
	const said = "Thank you! And where can I see when the parcel with the second lamp will arrive?"
	return r, st, rules.Inbound{ID: "wamid.HBgLMTU1NTAxMDAxMjMVAgASGBQzQTEyMzQ1Njc4OTBBQkNERUYA", At: now, Window: w, Text: said}, now
}

// TestNothingToDoDoesNotAllocate: the common cases, each without an effect.
func TestNothingToDoDoesNotAllocate(t *testing.T) {
	r, st, in, now := benchCase(t)
	after, fx := r.OnInbound(st, in, now)
	require.Empty(t, fx)
	resolved, _ := r.OnResolve(st, "", now)
	for name, f := range map[string]func(){
		"a further message":  func() { sinkState, sinkEffects = r.OnInbound(st, in, now) },
		"a repeated message": func() { sinkState, sinkEffects = r.OnInbound(after, in, now) },
		"a further answer": func() {
			sinkState, sinkEffects = r.OnAgentReply(st, rules.Outbound{ID: "m-2", At: now, Agent: "agent-7"}, now)
		},
		"a notification":      func() { sinkState, sinkEffects = r.OnNotify(st, rules.Outbound{ID: "m-3", At: now}, now) },
		"an early timer":      func() { sinkState, sinkEffects = r.OnTimer(st, in.Window, now) },
		"a stray timer":       func() { sinkState, sinkEffects = r.OnTimer(resolved, in.Window, now) },
		"the next timer":      func() { sinkTime, sinkBool = r.NextDue(st, in.Window) },
		"the same assignment": func() { sinkState, sinkEffects, _ = r.OnAssign(st, "agent-7", now) },
		"a second resolution": func() { sinkState, sinkEffects = r.OnResolve(resolved, "", now) },
	} {
		require.Zero(t, testing.AllocsPerRun(100, f), name)
		require.Empty(t, sinkEffects, name)
	}
}

func BenchmarkOnInbound(b *testing.B) {
	r, st, in, now := benchCase(b)
	after, _ := r.OnInbound(st, in, now)
	unmarked := everything()
	unmarked.AutoReply.Loop.Marks = nil
	for name, r := range map[string]*rules.Rules{
		"nothing_to_do":              newRules(b, rules.Default()),
		"nothing_to_do_all_rules":    newRules(b, unmarked),
		"nothing_to_do_all_and_mark": r,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sinkState, sinkEffects = r.OnInbound(st, in, now)
			}
		})
	}
	b.Run("repeated", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkState, sinkEffects = r.OnInbound(after, in, now)
		}
	})
	b.Run("begins_and_replies", func(b *testing.B) {
		in := in
		in.AllAway = true
		b.ReportAllocs()
		for b.Loop() {
			sinkState, sinkEffects = r.OnInbound(rules.State{}, in, now)
		}
	})
}

func BenchmarkOnAgentReply(b *testing.B) {
	r, st, _, now := benchCase(b)
	out := rules.Outbound{ID: "m-2", At: now, Agent: "agent-7"}
	b.ReportAllocs()
	for b.Loop() {
		sinkState, sinkEffects = r.OnAgentReply(st, out, now)
	}
}

// BenchmarkTimer compares asking one conversation for its next moment with the
// usual approach, a job that looks at all of them: its cost per tick is shown
// for 1,000 conversations, of which none is due.
func BenchmarkTimer(b *testing.B) {
	r, st, in, now := benchCase(b)
	b.Run("next_due", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkTime, sinkBool = r.NextDue(st, in.Window)
		}
	})
	b.Run("on_timer_early", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkState, sinkEffects = r.OnTimer(st, in.Window, now)
		}
	})
	b.Run("on_timer_resolves", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkState, sinkEffects = r.OnTimer(st, in.Window, now.AddDate(1, 0, 0))
		}
	})
	b.Run("baseline_scan_1000", func(b *testing.B) {
		type row struct {
			st rules.State
			w  window.State
		}
		rows := make([]row, 1000)
		for i := range rows {
			rows[i] = row{st, in.Window}
		}
		b.ReportAllocs()
		for b.Loop() {
			for i := range rows {
				rows[i].st, sinkEffects = r.OnTimer(rows[i].st, rows[i].w, now)
			}
		}
	})
}

// BenchmarkHours compares the schedule with the usual approach: load the zone,
// format the time, look the day up, compare strings.
func BenchmarkHours(b *testing.B) {
	h := office()
	h.Holidays = []rules.Holiday{{Date: rules.Date{Year: 2026, Month: 12, Day: 25}}, {Date: rules.Date{Month: 5, Day: 1}}}
	s := schedule(b, h)
	b.Run("open_at", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkBool = s.OpenAt(t0)
		}
	})
	b.Run("next_change", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkTime, sinkBool = s.NextChange(t0)
		}
	})
	b.Run("baseline_format", func(b *testing.B) {
		week := map[string][][2]string{"Monday": {{"09:00", "17:00"}}}
		holidays := map[string]bool{"2026-12-25": true}
		b.ReportAllocs()
		for b.Loop() {
			loc, err := time.LoadLocation("Europe/Berlin")
			if err != nil {
				b.Fatal(err)
			}
			local := t0.In(loc)
			sinkBool = false
			if clock := local.Format("15:04"); !holidays[local.Format(time.DateOnly)] {
				for _, span := range week[local.Weekday().String()] {
					sinkBool = sinkBool || clock >= span[0] && clock < span[1]
				}
			}
		}
	})
}

func BenchmarkStateJSON(b *testing.B) {
	_, st, _, _ := benchCase(b)
	data, err := json.Marshal(st)
	require.NoError(b, err)
	b.Run("marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(st); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(data)), "bytes/state")
	})
	b.Run("unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(data, &sinkState); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline_plain_struct", func(b *testing.B) {
		type plain rules.State // no methods: times as RFC 3339
		data, err := json.Marshal(plain(st))
		require.NoError(b, err)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(plain(st)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(data)), "bytes/state")
	})
}

// BenchmarkNew is the price of a change of settings.
func BenchmarkNew(b *testing.B) {
	s := everything()
	for i := range 50 {
		s.Hours.Holidays = append(s.Hours.Holidays, rules.Holiday{Date: rules.Date{Year: 2030 + i, Month: 5, Day: 1}, Name: "May Day " + strconv.Itoa(i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rules.New(s); err != nil {
			b.Fatal(err)
		}
	}
}
