package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/access"
)

// Health is the state of a hub, for a health endpoint and for alarms.
type Health struct {
	// Running says that Run is active in this process.
	Running bool
	// Queues are the hub's queues that have work, living or dead.
	Queues []Backlog
	// Delay is how long the oldest due work has been waiting, over all queues: the
	// number to put an alarm on. A minute is bad. Work that somebody has in hand counts, so
	// that a ticket system or a Sender that hangs shows here.
	Delay time.Duration
	// Dead counts dead letters over all queues.
	Dead int
	// NotCovered counts, since the store was made, the items that were signed with a secret
	// which may not speak for the account or number that they named: more than a few mean that
	// the scopes of the webhook's secrets are wrong, or that somebody tries.
	NotCovered int
	// Channels are the states of the channels, ordered by ID.
	Channels []ChannelHealth
}

// ChannelHealth is the state of one channel.
type ChannelHealth struct {
	ID      string
	Enabled bool
	// NotCovered is the part of Health.NotCovered that named this channel's number.
	NotCovered int
	// Outage says that the channel does not send, and since when; nil if it does.
	Outage *Outage
	// Templates counts the templates in the catalog, Sendable those that can be sent now.
	Templates, Sendable int
	// TemplatesSynced is as of when the catalog is complete; zero if it never was.
	TemplatesSynced time.Time
	// Standing is the number's quality, the state of its name, its messaging limit and the
	// end of its token, as far as webhooks and [Hub.Observe] have told.
	Standing Standing
}

// Health looks at the store and at the channels. It is cheap enough to be called every
// few seconds. The actor must be an administrator. One of some channels sees these, and nothing
// of the queues, which all channels share; a probe of the host is a Bot with Admin set.
func (h *Hub) Health(ctx context.Context, actor access.Actor) (*Health, error) {
	view := h.channels.view()
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(view.byID)), func(id string) bool {
		return !access.Decide(access.Policy{}, actor.On(id), access.ReadHealth).Allowed
	})
	err := access.Check(access.Policy{}, actor, access.ReadHealth)
	if err != nil && len(ids) == 0 {
		return nil, fmt.Errorf("channel: health: %w", err)
	}
	now := h.now()
	state := &Health{Running: h.running.Load()}
	if err == nil {
		if state.Queues, err = h.store.Backlog(ctx, now); err != nil {
			return nil, fmt.Errorf("channel: health: %w", err)
		}
	}
	for _, q := range state.Queues {
		state.Dead += q.Dead
		if !q.OldestDue.IsZero() {
			state.Delay = max(state.Delay, now.Sub(q.OldestDue))
		}
	}
	records, err := h.store.Get(ctx, kindStanding, ids...)
	if err != nil {
		return nil, fmt.Errorf("channel: health: %w", err)
	}
	strange, err := h.countNotCovered(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("channel: health: %w", err)
	}
	for key, n := range strange {
		if key != noChannel || actor.Admin {
			state.NotCovered += n
		}
	}
	known := map[string]Standing{}
	for _, r := range records {
		s, err := decodeRecord[standing](r)
		if err != nil {
			return nil, err
		}
		known[r.Key] = s.public()
	}
	outages, err := h.outagesStored(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		ch := view.byID[id]
		c := ChannelHealth{ID: id, Enabled: ch.Enabled, Standing: known[id], NotCovered: strange[id]}
		if c.Outage = h.sending.of(id); c.Outage == nil && !outages[id].Since.IsZero() {
			o := outages[id]
			c.Outage = &o
		}
		if ch.Templates != nil {
			c.TemplatesSynced = ch.Templates.Synced()
			for def := range ch.Templates.All() {
				c.Templates++
				if def.Sendable(now).OK {
					c.Sendable++
				}
			}
		}
		state.Channels = append(state.Channels, c)
	}
	return state, nil
}
