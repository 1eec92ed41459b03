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
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func TestErasingACustomerLeavesNoTrace(t *testing.T) {
	st := memstore.New()
	o := options{store: st, user: cloudapitest.UserConfig{Name: "Canary Bird", Phone: "13125550123"}}
	test(t, o, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "a very private matter")
		r.settle()
		_, err := r.reply("an equally private answer")
		require.NoError(t, err)
		r.settle()
		who := message.Recipient{Phone: "13125550123"}
		var export bytes.Buffer
		require.NoError(t, r.agents.ExportCustomer(t.Context(), admin, "support", who, &export))
		require.Contains(t, export.String(), "very private")
		require.Contains(t, export.String(), "equally private")
		_, err = r.agents.EraseCustomer(t.Context(), alice, "support", who)
		require.ErrorIs(t, err, access.ErrDenied)
		receipt, err := r.agents.EraseCustomer(t.Context(), admin, "support", who)
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Customers)
		require.Equal(t, 2, receipt.Messages)
		everything(t, st, func(text string) {
			for _, canary := range []string{"private", "Canary", "13125550123", r.user.BSUID(r.number)} {
				require.NotContains(t, text, canary)
			}
		})
		_, err = r.agents.EraseCustomer(t.Context(), admin, "support", who)
		require.ErrorIs(t, err, channel.ErrNotFound)
		r.user.Text(r.number, "hello again")
		r.settle()
		require.Equal(t, "hello again", r.messages()[0].Text, "a stranger now")
	})
}

func TestMessagesGoWhenTheirTimeIsOver(t *testing.T) {
	st := memstore.New()
	keep := func(s *channel.Settings) { s.Retention.Messages = 2 * duration.Day }
	test(t, options{store: st, settings: keep, config: slowPolls}, func(t *testing.T, r *rig) {
		r.user.Text(r.number, "an early message")
		r.settle()
		r.pass(30 * time.Hour)
		r.user.Text(r.number, "a later message")
		r.settle()
		r.pass(30 * time.Hour)
		r.pass(2 * time.Hour)
		list := r.messages()
		require.Len(t, list, 1)
		require.Equal(t, "a later message", list[0].Text)
		require.NoError(t, r.agents.Resolve(t.Context(), alice, r.conversation().ID, ""))
		r.pass(60 * time.Hour)
		r.pass(2 * time.Hour)
		convs, err := r.agents.Conversations(t.Context(), alice, desk.ConversationQuery{
			Channel: "support", Queues: []rules.Queue{rules.QueueResolved},
		})
		require.NoError(t, err)
		require.Empty(t, convs)
	})
}

func TestErasingRemovesWhatIsUnderWayAndLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		l.say(kimsPhone, "wamid.1", "canary of before")
		l.say(kimHidden, "wamid.2", "canary of a second conversation")
		l.say(kim, "wamid.3", "canary that joins both")
		l.say(stranger(1), "wamid.4", "somebody else's")
		conv := l.inNewOf(kim).ID
		l.uncertain(conv)
		_, err := l.agents.AddNote(t.Context(), alice, conv, "canary of a note")
		require.NoError(t, err)
		l.post(kim.past(dawn.Add(-48*time.Hour), "wamid.5", "canary of the history", false))
		l.post(kim.edit(time.Now(), "wamid.6", "wamid.unknown", "canary of an edit that waits"))
		l.pass(time.Minute)
		l.host.fails(func(string, int) error { return channel.ErrPermanent })
		l.say(kim, "wamid.7", "canary of a dead letter")
		l.stop()
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "canary of the outbox"}})
		require.NoError(t, err)
		l.post(kim.text(time.Now(), "wamid.8", "canary that was not applied"))
		unknown := kim.text(time.Now(), "wamid.9", "canary of a number that is not here")
		unknown.number = "999"
		l.post(unknown)

		receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", message.Recipient{Phone: kim.phone})
		require.NoError(t, err)
		require.Equal(t, 2, receipt.Customers, "the two that were joined")
		require.Equal(t, 2, receipt.Conversations)
		require.Positive(t, receipt.Work)
		require.GreaterOrEqual(t, receipt.Messages, 7)
		everything(t, l.store, func(text string) {
			for _, canary := range []string{"canary", kim.phone, kim.bsuid + `"`, "Kim"} {
				require.NotContains(t, text, canary)
			}
		})
		l.host.fails(nil)
		l.run()
		l.pass(time.Hour)
		require.NotContains(t, l.line.texts(), "canary of the outbox")
		require.Equal(t, "somebody else's", l.messages(l.conversation().ID)[0].Text)
	})
}

// inNewOf returns the conversation that waits for an agent with this person.
func (l *lab) inNewOf(f face) *conversation.Conversation {
	l.t.Helper()
	for _, c := range l.conversations() {
		_, customer, err := l.agents.Conversation(l.t.Context(), alice, c.ID)
		require.NoError(l.t, err)
		if customer.Phone == f.phone && c.State.Queue.Open() {
			return c
		}
	}
	l.t.Fatal("no such conversation")
	return nil
}

func TestAnExportHasEverythingAboutThePersonAndNothingOfOthers(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kimsPhone, "wamid.1", "first")
		l.say(kimHidden, "wamid.2", "second")
		l.say(kim, "wamid.3", "third")
		l.say(stranger(1), "wamid.4", "somebody else's")
		l.post(kim.past(dawn.Add(-48*time.Hour), "wamid.5", "long ago", true))
		_, err := l.reply(l.inNewOf(kim).ID, "the answer")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		for name, who := range map[string]message.Recipient{"phone": {Phone: kim.phone}, "bsuid": {BSUID: kim.bsuid}} {
			var out bytes.Buffer
			require.NoError(t, l.agents.ExportCustomer(t.Context(), admin, "support", who, &out), name)
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
		require.ErrorIs(t, l.agents.ExportCustomer(t.Context(), admin, "support", message.Recipient{Phone: "13125550999"}, io.Discard), channel.ErrNotFound)
		require.ErrorIs(t, l.agents.ExportCustomer(t.Context(), admin, "none", message.Recipient{Phone: kim.phone}, io.Discard), channel.ErrNoChannel)
		full := errors.New("disk full")
		require.ErrorIs(t, l.agents.ExportCustomer(t.Context(), admin, "support", message.Recipient{Phone: kim.phone}, fullDisk{full}), full)
	})
}

type fullDisk struct{ err error }

func (f fullDisk) Write([]byte) (int, error) { return 0, f.err }

func TestAnErasureThatWasInterruptedCanBeRepeated(t *testing.T) {
	t.Parallel()
	st := &ailing{Store: memstore.New()}
	experiment(t, labOptions{store: st}, func(t *testing.T, l *lab) {
		l.say(kimsPhone, "wamid.1", "canary one")
		l.say(kimHidden, "wamid.2", "canary two")
		l.say(kim, "wamid.3", "canary three")
		l.stop()
		who := message.Recipient{Phone: kim.phone}
		for n := 1; ; n++ { // the nth try fails at its nth step
			count := 0
			st.commits(func(context.Context, *store.Batch) error {
				if count++; count == n {
					return errors.New("connection lost")
				}
				return nil
			})
			if _, err := l.agents.EraseCustomer(t.Context(), admin, "support", who); err == nil || errors.Is(err, channel.ErrNotFound) {
				require.Greater(t, n, 3)
				break
			}
			require.Less(t, n, 100)
		}
		everything(t, st, func(text string) { require.NotContains(t, text, "canary") })
	})
}

func TestDeadLettersGoWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	o := labOptions{config: slowPolls, settings: func(s *channel.Settings) { s.Retention.DeadLetters = 3 * duration.Day }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.host.fails(func(string, int) error { return channel.ErrPermanent })
		l.say(kim, "wamid.1", "hello")
		l.pass(50 * time.Hour)
		l.say(kim, "wamid.2", "hello again")
		require.NotEmpty(t, l.letters("host"))
		l.pass(30 * time.Hour)
		letters := l.letters("host")
		require.NotEmpty(t, letters, "the younger ones stay")
		for _, d := range letters {
			require.Less(t, time.Since(d.Enqueued), 72*time.Hour+2*time.Hour)
		}
		l.host.fails(nil)
		l.pass(80 * time.Hour)
		for _, d := range l.letters("host") {
			require.Less(t, time.Since(d.Enqueued), 72*time.Hour+2*time.Hour)
		}
	})
}

func TestDeletionsThatNeverFindTheirMessageAreForgotten(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		l.post(kim.revoke(time.Now(), "wamid.1", "wamid.never"))
		l.pass(time.Minute)
		require.Len(t, l.records("message"), 1)
		l.pass(9 * 24 * time.Hour)
		require.Empty(t, l.records("message"))
	})
}

func TestNothingPrivateIsPrinted(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(face{phone: "13125550187", bsuid: "US.canary", name: "Canary Bird"}, "wamid.canary", "a canary text")
		conv := l.conversation()
		message := l.messages(conv.ID)[0]
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "customer", l.customer(), "conversation", conv, "message", message)
		for _, canary := range []string{"canary", "Canary", "13125550187"} {
			require.NotContains(t, out.String(), canary)
		}
		require.Contains(t, out.String(), conv.ID)
		require.Contains(t, out.String(), message.ID)
	})
}
