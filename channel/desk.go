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
	err := s.unit.hub.desk.Answered(s, sent)
	m.Answer = sent.Answer
	return err
}

// failed lets the desk take an answer back.
func (s *Scene) failed(m *messageRecord) error {
	sent := m.sent()
	err := s.unit.hub.desk.Failed(s, sent)
	m.Answer = sent.Answer
	return err
}
