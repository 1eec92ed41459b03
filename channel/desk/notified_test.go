package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

func TestANotificationOfLongAgoThatIsSentOnceMoreChangesNothing(t *testing.T) {
	t.Parallel()
	o := withBot(func(s *desk.Settings) { s.Access.AllUsers, s.Rules.Late.NewAfter = access.Supervisor, duration.Day })
	o.Config = func(c *channel.Config) { channeltest.WithTemplates(t)(c); channeltest.SlowPolls(c); c.Feed = true }
	o.Settings = func(s *settings.Settings) { s.BotFirst = true; s.ConsentElsewhere = true }
	experiment(t, o, func(t *testing.T, l *lab) {
		ctx := t.Context()
		n := channel.Notification{Channel: "support", To: channeltest.Recipient(channeltest.Kim), Key: "invoice 7", Ticket: "T1",
			Template: &channel.Template{Name: "reminder", Language: "en"}}
		first, err := l.agents.Notify(ctx, alice, n)
		require.NoError(t, err)
		l.Pass(time.Minute)
		id := l.Conversation().ID
		for i := range rules.SeenEvents + 1 {
			l.Say(channeltest.Kim, fmt.Sprint("wamid.", i), "hm")
		}
		require.NoError(t, l.agents.HandOver(ctx, alice, id, conversation.Handover{}))
		require.NoError(t, l.agents.Resolve(ctx, alice, id, ""))
		l.Pass(25 * time.Hour) // another one would begin
		told := len(l.Host.Changes)
		before := l.Conversation()
		require.Equal(t, conversation.HeldByPeople, before.Holder)

		n.Ticket = ""
		again, err := l.agents.Notify(ctx, alice, n)
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		l.Pass(time.Minute)
		require.Len(t, l.Conversations(), 1)
		after := l.Conversation()
		require.Equal(t, before.State.Queue, after.State.Queue)
		require.Equal(t, before.Holder, after.Holder)
		require.Len(t, l.Host.Changes, told)
	})
}
