package channel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/redact"
)

func TestADetectorThatPanicsRefusesNoDelivery(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Channels[0].Redact.Detectors = []redact.Detector{{Name: "of the host", Next: func(text string, _ int) (start, end int) {
			if strings.Contains(text, "boom") {
				panic(text)
			}
			return -1, -1
		}}}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		at := time.Now()
		l.Post(
			channeltest.Kim.Text(at, "wamid.1", "good morning"),
			channeltest.Kim.Text(at.Add(time.Second), "wamid.2", "boom, ключ 4111 or ４１１１ 🙂"),
			channeltest.Kim.Text(at.Add(2*time.Second), "wamid.3", "good night"),
		)
		l.Pass(time.Minute)
		require.Equal(t, []string{"good morning", "XXXX, XXXX XXXX XX XXXX 🙂", "good night"}, l.Host.Texts())
		require.True(t, l.Messages(l.Conversation().ID)[1].Redacted)
		require.Contains(t, l.Logs.String(), "panic while masking")
		for _, said := range []string{"boom", "ключ", "4111"} {
			require.NotContains(t, l.Logs.String(), said)
			for _, kind := range []string{"message", "conversation"} {
				for _, r := range l.Records(kind) {
					require.NotContains(t, string(r.Body), said)
				}
			}
		}
	})
}
