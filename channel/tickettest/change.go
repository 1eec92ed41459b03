package tickettest

import (
	"cmp"
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
			in := s.sample("a", 1)
			if _, err := s.receive(ctx, in); err != nil {
				return err
			}
			for i, kind := range kinds() {
				c := s.change("a", fmt.Sprintf("%s|%d", kind, i), kind)
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
				c := s.change("a", fmt.Sprintf("%s|%d", kind, i), kind)
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
			out := s.sample("a", 1).Message
			out.Direction, out.Author = conversation.Outbound, conversation.Author{Kind: "agent", ID: "alice"}
			for i, kind := range []conversation.ChangeKind{conversation.MessageQueued, conversation.DeliveryChanged, conversation.QueueMoved} {
				c := s.change("a", fmt.Sprintf("%s|%d", kind, i), kind)
				about(c, &out)
				if err := s.changed(ctx, c); err != nil {
					return err
				}
			}
			ticket, err := s.receive(ctx, s.sample("a", 2))
			if err != nil {
				return err
			}
			return s.once(ctx, ticket, text("a", 2))
		},
	},
	{
		"what happens to a channel as a whole is taken",
		"What concerns a channel as a whole comes without a Conversation and a Customer.",
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return err
			}
			for i, channel := range s.sys.Channels {
				for _, kind := range channelKinds() {
					if err := s.changed(ctx, ofChannel(channel, fmt.Sprintf("%s|%d", kind, i), kind)); err != nil {
						return err
					}
				}
			}
			return s.once(ctx, ticket, text("a", 1))
		},
	},
	{
		"two conversations that turn out to be one lose nothing",
		"ConversationMerged: the customer turned out to be the one of another conversation, which goes on with Ticket.",
		func(ctx context.Context, s *session) error {
			first, second := s.sample("a", 1), s.sample("b", 1)
			on(second, first.Conversation.Channel)
			for _, in := range []*conversation.Received{first, second} {
				if _, err := s.receive(ctx, in); err != nil {
					return err
				}
			}
			goesOn := s.tickets[first.Conversation.ID]
			c := s.change("b", "merged|v_b", conversation.ConversationMerged)
			about(c, nil)
			c.Channel, c.Conversation, c.Customer = first.Conversation.Channel, second.Conversation, first.Customer
			c.Conversation.Ticket, c.Conversation.MergedInto = s.tickets[second.Conversation.ID], first.Conversation.ID
			c.To, c.Ticket, c.Absorbed = first.Conversation.ID, goesOn, second.Customer.ID
			if err := s.changed(ctx, c); err != nil {
				return err
			}
			ticket, err := s.receive(ctx, s.sample("a", 2))
			if err != nil {
				return err
			}
			if err := s.once(ctx, ticket, text("a", 2)); err != nil {
				return err
			}
			for _, kept := range []string{text("a", 1), text("b", 1)} {
				if n, err := s.everywhere(ctx, kept); err != nil || n == 0 {
					return cmp.Or(err, errors.New("what was said before the two were one is filed nowhere any more"))
				}
			}
			return nil
		},
	},
	{
		"unknown kinds of change are ignored",
		"New kinds may come; ignore unknown ones.",
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return err
			}
			for i, kind := range []conversation.ChangeKind{"kind_of_the_future", ""} {
				if err := s.changed(ctx, s.change("a", fmt.Sprint("future|", i), kind)); err != nil {
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
					ticket, err := s.offer(ctx, s.sample(name, 1))
					for j, kind := range kinds() {
						c := s.change(name, fmt.Sprintf("%s|%d|%d", kind, i, j), kind)
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
	in := s.sample("a", 1)
	ticket, err := s.receive(ctx, in)
	if err != nil {
		return err
	}
	tell := func() ([]string, error) {
		for i, kind := range kinds() {
			c := s.change("a", fmt.Sprintf("%s|%d", kind, i), kind)
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
