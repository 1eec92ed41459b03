package channel_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
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
		require.NoError(t, l.agents.Assign(t.Context(), alice, first, "bob"))
		l.pass(time.Minute)
		l.say(kimHidden, "wamid.2", "hello?")
		require.Len(t, l.conversations(), 2)
		l.pass(time.Minute)
		l.say(kim, "wamid.3", "it is me again")

		var open, done []*conversation.Conversation
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
		merged := l.host.of(conversation.ConversationMerged)
		require.Len(t, merged, 1)
		require.Equal(t, done[0].ID, merged[0].Conversation.ID)
		require.Equal(t, open[0].ID, merged[0].To)
		require.Equal(t, open[0].Ticket, merged[0].Ticket, "the ticket that goes on")
		require.NotEmpty(t, merged[0].Absorbed)
		require.NotEqual(t, merged[0].Customer.ID, merged[0].Absorbed)
		require.Contains(t, merged[0].Customer.Merged, merged[0].Absorbed)
		require.Equal(t, open[0].ID, done[0].MergedInto)
		_, one, err := l.agents.Conversation(t.Context(), alice, open[0].ID)
		require.NoError(t, err)
		_, other, err := l.agents.Conversation(t.Context(), alice, done[0].ID)
		require.NoError(t, err)
		require.Equal(t, one.ID, other.ID, "both lead to the one customer")
		require.Equal(t, open[0].ID, one.Conversation)

		l.say(kimHidden, "wamid.4", "and again")
		require.Len(t, l.conversations(), 2, "everything goes to the one that goes on")
		require.Equal(t, []string{"where is my bike?", "hello?", "it is me again", "and again"}, l.host.texts())
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
				require.NoError(t, l.agents.Resolve(t.Context(), access.Actor{Kind: access.Agent, ID: "bob"}, c.ID, "done"))
			}
		}
		l.say(kim, "wamid.3", "it is me again")
		require.Equal(t, open, l.inNew().ID, "although the other one was touched later")
		merged := l.host.of(conversation.ConversationMerged)
		require.Len(t, merged, 1, "the host hears of it although that one was resolved before")
		require.Equal(t, open, merged[0].To)
		gone := merged[0].Conversation
		require.Equal(t, open, gone.MergedInto)
		require.Equal(t, rules.QueueResolved, gone.State.Queue)
	})
}

func TestAnAnswerToAMergedConversationGoesOnWithIt(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kimsPhone, "wamid.1", "where is my bike?")
		first := l.conversation().ID
		l.pass(time.Minute)
		l.say(kimHidden, "wamid.2", "hello?")
		early, err := l.reply(first, "sent before the merge")
		require.NoError(t, err)
		l.say(kim, "wamid.3", "it is me again")
		var gone, on *conversation.Conversation
		for _, c := range l.conversations() {
			if c.MergedInto != "" {
				gone = c
			} else {
				on = c
			}
		}
		require.NotNil(t, gone)
		require.Equal(t, on.ID, gone.MergedInto)

		m, err := l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: gone.ID, Key: "k", Content: &message.Text{Body: "here I am"},
			Quote: l.messages(gone.ID)[0].ID,
		})
		require.NoError(t, err)
		require.Equal(t, on.ID, m.Conversation)
		again, err := l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: gone.ID, Key: "k", Content: &message.Text{Body: "here I am"}, Quote: m.Quoted,
		})
		require.NoError(t, err)
		require.Equal(t, m.ID, again.ID, "the same key")
		repeated, err := l.reply(first, "sent before the merge")
		require.NoError(t, err)
		require.Equal(t, early.ID, repeated.ID, "the same key, before and after the merge")
		l.pass(5 * time.Second)
		require.Equal(t, []string{"sent before the merge", "here I am"}, l.line.texts())

		for name, act := range map[string]func() error{
			"reopen":  func() error { return l.agents.Reopen(t.Context(), alice, gone.ID) },
			"assign":  func() error { return l.agents.Assign(t.Context(), alice, gone.ID, "bob") },
			"resolve": func() error { return l.agents.Resolve(t.Context(), alice, gone.ID, "") },
			"note":    func() error { _, err := l.agents.AddNote(t.Context(), alice, gone.ID, "x"); return err },
			"tags":    func() error { return l.agents.SetTags(t.Context(), alice, gone.ID, []string{"x"}) },
		} {
			merged, ok := errors.AsType[*channel.MergedError](act())
			require.True(t, ok, name)
			require.ErrorIs(t, merged, channel.ErrMerged)
			require.Equal(t, on.ID, merged.Into, name)
		}
	})
}

func TestWhoWritesAtOnceAfterAChangeStaysOneCustomer(t *testing.T) {
	t.Parallel()
	before := face{phone: "13125550187", bsuid: "US.1"}
	after := face{phone: "13125550187", bsuid: "US.2"}
	t.Run("the notice comes a moment later", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(before, "wamid.1", "hello")
			at := time.Now()
			l.post(after.text(at, "wamid.2", "it is me"))
			l.pass(time.Second)
			l.post(before.moved(at, "wamid.n", face{bsuid: "US.2"}))
			l.pass(20 * time.Second)
			require.Equal(t, []string{"hello", "it is me"}, l.host.texts())
			require.Len(t, l.conversations(), 1, "one conversation, one ticket")
		})
	})
	t.Run("no notice comes", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(before, "wamid.1", "hello")
			l.post(after.text(time.Now(), "wamid.2", "I am somebody else"))
			l.pass(20 * time.Second)
			require.Equal(t, []string{"hello", "I am somebody else"}, l.host.texts())
			require.Len(t, l.conversations(), 2)
		})
	})
}

func TestTheHostHearsThatACustomerWasAbsorbed(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kimsPhone.preference(time.Now(), "resume")) // a customer without a conversation
		l.pass(time.Minute)
		l.say(kimHidden, "wamid.1", "hello")
		known := l.host.received[0].Customer.ID
		l.say(kim, "wamid.2", "it is me")
		changed := l.host.of(conversation.CustomerChanged)
		require.Len(t, changed, 1)
		require.Equal(t, known, changed[0].Absorbed)
		require.NotEqual(t, known, changed[0].Customer.ID)
	})
}
