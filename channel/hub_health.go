package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

// Health is the state of a hub, for a health endpoint and for alarms. What it says of work,
// outages and channels holds for all processes that share the store, as far as it is written
// down; Running and CommitLatency are this process's own.
type Health struct {
	// Running says that Run is active in this process.
	Running bool `json:"running"`
	// Work is how much there is of each kind of work, living or dead, as a whole. No count
	// goes beyond 1,000 for each channel: alarms need no more, and to count costs.
	Work []store.Backlog `json:"work,omitempty"`
	// Delay is for how long something has been waiting that should have been done: due or
	// failing items, calls of the host, sends of channels that may send, downloads. It is the
	// number to put an alarm on; a minute is bad. Work that somebody has in hand counts, so
	// that a ticket system or a Sender that hangs shows here. The outbox of a disabled channel,
	// uncertain messages, timers and upkeep do not count.
	Delay duration.Duration `json:"delay"`
	// Dead counts dead letters of all kinds.
	Dead int `json:"dead"`
	// Uncertain counts messages that wait for somebody to settle them, over all channels.
	Uncertain int `json:"uncertain"`
	// NotCovered counts, since the store was made, the items that were signed with a secret
	// which may not speak for the account or number that they named: more than a few mean that
	// the scopes of the webhook's secrets are wrong, or that somebody tries.
	NotCovered int `json:"not_covered"`
	// Ticketing and Attachments say that the host's own part is out for this process, whatever
	// the channel; nil if it is not.
	Ticketing   *Outage `json:"ticketing,omitempty"`
	Attachments *Outage `json:"attachments,omitempty"`
	// Upkeep is when forgetting and pruning last came round for every channel; zero if for one it
	// never did. It should not be much older than an hour.
	Upkeep time.Time `json:"upkeep,omitzero"`
	// CommitLatency is a running mean of how long this process's commits take.
	CommitLatency duration.Duration `json:"commit_latency"`
	// Size is how much room the store takes; zero if it does not say.
	Size store.Size `json:"size,omitzero"`
	// Processes are those of [Hub.Processes], with how far their clocks are ahead.
	Processes []Process `json:"processes,omitempty"`
	// Channels are the states of the channels, ordered by ID.
	Channels []ChannelHealth `json:"channels"`
}

// ChannelHealth is the state of one channel.
type ChannelHealth struct {
	ID      string `json:"id"`
	Enabled bool   `json:"enabled"`
	// Work is the channel's part of each kind. Due counts conversations where work has an
	// order within them.
	Work []store.Backlog `json:"work,omitempty"`
	// Uncertain counts messages whose fate is open, OldestUncertain is when the first of them
	// became so. [Hub.UncertainMessages] lists them.
	Uncertain       int       `json:"uncertain"`
	OldestUncertain time.Time `json:"oldest_uncertain,omitzero"`
	// Outage says that the channel does not send, and since when; nil if it does.
	Outage *Outage `json:"outage,omitempty"`
	// Ticketing says that this process cannot tell the host about this channel; nil if it can.
	Ticketing *Outage `json:"ticketing,omitempty"`
	// Received is when the last webhook about the number was applied, and Sent when WhatsApp
	// last took a message from it; of other processes to the minute. Zero: never.
	Received time.Time `json:"received,omitzero"`
	Sent     time.Time `json:"sent,omitzero"`
	// NotCovered is the part of Health.NotCovered that named this channel's number.
	NotCovered int `json:"not_covered"`
	// Templates counts the templates in the catalog, Sendable those that can be sent now.
	Templates int `json:"templates"`
	Sendable  int `json:"sendable"`
	// TemplatesSynced is as of when the catalog is complete; zero if it never was.
	TemplatesSynced time.Time `json:"templates_synced,omitzero"`
	// Notices are the latest news of WhatsApp's, at most 20, newest first.
	Notices []conversation.Notice `json:"notices,omitempty"`
	// Standing is the number's quality, the state of its name, its messaging limit and the
	// end of its token, as far as webhooks and [Hub.ReportStanding] have told.
	Standing Standing `json:"standing,omitzero"`
}

// healthPatience is how long Health waits for the store.
const healthPatience = 2 * time.Second

// surveyMost is how far Health counts.
const surveyMost = 1000

// Health looks at the store and at the channels. It is cheap enough to be called every few
// seconds, and fails after two seconds if the store does not answer. Given
// IDs of channels it shows these, and nothing of what all channels share.
func (h *Hub) Health(ctx context.Context, only ...string) (*Health, error) {
	view := h.channels.view()
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(view.byID)), func(id string) bool {
		return len(only) > 0 && !slices.Contains(only, id)
	})
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	facts, err := h.healthFacts(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("channel: health: %w", err)
	}
	now := h.now()
	state := &Health{Running: h.running.Load()}
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
