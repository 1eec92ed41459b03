package channel

import (
	"context"
	"fmt"
	"time"
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

// Idle waits until nothing is left to be done now: all is filed, told and sent. What is tried again later,
// timers, and messages that wait for an answer of WhatsApp's do not count; what an outage holds up does.
// For tests on a real database, where testing/synctest cannot tell: it asks for the whole backlog a hundred
// times a second, while somebody must Run a hub.
func (h *Hub) Idle(ctx context.Context) error {
	timer := time.NewTicker(idleAsks)
	defer timer.Stop()
	for {
		backlog, err := h.store.Backlog(ctx, h.now())
		if err != nil {
			return fmt.Errorf("channel: wait until idle: %w", err)
		}
		due := 0
		for _, b := range backlog {
			if b.Queue != workUpkeep {
				due += b.Due
			}
		}
		if due == 0 {
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
