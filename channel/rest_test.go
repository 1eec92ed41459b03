package channel_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// It runs alone, since it counts the goroutines of the whole program.
func TestABurstLeavesNoGoroutinesBehind(t *testing.T) { //nolint:paralleltest // see above
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, labOptions{})
		l.run()
		l.pass(time.Minute)
		before := runtime.NumGoroutine()
		for n := range 300 {
			l.post(stranger(n).text(time.Now(), fmt.Sprint("wamid.", n), "hello"))
		}
		l.pass(time.Minute)
		require.Len(t, l.host.texts(), 300)
		require.LessOrEqual(t, runtime.NumGoroutine(), before)
		l.stop()
	})
}
