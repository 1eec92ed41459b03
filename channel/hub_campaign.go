package channel

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/pricing"
)

// Campaign is a message to many.
type Campaign struct {
	// Key names the campaign, at most 100 bytes; required. A row that was queued under it is not
	// queued again: a campaign is resumed by running it again with the same rows.
	Key string
	// Dry queues nothing: each result says what would become of its row now.
	Dry bool
	// NoWait takes a messaging limit for a refusal. Otherwise the campaign waits, over days if it
	// must.
	NoWait bool
}

// CampaignResult is what became of one row.
type CampaignResult struct {
	// Row counts the rows from 1.
	Row int
	// Message is the message as queued, or with Dry as it would be, with what is set aside in Cost;
	// nil if it was refused.
	Message *conversation.Message
	// Err is why it was refused: that of [Hub.Notify], or of the row itself.
	Err error
	// Again says that it had been queued by an earlier run.
	Again bool
}

// LogValue shows the number of the row and why it was refused.
func (r CampaignResult) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("row", r.Row), slog.Bool("again", r.Again), slog.String("refused", string(CauseOf(r.Err))))
}

// errCampaign says that a campaign has no usable key.
var errCampaign = fmt.Errorf("channel: the key of a campaign has 1 to 100 bytes: %w", ErrUnusable)

// NotifyAll is [Hub.Notify] for many rows, one after the other; it yields what became of each. A row
// that is refused, or cannot be read, harms no other. A row is known by its Key, or by its number:
// then a campaign that is resumed must have the same rows in the same order.
//
// It ends with the rows, with whoever ranges over it, with ctx, or with an error that is no refusal,
// yielded with the row at which to resume. What was queued is sent, unless [Hub.CancelMessage] takes
// it back.
func (h *Hub) NotifyAll(ctx context.Context, by conversation.Author, c Campaign, rows iter.Seq2[Notification, error]) iter.Seq[*CampaignResult] {
	return func(yield func(*CampaignResult) bool) {
		if c.Key == "" || usable("key", c.Key, 100) != nil {
			yield(&CampaignResult{Err: fmt.Errorf("channel: notify all: %w", errCampaign)})
			return
		}
		row := 0
		for n, err := range rows {
			row++
			result := &CampaignResult{Row: row}
			if err == nil {
				err = h.notifyRow(ctx, by, &c, n, result)
			}
			if err != nil {
				result.Err = fmt.Errorf("channel: notify all: row %d: %w", row, err)
			}
			fatal := result.Err != nil && ctx.Err() != nil
			if !yield(result) || fatal {
				return
			}
		}
	}
}

// notifyRow sends a row, or only looks.
func (h *Hub) notifyRow(ctx context.Context, by conversation.Author, c *Campaign, n Notification, result *CampaignResult) error {
	if n.Key == "" {
		n.Key = fmt.Sprint("#", result.Row)
	}
	n.Key = c.Key + "|" + n.Key
	for {
		what := deed{by: by, channel: n.Channel}
		run := h.do
		if c.Dry {
			run = h.dry
		}
		msg, err := h.outbox.notifyIn(ctx, run, &what, n)
		if limit, ok := errors.AsType[*pricing.LimitError](err); ok && !c.Dry && !c.NoWait && !limit.Next.IsZero() {
			if err := h.waitUntil(ctx, limit.Next); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			if !c.Dry {
				h.refused(ctx, &what, err)
			}
			return err
		}
		result.Message, result.Again = &msg.Message, what.again
		return nil
	}
}

// waitUntil waits for a time by the hub's clock, which it asks at least once a minute: somebody may move
// it, and limits may be raised.
func (h *Hub) waitUntil(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(min(max(at.Sub(h.now()), time.Second), time.Minute))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// CampaignTotals sums results up, for a progress bar and for a dry run.
type CampaignTotals struct {
	Rows   int `json:"rows"`
	Queued int `json:"queued"` // with Dry: would be
	Again  int `json:"again"`  // had been queued before
	// Refused counts by CauseOf; "" is for rows that could not be read, and other errors.
	Refused map[conversation.Cause]int `json:"refused,omitempty"`
	// Cost is what is set aside, in the currency of the channel's rates; Unpriced have no known
	// price.
	Cost     pricing.Micros `json:"cost"`
	Unpriced int            `json:"unpriced,omitempty"`
}

// Add counts a result.
func (t *CampaignTotals) Add(r *CampaignResult) {
	t.Rows++
	switch {
	case r.Err != nil:
		if t.Refused == nil {
			t.Refused = map[conversation.Cause]int{}
		}
		t.Refused[CauseOf(r.Err)]++
	case r.Again:
		t.Again++
	default:
		t.Queued++
		hold := r.Message.Cost.Hold
		t.Cost += hold.Rate.Times(hold.Units)
		if hold.Units > 0 && hold.Rate == 0 {
			t.Unpriced++
		}
	}
}
