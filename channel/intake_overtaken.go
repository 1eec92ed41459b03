package channel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// Edits and reactions can overtake their message. Those whose message does not come within
// the patience that statuses get are about one that this hub will never see: then what they
// say is handed to the host by itself, and should the message come after all, they change it
// all the same.

// lookAgain arranges for an item to be applied again when the patience is over.
func (in *incoming) lookAgain() error {
	if in.late() {
		return nil
	}
	body := in.work.Body
	if a, ok := in.work.Item.(*accepted); ok { // it never stood in the queue
		var err error
		if body, err = a.encode(); err != nil {
			return fmt.Errorf("channel: encode item: %w", err)
		}
	}
	in.Enqueue(store.Work{
		Queue: workIn, ID: latePrefix + in.work.ID, Group: in.work.Group, Body: body,
		Due: in.now.Add(statusPatience * statusPause),
	})
	return nil
}

func (in *incoming) late() bool { return strings.HasPrefix(in.work.ID, latePrefix) }

// unmet hands over an item whose message is not known, if the time for that has come.
func (in *incoming) unmet(customer *conversation.Customer, wamid string, a conversation.Amendment) error {
	if !in.late() {
		return nil
	}
	stub, err := in.waiting(in.ch.ID, customer, wamid)
	if err != nil || stub.Pending == nil {
		return err
	}
	target := inboundMessageID(in.ch.ID, stub.Pending.WAMID)
	switch {
	case a.Message != nil && a.Deleted.IsZero():
		first := *in // the message is older than that, but nobody knows by how much
		first.at = stub.Pending.First
		msg := &messageRecord{Message: *a.Message}
		msg.ID, msg.WAMID, msg.Edited = target, stub.Pending.WAMID, a.Edited
		if err := in.applyAmendments(customer, msg); err != nil {
			return err
		}
		if !in.echoed() {
			return first.receive(customer, msg)
		}
		return first.beside(customer, msg)
	case len(a.Reactions) == 1 && a.Reactions[0].Emoji != "" && slices.ContainsFunc(stub.Pending.Reactions, a.Reactions[0].Equal):
		id := in.wamid()
		msg := &messageRecord{Message: conversation.Message{
			ID: inboundMessageID(in.ch.ID, id), WAMID: id, Kind: "reaction", Text: a.Reactions[0].Emoji, Quoted: target,
		}}
		if known, err := in.lookupWAMID(in.ch.ID, id); err != nil || known != nil {
			return err
		}
		if customer.Conversation == "" && !in.echoed() {
			return in.receive(customer, msg)
		}
		return in.beside(customer, msg)
	}
	return nil
}

// echoed says that the item is what somebody did in the Business app; wamid is its own.
func (in *incoming) echoed() bool {
	_, ok := in.ev.Payload.(*webhook.Echo)
	return ok
}

func (in *incoming) wamid() string {
	switch p := in.ev.Payload.(type) {
	case *webhook.Message:
		return p.ID
	case *webhook.StandbyMessage:
		return p.Message.ID
	case *webhook.Echo:
		return p.ID
	default: // nothing else amends messages
		return ""
	}
}

// beside files a message in the conversation that the customer is in, and tells the host. The
// conversation stays where it is: nobody asked anything.
func (in *incoming) beside(customer *conversation.Customer, msg *messageRecord) error {
	conv, err := in.current(customer)
	if err != nil || conv == nil {
		return err
	}
	msg.Channel, msg.Conversation, msg.At, msg.Direction = in.ch.ID, conv.ID, in.at, conversation.Inbound
	item := hostItem{Conversation: conv.ID, Message: msg.ID, At: in.at}
	id := "in|" + msg.ID
	if in.echoed() {
		msg.Direction, item.Kind, id = conversation.Echo, conversation.EchoReceived, "echo|"+msg.ID
	}
	conv.LastSeq++
	msg.Seq = conv.LastSeq
	if err := in.saveMessage(msg); err != nil {
		return err
	}
	if err := in.tellHost(in.ch.ID, id, item); err != nil {
		return err
	}
	return in.saveConversation(conv)
}
