package channel_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
)

const otherNumber = "206540352242923"

// otherChannel is a second tenant's channel on another number.
func otherChannel(id, number string, line channel.Sender) channel.Channel {
	return channel.Channel{Sender: line, Settings: channel.Settings{
		ID: id, Name: id, Number: number, Account: labAccount, Enabled: true,
		Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{AllUsers: access.Supervisor}}.JSON(),
	}}
}

// on is the item on another number.
func (it item) on(number string) item { it.number = number; return it }

// chats opens a conversation with each of n people on a number, and returns them.
func (l *lab) chats(id, number string, n int) []*conversation.Conversation {
	l.t.Helper()
	for i := range n {
		l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.", id, i), "hello").on(number))
	}
	l.pass(5 * time.Second)
	list, err := l.agents.Conversations(l.t.Context(), alice, desk.ConversationQuery{Channel: id, Limit: 1000})
	require.NoError(l.t, err)
	require.Len(l.t, list, n)
	return list
}

// answers replies in each conversation.
func (l *lab) answers(conversations []*conversation.Conversation, text string) {
	l.t.Helper()
	for i, c := range conversations {
		_, err := l.agents.Reply(l.t.Context(), alice, channel.Reply{
			Conversation: c.ID, Content: &message.Text{Body: fmt.Sprint(text, " ", i)},
		})
		require.NoError(l.t, err)
	}
}

// takes lets every send take d.
func takes(d time.Duration) func(context.Context, message.Outbound, int) error {
	return func(context.Context, message.Outbound, int) error { <-time.After(d); return nil }
}

func TestASlowNumberDoesNotStarveAFastOne(t *testing.T) {
	t.Parallel()
	fast, slower := &wire{}, &wire{}
	o := labOptions{config: func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("fast", otherNumber, fast), otherChannel("slower", "306540352242924", slower))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		slow, quick, third := l.chats("support", labNumber, 200), l.chats("fast", otherNumber, 200), l.chats("slower", "306540352242924", 200)
		l.line.sends(takes(20 * time.Second))
		slower.sends(takes(40 * time.Second))
		l.answers(slow, "slow")
		l.answers(third, "third")
		l.pass(time.Second)
		l.answers(quick, "quick")
		l.pass(5 * time.Second)
		require.Len(t, fast.texts(), 200, "the fast number is not held up")
		require.NotEmpty(t, l.line.texts())
		l.pass(20 * time.Minute)
		require.Len(t, l.line.texts(), 200, "and the slow one gets on")
		require.Len(t, slower.texts(), 200)
	})
}

func TestTheFirstSendAfterAQuietTimeHoldsUpNoOtherPersons(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]channel.Channel{
		"one channel": nil, "one of two": {otherChannel("other", otherNumber, &wire{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := labOptions{config: func(c *channel.Config) { c.Channels = append(c.Channels, more...) }}
			experiment(t, o, func(t *testing.T, l *lab) {
				list := l.chats("support", labNumber, 12)
				l.line.sends(takes(20 * time.Second))
				for i := range list {
					l.answers(list[i:i+1], fmt.Sprint("answer ", i))
					l.pass(time.Millisecond)
				}
				require.Len(t, l.line.texts(), 8, "what is at stake while nobody knows that it goes well")
				l.pass(21 * time.Second)
				require.Len(t, l.line.texts(), 12)
			})
		})
	}
}

func TestOneNumberAloneUsesEveryWorker(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		talks := l.chats("support", labNumber, 200)
		l.answers(talks, "first of all")
		l.pass(5 * time.Second)
		l.line.sends(takes(20 * time.Second))
		l.answers(talks, "slow")
		l.pass(5 * time.Second)
		require.Len(t, l.line.texts(), 200+64)
	})
}

// perChannel is a ticket system of which each channel has its own.
type perChannel struct {
	ticketing
	slow map[string]time.Duration
}

func (p *perChannel) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	<-time.After(p.slow[in.Conversation.Channel])
	return p.ticketing.Receive(ctx, in)
}

func TestATicketingThatIsSlowForOneChannelDoesNotStarveAnother(t *testing.T) {
	t.Parallel()
	p := &perChannel{slow: map[string]time.Duration{}}
	o := labOptions{config: func(c *channel.Config) {
		c.Ticketing = p
		c.Channels = append(c.Channels, otherChannel("fast", otherNumber, &wire{}))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.chats("support", labNumber, 200) // quick at first, so that much is claimed ahead
		p.slow["support"] = 20 * time.Second
		for i := range 200 {
			l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.slow", i), "slow"))
		}
		l.pass(time.Second)
		before := len(p.texts())
		for i := range 200 {
			l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.quick", i), "quick").on(otherNumber))
		}
		l.pass(5 * time.Second)
		require.Len(t, p.texts()[before:], 200, "the other channel's messages, all of them")
	})
}

func TestASlowBroadcastDoesNotHoldUpAnswers(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		talks := l.chats("support", labNumber, 20)
		l.line.sends(func(_ context.Context, out message.Outbound, _ int) error {
			if out.Content.Kind() == "template" {
				<-time.After(20 * time.Second)
			}
			return nil
		})
		for i := range 200 {
			_, err := l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: stranger(1000 + i).phone},
				Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.NoError(t, err)
		}
		l.pass(time.Second)
		l.answers(talks, "answer")
		l.pass(time.Second)
		var answers int
		for _, text := range l.line.texts() {
			if text != "template" {
				answers++
			}
		}
		require.Equal(t, 20, answers)
	})
}

func TestTheChangesOfABroadcastDoNotHoldUpWhatCustomersWrite(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		l.host.fails(func(string, int) error { <-time.After(5 * time.Second); return nil }) // it is slow
		for i := range 500 {
			_, err := l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: stranger(1000 + i).phone},
				Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.NoError(t, err)
		}
		l.pass(time.Second)
		for i := range 5 {
			l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.", i), "a question"))
		}
		l.pass(11 * time.Second)
		require.Len(t, l.host.texts(), 5)
		require.Less(t, len(l.host.of(conversation.MessageQueued)), 500, "the changes are far from told")
		l.pass(20 * time.Minute)
		require.GreaterOrEqual(t, len(l.host.of(conversation.MessageQueued)), 500, "in the end they are")
	})
}
