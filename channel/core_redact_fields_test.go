package channel_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestTheFieldsOfAMessageAreMaskedTogetherInBothDirections(t *testing.T) {
	t.Parallel()
	for host, config := range hosts(&channeltest.Wire{}) {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: config}, func(t *testing.T, l *lab) {
				l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "interactive", map[string]any{
					"type": "nfm_reply", "nfm_reply": map[string]any{"name": "flow", "body": "Sent", "response_json": `{"cvv":"123","card_1":"4539","card_2":"1488","card_3":"0343","card_4":"6467"}`},
				}))
				l.Pass(time.Second)
				conv := l.Conversation().ID
				require.Equal(t, "Sent\ncvv: XXX\ncard 1: XXXX\ncard 2: XXXX\ncard 3: XXXX\ncard 4: 6467", l.Messages(conv)[0].Text)
				m, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Buttons{
					Header: message.Header{Text: "5555 5555"}, Body: "5555 4444", Footer: "cvv 987", Buttons: []message.Button{{ID: "yes", Title: "Is it?"}},
				}})
				require.NoError(t, err)
				require.True(t, m.Redacted)
				l.Pass(time.Second)
				sent := l.Line.Sent[0].Content.(*message.Buttons)
				require.Equal(t, []string{"XXXX XXXX", "XXXX 4444", "cvv XXX"}, []string{sent.Header.Text, sent.Body, sent.Footer})
				channeltest.Everything(t, l.Store, func(text string) {
					for _, digits := range []string{"4539", "1488", "0343", "5555", "987"} {
						require.NotContains(t, text, `"`+digits)
						require.NotContains(t, text, " "+digits)
					}
				})
			})
		})
	}
}

func TestNoDigitsOfANumberInPartsAreFoundAnyMore(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: feedAndSearch}, func(t *testing.T, l *lab) {
		found := func(text string) int {
			all, err := l.Hub.Search(t.Context(), channel.SearchQuery{Text: text})
			require.NoError(t, err)
			return len(all.Messages)
		}
		l.Say(channeltest.Kim, "wamid.1", "my card 45391488")
		require.Equal(t, 1, found("45391488"))
		l.Say(channeltest.Kim, "wamid.2", "03436467 it is")
		require.Equal(t, []int{0, 0, 1}, []int{found("45391488"), found("0343"), found("card")})
	})
}

// named notes the names under which files are uploaded.
type named struct {
	message.Media
	names *[]string
}

func (n named) Upload(ctx context.Context, in message.Upload) (string, error) {
	*n.names = append(*n.names, in.Name)
	return n.Media.Upload(ctx, in)
}

func TestTheNameOfAnUploadedFileIsMasked(t *testing.T) {
	var names []string
	config := func(c *channel.Config) { c.Channels[0].Media = named{c.Channels[0].Media, &names} }
	test(t, channeltest.RigOptions{Config: config}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "may I see it?")
		r.Settle()
		pdf := "%PDF-1.7\n" + strings.Repeat("x", 2000)
		id, err := r.Hub.Upload(t.Context(), "support", message.Upload{
			Name: "scan_4539148803436467.pdf", MIME: "application/pdf", Size: int64(len(pdf)), Body: io.Reader(strings.NewReader(pdf)),
		})
		require.NoError(t, err)
		m, err := r.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: r.Conversation().ID, Content: &message.Document{ID: id}})
		require.NoError(t, err)
		require.Equal(t, "scan_XXXXXXXXXXXX6467.pdf", m.Attachments[0].Name)
		require.Equal(t, []string{"scan_XXXXXXXXXXXX6467.pdf"}, names)
	})
}
