package redislimit_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/redislimit"
)

// patience bounds what takes a moment when nothing is wrong: it only tells a hang from a slow machine.
const patience = 2 * time.Minute

// redisServer is a real server that a test may kill and start again.
type redisServer struct {
	port int
	dir  string

	mu  sync.Mutex
	cmd *exec.Cmd
}

// startRedis starts a server of its own for the test, with nothing on disk.
func startRedis(t *testing.T) *redisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		missing(t, "redis-server is not installed")
	}
	s := &redisServer{port: freePort(t), dir: t.TempDir()}
	s.start(t)
	t.Cleanup(s.kill)
	return s
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("KANAVA_REQUIRE_SERVICES") == "1" {
		t.Fatalf("Redis is required (KANAVA_REQUIRE_SERVICES=1): %s", what)
	}
	t.Skipf("no Redis: %s, and KANAVA_REDIS_ADDR is not set", what)
}

func (s *redisServer) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command("redis-server", "--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.dir)
	require.NoError(t, cmd.Start())
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", s.addr())
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, patience, 10*time.Millisecond, "redis-server does not start")
}

func (s *redisServer) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

func (s *redisServer) addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// shared is the server of the tests that kill none: the one in KANAVA_REDIS_ADDR, or one of ours.
func shared(t *testing.T) string {
	t.Helper()
	if addr := os.Getenv("KANAVA_REDIS_ADDR"); addr != "" {
		return addr
	}
	return startRedis(t).addr()
}

func connect(t *testing.T, addr string) rueidis.Client {
	t.Helper()
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{addr}, DisableCache: true, DisableRetry: true,
		Dialer: net.Dialer{Timeout: patience}, ConnWriteTimeout: patience})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// process returns the limiter of one more process. Each test has keys of its own.
func process(t *testing.T, addr string, cfg redislimit.Config) cloudapi.Limiter {
	t.Helper()
	cfg.Client = connect(t, addr)
	cfg.Prefix = "kanava:test:" + t.Name()
	l, err := redislimit.New(cfg)
	require.NoError(t, err)
	return l
}
