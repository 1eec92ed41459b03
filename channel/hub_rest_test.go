package channel_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/stretchr/testify/require"
)

// It runs alone, since it counts the goroutines of the whole program.
func TestABurstLeavesNoGoroutinesBehind(t *testing.T) { //nolint:paralleltest // see above
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, channeltest.LabOptions{})
		l.Run()
		l.Pass(time.Minute)
		before := runtime.NumGoroutine()
		for n := range 300 {
			l.Post(channeltest.Stranger(n).Text(time.Now(), fmt.Sprint("wamid.", n), "hello"))
		}
		l.Pass(time.Minute)
		require.Len(t, l.Host.Texts(), 300)
		// A burst leaves a worker for each piece of work in hand, dozens, or none; the runtime itself
		// may have begun one or two of its own, such as that for cleanups.
		require.LessOrEqual(t, runtime.NumGoroutine(), before+4)
		l.Stop()
	})
}
