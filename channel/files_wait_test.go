package channel_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

// slowMedia gives a file out after a while.
type slowMedia struct {
	after time.Duration
	fails bool
}

const tinyPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

func (s *slowMedia) Upload(_ context.Context, in message.Upload) (string, error) {
	_, err := io.Copy(io.Discard, in.Body)
	return "88", err
}

func (s *slowMedia) Download(context.Context, string) (message.Download, error) {
	<-time.After(s.after)
	if s.fails {
		return message.Download{}, errors.New("gone")
	}
	return message.Download{MIME: "image/png", Body: io.NopCloser(strings.NewReader(tinyPNG))}, nil
}

// cupboard keeps files in memory.
type cupboard struct {
	mu    sync.Mutex
	files map[string]string
	gone  []string
}

func (s *cupboard) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	raw, err := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[string]string{}
	}
	s.files["ours:"+f.ID] = string(raw)
	return "ours:" + f.ID, err
}

func (s *cupboard) Remove(_ context.Context, ref string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, ref)
	s.gone = append(s.gone, ref)
	return nil
}

func (s *cupboard) Open(_ context.Context, ref string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, ok := s.files[ref]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(strings.NewReader(raw)), nil
}

// withFiles are options of a lab whose files come after a while and are waited for.
func withFiles(media *slowMedia, keep *cupboard, wait duration.Duration) channeltest.LabOptions {
	return channeltest.LabOptions{
		Settings: func(s *settings.Settings) { s.Files.Wait = wait },
		Config: func(c *channel.Config) {
			c.Attachments, c.Channels[0].Media, c.Poll = keep, media, time.Second
		},
	}
}

func picture(id string) channeltest.Item {
	return channeltest.Kim.Message(time.Now(), id, "image", map[string]any{"id": "77", "mime_type": "image/png", "caption": id})
}

func TestAMessageWaitsForItsFilesButNotForLong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		media *slowMedia
		wait  duration.Duration
		at    time.Duration // when the host has the message
		file  bool          // and whether with the file
	}{
		"the file comes in time":  {&slowMedia{after: 4 * time.Second}, 10 * duration.Second, 4 * time.Second, true},
		"the file comes at once":  {&slowMedia{}, 10 * duration.Second, 0, true},
		"the file comes too late": {&slowMedia{after: 30 * time.Second}, 10 * duration.Second, 10 * time.Second, false},
		"the file does not come":  {&slowMedia{fails: true}, 10 * duration.Second, 10 * time.Second, false},
		"nothing is waited for":   {&slowMedia{after: 4 * time.Second}, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, withFiles(tt.media, &cupboard{}, tt.wait), func(t *testing.T, l *lab) {
				l.Post(picture("wamid.1"))
				l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "see the picture"))
				l.Pass(0)
				if tt.at > 0 {
					l.Pass(tt.at - time.Second)
					require.Empty(t, l.Host.Texts())
					l.Pass(2100 * time.Millisecond)
				} else {
					l.Pass(time.Second)
				}
				require.Equal(t, []string{"wamid.1", "see the picture"}, l.Host.Texts(), "in order")
				l.Host.Mu.Lock()
				got := l.Host.Received[0].Message.Attachments[0]
				l.Host.Mu.Unlock()
				require.Equal(t, tt.file, got.Ref != "")
				l.Pass(2 * time.Minute)
				require.Len(t, l.Host.Texts(), 2, "nothing is shown twice")
			})
		})
	}
}

func TestAFileIsWaitedForOneMinuteAtMost(t *testing.T) {
	t.Parallel()
	s := settings.Settings{ID: "support", Name: "Support", Number: "1"}
	for _, wait := range []duration.Duration{-1, duration.Minute + 1} {
		s.Files.Wait = wait
		require.ErrorContains(t, s.Validate(), "wait")
	}
}

func TestAFileThatIsSentKeepsWhatTheHostCallsIt(t *testing.T) {
	t.Parallel()
	keep := &cupboard{files: map[string]string{"host:7": "the invoice"}}
	experiment(t, withFiles(&slowMedia{}, keep, 0), func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		id, err := l.Hub.Upload(ctx, "support", message.Upload{Name: "invoice.png", MIME: "image/png", Body: strings.NewReader(tinyPNG), Ref: "host:7"})
		require.NoError(t, err)
		m, err := l.Hub.Reply(ctx, alice, channel.Reply{Conversation: conv, Content: &message.Image{ID: id}})
		require.NoError(t, err)
		want := conversation.Attachment{MediaID: id, MIME: "image/png", Name: "invoice.png", SafeName: "invoice.png", Size: int64(len(tinyPNG)), Ref: "host:7"}
		require.Equal(t, []conversation.Attachment{want}, m.Attachments)
		body, a, err := l.Hub.OpenFile(ctx, m.ID, 0)
		require.NoError(t, err)
		raw, err := io.ReadAll(body)
		require.NoError(t, err)
		require.NoError(t, body.Close())
		require.Equal(t, "the invoice", string(raw))
		require.Equal(t, want, *a)
		for _, n := range []int{-1, 1} {
			_, _, err = l.Hub.OpenFile(ctx, m.ID, n)
			require.ErrorIs(t, err, channel.ErrNotFound)
		}
		_, _, err = l.Hub.OpenFile(ctx, "m_none", 0)
		require.ErrorIs(t, err, channel.ErrNotFound)

		_, err = l.Hub.Reply(ctx, alice, channel.Reply{
			Conversation: conv, Content: &message.Image{ID: id}, At: time.Now().Add(20 * time.Hour),
		})
		require.NoError(t, err)
		_, err = l.Hub.Upload(ctx, "support", message.Upload{MIME: "image/png", Body: strings.NewReader(tinyPNG), Ref: strings.Repeat("x", 1001)})
		require.ErrorIs(t, err, channel.ErrUnusable)
		l.Pass(time.Minute)

		_, err = l.Hub.EraseCustomer(ctx, "support", message.Recipient{Phone: channeltest.Kim.Phone})
		require.NoError(t, err)
		require.Contains(t, keep.files, "host:7", "what the host sent is the host's")
	})
}
