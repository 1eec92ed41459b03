// Command helpdesk is a WhatsApp helpdesk in the browser: an agent's console and, unless
// -live is given, the phone of a simulated customer beside it.
//
//	go run ./examples/helpdesk
//
// needs no account and no internet. With -live it works on a real number:
//
//	WHATSAPP_TOKEN=… WHATSAPP_PHONE_NUMBER_ID=… WHATSAPP_APP_SECRET=… WHATSAPP_VERIFY_TOKEN=… \
//		go run ./examples/helpdesk -live
//
// and takes webhooks at /webhook, which has to be reachable for WhatsApp. Set
// WHATSAPP_ACCOUNT_ID too, and it offers the account's templates.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

// run is the program; it returns nil after a clean stop.
func run(ctx context.Context, args []string, getenv func(string) string, out, errs io.Writer) error {
	flags := flag.NewFlagSet("helpdesk", flag.ContinueOnError)
	flags.SetOutput(errs)
	addr := flags.String("addr", "localhost:8080", "address to listen on; the next free port is taken if it is in use")
	dir := flags.String("dir", "", "folder for the database (default: a new temporary folder)")
	live := flags.Bool("live", false, "use a real number through the Cloud API; see the WHATSAPP_ variables")
	verbose := flags.Bool("v", false, "log what the hub does")
	if err := flags.Parse(args); err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if *verbose {
		logger = slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	place := *dir
	if place == "" {
		temp, err := os.MkdirTemp("", "kanava-helpdesk-")
		if err != nil {
			return fmt.Errorf("helpdesk: create folder: %w", err)
		}
		place = temp
	} else if err := os.MkdirAll(place, 0o700); err != nil {
		return fmt.Errorf("helpdesk: create folder: %w", err)
	}
	app, err := newApp(ctx, settings{dir: place, live: *live, getenv: getenv, log: logger})
	if err != nil {
		return err
	}
	defer app.close()

	listener, err := listen(ctx, *addr)
	if err != nil {
		return err
	}
	site := "http://" + shown(*addr, listener.Addr())
	fmt.Fprintf(out, "Kanava helpdesk: open %s in a browser. Ctrl-C stops it.\n", site)
	if *dir == "" {
		fmt.Fprintf(out, "The tickets are kept in %s; -dir %s shows them again.\n", place, place)
	}
	if *live {
		fmt.Fprintf(out, "Webhooks are taken at %s/webhook.\n", site)
	}
	server := &http.Server{Handler: app.routes(), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	work, finish := context.WithCancel(context.WithoutCancel(ctx))
	worked := make(chan error, 1)
	go func() { worked <- app.run(work) }()
	select {
	case <-ctx.Done():
		fmt.Fprintln(out, "\nStopping…")
	case err = <-served:
		err = fmt.Errorf("helpdesk: serve: %w", err)
	case err = <-worked:
		worked <- nil
	}
	app.pages.close()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if server.Shutdown(end) != nil { // it waits for webhooks under way
		_ = server.Close() // WhatsApp repeats what was not answered
	}
	finish()
	return errors.Join(err, <-worked)
}

// shown is the address as the user wrote it, with the port that was free.
func shown(asked string, got net.Addr) string {
	host, _, err := net.SplitHostPort(asked)
	_, port, err2 := net.SplitHostPort(got.String())
	if err != nil || err2 != nil || host == "" {
		return got.String()
	}
	return net.JoinHostPort(host, port)
}

// listen takes the address, or the next free port if it is in use.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: -addr: %w", err)
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: -addr: %w", err)
	}
	var config net.ListenConfig
	for try := range 20 {
		listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(number+try)))
		if err == nil {
			return listener, nil
		}
		if number == 0 || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("helpdesk: listen: %w", err)
		}
	}
	return nil, fmt.Errorf("helpdesk: listen: ports %d to %d are all in use", number, number+19)
}
