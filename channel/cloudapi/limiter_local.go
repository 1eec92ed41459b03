package cloudapi

import (
	"context"
	"hash/maphash"
	"math"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/keyrate"
)

// Limits configures [NewLimiter]. The zero Limits are Meta's documented figures.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
// https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform
// (checked September 2026)
type Limits struct {
	// Throughput is the limit of a number about which nothing was learned yet, in
	// messages per second, sent and received together. 0 means
	// [ThroughputStandard]. Set [ThroughputCoexistence] if such numbers are used.
	Throughput int
	// Reserve is left free of every number's throughput, in messages per second,
	// for messages that are received while ours are on their way: those are
	// counted when they are reported ([Observation.Inbound]), which is too late
	// for what has just been sent. As many as can be received within 25 ms are
	// enough. 0 reserves nothing.
	Reserve int
	// PairInterval is the time between two messages to the same user in the long
	// run; 0 means 6 s.
	PairInterval time.Duration
	// PairBurst is how many messages may go to the same user at once, borrowed
	// from the future; 0 means 45. Meta describes the loan by an example only, so
	// a cautious host sets less.
	PairBurst int
	// AccountPerHour is the number of management calls per account and hour; 0
	// means 5,000, the quota of an account that has a registered number. Others
	// have 200: for them the usage headers put on the brake.
	AccountPerHour int
}

// pairSlack is the part of the pair interval by which messages may be late: 0.3 s
// for Meta's 6 s.
const pairSlack = 20

// Throughputs that Meta grants, in messages per second.
const (
	ThroughputCoexistence = 20 // numbers that are used in the WhatsApp Business app too
	ThroughputStandard    = 80
	ThroughputHigh        = 1000
)

// NewLimiter makes the limiter of a single process. It starts nothing: waits use
// timers, idle pairs are forgotten when others are used.
func NewLimiter(l Limits) Limiter {
	l.Throughput = orDefault(l.Throughput, ThroughputStandard)
	l.PairInterval = orDefault(l.PairInterval, 6*time.Second)
	l.PairBurst = orDefault(l.PairBurst, 45)
	l.AccountPerHour = orDefault(l.AccountPerHour, 5000)
	return &localLimiter{
		limits:   l,
		clock:    clock{time.Now()},
		seed:     maphash.MakeSeed(),
		pairs:    keyrate.New(l.PairInterval, l.PairBurst, l.PairInterval/pairSlack),
		numbers:  make(map[string]*numberQueue),
		accounts: make(map[string]*accountBudget),
	}
}

func orDefault[T int | int64 | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// clock tells the time since it was made, which costs half of what it costs to
// learn the time of day as well.
type clock struct{ start time.Time }

func (c clock) now() time.Duration { return time.Since(c.start) }

type localLimiter struct {
	limits Limits
	clock  clock
	seed   maphash.Seed
	pairs  *keyrate.Limits

	mu       sync.RWMutex // guards the maps, not what they hold
	numbers  map[string]*numberQueue
	accounts map[string]*accountBudget
}

// Acquire implements [Limiter].
func (l *localLimiter) Acquire(ctx context.Context, p Permit) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	now := l.clock.now()
	if p.Number != "" {
		q := l.number(p.Number)
		pair := l.pair(q, p.Recipient)
		if q.tryNow(pair, now) {
			return 0, nil
		}
		err := q.wait(ctx, pair, p.Lane, now, p.MaxWait)
		return l.clock.now() - now, err
	}
	if p.Account != "" {
		err := l.acquireAccount(ctx, p, time.Now())
		return l.clock.now() - now, err
	}
	return 0, nil
}

// Observe implements [Limiter].
func (l *localLimiter) Observe(_ context.Context, p Permit, o Observation) {
	if p.Number != "" {
		now := l.clock.now()
		q := l.number(p.Number)
		switch {
		case o.Throttled == message.ClassThrottledPair:
			l.pair(q, p.Recipient).block(now, max(o.RetryAfter, l.limits.PairInterval))
		case o.Throttled == message.ClassThrottledNumber:
			q.throttled(now, o.RetryAfter)
		}
		if o.Throughput > 0 {
			q.setThroughput(now, o.Throughput-l.limits.Reserve)
		}
		if o.Inbound > 0 {
			q.inbound(now, o.Inbound)
		}
	}
	if p.Account != "" {
		l.account(p.Account).observe(time.Now(), o)
	}
}

// pair names the pair of a number and a recipient by a hash: the pairs are many
// and short-lived, their names are not kept.
func (l *localLimiter) pair(q *numberQueue, recipient string) pairOf {
	if recipient == "" {
		return pairOf{}
	}
	return pairOf{limits: l.pairs, key: q.salt + maphash.String(l.seed, recipient)}
}

func (l *localLimiter) number(id string) *numberQueue {
	l.mu.RLock()
	q := l.numbers[id]
	l.mu.RUnlock()
	if q != nil {
		return q
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if q = l.numbers[id]; q == nil {
		q = newNumberQueue(l.clock, id, maphash.String(l.seed, id), l.limits.Throughput-l.limits.Reserve)
		l.numbers[id] = q
	}
	return q
}

func (l *localLimiter) account(id string) *accountBudget {
	l.mu.RLock()
	a := l.accounts[id]
	l.mu.RUnlock()
	if a != nil {
		return a
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if a = l.accounts[id]; a == nil {
		a = newAccountBudget(l.limits.AccountPerHour)
		l.accounts[id] = a
	}
	return a
}

// later returns now + d, or the end of time.
func later(now, d time.Duration) time.Duration {
	return now + min(d, math.MaxInt64-now)
}

// pairOf is the pair limit as it concerns one message; the zero pairOf limits
// nothing.
type pairOf struct {
	limits *keyrate.Limits
	key    uint64
}

func (p pairOf) take(now time.Duration) (wait time.Duration, ok bool) {
	if p.limits == nil {
		return 0, true
	}
	return p.limits.Take(p.key, now)
}

func (p pairOf) wait(now time.Duration) time.Duration {
	if p.limits == nil {
		return 0
	}
	return p.limits.Wait(p.key, now)
}

func (p pairOf) giveBack(now time.Duration) {
	if p.limits != nil {
		p.limits.Return(p.key, now)
	}
}

func (p pairOf) block(now, d time.Duration) {
	if p.limits != nil {
		p.limits.Block(p.key, now, d)
	}
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tooLong reports whether a wait of d does not fit into most or into ctx.
func tooLong(ctx context.Context, d, most time.Duration) bool {
	if d > most {
		return true
	}
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < d
}
