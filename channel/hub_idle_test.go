package channel_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestIdleWaitsUntilEverythingIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := channeltest.NewLab(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Poll = time.Hour }})
		require.NoError(t, l.Accept(channeltest.Body(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, l.Hub.Idle(ctx), context.DeadlineExceeded, "nobody does the work")
		l.Run()
		require.NoError(t, l.Hub.Idle(t.Context()))
		require.Len(t, l.Host.Received, 1)
		_, err := l.Hub.Reply(t.Context(), byYou, channel.Reply{Conversation: l.Conversation().ID, Content: &message.Text{Body: "hi"}})
		require.NoError(t, err)
		require.NoError(t, l.Hub.Idle(t.Context()))
		require.Equal(t, []string{"hi"}, l.Line.Texts())
		l.Stop()
	})
}

// onward is a store in which a piece of work goes on to the next queue before each question about all work.
type onward struct {
	*memstore.Store
	t        *testing.T
	from, to string
}

func (s *onward) goOn(ctx context.Context) {
	_, err := s.Commit(context.WithoutCancel(ctx), &store.Batch{
		Drop:    []store.WorkKey{{Queue: s.from, ID: "one"}},
		Enqueue: []store.Work{{Queue: s.to, ID: "one", Body: []byte("{}")}},
	})
	require.NoError(s.t, err)
	s.from, s.to = s.to, s.from
}

func (s *onward) Backlog(ctx context.Context, now time.Time) ([]store.Backlog, error) {
	defer s.goOn(ctx)
	return s.Store.Backlog(ctx, now)
}

func (s *onward) Survey(ctx context.Context, q store.SurveyQuery) ([]store.Backlog, error) {
	defer s.goOn(ctx)
	return s.Store.Survey(ctx, q)
}

func TestIdleSeesWorkThatGoesFromOneQueueToTheNextMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &onward{Store: memstore.New(), t: t, from: "in", to: "host"}
		l := channeltest.NewLab(t, channeltest.LabOptions{Store: s})
		_, err := s.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{{Queue: "in", ID: "one", Body: []byte("{}")}}})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, l.Hub.Idle(ctx), context.DeadlineExceeded)
	})
}

func TestWakeHasEverythingLookedAt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := channeltest.NewLab(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Poll = time.Hour }})
		l.Run()
		// Another hub on the same store, which knows nobody of this process.
		other := channeltest.NewLab(t, channeltest.LabOptions{Store: l.Store})
		require.NoError(t, other.Accept(channeltest.Body(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))))
		synctest.Wait()
		require.Empty(t, l.Host.Received)
		for range 3 { // one for each step of the way
			l.Hub.Wake()
			synctest.Wait()
		}
		require.Len(t, l.Host.Received, 1)
		l.Stop()
	})
}

func TestIdleDoesNotWaitForWhatWaitsBehindSomethingThatIsTriedLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := channeltest.NewLab(t, channeltest.LabOptions{})
		l.Run()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Line.Sends(func(_ context.Context, _ message.Outbound, n int) error {
			if n == 1 {
				return channeltest.Failure{Code: 134101} // not ready: again in ten minutes
			}
			return nil
		})
		for _, text := range []string{"one", "two", "three"} {
			_, err := l.Hub.Reply(t.Context(), byYou, channel.Reply{Conversation: l.Conversation().ID, Content: &message.Text{Body: text}})
			require.NoError(t, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, l.Hub.Idle(ctx))
		require.Equal(t, []string{"one"}, l.Line.Texts(), "tried once")
		l.Pass(11 * time.Minute)
		require.NoError(t, l.Hub.Idle(t.Context()))
		require.Equal(t, []string{"one", "one", "two", "three"}, l.Line.Texts())
		l.Stop()
	})
}
