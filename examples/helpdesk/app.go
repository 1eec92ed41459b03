package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	_ "modernc.org/sqlite" // the database of this example
)

const (
	channelID    = "support"
	businessName = "Harbour Bikes"
)

// agent is whoever sits at the console. A real helpdesk takes the actor from its login.
var agent = access.Actor{Kind: access.Agent, ID: "you"}

type settings struct {
	dir    string
	live   bool
	getenv func(string) string
	log    *slog.Logger
}

// app is the helpdesk: a hub with one channel and a desk, a ticket system, and a site to use it.
type app struct {
	hub     *channel.Hub
	agents  *desk.Desk
	webhook http.Handler
	catalog *template.Catalog
	db      *sql.DB
	pages   *broadcast
	now     func() time.Time
	log     *slog.Logger
	demo    *demo // nil with -live
	sync    func(context.Context) error
}

func newApp(ctx context.Context, set settings) (_ *app, err error) {
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	if err != nil {
		return nil, err
	}
	a := &app{catalog: catalog, pages: newBroadcast(), log: set.log, now: time.Now}
	var side whatsapp
	if set.live {
		side, err = liveSide(set.getenv)
	} else {
		a.demo, side, err = newDemo()
	}
	if err != nil {
		return nil, err
	}
	if a.demo != nil {
		a.now = a.demo.world.Now
	}
	a.db, err = sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(set.dir, "helpdesk.db")))
	if err != nil {
		return nil, fmt.Errorf("helpdesk: open database: %w", err)
	}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	st, err := sqlstore.Open(ctx, sqlstore.Config{DB: a.db, Dialect: sqlstore.SQLite})
	if err != nil {
		return nil, err
	}
	tickets, err := newTickets(ctx, a.db, a.pages.notify)
	if err != nil {
		return nil, err
	}
	a.agents, err = desk.New(desk.Config{Hub: channel.Config{
		Store: st, Ticketing: tickets, Now: a.now, Logger: set.log,
		Channels: []channel.Channel{{
			Settings: channel.Settings{
				ID: channelID, Name: businessName, Number: side.number, Account: side.account, Enabled: true, Language: "en",
				Desk: desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}, Rules: rules.Default()}.JSON(),
			},
			Sender: side.client.Number(side.number), Media: side.client.Number(side.number), Templates: catalog,
		}},
	}})
	if err != nil {
		return nil, err
	}
	a.hub = a.agents.Hub()
	a.webhook, err = webhook.NewHandler(webhook.Config{
		AppSecrets: []string{side.secret}, VerifyToken: side.verifyToken, Sink: a.hub, Logger: set.log,
	})
	if err != nil {
		return nil, err
	}
	a.sync = func(ctx context.Context) error {
		if side.account == "" {
			return nil
		}
		return catalog.Sync(time.Now().Add(-time.Second), side.client.Account(side.account).Templates(ctx, cloudapi.TemplateQuery{}))
	}
	if a.demo != nil {
		if err := a.demo.connect(a.webhook); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// run works until ctx is done.
func (a *app) run(ctx context.Context) error {
	if err := a.sync(ctx); err != nil {
		a.log.Warn("helpdesk: the templates could not be read", "error", err)
	}
	if a.demo == nil {
		return a.hub.Run(ctx)
	}
	lived := make(chan error, 1)
	go func() { lived <- a.demo.world.Run(ctx) }()
	return errors.Join(a.hub.Run(ctx), <-lived)
}

func (a *app) close() {
	if err := a.db.Close(); err != nil {
		a.log.Warn("helpdesk: close database", "error", err)
	}
}

// whatsapp is one number: simulated or real.
type whatsapp struct {
	client                               *cloudapi.Client
	account, number, secret, verifyToken string
}

// liveSide reads the real number from the environment and names everything missing.
func liveSide(getenv func(string) string) (whatsapp, error) {
	var missing []string
	need := func(name string) string {
		value := strings.TrimSpace(getenv(name))
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	token := need("WHATSAPP_TOKEN")
	side := whatsapp{
		number: need("WHATSAPP_PHONE_NUMBER_ID"), secret: need("WHATSAPP_APP_SECRET"),
		verifyToken: need("WHATSAPP_VERIFY_TOKEN"), account: strings.TrimSpace(getenv("WHATSAPP_ACCOUNT_ID")),
	}
	if len(missing) > 0 {
		return side, fmt.Errorf("helpdesk: -live needs the environment variables %s", strings.Join(missing, ", "))
	}
	var err error
	side.client, err = cloudapi.New(cloudapi.Config{Token: token, AppSecret: side.secret})
	return side, err
}
