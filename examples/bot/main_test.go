package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// start runs the program and returns a function that posts to one of its pages.
func start(t *testing.T) (post func(path, body string) string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "localhost:0", writer) }()
	line := make([]byte, 200)
	n, err := reader.Read(line)
	require.NoError(t, err)
	url := regexp.MustCompile(`http://[^/ ]+`).FindString(string(line[:n]))
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return func(path, body string) string {
		t.Helper()
		method := http.MethodPost
		if body == "" {
			method = http.MethodGet
		}
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, res.StatusCode, string(text))
		return string(text)
	}
}

func TestATalkWithTheBotAndAPerson(t *testing.T) {
	t.Parallel()
	post := start(t)
	shows := func(n int, text string) { // until the phone shows a text so often
		t.Helper()
		require.Eventually(t, func() bool { return strings.Count(post("/phone", ""), text) >= n }, 3*time.Minute, 5*time.Millisecond, text)
	}
	post("/phone", "Hello")
	shows(1, "I am the workshop's robot. What can I do for you? [Opening hours] [Book a repair] [A person]")
	post("/phone", "Book a repair")
	shows(1, "On which day do you bring the bike? [Monday] [Wednesday] [Friday]")
	post("/phone", "Wednesday")
	shows(1, "Wednesday it is. What is wrong with the bike? [Describe]")
	post("/phone", `{"bike": "the blue one", "problem": "brakes"}`)
	shows(1, "Booked: the blue one, brakes, on Wednesday. See you!")
	post("/phone", "Opening hours") // a button of long ago works still
	shows(1, "from 10 to 18")
	require.Empty(t, post("/people", ""))

	post("/phone", "A person")
	shows(1, "Somebody from the workshop will answer")
	post("/phone?later=2s", "It squeaks!") // WhatsApp tells seconds: within one, what we said counts as newer
	require.Eventually(t, func() bool { return strings.Contains(post("/people", ""), "It squeaks!") }, 3*time.Minute, 5*time.Millisecond)
	post("/people", "I can do that today.")
	shows(1, "Harbour Bikes: I can do that today.")
	require.Equal(t, 1, strings.Count(post("/phone", ""), "I am the workshop's robot"), "while people have the talk the bot is silent")

	post("/people", "back")
	post("/phone", "Thank you")
	shows(2, "I am the workshop's robot")
}

func text(s string) *conversation.Message { return &conversation.Message{Kind: "text", Text: s} }

func TestTheBotHandsOverWhenItIsOutOfItsDepth(t *testing.T) {
	t.Parallel()
	b := &bot{flow: "1"}
	var m memory
	says := func(want message.Content, people conversation.Cause, in *conversation.Message) {
		t.Helper()
		m.handover = ""
		require.IsType(t, want, b.answer(&m, in))
		require.Equal(t, people, m.handover)
	}
	says(&message.Buttons{}, "", text("Hello"))
	says(&message.Buttons{}, "", text("My chain is gone"))
	says(&message.Text{}, "", &conversation.Message{Choice: "hours"})
	require.Zero(t, m.Misses, "it understood something")
	says(&message.Buttons{}, "", text("My chain is gone"))
	says(&message.Buttons{}, "", text("My chain is gone"))
	says(&message.Text{}, conversation.CauseMisses, text("My chain is gone"))
	require.Zero(t, m.Misses, "handed back, it begins anew")
	says(&message.Text{}, conversation.CauseAskedFor, &conversation.Message{Choice: "person"})
}

func TestWhatIsNoAnswerToTheFormIsNotBooked(t *testing.T) {
	t.Parallel()
	b := &bot{flow: "1"}
	for _, choice := range []string{"", "{", `{"bike": ""}`, `{"bike": 7}`, `[]`} {
		m := memory{Day: "Monday"}
		require.IsType(t, &message.Buttons{}, b.answer(&m, &conversation.Message{FlowToken: "unused", Choice: choice}), choice)
	}
	require.IsType(t, &message.Buttons{}, b.answer(&memory{}, &conversation.Message{FlowToken: "unused", Choice: `{"bike": "blue"}`}), "no day was chosen")
}

// line is a Sender that takes everything.
type line struct{ message.Sender }

func TestAMessageIsAnsweredOnceHoweverOftenItIsOffered(t *testing.T) {
	t.Parallel()
	b := &bot{flow: "1"}
	var err error
	b.hub, err = channel.New(channel.Config{Store: memstore.New(), Ticketing: b, Channels: []channel.Channel{{
		Settings: settings.Settings{ID: "bikes", Name: "Bikes", Number: "1", Enabled: true, BotFirst: true}, Sender: line{},
	}}})
	require.NoError(t, err)
	ctx := t.Context()
	require.NoError(t, b.hub.Accept(ctx, hello(t)))
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- b.hub.Run(running) }()
	require.NoError(t, b.hub.Idle(ctx))
	stop()
	require.NoError(t, <-ended)
	list, err := b.hub.Conversations(ctx, channel.ConversationQuery{Channel: "bikes"})
	require.NoError(t, err)
	talk := *list[0]
	var m memory
	require.NoError(t, json.Unmarshal(talk.Metadata, &m))

	again := &conversation.Received{ID: m.Last, Message: *text("Hello"), Conversation: talk}
	_, err = b.Receive(ctx, again) // the memory says so
	require.NoError(t, err)
	again.Conversation.Metadata = nil // the process ended before it could be kept
	_, err = b.Receive(ctx, again)
	require.NoError(t, err)
	messages, err := b.hub.Messages(ctx, channel.MessageQuery{Conversation: talk.ID})
	require.NoError(t, err)
	require.Len(t, messages, 2)
}

// hello is a webhook with a first message.
func hello(t *testing.T) *webhook.Delivery {
	t.Helper()
	d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
		"metadata":{"phone_number_id":"1"},"messages":[{"from":"13125550187","id":"wamid.1","timestamp":"%d","type":"text","text":{"body":"Hello"}}]}}]}]}`, time.Now().Unix()))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	return d
}

func (line) Send(context.Context, message.Outbound) (message.Receipt, error) {
	return message.Receipt{ID: "wamid.2"}, nil
}
