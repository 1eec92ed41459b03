package channel_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestHealthShowsHowTheBudgetStands(t *testing.T) {
	t.Parallel()
	for name, monthly := range map[string]bool{"of a month": true, "of all time": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := memstore.New()
			budget := &pricing.Budget{Limit: 10_000, LowWater: 7000, Monthly: monthly}
			experiment(t, channeltest.LabOptions{Store: st, Config: channeltest.Spends(t, budget)}, func(t *testing.T, l *lab) {
				stands := func(hub *channel.Hub) *pricing.Balance {
					state, err := hub.Health(t.Context(), "support")
					require.NoError(t, err)
					return state.Channels[0].Budget
				}
				require.EqualValues(t, 10_000, stands(l.Hub).Remaining)
				require.False(t, stands(l.Hub).Low())
				require.Equal(t, 1, rush(t, 1, l))
				l.Pass(time.Minute)
				other := newLab(t, channeltest.LabOptions{Store: st, Config: channeltest.Spends(t, budget)})
				for _, hub := range []*channel.Hub{l.Hub, other.Hub} {
					require.EqualValues(t, 3400, stands(hub).Used)
					require.EqualValues(t, 6600, stands(hub).Remaining)
					require.True(t, stands(hub).Low())
				}
				later := newLab(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
					channeltest.Spends(t, budget)(c)
					c.Now = func() time.Time { return channeltest.Now2026().Add(40 * 24 * time.Hour) }
				}})
				if monthly {
					require.Zero(t, stands(later.Hub).Used, "another month")
				} else {
					require.EqualValues(t, 3400, stands(later.Hub).Used)
				}
			})
		})
	}
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		state, err := l.Hub.Health(t.Context())
		require.NoError(t, err)
		require.Nil(t, state.Channels[0].Budget, "it has none")
		require.Nil(t, state.Outages)
	})
}

func TestHealthKnowsOfOutagesOfChannelsThatOnlyOthersHave(t *testing.T) {
	t.Parallel()
	st := memstore.New()
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		talks := l.chats("support", channeltest.LabNumber, 20)
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			return channeltest.Answered{Code: 190, Status: 401}
		})
		l.answers(talks, "held")
		l.Pass(10 * time.Minute)
		other, err := channel.New(channel.Config{Store: st, Ticketing: &channeltest.Ticketing{}})
		require.NoError(t, err)
		for _, hub := range []*channel.Hub{l.Hub, other} {
			state, err := hub.Health(t.Context())
			require.NoError(t, err)
			require.Equal(t, health.OutageUnauthorized, state.Outages["support"].Kind)
			require.NotZero(t, state.Outages["support"].Since)
			raw, err := json.Marshal(state)
			require.NoError(t, err)
			require.Contains(t, string(raw), `"outages":{"support"`)
		}
		l.Line.Sends(nil)
		require.NoError(t, l.Hub.RetryNow(t.Context(), "support"))
		l.Pass(time.Minute)
		state, err := other.Health(t.Context())
		require.NoError(t, err)
		require.Nil(t, state.Outages, "it is over")
	})
}
