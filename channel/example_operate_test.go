package channel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

// moody is a ticket system that refuses what it is given for good, until it is mended.
type moody struct {
	oneTicket
	mended atomic.Bool
}

func (m *moody) Receive(_ context.Context, in *conversation.Received) (string, error) {
	if !m.mended.Load() {
		return "", fmt.Errorf("no such queue: %w", channel.ErrPermanent)
	}
	fmt.Println("filed:", in.Message.Text)
	return "T-1", nil
}

// What a ticket system keeps refusing becomes a dead letter, so that the conversation goes on. Nothing
// of it is lost.
func ExampleHub_ReplayDeadLetters() {
	ctx := context.Background()
	tickets := &moody{}
	hub := simulate(func(c *channel.Config) { c.Ticketing = tickets })
	defer hub.stop()
	hub.ask("Is my bike ready?")

	letters, err := hub.DeadLetters(ctx, deadletter.Query{Work: "host"})
	check(err)
	fmt.Println("dead letters:", len(letters), "on channel", letters[0].Channel)

	tickets.mended.Store(true)
	check(hub.ReplayDeadLetters(ctx, letters[0].Key))
	hub.settle()
	// Output:
	// dead letters: 1 on channel support
	// filed: Is my bike ready?
}

// A customer asks to be forgotten. The receipt says what went, and which tickets are the host's to clear.
func ExampleHub_EraseCustomer() {
	ctx := context.Background()
	hub := simulate(nil)
	defer hub.stop()
	id := hub.ask("Is my bike ready?")
	talk, robin, err := hub.Conversation(ctx, id)
	check(err)

	var export strings.Builder
	who := message.Recipient{Phone: robin.Phone, BSUID: robin.BSUID}
	check(hub.ExportCustomer(ctx, "support", who, &export)) // what a person may ask for, too
	fmt.Println("lines of the export:", strings.Count(export.String(), "\n"))

	erased, err := hub.EraseCustomer(ctx, "support", who)
	check(err)
	fmt.Println("erased:", erased.Messages, "message in", erased.Conversations, "conversation; the host removes", talk.Ticket)
	_, _, err = hub.Conversation(ctx, id)
	fmt.Println("gone:", errors.Is(err, channel.ErrNotFound))
	// Output:
	// lines of the export: 3
	// erased: 1 message in 1 conversation; the host removes T-1
	// gone: true
}

// Settings change while the hub runs, here and in every process that has the channel.
func ExampleHub_UpdateSettings() {
	ctx := context.Background()
	hub := simulate(nil)
	defer hub.stop()
	id := hub.ask("Is my bike ready?")

	c, err := hub.Channel(ctx, "support")
	check(err)
	closed := c.Settings
	closed.Enabled = false
	check(hub.UpdateSettings(ctx, closed))
	answer := channel.Reply{Conversation: id, Content: &message.Text{Body: "It is!"}}
	_, err = hub.Reply(ctx, you, answer)
	fmt.Println("switched off:", errors.Is(err, channel.ErrDisabled))

	wrong := c.Settings
	wrong.Name, wrong.TimeZone = "", "Europe/Atlantis"
	for _, f := range explain.Error(hub.UpdateSettings(ctx, wrong)).Fields {
		fmt.Println(f.Path, "is wrong:", f.Text)
	}

	check(hub.UpdateSettings(ctx, c.Settings))
	_, err = hub.Reply(ctx, you, answer)
	check(err)
	hub.show()
	// Output:
	// switched off: true
	// name is wrong: want 1 to 255 characters that can be seen, have 0
	// time_zone is wrong: unknown
	// the phone shows: It is!
}

// Two brands, each with a number and a name of its own, are two channels of one hub. A person who writes
// to both is two customers, and what one brand says never shows in the other.
func ExampleHub_AddChannel() {
	ctx := context.Background()
	hub := simulate(nil) // with the channel "support"
	defer hub.stop()
	boats := hub.addNumber()
	check(hub.AddChannel(ctx, channel.Channel{
		Settings: settings.Settings{ID: "boats", Name: "Harbour Boats", Number: boats.ID, Enabled: true},
		Sender:   hub.client.Number(boats.ID),
	}))
	hub.ask("Is my bike ready?")
	hub.customer.Text(boats, "Is my boat ready?")
	hub.settle()

	for _, c := range hub.Channels() {
		list, err := hub.Conversations(ctx, channel.ConversationQuery{Channel: c.ID})
		check(err)
		_, err = hub.Reply(ctx, you, channel.Reply{Conversation: list[0].ID, Content: &message.Text{Body: "Yes, says " + c.Name + "."}})
		check(err)
	}
	hub.show()
	hub.settle()
	fmt.Println("from the other number:", hub.customer.Sees(boats)[1].Text)
	// Output:
	// the phone shows: Yes, says Support.
	// from the other number: Yes, says Harbour Boats.
}
