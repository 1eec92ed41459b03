package channel_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// meddler is a store in which something happens after messages were read together and
// before they begin to be sent together; it counts the commits that begin any.
type meddler struct {
	store.Store
	mu     sync.Mutex
	meddle func()
	begun  []int // how many messages each commit began
}

func (s *meddler) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	s.mu.Lock()
	meddle := s.meddle
	if len(b.Start) > 1 {
		s.meddle = nil
	} else {
		meddle = nil
	}
	s.mu.Unlock()
	if meddle != nil {
		meddle()
	}
	done, err := s.Store.Commit(ctx, b)
	if err == nil && len(b.Start) > 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.begun = append(s.begun, len(b.Start))
	}
	return done, err
}

// flood queues an answer to each of five customers while nobody sends.
func flood(t *testing.T, l *lab) (ids []string) {
	t.Helper()
	for i := range 5 {
		who := channeltest.Face{Phone: fmt.Sprint("1312555010", i), Bsuid: fmt.Sprint("US.10", i)}
		l.Post(who.Text(time.Now(), fmt.Sprint("wamid.", i), "hello"))
	}
	l.Pass(time.Minute)
	l.Stop()
	for i, c := range l.Conversations() {
		m, err := l.Reply(c.ID, fmt.Sprint("answer ", i))
		require.NoError(t, err)
		ids = append(ids, m.ID)
	}
	return ids
}

func TestMessagesThatAreClaimedTogetherBeginTogether(t *testing.T) {
	t.Parallel()
	st := &meddler{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		flood(t, l)
		l.Run()
		l.Pass(time.Minute)
		require.Len(t, l.Line.Texts(), 5)
		require.Equal(t, []int{5}, st.begun)
	})
}

func TestAMessageThatCannotBeginDoesNotHoldUpThoseItWasClaimedWith(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(t *testing.T, l *lab, id string){
		"it was cancelled meanwhile": func(t *testing.T, l *lab, id string) {
			require.NoError(t, l.Hub.CancelMessage(t.Context(), alice, id))
		},
		"it was erased meanwhile": func(t *testing.T, l *lab, id string) {
			_, err := l.Store.Commit(t.Context(), &store.Batch{Delete: []store.RecordKey{{Kind: "message", Key: id}}})
			require.NoError(t, err)
		},
		"its lease was lost": func(t *testing.T, l *lab, id string) {
			_, err := l.Store.Commit(t.Context(), &store.Batch{Drop: []store.WorkKey{{Queue: "out", ID: id}}})
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &meddler{Store: memstore.New()}
			experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
				ids := flood(t, l)
				st.meddle = func() { meddle(t, l, ids[2]) }
				l.Run()
				l.Pass(time.Minute)
				sent := slices.Sorted(slices.Values(l.Line.Texts()))
				require.Equal(t, []string{"answer 0", "answer 1", "answer 3", "answer 4"}, sent, "each of the others once")
				require.Equal(t, []int{1, 1, 1, 1}, st.begun)
			})
		})
	}
}

func TestWhatHasBegunEndsAlthoughTheChannelIsSwitchedOff(t *testing.T) {
	t.Parallel()
	st := &meddler{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		flood(t, l)
		st.meddle = func() {
			s := l.Hub.Channels()[0].Settings
			s.Enabled = false
			require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		}
		l.Run()
		l.Pass(time.Minute)
		require.Len(t, l.Line.Texts(), 5, "none of them is left open")
		require.Empty(t, l.Letters("check"))
	})
}

func TestTheTicketSystemHearsOfAConversationAsTheItemBeforeLeftIt(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		for i := range 20 {
			l.Post(channeltest.Kim.Text(time.Now(), fmt.Sprint("wamid.", i), fmt.Sprint("line ", i)))
		}
		l.Pass(time.Minute)
		require.Len(t, l.Host.Received, 20)
		for i, in := range l.Host.Received {
			require.Equal(t, fmt.Sprint("line ", i), in.Message.Text, "in order")
			require.Equal(t, i > 0, in.Conversation.Ticket != "", "the first call gave it its ticket")
		}
	})
}

// startled is a store that panics once, right after work for the ticket system was claimed.
type startled struct {
	store.Store
	armed, spent atomic.Bool
}

func (s *startled) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	works, err := s.Store.Claim(ctx, c)
	if c.Queue == "host" && len(works) > 0 {
		s.armed.Store(true)
	}
	return works, err
}

// Commit leaves all work to be claimed.
func (s *startled) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	unheld := *b
	unheld.Enqueue = slices.Clone(b.Enqueue)
	for i := range unheld.Enqueue {
		unheld.Enqueue[i].Hold = 0
	}
	return s.Store.Commit(ctx, &unheld)
}

func (s *startled) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if s.armed.Load() && s.spent.CompareAndSwap(false, true) {
		panic("startled")
	}
	return s.Store.Get(ctx, kind, keys...)
}

func TestWhatCannotBeReadAheadIsReadByTheWorker(t *testing.T) {
	t.Parallel()
	st := &startled{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(time.Second)
		require.Equal(t, []string{"hello"}, l.Host.Texts(), "at once, and not as a dead letter")
		require.True(t, st.spent.Load())
		require.Empty(t, l.Letters("host"))
	})
}
