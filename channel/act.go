package channel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/internal/opaque"
)

// Assign gives a conversation to an agent, or to nobody if agent is "". The error
// matches access.ErrDenied, ErrNotFound, ErrUnusable or rules.ErrNotOpen.
func (h *Hub) Assign(ctx context.Context, actor access.Actor, conversationID, agent string) error {
	if err := usable("agent", agent, access.MaxIDLen); err != nil {
		return fmt.Errorf("channel: assign: %w", err)
	}
	return h.act(ctx, "assign", actor, access.Assign, conversationID, func(s *stage) ([]rules.Effect, error) {
		state, effects, err := s.ch.rules.OnAssign(s.conv.State, agent, s.now)
		s.conv.State = state
		return effects, err
	})
}

// Resolve closes a conversation; reason is the host's own word for why, at most 500 bytes, ""
// for none.
func (h *Hub) Resolve(ctx context.Context, actor access.Actor, conversationID, reason string) error {
	if err := usable("reason", reason, maxReason); err != nil {
		return fmt.Errorf("channel: resolve: %w", err)
	}
	return h.act(ctx, "resolve", actor, access.Resolve, conversationID, func(s *stage) ([]rules.Effect, error) {
		state, effects := s.ch.rules.OnResolve(s.conv.State, s.ch.redactText(reason), s.now)
		s.conv.State = state
		return effects, nil
	})
}

// Reopen takes a resolved conversation up again.
func (h *Hub) Reopen(ctx context.Context, actor access.Actor, conversationID string) error {
	return h.act(ctx, "reopen", actor, access.Reopen, conversationID, func(s *stage) ([]rules.Effect, error) {
		state, effects := s.ch.rules.OnReopen(s.conv.State, s.now)
		s.conv.State = state
		return effects, nil
	})
}

// Move puts an open conversation into another queue. A conversation that is moved to
// rules.QueuePending comes back by itself at the time back; zero means that it waits for
// the customer. The error matches rules.ErrNotOpen, rules.ErrQueue or rules.ErrReturnTime.
func (h *Hub) Move(ctx context.Context, actor access.Actor, conversationID string, to rules.Queue, back time.Time) error {
	action := access.MoveQueue
	if to == rules.QueueResolved {
		action = access.Resolve
	}
	return h.act(ctx, "move", actor, action, conversationID, func(s *stage) ([]rules.Effect, error) {
		state, effects, err := s.ch.rules.OnMove(s.conv.State, to, back, s.now)
		s.conv.State = state
		return effects, err
	})
}

// SetTags replaces the tags of a conversation: at most 50 of at most 100 bytes. They are
// trimmed, sorted, and kept once each.
func (h *Hub) SetTags(ctx context.Context, actor access.Actor, conversationID string, tags []string) error {
	clean := make([]string, 0, len(tags))
	for _, t := range tags {
		if t = strings.TrimSpace(t); t != "" {
			clean = append(clean, t)
		}
		if len(t) > 100 {
			return fmt.Errorf("channel: set tags: a tag is longer than 100 bytes")
		}
	}
	slices.Sort(clean)
	clean = slices.Compact(clean)
	if len(clean) > 50 {
		return fmt.Errorf("channel: set tags: %d tags, at most 50 are kept", len(clean))
	}
	return h.act(ctx, "set tags", actor, access.Tag, conversationID, func(s *stage) ([]rules.Effect, error) {
		before := s.conv.Tags
		s.conv.Tags = make([]string, len(clean))
		for i, t := range clean {
			s.conv.Tags[i] = s.ch.redactText(t)
		}
		if slices.Equal(before, s.conv.Tags) {
			return nil, nil
		}
		return nil, s.tell(hostItem{Kind: conversation.TagsChanged, From: strings.Join(before, ", "), To: strings.Join(s.conv.Tags, ", ")})
	})
}

// SetTopic says what a conversation is about, in at most 200 bytes; "" takes it back.
func (h *Hub) SetTopic(ctx context.Context, actor access.Actor, conversationID, topic string) error {
	topic = strings.TrimSpace(topic)
	if len(topic) > 200 {
		return fmt.Errorf("channel: set topic: longer than 200 bytes")
	}
	return h.act(ctx, "set topic", actor, access.Topic, conversationID, func(s *stage) ([]rules.Effect, error) {
		before := s.conv.Topic
		if s.conv.Topic = s.ch.redactText(topic); s.conv.Topic == before {
			return nil, nil
		}
		return nil, s.tell(hostItem{Kind: conversation.TopicChanged, From: before, To: s.conv.Topic})
	})
}

// AddNote files an internal note in a conversation, which the customer never sees. Card
// numbers in it are masked. It returns the note as a message with Direction Note.
func (h *Hub) AddNote(ctx context.Context, actor access.Actor, conversationID, text string) (*conversation.Message, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 16<<10 {
		return nil, fmt.Errorf("channel: add note: want 1 byte to 16 KiB of text")
	}
	var note *messageRecord
	id := opaque.Random("m_")
	err := h.act(ctx, "add note", actor, access.Note, conversationID, func(s *stage) ([]rules.Effect, error) {
		safe := s.ch.redactText(text)
		s.conv.LastSeq++
		note = &messageRecord{Message: conversation.Message{
			ID: id, Conversation: s.conv.ID, Channel: s.ch.ID, Direction: conversation.Note, Kind: "note", Text: safe,
			Redacted: safe != text, At: s.now.UTC(), Seq: s.conv.LastSeq,
			Author: authorOf(actor),
		}}
		if _, err := s.Load(kindMessage, id, nil); err != nil {
			return nil, err
		}
		if err := s.trail(s.ch, s.conv, note, s.now, id); err != nil {
			return nil, err
		}
		if err := s.saveMessage(note); err != nil {
			return nil, err
		}
		return nil, s.tell(hostItem{Kind: conversation.NoteAdded, Message: id})
	})
	if err != nil {
		return nil, err
	}
	return &note.Message, nil
}

// stage is what an action works on.
type stage struct {
	*unit
	ch       *Channel
	conv     *conversation.Conversation
	customer *conversation.Customer
	id       string // of the action
}

// tell tells the host what an actor changed without any rule having a part in it.
func (s *stage) tell(item hostItem) error {
	item.Conversation, item.At = s.conv.ID, s.now.UTC()
	return s.tellHost(s.ch.ID, string(item.Kind)+"|"+s.id, item)
}

// act checks an actor's right, changes a conversation and carries out what follows.
func (h *Hub) act(ctx context.Context, verb string, actor access.Actor, action access.Action, conversationID string,
	change func(*stage) ([]rules.Effect, error),
) (err error) {
	info := AuditInfo{Actor: actor, Action: action, Conversation: conversationID}
	defer h.hooks.audit(ctx, &info, &err)
	id := opaque.Random("a_")
	err = h.do(ctx, func(u *unit) error {
		u.author = authorOf(actor)
		conv := new(conversation.Conversation)
		if ok, err := u.Load(kindConversation, conversationID, conv); err != nil || !ok {
			return h.unknownTo(actor, action, orNotFound(err))
		}
		info.Channel = conv.Channel
		ch, ok := h.channels.get(conv.Channel)
		if !ok {
			return ErrNoChannel
		}
		if err := h.mayIn(ch, actor, action); err != nil {
			return err
		}
		if conv.MergedInto != "" {
			return &MergedError{Into: conv.MergedInto}
		}
		customer, err := u.customer(conv.Customer)
		if err != nil || customer == nil {
			return orNotFound(err)
		}
		effects, err := change(&stage{u, ch, conv, customer, id})
		if err != nil {
			return err
		}
		if err := u.carryOut(ch, customer, conv, effects, id); err != nil {
			return err
		}
		u.arm(ch, customer, conv)
		return u.saveConversation(conv)
	})
	if err != nil {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	return nil
}
