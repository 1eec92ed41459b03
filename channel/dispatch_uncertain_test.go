package channel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/window"
)

func (l *lab) state(conv, id string) conversation.DeliveryState {
	l.T.Helper()
	for _, m := range l.Messages(conv) {
		if m.ID == id {
			return m.Delivery.State()
		}
	}
	l.T.Fatal("no such message")
	return ""
}

func TestAnAgentHasAnUncertainMessageSentAgain(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		id := l.Uncertain(conv)
		require.Equal(t, conversation.Uncertain, l.state(conv, id))
		l.Pass(20 * time.Hour) // long after the wait for a status
		require.Equal(t, []string{"perhaps"}, l.Line.Texts(), "the hub does not repeat it by itself")
		require.NoError(t, l.Hub.ResendMessage(t.Context(), alice, id))
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"perhaps", "perhaps"}, l.Line.Texts())
		require.Equal(t, id, l.Line.Sent[1].OpaqueID, "under the same ID")
		require.Equal(t, conversation.Accepted, l.state(conv, id))
		require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, id), channel.ErrNotUncertain, "once")
		require.ErrorIs(t, l.Hub.GiveUpMessage(t.Context(), alice, id), channel.ErrNotUncertain)
	})
}

func TestAnAgentGivesAnUncertainMessageUp(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		id := l.Uncertain(conv)
		require.NoError(t, l.Hub.GiveUpMessage(t.Context(), alice, id))
		l.Pass(5 * time.Second)
		require.Equal(t, conversation.Failed, l.state(conv, id))
		changes := l.Host.Of(conversation.DeliveryChanged)
		last := changes[len(changes)-1]
		require.Equal(t, "given_up", last.Failure.Class)
		require.Equal(t, conversation.Author{Kind: "agent", ID: "alice"}, last.Author)
		// It had arrived after all.
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.late", id, "delivered"))
		l.Pass(5 * time.Second)
		require.Equal(t, conversation.Delivered, l.state(conv, id))
	})
}

func TestOnlyAnUncertainMessageCanBeSettledByHand(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		inbound := l.Messages(conv)[0].ID
		sent, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, inbound), channel.ErrNotUncertain)
		require.ErrorIs(t, l.Hub.GiveUpMessage(t.Context(), alice, sent.ID), channel.ErrNotUncertain)
		require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, "m_none"), channel.ErrNotFound)

		id := l.Uncertain(conv)
		l.Pass(25 * time.Hour)
		require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, id), window.ErrClosed, "it would not arrive any more")
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "still there?"))
		l.Pass(8 * 24 * time.Hour)
		l.Say(channeltest.Kim, "wamid.3", "hello?")
		require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, id), channel.ErrNotFound, "its content is not kept for ever")
		require.Equal(t, conversation.Uncertain, l.state(conv, id))
		require.NoError(t, l.Hub.GiveUpMessage(t.Context(), alice, id))
	})
}

func TestAStatusAndAnAgentAtTheSameMoment(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		id := l.Uncertain(conv)
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.x", id, "delivered"))
		l.Pass(5 * time.Second)
		require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, id), channel.ErrNotUncertain, "it has arrived")
		require.Len(t, l.Line.Texts(), 1)
	})
}

func TestAPanicOfASenderLeavesTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Line.Sends(panics)
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Equal(t, conversation.Uncertain, l.state(conv, m.ID))
		require.NotContains(t, l.Logs.String(), "canary of a panic")
	})
}

func TestTheRetryPlanFollowsTheClassOfTheError(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		code  int
		tries int // 0: as often as it takes
		want  conversation.DeliveryState
	}{
		"too fast for the number":    {130429, 0, conversation.Accepted},
		"too fast for the person":    {131056, 0, conversation.Accepted},
		"the person has no WhatsApp": {131026, 1, conversation.Failed},
		"the window is closed":       {131047, 1, conversation.Failed},
		"the message is malformed":   {100, 1, conversation.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				conv := l.Conversation().ID
				l.Line.Sends(channeltest.FailsFirst(tt.code, 3))
				m, err := l.Reply(conv, "hi")
				require.NoError(t, err)
				l.Pass(20 * time.Hour)
				require.Equal(t, tt.want, l.state(conv, m.ID))
				if tt.tries > 0 {
					require.Len(t, l.Line.Texts(), tt.tries)
					failure := l.Messages(conv)[1].Delivery.Failure
					require.Equal(t, tt.code, failure.Code)
					require.NotEmpty(t, failure.Hint, "an agent is told what to do")
				} else {
					require.Len(t, l.Line.Texts(), 4, "three failures, then it went")
				}
			})
		})
	}
}

func panics(context.Context, message.Outbound, int) error { panic("canary of a panic") }

// The answer to a send is lost in different ways, and a status tells that the message arrived:
// what follows acceptance follows all the same, and nothing stays under way.
func TestAMessageWhoseAcceptanceWasNotWrittenDownIsLikeAnyOther(t *testing.T) {
	t.Parallel()
	for name, hangs := range map[string]bool{"the answer was lost": false, "the process hung in the middle of it": true} {
		for _, status := range []string{"sent", "delivered", "read"} {
			t.Run(name+", "+status, func(t *testing.T) {
				t.Parallel()
				experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
					l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "is it still there?", "referral", map[string]any{
						"source_type": "ad", "source_id": "7", "source_url": "https://fb.me/x", "ctwa_clid": "c",
					}))
					l.Pass(5 * time.Second)
					conv := l.Conversation().ID
					end := make(chan struct{})
					l.Line.Sends(func(context.Context, message.Outbound, int) error {
						if hangs {
							<-end
						}
						return message.ErrOutcomeUnknown
					})
					m, err := l.Reply(conv, "it is")
					require.NoError(t, err)
					l.Pass(5 * time.Second)
					other := newLab(t, channeltest.LabOptions{Store: l.Store})
					other.Run()
					l.Post(channeltest.Kim.Status(time.Now(), "wamid.out", m.ID, status))
					l.Pass(10 * time.Minute)
					got := l.Messages(conv)[1]
					require.Equal(t, m.ID, got.ID)
					stored, err := l.Store.Get(t.Context(), "message", m.ID)
					require.NoError(t, err)
					require.NotContains(t, string(stored[0].Body), `"sending"`)
					require.Contains(t, string(stored[0].Body), `"answers_ad"`)
					require.True(t, l.customer().Window.FreeEntryAt(time.Now()), "the answer to an advertisement is free for three days")
					works, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "out", Limit: 10})
					require.NoError(t, err)
					require.Empty(t, works)
					require.Empty(t, other.Line.Texts(), "nothing is sent again")
					close(end)
					other.Stop()
				})
			})
		}
	}
}
