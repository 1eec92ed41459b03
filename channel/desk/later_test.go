package desk_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestADeskMayBePutOnAChannelThatWorkedAloneAndTakenAwayAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		alone := channeltest.NewLab(t, channeltest.LabOptions{Store: st})
		alone.Run()
		alone.Say(channeltest.Kim, "wamid.1", "hello")
		id := alone.Conversation().ID
		_, err := alone.Reply(id, "hi")
		require.NoError(t, err)
		alone.Pass(5 * time.Second)
		alone.Stop()

		with := newLab(t, labOptions{Store: st})
		with.Run()
		require.Equal(t, rules.QueueNone, with.Conversation().State.Queue, "nothing is made up about the past")
		require.Len(t, with.Messages(id), 2)
		with.Say(channeltest.Kim, "wamid.2", "one more thing")
		conv := with.Conversation()
		require.Equal(t, id, conv.ID, "the conversation is taken on")
		require.Equal(t, rules.QueueNew, conv.State.Queue)
		require.False(t, conv.State.WaitingSince.IsZero())
		require.NoError(t, with.agents.Resolve(t.Context(), alice, id, "done"))
		with.Pass(5 * time.Second)
		with.Stop()

		again := channeltest.NewLab(t, channeltest.LabOptions{Store: st, Config: channeltest.SlowPolls})
		again.Run()
		told := len(again.Host.Changes)
		again.Say(channeltest.Kim, "wamid.3", "still there?")
		again.Pass(time.Minute)
		require.Equal(t, id, again.Conversation().ID)
		require.Len(t, again.Messages(id), 4)
		require.Len(t, again.Host.Changes, told, "nobody opens a queue")
		_, err = again.Reply(id, "yes")
		require.NoError(t, err)
		again.Pass(40 * 24 * time.Hour)
		again.Stop()
	})
}

// An answer that was queued before there was a desk, or while there was one, ends well in any case.
func TestAnswersUnderWayWhileADeskComesAndGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		alone := channeltest.NewLab(t, channeltest.LabOptions{Store: st})
		alone.Run()
		alone.Say(channeltest.Kim, "wamid.1", "hello")
		id := alone.Conversation().ID
		alone.Stop()
		_, err := alone.Reply(id, "queued alone")
		require.NoError(t, err)

		with := newLab(t, labOptions{Store: st})
		with.Run()
		with.Pass(5 * time.Second)
		require.Equal(t, []string{"queued alone"}, with.Line.Texts())
		with.Say(channeltest.Kim, "wamid.2", "thanks")
		with.Stop()
		m, err := with.Reply(id, "queued at the desk")
		require.NoError(t, err)

		again := channeltest.NewLab(t, channeltest.LabOptions{Store: st})
		again.Run()
		again.Pass(5 * time.Second)
		require.Equal(t, []string{"queued at the desk"}, again.Line.Texts())
		again.Post(channeltest.Kim.Fails(channeltest.OutWAMID("queued at the desk"), m.ID, 131026))
		again.Pass(5 * time.Second)
		require.NotNil(t, again.Messages(id)[3].Delivery.Failure)
		again.Stop()
	})
}
