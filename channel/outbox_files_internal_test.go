package channel

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

func TestAMessageOfAnEarlierReleaseIsMaskedBeforeItIsSentAlthoughItNamesNoFileOfItsHead(t *testing.T) {
	t.Parallel()
	item := outboundItem{Outbound: message.Outbound{Content: &message.Buttons{
		Header: message.Header{Image: &message.Image{ID: "77"}}, Body: "it is 4539 1488", Buttons: []message.Button{{ID: "a", Title: "A"}},
	}}}
	changed, err := item.maskSent(&messageRecord{Message: conversation.Message{Text: "it is XXXX XXXX"}})
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, "it is XXXX XXXX", item.Outbound.Content.(*message.Buttons).Body)
}
