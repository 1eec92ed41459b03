package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
)

func TestASendWhoseAnswerWasLostIsSettledByItsStatus(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		r.world.Intercept(cloudapitest.Ambiguous(1))
		_, err := r.reply("hi")
		require.NoError(t, err)
		r.settle()
		require.Equal(t, []string{"hello", "hi"}, r.sees(), "it arrived although nobody was told")
		r.user.Read(r.number)
		r.settle()
		require.Equal(t, conversation.Read, r.messages()[1].Delivery.State())
		r.pass(time.Hour)
		require.Equal(t, []string{"hello", "hi"}, r.sees(), "never sent again")
	})
}

func TestASendThatNeverArrivedIsHeldForAPersonByDefault(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		once := true
		r.world.Intercept(func(q *cloudapitest.Request) cloudapitest.Verdict {
			if q.Operation == "POST messages" && q.Field("type") == "text" && once {
				once = false
				return cloudapitest.Drop()
			}
			return cloudapitest.Pass()
		})
		_, err := r.reply("first")
		require.NoError(t, err)
		_, err = r.reply("second")
		require.NoError(t, err)
		r.settle()
		r.pass(time.Hour)
		require.Equal(t, []string{"hello", "second"}, r.sees(), "the conversation goes on behind it")
		require.Equal(t, conversation.Uncertain, r.messages()[1].Delivery.State())
		var told bool
		for _, c := range r.host.of(conversation.DeliveryChanged) {
			told = told || c.Delivery == conversation.Uncertain
		}
		require.True(t, told, "the host is told")
	})
}

func TestASendThatNeverArrivedIsRepeatedIfTheChannelSaysSo(t *testing.T) {
	resend := func(s *channel.Settings) { s.Uncertain, s.UncertainWait = channel.Resend, 30*duration.Second }
	test(t, options{settings: resend}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		once := true
		r.world.Intercept(func(q *cloudapitest.Request) cloudapitest.Verdict {
			if q.Operation == "POST messages" && q.Field("type") == "text" && once {
				once = false
				return cloudapitest.Drop()
			}
			return cloudapitest.Pass()
		})
		_, err := r.reply("important")
		require.NoError(t, err)
		r.settle()
		require.Equal(t, []string{"hello"}, r.sees())
		r.pass(time.Minute)
		require.Equal(t, []string{"hello", "important"}, r.sees())
		require.Equal(t, conversation.Delivered, r.messages()[1].Delivery.State())
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
			test(t, options{}, func(t *testing.T, r *rig) {
				r.user.Text(r.number, "hello")
				r.settle()
				once := true
				r.world.Intercept(func(q *cloudapitest.Request) cloudapitest.Verdict {
					if q.Operation == "POST messages" && once {
						once = false
						return cloudapitest.Fail(code)
					}
					return cloudapitest.Pass()
				})
				_, err := r.reply("hi")
				require.NoError(t, err)
				r.settle()
				r.pass(2 * time.Minute)
				r.pass(2 * time.Minute)
				m := r.messages()[1]
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
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		want := []string{"hello"}
		for i := range 20 {
			text := fmt.Sprint("part ", i)
			_, err := r.reply(text)
			require.NoError(t, err)
			want = append(want, text)
		}
		for range 4 {
			r.settle()
			r.pass(time.Minute)
		}
		require.Equal(t, want, r.sees())
	})
}

func TestADisabledChannelReceivesButDoesNotSend(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		r.stop()
		_, err := r.reply("waiting in the outbox")
		require.NoError(t, err)
		s := r.agents.Channels(admin)[0]
		s.Enabled = false
		require.NoError(t, r.agents.UpdateSettings(t.Context(), admin, s))
		_, err = r.reply("refused")
		require.ErrorIs(t, err, channel.ErrDisabled)
		r.run()
		r.user.Text(r.number, "anybody?")
		r.settle()
		r.pass(time.Minute)
		require.Equal(t, []string{"hello", "anybody?"}, r.sees())
		require.Equal(t, []string{"hello", "anybody?"}, r.host.texts(), "still received")
		s.Enabled = true
		require.NoError(t, r.agents.UpdateSettings(t.Context(), admin, s))
		r.settle()
		require.Equal(t, []string{"hello", "anybody?", "waiting in the outbox"}, r.sees())
	})
}
