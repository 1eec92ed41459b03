package desk_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// ledger is a store that notes what is asked of it.
type ledger struct {
	store.Store
	mu            sync.Mutex
	rows, commits int
	polled, kinds []string // queues that were looked into, and kinds of records that were written
}

func (l *ledger) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commits++
	l.rows += len(b.Put) + len(b.Add) + len(b.Delete) + len(b.Enqueue) + len(b.Start) + len(b.Done) + len(b.Later) + len(b.Drop)
	for _, r := range slices.Concat(b.Put, b.Add) {
		l.kinds = note(l.kinds, r.Kind)
	}
	return l.Store.Commit(ctx, b)
}

func (l *ledger) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	l.mu.Lock()
	l.polled = note(l.polled, c.Queue)
	l.mu.Unlock()
	return l.Store.Claim(ctx, c)
}

func note(list []string, s string) []string {
	if !slices.Contains(list, s) {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

// A message of a customer is told, answered, sent, delivered and read. What that costs is said here, so
// that it does not grow unseen.
func TestWhatOneMessageAnsweredAndReadCosts(t *testing.T) {
	t.Parallel()
	type cost struct {
		Rows, Commits, Calls int
		Polled, Kinds        []string
	}
	measure := func(t *testing.T, l *channeltest.Lab, of *ledger) cost {
		t.Helper()
		l.Pass(time.Minute)
		of.mu.Lock()
		of.rows, of.commits, of.kinds = 0, 0, nil
		of.mu.Unlock()
		told := len(l.Host.Received) + len(l.Host.Changes)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "Is my bike ready?"))
		l.Pass(time.Second)
		m, err := l.Reply(l.Conversation().ID, "It is.")
		require.NoError(t, err)
		l.Pass(time.Second)
		for _, status := range []string{"sent", "delivered", "read"} {
			l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("It is."), m.ID, status))
			l.Pass(time.Second)
		}
		of.mu.Lock()
		defer of.mu.Unlock()
		kinds := slices.DeleteFunc(slices.Clone(of.kinds), func(k string) bool { return k == "process" || k == "pulse" })
		return cost{of.rows, of.commits, len(l.Host.Received) + len(l.Host.Changes) - told, of.polled, kinds}
	}
	quiet := func(c *channel.Config) { c.Poll = time.Hour }

	t.Run("the channel alone", func(t *testing.T) {
		t.Parallel()
		of := &ledger{Store: memstore.New()}
		channeltest.Experiment(t, channeltest.LabOptions{Store: of, Config: quiet}, func(t *testing.T, l *channeltest.Lab) {
			require.Equal(t, cost{
				Rows: 39, Commits: 13, Calls: 6,
				Polled: []string{"check", "first", "host", "in", "later", "out", "upkeep"},
				Kinds:  []string{"alias", "conversation", "customer", "customer_conversation", "message", "money", "ticket"},
			}, measure(t, l, of))
		})
	})
	t.Run("with a desk", func(t *testing.T) {
		t.Parallel()
		of := &ledger{Store: memstore.New()}
		experiment(t, labOptions{Store: of, Config: quiet}, func(t *testing.T, l *lab) {
			require.Equal(t, cost{
				Rows: 58, Commits: 13, Calls: 7, // that somebody has the conversation now is told as well
				Polled: []string{"check", "first", "host", "in", "later", "out", "timer", "upkeep"},
				Kinds:  []string{"alias", "conversation", "counter", "customer", "customer_conversation", "log", "message", "money", "ticket"},
			}, measure(t, l.Lab, of))
		})
	})
}
