package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/webhook"
)

// Serve runs a hub on the simulation, with a channel for each business, and a server with the customer's
// phone and pages, until ctx is done. It sets hub before anything happens. It is for examples whose wiring
// is not what they show; examples/host is one that shows it.
func (w *WhatsApp) Serve(ctx context.Context, addr string, out io.Writer, cfg channel.Config, hub **channel.Hub, pages map[string]http.Handler) error {
	var api cloudapi.Config
	w.Simulate(&api, &cfg)
	client, err := cloudapi.New(api)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	for _, s := range w.Brands() {
		number := client.Number(s.Number)
		cfg.Channels = append(cfg.Channels, channel.Channel{Settings: s, Sender: number, Media: number})
	}
	if *hub, err = channel.New(cfg); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	w.idle = (*hub).Idle
	hook, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{w.App.Secret}, VerifyToken: w.App.VerifyToken, Sink: *hub})
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/phone", w)
	for path, page := range pages {
		mux.Handle(path, page)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(out, "The customer's phone is at http://%s/phone .\n", listener.Addr())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return (*hub).Run(ctx) })
	group.Go(func() error { return w.Run(ctx, hook) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return group.Wait()
}
