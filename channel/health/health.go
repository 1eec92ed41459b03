// Package health is what package channel says of its own state, for a health endpoint and for alarms:
// Hub.Health returns a [Report].
//
//	report, err := hub.Health(ctx)
//	switch {
//	case err != nil: // the store does not answer, or takes nothing
//	case report.Delay.Std() > 5*time.Minute: // something waits that should have been done
//	case report.Dead > 0 || report.Uncertain > 0: // somebody has to look
//	}
//
// It costs the same at a million conversations, names nobody, and can be served as JSON.
package health

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// Report is the state of a hub, for a health endpoint and for alarms. What it says of work,
// outages and channels holds for all processes that share the store, as far as it is written
// down; Running and CommitLatency are this process's own.
type Report struct {
	// At is when it was made, by the clock that all processes on the store agree on: what to judge
	// [Process.Living] and ages by.
	At time.Time `json:"at"`
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
	// Processes are those of Hub.Processes, with how far their clocks are ahead.
	Processes []Process `json:"processes,omitempty"`
	// Channels are the states of the channels, ordered by ID.
	Channels []Channel `json:"channels"`
	// Outages are the channels that do not send, by ID, those that only other processes on the store have among them;
	// nil if there are none.
	Outages map[string]Outage `json:"outages,omitempty"`
}

// Channel is the state of one channel.
type Channel struct {
	ID      string `json:"id"`
	Enabled bool   `json:"enabled"`
	// Work is the channel's part of each kind. Due counts conversations where work has an
	// order within them.
	Work []store.Backlog `json:"work,omitempty"`
	// Uncertain counts messages whose fate is open, OldestUncertain is when the first of them
	// became so. Hub.UncertainMessages lists them.
	Uncertain       int       `json:"uncertain"`
	OldestUncertain time.Time `json:"oldest_uncertain,omitzero"`
	// Outage says that the channel does not send, and since when; nil if it does.
	Outage *Outage `json:"outage,omitempty"`
	// Budget is how the channel's budget stands, of this month if it is monthly; nil if it has none.
	Budget *pricing.Balance `json:"budget,omitempty"`
	// Ticketing says that this process cannot tell the host about this channel; nil if it can.
	Ticketing *Outage `json:"ticketing,omitempty"`
	// Received is when the last webhook about the number was applied, and Sent when WhatsApp
	// last took a message from it; of other processes to the minute. Zero: never.
	Received time.Time `json:"received,omitzero"`
	Sent     time.Time `json:"sent,omitzero"`
	// NotCovered is the part of Report.NotCovered that named this channel's number.
	NotCovered int `json:"not_covered"`
	// Templates counts the templates in the catalog, Sendable those that can be sent now.
	Templates int `json:"templates"`
	Sendable  int `json:"sendable"`
	// Chores are what the hub asks WhatsApp by itself for the channel, as far as it has begun to.
	Chores []Chore `json:"chores,omitempty"`
	// TemplatesSynced is as of when the catalog is complete; zero if it never was.
	TemplatesSynced time.Time `json:"templates_synced,omitzero"`
	// Notices are the latest news of WhatsApp's, at most 20, newest first.
	Notices []conversation.Notice `json:"notices,omitempty"`
	// Standing is the number's quality, the state of its name, its messaging limit and the
	// end of its token, as far as webhooks and Hub.ReportStanding have told.
	Standing Standing `json:"standing,omitzero"`
}

// A Chore is something that the hub asks WhatsApp by itself: "templates", "number" or "token". More may
// come.
type Chore struct {
	Name string `json:"name"`
	// At is when it last went well, zero if it never did. Failed is when it failed since then, and Reason
	// why, free of personal data; zero and "" if it did not.
	At     time.Time `json:"at,omitzero"`
	Failed time.Time `json:"failed,omitzero"`
	Reason string    `json:"reason,omitempty"`
}
