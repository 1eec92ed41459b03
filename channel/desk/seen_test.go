package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/webhook"
)

// unread are how many messages an actor has not seen, by the customer's name.
func (l *lab) unread(actor access.Actor, q desk.InboxQuery) map[string]int {
	l.T.Helper()
	page, err := l.agents.Inbox(l.T.Context(), actor, q)
	require.NoError(l.T, err)
	require.Len(l.T, page.Unread, len(page.Conversations))
	all := map[string]int{}
	for i, c := range page.Customers {
		if n := page.Unread[i]; n > 0 {
			all[c.Name[len(c.Name)-1:]] = n
		}
	}
	return all
}

// writesAgain lets person A write once more.
func (l *lab) writesAgain(wamid string) {
	l.T.Helper()
	a := channeltest.Face{Phone: "13125550100", Bsuid: "US.0", Name: "Person A"}
	l.From(webhook.Scope{All: true}, channeltest.LabAccount, a.Text(time.Now(), wamid, "again"))
	l.Pass(5 * time.Second)
}

func TestEachAgentHasReadMarksOfTheirOwn(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		require.Equal(t, map[string]int{"A": 1, "B": 1, "C": 1, "D": 1}, l.unread(alice, desk.InboxQuery{}), "nothing was looked at yet")
		for _, name := range []string{"A", "B"} {
			require.NoError(t, l.agents.MarkSeen(ctx, alice, id[name], 1))
		}
		require.Equal(t, map[string]int{"C": 1, "D": 1}, l.unread(alice, desk.InboxQuery{}))
		require.Equal(t, "DC", l.names(alice, desk.InboxQuery{Unread: true}))
		require.Equal(t, map[string]int{"Z": 1}, l.unread(bob, desk.InboxQuery{}), "a mark is the agent's alone")

		l.writesAgain("wamid.A2")
		l.writesAgain("wamid.A3")
		require.Equal(t, map[string]int{"A": 2, "C": 1, "D": 1}, l.unread(alice, desk.InboxQuery{}))
		counts, err := l.agents.CountInbox(ctx, alice, desk.InboxQuery{})
		require.NoError(t, err)
		require.Equal(t, 3, counts.Unread)
		require.Equal(t, 4, counts.Total)

		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["A"], 3))
		require.Empty(t, l.unread(alice, desk.InboxQuery{Customer: l.customerOf(id["A"])}))
		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["A"], 2), "unread again")
		require.Equal(t, map[string]int{"A": 1}, l.unread(alice, desk.InboxQuery{Customer: l.customerOf(id["A"])}))
		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["A"], 99), "more than there are")
		l.writesAgain("wamid.A4")
		require.Equal(t, map[string]int{"A": 1}, l.unread(alice, desk.InboxQuery{Customer: l.customerOf(id["A"])}))
		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["A"], -7))
		require.Equal(t, map[string]int{"A": 4}, l.unread(alice, desk.InboxQuery{Customer: l.customerOf(id["A"])}))
	})
}

// customerOf is the customer of a conversation.
func (l *lab) customerOf(id string) string {
	l.T.Helper()
	c, _, err := l.Hub.Conversation(l.T.Context(), id)
	require.NoError(l.T, err)
	return c.Customer
}

func TestReadMarksReachOtherProcessesAndGoWithTheConversation(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		second, err := desk.New(desk.Config{Hub: channel.Config{
			Store: l.Store, Ticketing: l.Host, Feed: true, Search: true, Channels: l.Hub.Channels(),
		}})
		require.NoError(t, err)
		there := func() int {
			counts, err := second.CountInbox(ctx, alice, desk.InboxQuery{})
			require.NoError(t, err)
			return counts.Unread
		}
		require.Equal(t, 4, there())
		require.NoError(t, l.agents.MarkSeen(ctx, alice, id["A"], 1))
		require.Equal(t, 3, there(), "at once")
		l.Pass(time.Hour)
		require.NoError(t, second.MarkSeen(ctx, alice, id["B"], 1))
		require.Equal(t, 2, there())
		require.Equal(t, "DC", l.names(alice, desk.InboxQuery{Unread: true}))

		_, err = l.Hub.EraseConversation(ctx, id["A"])
		require.NoError(t, err)
		require.Len(t, l.Records("margin"), 1)
	})
}

func TestOnlyWhoMayReadHasAReadMark(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		require.ErrorIs(t, l.agents.MarkSeen(t.Context(), bob, id["A"], 1), channel.ErrNotFound, "of another tenant")
		require.ErrorIs(t, l.agents.MarkSeen(t.Context(), access.Actor{}, id["A"], 1), access.ErrDenied)
		require.ErrorIs(t, l.agents.MarkSeen(t.Context(), alice, "v_none", 1), channel.ErrNotFound)
		require.Empty(t, l.Records("margin"))
	})
}

func TestAConversationHasABoundedNumberOfReadMarks(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		id := l.Conversation().ID
		for i := range 230 {
			who := access.Actor{Kind: access.Agent, ID: fmt.Sprint("agent", i)}
			require.NoError(t, l.agents.MarkSeen(t.Context(), who, id, i))
		}
		margins, err := l.Hub.MarginsOf(t.Context(), deskapi.MarginSeen, id)
		require.NoError(t, err)
		require.Less(t, len(margins[id].Body), 200*25)
		require.Contains(t, string(margins[id].Body), "agent|agent229")
	})
}

func TestMyChannelsSayWhatMayBeDoneWhere(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, _ map[string]string) {
		ids := func(actor access.Actor) (list []string) {
			channels, err := l.agents.MyChannels(t.Context(), actor)
			require.NoError(t, err)
			for _, c := range channels {
				list = append(list, c.ID)
			}
			return list
		}
		require.Equal(t, []string{"support"}, ids(alice))
		require.Equal(t, []string{"other"}, ids(bob))
		require.Empty(t, ids(access.Actor{Kind: access.Agent, ID: "stranger"}))
		require.Empty(t, ids(access.Actor{}))
		require.Equal(t, []string{"other", "support"}, ids(admin))
		require.Equal(t, []string{"support"}, ids(access.Actor{Kind: access.Agent, ID: "sub", AdminOf: []string{"support"}}))

		channels, err := l.agents.MyChannels(t.Context(), alice)
		require.NoError(t, err)
		require.Equal(t, access.Supervisor, channels[0].Role)
		require.True(t, channels[0].May(access.Reply))
		require.False(t, channels[0].May(access.ManageSettings))
		channels, err = l.agents.MyChannels(t.Context(), admin)
		require.NoError(t, err)
		require.Equal(t, access.NoRole, channels[0].Role)
		require.False(t, channels[0].May(access.Read))
		require.True(t, channels[0].May(access.ManageSettings))
	})
}
