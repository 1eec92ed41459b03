package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// pruneDeeds removes what was done on a channel longer ago than is kept.
func (k *keeper) pruneDeeds(ctx context.Context, channel string, age duration.Duration, now time.Time) error {
	if age == 0 {
		return nil
	}
	old := store.Query{
		Kind: kindDeed, Parent: deedParent(channel), Before: &store.Position{Sort: micros(before(now, age))}, Limit: 500,
	}
	for page, err := range step.Records(ctx, k.store, old) {
		if err != nil {
			return err
		}
		b := &store.Batch{}
		for i := range page {
			b.Delete = append(b.Delete, page[i].ID())
		}
		if _, err := k.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: prune deeds: %w", err)
		}
	}
	return nil
}
