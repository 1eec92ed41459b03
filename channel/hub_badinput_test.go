package channel_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
)

func feedAndSearch(c *channel.Config) { c.Feed, c.Search = true, true }

func TestWhatCannotBeReadIsRefusedClearly(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: feedAndSearch}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		for n := range 5 {
			l.Say(channeltest.Stranger(n), "wamid."+channeltest.Stranger(n).Phone, "where is my parcel")
		}
		page, err := l.Hub.Search(ctx, channel.SearchQuery{Text: "parcel", Limit: 2})
		require.NoError(t, err)
		require.NotEmpty(t, page.Next)
		require.NotContains(t, page.Next, "parcel")
		future, err := l.Hub.FeedCursor(ctx)
		require.NoError(t, err)
		_, _, err = l.Hub.News(ctx, channel.FeedQuery{After: future})
		require.NoError(t, err)
		search := func(q channel.SearchQuery) error { _, err := l.Hub.Search(ctx, q); return err }
		list := func(q channel.ConversationQuery) error { _, err := l.Hub.Conversations(ctx, q); return err }
		news := func(q channel.FeedQuery) error { _, _, err := l.Hub.News(ctx, q); return err }
		for name, tt := range map[string]struct {
			err, want error
			status    int
		}{
			"a queue that there is not":           {list(channel.ConversationQuery{Channel: "support", Queues: []string{"urgent"}}), channel.ErrUnusable, 422},
			"a holder that there is not":          {list(channel.ConversationQuery{Channel: "support", Holders: []conversation.Holder{"cat"}}), channel.ErrUnusable, 422},
			"a channel that there is not":         {list(channel.ConversationQuery{Channel: "sales"}), channel.ErrNoChannel, 404},
			"the cursor of other words":           {search(channel.SearchQuery{Text: "hello", After: page.Next}), store.ErrCursor, 400},
			"the cursor of other channels":        {search(channel.SearchQuery{Text: "parcel", Channels: []string{"support"}, After: page.Next}), store.ErrCursor, 400},
			"the cursor of a feed":                {search(channel.SearchQuery{Text: "parcel", After: future}), store.ErrCursor, 400},
			"a cursor with a tail":                {search(channel.SearchQuery{Text: "parcel", After: page.Next + ".1"}), store.ErrCursor, 400},
			"a search of 10 kB":                   {search(channel.SearchQuery{Text: strings.Repeat("parcel ", 1500)}), store.ErrSearch, 422},
			"a search of nothing":                 {search(channel.SearchQuery{Text: " "}), store.ErrSearch, 422},
			"a feed from the future":              {news(channel.FeedQuery{After: "zzzzzz"}), store.ErrCursor, 400},
			"a feed from the cursor of a search":  {news(channel.FeedQuery{After: page.Next}), store.ErrCursor, 400},
			"an answer that was due a second ago": {plans(t, l, alice, l.Conversations()[0].ID, -time.Second), nil, 422},
			"an answer in 31 days":                {plans(t, l, alice, l.Conversations()[0].ID, 31*24*time.Hour), nil, 422},
		} {
			require.Error(t, tt.err, name)
			if tt.want != nil {
				require.ErrorIs(t, tt.err, tt.want, name)
			}
			x := explain.Error(tt.err)
			require.Equal(t, tt.status, x.Status, name)
			require.NotEmpty(t, x.Text, name)
		}
		rest, err := l.Hub.Search(ctx, channel.SearchQuery{Text: "parcel", Limit: 2, After: page.Next})
		require.NoError(t, err)
		require.Len(t, rest.Messages, 2, "and nothing was lost: the cursor goes on where it is from")
	})
}

func TestARowThatIsBrokenHarmsNoneOfTheThousandsAroundIt(t *testing.T) {
	campaigning(t, nil, func(t *testing.T, r *rig) {
		var sum campaign.Totals
		var broken, blank *campaign.Result
		for result := range r.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "sale", Dry: true}, sale(people(5010, 5000, 4999))) {
			sum.Add(result)
			switch result.Row {
			case 4999:
				blank = result
			case 5000:
				broken = result
			}
		}
		require.Equal(t, 5010, sum.Rows)
		require.Equal(t, 5008, sum.Queued)
		require.True(t, errors.Is(broken.Err, errRow), "what the reader of the file said")
		require.Equal(t, 422, explain.Error(blank.Err).Status)
	})
}
