package desk

import (
	"context"
	"slices"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// Health is [channel.Hub.Health] for administrators. One of some channels sees these, and nothing
// of what all channels share; a probe of the host is a Bot with Admin set.
func (d *Desk) Health(ctx context.Context, actor access.Actor) (_ *health.Report, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ReadHealth}, verb: "health"}
	defer d.endRead(ctx, c, &err)
	if err := d.administrates(c, ""); err == nil {
		return d.hub.Health(ctx)
	} else if own := d.administered(actor, access.ReadHealth); len(own) > 0 {
		return d.hub.Health(ctx, own...)
	} else {
		return nil, err
	}
}

// administered are the IDs of the channels that an actor administers.
func (d *Desk) administered(actor access.Actor, action access.Action) (ids []string) {
	for _, ch := range d.hub.Channels() {
		if access.Decide(access.Policy{}, actor.On(ch.ID), action).Allowed {
			ids = append(ids, ch.ID)
		}
	}
	return ids
}

// Processes is [channel.Hub.Processes] for administrators of all channels.
func (d *Desk) Processes(ctx context.Context, actor access.Actor) (_ []health.Process, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ReadHealth}, verb: "list processes"}
	defer d.endRead(ctx, c, &err)
	if err := d.administrates(c, ""); err != nil {
		return nil, err
	}
	return d.hub.Processes(ctx)
}

// DeadLetters is [channel.Hub.DeadLetters]. The actor must administer the channel; without one,
// all channels.
func (d *Desk) DeadLetters(ctx context.Context, actor access.Actor, q deadletter.Query) (_ []deadletter.Letter, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ReadDeadLetters}, verb: "list dead letters"}
	defer d.end(ctx, c, &err)
	if err := d.administrates(c, q.Channel); err != nil {
		return nil, err
	}
	return d.hub.DeadLetters(ctx, q)
}

// ReplayDeadLetters is [channel.Hub.ReplayDeadLetters]. Unknown keys, and those of channels that the actor does not
// administer, are ignored.
func (d *Desk) ReplayDeadLetters(ctx context.Context, actor access.Actor, keys ...store.WorkKey) error {
	return d.onDead(ctx, actor, access.ReplayDeadLetters, "replay", keys, d.hub.ReplayDeadLetters)
}

// DropDeadLetters is [channel.Hub.DropDeadLetters]. Unknown keys, and those of channels that the actor does not
// administer, are ignored.
func (d *Desk) DropDeadLetters(ctx context.Context, actor access.Actor, keys ...store.WorkKey) error {
	return d.onDead(ctx, actor, access.DropDeadLetters, "drop", keys, d.hub.DropDeadLetters)
}

func (d *Desk) onDead(ctx context.Context, actor access.Actor, action access.Action, verb string, keys []store.WorkKey,
	do func(context.Context, ...store.WorkKey) error,
) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: action}, verb: verb}
	defer d.end(ctx, c, &err)
	may := func(on string) bool { return access.Decide(access.Policy{}, actor.On(on), action).Allowed }
	if err := d.administrates(c, ""); err != nil && !slices.ContainsFunc(actor.AdminOf, may) {
		return err
	}
	letters, err := d.hub.DeadLettersOf(ctx, keys...)
	if err != nil {
		return err
	}
	var own []store.WorkKey
	of := map[string]int{}
	for _, l := range letters {
		if may(l.Channel) {
			own = append(own, l.Key)
			of[l.Channel]++
		}
	}
	err = do(ctx, own...)
	d.noteEach(ctx, c, of, err)
	return err
}

// ReplayAllDeadLetters is [channel.Hub.ReplayAllDeadLetters]. The actor must administer the channel; without one, all
// channels.
func (d *Desk) ReplayAllDeadLetters(ctx context.Context, actor access.Actor, q deadletter.Replay) (n int, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ReplayDeadLetters}, verb: "replay"}
	defer d.end(ctx, c, &err)
	if err := d.administrates(c, q.Channel); err != nil {
		return 0, err
	}
	c.n, err = d.hub.ReplayAllDeadLetters(ctx, q)
	return c.n, err
}

// RetryNow is [channel.Hub.RetryNow]. The actor must administer the channel; without one, all
// channels.
func (d *Desk) RetryNow(ctx context.Context, actor access.Actor, on string) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.ReplayDeadLetters}, verb: "retry"}
	defer d.end(ctx, c, &err)
	if err := d.administrates(c, on); err != nil {
		return err
	}
	return d.hub.RetryNow(ctx, on)
}

// Spending is [channel.Hub.Spending] for whoever may see reports of the channel: a supervisor.
func (d *Desk) Spending(ctx context.Context, actor access.Actor, on string) (_ []pricing.Row, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Report}, verb: "spending"}
	defer d.endRead(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, on); err != nil {
		return nil, err
	}
	return d.hub.Spending(ctx, on)
}
