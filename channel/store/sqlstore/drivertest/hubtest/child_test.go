package hubtest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// childConfig tells a child process what to be: a helpdesk on a database, whose ticket
// system and whose WhatsApp live in the parent.
type childConfig struct {
	SQLite   string        // path of the file, "" for PostgreSQL
	Postgres pgtest.Schema //
	Pgx      bool          // by pgx, not by database/sql
	Graph    string        // base URL of the simulated Graph API
	Desk     string        // URL that takes what the ticket system receives
	Listen   string        // address for webhooks
	Token    string
	Secret   string
	Verify   string
	Number   string
	WithDesk bool // the hub is not alone
}

const childEnv = "KANAVA_HUBTEST_CHILD"

func TestMain(m *testing.M) {
	if raw := os.Getenv(childEnv); raw != "" {
		var cfg childConfig
		if err := json.Unmarshal([]byte(raw), &cfg); err == nil {
			err = child(cfg)
			fmt.Fprintln(os.Stderr, "child:", err)
		}
		os.Exit(1)
	}
	os.Exit(pgtest.Main(m))
}

// open opens the database of a child.
func (cfg *childConfig) open(ctx context.Context) (st store.Store, end func(), err error) {
	if cfg.Pgx {
		return openPgx(ctx, cfg.Postgres)
	}
	dialect := sqlstore.SQLite
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(cfg.SQLite))
	if cfg.SQLite == "" {
		dialect = sqlstore.PostgreSQL
		db, err = cfg.Postgres.Open()
	}
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxIdleConns(16) // a new connection costs more than many commits
	s, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: dialect})
	return s, func() { _, _ = s.Close(), db.Close() }, err
}

// openPgx opens a schema by pgx.
func openPgx(ctx context.Context, schema pgtest.Schema) (st store.Store, end func(), err error) {
	pool, err := schema.Pool(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := pgxstore.Open(ctx, pgxstore.Config{Pool: pool})
	return s, func() { _ = s.Close(); pool.Close() }, err
}

// hub makes the hub of a child on its database.
func (cfg *childConfig) hub(st store.Store, desk channel.Ticketing) (*channel.Hub, error) {
	client, err := cloudapi.New(cloudapi.Config{Token: cfg.Token, BaseURL: cfg.Graph, InsecureHTTP: true})
	if err != nil {
		return nil, err
	}
	return hubOf(cfg.WithDesk, channel.Config{
		Store: st, Ticketing: desk, Lease: 5 * time.Second, Poll: 100 * time.Millisecond, Heartbeat: time.Minute,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: cfg.Number, Enabled: true, UncertainWait: duration.Second,
			},
			Sender: client.Number(cfg.Number),
		}},
	})
}

// child runs until it is killed.
func child(cfg childConfig) error {
	ctx := context.Background()
	st, _, err := cfg.open(ctx)
	if err != nil {
		return err
	}
	desk := &remoteDesk{url: cfg.Desk}
	hub, err := cfg.hub(st, desk)
	if err != nil {
		return err
	}
	desk.hub = hub
	handler, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{cfg.Secret}, VerifyToken: cfg.Verify, Sink: hub,
	})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	go func() {
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
		fmt.Fprintln(os.Stderr, server.Serve(listener))
	}()
	return hub.Run(ctx)
}

// remoteDesk hands what customers write to the parent, and answers every message once.
type remoteDesk struct {
	url string
	hub *channel.Hub
}

func (d *remoteDesk) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	raw, err := json.Marshal(received{ID: in.ID, Text: in.Message.Text})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		return "", errors.Join(err, fmt.Errorf("desk answered %d", answer.StatusCode))
	}
	_, err = d.hub.Reply(ctx, agent, channel.Reply{
		Conversation: in.Conversation.ID, Key: in.ID,
		Content: &message.Text{Body: "re: " + in.Message.Text},
	})
	return "ticket", err
}

func (d *remoteDesk) Changed(context.Context, *conversation.Change) error { return nil }

// received is what a child tells the parent.
type received struct{ ID, Text string }
