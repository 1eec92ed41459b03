package channel

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
)

// send decides whether an answer may go out and, if so, adds it to the conversation
// and to the outbox.
func (u *unit) send(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, r *Reply) (*messageRecord, error) {
	if !ch.Enabled {
		return nil, ErrDisabled
	}
	print, err := r.print(ch)
	if err != nil {
		return nil, err
	}
	id := r.id
	switch {
	case id != "":
	case r.Key != "":
		id = keyID(cmp.Or(r.Conversation, conv.ID), r.Key)
	default:
		id = opaque.Random("m_")
	}
	if r.Key != "" || r.notify {
		earlier := new(messageRecord)
		if ok, err := u.Load(kindMessage, id, earlier); err != nil || ok {
			r.again = true
			return earlier.unless(print, err)
		}
	}
	if !r.auto && !r.notify {
		if err := u.mayAnswer(conv); err != nil {
			return nil, err
		}
	}
	at, err := u.sendTime(r)
	if err != nil {
		return nil, err
	}
	var target *messageRecord
	if c, ok := r.Content.(*message.Reaction); ok && r.Template == nil {
		with := *r
		var err error
		if target, with.Content, err = u.target(ch, customer, c); err != nil {
			return nil, err
		}
		r = &with
	}
	if isShorthand(r.Content) {
		if r.Content.Kind() != message.KindText { // in a caption or beside buttons it can only be a mistake
			return nil, &template.ShorthandError{Rule: template.ShorthandText}
		}
		with := *r
		var err error
		lookup := u.core.placeholders(conv, customer)
		if with.Template, _, err = ch.shorthand(bodyOf(r.Content), lookup, u.now); err != nil {
			return nil, err
		}
		with.Content, r = nil, &with
	}
	out, msg, category, err := u.compose(ch, customer, r, at)
	if err != nil {
		return nil, err
	}
	if err := permits(ch, customer, out, at); err != nil {
		return nil, err
	}
	if r.Quote != "" {
		if out.ReplyTo, err = u.quotable(customer, r.Quote); err != nil {
			return nil, err
		}
	}
	out.OpaqueID = id
	if err := out.Validate(); err != nil {
		return nil, err
	}
	if c, ok := ch.Sender.(message.Checker); ok {
		if err := c.Check(*out); err != nil {
			return nil, &checkError{err}
		}
	}
	if err := u.fits(ch, out.Content, at); err != nil {
		return nil, err
	}
	if err := u.nameFiles(ch, msg); err != nil {
		return nil, err
	}
	msg.ID, msg.Conversation, msg.Channel, msg.Direction = id, conv.ID, ch.ID, conversation.Outbound
	msg.Author = u.author
	if msg.Metadata, err = ch.metadata(r.Metadata); err != nil {
		return nil, err
	}
	if r.auto {
		msg.Author = conversation.Author{Kind: conversation.System}
	}
	msg.Quoted, msg.Key, msg.Print, msg.AnswersAd = r.Quote, r.Key, print, customer.Window.ReferralAt()
	if !r.At.IsZero() {
		return msg, u.schedule(ch, customer, conv, out, msg, r)
	}
	msg.At, msg.Delivery.QueuedAt = u.now.UTC(), u.now.UTC()
	if err := u.reserve(ch, customer, out, category, msg); err != nil {
		return nil, err
	}
	if err := u.reach(ch, customer, out, msg); err != nil {
		return nil, err
	}
	if target != nil { // no message of the conversation, but a change of one
		msg.Target = target.ID
		if err := u.saveMessage(msg); err != nil {
			return nil, err
		}
		if err := u.saveConversation(conv); err != nil { // that it may stands or falls with who has it
			return nil, err
		}
		return msg, u.post(customer, out, msg, r.notify, nil)
	}
	if !r.auto && !r.notify && u.takes(conv) {
		s := u.scene(ch, customer, conv, id+"|take", u.now)
		if err := errors.Join(s.take(), s.finish()); err != nil {
			return nil, err
		}
	}
	conv.LastSeq++
	msg.Seq = conv.LastSeq
	if err := u.ownTrail(ch, conv, msg, out); err != nil {
		return nil, err
	}
	if !r.notify && u.core.desk != nil {
		msg.Answer = asks(conv)
	}
	if err := u.saveMessage(msg); err != nil {
		return nil, err
	}
	conv.Note(&msg.Message)
	conv.Outbound++
	if !r.notify {
		if err := u.saveConversation(conv); err != nil {
			return nil, err
		}
	}
	return msg, u.post(customer, out, msg, r.notify, nil)
}

// post puts a message into the outbox and tells the host. stored is what it waited in, if it did.
func (u *unit) post(customer *conversation.Customer, out *message.Outbound, msg *messageRecord, notify bool, stored []byte) error {
	item := &outboundItem{
		Message: msg.ID, Customer: customer.ID, Outbound: *out, Perhaps: u.core.beforeRestore(u.cause), carried: carried{u.core.hooks.carry(u.ctx)},
	}
	body, err := item.encode(stored)
	if err != nil {
		return err
	}
	queue := workOut
	if notify {
		queue = workFirst
	}
	u.EnqueueItem(store.Work{Queue: queue, ID: msg.ID, Lane: msg.Conversation, Group: msg.Channel, Body: body}, item.decoded(), nil)
	if msg.Redacted {
		u.count(msg.Channel, "redacted", u.now, 1)
	}
	if msg.Target != "" {
		return nil // the host hears of it when it stands on its target
	}
	return u.tellHost(msg.Channel, "queued|"+msg.ID, hostItem{
		Kind: conversation.MessageQueued, Conversation: msg.Conversation, Message: msg.ID, At: msg.At,
	})
}

// unless returns the message that has a key already, unless the key belongs to other content.
func (m *messageRecord) unless(print string, err error) (*messageRecord, error) {
	switch {
	case err != nil:
		return nil, err
	case print != "" && m.Print != "" && m.Print != print:
		return nil, ErrKeyReused
	}
	return m, nil
}

// print tells the content of an answer from that of others without keeping it; "" if it has
// no key, or if the rules made it.
func (r *Reply) print(ch *Channel) (string, error) {
	if r.Key == "" || r.auto {
		return "", nil
	}
	if r.macro != nil {
		return opaque.ID("", "macro", ch.redactText(r.macro.Text), ch.redactText(r.macro.Shorthand)), nil
	}
	var content []byte
	var err error
	if r.Content != nil {
		content, err = json.Marshal(message.Outbound{Content: r.Content})
	}
	if err != nil {
		return "", fmt.Errorf("channel: encode message: %w", err)
	}
	raw, err := json.Marshal(struct {
		Content  json.RawMessage
		Template *Template
		Quote    string
		At       time.Time `json:",omitzero"`
	}{content, r.Template, r.Quote, r.At})
	if err != nil {
		return "", fmt.Errorf("channel: encode message: %w", err)
	}
	return opaque.ID("", string(ch.redactJSON(raw))), nil
}

// checkError is what a message.Checker says of a message: an error of its own that is about this message alone.
type checkError struct{ error }

func (e *checkError) Unwrap() error { return e.error }
