package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
	"github.com/spf13/cobra"
)

// listener is one run of the verb listen: a webhook that tells what arrives, passes it
// on, and records it.
type listener struct {
	p       *program
	secret  string
	forward string
	texts   bool
	record  *journal // nil if nothing is recorded

	mu sync.Mutex // deliveries come concurrently
}

func (p *program) listenVerb() *cobra.Command {
	var addr, forward, record string
	l := &listener{p: p}
	cmd := &cobra.Command{
		Use:   "listen",
		Short: "Take webhooks, check their signatures and show them",
		Long: `Takes webhooks at /webhook, answers the handshake, checks every signature, and prints a line for each event: what happened, never what people wrote unless --texts asks for it.

--forward passes each webhook on to your program, signed again with the same secret; what your program answers goes back to WhatsApp, which repeats what was not answered with 200. --record writes the webhooks into a file, card numbers masked, for kanava replay.

WhatsApp has to reach the address, through a tunnel or a proxy that speaks HTTPS. With --sim the simulator's webhook is led here.`,
		Example: "  kanava listen\n  kanava listen --sim --forward 3000\n  kanava listen --addr 9000 --record webhooks.jsonl",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if addr, err = addressOf("addr", addr); err != nil {
				return err
			}
			if forward != "" {
				if l.forward, err = siteOf(forward, "", "/webhook"); err != nil {
					return err
				}
			}
			pl, err := p.platform(cmd.Context(), ids{}, needSecret, needVerify)
			if err != nil {
				return err
			}
			if record != "" {
				if l.record, err = openJournal(record, recordBegins); err != nil {
					return err
				}
				defer func() { _ = l.record.close() }()
			}
			l.secret = pl.Secret
			return l.serve(cmd.Context(), addr, pl)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "8080", "`PORT` or address to listen on")
	cmd.Flags().StringVar(&forward, "forward", "", "`PORT` or URL that every webhook is passed on to")
	cmd.Flags().StringVar(&record, "record", "", "`FILE` that the webhooks are added to, card numbers masked")
	cmd.Flags().BoolVar(&l.texts, "texts", false, "show what people wrote, card numbers masked")
	return cmd
}

// serve listens until ctx is done, then waits for the deliveries in hand.
func (l *listener) serve(ctx context.Context, addr string, pl platform) error {
	h, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{pl.Secret}, VerifyToken: pl.Verify, Sink: l,
		Logger: slog.New(slog.NewTextHandler(l.p.errs, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	server, site, err := l.p.site(ctx, "addr", addr, h)
	if err != nil {
		return err
	}
	defer server.stop()
	if l.p.json {
		if err := l.p.print(map[string]string{"listening": site + "/webhook"}, nil); err != nil {
			return err
		}
	}
	l.p.tell("Listening at %s/webhook; Ctrl-C stops it.", site)
	if l.forward != "" {
		l.p.tell("Every webhook is passed on to %s.", l.forward)
	}
	if pl.Simulator != "" {
		if err := l.p.control(ctx, http.MethodPost, pl.Simulator, "webhook", object("url", site+"/webhook"), nil); err != nil {
			return err
		}
		l.p.tell("The simulator at %s sends its webhooks here.", pl.Simulator)
	}
	select {
	case err := <-server.failed:
		return fmt.Errorf("listen: serve: %w", err)
	case <-ctx.Done():
		l.p.tell("Stopping.")
		return nil
	}
}

// site is a small web server for webhooks.
type site struct {
	server *http.Server
	failed chan error
}

// site serves a webhook at /webhook of an address, and says under which URL.
func (p *program) site(ctx context.Context, flag, addr string, h http.Handler) (*site, string, error) {
	mux := http.NewServeMux()
	mux.Handle("/webhook", h)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the webhook is at /webhook", http.StatusNotFound)
	})
	s := &site{failed: make(chan error, 1), server: &http.Server{ // anybody can reach it, and slow senders must not pile up
		Handler: mux, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, "", inUse(flag, addr, err)
	}
	go func() { s.failed <- s.server.Serve(l) }()
	host, _, _ := net.SplitHostPort(addr)
	_, number, _ := net.SplitHostPort(l.Addr().String())
	return s, "http://" + net.JoinHostPort(host, number), nil
}

// stop waits for the deliveries in hand.
func (s *site) stop() {
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if s.server.Shutdown(grace) != nil {
		_ = s.server.Close() // WhatsApp repeats what was not answered
	}
}

// inUse words why an address cannot be listened on.
func inUse(flag, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("the address %s is in use by another program: choose one with --%s", addr, flag)
	}
	return fmt.Errorf("the address %s cannot be listened on: %w", addr, err)
}

// object is a JSON object with one member.
func object(name string, value any) json.RawMessage {
	raw, _ := json.Marshal(map[string]any{name: value}) // of plain values
	return raw
}

// Accept implements webhook.Sink.
func (l *listener) Accept(ctx context.Context, d *webhook.Delivery) error {
	if l.forward != "" {
		if err := l.passOn(ctx, d.Body); err != nil {
			l.p.tell("%s", sentence(err))
			return err // WhatsApp sends it again
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.record != nil {
		if err := l.keep(d.Body); err != nil {
			return err
		}
	}
	for e := range d.Events() {
		if err := l.show(e); err != nil {
			return err
		}
	}
	return nil
}

// passOn sends a body to the user's program, signed as WhatsApp signs it.
func (l *listener) passOn(ctx context.Context, body []byte) error {
	status, err := post(ctx, l.forward, l.secret, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s answered %d, so WhatsApp will send the webhook again: a webhook has to be answered with 200", l.forward, status)
	}
	return nil
}

// poster calls webhooks as WhatsApp does, which follows no redirect: the page at its end would
// answer 200 to a webhook that it never got.
var poster = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post sends a signed webhook and returns the status of the answer.
func post(ctx context.Context, to, secret string, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(webhook.SignatureHeader, webhook.Sign(secret, body))
	resp, err := poster.Do(req) //nolint:gosec // the user names the address
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
			return 0, fmt.Errorf("%s did not answer within %s: a webhook has to be answered at once", to, spoken(poster.Timeout))
		}
		return 0, fmt.Errorf("nothing answers at %s: start your program, or give another address", to)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, nil
}

// keep adds a body to the recording, card numbers masked.
func (l *listener) keep(body []byte) error {
	clean, err := webhook.RedactBody(body, redact.Cards)
	if errors.Is(err, webhook.ErrMalformed) { // nothing that could be replayed
		return nil
	}
	return l.record.add(recorded{Received: l.p.now().UTC(), Body: clean})
}

// show prints one event.
func (l *listener) show(e *webhook.Event) error {
	field, what, text := redact.Cards(e.Field), describe(e), "" // an unknown field is anything
	if l.texts {
		text = redact.Cards(textOf(e))
	}
	return l.p.print(struct {
		Time   time.Time `json:"time"`
		Field  string    `json:"field"`
		Number string    `json:"number,omitempty"`
		Event  string    `json:"event"`
		Text   string    `json:"text,omitempty"`
	}{e.Time, field, e.Number.ID, what, text}, func(w io.Writer) {
		line := fmt.Sprintf("%s  %s  %s", l.p.paint(dim, e.Time.UTC().Format("15:04:05")), field, what)
		if text != "" {
			line += ": " + strings.Join(strings.Fields(text), " ")
		}
		fmt.Fprintln(w, line)
	})
}
