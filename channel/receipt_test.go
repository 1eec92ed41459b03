package channel_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
)

func TestReadReceiptsAndTypingReachThePhone(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		require.Equal(t, "delivered", r.user.Sees(r.number)[0].Ticks)
		id := r.conversation().ID
		require.NoError(t, r.agents.MarkRead(t.Context(), alice, id, true))
		require.Equal(t, "read", r.user.Sees(r.number)[0].Ticks)
		require.True(t, r.user.Typing(r.number))
		require.ErrorIs(t, r.agents.MarkRead(t.Context(), access.Actor{}, id, false), access.ErrDenied)
		require.ErrorIs(t, r.agents.MarkRead(t.Context(), alice, "v_none", false), channel.ErrNotFound)
	})
}

func TestFilesOfAgentsAreUploadedAndSent(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "may I see it?")
		r.settle()
		png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 2000)...)
		id, err := r.agents.Upload(t.Context(), alice, "support", message.Upload{
			Name: "bike.png", MIME: "image/png", Size: int64(len(png)), Body: bytes.NewReader(png),
		})
		require.NoError(t, err)
		_, err = r.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: r.conversation().ID, Content: &message.Image{ID: id, Caption: "Here it is"},
		})
		require.NoError(t, err)
		r.settle()
		bubble := r.user.Sees(r.number)[1]
		require.Equal(t, "Here it is", bubble.Text)
		require.Equal(t, len(png), bubble.Media.Size)
	})
}
