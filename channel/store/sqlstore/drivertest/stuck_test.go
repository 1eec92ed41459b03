package drivertest_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// How long a condition may take to come true, at most, and how often it is looked at.
const (
	patience = 3 * time.Minute
	tick     = 5 * time.Millisecond
)

// A blackHole passes on what a process and its database say to each other until it is
// armed and the process says "commit", or gets a long answer: from then on it swallows
// everything and closes nothing, like a network that was cut.
type blackHole struct {
	armed, shut atomic.Bool
	end         chan struct{} // closed when the test is over
}

// open opens the schema through the hole.
func (b *blackHole) open(t *testing.T, schema pgtest.Schema) *sql.DB {
	t.Helper()
	cfg, err := pgx.ParseConfig(schema.DSN)
	require.NoError(t, err)
	cfg.RuntimeParams["search_path"], cfg.RuntimeParams["application_name"] = schema.Name, schema.App
	dial := cfg.DialFunc
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		server, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		inner, outer := net.Pipe()
		go b.pass(inner, server, true)
		go b.pass(server, inner, false)
		return outer, nil
	}
	return stdlib.OpenDB(*cfg)
}

// longAnswer is more than what a commit gets, in bytes.
const longAnswer = 256 << 10

func (b *blackHole) pass(from io.ReadCloser, to io.WriteCloser, says bool) {
	buf, passed := make([]byte, 64<<10), 0
	for {
		n, err := from.Read(buf)
		if b.armed.Load() {
			passed += n
			if says && strings.Contains(string(buf[:n]), "commit\x00") || !says && passed > longAnswer {
				b.shut.Store(true)
			}
		}
		if b.shut.Load() {
			<-b.end
			err = io.ErrClosedPipe
		}
		if err == nil {
			_, err = to.Write(buf[:n])
		}
		if err != nil {
			_, _ = from.Close(), to.Close()
			return
		}
	}
}

// enqueueIn adds one piece of work to a lane and, if it has a name, counts it in a record.
func enqueueIn(ctx context.Context, s store.Store, lane, id, counter string) error {
	b := &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: id, Lane: lane, Once: true}}}
	if counter != "" {
		b.Add = []store.Record{{Kind: "counter", Key: counter, N: 1}}
	}
	_, err := s.Commit(ctx, b)
	return err
}

// standing counts the transactions of a program that stand idle and hold locks.
func standing(t *testing.T, db *sql.DB, app string) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow(`SELECT count(DISTINCT a.pid) FROM pg_stat_activity AS a JOIN pg_locks AS l ON l.pid = a.pid
		WHERE a.application_name = $1 AND a.state = 'idle in transaction' AND l.locktype = 'advisory'`, app).Scan(&n))
	return n
}

// Somebody stands in the middle of a transaction. Whoever needs none of what it has locked does not wait at all,
// however many others do.
func TestATransactionThatStandsHoldsUpOnlyWhatItHasLocked(t *testing.T) {
	t.Parallel()
	healthy, db := openPostgres(t, pgtest.New(t))
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, enqueueIn(sqlstore.WithTx(t.Context(), tx), healthy, "held", "never committed", "busy"))
	held := needing(t, healthy)
	free(t, healthy) // the transaction ends after that
	require.Empty(t, held.done, "what needs its locks waits")
	require.NoError(t, tx.Rollback())
	held.settle(t, healthy)
}

// A process is cut off in the middle of a transaction. What it has locked is free again after a while.
func TestWhatAProcessThatIsCutOffHasLockedIsFreeAgain(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	healthy, db := openPostgres(t, schema)
	hole := &blackHole{end: make(chan struct{})}
	away := schema
	away.App = schema.Name + "_cut"
	cutDB := hole.open(t, away)
	cut, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: cutDB, Dialect: sqlstore.PostgreSQL, Timeout: patience})
	require.NoError(t, err)

	ctx, leave := context.WithCancel(t.Context())
	hole.armed.Store(true)
	var lost sync.WaitGroup
	lost.Go(func() { _ = enqueueIn(ctx, cut, "held", "never committed", "busy") })
	require.Eventually(t, func() bool { return standing(t, db, away.App) == 1 }, patience, tick, "it stands in the middle of its commit")
	held := needing(t, healthy)
	free(t, healthy)
	held.settle(t, healthy)
	require.Zero(t, standing(t, db, away.App))
	leave()
	close(hole.end)
	lost.Wait()
	require.NoError(t, cutDB.Close())
}

// needy are commits that need what somebody else has locked.
type needy struct {
	all  sync.WaitGroup
	done chan error
}

// needing has forty commits wait for the lane, or for the counter.
func needing(t *testing.T, s store.Store) *needy {
	t.Helper()
	w := &needy{done: make(chan error, 40)}
	for i := range 20 {
		w.all.Go(func() { w.done <- enqueueIn(t.Context(), s, "held", fmt.Sprint("lane ", i), "") })
		w.all.Go(func() { w.done <- enqueueIn(t.Context(), s, fmt.Sprint("l", i), fmt.Sprint("counter ", i), "busy") })
	}
	return w
}

// free makes a hundred commits that need nothing of it.
func free(t *testing.T, s store.Store) {
	t.Helper()
	for i := range 100 {
		require.NoError(t, enqueueIn(t.Context(), s, fmt.Sprint("free ", i%9), fmt.Sprint("free ", i), "idle"))
	}
}

// settle waits until they have what they need: nothing is lost, and nothing is there that was not committed.
func (w *needy) settle(t *testing.T, s store.Store) {
	t.Helper()
	w.all.Wait()
	close(w.done)
	for err := range w.done {
		require.NoError(t, err)
	}
	works, err := s.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 1000})
	require.NoError(t, err)
	require.Len(t, works, 140)
	counted, err := s.Get(t.Context(), "counter", "busy")
	require.NoError(t, err)
	require.EqualValues(t, 20, counted[0].N)
}

// A process is cut off while the server sends it what it has claimed, which is more than the
// network holds. Whoever asks later gets that work.
func TestAProcessThatIsCutOffInAClaimKeepsNothing(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	healthy, _ := openPostgres(t, schema)
	const works = 40
	for i := range works {
		body := []byte(`"` + strings.Repeat("x", 1<<20) + `"`)
		_, err := healthy.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: fmt.Sprint(i), Lane: fmt.Sprint(i), Body: body}}})
		require.NoError(t, err)
	}
	hole := &blackHole{end: make(chan struct{})}
	away := schema
	away.App = schema.Name + "_cut"
	cutDB := hole.open(t, away)
	cut, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: cutDB, Dialect: sqlstore.PostgreSQL, Timeout: patience})
	require.NoError(t, err)
	claim := store.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: works}
	ctx, leave := context.WithCancel(t.Context())
	hole.armed.Store(true)
	var lost sync.WaitGroup
	defer func() {
		leave()
		close(hole.end)
		lost.Wait()
		require.NoError(t, cutDB.Close())
	}()
	lost.Go(func() { _, _ = cut.Claim(ctx, claim) })
	require.Eventually(t, hole.shut.Load, patience, tick, "the answer is on its way")
	got := 0
	require.Eventually(t, func() bool {
		claimed, err := healthy.Claim(t.Context(), claim)
		require.NoError(t, err)
		got += len(claimed)
		return got == works
	}, patience, 100*tick)
}

// A process is stopped in the middle of a transaction, as a paused machine is. The others
// go on; when it runs again it goes on as well, and nothing is lost or doubled.
func TestAProcessThatIsFrozenHoldsUpNobodyForLong(t *testing.T) {
	t.Parallel()
	t.Run("database/sql", func(t *testing.T) {
		t.Parallel()
		schema := pgtest.New(t)
		s, db := openPostgres(t, schema)
		freeze(t, schema, "postgres", s, db)
	})
	t.Run("pgx", func(t *testing.T) {
		t.Parallel()
		schema := pgtest.New(t)
		_, db := openPostgres(t, schema)
		s, _ := openPgx(t, schema, pgxstore.Config{})
		freeze(t, schema, "pgx", s, db)
	})
}

// freeze stops a child of one kind again and again, beside a store that goes on.
func freeze(t *testing.T, schema pgtest.Schema, kind string, s store.Store, db *sql.DB) {
	child := schema.Name + "_child"
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), "KANAVA_CRASH_TARGET="+kind+":"+schema.Name, "KANAVA_CRASH_DSN="+schema.DSN, "KANAVA_CRASH_NAME=frozen")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	var mu sync.Mutex
	acked := map[string]string{}
	count := 0
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "acked" {
				mu.Lock()
				count++
				if acked[fields[2]] != "consumed" {
					acked[fields[2]] = fields[1]
				}
				mu.Unlock()
			}
		}
	})
	acknowledged := func() int { mu.Lock(); defer mu.Unlock(); return count }
	require.Eventually(t, func() bool { return acknowledged() > 20 }, patience, tick)

	for range rounds(4) {
		require.Eventually(t, func() bool { // until it stops where it hurts
			require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
			if standing(t, db, child) > 0 {
				return true
			}
			require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
			return false
		}, patience, tick)
		w := workload{store: s, name: fmt.Sprint("healthy", acknowledged()), acked: func(what, id string) {
			mu.Lock()
			defer mu.Unlock()
			if acked[id] != "consumed" {
				acked[id] = what
			}
		}, failed: func(err error) bool { return errors.Is(err, store.ErrLeaseLost) }}
		ctx, stop := context.WithCancel(t.Context())
		var work sync.WaitGroup
		work.Go(func() { w.run(ctx) })
		require.Eventually(t, func() bool { return standing(t, db, child) == 0 }, patience, tick, "the server ends it")
		stop()
		work.Wait()
		require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
		before := acknowledged()
		require.Eventually(t, func() bool { return acknowledged() > before+20 }, patience, tick, "it goes on")
	}
	require.NoError(t, cmd.Process.Kill())
	reading.Wait()
	require.ErrorContains(t, cmd.Wait(), "killed", "the child ended by itself")
	children := schema
	children.App = child
	require.NoError(t, children.Cut())
	audit(t, s, acked)
	drainPostgres(t, schema)
}
