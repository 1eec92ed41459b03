package channel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

func TestASendWhoseAnswerWasLostIsSettledByItsStatus(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.World.Intercept(cloudapitest.Ambiguous(1))
		_, err := r.Reply("hi")
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, []string{"hello", "hi"}, r.Sees(), "it arrived although nobody was told")
		r.User.Read(r.Number)
		r.Settle()
		require.Equal(t, conversation.Read, r.Messages()[1].Delivery.State())
		r.Pass(time.Hour)
		require.Equal(t, []string{"hello", "hi"}, r.Sees(), "never sent again")
	})
}

func TestASendThatNeverArrivedIsHeldForAPersonByDefault(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		once := true
		r.World.Intercept(func(q *cloudapitest.Request) cloudapitest.Verdict {
			if q.Operation == "POST messages" && q.Field("type") == "text" && once {
				once = false
				return cloudapitest.Drop()
			}
			return cloudapitest.Pass()
		})
		_, err := r.Reply("first")
		require.NoError(t, err)
		_, err = r.Reply("second")
		require.NoError(t, err)
		r.Settle()
		r.Pass(time.Hour)
		require.Equal(t, []string{"hello", "second"}, r.Sees(), "the conversation goes on behind it")
		require.Equal(t, conversation.Uncertain, r.Messages()[1].Delivery.State())
		var told bool
		for _, c := range r.Host.Of(conversation.DeliveryChanged) {
			told = told || c.Delivery == conversation.Uncertain
		}
		require.True(t, told, "the host is told")
	})
}

func TestASendThatNeverArrivedIsRepeatedIfTheChannelSaysSo(t *testing.T) {
	resend := func(s *settings.Settings) { s.Uncertain, s.UncertainWait = settings.Resend, 30*duration.Second }
	test(t, channeltest.RigOptions{Settings: resend}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		once := true
		r.World.Intercept(func(q *cloudapitest.Request) cloudapitest.Verdict {
			if q.Operation == "POST messages" && q.Field("type") == "text" && once {
				once = false
				return cloudapitest.Drop()
			}
			return cloudapitest.Pass()
		})
		_, err := r.Reply("important")
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, []string{"hello"}, r.Sees())
		r.Pass(time.Minute)
		require.Equal(t, []string{"hello", "important"}, r.Sees())
		require.Equal(t, conversation.Delivered, r.Messages()[1].Delivery.State())
	})
}

func TestTemporaryRefusalsAreRepeatedAndPermanentOnesAreShown(t *testing.T) {
	for code, want := range map[int]conversation.DeliveryState{
		131056: conversation.Delivered, // asked to slow down for this customer
		131026: conversation.Failed,    // cannot be reached
		131047: conversation.Failed,    // window closed, says Meta
		131053: conversation.Failed,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
				r.User.Text(r.Number, "hello")
				r.Settle()
				once := true
				r.World.Intercept(func(q *cloudapitest.Request) cloudapitest.Verdict {
					if q.Operation == "POST messages" && once {
						once = false
						return cloudapitest.Fail(code)
					}
					return cloudapitest.Pass()
				})
				_, err := r.Reply("hi")
				require.NoError(t, err)
				r.Settle()
				r.Pass(2 * time.Minute)
				r.Pass(2 * time.Minute)
				m := r.Messages()[1]
				require.Equal(t, want, m.Delivery.State())
				if want == conversation.Failed {
					require.Equal(t, code, m.Delivery.Failure.Code)
					require.NotEmpty(t, m.Delivery.Failure.Hint, "an agent reads what to do")
				}
			})
		})
	}
}

func TestAnswersGoOutInTheOrderTheyWereWritten(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		want := []string{"hello"}
		for i := range 20 {
			text := fmt.Sprint("part ", i)
			_, err := r.Reply(text)
			require.NoError(t, err)
			want = append(want, text)
		}
		for range 4 {
			r.Settle()
			r.Pass(time.Minute)
		}
		require.Equal(t, want, r.Sees())
	})
}

func TestADisabledChannelReceivesButDoesNotSend(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Stop()
		_, err := r.Reply("waiting in the outbox")
		require.NoError(t, err)
		s := r.Hub.Channels()[0].Settings
		s.Enabled = false
		require.NoError(t, r.Hub.UpdateSettings(t.Context(), s))
		_, err = r.Reply("refused")
		require.ErrorIs(t, err, channel.ErrDisabled)
		r.Run()
		r.User.Text(r.Number, "anybody?")
		r.Settle()
		r.Pass(time.Minute)
		require.Equal(t, []string{"hello", "anybody?"}, r.Sees())
		require.Equal(t, []string{"hello", "anybody?"}, r.Host.Texts(), "still received")
		s.Enabled = true
		require.NoError(t, r.Hub.UpdateSettings(t.Context(), s))
		r.Settle()
		require.Equal(t, []string{"hello", "anybody?", "waiting in the outbox"}, r.Sees())
	})
}

func TestTheLogSaysWhyMessagesWait(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return channeltest.Failure{Code: 134101} }) // again in ten minutes
		for i := range 5 {
			l.Say(channeltest.Stranger(i), fmt.Sprint("wamid.", i), "hello")
		}
		list, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support"})
		require.NoError(t, err)
		require.Len(t, list, 5)
		for _, c := range list {
			_, err := l.Reply(c.ID, "canary")
			require.NoError(t, err)
		}
		l.Pass(time.Minute)
		logs := l.Logs.String()
		require.Equal(t, 1, strings.Count(logs, "channel: messages wait and are tried again"), "not for each message")
		require.Contains(t, logs, "channel=support reason=\"code 134101: template\"")
		require.NotContains(t, logs, "canary")
		l.Pass(11 * time.Minute)
		require.Contains(t, l.Logs.String(), "times=5", "and how many there were since")
	})
}
