package channel_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// cable is one process's way to a store that it shares with others. A cable that is cut carries
// nothing; one that is frozen holds whoever uses it up until it is mended.
type cable struct {
	*memstore.Store
	mu     sync.Mutex
	cut    bool
	frozen chan struct{}
	ends   string // the kind of work which, once claimed, is the last that the cable carried
}

var errCut = errors.New("the network is out")

func (c *cable) use(ctx context.Context) error {
	c.mu.Lock()
	cut, frozen := c.cut, c.frozen
	c.mu.Unlock()
	if frozen != nil {
		select {
		case <-frozen:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if cut {
		return errCut
	}
	return nil
}

func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
}

// freeze holds everything up until the returned function is called.
func (c *cable) freeze() (thaw func()) {
	frozen := make(chan struct{})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = frozen
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.frozen = nil
		close(frozen)
	}
}

func (c *cable) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if err := c.use(ctx); err != nil {
		return store.Committed{}, err
	}
	return c.Store.Commit(ctx, b)
}

func (c *cable) Claim(ctx context.Context, q store.Claim) ([]store.Work, error) {
	if err := c.use(ctx); err != nil {
		return nil, err
	}
	found, err := c.Store.Claim(ctx, q)
	if len(found) > 0 && q.Queue == c.ends {
		c.set(true)
	}
	return found, err
}

func (c *cable) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if err := c.use(ctx); err != nil {
		return nil, err
	}
	return c.Store.Get(ctx, kind, keys...)
}

func (c *cable) List(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := c.use(ctx); err != nil {
		return nil, err
	}
	return c.Store.List(ctx, q)
}

// crews runs f in a bubble with processes on one store, each with a cable of its own, which say
// every second that they live. Leases are long, so that none ends by itself in these tests.
func crews(t *testing.T, f func(t *testing.T, join func(name string) (*lab, *cable))) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := memstore.New()
		f(t, func(name string) (*lab, *cable) {
			way := &cable{Store: shared}
			return newLab(t, channeltest.LabOptions{Store: way, Config: func(c *channel.Config) {
				c.Name, c.Version, c.Heartbeat, c.Poll, c.Lease = name, "v1 of "+name, time.Second, time.Second, time.Hour
			}}), way
		})
	})
}

// processNamed is the entry of a process in the register, as l sees it.
func processNamed(t *testing.T, l *lab, name string) *health.Process {
	t.Helper()
	all, err := l.Hub.Processes(t.Context())
	require.NoError(t, err)
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	t.Fatalf("no process %q among %d", name, len(all))
	return nil
}

func TestWhatADeadProcessHadInHandIsTakenOverWithinFiveSeconds(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		doomed, way := join("doomed")
		doomed.Run()
		hanging := make(chan struct{})
		doomed.Host.Fails(func(string, int) error { <-hanging; return nil }) // whatever becomes of its context
		doomed.Post(channeltest.Stranger(1).Text(time.Now(), "wamid.1", "hello"))
		doomed.Pass(2 * time.Second)
		heir, _ := join("heir")
		heir.Run()
		heir.Pass(10 * time.Second)
		require.Empty(t, heir.Host.Texts(), "the doomed one has it in hand")
		require.True(t, processNamed(t, heir, "doomed").Living(time.Now()))
		require.Equal(t, map[string]int{"host": 1}, processNamed(t, heir, "doomed").InHand)

		way.set(true) // as good as killed
		heir.Pass(5 * time.Second)
		require.Equal(t, []string{"hello"}, heir.Host.Texts())
		lost := processNamed(t, heir, "doomed")
		require.False(t, lost.Living(time.Now()))
		require.False(t, lost.Lost.IsZero())
		require.Equal(t, "v1 of doomed", lost.Version)

		close(hanging)
		doomed.Pass(time.Second)
		way.set(false)
		doomed.Pass(12 * time.Second)
		back := processNamed(t, heir, "doomed")
		require.True(t, back.Living(time.Now()), "it goes on when it can")
		require.Equal(t, 1, back.Lapses)
		require.True(t, back.Lost.IsZero())
		doomed.Host.Fails(nil)
		heir.Stop()
		doomed.Post(channeltest.Stranger(2).Text(time.Now(), "wamid.2", "again"))
		doomed.Pass(5 * time.Second)
		require.Contains(t, doomed.Host.Texts(), "again")
		doomed.Stop()
		require.Empty(t, heir.Letters("host"))
	})
}

func TestAScheduledMessageDoesNotWaitForADeadProcess(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		doomed, way := join("doomed")
		way.ends = "later"
		doomed.Run()
		doomed.Post(channeltest.Stranger(1).Text(time.Now(), "wamid.1", "hello"))
		doomed.Pass(2 * time.Second)
		_, err := doomed.later(doomed.Conversation().ID, "Your bicycle is ready.", time.Minute)
		require.NoError(t, err)
		doomed.Pass(time.Minute + 2*time.Second)
		require.Empty(t, doomed.Line.Texts(), "it has it in hand, and cannot go on")
		heir, _ := join("heir")
		heir.Run()
		heir.Pass(10 * time.Second)
		require.Equal(t, []string{"Your bicycle is ready."}, heir.Line.Texts())
		heir.Stop()
		way.set(false)
		doomed.Stop()
	})
}

// A process that hangs finds out by itself that others have what it was about to do.
func TestAFrozenProcessSendsNothingWhenItThaws(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		frozen, way := join("frozen")
		other, _ := join("other")
		frozen.Run()
		other.Run()
		frozen.Say(channeltest.Kim, "wamid.1", "hello")
		conv := frozen.Conversation().ID
		other.Stop()
		_, err := frozen.Reply(conv, "an answer")
		require.NoError(t, err)
		thaw := way.freeze() // its claim is on its way
		frozen.Pass(time.Second)
		again, _ := join("again")
		again.Run()
		again.Pass(10 * time.Second)
		thaw()
		frozen.Pass(time.Minute)
		require.Len(t, append(frozen.Line.Texts(), again.Line.Texts()...), 1, "sent once")
		m := again.Messages(conv)
		require.Equal(t, conversation.Accepted, m[len(m)-1].Delivery.State())
		frozen.Stop()
		again.Stop()
	})
}

// Whoever asks for work when a process is not heard of any more is cut off: nothing has failed in that, and what is
// said of it is said once.
func TestAClaimThatEndsWithTheProcesssLifeIsNoFailure(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		l, way := join("stalled")
		l.Run()
		l.Pass(2 * time.Second)
		thaw := way.freeze()
		l.Pass(10 * time.Second)
		thaw()
		l.Pass(5 * time.Second)
		l.Say(channeltest.Kim, "wamid.1", "hello")
		require.Equal(t, 1, processNamed(t, l, "stalled").Lapses)
		require.NotContains(t, l.Logs.String(), "claim failed")
		l.Stop()
	})
}

// What waits for a permit, say, in the hands of a process that nobody hears is not sent by it any more.
func TestAProcessThatIsNotHeardOfStopsSending(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		l, way := join("cut off")
		l.Run()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		var gaveUp atomic.Int64
		l.Line.Sends(func(ctx context.Context, _ message.Outbound, _ int) error {
			select {
			case <-ctx.Done():
				gaveUp.Add(1)
				return fmt.Errorf("waiting for a permit: %w", ctx.Err())
			case <-time.After(time.Minute):
				return nil
			}
		})
		_, err := l.Reply(conv, "an answer")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Zero(t, gaveUp.Load(), "it is heard of")
		way.set(true)
		l.Pass(3 * time.Second)
		require.EqualValues(t, 1, gaveUp.Load(), "before others believe that it is dead")
		l.Line.Sends(nil)
		way.set(false)
		l.Pass(2 * time.Second)
		m := l.Messages(conv)
		require.Equal(t, conversation.Uncertain, m[len(m)-1].Delivery.State(), "nobody knows what the Sender did")
		require.Len(t, l.Line.Texts(), 1, "and nobody repeats it")
		l.Stop()
	})
}

// A store that is out for all is no reason to take over from those who could not say that they live.
func TestAnOutageOfTheStoreMakesNobodyLost(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		a, wayA := join("a")
		b, wayB := join("b")
		a.Run()
		b.Run()
		a.Pass(10 * time.Second)
		wayA.set(true)
		wayB.set(true)
		a.Pass(time.Minute)
		wayA.set(false) // the one is back a second before the other
		a.Pass(time.Second)
		wayB.set(false)
		a.Pass(15 * time.Second)
		for _, name := range []string{"a", "b"} {
			p := processNamed(t, a, name)
			require.True(t, p.Living(time.Now()), name)
			require.True(t, p.Lost.IsZero(), name)
			require.Equal(t, 1, p.Lapses, name)
		}
		require.NotContains(t, a.Logs.String()+b.Logs.String(), "what it had in hand is taken over")
		a.Stop()
		b.Stop()
	})
}

// A process that ends in order leaves nothing behind that anybody would have to wait for.
func TestAProcessThatEndsInOrderIsNotLost(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		a, _ := join("a")
		b, _ := join("b")
		a.Run()
		b.Run()
		a.Pass(10 * time.Second)
		a.Stop()
		b.Pass(time.Minute)
		p := processNamed(t, b, "a")
		require.False(t, p.Stopped.IsZero())
		require.True(t, p.Lost.IsZero())
		require.NotContains(t, b.Logs.String(), "taken over")
		b.Stop()
		beats, err := b.Store.List(t.Context(), store.Query{Kind: "heartbeat", Limit: 10})
		require.NoError(t, err)
		require.Empty(t, beats)
	})
}

// In a rolling upgrade a process of an earlier version has an entry and says nothing else: it is not
// taken for dead because of that, and its leases end when they end.
func TestAProcessWithoutHeartbeatsIsLeftAlone(t *testing.T) {
	crews(t, func(t *testing.T, join func(string) (*lab, *cable)) {
		l, _ := join("new")
		entry := fmt.Appendf(nil, `{"id":"old","name":"old","seen":%q,"every":"5m0s","channels":["support"]}`, time.Now().UTC().Format(time.RFC3339Nano))
		_, err := l.Store.Commit(t.Context(), &store.Batch{
			Put:     []store.Record{{Kind: "process", Key: "old", Parent: "fleet", Sort: time.Now().UnixMicro(), Body: entry}},
			Enqueue: []store.Work{{Queue: "in", ID: "theirs", Group: "support", Body: []byte("{}")}},
		})
		require.NoError(t, err)
		theirs, err := l.Store.Claim(t.Context(), store.Claim{Queue: "in", Now: time.Now(), Lease: time.Hour, Limit: 1})
		require.NoError(t, err)
		require.Len(t, theirs, 1)
		l.Run()
		l.Pass(2 * time.Minute)
		require.True(t, processNamed(t, l, "old").Lost.IsZero())
		require.True(t, processNamed(t, l, "old").Living(time.Now()))
		_, err = l.Store.Commit(t.Context(), &store.Batch{Done: []store.Lease{theirs[0].Lease()}})
		require.NoError(t, err, "its lease holds")
		l.Stop()
	})
}

func TestAHeartbeatIsNotTooQuickForAnyStore(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{-1, 1, 99 * time.Millisecond} {
		_, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Heartbeat: every})
		require.EqualError(t, err, "channel: config: Heartbeat is below 100 milliseconds")
	}
}
