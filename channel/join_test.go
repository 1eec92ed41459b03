package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/rules"
)

// Two faces of one person, of whom WhatsApp does not say at first that they are one.
var (
	kimsPhone = face{phone: kim.phone, name: kim.name}
	kimHidden = face{bsuid: kim.bsuid, name: kim.name}
)

func TestTwoConversationsOfOnePersonBecomeOne(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kimsPhone, "wamid.1", "where is my bike?")
		first := l.conversation().ID
		require.NoError(t, l.hub.Assign(t.Context(), alice, first, "bob"))
		l.pass(time.Minute)
		l.say(kimHidden, "wamid.2", "hello?")
		require.Len(t, l.conversations(), 2)
		l.pass(time.Minute)
		l.say(kim, "wamid.3", "it is me again")

		var open, done []*channel.Conversation
		for _, c := range l.conversations() {
			if c.State.Queue.Open() {
				open = append(open, c)
			} else {
				done = append(done, c)
			}
		}
		require.Len(t, open, 1)
		require.Len(t, done, 1)
		require.Equal(t, "bob", open[0].State.Assignee, "whoever had one of them has it now")
		require.Equal(t, rules.QueueNew, open[0].State.Queue)
		require.Equal(t, dawn, open[0].State.WaitingSince.UTC(), "the customer waits since the first message")
		merged := l.desk.of(channel.ConversationMerged)
		require.Len(t, merged, 1)
		require.Equal(t, done[0].ID, merged[0].Conversation.ID)
		require.Equal(t, open[0].ID, merged[0].To)
		_, one, err := l.hub.Conversation(t.Context(), alice, open[0].ID)
		require.NoError(t, err)
		_, other, err := l.hub.Conversation(t.Context(), alice, done[0].ID)
		require.NoError(t, err)
		require.Equal(t, one.ID, other.ID, "both lead to the one customer")
		require.Equal(t, open[0].ID, one.Conversation)

		l.say(kimHidden, "wamid.4", "and again")
		require.Len(t, l.conversations(), 2, "everything goes to the one that goes on")
		require.Equal(t, []string{"where is my bike?", "hello?", "it is me again", "and again"}, l.desk.texts())
	})
}

func TestOfTwoConversationsTheOpenOneGoesOn(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kimsPhone, "wamid.1", "where is my bike?")
		open := l.conversation().ID
		l.pass(time.Minute)
		l.say(kimHidden, "wamid.2", "hello?")
		for _, c := range l.conversations() {
			if c.ID != open {
				require.NoError(t, l.hub.Resolve(t.Context(), access.Actor{Kind: access.Agent, ID: "bob"}, c.ID, "done"))
			}
		}
		l.say(kim, "wamid.3", "it is me again")
		require.Equal(t, open, l.inNew().ID, "although the other one was touched later")
		require.Empty(t, l.desk.of(channel.ConversationMerged), "what was resolved stays as it was")
	})
}
