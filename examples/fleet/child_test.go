package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// What else the environment of a process says, beside childEnv: clockEnv by how much its clock is
// wrong, and nextEnv that it is one of the next release. SIGUSR1 sets its clock by jump, forth and
// back.
const (
	clockEnv = "KANAVA_FLEET_CLOCK"
	nextEnv  = "KANAVA_FLEET_NEXT"
	jump     = 2 * time.Minute
)

// child is the program with what only tests have.
func child() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := parse(os.Args[1:], os.Getenv, os.Stderr)
	if err == nil {
		wrong, _ := time.ParseDuration(os.Getenv(clockEnv))
		cfg.now = jumping(ctx, wrong)
		if os.Getenv(nextEnv) != "" {
			cfg.over = func(st *sqlstore.Store) store.Store { return &next{st} }
		}
		err = run(ctx, cfg)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// jumping is a clock that is wrong, and jumps.
func jumping(ctx context.Context, wrong time.Duration) func() time.Time {
	var ahead atomic.Int64
	ahead.Store(int64(wrong))
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		for by := int64(jump); ; by = -by {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				ahead.Add(by)
			}
		}
	}()
	return func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
}

// next is the store as the next release may use it: whatever it writes has fields that this one
// does not know, and with it come a kind of record and a kind of work that are new.
type next struct{ *sqlstore.Store }

// What only the next release knows. The new record says which document was written with its field.
const (
	nextField  = "next_release"
	nextRecord = "next_record"
	nextWork   = "next_work"
)

// nextKinds are documents of the kinds that stay.
var nextKinds = []string{"customer", "conversation", "message", "process", "shared"}

// Commit implements [store.Store].
func (n *next) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	more := *b
	more.Put, more.Add, more.Enqueue = slices.Clone(b.Put), slices.Clone(b.Add), slices.Clone(b.Enqueue)
	for i := range more.Put {
		r := &more.Put[i]
		var doc map[string]json.RawMessage
		if !slices.Contains(nextKinds, r.Kind) || json.Unmarshal(r.Body, &doc) != nil {
			continue
		}
		for name, part := range doc { // one floor down as well
			var inner map[string]json.RawMessage
			if r.Kind == "message" && name == "author" && json.Unmarshal(part, &inner) == nil {
				inner[nextField] = json.RawMessage(`{"of":"this part"}`)
				doc[name], _ = json.Marshal(inner)
			}
		}
		doc[nextField] = json.RawMessage(`["what","ever"]`)
		r.Body, _ = json.Marshal(doc)
		more.Add = append(more.Add, store.Record{Kind: nextRecord, Key: r.Kind + " " + r.Key, Parent: nextRecord, N: 1})
		if r.Kind == "message" && r.Version == 0 {
			more.Enqueue = append(more.Enqueue, store.Work{Queue: nextWork, ID: r.Key, Lane: r.Key, Body: []byte(`{"new":true}`), Once: true})
		}
	}
	return n.Store.Commit(ctx, &more)
}
