package rules

import (
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// Why says what caused an effect, for the conversation's log and for reports.
type Why string

// The causes.
const (
	WhyFirstMessage  Why = "first_message"  // the customer wrote and had no conversation
	WhyLateMessage   Why = "late_message"   // the customer wrote long after the last one was resolved
	WhyContacted     Why = "contacted"      // we wrote first
	WhyCustomerWrote Why = "customer_wrote" // the customer wrote
	WhyAnswered      Why = "answered"       // the agent answered
	WhyByHand        Why = "by_hand"        // a person decided it
	WhyReturnTime    Why = "return_time"    // the time set for a pending conversation has come
	WhyAutoResolve   Why = "auto_resolve"   // no activity for a long time
	WhyIdle          Why = "idle"           // answered, and silence since
	WhyUntaken       Why = "untaken"        // the customer waited and nobody took it
	WhyFollowUp      Why = "follow_up"      // the window has closed on it
	WhyResolved      Why = "resolved"       // the conversation was resolved
	WhyFailed        Why = "answer_failed"  // an answer did not arrive after all
	WhyFirstContact  Why = "first_contact"  // first contact, or first of a conversation
	WhyOutOfHours    Why = "out_of_hours"   // outside the opening hours
	WhyAway          Why = "away"           // all agents are away
	WhyClosing       Why = "closing"        // the window is about to close
	WhyHostHint      Why = "host_hint"      // the host says that a machine wrote
	WhyBotMark       Why = "bot_mark"       // a phrase that machines write
	WhyEcho          Why = "echo"           // our own automatic text came back
	WhyRepeatedText  Why = "repeated_text"  // the same text again and again
	WhyTooManyTexts  Why = "too_many_texts" // faster than people write
	WhyHandedOver    Why = "handed_over"    // a bot gave the conversation to people
	WhyHandedBack    Why = "handed_back"    // people gave it to a bot
)

// Effect is one thing that follows from an event: [*NewConversation], [*Reopen],
// [*MoveQueue], [*Resolve], [*Assign], [*Unassign], [*AutoReply],
// [*ClosingNotice], [*BotNotice], [*Remind], [*FollowUp] or [*Farewell]. The [State] that comes with it
// already reflects it; what is left to the host is to store, to tell and to send.
// Later versions may add kinds: a switch over effects has a default.
//
//sumtype:decl
type Effect interface{ effect() }

// NewConversation begins a conversation. The State that comes with it is that of
// the new conversation; the one before, if any, stays resolved as it was.
type NewConversation struct {
	Queue Queue // QueueNew, or QueuePending if we wrote first
	Why   Why   // WhyFirstMessage, WhyLateMessage or WhyContacted
}

// Reopen takes a resolved conversation up again, in [QueueNew].
type Reopen struct {
	Why Why // WhyCustomerWrote, WhyFailed, WhyHandedOver or WhyByHand
}

// MoveQueue moves an open conversation between new and pending.
type MoveQueue struct {
	From, To Queue
	Why      Why // WhyCustomerWrote, WhyReturnTime, WhyFailed, WhyHandedOver or WhyByHand
}

// Resolve resolves a conversation.
type Resolve struct {
	From   Queue
	Why    Why    // WhyByHand, WhyAutoResolve, WhyIdle or WhyUntaken
	Reason string // the person's, or that of the rule's settings; may be empty
}

// Assign gives a conversation to an agent.
type Assign struct {
	To   string // the host's identifier of the agent
	From string // who owned it before, "" if nobody
	Why  Why    // WhyAnswered, WhyFailed or WhyByHand
}

// Unassign takes the owner away.
type Unassign struct {
	From string // the host's identifier of the agent
	Why  Why    // WhyResolved, WhyFailed, WhyHandedBack or WhyByHand
}

// AutoReply sends an automatic reply, or the notice that a conversation was closed that
// nobody took: it comes before the [*Resolve]. Send it at most once: the State has counted
// it, and a reply that comes late is worse than none.
type AutoReply struct {
	Content
	Why Why // WhyFirstContact, WhyOutOfHours, WhyAway or WhyUntaken
	// OpensAt is when the opening hours begin, with WhyOutOfHours; zero if
	// they do not within two years.
	OpensAt time.Time
	// Count is how many automatic replies this conversation has drawn, this
	// one included.
	Count int
}

// ClosingNotice tells agents that the customer service window is about to close.
type ClosingNotice struct {
	Before   duration.Duration // which of [ClosingRule.Before] it is
	ClosesAt time.Time         // when the window closes
	Waiting  bool              // the customer waits for an answer
}

// BotNotice tells agents that a machine seems to write, and that automatic
// messages are withheld. It comes once per suspicion.
type BotNotice struct {
	Why   Why       // WhyHostHint, WhyBotMark, WhyEcho, WhyRepeatedText or WhyTooManyTexts
	Until time.Time // end of the suspicion unless it is renewed
}

// Remind sends the customer the reminder to write before the window closes. As
// with [AutoReply], send it at most once.
type Remind struct {
	Content
	ClosesAt time.Time
}

// FollowUp sends the customer a template after the window has closed. As with [AutoReply],
// send it at most once.
type FollowUp struct {
	Content
	ClosedAt time.Time // when the window closed
}

// Farewell sends the customer what is said when a conversation was resolved. As with [AutoReply], send
// it at most once.
type Farewell struct{ Content }

func (*NewConversation) effect() {}
func (*Reopen) effect()          {}
func (*MoveQueue) effect()       {}
func (*Resolve) effect()         {}
func (*Assign) effect()          {}
func (*Unassign) effect()        {}
func (*AutoReply) effect()       {}
func (*ClosingNotice) effect()   {}
func (*BotNotice) effect()       {}
func (*Remind) effect()          {}
func (*FollowUp) effect()        {}
func (*Farewell) effect()        {}

// LogValue implements [slog.LogValuer]; agents' identifiers may be personal.
func (e *Assign) LogValue() slog.Value { return slog.StringValue("assign: " + string(e.Why)) }

// LogValue implements [slog.LogValuer]; agents' identifiers may be personal.
func (e *Unassign) LogValue() slog.Value { return slog.StringValue("unassign: " + string(e.Why)) }
