package channel_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// watched is a store that counts the lookups from the end of a send until its outcome
// is written down.
type watched struct {
	store.Store
	watching atomic.Bool
	gets     atomic.Int64
	outcomes atomic.Int64
}

func (s *watched) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if s.watching.Load() {
		s.gets.Add(1)
	}
	return s.Store.Get(ctx, kind, keys...)
}

func (s *watched) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if slices.ContainsFunc(b.Done, func(l store.Lease) bool { return l.Queue == "out" }) {
		s.watching.Store(false)
		s.outcomes.Add(1)
	}
	return s.Store.Commit(ctx, b)
}

func TestToWriteDownThatAMessageWasTakenNothingIsReadAgain(t *testing.T) {
	t.Parallel()
	st := &watched{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Pass(time.Minute)
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			<-time.After(5 * time.Second) // so that nothing else is going on
			st.watching.Store(true)
			return nil
		})
		_, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.Equal(t, conversation.Accepted, l.Messages(l.Conversation().ID)[1].Delivery.State())
		require.EqualValues(t, 1, st.outcomes.Load(), "the first attempt was not refused")
		require.Zero(t, st.gets.Load())
	})
}

func TestWhatIsLearnedOfAMessageWhileItIsBeingSentIsKept(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Pass(time.Minute)
		l.Line.Sends(func(_ context.Context, out message.Outbound, _ int) error {
			now := time.Now()
			l.Post(channeltest.Kim.Reaction(now, "wamid.2", channeltest.OutWAMID("hi"), "👍")) // known by the wamid only
			<-time.After(5 * time.Second)
			l.Post(channeltest.Kim.Status(now, channeltest.OutWAMID("hi"), out.OpaqueID, "delivered"))
			<-time.After(5 * time.Second)
			return nil
		})
		_, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(time.Minute)
		m := l.Messages(l.Conversation().ID)[1]
		require.Equal(t, conversation.Delivered, m.Delivery.State())
		require.False(t, m.Delivery.AcceptedAt.IsZero())
		require.Len(t, m.Reactions, 1)
		require.Equal(t, channeltest.OutWAMID("hi"), m.WAMID)
		require.Len(t, l.Line.Texts(), 1)
	})
}

func TestAReactionThatOvertakesTheAnswerToASendIsKept(t *testing.T) {
	t.Parallel()
	st := &watched{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Pass(time.Minute)
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.2", channeltest.OutWAMID("hi"), "👍"))
			<-time.After(5 * time.Second)
			return nil
		})
		_, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.Len(t, l.Messages(l.Conversation().ID)[1].Reactions, 1)
		require.EqualValues(t, 2, st.outcomes.Load(), "what was guessed was wrong, and then it was read")
	})
}
