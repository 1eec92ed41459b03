package desk

import (
	"context"
	"errors"
	"iter"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/campaign"
)

// NotifyAll is [channel.Hub.NotifyAll] for whoever may write first: a row of a channel on which the actor
// may not is refused, and matches access.ErrDenied or channel.ErrNoChannel. The audit hears of each channel
// once, and of every refusal.
func (d *Desk) NotifyAll(ctx context.Context, actor access.Actor, c campaign.Campaign, rows iter.Seq2[channel.Notification, error]) iter.Seq[*campaign.Result] {
	allowed := func(yield func(channel.Notification, error) bool) {
		heard := map[string]bool{}
		for n, err := range rows {
			fault := false // that ends it, as in the hub
			if err == nil {
				err = d.mayNotify(ctx, actor, n.Channel, heard)
				fault = err != nil && CauseOf(err) == "" && !errors.Is(err, channel.ErrNoChannel)
			}
			if !yield(n, err) || fault {
				return
			}
		}
	}
	return func(yield func(*campaign.Result) bool) {
		for result := range d.hub.NotifyAll(ctx, author(actor), c, allowed) {
			result.Cause = CauseOf(result.Err)
			if !yield(result) {
				return
			}
		}
	}
}

func (d *Desk) mayNotify(ctx context.Context, actor access.Actor, on string, heard map[string]bool) (err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Notify}, verb: "notify all"}
	defer func() {
		if err != nil || !heard[on] {
			heard[on] = true
			d.end(ctx, c, &err)
		}
	}()
	_, err = d.onChannel(ctx, c, on)
	return err
}
