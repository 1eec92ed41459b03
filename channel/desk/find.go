package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// FindByTicket is [channel.Hub.FindByTicket] among the conversations that the actor may read.
func (d *Desk) FindByTicket(ctx context.Context, actor access.Actor, ticket string) ([]*conversation.Conversation, error) {
	found, err := d.hub.FindByTicket(ctx, ticket)
	found = slices.DeleteFunc(found, func(c *conversation.Conversation) bool {
		may, failed := d.reads(ctx, actor, c.Channel)
		err = errors.Join(err, failed)
		return !may
	})
	if err != nil {
		return nil, fmt.Errorf("desk: find by ticket: %w", err)
	}
	return found, nil
}

// FindCustomers is [channel.Hub.FindCustomers] for whoever may read on the channel.
func (d *Desk) FindCustomers(ctx context.Context, actor access.Actor, on, address string) (_ []*conversation.Customer, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "find customers"}
	defer d.endRead(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, on); err != nil {
		return nil, err
	}
	return d.hub.FindCustomers(ctx, on, address)
}

// Message returns a message. The error matches channel.ErrNotFound or access.ErrDenied.
func (d *Desk) Message(ctx context.Context, actor access.Actor, id string) (_ *conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "read message"}
	defer d.endRead(ctx, c, &err)
	if err := d.onMessage(ctx, c, id); err != nil {
		return nil, err
	}
	return d.hub.Message(ctx, id)
}
