package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// A database that is restored from a backup has in its outbox what was sent after the backup
// was made. The hub does not know of it, and must not send it again.

// sayRestored writes down for all processes that the store was restored, if this one was told.
func (h *core) sayRestored(ctx context.Context) error {
	if h.restoredAt.IsZero() {
		return nil
	}
	return h.repeat(ctx, func(u *unit) error {
		var r restored
		if _, err := u.Load(kindShared, aboutRestore, &r); err != nil || !h.restoredAt.After(r.At) {
			return err
		}
		return u.share(aboutRestore, restored{h.restoredAt})
	})
}

// learnRestore takes over what a process was told about a restore.
func (h *core) learnRestore(r *store.Record) error {
	var doc restored
	if err := json.Unmarshal(r.Body, &doc); err != nil {
		return fmt.Errorf("channel: decode restore: %w", errDamaged)
	}
	h.lastRestore.Store(doc.At.UnixMicro())
	return nil
}

// beforeRestore says whether something happened, or was due, before the store was restored.
func (h *core) beforeRestore(t time.Time) bool {
	at := h.lastRestore.Load()
	return at != 0 && !t.IsZero() && t.UnixMicro() < at
}

// mayHaveHappened says whether a message may have been sent in the time that the restored store
// knows nothing of: it waited already, or the rules made it for something from before.
func (h *core) mayHaveHappened(w *store.Work, item *outboundItem) bool {
	return item.Perhaps || h.beforeRestore(w.Enqueued)
}
