package desk

import (
	"context"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// Parts is [channel.Hub.Parts] for whoever may read the message.
func (d *Desk) Parts(ctx context.Context, actor access.Actor, id string) (_ []*conversation.Message, _ conversation.DeliveryState, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "read parts"}
	defer d.endRead(ctx, c, &err)
	if err := d.onMessage(ctx, c, id); err != nil {
		return nil, "", err
	}
	return d.hub.Parts(ctx, id)
}
