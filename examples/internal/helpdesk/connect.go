package helpdesk

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/onboard"
)

// connecting knows how far the number is connected. A real helpdesk stores the state and the report, and
// looks again when they say so.
type connecting struct {
	guide *onboard.Guide
	on    *atomic.Bool   // while it looks
	state *onboard.State // nil with a real number, of which nothing is changed: it is only looked at
	seen  onboard.Target
	log   *slog.Logger

	mu   sync.Mutex
	list console.Checklist
}

// hushed is the log of a webhook that does not warn of the stranger whom the examination of the number plays.
type hushed struct {
	slog.Handler
	examining *atomic.Bool
}

// Enabled implements slog.Handler.
func (h hushed) Enabled(ctx context.Context, level slog.Level) bool {
	return !h.examining.Load() && h.Handler.Enabled(ctx, level)
}

// lookAgain is how often the number is looked at.
const lookAgain = 10 * time.Minute

// run looks at the number until ctx is done.
func (c *connecting) run(ctx context.Context) error {
	for {
		if err := c.look(ctx); err != nil && ctx.Err() == nil {
			c.log.Warn("helpdesk: how far the number is could not be looked at", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookAgain):
		}
	}
}

// look takes the steps that can be taken now, and looks at everything.
func (c *connecting) look(ctx context.Context) error {
	c.on.Store(true)
	defer c.on.Store(false)
	list := console.Checklist{Channel: channelID}
	if c.state != nil {
		if err := c.guide.Run(ctx, c.state); err != nil {
			return err
		}
		list.Live, list.Again = c.state.Live(), c.state.Again()
		for _, s := range c.state.Steps() {
			list.Steps = append(list.Steps, console.ChecklistStep{
				ID: string(s.ID), Title: s.Title, Optional: s.Optional, Status: string(s.Status),
				Text: s.Text, Do: s.Do, Link: s.Link, Again: s.Again, Since: s.Since,
			})
		}
	}
	report, err := c.guide.Readiness(ctx, c.seen)
	if err != nil {
		return err
	}
	list.Taken = report.Taken
	for _, k := range report.Checks {
		list.Checks = append(list.Checks, console.ChecklistCheck{
			ID: string(k.ID), Title: k.Title, Grade: string(k.Grade), Value: k.Value, Text: k.Text, Do: k.Do, Link: k.Link,
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = list
	return nil
}

// checklists are for the console: what was seen last.
func (c *connecting) checklists(context.Context, access.Actor) ([]console.Checklist, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list.Taken.IsZero() {
		return nil, nil
	}
	list := c.list
	list.Steps, list.Checks = slices.Clone(list.Steps), slices.Clone(list.Checks)
	return []console.Checklist{list}, nil
}

// connecting begins to look at the number.
func (w *WhatsApp) connecting(log *slog.Logger) (*connecting, error) {
	if w.guide == nil {
		return nil, nil //nolint:nilnil // with Twilio nobody can tell
	}
	c := &connecting{guide: w.guide, on: w.examining, seen: onboard.Target{NumberID: w.Number, AccountID: w.Account}, log: log}
	if w.plan != nil {
		var err error
		if c.state, err = w.guide.Begin(*w.plan); err != nil {
			return nil, err
		}
	}
	return c, nil
}
