package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/console"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// BenchmarkPages measures what the server does for a page, with 10,000 conversations in the store.
func BenchmarkPages(b *testing.B) {
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Feed: true, Search: true,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: channeltest.LabNumber, Account: channeltest.LabAccount, Enabled: true,
				Desk: desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}, Rules: rules.Default()}.JSON(),
			},
			Sender: &channeltest.Wire{},
		}},
	}})
	require.NoError(b, err)
	ctx, stop := context.WithCancel(b.Context())
	ran := make(chan error, 1)
	go func() { ran <- d.Hub().Run(ctx) }()
	b.Cleanup(func() { stop(); <-ran })
	const many = 10_000
	for i := 0; i < many; i += 100 {
		var items []channeltest.Item
		for n := i; n < i+100; n++ {
			items = append(items, channeltest.Stranger(n).Text(time.Now(), fmt.Sprintf("wamid.%d", n), fmt.Sprintf("Where is order %d?", n)))
		}
		delivery, err := webhook.Parse(channeltest.Body(items...))
		require.NoError(b, err)
		delivery.Scope = webhook.Scope{All: true}
		require.NoError(b, d.Hub().Accept(ctx, delivery))
	}
	require.NoError(b, d.Hub().Idle(ctx))
	c, err := console.New(console.Config{Desk: d, InsecureAnyHost: true, Actor: func(*http.Request) (access.Actor, error) {
		return access.Actor{Kind: access.Agent, ID: "alice", Admin: true}, nil
	}})
	require.NoError(b, err)
	for i := range 2000 { // what was done in a week
		require.NoError(b, d.Hub().NoteDeed(ctx, deskapi.Deed{
			Actor: conversation.Author{Kind: "agent", ID: fmt.Sprintf("agent%d", i%20)}, Action: string(access.Reply), Verb: "reply", Channel: "support", Conversation: "v_aaaaaaaaaaaaaaaaaaaaaaaa",
		}))
	}
	page, err := d.Inbox(ctx, alice, desk.InboxQuery{Limit: 1})
	require.NoError(b, err)
	require.Equal(b, many, page.Total)
	id := page.Conversations[0].ID
	for name, path := range map[string]string{
		"list": "/list", "page": "/c/" + id, "talk": "/talk/" + id, "search": "/list?q=order+4711", "panel": "/panel/" + id,
		"health": "/admin/health", "letters": "/admin/letters", "settings": "/admin/channels/support", "roles": "/admin/roles", "audit": "/admin/audit",
		"audit of one": "/admin/audit?actor=agent7", "audit CSV": "/admin/audit.csv", "reports": "/admin/reports", "spending": "/admin/spending",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				c.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
				b.ReportMetric(float64(w.Body.Len()), "page-B")
			}
		})
	}
}
