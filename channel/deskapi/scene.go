package deskapi

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/internal/discreet"
	"github.com/kanava-go/kanava/template"
)

// A Scene is one step of the channel as a [Desk] sees it. It is good for the call that it is given
// to, and for one goroutine. Of Conversation State, Tags and Topic may be changed, and are saved
// when the step ends; then what was told and sent follows, in order.
type Scene struct {
	// Settings are the channel's, Prepared is what [Desk].Prepare made of them.
	Settings     *settings.Settings
	Prepared     any
	Customer     *conversation.Customer
	Conversation *conversation.Conversation
	// Now is the time of the step.
	Now time.Time
	// Author is who acts; zero for the customer, WhatsApp and rules.
	Author conversation.Author
	// Since is when what makes the desk send something happened or fell due, if not now: a desk sets
	// it in Due, since after a restore from a backup that may have been sent before.
	Since time.Time

	// Actions are what the step can do; the hub sets them.
	Actions
}

// Actions are what a desk can do in a [Scene].
type Actions interface {
	// Begin begins the customer's next conversation, which is Conversation from now on.
	Begin() error
	// Redact masks card numbers as the channel does.
	Redact(text string) string
	// Hold gives the conversation to people or to a bot, and says whether it was another's. It tells
	// the host why: in a word, and in a sentence, "" if there is none.
	Hold(by conversation.Holder, why conversation.Cause, reason string) bool
	// Tell tells the host about a change, and the log of the conversation.
	Tell(t Told)
	// Send sends a message to the customer, or tells the host that it was withheld, and why.
	Send(m Automatic)
	// Note files an internal note, with card numbers masked.
	Note(text string) (*conversation.Message, error)
	// Count adds n to a number of the channel's report, see [Counter], on the day of a time.
	Count(name string, at time.Time, n int64)
	// WakeAt says when [Desk].Due is to be called, perhaps a little early; zero: not at all. Each
	// conversation has one such time.
	WakeAt(at time.Time)
	// Sent returns those of the latest messages, at most limit, that are answers, oldest first.
	Sent(limit int) ([]*Sent, error)
	// Save saves what another message, one that Sent returned, counts for.
	Save(m *Sent) error
}

// Sent is a message of ours with what it counts for; Answer is nil for what is no answer.
type Sent struct {
	*conversation.Message
	Answer *conversation.Answer
}

// LogValue shows where it happens.
func (s Scene) LogValue() slog.Value {
	id := ""
	if s.Conversation != nil {
		id = s.Conversation.ID
	}
	return slog.GroupValue(slog.String("conversation", id), slog.Time("now", s.Now))
}

// Format implements [fmt.Formatter].
func (s Scene) Format(f fmt.State, _ rune) { discreet.Format(f, s) }

// Told is what a desk has to say, to the host and for the log; see [conversation.Change].
type Told struct {
	Kind             conversation.ChangeKind
	Message          string // ID of the message concerned, "" if none
	From, To, Reason string
	Cause            conversation.Cause
}

// LogValue shows what it is about.
func (t Told) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(t.Kind)), slog.String("message", t.Message))
}

// Format implements [fmt.Formatter].
func (t Told) Format(f fmt.State, _ rune) { discreet.Format(f, t) }

// Automatic is a message that goes out by itself: a text, or a template.
type Automatic struct {
	// Why says which rule wants it, in a word: Message.Auto.
	Why string
	// Text has placeholders, and perhaps a template shorthand.
	Text string
	// Template names a template, in Language or the channel's. Values, texts with placeholders, fill
	// its body in their order; without them its named variables are placeholders.
	Template, Language string
	Values             []string
	// Lookup gives further placeholders; it is asked first. nil: none.
	Lookup template.Lookup
}

// LogValue shows which rule wants it, and the size.
func (a Automatic) LogValue() slog.Value {
	return slog.GroupValue(slog.String("why", a.Why), slog.Int("text_bytes", len(a.Text)))
}

// Format implements [fmt.Formatter].
func (a Automatic) Format(f fmt.State, _ rune) { discreet.Format(f, a) }
