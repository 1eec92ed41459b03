package redislimit

import (
	"cmp"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/rueidis"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/sharelimit"
)

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

	// App is the ID of the Meta app whose tokens the calls use; see sharelimit.Config.
	App string

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
	shared := sharelimit.Config{
		Limits: cfg.Limits, App: cfg.App, AloneShare: cfg.AloneShare, Processes: cfg.Processes,
		Timeout: cmp.Or(cfg.Timeout, DefaultTimeout), Logger: cfg.Logger,
	}
	var errs []error
	if cfg.Client == nil {
		errs = append(errs, errors.New("redislimit: config: Client is nil"))
	}
	for _, problem := range shared.Problems() {
		errs = append(errs, errors.New("redislimit: config: "+problem))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	shared.Ledger = &ledger{client: cfg.Client, prefix: cmp.Or(cfg.Prefix, DefaultPrefix), script: rueidis.NewLuaScript(source)}
	return sharelimit.New(shared)
}
