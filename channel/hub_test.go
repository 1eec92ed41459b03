package channel_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := channel.New(channel.Config{
		Poll: -1, Lease: time.Second,
		Channels: []channel.Channel{{Settings: settings.Settings{ID: "Bad Name", Enabled: true}}},
	})
	for _, want := range []string{"Store is missing", "Ticketing is missing", "Poll", "Lease", "id:", "name:", "number:", "needs a Sender"} {
		require.ErrorContains(t, err, want)
	}
}

func TestAMessageBecomesATicketAndTheAnswerArrives(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "Is my bike ready?")
		r.Settle()
		require.Equal(t, []string{"Is my bike ready?"}, r.Host.Texts())
		conv := r.Conversation()
		require.Zero(t, conv.State, "queues are a desk's")
		require.NotEmpty(t, conv.Ticket, "the host's reference is kept")

		_, err := r.Reply("It is.")
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, []string{"Is my bike ready?", "It is."}, r.Sees())
		r.User.Read(r.Number)
		r.Settle()
		messages := r.Messages()
		require.Len(t, messages, 2)
		require.Equal(t, conversation.Read, messages[1].Delivery.State())
	})
}

func TestAfterTheWindowOnlyTemplatesGoOut(t *testing.T) {
	test(t, channeltest.RigOptions{Config: channeltest.SlowPolls}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "Hello")
		r.Settle()
		r.Pass(25 * time.Hour)
		_, err := r.Reply("Too late")
		require.ErrorIs(t, err, window.ErrClosed)
		closed, ok := errors.AsType[*window.ClosedError](err)
		require.True(t, ok)
		require.False(t, closed.LastInbound.IsZero())
		require.Equal(t, []string{"Hello"}, r.Sees(), "nothing was sent")

		_, err = r.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: r.Conversation().ID,
			Template: &channel.Template{Name: "we_answered", Values: template.Values{
				Body: []template.Value{template.NamedText("first_name", "Robin")},
			}},
		})
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, []string{"Hello", "Hello Robin, we have an answer for you."}, r.Sees())
		_, err = r.User.Tap(r.Number, "Tell me")
		require.NoError(t, err)
		r.Settle()
		_, err = r.Reply("Here it is")
		require.NoError(t, err, "the tap opened the window again")
	})
}

func TestARefusedAnswerLeavesNothingBehind(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "Hello")
		r.Settle()
		conv := r.Conversation().ID
		for name, tt := range map[string]struct {
			reply channel.Reply
			want  error
		}{
			"an unknown conversation": {channel.Reply{Conversation: "v_none", Content: &message.Text{Body: "x"}}, channel.ErrNotFound},
			"an empty text":           {channel.Reply{Conversation: conv, Content: &message.Text{}}, message.ErrInvalid},
			"an unknown template":     {channel.Reply{Conversation: conv, Template: &channel.Template{Name: "nope"}}, template.ErrNotSendable},
		} {
			_, err := r.Hub.Reply(t.Context(), alice, tt.reply)
			require.ErrorIs(t, err, tt.want, name)
		}
		_, err := r.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv})
		require.Error(t, err, "neither content nor template")
		_, err = r.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: conv, Template: &channel.Template{Name: "we_answered"},
		})
		_, ok := errors.AsType[*template.BindError](err)
		require.True(t, ok, "a template without its values")
		r.Settle()
		require.Len(t, r.Messages(), 1)
		require.Equal(t, []string{"Hello"}, r.Sees())
	})
}

func TestTheSameKeyIsTheSameMessage(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "Hello")
		r.Settle()
		reply := channel.Reply{Conversation: r.Conversation().ID, Content: &message.Text{Body: "Hi"}, Key: "click-1"}
		first, err := r.Hub.Reply(t.Context(), alice, reply)
		require.NoError(t, err)
		r.Settle()
		second, err := r.Hub.Reply(t.Context(), alice, reply)
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, first.ID, second.ID)
		require.Equal(t, []string{"Hello", "Hi"}, r.Sees())
	})
}

func TestTheHostIsAskedAgainAfterItFailed(t *testing.T) {
	d := 0
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.Host.Fails(func(id string, try int) error {
			if try <= 2 {
				d++
				return errors.New("ticket system is down")
			}
			return nil
		})
		r.User.Text(r.Number, "first")
		r.Settle()
		r.User.Text(r.Number, "second")
		r.Settle()
		for range 8 {
			r.Pass(10 * time.Second)
		}
		require.Equal(t, []string{"first", "second"}, r.Host.Texts(), "in order, although both failed at first")
		require.GreaterOrEqual(t, d, 4)
	})
}

func TestAHostThatPanicsIsAskedAgain(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.Host.Fails(func(_ string, try int) error {
			if try == 1 {
				panic("a customer's name")
			}
			return nil
		})
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Pass(10 * time.Second)
		require.Equal(t, []string{"hello"}, r.Host.Texts())
		require.NotContains(t, r.Logs.String(), "a customer's name")
	})
}

func TestAPermanentFailureOfTheHostIsADeadLetterThatCanBeReplayed(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		var mended atomic.Bool
		r.Host.Fails(func(string, int) error {
			if mended.Load() {
				return nil
			}
			return channel.ErrPermanent
		})
		r.User.Text(r.Number, "hello")
		r.Settle()
		letters, err := r.Hub.DeadLetters(t.Context(), deadletter.Query{Work: "host"})
		require.NoError(t, err)
		require.Len(t, letters, 1)
		health, err := r.Hub.Health(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, health.Dead)
		mended.Store(true)
		require.NoError(t, r.Hub.ReplayDeadLetters(t.Context(), letters[0].Key))
		r.Settle()
		require.Equal(t, []string{"hello"}, r.Host.Texts())
	})
}

func TestTrafficForAnUnknownNumberWaitsAsDeadLetters(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		other := r.Account.AddNumber(channeltest.NumberConfig("999000111222333"))
		r.User.Text(other, "is anybody there?")
		r.Pass(time.Hour)
		require.Empty(t, r.Host.Texts())
		letters, err := r.Hub.DeadLetters(t.Context(), deadletter.Query{Work: "in"})
		require.NoError(t, err)
		require.Len(t, letters, 1)
		require.NoError(t, r.Hub.AddChannel(t.Context(), channel.Channel{
			Settings: settings.Settings{ID: "second", Name: "Second", Number: other.ID, Enabled: true},
			Sender:   r.Client.Number(other.ID),
		}))
		require.NoError(t, r.Hub.ReplayDeadLetters(t.Context(), letters[0].Key))
		r.Settle()
		require.Equal(t, []string{"is anybody there?"}, r.Host.Texts())
	})
}

func TestARestartGoesOnWhereTheLastRunStopped(t *testing.T) {
	st := memstore.New()
	test(t, channeltest.RigOptions{Store: st}, func(t *testing.T, r *rig) {
		r.Stop()
		r.User.Text(r.Number, "while nobody was there")
		r.Settle()
		require.Empty(t, r.Host.Texts(), "accepted, not yet applied")
		r.Run()
		r.Settle()
		require.Equal(t, []string{"while nobody was there"}, r.Host.Texts())
	})
}

func TestAQueuedMessageCanBeTakenBack(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Stop()
		m, err := r.Reply("a mistake")
		require.NoError(t, err)
		require.NoError(t, r.Hub.CancelMessage(t.Context(), alice, m.ID))
		require.NoError(t, r.Hub.CancelMessage(t.Context(), alice, m.ID), "twice is no error")
		sent, err := r.Reply("the right answer")
		require.NoError(t, err)
		r.Run()
		r.Settle()
		require.Equal(t, []string{"hello", "the right answer"}, r.Sees())
		require.ErrorIs(t, r.Hub.CancelMessage(t.Context(), alice, sent.ID), channel.ErrTooLate)
	})
}

func TestAMessageThatWaitedTooLongIsNotThrownAtAClosedWindow(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Stop()
		m, err := r.Reply("hi")
		require.NoError(t, err)
		r.World.Advance(25 * time.Hour)
		r.Run()
		r.Settle()
		require.Equal(t, []string{"hello"}, r.Sees())
		list := r.Messages()
		require.Equal(t, m.ID, list[1].ID)
		require.Equal(t, conversation.Failed, list[1].Delivery.State())
		require.Contains(t, list[1].Delivery.Failure.Hint, "template")
		failed := r.Host.Of(conversation.DeliveryChanged)
		require.Equal(t, conversation.Failed, failed[len(failed)-1].Delivery, "the host is told")
		log, err := r.Hub.Events(t.Context(), list[1].Conversation, 0)
		require.NoError(t, err)
		require.NotEmpty(t, log)
	})
}
