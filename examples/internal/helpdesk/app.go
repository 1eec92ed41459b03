package helpdesk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/template"
	_ "modernc.org/sqlite" // the database of this example
)

const (
	channelID    = "support"
	businessName = "Harbour Bikes"
)

// agent is whoever sits at the console. A real helpdesk takes the actor from its login.
var agent = access.Actor{Kind: access.Agent, ID: "you"}

type settings struct {
	dir     string
	side    *WhatsApp // nil = the demonstration
	webhook string    // URL of the webhook
	log     *slog.Logger
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
	phone   Phone // nil with a real customer
	sync    func(context.Context) error
}

func newApp(ctx context.Context, set settings) (_ *app, err error) {
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	if err != nil {
		return nil, err
	}
	a := &app{catalog: catalog, pages: newBroadcast(), log: set.log, now: time.Now}
	side := set.side
	if side == nil {
		if side, err = newDemo(); err != nil {
			return nil, err
		}
	}
	a.phone = side.Phone
	if side.Now != nil {
		a.now = side.Now
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
				ID: channelID, Name: businessName, Number: side.Number, Account: side.Account, Enabled: true, Language: "en",
				Desk: desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}, Rules: rules.Default()}.JSON(),
			},
			Sender: side.Sender, Media: side.Media, Templates: catalog,
		}},
	}})
	if err != nil {
		return nil, err
	}
	a.hub = a.agents.Hub()
	a.webhook, err = side.Webhook(set.webhook, a.hub, set.log)
	if err != nil {
		return nil, err
	}
	a.sync = func(ctx context.Context) error { return side.Sync(ctx, catalog) }
	if side.Connect != nil {
		if err := side.Connect(a.webhook); err != nil {
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
	if a.phone == nil {
		return a.hub.Run(ctx)
	}
	lived := make(chan error, 1)
	go func() { lived <- a.phone.Run(ctx) }()
	return errors.Join(a.hub.Run(ctx), <-lived)
}

func (a *app) close() {
	if err := a.db.Close(); err != nil {
		a.log.Warn("helpdesk: close database", "error", err)
	}
}
