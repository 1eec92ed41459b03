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
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/window"
)

func TestDuplicatesDisorderAndOddItemsChangeNothing(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.world.SetFaults(cloudapitest.Faults{
			Duplicate: 0.5, Reorder: 0.5, Lose: 0.3, Malform: 0.3, Future: 0.5, Split: 0.3, Merge: 20,
		})
		want := map[string]bool{}
		for _, text := range strings.Fields("one two three four five six seven eight nine ten") {
			r.user.Text(r.number, text)
			want[text] = true
			r.settle()
		}
		r.pass(10 * time.Minute)
		_, err := r.reply("thank you")
		require.NoError(t, err)
		r.settle()
		r.user.Read(r.number)
		r.pass(10 * time.Minute)
		got := map[string]bool{}
		for _, text := range r.host.texts() {
			require.False(t, got[text], "shown twice")
			got[text] = true
		}
		require.Equal(t, want, got)
		for _, m := range r.messages() {
			if m.Direction == conversation.Outbound {
				require.Equal(t, conversation.Read, m.Delivery.State())
			}
		}
	})
}

func TestCustomersChangesOfTheirMessagesAreHonoured(t *testing.T) {
	// WhatsApp tells only numbers that are in use in the Business app as well.
	test(t, options{number: cloudapitest.NumberConfig{Coexistence: true}}, func(t *testing.T, r *rig) {
		first := r.user.Text(r.number, "My number is 42")
		r.settle()
		second := r.user.Text(r.number, "Forget this")
		r.settle()
		require.NoError(t, r.user.Edit(r.number, first, "My number is 43"))
		require.NoError(t, r.user.Delete(r.number, second))
		r.settle()
		list := r.messages()
		require.Equal(t, "My number is 43", list[0].Text)
		require.False(t, list[0].Edited.IsZero())
		require.Empty(t, list[1].Text)
		require.False(t, list[1].Deleted.IsZero())
		require.Len(t, r.host.of(conversation.MessageEdited), 1)
		require.Len(t, r.host.of(conversation.MessageDeleted), 1)
	})
}

func TestReactionsShowOnTheMessageAndOpenNoWindow(t *testing.T) {
	test(t, options{config: slowPolls}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		_, err := r.reply("is this all right?")
		require.NoError(t, err)
		r.settle()
		r.pass(23 * time.Hour)
		bubbles := r.user.Sees(r.number)
		require.NoError(t, r.user.React(r.number, bubbles[1].ID, "👍"))
		r.settle()
		require.Equal(t, "👍", r.messages()[1].Reactions[0].Emoji)
		require.Len(t, r.host.of(conversation.Reacted), 1)
		r.pass(2 * time.Hour)
		_, err = r.reply("too late")
		require.ErrorIs(t, err, window.ErrClosed)
	})
}

func TestQuotesLeadToTheQuotedMessage(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		out, err := r.reply("red or blue?")
		require.NoError(t, err)
		r.settle()
		_, err = r.user.Reply(r.number, r.user.Sees(r.number)[1].ID, "this one")
		require.NoError(t, err)
		r.settle()
		require.Equal(t, out.ID, r.messages()[2].Quoted)
	})
}

func TestAMissedCallIsFiledAndOpensTheWindow(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "hello")
		r.settle()
		r.pass(30 * time.Hour)
		_, err := r.reply("closed")
		require.ErrorIs(t, err, window.ErrClosed)
		r.user.Call(r.number)
		r.settle()
		r.pass(2 * time.Minute) // nobody answers
		_, err = r.reply("You called?")
		require.NoError(t, err)
		r.settle()
		list := r.messages()
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
	o := options{
		config:   func(c *channel.Config) { c.Attachments = s },
		settings: func(c *channel.Settings) { c.Files = channel.FilePolicy{Allow: []string{"image/png"}} },
	}
	test(t, o, func(t *testing.T, r *rig) {
		r.user.Image(r.number, cloudapitest.Attachment{Data: png, MIME: "image/png", Caption: "the chain"})
		r.settle()
		r.user.Document(r.number, cloudapitest.Attachment{Data: []byte("MZ\x90\x00 program"), MIME: "image/png", Filename: "chain.png"})
		r.settle()
		r.pass(10 * time.Second)
		list := r.messages()
		require.Equal(t, "the chain", list[0].Text)
		good := list[0].Attachments[0]
		require.Equal(t, png, s.files[list[0].ID+"/0"])
		require.Equal(t, int64(len(png)), good.Size)
		require.Equal(t, "image/png", good.MIME)
		require.NotEmpty(t, good.Ref)
		require.Len(t, r.host.of(conversation.AttachmentReady), 1)
		bad := list[1].Attachments[0]
		require.Empty(t, bad.Ref)
		require.Contains(t, bad.Failed, "refused")
		require.Len(t, r.host.of(conversation.AttachmentFailed), 1)
		require.Len(t, s.files, 1)
	})
}

func TestCardNumbersReachNeitherStoreNorHostNorLogNorCustomer(t *testing.T) {
	const card = "4111 1111 1111 1111"
	st := memstore.New()
	test(t, options{store: st}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "my card is "+card)
		r.settle()
		_, err := r.reply("you wrote " + card)
		require.NoError(t, err)
		_, err = r.agents.AddNote(t.Context(), alice, r.conversation().ID, "note "+card)
		require.NoError(t, err)
		r.settle()
		for _, m := range r.messages() {
			require.NotContains(t, m.Text, "4111 1111")
			require.True(t, m.Redacted)
			require.Contains(t, m.Text, "1111")
		}
		require.NotContains(t, r.sees()[1], "4111 1111", "nor does an agent send one")
		require.NotContains(t, strings.Join(r.host.texts(), ""), "4111 1111")
		require.NotContains(t, r.logs.String(), "1111 1111")
		everything(t, st, func(text string) {
			require.NotContains(t, text, "4111 1111")
			require.NotContains(t, text, "4111111111111111")
		})
	})
}

func TestACardNumberInAnEditIsMaskedAndShown(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "my card is in the mail")
		l.post(kim.edit(time.Now(), "wamid.2", "wamid.1", "my card is 4111 1111 1111 1111"))
		l.pass(5 * time.Second)
		m := l.messages(l.conversation().ID)[0]
		require.True(t, m.Redacted)
		require.NotContains(t, m.Text+l.conversation().Preview, "4111 1111")
		require.EqualValues(t, 1, l.report(dawn, dawn).Total("redacted"))
		l.post(kim.edit(time.Now().Add(time.Second), "wamid.3", "wamid.1", "forget the card"))
		l.pass(5 * time.Second)
		require.False(t, l.messages(l.conversation().ID)[0].Redacted, "nothing is masked in it any more")
		everything(t, l.store, func(text string) { require.NotContains(t, text, "4111 1111") })
	})
}

func TestACardNumberInPiecesIsMaskedOnceItIsComplete(t *testing.T) {
	st := memstore.New()
	test(t, options{store: st}, func(t *testing.T, r *rig) {
		for _, piece := range strings.Fields("4111 1111 1111 1111") {
			r.user.Text(r.number, piece)
			r.settle()
		}
		var texts []string
		for _, m := range r.messages() {
			texts = append(texts, m.Text)
		}
		require.Equal(t, []string{"XXXX", "XXXX", "XXXX", "1111"}, texts)
		require.Len(t, r.host.of(conversation.MessageRedacted), 3, "the host is told about those it has seen")
		r.user.Text(r.number, "2026")
		r.settle()
		require.Equal(t, "2026", r.messages()[4].Text)
	})
}

func TestNothingPrivateIsLogged(t *testing.T) {
	test(t, options{user: cloudapitest.UserConfig{Name: "Canary Bird", Phone: "13125550123"}}, func(t *testing.T, r *rig) {
		r.host.fails(func(id string, try int) error {
			if try == 1 {
				return context.DeadlineExceeded
			}
			return nil
		})
		r.user.Text(r.number, "a secret text")
		r.settle()
		r.pass(10 * time.Second)
		_, err := r.reply("another secret text")
		require.NoError(t, err)
		r.settle()
		r.pass(25 * time.Hour)
		_, err = r.reply("a third secret")
		require.Error(t, err)
		for _, canary := range []string{"Canary", "13125550123", "secret", "wamid", r.app.Secret} {
			require.NotContains(t, r.logs.String(), canary)
			require.NotContains(t, err.Error(), canary)
		}
		require.NotEmpty(t, r.logs.String(), "something was logged at all")
	})
}
