package desk

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// RecordConsent is [channel.Hub.RecordConsent].
func (d *Desk) RecordConsent(ctx context.Context, actor access.Actor, on string, to message.Recipient, given conversation.Consent) error {
	return d.consent(ctx, actor, "record consent", on, func() error { return d.hub.RecordConsent(ctx, on, to, given) })
}

// RevokeConsent is [channel.Hub.RevokeConsent].
func (d *Desk) RevokeConsent(ctx context.Context, actor access.Actor, on string, to message.Recipient, at time.Time) error {
	return d.consent(ctx, actor, "revoke consent", on, func() error { return d.hub.RevokeConsent(ctx, on, to, at) })
}

// StopMarketing is [channel.Hub.StopMarketing].
func (d *Desk) StopMarketing(ctx context.Context, actor access.Actor, on string, to message.Recipient, at time.Time) error {
	return d.consent(ctx, actor, "stop marketing", on, func() error { return d.hub.StopMarketing(ctx, on, to, at) })
}

// ResumeMarketing is [channel.Hub.ResumeMarketing].
func (d *Desk) ResumeMarketing(ctx context.Context, actor access.Actor, on string, to message.Recipient, at time.Time) error {
	return d.consent(ctx, actor, "resume marketing", on, func() error { return d.hub.ResumeMarketing(ctx, on, to, at) })
}

func (d *Desk) consent(ctx context.Context, actor access.Actor, verb, on string, do func() error) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.RecordConsent}, verb: verb}
	defer d.end(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, on); err != nil {
		return err
	}
	return do()
}
