package desk

import (
	"context"
	"errors"
	"net/http"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/rules"
)

// PreviewReply is [channel.Hub.PreviewReply] for whoever may read the conversation; Refused says, too,
// that the actor may not answer in it, and matches access.ErrDenied then.
func (d *Desk) PreviewReply(ctx context.Context, actor access.Actor, r channel.Reply) (_ *channel.ReplyPreview, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "preview reply"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, r.Conversation); err != nil {
		return nil, err
	}
	p, err := d.hub.PreviewReply(ctx, author(actor), r)
	if err != nil {
		return nil, err
	}
	answer := &call{AuditInfo: AuditInfo{Actor: actor, Action: actionOf(&r)}, verb: "reply"}
	if denied := d.inConversation(ctx, answer, r.Conversation); denied != nil {
		p.Message, p.Refused = nil, denied
	}
	return p, nil
}

// Check is [Desk.Reply] without the message: it returns the error that Reply would return now, and
// changes nothing.
func (d *Desk) Check(ctx context.Context, actor access.Actor, r channel.Reply) error {
	p, err := d.PreviewReply(ctx, actor, r)
	if err != nil {
		return err
	}
	return p.Refused
}

// refusals are what the desk refuses beside the channel, in sentences.
var refusals = []struct {
	of   error
	says explain.Explanation
}{
	{ErrInboxQuery, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity,
		Text: "There is no such queue, holder or order, or a number is negative.", Do: "Ask for something else.",
	}},
	{ErrAssignee, explain.Explanation{
		Class: explain.Refused, Status: http.StatusConflict, Text: "They may not own conversations of this channel.", Do: "Choose somebody else.",
	}},
	{ErrActivity, explain.Explanation{Class: explain.Input, Status: http.StatusUnprocessableEntity, Text: "There is no such activity."}},
	{rules.ErrReturnTime, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Text: "A conversation cannot come back at this time.", Do: "Choose a time that lies ahead.",
	}},
	{rules.ErrNotOpen, explain.Explanation{
		Class: explain.Refused, Status: http.StatusConflict, Text: "The conversation is resolved.", Do: "Reopen it first.",
	}},
	{rules.ErrQueue, explain.Explanation{
		Class: explain.Input, Status: http.StatusUnprocessableEntity, Text: "The conversation cannot be moved there.", Do: "Choose another queue.",
	}},
}

// Explain is [explain.Error], and knows what the desk refuses.
func Explain(err error) explain.Explanation {
	for _, r := range refusals {
		if errors.Is(err, r.of) {
			return r.says
		}
	}
	denied, ok := errors.AsType[*access.DeniedError](err)
	if !ok {
		return explain.Error(err)
	}
	x := explain.Explanation{
		Class: explain.Denied, Status: http.StatusForbidden, Cause: "denied",
		Text: "You may not do this here.", Do: "Ask an administrator for the right to.",
	}
	if denied.Reason == access.NoIdentity || denied.Reason == access.UnknownActor {
		x.Status, x.Text, x.Do = http.StatusUnauthorized, "It is not known who asks.", "Sign in."
	}
	return x
}
