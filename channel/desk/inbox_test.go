package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// crowd is a lab with customers A, B, C and D on support, who wrote in this order, and one, Z, on the
// channel of another tenant.
func crowd(t *testing.T, f func(t *testing.T, l *lab, id map[string]string)) {
	t.Helper()
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	var line channeltest.Wire
	config := func(c *channel.Config) {
		otherTenant(&line)(c)
		c.Feed, c.Search = true, true
	}
	experiment(t, labOptions{Config: config, own: apart}, func(t *testing.T, l *lab) {
		for i, name := range []string{"A", "B", "C", "D"} {
			f := channeltest.Face{Phone: fmt.Sprint("1312555010", i), Bsuid: fmt.Sprint("US.", i), Name: "Person " + name}
			l.From(webhook.Scope{All: true}, channeltest.LabAccount, f.Text(time.Now(), "wamid."+name, "I am "+name+", where is my parcel?"))
			l.Pass(time.Hour)
		}
		z := channeltest.Face{Phone: "13125550999", Bsuid: "US.9", Name: "Person Z"}
		l.From(webhook.Scope{All: true}, tenantAccount, z.Text(time.Now(), "wamid.Z", "my parcel, too").On(tenantNumber))
		id := map[string]string{}
		for _, c := range append(l.Conversations(), l.others()...) {
			_, customer, err := l.Hub.Conversation(t.Context(), c.ID)
			require.NoError(t, err)
			id[strings.TrimPrefix(customer.Name, "Person ")] = c.ID
		}
		require.Len(t, id, 5)
		f(t, l, id)
	})
}

// names are those of an inbox, in its order.
func (l *lab) names(actor access.Actor, q desk.InboxQuery) string {
	l.T.Helper()
	page, err := l.agents.Inbox(l.T.Context(), actor, q)
	require.NoError(l.T, err)
	var all []string
	for i, c := range page.Customers {
		require.Equal(l.T, page.Conversations[i].Customer, c.ID)
		all = append(all, strings.TrimPrefix(c.Name, "Person "))
	}
	return strings.Join(all, "")
}

func TestInboxFiltersAndOrders(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		require.Equal(t, "DCBA", l.names(alice, desk.InboxQuery{}), "what the actor may read, the newest first")
		require.Equal(t, "Z", l.names(bob, desk.InboxQuery{}))
		require.Empty(t, l.names(bob, desk.InboxQuery{Channels: []string{"support"}}))
		require.Empty(t, l.names(access.Actor{}, desk.InboxQuery{}))

		require.NoError(t, l.agents.Assign(ctx, alice, id["A"], "alice"))
		require.NoError(t, l.agents.Assign(ctx, alice, id["B"], "carol"))
		require.NoError(t, l.agents.SetTags(ctx, alice, id["A"], []string{"vip", "late"}))
		require.NoError(t, l.agents.SetTags(ctx, alice, id["C"], []string{"late"}))
		require.NoError(t, l.agents.SetTopic(ctx, alice, id["D"], "returns"))
		_, err := l.agents.Reply(ctx, alice, channel.Reply{Conversation: id["D"], Content: &message.Text{Body: "It is on its way, by courier"}})
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.NoError(t, l.agents.Resolve(ctx, alice, id["C"], ""))
		l.Pass(time.Minute)
		a, _, err := l.Hub.Conversation(ctx, id["A"])
		require.NoError(t, err)
		for name, c := range map[string]struct {
			q    desk.InboxQuery
			want string
		}{
			"the owner is me":                {desk.InboxQuery{Assignees: []string{"alice"}}, "DA"},
			"the owner is one of a team":     {desk.InboxQuery{Assignees: []string{"alice", "carol"}}, "DBA"},
			"nobody is the owner":            {desk.InboxQuery{Assignees: []string{""}}, "C"},
			"a queue":                        {desk.InboxQuery{Queues: []rules.Queue{rules.QueueResolved}}, "C"},
			"a tag":                          {desk.InboxQuery{Tags: []string{"late"}}, "CA"},
			"two tags":                       {desk.InboxQuery{Tags: []string{"late", "vip"}}, "A"},
			"a tag named twice":              {desk.InboxQuery{Tags: []string{"late", "late"}}, "CA"},
			"a topic":                        {desk.InboxQuery{Topics: []string{"returns"}}, "D"},
			"no topic":                       {desk.InboxQuery{Topics: []string{""}}, "CBA"},
			"a customer":                     {desk.InboxQuery{Customer: a.Customer}, "A"},
			"who waits, the longest first":   {desk.InboxQuery{Waiting: true, Order: desk.LongestWait}, "AB"},
			"all, who waits first":           {desk.InboxQuery{Order: desk.LongestWait}, "ABDC"},
			"all, whose window closes first": {desk.InboxQuery{Order: desk.ClosingFirst}, "ABCD"},
			"windows that close soon":        {desk.InboxQuery{ClosingWithin: 21 * time.Hour}, "BA"},
			"words of messages":              {desk.InboxQuery{Text: "courier"}, "D"},
			"names":                          {desk.InboxQuery{Text: "person b"}, "B"},
			"phone numbers":                  {desk.InboxQuery{Text: "+1 312 555 0100"}, "A"},
			"tags by words":                  {desk.InboxQuery{Text: "vip"}, "A"},
			"words and an owner":             {desk.InboxQuery{Text: "parcel", Assignees: []string{"carol"}}, "B"},
			"nothing":                        {desk.InboxQuery{Text: "nowhere"}, ""},
		} {
			require.Equal(t, c.want, l.names(alice, c.q), name)
		}
		counts, err := l.agents.CountInbox(ctx, alice, desk.InboxQuery{})
		require.NoError(t, err)
		require.Equal(t, 4, counts.Total)
		require.Equal(t, 2, counts.Waiting)
		require.Equal(t, map[string]int{"support": 4}, counts.ByChannel)
		require.Equal(t, 1, counts.ByQueue[rules.QueueResolved])
		require.Equal(t, map[string]int{"": 3, "returns": 1}, counts.ByTopic)
		require.Equal(t, 1, counts.ByAssignee["carol"])
		counts, err = l.agents.CountInbox(ctx, bob, desk.InboxQuery{})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"other": 1}, counts.ByChannel)

		_, err = l.Hub.EraseConversation(ctx, id["C"])
		require.NoError(t, err)
		require.NotContains(t, l.names(alice, desk.InboxQuery{}), "C")
	})
}

func TestInboxPagesAreStable(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		q := desk.InboxQuery{Limit: 2}
		page, err := l.agents.Inbox(t.Context(), alice, q)
		require.NoError(t, err)
		require.Equal(t, 4, page.Total)
		require.Equal(t, []string{id["D"], id["C"]}, []string{page.Conversations[0].ID, page.Conversations[1].ID})
		// A moves to the front, and B would come twice if pages went by number.
		l.From(webhook.Scope{All: true}, channeltest.LabAccount, channeltest.Face{Phone: "13125550100", Bsuid: "US.0", Name: "Person A"}.Text(time.Now(), "wamid.A2", "again"))
		q.After = page.Next
		require.Equal(t, "B", l.names(alice, q))
		q.After = ""
		require.Equal(t, "AD", l.names(alice, q))

		// Rights that are withdrawn while somebody pages.
		found, err := l.agents.Search(t.Context(), alice, channel.SearchQuery{Text: "parcel", Limit: 1})
		require.NoError(t, err)
		require.NotEmpty(t, found.Next)
		ch, err := l.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		settings := ch.Settings
		settings.Desk = desk.Settings{Rules: rules.Default()}.JSON()
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), settings))
		q.After = page.Next
		require.Empty(t, l.names(alice, q))
		_, err = l.agents.Search(t.Context(), alice, channel.SearchQuery{Text: "parcel", Limit: 1, After: found.Next})
		require.ErrorIs(t, err, store.ErrCursor)
	})
}

func TestInboxRefusesWhatItCannotAnswer(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, _ map[string]string) {
		page, err := l.agents.Inbox(t.Context(), alice, desk.InboxQuery{Limit: 1})
		require.NoError(t, err)
		for name, c := range map[string]struct {
			q    desk.InboxQuery
			want error
		}{
			"an unknown queue":          {desk.InboxQuery{Queues: []rules.Queue{"attic"}}, desk.ErrInboxQuery},
			"an unknown order":          {desk.InboxQuery{Order: "random"}, desk.ErrInboxQuery},
			"a negative limit":          {desk.InboxQuery{Limit: -1}, desk.ErrInboxQuery},
			"a cursor of another query": {desk.InboxQuery{After: page.Next, Waiting: true}, store.ErrCursor},
			"a cursor that is none":     {desk.InboxQuery{After: "x.y.z"}, store.ErrCursor},
			"a search of 10 kB":         {desk.InboxQuery{Text: strings.Repeat("x", 10_000)}, store.ErrSearch},
			"a search of no word":       {desk.InboxQuery{Text: "..."}, store.ErrSearch},
		} {
			_, err := l.agents.Inbox(t.Context(), alice, c.q)
			require.ErrorIs(t, err, c.want, name)
			require.Less(t, desk.Explain(err).Status, 500, name)
		}
	})
	require.NotContains(t, fmt.Sprintf("%+v %v", desk.InboxQuery{Text: "Canary"}, desk.InboxPage{}), "Canary")
	_, err := newLab(t, labOptions{}).agents.Inbox(t.Context(), alice, desk.InboxQuery{})
	require.ErrorIs(t, err, channel.ErrNoFeed)
}

// BenchmarkInbox lists, counts and searches in 100,000 conversations.
func BenchmarkInbox(b *testing.B) {
	st := memstore.New()
	now := time.Now()
	for from := 0; from < 100_000; from += 1000 {
		batch := &store.Batch{}
		for i := from; i < from+1000; i++ {
			id := fmt.Sprintf("%06d", i)
			c := conversation.Conversation{ID: "c_" + id, Channel: "support", Customer: "u_" + id, Topic: fmt.Sprint(i % 7), LastActivity: now.Add(-time.Duration(i) * time.Second)}
			c.State.Queue, c.State.Assignee = rules.QueueNew, fmt.Sprint("agent", i%50)
			person := conversation.Customer{ID: "u_" + id, Channel: "support", Identity: conversation.Identity{Name: "Person" + id}}
			for _, doc := range []struct {
				kind, key, parent string
				doc               any
			}{{"conversation", c.ID, "support/new", c}, {"customer", person.ID, "support", person}} {
				body, err := json.Marshal(doc.doc)
				require.NoError(b, err)
				batch.Put = append(batch.Put, store.Record{Kind: doc.kind, Key: doc.key, Parent: doc.parent, Sort: c.LastActivity.UnixMicro(), Body: body})
			}
			batch.Index = append(batch.Index, store.Entry{Kind: "customer", Key: person.ID, Group: "support", Text: person.Name})
		}
		_, err := st.Commit(b.Context(), batch)
		require.NoError(b, err)
	}
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: st, Ticketing: &channeltest.Ticketing{}, Feed: true, Search: true,
		Channels: []channel.Channel{{Settings: settings.Settings{ID: "support", Name: "Support", Number: channeltest.LabNumber, Enabled: true, Desk: ownSettings(nil)}, Sender: &channeltest.Wire{}}},
	}})
	require.NoError(b, err)
	for name, q := range map[string]desk.InboxQuery{
		"newest": {}, "an agent's, the longest wait first": {Assignees: []string{"agent7"}, Order: desk.LongestWait},
		"search": {Text: "person04711"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				page, err := d.Inbox(context.Background(), alice, q)
				require.NoError(b, err)
				require.NotEmpty(b, page.Conversations)
			}
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			_, err := d.CountInbox(context.Background(), alice, desk.InboxQuery{})
			require.NoError(b, err)
		}
	})
}

func TestExplainKnowsWhatTheDeskRefuses(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		_, stranger := l.agents.Inbox(ctx, access.Actor{}, desk.InboxQuery{Limit: -1})
		require.Equal(t, explain.Input, desk.Explain(stranger).Class)
		outsider := access.Actor{Kind: access.Agent, ID: "eve"}
		_, _, err := l.agents.Conversation(ctx, outsider, id["A"])
		x := desk.Explain(err)
		require.Equal(t, explain.Denied, x.Class)
		require.Equal(t, 403, x.Status)
		_, _, err = l.agents.Conversation(ctx, access.Actor{}, id["A"])
		require.Equal(t, 401, desk.Explain(err).Status)
		require.NoError(t, l.agents.Resolve(ctx, alice, id["A"], ""))
		err = l.agents.Assign(ctx, alice, id["A"], "carol")
		require.ErrorIs(t, err, rules.ErrNotOpen)
		require.Equal(t, 409, desk.Explain(err).Status)
		_, _, err = l.agents.Conversation(ctx, bob, id["A"])
		require.Equal(t, 404, desk.Explain(err).Status, "what is another tenant's is not there")

		p, err := l.agents.PreviewReply(ctx, alice, channel.Reply{Conversation: id["B"], Content: &message.Text{Body: "hi"}})
		require.NoError(t, err)
		require.NoError(t, p.Refused)
		require.NotNil(t, p.Message)
		require.Error(t, l.agents.Check(ctx, outsider, channel.Reply{Conversation: id["B"], Content: &message.Text{Body: "hi"}}))
	})
}

// slowly is a store that says when it is asked next what changed, and tells only when it is let go.
type slowly struct {
	*memstore.Store
	next atomic.Pointer[chan struct{}]
}

func (s *slowly) Follow(ctx context.Context, after string, limit int) ([]store.Change, string, error) {
	if gate := s.next.Swap(nil); gate != nil {
		*gate <- struct{}{}
		<-*gate
	}
	return s.Store.Follow(ctx, after, limit)
}

// Whoever looks at the inbox may wait for the connection that the host's transaction has.
func TestTheInboxOfATransactionWaitsForNoOther(t *testing.T) {
	t.Parallel()
	st := &slowly{Store: memstore.New()}
	l := newLab(t, labOptions{Store: st, Config: func(c *channel.Config) { c.Feed = true }})
	look := func(ctx context.Context) error {
		_, err := l.agents.Inbox(ctx, alice, desk.InboxQuery{})
		return err
	}
	gate, others, inside := make(chan struct{}), make(chan error, 1), make(chan error, 1)
	st.next.Store(&gate)
	go func() { others <- look(t.Context()) }()
	<-gate
	go func() {
		ctx, tx := store.Defer(t.Context())
		defer tx.End(false)
		inside <- look(ctx)
	}()
	select {
	case err := <-inside:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		require.Fail(t, "it waits")
	}
	gate <- struct{}{}
	require.NoError(t, <-others)
}
