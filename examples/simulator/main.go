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
// Everything the page does, a script can do too. The simulator describes that API:
//
//	curl http://localhost:8090/control/
//	curl -H 'Content-Type: application/json' -d '{"text":"Hello?"}' http://localhost:8090/control/users/0/text
//	curl -H 'Content-Type: application/json' -d '{"advance":"24h"}' http://localhost:8090/control/clock
//	curl http://localhost:8090/control/audit
//
// It is a tool for development: it holds nothing but fiction, keeps nothing, and
// listens on the loopback interface.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
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

// run is the program; it returns nil after a clean stop.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(errs)
	addr := flags.String("addr", "localhost:8090", "loopback address to listen on")
	webhook := flags.String("webhook", "", "URL that receives webhooks; can also be set on the page")
	secret := flags.String("secret", "", "app secret that signs webhooks (default: generated)")
	verify := flags.String("verify", "", "verify token of the handshake (default: generated)")
	seed := flags.Uint64("seed", 1, "seed of everything that is random")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", *addr)
	if err != nil {
		return fmt.Errorf("simulator: listen: %w", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		_ = listener.Close()
		return errors.New("simulator: listen: only loopback addresses, since whoever reaches the page controls the world")
	}
	host, _, _ := net.SplitHostPort(*addr)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	site := "http://" + net.JoinHostPort(cmp.Or(host, "localhost"), port)
	s, err := newServer(settings{site: site, seed: *seed, secret: *secret, verify: *verify})
	if err != nil {
		_ = listener.Close()
		return err
	}
	s.greet(out)
	if *webhook != "" {
		if err := s.subscribe(*webhook); err != nil {
			fmt.Fprintln(errs, err, "- set it again on the page once the receiver is up")
		}
	}

	web := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	var workers sync.WaitGroup
	workers.Go(func() { _ = s.world.Run(ctx) }) // it has no error but the end
	workers.Go(func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_ = web.Shutdown(grace)
	})
	defer workers.Wait()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("simulator: serve: %w", err)
	}
	return nil
}
