package conversation_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestTheStateOfADeliverySumsItsFactsUp(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	for _, tt := range []struct {
		name string
		d    conversation.Delivery
		want conversation.DeliveryState
	}{
		{"nothing is known", conversation.Delivery{}, ""},
		{"a message waits", conversation.Delivery{QueuedAt: at(0)}, conversation.Queued},
		{"an answer was lost", conversation.Delivery{QueuedAt: at(0), UncertainAt: at(1)}, conversation.Uncertain},
		{"a status settles a lost answer", conversation.Delivery{UncertainAt: at(1), SentAt: at(2)}, conversation.Sent},
		{"read implies delivered", conversation.Delivery{SentAt: at(1), ReadAt: at(3)}, conversation.Read},
		{"a late sent does not revive a failed message", conversation.Delivery{FailedAt: at(2), SentAt: at(5)}, conversation.Failed},
		{"what arrived has not failed", conversation.Delivery{FailedAt: at(2), DeliveredAt: at(1)}, conversation.Delivered},
		{"cancelled before it was sent", conversation.Delivery{QueuedAt: at(0), CancelledAt: at(1)}, conversation.Cancelled},
		{"a cancelled message that went out all the same", conversation.Delivery{CancelledAt: at(1), AcceptedAt: at(1)}, conversation.Accepted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.d.State())
		})
	}
}

func TestDeliveriesMergeTheSameInAnyOrderAndAnyNumberOfTimes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		a, b, c := randomDelivery(rng), randomDelivery(rng), randomDelivery(rng)
		require.Empty(t, cmp.Diff(a.Merge(b), b.Merge(a)), "commutative")
		require.Empty(t, cmp.Diff(a.Merge(b).Merge(c), a.Merge(b.Merge(c))), "associative")
		require.Empty(t, cmp.Diff(a.Merge(b), a.Merge(b).Merge(b)), "idempotent")
		require.Empty(t, cmp.Diff(a, a.Merge(conversation.Delivery{})), "nothing learned, nothing changed")
	}
}

func randomDelivery(rng *rand.Rand) conversation.Delivery {
	maybe := func() time.Time {
		if rng.IntN(3) == 0 {
			return time.Time{}
		}
		return noon.Add(time.Duration(rng.IntN(4)) * time.Second)
	}
	d := conversation.Delivery{
		QueuedAt: maybe(), AcceptedAt: maybe(), UncertainAt: maybe(), SentAt: maybe(), DeliveredAt: maybe(),
		ReadAt: maybe(), PlayedAt: maybe(), CancelledAt: maybe(), FailedAt: maybe(),
	}
	if !d.FailedAt.IsZero() {
		d.Failure = &conversation.Failure{Code: 131000 + rng.IntN(3), Hint: string(rune('a' + rng.IntN(2)))}
	}
	if rng.IntN(2) == 0 {
		d.Price = &conversation.Price{Category: []string{"", "service", "utility"}[rng.IntN(3)]}
		if rng.IntN(2) == 0 {
			d.Price.Billable = new(rng.IntN(2) == 0)
		}
	}
	return d
}
