package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook/natslog"
)

// BenchmarkWholeWay has customers of thirty numbers write as fast as they can, and measures how many
// messages a second are taken in, answered, sent and followed by three statuses, by how many processes,
// and how that compares with what the engine in front does by itself in the same run: single inserts
// of a row of 700 bytes, or publishing 1,000 bytes, by 16 at a time. The figures mean little by
// themselves, since the simulated WhatsApp shares the machine: it is the ratios that count.
//
//	go test ./fleet -run '^$' -bench WholeWay -benchtime 1x
func BenchmarkWholeWay(b *testing.B) {
	for _, in := range []struct {
		name string
		log  func(b *testing.B) (flags []string, own func() float64)
	}{
		{"PostgreSQL alone", nil},
		{"JetStream, one server that syncs", oneThatSyncs},
		{"JetStream of three", ofThree},
	} {
		one := 0.0
		for _, processes := range []int{1, 2, 4} {
			b.Run(fmt.Sprint(in.name, ", processes ", processes), func(b *testing.B) {
				for range b.N {
					var flags []string
					var own func() float64
					if in.log != nil {
						flags, own = in.log(b)
					}
					f := newBenchOf(b, 300, 30, flags...)
					if own == nil {
						own = f.inserts
					}
					engine := own()
					rate := f.wholeWay(1000, processes)
					if processes == 1 {
						one = rate
					}
					b.ReportMetric(rate, "messages/s")
					b.ReportMetric(rate/one, "×one")
					b.ReportMetric(engine, "engine/s")
					b.ReportMetric(rate/engine, "×engine")
				}
			})
		}
	}
}

// wholeWay returns how many messages a second a fleet answers.
func (b *bench) wholeWay(messages, processes int) float64 {
	b.t.Helper()
	for i := range processes {
		b.start(fmt.Sprint("process ", i))
	}
	b.open()
	ctx, end := context.WithCancel(b.t.Context())
	defer end()
	go func() { _ = b.world.Run(ctx) }()
	began := time.Now()
	for i := range messages {
		b.users[i%len(b.users)].Text(b.numbers[i%len(b.numbers)], "message "+word(i))
	}
	// On a machine that is busy a request may end without an answer: whether that one was sent is for
	// somebody to look at, and nobody does here.
	answered := 0
	require.Eventually(b.t, func() bool { answered = b.answered(); return answered >= messages*99/100 }, 5*time.Minute, 250*time.Millisecond)
	return float64(answered) / time.Since(began).Seconds()
}

// perSecond is how often a second 16 at a time do something.
func perSecond(t testing.TB, do func() error) float64 {
	t.Helper()
	const long = 2 * time.Second
	var n atomic.Int64
	var work sync.WaitGroup
	for range 16 {
		work.Go(func() {
			for end := time.Now().Add(long); time.Now().Before(end); n.Add(1) {
				if err := do(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	return float64(n.Load()) / long.Seconds()
}

// inserts is how many single rows a second the database takes.
func (b *bench) inserts() float64 {
	b.t.Helper()
	db, err := b.schema.Open()
	require.NoError(b.t, err)
	defer db.Close()
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	_, err = db.ExecContext(b.t.Context(), `CREATE TABLE own (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)`)
	require.NoError(b.t, err)
	body := strings.Repeat("x", 700)
	return perSecond(b.t, func() error {
		_, err := db.ExecContext(b.t.Context(), `INSERT INTO own (body) VALUES ($1)`, body)
		return err
	})
}

// publishes returns what measures how many messages a second JetStream acknowledges.
func publishes(b *testing.B, conn *nats.Conn, replicas int) func() float64 {
	b.Helper()
	return func() float64 {
		js, err := jetstream.New(conn)
		require.NoError(b, err)
		require.Eventually(b, func() bool {
			_, err = js.CreateStream(b.Context(), jetstream.StreamConfig{Name: "own", Subjects: []string{"own"}, Replicas: replicas, Storage: jetstream.FileStorage})
			return err == nil
		}, time.Minute, 100*time.Millisecond)
		body := make([]byte, 1000)
		return perSecond(b, func() error {
			_, err := js.Publish(b.Context(), "own", body)
			return err
		})
	}
}

func connect(b *testing.B, urls string, opts ...nats.Option) *nats.Conn {
	b.Helper()
	conn, err := nats.Connect(urls, append(opts, nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1))...)
	require.NoError(b, err)
	b.Cleanup(conn.Close)
	return conn
}

func ofThree(b *testing.B) (flags []string, own func() float64) {
	b.Helper()
	nodes, urls := cluster(b)
	for _, n := range nodes {
		n.start(b)
	}
	return []string{"-log", "nats", "-nats", urls}, publishes(b, connect(b, urls), 3)
}

// oneThatSyncs has the stream made before: -insecure-log accepts it as it is, for want of a
// connection to the server's own account.
func oneThatSyncs(b *testing.B) (flags []string, own func() float64) {
	b.Helper()
	port := pgtest.Port(b)
	dir, err := os.MkdirTemp("", "kanava-nats-")
	require.NoError(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	n := &node{config: filepath.Join(dir, "nats.conf")}
	require.NoError(b, os.WriteFile(n.config, fmt.Appendf(nil, `
		host: 127.0.0.1
		port: %d
		jetstream { store_dir: %q, sync_interval: always }
		accounts {
			SYS { users: [{user: sys, password: sys}] }
			APP { jetstream: enabled, users: [{user: app, password: app}] }
		}
		system_account: SYS
	`, port, dir), 0o600))
	n.start(b)
	b.Cleanup(n.kill)
	url := fmt.Sprint("nats://app:app@127.0.0.1:", port)
	conn := connect(b, url)
	system := connect(b, fmt.Sprint("nats://sys:sys@127.0.0.1:", port))
	require.Eventually(b, func() bool {
		_, err = natslog.Open(b.Context(), natslog.Config{Conn: conn, System: system, Replicas: 1})
		return err == nil
	}, time.Minute, 100*time.Millisecond, "%v", err)
	return []string{"-log", "nats", "-nats", url, "-insecure-log"}, publishes(b, conn, 1)
}

// BenchmarkApart measures how long a customer waits for the answer to a single message while nothing
// else happens, when one process does everything, and when one takes in and another works: then the
// worker finds the message when it looks the next time. How many transactions a second an idle fleet
// of the two costs the database stands beside it.
//
//	go test ./fleet -run '^$' -bench Apart -benchtime 20x
func BenchmarkApart(b *testing.B) {
	for _, c := range []struct {
		name  string
		roles []string
		flags []string
	}{
		{"together", []string{"receiver,worker"}, nil},
		{"apart, looking once a second", []string{"worker", "receiver"}, nil},
		{"apart, looking ten times a second", []string{"worker", "receiver"}, []string{"-poll", "100ms"}},
		{"apart, looking forty times a second", []string{"worker", "receiver"}, []string{"-poll", "25ms"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := newBenchOf(b, 1, 1, c.flags...)
			for _, role := range c.roles {
				f.start(role, "-role", role)
			}
			f.members = f.members[len(f.members)-1:] // WhatsApp knows the receiver only
			f.open()
			ctx, end := context.WithCancel(b.Context())
			defer end()
			go func() { _ = f.world.Run(ctx) }()
			var waits []time.Duration
			for i := 0; b.Loop(); i++ {
				began := time.Now()
				f.users[0].Text(f.number, "message "+word(i))
				for f.answered() <= i {
					time.Sleep(2 * time.Millisecond)
				}
				waits = append(waits, time.Since(began))
				time.Sleep(time.Duration(i*137%1000) * time.Millisecond) // at any moment of the worker's second
			}
			slices.Sort(waits)
			before := f.transactions()
			time.Sleep(5 * time.Second)
			b.ReportMetric(float64(waits[len(waits)/2].Milliseconds()), "ms-median")
			b.ReportMetric(float64(waits[len(waits)*9/10].Milliseconds()), "ms-90%")
			b.ReportMetric(float64(f.transactions()-before)/5, "idle-transactions/s")
		})
	}
}

// transactions is how many the database has had.
func (b *bench) transactions() (n int64) {
	b.t.Helper()
	db, err := b.schema.Open()
	require.NoError(b.t, err)
	defer db.Close()
	require.NoError(b.t, db.QueryRowContext(b.t.Context(), `SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`).Scan(&n))
	return n
}
