package drivertest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// rounds is how often a crash is repeated: half as often under the race detector, under
// which each child starts slowly, and a few times with -short.
func rounds(n int) int {
	switch {
	case testing.Short():
		return min(n, 3)
	case raceDetector:
		return n / 2
	}
	return n
}

// TestCrashChild is not a test: it is what the killed process runs.
func TestCrashChild(t *testing.T) {
	target := os.Getenv("KANAVA_CRASH_TARGET")
	if target == "" {
		return
	}
	var s store.Store
	kind, name, _ := strings.Cut(target, ":")
	switch schema := (pgtest.Schema{DSN: os.Getenv("KANAVA_CRASH_DSN"), Name: name, App: name + "_child"}); kind {
	case "sqlite":
		s, _ = openSQLite(t, name)
	case "postgres":
		s, _ = openPostgres(t, schema)
	case "pgx":
		s, _ = openPgx(t, schema, pgxstore.Config{})
	}
	var mu sync.Mutex
	name, acked := os.Getenv("KANAVA_CRASH_NAME"), func(what, id string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf("acked %s %s\n", what, id) // one write: not buffered, not torn
	}
	if words := os.Getenv("KANAVA_CRASH_WORDS"); words != "" {
		writeWords(t, s, name, words == "go", acked)
		return
	}
	w := workload{
		store: s, name: name, acked: acked,
		failed: func(err error) bool { return errors.Is(err, store.ErrLeaseLost) },
	}
	w.run(t.Context())
}

// crash starts a child on the target, kills it after a number of acknowledgements, and
// adds those to acked.
func crash(t *testing.T, after int, acked map[string]string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	for n := 0; ; {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // a torn last line was not acknowledged to anybody
		}
		require.NoError(t, err)
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != "acked" {
			continue
		}
		if acked[fields[2]] != "consumed" {
			acked[fields[2]] = fields[1]
		}
		if n++; n == after {
			require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
		}
	}
	err = cmd.Wait()
	require.ErrorContains(t, err, "killed", "the child ended by itself")
}

func TestAKilledProcessLosesNothingOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kanava.db")
	r := rand.New(rand.NewPCG(1, 1))
	acked := map[string]string{}
	for round := range rounds(20) {
		crash(t, 1+r.IntN(150), acked, "KANAVA_CRASH_TARGET=sqlite:"+path, fmt.Sprint("KANAVA_CRASH_NAME=", round))
		s, db := openSQLite(t, path)
		audit(t, s, acked)
		var sound string
		require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&sound))
		require.Equal(t, "ok", sound)
	}
	s, _ := openSQLite(t, path)
	drain(t, s)
}

func TestAKilledProcessLosesNothingOnPostgreSQL(t *testing.T) {
	t.Parallel()
	killedOnPostgres(t, "postgres")
}

func TestAKilledProcessLosesNothingByPgx(t *testing.T) {
	t.Parallel()
	killedOnPostgres(t, "pgx")
}

// killedOnPostgres kills children of one kind again and again.
func killedOnPostgres(t *testing.T, kind string) {
	schema := pgtest.New(t)
	s, _ := openPostgres(t, schema)
	children := schema
	children.App = schema.Name + "_child"
	r := rand.New(rand.NewPCG(2, 2))
	acked := map[string]string{}
	for round := range rounds(12) {
		crash(t, 1+r.IntN(150), acked, "KANAVA_CRASH_TARGET="+kind+":"+schema.Name, "KANAVA_CRASH_DSN="+schema.DSN,
			fmt.Sprint("KANAVA_CRASH_NAME=", round))
		require.NoError(t, children.Cut())
		audit(t, s, acked)
	}
	drainPostgres(t, schema)
}

// disturbed runs a workload while disturb does its worst several times, and returns
// what was acknowledged.
func disturbed(t *testing.T, s store.Store, times int, disturb func() error) map[string]string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	acked := map[string]string{}
	again := make(chan struct{}, 1)
	sinceLast := 0
	w := workload{
		store: s, name: "w",
		acked: func(what, id string) {
			mu.Lock()
			defer mu.Unlock()
			if acked[id] != "consumed" {
				acked[id] = what
			}
			if sinceLast++; sinceLast >= 40 {
				sinceLast = 0
				select {
				case again <- struct{}{}:
				default:
				}
			}
		},
		failed: func(error) bool { return true },
	}
	var wg sync.WaitGroup
	wg.Go(func() { w.run(ctx) })
	for range times {
		select {
		case <-again:
		case <-t.Context().Done():
			t.Fatal("the workload made no progress")
		}
		require.NoError(t, disturb())
	}
	<-again // it goes on after the last disturbance
	cancel()
	wg.Wait()
	return acked
}

// auditAfresh audits once no connection of before is left, on which a commit that was given up may
// still happen.
func auditAfresh(t *testing.T, schema pgtest.Schema, acked map[string]string) {
	t.Helper()
	require.NoError(t, schema.Cut())
	s, _ := openPostgres(t, schema)
	audit(t, s, acked)
}

func TestCutConnectionsLoseNothing(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	s, _ := openPostgres(t, schema)
	acked := disturbed(t, s, rounds(12), schema.Cut)
	auditAfresh(t, schema, acked)
	drainPostgres(t, schema)
}

func TestCutConnectionsOfPgxLoseNothing(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	s, _ := openPgx(t, schema, pgxstore.Config{})
	acked := disturbed(t, s, rounds(12), schema.Cut)
	auditAfresh(t, schema, acked)
	drainPostgres(t, schema)
}

func TestACrashedServerLosesNothing(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	schema := pgtest.NewSchema(t, server.DSN())
	s, _ := openPostgres(t, schema)
	acked := disturbed(t, s, rounds(4), func() error { return server.Crash(t.Context()) })
	auditAfresh(t, schema, acked)
	drainPostgres(t, schema)
}
