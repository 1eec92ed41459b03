package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
)

// A Desk takes part in the steps of the channel: what it decides about a message is committed with
// the message. Package desk's is one. A method changes the [Scene] that it is given and nothing
// else, since a step that meets a conflict runs again; it must be quick, and safe for concurrent
// use. Its error makes the step fail and be tried again.
type Desk interface {
	// Prepare checks Settings.Desk and returns what the desk makes of it, for [Channel.Prepared].
	// templates says whether the channel has any. The error joins all problems, each beginning with
	// the path to the setting.
	Prepare(s *settings.Settings, templates bool) (prepared any, err error)
	// Placeholders gives what texts may have in them beside what the channel knows.
	Placeholders(c *conversation.Conversation) template.Lookup

	// Received is called with what somebody must look at, before it is filed.
	Received(s *Scene, m *conversation.Message) error
	// Contacted is called before a message that nobody asked for is filed under this ID.
	Contacted(s *Scene, id string) error
	// Answered is called when WhatsApp has accepted an answer, and before what somebody wrote in the
	// Business app is filed. It keeps in Sent.Answer what the message counts for.
	Answered(s *Scene, m *Sent) error
	// Failed is called when an answer will not arrive, whether it was accepted or not.
	Failed(s *Scene, m *Sent) error
	// Held is called when people got a conversation that a bot had, or the bot one that people had:
	// Conversation.Holder has it now.
	Held(s *Scene, why conversation.Cause) error
	// Merged is called when two customers are one person: one conversation goes on, with the State
	// of both.
	Merged(s, absorbed *Scene) error
	// Due is called when the time of [Scene.WakeAt] has come.
	Due(s *Scene) error
}

// Sent is a message of ours with what it counts for; Answer is nil for what is no answer.
type Sent struct {
	*conversation.Message
	Answer *conversation.Answer

	record *messageRecord
}

func (m *messageRecord) sent() *Sent { return &Sent{Message: &m.Message, Answer: m.Answer, record: m} }

// answered lets the desk make an answer of a message.
func (s *Scene) answered(m *messageRecord) error {
	sent := m.sent()
	err := s.unit.core.desk.Answered(s, sent)
	m.Answer = sent.Answer
	return err
}

// failed lets the desk take an answer back.
func (s *Scene) failed(m *messageRecord) error {
	sent := m.sent()
	err := s.unit.core.desk.Failed(s, sent)
	m.Answer = sent.Answer
	return err
}

// A Scene is one step of the channel as a [Desk] sees it. It is good for the call that it is given
// to, and for one goroutine. Of Conversation State, Tags and Topic may be changed, and are saved
// when the step ends; then what was told and sent follows, in order.
type Scene struct {
	Channel      *Channel
	Customer     *conversation.Customer
	Conversation *conversation.Conversation
	// Now is the time of the step.
	Now time.Time
	// Author is who acts; zero for the customer, WhatsApp and rules.
	Author conversation.Author
	// Since is when what makes the desk send something happened or fell due, if not now: a desk sets
	// it in Due, since after a restore from a backup that may have been sent before.
	Since time.Time

	unit  *unit
	id    string         // of the event or action, which makes what follows from it unique
	at    time.Time      // when it happened
	told  int            // how much was told
	after []func() error // what is to be done at the end
	wake  time.Time
	wakes bool // wake was set
}

// Told is what a desk has to say, to the host and for the log; see [conversation.Change].
type Told struct {
	Kind             conversation.ChangeKind
	Message          string // ID of the message concerned, "" if none
	From, To, Reason string
	Cause            conversation.Cause
}

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
