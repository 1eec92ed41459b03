package rules

import (
	"reflect"

	"github.com/kanava-go/kanava/channel/duration"
)

// Settings are the rules of one channel, plain data for an admin page: encode
// them with encoding/json, read them with [DecodeSettings] or encoding/json,
// check them with [Settings.Validate]. [New] turns Settings into the [Rules] that
// decide, exactly as they are.
//
// The zero Settings are for a host that is master of its tickets: nothing is moved,
// assigned, resolved or answered by itself, and nobody is told anything; what the host and
// the customer do is followed, so that a message brings a conversation back to new.
// [Default] returns what the products in the field do. Settings that a host fills in part
// take that for the rest where a channel is set up with them: see [Settings.Filled].
//
// A change of settings acts on a conversation from its next event or timer on.
// Timers that a host has armed keep their time until then, so that shortening a
// limit does not resolve the whole backlog at once.
type Settings struct {
	Assign      AssignRule      `json:"assign,omitzero"`
	AutoResolve AutoResolveRule `json:"auto_resolve,omitzero"`
	IdleClose   IdleCloseRule   `json:"idle_close,omitzero"`
	Late        LateRule        `json:"late_message,omitzero"`
	Hours       Hours           `json:"hours,omitzero"`
	AutoReply   AutoReplyRules  `json:"auto_reply,omitzero"`
	Closing     ClosingRule     `json:"closing_notice,omitzero"`
	Reminder    ReminderRule    `json:"reminder,omitzero"`
	FollowUp    FollowUpRule    `json:"follow_up,omitzero"`
	Untaken     UntakenRule     `json:"untaken,omitzero"`
	Farewell    FarewellRule    `json:"farewell,omitzero"`
}

// Default returns the settings a channel starts with: an unowned conversation
// goes to the agent who answers and is released when resolved, New and Pending
// are resolved after 30 days without activity, agents are told 4 hours and 1 hour
// before the window closes. Everything that writes to a customer is off.
func Default() Settings {
	return Settings{
		Assign:      AssignRule{OnReply: AssignUnowned, Release: true},
		AutoResolve: AutoResolveRule{New: 30 * duration.Day, Pending: 30 * duration.Day},
		Closing:     ClosingRule{Before: []duration.Duration{4 * duration.Hour, duration.Hour}},
	}
}

// Filled returns s with the settings of [Default] in the place of what s leaves open:
// Assign and Closing as a whole, and each of the ages of AutoResolve. Rules that write to
// customers stay as they are. [AssignNever], [duration.Never] and an empty list that is not nil
// switch those off. The zero Settings stay zero.
func (s Settings) Filled() Settings {
	if s.isZero() {
		return s
	}
	d := Default()
	if s.Assign == (AssignRule{}) {
		s.Assign = d.Assign
	}
	s.AutoResolve.New = orDefault(s.AutoResolve.New, d.AutoResolve.New)
	s.AutoResolve.Pending = orDefault(s.AutoResolve.Pending, d.AutoResolve.Pending)
	if s.Closing.Before == nil && !s.Closing.Repeat && !s.Closing.OnlyWaiting {
		s.Closing = d.Closing
	}
	return s
}

func (s *Settings) isZero() bool { return reflect.ValueOf(s).Elem().IsZero() }

// AssignMode says whom an agent's answer assigns.
type AssignMode string

// The modes of assignment.
const (
	// AssignOff, the zero value: answering assigns nobody.
	AssignOff AssignMode = ""
	// AssignNever is AssignOff for settings that are filled in part, see [Settings.Filled].
	AssignNever AssignMode = "never"
	// AssignUnowned gives a conversation that belongs to nobody to the agent
	// who answers; it never takes one away from another agent.
	AssignUnowned AssignMode = "unowned"
	// AssignAlways gives it to whoever answered last.
	AssignAlways AssignMode = "always"
)

// AssignRule is about who owns a conversation.
type AssignRule struct {
	// OnReply assigns the agent who answers.
	OnReply AssignMode `json:"on_reply,omitempty"`
	// Release takes the owner away when the conversation is resolved, so
	// that one that comes back goes to whoever is there.
	Release bool `json:"release_on_resolve,omitempty"`
}

// AutoResolveRule resolves what nobody has touched for a long time. Age counts
// from the latest activity: a message either way, or a person's decision. A
// pending conversation that has a time to come back waits for that instead.
type AutoResolveRule struct {
	// New and Pending are the ages per queue: 0 and [duration.Never] are off, otherwise
	// 1 hour to 3650 days.
	New     duration.Duration `json:"new,omitempty"`
	Pending duration.Duration `json:"pending,omitempty"`
	// Reason is the host's own code or text for the resolution, at most 255
	// characters; it comes back in [Resolve.Reason].
	Reason string `json:"reason,omitempty"`
}

// IdleCloseRule resolves a conversation in which we had the last word and the
// customer has nothing more to say. It never closes on a customer who waits for
// an answer, nor while a pending conversation has a time to come back.
type IdleCloseRule struct {
	// After is the silence that closes: 0 is off, otherwise 1 minute to 3650
	// days.
	After duration.Duration `json:"after,omitempty"`
	// Reason is as in [AutoResolveRule].
	Reason string `json:"reason,omitempty"`
}

// LateRule decides what a message on a resolved conversation does: it reopens
// the conversation, or begins a new one.
type LateRule struct {
	// NewAfter is how long after the conversation was resolved, or after our
	// last answer in it if that came later, a message begins a new one: 0
	// means never, it is always reopened; otherwise 1 second to 3650 days.
	NewAfter duration.Duration `json:"new_after,omitempty"`
}

// Content is what an automatic message says: either text or a template. The hub
// fills placeholders in as it does for macros; a reply out of hours may say
// {{opens.date}} and {{opens.time}} as well. A message whose placeholder has no
// value is withheld.
type Content struct {
	// Text is a free-form message of at most 4096 characters.
	Text string `json:"text,omitempty"`
	// Template names a template, at most 512 lower-case letters, digits and
	// underscores.
	Template string `json:"template,omitempty"`
	// Language is the template's language code such as "en_US"; "" is the
	// channel's fallback. Only with Template.
	Language string `json:"language,omitempty"`
	// Values are what stands for the variables of the template's body, in their order, so that
	// a template with numbered ones ({{1}}) can be used: texts with placeholders, such as
	// "{{customer.first_name}}", at most 64 of 1 to 1024 characters. Without them variables
	// that have names are filled with the placeholders of the same names. Only with Template.
	Values []string `json:"values,omitempty"`
}

// AutoReplyRule is one kind of automatic reply.
type AutoReplyRule struct {
	// Enabled switches it on; switched off it keeps its content.
	Enabled bool `json:"enabled,omitempty"`
	Content
}

// AutoReplyRules are the automatic replies. The moment chooses the kind: closed
// before away before first contact; a message draws at most one. Each kind goes
// out at most once per window, where a window lasts for as long as the customer
// keeps it from closing: two machines cannot talk to each other through it.
// Service messages are billable since 2026-10-01
// (developers.facebook.com/documentation/business-messaging/whatsapp/pricing,
// checked 2026-11-22), so the replies are counted in [State.AutoReplies].
type AutoReplyRules struct {
	// FirstContact greets a customer who writes for the first time.
	FirstContact AutoReplyRule `json:"first_contact,omitzero"`
	// GreetAgain sends FirstContact at the beginning of every conversation.
	GreetAgain bool `json:"greet_again,omitempty"`
	// OutOfHours answers outside [Settings.Hours], which it requires.
	OutOfHours AutoReplyRule `json:"out_of_hours,omitzero"`
	// Away answers while all agents are away, as [Inbound.AllAway] tells.
	Away AutoReplyRule `json:"away,omitzero"`
	// MaxPerWindow limits the kinds together: 1 to 3; 0 means 3, each once.
	MaxPerWindow int `json:"max_per_window,omitempty"`
	// QuietAfterAgent keeps silent for this long after an agent's message,
	// because then a person is at it: 0 is off, at most 7 days.
	QuietAfterAgent duration.Duration `json:"quiet_after_agent,omitempty"`
	// Loop says when the other side is taken for a machine. It cannot be
	// switched off: zero fields mean the defaults.
	Loop LoopRule `json:"loop,omitzero"`
}

// LoopRule recognises machines by what they write. While one is suspected no
// automatic reply and no reminder goes out. Only messages with text count: a
// person may well send thirty photographs at once.
type LoopRule struct {
	// Texts within Per make a machine: 2 to 1000, 0 means 15.
	Texts int `json:"texts,omitempty"`
	// Per is 1 second to 1 hour, 0 means 1 minute.
	Per duration.Duration `json:"per,omitempty"`
	// Repeats of the same text in a row, apart from case, spaces and signs,
	// make a machine: 2 to 100, 0 means 3.
	Repeats int `json:"repeats,omitempty"`
	// Marks are phrases that machines write, compared without regard to
	// case: at most 64 of 4 to 200 characters.
	Marks []string `json:"marks,omitempty"`
	// Quiet is how long the suspicion lasts: 1 minute to 30 days, 0 means
	// 24 hours.
	Quiet duration.Duration `json:"quiet,omitempty"`
}

// The defaults of [LoopRule].
const (
	DefaultLoopTexts   = 15
	DefaultLoopPer     = duration.Minute
	DefaultLoopRepeats = 3
	DefaultLoopQuiet   = 24 * duration.Hour
)

// ClosingRule tells agents that the customer service window is about to close.
type ClosingRule struct {
	// Before lists how long before closing: none is off, at most 8 of 1
	// minute to under 24 hours. Each is told once per conversation, and again
	// only after it was resolved and reopened; of several that are due only
	// the most urgent one is told.
	Before []duration.Duration `json:"before,omitzero"`
	// Repeat tells again when a message of the customer has extended the
	// window.
	Repeat bool `json:"repeat,omitempty"`
	// OnlyWaiting tells only while the customer waits for an answer.
	OnlyWaiting bool `json:"only_waiting,omitempty"`
}

// ReminderRule asks the customer to write before the window closes. It goes out
// once per window, as [AutoReplyRules] understands it, and only while the
// conversation is not resolved.
type ReminderRule struct {
	// Enabled switches it on. It is a billable message that not every
	// customer will like.
	Enabled bool `json:"enabled,omitempty"`
	// Before is how long before closing: 5 minutes to under 24 hours.
	Before duration.Duration `json:"before,omitempty"`
	Content
}

// FollowUpRule writes to the customer once the window has closed on a conversation that is
// still open: only a template can do that. It goes out once per window, as [AutoReplyRules]
// understands it, and not at all where its time passed more than [MaxFollowUpDelay] ago.
type FollowUpRule struct {
	// Enabled switches it on. Templates are billed.
	Enabled bool `json:"enabled,omitempty"`
	// After is how long after the window closed: 1 minute to 30 days.
	After duration.Duration `json:"after,omitempty"`
	// OnlyWaiting sends it only while the customer waits for an answer: somebody owes them one.
	OnlyWaiting bool `json:"only_waiting,omitempty"`
	// Content names a template.
	Content
}

// FarewellRule writes to a customer whose conversation was resolved, for example to ask how it went. It
// goes out once per window, as [AutoReplyRules] understands it, to nobody who never wrote and to no
// machine; a text only while the window is open. What the customer answers is a message like any other:
// it takes the conversation up again, or begins the next one.
type FarewellRule struct {
	// Enabled switches it on.
	Enabled bool `json:"enabled,omitempty"`
	// ByHand restricts it to conversations that a person resolved.
	ByHand bool `json:"by_hand,omitempty"`
	// Content is a text or a template. Templates are billed outside the window.
	Content
}

// UntakenRule resolves a conversation in which the customer waits and that nobody took:
// it is in new, has no owner, and no person has answered since it began or was taken up again. It is
// for live chats, where somebody who was not served within minutes has left: the one rule
// that closes on a customer who waits.
type UntakenRule struct {
	// After is how long after the latest activity: 0 is off, otherwise 1 minute to 30 days. It
	// counts day and night.
	After duration.Duration `json:"after,omitempty"`
	// Reason is as in [AutoResolveRule].
	Reason string `json:"reason,omitempty"`
	// Notice tells the customer that the conversation was closed, if the window is open; empty
	// for none. It goes out once per window, as [AutoReplyRules] understands it.
	Notice Content `json:"notice,omitzero"`
}
