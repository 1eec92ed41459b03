package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// childEnv makes the test binary be the program.
const childEnv = "KANAVA_FLEET_PROCESS"

// patience bounds what takes seconds, or a minute, when nothing is wrong: it only tells a hang from a slow
// machine.
const patience = 15 * time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(pgtest.Main(m))
}

// bench is WhatsApp, the engines, and the processes of a fleet with a balancer before them.
type bench struct {
	t        testing.TB
	world    *cloudapitest.World
	number   *cloudapitest.Number   // the only one, or the first
	numbers  []*cloudapitest.Number // all
	users    []*cloudapitest.User
	schema   pgtest.Schema
	flags    []string // of every process
	env      []string
	balancer *httptest.Server
	sticky   bool         // the log leaves its share to a process that has lost its database
	stood    atomic.Int64 // the longest time for which this process, and WhatsApp in it, did not get its turn

	mu      sync.Mutex
	members []*member
	turn    int
}

// newBench makes the world and the database, with one number. Processes come with start.
func newBench(t testing.TB, users int, flags ...string) *bench {
	t.Helper()
	return newBenchOf(t, users, 1, flags...)
}

func newBenchOf(t testing.TB, users, numbers int, flags ...string) *bench {
	t.Helper()
	return newBenchWith(t, users, numbers, func(*settings.Settings) {}, flags...)
}

func newBenchWith(t testing.TB, users, numbers int, set func(*settings.Settings), flags ...string) *bench {
	t.Helper()
	world, err := cloudapitest.New(cloudapitest.Config{
		Seed: 5, Latency: 20 * time.Millisecond, Transport: http.DefaultTransport, WebhookTimeout: time.Minute,
	})
	require.NoError(t, err)
	b := &bench{t: t, world: world, schema: pgtest.New(t), flags: flags}
	go b.feel()
	app := world.AddApp(cloudapitest.AppConfig{ID: "1"})
	account := world.AddAccount(cloudapitest.AccountConfig{ID: "2"})
	var channels []settings.Settings
	for i := range numbers {
		n := account.AddNumber(cloudapitest.NumberConfig{ID: fmt.Sprint(3 + i)})
		b.numbers = append(b.numbers, n)
		channels = append(channels, settings.Settings{ID: "support", Name: "Support", Number: n.ID, Account: "2"})
		if i > 0 {
			channels[i].ID, channels[i].Name = fmt.Sprint("support", i), fmt.Sprint("Support ", i)
		}
		set(&channels[i])
	}
	b.number = b.numbers[0]
	for range users {
		b.users = append(b.users, world.AddUser(cloudapitest.UserConfig{}))
	}
	graph := httptest.NewServer(world.Handler())
	t.Cleanup(graph.Close)
	b.balancer = httptest.NewServer(b)
	t.Cleanup(b.balancer.Close)
	raw, err := json.Marshal(channels)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "channels.json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	b.flags = append(b.flags, "-channels", file, "-graph", graph.URL, "-insecure-http", "-answer", "-drain", "100ms")
	b.env = append(os.Environ(), childEnv+"=1", "WHATSAPP_TOKEN="+app.Token(account), "WHATSAPP_APP_SECRET="+app.Secret,
		"WHATSAPP_VERIFY_TOKEN="+app.VerifyToken)
	return b
}

// feel notes until the test ends how long this process stands still.
func (b *bench) feel() {
	const beat = 10 * time.Millisecond
	for last := time.Now(); b.t.Context().Err() == nil; {
		time.Sleep(beat)
		now := time.Now()
		b.stood.Store(max(b.stood.Load(), int64(now.Sub(last)-beat)))
		last = now
	}
}

// complaints are what WhatsApp has to complain of. Where the machine stood still, what the processes sent within
// the limits came all at once afterwards: that is none.
func (b *bench) complaints() (all []cloudapitest.Finding) {
	stood := time.Duration(b.stood.Load())
	for _, f := range b.world.Audit() {
		if stood > 250*time.Millisecond && (f.Rule == cloudapitest.RuleThroughput || f.Rule == cloudapitest.RuleHammering) {
			b.t.Logf("on a machine that stood still for %v: %s", stood.Round(time.Millisecond), f.Rule)
			continue
		}
		all = append(all, f)
	}
	return all
}

// press has WhatsApp bring again what nobody took.
func (b *bench) press() { b.world.Advance(time.Minute) }

// open connects WhatsApp to the balancer.
func (b *bench) open() {
	b.t.Helper()
	require.NoError(b.t, b.world.SubscribeURL(b.world.AddApp(cloudapitest.AppConfig{ID: "1"}),
		b.world.AddAccount(cloudapitest.AccountConfig{ID: "2"}), b.balancer.URL+"/webhook"))
}

// ServeHTTP is the balancer: it asks one process after the other until one answers well.
func (b *bench) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.mu.Lock()
	b.turn++
	first, members := b.turn, b.members
	b.mu.Unlock()
	for i := range members {
		m := members[(first+i)%len(members)]
		ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
		status, answer, err := m.forward(ctx, r, body)
		cancel()
		if err == nil && status < http.StatusInternalServerError {
			w.WriteHeader(status)
			_, _ = w.Write(answer)
			return
		}
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (m *member) forward(ctx context.Context, r *http.Request, body []byte) (status int, answer []byte, err error) {
	if m.gone.Load() {
		return 0, nil, errors.New("gone")
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, "http://"+m.listen+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header = r.Header.Clone()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}

// member is one process of the fleet, with a cable of its own to the database.
type member struct {
	b            *bench
	name, listen string
	cmd          *exec.Cmd
	cable        *cable
	gone         atomic.Bool
	ended        chan struct{}

	mu    sync.Mutex
	lines []line
}

// line is a line of a process's log.
type line struct {
	at   time.Time
	text string
}

// start starts a process and waits until it is ready.
func (b *bench) start(name string, flags ...string) *member {
	b.t.Helper()
	return b.startAs(nil, name, flags...)
}

// startAs is start for a process that is not quite like the others; see child.
func (b *bench) startAs(env []string, name string, flags ...string) *member {
	b.t.Helper()
	m := &member{b: b, name: name, listen: fmt.Sprint("127.0.0.1:", pgtest.Port(b.t)), ended: make(chan struct{})}
	var port int
	_, err := fmt.Sscanf(b.schema.DSN[strings.Index(b.schema.DSN, "port="):], "port=%d", &port)
	require.NoError(b.t, err)
	m.cable = newCable(b.t, fmt.Sprint("127.0.0.1:", port))
	dsn := strings.Replace(b.schema.DSN, fmt.Sprint("port=", port), fmt.Sprint("port=", m.cable.port()), 1) + " search_path=" + b.schema.Name
	m.cmd = exec.Command(os.Args[0], append([]string{"-name", name, "-listen", m.listen, "-postgres", dsn}, append(b.flags, flags...)...)...)
	m.cmd.Env = append(slices.Clone(b.env), env...)
	errs, err := m.cmd.StderrPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, m.cmd.Start())
	go func() {
		defer close(m.ended)
		for s := bufio.NewScanner(errs); s.Scan(); {
			m.mu.Lock()
			m.lines = append(m.lines, line{time.Now(), s.Text()})
			m.mu.Unlock()
		}
		_ = m.cmd.Wait()
	}()
	b.t.Cleanup(m.kill)
	b.mu.Lock()
	b.members = append(b.members, m)
	b.mu.Unlock()
	require.Eventually(b.t, m.ready, patience, 20*time.Millisecond, "%s is not ready: %s", name, m)
	return m
}

func (m *member) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.listen+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// String is the log of the process.
func (m *member) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all strings.Builder
	for _, l := range m.lines {
		all.WriteString(l.text + "\n")
	}
	return all.String()
}

func (m *member) signal(s os.Signal) {
	if err := m.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		m.b.t.Error(m.name, s, err)
	}
}

// kill ends the process at once, and leave in order.
func (m *member) kill() {
	if m.gone.Swap(true) {
		return
	}
	m.signal(syscall.SIGKILL)
	<-m.ended
}

func (m *member) leave() {
	m.b.t.Helper()
	m.signal(syscall.SIGTERM)
	select {
	case <-m.ended:
	case <-time.After(patience):
		m.b.t.Error(m.name, "does not end")
	}
	m.gone.Store(true)
	require.Zero(m.b.t, m.cmd.ProcessState.ExitCode(), m.String())
}

// saw waits until the process has logged something about another one, and says when that was.
func (m *member) saw(since time.Time, message, about string) (at time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.lines {
		var said struct{ Msg, Reason, Process string }
		if l.at.After(since) && strings.Contains(l.text, message) && strings.Contains(l.text, about) && json.Unmarshal([]byte(l.text), &said) == nil {
			return l.at, true
		}
	}
	return time.Time{}, false
}

// cable is what connects a process with the database. Cut, it carries nothing, and nobody is told.
type cable struct {
	net.Listener
	to string

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func newCable(t testing.TB, to string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cable{Listener: l, to: to}
	go c.serve()
	t.Cleanup(func() { _ = l.Close(); c.set(false) })
	return c
}

func (c *cable) port() int { return c.Addr().(*net.TCPAddr).Port }

func (c *cable) serve() {
	for {
		near, err := c.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", c.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, near, far)
		c.mu.Unlock()
		go c.carry(far, near)
		go c.carry(near, far)
	}
}

func (c *cable) carry(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		c.mu.Lock()
		cut := c.cut
		c.mu.Unlock()
		if err != nil {
			_ = to.Close()
			return
		}
		if cut {
			continue // lost on the way
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			_ = from.Close()
			return
		}
	}
}

// set cuts the cable, or mends it: what was connected before is of no use then.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	if !cut {
		for _, conn := range c.conns {
			_ = conn.Close()
		}
		c.conns = nil
	}
}

// node is a real NATS server inside the test, one of three.
type node struct {
	config string
	mu     sync.Mutex
	s      *server.Server
	later  *time.Timer
}

// cluster starts three NATS servers and returns their addresses.
func cluster(t testing.TB) (nodes []*node, urls string) {
	t.Helper()
	var ports []int
	for range 6 {
		ports = append(ports, pgtest.Port(t))
	}
	var routes, all []string
	for i := range 3 {
		all = append(all, fmt.Sprint("nats://127.0.0.1:", ports[i]))
		routes = append(routes, fmt.Sprint("nats://127.0.0.1:", ports[3+i]))
	}
	for i := range 3 {
		// Not t.TempDir: a server that was killed may still write when the test ends.
		dir, err := os.MkdirTemp("", "kanava-nats-")
		require.NoError(t, err)
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		n := &node{config: filepath.Join(dir, "nats.conf")}
		require.NoError(t, os.WriteFile(n.config, fmt.Appendf(nil, `
			server_name: n%d
			host: 127.0.0.1
			port: %d
			jetstream { store_dir: %q }
			cluster { name: kanava, listen: "127.0.0.1:%d", routes: [%s] }
		`, i, ports[i], dir, ports[3+i], strings.Join(routes, ", ")), 0o600))
		nodes = append(nodes, n)
		t.Cleanup(n.kill)
	}
	return nodes, strings.Join(all, ",")
}

func (n *node) start(t testing.TB) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	require.NoError(t, n.run())
}

// startLater starts a node again that was killed. It is not in the test's hands then: if it fails, the
// cluster goes on with two.
func (n *node) startLater(after time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.later = time.AfterFunc(after, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.later != nil { // otherwise it was killed again, or the test is over
			_ = n.run()
		}
	})
}

// run starts the server unless it runs. The caller holds the lock.
func (n *node) run() error {
	if n.s != nil {
		return nil
	}
	o, err := server.ProcessConfigFile(n.config)
	if err != nil {
		return err
	}
	o.NoSigs, o.NoLog = true, true
	s, err := server.NewServer(o)
	if err != nil {
		return err
	}
	s.Start()
	n.s = s
	return nil
}

func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.later = nil
	if n.s != nil {
		n.s.Shutdown()
		n.s.WaitForShutdown()
		n.s = nil
	}
}

// redisServer starts a Redis and returns its address.
func redisServer(t *testing.T) (addr string, restart func()) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("KANAVA_REQUIRE_SERVICES") == "1" {
			t.Fatal("redis-server is required (KANAVA_REQUIRE_SERVICES=1)")
		}
		t.Skip("redis-server is not installed")
	}
	port, dir := pgtest.Port(t), t.TempDir()
	var cmd *exec.Cmd
	start := func() {
		cmd = exec.Command("redis-server", "--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir", dir)
		require.NoError(t, cmd.Start())
	}
	stop := func() { _, _ = cmd.Process.Kill(), cmd.Wait() }
	start()
	t.Cleanup(func() { stop() })
	return fmt.Sprint("127.0.0.1:", port), func() { stop(); start() }
}

// get reads a page of the process.
func (m *member) get(t *testing.T, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+m.listen+path, http.NoBody)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, string(body))
	return string(body)
}
