package channel

import (
	"cmp"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// scene is the step of a unit in a conversation.
func (u *unit) scene(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, id string, at time.Time) *Scene {
	return &Scene{
		Channel: ch, Customer: customer, Conversation: conv, Now: u.now, Author: u.author, unit: u, id: id, at: at,
	}
}

// enter is the scene of what happens in the conversation that the customer is in; the first one
// begins if there is none.
func (u *unit) enter(ch *Channel, customer *conversation.Customer, id string, at time.Time) (*Scene, error) {
	conv, err := u.current(customer)
	if err != nil {
		return nil, err
	}
	s := u.scene(ch, customer, conv, id, at)
	if conv == nil {
		err = s.Begin()
	}
	return s, err
}

// Begin begins the customer's next conversation, which is Conversation from now on.
func (s *Scene) Begin() (err error) {
	s.Conversation, err = s.unit.open(s.Channel, s.Customer, s.id, s.at)
	return err
}

// Redact masks card numbers as the channel does.
func (s *Scene) Redact(text string) string { return s.Channel.redactText(text) }

// Tell tells the host about a change, and the log of the conversation.
func (s *Scene) Tell(t Told) {
	n, author := s.told, s.Author
	s.told++
	s.after = append(s.after, func() error {
		before := s.unit.author
		s.unit.author = author
		defer func() { s.unit.author = before }()
		return s.unit.tellHost(s.Channel.ID, changeID(t.Kind, s.id, n), hostItem{
			Kind: t.Kind, Conversation: s.Conversation.ID, Message: t.Message, At: s.Now.UTC(),
			From: t.From, To: t.To, Reason: t.Reason, Cause: t.Cause,
		})
	})
}

// Send sends a message to the customer, or tells the host that it was withheld, and why.
func (s *Scene) Send(m Automatic) {
	s.after = append(s.after, func() error { return s.unit.core.automatic(s, &m) })
}

// Count adds n to a number of the channel's report, see [Hub.Counters], on the day of a time.
func (s *Scene) Count(name string, at time.Time, n int64) { s.unit.count(s.Channel.ID, name, at, n) }

// WakeAt says when Desk.Due is to be called, perhaps a little early; zero: not at all. Each
// conversation has one such time.
func (s *Scene) WakeAt(at time.Time) { s.wake, s.wakes = at, true }

// Note files an internal note, with card numbers masked.
func (s *Scene) Note(text string) (*conversation.Message, error) {
	safe := s.Redact(text)
	s.Conversation.LastSeq++
	note := &messageRecord{Message: conversation.Message{
		ID: opaque.Random("m_"), Conversation: s.Conversation.ID, Channel: s.Channel.ID, Direction: conversation.Note, Kind: "note",
		Text: safe, Redacted: safe != text, At: s.Now.UTC(), Seq: s.Conversation.LastSeq, Author: s.Author,
	}}
	if _, err := s.unit.Load(kindMessage, note.ID, nil); err != nil {
		return nil, err
	}
	if err := s.unit.trail(s.Channel, s.Conversation, note, s.Now, note.ID); err != nil {
		return nil, err
	}
	return &note.Message, s.unit.saveMessage(note)
}

// Sent returns those of the latest messages, at most limit, that are answers, oldest first.
func (s *Scene) Sent(limit int) ([]*Sent, error) {
	page, err := step.List[messageRecord](s.unit.ctx, s.unit, store.Query{
		Kind: kindMessage, Parent: s.Conversation.ID, Descending: true, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	var all []*Sent
	for _, m := range page {
		if m.Answer == nil {
			continue
		}
		now := new(messageRecord) // what is decided by it is to stand or fall with it
		if ok, err := s.unit.Load(kindMessage, m.ID, now); err != nil {
			return nil, err
		} else if ok && now.Answer != nil {
			all = append(all, now.sent())
		}
	}
	slices.SortFunc(all, func(a, b *Sent) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	return all, nil
}

// Save saves what another message of [Scene.Sent] counts for.
func (s *Scene) Save(m *Sent) error {
	m.record.Answer = m.Answer
	return s.unit.saveMessage(m.record)
}

// finish does what was put off and saves the conversation.
func (s *Scene) finish() error {
	for len(s.after) > 0 {
		next := s.after[0]
		s.after = s.after[1:]
		if err := next(); err != nil {
			return err
		}
	}
	if s.wakes {
		s.unit.arm(s.Channel, s.Conversation, s.wake)
	}
	return s.unit.saveConversation(s.Conversation)
}
