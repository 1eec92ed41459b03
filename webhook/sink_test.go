package webhook_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

func batchMixed(t *testing.T) *webhook.Delivery {
	t.Helper()
	d, err := webhook.Parse(fixtures.Get("envelope_batch_mixed"))
	require.NoError(t, err)
	require.Equal(t, []string{"Message/Text", "Message/Text", "Status", "Status", "TemplateStatus", "Unknown"}, describe(d))
	d.Secret = 3
	return d
}

func TestTeeReachesEverySinkWhateverTheOthersDo(t *testing.T) {
	t.Parallel()
	d := batchMixed(t)
	full := errors.New("disk full")
	a, b, c := &recorder{}, &recorder{err: full}, &recorder{}
	panicking := webhook.SinkFunc(func(context.Context, *webhook.Delivery) error { panic("secret") })

	require.NoError(t, webhook.Tee(a, c).Accept(t.Context(), d))
	err := webhook.Tee(a, b, panicking, c).Accept(t.Context(), d)
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, "panicked")
	require.NotContains(t, err.Error(), "secret")
	require.Len(t, a.deliveries, 2)
	require.Len(t, b.deliveries, 1)
	require.Len(t, c.deliveries, 2)
	require.Same(t, d, c.deliveries[1])

	require.NoError(t, webhook.Tee().Accept(t.Context(), d), "nobody wants it")
}

func TestFilterHandsOnWhatIsWanted(t *testing.T) {
	t.Parallel()
	messages := func(e *webhook.Event) bool { _, ok := e.Payload.(*webhook.Message); return ok }
	sink := &recorder{}
	d := batchMixed(t)
	require.NoError(t, webhook.Filter(messages, sink).Accept(t.Context(), d))
	require.Len(t, sink.deliveries, 1)
	got := sink.deliveries[0]
	require.Equal(t, []string{"Message/Text", "Message/Text"}, describe(got))
	require.Equal(t, 3, got.Secret)
	require.Equal(t, d.Object, got.Object)
	requireRebuilds(t, got)

	// The body says the same as the events, and no more.
	again, err := webhook.Parse(got.Body)
	require.NoError(t, err)
	require.Equal(t, print(got), print(again))
}

func TestFilterOfFiltersSeesOnlyWhatIsLeft(t *testing.T) {
	t.Parallel()
	statuses := func(e *webhook.Event) bool { _, ok := e.Payload.(*webhook.Status); return ok }
	read := func(e *webhook.Event) bool { return e.Payload.(*webhook.Status).Status == webhook.StatusDelivered }
	sink := &recorder{}
	require.NoError(t, webhook.Filter(statuses, webhook.Filter(read, sink)).Accept(t.Context(), batchMixed(t)))
	require.Equal(t, []string{"Status"}, describe(sink.deliveries[0]))
	again, err := webhook.Parse(sink.deliveries[0].Body)
	require.NoError(t, err)
	require.Equal(t, print(sink.deliveries[0]), print(again))
}

func TestFilterThatKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	sink := &recorder{err: errors.New("disk full")}
	d := batchMixed(t)
	require.NoError(t, webhook.Filter(func(*webhook.Event) bool { return false }, sink).Accept(t.Context(), d))
	require.Empty(t, sink.deliveries)
	require.Error(t, webhook.Filter(func(*webhook.Event) bool { return true }, sink).Accept(t.Context(), d))
	require.Same(t, d, sink.deliveries[0])
}

func TestEventsCanBeWalkedInPartAndAgain(t *testing.T) {
	t.Parallel()
	d := batchMixed(t)
	for range 2 {
		n := 0
		for range d.Events() {
			if n++; n == 2 {
				break
			}
		}
		require.Equal(t, 2, n)
	}
	require.Equal(t, 6, d.Len())
}
