package redislimit

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

//go:embed limits.lua
var source string

// Defaults of [Config].
const (
	DefaultPrefix  = "kanava:limit"
	DefaultTimeout = 250 * time.Millisecond
)

// Config says where the limits are kept. Client is required.
type Config struct {
	// Client is a connection to Redis 6 or newer, or to what speaks its protocol and runs its
	// scripts. The limiter does not close it.
	Client rueidis.Client

	// Limits are the limits, as for a single process; all processes have the same ones.
	Limits cloudapi.Limits

	// AloneShare is the part of every limit, in percent, that is set aside for processes that do
	// not reach Redis, 0 to 50. 0 means that nothing goes out of them.
	AloneShare int

	// Processes is the most processes that there may be, less than Limits.PairBurst. It is needed
	// with AloneShare only, which they divide.
	Processes int

	// Prefix begins the names of all keys; "" means DefaultPrefix.
	Prefix string

	// Timeout is how long Redis may take to answer before it counts as away; 0 means
	// DefaultTimeout. While it is away it is tried once a second.
	Timeout time.Duration

	// Logger is told once when Redis goes away and once when it is back. Nil means silence.
	Logger *slog.Logger
}

// New returns a limiter, or an error that joins everything wrong with cfg. It starts nothing and
// does not ask Redis yet.
func New(cfg Config) (cloudapi.Limiter, error) {
	var errs []error
	refuse := func(problem string) { errs = append(errs, errors.New("redislimit: config: "+problem)) }
	if cfg.Client == nil {
		refuse("Client is nil")
	}
	l := &cfg.Limits
	if l.Throughput < 0 || l.Reserve < 0 || l.PairInterval < 0 || l.PairBurst < 0 || l.AccountPerHour < 0 {
		refuse("Limits has negative values")
	}
	if cfg.AloneShare < 0 || cfg.AloneShare > 50 {
		refuse(fmt.Sprintf("AloneShare is %d: 0 to 50 percent", cfg.AloneShare))
	}
	burst := cmp.Or(l.PairBurst, 45)
	if cfg.AloneShare > 0 && (cfg.Processes < 1 || cfg.Processes >= burst) {
		refuse(fmt.Sprintf("Processes is %d: with AloneShare it is needed, and less than Limits.PairBurst", cfg.Processes))
	}
	if cfg.Timeout < 0 {
		refuse("Timeout is negative")
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	cfg.Prefix = cmp.Or(cfg.Prefix, DefaultPrefix)
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	// As cloudapi.NewLimiter has them.
	l.Throughput = cmp.Or(l.Throughput, cloudapi.ThroughputStandard)
	l.PairInterval = cmp.Or(l.PairInterval, 6*time.Second)
	l.PairBurst = burst
	l.AccountPerHour = cmp.Or(l.AccountPerHour, 5000)
	return &limiter{
		cfg: cfg, shared: sharesOf(&cfg), script: rueidis.NewLuaScript(source), numbers: map[string]*number{},
		away: away{log: cfg.Logger}, alone: alone{free: map[string]time.Time{}},
	}, nil
}

type limiter struct {
	cfg    Config
	shared shares
	script *rueidis.Lua
	away   away
	alone  alone

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

// exec runs the script; args are numbers, durations in microseconds. An error means that Redis
// is away.
func (l *limiter) exec(ctx context.Context, op string, keys []string, args ...int64) (rueidis.RedisMessage, error) {
	texts := make([]string, 0, len(args)+4)
	texts = append(texts, op, strconv.FormatInt(l.shared.pairInterval.Microseconds(), 10), strconv.Itoa(l.shared.pairBurst),
		strconv.FormatFloat(l.shared.part, 'f', 4, 64))
	for _, a := range args {
		texts = append(texts, strconv.FormatInt(a, 10))
	}
	// What was asked for in time is of use even if who asked is gone: the answer is for others, too.
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.Timeout)
	defer cancel()
	m, err := l.script.Exec(call, l.cfg.Client, keys, texts).ToMessage()
	l.away.note(ctx, err)
	if err != nil {
		return m, fmt.Errorf("redislimit: %s: %w", op, err)
	}
	return m, nil
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
	return max(o.RetryAfter, least)
}
