package channel_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestReadReceiptsAndTypingReachThePhone(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		require.Equal(t, "delivered", r.User.Sees(r.Number)[0].Ticks)
		id := r.Conversation().ID
		require.NoError(t, r.Hub.MarkRead(t.Context(), id, true))
		require.Equal(t, "read", r.User.Sees(r.Number)[0].Ticks)
		require.True(t, r.User.Typing(r.Number))
		require.ErrorIs(t, r.Hub.MarkRead(t.Context(), "v_none", false), channel.ErrNotFound)
	})
}

func TestFilesOfAgentsAreUploadedAndSent(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "may I see it?")
		r.Settle()
		png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 2000)...)
		id, err := r.Hub.Upload(t.Context(), "support", message.Upload{
			Name: "bike.png", MIME: "image/png", Size: int64(len(png)), Body: bytes.NewReader(png),
		})
		require.NoError(t, err)
		_, err = r.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: r.Conversation().ID, Content: &message.Image{ID: id, Caption: "Here it is"},
		})
		require.NoError(t, err)
		r.Settle()
		bubble := r.User.Sees(r.Number)[1]
		require.Equal(t, "Here it is", bubble.Text)
		require.Equal(t, len(png), bubble.Media.Size)
	})
}

func TestAFileOfAnAgentThatIsCutOffIsNoFileOfAnotherKind(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		for _, begun := range []string{"", "\x89PN"} {
			_, err := r.Hub.Upload(t.Context(), "support", message.Upload{
				Name: "bike.png", MIME: "image/png", Body: io.MultiReader(strings.NewReader(begun), cut{}),
			})
			require.ErrorContains(t, err, "read file")
			require.NotErrorIs(t, err, channel.ErrFileRefused)
		}
	})
}
