// Command host is a ticket system that is master of its tickets and talks to the customers of two brands
// through Kanava. Its README says which part is whose.
//
//	go run ./examples/host
package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // for HOST_DB
	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/examples/internal/sandbox"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite" // without it
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Getenv, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, getenv func(string) string, out io.Writer) (err error) {
	h := &host{agents: map[string]string{}}
	brands, getenv, err := sandbox.Unless(getenv("HOST_BRANDS"), getenv, &h.box)
	if err != nil {
		return err
	}
	for _, agent := range strings.Fields(getenv("HOST_AGENTS")) { // dana:a-long-token kim:another
		if id, token, ok := strings.Cut(agent, ":"); ok && token != "" {
			h.agents["Bearer "+token] = id
		}
	}
	dir := cmp.Or(getenv("HOST_DIR"), filepath.Join(os.TempDir(), "kanava-host"))
	if h.files, err = openFiles(filepath.Join(dir, "files")); err != nil {
		return err
	}
	// One database for the host's tables and the hub's: only so can both change in one step.
	driver, source, dialect := "sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "host.db")), sqlstore.SQLite
	if dsn := getenv("HOST_DB"); dsn != "" {
		driver, source, dialect = "pgx", dsn, sqlstore.PostgreSQL
	}
	if h.db, err = sql.Open(driver, source); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.db.Close()) }()
	store, err := sqlstore.Open(ctx, sqlstore.Config{DB: h.db, Dialect: dialect})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := h.connect(ctx, store, brands, getenv); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cmp.Or(getenv("HOST_ADDR"), "localhost:8080"))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The host listens at http://%s .\n", listener.Addr())
	return h.serve(ctx, listener)
}

// connect puts the hub between WhatsApp, which is real unless there is a box, and the host's own parts.
func (h *host) connect(ctx context.Context, store *sqlstore.Store, brands []settings.Settings, getenv func(string) string) error {
	hub := channel.Config{
		Store: store, Ticketing: &tickets{h.db}, Attachments: h.files, Search: true, Logger: slog.Default(),
		Changes: []conversation.ChangeKind{conversation.DeliveryChanged, conversation.ConversationMerged},
	}
	api := cloudapi.Config{Token: getenv("WHATSAPP_TOKEN"), AppSecret: getenv("WHATSAPP_APP_SECRET")}
	h.box.Simulate(&api, &hub) // nothing if WhatsApp is real
	client, err := cloudapi.New(api)
	if err != nil {
		return err
	}
	for _, s := range brands { // Run reads the templates, and keeps them up to date
		number := client.Number(s.Number)
		hub.Channels = append(hub.Channels, channel.Channel{Settings: s, Sender: number, Media: number, Templates: new(template.Catalog)})
	}
	if _, err = h.db.ExecContext(ctx, schema); err != nil {
		return err
	}
	if h.hub, err = channel.New(hub); err != nil {
		return err
	}
	h.webhook, err = webhook.NewHandler(webhook.Config{AppSecrets: []string{api.AppSecret}, VerifyToken: getenv("WHATSAPP_VERIFY_TOKEN"), Sink: h.hub})
	return err
}

// serve works until ctx is done, or something fails, and then ends: requests first, which may bring a webhook still.
func (h *host) serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: h.routes(), ReadHeaderTimeout: 10 * time.Second}
	work, finish := context.WithCancel(context.WithoutCancel(ctx))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return h.hub.Run(work) })
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error { return h.box.Run(work, h.webhook) })
	group.Go(func() error {
		<-ctx.Done()
		defer finish()
		soon, cancel := context.WithTimeout(work, 20*time.Second)
		defer cancel()
		return server.Shutdown(soon)
	})
	return group.Wait()
}
