package channel_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestTheStateOfADeliverySumsItsFactsUp(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	for _, tt := range []struct {
		name string
		d    channel.Delivery
		want channel.DeliveryState
	}{
		{"nothing is known", channel.Delivery{}, ""},
		{"a message waits", channel.Delivery{QueuedAt: at(0)}, channel.Queued},
		{"an answer was lost", channel.Delivery{QueuedAt: at(0), UncertainAt: at(1)}, channel.Uncertain},
		{"a status settles a lost answer", channel.Delivery{UncertainAt: at(1), SentAt: at(2)}, channel.Sent},
		{"read implies delivered", channel.Delivery{SentAt: at(1), ReadAt: at(3)}, channel.Read},
		{"a late sent does not revive a failed message", channel.Delivery{FailedAt: at(2), SentAt: at(5)}, channel.Failed},
		{"what arrived has not failed", channel.Delivery{FailedAt: at(2), DeliveredAt: at(1)}, channel.Delivered},
		{"cancelled before it was sent", channel.Delivery{QueuedAt: at(0), CancelledAt: at(1)}, channel.Cancelled},
		{"a cancelled message that went out all the same", channel.Delivery{CancelledAt: at(1), AcceptedAt: at(1)}, channel.Accepted},
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
		require.Empty(t, cmp.Diff(a, a.Merge(channel.Delivery{})), "nothing learned, nothing changed")
	}
}

func randomDelivery(rng *rand.Rand) channel.Delivery {
	maybe := func() time.Time {
		if rng.IntN(3) == 0 {
			return time.Time{}
		}
		return noon.Add(time.Duration(rng.IntN(4)) * time.Second)
	}
	d := channel.Delivery{
		QueuedAt: maybe(), AcceptedAt: maybe(), UncertainAt: maybe(), SentAt: maybe(), DeliveredAt: maybe(),
		ReadAt: maybe(), PlayedAt: maybe(), CancelledAt: maybe(), FailedAt: maybe(),
	}
	if !d.FailedAt.IsZero() {
		d.Failure = &channel.Failure{Code: 131000 + rng.IntN(3), Hint: string(rune('a' + rng.IntN(2)))}
	}
	if rng.IntN(2) == 0 {
		d.Price = &channel.Price{Category: []string{"", "service", "utility"}[rng.IntN(3)]}
		if rng.IntN(2) == 0 {
			d.Price.Billable = new(rng.IntN(2) == 0)
		}
	}
	return d
}
