package natslog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// patience bounds what takes seconds when nothing is wrong: it only tells a hang from a slow machine.
const patience = 3 * time.Minute

// patient is a context for calls of the log: without an end of its own, a call gives up after the few seconds
// of the client.
func patient(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// node is a real NATS server inside the test, which can be killed and started again on the same
// address and files.
type node struct {
	name, config string
	port         int

	mu sync.Mutex
	s  *server.Server
}

// configure writes the configuration of a server with a system account.
func configure(t testing.TB, name, jetstream, rest string) *node {
	t.Helper()
	// Not t.TempDir: a server that was killed may still write when the test ends.
	dir, err := os.MkdirTemp("", "kanava-nats-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	n := &node{name: name, config: filepath.Join(dir, "nats.conf"), port: freePort(t)}
	require.NoError(t, os.WriteFile(n.config, fmt.Appendf(nil, `
		server_name: %s
		host: 127.0.0.1
		port: %d
		jetstream { store_dir: %q, %s }
		accounts {
			SYS { users: [{user: sys, password: sys}] }
			APP { jetstream: enabled, users: [{user: app, password: app}] }
		}
		system_account: SYS
		%s
	`, name, n.port, dir, jetstream, rest), 0o600))
	return n
}

func (n *node) start(t testing.TB) {
	t.Helper()
	o, err := server.ProcessConfigFile(n.config)
	require.NoError(t, err)
	o.NoSigs, o.NoLog = true, true
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	require.True(t, s.ReadyForConnections(patience), "server %s does not start", n.name)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.s = s
}

func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.s != nil {
		n.s.Shutdown()
		n.s.WaitForShutdown()
		n.s = nil
	}
}

// leads reports whether the server leads a stream.
func (n *node) leads(stream string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.s != nil && n.s.JetStreamIsStreamLeader("APP", stream)
}

// current reports whether the server has all that the cluster knows, and a stream that it keeps.
func (n *node) current(stream string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.s != nil && n.s.JetStreamIsCurrent() && n.s.JetStreamIsStreamCurrent("APP", stream)
}

// single starts one server.
func single(t testing.TB, jetstream, rest string) *node {
	t.Helper()
	n := configure(t, "one", jetstream, rest)
	n.start(t)
	t.Cleanup(n.kill)
	return n
}

const syncAlways = "sync_interval: always"

// cluster starts three servers that form one. They sync as they do unless told otherwise: the
// replicas are what keeps messages safe.
func cluster(t testing.TB) []*node {
	t.Helper()
	ports := []int{freePort(t), freePort(t), freePort(t)}
	var routes []string
	for _, port := range ports {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	nodes := make([]*node, 3)
	for i, port := range ports {
		nodes[i] = configure(t, fmt.Sprint("n", i+1), "", fmt.Sprintf("cluster { name: kanava, listen: \"127.0.0.1:%d\", routes: [%s] }",
			port, strings.Join(routes, ", ")))
		t.Cleanup(nodes[i].kill)
	}
	var starting sync.WaitGroup
	for _, n := range nodes {
		starting.Go(func() { n.start(t) })
	}
	starting.Wait()
	return nodes
}

// connect connects a user to nodes and goes on trying for ever.
func connect(t testing.TB, user string, nodes ...*node) *nats.Conn {
	t.Helper()
	var urls []string
	for _, n := range nodes {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", n.port))
	}
	conn, err := nats.Connect(strings.Join(urls, ","), nats.UserInfo(user, user), nats.MaxReconnects(-1),
		nats.ReconnectWait(50*time.Millisecond), nats.IgnoreDiscoveredServers(), nats.Timeout(patience))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}
