package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

func TestInboundAndQueues(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := []struct {
		name   string
		late   duration.Duration
		before rules.State
		after  time.Duration // of t0 by Meta's clock
		queue  rules.Queue
		want   []rules.Effect
	}{
		{
			"a first message begins a conversation in new", 0, rules.State{}, 0, rules.QueueNew,
			[]rules.Effect{&rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyFirstMessage}},
		},
		{
			"a message in new changes nothing", 0, rules.State{Queue: rules.QueueNew}, 0, rules.QueueNew, nil,
		},
		{
			"a message brings a pending conversation back", 0,
			rules.State{Queue: rules.QueuePending, ReturnAt: t0.Add(day)}, 0, rules.QueueNew,
			[]rules.Effect{&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyCustomerWrote}},
		},
		{
			"a message reopens a resolved conversation however old, without a late rule", 0,
			rules.State{Queue: rules.QueueResolved, ResolvedAt: t0}, 3650 * day, rules.QueueNew,
			[]rules.Effect{&rules.Reopen{Why: rules.WhyCustomerWrote}},
		},
		{
			"one second under the age it reopens", 7 * duration.Day,
			rules.State{Queue: rules.QueueResolved, ResolvedAt: t0}, 7*day - time.Second, rules.QueueNew,
			[]rules.Effect{&rules.Reopen{Why: rules.WhyCustomerWrote}},
		},
		{
			"at the age it begins a new conversation", 7 * duration.Day,
			rules.State{Queue: rules.QueueResolved, ResolvedAt: t0}, 7 * day, rules.QueueNew,
			[]rules.Effect{&rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyLateMessage}},
		},
		{
			"an answer after the resolution counts for the age", 7 * duration.Day,
			rules.State{Queue: rules.QueueResolved, ResolvedAt: t0, LastOutbound: t0.Add(3 * day)}, 9 * day, rules.QueueNew,
			[]rules.Effect{&rules.Reopen{Why: rules.WhyCustomerWrote}},
		},
		{
			"a message sent before the resolution and delivered after it reopens", duration.Second,
			rules.State{Queue: rules.QueueResolved, ResolvedAt: t0.Add(time.Minute)}, 0, rules.QueueNew,
			[]rules.Effect{&rules.Reopen{Why: rules.WhyCustomerWrote}},
		},
		{
			"a queue of a later version is begun afresh rather than lost", 0,
			rules.State{Queue: "parked"}, 0, rules.QueueNew,
			[]rules.Effect{&rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyFirstMessage}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRules(t, rules.Settings{Late: rules.LateRule{NewAfter: tt.late}})
			at := t0.Add(tt.after)
			st, fx := r.OnInbound(tt.before, rules.Inbound{ID: "wamid.1", At: at, Window: opened(at)}, at.Add(time.Minute))
			requireEffects(t, tt.want, fx)
			require.Equal(t, tt.queue, st.Queue)
			require.Equal(t, at, st.LastInbound)
			require.Equal(t, at, st.WaitingSince)
			require.Equal(t, at.Add(time.Minute), st.ActiveAt, "activity is by our clock")
			require.True(t, st.Wrote)
			require.Zero(t, st.ReturnAt)
			require.Zero(t, st.ResolvedAt)
		})
	}
}

func TestAnAgentWhoJustAnsweredIsNotTalkedOverInTheNextConversation(t *testing.T) {
	t.Parallel()
	s := everything()
	s.Late.NewAfter, s.AutoReply.QuietAfterAgent, s.AutoReply.GreetAgain = duration.Minute, duration.Hour, true
	r := newRules(t, s)
	replies := func(st rules.State, id string, at time.Time) (rules.State, bool) {
		st, fx := r.OnInbound(st, rules.Inbound{ID: id, At: at, Window: opened(at)}, at)
		return st, slices.ContainsFunc(fx, func(e rules.Effect) bool { _, is := e.(*rules.AutoReply); return is })
	}
	// Two days later, so that the greeting of the first window is not what keeps it silent.
	at := t0.Add(48 * time.Hour)
	st, _ := wrote(t, r)
	st, _ = r.OnAgentReply(st, rules.Outbound{At: at, Agent: "kim"}, at)
	for i, id := range []string{"wamid.2", "wamid.3"} {
		st, _ = r.OnResolve(st, "done", at.Add(time.Minute))
		at = at.Add(5 * time.Minute)
		var replied bool
		st, replied = replies(st, id, at)
		require.False(t, replied, "conversation %d", i+2)
		require.Zero(t, st.LastAgentReply, "it is another conversation")
		st, replied = replies(st, id+" again", at.Add(time.Minute))
		require.False(t, replied, "nor when the customer goes on")
	}
	st, _ = r.OnResolve(st, "done", at.Add(2*time.Minute))
	_, replied := replies(st, "wamid.4", at.Add(time.Hour))
	require.True(t, replied, "an hour later it is as ever")
}

func TestNewConversationKeepsWhatIsTheCustomers(t *testing.T) {
	t.Parallel()
	s := everything()
	s.Late.NewAfter, s.Closing.OnlyWaiting = duration.Hour, false
	r := newRules(t, s)
	st, w := wrote(t, r)
	st, _ = r.OnAgentReply(st, rules.Outbound{At: t0, Agent: "kim"}, t0)
	st, _ = r.OnTimer(st, w, t0.Add(20*time.Hour))
	st, _ = r.OnResolve(st, "done", t0.Add(20*time.Hour))
	require.NotZero(t, st.AutoReplies)
	require.NotZero(t, st.Noticed, st)

	at := t0.Add(22 * time.Hour)
	next, fx := r.OnInbound(st, rules.Inbound{ID: "wamid.2", At: at, Window: opened(at)}, at)
	require.Equal(t, &rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyLateMessage}, fx[0])
	want := rules.State{
		Queue: rules.QueueNew, OpenedAt: at, LastInbound: at, WaitingSince: at, UnansweredSince: at, ActiveAt: at, Wrote: true, EarlierReply: t0,
		WindowSince: t0, WindowUntil: at.Add(24 * time.Hour),
		Given: st.Given, RateSince: st.RateSince, RateCount: st.RateCount, LastText: st.LastText, Repeats: st.Repeats,
		Seen: next.Seen,
	}
	requireState(t, want, next)
	require.Equal(t, st.Seen[0], next.Seen[1], "a repetition of the old conversation's events is still recognised")
	require.True(t, st.Given.Has(rules.GivenFirstContact))
	require.Len(t, fx, 1, "the window is the same, so the greeting is not repeated even with GreetAgain")
}

// TestSuspicionOutlivesTheConversation: a machine does not get a fresh start by
// writing late.
func TestSuspicionOutlivesTheConversation(t *testing.T) {
	t.Parallel()
	s := replies()
	s.AutoReply.GreetAgain, s.Late.NewAfter, s.AutoReply.Loop.Quiet = true, duration.Hour, 30*duration.Day
	r := newRules(t, s)
	st, fx := r.OnInbound(rules.State{}, rules.Inbound{At: t0, Window: opened(t0), Automated: true}, t0)
	require.Equal(t, 1, count[*rules.BotNotice](fx))
	require.Zero(t, count[*rules.AutoReply](fx))
	st, _ = r.OnResolve(st, "", t0)
	at := t0.Add(48 * time.Hour)
	_, fx = r.OnInbound(st, rules.Inbound{At: at, Window: opened(at)}, at)
	requireEffects(t, []rules.Effect{&rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyLateMessage}}, fx)
}

// TestMessageThatComesDaysLate: its window has closed, so there is nothing to tell
// about it, not even by a timer that fires at once.
func TestMessageThatComesDaysLate(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	now := t0.Add(72 * time.Hour)
	st, _ := r.OnInbound(rules.State{}, rules.Inbound{At: t0, Window: opened(t0)}, now)
	due, ok := r.NextDue(st, opened(t0))
	require.True(t, ok)
	require.Equal(t, now.Add(30*24*time.Hour), due, "and it ages from when it arrived")
}

func TestInboundTimes(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	now := t0.Add(700 * time.Millisecond)
	for name, at := range map[string]time.Time{
		"an unset time":            {},
		"a small number as a time": time.Unix(7, 0),
		"a time in the future":     t0.Add(time.Hour),
	} {
		st, _ := r.OnInbound(rules.State{}, rules.Inbound{At: at}, now)
		require.Equal(t, t0, st.LastInbound, "%s is taken as now", name)
	}
	early := t0.Add(-time.Hour)
	st, _ := r.OnInbound(rules.State{}, rules.Inbound{ID: "b", At: t0}, now)
	st, _ = r.OnInbound(st, rules.Inbound{ID: "a", At: early}, now)
	require.Equal(t, t0, st.LastInbound, "a message out of order does not move the latest time back")
	require.Equal(t, early, st.WaitingSince, "but it has been waiting for longer")
}

func TestRepeatedEvents(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	in := rules.Inbound{ID: "wamid.1", At: t0, Window: opened(t0)}
	st, _ := r.OnInbound(rules.State{}, in, t0)
	st, _ = r.OnResolve(st, "", t0.Add(time.Hour))
	again, fx := r.OnInbound(st, in, t0.Add(2*time.Hour))
	requireEffects(t, nil, fx)
	requireState(t, st, again)

	for i := range rules.SeenEvents - 1 {
		st, _ = r.OnBotReply(st, rules.Outbound{ID: fmt.Sprint(i), At: t0}, t0.Add(2*time.Hour))
	}
	_, fx = r.OnInbound(st, in, t0.Add(3*time.Hour))
	requireEffects(t, nil, fx)
	st, _ = r.OnNotify(st, rules.Outbound{ID: "one more"}, t0.Add(3*time.Hour))
	_, fx = r.OnInbound(st, in, t0.Add(3*time.Hour))
	requireEffects(t, []rules.Effect{&rules.Reopen{Why: rules.WhyCustomerWrote}}, fx) // beyond SeenEvents

	in.ID = ""
	st, _ = r.OnInbound(rules.State{}, in, t0)
	require.Zero(t, st.Seen, "an event without an identifier is not remembered")
}

// replies are rules with every automatic reply on, open in Berlin's office hours.
func replies() rules.Settings {
	return rules.Settings{
		Hours: office(),
		AutoReply: rules.AutoReplyRules{
			FirstContact: text("Welcome to our little shop!"),
			OutOfHours:   text("We are closed at the moment."),
			Away:         text("Everybody is busy at the moment."),
		},
	}
}

func TestAutoReply(t *testing.T) {
	t.Parallel()
	var (
		open    = t0                    // Monday 11:00 in Berlin
		evening = t0.Add(8 * time.Hour) // Monday 19:00 in Berlin
		opens   = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		known   = rules.State{Queue: rules.QueueNew, Wrote: true}
	)
	greeting := func(n int) []rules.Effect {
		return []rules.Effect{&rules.AutoReply{Content: rules.Content{Text: "Welcome to our little shop!"}, Why: rules.WhyFirstContact, Count: n}}
	}
	closed := []rules.Effect{&rules.AutoReply{Content: rules.Content{Text: "We are closed at the moment."}, Why: rules.WhyOutOfHours, OpensAt: opens, Count: 1}}
	away := []rules.Effect{&rules.AutoReply{Content: rules.Content{Text: "Everybody is busy at the moment."}, Why: rules.WhyAway, Count: 1}}
	tests := []struct {
		name   string
		change func(s *rules.Settings)
		before rules.State
		in     rules.Inbound
		now    time.Time
		want   []rules.Effect
	}{
		{"a customer who writes for the first time is greeted", nil, rules.State{Queue: rules.QueuePending}, rules.Inbound{}, open, append([]rules.Effect{&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyCustomerWrote}}, greeting(1)...)},
		{"a known customer is not greeted", nil, known, rules.Inbound{}, open, nil},
		{"out of hours he is told, with the time of opening", nil, known, rules.Inbound{}, evening, closed},
		{"being closed goes before a first contact and before being away", nil, rules.State{Queue: rules.QueueNew}, rules.Inbound{AllAway: true}, evening, closed},
		{"while everybody is away he is told", nil, known, rules.Inbound{AllAway: true}, open, away},
		{"being away goes before a first contact", nil, rules.State{Queue: rules.QueueNew}, rules.Inbound{AllAway: true}, open, away},
		{"out of hours is said once per window", nil, rules.State{Queue: rules.QueueNew, Wrote: true, Given: rules.GivenOutOfHours, WindowUntil: evening.Add(time.Hour)}, rules.Inbound{}, evening, nil},
		{"and nothing else instead", nil, rules.State{Queue: rules.QueueNew, Given: rules.GivenOutOfHours, WindowUntil: evening.Add(time.Hour)}, rules.Inbound{AllAway: true}, evening, nil},
		{"who was told that everybody is away is not greeted next", nil, rules.State{Queue: rules.QueueNew, Given: rules.GivenAway, WindowUntil: open.Add(time.Hour)}, rules.Inbound{AllAway: true}, open, nil},
		{"again in the next window", nil, rules.State{Queue: rules.QueueNew, Wrote: true, Given: rules.GivenOutOfHours, WindowUntil: evening}, rules.Inbound{}, evening, closed},
		{"a limit per window counts all kinds", func(s *rules.Settings) { s.AutoReply.MaxPerWindow = 1 }, rules.State{Queue: rules.QueueNew, Wrote: true, Given: rules.GivenFirstContact, WindowUntil: evening.Add(time.Hour)}, rules.Inbound{}, evening, nil},
		{"a reminder does not count for that limit", func(s *rules.Settings) { s.AutoReply.MaxPerWindow = 1 }, rules.State{Queue: rules.QueueNew, Wrote: true, Given: rules.GivenReminder, WindowUntil: evening.Add(time.Hour)}, rules.Inbound{}, evening, closed},
		{"replies are counted per conversation", nil, rules.State{Queue: rules.QueueNew, AutoReplies: 4}, rules.Inbound{}, open, greeting(5)},
		{"a message more than an hour old draws none", nil, known, rules.Inbound{At: evening.Add(-time.Hour - time.Second)}, evening, nil},
		{"one of an hour does", nil, known, rules.Inbound{At: evening.Add(-time.Hour)}, evening, closed},
		{"a closed window draws none", nil, known, rules.Inbound{Window: opened(evening.Add(-24 * time.Hour))}, evening, nil},
		{"a window that never opened draws none", nil, known, rules.Inbound{Window: window.Options{}.Observe(window.State{}, window.Event{Kind: window.KindStatus, At: evening, FreeEntryUntil: evening.Add(time.Hour)}, evening)}, evening, nil},
		{"while an agent is at it, silence", func(s *rules.Settings) { s.AutoReply.QuietAfterAgent = 15 * duration.Minute }, rules.State{Queue: rules.QueueNew, Wrote: true, LastAgentReply: evening.Add(-14 * time.Minute)}, rules.Inbound{}, evening, nil},
		{"but not for ever", func(s *rules.Settings) { s.AutoReply.QuietAfterAgent = 15 * duration.Minute }, rules.State{Queue: rules.QueueNew, Wrote: true, LastAgentReply: evening.Add(-15 * time.Minute)}, rules.Inbound{}, evening, closed},
		{"while one was at it in the conversation before, too", func(s *rules.Settings) { s.AutoReply.QuietAfterAgent = 15 * duration.Minute }, rules.State{Queue: rules.QueueNew, Wrote: true, EarlierReply: evening.Add(-14 * time.Minute)}, rules.Inbound{}, evening, nil},
		{"and not for ever either", func(s *rules.Settings) { s.AutoReply.QuietAfterAgent = 15 * duration.Minute }, rules.State{Queue: rules.QueueNew, Wrote: true, EarlierReply: evening.Add(-15 * time.Minute), LastAgentReply: evening.Add(-16 * time.Minute)}, rules.Inbound{}, evening, closed},
		{"switched off they are silent", func(s *rules.Settings) {
			a := &s.AutoReply
			a.FirstContact.Enabled, a.OutOfHours.Enabled, a.Away.Enabled = false, false, false
		}, rules.State{Queue: rules.QueueNew}, rules.Inbound{AllAway: true}, evening, nil},
		{"with the hours' reply off, the evening is like the day", func(s *rules.Settings) { s.AutoReply.OutOfHours.Enabled = false }, rules.State{Queue: rules.QueueNew}, rules.Inbound{}, evening, greeting(1)},
		{"a new conversation of a known customer is greeted only if so set", nil, rules.State{Queue: "?", Wrote: true}, rules.Inbound{}, open, []rules.Effect{&rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyFirstMessage}}},
		{"and then it is", func(s *rules.Settings) { s.AutoReply.GreetAgain = true }, rules.State{Queue: "?", Wrote: true}, rules.Inbound{}, open, append([]rules.Effect{&rules.NewConversation{Queue: rules.QueueNew, Why: rules.WhyFirstMessage}}, greeting(1)...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := replies()
			if tt.change != nil {
				tt.change(&s)
			}
			if tt.in.At.IsZero() {
				tt.in.At = tt.now
			}
			if tt.in.Window.IsZero() {
				tt.in.Window = opened(tt.in.At)
			}
			st, fx := newRules(t, s).OnInbound(tt.before, tt.in, tt.now)
			requireEffects(t, tt.want, fx)
			n := 0
			for _, e := range fx {
				if _, ok := e.(*rules.AutoReply); ok {
					n++
				}
			}
			require.Equal(t, n, st.AutoReplies-min(tt.before.AutoReplies, st.AutoReplies))
		})
	}
}

func TestMachinesAreRecognised(t *testing.T) {
	t.Parallel()
	const greeting = "Welcome to our little shop!"
	say := func(texts ...string) []rules.Inbound {
		var in []rules.Inbound
		for i, s := range texts {
			in = append(in, rules.Inbound{Text: s, At: t0.Add(time.Duration(i) * 2 * time.Second)})
		}
		return in
	}
	var burst, slow, photos []string
	for i := range 15 {
		burst = append(burst, fmt.Sprint("message ", i))
		photos = append(photos, "")
	}
	slow = burst[:14]
	tests := []struct {
		name string
		in   []rules.Inbound
		want rules.Why // "" = a person
	}{
		{"the host says so", []rules.Inbound{{Text: "hi", At: t0, Automated: true}}, rules.WhyHostHint},
		{"the host says so about a picture", []rules.Inbound{{At: t0, Automated: true}}, rules.WhyHostHint},
		{"a phrase that machines write, in any case", say("This is an AUTOMATED Message."), rules.WhyBotMark},
		{"our own text comes back", say("> welcome to our LITTLE shop"), rules.WhyEcho},
		{"our own text among others is a quotation", say("What do you mean, welcome to our little shop?"), ""},
		{"the same text three times, but for signs and case", say("Where is it?", "where is it", "WHERE... is it!!"), rules.WhyRepeatedText},
		{"the same text twice", say("Where is it?", "Where is it?"), ""},
		{"the same text three times with another between", say("hello?", "hello?", "anyone", "hello?"), ""},
		{"fifteen texts in half a minute", say(burst...), rules.WhyTooManyTexts},
		{"fourteen texts", say(slow...), ""},
		{"fifteen photographs in half a minute", say(photos...), ""},
		{"thumbs up three times", say("👍", "👍", "👍"), ""},
		{"an umlaut counts in either case", say("ÄÖÜ", "äöü", "Äöü"), rules.WhyRepeatedText},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := replies()
			s.AutoReply.Loop.Marks = []string{" automated message "}
			r := newRules(t, s)
			st := rules.State{Queue: rules.QueueNew, Wrote: true, Given: rules.GivenFirstContact, WindowUntil: t0.Add(time.Hour)}
			var notices []*rules.BotNotice
			now := t0
			for _, in := range tt.in {
				in.Window, now = opened(in.At), in.At
				var fx []rules.Effect
				st, fx = r.OnInbound(st, in, now)
				for _, e := range fx {
					notices = append(notices, e.(*rules.BotNotice))
				}
			}
			if tt.want == "" {
				require.Empty(t, notices)
				require.Zero(t, st.BotUntil)
				return
			}
			require.Len(t, notices, 1)
			require.Equal(t, &rules.BotNotice{Why: tt.want, Until: now.Add(24 * time.Hour)}, notices[0])

			evening := t0.Add(8 * time.Hour)
			st, fx := r.OnInbound(st, rules.Inbound{Text: "are you there", At: evening, Window: opened(evening)}, evening)
			requireEffects(t, nil, fx) // no reply, and no second notice
			after := evening.Add(24 * time.Hour)
			_, fx = r.OnInbound(st, rules.Inbound{Text: "are you here", At: after, Window: opened(after)}, after)
			require.Len(t, fx, 1, "when the suspicion is over the replies come back")
			require.Equal(t, rules.WhyOutOfHours, fx[0].(*rules.AutoReply).Why)
		})
	}
	t.Run("slow texts do not add up", func(t *testing.T) {
		t.Parallel()
		r := newRules(t, replies())
		st, at := rules.State{Queue: rules.QueueNew, Wrote: true}, t0
		for i := range 60 {
			at = at.Add(5 * time.Second)
			st, _ = r.OnInbound(st, rules.Inbound{Text: fmt.Sprint("line ", i), At: at, Window: opened(at)}, at)
		}
		require.Zero(t, st.BotUntil)
	})
	t.Run("without automatic messages nobody is watched", func(t *testing.T) {
		t.Parallel()
		r := newRules(t, rules.Default())
		st, fx := r.OnInbound(rules.State{Queue: rules.QueueNew}, rules.Inbound{Text: greeting, At: t0, Automated: true}, t0)
		requireEffects(t, nil, fx)
		require.Zero(t, st.LastText)
		require.Zero(t, st.BotUntil)
	})
}

// TestTwoMachinesCannotLoop lets a channel with every reply on talk to a machine
// that answers each of its messages at once, for a month, with new words.
func TestTwoMachinesCannotLoop(t *testing.T) {
	t.Parallel()
	s := replies()
	s.AutoReply.GreetAgain = true
	s.Reminder = rules.ReminderRule{Enabled: true, Before: duration.Hour, Content: rules.Content{Text: "Still there?"}}
	r := newRules(t, s)
	var st rules.State
	sent, at := 0, t0
	pending := 1
	for step := 0; step < 10_000 && at.Before(t0.AddDate(0, 1, 0)); step++ {
		if pending > 0 {
			at = at.Add(20 * time.Second)
			var fx []rules.Effect
			st, fx = r.OnInbound(st, rules.Inbound{ID: fmt.Sprint(step), Text: fmt.Sprint("ticket number ", step, " was opened"), At: at, Window: opened(at), AllAway: step%2 == 0}, at)
			pending = count[*rules.AutoReply](fx)
			sent += pending
			continue
		}
		due, ok := r.NextDue(st, opened(st.LastInbound))
		if !ok {
			break
		}
		at = due
		var fx []rules.Effect
		st, fx = r.OnTimer(st, opened(st.LastInbound), at)
		pending = count[*rules.Remind](fx)
		sent += pending
	}
	require.Positive(t, sent)
	require.LessOrEqual(t, sent, 4, "each kind once, and the reminder")
}

func count[E rules.Effect](fx []rules.Effect) (n int) {
	for _, e := range fx {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}
