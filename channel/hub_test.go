package channel_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := channel.New(channel.Config{
		Poll: -1, Lease: time.Second,
		Channels: []channel.Channel{{Settings: channel.Settings{ID: "Bad Name", Enabled: true}}},
	})
	for _, want := range []string{"Store is missing", "Ticketing is missing", "Poll", "Lease", "id:", "name:", "number:", "needs a Sender"} {
		require.ErrorContains(t, err, want)
	}
}

func TestAMessageBecomesATicketAndTheAnswerArrives(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "Is my bike ready?")
		r.settle()
		require.Equal(t, []string{"Is my bike ready?"}, r.host.texts())
		conv := r.conversation()
		require.Equal(t, rules.QueueNew, conv.State.Queue)
		require.NotEmpty(t, conv.Ticket, "the host's reference is kept")

		_, err := r.reply("It is.")
		require.NoError(t, err)
		r.settle()
		require.Equal(t, []string{"Is my bike ready?", "It is."}, r.sees())
		r.user.Read(r.number)
		r.settle()
		messages := r.messages()
		require.Len(t, messages, 2)
		require.Equal(t, conversation.Read, messages[1].Delivery.State())
		require.Equal(t, "alice", r.conversation().State.Assignee, "who answers has the conversation")
	})
}

func TestAfterTheWindowOnlyTemplatesGoOut(t *testing.T) {
	test(t, options{config: slowPolls}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "Hello")
		r.settle()
		r.pass(25 * time.Hour)
		_, err := r.reply("Too late")
		require.ErrorIs(t, err, window.ErrClosed)
		closed, ok := errors.AsType[*window.ClosedError](err)
		require.True(t, ok)
		require.False(t, closed.LastInbound.IsZero())
		require.Equal(t, []string{"Hello"}, r.sees(), "nothing was sent")

		_, err = r.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: r.conversation().ID,
			Template: &channel.Template{Name: "we_answered", Values: template.Values{
				Body: []template.Value{template.NamedText("first_name", "Robin")},
			}},
		})
		require.NoError(t, err)
		r.settle()
		require.Equal(t, []string{"Hello", "Hello Robin, we have an answer for you."}, r.sees())
		_, err = r.user.Tap(r.number, "Tell me")
		require.NoError(t, err)
		r.settle()
		_, err = r.reply("Here it is")
		require.NoError(t, err, "the tap opened the window again")
	})
}

func TestARefusedAnswerLeavesNothingBehind(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "Hello")
		r.settle()
		conv := r.conversation().ID
		for name, tt := range map[string]struct {
			actor access.Actor
			reply channel.Reply
			want  error
		}{
			"an unknown conversation": {alice, channel.Reply{Conversation: "v_none", Content: &message.Text{Body: "x"}}, channel.ErrNotFound},
			"an actor without rights": {access.Actor{Kind: access.Bot, ID: "b"}, channel.Reply{Conversation: conv, Content: &message.Text{Body: "x"}}, access.ErrDenied},
			"no actor at all":         {access.Actor{}, channel.Reply{Conversation: conv, Content: &message.Text{Body: "x"}}, access.ErrDenied},
			"an empty text":           {alice, channel.Reply{Conversation: conv, Content: &message.Text{}}, message.ErrInvalid},
			"an unknown template":     {alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "nope"}}, template.ErrNotSendable},
		} {
			_, err := r.agents.Reply(t.Context(), tt.actor, tt.reply)
			require.ErrorIs(t, err, tt.want, name)
		}
		_, err := r.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv})
		require.Error(t, err, "neither content nor template")
		_, err = r.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: conv, Template: &channel.Template{Name: "we_answered"},
		})
		_, ok := errors.AsType[*template.BindError](err)
		require.True(t, ok, "a template without its values")
		r.settle()
		require.Len(t, r.messages(), 1)
		require.Equal(t, []string{"Hello"}, r.sees())
	})
}

func TestTheSameKeyIsTheSameMessage(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "Hello")
		r.settle()
		reply := channel.Reply{Conversation: r.conversation().ID, Content: &message.Text{Body: "Hi"}, Key: "click-1"}
		first, err := r.agents.Reply(t.Context(), alice, reply)
		require.NoError(t, err)
		r.settle()
		second, err := r.agents.Reply(t.Context(), alice, reply)
		require.NoError(t, err)
		r.settle()
		require.Equal(t, first.ID, second.ID)
		require.Equal(t, []string{"Hello", "Hi"}, r.sees())
	})
}

func TestTheHostIsAskedAgainAfterItFailed(t *testing.T) {
	d := 0
	test(t, options{}, func(t *testing.T, r *rig) {
		r.host.fails(func(id string, try int) error {
			if try <= 2 {
				d++
				return errors.New("ticket system is down")
			}
			return nil
		})
		r.user.Text(r.number, "first")
		r.settle()
		r.user.Text(r.number, "second")
		r.settle()
		for range 8 {
			r.pass(10 * time.Second)
		}
		require.Equal(t, []string{"first", "second"}, r.host.texts(), "in order, although both failed at first")
		require.GreaterOrEqual(t, d, 4)
	})
}

func TestAHostThatPanicsIsAskedAgain(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.host.fails(func(_ string, try int) error {
			if try == 1 {
				panic("a customer's name")
			}
			return nil
		})
		r.user.Text(r.number, "hello")
		r.settle()
		r.pass(10 * time.Second)
		require.Equal(t, []string{"hello"}, r.host.texts())
		require.NotContains(t, r.logs.String(), "a customer's name")
	})
}

func TestAPermanentFailureOfTheHostIsADeadLetterThatCanBeReplayed(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		var mended atomic.Bool
		r.host.fails(func(string, int) error {
			if mended.Load() {
				return nil
			}
			return channel.ErrPermanent
		})
		r.user.Text(r.number, "hello")
		r.settle()
		letters, err := r.agents.DeadLetters(t.Context(), admin, channel.DeadLetterQuery{Queue: "host"})
		require.NoError(t, err)
		require.Len(t, letters, 1)
		health, err := r.agents.Health(t.Context(), admin)
		require.NoError(t, err)
		require.Equal(t, 1, health.Dead)
		mended.Store(true)
		require.NoError(t, r.agents.ReplayDeadLetters(t.Context(), admin, letters[0].Key))
		r.settle()
		require.Equal(t, []string{"hello"}, r.host.texts())
		_, err = r.agents.DeadLetters(t.Context(), alice, channel.DeadLetterQuery{Queue: "host"})
		require.ErrorIs(t, err, access.ErrDenied)
	})
}

func TestTrafficForAnUnknownNumberWaitsAsDeadLetters(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		other := r.account.AddNumber(numberConfig("999000111222333"))
		r.user.Text(other, "is anybody there?")
		r.pass(time.Hour)
		require.Empty(t, r.host.texts())
		letters, err := r.agents.DeadLetters(t.Context(), admin, channel.DeadLetterQuery{Queue: "in"})
		require.NoError(t, err)
		require.Len(t, letters, 1)
		require.NoError(t, r.agents.AddChannel(t.Context(), admin, channel.Channel{
			Settings: channel.Settings{ID: "second", Name: "Second", Number: other.ID, Enabled: true},
			Sender:   r.client.Number(other.ID),
		}))
		require.NoError(t, r.agents.ReplayDeadLetters(t.Context(), admin, letters[0].Key))
		r.settle()
		require.Equal(t, []string{"is anybody there?"}, r.host.texts())
	})
}

func TestARestartGoesOnWhereTheLastRunStopped(t *testing.T) {
	st := memstore.New()
	test(t, options{store: st}, func(t *testing.T, r *rig) {
		r.stop()
		r.user.Text(r.number, "while nobody was there")
		r.settle()
		require.Empty(t, r.host.texts(), "accepted, not yet applied")
		r.run()
		r.settle()
		require.Equal(t, []string{"while nobody was there"}, r.host.texts())
	})
}

func TestAQueuedMessageCanBeTakenBack(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		r.stop()
		m, err := r.reply("a mistake")
		require.NoError(t, err)
		require.NoError(t, r.agents.CancelMessage(t.Context(), alice, m.ID))
		require.NoError(t, r.agents.CancelMessage(t.Context(), alice, m.ID), "twice is no error")
		sent, err := r.reply("the right answer")
		require.NoError(t, err)
		r.run()
		r.settle()
		require.Equal(t, []string{"hello", "the right answer"}, r.sees())
		require.ErrorIs(t, r.agents.CancelMessage(t.Context(), alice, sent.ID), channel.ErrTooLate)
	})
}

func TestAMessageThatWaitedTooLongIsNotThrownAtAClosedWindow(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		r.stop()
		m, err := r.reply("hi")
		require.NoError(t, err)
		r.world.Advance(25 * time.Hour)
		r.run()
		r.settle()
		require.Equal(t, []string{"hello"}, r.sees())
		list := r.messages()
		require.Equal(t, m.ID, list[1].ID)
		require.Equal(t, conversation.Failed, list[1].Delivery.State())
		require.Contains(t, list[1].Delivery.Failure.Hint, "template")
		failed := r.host.of(conversation.DeliveryChanged)
		require.Equal(t, conversation.Failed, failed[len(failed)-1].Delivery, "the host is told")
		log, err := r.agents.Events(t.Context(), alice, list[1].Conversation, 0)
		require.NoError(t, err)
		require.NotEmpty(t, log)
	})
}
