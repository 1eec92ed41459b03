package channel

import (
	"context"
	"fmt"
	"time"
)

// Wake has every kind of work looked at now, by the hub's workers and by those who follow its feed:
// after a host has committed a transaction of its own of which the hub knows nothing. [sqlstore.Ended]
// does so by itself.
//
// [sqlstore.Ended]: https://pkg.go.dev/github.com/kanava-go/kanava/channel/store/sqlstore#Ended
func (h *Hub) Wake() {
	for _, r := range h.runners {
		r.Notify()
	}
	h.heralds.cry()
}

// idleAsks is how often Idle asks the store.
const idleAsks = 10 * time.Millisecond

// Idle waits until nothing is left to be done now: what was accepted is filed, the host has heard of
// everything, and what was to be sent is sent, as far as nothing has to be tried again later. Timers and
// messages that wait for an answer of WhatsApp's do not count; what an outage holds up does, so that
// Idle waits for the end of it, or of ctx. It is for tests on a real database,
// where [testing/synctest] cannot tell; somebody must Run a hub on the store meanwhile. It asks the
// store for its whole backlog a hundred times a second.
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
