// Command webhookonly listens for WhatsApp webhooks and prints what kinds of
// events come in, and nothing of what people wrote. It uses the webhook package
// alone: no client, no database, no hub.
//
//	go run ./examples/webhookonly -demo     # sends itself a sample, no account needed
//	go run ./examples/webhookonly           # listens on localhost:8080/webhook
//
// To listen it needs WHATSAPP_APP_SECRET and WHATSAPP_VERIFY_TOKEN in the
// environment, and a tunnel or proxy that gives Meta an https address.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

//go:embed sample.json
var sample []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "webhookonly:", err)
		os.Exit(1)
	}
}

// run is the program with everything it touches passed in.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("webhookonly", flag.ContinueOnError)
	flags.SetOutput(out)
	addr := flags.String("addr", "localhost:8080", "address to listen on")
	demo := flags.Bool("demo", false, "post a signed sample to ourselves and stop")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	cfg := webhook.Config{
		Sink: &printer{out: out},
		// The library logs reasons and sizes, never content.
		Logger: slog.New(slog.NewTextHandler(out, nil)),
	}
	if *demo {
		return runDemo(ctx, cfg, out)
	}
	secret, err1 := required(getenv, "WHATSAPP_APP_SECRET", "the app secret, from App settings > Basic in Meta's App Dashboard")
	token, err2 := required(getenv, "WHATSAPP_VERIFY_TOKEN", "any string; enter the same one when you subscribe the webhook")
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("%w\nOr try it without an account: webhookonly -demo", err)
	}
	cfg.AppSecrets, cfg.VerifyToken = []string{secret}, token
	h, err := webhook.NewHandler(cfg)
	if err != nil {
		return err
	}
	return serve(ctx, *addr, h, out)
}

// required returns an environment variable or says which one is missing.
func required(getenv func(string) string, name, meaning string) (string, error) {
	v := getenv(name)
	if v == "" {
		return "", fmt.Errorf("environment variable %s is not set: %s", name, meaning)
	}
	return v, nil
}

// serve listens until ctx is done, then waits for the deliveries in hand.
func serve(ctx context.Context, addr string, h http.Handler, out io.Writer) error {
	mux := http.NewServeMux()
	mux.Handle("/webhook", h)
	srv := &http.Server{ // anybody can reach it, and slow senders must not pile up
		Handler: mux, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "listening on http://%s/webhook; stop with Ctrl-C\n", l.Addr())
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(out, "stopping")
	// The context is done already; the deliveries in hand get a little longer.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return srv.Shutdown(grace)
}

// runDemo plays Meta: it shakes hands, posts a signed body, and one that is
// forged.
func runDemo(ctx context.Context, cfg webhook.Config, out io.Writer) error {
	const secret, token = "demo-secret", "demo-token"
	cfg.AppSecrets, cfg.VerifyToken = []string{secret}, token
	h, err := webhook.NewHandler(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "Meta shakes hands:")
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/webhook?hub.mode=subscribe&hub.verify_token="+token+"&hub.challenge=42", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Fprintf(out, "  answered %d with the challenge %s\n", w.Code, w.Body)

	for _, try := range []struct{ what, secret string }{{"a signed sample arrives:", secret}, {"a forged one arrives:", "guess"}} {
		fmt.Fprintln(out, try.what)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/webhook", bytes.NewReader(sample))
		r.Header.Set(webhook.SignatureHeader, webhook.Sign(try.secret, sample))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Fprintf(out, "  answered %d\n", w.Code)
	}
	return nil
}
