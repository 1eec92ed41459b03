package channel

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// scene is the step of a unit in a conversation.
func (u *unit) scene(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, id string, at time.Time) *scene {
	s := &scene{
		Scene: deskapi.Scene{Settings: &ch.Settings, Prepared: ch.prepared, Customer: customer, Conversation: conv, Now: u.now, Author: u.author},
		ch:    ch, unit: u, id: id, at: at,
	}
	s.Actions = s
	return s
}

// enter is the scene of what happens in the conversation that the customer is in; the first one
// begins if there is none.
func (u *unit) enter(ch *Channel, customer *conversation.Customer, id string, at time.Time) (*scene, error) {
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

// Begin implements [deskapi.Actions].
func (s *scene) Begin() (err error) {
	s.Conversation, err = s.unit.open(s.ch, s.Customer, s.id, s.at)
	return err
}

// Redact implements [deskapi.Actions].
func (s *scene) Redact(text string) string { return s.ch.redactText(text) }

// Tell implements [deskapi.Actions].
func (s *scene) Tell(t deskapi.Told) {
	n, author := s.told, s.Author
	s.told++
	s.after = append(s.after, func() error {
		before := s.unit.author
		s.unit.author = author
		defer func() { s.unit.author = before }()
		return s.unit.tellHost(s.ch.ID, changeID(t.Kind, s.id, n), hostItem{
			Kind: t.Kind, Conversation: s.Conversation.ID, Message: t.Message, At: s.Now.UTC(),
			From: t.From, To: t.To, Reason: t.Reason, Cause: t.Cause,
		})
	})
}

// Send implements [deskapi.Actions].
func (s *scene) Send(m deskapi.Automatic) {
	s.after = append(s.after, func() error { return s.unit.core.automatic(s, &m) })
}

// Count implements [deskapi.Actions].
func (s *scene) Count(name string, at time.Time, n int64) { s.unit.count(s.ch.ID, name, at, n) }

// WakeAt implements [deskapi.Actions].
func (s *scene) WakeAt(at time.Time) { s.wake, s.wakes = at, true }

// Note implements [deskapi.Actions].
func (s *scene) Note(text string) (*conversation.Message, error) {
	safe := s.Redact(text)
	s.Conversation.LastSeq++
	note := &messageRecord{Message: conversation.Message{
		ID: opaque.Random("m_"), Conversation: s.Conversation.ID, Channel: s.ch.ID, Direction: conversation.Note, Kind: "note",
		Text: safe, Redacted: safe != text, At: s.Now.UTC(), Seq: s.Conversation.LastSeq, Author: s.Author,
	}}
	if _, err := s.unit.Load(kindMessage, note.ID, nil); err != nil {
		return nil, err
	}
	if err := s.unit.trail(s.ch, s.Conversation, note, s.Now, note.ID); err != nil {
		return nil, err
	}
	return &note.Message, s.unit.saveMessage(note)
}

// Sent implements [deskapi.Actions].
func (s *scene) Sent(limit int) ([]*deskapi.Sent, error) {
	page, err := step.List[messageRecord](s.unit.ctx, s.unit, store.Query{
		Kind: kindMessage, Parent: s.Conversation.ID, Descending: true, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	var all []*deskapi.Sent
	for _, m := range page {
		if m.Answer == nil {
			continue
		}
		now := new(messageRecord) // what is decided by it is to stand or fall with it
		if ok, err := s.unit.Load(kindMessage, m.ID, now); err != nil {
			return nil, err
		} else if ok && now.Answer != nil {
			if s.answers == nil {
				s.answers = map[string]*messageRecord{}
			}
			s.answers[m.ID] = now
			all = append(all, now.sent())
		}
	}
	slices.SortFunc(all, func(a, b *deskapi.Sent) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	return all, nil
}

// errNotShown says that a desk saves what no scene of the step has shown to it.
var errNotShown = errors.New("channel: the scene did not show this message")

// Save implements [deskapi.Actions].
func (s *scene) Save(m *deskapi.Sent) error {
	record := s.answers[m.ID]
	if record == nil {
		return errNotShown
	}
	record.Answer = m.Answer
	return s.unit.saveMessage(record)
}

// finish does what was put off and saves the conversation.
func (s *scene) finish() error {
	for len(s.after) > 0 {
		next := s.after[0]
		s.after = s.after[1:]
		if err := next(); err != nil {
			return err
		}
	}
	if s.wakes {
		s.unit.arm(s.ch, s.Conversation, s.wake)
	}
	return s.unit.saveConversation(s.Conversation)
}
