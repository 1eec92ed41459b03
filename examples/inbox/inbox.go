// Package inbox shows Kanava behind the interface that many helpdesks have for each of their channels:
// something to open, from which they receive, through which they send, and which they close. Copy it and
// change the types to your own.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// Inbox is what a helpdesk asks of a channel.
type Inbox interface {
	// Send sends an answer and returns its ID, by which its Items name it.
	Send(ctx context.Context, out Outgoing) (id string, err error)
	// Receive waits for what happens next. It is offered again, under the same ID and perhaps in another
	// process, until Item.Done says that it is dealt with. Of a thread one Item is out at a time.
	Receive(ctx context.Context) (*Item, error)
	// Close ends what is in hand; Receive and Send return ErrClosed from then on.
	Close() error
}

// ErrClosed says that an Inbox was closed.
var ErrClosed = errors.New("inbox: closed")

// Outgoing is an answer: a text, or a template when the customer has been silent for a day.
type Outgoing struct {
	Thread, Agent  string
	Text, Template string
	Values         template.Values
	Key            string // the same key again sends nothing again
}

// Item is a customer's message, or, if Status is set, news about an answer.
type Item struct {
	ID       string // the same whenever it is offered
	Thread   string
	At       time.Time
	Customer string // ID of the person
	Name     string
	Text     string
	Files    []string // references of the host's Attachments, if the channel waits for files (FilePolicy.Wait)
	// Answer is the ID that Send returned, Status what became of it: accepted, sent, delivered, read,
	// failed or uncertain. Reason says why it failed.
	Answer, Status, Reason string
	// Done settles the Item: nil if it is dealt with, an error if it is to be offered again later. It is to
	// be called within a minute; then the Item is offered again by itself.
	Done func(error)
}

// WhatsApp is an Inbox on a hub.
type WhatsApp struct {
	// Webhook takes what WhatsApp sends: mount it at the address that WhatsApp knows.
	Webhook http.Handler

	hub    *channel.Hub
	items  chan *Item
	closed chan struct{}
	end    func() error
}

// Open makes an Inbox of a hub's configuration, whose Ticketing and Changes it sets, and starts it.
func Open(cfg channel.Config, hook webhook.Config) (*WhatsApp, error) {
	w := &WhatsApp{items: make(chan *Item), closed: make(chan struct{})}
	cfg.Ticketing, cfg.Changes = ticketing{w}, []conversation.ChangeKind{conversation.DeliveryChanged}
	var err error
	if w.hub, err = channel.New(cfg); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	hook.Sink = w.hub
	if w.Webhook, err = webhook.NewHandler(hook); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.hub.Run(ctx) }()
	w.end = sync.OnceValue(func() error {
		close(w.closed)
		stop()
		return <-ended
	})
	return w, nil
}

// Send implements Inbox. Its error says why it cannot go: explain.Error puts it in a sentence.
func (w *WhatsApp) Send(ctx context.Context, out Outgoing) (id string, err error) {
	select {
	case <-w.closed:
		return "", ErrClosed
	default:
	}
	answer := channel.Reply{Conversation: out.Thread, Key: out.Key}
	if out.Template != "" {
		answer.Template = &channel.Template{Name: out.Template, Values: out.Values}
	} else {
		answer.Content = &message.Text{Body: out.Text}
	}
	parts, err := w.hub.Split(ctx, answer)
	if err != nil {
		return "", fmt.Errorf("inbox: send: %w", err)
	}
	sent, err := w.hub.ReplyAll(ctx, conversation.Author{Kind: conversation.Agent, ID: out.Agent}, parts)
	if err != nil {
		return "", fmt.Errorf("inbox: send: %w", err)
	}
	return sent[0].ID, nil // of a long text, which goes out in parts, the ID of all of them
}

// Receive implements Inbox.
func (w *WhatsApp) Receive(ctx context.Context) (*Item, error) {
	select {
	case item := <-w.items:
		return item, nil
	case <-w.closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close implements Inbox. What was not dealt with is offered by whoever opens the same store next.
func (w *WhatsApp) Close() error { return w.end() }

// ticketing hands what the hub tells to whoever receives.
type ticketing struct{ *WhatsApp }

func (t ticketing) Receive(ctx context.Context, in *conversation.Received) (ticket string, err error) {
	item := &Item{
		ID: in.ID, Thread: in.Conversation.ID, At: in.Message.At, Customer: in.Customer.ID, Name: in.Customer.Name,
		Text: in.Message.Text, Files: in.Message.FileRefs(),
	}
	return "", t.offer(ctx, item)
}

func (t ticketing) Changed(ctx context.Context, c *conversation.Change) error {
	if c.Message == nil {
		return nil // it was erased meanwhile
	}
	item := &Item{
		ID: c.ID, Thread: c.Conversation.ID, At: c.At, Customer: c.Customer.ID, Name: c.Customer.Name,
		Answer: c.Message.ID, Status: string(c.Delivery),
	}
	if first := c.Message.PartOf; first != "" {
		_, state, err := t.hub.Parts(ctx, first)
		if err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
		item.Answer, item.Status = first, string(state)
	}
	if c.Failure != nil {
		item.Reason = c.Failure.Title + ". " + c.Failure.Hint
	}
	return t.offer(ctx, item)
}

// offer waits until somebody has taken the item and dealt with it. The hub repeats it after an error.
func (t ticketing) offer(ctx context.Context, item *Item) error {
	done := make(chan error, 1)
	item.Done = func(err error) {
		select {
		case done <- err:
		default: // it was settled before
		}
	}
	offers := t.items
	for {
		select {
		case offers <- item:
			offers = nil
		case err := <-done:
			return err
		case <-t.closed:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
