package cloudapi

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/kanava-go/kanava/channel/message"
)

// When the usage headers make management calls slower, and when they stop them,
// in percent of the quota.
const (
	usageSlow  = 75
	usageStop  = 95
	usageBlock = 5 * time.Minute // if Meta does not say how long
)

// accountBudget is the hourly quota of management calls of one account.
type accountBudget struct {
	mu      sync.Mutex
	bucket  *rate.Limiter
	full    rate.Limit
	blocked time.Time // nothing goes before
}

func newAccountBudget(perHour int) *accountBudget {
	// In any hour at most 0.9 of the quota flows in and 0.05 was saved up.
	full := rate.Limit(0.9 * float64(perHour) / 3600)
	return &accountBudget{full: full, bucket: rate.NewLimiter(full, max(perHour/20, 1))}
}

// acquireAccount waits until the app as a whole may call and then for the quota of
// the account: only the latter takes something, and must come last. There is no
// queue: management calls are few, and any order will do.
func (l *localLimiter) acquireAccount(ctx context.Context, p Permit, now time.Time) error {
	end := now.Add(p.MaxWait)
	for _, id := range [...]string{AppAccount, p.Account} {
		now = time.Now()
		d, cancel := l.account(id).reserve(now, id != AppAccount)
		if d > 0 && tooLong(ctx, d, end.Sub(now)) {
			cancel()
			return &LimitError{Scope: ScopeAccount, Wait: d}
		}
		if err := sleep(ctx, d); err != nil {
			cancel()
			return err
		}
	}
	return nil
}

// reserve takes a call and returns how long it has to wait. The app as a whole
// has no quota that we know, so it only ever blocks.
func (a *accountBudget) reserve(now time.Time, counted bool) (wait time.Duration, cancel func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	wait = max(a.blocked.Sub(now), 0)
	if !counted {
		return wait, func() {}
	}
	r := a.bucket.ReserveN(now, 1)
	return max(wait, r.DelayFrom(now)), r.Cancel
}

// observe brakes as the quota runs out, so that the last calls of the hour are left
// for what cannot wait, and stops before Meta does.
func (a *accountBudget) observe(now time.Time, o Observation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if o.Throttled == message.ClassThrottledAccount {
		a.block(now, max(o.RetryAfter, time.Second))
	}
	switch {
	case o.Usage >= usageStop:
		a.block(now, orDefault(o.RetryAfter, usageBlock))
	case o.Usage > usageSlow:
		// From full speed down to a tenth of it on the way to the stop.
		left := float64(usageStop-o.Usage) / float64(usageStop-usageSlow)
		a.bucket.SetLimitAt(now, a.full*rate.Limit(max(left, 0.1)))
	case o.Usage > 0:
		a.bucket.SetLimitAt(now, a.full)
	}
}

func (a *accountBudget) block(now time.Time, d time.Duration) {
	if until := now.Add(d); until.After(a.blocked) {
		a.blocked = until
	}
}
