package desk

import (
	"context"
	"io"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/message"
)

// EraseCustomer is [channel.Hub.EraseCustomer]. The actor must administer the channel.
func (d *Desk) EraseCustomer(ctx context.Context, actor access.Actor, on string, who message.Recipient) (_ *conversation.Erased, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Erase}, verb: "erase"}
	defer d.end(ctx, c, &err)
	if err := d.administrates(c, on); err != nil {
		return nil, err
	}
	return c.erased(d.hub.EraseCustomer(ctx, on, who))
}

// EraseMessage is [channel.Hub.EraseMessage]. The actor must administer its channel.
func (d *Desk) EraseMessage(ctx context.Context, actor access.Actor, id string) (_ *conversation.Erased, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Erase}, verb: "erase message"}
	defer d.end(ctx, c, &err)
	if err := d.onMessage(ctx, c, id); err != nil {
		return nil, err
	}
	return c.erased(d.hub.EraseMessage(ctx, id))
}

// EraseConversation is [channel.Hub.EraseConversation]. The actor must administer its channel.
func (d *Desk) EraseConversation(ctx context.Context, actor access.Actor, id string) (_ *conversation.Erased, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Erase}, verb: "erase conversation"}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return nil, err
	}
	return c.erased(d.hub.EraseConversation(ctx, id))
}

// ExportCustomer is [channel.Hub.ExportCustomer]. The actor must administer the channel.
func (d *Desk) ExportCustomer(ctx context.Context, actor access.Actor, on string, who message.Recipient, w io.Writer) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Export}, verb: "export"}
	defer d.end(ctx, c, &err)
	if err := d.administrates(c, on); err != nil {
		return err
	}
	deed := c.deed(deskapi.Done)
	if err := d.hub.NoteDeed(ctx, deed); err != nil { // nothing leaves without a note
		return c.refuse(err)
	}
	d.keepAnyway(ctx, deed)
	c.noted = true
	return d.hub.ExportCustomer(ctx, on, who, w)
}

// erased notes how many messages were erased.
func (c *call) erased(receipt *conversation.Erased, err error) (*conversation.Erased, error) {
	if receipt != nil {
		c.n = receipt.Messages
	}
	return receipt, err
}
