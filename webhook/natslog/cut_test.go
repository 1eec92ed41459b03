package natslog_test

import (
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook/natslog"
)

// A cutter stands between a client and a server, and cuts what goes through it.
type cutter struct {
	net.Listener
	to string

	mu    sync.Mutex
	conns []net.Conn
	mute  atomic.Bool // answers of the server are lost
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cutter{Listener: l, to: to}
	go c.serve()
	t.Cleanup(func() { _ = l.Close(); c.cut() })
	return c
}

func (c *cutter) serve() {
	for {
		client, err := c.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, client, server)
		c.mu.Unlock()
		go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
		go func() { _, _ = io.Copy(answers{client, c}, server); _ = client.Close() }()
	}
}

// answers loses what the server says while the cutter is mute.
type answers struct {
	io.Writer
	c *cutter
}

func (a answers) Write(p []byte) (int, error) {
	if a.c.mute.Load() {
		return len(p), nil
	}
	return a.Writer.Write(p)
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
	c.mute.Store(false)
}

// TestALostAcknowledgementDoublesNothing publishes through a line on which acknowledgements are
// lost and that is cut then, again and again.
func TestALostAcknowledgementDoublesNothing(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	line := newCutter(t, fmt.Sprintf("127.0.0.1:%d", n.port))
	conn, err := nats.Connect("nats://"+line.Addr().String(), nats.UserInfo("app", "app"), nats.MaxReconnects(-1),
		nats.ReconnectWait(20*time.Millisecond), nats.IgnoreDiscoveredServers(), nats.Timeout(patience))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	l, err := natslog.Open(patient(t), natslog.Config{Conn: conn, System: connect(t, "sys", n), Replicas: 1})
	require.NoError(t, err)
	const rounds = 3
	for i := range rounds {
		require.NoError(t, l.Check(patient(t))) // on this line, as Accept does it after each reconnection
		line.mute.Store(true)                   // the message arrives, and what the stream says to it does not
		done := make(chan error, 1)
		go func() { done <- l.Accept(patient(t), delivery(fmt.Sprint("w", i))) }()
		js, err := jetstream.New(connect(t, "app", n))
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			s, err := js.Stream(patient(t), natslog.DefaultStream)
			return err == nil && s.CachedInfo().State.Msgs == uint64(i+1)
		}, patience, time.Millisecond, "the message does not arrive")
		line.cut()
		require.NoError(t, <-done, "it is published again on the next line")
		s, err := js.Stream(patient(t), natslog.DefaultStream)
		require.NoError(t, err)
		require.EqualValues(t, i+1, s.CachedInfo().State.Msgs, "and kept once")
	}
}
