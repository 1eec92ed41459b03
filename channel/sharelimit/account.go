package sharelimit

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// When the usage headers make management calls slower, and when they stop them, in percent of
// the quota.
const (
	usageSlow  = 75
	usageStop  = 95
	usageBlock = 5 * time.Minute // if Meta does not say how long
)

// acquireAccount waits until the app as a whole may call, and then for the quota of the account:
// only the latter takes something, and must come last.
func (l *limiter) acquireAccount(ctx context.Context, p cloudapi.Permit, now time.Time) error {
	end := now.Add(p.MaxWait)
	for _, id := range [...]string{cloudapi.AppAccount, p.Account} {
		for {
			now = time.Now()
			if l.away.is(now) {
				return l.accountAlone(ctx, p.Account, end)
			}
			counts := id != cloudapi.AppAccount
			var d time.Duration
			err := l.call(ctx, func(ctx context.Context) (err error) {
				d, err = l.cfg.Ledger.Account(ctx, &l.rules, l.accountKey(id), counts)
				return err
			})
			if err != nil {
				continue // it counts as away now
			}
			if d <= 0 {
				break
			}
			if tooLong(ctx, now, d, end) {
				return late(cloudapi.ScopeAccount, d)
			}
			if err := sleep(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// accountKey is what the ledger knows an account by.
func (l *limiter) accountKey(id string) string { return hash("account:"+id, l.cfg.App) }

// accountAlone waits for a management call while the ledger is away.
func (l *limiter) accountAlone(ctx context.Context, id string, end time.Time) error {
	if l.shared.alone == 0 {
		return late(cloudapi.ScopeAccount, awayRetry)
	}
	every := l.shared.interval(0.9 * float64(l.cfg.Limits.AccountPerHour) / 3600)
	return l.alone.wait(ctx, end, []cloudapi.LimitScope{cloudapi.ScopeAccount}, []string{l.accountKey(id)}, []time.Duration{every})
}

// observeAccount brakes as the quota runs out, so that the last calls of the hour are left for
// what cannot wait, and stops before Meta does.
func (l *limiter) observeAccount(ctx context.Context, id string, o cloudapi.Observation) {
	block, share := pause(o, message.ClassThrottledAccount, time.Second), 0
	switch {
	case o.Usage >= usageStop:
		if o.RetryAfter > 0 {
			block = min(max(block, o.RetryAfter), longestPause)
		} else {
			block = max(block, usageBlock)
		}
	case o.Usage > usageSlow:
		// From full speed down to a tenth of it on the way to the stop.
		share = max(100*(usageStop-o.Usage)/(usageStop-usageSlow), 10)
	case o.Usage > 0:
		share = 100
	}
	if block == 0 && share == 0 {
		return
	}
	key := l.accountKey(id)
	l.alone.block(key, block)
	if !l.away.is(time.Now()) { // lost, it makes the limiter less exact
		_ = l.call(ctx, func(ctx context.Context) error { return l.cfg.Ledger.Warn(ctx, key, block, share) })
	}
}
