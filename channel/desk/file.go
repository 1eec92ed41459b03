package desk

import (
	"context"
	"io"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
)

// OpenFile is [channel.Hub.OpenFile] for whoever may read the message. The audit hears of it: it hands
// out what is stored of a person.
func (d *Desk) OpenFile(ctx context.Context, actor access.Actor, id string, n int) (_ io.ReadCloser, _ *conversation.Attachment, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "open file"}
	defer d.end(ctx, c, &err)
	if err := d.onMessage(ctx, c, id); err != nil {
		return nil, nil, err
	}
	return d.hub.OpenFile(ctx, id, n)
}
