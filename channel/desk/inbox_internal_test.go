package desk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// Somebody may be choosing by words while another finds that the cursor was forgotten: if a word came to stand for
// another channel, the first would be shown conversations that are not for them.
func TestAWordOfTheInboxStandsForTheSameTextForGood(t *testing.T) {
	t.Parallel()
	hub, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Feed: true})
	require.NoError(t, err)
	x := &inbox{}
	_, err = x.update(t.Context(), hub)
	require.NoError(t, err)
	x.word("sales")
	support := x.word("support")
	mine := setOf(x, []string{"support"})
	x.loaded = nil
	_, err = x.update(t.Context(), hub)
	require.NoError(t, err)
	require.Equal(t, support, x.word("support"))
	require.False(t, mine.has(x.word("other")))
}
