package channel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// exampleHub is a hub with a feed and a search, and the handler of its webhooks.
func exampleHub(tickets channel.Ticketing) (*channel.Hub, http.Handler, func()) {
	server := httptest.NewServer(http.HandlerFunc(acceptAll))
	client, err := cloudapi.New(cloudapi.Config{Token: "EAA...", BaseURL: server.URL, InsecureHTTP: true})
	check(err)
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	check(err)
	var news template.Definition
	check(json.Unmarshal([]byte(`{"name":"news","language":"en","status":"APPROVED","category":"UTILITY",
		"components":[{"type":"BODY","text":"There is news about your order."}]}`), &news))
	catalog.Put(time.Now(), news)
	hub, err := channel.New(channel.Config{
		Store: memstore.New(), Ticketing: tickets, Feed: true, Search: true,
		Channels: []channel.Channel{{
			Settings:  settings.Settings{ID: "support", Name: "Support", Number: "106540352242922", Enabled: true, Language: "en", ConsentElsewhere: true},
			Templates: catalog,
			Sender:    client.Number("106540352242922"),
		}},
	})
	check(err)
	handler, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{"the app secret"}, VerifyToken: "a word of your own", Sink: hub,
	})
	check(err)
	return hub, handler, server.Close
}

// oneTicket is a ticket system that gives every conversation the same ticket.
type oneTicket struct{}

func (oneTicket) Receive(context.Context, *conversation.Received) (string, error) { return "T-1", nil }
func (oneTicket) Changed(context.Context, *conversation.Change) error             { return nil }

// A page that shows what happens, an adapter that posts it elsewhere, an index: each follows the feed
// and keeps the cursor.
func ExampleHub_Feed() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	hub, handler, closeServer := exampleHub(oneTicket{})
	defer closeServer()
	go hub.Run(ctx)

	cursor, err := hub.FeedCursor(ctx) // then read everything that is there, then follow
	check(err)
	customerWrites(handler, "Hello! Is my bike ready?")
	for news, err := range hub.Feed(ctx, channel.FeedQuery{After: cursor}) {
		check(err) // store.ErrForgotten: the cursor is too old, start afresh
		cursor = news.Cursor
		if news.Message != nil {
			fmt.Println(news.Channel, news.Message.Direction, news.Message.Text)
			break
		}
	}
	fmt.Println("goes on from a cursor:", cursor != "")
	// Output:
	// support in Hello! Is my bike ready?
	// goes on from a cursor: true
}

func ExampleHub_Search() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	hub, handler, closeServer := exampleHub(oneTicket{})
	defer closeServer()
	go hub.Run(ctx)
	customerWrites(handler, "Hello! Is my bike ready?")
	for range hub.Feed(ctx, channel.FeedQuery{}) {
		break // something was filed
	}

	found, err := hub.Search(ctx, channel.SearchQuery{Text: "bik"})
	check(err)
	for _, m := range found.Messages {
		fmt.Println(m.Text)
	}
	found, err = hub.Search(ctx, channel.SearchQuery{Text: "+1 (312) 555-0187"})
	check(err)
	for _, c := range found.Customers {
		fmt.Println(c.Name)
	}
	// Output:
	// Hello! Is my bike ready?
	// Robin Sample
}

// What a composer shows before somebody sends.
func ExampleHub_PreviewReply() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	hub, handler, closeServer := exampleHub(oneTicket{})
	defer closeServer()
	go hub.Run(ctx)
	customerWrites(handler, "Hello! Is my bike ready?")
	var id string
	for news := range hub.Feed(ctx, channel.FeedQuery{}) {
		if news.Conversation != nil {
			id = news.Conversation.ID
			break
		}
	}

	you := conversation.Author{Kind: conversation.Agent, ID: "you"}
	p, err := hub.PreviewReply(ctx, you, channel.Reply{
		Conversation: id, Content: &message.Text{Body: "Paid with 4111 1111 1111 1111, thank you!"},
	})
	check(err)
	fmt.Println("window open:", p.Open)
	fmt.Println(p.Message.Text)

	p, err = hub.PreviewReply(ctx, you, channel.Reply{Conversation: id, Content: &message.Text{}})
	check(err)
	why := explain.Error(p.Refused)
	fmt.Println(why.Status, why.Text, why.Do)
	for _, f := range why.Fields {
		fmt.Println(f.Text)
	}
	// Output:
	// window open: true
	// Paid with XXXX XXXX XXXX 1111, thank you!
	// 422 The message has something that WhatsApp, or who carries it there, does not accept. Correct the fields that are named.
	// Text, body: This is missing.
}

// A reminder for tomorrow, taken back because it is not needed any more.
func ExampleHub_Notify_later() {
	ctx := context.Background()
	hub, _, closeServer := exampleHub(oneTicket{}) // its channel has a template called "news"
	defer closeServer()
	you := conversation.Author{Kind: conversation.Agent, ID: "you"}
	reminder := channel.Notification{
		Channel: "support", To: message.Recipient{Phone: "+13125550187"}, Template: &channel.Template{Name: "news"},
		At: time.Now().Add(24 * time.Hour),
	}
	m, err := hub.Notify(ctx, you, reminder)
	check(err)
	fmt.Println(m.Delivery.State())
	check(hub.CancelMessage(ctx, you, m.ID))
	m, err = hub.Message(ctx, m.ID)
	check(err)
	fmt.Println(m.Delivery.State())

	reminder.At = time.Now().Add(31 * 24 * time.Hour)
	_, err = hub.Notify(ctx, you, reminder)
	fmt.Println(explain.Error(err).Fields[0].Text)
	// Output:
	// scheduled
	// cancelled
	// At: The time is too far ahead (31 days, at most 30).
}

// A campaign whose process ended is run again, with the same rows: nobody gets it twice.
func ExampleHub_NotifyAll() {
	ctx := context.Background()
	hub, _, closeServer := exampleHub(oneTicket{}) // its channel has a template called "news"
	defer closeServer()
	rows := func(yield func(channel.Notification, error) bool) {
		for _, phone := range []string{"+13125550187", "no number", "+13125550188"} { // of a file, say
			n := channel.Notification{
				Channel: "support", To: message.Recipient{Phone: phone}, Key: phone, Template: &channel.Template{Name: "news"},
			}
			if !yield(n, nil) {
				return
			}
		}
	}
	you := conversation.Author{Kind: conversation.Agent, ID: "you"}
	for range hub.NotifyAll(ctx, you, campaign.Campaign{Key: "spring"}, rows) {
		break // after the first row
	}
	var sum campaign.Totals
	for result := range hub.NotifyAll(ctx, you, campaign.Campaign{Key: "spring"}, rows) {
		sum.Add(result)
		if result.Err != nil {
			fmt.Println(explain.Error(result.Err).Text)
		}
	}
	fmt.Println("queued:", sum.Queued, "before:", sum.Again)
	// Output:
	// Row 2: The message has something that WhatsApp, or who carries it there, does not accept.
	// queued: 1 before: 1
}
