package sharelimit

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// shares says how the limits are divided between those who share them through the ledger and
// those who do not reach it.
type shares struct {
	part         float64 // of a number's throughput that is shared
	pairInterval time.Duration
	pairBurst    int
	alone        float64 // of every limit, for one process that is alone; 0 for nothing
}

// used is the part of a number's limit that is used: messages do not take the same time on their
// way, and arrive closer together than they left.
const used = 0.95

func sharesOf(cfg *Config) shares {
	set := float64(cfg.AloneShare) / 100
	s := shares{
		part: used * (1 - set), pairInterval: time.Duration(float64(cfg.Limits.PairInterval) / (1 - set)), pairBurst: cfg.Limits.PairBurst,
	}
	if set > 0 {
		s.pairBurst -= cfg.Processes // each may send one by itself
		s.alone = set / float64(cfg.Processes)
	}
	return s
}

// away knows whether the ledger answers.
type away struct {
	log *slog.Logger

	mu    sync.Mutex
	told  bool      // that it is away
	until time.Time // nobody asks before
}

// awayRetry is how often the ledger is tried while it is away.
const awayRetry = time.Second

func (a *away) is(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return now.Before(a.until)
}

// note learns from a call.
func (a *away) note(ctx context.Context, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil:
		a.until = time.Now().Add(awayRetry)
		if !a.told {
			a.told = true
			a.log.LogAttrs(ctx, slog.LevelWarn, "sharelimit: the limits that are shared are out of reach, this process goes on with its part", slog.Any("error", err))
		}
	case a.told:
		a.told, a.until = false, time.Time{}
		a.log.LogAttrs(ctx, slog.LevelInfo, "sharelimit: the limits that are shared are back")
	}
}

// alone keeps the limits of this process while the ledger is away: one after the other, each at its
// interval.
type alone struct {
	mu   sync.Mutex
	free map[string]time.Time // by key: nothing goes before
}

// tidyAt is how many entries are too many to keep those that are over.
const tidyAt = 10_000

// take takes a permit of each of keys, or returns the longest wait of one and which it is.
func (a *alone) take(now time.Time, keys []string, every []time.Duration) (which int, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, key := range keys {
		if d := a.free[key].Sub(now); d > wait {
			which, wait = i, d
		}
	}
	if wait > 0 {
		return which, wait
	}
	if len(a.free) > tidyAt {
		for key, free := range a.free {
			if !free.After(now) {
				delete(a.free, key)
			}
		}
	}
	for i, key := range keys {
		a.free[key] = now.Add(every[i])
	}
	return 0, 0
}

// block lets nothing of key go for d.
func (a *alone) block(key string, d time.Duration) {
	if d <= 0 || key == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if until := time.Now().Add(d); until.After(a.free[key]) {
		a.free[key] = until
	}
}

// wait takes a permit of each of keys as soon as there is one.
func (a *alone) wait(ctx context.Context, end time.Time, scopes []cloudapi.LimitScope, keys []string, every []time.Duration) error {
	for {
		now := time.Now()
		which, d := a.take(now, keys, every)
		if d <= 0 {
			return nil
		}
		if tooLong(ctx, now, d, end) {
			return late(scopes[which], d)
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
}

// interval is the time between two of something that goes perSecond, for a process that is alone.
func (s *shares) interval(perSecond float64) time.Duration {
	return time.Duration(float64(time.Second) / (perSecond * s.alone))
}

// acquireAlone waits for a permit while the ledger is away.
func (n *number) acquireAlone(w *waiter) error {
	s := &n.l.shared
	if s.alone == 0 {
		return late(cloudapi.ScopeNumber, awayRetry)
	}
	n.mu.Lock()
	limit := n.learned
	n.mu.Unlock()
	if limit == 0 {
		limit = n.l.cfg.Limits.Throughput
	}
	limit = max(limit-n.l.cfg.Limits.Reserve, 1)
	scopes, keys := []cloudapi.LimitScope{cloudapi.ScopeNumber}, []string{n.key}
	every := []time.Duration{s.interval(used * float64(limit))}
	if w.pair != "" {
		scopes, keys = append(scopes, cloudapi.ScopePair), append(keys, w.pair)
		every = append(every, s.interval(1/n.l.cfg.Limits.PairInterval.Seconds()))
	}
	return n.l.alone.wait(w.ctx, w.end, scopes, keys, every)
}
