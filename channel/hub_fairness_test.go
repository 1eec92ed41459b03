package channel_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

// otherChannel is a second tenant's channel on another number.
func otherChannel(id, number string, line message.Sender) channel.Channel {
	return channel.Channel{Sender: line, Settings: settings.Settings{
		ID: id, Name: id, Number: number, Account: channeltest.LabAccount, Enabled: true,
	}}
}

// chats opens a conversation with each of n people on a number, and returns them.
func (l *lab) chats(id, number string, n int) []*conversation.Conversation {
	l.T.Helper()
	for i := range n {
		l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", id, i), "hello").On(number))
	}
	l.Pass(5 * time.Second)
	list, err := l.Hub.Conversations(l.T.Context(), channel.ConversationQuery{Channel: id, Limit: 1000})
	require.NoError(l.T, err)
	require.Len(l.T, list, n)
	return list
}

// answers replies in each conversation.
func (l *lab) answers(conversations []*conversation.Conversation, text string) {
	l.T.Helper()
	for i, c := range conversations {
		_, err := l.Hub.Reply(l.T.Context(), alice, channel.Reply{
			Conversation: c.ID, Content: &message.Text{Body: fmt.Sprint(text, " ", i)},
		})
		require.NoError(l.T, err)
	}
}

// takes lets every send take d.
func takes(d time.Duration) func(context.Context, message.Outbound, int) error {
	return func(context.Context, message.Outbound, int) error { <-time.After(d); return nil }
}

func TestASlowNumberDoesNotStarveAFastOne(t *testing.T) {
	t.Parallel()
	fast, slower := &channeltest.Wire{}, &channeltest.Wire{}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("fast", channeltest.OtherNumber, fast), otherChannel("slower", "306540352242924", slower))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		slow, quick, third := l.chats("support", channeltest.LabNumber, 200), l.chats("fast", channeltest.OtherNumber, 200), l.chats("slower", "306540352242924", 200)
		l.Line.Sends(takes(20 * time.Second))
		slower.Sends(takes(40 * time.Second))
		l.answers(slow, "slow")
		l.answers(third, "third")
		l.Pass(time.Second)
		l.answers(quick, "quick")
		l.Pass(5 * time.Second)
		require.Len(t, fast.Texts(), 200, "the fast number is not held up")
		require.NotEmpty(t, l.Line.Texts())
		l.Pass(20 * time.Minute)
		require.Len(t, l.Line.Texts(), 200, "and the slow one gets on")
		require.Len(t, slower.Texts(), 200)
	})
}

func TestTheFirstSendAfterAQuietTimeHoldsUpNoOtherPersons(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]channel.Channel{
		"one channel": nil, "one of two": {otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := channeltest.LabOptions{Config: func(c *channel.Config) { c.Channels = append(c.Channels, more...) }}
			experiment(t, o, func(t *testing.T, l *lab) {
				list := l.chats("support", channeltest.LabNumber, 12)
				l.Line.Sends(takes(20 * time.Second))
				for i := range list {
					l.answers(list[i:i+1], fmt.Sprint("answer ", i))
					l.Pass(time.Millisecond)
				}
				require.Len(t, l.Line.Texts(), 8, "what is at stake while nobody knows that it goes well")
				l.Pass(21 * time.Second)
				require.Len(t, l.Line.Texts(), 12)
			})
		})
	}
}

func TestOneNumberAloneUsesEveryWorker(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		talks := l.chats("support", channeltest.LabNumber, 200)
		l.answers(talks, "first of all")
		l.Pass(5 * time.Second)
		l.Line.Sends(takes(20 * time.Second))
		l.answers(talks, "slow")
		l.Pass(5 * time.Second)
		require.Len(t, l.Line.Texts(), 200+64)
	})
}

// perChannel is a ticket system of which each channel has its own.
type perChannel struct {
	channeltest.Ticketing
	slow map[string]time.Duration
}

func (p *perChannel) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	<-time.After(p.slow[in.Conversation.Channel])
	return p.Ticketing.Receive(ctx, in)
}

func TestATicketingThatIsSlowForOneChannelDoesNotStarveAnother(t *testing.T) {
	t.Parallel()
	p := &perChannel{slow: map[string]time.Duration{}}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Ticketing = p
		c.Channels = append(c.Channels, otherChannel("fast", channeltest.OtherNumber, &channeltest.Wire{}))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.chats("support", channeltest.LabNumber, 200) // quick at first, so that much is claimed ahead
		p.slow["support"] = 20 * time.Second
		for i := range 200 {
			l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.slow", i), "slow"))
		}
		l.Pass(time.Second)
		before := len(p.Texts())
		for i := range 200 {
			l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.quick", i), "quick").On(channeltest.OtherNumber))
		}
		l.Pass(5 * time.Second)
		require.Len(t, p.Texts()[before:], 200, "the other channel's messages, all of them")
	})
}

// full is a ticket system that counts how many calls run at a time.
type full struct {
	channeltest.Ticketing
	now, most, all atomic.Int64
}

func (f *full) Receive(context.Context, *conversation.Received) (string, error) {
	n := f.now.Add(1)
	for most := f.most.Load(); n > most && !f.most.CompareAndSwap(most, n); most = f.most.Load() {
	}
	<-time.After(50 * time.Millisecond)
	f.now.Add(-1)
	f.all.Add(1)
	return "ticket", nil
}

func TestAQuickTicketingIsGivenAlmostAsManyCallsAsItMayGet(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]channel.Channel{
		"one channel": nil, "one of two": {otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &full{}
			o := channeltest.LabOptions{Config: func(c *channel.Config) {
				c.HostWorkers, c.Ticketing = 64, f
				c.Channels = append(c.Channels, more...)
			}}
			experiment(t, o, func(t *testing.T, l *lab) {
				for i := range 500 {
					l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", i), "hello"))
				}
				l.Pass(time.Minute)
				require.EqualValues(t, 500, f.all.Load())
				require.EqualValues(t, 60, f.most.Load(), "of 64: the rest is for others")
			})
		})
	}
}

func TestASlowBroadcastDoesNotHoldUpAnswers(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		talks := l.chats("support", channeltest.LabNumber, 20)
		l.Line.Sends(func(_ context.Context, out message.Outbound, _ int) error {
			if out.Content.Kind() == "template" {
				<-time.After(20 * time.Second)
			}
			return nil
		})
		for i := range 200 {
			_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: channeltest.Stranger(1000 + i).Phone},
				Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.NoError(t, err)
		}
		l.Pass(time.Second)
		l.answers(talks, "answer")
		l.Pass(time.Second)
		var answers int
		for _, text := range l.Line.Texts() {
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
		l.Host.Fails(func(string, int) error { <-time.After(5 * time.Second); return nil }) // it is slow
		for i := range 500 {
			_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: channeltest.Stranger(1000 + i).Phone},
				Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.NoError(t, err)
		}
		l.Pass(time.Second)
		for i := range 5 {
			l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", i), "a question"))
		}
		l.Pass(11 * time.Second)
		require.Len(t, l.Host.Texts(), 5)
		require.Less(t, len(l.Host.Of(conversation.MessageQueued)), 500, "the changes are far from told")
		l.Pass(20 * time.Minute)
		require.GreaterOrEqual(t, len(l.Host.Of(conversation.MessageQueued)), 500, "in the end they are")
	})
}
