package channel

import (
	"cmp"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// inbound applies what a customer sent. A standby message was sent while another
// application has the conversation: it is filed like any other.
func (u *unit) inbound(in *incoming, p *webhook.Message, standby bool, w *worker.Job) error {
	if sys, ok := p.Content.(*webhook.System); ok {
		return u.system(in, p, sys)
	}
	if wait, err := u.noticeMayCome(in, p, w); err != nil || wait {
		return err
	}
	customer, err := u.resolve(in.ch, who{Identity: p.From, Group: p.GroupID, At: in.at, Event: in.id})
	if err != nil {
		return err
	}
	if customer == nil {
		return errNoSender
	}
	if p.GroupID != "" {
		if in.sender, err = u.noteMember(in.ch, customer, who{Identity: p.From}); err != nil {
			return err
		}
	}
	u.observe(in.ch, customer, window.Event{
		Kind: WindowKind(p.Content), At: in.at, Standby: standby, Referral: referralOf(p),
	})
	switch c := p.Content.(type) {
	case *webhook.Reaction:
		err = u.amend(in, customer, c.MessageID, conversation.Amendment{
			Reactions: []conversation.Reaction{{By: in.reactor(), Emoji: c.Emoji, At: in.at}},
		})
	case *webhook.Edit:
		err = u.amend(in, customer, c.OriginalID, in.edit(c))
	case *webhook.Revoke:
		err = u.amend(in, customer, c.OriginalID, conversation.Amendment{Deleted: in.at})
	case *webhook.Contacts:
		var learned bool
		if customer, learned, err = u.learnNumber(in, customer, c); err != nil {
			return err
		}
		if err = u.file(in, customer, p); err == nil && learned {
			err = u.tellHost(in.ch.ID, "number|"+in.id, hostItem{Kind: conversation.CustomerChanged, Conversation: customer.Conversation, At: in.at})
		}
	default:
		err = u.file(in, customer, p)
	}
	if err != nil {
		return err
	}
	return u.saveCustomer(customer)
}

// Somebody who writes at once after the BSUID has changed may overtake the notice of it: the
// message of an unknown BSUID with a phone number that another BSUID is known for waits for a
// moment. Without a notice it is the number's next owner.
const (
	noticePatience = 1
	noticePause    = 3 * time.Second
)

// noticeMayCome postpones a message that the notice of a change may explain.
func (u *unit) noticeMayCome(in *incoming, p *webhook.Message, w *worker.Job) (bool, error) {
	phone := who{Identity: p.From, Group: p.GroupID}.phone(in.ch.Number)
	if p.From.BSUID == "" || phone == "" || w.Tries >= noticePatience {
		return false, nil
	}
	if known, err := u.Load(kindAlias, aliasBSUID(in.ch.Number, p.From.BSUID), nil); err != nil || known {
		return false, err
	}
	var a alias
	if ok, err := u.Load(kindAlias, phone, &a); err != nil || !ok || !a.Until.IsZero() {
		return false, err
	}
	owner, err := u.customer(a.Customer)
	if err != nil || owner == nil || owner.BSUID == "" {
		return false, err
	}
	in.later = &store.Postponed{
		Lease: w.Lease(), Due: u.now.Add(noticePause), Reason: "a new BSUID on a known phone number",
	}
	return true, nil
}

// edit is what an edit says about the message that it changes.
func (in *incoming) edit(c *webhook.Edit) conversation.Amendment {
	m := contentOf(c.Content)
	m.Redacted = in.masked
	return conversation.Amendment{Edited: in.at, Message: &m.Message}
}

// file adds an ordinary message to the customer's conversation.
func (u *unit) file(in *incoming, customer *conversation.Customer, p *webhook.Message) error {
	msg := contentOf(p.Content)
	msg.ID, msg.WAMID = inboundMessageID(in.ch.ID, p.ID), p.ID
	known, err := u.filed(in, customer, p.ID)
	if err != nil {
		return err
	}
	if known != nil && !known.historic() { // it is filed already
		return u.original(in, known, msg.Text)
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
		quoted, err := u.lookupTwin(customer, p.Context.ID)
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
	if err := u.applyAmendments(customer, msg); err != nil {
		return err
	}
	return u.receive(in, customer, msg)
}

// filed finds a message of the customer that came before, under this wamid or under its other
// one. Both have one time: what is newer than all that is known has not come before, so that
// nothing is looked for in the usual case.
func (u *unit) filed(in *incoming, customer *conversation.Customer, wamid string) (*messageRecord, error) {
	conv, err := u.current(customer)
	if err != nil {
		return nil, err
	}
	if m, err := u.handedOver(customer, wamid); err != nil || m != nil {
		return m, err
	}
	if conv == nil || in.at.After(conv.LastActivity) {
		return u.lookupWAMID(in.ch.ID, wamid)
	}
	m, err := u.twinAmong(customer, wamid, recently)
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
func (u *unit) receive(in *incoming, customer *conversation.Customer, msg *messageRecord) error {
	msg.Channel, msg.Direction, msg.At = in.ch.ID, conversation.Inbound, in.at
	s, err := u.enter(in.ch, customer, in.id, in.at)
	if err == nil && u.core.desk != nil {
		err = u.core.desk.Received(s, &msg.Message)
	}
	if err != nil {
		return err
	}
	conv := s.Conversation
	msg.Conversation = conv.ID
	conv.LastSeq++
	msg.Seq = conv.LastSeq
	if err := u.trail(in.ch, conv, msg, in.at, in.id); err != nil {
		return err
	}
	conv.Inbound++
	conv.Note(&msg.Message)
	if err := u.saveMessage(msg); err != nil {
		return err
	}
	u.countReceived(msg, in.at)
	if msg.Kind == "text" || msg.Kind == "button" || msg.Kind == "interactive" {
		if err := u.optOut(in, customer, conv, msg.Text); err != nil {
			return err
		}
	}
	if err := u.fetchLater(in.ch, msg); err != nil {
		return err
	}
	if err := u.tellHost(in.ch.ID, "in|"+msg.ID, hostItem{Conversation: conv.ID, Message: msg.ID, At: in.at}); err != nil {
		return err
	}
	return s.finish()
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
func (u *unit) original(in *incoming, known *messageRecord, text string) error {
	if known.Edited.IsZero() || !known.Amend(conversation.Amendment{Earlier: []conversation.Version{{Text: text}}, HadCard: in.masked}) {
		return nil
	}
	if err := u.trail(in.ch, nil, known, in.at, in.id); err != nil {
		return err
	}
	if err := u.saveMessage(known); err != nil {
		return err
	}
	return u.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: conversation.MessageEdited, Conversation: known.Conversation, Message: known.ID, At: known.Edited,
	})
}
