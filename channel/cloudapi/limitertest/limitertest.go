package limitertest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// caseTimeout bounds one case, so that a limiter that grants nothing fails by name.
const caseTimeout = 5 * time.Minute

// Run exercises the contract of cloudapi.Limiter. open prepares a place where nothing is known yet, and
// returns what makes the limiter of one more process on it; it registers the cleaning up with its
// t. The cases run in parallel.
func Run(t *testing.T, open func(t *testing.T, limits cloudapi.Limits) (process func() cloudapi.Limiter)) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
			defer cancel()
			if err := c.check(ctx, func(l cloudapi.Limits) func() cloudapi.Limiter { return open(t, l) }); err != nil {
				t.Errorf("%v\nThe contract says: %s", err, c.reason)
			}
		})
	}
}

// opener makes a place with limits, and what makes processes on it.
type opener func(cloudapi.Limits) (process func() cloudapi.Limiter)

// testCase checks one promise. reason is the contract's sentence.
type testCase struct {
	name, reason string
	run          func(ctx context.Context, open opener) error
}

// check runs the case; a panic of the limiter is a failure like any other.
func (c *testCase) check(ctx context.Context, open opener) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.run(ctx, open)
}

func cases() (all []testCase) {
	for _, part := range [][]testCase{numberCases, pairCases, learnCases, accountCases, callCases} {
		all = append(all, part...)
	}
	return all
}

// permit asks for a permit to write to somebody.
func permit(ctx context.Context, l cloudapi.Limiter, number, to string, most time.Duration) error {
	_, err := l.Acquire(ctx, cloudapi.Permit{Number: number, Recipient: to, MaxWait: most})
	return err
}

// refused makes sure that an error is a refusal for a limit.
func refused(err error, scope cloudapi.LimitScope, least time.Duration) error {
	var limit *cloudapi.LimitError
	switch {
	case err == nil:
		return fmt.Errorf("a permit was granted beyond the limit of the %s", scope)
	case !errors.As(err, &limit):
		return fmt.Errorf("the refusal is no *cloudapi.LimitError: %w", err)
	case limit.Scope != scope:
		return fmt.Errorf("refused for the limit of the %q, not of the %q", limit.Scope, scope)
	case limit.Wait <= 0 || limit.Wait < least:
		return fmt.Errorf("the refusal says to come again in %v", limit.Wait)
	}
	return nil
}

// Of a limit of one in a second some comes back while a machine stands still. A try that took longer than
// quick does not count as a failure, and is repeated, tries times at most.
const (
	quick = 250 * time.Millisecond
	tries = 100
)

// quickly runs f until it succeeds, or fails although the machine was quick; f uses names of its own in each try.
func quickly(f func(try int) error) error {
	for try := 1; ; try++ {
		began := time.Now()
		if err := f(try); err == nil || time.Since(began) < quick || try == tries {
			return err
		}
	}
}

// granted makes sure that a permit was granted.
func granted(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// burst is what was granted, and in which time.
type burst struct {
	granted int
	took    time.Duration
	err     error // of one that was no refusal
}

// storm has every process send to many people from a number, by several senders at once, until n
// messages were granted.
func storm(ctx context.Context, n int, number string, processes ...cloudapi.Limiter) burst {
	var b burst
	var mu sync.Mutex
	var senders sync.WaitGroup
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	began := time.Now()
	for p, l := range processes {
		for s := range 8 {
			senders.Go(func() {
				for i := 0; ; i++ {
					err := permit(ctx, l, number, fmt.Sprint(p, "-", s, "-", i), time.Minute)
					mu.Lock()
					switch {
					case b.granted >= n, b.err != nil:
						mu.Unlock()
						return
					case err != nil:
						b.err = err
						enough()
					default:
						if b.granted++; b.granted == n {
							b.took = time.Since(began)
							enough()
						}
					}
					mu.Unlock()
				}
			})
		}
	}
	senders.Wait()
	return b
}

// within makes sure that a storm kept a limit, with a second's worth to begin with.
func (b burst) within(perSecond float64) error {
	if b.err != nil {
		return fmt.Errorf("after %d permits: %w", b.granted, b.err)
	}
	if most := perSecond * (1 + b.took.Seconds()); float64(b.granted) > most {
		return fmt.Errorf("%d permits in %v, with %v allowed in a second", b.granted, b.took, perSecond)
	}
	return nil
}

// firstOf returns the first error.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
