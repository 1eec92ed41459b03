package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// hostItem is the content of work in the host queue: references only, so that an
// erased or edited message is not kept alive here.
type hostItem struct {
	Kind         conversation.ChangeKind    `json:"kind,omitempty"` // empty: received
	Conversation string                     `json:"conversation"`
	Message      string                     `json:"message,omitempty"`
	At           time.Time                  `json:"at,omitzero"`
	Author       conversation.Author        `json:"author,omitzero"`
	From         string                     `json:"from,omitempty"`
	To           string                     `json:"to,omitempty"`
	Absorbed     string                     `json:"absorbed,omitempty"`
	Reason       string                     `json:"reason,omitempty"`
	Cause        conversation.Cause         `json:"cause,omitempty"`
	Delivery     conversation.DeliveryState `json:"delivery,omitempty"`
	Failure      *conversation.Failure      `json:"failure,omitempty"`
	Notice       *conversation.Notice       `json:"notice,omitempty"`
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
	u.Enqueue(store.Work{Queue: queueHost, ID: id, Lane: lane, Group: group, Body: body})
	return nil
}

// causeOfDelivery is why a message did not go through, or what else became of it that is no
// progress.
func (i *hostItem) causeOfDelivery() conversation.Cause {
	switch {
	case i.Failure != nil:
		return conversation.Cause(i.Failure.Class)
	case i.Delivery == conversation.Uncertain || i.Delivery == conversation.Cancelled:
		return conversation.Cause(i.Delivery)
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
func (h *Hub) tell(ctx context.Context, w *worker.Job) error {
	item, err := itemOf[hostItem](w)
	if err != nil {
		return fmt.Errorf("channel: decode change: %w", ErrPermanent)
	}
	conv, customer, msg := &conversation.Conversation{}, &conversation.Customer{}, (*messageRecord)(nil)
	if item.Conversation != "" {
		conv, customer, msg, err = h.scene(ctx, w.Ahead, item.Conversation, item.Message)
	}
	if errors.Is(err, ErrNotFound) { // erased or past its retention: nothing left to tell
		return h.finish(ctx, w)
	}
	if err != nil {
		return err
	}
	var ticket string
	err = h.gate.Pass(ctx, w, func() (err error) {
		if h.tellingHeld(w) {
			return errHeld
		}
		defer func() {
			if p := recover(); p != nil {
				h.runners[queueHost].LogPanic(ctx)
				err = worker.ErrPanic
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
		u.Finish(w.Lease())
		if ticket == "" || ticket == conv.Ticket {
			return nil
		}
		var c conversation.Conversation
		if ok, err := u.Load(kindConversation, conv.ID, &c); err != nil || !ok {
			return err
		}
		c.Ticket = ticket
		return u.saveConversation(&c)
	})
}

func (h *Hub) callHost(ctx context.Context, w *worker.Job, item *hostItem,
	conv *conversation.Conversation, customer *conversation.Customer, msg *messageRecord,
) (ticket string, err error) {
	info := HostInfo{Channel: channelOf(w.Group), Conversation: conv.ID, Kind: item.Kind, Try: w.Tries + 1}
	if h.hooks.HostStart != nil {
		ctx = h.hooks.HostStart(ctx, info)
	}
	err = worker.ErrPanic // unless the host returns
	if h.hooks.HostDone != nil {
		defer func() { h.hooks.HostDone(ctx, info, err) }()
	}
	if item.Kind == "" {
		if msg == nil {
			return "", nil
		}
		ticket, err = h.ticketing.Receive(ctx, &conversation.Received{ID: w.ID, Message: msg.Message, Conversation: *conv, Customer: *customer})
		if err == nil && usable("ticket", ticket, maxKey) != nil {
			return "", errTicket
		}
		return ticket, fromHost(err)
	}
	var shown *conversation.Message
	if msg != nil {
		shown = &msg.Message
	}
	into, err := h.successor(ctx, item)
	if err != nil {
		return "", err
	}
	return "", fromHost(h.ticketing.Changed(ctx, &conversation.Change{
		ID: w.ID, Kind: item.Kind, Channel: info.Channel, At: item.At, Conversation: *conv, Customer: *customer, Message: shown,
		Author: item.Author, From: item.From, To: item.To, Ticket: into, Absorbed: item.Absorbed, Reason: item.Reason, Cause: item.Cause, Delivery: item.Delivery, Failure: item.Failure, Notice: item.Notice,
	}))
}

// errTicket is permanent: the host would return the same again.
var errTicket = fmt.Errorf("channel: the host's ticket has more than 255 bytes or is no text: %w", ErrPermanent)

// successor is the ticket of the conversation that a merged one went on in.
func (h *Hub) successor(ctx context.Context, item *hostItem) (ticket string, err error) {
	if item.Kind != conversation.ConversationMerged {
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
func (h *Hub) scene(ctx context.Context, ahead []step.Known, conversationID, message string) (*conversation.Conversation, *conversation.Customer, *messageRecord, error) {
	conv, err := getUnlessKnown[conversation.Conversation](ctx, h.store, ahead, kindConversation, conversationID)
	if err != nil {
		return nil, nil, nil, err
	}
	customer, err := getUnlessKnown[conversation.Customer](ctx, h.store, ahead, kindCustomer, conv.Customer)
	if err == nil && customer.MergedInto != "" {
		customer, err = h.customer(ctx, customer.MergedInto)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if message == "" {
		return conv, customer, nil, nil
	}
	msg, err := getUnlessKnown[messageRecord](ctx, h.store, ahead, kindMessage, message)
	switch {
	case errors.Is(err, ErrNotFound):
		return conv, customer, nil, nil
	case err != nil:
		return nil, nil, nil, err
	}
	return conv, customer, msg, h.resolveQuotes(ctx, &msg.Message)
}

func getUnlessKnown[T any](ctx context.Context, s store.Store, ahead []step.Known, kind, key string) (*T, error) {
	for i := range ahead {
		if k := &ahead[i]; k.Kind == kind && k.Key == key {
			return k.Doc.(*T), nil
		}
	}
	return step.Get[T](ctx, s, kind, key)
}
