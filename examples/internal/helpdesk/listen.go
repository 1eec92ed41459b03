package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// ports are where the program listens.
type ports struct {
	console net.Listener
	webhook net.Listener // nil without -live: the simulated WhatsApp needs no network
}

// open listens at the address of the console, or at the next free port, and, unless it
// is "", at exactly that of the webhook, where a tunnel or a proxy expects it.
func open(ctx context.Context, o *Options) (p ports, err error) {
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if o.WebhookAddr != "" {
		if p.webhook, err = listen(ctx, "-webhook-addr", o.WebhookAddr, 1); err != nil {
			return p, err
		}
	}
	if p.console, err = listen(ctx, "-addr", o.Addr, 20); err != nil {
		return p, err
	}
	return p, onlyHere(p.console, o)
}

func (p ports) close() {
	for _, l := range []net.Listener{p.console, p.webhook} {
		if l != nil {
			_ = l.Close() // nobody has connected yet
		}
	}
}

// listen takes the address, or one of the next ports if it is in use.
func listen(ctx context.Context, name, addr string, tries int) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: %s: %w", name, err)
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: %s: %w", name, err)
	}
	var config net.ListenConfig
	for try := range tries {
		listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(number+try)))
		if err == nil {
			return listener, nil
		}
		switch {
		case tries == 1 && errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("helpdesk: %s: port %d is taken by another program: choose another one: %w", name, number, err)
		case errors.Is(err, syscall.EACCES):
			return nil, fmt.Errorf("helpdesk: %s: this user may not listen at port %d: choose one from 1024 on: %w", name, number, err)
		case number == 0 || !errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("helpdesk: %s: %w", name, err)
		}
	}
	return nil, fmt.Errorf("helpdesk: %s: ports %d to %d are all in use", name, number, number+tries-1)
}

// shown is the address of a listener as the user wrote it, with the port that was free,
// or its number where the console would not answer under the name.
func shown(asked string, got net.Addr) string {
	host, _, err := net.SplitHostPort(asked)
	_, port, err2 := net.SplitHostPort(got.String())
	if err != nil || err2 != nil || !loopbackHost(host) {
		return got.String()
	}
	return net.JoinHostPort(host, port)
}

// origins are those under which browsers find a listener on this machine.
func origins(at net.Addr, hosts []string) (all []string) {
	_, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return nil
	}
	for _, host := range hosts { // behind a proxy that speaks HTTPS, or not
		all = append(all, "https://"+host, "http://"+net.JoinHostPort(host, port))
	}
	if len(hosts) > 0 {
		return all
	}
	for _, host := range []string{"localhost", "127.0.0.1"} { // a policy cannot name IPv6 addresses
		all = append(all, "http://"+host+":"+port)
	}
	return all
}

// serve answers requests on both listeners until the servers are shut down.
func (a *app) serve(p ports) (servers []*http.Server, served <-chan error) {
	failed := make(chan error, 2)
	start := func(server *http.Server, l net.Listener) {
		servers = append(servers, server)
		go func() { failed <- server.Serve(l) }()
	}
	// The console's streams stay open: it gets no WriteTimeout.
	start(&http.Server{Handler: a.routes(), ReadHeaderTimeout: 10 * time.Second}, p.console)
	if p.webhook != nil {
		start(&http.Server{
			Handler: a.public(), ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		}, p.webhook)
	}
	return servers, failed
}
