package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/template"
)

// A Desk takes part in the steps of the channel: what it decides about a message is committed
// together with the message, over any number of processes. Package desk's is one; a host that is
// master of its tickets has none, and nothing of it is written, polled or told.
//
// A method changes the [Scene] that it is given and has no effect elsewhere, because a step that
// meets a conflict runs again. It must be quick, and safe for concurrent use. Its error makes the
// step fail and be tried again.
type Desk interface {
	// Prepare checks the desk's part of a channel's settings, which is Settings.Desk, and returns
	// what the desk makes of it: [Channel.Prepared] gives it back wherever these settings hold.
	// templates says whether the channel has any. The error joins all problems, each of which
	// begins with the path to the setting.
	Prepare(s *Settings, templates bool) (prepared any, err error)
	// Placeholders gives what texts may have in them beside what the channel itself knows.
	Placeholders(c *conversation.Conversation) template.Lookup

	// Received is called with a message of the customer, or whatever else somebody must look at,
	// before it is filed.
	Received(s *Scene, m *conversation.Message) error
	// Contacted is called before a message is filed that nobody asked for; id will be its ID.
	Contacted(s *Scene, id string) error
	// Answered is called when WhatsApp has accepted an answer of ours, and with what somebody
	// wrote in the Business app, before it is filed. It keeps in Sent.Answer what the message
	// counts for.
	Answered(s *Scene, m *Sent) error
	// Failed is called when what was to be an answer will not arrive, whether it was accepted or not.
	Failed(s *Scene, m *Sent) error
	// Merged is called when two customers turn out to be one person: one conversation goes on, with a
	// State that is that of both, and the other one is absorbed.
	Merged(s, absorbed *Scene) error
	// Due is called when the time has come that [Scene.WakeAt] named.
	Due(s *Scene) error
}

// Answer is what a message of ours means to the customer who waits, as a [Desk] keeps it with the
// message: what it made of the conversation and of the report, so that it can be taken back.
type Answer struct {
	// Asked and Unanswered are since when the customer had waited when the message was
	// queued, as in rules.State: the conversation may be resolved before it is sent.
	Asked      time.Time `json:"asked,omitzero"`
	Unanswered time.Time `json:"unanswered,omitzero"`
	// At is when WhatsApp accepted it; zero while it does not count.
	At time.Time `json:"at,omitzero"`
	// Ended and EndedAny are since when the customer had waited for a person or a bot, and
	// for anything of ours, where this message ended the wait.
	Ended    time.Time `json:"ended,omitzero"`
	EndedAny time.Time `json:"ended_any,omitzero"`
	// First is when the conversation had begun, where this was the first answer of a person.
	First time.Time `json:"first,omitzero"`
	// Owned is when its author became the owner by it, and Before who was the owner until then.
	Owned  time.Time `json:"owned,omitzero"`
	Before string    `json:"before,omitempty"`
	// Back counts how often it was taken back.
	Back int `json:"back,omitempty"`
}

// Sent is a message of ours with what it counts for; Answer is nil for what is no answer.
type Sent struct {
	*conversation.Message
	Answer *Answer

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

// A Scene is one step of the channel as a [Desk] sees it: a conversation, its customer, and what
// may be done with them. It is good for the call that it is given to, and for one goroutine.
//
// Channel and Customer are to be read. Conversation may be changed in State, Tags and Topic; it is
// saved when the step ends. What is told and sent is so after everything that the channel does in the
// step by itself, in the order in which the desk said it.
type Scene struct {
	Channel      *Channel
	Customer     *conversation.Customer
	Conversation *conversation.Conversation
	// Now is the time of the step.
	Now time.Time
	// Author is who acts, as changes name him; zero for the customer, WhatsApp and rules.
	Author conversation.Author
	// Since is when what makes the desk send something happened or fell due; zero if it is this
	// event. A desk sets it in Due: after a restore from a backup, what it sends may have been sent
	// before.
	Since time.Time

	unit  *unit
	id    string         // of the event or action, which makes what follows from it unique
	at    time.Time      // when it happened
	told  int            // how much was told
	after []func() error // what is to be done at the end
	wake  time.Time
	wakes bool // wake was set
}

// Told is what a desk has to say about a conversation, to the host and for the log: see
// [conversation.Change] for the fields.
type Told struct {
	Kind             conversation.ChangeKind
	Message          string // ID of the message concerned, "" if none
	From, To, Reason string
	Cause            conversation.Cause
}

// Automatic is a message that goes out by itself: a text, in which a template shorthand may stand, or
// a template.
type Automatic struct {
	// Why says which rule wants it, in a word: Message.Auto.
	Why string
	// Text is a text with placeholders.
	Text string
	// Template names a template instead, in Language or the channel's. Values, texts with
	// placeholders, are for the variables of its body in their order; without them variables with
	// names are filled from the placeholders of the same names.
	Template, Language string
	Values             []string
	// Lookup gives further placeholders; it is asked first. nil: none.
	Lookup template.Lookup
}
