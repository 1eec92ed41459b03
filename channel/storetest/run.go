package storetest

import (
	"context"
	"fmt"
	"runtime/debug"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
)

// caseTimeout bounds one case, so that a store that blocks for ever fails by name.
const caseTimeout = 2 * time.Minute

// Run exercises the Store contract. open must return a store on empty data; reopen
// returns another store on the same data, while the first is still in use, as another
// process would have it. open registers the cleaning up with its t. The cases run in
// parallel and take some seconds together on a store in memory.
func Run(t *testing.T, open func(t *testing.T) (s channel.Store, reopen func() channel.Store)) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, reopen := open(t)
			ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
			defer cancel()
			if err := c.check(ctx, harness{s, reopen}); err != nil {
				t.Errorf("%v\nThe contract says: %s", err, c.reason)
			}
		})
	}
}

// harness is what a case works on.
type harness struct {
	store  channel.Store
	reopen func() channel.Store
}

// testCase checks one promise. reason is the contract's sentence.
type testCase struct {
	name, reason string
	run          func(ctx context.Context, h harness) error
}

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
		batchCases, concurrentCases,
	} {
		all = append(all, part...)
	}
	return all
}
