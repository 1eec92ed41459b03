package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Received is what a customer wrote, as it is handed to [Ticketing.Receive].
type Received struct {
	// ID is the same whenever this message is offered.
	ID           string
	Message      Message
	Conversation Conversation
	Customer     Customer
}

// Change is something that happened to a conversation after the host learned of it,
// as it is handed to [Ticketing.Changed]. Conversation, Customer and Message are as
// they are now, which may be newer than what the change is about.
type Change struct {
	// ID is the same whenever this change is offered.
	ID   string
	Kind ChangeKind
	// Channel is the ID of the channel. What concerns it as a whole comes without a
	// Conversation and a Customer: see ChangeKind.
	Channel string
	// At is when it happened, by WhatsApp's clock for what happened there.
	At           time.Time
	Conversation Conversation
	Customer     Customer
	// Message is the message concerned; nil if the change is about the conversation.
	Message *Message
	// Author is who did it; zero if it was the customer, WhatsApp or a rule.
	Author Author
	// From and To are the queues of QueueMoved, the agents of Assigned, the topics of
	// TopicChanged and the tags of TagsChanged, with commas between them; To is the
	// conversation that goes on of ConversationMerged.
	From, To string
	// Ticket is the host's ticket of the conversation To, as far as the host has returned one
	// by now, and Absorbed the ID of the customer who turned out to be Customer, in
	// ConversationMerged and in the CustomerChanged of two who turn out to be one.
	Ticket, Absorbed string
	// Reason says why, in a sentence or in the words of whoever decided it, and Cause in a word
	// that can be counted and translated; "" where there is nothing to say.
	Reason string
	Cause  Cause
	// Delivery is what a DeliveryChanged reported, in the order it was learned.
	Delivery DeliveryState
	// Failure is why a message was not sent; nil otherwise. Beside Delivered or Read it says
	// that the message failed as well, on another device for example.
	Failure *Failure
	// Notice is what WhatsApp said, of an AccountNotice; nil otherwise.
	Notice *Notice
}

// ChangeKind says what a [Change] is about. New kinds may come; ignore unknown ones.
type ChangeKind string

// Kinds of changes.
const (
	// MessageQueued: a message waits in the outbox, whoever wrote it.
	MessageQueued ChangeKind = "message_queued"
	// DeliveryChanged: Message.Delivery learned something; see Change.Delivery.
	DeliveryChanged ChangeKind = "delivery_changed"
	// MessageEdited and MessageDeleted: the customer changed what they wrote, or an earlier text
	// of it became known; see Message.Earlier.
	MessageEdited  ChangeKind = "message_edited"
	MessageDeleted ChangeKind = "message_deleted"
	// MessageRedacted: a later message showed that this one held part of a card number,
	// which is masked now.
	MessageRedacted ChangeKind = "message_redacted"
	// Reacted: somebody put an emoji on a message, or took it away.
	Reacted ChangeKind = "reacted"
	// AttachmentReady and AttachmentFailed: a file of Message was fetched, or not.
	AttachmentReady  ChangeKind = "attachment_ready"
	AttachmentFailed ChangeKind = "attachment_failed"
	// Assigned: From and To are agents; an empty To means nobody.
	Assigned ChangeKind = "assigned"
	// QueueMoved: From and To are queues, Reason the rule or the actor's action.
	QueueMoved ChangeKind = "queue_moved"
	// WindowClosing: the customer service window closes soon; Reason says how soon.
	WindowClosing ChangeKind = "window_closing"
	// BotSuspected: a machine seems to write, and automatic messages are withheld; Reason
	// says what gave it away.
	BotSuspected ChangeKind = "bot_suspected"
	// AutomaticWithheld: an automatic message could not be sent; Reason says why.
	AutomaticWithheld ChangeKind = "automatic_withheld"
	// MessageRefused: somebody wanted to send what could not be sent; Reason says why. It
	// stands in the log only, since whoever asked was told.
	MessageRefused ChangeKind = "message_refused"
	// EchoReceived: somebody answered from the WhatsApp Business app.
	EchoReceived ChangeKind = "echo_received"
	// CustomerChanged: the customer's number, name or username is another now, or they shared
	// their number on request.
	CustomerChanged ChangeKind = "customer_changed"
	// ConversationMerged: the customer turned out to be the one of another conversation, To,
	// which goes on with Ticket; this one is resolved.
	ConversationMerged ChangeKind = "conversation_merged"
	// NoteAdded: somebody filed an internal note, which is Message.
	NoteAdded ChangeKind = "note_added"
	// TagsChanged and TopicChanged: somebody gave the conversation other tags or another topic.
	TagsChanged  ChangeKind = "tags_changed"
	TopicChanged ChangeKind = "topic_changed"
	// PreferenceChanged: the customer stopped or resumed marketing messages.
	PreferenceChanged ChangeKind = "preference_changed"
	// SendingHeld and SendingResumed concern a channel: it does not send, because WhatsApp is
	// out of reach or refuses the number as such, or it does again. Messages that wait meanwhile
	// stay queued and go out by themselves, unless their window closes first. Reason is that of
	// the Outage.
	SendingHeld    ChangeKind = "sending_held"
	SendingResumed ChangeKind = "sending_resumed"
	// AccountNotice concerns a channel: WhatsApp has news about its account, number or
	// templates; see Change.Notice.
	AccountNotice ChangeKind = "account_notice"
)

// hostItem is the content of work in the host queue: references only, so that an
// erased or edited message is not kept alive here.
type hostItem struct {
	Kind         ChangeKind    `json:"kind,omitempty"` // empty: received
	Conversation string        `json:"conversation"`
	Message      string        `json:"message,omitempty"`
	At           time.Time     `json:"at,omitzero"`
	Author       Author        `json:"author,omitzero"`
	From         string        `json:"from,omitempty"`
	To           string        `json:"to,omitempty"`
	Absorbed     string        `json:"absorbed,omitempty"`
	Reason       string        `json:"reason,omitempty"`
	Cause        Cause         `json:"cause,omitempty"`
	Delivery     DeliveryState `json:"delivery,omitempty"`
	Failure      *Failure      `json:"failure,omitempty"`
	Notice       *Notice       `json:"notice,omitempty"`
	attempts
}

// tellHost adds a call of Ticketing to the unit, in the conversation's lane. id makes
// it unique: the same id names the same change.
func (u *unit) tellHost(channel, id string, item hostItem) error {
	item.Author = u.author
	if item.Cause == "" {
		item.Cause = item.causeOfDelivery()
	}
	body, err := json.Marshal(item)
	if err != nil {
		return fmt.Errorf("channel: encode change: %w", err)
	}
	lane := item.Conversation
	if lane == "" {
		lane = "channel|" + channel
	} else if err := u.logEntry(id, &item); err != nil {
		return err
	}
	group := channel
	if item.Kind != "" {
		group += changes
	}
	u.enqueue(store.Work{Queue: queueHost, ID: id, Lane: lane, Group: group, Body: body})
	return nil
}

// causeOfDelivery is why a message did not go through, or what else became of it that is no
// progress.
func (i *hostItem) causeOfDelivery() Cause {
	switch {
	case i.Failure != nil:
		return Cause(i.Failure.Class)
	case i.Delivery == Uncertain || i.Delivery == Cancelled:
		return Cause(i.Delivery)
	}
	return ""
}

// changes ends the name of the group that a channel's changes make, beside what customers
// write: a broadcast, of which each message goes through several states, does not hold that
// up.
const changes = "/changes"

// channelOf is the ID of the channel whose work a group is, "" if it is none's.
func channelOf(group string) string {
	if strings.HasPrefix(group, "#") {
		return "" // see strangeGroup
	}
	return strings.TrimSuffix(group, changes)
}

// tell hands one item to the host's ticketing and settles it.
func (h *Hub) tell(ctx context.Context, w *job) error {
	item, err := itemOf[hostItem](w)
	if err != nil {
		return fmt.Errorf("channel: decode change: %w", ErrPermanent)
	}
	conv, customer, msg := &Conversation{}, &Customer{}, (*Message)(nil)
	if item.Conversation != "" {
		conv, customer, msg, err = h.scene(ctx, w.ahead, item.Conversation, item.Message)
	}
	if errors.Is(err, ErrNotFound) { // erased or past its retention: nothing left to tell
		return h.do(ctx, func(u *unit) error { u.Done = append(u.Done, w.Lease()); return nil })
	}
	if err != nil {
		return err
	}
	var ticket string
	err = h.gate.pass(ctx, w, func() (err error) {
		if h.tellingHeld(w) {
			return errHeld
		}
		defer func() {
			if p := recover(); p != nil {
				h.byQueue[queueHost].logPanic(ctx)
				err = errPanic
			}
			err = h.toldHost(ctx, w, item, err)
		}()
		ticket, err = h.callHost(ctx, w, item, conv, customer, msg)
		return err
	})
	if err != nil {
		return err
	}
	return h.do(ctx, func(u *unit) error {
		u.Done = append(u.Done, w.Lease())
		if ticket == "" || ticket == conv.Ticket {
			return nil
		}
		var c Conversation
		if ok, err := u.load(kindConversation, conv.ID, &c); err != nil || !ok {
			return err
		}
		c.Ticket = ticket
		return u.saveConversation(&c)
	})
}

func (h *Hub) callHost(ctx context.Context, w *job, item *hostItem,
	conv *Conversation, customer *Customer, msg *Message,
) (ticket string, err error) {
	info := HostInfo{Channel: channelOf(w.Group), Conversation: conv.ID, Kind: item.Kind, Try: w.Tries + 1}
	if h.hooks.HostStart != nil {
		ctx = h.hooks.HostStart(ctx, info)
	}
	err = errPanic // unless the host returns
	if h.hooks.HostDone != nil {
		defer func() { h.hooks.HostDone(ctx, info, err) }()
	}
	if item.Kind == "" {
		if msg == nil {
			return "", nil
		}
		ticket, err = h.ticketing.Receive(ctx, &Received{ID: w.ID, Message: *msg, Conversation: *conv, Customer: *customer})
		if err == nil && usable("ticket", ticket, maxKey) != nil {
			return "", errTicket
		}
		return ticket, fromHost(err)
	}
	into, err := h.successor(ctx, item)
	if err != nil {
		return "", err
	}
	return "", fromHost(h.ticketing.Changed(ctx, &Change{
		ID: w.ID, Kind: item.Kind, Channel: info.Channel, At: item.At, Conversation: *conv, Customer: *customer, Message: msg,
		Author: item.Author, From: item.From, To: item.To, Ticket: into, Absorbed: item.Absorbed, Reason: item.Reason, Cause: item.Cause, Delivery: item.Delivery, Failure: item.Failure, Notice: item.Notice,
	}))
}

// errTicket is permanent: the host would return the same again.
var errTicket = fmt.Errorf("channel: the host's ticket has more than 255 bytes or is no text: %w", ErrPermanent)

// successor is the ticket of the conversation that a merged one went on in.
func (h *Hub) successor(ctx context.Context, item *hostItem) (ticket string, err error) {
	if item.Kind != ConversationMerged {
		return "", nil
	}
	conv, err := h.conversation(ctx, item.To)
	switch {
	case errors.Is(err, ErrNotFound):
		return "", nil // erased meanwhile
	case err != nil:
		return "", err
	}
	return conv.Ticket, nil
}

// scene reads a conversation with its customer and one of its messages (nil if
// message is empty or gone), except what is known already.
func (h *Hub) scene(ctx context.Context, ahead []known, conversation, message string) (*Conversation, *Customer, *Message, error) {
	conv, err := getUnlessKnown[Conversation](ctx, h.store, ahead, kindConversation, conversation)
	if err != nil {
		return nil, nil, nil, err
	}
	customer, err := getUnlessKnown[Customer](ctx, h.store, ahead, kindCustomer, conv.Customer)
	if err == nil && customer.MergedInto != "" {
		customer, err = h.customer(ctx, customer.MergedInto)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if message == "" {
		return conv, customer, nil, nil
	}
	msg, err := getUnlessKnown[Message](ctx, h.store, ahead, kindMessage, message)
	switch {
	case errors.Is(err, ErrNotFound):
		return conv, customer, nil, nil
	case err != nil:
		return nil, nil, nil, err
	}
	return conv, customer, msg, h.resolveQuotes(ctx, msg)
}

func getUnlessKnown[T any](ctx context.Context, s store.Store, ahead []known, kind, key string) (*T, error) {
	for i := range ahead {
		if k := &ahead[i]; k.Kind == kind && k.Key == key {
			return k.doc.(*T), nil
		}
	}
	return get[T](ctx, s, kind, key)
}
