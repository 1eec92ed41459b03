package rules

import (
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/window"
)

// Rules decides by the settings of one channel. Make one with [New]; it is
// immutable and safe for concurrent use. When settings change, make another. The
// zero Rules have every rule switched off.
//
// Its methods take the [State] of a conversation and what happened, and return
// the State after it with the effects that follow; nothing else is changed. They
// never panic and allocate nothing when there is no effect.
type Rules struct {
	s        Settings
	schedule *Schedule           // nil = open at all times
	notices  []duration.Duration // ClosingRule.Before, largest first
	marks    [][]byte            // lower case
	echoes   []uint32            // hashes of our own automatic texts
	talks    bool                // anything writes to customers: watch out for machines
}

// New checks s and prepares it. The error joins all problems, each a
// [*SettingError]. Nothing of s is kept that the caller could still change.
func New(s Settings) (*Rules, error) {
	var p problems
	s.validate(&p)
	r := &Rules{s: s}
	if !s.Hours.isZero() {
		r.schedule = s.Hours.compile(&p)
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	if r.s.Assign.OnReply == AssignNever {
		r.s.Assign.OnReply = AssignOff
	}
	for _, age := range []*duration.Duration{&r.s.AutoResolve.New, &r.s.AutoResolve.Pending} {
		*age = max(*age, 0) // Never
	}
	r.s.Hours = Hours{} // its slices are the caller's; schedule has copies
	r.notices = slices.Clone(s.Closing.Before)
	slices.Sort(r.notices)
	slices.Reverse(r.notices)
	for _, mark := range s.AutoReply.Loop.Marks {
		r.marks = append(r.marks, []byte(strings.Map(unicode.ToLower, strings.TrimSpace(mark))))
	}
	a := &r.s.AutoReply
	for _, c := range []*Content{
		&a.FirstContact.Content, &a.OutOfHours.Content, &a.Away.Content,
		&r.s.Reminder.Content, &r.s.FollowUp.Content, &r.s.Untaken.Notice, &r.s.Farewell.Content,
	} {
		c.Values = slices.Clone(c.Values)
		if hash, n := textHash(c.Text); n >= minEchoRunes {
			r.echoes = append(r.echoes, hash)
		}
	}
	r.talks = a.FirstContact.Enabled || a.OutOfHours.Enabled || a.Away.Enabled || s.Reminder.Enabled || s.FollowUp.Enabled || s.Farewell.Enabled ||
		s.Untaken.After > 0 && !s.Untaken.Notice.isZero()
	a.MaxPerWindow = orDefault(a.MaxPerWindow, autoKinds)
	a.Loop.Texts = orDefault(a.Loop.Texts, DefaultLoopTexts)
	a.Loop.Per = orDefault(a.Loop.Per, DefaultLoopPer)
	a.Loop.Repeats = orDefault(a.Loop.Repeats, DefaultLoopRepeats)
	a.Loop.Quiet = orDefault(a.Loop.Quiet, DefaultLoopQuiet)
	return r, nil
}

func orDefault[T int | duration.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Schedule returns the opening hours of the channel, or nil if none were set.
func (r *Rules) Schedule() *Schedule { return r.schedule }

// Inbound is a message of the customer, or whatever else of his agents must look
// at: a missed call, an order, a tap on a button. Reactions, receipts and changes
// of older messages are none. It is read, never kept.
type Inbound struct {
	// ID identifies the event: the wamid. One of the latest [SeenEvents] that
	// comes again changes nothing. "" is never recognised.
	ID string
	// At is Meta's timestamp. Unset and future times are taken as now.
	At time.Time
	// Window is the customer service window with this event observed.
	Window window.State
	// Text is what the customer wrote, redacted, "" for anything but text.
	// Only a short hash is remembered.
	Text string
	// Automated is the host's own opinion that a machine wrote this.
	Automated bool
	// AllAway says that no agent of the channel is there at the moment.
	AllAway bool
	// Bot says that a bot of the host's answers this: no automatic reply is wanted.
	Bot bool
}

// LogValue implements [slog.LogValuer]; it shows lengths only.
func (in Inbound) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Time("at", in.At),
		slog.Int("text_len", len(in.Text)),
		slog.Bool("automated", in.Automated),
		slog.Bool("all_away", in.AllAway),
	)
}

// String shows what [Inbound.LogValue] shows.
func (in Inbound) String() string { return in.LogValue().String() }

// GoString is [Inbound.String], so that %#v shows no more.
func (in Inbound) GoString() string { return in.String() }

// Outbound is a message of ours.
type Outbound struct {
	// ID identifies it, as in [Inbound.ID]: our own message id, or the wamid
	// of an echo from the business's phone.
	ID string
	// At is when it was written. Unset and future times are taken as now.
	At time.Time
	// Agent is the host's identifier of the person who wrote it; "" for a
	// bot, and for a person the host cannot name.
	Agent string
}

// LogValue implements [slog.LogValuer]; it shows no identifiers.
func (out Outbound) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", out.At), slog.Bool("agent", out.Agent != ""))
}

// String shows what [Outbound.LogValue] shows.
func (out Outbound) String() string { return out.LogValue().String() }

// GoString is [Outbound.String], so that %#v shows no more.
func (out Outbound) GoString() string { return out.String() }

// eventTime is when an event happened as far as the rules believe it.
func eventTime(at, now time.Time) time.Time {
	at = whole(at)
	if at.Year() <= 1970 || at.After(now) {
		return now
	}
	return at
}

// observe takes the window's latest closing time over. A window that was open
// when it was refreshed is still the same window; one that had closed is another,
// in which automatic messages may go out again.
func (r *Rules) observe(st *State, w window.State) {
	until, ok := w.ClosesAt()
	if !ok || !until.After(st.WindowUntil) {
		return
	}
	opened, _ := w.LastInbound()
	if !opened.Before(st.WindowUntil) {
		st.WindowSince, st.Given = opened, 0
	}
	if r.s.Closing.Repeat {
		st.Noticed = 0
	}
	st.WindowUntil = until
}

// settle notes that nothing is left to be told about a window that has closed.
func (st *State) settle(now time.Time) {
	if !st.WindowUntil.After(now) {
		st.WindowDone = st.WindowUntil
	}
}
