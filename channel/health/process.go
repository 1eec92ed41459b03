package health

import (
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// A Process is a hub that works on the store: one Hub.Run. Each writes down regularly that
// it lives and which channels it has.
type Process struct {
	// ID is made up anew by each Run. Name and Version are those of channel.Config.
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	// Started and Seen are when it began and when it last said that it lives; Every is how
	// often it says so. Stopped is when it ended in order; zero if it did not. Lost is when the others
	// took over from it because nothing was heard of it; zero if that did not happen, or it came back.
	Started time.Time         `json:"started,omitzero"`
	Seen    time.Time         `json:"seen,omitzero"`
	Every   duration.Duration `json:"every,omitempty"`
	Stopped time.Time         `json:"stopped,omitzero"`
	Lost    time.Time         `json:"lost,omitzero"`
	// Lapses counts how often it had to give up what it had in hand because the store did not hear of
	// it in time, and went on later.
	Lapses int `json:"lapses,omitempty"`
	// Ahead is how far the clock of its machine is ahead of the store's, negative if it is
	// behind; zero if the store has none. Up to an hour of it is corrected.
	Ahead duration.Duration `json:"ahead,omitempty"`
	// Settings is the version up to which it has read what processes tell each other: settings that
	// were changed, templates. One that stays behind the others does not hear of changes.
	Settings int64 `json:"settings,omitempty"`
	// InHand is how much work of each kind it had in hand when it last wrote its entry, at most ten
	// seconds ago while it lives.
	InHand map[string]int `json:"in_hand,omitempty"`
	// Desk says that its hub has a desk: all that run on a store do, or none does.
	Desk bool `json:"desk,omitempty"`
	// Channels are the IDs of its channels, Numbers their phone_number_ids.
	Channels []string `json:"channels,omitempty"`
	Numbers  []string `json:"numbers,omitempty"`
}

// Living says whether the process is at work: it has not ended, is not lost, and has not been silent
// for so long that it soon will be.
func (p *Process) Living(now time.Time) bool {
	return p.Stopped.IsZero() && p.Lost.IsZero() && now.Sub(p.Seen) <= 4*time.Duration(p.Every)
}
