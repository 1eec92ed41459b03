package desk

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/settings"
)

// AddChannel is [channel.Hub.AddChannel]. The actor must be an administrator of all channels: whoever adds one
// lays claim to a number and an account.
func (d *Desk) AddChannel(ctx context.Context, actor access.Actor, ch channel.Channel) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ManageSettings, Channel: ch.ID}, verb: "add"}
	defer d.end(ctx, c, &err)
	if err := access.Check(access.Policy{}, actor, c.Action); err != nil {
		return c.refuse(err)
	}
	return d.hub.AddChannel(ctx, ch)
}

// UpdateSettings is [channel.Hub.UpdateSettings]. The actor must administer the channel, and all channels to give
// it another Account or Portfolio, by which it would hear of others' templates and limits.
func (d *Desk) UpdateSettings(ctx context.Context, actor access.Actor, s settings.Settings) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ManageSettings}, verb: "change"}
	defer d.end(ctx, c, &err)
	if err := d.mayChange(ctx, c, &s); err != nil {
		return err
	}
	return d.hub.UpdateSettings(ctx, s)
}

// ReplaceChannel is [channel.Hub.ReplaceChannel], with the rights of [Desk.UpdateSettings].
func (d *Desk) ReplaceChannel(ctx context.Context, actor access.Actor, ch channel.Channel) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ManageSettings}, verb: "change"}
	defer d.end(ctx, c, &err)
	if err := d.mayChange(ctx, c, &ch.Settings); err != nil {
		return err
	}
	return d.hub.ReplaceChannel(ctx, ch)
}

func (d *Desk) mayChange(ctx context.Context, c *call, s *settings.Settings) error {
	if err := d.administrates(c, s.ID); err != nil {
		return err
	}
	old, err := d.hub.Channel(ctx, s.ID)
	if err != nil {
		return c.refuse(err)
	}
	c.changes = changed(&old.Settings, s)
	if old.Account == s.Account && old.Portfolio == s.Portfolio {
		return nil
	}
	if err := access.Check(access.Policy{}, c.Actor, c.Action); err != nil {
		return c.refuse(fmt.Errorf("account or portfolio: %w", err))
	}
	return nil
}

// RemoveChannel is [channel.Hub.RemoveChannel]. The actor must administer the channel.
func (d *Desk) RemoveChannel(ctx context.Context, actor access.Actor, id string) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ManageSettings}, verb: "remove"}
	defer d.end(ctx, c, &err)
	if err := d.administrates(c, id); err != nil {
		return err
	}
	return d.hub.RemoveChannel(ctx, id)
}

// Channels returns the settings of the channels that the actor administers or may read, ordered
// by ID.
func (d *Desk) Channels(actor access.Actor) []settings.Settings {
	var all []settings.Settings
	for _, ch := range d.hub.Channels() {
		if access.Decide(policy(&ch), actor, access.Read).Allowed ||
			access.Decide(access.Policy{}, actor.On(ch.ID), access.ManageSettings).Allowed {
			all = append(all, ch.Settings)
		}
	}
	return all
}
