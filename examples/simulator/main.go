// Command simulator is WhatsApp on your own machine: Meta's Graph API, people with
// phones, and signed webhooks, for a program in any language.
//
//	go run ./examples/simulator
//	go run ./examples/simulator -webhook http://localhost:8080/webhook
//
// prints a base URL, an access token and the ids to use in place of Meta's. Point
// your program at them; open the page to play the customers, to see every call and
// webhook with its bodies, to make calls fail and webhooks arrive twice, and to read
// which rules of the platform your program has broken. The clock can be moved, so that
// the customer service window closes when you want it to.
//
// Everything the page does, a script can do too. The simulator describes that API, for
// people and as an OpenAPI document:
//
//	curl http://localhost:8090/control/
//	curl -H 'Content-Type: application/json' -d '{"text":"Hello?"}' http://localhost:8090/control/users/0/text
//	curl -H 'Content-Type: application/json' -d '{"advance":"24h"}' http://localhost:8090/control/clock
//	curl http://localhost:8090/control/audit
//
// README.md beside this file tells how to point popular clients at it, those included
// that know no other address than https://graph.facebook.com.
//
// It is a tool for development: it holds nothing but fiction, keeps nothing, and
// listens on the loopback interface; -graph-addr opens the Graph API alone to others.
package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	addr, graphAddr, webhook, ca string
	record, replay, log          string
	secret, verify               string
	seed                         uint64
	tls, coexistence             bool
}

func parse(args []string, errs io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.addr, "addr", "localhost:8090", "loopback address to listen on; if the port is taken, the next free one")
	flags.StringVar(&o.graphAddr, "graph-addr", "", "a second address for the Graph API alone, which may be reached from containers and other computers: 0.0.0.0:8091")
	flags.BoolVar(&o.tls, "tls", false, "make a certificate for graph.facebook.com: -graph-addr speaks HTTPS (default localhost:8443), and -addr is a proxy for HTTPS_PROXY")
	flags.StringVar(&o.ca, "ca", "simulator-ca.pem", "with -tls: file for the certificate your program must trust")
	flags.StringVar(&o.webhook, "webhook", "", "URL that receives webhooks; can also be set on the page")
	flags.StringVar(&o.record, "record", "", "file for all traffic with its bodies, one JSON object a line, without secrets and card numbers")
	flags.StringVar(&o.replay, "replay", "", "recording to act out again: gestures, faults and moves of the clock")
	flags.StringVar(&o.log, "log", "", "file for a line of JSON per call and webhook, without bodies; - is standard error")
	flags.StringVar(&o.secret, "secret", "", "app secret that signs webhooks (default: always the same)")
	flags.StringVar(&o.verify, "verify", "", "verify token of the handshake (default: always the same)")
	flags.BoolVar(&o.coexistence, "coexistence", false, "the number is also in use in the WhatsApp Business app")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of everything that is random")
	err = flags.Parse(args)
	return o, err
}

// program is the server of the moment and what outlives a reset.
type program struct {
	options
	set     settings
	current atomic.Pointer[server]
	mu      sync.Mutex // one reset at a time
	parent  context.Context
	stop    context.CancelFunc // of the world of the moment
	worlds  sync.WaitGroup
}

// start begins a world and makes it the one that answers.
func (p *program) start() error {
	set := p.set
	set.reset = p.reset
	s, err := newServer(set)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(p.parent)
	p.stop = cancel
	p.worlds.Go(func() { _ = s.world.Run(ctx) }) // it has no error but the end
	p.current.Store(s)
	return nil
}

// reset ends the world and begins another one, with the webhook of the old one.
func (p *program) reset() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	url := p.current.Load().app.Callback()
	p.stop()
	if err := p.start(); err != nil || url == "" {
		return err
	}
	return p.current.Load().subscribe(url)
}

// whole and graph answer with the world of the moment.
func (p *program) whole() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.current.Load().answers.ServeHTTP(w, r) })
}

func (p *program) graph() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.current.Load().graph().ServeHTTP(w, r) })
}

// run is the program; it returns nil after a clean stop.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	o, err := parse(args, errs)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	main, err := listen(ctx, o.addr, true)
	if err != nil {
		return err
	}
	defer func() { _ = main.Close() }() // once more is no error that matters
	if tcp, ok := main.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return errors.New("simulator: listen: only loopback addresses, since whoever reaches the page controls the world; -graph-addr opens the Graph API alone")
	}
	p := &program{options: o, parent: ctx}
	defer p.worlds.Wait()
	defer stop()
	p.set = settings{
		site: "http://" + shown(o.addr, main), seed: o.seed, secret: o.secret, verify: o.verify, coexistence: o.coexistence, journal: &journal{},
	}
	defer p.set.journal.close()
	sinks, err := p.open(errs)
	defer sinks()
	if err != nil {
		return err
	}
	servers, err := p.serve(ctx, main, out)
	if err != nil {
		return err
	}
	s := p.current.Load()
	s.greet(out)
	if o.webhook != "" {
		if err := s.subscribe(o.webhook); err != nil {
			fmt.Fprintln(errs, err, "- set it again on the page once the receiver is up")
		}
	}
	if o.replay != "" {
		servers.Go(func() {
			if err := replay(ctx, o.replay, p.whole(), out); err != nil {
				fmt.Fprintln(errs, err)
			}
		})
	}
	servers.Wait()
	return nil
}

// open opens the files of the recording and the log.
func (p *program) open(errs io.Writer) (shut func(), err error) {
	var files []io.Closer
	shut = func() {
		for _, f := range files {
			_ = f.Close()
		}
	}
	for _, sink := range []struct {
		name   string
		bodies bool
	}{{p.record, true}, {p.log, false}} {
		out := errs
		if sink.name != "" && sink.name != "-" {
			f, err := os.OpenFile(sink.name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
			if err != nil {
				return shut, fmt.Errorf("simulator: open recording: %w", err)
			}
			files, out = append(files, f), f
		}
		if sink.name != "" {
			known := []string{cmp.Or(p.secret, fixed("app secret", 32)), cmp.Or(p.verify, fixed("verify token", 16)), "EAA" + fixed("access token", 60)}
			p.set.journal.write = append(p.set.journal.write, lines(out, sink.bodies, known...))
		}
	}
	return shut, nil
}

// serve starts the world and the listeners; the group ends after a clean stop.
func (p *program) serve(ctx context.Context, main net.Listener, out io.Writer) (*sync.WaitGroup, error) {
	group := &sync.WaitGroup{}
	var cert tls.Certificate
	if p.tls {
		host, _, _ := net.SplitHostPort(p.graphAddr)
		made, authority, err := certificate([]string{host}, time.Now())
		if err == nil {
			err = writeAuthority(p.ca, authority)
		}
		if err != nil {
			return nil, err
		}
		cert = made
	}
	graphAddr, scheme := p.graphAddr, "http://"
	if p.tls {
		graphAddr, scheme = cmp.Or(graphAddr, "localhost:8443"), "https://"
	}
	var second net.Listener
	if graphAddr != "" {
		var err error
		if second, err = listen(ctx, graphAddr, p.graphAddr == ""); err != nil {
			return nil, err
		}
		p.set.graphURLs = append(p.set.graphURLs, scheme+shown(graphAddr, second)+" (the Graph API alone)")
	}
	if p.tls {
		p.set.graphURLs = append(p.set.graphURLs, "https://graph.facebook.com with HTTPS_PROXY="+p.set.site+" and trust in "+p.ca)
	}
	if err := p.start(); err != nil {
		return nil, err
	}
	web := func(l net.Listener, h http.Handler) {
		server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
		group.Go(func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
				fmt.Fprintln(out, "simulator: serve:", err)
			}
		})
		group.Go(func() {
			<-ctx.Done()
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			defer cancel()
			_ = server.Shutdown(grace)
		})
	}
	whole, graph := p.whole(), p.graph()
	if p.tls {
		t := newTunnel(whole, cert)
		whole = t
		web(t, graph)
		second = tls.NewListener(second, &tls.Config{Certificates: t.tls.Certificates, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	web(main, whole)
	if second != nil {
		web(second, graph)
	}
	return group, nil
}

// listen opens an address, or, if next, that of the next free port.
func listen(ctx context.Context, addr string, next bool) (net.Listener, error) {
	var lc net.ListenConfig
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("simulator: listen: %q is no address; one looks like localhost:8090", addr)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("simulator: listen: %q is no port", port)
	}
	for try := range 20 {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(first+try)))
		if err == nil {
			return l, nil
		}
		if !next || first == 0 || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("simulator: listen: %w", err)
		}
	}
	return nil, fmt.Errorf("simulator: listen: ports %d to %d are all in use", first, first+19)
}

// shown is the address of a listener under the name it was asked for.
func shown(addr string, l net.Listener) string {
	host, _, _ := net.SplitHostPort(addr)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if strings.Trim(host, "0.:[]") == "" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
