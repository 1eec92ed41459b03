package rules_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

// histories is how many random histories the laws are checked on.
func histories() int {
	if testing.Short() || raceEnabled {
		return 30_000
	}
	return 1_000_000
}

// world plays one random history of one customer against one set of rules, and
// checks after each event what must always hold. It keeps its own account of the
// conversation, made from the effects alone.
type world struct {
	r        *rules.Rules
	s        rules.Settings
	rng      *rand.Rand
	now      time.Time
	st       rules.State
	w        window.State
	inOrder  bool // messages never arrive out of order
	sequence int

	queue   rules.Queue // by the effects
	owner   string
	waits   bool
	since   time.Time // beginning of the unbroken window
	last    time.Time // latest message by Meta's clock
	given   map[rules.Why]int
	notices map[duration.Duration]int
}

func (w *world) failf(format string, args ...any) error {
	return fmt.Errorf("event %d at %s: "+format, append([]any{w.sequence, w.now}, args...)...)
}

// event is one call of the rules, repeatable.
type event func(rules.State) (rules.State, []rules.Effect)

// step lets time pass and one event happen.
func (w *world) step() error {
	w.sequence++
	id := strconv.Itoa(w.sequence)
	pauses := []time.Duration{0, time.Second, time.Minute, 20 * time.Minute, time.Hour, 5 * time.Hour, 23 * time.Hour, 24 * time.Hour, 30 * time.Hour, 9 * day, 31 * day}
	w.now = w.now.Add(pauses[w.rng.IntN(len(pauses))] + time.Duration(w.rng.IntN(1000))*time.Millisecond)
	agents := []string{"kim", "lee", ""}
	agent := agents[w.rng.IntN(len(agents))]
	var do event
	timer := false
	switch w.rng.IntN(16) {
	case 0, 1, 2, 3:
		do = w.inbound(id)
	case 4, 5:
		do = func(st rules.State) (rules.State, []rules.Effect) {
			return w.r.OnAgentReply(st, rules.Outbound{ID: id, At: w.now, Agent: agent}, w.now)
		}
		w.waits = false
	case 6:
		do = func(st rules.State) (rules.State, []rules.Effect) {
			return w.r.OnBotReply(st, rules.Outbound{ID: id, At: w.now}, w.now)
		}
		w.waits = false
	case 7:
		do = func(st rules.State) (rules.State, []rules.Effect) {
			return w.r.OnNotify(st, rules.Outbound{ID: id, At: w.now}, w.now)
		}
	case 8, 9:
		queues := []rules.Queue{rules.QueueNew, rules.QueuePending, rules.QueuePending, rules.QueueResolved, rules.QueueNone}
		to, back := queues[w.rng.IntN(len(queues))], time.Time{}
		if w.rng.IntN(2) == 0 {
			back = w.now.Add(time.Duration(w.rng.IntN(100)-10) * time.Hour)
		}
		do = func(st rules.State) (rules.State, []rules.Effect) {
			after, fx, err := w.r.OnMove(st, to, back, w.now)
			if err != nil && (after != st || fx != nil) {
				panic("a refused move changed something")
			}
			return after, fx
		}
	case 10:
		do = func(st rules.State) (rules.State, []rules.Effect) {
			after, fx, err := w.r.OnAssign(st, agent, w.now)
			if err != nil && (after != st || fx != nil) {
				panic("a refused assignment changed something")
			}
			return after, fx
		}
	case 11:
		do = func(st rules.State) (rules.State, []rules.Effect) { return w.r.OnResolve(st, "done", w.now) }
	case 12:
		do = func(st rules.State) (rules.State, []rules.Effect) { return w.r.OnReopen(st, w.now) }
	default:
		timer = true
		if due, ok := w.r.NextDue(w.st, w.w); ok && w.rng.IntN(3) > 0 {
			w.now = later(w.now, due)
		}
		do = func(st rules.State) (rules.State, []rules.Effect) { return w.r.OnTimer(st, w.w, w.now) }
	}
	before := w.st
	after, fx := do(before)
	again, fx2 := do(after)
	if again != after || len(fx2) > 0 {
		return w.failf("applied twice it has effects %v", fx2)
	}
	if err := w.account(before, fx); err != nil {
		return err
	}
	w.st = after
	return w.check(timer)
}

// inbound is a message of the customer, now and then late or a machine's.
func (w *world) inbound(id string) event {
	at := w.now.Truncate(time.Second)
	if !w.inOrder && w.rng.IntN(4) == 0 {
		at = at.Add(-time.Duration(w.rng.IntN(40)) * time.Hour)
	}
	if at.After(w.last) {
		if !at.Before(w.last.Add(day)) {
			w.since = at
			clear(w.given)
		}
		w.last = at
	}
	w.waits = true
	w.w = window.Options{}.Observe(w.w, window.Event{Kind: window.KindMessage, At: at}, w.now)
	in := rules.Inbound{ID: id, At: at, Window: w.w, Text: []string{"", "hello", "where is it", "👍", id}[w.rng.IntN(5)]}
	in.Automated, in.AllAway = w.rng.IntN(20) == 0, w.rng.IntN(3) == 0
	return func(st rules.State) (rules.State, []rules.Effect) { return w.r.OnInbound(st, in, w.now) }
}

// account replays the effects and refuses those that must never happen.
func (w *world) account(before rules.State, fx []rules.Effect) error {
	for _, e := range fx {
		switch e := e.(type) {
		case *rules.NewConversation:
			if w.queue.Open() {
				return w.failf("a new conversation while one is open")
			}
			w.queue, w.owner = e.Queue, ""
			clear(w.notices)
		case *rules.Reopen:
			if w.queue != rules.QueueResolved {
				return w.failf("reopened from %q", w.queue)
			}
			w.queue = rules.QueueNew
			clear(w.notices)
		case *rules.MoveQueue:
			if e.From != w.queue || !w.queue.CanMove(e.To) || !e.To.Open() {
				return w.failf("moved from %q, which is %q, to %q", e.From, w.queue, e.To)
			}
			w.queue = e.To
		case *rules.Resolve:
			if e.From != w.queue || !w.queue.CanMove(rules.QueueResolved) {
				return w.failf("resolved from %q, which is %q", e.From, w.queue)
			}
			if e.Why == rules.WhyIdle && w.waits && w.inOrder {
				return w.failf("closed on a customer who waits")
			}
			if e.Why == rules.WhyUntaken && (w.owner != "" || before.WaitingSince.IsZero() || w.queue != rules.QueueNew) {
				return w.failf("closed as untaken in %q, owner is %q", w.queue, w.owner)
			}
			if e.Why != rules.WhyByHand && !before.ReturnAt.IsZero() && before.Queue == rules.QueuePending {
				return w.failf("resolved although it has a time to come back")
			}
			w.queue, w.waits = rules.QueueResolved, false
		case *rules.Assign:
			if !w.queue.Open() || e.To == "" || e.To == e.From || e.From != w.owner {
				return w.failf("assigned from %q to %q in %q, owner is %q", e.From, e.To, w.queue, w.owner)
			}
			w.owner = e.To
		case *rules.Unassign:
			if e.From == "" || e.From != w.owner {
				return w.failf("taken away from %q, owner is %q", e.From, w.owner)
			}
			w.owner = ""
		case *rules.AutoReply:
			w.given[e.Why]++
			if w.queue != rules.QueueNew || w.inOrder && w.given[e.Why] > 1 {
				return w.failf("automatic reply %s for the %d. time in %q", e.Why, w.given[e.Why], w.queue)
			}
			if !w.w.OpenAt(w.now) {
				return w.failf("automatic reply into a closed window")
			}
		case *rules.FollowUp:
			w.given[rules.WhyFollowUp]++
			if !w.queue.Open() || w.inOrder && w.given[rules.WhyFollowUp] > 1 || w.w.OpenAt(w.now) || w.s.FollowUp.OnlyWaiting && before.WaitingSince.IsZero() {
				return w.failf("follow-up number %d in %q", w.given[rules.WhyFollowUp], w.queue)
			}
		case *rules.Remind:
			w.given[rules.WhyClosing]++
			if !w.queue.Open() || w.inOrder && w.given[rules.WhyClosing] > 1 || !w.w.OpenAt(w.now) {
				return w.failf("reminder number %d in %q", w.given[rules.WhyClosing], w.queue)
			}
		case *rules.ClosingNotice:
			w.notices[e.Before]++
			left := e.ClosesAt.Sub(w.now)
			if !w.queue.Open() || left <= 0 || left > time.Duration(e.Before)+time.Second {
				return w.failf("notice of %s with %s left in %q", e.Before, left, w.queue)
			}
			if !w.s.Closing.Repeat && w.notices[e.Before] > 1 {
				return w.failf("notice of %s for the %d. time", e.Before, w.notices[e.Before])
			}
		case *rules.BotNotice:
			if w.now.Before(before.BotUntil.Add(-time.Second)) {
				return w.failf("told twice about the same machine")
			}
		default:
			return w.failf("effect of unknown kind %T", e)
		}
	}
	return nil
}

// check compares the state with the account made from the effects.
func (w *world) check(timer bool) error {
	st := w.st
	if st.Queue != w.queue || st.Assignee != w.owner {
		return w.failf("state says %q %q, the effects say %q %q", st.Queue, st.Assignee, w.queue, w.owner)
	}
	if w.inOrder && st.Queue.Open() && w.waits != !st.WaitingSince.IsZero() {
		return w.failf("waiting is %t", w.waits)
	}
	if w.inOrder && !w.last.IsZero() && !st.WindowSince.Equal(w.since) {
		return w.failf("window since %s, not %s", st.WindowSince, w.since)
	}
	if (st.Queue == rules.QueueResolved) != !st.ResolvedAt.IsZero() {
		return w.failf("%q with time of resolution %s", st.Queue, st.ResolvedAt)
	}
	if (st.Assignee != "") != !st.AssignedAt.IsZero() {
		return w.failf("owner %q since %s", st.Assignee, st.AssignedAt)
	}
	if st.Queue != rules.QueuePending && !st.ReturnAt.IsZero() {
		return w.failf("%q with a time to come back", st.Queue)
	}
	due, ok := w.r.NextDue(st, w.w)
	if ok && (!st.Queue.Open() || due.IsZero()) {
		return w.failf("a timer in %q at %s", st.Queue, due)
	}
	if ok && timer && !due.After(w.now) {
		return w.failf("after the timer it is due at %s again", due)
	}
	if w.sequence%8 == 0 {
		return w.roundTrip()
	}
	return nil
}

func (w *world) roundTrip() error {
	b, err := json.Marshal(w.st)
	if err != nil {
		return err
	}
	var back rules.State
	if err := json.Unmarshal(b, &back); err != nil {
		return w.failf("%w: %s", err, b)
	}
	if back != w.st {
		return w.failf("JSON changed the state: %s", b)
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// randomSettings switches rules on and off.
func randomSettings(rng *rand.Rand) rules.Settings {
	s := everything()
	on := func() bool { return rng.IntN(2) == 0 }
	ages := []duration.Duration{0, duration.Hour, duration.Day, 30 * duration.Day}
	s.AutoResolve.New, s.AutoResolve.Pending = ages[rng.IntN(4)], ages[rng.IntN(4)]
	s.IdleClose.After = []duration.Duration{0, duration.Minute, duration.Hour, 2 * duration.Day}[rng.IntN(4)]
	s.Late.NewAfter = []duration.Duration{0, duration.Second, duration.Day, 7 * duration.Day}[rng.IntN(4)]
	s.Assign.OnReply = []rules.AssignMode{rules.AssignOff, rules.AssignUnowned, rules.AssignAlways}[rng.IntN(3)]
	s.Assign.Release, s.Closing.Repeat, s.Closing.OnlyWaiting, s.AutoReply.GreetAgain = on(), on(), on(), on()
	s.AutoReply.FirstContact.Enabled, s.AutoReply.OutOfHours.Enabled, s.AutoReply.Away.Enabled, s.Reminder.Enabled = on(), on(), on(), on()
	s.FollowUp.Enabled, s.FollowUp.OnlyWaiting = on(), on()
	s.Untaken.After = []duration.Duration{0, duration.Minute, duration.Hour, 25 * duration.Hour}[rng.IntN(4)]
	s.AutoReply.MaxPerWindow = rng.IntN(4)
	if on() {
		s.AutoReply.QuietAfterAgent = 0
	}
	if on() {
		s.Closing.Before = []duration.Duration{23 * duration.Hour, duration.Minute, 15 * duration.Minute}[:rng.IntN(4)]
	}
	return s
}

// TestLawsOnRandomHistories: whatever happens in whatever order, applying an event
// twice equals once, resolved conversations are left alone, nobody who waits is
// closed on, automatic messages go out once per window, the effects tell the whole
// story of the state, and no timer spins.
func TestLawsOnRandomHistories(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2026, 11))
	seen := make(map[string]int)
	var all []*rules.Rules
	var settings []rules.Settings
	for range 64 {
		s := randomSettings(rng)
		all, settings = append(all, newRules(t, s)), append(settings, s)
	}
	given, notices := make(map[rules.Why]int), make(map[duration.Duration]int)
	for n := range histories() {
		i := rng.IntN(len(all))
		clear(given)
		clear(notices)
		w := &world{
			r: all[i], s: settings[i], rng: rng, inOrder: n%2 == 0,
			now:   t0.Add(time.Duration(rng.IntN(14*24)) * time.Hour),
			given: given, notices: notices,
		}
		for range 3 + rng.IntN(6) {
			before := w.st
			if err := w.step(); err != nil {
				t.Fatalf("history %d: %v\nbefore: %+v", n, err, detail(before))
			}
			if n < 20_000 {
				noteEffects(seen, w)
			}
		}
	}
	for _, kind := range []string{"new", "pending", "resolved", "assigned", "waiting", "told", "replied", "suspected", "returns"} {
		require.Greater(t, seen[kind], 100, "the histories hardly ever are %s", kind)
	}
}

func detail(st rules.State) string {
	b, _ := json.Marshal(st)
	return string(b)
}

// noteEffects counts what the histories reach, so that the laws are not checked on
// empty ones.
func noteEffects(seen map[string]int, w *world) {
	seen[string(w.st.Queue)]++
	for what, is := range map[string]bool{
		"assigned": w.st.Assignee != "", "waiting": !w.st.WaitingSince.IsZero(), "told": w.st.Noticed > 0,
		"replied": w.st.AutoReplies > 0, "suspected": !w.st.BotUntil.IsZero(), "returns": !w.st.ReturnAt.IsZero(),
	} {
		if is {
			seen[what]++
		}
	}
}
