package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// system applies a notice that a customer's identifiers changed. It is no message: it
// opens no window and shows in no conversation.
func (in *incoming) system(p *webhook.Message, sys *webhook.System) error {
	previous := sys.Previous
	if previous.BSUID == "" && previous.Phone == "" {
		previous = p.From
	}
	switch sys.Kind {
	case webhook.SystemNumberChanged, webhook.SystemUserIDChanged:
		return in.link(previous, sys.Current)
	}
	in.count(in.ch.ID, "system_"+word(string(sys.Kind)), in.at, 1)
	return nil
}

// link joins the customers behind two identities of which WhatsApp says that they are
// one person. The new identity counts from now on; the window starts anew.
func (in *incoming) link(previous, current webhook.Identity) error {
	before := in.at.Add(-time.Microsecond) // so that the current identity is the newer one
	old, err := in.resolve(in.ch, who{Identity: previous, At: before, Event: in.id + "|previous"})
	if err != nil {
		return err
	}
	now, err := in.resolve(in.ch, who{Identity: current, At: in.at, Event: in.id})
	if err != nil || old == nil || now == nil {
		return err
	}
	if old.LaterOwner(identityOf(previous), identityOf(current), in.at) {
		return nil // the number is somebody else's by now
	}
	if old, err = in.customer(old.ID); err != nil { // as it is after the second step
		return err
	}
	customer, err := in.join(old, now)
	if err != nil {
		return err
	}
	customer.NumberChanged = times.Latest(customer.NumberChanged, in.at)
	customer.Window = customer.WindowSince(in.windowMoves(customer.Channel))
	customer.Move(identityOf(current), in.at)
	if previous.Phone != "" && canonicalPhone(previous.Phone) != canonicalPhone(current.Phone) {
		if err := in.giveUp(customer, aliasPhone(in.ch.Number, previous.Phone), in.at); err != nil {
			return err
		}
	}
	if err := in.saveCustomer(customer); err != nil {
		return err
	}
	if customer.Conversation == "" {
		return nil
	}
	return in.tellHost(in.ch.ID, "customer|"+in.id, hostItem{
		Kind: conversation.CustomerChanged, Conversation: customer.Conversation, At: in.at,
	})
}

// preference notes that a customer stopped or resumed marketing messages.
func (in *incoming) preference(p *webhook.UserPreference) error {
	customer, err := in.resolve(in.ch, who{Identity: p.User, At: in.at, Event: in.id})
	if err != nil || customer == nil {
		return err
	}
	switch {
	case p.Value == webhook.PreferenceStop && customer.StopMarketing(in.at):
	case p.Value == webhook.PreferenceResume && in.at.After(customer.Preference):
		customer.ResumeMarketing(in.at)
	default:
		return nil // an older wish than the one that is known, or one that is not
	}
	if err := in.saveCustomer(customer); err != nil || customer.Conversation == "" {
		return err
	}
	return in.tellHost(in.ch.ID, "preference|"+in.id, hostItem{
		Kind: conversation.PreferenceChanged, Conversation: customer.Conversation, At: in.at, Reason: p.Value, Cause: conversation.Cause(p.Value),
	})
}

// call applies an event of a voice call. A customer's call opens the window, answered
// or not; a missed one is filed as a message, so that somebody calls back.
func (in *incoming) call(p *webhook.Call) error {
	if p.Direction != webhook.CallByUser {
		return nil
	}
	customer, err := in.resolve(in.ch, who{Identity: p.User, At: in.at, Event: in.id})
	if err != nil || customer == nil {
		return err
	}
	switch p.Event {
	case webhook.CallConnect, webhook.CallCreated:
		in.observe(in.ch, customer, window.Event{Kind: window.KindCall, At: in.at})
	case webhook.CallTerminate:
		// The window counts from the call, not from its end.
		in.observe(in.ch, customer, window.Event{Kind: window.KindCall, At: believed(p.Started, in.now)})
	}
	if p.Event == webhook.CallTerminate {
		missed := p.Started.IsZero()
		msg := &messageRecord{Message: conversation.Message{
			ID: inboundMessageID(in.ch.ID, p.ID), WAMID: p.ID, Kind: "call", Text: "[Voice call]",
			Call: &conversation.Call{Missed: missed, Duration: duration.Duration(p.Duration)},
		}}
		if missed {
			msg.Text = "[Missed voice call]"
		}
		if known, err := in.lookupWAMID(in.ch.ID, p.ID); err != nil || known != nil {
			return err
		}
		if err := in.receive(customer, msg); err != nil {
			return err
		}
	}
	if err := in.tellWindow(in.ch, customer, in.id, in.at); err != nil {
		return err
	}
	return in.saveCustomer(customer)
}

// callStatus notes that a customer accepted a call of ours, which opens the window.
func (in *incoming) callStatus(p *webhook.CallStatus) error {
	if p.Status != webhook.CallAccepted {
		return nil
	}
	customer, err := in.resolve(in.ch, who{Identity: p.Recipient, At: in.at, Event: in.id})
	if err != nil || customer == nil {
		return err
	}
	in.observe(in.ch, customer, window.Event{Kind: window.KindCallAccepted, At: in.at})
	if err := in.tellWindow(in.ch, customer, in.id, in.at); err != nil {
		return err
	}
	return in.saveCustomer(customer)
}

// echo files what somebody answered from the WhatsApp Business app or through another
// application. It changes no window.
func (in *incoming) echo(p *webhook.Echo) error {
	customer, err := in.resolve(in.ch, who{Identity: p.To, Group: p.GroupID, At: in.at, Event: in.id})
	if err != nil || customer == nil {
		return err
	}
	switch c := p.Content.(type) {
	case *webhook.Edit:
		return in.amend(customer, c.OriginalID, in.edit(c))
	case *webhook.Revoke:
		return in.amend(customer, c.OriginalID, conversation.Amendment{Deleted: in.at})
	case *webhook.Reaction:
		return in.amend(customer, c.MessageID, conversation.Amendment{
			Reactions: []conversation.Reaction{{By: byBusiness, Emoji: c.Emoji, At: in.at}},
		})
	default: // an ordinary message
	}
	msg := contentOf(p.Content)
	known, err := in.twinAmong(customer, p.ID, recently)
	switch {
	case err != nil:
		return err
	case known != nil && known.Direction == conversation.Echo && !known.historic():
		return in.original(known, msg.Text)
	case known != nil && !known.historic():
		return nil // sent through this hub
	}
	msg.ID, msg.WAMID, msg.Redacted = inboundMessageID(in.ch.ID, p.ID), p.ID, in.masked
	msg.Channel, msg.Direction, msg.At = in.ch.ID, conversation.Echo, in.at
	if err := in.applyAmendments(customer, msg); err != nil {
		return err
	}
	s, err := in.enter(in.ch, customer, in.id, in.at)
	if err == nil {
		err = s.take()
	}
	if err == nil && in.core.desk != nil {
		err = s.answered(msg)
	}
	if err != nil {
		return err
	}
	conv := s.Conversation
	conv.Outbound++
	if err := in.put(conv, msg); err != nil {
		return err
	}
	in.count(in.ch.ID, "messages_echo", in.at, 1)
	if err := s.finish(); err != nil {
		return err
	}
	if err := in.saveCustomer(customer); err != nil {
		return err
	}
	return in.tellHost(in.ch.ID, "echo|"+msg.ID, hostItem{
		Kind: conversation.EchoReceived, Conversation: conv.ID, Message: msg.ID, At: in.at,
	})
}

// history files a message from before the number came to the hub. The host is not told:
// nothing of it is news, and there may be thousands.
func (in *incoming) history(p *webhook.HistoryMessage) error {
	customer, err := in.resolve(in.ch, who{Identity: p.User, At: in.at, Event: in.id})
	if err != nil || customer == nil {
		return err
	}
	in.Expect(kindCustomer, customer.ID) // who may be erased just then
	msg := contentOf(p.Content)
	msg.ID, msg.WAMID, msg.Redacted = inboundMessageID(in.ch.ID, p.ID), p.ID, in.masked
	known, err := in.lookupWAMID(in.ch.ID, p.ID)
	if err != nil {
		return err
	}
	if known != nil {
		if known.Kind != "media_placeholder" || msg.Kind == "media_placeholder" {
			return nil
		}
		known.Kind, known.Text, known.Attachments = msg.Kind, msg.Text, msg.Attachments
		known.Redacted = known.Redacted || msg.Redacted
		if err := in.trail(in.ch, nil, known, in.at, in.id); err != nil {
			return err
		}
		return in.saveMessage(known)
	}
	msg.Channel, msg.At, msg.Direction = in.ch.ID, in.at, conversation.Inbound
	if p.Outbound {
		msg.Direction = conversation.Echo
	}
	if err := in.applyAmendments(customer, msg); err != nil {
		return err
	}
	msg.Conversation = customer.HistoryID()
	if err := in.trail(in.ch, nil, msg, in.at, in.id); err != nil {
		return err
	}
	in.count(in.ch.ID, "messages_history", in.at, 1)
	return in.saveMessage(msg)
}
