package channel_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

var byYou = conversation.Author{Kind: conversation.Agent, ID: "you"}

func withFeed(c *channel.Config) { c.Feed, c.Search = true, true }

// told collects what a feed tells.
type told struct {
	mu   sync.Mutex
	news []*conversation.News
	err  error
}

// follow collects news until the context is done.
func follow(ctx context.Context, hub *channel.Hub, q channel.FeedQuery) *told {
	f := &told{}
	go func() {
		for n, err := range hub.Feed(ctx, q) {
			f.mu.Lock()
			if err != nil {
				f.err = err
			} else {
				f.news = append(f.news, n)
			}
			f.mu.Unlock()
		}
	}()
	return f
}

// all waits until everybody waits, and returns what was told so far.
func (f *told) all(t *testing.T) []*conversation.News {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	require.NoError(t, f.err)
	return slices.Clone(f.news)
}

func TestAFeedTellsWhatChangesOnWhicheverProcess(t *testing.T) {
	test(t, channeltest.RigOptions{Config: withFeed}, func(t *testing.T, r *rig) {
		// Another process on the same store, which does none of the work.
		other, err := channel.New(channel.Config{
			Store: r.Store, Ticketing: &channeltest.Ticketing{}, Feed: true, Poll: 5 * time.Second,
		})
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		hereFeed := follow(ctx, r.Hub, channel.FeedQuery{})
		thereFeed := follow(ctx, other, channel.FeedQuery{Channels: []string{"support"}})
		deafFeed := follow(ctx, other, channel.FeedQuery{Channels: []string{"none"}})
		deafToo := follow(ctx, other, channel.FeedQuery{Channels: []string{"none"}, Wanted: func(string) bool { return true }})
		withoutRight := follow(ctx, other, channel.FeedQuery{Channels: []string{"support"}, Wanted: func(string) bool { return false }})
		r.User.Text(r.Number, "Hello?")
		r.Settle()
		_, err = r.Reply("Hello!")
		require.NoError(t, err)
		here := hereFeed.all(t) // no time goes by: it is told at once here
		require.NotEmpty(t, here[len(here)-1].Cursor)
		r.Pass(time.Second)
		here, there, deaf := hereFeed.all(t), thereFeed.all(t), deafFeed.all(t)
		for name, news := range map[string][]*conversation.News{"this process": here, "another process": there} {
			texts := map[string]bool{}
			kinds := map[conversation.NewsKind]bool{}
			for _, n := range news {
				kinds[n.Kind] = true
				if n.Message != nil {
					texts[n.Message.Text] = true
				}
			}
			require.Equal(t, map[string]bool{"Hello?": true, "Hello!": true}, texts, name)
			require.True(t, kinds[conversation.NewsConversation] && kinds[conversation.NewsCustomer], name)
		}
		for name, deaf := range map[string][]*conversation.News{
			"not asked for": deaf, "not asked for, and wanted": deafToo.all(t), "asked for, and not wanted": withoutRight.all(t),
		} {
			for _, n := range deaf {
				require.Empty(t, n.Kind, "news of a channel that was %s only move the cursor", name)
				require.NotEmpty(t, n.Cursor)
			}
			require.NotEmpty(t, deaf, name)
		}
		stop()
		synctest.Wait()

		// After a restart it goes on where it was.
		cursor := there[len(there)-1].Cursor
		r.User.Text(r.Number, "Still there?")
		r.Settle()
		ctx, stop = context.WithCancel(t.Context())
		later := follow(ctx, other, channel.FeedQuery{After: cursor}).all(t)
		stop()
		synctest.Wait()
		texts := 0
		for _, n := range later {
			if n.Message != nil && n.Message.Text == "Still there?" {
				texts++
			}
		}
		require.NotZero(t, texts)
	})
}

func TestWhatIsErasedIsToldAndNotFound(t *testing.T) {
	test(t, channeltest.RigOptions{Config: withFeed}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "My secret garden")
		r.Settle()
		found, err := r.Hub.Search(t.Context(), channel.SearchQuery{Text: "secret"})
		require.NoError(t, err)
		require.Len(t, found.Messages, 1)
		id := found.Messages[0].ID
		cursor, err := r.Hub.FeedCursor(t.Context())
		require.NoError(t, err)
		_, err = r.Hub.EraseMessage(t.Context(), id)
		require.NoError(t, err)
		gone := false
		ctx, stop := context.WithCancel(t.Context())
		for n, err := range r.Hub.Feed(ctx, channel.FeedQuery{After: cursor, Channels: []string{"none"}}) {
			require.NoError(t, err)
			if gone = n.ID == id && n.Message == nil; gone {
				break
			}
		}
		stop()
		require.True(t, gone)
		found, err = r.Hub.Search(t.Context(), channel.SearchQuery{Text: "secret"})
		require.NoError(t, err)
		require.Empty(t, found.Messages)
	})
}

func TestAFeedRefusesWhatItCannotFollow(t *testing.T) {
	t.Parallel()
	first := func(hub *channel.Hub, after string) error {
		for _, err := range hub.Feed(t.Context(), channel.FeedQuery{After: after}) {
			return err
		}
		return nil
	}
	l := newLab(t, channeltest.LabOptions{Config: withFeed})
	for _, cursor := range []string{"zz", "no such place", "-1"} { // the first one is in the future
		err := first(l.Hub, cursor)
		require.ErrorIs(t, err, store.ErrCursor)
		require.Equal(t, explain.Input, explain.Error(err).Class)
	}
	without := newLab(t, channeltest.LabOptions{})
	require.ErrorIs(t, first(without.Hub, ""), channel.ErrNoFeed)
	_, err := without.Hub.FeedCursor(t.Context())
	require.ErrorIs(t, err, channel.ErrNoFeed)
	_, err = without.Hub.Search(t.Context(), channel.SearchQuery{Text: "x"})
	require.ErrorIs(t, err, channel.ErrNoSearch)
	_, err = channel.New(channel.Config{Store: plainStore{memstore.New()}, Ticketing: &channeltest.Ticketing{}, Feed: true, Search: true})
	require.ErrorContains(t, err, "Feed needs a Store that is a store.Follower")
	require.ErrorContains(t, err, "Search needs a Store that is a store.Searcher")
}

func TestSearchFindsPeopleConversationsAndMessages(t *testing.T) {
	test(t, channeltest.RigOptions{Config: withFeed}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "Где моя посылка? 我的包裹在哪里")
		r.Settle()
		_, err := r.Reply("It is on its way, Friday at noon")
		require.NoError(t, err)
		r.Settle()
		find := func(text string, on ...string) *conversation.Found {
			found, err := r.Hub.Search(t.Context(), channel.SearchQuery{Text: text, Channels: on})
			require.NoError(t, err, text)
			return found
		}
		for text, want := range map[string][3]int{
			"robin": {1, 0, 0}, "samp ROB": {1, 0, 0}, "+1 (312) 555-0187": {1, 0, 0}, "0013125550187": {1, 0, 0}, "1312555": {1, 0, 0},
			"посыл": {0, 0, 1}, "包裹": {0, 0, 1}, "friday noon": {0, 0, 1}, "friday посылка": {0, 0, 0},
			r.Conversation().Ticket: {0, 1, 0},
		} {
			found := find(text)
			require.Equal(t, want, [3]int{len(found.Customers), len(found.Conversations), len(found.Messages)}, text)
			require.Empty(t, found.Next)
			found = find(text, "none")
			require.Empty(t, [3]int{len(found.Customers), len(found.Conversations), len(found.Messages)}, text)
		}
		for i := range 5 {
			_, err := r.Reply([]string{"parcel one", "parcel two", "parcel three", "parcel four", "parcel five"}[i])
			require.NoError(t, err)
		}
		var texts []string
		q := channel.SearchQuery{Text: "parcel", Limit: 2}
		for {
			found, err := r.Hub.Search(t.Context(), q)
			require.NoError(t, err)
			for _, m := range found.Messages {
				texts = append(texts, m.Text)
			}
			if q.After = found.Next; q.After == "" {
				break
			}
		}
		require.Equal(t, []string{"parcel five", "parcel four", "parcel three", "parcel two", "parcel one"}, texts)
		_, err = r.Hub.Search(t.Context(), channel.SearchQuery{Text: "parcel", After: "x"})
		require.ErrorIs(t, err, store.ErrCursor)
		_, err = r.Hub.Search(t.Context(), channel.SearchQuery{Text: "!"})
		require.ErrorIs(t, err, store.ErrSearch)
		r.Settle()
	})
}

func TestPreviewReply(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "Hello?")
		r.Settle()
		id := r.Conversation().ID
		before := len(r.Messages())
		card := "Card 4111 1111 1111 1111"
		p, err := r.Hub.PreviewReply(t.Context(), byYou, channel.Reply{Conversation: id, Content: &message.Text{Body: card}})
		require.NoError(t, err)
		require.NoError(t, p.Refused)
		require.True(t, p.Open)
		require.False(t, p.Closes.IsZero())
		require.True(t, p.Message.Redacted)
		require.NotContains(t, p.Message.Text, "4111 1111")
		require.Equal(t, -1, p.FreeLeft)

		tooLong := channel.Reply{Conversation: id, Content: &message.Text{}}
		require.ErrorIs(t, r.Hub.Check(t.Context(), byYou, tooLong), message.ErrInvalid)
		r.Pass(25 * time.Hour)
		p, err = r.Hub.PreviewReply(t.Context(), byYou, channel.Reply{Conversation: id, Content: &message.Text{Body: "Late"}})
		require.NoError(t, err)
		require.Nil(t, p.Message)
		require.False(t, p.Open)
		x := explain.Error(p.Refused)
		require.Equal(t, conversation.CauseWindowClosed, x.Cause)
		require.Equal(t, 409, x.Status)
		require.Equal(t, "Send an approved template.", x.Do)
		p, err = r.Hub.PreviewReply(t.Context(), byYou, channel.Reply{Conversation: id, Template: &channel.Template{Name: "spring_sale"}})
		require.NoError(t, err)
		require.True(t, p.Template)
		require.ErrorIs(t, p.Refused, channel.ErrNoConsent)
		require.ErrorIs(t, r.Hub.Check(t.Context(), byYou, channel.Reply{Conversation: "none", Content: &message.Text{Body: "x"}}), channel.ErrNotFound)

		r.Settle()
		log, err := r.Hub.Events(t.Context(), id, 100)
		require.NoError(t, err)
		for _, e := range log {
			require.NotEqual(t, conversation.CauseWindowClosed, e.Cause, "a preview is no refusal")
		}
		require.Len(t, r.Messages(), before, "a preview changes nothing")
	})
}
