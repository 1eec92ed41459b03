package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

// healthPatience is how long Health waits for the store.
const healthPatience = 2 * time.Second

// surveyMost is how far Health counts.
const surveyMost = 1000

// Health looks at the store and at the channels, or only at some, without what all share. It is
// cheap enough for every few seconds, and fails after two seconds if the store does not answer. While Run is
// active it also fails when the store has taken nothing of this process for three heartbeats: one whose disk is full, or
// that is read-only, still answers.
func (h *Hub) Health(ctx context.Context, only ...string) (*health.Report, error) {
	view := h.channels.view()
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(view.byID)), func(id string) bool {
		return len(only) > 0 && !slices.Contains(only, id)
	})
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	if err := h.life.trouble(); err != nil && h.running.Load() {
		return nil, fmt.Errorf("channel: health: %w", err)
	}
	h.knowTime(ctx)
	facts, err := h.healthFacts(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("channel: health: %w", err)
	}
	now := h.now()
	state := &health.Report{At: now.UTC(), Running: h.running.Load()}
	for key, n := range facts.notCovered {
		if key != noChannel || len(only) == 0 {
			state.NotCovered += n
		}
	}
	for _, id := range ids {
		c := facts.channel(id, view.byID[id], now)
		if out := h.sending.of(id); out != nil {
			c.Outage = out
		}
		c.Ticketing = h.telling.of(id)
		state.Channels = append(state.Channels, c)
		state.Uncertain += c.Uncertain
	}
	if len(only) > 0 {
		return state, nil
	}
	if len(facts.outages) > 0 {
		state.Outages = maps.Clone(facts.outages)
	}
	for i := range state.Channels {
		if out := state.Channels[i].Outage; out != nil {
			if state.Outages == nil {
				state.Outages = map[string]health.Outage{}
			}
			state.Outages[state.Channels[i].ID] = *out
		}
	}
	state.Work = whole(facts.queues)
	for i := range facts.queues {
		q := &facts.queues[i]
		state.Dead += q.Dead
		if h.urgent(q, view) {
			state.Delay = max(state.Delay, duration.Duration(waits(q, now)))
		}
	}
	state.Processes = facts.processes
	state.Ticketing, state.Attachments = h.telling.of(""), h.storing.of("")
	state.Upkeep = facts.pulses[upkeepPulse("")].In
	for i := range state.Channels {
		if last := facts.pulses[upkeepPulse(state.Channels[i].ID)].In; last.Before(state.Upkeep) {
			state.Upkeep = last
		}
	}
	state.CommitLatency = duration.Duration(h.commits.mean())
	if m, ok := optional[store.Measurer](h.store); ok {
		if state.Size, err = m.Measure(ctx); err != nil {
			return nil, fmt.Errorf("channel: health: %w", err)
		}
	}
	return state, nil
}

// urgent says whether work of the group should be done at once.
func (h *Hub) urgent(q *store.Backlog, view *snapshot) bool {
	switch q.Queue {
	case workIn, workHost, workMedia:
		return true
	case workOut, workFirst, workLater:
		ch := view.byID[q.Group]
		return ch != nil && ch.Enabled || q.Group == "" // a store that tells no groups apart
	}
	return false
}

// waits is for how long the oldest of the work has been waiting.
func waits(b *store.Backlog, now time.Time) (d time.Duration) {
	for _, since := range []time.Time{b.OldestDue, b.OldestRetrying} {
		if !since.IsZero() {
			d = max(d, now.Sub(since))
		}
	}
	return d
}

// whole sums groups up, for each queue.
func whole(groups []store.Backlog) (queues []store.Backlog) {
	for _, g := range groups {
		at := slices.IndexFunc(queues, func(q store.Backlog) bool { return q.Queue == g.Queue })
		if at < 0 {
			at = len(queues)
			queues = append(queues, store.Backlog{Queue: g.Queue})
		}
		addBacklog(&queues[at], &g)
	}
	return queues
}

// addBacklog adds what is counted of g to b.
func addBacklog(b, g *store.Backlog) {
	b.Due, b.Waiting, b.Dead, b.Retrying = b.Due+g.Due, b.Waiting+g.Waiting, b.Dead+g.Dead, b.Retrying+g.Retrying
	b.OldestDue, b.Oldest = times.Earliest(b.OldestDue, g.OldestDue), times.Earliest(b.Oldest, g.Oldest)
	if first := times.Earliest(b.OldestRetrying, g.OldestRetrying); !first.Equal(b.OldestRetrying) {
		b.OldestRetrying, b.Tries = first, g.Tries
	}
}
