package redislimit_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/redislimit"
)

func TestWithoutAShareNothingGoesWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	s := startRedis(t)
	var log bytes.Buffer
	l := process(t, s.addr(), redislimit.Config{Timeout: patience, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	acquire := func() error {
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "15555550199", MaxWait: patience})
		return err
	}
	require.NoError(t, acquire())
	s.kill()
	for range 5 {
		requireScope(t, cloudapi.ScopeNumber, acquire())
	}
	_, err := l.Acquire(t.Context(), cloudapi.Permit{Account: "100"})
	requireScope(t, cloudapi.ScopeAccount, err)
	l.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 1000, Inbound: 1}) // is quick and cannot fail
	s.start(t)
	require.Eventually(t, func() bool { return acquire() == nil }, patience, 20*time.Millisecond, "it is back, without its scripts and data")
	require.Equal(t, 1, strings.Count(log.String(), "out of reach"), "told once")
	require.Equal(t, 1, strings.Count(log.String(), "are back"))
	require.NotContains(t, log.String(), "15555550199")
}

// TestTheSumHoldsWhoeverIsCutOff has two of three processes cut off while the third goes on.
func TestTheSumHoldsWhoeverIsCutOff(t *testing.T) {
	t.Parallel()
	reachable, gone := startRedis(t), startRedis(t)
	cfg := redislimit.Config{AloneShare: 20, Processes: 3}
	processes := []cloudapi.Limiter{process(t, reachable.addr(), cfg), process(t, gone.addr(), cfg), process(t, gone.addr(), cfg)}
	gone.kill()
	g := storm(t, 200, "7", processes)
	g.keeps(t, 80)
	t.Logf("one process with Redis and two without: at most %d messages within a second", g.most())

	alone := storm(t, 50, "8", processes[1:])
	alone.keeps(t, 80*20/100*2/3+2) // each has its part of the share

	for i, l := range processes[1:] {
		permit := cloudapi.Permit{Number: fmt.Sprint("pair", i), Recipient: "x", MaxWait: time.Minute}
		_, err := l.Acquire(t.Context(), permit)
		require.NoError(t, err, "one to each user")
		_, err = l.Acquire(t.Context(), permit)
		requireScope(t, cloudapi.ScopePair, err)
	}
}

func ExampleNew() {
	// The connection is the host's: rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"redis:6379"}})
	_, err := redislimit.New(redislimit.Config{AloneShare: 10})
	fmt.Println(err)
	// Output:
	// redislimit: config: Client is nil
	// redislimit: config: Processes is 0: with AloneShare it is needed, and less than Limits.PairBurst
}
