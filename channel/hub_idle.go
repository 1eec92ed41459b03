package channel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Wake has all work looked at now, after a host committed a transaction of its own in which the hub took
// part unknown; sqlstore.Ended does it by itself.
func (h *Hub) Wake() {
	for _, r := range h.runners {
		r.Notify()
	}
	h.heralds.cry()
}

// idleAsks is how often Idle asks the store.
const idleAsks = 10 * time.Millisecond

// Idle waits until nothing is left to be done now: all is filed, told and sent. What is tried again later, and what
// waits behind it in its conversation, timers, and messages that wait for an answer of WhatsApp's do not count; what an
// outage holds up does. For tests on a real database, where testing/synctest cannot tell: it asks how all
// queues stand a hundred times a second, while somebody must Run a hub.
func (h *Hub) Idle(ctx context.Context) error {
	timer := time.NewTicker(idleAsks)
	defer timer.Stop()
	for {
		left, err := h.leftToDo(ctx)
		if err != nil {
			return fmt.Errorf("channel: wait until idle: %w", err)
		}
		if !left {
			return nil
		}
		h.Wake()
		select {
		case <-ctx.Done():
			return fmt.Errorf("channel: wait until idle: %w", ctx.Err())
		case <-timer.C:
		}
	}
}

// leftToDo says whether there is work to be done now. What waits in its lane behind something that is tried again
// later is due and cannot be done: where the store can tell the lanes apart, only the first of each counts. All kinds
// are asked for at once, since work goes on from one to the next between two questions, and neither would see it.
func (h *Hub) leftToDo(ctx context.Context) (bool, error) {
	now := h.now()
	kinds := slices.DeleteFunc(slices.Clone(workKinds), func(kind string) bool { return kind == workUpkeep })
	var work []store.Backlog
	var err error
	if surveyor, ok := optional[store.Surveyor](h.store); ok {
		work, err = surveyor.Survey(ctx, store.SurveyQuery{Now: now, Most: surveyMost, Queues: kinds})
	} else {
		work, err = h.store.Backlog(ctx, now)
	}
	return slices.ContainsFunc(work, func(b store.Backlog) bool { return b.Due > 0 && slices.Contains(kinds, b.Queue) }), err
}
