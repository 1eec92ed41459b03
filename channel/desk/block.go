package desk

import (
	"context"

	"github.com/kanava-go/kanava/channel/access"
)

// Block is [channel.Hub.Block] for whoever may block customers: a supervisor. The audit hears of it.
func (d *Desk) Block(ctx context.Context, actor access.Actor, id string, blocked bool) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Block}, verb: "block", outside: true}
	if !blocked {
		c.verb = "unblock"
	}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return err
	}
	return d.hub.Block(ctx, author(actor), id, blocked)
}
