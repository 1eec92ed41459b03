// Package deadletter holds the words for work that a hub has given up. Hub.DeadLetters lists it,
// Hub.ReplayDeadLetters and Hub.ReplayAllDeadLetters give it another chance, Hub.DropDeadLetters
// removes it for good; Hub.Health counts it.
package deadletter

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
)

// A Letter is work that was given up: an item that nobody understands or that belongs to no
// channel, a call of Ticketing or a download that kept failing. Nothing of it is lost; an operator
// decides.
type Letter struct {
	// Key names it.
	Key store.WorkKey `json:"key"`
	// Channel is the ID of the channel, "" if it belongs to none.
	Channel string `json:"channel,omitempty"`
	// Reason says why, free of personal data, and Tries how often it had been put off or revived before.
	Reason string `json:"reason,omitempty"`
	Tries  int    `json:"tries,omitempty"`
	// Enqueued is when the work was recorded.
	Enqueued time.Time `json:"enqueued,omitzero"`
	// Content is what the work holds, as JSON, card numbers masked. Personal data.
	Content json.RawMessage `json:"content,omitempty"`
	// Seq continues a list.
	Seq int64 `json:"seq,omitempty"`
}

// Query asks for dead letters of one kind of work.
type Query struct {
	// Channel restricts to one; "" lists those of all and of none.
	Channel string
	// Work is the kind of work, as Hub.Health lists it; required.
	Work string
	// After is the Seq of the last one of the previous page.
	After int64
	// Limit is the most to return; 0 or less means 50, more than 1000 means 1000.
	Limit int
}

// Replay says which dead letters are to be revived. Each field that is set narrows it.
type Replay struct {
	// Work is the kind of work, as Hub.Health lists it; required.
	Work string
	// Channel is the ID of a channel; "" means all, and what belongs to none.
	Channel string
	// Reason is the beginning of Letter.Reason.
	Reason string
	// From and Until bound Letter.Enqueued; Until is not included.
	From, Until time.Time
}

// LogValue shows why it is one, and its size.
func (d Letter) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("key", d.Key), slog.String("channel", d.Channel), slog.String("reason", d.Reason), slog.Int("tries", d.Tries), slog.Int("bytes", len(d.Content)))
}

// Format implements [fmt.Formatter].
func (d Letter) Format(f fmt.State, _ rune) { discreet.Format(f, d) }
