package rules

import (
	"bytes"
	"math/bits"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/window"
)

// MaxReplyDelay is how old a message may be and still draw an automatic reply. A
// backlog that is worked off after an outage should not greet people hours later.
const MaxReplyDelay = time.Hour

// minEchoRunes is how many letters and digits an automatic text of ours must have
// to be recognised when it comes back; people, too, say "hello".
const minEchoRunes = 12

// OnInbound decides what a message of the customer does: it begins a
// conversation, reopens a resolved one or brings a pending one back, and may draw
// one automatic reply. Messages may come in any order; one that comes again
// changes nothing, see [Inbound.ID].
func (r *Rules) OnInbound(st State, in Inbound, now time.Time) (State, []Effect) {
	key := eventKey(in.ID)
	if st.knows(key) {
		return st, nil
	}
	now = whole(now)
	at := eventTime(in.At, now)
	var fx []Effect
	first, began := !st.Wrote, false
	switch {
	case st.Queue == QueueNew:
	case st.Queue == QueuePending:
		fx = append(fx, &MoveQueue{From: QueuePending, To: QueueNew, Why: WhyCustomerWrote})
		st.Queue, st.ReturnAt = QueueNew, time.Time{}
	case st.Queue == QueueResolved && !r.late(&st, at):
		fx = append(fx, &Reopen{Why: WhyCustomerWrote})
		st.reopen()
	default:
		why := WhyFirstMessage
		if st.Queue == QueueResolved {
			why = WhyLateMessage
		}
		fx = append(fx, &NewConversation{Queue: QueueNew, Why: why})
		st, began = st.successor(QueueNew, at), true
	}
	st.remember(key)
	st.Wrote = true
	st.LastInbound = later(st.LastInbound, at)
	if st.WaitingSince.IsZero() || at.Before(st.WaitingSince) {
		st.WaitingSince = at
	}
	st.UnansweredSince = earliest(st.UnansweredSince, at)
	st.touch(now)
	r.observe(&st, in.Window)
	if r.talks {
		if why := r.machine(&st, in, at); why != "" {
			if !now.Before(st.BotUntil) {
				fx = append(fx, &BotNotice{Why: why, Until: now.Add(r.s.AutoReply.Loop.Quiet.Std())})
			}
			st.BotUntil = later(st.BotUntil, now.Add(r.s.AutoReply.Loop.Quiet.Std()))
		}
		if !in.Bot {
			if reply := r.autoReply(&st, in, first || began && r.s.AutoReply.GreetAgain, at, now); reply != nil {
				fx = append(fx, reply)
			}
		}
	}
	st.settle(now)
	return st, fx
}

// late reports whether a message at this time is too late to reopen.
func (r *Rules) late(st *State, at time.Time) bool {
	after := r.s.Late.NewAfter.Std()
	return after > 0 && at.Sub(later(st.ResolvedAt, st.LastOutbound)) >= after
}

// autoReply picks at most one reply and counts it. The moment decides the kind:
// a customer who has been told that we are closed is not told next that everybody
// is away.
func (r *Rules) autoReply(st *State, in Inbound, greet bool, at, now time.Time) *AutoReply {
	a := &r.s.AutoReply
	rule, kind, why := &a.FirstContact, GivenFirstContact, WhyFirstContact
	switch {
	case a.OutOfHours.Enabled && r.schedule != nil && !r.schedule.OpenAt(now):
		rule, kind, why = &a.OutOfHours, GivenOutOfHours, WhyOutOfHours
	case a.Away.Enabled && in.AllAway:
		rule, kind, why = &a.Away, GivenAway, WhyAway
	case !greet || !a.FirstContact.Enabled:
		return nil
	}
	switch {
	case st.Given.Has(kind),
		bits.OnesCount8(uint8(st.Given&givenReplies)) >= a.MaxPerWindow,
		now.Before(st.BotUntil),
		now.Sub(at) > MaxReplyDelay,
		!in.Window.Permits(window.Send{Kind: window.SendText}, now).Allowed,
		now.Sub(later(st.EarlierReply, st.LastAgentReply)) < a.QuietAfterAgent.Std(): // since the year 1 if nobody did
		return nil
	}
	st.Given |= kind
	st.AutoReplies++
	reply := &AutoReply{Content: rule.Content, Why: why, Count: st.AutoReplies}
	if kind == GivenOutOfHours {
		reply.OpensAt, _ = r.schedule.NextChange(now)
	}
	return reply
}

// machine updates what recognises machines and names the ground for suspicion,
// "" if there is none.
func (r *Rules) machine(st *State, in Inbound, at time.Time) Why {
	loop := &r.s.AutoReply.Loop
	hash, n := textHash(in.Text)
	if n > 0 {
		if hash != st.LastText {
			st.LastText, st.Repeats = hash, 0
		}
		st.Repeats = min(st.Repeats+1, loop.Repeats)
		if at.Sub(st.RateSince) >= loop.Per.Std() {
			st.RateSince, st.RateCount = at, 0
		}
		st.RateCount = min(st.RateCount+1, loop.Texts)
	}
	switch {
	case in.Automated:
		return WhyHostHint
	case n == 0:
		return ""
	case st.Repeats >= loop.Repeats:
		return WhyRepeatedText
	case st.RateCount >= loop.Texts:
		return WhyTooManyTexts
	}
	for _, echo := range r.echoes {
		if n >= minEchoRunes && hash == echo {
			return WhyEcho
		}
	}
	if len(r.marks) > 0 && r.marked(in.Text) {
		return WhyBotMark
	}
	return ""
}

// marked reports whether a text contains one of the marks in any case.
func (r *Rules) marked(text string) bool {
	var space [1024]byte // enough for what people write without allocating
	lower := space[:0]
	for _, c := range text {
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			lower = append(lower, byte(c))
		} else {
			lower = utf8.AppendRune(lower, unicode.ToLower(c))
		}
	}
	for _, mark := range r.marks {
		if bytes.Contains(lower, mark) {
			return true
		}
	}
	return false
}

// textHash hashes the letters and digits of a text without regard to case, and
// counts them. It is 32 bits short on purpose: enough to see a repetition, not
// enough to get a text back.
func textHash(s string) (hash uint32, n int) {
	const offset, prime = 2166136261, 16777619
	hash = offset
	for _, c := range s {
		if c < utf8.RuneSelf {
			if low := c | 0x20; 'a' <= low && low <= 'z' {
				c = low
			} else if c < '0' || '9' < c {
				continue
			}
		} else if unicode.IsLetter(c) || unicode.IsDigit(c) {
			c = unicode.ToLower(c)
		} else {
			continue
		}
		hash = (hash ^ uint32(c)) * prime
		n++
	}
	return hash, n
}
