package channel_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// gatehouse is a store that notes which items came in, and how.
type gatehouse struct {
	store.Store
	mu             sync.Mutex
	passed, queued []string
	writes         atomic.Int64
}

func (g *gatehouse) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	done, err := g.Store.Commit(ctx, b)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writes.Add(1)
	for i := range b.Pass {
		if err == nil {
			g.passed = append(g.passed, b.Pass[i].ID)
		}
	}
	for i := range b.Enqueue {
		if b.Enqueue[i].Queue == "in" && err == nil {
			g.queued = append(g.queued, b.Enqueue[i].ID)
		}
	}
	return done, err
}

// counts are how many items were applied at once, and how many stood in the queue.
func (g *gatehouse) counts() [2]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return [2]int{len(g.passed), len(g.queued)}
}

func TestAnItemIsAppliedInTheStepThatAcceptsIt(t *testing.T) {
	t.Parallel()
	st := &gatehouse{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		hello := channeltest.Kim.Text(time.Now(), "wamid.1", "hello")
		l.Post(hello)
		require.Equal(t, "hello", l.Messages(l.Conversation().ID)[0].Text, "when the webhook is answered")
		l.Pass(time.Second)
		require.Equal(t, []string{"hello"}, l.Host.Texts())
		require.Equal(t, [2]int{1, 0}, st.counts())

		l.Post(hello) // again: it is known
		l.Pass(time.Second)
		require.Equal(t, []string{"hello"}, l.Host.Texts())
		require.Equal(t, 1, st.counts()[0])
	})
}

func TestWhatCannotBeAppliedAtOnceStandsInTheQueue(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		items []channeltest.Item
		tells []string
	}{
		"items that came together": {
			[]channeltest.Item{channeltest.Kim.Text(time.Now(), "wamid.1", "one"), channeltest.Kim.Text(time.Now(), "wamid.2", "two")},
			[]string{"one", "two"},
		},
		"an item whose message is not known yet": {
			[]channeltest.Item{channeltest.Kim.Status(time.Now(), "wamid.nobody", "", "sent")}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &gatehouse{Store: memstore.New()}
			experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
				l.Post(tt.items...)
				l.Pass(time.Minute)
				require.ElementsMatch(t, tt.tells, l.Host.Texts())
				require.Equal(t, [2]int{0, len(tt.items)}, st.counts())
			})
		})
	}
}

func TestWithoutARunningHubItemsStandInTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &gatehouse{Store: memstore.New()}
		l := newLab(t, channeltest.LabOptions{Store: st})
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		require.Equal(t, [2]int{0, 1}, st.counts())
		l.Run()
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "again"))
		l.Pass(time.Second)
		require.Equal(t, []string{"hello", "again"}, l.Host.Texts())
		require.Equal(t, [2]int{1, 1}, st.counts())
		l.Stop()
	})
}
