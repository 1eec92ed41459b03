package channel

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// tellHost adds a call of Ticketing to the unit, in the conversation's lane. id makes
// it unique: the same id names the same change.
func (u *unit) tellHost(channel, id string, item hostItem) error {
	item.Author, item.Carried = u.author, u.core.hooks.carry(u.ctx)
	if item.Cause == "" {
		item.Cause = item.causeOfDelivery()
	}
	body, err := step.Encode(&item)
	if err != nil {
		return fmt.Errorf("channel: encode change: %w", err)
	}
	lane := item.Conversation
	if lane == "" {
		lane = "channel|" + channel
	} else if err := u.logEntry(id, &item); err != nil {
		return err
	}
	if item.Kind != "" && !u.core.tells(item.Kind) {
		return nil
	}
	group := channel
	if item.Kind != "" {
		group += changesGroup
	}
	if !item.due.IsZero() {
		u.Enqueue(store.Work{Queue: workHost, ID: id, Lane: lane, Group: group, Due: item.due, Body: body})
		return nil
	}
	u.EnqueueItem(store.Work{Queue: workHost, ID: id, Lane: lane, Group: group, Body: body}, &item, func() []store.RecordKey {
		return u.sceneOf(&item)
	})
	return nil
}

// sceneOf names the records that the host is told of, once they are read.
func (u *unit) sceneOf(item *hostItem) []store.RecordKey {
	keys := make([]store.RecordKey, 0, 3)
	name := func(kind, key string, known bool) {
		if known {
			keys = append(keys, store.RecordKey{Kind: kind, Key: key})
		}
	}
	if item.Conversation != "" {
		conv, ok := step.Peek[conversation.Conversation](u.Step, kindConversation, item.Conversation)
		if name(kindConversation, item.Conversation, ok); ok && conv.Customer != "" {
			_, ok = step.Peek[conversation.Customer](u.Step, kindCustomer, conv.Customer)
			name(kindCustomer, conv.Customer, ok)
		}
	}
	if item.Message != "" {
		_, ok := step.Peek[messageRecord](u.Step, kindMessage, item.Message)
		name(kindMessage, item.Message, ok)
	}
	return keys
}

// tells says whether the host wants to hear of a kind of change.
func (h *core) tells(kind conversation.ChangeKind) bool {
	if h.changes == nil {
		return kind != conversation.WindowOpened && kind != conversation.WindowExtended
	}
	return slices.Contains(h.changes, kind)
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

// changeID names the change that an event or an action makes: the nth of what it led to.
func changeID(kind conversation.ChangeKind, id string, n int) string {
	return fmt.Sprintf("%s|%s|%d", kind, id, n)
}

// logEntry keeps what is worth keeping. That a message was sent, delivered or read shows
// on the message itself.
func (u *unit) logEntry(id string, item *hostItem) error {
	switch item.Kind {
	case "", conversation.MessageQueued, conversation.MessageScheduled, conversation.WindowOpened, conversation.WindowExtended, conversation.EchoReceived, conversation.Reacted, conversation.AttachmentReady:
		return nil
	case conversation.DeliveryChanged:
		if item.Failure == nil && item.Delivery != conversation.Failed && item.Delivery != conversation.Uncertain && item.Delivery != conversation.Cancelled {
			return nil
		}
	}
	if ok, err := u.Load(kindLog, id, nil); err != nil || ok {
		return err
	}
	return u.Save(kindLog, id, item.Conversation, micros(item.At), conversation.LogEntry{
		Conversation: item.Conversation, At: item.At, Kind: item.Kind, Message: item.Message,
		Author: item.Author, From: item.From, To: item.To, Reason: cmp.Or(item.Reason, string(item.Delivery)), Cause: item.Cause,
		Failure: item.Failure,
	})
}
