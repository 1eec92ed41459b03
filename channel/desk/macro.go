package desk

import (
	"context"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/template"
)

// PreviewMacro is [channel.Hub.PreviewMacro] for whoever may read the conversation.
func (d *Desk) PreviewMacro(ctx context.Context, actor access.Actor, m channel.Macro) (_ *channel.MacroPreview, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "preview macro"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, m.Conversation); err != nil {
		return nil, err
	}
	return d.hub.PreviewMacro(ctx, m)
}

// RunMacro is [channel.Hub.RunMacro] for whoever may answer in the conversation.
func (d *Desk) RunMacro(ctx context.Context, actor access.Actor, m channel.Macro) (sent *conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Reply}, verb: "run macro"}
	if m.Text == "" {
		c.Action = access.SendTemplate
	}
	defer d.end(ctx, c, &err)
	if err := d.inConversation(ctx, c, m.Conversation); err != nil {
		return nil, err
	}
	if sent, err = d.hub.RunMacro(ctx, author(actor), m); err == nil && sent.Template != "" {
		c.Action = access.SendTemplate
	}
	return sent, err
}

// Placeholders implements [deskapi.Desk]: {{conversation.topic}}, and {{agent}}, which is what
// customers may call the assignee, whose ID is the host's own affair.
func (p part) Placeholders(conv *conversation.Conversation) template.Lookup {
	return func(name string) (string, bool) {
		value := ""
		switch id := conv.State.Assignee; {
		case name == "conversation.topic":
			value = conv.Topic
		case name == "agent" && id != "" && p.agentName != nil:
			value = strings.TrimSpace(p.agentName(conv.Channel, id))
		}
		return value, value != ""
	}
}

// opening gives {{opens.date}} and {{opens.time}} for an automatic reply out of hours: when the
// channel opens again, by the clock on its wall, as "2026-11-09" and "09:00".
func opening(hours *rules.Schedule, at time.Time) template.Lookup {
	return func(name string) (string, bool) {
		switch {
		case hours == nil || at.IsZero():
			return "", false
		case name == "opens.date":
			return at.In(hours.Location()).Format(time.DateOnly), true
		case name == "opens.time":
			return at.In(hours.Location()).Format("15:04"), true
		}
		return "", false
	}
}
