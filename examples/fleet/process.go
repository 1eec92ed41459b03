package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi"
	workspace "github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// process is one process of the fleet.
type process struct {
	cfg     *config
	log     *slog.Logger
	hub     *channel.Hub
	feed    deliveries         // nil: receivers write into the store
	pages   *workspace.Console // nil: no console
	handler http.Handler
	leaving atomic.Bool
	closers []func()
}

// newProcess opens the engines and puts the parts together. It starts nothing.
func newProcess(ctx context.Context, cfg *config, log *slog.Logger) (p *process, err error) {
	p = &process{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	later := func(f func(), err error) error {
		if err == nil {
			p.closers = append(p.closers, f)
		}
		return err
	}
	st, closeStore, err := openStore(ctx, cfg, log)
	if err := later(closeStore, err); err != nil {
		return nil, err
	}
	var closeLog func()
	p.feed, closeLog, err = openLog(ctx, cfg, log)
	if err := later(closeLog, err); err != nil {
		return nil, err
	}
	limiter, closeLimiter, err := newLimiter(cfg, st, log)
	if err := later(closeLimiter, err); err != nil {
		return nil, err
	}
	graph, err := cloudapi.New(cloudapi.Config{Token: cfg.token, BaseURL: cfg.graph, InsecureHTTP: cfg.insecureHTTP, Limiter: limiter})
	if err != nil {
		return nil, err
	}
	d, err := p.deskOn(st, graph)
	if err != nil {
		return nil, err
	}
	p.handler, err = p.routes(d)
	return p, err
}

// deskOn makes the hub, with a desk on it. All processes on a store are alike in that.
func (p *process) deskOn(st store.Store, graph *cloudapi.Client) (*desk.Desk, error) {
	var channels []channel.Channel
	for _, s := range p.cfg.channels {
		channels = append(channels, channel.Channel{Settings: s, Sender: graph.Number(s.Number)})
	}
	tickets := &tickets{answer: p.cfg.answer}
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: st, Ticketing: tickets, Channels: channels, Logger: p.log, Name: p.cfg.name, Version: p.cfg.version, Now: p.cfg.now, Poll: p.cfg.poll, Feed: true, Search: true,
	}})
	if err != nil {
		return nil, err
	}
	p.hub = d.Hub()
	tickets.hub = p.hub
	return d, nil
}

// routes is what the process answers.
func (p *process) routes(d *desk.Desk) (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", p.ready)
	if p.cfg.is(receiver) {
		var sink webhook.Sink = p.hub
		if p.feed != nil {
			sink = p.feed
		}
		hooks, err := webhook.NewHandler(webhook.Config{
			AppSecrets: []string{p.cfg.secret}, VerifyToken: p.cfg.confirm, Sink: sink, Logger: p.log,
		})
		if err != nil {
			return nil, err
		}
		mux.Handle("/webhook", hooks)
	}
	if p.cfg.is(console) {
		cfg := workspace.Config{Desk: d, Prefix: "/console", Logger: p.log, Actor: func(*http.Request) (access.Actor, error) {
			return access.Actor{Kind: access.Agent, ID: p.cfg.agent, Admin: true}, nil
		}}
		if p.cfg.consoleHost != "" {
			cfg.Hosts = []string{p.cfg.consoleHost}
		}
		var err error
		if p.pages, err = workspace.New(cfg); err != nil {
			return nil, err
		}
		mux.Handle("/console/", p.pages)
	}
	return mux, nil
}

// ready says whether to send traffic here: not while the process leaves, and not without what it needs.
func (p *process) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	err := error(nil)
	switch {
	case p.leaving.Load():
		err = errors.New("leaving")
	case p.feed != nil && p.cfg.is(receiver) && !p.cfg.is(worker) && !p.cfg.is(console):
		err = p.feed.Check(ctx) // the store may be out: the log takes what comes
	default:
		state, failed := p.hub.Health(ctx)
		switch {
		case failed != nil:
			err = errors.New("the store does not answer")
		case p.cfg.is(worker) && !state.Running:
			err = errors.New("not running")
		}
	}
	if err != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		p.log.LogAttrs(ctx, slog.LevelInfo, "not ready", slog.Any("error", err))
		return
	}
	fmt.Fprintln(w, "ready")
}

// run works until ctx is done, and then leaves in order: first it says that it is not ready, so that
// nobody sends it anything more, then it finishes what it has taken in, then what it has in hand.
func (p *process) run(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.cfg.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	work, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	server := &http.Server{Handler: p.handler, ReadHeaderTimeout: 5 * time.Second}
	parts, failed := errgroup.WithContext(work)
	parts.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	if p.cfg.is(worker) {
		parts.Go(func() error { return p.hub.Run(work) })
		if p.feed != nil {
			parts.Go(func() error { return p.feed.Run(work, p.hub) })
		}
	}
	if p.pages != nil {
		parts.Go(func() error { return p.pages.Run(work) })
	}
	parts.Go(func() error {
		select {
		case <-ctx.Done():
		case <-failed.Done(): // one part is out, the others end with it
		}
		p.leaving.Store(true)
		if ctx.Err() != nil {
			select {
			case <-time.After(p.cfg.drain):
			case <-failed.Done():
			}
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err := server.Shutdown(end)
		if err != nil { // open pages of the console: they connect to another process
			err = server.Close()
		}
		done()
		return err
	})
	return parts.Wait()
}

func (p *process) close() {
	for i := len(p.closers) - 1; i >= 0; i-- {
		p.closers[i]()
	}
}
