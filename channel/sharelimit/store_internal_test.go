package sharelimit

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// keeper is a store with a clock of its own.
type keeper struct {
	store.Store
	off   time.Duration
	takes time.Duration
	asked int
}

func (k *keeper) Now(context.Context) (time.Time, error) {
	k.asked++
	time.Sleep(k.takes)
	return time.Now().Add(k.off), nil
}

// While a machine sleeps, its monotonic clock stands still: what others were granted meanwhile must not
// look as if it lay hours ahead.
func TestAMachineThatSleptAsksTheStoreForTheTimeAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		s := &inStore{store: k}
		sleep := func(d time.Duration) {
			k.off += d
			s.wall = s.wall.Add(-d)
		}
		present := func() time.Time {
			micro, err := s.now(t.Context())
			require.NoError(t, err)
			return time.UnixMicro(int64(micro))
		}
		require.WithinDuration(t, time.Now(), present(), 0)
		sleep(2 * time.Hour)
		for range 3 {
			require.WithinDuration(t, time.Now().Add(2*time.Hour), present(), 0)
			time.Sleep(time.Second)
		}
		require.Equal(t, 2, k.asked, "once after it slept")
		time.Sleep(measureEvery)
		present()
		require.Equal(t, 3, k.asked)
	})
}

// A store that is slow says only roughly what time it is. That is better than a time that lies behind by
// as long as the machine slept.
func TestASlowStoreIsBelievedByAMachineThatSlept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		s := &inStore{store: k}
		off := func() time.Duration {
			micro, err := s.now(t.Context())
			require.NoError(t, err)
			return time.UnixMicro(int64(micro)).Sub(time.Now().Add(k.off)).Abs()
		}
		require.Zero(t, off())
		k.takes = time.Second
		k.off, s.wall = 2*time.Hour, s.wall.Add(-2*time.Hour)
		require.LessOrEqual(t, off(), k.takes)
		time.Sleep(2 * measureEvery)
		require.LessOrEqual(t, off(), k.takes, "nor is what is known given up for it")
		k.takes = 0
		require.Zero(t, off())
	})
}
