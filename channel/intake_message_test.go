package channel_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/window"
)

func TestDuplicatesDisorderAndOddItemsChangeNothing(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.World.SetFaults(cloudapitest.Faults{
			Duplicate: 0.5, Reorder: 0.5, Lose: 0.3, Malform: 0.3, Future: 0.5, Split: 0.3, Merge: 20,
		})
		want := map[string]bool{}
		for _, text := range strings.Fields("one two three four five six seven eight nine ten") {
			r.User.Text(r.Number, text)
			want[text] = true
			r.Settle()
		}
		r.Pass(10 * time.Minute)
		_, err := r.Reply("thank you")
		require.NoError(t, err)
		r.Settle()
		r.User.Read(r.Number)
		r.Pass(10 * time.Minute)
		got := map[string]bool{}
		for _, text := range r.Host.Texts() {
			require.False(t, got[text], "shown twice")
			got[text] = true
		}
		require.Equal(t, want, got)
		for _, m := range r.Messages() {
			if m.Direction == conversation.Outbound {
				require.Equal(t, conversation.Read, m.Delivery.State())
			}
		}
	})
}

func TestCustomersChangesOfTheirMessagesAreHonoured(t *testing.T) {
	// WhatsApp tells only numbers that are in use in the Business app as well.
	test(t, channeltest.RigOptions{Number: cloudapitest.NumberConfig{Coexistence: true}}, func(t *testing.T, r *rig) {
		first := r.User.Text(r.Number, "My number is 42")
		r.Settle()
		second := r.User.Text(r.Number, "Forget this")
		r.Settle()
		require.NoError(t, r.User.Edit(r.Number, first, "My number is 43"))
		require.NoError(t, r.User.Delete(r.Number, second))
		r.Settle()
		list := r.Messages()
		require.Equal(t, "My number is 43", list[0].Text)
		require.False(t, list[0].Edited.IsZero())
		require.Empty(t, list[1].Text)
		require.False(t, list[1].Deleted.IsZero())
		require.Len(t, r.Host.Of(conversation.MessageEdited), 1)
		require.Len(t, r.Host.Of(conversation.MessageDeleted), 1)
	})
}

func TestReactionsShowOnTheMessageAndOpenNoWindow(t *testing.T) {
	test(t, channeltest.RigOptions{Config: channeltest.SlowPolls}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		_, err := r.Reply("is this all right?")
		require.NoError(t, err)
		r.Settle()
		r.Pass(23 * time.Hour)
		bubbles := r.User.Sees(r.Number)
		require.NoError(t, r.User.React(r.Number, bubbles[1].ID, "👍"))
		r.Settle()
		require.Equal(t, "👍", r.Messages()[1].Reactions[0].Emoji)
		require.Len(t, r.Host.Of(conversation.Reacted), 1)
		r.Pass(2 * time.Hour)
		_, err = r.Reply("too late")
		require.ErrorIs(t, err, window.ErrClosed)
	})
}

func TestQuotesLeadToTheQuotedMessage(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		out, err := r.Reply("red or blue?")
		require.NoError(t, err)
		r.Settle()
		_, err = r.User.Reply(r.Number, r.User.Sees(r.Number)[1].ID, "this one")
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, out.ID, r.Messages()[2].Quoted)
	})
}

func TestAMissedCallIsFiledAndOpensTheWindow(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Pass(30 * time.Hour)
		_, err := r.Reply("closed")
		require.ErrorIs(t, err, window.ErrClosed)
		r.User.Call(r.Number)
		r.Settle()
		r.Pass(2 * time.Minute) // nobody answers
		_, err = r.Reply("You called?")
		require.NoError(t, err)
		r.Settle()
		list := r.Messages()
		require.Equal(t, "call", list[1].Kind)
		require.True(t, list[1].Call.Missed)
	})
}

// shelf is a host's file store.
type shelf struct{ files map[string][]byte }

func (s *shelf) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return "", err
	}
	s.files[f.ID] = raw
	return "file:" + f.ID, nil
}

func TestFilesAreFetchedCheckedAndHandedOver(t *testing.T) {
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 4000)...)
	s := &shelf{files: map[string][]byte{}}
	o := channeltest.RigOptions{
		Config:   func(c *channel.Config) { c.Attachments = s },
		Settings: func(c *settings.Settings) { c.Files = settings.FilePolicy{Allow: []string{"image/png"}} },
	}
	test(t, o, func(t *testing.T, r *rig) {
		r.User.Image(r.Number, cloudapitest.Attachment{Data: png, MIME: "image/png", Caption: "the chain"})
		r.Settle()
		r.User.Document(r.Number, cloudapitest.Attachment{Data: []byte("MZ\x90\x00 program"), MIME: "image/png", Filename: "chain.png"})
		r.Settle()
		r.Pass(10 * time.Second)
		list := r.Messages()
		require.Equal(t, "the chain", list[0].Text)
		good := list[0].Attachments[0]
		require.Equal(t, png, s.files[list[0].ID+"-0"])
		require.Equal(t, int64(len(png)), good.Size)
		require.Equal(t, "image/png", good.MIME)
		require.NotEmpty(t, good.Ref)
		require.Len(t, r.Host.Of(conversation.AttachmentReady), 1)
		bad := list[1].Attachments[0]
		require.Empty(t, bad.Ref)
		require.Contains(t, bad.Failed, "refused")
		require.Len(t, r.Host.Of(conversation.AttachmentFailed), 1)
		require.Len(t, s.files, 1)
	})
}

func TestACardNumberInAnEditIsMaskedAndShown(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: counts}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "my card is in the mail")
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.2", "wamid.1", "my card is 4111 1111 1111 1111"))
		l.Pass(5 * time.Second)
		m := l.Messages(l.Conversation().ID)[0]
		require.True(t, m.Redacted)
		require.NotContains(t, m.Text+l.Conversation().Preview, "4111 1111")
		require.EqualValues(t, 1, l.counted("redacted"))
		l.Post(channeltest.Kim.Edit(time.Now().Add(time.Second), "wamid.3", "wamid.1", "forget the card"))
		l.Pass(5 * time.Second)
		require.False(t, l.Messages(l.Conversation().ID)[0].Redacted, "nothing is masked in it any more")
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, "4111 1111") })
	})
}

func TestACardNumberInPiecesIsMaskedOnceItIsComplete(t *testing.T) {
	st := memstore.New()
	test(t, channeltest.RigOptions{Store: st}, func(t *testing.T, r *rig) {
		for _, piece := range strings.Fields("4111 1111 1111 1111") {
			r.User.Text(r.Number, piece)
			r.Settle()
		}
		var texts []string
		for _, m := range r.Messages() {
			texts = append(texts, m.Text)
		}
		require.Equal(t, []string{"XXXX", "XXXX", "XXXX", "1111"}, texts)
		require.Len(t, r.Host.Of(conversation.MessageRedacted), 3, "the host is told about those it has seen")
		r.User.Text(r.Number, "2026")
		r.Settle()
		require.Equal(t, "2026", r.Messages()[4].Text)
	})
}

func TestNothingPrivateIsLogged(t *testing.T) {
	test(t, channeltest.RigOptions{User: cloudapitest.UserConfig{Name: "Canary Bird", Phone: "13125550123"}}, func(t *testing.T, r *rig) {
		r.Host.Fails(func(id string, try int) error {
			if try == 1 {
				return context.DeadlineExceeded
			}
			return nil
		})
		r.User.Text(r.Number, "a secret text")
		r.Settle()
		r.Pass(10 * time.Second)
		_, err := r.Reply("another secret text")
		require.NoError(t, err)
		r.Settle()
		r.Pass(25 * time.Hour)
		_, err = r.Reply("a third secret")
		require.Error(t, err)
		for _, canary := range []string{"Canary", "13125550123", "secret", "wamid", r.App.Secret} {
			require.NotContains(t, r.Logs.String(), canary)
			require.NotContains(t, err.Error(), canary)
		}
		require.NotEmpty(t, r.Logs.String(), "something was logged at all")
	})
}
