package health

import (
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// A Process is a hub that works on the store: one Hub.Run. Each writes down regularly that
// it lives and which channels it has.
type Process struct {
	// ID is made up anew by each Run.
	ID string `json:"id"`
	// Started and Seen are when it began and when it last said that it lives; Every is how
	// often it says so. Stopped is when it ended in order; zero if it did not.
	Started time.Time         `json:"started,omitzero"`
	Seen    time.Time         `json:"seen,omitzero"`
	Every   duration.Duration `json:"every,omitempty"`
	Stopped time.Time         `json:"stopped,omitzero"`
	// Ahead is how far the clock of its machine is ahead of the store's, negative if it is
	// behind; zero if the store has none. Up to an hour of it is corrected.
	Ahead duration.Duration `json:"ahead,omitempty"`
	// Channels are the IDs of its channels, Numbers their phone_number_ids.
	Channels []string `json:"channels,omitempty"`
	Numbers  []string `json:"numbers,omitempty"`
}

// Living says whether the process is at work: it has not ended, and has missed no more than
// two of the times at which it should have said so.
func (p *Process) Living(now time.Time) bool {
	return p.Stopped.IsZero() && now.Sub(p.Seen) <= 3*time.Duration(p.Every)
}
