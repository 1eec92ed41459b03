// Package helpdesk is a WhatsApp helpdesk in the browser, as a package: examples/helpdesk is the
// program, and kanava up runs it beside a simulator.
package helpdesk

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"
)

// Main is the program examples/helpdesk; it returns nil after a clean stop.
func Main(ctx context.Context, args []string, getenv func(string) string, out, errs io.Writer) error {
	flags := flag.NewFlagSet("helpdesk", flag.ContinueOnError)
	flags.SetOutput(errs)
	addr := flags.String("addr", "localhost:8080", "address of the console, this machine's own unless people sign in; the next free port is taken if it is in use")
	dir := flags.String("dir", "", "folder for the database (default: a new temporary folder)")
	real := flags.Bool("live", false, "use a real number through the Cloud API; see the WHATSAPP_ variables")
	hooks := flags.String("webhook-addr", "localhost:8081", "with -live: address that takes WhatsApp's webhooks and nothing else")
	graph := flags.String("graph", "", "with -live: address of the Graph API, to work against a simulator (default: Meta's)")
	passwords := flags.String("password-file", "", "people sign in with names and passwords of this file: lines of htpasswd -B, with :viewer, :contributor, :supervisor or :admin behind")
	insecure := flags.Bool("insecure-open", false, "let everybody who reaches the console act in it")
	var hosts []string
	flags.Func("host", "name under which the console answers, such as support.example.com; may be given several times (default: localhost)", func(name string) error {
		hosts = append(hosts, name)
		return nil
	})
	verbose := flags.Bool("v", false, "log what the hub does")
	if err := flags.Parse(args); err != nil {
		return err
	}
	o := Options{Addr: *addr, Dir: *dir, Log: newLog(errs, *verbose), PasswordFile: *passwords, InsecureOpen: *insecure, Hosts: hosts}
	if *graph != "" && !*real {
		return errors.New("helpdesk: -graph goes with -live")
	}
	if o.Dir == "" {
		temp, err := os.MkdirTemp("", "kanava-helpdesk-")
		if err != nil {
			return fmt.Errorf("helpdesk: create folder: %w", err)
		}
		o.Dir = temp
	}
	if *real {
		side, err := live(getenv, *graph)
		if err != nil {
			return err
		}
		o.WhatsApp, o.WebhookAddr = side, *hooks
	}
	o.Listening = func(at Addresses) error {
		fmt.Fprintf(out, "Kanava helpdesk: open %s in a browser. Ctrl-C stops it.\n", at.Console)
		if *dir == "" {
			fmt.Fprintf(out, "The tickets are kept in %s; -dir %s shows them again.\n", o.Dir, o.Dir)
		}
		if *real {
			fmt.Fprintf(out, "Webhooks are taken at %s.\n", at.Webhook)
		}
		return nil
	}
	err := Run(ctx, o)
	if ctx.Err() != nil {
		fmt.Fprintln(out, "\nStopped.")
	}
	return err
}

// newLog says what an operator should know, or everything.
func newLog(errs io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
}

// Options are what a helpdesk needs.
type Options struct {
	Addr        string    // loopback address of the console; the next free port is taken if it is in use
	Dir         string    // folder for the database, made if it is not there
	WhatsApp    *WhatsApp // nil = a demonstration with a simulated customer on the page
	WebhookAddr string    // address that takes webhooks and nothing else; "" with the demonstration
	Log         *slog.Logger
	// PasswordFile, if not "", names the file of those who may sign in: see readPasswords. Without one only this
	// machine is served, unless InsecureOpen lets everybody in.
	PasswordFile string
	InsecureOpen bool
	Hosts        []string // names under which it answers; nil = localhost and its addresses
	// Listening, if not nil, is told where once requests are answered. An error stops the helpdesk.
	Listening func(Addresses) error
}

// Addresses are where a helpdesk can be reached.
type Addresses struct{ Console, Webhook string }

// grace is how long requests under way, and then what the hub has in hand, may go on after the end of ctx.
const grace = 5 * time.Second

// Run serves the helpdesk until ctx is done; it returns nil after a clean stop, which takes at most
// twice the grace whatever is open.
func Run(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("helpdesk: create folder: %w", err)
	}
	var signIn *passwords
	if o.PasswordFile != "" {
		var err error
		if signIn, err = readPasswords(o.PasswordFile); err != nil {
			return err
		}
	}
	ports, err := open(ctx, &o)
	if err != nil {
		return err
	}
	if o.WhatsApp != nil && o.WhatsApp.Check != nil {
		if err := o.WhatsApp.Check(ctx, o.Log); err != nil {
			ports.close()
			return err
		}
	}
	at := Addresses{Console: "http://" + shown(o.Addr, ports.console.Addr())}
	if ports.webhook != nil {
		at.Webhook = "http://" + shown(o.WebhookAddr, ports.webhook.Addr()) + "/webhook"
	}
	app, err := newApp(ctx, setup{dir: o.Dir, side: o.WhatsApp, webhook: at.Webhook, log: o.Log, origins: origins(ports.console.Addr(), o.Hosts), signIn: signIn, hosts: o.Hosts})
	if err != nil {
		ports.close()
		return err
	}
	defer app.close()
	servers, served := app.serve(ports)
	work, finish := context.WithCancel(context.WithoutCancel(ctx))
	worked := make(chan error, 1)
	go func() { worked <- app.run(work) }()
	told := make(chan error, 1)
	tell, hush := context.WithCancel(work)
	go func() { told <- app.console.Run(tell) }()
	if o.Listening != nil {
		err = o.Listening(at)
	}
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-served:
			err = fmt.Errorf("helpdesk: serve: %w", err)
		case err = <-worked:
			worked <- nil
		}
	}
	app.pages.close()
	hush() // streams end, so that the servers can
	err = errors.Join(err, <-told)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, server := range servers {
		if server.Shutdown(end) != nil { // it waits for webhooks under way
			_ = server.Close() // WhatsApp repeats what was not answered
		}
	}
	finish()
	return errors.Join(err, <-worked)
}
