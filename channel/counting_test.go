package channel_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// counting is a Sender whose number sends less while it receives.
type counting struct {
	channeltest.Wire
	came atomic.Int64
}

func (c *counting) CountInbound(_ context.Context, messages int) { c.came.Add(int64(messages)) }

func TestASenderIsToldWhatItsNumberReceives(t *testing.T) {
	t.Parallel()
	line := &counting{}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Channels[0].Sender = line }}, func(t *testing.T, l *lab) {
		other := channeltest.Stranger(4).Text(time.Now(), "wamid.other", "to somebody else's number")
		other.Number = lateNumber
		l.Post(channeltest.Stranger(1).Text(time.Now(), "wamid.1", "one"), other, channeltest.Stranger(2).Text(time.Now(), "wamid.2", "two"))
		l.Post(channeltest.Item{Field: "account_update", Value: map[string]any{"event": "VERIFIED_ACCOUNT"}})
		require.EqualValues(t, 2, line.came.Load())
	})
}
