package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/rules"
)

// The longest that actors may write, in bytes, and the most tags of a conversation.
const (
	maxReason = 500
	maxTag    = 100
	maxTags   = 50
	maxTopic  = 200
	maxNote   = 16 << 10
)

// ErrAssignee says that the host does not let somebody, or a team, own conversations of the channel: see
// Config.Assignable.
var ErrAssignee = errors.New("desk: nobody who may own it")

// Assign gives a conversation to an agent, or to nobody if agent is "". One that a bot has is the
// agent's and no longer the bot's. The error matches
// access.ErrDenied, channel.ErrNotFound, channel.ErrUnusable, ErrAssignee or rules.ErrNotOpen.
func (d *Desk) Assign(ctx context.Context, actor access.Actor, id, agent string) error {
	if err := usable.Text("agent", agent, access.MaxIDLen); err != nil {
		return fmt.Errorf("desk: assign: %w", err)
	}
	return d.act(ctx, actor, access.Assign, "assign", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		if agent != "" && !d.assignable(s.Settings.ID, agent, "") {
			return nil, ErrAssignee
		}
		state, effects, err := rulesOf(s).OnAssign(s.Conversation.State, agent, s.Now)
		s.Conversation.State = state
		if err == nil && agent != "" {
			d.take(s, conversation.CauseAssigned)
		}
		return effects, err
	})
}

// AssignTeam has a team look after a conversation, "" for none; who of it owns the conversation is
// another matter. The errors are those of [Desk.Assign].
func (d *Desk) AssignTeam(ctx context.Context, actor access.Actor, id, team string) error {
	if err := usable.Text("team", team, access.MaxIDLen); err != nil {
		return fmt.Errorf("desk: assign team: %w", err)
	}
	return d.act(ctx, actor, access.Assign, "assign team", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		before := s.Conversation.Team
		switch {
		case team != "" && !d.assignable(s.Settings.ID, "", team):
			return nil, ErrAssignee
		case !s.Conversation.State.Queue.Open():
			return nil, rules.ErrNotOpen
		case team != before:
			s.Conversation.Team = team
			s.Tell(deskapi.Told{Kind: conversation.TeamAssigned, From: before, To: team})
		}
		return nil, nil
	})
}

func (d *Desk) assignable(on, agent, team string) bool {
	return d.mayOwn == nil || d.mayOwn(on, agent, team)
}

// Resolve closes a conversation; reason is the host's own word for why, at most 500 bytes, ""
// for none.
func (d *Desk) Resolve(ctx context.Context, actor access.Actor, id, reason string) error {
	if err := usable.Text("reason", reason, maxReason); err != nil {
		return fmt.Errorf("desk: resolve: %w", err)
	}
	return d.act(ctx, actor, access.Resolve, "resolve", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		state, effects := rulesOf(s).OnResolve(s.Conversation.State, s.Redact(reason), s.Now)
		s.Conversation.State = state
		return effects, nil
	})
}

// Reopen takes a resolved conversation up again.
func (d *Desk) Reopen(ctx context.Context, actor access.Actor, id string) error {
	return d.act(ctx, actor, access.Reopen, "reopen", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		state, effects := rulesOf(s).OnReopen(s.Conversation.State, s.Now)
		s.Conversation.State = state
		return effects, nil
	})
}

// Move puts an open conversation into another queue. It is how one snoozes: a conversation that is moved to
// rules.QueuePending comes back by itself at the time back; zero means that it waits for the
// customer, who brings it back in any case. The error matches rules.ErrNotOpen, rules.ErrQueue or rules.ErrReturnTime.
func (d *Desk) Move(ctx context.Context, actor access.Actor, id string, to rules.Queue, back time.Time) error {
	action := access.MoveQueue
	if to == rules.QueueResolved {
		action = access.Resolve
	}
	return d.act(ctx, actor, action, "move", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		state, effects, err := rulesOf(s).OnMove(s.Conversation.State, to, back, s.Now)
		s.Conversation.State = state
		return effects, err
	})
}

// SetTags replaces the tags of a conversation: at most 50 of at most 100 bytes. They are trimmed,
// sorted, and kept once each.
func (d *Desk) SetTags(ctx context.Context, actor access.Actor, id string, tags []string) error {
	clean := make([]string, 0, len(tags))
	for _, t := range tags {
		if t = strings.TrimSpace(t); t != "" {
			clean = append(clean, t)
		}
		if err := usable.Text("tag", t, maxTag); err != nil {
			return fmt.Errorf("desk: set tags: %w", err)
		}
	}
	slices.Sort(clean)
	clean = slices.Compact(clean)
	if len(clean) > maxTags {
		return fmt.Errorf("desk: set tags: %w", &usable.Error{What: "list of tags", Rule: usable.TooLong, Most: maxTags, Actual: len(clean)})
	}
	return d.act(ctx, actor, access.Tag, "set tags", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		before, after := s.Conversation.Tags, make([]string, len(clean))
		for i, t := range clean {
			after[i] = s.Redact(t)
		}
		slices.Sort(after) // two may be the same by now
		after = slices.Compact(after)
		s.Conversation.Tags = after
		if !slices.Equal(before, after) {
			s.Tell(deskapi.Told{Kind: conversation.TagsChanged, From: strings.Join(before, ", "), To: strings.Join(after, ", ")})
		}
		return nil, nil
	})
}

// SetTopic says what a conversation is about, in at most 200 bytes; "" takes it back.
func (d *Desk) SetTopic(ctx context.Context, actor access.Actor, id, topic string) error {
	topic = strings.TrimSpace(topic)
	if err := usable.Text("topic", topic, maxTopic); err != nil {
		return fmt.Errorf("desk: set topic: %w", err)
	}
	return d.act(ctx, actor, access.Topic, "set topic", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		before := s.Conversation.Topic
		s.Conversation.Topic = s.Redact(topic)
		if s.Conversation.Topic != before {
			s.Tell(deskapi.Told{Kind: conversation.TopicChanged, From: before, To: s.Conversation.Topic})
		}
		return nil, nil
	})
}

// AddNote files an internal note in a conversation, which the customer never sees: 1 byte to 16 KiB
// of text. Card numbers in it are masked. It returns the note as a message with Direction Note.
func (d *Desk) AddNote(ctx context.Context, actor access.Actor, id, text string) (note *conversation.Message, err error) {
	text = strings.TrimSpace(text)
	if err := errors.Join(usable.Required("note", text), usable.Text("note", text, maxNote)); err != nil {
		return nil, fmt.Errorf("desk: add note: %w", err)
	}
	err = d.act(ctx, actor, access.Note, "add note", id, func(s *deskapi.Scene) ([]rules.Effect, error) {
		var err error
		if note, err = s.Note(text); err == nil {
			s.Tell(deskapi.Told{Kind: conversation.NoteAdded, Message: note.ID})
		}
		return nil, err
	})
	return note, err
}

// act checks an actor's right, changes a conversation and carries out what follows.
func (d *Desk) act(ctx context.Context, actor access.Actor, action access.Action, verb, id string,
	change func(*deskapi.Scene) ([]rules.Effect, error),
) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: action}, verb: verb}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	err = d.hub.Step(ctx, author(actor), id, func(s *deskapi.Scene) error {
		before := *s.Conversation
		effects, err := change(s)
		if err != nil {
			return err
		}
		c.changes = moved(&before, s.Conversation)
		d.carryOut(s, effects)
		return nil
	})
	if err != nil {
		return c.refuse(err)
	}
	return nil
}
