package storetest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/storetest"
	"github.com/stretchr/testify/require"
)

// keeper is a memstore with a clock of its own, which f may get wrong.
type keeper struct {
	faulty
	now func() time.Time
}

func newKeeper() *keeper {
	k := &keeper{faulty: faulty{Store: memstore.New()}, now: time.Now}
	mapClaim(&k.faulty, func(c *store.Claim) { c.Now = time.Now() })
	return k
}

func (k *keeper) Now(context.Context) (time.Time, error) { return k.now(), nil }

func TestAStoreWithAClockOfItsOwnKeepsToIt(t *testing.T) {
	t.Parallel()
	for _, b := range clockBreaks {
		k := newKeeper()
		_, err := storetest.CheckCase(t.Context(), b.caught, k, func() store.Store { return k })
		require.NoError(t, err)
	}
}

var clockBreaks = []struct {
	store, caught string
	break_        func(k *keeper)
}{
	{"goes by the caller's clock", "a wrong clock of the caller takes nothing that is in good hands", func(k *keeper) {
		k.claim = nil
	}},
	{"ends leases by the clock of who has them", "a lease ends by the store's clock", func(k *keeper) {
		var last time.Time
		mapClaim(&k.faulty, func(c *store.Claim) {
			if last.IsZero() {
				last = c.Now
				c.Lease += time.Until(c.Now) + time.Hour
			}
			c.Now = time.Now()
		})
	}},
	{"stands still", "the store's clock moves on", func(k *keeper) {
		stopped := time.Now()
		k.now = func() time.Time { return stopped }
	}},
}

func TestBrokenClocksAreCaughtByName(t *testing.T) {
	t.Parallel()
	for _, b := range clockBreaks {
		t.Run(b.store, func(t *testing.T) {
			t.Parallel()
			k := newKeeper()
			b.break_(k)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			found, err := storetest.CheckCase(ctx, b.caught, k, func() store.Store { return k })
			require.True(t, found, "there is no case %q", b.caught)
			require.Error(t, err, "a store that %s was not caught by %q", b.store, b.caught)
		})
	}
}

// A case that is passed over must exist.
func TestCasesByTheCallersClockExist(t *testing.T) {
	t.Parallel()
	require.Subset(t, storetest.CaseNames(), storetest.CallersClockCases())
	require.False(t, slices.Contains(storetest.CallersClockCases(), "a lease ends by the store's clock"))
}
