package channel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestErasingACustomerLeavesNoTrace(t *testing.T) {
	st := memstore.New()
	o := channeltest.RigOptions{Store: st, User: cloudapitest.UserConfig{Name: "Canary Bird", Phone: "13125550123"}}
	test(t, o, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "a very private matter")
		r.Settle()
		_, err := r.Reply("an equally private answer")
		require.NoError(t, err)
		r.Settle()
		conv := r.Conversation()
		require.NotEmpty(t, conv.Ticket)
		require.NoError(t, r.Hub.SetTicket(t.Context(), conv.ID, "T-2"))
		who := message.Recipient{Phone: "13125550123"}
		var export bytes.Buffer
		require.NoError(t, r.Hub.ExportCustomer(t.Context(), "support", who, &export))
		require.Contains(t, export.String(), "very private")
		require.Contains(t, export.String(), "equally private")
		receipt, err := r.Hub.EraseCustomer(t.Context(), "support", who)
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Customers)
		require.Equal(t, 2, receipt.Messages)
		require.ElementsMatch(t, []string{conv.Ticket, "T-2"}, receipt.Tickets, "all that the conversation had")
		channeltest.Everything(t, st, func(text string) {
			for _, canary := range []string{"private", "Canary", "13125550123", r.User.BSUID(r.Number)} {
				require.NotContains(t, text, canary)
			}
		})
		_, err = r.Hub.EraseCustomer(t.Context(), "support", who)
		require.ErrorIs(t, err, channel.ErrNotFound)
		r.User.Text(r.Number, "hello again")
		r.Settle()
		require.Equal(t, "hello again", r.Messages()[0].Text, "a stranger now")
	})
}

func TestMessagesGoWhenTheirTimeIsOver(t *testing.T) {
	st := memstore.New()
	keep := func(s *settings.Settings) { s.Retention.Messages = 2 * duration.Day }
	test(t, channeltest.RigOptions{Store: st, Settings: keep, Config: channeltest.SlowPolls}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "an early message")
		r.Settle()
		r.Pass(30 * time.Hour)
		r.User.Text(r.Number, "a later message")
		r.Settle()
		r.Pass(30 * time.Hour)
		r.Pass(2 * time.Hour)
		list := r.Messages()
		require.Len(t, list, 1)
		require.Equal(t, "a later message", list[0].Text)
		r.Pass(60 * time.Hour)
		r.Pass(2 * time.Hour)
		convs, err := r.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support"})
		require.NoError(t, err)
		require.Empty(t, convs)
	})
}

// inNewOf returns the conversation that waits for an agent with this person.
func (l *lab) inNewOf(f channeltest.Face) *conversation.Conversation {
	l.T.Helper()
	for _, c := range l.Conversations() {
		_, customer, err := l.Hub.Conversation(l.T.Context(), c.ID)
		require.NoError(l.T, err)
		if customer.Phone == f.Phone && c.MergedInto == "" {
			return c
		}
	}
	l.T.Fatal("no such conversation")
	return nil
}

func TestAnExportHasEverythingAboutThePersonAndNothingOfOthers(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(kimsPhone, "wamid.1", "first")
		l.Say(kimHidden, "wamid.2", "second")
		l.Say(channeltest.Kim, "wamid.3", "third")
		l.Say(channeltest.Stranger(1), "wamid.4", "somebody else's")
		l.Post(channeltest.Kim.Past(channeltest.Dawn.Add(-48*time.Hour), "wamid.5", "long ago", true))
		_, err := l.Reply(l.inNewOf(channeltest.Kim).ID, "the answer")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		for name, who := range map[string]message.Recipient{"phone": {Phone: channeltest.Kim.Phone}, "bsuid": {BSUID: channeltest.Kim.Bsuid}} {
			var out bytes.Buffer
			require.NoError(t, l.Hub.ExportCustomer(t.Context(), "support", who, &out), name)
			kinds := map[string]int{}
			for dec := json.NewDecoder(&out); dec.More(); {
				var line map[string]json.RawMessage
				require.NoError(t, dec.Decode(&line))
				require.Len(t, line, 1)
				for kind, raw := range line {
					kinds[kind]++
					require.NotContains(t, string(raw), "somebody else's")
				}
			}
			require.Equal(t, map[string]int{"customer": 2, "conversation": 2, "message": 5}, kinds, name)
		}
		require.ErrorIs(t, l.Hub.ExportCustomer(t.Context(), "support", message.Recipient{Phone: "13125550999"}, io.Discard), channel.ErrNotFound)
		require.ErrorIs(t, l.Hub.ExportCustomer(t.Context(), "none", message.Recipient{Phone: channeltest.Kim.Phone}, io.Discard), channel.ErrNoChannel)
		full := errors.New("disk full")
		require.ErrorIs(t, l.Hub.ExportCustomer(t.Context(), "support", message.Recipient{Phone: channeltest.Kim.Phone}, fullDisk{full}), full)
	})
}

type fullDisk struct{ err error }

func (f fullDisk) Write([]byte) (int, error) { return 0, f.err }

func TestAnErasureThatWasInterruptedCanBeRepeated(t *testing.T) {
	t.Parallel()
	st := &ailing{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		l.Say(kimsPhone, "wamid.1", "canary one")
		l.Say(kimHidden, "wamid.2", "canary two")
		l.Say(channeltest.Kim, "wamid.3", "canary three")
		l.Stop()
		who := message.Recipient{Phone: channeltest.Kim.Phone}
		for n := 1; ; n++ { // the nth try fails at its nth step
			count := 0
			st.commits(func(context.Context, *store.Batch) error {
				if count++; count == n {
					return errors.New("connection lost")
				}
				return nil
			})
			if _, err := l.Hub.EraseCustomer(t.Context(), "support", who); err == nil || errors.Is(err, channel.ErrNotFound) {
				require.Greater(t, n, 3)
				break
			}
			require.Less(t, n, 100)
		}
		channeltest.Everything(t, st, func(text string) { require.NotContains(t, text, "canary") })
	})
}

func TestDeadLettersGoWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: channeltest.SlowPolls, Settings: func(s *settings.Settings) { s.Retention.DeadLetters = 3 * duration.Day }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Pass(50 * time.Hour)
		l.Say(channeltest.Kim, "wamid.2", "hello again")
		require.NotEmpty(t, l.Letters("host"))
		l.Pass(30 * time.Hour)
		letters := l.Letters("host")
		require.NotEmpty(t, letters, "the younger ones stay")
		for _, d := range letters {
			require.Less(t, time.Since(d.Enqueued), 72*time.Hour+2*time.Hour)
		}
		l.Host.Fails(nil)
		l.Pass(80 * time.Hour)
		for _, d := range l.Letters("host") {
			require.Less(t, time.Since(d.Enqueued), 72*time.Hour+2*time.Hour)
		}
	})
}

func TestDeletionsThatNeverFindTheirMessageAreForgotten(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Revoke(time.Now(), "wamid.1", "wamid.never"))
		l.Pass(time.Minute)
		require.Len(t, l.Records("message"), 1)
		l.Pass(9 * 24 * time.Hour)
		require.Empty(t, l.Records("message"))
	})
}

func TestNothingPrivateIsPrinted(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Face{Phone: "13125550187", Bsuid: "US.canary", Name: "Canary Bird"}, "wamid.canary", "a canary text")
		conv := l.Conversation()
		message := l.Messages(conv.ID)[0]
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "customer", l.customer(), "conversation", conv, "message", message)
		for _, canary := range []string{"canary", "Canary", "13125550187"} {
			require.NotContains(t, out.String(), canary)
		}
		require.Contains(t, out.String(), conv.ID)
		require.Contains(t, out.String(), message.ID)
	})
}
