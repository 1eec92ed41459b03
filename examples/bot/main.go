// Command bot answers customers with buttons, a list and a form, and hands over to people.
//
//	go run ./examples/bot
//	curl localhost:8080/phone -d 'Hello'                # you are the customer: write, …
//	curl localhost:8080/phone -d 'Book a repair'        # … tap what is in brackets, …
//	curl localhost:8080/phone -d '{"bike": "the blue one", "problem": "brakes"}'    # … fill in a form
//	curl localhost:8080/people -d 'I can do that today.'    # you are a person; 'back' gives it back to the bot
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/examples/internal/sandbox"
)

// memory is what the bot knows of a talk, kept with the conversation. Who has it, the bot or people, the hub knows.
type memory struct {
	Day      string             `json:"day,omitempty"`
	Misses   int                `json:"misses,omitempty"` // how often in a row the bot did not understand
	Last     string             `json:"last,omitempty"`   // ID of the message that was answered last
	handover conversation.Cause // why people are to go on from here; "" if they are not
}

var (
	robot  = conversation.Author{Kind: conversation.Bot, ID: "robot"}
	sam    = conversation.Author{Kind: conversation.Agent, ID: "sam"}
	days   = []string{"Monday", "Wednesday", "Friday"}
	people = []conversation.Holder{conversation.HeldByPeople}
)

// bot is a channel.Ticketing that answers by itself until a person is wanted.
type bot struct {
	hub  *channel.Hub
	flow string // ID of the form in which a repair is described
}

// Receive answers a message once, however often it is offered: the memory says which was answered, and the key
// of the answer that it was, if the memory could not be kept. Behind a person's answer the hub refuses the bot's.
func (b *bot) Receive(ctx context.Context, in *conversation.Received) (ticket string, err error) {
	var m memory
	if in.Conversation.Metadata != nil {
		err = json.Unmarshal(in.Conversation.Metadata, &m)
	}
	if err != nil || in.Conversation.Holder != conversation.HeldByBot || m.Last == in.ID {
		return "", err
	}
	answer := channel.Reply{Conversation: in.Conversation.ID, Content: b.answer(&m, &in.Message), Key: in.ID}
	if _, err = b.hub.Reply(ctx, robot, answer); channel.CauseOf(err) != "" {
		m.handover, err = conversation.CauseOutOfDepth, nil // it may not be sent: people know what to do
	}
	if m.handover != "" && err == nil {
		err = b.hub.HandOver(ctx, robot, in.Conversation.ID, conversation.Handover{Cause: m.handover})
	}
	if err != nil {
		return "", err
	}
	m.Last = in.ID
	text, err := json.Marshal(m)
	return "", errors.Join(err, b.hub.SetMetadata(ctx, in.Conversation.ID, text))
}

func (*bot) Changed(context.Context, *conversation.Change) error { return nil }

// answer decides what to say, and what to remember.
func (b *bot) answer(m *memory, in *conversation.Message) message.Content {
	misses := m.Misses
	m.Misses = 0
	var form struct{ Bike, Problem string }
	switch {
	case in.Choice == "hours":
		return &message.Text{Body: "We are open from 10 to 18, Monday to Saturday."}
	case in.Choice == "repair":
		var rows []message.Row
		for _, day := range days {
			rows = append(rows, message.Row{ID: day, Title: day, Description: "between 10 and 12"})
		}
		return &message.List{Body: "On which day do you bring the bike?", Button: "Days", Sections: []message.Section{{Rows: rows}}}
	case slices.Contains(days, in.Choice):
		m.Day = in.Choice
		return &message.Flow{Body: m.Day + " it is. What is wrong with the bike?", FlowID: b.flow, Label: "Describe"}
	case in.FlowToken != "" && json.Unmarshal([]byte(in.Choice), &form) == nil && form.Bike != "" && m.Day != "":
		return &message.Text{Body: fmt.Sprintf("Booked: %s, %s, on %s. See you!", form.Bike, form.Problem, m.Day)}
	case in.Choice == "person" || misses == 2: // wanted, or out of its depth
		m.handover = conversation.CauseMisses
		if in.Choice == "person" {
			m.handover = conversation.CauseAskedFor
		}
		return &message.Text{Body: "Somebody from the workshop will answer you here."}
	}
	m.Misses = misses + 1
	return &message.Buttons{Body: "Hello! I am the workshop's robot. What can I do for you?", Buttons: []message.Button{
		{ID: "hours", Title: "Opening hours"}, {ID: "repair", Title: "Book a repair"}, {ID: "person", Title: "A person"},
	}}
}

// ServeHTTP shows the talks that people have; the body of a POST is their answer in all of them, or "back".
func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4096))
	list, listErr := b.hub.Conversations(r.Context(), channel.ConversationQuery{Channel: "bikes", Holders: people})
	err = errors.Join(err, listErr)
	for _, c := range list {
		switch answer := (channel.Reply{Conversation: c.ID, Content: &message.Text{Body: string(text)}}); {
		case string(text) == "back":
			err = errors.Join(err, b.hub.HandBack(r.Context(), sam, c.ID, ""))
		case len(text) > 0:
			_, replyErr := b.hub.Reply(r.Context(), sam, answer)
			err = errors.Join(err, replyErr)
		}
		fmt.Fprintln(w, c.Preview)
	}
	if err != nil {
		http.Error(w, explain.Error(err).Text, explain.Error(err).Status)
	}
}

func run(ctx context.Context, addr string, out io.Writer) error {
	box, err := sandbox.New("Harbour Bikes")
	if err != nil {
		return err
	}
	box.BotFirst = true
	b := &bot{flow: box.Accounts[0].AddFlow(cloudapitest.FlowConfig{}).ID}
	cfg := channel.Config{Store: memstore.New(), Ticketing: b} // a real one has a database: see examples/host
	return box.Serve(ctx, addr, out, cfg, &b.hub, map[string]http.Handler{"/people": b})
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, cmp.Or(os.Getenv("BOT_ADDR"), "localhost:8080"), os.Stdout); err != nil {
		log.Fatal(err)
	}
}
