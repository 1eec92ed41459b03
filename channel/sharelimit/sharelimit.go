package sharelimit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// DefaultTimeout is how long a [Ledger] may take to answer if Config does not say.
const DefaultTimeout = 2 * time.Second

// Config says which limits are shared and where. Ledger is required.
type Config struct {
	// Ledger keeps what is shared; see [InStore].
	Ledger Ledger

	// Limits are the limits, as for a single process; all processes have the same ones.
	Limits cloudapi.Limits

	// App is the ID of the Meta app whose tokens the calls use: the quota of management calls is one
	// of each app, so that hosts of several apps, with a limiter for each on the same ledger, name
	// them. "" will do for one. Limits of numbers and pairs hold whatever the app.
	App string

	// AloneShare is the part of every limit, in percent, that is set aside for processes that do
	// not reach the ledger, 0 to 50. 0 means that nothing goes out of them.
	AloneShare int

	// Processes is the most processes that there may be, less than Limits.PairBurst. It is needed
	// with AloneShare only, which they divide.
	Processes int

	// Timeout is how long the ledger may take to answer before it counts as away; 0 means
	// DefaultTimeout. While it is away it is tried once a second.
	Timeout time.Duration

	// Logger is told once when the ledger goes away and once when it is back. Nil means silence.
	Logger *slog.Logger
}

// Problems are what is wrong with the limits, one sentence each, for those who have a ledger of
// their own and report under their own name.
func (cfg *Config) Problems() (all []string) {
	l := &cfg.Limits
	if l.Throughput < 0 || l.Reserve < 0 || l.PairInterval < 0 || l.PairBurst < 0 || l.AccountPerHour < 0 {
		all = append(all, "Limits has negative values")
	}
	if cfg.AloneShare < 0 || cfg.AloneShare > 50 {
		all = append(all, fmt.Sprintf("AloneShare is %d: 0 to 50 percent", cfg.AloneShare))
	}
	if burst := cmp.Or(l.PairBurst, 45); cfg.AloneShare > 0 && (cfg.Processes < 1 || cfg.Processes >= burst) {
		all = append(all, fmt.Sprintf("Processes is %d: with AloneShare it is needed, and less than Limits.PairBurst", cfg.Processes))
	}
	if cfg.Timeout < 0 {
		all = append(all, "Timeout is negative")
	}
	return all
}

// New returns a limiter, or an error that joins everything wrong with cfg. It starts nothing and
// does not ask the ledger yet.
func New(cfg Config) (cloudapi.Limiter, error) {
	var errs []error
	if cfg.Ledger == nil {
		errs = append(errs, errors.New("sharelimit: config: Ledger is nil"))
	}
	for _, problem := range cfg.Problems() {
		errs = append(errs, errors.New("sharelimit: config: "+problem))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	// As cloudapi.NewLimiter has them.
	l := &cfg.Limits
	l.Throughput = cmp.Or(l.Throughput, cloudapi.ThroughputStandard)
	l.PairInterval = cmp.Or(l.PairInterval, 6*time.Second)
	l.PairBurst = cmp.Or(l.PairBurst, 45)
	l.AccountPerHour = cmp.Or(l.AccountPerHour, 5000)
	shared := sharesOf(&cfg)
	return &limiter{
		cfg: cfg, shared: shared, numbers: map[string]*number{},
		rules: Rules{
			Throughput: l.Throughput, Reserve: l.Reserve, Part: shared.part,
			PairInterval: shared.pairInterval, PairBurst: shared.pairBurst, AccountPerHour: l.AccountPerHour,
		},
		away: away{log: cfg.Logger}, alone: alone{free: map[string]time.Time{}}, sleep: sleep,
	}, nil
}

type limiter struct {
	cfg    Config
	rules  Rules
	shared shares
	away   away
	alone  alone
	sleep  func(ctx context.Context, d time.Duration) error // until a message's moment; tests oversleep

	mu      sync.Mutex
	numbers map[string]*number
}

// Acquire implements [cloudapi.Limiter].
func (l *limiter) Acquire(ctx context.Context, p cloudapi.Permit) (waited time.Duration, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	start := time.Now()
	switch {
	case p.Number != "":
		err = l.number(p.Number).acquire(ctx, p, start)
	case p.Account != "":
		err = l.acquireAccount(ctx, p, start)
	}
	return time.Since(start), err
}

// Observe implements [cloudapi.Limiter].
func (l *limiter) Observe(ctx context.Context, p cloudapi.Permit, o cloudapi.Observation) {
	if p.Number != "" {
		l.number(p.Number).observe(ctx, p, o)
	}
	if p.Account != "" {
		l.observeAccount(ctx, p.Account, o)
	}
}

func (l *limiter) number(id string) *number {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.numbers[id]
	if n == nil {
		n = newNumber(l, id)
		l.numbers[id] = n
	}
	return n
}

// call calls the ledger. An error means that it is away.
func (l *limiter) call(ctx context.Context, f func(ctx context.Context) error) error {
	// What was asked for in time is of use even if who asked is gone: the answer is for others, too.
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.Timeout)
	defer cancel()
	err := f(call)
	l.away.note(ctx, err)
	return err
}

// tooLong reports whether a wait of d ends after end, or after ctx.
func tooLong(ctx context.Context, now time.Time, d time.Duration, end time.Time) bool {
	then := now.Add(d)
	deadline, ok := ctx.Deadline()
	return d > 0 && then.After(end) || ok && then.After(deadline)
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

// late is the error for a wait that is too long.
func late(scope cloudapi.LimitScope, wait time.Duration) error {
	return &cloudapi.LimitError{Scope: scope, Wait: wait}
}

// pause is how long to wait after a refusal of the given class, 0 if it was another.
func pause(o cloudapi.Observation, class message.Class, least time.Duration) time.Duration {
	if o.Throttled != class {
		return 0
	}
	return min(max(o.RetryAfter, least), longestPause)
}

// longestPause is the longest that anything is stopped because somebody says so.
const longestPause = 24 * time.Hour
