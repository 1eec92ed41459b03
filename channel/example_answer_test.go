package channel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// A template goes out whether the window is open or not. Its values are held against its definition
// before anything is stored.
func ExampleHub_Reply_template() {
	ctx := context.Background()
	hub := simulate(nil) // its account has a template "answered": We have news about {{1}}.
	defer hub.stop()
	id := hub.ask("Is my bike ready?")

	answer := channel.Template{Name: "answered"}
	_, err := hub.Reply(ctx, you, channel.Reply{Conversation: id, Template: &answer})
	var missing *template.BindError
	fmt.Println("refused without its value:", errors.As(err, &missing))

	answer.Values.Body = []template.Value{{Text: "your bike"}}
	_, err = hub.Reply(ctx, you, channel.Reply{Conversation: id, Template: &answer, Key: "ticket 7, news 1"})
	check(err)
	hub.show()
	// Output:
	// refused without its value: true
	// the phone shows: We have news about your bike. Reply to read it.
}

// A day after the customer wrote a text is refused, with the time when the window closed, and a template
// goes out instead.
func ExampleHub_Reply_closedWindow() {
	ctx := context.Background()
	hub := simulate(nil)
	defer hub.stop()
	id := hub.ask("Is my bike ready?")
	hub.tomorrow()

	text := channel.Reply{Conversation: id, Content: &message.Text{Body: "It is!"}}
	_, err := hub.Reply(ctx, you, text)
	var closed *window.ClosedError
	if errors.As(err, &closed) {
		fmt.Println("closed", closed.ClosedAt.Sub(closed.LastInbound), "after the customer wrote")
		_, err = hub.Reply(ctx, you, channel.Reply{Conversation: id, Template: &channel.Template{
			Name: "answered", Values: template.Values{Body: []template.Value{{Text: "your bike"}}},
		}})
	}
	check(err)
	hub.show()

	hub.ask("Tell me!") // which opens the window
	_, err = hub.Reply(ctx, you, text)
	check(err)
	hub.show()
	// Output:
	// closed 24h0m0s after the customer wrote
	// the phone shows: We have news about your bike. Reply to read it.
	// the phone shows: It is!
}

// A macro is prepared for both cases: a text while the window is open, a template when it is not.
func ExampleHub_RunMacro() {
	ctx := context.Background()
	hub := simulate(nil)
	defer hub.stop()
	macro := channel.Macro{
		Conversation: hub.ask("Is my bike ready?"),
		Text:         "Hello {{customer.first_name}}, {{bike}} is ready.",
		Shorthand:    "&((template=[[answered]] body_text=[[{{bike}}]]))&",
		Lookup: func(name string) (string, bool) { // what only the host knows
			return "your blue bike", name == "bike"
		},
	}
	_, err := hub.RunMacro(ctx, you, macro)
	check(err)
	hub.show()

	hub.tomorrow()
	preview, err := hub.PreviewMacro(ctx, macro)
	check(err)
	fmt.Println("now it would be a template:", preview.Template)
	_, err = hub.RunMacro(ctx, you, macro)
	check(err)
	hub.show()
	// Output:
	// the phone shows: Hello Robin, your blue bike is ready.
	// now it would be a template: true
	// the phone shows: We have news about your blue bike. Reply to read it.
}

// A file goes to WhatsApp first and then, by the ID that it got there, to any number of customers.
func ExampleHub_Upload() {
	ctx := context.Background()
	hub := simulate(nil)
	defer hub.stop()
	id := hub.ask("May I have the bill?")

	bill := "%PDF-1.7 …" // what it is must fit what it is said to be
	media, err := hub.Upload(ctx, "support", message.Upload{Name: "bill.pdf", MIME: "application/pdf", Body: strings.NewReader(bill)})
	check(err)
	_, err = hub.Reply(ctx, you, channel.Reply{
		Conversation: id, Content: &message.Document{ID: media, Filename: "Bill 7.pdf", Caption: "Here it is."},
	})
	check(err)
	hub.show()

	_, err = hub.Upload(ctx, "support", message.Upload{Name: "bill.pdf", MIME: "application/pdf", Body: strings.NewReader("MZ…")})
	fmt.Println("a program that is called a bill:", errors.Is(err, channel.ErrFileRefused))
	// Output:
	// the phone shows: Here it is.
	// a program that is called a bill: true
}

// A bot answers first, and hands over; an answer of a person takes a conversation as well. From then on the
// bot is refused, whichever process it runs in, until somebody hands the conversation back.
func ExampleHub_HandOver() {
	ctx := context.Background()
	hub := simulate(func(c *channel.Config) { c.Channels[0].BotFirst = true })
	defer hub.stop()
	id := hub.ask("Is my bike ready?")
	robot := conversation.Author{Kind: conversation.Bot, ID: "robot"}
	say := func(by conversation.Author, text string) error {
		_, err := hub.Reply(ctx, by, channel.Reply{Conversation: id, Content: &message.Text{Body: text}})
		return err
	}

	check(say(robot, "I ask somebody."))
	check(hub.HandOver(ctx, robot, id, conversation.Handover{Cause: conversation.CauseOutOfDepth, Reason: "asks for a bike"}))
	fmt.Println("refused:", errors.Is(say(robot, "Still there?"), channel.ErrHeldByPeople))
	check(say(you, "It is ready."))
	check(hub.HandBack(ctx, you, id, "answered"))
	check(say(robot, "Anything else?"))
	hub.show()
	// Output:
	// refused: true
	// the phone shows: Anything else?
}
