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
// and takes webhooks on a listener of their own: http://localhost:8081/webhook, or where
// -webhook-addr says. WhatsApp has to reach it, through a tunnel or a proxy that speaks
// HTTPS. The console has no login: it listens on the loopback interface, answers only
// under localhost, and never moves to where the webhooks come in. Set WHATSAPP_ACCOUNT_ID
// too, and it offers the account's templates.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
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
	addr := flags.String("addr", "localhost:8080", "loopback address of the console; the next free port is taken if it is in use")
	dir := flags.String("dir", "", "folder for the database (default: a new temporary folder)")
	live := flags.Bool("live", false, "use a real number through the Cloud API; see the WHATSAPP_ variables")
	hooks := flags.String("webhook-addr", "localhost:8081", "with -live: address that takes WhatsApp's webhooks and nothing else")
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

	if !*live {
		*hooks = ""
	}
	at, err := open(ctx, *addr, *hooks)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Kanava helpdesk: open http://%s in a browser. Ctrl-C stops it.\n", shown(*addr, at.console.Addr()))
	if *dir == "" {
		fmt.Fprintf(out, "The tickets are kept in %s; -dir %s shows them again.\n", place, place)
	}
	if *live {
		fmt.Fprintf(out, "Webhooks are taken at http://%s/webhook.\n", shown(*hooks, at.webhook.Addr()))
	}
	servers, served := app.serve(at)

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
	for _, server := range servers {
		if server.Shutdown(end) != nil { // it waits for webhooks under way
			_ = server.Close() // WhatsApp repeats what was not answered
		}
	}
	finish()
	return errors.Join(err, <-worked)
}
