package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestAnOutcomeIsCommittedWithTheStep(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		outcome worker.Outcome
		buries  bool
		lives   *store.Work // what is left of the work; nil: nothing
	}{
		{name: "the zero value leaves the work in the worker's hand", lives: &store.Work{Body: []byte("1")}},
		{name: "done", outcome: worker.Done()},
		{
			name: "later", outcome: worker.Later(now.Add(time.Hour), "not yet"),
			lives: &store.Work{Body: []byte("1"), Reason: "not yet", Due: now.Add(time.Hour)},
		},
		{
			name: "later, as something else", outcome: worker.LaterAs(now.Add(time.Hour), "not yet", []byte("2")),
			lives: &store.Work{Body: []byte("2"), Reason: "not yet", Due: now.Add(time.Hour)},
		},
		{
			name: "buried", outcome: worker.Buried("damaged"), buries: true,
			lives: &store.Work{Body: []byte("1"), Reason: "damaged"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, st := t.Context(), memstore.New()
			_, err := st.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "w", Due: now, Body: []byte("1")}}})
			require.NoError(t, err)
			claimed, err := st.Claim(ctx, store.Claim{Queue: "q", Now: now, Lease: time.Minute, Limit: 1})
			require.NoError(t, err)
			require.Len(t, claimed, 1)

			steps := step.Steps{
				Store: st, Now: func(context.Context) time.Time { return now }, Wake: func(string) {}, Took: func(time.Duration) {},
			}
			job := &worker.Job{Work: claimed[0]}
			require.NoError(t, steps.Do(ctx, nil, func(s *step.Step) error { job.Settle(s, c.outcome); return nil }))

			_, buries := c.outcome.Buries()
			require.Equal(t, c.buries, buries)
			left, err := st.Work(ctx, store.WorkQuery{Queue: "q", Dead: c.buries, Limit: 9})
			require.NoError(t, err)
			if c.lives == nil {
				require.Empty(t, left)
				return
			}
			require.Len(t, left, 1)
			require.Equal(t, c.lives.Reason, left[0].Reason)
			require.Equal(t, string(c.lives.Body), string(left[0].Body))
			if !c.lives.Due.IsZero() {
				require.True(t, c.lives.Due.Equal(left[0].Due))
			}
		})
	}
}
