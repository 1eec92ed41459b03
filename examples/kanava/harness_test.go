package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// update writes the golden screens anew.
var update = flag.Bool("update", false, "write testdata/screens anew")

// today is what the clock shows in these tests.
var today = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// shell runs the command as a user would, without a process.
type shell struct {
	env      map[string]string
	stdin    string
	terminal bool // a terminal of 80 columns
	now      func() time.Time
}

// printed is what came of a command line.
type printed struct {
	code      int
	out, errs string
	all       string // both, in order
}

func (s shell) run(t *testing.T, args ...string) printed {
	t.Helper()
	return s.runIn(t.Context(), args...)
}

func (s shell) runIn(ctx context.Context, args ...string) printed {
	var out, errs, all buffer
	p := s.program(io.MultiWriter(&out, &all), io.MultiWriter(&errs, &all))
	code := p.run(ctx, args)
	return printed{code, out.String(), errs.String(), all.String()}
}

func (s shell) program(out, errs io.Writer) *program {
	now := s.now
	if now == nil {
		now = func() time.Time { return today }
	}
	return &program{
		in: strings.NewReader(s.stdin), out: out, errs: errs, columns: 80, now: now,
		getenv:     func(name string) string { return s.env[name] },
		inTerminal: s.terminal, outTerminal: s.terminal, errTerminal: s.terminal,
	}
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// write puts a file into a folder of the test.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// screen compares what a user sees with testdata/screens/NAME.txt.
func screen(t *testing.T, name, got string) {
	t.Helper()
	for line := range strings.SplitSeq(got, "\n") {
		if n := utf8.RuneCountInString(line); n > 80 && !strings.Contains(line, "://") && !strings.Contains(line, ": error: ") && !strings.Contains(line, "EAA") {
			t.Errorf("%s: a line has %d characters, a terminal 80: %s", name, n, line)
		}
	}
	file := filepath.Join("testdata", "screens", name+".txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update")
	require.Equal(t, string(want), got, "screen %s", name)
}

// eventually waits until something is so. The bound only ends what hangs.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	require.Eventually(t, so, 15*time.Minute, 10*time.Millisecond, what)
}
