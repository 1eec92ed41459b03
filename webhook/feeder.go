package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"
)

// Defaults of [FeederConfig].
const (
	DefaultMaxTries = 20
	DefaultMinWait  = time.Second
	DefaultMaxWait  = time.Minute
)

// FeederConfig says how a [Feeder] works. Sink is required.
type FeederConfig struct {
	// Sink gets the deliveries.
	Sink Sink
	// Timeout is when the context of Sink.Accept ends; 0 means DefaultTimeout.
	Timeout time.Duration
	// MaxTries is how often a delivery may fail while others get through, before it is put
	// aside as dead; 0 means DefaultMaxTries. As long as nothing gets through at all, nothing
	// dies: the sink is down, and not a delivery bad.
	MaxTries int
	// MinWait and MaxWait bound the wait before a delivery is tried again. It begins with
	// MinWait and doubles with each failure. 0 means DefaultMinWait and DefaultMaxWait.
	MinWait, MaxWait time.Duration
	// InOrder says that the log stops at a delivery that fails, so that there may be no other
	// that could get through. It is then put aside after ten times MaxTries all the same.
	InOrder bool
	// Extract puts what Recorder.Inject carried along into the context of Sink.Accept. Nil
	// leaves the context as it is. carried may be nil.
	Extract func(ctx context.Context, carried map[string]string) context.Context
	// Logger receives warnings about failures and errors about deliveries put aside. Nil means
	// silence.
	Logger *slog.Logger
}

// Feeder hands records of a log to a [Sink], and says what is to become of each. It is what
// adapters of logs have in common, and safe for concurrent use; it starts nothing.
type Feeder struct {
	cfg FeederConfig

	mu     sync.Mutex
	passed time.Time // when a delivery last got through
	streak int       // failures since then
}

// NewFeeder returns a Feeder, or an error that joins everything wrong with cfg.
func NewFeeder(cfg FeederConfig) (*Feeder, error) {
	var errs []error
	refuse := func(problem string) { errs = append(errs, errors.New("webhook: feeder config: "+problem)) }
	if cfg.Sink == nil {
		refuse("Sink is nil")
	}
	if cfg.Timeout < 0 {
		refuse("Timeout is negative")
	}
	if cfg.MaxTries < 0 {
		refuse("MaxTries is negative")
	}
	if cfg.MinWait < 0 {
		refuse("MinWait is negative")
	}
	if cfg.MaxWait < 0 {
		refuse("MaxWait is negative")
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.MaxTries = cmp.Or(cfg.MaxTries, DefaultMaxTries)
	cfg.MinWait = cmp.Or(cfg.MinWait, DefaultMinWait)
	cfg.MaxWait = max(cmp.Or(cfg.MaxWait, DefaultMaxWait), cfg.MinWait)
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	return &Feeder{cfg: cfg}, nil
}

// Outcome is what is to become of a record that was fed. The zero Outcome means that the sink
// has it: it may be acknowledged.
type Outcome struct {
	// Again says that the record has to be fed once more, not before Wait has passed.
	Again bool
	Wait  time.Duration
	// Dead says why the record is to be put aside for people to look at; "" for all others.
	// It quotes nothing of the delivery.
	Dead string
}

// Feed hands a record to the sink. try counts from 1; a log that does not know how often a record
// was tried says 1. The sink's work outlives ctx, whose values it sees, but not Timeout. A panic
// is contained and counts as a failure.
//
// A record that cannot be read is dead at once. So is nothing else: see [FeederConfig.MaxTries]. One
// that a later release wrote is fed again, ten times as often: processes of that release may be
// among those who feed.
func (f *Feeder) Feed(ctx context.Context, r *Record, try int) Outcome {
	d, carried, err := r.Delivery()
	later := errors.Is(err, errLater)
	switch {
	case err == nil:
		err = f.accept(ctx, d, carried)
	case !later:
		return f.dead(ctx, try, err.Error())
	}
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.passed, f.streak = now, 0
		return Outcome{}
	}
	f.streak++
	othersPass := f.passed.After(now.Add(-2 * f.wait(try-1))) // since the last try, or nearly
	if !later && try >= f.cfg.MaxTries && othersPass || (later || f.cfg.InOrder) && try/10 >= f.cfg.MaxTries {
		return f.dead(ctx, try, fmt.Sprintf("the sink refused it %d times: %s", try, oneLine(err)))
	}
	out := Outcome{Again: true, Wait: f.wait(try)}
	f.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "webhook: sink failed, the log will try again",
		slog.Int("try", try), slog.Duration("wait", out.Wait), slog.Any("error", err))
	return out
}

// accept hands a delivery to the sink.
func (f *Feeder) accept(ctx context.Context, d *Delivery, carried map[string]string) error {
	if f.cfg.Extract != nil {
		ctx = f.cfg.Extract(ctx, carried)
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.cfg.Timeout)
	defer cancel()
	return accept(work, f.cfg.Sink, d)
}

func (f *Feeder) dead(ctx context.Context, try int, reason string) Outcome {
	f.cfg.Logger.LogAttrs(ctx, slog.LevelError, "webhook: delivery put aside as dead", slog.Int("try", try), slog.String("reason", reason))
	return Outcome{Dead: reason}
}

// outageAfter is how many failures in a row mean that the sink is down.
const outageAfter = 8

// Room says how many of free workers a log may use now, and after which wait: all of them and
// none as long as the sink takes what it gets; one, to try with, once it has failed eight times
// in a row, so that a log full of deliveries is not run against a wall. The wait is at most five
// times MinWait: the failures may be those of one bad delivery that is alone.
func (f *Feeder) Room(free int) (n int, wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.streak < outageAfter {
		return free, 0
	}
	return min(free, 1), min(f.wait(f.streak-outageAfter+1), 5*f.cfg.MinWait)
}

// wait is how long a record waits after its nth failure.
func (f *Feeder) wait(n int) time.Duration {
	if n < 1 {
		n = 1
	}
	d := float64(f.cfg.MinWait) * math.Pow(2, float64(n-1))
	return time.Duration(min(d, float64(f.cfg.MaxWait)))
}

// maxReason is the longest reason that is kept, in bytes.
const maxReason = 500

// oneLine returns the text of an error as a header can hold it.
func oneLine(err error) string {
	s := strings.Join(strings.Fields(strings.ToValidUTF8(err.Error(), "?")), " ")
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "")
	}
	return s
}
