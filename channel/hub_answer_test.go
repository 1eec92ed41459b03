package channel_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestAnAlbumGoesOutTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "may I see it?")
		l.Say(channeltest.Stranger(1), "wamid.2", "hello")
		convs := l.Conversations()
		conv, other := convs[1].ID, convs[0].ID
		picture := func(id string) channel.Reply {
			return channel.Reply{Conversation: conv, Content: &message.Image{ID: id}, Key: "album " + id}
		}
		album := []channel.Reply{picture("1"), picture("2"), picture("3"), {Conversation: conv, Content: &message.Text{Body: "Here it is"}}}
		for name, bad := range map[string][]channel.Reply{
			"none":                        {},
			"too many":                    make([]channel.Reply, 31),
			"one that is empty":           {picture("1"), {Conversation: conv, Content: &message.Text{}}},
			"one in another conversation": {picture("1"), {Conversation: other, Content: &message.Text{Body: "x"}}},
		} {
			_, err := l.Hub.ReplyAll(t.Context(), alice, bad)
			require.Error(t, err, name)
		}
		_, err := l.Hub.ReplyAll(t.Context(), alice, []channel.Reply{picture("1"), {Conversation: conv, Content: &message.Text{}}})
		require.ErrorIs(t, err, message.ErrInvalid)
		require.ErrorContains(t, err, "answer 2")
		for name, bad := range map[string][]channel.Reply{
			"an empty text":             {picture("1"), picture("2"), {Conversation: conv, Content: &message.Text{}}},
			"a key that is too long":    {picture("1"), picture("2"), {Conversation: conv, Content: &message.Text{Body: "x"}, Key: strings.Repeat("k", 256)}},
			"another conversation":      {picture("1"), picture("2"), {Conversation: other, Content: &message.Text{Body: "x"}}},
			"a template that is not":    {picture("1"), picture("2"), {Conversation: conv, Template: &channel.Template{Name: "none", Language: "en"}}},
			"a quote of nothing":        {picture("1"), picture("2"), {Conversation: conv, Quote: "m_none", Content: &message.Text{Body: "x"}}},
			"metadata that are no JSON": {picture("1"), picture("2"), {Conversation: conv, Content: &message.Text{Body: "x"}, Metadata: json.RawMessage("{")}},
		} {
			_, err := l.Hub.ReplyAll(t.Context(), alice, bad)
			var item *channel.ItemError
			require.ErrorAs(t, err, &item, name)
			require.Equal(t, 3, item.Number, name)
			x := explain.Error(err)
			require.Equal(t, 3, x.Number, name)
			require.True(t, strings.HasPrefix(x.Text, "Answer 3: "), x.Text)
			require.Equal(t, channel.CauseOf(item.Err), x.Cause, name)

			if name != "another conversation" {
				_, err = l.Hub.ReplyAll(t.Context(), alice, bad[2:])
				require.Zero(t, explain.Error(err).Number, "there is one only")
			}
		}
		require.Len(t, l.Messages(conv), 1, "nothing was stored")

		sent, err := l.Hub.ReplyAll(t.Context(), alice, album)
		require.NoError(t, err)
		require.Len(t, sent, 4)
		again, err := l.Hub.ReplyAll(t.Context(), alice, album[:3])
		require.NoError(t, err)
		for i := range again {
			require.Equal(t, sent[i].ID, again[i].ID, "the same keys are the same messages")
		}
		l.Pass(5 * time.Second)
		var order []string
		for _, out := range l.Line.Sent {
			order = append(order, out.OpaqueID)
		}
		require.Equal(t, []string{sent[0].ID, sent[1].ID, sent[2].ID, sent[3].ID}, order)
		require.Equal(t, "Here it is", l.Messages(conv)[4].Text)
	})
}
