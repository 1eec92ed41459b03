package desk_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/stretchr/testify/require"
)

var errUnread = errors.New("the statement was cancelled")

// halfDeaf is a store that does not say what the processes share, if it is told so.
type halfDeaf struct {
	*memstore.Store
	fails atomic.Bool
}

func (s *halfDeaf) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if kind == "version" && s.fails.Load() {
		return nil, errUnread
	}
	return s.Store.Get(ctx, kind, keys...)
}

func TestWhereRightsCannotBeReadNothingLooksEmptyOrIsPassedOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := memstore.New()
		feeds := func(c *channel.Config) { c.Feed, c.Search = true, true }
		works := newLab(t, labOptions{Store: shared, Config: feeds})
		works.Run()
		defer works.Stop()
		page := &halfDeaf{Store: shared}
		shows := newLab(t, labOptions{Store: page, Config: feeds}) // it does not run: a process with pages only
		cursor, err := shows.Hub.FeedCursor(t.Context())
		require.NoError(t, err)
		works.Say(channeltest.Kim, "wamid.1", "hello")
		conv := works.Conversation()
		require.NoError(t, shows.agents.SetPresence(t.Context(), alice, conv.ID, desk.Viewing))
		news := func() (seen int, err error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			for n, err := range shows.agents.Feed(ctx, alice, channel.FeedQuery{After: cursor}) {
				if err != nil {
					return seen, err
				}
				if cursor = n.Cursor; n.Kind == conversation.NewsConversation {
					seen++
				}
			}
			return seen, nil
		}
		reads := map[string]func(actor access.Actor) error{
			"feed": func(access.Actor) error { n, err := news(); require.Zero(t, n); return err },
			"inbox": func(a access.Actor) error {
				_, err := shows.agents.Inbox(t.Context(), a, desk.InboxQuery{})
				return err
			},
			"count": func(a access.Actor) error {
				_, err := shows.agents.CountInbox(t.Context(), a, desk.InboxQuery{})
				return err
			},
			"search": func(a access.Actor) error {
				_, err := shows.agents.Search(t.Context(), a, channel.SearchQuery{Text: "hello"})
				return err
			},
			"present": func(a access.Actor) error { _, err := shows.agents.Present(t.Context(), a, conv.ID); return err },
			"around":  func(a access.Actor) error { _, err := shows.agents.Around(t.Context(), a); return err },
			"ticket": func(a access.Actor) error {
				_, err := shows.agents.FindByTicket(t.Context(), a, conv.Ticket)
				return err
			},
		}
		for name, read := range reads {
			works.Pass(10 * time.Second) // it looks again what is shared
			require.NoError(t, shows.agents.SetPresence(t.Context(), alice, conv.ID, desk.Viewing))
			works.Pass(10 * time.Second)
			page.fails.Store(true)
			require.ErrorIs(t, read(alice), errUnread, name)
			page.fails.Store(false)
		}
		works.Pass(10 * time.Second)
		seen, err := news()
		require.NoError(t, err)
		require.Equal(t, 1, seen, "the same cursor goes on")
	})
}
