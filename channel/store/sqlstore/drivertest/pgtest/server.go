package pgtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startTimeout bounds a start, including the recovery after a crash.
const startTimeout = 3 * time.Minute

// Server is a PostgreSQL that the test started and can stop and crash.
type Server struct {
	bin, dir string
	port     int
	settings []string
	log      logBuffer
	mu       sync.Mutex
	cmd      *exec.Cmd
	ended    chan struct{}
}

// Start starts a server of the test's own, which ends with the test. It needs the
// binaries on the machine, whatever KANAVA_POSTGRES_DSN says. A setting is a line of the
// server's configuration, such as "log_statement=all".
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s, err := start(tb.Context(), settings...)
	if err != nil {
		missing(tb, err)
	}
	tb.Cleanup(s.Stop)
	return s
}

// DSN is the address of the server.
func (s *Server) DSN() string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=kanava dbname=postgres sslmode=disable", s.port)
}

// Data is the folder that holds the server's files, its write-ahead log among them.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

// Log returns what the server has written into its log so far.
func (s *Server) Log() []byte { return s.log.bytes() }

// Stop ends the server in good order and removes its data.
func (s *Server) Stop() {
	s.signal(syscall.SIGINT)
	os.RemoveAll(s.dir)
}

// Crash ends the server at once, without writing anything that is not yet on disk, and
// starts it again: it recovers from its log.
func (s *Server) Crash(ctx context.Context) error {
	s.signal(syscall.SIGQUIT)
	return s.run(ctx)
}

// signal sends sig and waits for the end of the server.
func (s *Server) signal(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(sig)
	<-s.ended
	s.cmd = nil
}

// start makes a data folder and starts a server on it.
func start(ctx context.Context, settings ...string) (_ *Server, err error) {
	s := &Server{settings: settings}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "kanava-postgres-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(s.dir)
		}
	}()
	if err := giveAway(s.dir); err != nil {
		return nil, err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"), "-D", s.Data(),
		"-U", "kanava", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir = s.dir
	initdb.SysProcAttr = asOther()
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, lastLine(string(out)))
	}
	for range 5 { // another program may take the port before the server does
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		if err = s.run(ctx); err == nil {
			return s, nil
		}
	}
	return nil, err
}

// run starts the server on its data and waits until it accepts connections.
func (s *Server) run(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.Data(),
		"-h", "127.0.0.1", "-p", fmt.Sprint(s.port), "-k", "",
		"-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB", "-c", "log_checkpoints=off")
	for _, setting := range s.settings {
		cmd.Args = append(cmd.Args, "-c", setting)
	}
	cmd.Dir = s.dir
	cmd.SysProcAttr = asOther()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := startTied(cmd); err != nil {
		return err
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	var last string
	go func() {
		defer close(ended)
		last = watch(io.TeeReader(stderr, &s.log), ready)
		cmd.Wait()
	}()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case <-ready:
		s.cmd, s.ended = cmd, ended
		return nil
	case <-ended:
		return fmt.Errorf("postgres did not start: %s", last)
	case <-ctx.Done():
		cmd.Process.Signal(syscall.SIGQUIT)
		<-ended
		return fmt.Errorf("postgres did not start: %w: %s", ctx.Err(), last)
	}
}

// logBuffer keeps a log.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.text.Bytes())
}

// watch reads the server's log until its end, closes ready when it says so, and returns
// the last line.
func watch(log io.Reader, ready chan<- struct{}) (last string) {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 64<<20) // statements with their parameters may be in it
	said := false
	for lines.Scan() {
		last = lines.Text()
		if !said && strings.Contains(last, "ready to accept connections") {
			said = true
			close(ready)
		}
	}
	return last
}

// startTied starts cmd from a thread that lives as long as this process, because the
// kernel ends the server with the thread that started it.
func startTied(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {} // never give the thread back
	}()
	return <-started
}

// binaries finds the folder that holds initdb and postgres.
func binaries() (string, error) {
	var candidates []string
	if path, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Sort(installed)
	slices.Reverse(installed)
	for _, dir := range append(candidates, installed...) {
		_, err1 := os.Stat(filepath.Join(dir, "initdb"))
		_, err2 := os.Stat(filepath.Join(dir, "postgres"))
		if err1 == nil && err2 == nil {
			return dir, nil
		}
	}
	return "", errors.New("neither PATH nor /usr/lib/postgresql has initdb and postgres")
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
