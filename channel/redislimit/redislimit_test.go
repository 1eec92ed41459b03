package redislimit_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/redislimit"
)

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := redislimit.New(redislimit.Config{Limits: cloudapi.Limits{PairBurst: -1}, AloneShare: 51, Processes: -1, Timeout: -1})
	require.EqualError(t, err, `redislimit: config: Client is nil
redislimit: config: Limits has negative values
redislimit: config: AloneShare is 51: 0 to 50 percent
redislimit: config: Processes is -1: with AloneShare it is needed, and less than Limits.PairBurst
redislimit: config: Timeout is negative`)
}

// gate collects when permits were granted.
type gate struct {
	mu    sync.Mutex
	begun time.Time // before the first was asked for
	at    []time.Time
}

func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at = append(g.at, time.Now())
}

// keeps says that no more permits were granted in the time that the storm took than a limit allows,
// with a second's worth to begin with. A machine that is slow to note them only makes it longer.
func (g *gate) keeps(t *testing.T, perSecond float64) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	last := slices.MaxFunc(g.at, time.Time.Compare)
	require.LessOrEqual(t, float64(len(g.at)), perSecond*(1+last.Sub(g.begun).Seconds()))
}

// most is the most permits within one second, as they were noted.
func (g *gate) most() (most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.SortFunc(g.at, time.Time.Compare)
	for from, to := 0, 0; to < len(g.at); to++ {
		for g.at[to].Sub(g.at[from]) >= time.Second {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

// storm has everybody send to many people as fast as they may, until the gate has n. Who is refused
// asks again: a connection may be found dead when it is next used.
func storm(t *testing.T, n int, number string, processes []cloudapi.Limiter) *gate {
	t.Helper()
	g := &gate{begun: time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var senders sync.WaitGroup
	var sent atomic.Int64
	for p, l := range processes {
		for s := range 20 {
			senders.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					_, err := l.Acquire(ctx, cloudapi.Permit{Number: number, Recipient: fmt.Sprint(p, "-", s, "-", i), MaxWait: time.Minute})
					if err != nil {
						select {
						case <-ctx.Done(): // the end
						case <-time.After(10 * time.Millisecond):
						}
						continue
					}
					g.pass()
					if sent.Add(1) >= int64(n) {
						cancel()
						return
					}
				}
			})
		}
	}
	senders.Wait()
	require.GreaterOrEqual(t, len(g.at), n, "permits")
	return g
}

func requireScope(t *testing.T, scope cloudapi.LimitScope, err error) {
	t.Helper()
	var limit *cloudapi.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, scope, limit.Scope)
	require.Positive(t, limit.Wait)
}

func TestNoKeyShowsAPerson(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	l := process(t, addr, redislimit.Config{Timeout: patience, Limits: cloudapi.Limits{PairInterval: time.Hour}}) // a pair is forgotten once all is paid back
	_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "106540352242922", Recipient: "15555550199"})
	require.NoError(t, err)
	client := connect(t, addr)
	keys, err := client.Do(t.Context(), client.B().Keys().Pattern("kanava:test:"+t.Name()+"*").Build()).AsStrSlice()
	require.NoError(t, err)
	require.Len(t, keys, 2)
	for _, key := range keys {
		require.NotContains(t, key, "15555550199")
		require.NotContains(t, key, "106540352242922")
		ttl, err := client.Do(t.Context(), client.B().Ttl().Key(key).Build()).AsInt64()
		require.NoError(t, err)
		require.Positive(t, ttl, "what is not used is forgotten")
	}
}
