package tickettest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/kanava-go/kanava/channel/conversation"
)

var changeCases = []testCase{
	{
		"every kind of change is taken",
		"Changed tells that something about a conversation or one of its messages changed.",
		func(ctx context.Context, s *session) error {
			in := sample("a", 1)
			if _, err := s.receive(ctx, in); err != nil {
				return err
			}
			for i, kind := range kinds() {
				c := change("a", fmt.Sprintf("%s|%d", kind, i), kind)
				c.Conversation.Ticket = s.tickets["v_a"]
				about(c, &in.Message)
				if err := s.changed(ctx, c); err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		"a change of a message that is gone is taken",
		"Message is the message concerned; nil if the change is about the conversation, and nil as well if the message was erased meanwhile.",
		func(ctx context.Context, s *session) error {
			for i, kind := range kinds() {
				c := change("a", fmt.Sprintf("%s|%d", kind, i), kind)
				about(c, nil)
				if err := s.changed(ctx, c); err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		"a change before any message is taken",
		"Notify begins conversations: their first news are changes, and no ticket is known.",
		func(ctx context.Context, s *session) error {
			out := sample("a", 1).Message
			out.Direction, out.Author = conversation.Outbound, conversation.Author{Kind: "agent", ID: "alice"}
			for i, kind := range []conversation.ChangeKind{conversation.MessageQueued, conversation.DeliveryChanged, conversation.QueueMoved} {
				c := change("a", fmt.Sprintf("%s|%d", kind, i), kind)
				about(c, &out)
				if err := s.changed(ctx, c); err != nil {
					return err
				}
			}
			ticket, err := s.receive(ctx, sample("a", 2))
			if err != nil {
				return err
			}
			return s.once(ctx, ticket, text("a", 2))
		},
	},
	{
		"unknown kinds of change are ignored",
		"New kinds may come; ignore unknown ones.",
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, sample("a", 1))
			if err != nil {
				return err
			}
			for i, kind := range []conversation.ChangeKind{"kind_of_the_future", ""} {
				if err := s.changed(ctx, change("a", fmt.Sprint("future|", i), kind)); err != nil {
					return err
				}
			}
			return s.holds(ctx, ticket, text("a", 1))
		},
	},
	{
		"the same change again changes nothing", idempotent,
		func(ctx context.Context, s *session) error {
			return s.twice(ctx, func() error { return nil })
		},
	},
	{
		"the same change again after a restart", idempotent,
		func(ctx context.Context, s *session) error {
			return s.twice(ctx, s.restart)
		},
	},
	{
		"changes of different conversations at once",
		"Both methods may be called for different conversations at the same time.",
		func(ctx context.Context, s *session) error {
			errs := make([]error, 8)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() {
					name := fmt.Sprintf("c%d", i)
					ticket, err := s.offer(ctx, sample(name, 1))
					for j, kind := range kinds() {
						c := change(name, fmt.Sprintf("%s|%d|%d", kind, i, j), kind)
						c.Conversation.Ticket = ticket
						about(c, nil)
						err = errors.Join(err, s.changed(ctx, c))
					}
					errs[i] = err
				})
			}
			wg.Wait()
			return errors.Join(errs...)
		},
	},
}

// twice tells every kind of change again and compares what the ticket holds.
func (s *session) twice(ctx context.Context, between func() error) error {
	in := sample("a", 1)
	ticket, err := s.receive(ctx, in)
	if err != nil {
		return err
	}
	tell := func() ([]string, error) {
		for i, kind := range kinds() {
			c := change("a", fmt.Sprintf("%s|%d", kind, i), kind)
			c.Conversation.Ticket = ticket
			about(c, &in.Message)
			if err := s.changed(ctx, c); err != nil {
				return nil, err
			}
		}
		list, err := s.entries(ctx, ticket)
		return slices.Clone(list), err
	}
	first, err := tell()
	if err != nil {
		return err
	}
	if err := between(); err != nil {
		return err
	}
	second, err := tell()
	if err == nil && !slices.Equal(first, second) {
		err = fmt.Errorf("the ticket holds %d entries after every change came once and %d after each came again, or others", len(first), len(second))
	}
	return err
}
