package natslog_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/natslog"
)

// tally is a sink that counts messages, and refuses some.
type tally struct {
	mu    sync.Mutex
	seen  map[string]int
	calls atomic.Int64
}

func (c *tally) Accept(_ context.Context, d *webhook.Delivery) error {
	if c.calls.Add(1)%7 == 0 {
		return errors.New("busy")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := range d.Events() {
		if m, ok := e.Payload.(*webhook.Message); ok {
			c.seen[m.ID]++
		}
	}
	return nil
}

func (c *tally) has(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen) >= n
}

// openCluster opens the log on a cluster that may not have elected its leaders yet: nobody answers then, and
// the client's few seconds have to end for another try.
func openCluster(t testing.TB, cfg natslog.Config) *natslog.Log {
	t.Helper()
	var l *natslog.Log
	var err error
	require.Eventually(t, func() bool { l, err = natslog.Open(t.Context(), cfg); return err == nil }, patience, 100*time.Millisecond, "no log: %v", err)
	return l
}

// TestServersOfAClusterDie kills one of three servers after the other, the leader among them, and
// starts them again, while two processes publish and two others work. What was acknowledged
// arrives.
func TestServersOfAClusterDie(t *testing.T) {
	t.Parallel()
	nodes := cluster(t)
	open := func() *natslog.Log {
		return openCluster(t, natslog.Config{Conn: connect(t, "app", nodes...), Timeout: time.Second, MinWait: 10 * time.Millisecond, MaxWait: 100 * time.Millisecond})
	}
	c := &tally{seen: map[string]int{}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var workers, publishers sync.WaitGroup
	for range 2 {
		l := open()
		workers.Go(func() {
			if err := l.Run(ctx, c); err != nil {
				t.Error(err)
			}
		})
	}
	var acknowledged sync.Map
	var count, refused atomic.Int64
	publishing, finish := context.WithCancel(t.Context())
	defer finish()
	for p := range 2 {
		l := open()
		publishers.Go(func() {
			for i := 0; publishing.Err() == nil; i++ {
				id := fmt.Sprintf("p%d-%d", p, i)
				// As the handler does it: ten seconds at most, then WhatsApp repeats.
				try, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				err := l.Accept(try, delivery(id))
				cancel()
				if err != nil {
					refused.Add(1)
					continue
				}
				acknowledged.Store(id, true)
				count.Add(1)
			}
		})
	}
	more := func() {
		t.Helper()
		from := count.Load()
		require.Eventually(t, func() bool { return count.Load() >= from+50 }, patience, 10*time.Millisecond, "publishing stands still")
	}
	whole := func() { // one of three may die: not while another one still lacks what it missed
		t.Helper()
		for _, n := range nodes {
			for _, stream := range []string{natslog.DefaultStream, natslog.DefaultStream + "_DEAD"} {
				require.Eventually(t, func() bool { return n.current(stream) }, patience, 10*time.Millisecond, "%s does not catch up with %s", n.name, stream)
			}
		}
	}
	more()
	for range len(nodes) {
		whole()
		i := 0
		for j, n := range nodes {
			if n.leads(natslog.DefaultStream) {
				i = j
			}
		}
		nodes[i].kill()
		more() // two of three go on
		nodes[i].start(t)
		more()
	}
	finish()
	publishers.Wait()
	missing := func() (ids []string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		acknowledged.Range(func(id, _ any) bool {
			if c.seen[id.(string)] == 0 {
				ids = append(ids, id.(string))
			}
			return true
		})
		return ids
	}
	require.Eventually(t, func() bool { return len(missing()) == 0 }, patience, 50*time.Millisecond)
	cancel()
	workers.Wait()
	again := 0
	for _, n := range c.seen {
		again += n - 1
	}
	t.Logf("%d acknowledged, %d refused while servers died, 0 lost, %d fed again", count.Load(), refused.Load(), again)
}

// TestAServerRestarts has one server, which syncs, stopped and started in the midst of work.
func TestAServerRestarts(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	cfg := natslog.Config{Conn: connect(t, "app", n), System: connect(t, "sys", n), Replicas: 1, Timeout: time.Second, MinWait: 10 * time.Millisecond, MaxWait: 100 * time.Millisecond}
	l, err := natslog.Open(patient(t), cfg)
	require.NoError(t, err)
	const many = 200
	for i := range many / 2 {
		require.NoError(t, l.Accept(patient(t), delivery(fmt.Sprint("w", i))))
	}
	c := &tally{seen: map[string]int{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, c) }()
	require.Eventually(t, func() bool { return c.has(10) }, patience, time.Millisecond)
	n.kill()
	down, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	require.Error(t, l.Accept(down, delivery("while it was down")), "nobody has it")
	stop()
	n.start(t)
	for i := many / 2; i < many; i++ {
		require.Eventually(t, func() bool { return l.Accept(t.Context(), delivery(fmt.Sprint("w", i))) == nil }, patience, 10*time.Millisecond)
	}
	require.Eventually(t, func() bool { return c.has(many) }, patience, 10*time.Millisecond)
	cancel()
	require.NoError(t, <-done)
}

// TestASlowConsumerLosesNothing has one process whose sink hangs: another one gets the rest, and
// the connection is not cut off.
func TestASlowConsumerLosesNothing(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	open := func() (*natslog.Log, *nats.Conn) {
		conn := connect(t, "app", n)
		l, err := natslog.Open(patient(t), natslog.Config{Conn: conn, System: connect(t, "sys", n), Replicas: 1, Concurrency: 4})
		require.NoError(t, err)
		return l, conn
	}
	slow, conn := open()
	for i := range 100 {
		require.NoError(t, slow.Accept(patient(t), delivery(fmt.Sprint("w", i))))
	}
	hang, begun := make(chan struct{}), make(chan struct{}, 100)
	c := &tally{seen: map[string]int{}}
	c.calls.Store(-1 << 40)
	hanging := webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
		begun <- struct{}{}
		<-hang
		return c.Accept(ctx, d)
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- slow.Run(ctx, hanging) }()
	for range 4 {
		<-begun
	}
	quick, _ := open()
	go func() { done <- quick.Run(ctx, c) }()
	require.Eventually(t, func() bool { return c.has(80) }, patience, 10*time.Millisecond, "what the slow one has not begun is another's")
	close(hang)
	require.Eventually(t, func() bool { return c.has(100) }, patience, 10*time.Millisecond)
	require.NoError(t, conn.LastError(), "no slow consumer for the server")
	cancel()
	require.NoError(t, <-done)
	require.NoError(t, <-done)
}

// TestARepetitionIsKeptOnce shows what the ID of a message is for.
func TestARepetitionIsKeptOnce(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	conn := connect(t, "app", n)
	l, err := natslog.Open(patient(t), natslog.Config{Conn: conn, System: connect(t, "sys", n), Replicas: 1})
	require.NoError(t, err)
	for range 5 {
		require.NoError(t, l.Accept(patient(t), delivery("w")))
	}
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	s, err := js.Stream(patient(t), natslog.DefaultStream)
	require.NoError(t, err)
	require.EqualValues(t, 1, s.CachedInfo().State.Msgs)
}
