package desk

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// author is an actor as changes and messages name him.
func author(a access.Actor) conversation.Author {
	return conversation.Author{Kind: string(a.Kind), ID: a.ID}
}

// Reply is [channel.Hub.Reply] for whoever may answer, or send a template, in the conversation.
func (d *Desk) Reply(ctx context.Context, actor access.Actor, r channel.Reply) (_ *conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: actionOf(&r)}, verb: "reply"}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, r.Conversation); err != nil {
		return nil, err
	}
	return d.hub.Reply(ctx, author(actor), r)
}

// ReplyAll is [channel.Hub.ReplyAll] for whoever may give each of the answers.
func (d *Desk) ReplyAll(ctx context.Context, actor access.Actor, replies []channel.Reply) (_ []*conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Reply}, verb: "reply"}
	defer d.end(ctx, c, &err)
	if len(replies) > channel.MaxReplies {
		return d.hub.ReplyAll(ctx, author(actor), replies) // refused unseen
	}
	for i := range replies { // the hub refuses those that are not in the first one's conversation
		action := actionOf(&replies[i])
		if i > 0 && action == c.Action {
			continue
		}
		c.Action = action
		if err := d.inConversation(ctx, c, replies[0].Conversation); err != nil {
			return nil, err
		}
	}
	return d.hub.ReplyAll(ctx, author(actor), replies)
}

// Split is [channel.Hub.Split] for whoever may answer in the conversation.
func (d *Desk) Split(ctx context.Context, actor access.Actor, r channel.Reply) (_ []channel.Reply, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: actionOf(&r)}, verb: "reply"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, r.Conversation); err != nil {
		return nil, err
	}
	return d.hub.Split(ctx, r)
}

// actionOf is what an answer is, in the words of package access.
func actionOf(r *channel.Reply) access.Action {
	if r.IsTemplate() {
		return access.SendTemplate
	}
	return access.Reply
}

// Notify is [channel.Hub.Notify] for whoever may write first.
func (d *Desk) Notify(ctx context.Context, actor access.Actor, n channel.Notification) (m *conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Notify}, verb: "notify"}
	defer d.end(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, n.Channel); err != nil {
		return nil, err
	}
	if m, err = d.hub.Notify(ctx, author(actor), n); err == nil {
		c.Conversation, c.Message = m.Conversation, m.ID
	}
	return m, err
}

// Upload is [channel.Hub.Upload] for whoever may answer on the channel.
func (d *Desk) Upload(ctx context.Context, actor access.Actor, on string, in message.Upload) (id string, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Reply}, verb: "upload", outside: true}
	defer d.end(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, on); err != nil {
		return "", err
	}
	return d.hub.Upload(ctx, on, in)
}

// MarkRead is [channel.Hub.MarkRead].
func (d *Desk) MarkRead(ctx context.Context, actor access.Actor, id string, typing bool) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.MarkRead}, verb: "mark read"}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	return d.hub.MarkRead(ctx, id, typing)
}

// CancelMessage is [channel.Hub.CancelMessage].
func (d *Desk) CancelMessage(ctx context.Context, actor access.Actor, id string) error {
	return d.withMessage(ctx, actor, access.CancelQueued, "cancel", id, d.hub.CancelMessage)
}

// ResendMessage is [channel.Hub.ResendMessage].
func (d *Desk) ResendMessage(ctx context.Context, actor access.Actor, id string) error {
	return d.withMessage(ctx, actor, access.Resend, "resend", id, d.hub.ResendMessage)
}

// GiveUpMessage is [channel.Hub.GiveUpMessage].
func (d *Desk) GiveUpMessage(ctx context.Context, actor access.Actor, id string) error {
	return d.withMessage(ctx, actor, access.Resend, "give up", id, d.hub.GiveUpMessage)
}

func (d *Desk) withMessage(ctx context.Context, actor access.Actor, action access.Action, verb, id string,
	do func(ctx context.Context, by conversation.Author, id string) error,
) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: action}, verb: verb}
	defer d.end(ctx, c, &err)
	if err := d.onMessage(ctx, c, id); err != nil {
		return err
	}
	return do(ctx, author(actor), id)
}

// UncertainMessages is [channel.Hub.UncertainMessages] for whoever may settle them.
func (d *Desk) UncertainMessages(ctx context.Context, actor access.Actor, on string, limit int) (_ []*conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Resend}, verb: "list uncertain messages"}
	defer d.endRead(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, on); err != nil {
		return nil, err
	}
	return d.hub.UncertainMessages(ctx, on, limit)
}

// ResendUncertain is [channel.Hub.ResendUncertain]. The audit hears of it once.
func (d *Desk) ResendUncertain(ctx context.Context, actor access.Actor, on string, before time.Time) (n int, err error) {
	return d.settleMany(ctx, actor, "resend uncertain messages", on, before, d.hub.ResendUncertain)
}

// GiveUpUncertain is [channel.Hub.GiveUpUncertain]. The audit hears of it once.
func (d *Desk) GiveUpUncertain(ctx context.Context, actor access.Actor, on string, before time.Time) (n int, err error) {
	return d.settleMany(ctx, actor, "give up uncertain messages", on, before, d.hub.GiveUpUncertain)
}

func (d *Desk) settleMany(ctx context.Context, actor access.Actor, verb, on string, before time.Time,
	settle func(ctx context.Context, by conversation.Author, on string, before time.Time) (int, error),
) (n int, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Resend}, verb: verb}
	defer d.end(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, on); err != nil {
		return 0, err
	}
	c.n, err = settle(ctx, author(actor), on, before)
	return c.n, err
}
