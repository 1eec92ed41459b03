package tickettest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
)

const filed = "Receive files what a customer wrote and returns the host's reference to the ticket."

var receiveCases = []testCase{
	{
		"a message is filed in the ticket that is returned", filed,
		func(ctx context.Context, s *session) error {
			ticket, err := s.receive(ctx, s.sample("a", 1))
			if err != nil {
				return err
			}
			return s.once(ctx, ticket, text("a", 1))
		},
	},
	{
		"two conversations are two tickets",
		"A conversation is one matter that a customer and agents talk about: the counterpart of a ticket.",
		func(ctx context.Context, s *session) error {
			return s.apart(ctx, s.sample("a", 1), s.sample("b", 1))
		},
	},
	{
		"two conversations of one customer are two tickets",
		"A conversation is one matter that a customer and agents talk about: the counterpart of a ticket.",
		func(ctx context.Context, s *session) error {
			a, b := s.sample("a", 1), s.sample("b", 1)
			on(b, a.Conversation.Channel)
			b.Customer = a.Customer
			b.Conversation.Customer = a.Customer.ID
			return s.apart(ctx, a, b)
		},
	},
	{
		"messages of every channel are filed",
		"The ID of a channel is the host's own name for it: what any channel of the host's brings is filed.",
		func(ctx context.Context, s *session) error {
			for i, channel := range s.sys.Channels {
				name := fmt.Sprintf("c%d", i)
				in := s.sample(name, 1)
				on(in, channel)
				ticket, err := s.receive(ctx, in)
				if err == nil {
					err = s.once(ctx, ticket, text(name, 1))
				}
				if err != nil {
					return fmt.Errorf("channel %q: %w", channel, err)
				}
			}
			return nil
		},
	},
	{
		"customers without phone number and name are not one person",
		"At least one of BSUID, Phone and Group is set: a person may have no phone number.",
		func(ctx context.Context, s *session) error {
			a, b := s.sample("a", 1), s.sample("b", 1)
			for _, in := range []*conversation.Received{a, b} {
				in.Customer.Phone, in.Customer.Name, in.Customer.Username = "", "", ""
			}
			return s.apart(ctx, a, b)
		},
	},
	{
		"the messages of a conversation go into one ticket in order",
		"The calls for one conversation come one after the other, in order; the hub keeps the ticket with the conversation and passes it along from then on.",
		func(ctx context.Context, s *session) error {
			var first string
			var want []string
			for n := 1; n <= 12; n++ {
				ticket, err := s.receive(ctx, s.sample("a", n))
				if err != nil {
					return fmt.Errorf("message %d: %w", n, err)
				}
				if first == "" {
					first = ticket
				}
				if ticket != first {
					return fmt.Errorf("message %d went into another ticket than the first", n)
				}
				want = append(want, text("a", n))
			}
			return s.holds(ctx, first, want...)
		},
	},
	{
		"equal messages are two messages",
		"Implementations must be idempotent on the ID: it alone says what is the same.",
		func(ctx context.Context, s *session) error {
			first, second := s.sample("a", 1), s.sample("a", 2)
			second.Message.Text, second.Message.At = first.Message.Text, first.Message.At
			for _, in := range []*conversation.Received{first, second} {
				if _, err := s.receive(ctx, in); err != nil {
					return err
				}
			}
			n, err := s.everywhere(ctx, text("a", 1))
			if err == nil && n != 2 {
				err = fmt.Errorf("a customer wrote the same words twice within a second: %d entries, want 2", n)
			}
			return err
		},
	},
	{
		"messages of every form are taken",
		filed + " An error makes it a dead letter in the end.",
		func(ctx context.Context, s *session) error {
			for n, form := range forms() {
				in := s.sample("a", n+1)
				m := form
				m.ID, m.Conversation, m.Channel, m.Direction = in.Message.ID, in.Message.Conversation, in.Message.Channel, conversation.Inbound
				m.At, m.Seq, m.WAMID, m.Text = in.Message.At, in.Message.Seq, in.Message.WAMID, in.Message.Text
				in.Message = m
				if err := s.grows(ctx, in); err != nil {
					return fmt.Errorf("a message of kind %q: %w", m.Kind, err)
				}
				if err := s.once(ctx, s.tickets["v_a"], m.Text); err != nil {
					return fmt.Errorf("a message of kind %q: %w", m.Kind, err)
				}
			}
			return nil
		},
	},
	{
		"messages without a text are taken",
		filed + " A picture without a caption is a message too.",
		func(ctx context.Context, s *session) error {
			for n, form := range forms() {
				in := s.sample("a", n+1)
				in.Message.Kind, in.Message.Attachments, in.Message.Location = form.Kind, form.Attachments, form.Location
				in.Message.Text = ""
				if err := s.grows(ctx, in); err != nil {
					return fmt.Errorf("a message of kind %q: %w", form.Kind, err)
				}
			}
			return nil
		},
	},
	{
		"a message that was deleted meanwhile is taken",
		"A deleted message has lost its content; what the host makes of it is its own business.",
		func(ctx context.Context, s *session) error {
			in := s.sample("a", 1)
			in.Message.Text, in.Message.Deleted = "", in.Message.At
			_, err := s.receive(ctx, in)
			return err
		},
	},
	{
		"texts of every form are taken",
		filed + " What customers type is neither markup nor a format.",
		func(ctx context.Context, s *session) error {
			for n, odd := range []string{
				"", "   ", "line\nline\r\nline", "😀👩‍👩‍👧 e\u0301", "\u202eright to left\u202c", "<script>alert(1)</script> & %s %d {{x}} $1",
				"'; DROP TABLE tickets; --", `{"json":true}`, "\u00a0\ufeff", strings.Repeat("😀", 4096),
			} {
				in := s.sample("a", n+1)
				in.Message.Text = odd
				if err := s.grows(ctx, in); err != nil {
					return fmt.Errorf("text %d: %w", n, err)
				}
			}
			return nil
		},
	},
	{
		"what is passed in is not changed",
		"What the hub passes in may be shared with other calls: read it, do not change it.",
		func(ctx context.Context, s *session) error {
			in, twin := s.rich(), s.rich()
			if _, err := s.receive(ctx, in); err != nil {
				return err
			}
			if !reflect.DeepEqual(in, twin) {
				return errors.New("call of Receive changed what was passed in")
			}
			c, same := s.richChange(), s.richChange()
			if err := s.changed(ctx, c); err != nil {
				return err
			}
			if !reflect.DeepEqual(c, same) {
				return errors.New("call of Changed changed what was passed in")
			}
			return nil
		},
	},
	{
		"what is passed in is not kept",
		filed + " What is filed does not change when the caller's copy does.",
		func(ctx context.Context, s *session) error {
			in := s.rich()
			ticket, err := s.receive(ctx, in)
			if err != nil {
				return err
			}
			before, err := s.entries(ctx, ticket)
			if err != nil {
				return err
			}
			before = slices.Clone(before)
			in.ID, in.Message.Text, in.Conversation.ID, in.Customer.Name = "x", "scribble", "x", "x"
			in.Message.Attachments[0] = conversation.Attachment{Name: "scribble"}
			in.Message.Contacts[0].Name = "scribble"
			after, err := s.entries(ctx, ticket)
			if err == nil && !slices.Equal(before, after) {
				err = errors.New("the entries changed together with what was passed in")
			}
			return err
		},
	},
}

// apart checks that two messages of two conversations get a ticket each.
func (s *session) apart(ctx context.Context, a, b *conversation.Received) error {
	first, err := s.receive(ctx, a)
	if err != nil {
		return err
	}
	second, err := s.receive(ctx, b)
	if err != nil {
		return err
	}
	if first == second {
		return errors.New("both conversations got the same ticket")
	}
	return errors.Join(s.holds(ctx, first, a.Message.Text), s.holds(ctx, second, b.Message.Text))
}

// rich is a message with something in every part that could be shared.
func (s *session) rich() *conversation.Received {
	in := s.sample("a", 1)
	in.Conversation.Tags = []string{"vip"}
	in.Customer.Aliases = []string{in.Customer.Channel + "|b|US.a"}
	in.Message.Attachments = []conversation.Attachment{{Name: "chain.png", MIME: "image/png"}}
	in.Message.Contacts = []conversation.Contact{{Name: "Alex Sample", Phones: []string{"13125550188"}}}
	in.Message.Raw = []byte(`{"angle":7}`)
	return in
}

func (s *session) richChange() *conversation.Change {
	in := s.rich()
	c := s.change("a", "delivery|m_out|failed", conversation.DeliveryChanged)
	about(c, &in.Message)
	return c
}
