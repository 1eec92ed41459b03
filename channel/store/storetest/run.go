package storetest

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// caseTimeout bounds one case, so that a store that blocks for ever fails by name.
const caseTimeout = 5 * time.Minute

// Run exercises the Store contract. open must return a store on empty data; reopen
// returns another store on the same data, while the first is still in use, as another
// process would have it. open registers the cleaning up with its t. The cases run in
// parallel and take some seconds together on a store in memory.
//
// A store that is a [store.Timekeeper] is not asked what depends on whose clock leases go
// by, but whether it keeps to its own. If it can be told to go by the caller's clock, run the
// suite on it both ways.
func Run(t *testing.T, open func(t *testing.T) (s store.Store, reopen func() store.Store)) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, reopen := open(t)
			ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
			defer cancel()
			h := harness{s, reopen}
			if own, err := h.ownClock(ctx); err != nil {
				t.Fatal(err)
			} else if own && slices.Contains(callersClockCases, c.name) {
				t.Skip("leases go by the store's clock")
			} else if !own && slices.ContainsFunc(storesClockCases, c.isNamed) {
				t.Skip("leases go by the caller's clock")
			}
			if err := c.check(ctx, h); err != nil {
				t.Errorf("%v\nThe contract says: %s", err, c.reason)
			}
		})
	}
}

// harness is what a case works on.
type harness struct {
	store  store.Store
	reopen func() store.Store
}

// ownClock says whether leases go by the store's clock.
func (h harness) ownClock(ctx context.Context) (bool, error) {
	keeper, ok := h.store.(store.Timekeeper)
	if !ok {
		return false, nil
	}
	now, err := keeper.Now(ctx)
	return !now.IsZero(), err
}

// testCase checks one promise. reason is the contract's sentence.
type testCase struct {
	name, reason string
	run          func(ctx context.Context, h harness) error
}

func (c *testCase) isNamed(other testCase) bool { return c.name == other.name }

// check runs the case; a panic of the store is a failure like any other.
func (c *testCase) check(ctx context.Context, h harness) (err error) {
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
	for _, part := range [][]testCase{
		recordCases, boundCases, bodyCases, listCases, onceCases, claimCases, laneCases, settleCases, queryCases,
		batchCases, heldCases, releaseCases, concurrentCases, storesClockCases, followCases, searchCases,
	} {
		all = append(all, part...)
	}
	return all
}
