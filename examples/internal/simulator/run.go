// Package simulator is WhatsApp on your own machine: Meta's Graph API, people with phones, and
// signed webhooks, for a program in any language. kanava simulate is the program; the guide
// examples/guides/simulator.md tells how to use it.
//
// It is a tool for development: it holds nothing but fiction, keeps nothing, and listens on the
// loopback interface; Options.GraphAddr opens the Graph API alone to others.
package simulator

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/pflag"
)

// Options are what can be chosen about a simulator; Flags makes flags of most.
type Options struct {
	Addr           string // loopback address; if the port is taken, the next free one
	GraphAddr      string // a second address for the Graph API alone, "" = none
	TLS            bool   // a certificate for graph.facebook.com
	CA             string // with TLS: file for the certificate of its authority
	Webhook        string // receives webhooks, "" = none yet
	Record, Replay string // files
	Log            string // file, "-" = Errs
	Secret, Verify string // app secret and verify token, "" = always the same
	Seed           uint64
	Coexistence    bool

	Errs io.Writer // warnings
	// Started, if not nil, is told once requests are answered. An error stops the simulator.
	Started func(Values) error
}

// Flags gives a command the flags of the options.
func (o *Options) Flags(f *pflag.FlagSet) {
	f.StringVar(&o.Addr, "addr", "localhost:8090", "`PORT` or loopback address; if it is taken, the next free one")
	f.StringVar(&o.GraphAddr, "graph-addr", "", "`ADDRESS` for the Graph API alone, which may be reached from containers and other computers: 0.0.0.0:8091")
	f.BoolVar(&o.TLS, "tls", false, "make a certificate for graph.facebook.com: --graph-addr speaks HTTPS (default localhost:8443), and --addr is a proxy for HTTPS_PROXY")
	f.StringVar(&o.CA, "ca", "simulator-ca.pem", "with --tls: `FILE` for the certificate your program must trust")
	f.StringVar(&o.Webhook, "webhook", "", "`PORT` or URL that receives webhooks; can also be set on the page")
	f.StringVar(&o.Record, "record", "", "`FILE` for all traffic with its bodies, without secrets and card numbers")
	f.StringVar(&o.Replay, "replay", "", "`FILE` of a recording to act out again: gestures, faults and moves of the clock")
	f.StringVar(&o.Log, "log", "", "`FILE` for a line of JSON per call and webhook, without bodies; - is standard error")
	f.BoolVar(&o.Coexistence, "coexistence", false, "the number is also in use in the WhatsApp Business app")
	f.Uint64Var(&o.Seed, "seed", 1, "`NUMBER` that everything random follows from")
}

// Values are what to put into the program under test.
type Values struct {
	Site    string   `json:"base_url"`
	Token   string   `json:"access_token"`
	Number  string   `json:"phone_number_id"`
	Account string   `json:"waba_id"`
	App     string   `json:"app_id"`
	Secret  string   `json:"app_secret"`
	Verify  string   `json:"verify_token"`
	Also    []string `json:"also,omitempty"` // other addresses, in words

	now func() time.Time
}

// Now is the time in the simulator, whose clock can be moved.
func (v Values) Now() time.Time { return v.now() }

// Text tells the values to a person.
func (v Values) Text(out io.Writer) {
	fmt.Fprintf(out, `WhatsApp simulator. Open %s to play the customers.

  base URL          %s
  access token      %s
  phone number id   %s
  WABA id           %s
  app id            %s
  app secret        %s
  verify token      %s

`, v.Site, v.Site, v.Token, v.Number, v.Account, v.App, v.Secret, v.Verify)
	for _, line := range v.Also {
		fmt.Fprintf(out, "  also under        %s\n\n", line)
	}
}

// program is the server of the moment and what outlives a reset.
type program struct {
	Options
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

// connect connects a program's webhook to the world of the moment, which no reset ends meanwhile.
func (p *program) connect(url string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current.Load().subscribe(url)
}

// whole and graph answer with the world of the moment.
func (p *program) whole() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.current.Load().answers.ServeHTTP(w, r) })
}

func (p *program) graph() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.current.Load().graph().ServeHTTP(w, r) })
}

// Run simulates until ctx is done; it returns nil after a clean stop.
func Run(ctx context.Context, o Options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if o.Errs == nil {
		o.Errs = io.Discard
	}
	main, err := listen(ctx, o.Addr, true)
	if err != nil {
		return err
	}
	defer func() { _ = main.Close() }() // once more is no error that matters
	if tcp, ok := main.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return errors.New("simulator: listen: only loopback addresses, since whoever reaches the page controls the world; --graph-addr opens the Graph API alone")
	}
	p := &program{Options: o, parent: ctx}
	defer p.worlds.Wait()
	defer stop()
	p.set = settings{
		site: "http://" + shown(o.Addr, main), seed: o.Seed, secret: o.Secret, verify: o.Verify, coexistence: o.Coexistence, journal: &journal{},
	}
	defer p.set.journal.close()
	sinks, err := p.open(o.Errs)
	defer sinks()
	if err != nil {
		return err
	}
	servers, err := p.serve(ctx, main, o.Errs)
	if err != nil {
		return err
	}
	if o.Started != nil {
		if err := o.Started(p.values()); err != nil {
			stop()
			servers.Wait()
			return err
		}
	}
	if o.Webhook != "" {
		if err := p.connect(o.Webhook); err != nil {
			fmt.Fprintln(o.Errs, err, "- set it again on the page once the receiver is up")
		}
	}
	if o.Replay != "" {
		servers.Go(func() {
			if err := replay(ctx, o.Replay, p.whole(), o.Errs); err != nil {
				fmt.Fprintln(o.Errs, err)
			}
		})
	}
	servers.Wait()
	return nil
}

// values are those of the world of the moment; a reset does not change them.
func (p *program) values() Values {
	s := p.current.Load()
	return Values{
		Site: s.site, Token: s.token, Number: s.number.ID, Account: s.account.ID, App: s.app.ID, Secret: s.app.Secret, Verify: s.app.VerifyToken,
		Also: s.graphURLs, now: func() time.Time { return p.current.Load().world.Now() },
	}
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
	}{{p.Record, true}, {p.Log, false}} {
		out := errs
		if sink.name != "" && sink.name != "-" {
			f, err := os.OpenFile(sink.name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
			if err != nil {
				return shut, fmt.Errorf("simulator: open recording: %w", err)
			}
			files, out = append(files, f), f
		}
		if sink.name != "" {
			known := []string{cmp.Or(p.Secret, fixed("app secret", 32)), cmp.Or(p.Verify, fixed("verify token", 16)), "EAA" + fixed("access token", 60)}
			p.set.journal.write = append(p.set.journal.write, lines(out, sink.bodies, known...))
		}
	}
	return shut, nil
}

// serve starts the world and the listeners; the group ends after a clean stop.
func (p *program) serve(ctx context.Context, main net.Listener, out io.Writer) (*sync.WaitGroup, error) {
	group := &sync.WaitGroup{}
	var cert tls.Certificate
	if p.TLS {
		host, _, _ := net.SplitHostPort(p.GraphAddr)
		made, authority, err := certificate([]string{host}, time.Now())
		if err == nil {
			err = writeAuthority(p.CA, authority)
		}
		if err != nil {
			return nil, err
		}
		cert = made
	}
	graphAddr, scheme := p.GraphAddr, "http://"
	if p.TLS {
		graphAddr, scheme = cmp.Or(graphAddr, "localhost:8443"), "https://"
	}
	var second net.Listener
	if graphAddr != "" {
		var err error
		if second, err = listen(ctx, graphAddr, p.GraphAddr == ""); err != nil {
			return nil, err
		}
		p.set.graphURLs = append(p.set.graphURLs, scheme+shown(graphAddr, second)+" (the Graph API alone)")
	}
	if p.TLS {
		p.set.graphURLs = append(p.set.graphURLs, "https://graph.facebook.com with HTTPS_PROXY="+p.set.site+" and trust in "+p.CA)
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
			if server.Shutdown(grace) != nil {
				_ = server.Close() // whoever waits for an answer is told that there is none
			}
		})
	}
	whole, graph := p.whole(), p.graph()
	if p.TLS {
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
