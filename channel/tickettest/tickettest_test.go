package tickettest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/tickettest"
)

// office is a ticket system that keeps the contract: what the broken ones are made of.
type office struct {
	mu      sync.Mutex
	tickets map[string][]string // entries by ticket
	byConv  map[string]string   // tickets by conversation
	seen    map[string]string   // tickets by ID
}

func newOffice() *office {
	return &office{tickets: map[string][]string{}, byConv: map[string]string{}, seen: map[string]string{}}
}

func (o *office) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if ticket, ok := o.seen[in.ID]; ok {
		return ticket, nil
	}
	ticket := o.ticket(in.Conversation.ID)
	o.tickets[ticket] = append(o.tickets[ticket], fmt.Sprintf("<p>%s wrote: %s</p>", in.Customer.Name, in.Message.Text))
	o.seen[in.ID] = ticket
	return ticket, nil
}

func (o *office) Changed(ctx context.Context, c *conversation.Change) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, ok := o.seen[c.ID]; ok {
		return nil
	}
	switch c.Kind {
	case conversation.MessageEdited:
		if c.Message != nil {
			ticket := o.ticket(c.Conversation.ID)
			o.tickets[ticket] = append(o.tickets[ticket], "edited: "+c.Message.Text)
		}
	case conversation.DeliveryChanged, conversation.AttachmentFailed:
		ticket := o.ticket(c.Conversation.ID)
		o.tickets[ticket] = append(o.tickets[ticket], "note: "+string(c.Kind))
	}
	o.seen[c.ID] = ""
	return nil
}

// ticket finds or opens the ticket of a conversation. The caller holds the lock.
func (o *office) ticket(conversationID string) string {
	ticket, ok := o.byConv[conversationID]
	if !ok {
		ticket = fmt.Sprint("T", len(o.tickets)+1)
		o.byConv[conversationID] = ticket
		o.tickets[ticket] = []string{"opened"}
	}
	return ticket
}

func (o *office) system() tickettest.System {
	return tickettest.System{
		Ticketing: o,
		Restart:   func() (channel.Ticketing, error) { return o, nil },
		Tickets: func(context.Context) ([]string, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			var all []string
			for t := range o.tickets {
				all = append(all, t)
			}
			return all, nil
		},
		Entries: func(_ context.Context, ticket string) ([]string, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.tickets[ticket], nil
		},
	}
}

func TestACorrectTicketSystemPasses(t *testing.T) {
	t.Parallel()
	tickettest.Run(t, func(*testing.T) tickettest.System { return newOffice().system() })
}

// A host whose channels have names of their own looks them up in its own tables.
func TestTheChannelsAreTheHosts(t *testing.T) {
	t.Parallel()
	for _, channels := range [][]string{{"berlin"}, {"shop", "repairs", "wholesale"}} {
		var mu sync.Mutex
		seen := map[string]bool{}
		known := func(ids ...string) error {
			mu.Lock()
			defer mu.Unlock()
			for _, id := range ids {
				if !slices.Contains(channels, id) {
					return fmt.Errorf("no such channel: %q", id)
				}
				seen[id] = true
			}
			return nil
		}
		tickettest.Run(t, func(*testing.T) tickettest.System {
			w := &twisted{office: newOffice()}
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if err := known(in.Message.Channel, in.Conversation.Channel, in.Customer.Channel); err != nil {
					return "", err
				}
				return w.office.Receive(ctx, in)
			}
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if err := known(c.Channel); err != nil {
					return err
				}
				return w.office.Changed(ctx, c)
			}
			sys := w.system()
			sys.Ticketing, sys.Channels = w, channels
			sys.Restart = func() (channel.Ticketing, error) { return w, nil }
			return sys
		})
		require.Len(t, seen, len(channels))
	}
}

// twisted is an office with one of its methods replaced by a wrong one.
type twisted struct {
	*office
	receive func(ctx context.Context, in *conversation.Received) (string, error)
	changed func(ctx context.Context, c *conversation.Change) error
}

func (w *twisted) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	if w.receive != nil {
		return w.receive(ctx, in)
	}
	return w.office.Receive(ctx, in)
}

func (w *twisted) Changed(ctx context.Context, c *conversation.Change) error {
	if w.changed != nil {
		return w.changed(ctx, c)
	}
	return w.office.Changed(ctx, c)
}

// forget makes an office take an ID for new.
func (o *office) forget(ids ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		delete(o.seen, id)
	}
}

// broken are ticket systems that somebody might write, each with the case that must catch
// it.
var broken = []struct {
	name, caught string
	twist        func(w *twisted, sys *tickettest.System)
}{
	{
		"files every call", "the same ID again files nothing and returns the same ticket",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				w.forget(in.ID)
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"opens a ticket for every call without one", "the same ID again, before the hub could keep the ticket",
		func(w *twisted, _ *tickettest.System) {
			n := 0
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if in.Conversation.Ticket != "" {
					return w.office.Receive(ctx, in)
				}
				n++
				c := *in
				c.ID, c.Conversation.ID = fmt.Sprint(in.ID, n), fmt.Sprint(in.Conversation.ID, n)
				return w.office.Receive(ctx, &c)
			}
		},
	},
	{
		"remembers the latest ten IDs", "an old ID again, after others",
		func(w *twisted, _ *tickettest.System) {
			var order []string
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if order = append(order, in.ID); len(order) > 10 {
					w.forget(order[0])
					order = order[1:]
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"remembers IDs in memory only", "the same ID again after a restart",
		func(w *twisted, sys *tickettest.System) {
			sys.Restart = func() (channel.Ticketing, error) {
				w.seen = map[string]string{}
				return w, nil
			}
		},
	},
	{
		"remembers changes in memory only", "the same change again after a restart",
		func(w *twisted, sys *tickettest.System) {
			sys.Restart = func() (channel.Ticketing, error) {
				for id, ticket := range w.seen {
					if ticket == "" {
						delete(w.seen, id)
					}
				}
				return w, nil
			}
		},
	},
	{
		"looks before it files, without a lock", "the same ID twice at once",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				w.mu.Lock()
				ticket, ok := w.seen[in.ID]
				w.mu.Unlock()
				if ok {
					return ticket, nil
				}
				synctest.Wait() // let the others look as well
				w.forget(in.ID)
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"answers with the latest ticket of anybody", "different conversations at once",
		func(w *twisted, _ *tickettest.System) {
			latest := ""
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				w.mu.Lock()
				latest = in.Conversation.ID
				w.mu.Unlock()
				synctest.Wait()
				c := *in
				w.mu.Lock()
				c.Conversation.ID = latest
				w.mu.Unlock()
				return w.office.Receive(ctx, &c)
			}
		},
	},
	{
		"one ticket for each phone number", "two conversations of one customer are two tickets",
		func(w *twisted, _ *tickettest.System) {
			w.byCustomer(func(c *conversation.Customer) string { return c.Phone })
		},
	},
	{
		"one ticket for everybody", "two conversations are two tickets",
		func(w *twisted, _ *tickettest.System) {
			w.byCustomer(func(*conversation.Customer) string { return "all" })
		},
	},
	{
		"knows people by their names", "customers without phone number and name are not one person",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				c := *in
				if c.Customer.Phone+c.Customer.Name == "" {
					c.Conversation.ID = "nobody"
				}
				return w.office.Receive(ctx, &c)
			}
		},
	},
	{
		"puts the newest on top", "the messages of a conversation go into one ticket in order",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				w.mu.Lock()
				ticket := w.byConv[in.Conversation.ID]
				old := w.tickets[ticket]
				if ticket != "" {
					w.tickets[ticket] = nil
				}
				w.mu.Unlock()
				ticket, err := w.office.Receive(ctx, in)
				w.mu.Lock()
				defer w.mu.Unlock()
				w.tickets[ticket] = append(w.tickets[ticket], old...)
				return ticket, err
			}
		},
	},
	{
		"drops equal texts", "equal messages are two messages",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				c := *in
				c.ID = in.Message.Text
				return w.office.Receive(ctx, &c)
			}
		},
	},
	{
		"knows text messages only", "messages of every form are taken",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if in.Message.Kind == "hologram" {
					return "", errors.New("unknown kind")
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"drops messages without a text", "messages without a text are taken",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				w.mu.Lock()
				ticket, known := w.byConv[in.Conversation.ID]
				w.mu.Unlock()
				if known && in.Message.Text == "" {
					return ticket, nil
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"stumbles over deleted messages", "a message that was deleted meanwhile is taken",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if !in.Message.Deleted.IsZero() {
					return "", channel.ErrPermanent
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"refuses long texts", "texts of every form are taken",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if utf8.RuneCountInString(in.Message.Text) > 4000 {
					return "", errors.New("value too long for column")
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"masks what it was given in place", "what is passed in is not changed",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				for i := range in.Message.Attachments {
					in.Message.Attachments[i].Name = "file"
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"keeps the pointer", "what is passed in is not kept",
		func(w *twisted, sys *tickettest.System) {
			kept := map[string][]*conversation.Received{}
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				ticket, err := w.office.Receive(ctx, in)
				kept[ticket] = append(kept[ticket], in)
				return ticket, err
			}
			sys.Entries = func(_ context.Context, ticket string) ([]string, error) {
				var all []string
				for _, in := range kept[ticket] {
					all = append(all, in.Message.Text)
				}
				return all, nil
			}
		},
	},
	{
		"files into the void", "a message is filed in the ticket that is returned",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				_, err := w.office.Receive(ctx, in)
				return "T-" + in.Conversation.ID, err
			}
		},
	},
	{
		"ignores the context", "a call whose context has ended returns with an error",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				return w.office.Receive(context.WithoutCancel(ctx), in)
			}
		},
	},
	{
		"waits on, whatever the context says", "a call whose context has ended returns with an error",
		func(w *twisted, _ *tickettest.System) {
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if ctx.Err() != nil {
					<-time.After(time.Hour) // in a bubble, so that it costs no time
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"notes the ID after it answered", "a call that is cut off can be repeated",
		func(w *twisted, _ *tickettest.System) {
			calls := 0
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				ticket, err := w.office.Receive(context.WithoutCancel(ctx), in)
				if calls++; calls == 5 { // the connection broke between the two
					w.forget(in.ID)
					return "", context.Canceled
				}
				return ticket, err
			}
		},
	},
	{
		"knows one channel only", "messages of every channel are filed",
		func(w *twisted, sys *tickettest.System) {
			sys.Channels = []string{"shop", "repairs"}
			w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
				if in.Conversation.Channel != "shop" {
					return "", errors.New("no such brand")
				}
				return w.office.Receive(ctx, in)
			}
		},
	},
	{
		"looks up the channel of no conversation", "what happens to a channel as a whole is taken",
		func(w *twisted, sys *tickettest.System) {
			sys.Channels = []string{"shop", "repairs"}
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if c.Conversation.Channel != "shop" && c.Conversation.Channel != "repairs" {
					return errors.New("no such brand")
				}
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"throws the ticket away that was merged", "two conversations that turn out to be one lose nothing",
		func(w *twisted, _ *tickettest.System) {
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if c.Kind == conversation.ConversationMerged {
					w.mu.Lock()
					delete(w.tickets, w.byConv[c.Conversation.ID])
					w.mu.Unlock()
				}
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"refuses kinds it does not know", "unknown kinds of change are ignored",
		func(w *twisted, _ *tickettest.System) {
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if c.Kind == "" || strings.HasPrefix(string(c.Kind), "kind_of") {
					return errors.New("unknown kind")
				}
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"refuses a kind it should know", "every kind of change is taken",
		func(w *twisted, _ *tickettest.System) {
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if c.Kind == conversation.PreferenceChanged {
					return channel.ErrPermanent
				}
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"needs the message", "a change of a message that is gone is taken",
		func(w *twisted, _ *tickettest.System) {
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if c.Kind == conversation.MessageDeleted {
					_ = c.Message.Text
				}
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"needs the ticket", "a change before any message is taken",
		func(w *twisted, _ *tickettest.System) {
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				if c.Conversation.Ticket == "" {
					return errors.New("which ticket?")
				}
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"notes every change each time", "the same change again changes nothing",
		func(w *twisted, _ *tickettest.System) {
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				w.forget(c.ID)
				return w.office.Changed(ctx, c)
			}
		},
	},
	{
		"tells changes one at a time or not at all", "changes of different conversations at once",
		func(w *twisted, _ *tickettest.System) {
			busy := false
			w.changed = func(ctx context.Context, c *conversation.Change) error {
				w.mu.Lock()
				was := busy
				busy = true
				w.mu.Unlock()
				if was {
					return errors.New("busy")
				}
				synctest.Wait()
				w.mu.Lock()
				busy = false
				w.mu.Unlock()
				return w.office.Changed(ctx, c)
			}
		},
	},
}

// byCustomer files by something about the customer instead of the conversation.
func (w *twisted) byCustomer(key func(*conversation.Customer) string) {
	w.receive = func(ctx context.Context, in *conversation.Received) (string, error) {
		c := *in
		c.Conversation.ID = key(&c.Customer)
		return w.office.Receive(ctx, &c)
	}
}

func TestEveryBrokenTicketSystemIsCaughtByItsCase(t *testing.T) {
	t.Parallel()
	caught := map[string]bool{}
	for _, tt := range broken {
		caught[tt.caught] = true
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &twisted{office: newOffice()}
				sys := w.system()
				sys.Ticketing = w
				sys.Restart = func() (channel.Ticketing, error) { return w, nil }
				tt.twist(w, &sys)
				found, err := tickettest.CheckCase(t.Context(), tt.caught, sys)
				require.True(t, found, "the case must exist")
				require.Error(t, err)
				<-time.After(2 * time.Hour) // until the last goroutine has left the bubble
			})
		})
	}
	for _, name := range tickettest.CaseNames() {
		require.True(t, caught[name], "case %q has never been seen failing", name)
	}
}

func TestASystemWithoutAllOfItsPartsIsRefused(t *testing.T) {
	t.Parallel()
	_, err := tickettest.CheckCase(t.Context(), tickettest.CaseNames()[0], tickettest.System{Ticketing: newOffice()})
	require.ErrorContains(t, err, "not set")
	for _, channels := range [][]string{{}, {""}, {"shop", "shop"}} {
		sys := newOffice().system()
		sys.Channels = channels
		_, err := tickettest.CheckCase(t.Context(), tickettest.CaseNames()[0], sys)
		require.ErrorContains(t, err, "System.Channels")
	}
}
