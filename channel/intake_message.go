package channel

import (
	"cmp"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// inbound applies what a customer sent. A standby message was sent while another
// application has the conversation: it is filed like any other.
func (in *incoming) inbound(p *webhook.Message, standby bool) (worker.Outcome, error) {
	if sys, ok := p.Content.(*webhook.System); ok {
		return worker.Done(), in.system(p, sys)
	}
	if may, err := in.noticeMayCome(p); err != nil || may {
		return worker.Later(in.now.Add(noticePause), "a new BSUID on a known phone number"), err
	}
	return worker.Done(), in.written(p, standby)
}

// written applies what a customer wrote or did.
func (in *incoming) written(p *webhook.Message, standby bool) error {
	customer, err := in.resolve(in.ch, who{Identity: p.From, Group: p.GroupID, At: in.at, Event: in.id})
	if err != nil {
		return err
	}
	if customer == nil {
		return errNoSender
	}
	if p.GroupID != "" {
		if in.sender, err = in.noteMember(in.ch, customer, who{Identity: p.From}); err != nil {
			return err
		}
	}
	in.observe(in.ch, customer, window.Event{
		Kind: WindowKind(p.Content), At: in.at, Standby: standby, Referral: referralOf(p),
	})
	switch c := p.Content.(type) {
	case *webhook.Reaction:
		err = in.amend(customer, c.MessageID, conversation.Amendment{
			Reactions: []conversation.Reaction{{By: in.reactor(), Emoji: c.Emoji, At: in.at}},
		})
	case *webhook.Edit:
		err = in.amend(customer, c.OriginalID, in.edit(c))
	case *webhook.Revoke:
		err = in.amend(customer, c.OriginalID, conversation.Amendment{Deleted: in.at})
	case *webhook.Contacts:
		var learned bool
		if customer, learned, err = in.learnNumber(customer, c); err != nil {
			return err
		}
		if err = in.file(customer, p); err == nil && learned {
			err = in.tellHost(in.ch.ID, "number|"+in.id, hostItem{Kind: conversation.CustomerChanged, Conversation: customer.Conversation, At: in.at})
		}
	default:
		err = in.file(customer, p)
	}
	if err == nil {
		err = in.tellWindow(in.ch, customer, in.id, in.at)
	}
	if err != nil {
		return err
	}
	return in.giveCustomer(customer)
}

// Somebody who writes at once after the BSUID has changed may overtake the notice of it: the
// message of an unknown BSUID with a phone number that another BSUID is known for waits for a
// moment. Without a notice it is the number's next owner.
const (
	noticePatience = 1
	noticePause    = 3 * time.Second
)

// noticeMayCome says that the notice of a change may explain a message, and may still come.
func (in *incoming) noticeMayCome(p *webhook.Message) (bool, error) {
	phone := who{Identity: p.From, Group: p.GroupID}.phone(in.ch.Number)
	if p.From.BSUID == "" || phone == "" || in.work.Tries >= noticePatience {
		return false, nil
	}
	if err := in.Ahead(kindAlias, aliasBSUID(in.ch.Number, p.From.BSUID), phone); err != nil {
		return false, err
	}
	if known, err := in.Load(kindAlias, aliasBSUID(in.ch.Number, p.From.BSUID), nil); err != nil || known {
		return false, err
	}
	var a alias
	if ok, err := in.Load(kindAlias, phone, &a); err != nil || !ok || !a.Until.IsZero() {
		return false, err
	}
	owner, err := in.customer(a.Customer)
	return err == nil && owner != nil && owner.BSUID != "", err
}

// edit is what an edit says about the message that it changes.
func (in *incoming) edit(c *webhook.Edit) conversation.Amendment {
	m := contentOf(c.Content)
	m.Redacted = in.masked
	return conversation.Amendment{Edited: in.at, Message: &m.Message}
}

// file adds an ordinary message to the customer's conversation.
func (in *incoming) file(customer *conversation.Customer, p *webhook.Message) error {
	msg := contentOf(p.Content)
	msg.ID, msg.WAMID = inboundMessageID(in.ch.ID, p.ID), p.ID
	known, err := in.filed(customer, p.ID)
	if err != nil {
		return err
	}
	if known != nil && !known.historic() { // it is filed already
		return in.original(known, msg.Text)
	}
	msg.Redacted = in.masked
	if known != nil { // from the chat history, with what became of it since
		past := conversation.Amendment{Deleted: known.Deleted, Reactions: known.Reactions, Earlier: known.Earlier, HadCard: known.HadCard}
		if !known.Edited.IsZero() {
			past.Edited, past.Message = known.Edited, &known.Message
		}
		msg.Amend(past)
	}
	if p.GroupID != "" {
		msg.Sender, msg.SenderKey = clip(cmp.Or(p.From.Name, p.From.Username), maxPersonName), in.sender
	}
	if p.Context != nil {
		msg.Forwarded = p.Context.Forwarded || p.Context.FrequentlyForwarded
		msg.Many = p.Context.FrequentlyForwarded
		quoted, err := in.lookupTwin(customer, p.Context.ID)
		if err != nil {
			return err
		}
		msg.QuotedWAMID = p.Context.ID // whether it is known or not: it may come later
		switch {
		case quoted != nil:
			msg.Quoted = quoted.ID
		case p.Context.ID != "":
			msg.Quoted = inboundMessageID(in.ch.ID, p.Context.ID) // perhaps it comes later
		}
	}
	msg.Referral = referral(p.Referral)
	if err := in.applyAmendments(customer, msg); err != nil {
		return err
	}
	return in.receive(customer, msg)
}

// filed finds a message of the customer that came before, under this wamid or under its other
// one. Both have one time: what is newer than all that is known has not come before, so that
// nothing is looked for in the usual case.
func (in *incoming) filed(customer *conversation.Customer, wamid string) (*messageRecord, error) {
	conv, err := in.current(customer)
	if err != nil {
		return nil, err
	}
	if m, err := in.handedOver(customer, wamid); err != nil || m != nil {
		return m, err
	}
	if conv == nil || in.at.After(conv.LastActivity) {
		in.Suppose(kindMessage, inboundMessageID(in.ch.ID, wamid))
		return in.lookupWAMID(in.ch.ID, wamid)
	}
	m, err := in.twinAmong(customer, wamid, recently)
	if m != nil && m.WAMID != wamid && !(m.Direction == conversation.Inbound && m.At.Equal(in.at)) {
		m = nil
	}
	return m, err
}

// reactor says whose reaction it is: in a group everybody has one of their own.
func (in *incoming) reactor() string {
	if in.sender == "" {
		return "customer"
	}
	return reactorOf(in.sender)
}

// receive puts a message of the customer into the right conversation and tells the host.
func (in *incoming) receive(customer *conversation.Customer, msg *messageRecord) error {
	msg.Channel, msg.Direction, msg.At = in.ch.ID, conversation.Inbound, in.at
	s, err := in.enter(in.ch, customer, in.id, in.at)
	if err == nil && in.core.desk != nil {
		err = in.core.desk.Received(&s.Scene, &msg.Message)
	}
	if err != nil {
		return err
	}
	conv := s.Conversation
	conv.Inbound++
	if err := in.put(conv, msg); err != nil {
		return err
	}
	in.countReceived(msg, in.at)
	if msg.Kind == "text" || msg.Kind == "button" || msg.Kind == "interactive" {
		if err := in.optOut(customer, conv, msg.Text); err != nil {
			return err
		}
	}
	if err := in.fetchLater(in.ch, msg); err != nil {
		return err
	}
	if err := in.tellHost(in.ch.ID, "in|"+msg.ID, hostItem{
		Conversation: conv.ID, Message: msg.ID, At: in.at, due: in.filesDue(in.ch, msg),
	}); err != nil {
		return err
	}
	return s.finish()
}

// put makes the message the latest of a conversation.
func (in *incoming) put(conv *conversation.Conversation, msg *messageRecord) error {
	conv.LastSeq++
	msg.Conversation, msg.Seq = conv.ID, conv.LastSeq
	if err := in.trail(in.ch, conv, msg, in.at, in.id); err != nil {
		return err
	}
	conv.Note(&msg.Message)
	return in.giveMessage(msg)
}

func referralOf(p *webhook.Message) window.Referral {
	if p.Referral == nil {
		return ""
	}
	return window.Referral(p.Referral.SourceType)
}

func referral(r *webhook.Referral) *conversation.Referral {
	if r == nil {
		return nil
	}
	return &conversation.Referral{Source: r.SourceType, ID: r.SourceID, URL: r.SourceURL, Headline: r.Headline, ClickID: r.ClickID}
}

// original adds the text that a message was sent with to one that is known by its edits only.
func (in *incoming) original(known *messageRecord, text string) error {
	if known.Edited.IsZero() || !known.Amend(conversation.Amendment{Earlier: []conversation.Version{{Text: text}}, HadCard: in.masked}) {
		return nil
	}
	if err := in.trail(in.ch, nil, known, in.at, in.id); err != nil {
		return err
	}
	if err := in.saveMessage(known); err != nil {
		return err
	}
	return in.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: conversation.MessageEdited, Conversation: known.Conversation, Message: known.ID, At: known.Edited,
	})
}
