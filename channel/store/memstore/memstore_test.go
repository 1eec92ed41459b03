package memstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/stretchr/testify/require"
)

func TestWhatNoCallerMayAskForIsRefusedWhole(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 513)
	for name, b := range map[string]store.Batch{
		"a record without a kind":      {Put: []store.Record{{Key: "k"}}},
		"a record without a key":       {Add: []store.Record{{Kind: "k"}}},
		"a key that is too long":       {Delete: []store.RecordKey{{Kind: "k", Key: long}}},
		"a parent that is not UTF-8":   {Put: []store.Record{{Kind: "k", Key: "k", Parent: "\xff"}}},
		"a parent with a NUL":          {Add: []store.Record{{Kind: "k", Key: "k", Parent: "\x00"}}},
		"a lane that is too long":      {Enqueue: []store.Work{{Queue: "q", ID: "i", Lane: long}}},
		"work without an ID":           {Enqueue: []store.Work{{Queue: "q"}}},
		"the same record twice":        {Put: []store.Record{{Kind: "k", Key: "k"}, {Kind: "k", Key: "k"}}},
		"the same work dropped twice":  {Drop: []store.WorkKey{{Queue: "q", ID: "i"}, {Queue: "q", ID: "i"}}},
		"the same work enqueued twice": {Enqueue: []store.Work{{Queue: "q", ID: "i"}, {Queue: "q", ID: "i"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := memstore.New()
			b.Enqueue = append(b.Enqueue, store.Work{Queue: "bystander", ID: "i"})
			_, err := s.Commit(t.Context(), &b)
			require.Error(t, err)
			left, err := s.Backlog(t.Context(), time.Now())
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// A deep lane and a million records must not slow down what does not concern them.
func BenchmarkCycle(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			s := memstore.New()
			for i := range n {
				_, err := s.Commit(b.Context(), &store.Batch{
					Put: []store.Record{{Kind: "conversation", Key: fmt.Sprint(i), Parent: fmt.Sprint(i % 1000), Sort: int64(i), Body: []byte(`{}`)}},
				})
				require.NoError(b, err)
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				_, err := s.Commit(b.Context(), &store.Batch{
					Put:     []store.Record{{Kind: "conversation", Key: fmt.Sprint("new", i), Parent: fmt.Sprint(i % 1000), Sort: int64(i), Body: []byte(`{}`)}},
					Enqueue: []store.Work{{Queue: "in", ID: fmt.Sprint(i), Lane: fmt.Sprint(i % 100), Once: true, Body: []byte(`{}`)}},
				})
				require.NoError(b, err)
				ws, err := s.Claim(b.Context(), store.Claim{Queue: "in", Now: time.Now(), Lease: time.Minute, Limit: 10})
				require.NoError(b, err)
				var done store.Batch
				for k := range ws {
					done.Done = append(done.Done, ws[k].Lease())
				}
				_, err = s.Commit(b.Context(), &done)
				require.NoError(b, err)
			}
		})
	}
}
