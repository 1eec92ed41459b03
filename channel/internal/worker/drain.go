package worker

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// ErrDrained is why the context of work in hand ended: the time to finish it is over.
var ErrDrained = fmt.Errorf("channel: drain time is over: %w", context.Canceled)

// ErrLapsed is why the context of work in hand ended: this process could not say any more that it
// lives, and others may take its work over.
var ErrLapsed = fmt.Errorf("channel: this process was not heard of: %w", context.Canceled)

// Drain returns a context for work in hand that outlives ctx by so much, and then ends because of
// [ErrDrained]. stop ends it and must be called.
func Drain(ctx context.Context, most time.Duration) (work context.Context, stop func()) {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-ctx.Done():
		case <-work.Done():
			return
		}
		select {
		case <-time.After(most):
			cancel(ErrDrained)
		case <-work.Done():
		}
	})
	return work, func() {
		cancel(nil)
		watch.Wait()
	}
}
