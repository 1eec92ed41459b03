package drivertest_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/webhook"
)

// exampleHub is a hub on db, and the conversations of two customers: one wrote just now, one two days ago.
func exampleHub(ctx context.Context, db *sql.DB) (hub *channel.Hub, conversations []string) {
	must := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	store, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.SQLite})
	must(err)
	hub, err = channel.New(channel.Config{Store: store, Ticketing: quietDesk{}, Channels: []channel.Channel{{
		Settings: settings.Settings{ID: "support", Name: "Support", Number: hostNumber, Enabled: true}, Sender: &counting{},
	}}})
	must(err)
	for phone, at := range map[string]time.Time{"13125550187": time.Now(), "13125550188": time.Now().Add(-48 * time.Hour)} {
		d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
			"metadata":{"phone_number_id":%q},"messages":[{"from":%q,"id":"wamid.%s","timestamp":"%d","type":"text","text":{"body":"It broke."}}]}}]}]}`,
			hostNumber, phone, phone, at.Unix()))
		must(err)
		d.Scope = webhook.Scope{All: true}
		must(hub.Accept(ctx, d))
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(running) }()
	must(hub.Idle(ctx))
	stop()
	must(<-ended)
	list, err := hub.Conversations(ctx, channel.ConversationQuery{Channel: "support"})
	must(err)
	return hub, []string{list[0].ID, list[1].ID}
}
