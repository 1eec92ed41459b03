package helpdesk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/template"
	_ "modernc.org/sqlite" // the database of this example
)

const (
	channelID    = "support"
	businessName = "Harbour Bikes"
)

type setup struct {
	dir     string
	side    *WhatsApp // nil = the demonstration
	webhook string    // URL of the webhook
	log     *slog.Logger
	origins []string   // under which browsers find the pages: they frame the console
	signIn  *passwords // nil = nobody has to
	hosts   []string   // names under which it answers; nil = those of this machine
}

// app is the helpdesk: a hub with one channel and a desk, a ticket system, and the console to use it.
type app struct {
	hub     *channel.Hub
	agents  *desk.Desk
	console *console.Console
	webhook http.Handler
	db      *sql.DB
	pages   *broadcast
	now     func() time.Time
	log     *slog.Logger
	signIn  *passwords                  // nil = nobody has to
	hosts   []string                    // nil = names of this machine only
	phone   Phone                       // nil with a real customer
	read    func(context.Context) error // the templates
	connect *connecting                 // nil if nobody can tell how far the number is
	// storming is held while a storm is made.
	storming sync.Mutex
}

func newApp(ctx context.Context, set setup) (_ *app, err error) {
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	if err != nil {
		return nil, err
	}
	a := &app{pages: newBroadcast(), log: set.log, now: time.Now, signIn: set.signIn, hosts: set.hosts}
	side := set.side
	if side == nil {
		if side, err = newDemo(set.dir, set.log); err != nil {
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
		return nil, fmt.Errorf("helpdesk: the database %s cannot be used; another folder for -dir begins a new one: %w", filepath.Join(set.dir, "helpdesk.db"), err)
	}
	tickets, err := newTickets(ctx, a.db, a.pages.notify)
	if err != nil {
		return nil, err
	}
	kept, err := newFolder(filepath.Join(set.dir, "files"))
	if err != nil {
		return nil, err
	}
	a.agents, err = desk.New(desk.Config{AgentName: agentName, Hub: channel.Config{
		Store: st, Ticketing: tickets, Attachments: kept, Now: a.now, Logger: set.log, Feed: true, Search: true, Drain: grace,
		Heartbeat: 5 * time.Second, // alone on its store, it need not give up its work when the machine has no time for it for a moment
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: channelID, Name: businessName, Number: side.Number, Account: side.Account, Enabled: true, Language: "en",
				Desk: desk.Settings{Access: a.roles(), Rules: rules.Default()}.JSON(),
			},
			Sender: side.Sender, Media: side.Media, Templates: catalog,
		}},
	}})
	if err != nil {
		return nil, err
	}
	a.hub = a.agents.Hub()
	own := console.Config{
		Desk: a.agents, Actor: a.actor, Agents: a.colleagues, Teams: teams, Macros: macros, Files: kept, Prefix: "/console", Brand: businessName,
		FrameAncestors: set.origins, Hosts: set.hosts, Now: a.now, Logger: set.log,
	}
	if a.connect, err = side.connecting(set.log); err != nil {
		return nil, err
	}
	if a.connect != nil {
		own.Onboarding = a.connect.checklists
	}
	a.console, err = console.New(own)
	if err != nil {
		return nil, err
	}
	a.webhook, err = side.Webhook(set.webhook, a.hub, set.log)
	if err != nil {
		return nil, err
	}
	a.read = func(ctx context.Context) error { return side.Sync(ctx, catalog) }
	if side.Connect != nil {
		if err := side.Connect(a.webhook); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// run works until ctx is done.
func (a *app) run(ctx context.Context) error {
	parts := []func(context.Context) error{a.hub.Run, func(ctx context.Context) error {
		if err := a.read(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("helpdesk: the templates could not be read", "error", err)
		}
		return nil
	}}
	if a.phone != nil {
		parts = append(parts, a.phone.Run)
	}
	if a.connect != nil {
		parts = append(parts, a.connect.run)
	}
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() { ended <- part(ctx) }()
	}
	var all error
	for range parts {
		all = errors.Join(all, <-ended)
	}
	return all
}

func (a *app) close() {
	if err := a.db.Close(); err != nil {
		a.log.Warn("helpdesk: close database", "error", err)
	}
}
