package channel_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/stretchr/testify/require"
)

func TestAContactBesideSomebodyElsesItemIsNoDeadLetter(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: counts}, func(t *testing.T, l *lab) {
		it := channeltest.Kim.Text(time.Now(), "wamid.1", "hello")
		it.Value["contacts"] = append(channeltest.Kim.Contacts(), channeltest.Stranger(1).Contacts()...)
		l.Post(it)
		l.Pass(5 * time.Second)
		require.Empty(t, l.Letters("in"))
		require.Equal(t, "hello", l.Messages(l.Conversation().ID)[0].Text)
		require.EqualValues(t, 1, l.counted("events_messages"), "and it was seen")
	})
}
