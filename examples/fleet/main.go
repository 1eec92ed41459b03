// Command fleet is one process of a fleet: any number of them work on the same numbers, on one
// machine or on many, and which engines they use is a matter of flags.
//
//	fleet -role receiver,worker,console -postgres "$DSN" -channels channels.json
//	fleet -role receiver -log nats -nats nats://one:4222,nats://two:4222,nats://three:4222 …
//	fleet -role worker   -log kafka -kafka one:9092,two:9092,three:9092 -limits redis -redis redis:6379 …
//
// A receiver takes webhooks in at /webhook, a worker does what follows from them and sends, and a
// console shows it to agents at /console. Each answers at /healthz, whether it lives, and at /readyz,
// whether to send it traffic. The README says when to choose which engine, with figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := parse(os.Args[1:], os.Getenv, os.Stderr)
	if err == nil {
		err = run(ctx, cfg)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// run is the program: a process until ctx is done.
func run(ctx context.Context, cfg *config) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil)).With(slog.String("process", cfg.name))
	p, err := newProcess(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer p.close()
	return p.run(ctx)
}
