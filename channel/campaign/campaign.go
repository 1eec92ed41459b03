// Package campaign holds the words for a message to many, which Hub.NotifyAll sends: how, what became
// of each row, and the sum.
package campaign

import (
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/pricing"
)

// Campaign is a message to many.
type Campaign struct {
	// Key names the campaign, at most 100 bytes; required. A row that was queued under it is not
	// queued again: a campaign is resumed by running it again with the same rows. A row is known by
	// its Notification.Key, here of at most 150 bytes, with whom it is to, or, without one, by its place
	// (Result.Row): then somebody who is there twice gets two messages. One that Hub.CancelMessage took back
	// counts as queued, too, and stays taken back.
	Key string
	// Dry queues nothing: each result says what would become of its row now, after those before it: what they would
	// have used of a budget counts, whom they would have reached counts for the messaging limit, and a key that is
	// there twice is queued once. Keys and people are remembered, some 200 bytes each.
	Dry bool
	// NoWait takes a messaging limit for a refusal. Otherwise the campaign waits, over days if it
	// must.
	NoWait bool
}

// Result is what became of one row.
type Result struct {
	// Row counts the rows from 1.
	Row int
	// Message is the message as queued, or with Dry as it would be, with what is set aside in Cost;
	// nil if it was refused.
	Message *conversation.Message
	// Err is why it was refused: that of Hub.Notify, or of the row itself, in a *channel.ItemError with Row.
	Err error
	// Cause is Err in a word, as channel.CauseOf says it; "" if it is no refusal.
	Cause conversation.Cause
	// Again says that it had been queued by an earlier run, or for an earlier row of the same key and person.
	Again bool
	// Until says, with Dry, that the campaign would wait for the messaging limit before this row, till then or
	// longer; zero if not. It is a moment at which somebody's 24 hours are over.
	Until time.Time
	// Currency is that of the rates of the row's channel; "" if it has none.
	Currency string
}

// LogValue shows the number of the row and why it was refused.
func (r Result) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("row", r.Row), slog.Bool("again", r.Again), slog.String("refused", string(r.Cause)))
}

// Totals sums results up, for a progress bar and for a dry run.
type Totals struct {
	Rows   int `json:"rows"`
	Queued int `json:"queued"` // with Dry: would be
	Again  int `json:"again"`  // had been queued before
	// Waiting counts those of Queued for which, with Dry, the campaign would wait.
	Waiting int `json:"waiting,omitempty"`
	// Refused counts by Cause; "" is for rows that could not be read, and other errors.
	Refused map[conversation.Cause]int `json:"refused,omitempty"`
	// Cost is what is set aside, by the currency of the channels' rates; nil if nothing is. Unpriced
	// have no known price.
	Cost     map[string]pricing.Micros `json:"cost,omitempty"`
	Unpriced int                       `json:"unpriced,omitempty"`
}

// Add counts a result.
func (t *Totals) Add(r *Result) {
	t.Rows++
	switch {
	case r.Err != nil:
		if t.Refused == nil {
			t.Refused = map[conversation.Cause]int{}
		}
		t.Refused[r.Cause]++
	case r.Again:
		t.Again++
	default:
		t.Queued++
		if !r.Until.IsZero() {
			t.Waiting++
		}
		hold := r.Message.Cost.Hold
		switch {
		case hold.Units == 0:
		case hold.Rate == 0:
			t.Unpriced++
		default:
			if t.Cost == nil {
				t.Cost = map[string]pricing.Micros{}
			}
			t.Cost[r.Currency] += hold.Rate.Times(hold.Units)
		}
	}
}
