package logtest

import (
	"context"
	"fmt"
	"runtime/debug"
	"testing"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// Log is a durable log of deliveries as one process has it.
type Log interface {
	// Accept keeps a delivery. It returns nil only once it is durable. A delivery whose scope
	// covers nothing is refused with webhook.ErrNoScope.
	webhook.Sink

	// Run feeds what the log keeps to sink until ctx is done, lets what the sink has in hand
	// finish, and returns nil then.
	Run(ctx context.Context, sink webhook.Sink) error

	// DeadLetters returns up to limit records that were put aside, the oldest first.
	DeadLetters(ctx context.Context, limit int) ([]webhook.DeadRecord, error)

	// Replay puts up to limit records that were put aside back into the log, the oldest
	// first, and returns how many.
	Replay(ctx context.Context, limit int) (int, error)
}

// Holder is implemented by a [Log] under test that can show what it keeps.
type Holder interface {
	// Holds returns all that the log keeps, as it stands on its disk or comes over its wire.
	Holds(ctx context.Context) ([]byte, error)
}

// Options say what a case asks of a log. What a log calls otherwise, the test translates.
type Options struct {
	// Name says which log is meant. The first to name one finds it empty; whoever names it
	// again is another process on the same log.
	Name string
	// InOrder asks for the order of each number.
	InOrder bool
	// MaxTries, MinWait and MaxWait are those of webhook.FeederConfig.
	MaxTries         int
	MinWait, MaxWait time.Duration
	// Redact, Inject and Extract are those of webhook.Recorder and webhook.FeederConfig.
	Redact  func(string) string
	Inject  func(context.Context) map[string]string
	Extract func(context.Context, map[string]string) context.Context
}

// caseTimeout bounds one case, so that a log that blocks for ever fails by name.
const caseTimeout = 5 * time.Minute

// Run exercises the contract of a log. open returns a handle on the log that o names, as a
// process of its own would have it, and registers the cleaning up with its t. It may be called
// from several goroutines. The cases run in parallel.
func Run(t *testing.T, open func(t *testing.T, o Options) Log) {
	t.Helper()
	for i, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
			defer cancel()
			h := &harness{name: fmt.Sprintf("case%d", i), open: func(o Options) Log { return open(t, o) }}
			if err := c.check(ctx, h); err != nil {
				t.Errorf("%v\nThe contract says: %s", err, c.reason)
			}
		})
	}
}

// testCase checks one promise. reason is the contract's sentence.
type testCase struct {
	name, reason string
	run          func(ctx context.Context, h *harness) error
}

// check runs the case; a panic of the log is a failure like any other.
func (c *testCase) check(ctx context.Context, h *harness) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.run(ctx, h)
}

// cases are all of them.
func cases() []testCase {
	var all []testCase
	for _, part := range [][]testCase{keepCases, failCases, runCases, orderCases} {
		all = append(all, part...)
	}
	return all
}
