package channel_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
)

// stopped makes a lab whose hub does not run, so that what it is given waits.
func stopped(t *testing.T, o labOptions, f func(t *testing.T, l *lab)) {
	t.Helper()
	experiment(t, o, func(t *testing.T, l *lab) {
		l.stop()
		f(t, l)
	})
}

// waiting are the texts of the items that wait or are dead.
func (l *lab) waiting() int {
	l.t.Helper()
	n := 0
	for _, dead := range []bool{false, true} {
		work, err := l.store.Work(l.t.Context(), store.WorkQuery{Queue: "in", Dead: dead, Limit: 1000})
		require.NoError(l.t, err)
		n += len(work)
	}
	return n
}

func TestErasingTakesTheItemsOfOnePersonOnly(t *testing.T) {
	t.Parallel()
	const phone = "3125550187"
	ann := face{phone: phone, bsuid: "US.1"}
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		it   item
		gone bool
	}{
		{"a longer number that contains it", face{phone: "1" + phone, bsuid: "US.2"}.text(at, "wamid.1", "x"), false},
		{"a BSUID that contains it", face{phone: "4915112345", bsuid: "US.12"}.text(at, "wamid.1", "x"), false},
		{"a friend who mentions the number", face{phone: "4915112345", bsuid: "US.2"}.text(at, "wamid.1", "call "+phone+" or US.1"), false},
		{"a friend who shares the card", face{phone: "4915112345", bsuid: "US.2"}.message(at, "wamid.1", "contacts", []any{
			map[string]any{"name": map[string]any{"formatted_name": "Ann"}, "phones": []any{map[string]any{"phone": phone, "wa_id": phone}}},
		}), false},
		{"the same person with another tenant", ann.text(at, "wamid.1", "x").on(tenantNumber), false},
		{"the next owner of the number", face{phone: phone, bsuid: "US.9"}.text(at, "wamid.1", "x"), false},
		{"an echo to somebody else that mentions it", face{phone: "4915112345"}.echo(at, "wamid.1", "text", map[string]any{"body": phone}), false},
		{"an item that nobody understands, of somebody else", item{field: "messages", value: map[string]any{
			"messages": []any{map[string]any{"from": "4915112345", "note": phone}}}}, false},
		{"a message", ann.text(at, "wamid.1", "x"), true},
		{"a message that shows the number only", face{phone: phone}.text(at, "wamid.1", "x"), true},
		{"a message that hides the number", face{bsuid: "US.1"}.text(at, "wamid.1", "x"), true},
		{"a message in a group", ann.text(at, "wamid.1", "x", "group_id", "G1"), true},
		{"a status", ann.status(at, "wamid.1", "", "delivered"), true},
		{"an echo", ann.echo(at, "wamid.1", "text", map[string]any{"body": "x"}), true},
		{"a call", ann.call(at, "wacid.1", "connect"), true},
		{"a preference", ann.preference(at, "stop"), true},
		{"the history", ann.past(at, "wamid.1", "x", true), true},
		{"a new number", ann.moved(at, "wamid.1", face{phone: "4915112345", bsuid: "US.8"}), true},
		{"an item that nobody understands", item{field: "messages", value: map[string]any{"messages": []any{map[string]any{"from": phone}}}}, true},
		{"a strange field", item{field: "new_field", value: map[string]any{"things": []any{map[string]any{"user_id": "US.1"}}}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var line wire
			stopped(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
				l.run()
				l.say(ann, "wamid.0", "hello")
				l.stop()
				l.post(tt.it)
				require.Equal(t, 1, l.waiting())
				receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", recipient(ann))
				require.NoError(t, err)
				require.Equal(t, tt.gone, l.waiting() == 0)
				require.Equal(t, tt.gone, receipt.Work == 1)
			})
		})
	}
}

func TestErasingSomebodyOfWhomOnlyAnItemWaits(t *testing.T) {
	t.Parallel()
	stopped(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now(), "wamid.1", "hello"))
		receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", message.Recipient{BSUID: kim.bsuid})
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Work)
		require.Zero(t, l.waiting())
	})
}

func TestErasingSomebodyOfWhomOnlyTheNumberIsKnown(t *testing.T) {
	t.Parallel()
	phone := face{phone: "13125550187"}
	stopped(t, labOptions{}, func(t *testing.T, l *lab) {
		l.run()
		l.say(phone, "wamid.1", "hello")
		l.stop()
		l.post(face{phone: phone.phone, bsuid: "US.1"}.text(time.Now(), "wamid.2", "now with a BSUID"))
		receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", message.Recipient{Phone: phone.phone})
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Work)
		require.Zero(t, l.waiting())
	})
}

func TestErasingWhoWroteOnlyInAGroup(t *testing.T) {
	t.Parallel()
	ann, ben := face{phone: "13125550187", bsuid: "US.1", name: "Ann Canary"}, face{phone: "13125550188", bsuid: "US.2", name: "Ben"}
	for name, who := range map[string]message.Recipient{
		"by phone number": {Phone: ann.phone}, "by BSUID": {BSUID: ann.bsuid}, "by both": recipient(ann),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				in := []any{"group_id", "G1"}
				at := time.Now()
				l.post(ann.text(at, "wamid.1", "a canary", in...), ben.text(at, "wamid.2", "from ben", in...))
				l.pass(5 * time.Second)
				l.post(ann.message(at, "wamid.3", "reaction", map[string]any{"message_id": "wamid.2", "emoji": "canary"}, in...),
					ann.message(at, "wamid.4", "reaction", map[string]any{"message_id": "wamid.unknown", "emoji": "canary"}, in...),
					ann.text(at.Add(time.Second), "wamid.5", "the last canary", in...))
				l.pass(5 * time.Second)
				require.Contains(t, l.conversation().Preview, "canary")
				receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", who)
				require.NoError(t, err)
				require.Equal(t, 2, receipt.Messages)
				require.Zero(t, receipt.Customers, "the group stays")
				everything(t, l.store, func(text string) {
					require.NotContains(t, text, "canary")
					require.NotContains(t, text, "Canary")
					require.NotContains(t, text, ann.phone)
				})
				left := l.messages(l.conversation().ID)
				require.Len(t, left, 1)
				require.Equal(t, "from ben", left[0].Text)
				require.Empty(t, left[0].Reactions)
				_, err = l.agents.EraseCustomer(t.Context(), admin, "support", who)
				require.ErrorIs(t, err, channel.ErrNotFound)
			})
		})
	}
}

func TestEditsThatWaitAreFoundHoweverManyStandInsThereAre(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		at := time.Now()
		var b store.Batch // stand-ins, as they are made for each message that is sent
		for i := range 12_000 {
			id := fmt.Sprintf("m_standin%d", i)
			b.Put = append(b.Put, store.Record{Kind: "message", Key: id, Parent: "stub|support", Sort: at.Add(-10 * 24 * time.Hour).UnixMicro(),
				Body: fmt.Appendf(nil, `{"id":%q,"channel":"support","same_as":"m_x"}`, id)})
		}
		_, err := l.store.Commit(t.Context(), &b)
		require.NoError(t, err)
		l.say(kim, "wamid.1", "hello")
		l.post(kim.edit(time.Now(), "wamid.2", "wamid.never", "a canary of kim"))
		l.post(face{phone: "13125550155", bsuid: "US.55"}.edit(time.Now(), "wamid.3", "wamid.never2", "a canary of another"))
		l.pass(5 * time.Second)
		_, err = l.agents.EraseCustomer(t.Context(), admin, "support", recipient(kim))
		require.NoError(t, err)
		waiting := func() (texts string) {
			list, err := l.store.List(t.Context(), store.Query{Kind: "message", Parent: "pending|support", Limit: 10})
			require.NoError(t, err)
			for _, r := range list {
				texts += string(r.Body)
			}
			return texts
		}
		require.False(t, strings.Contains(waiting(), "canary of kim"))
		require.True(t, strings.Contains(waiting(), "canary of another"))
		l.pass(10 * 24 * time.Hour) // upkeep
		require.Empty(t, waiting(), "its message never came")
	})
}

func TestRetentionLeavesNoPreview(t *testing.T) {
	t.Parallel()
	keep := labOptions{
		settings: func(s *channel.Settings) { s.Retention.Messages = 2 * duration.Day },
		own:      func(s *desk.Settings) { s.Rules = rules.Settings{} },
		config:   func(c *channel.Config) { c.Poll = 30 * time.Minute },
	}
	experiment(t, keep, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now(), "wamid.1", "a canary"))
		l.pass(time.Hour)
		l.pass(5 * 24 * time.Hour)
		require.Empty(t, l.messages(l.conversation().ID))
		require.Empty(t, l.conversation().Preview)
		everything(t, l.store, func(text string) { require.NotContains(t, text, "canary") })
	})
}

func TestErasingOneMessageAndOneConversation(t *testing.T) {
	t.Parallel()
	var line wire
	experiment(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.say(kim, "wamid.1", "stays")
		l.pass(time.Minute)
		l.say(kim, "wamid.2", "a canary")
		conv := l.conversation()
		m := l.messages(conv.ID)[1]
		for name, do := range map[string]func(a access.Actor, conv, msg string) error{
			"message": func(a access.Actor, _, msg string) error { _, err := l.agents.EraseMessage(ctx, a, msg); return err },
			"conversation": func(a access.Actor, conv, _ string) error {
				_, err := l.agents.EraseConversation(ctx, a, conv)
				return err
			},
		} {
			require.ErrorIs(t, do(alice, conv.ID, m.ID), access.ErrDenied, name)
			require.Error(t, do(ownerOther, conv.ID, m.ID), name)
			require.ErrorIs(t, do(admin, "v_none", "m_none"), channel.ErrNotFound, name)
		}
		receipt, err := l.agents.EraseMessage(ctx, admin, m.ID)
		require.NoError(t, err)
		require.Equal(t, &channel.Erased{Messages: 1}, receipt)
		require.Equal(t, "stays", l.conversation().Preview)
		everything(t, l.store, func(text string) { require.NotContains(t, text, "canary") })

		receipt, err = l.agents.EraseConversation(ctx, admin, conv.ID)
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Conversations)
		require.Empty(t, l.conversations())
		everything(t, l.store, func(text string) { require.NotContains(t, text, "stays") })
		l.say(kim, "wamid.3", "again")
		require.NotEqual(t, conv.ID, l.conversation().ID)
		require.Equal(t, 1, len(l.messages(l.conversation().ID)))
	})
}

// twins are two wamids of one message, as WhatsApp makes them of a phone number and of a BSUID.
func twins(token string) (byPhone, byBSUID string) {
	make := func(person string) string {
		raw := append([]byte{0x1c, 0x18, byte(len(person))}, person...)
		raw = append(append(raw, 0x15, 0x02, 0x00, 0x12, 0x18, byte(len(token))), token...)
		return "wamid." + base64.StdEncoding.EncodeToString(append(raw, 0))
	}
	return make(kim.phone), make(kim.bsuid)
}

// other is the other one of twins.
func other(wamid string) string {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(wamid, "wamid."))
	if err != nil {
		panic(err)
	}
	_, byBSUID := twins(string(raw[len(raw)-21 : len(raw)-1]))
	return byBSUID
}

func TestTwoWAMIDsOfOneMessage(t *testing.T) {
	t.Parallel()
	one, other := twins("3EB0C767D097B7F1D2A1")
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	t.Run("a quote, an edit, a reaction and a deletion", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, one, "hello")
			l.post(kim.text(time.Now(), "wamid.q", "about that", "context", map[string]any{"id": other}))
			l.post(kim.reaction(time.Now(), "wamid.r", other, "👍"), kim.edit(time.Now(), "wamid.e", other, "hello!"))
			l.pass(5 * time.Second)
			list := l.messages(l.conversation().ID)
			require.Len(t, list, 2)
			require.Equal(t, list[0].ID, list[1].Quoted)
			require.Equal(t, "hello!", list[0].Text)
			require.Len(t, list[0].Reactions, 1)
			l.post(kim.revoke(time.Now(), "wamid.d", other))
			l.pass(5 * time.Second)
			require.NotZero(t, l.messages(l.conversation().ID)[0].Deleted)
		})
	})
	t.Run("what overtakes the message", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.0", "first")
			l.post(kim.reaction(at.Add(time.Second), "wamid.r", other, "👍"), kim.edit(at.Add(time.Second), "wamid.e", other, "hello!"))
			l.pass(5 * time.Second)
			l.post(kim.text(at, one, "hello"))
			l.pass(5 * time.Second)
			for _, m := range l.messages(l.conversation().ID) {
				if m.WAMID == one {
					require.Equal(t, "hello!", m.Text)
					require.Len(t, m.Reactions, 1)
				}
			}
		})
	})
	t.Run("a message of ours, and its status", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.0", "first")
			sent := l.sendsAs(one, "answer")
			l.post(kim.reaction(time.Now(), "wamid.r", other, "👍"), kim.status(time.Now(), other, "", "read"))
			l.pass(5 * time.Second)
			for _, m := range l.messages(l.conversation().ID) {
				if m.ID == sent {
					require.Len(t, m.Reactions, 1)
					require.NotZero(t, m.Delivery.ReadAt)
				}
			}
		})
	})
	t.Run("a message that comes under both", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.post(kim.text(at, one, "hello"))
			l.pass(5 * time.Second)
			l.post(kim.text(at, other, "hello"))
			l.pass(5 * time.Second)
			require.Equal(t, []string{"hello"}, l.host.texts())
			l.post(kim.text(at.Add(3*time.Second), other+"=", "hello"))
			l.pass(5 * time.Second)
			require.Len(t, l.host.texts(), 2, "another time is another message")
		})
	})
	t.Run("an echo of what was sent here", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, "wamid.0", "first")
			sent := l.sendsAs(one, "answer")
			l.post(kim.echo(time.Now(), other, "text", map[string]any{"body": "answer"}))
			l.pass(5 * time.Second)
			require.Empty(t, l.host.of(conversation.EchoReceived))
			list := l.messages(l.conversation().ID)
			require.Len(t, list, 2)
			require.Equal(t, sent, list[1].ID)
		})
	})
	t.Run("what overtook the message, of a customer who was merged meanwhile", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			byPhone, byBSUID := face{phone: kim.phone}, face{bsuid: kim.bsuid}
			l.say(byPhone, "wamid.0", "first")
			l.say(byBSUID, "wamid.00", "first")
			require.Len(t, l.conversations(), 2)
			l.post(byBSUID.edit(at.Add(20*time.Second), "wamid.e", other, "hello!"))
			l.pass(5 * time.Second)
			l.say(kim, "wamid.000", "both are one")
			l.post(kim.text(at.Add(15*time.Second), one, "hello"))
			l.pass(5 * time.Second)
			require.Contains(t, l.host.texts(), "hello!")
			require.NotContains(t, l.host.texts(), "hello")
			l.pass(2 * patience)
			require.Len(t, l.host.texts(), 4, "and it is not handed over by itself")
		})
	})
	t.Run("not that of another customer", func(t *testing.T) {
		t.Parallel()
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, one, "hello")
			l.say(face{phone: "13125550155", bsuid: "US.55"}, "wamid.x", "I am another")
			l.post(face{phone: "13125550155", bsuid: "US.55"}.edit(time.Now(), "wamid.e", other, "forged"))
			l.pass(5 * time.Second)
			everyText := ""
			for _, c := range l.conversations() {
				for _, m := range l.messages(c.ID) {
					everyText += m.Text + ";"
				}
			}
			require.Contains(t, everyText, "hello;")
			require.NotContains(t, everyText, "forged")
		})
	})
	t.Run("not one of two", func(t *testing.T) {
		t.Parallel()
		_, third := twins("3EB0C767D097B7F1D2A1")
		experiment(t, labOptions{}, func(t *testing.T, l *lab) {
			l.say(kim, one, "hello")
			l.say(kim, third+"=", "hello too")
			l.post(kim.edit(time.Now(), "wamid.e", "wamid.HBgL"+base64.StdEncoding.EncodeToString([]byte("x\x143EB0C767D097B7F1D2A1")), "which?"))
			l.pass(5 * time.Second)
			for _, m := range l.messages(l.conversation().ID) {
				require.NotEqual(t, "which?", m.Text)
			}
		})
	})
}

// sendsAs sends a text for which the Sender returns a wamid, and returns the message's ID.
func (l *lab) sendsAs(wamid, text string) string {
	l.t.Helper()
	l.line.mu.Lock()
	l.line.wamids = map[string]string{text: wamid}
	l.line.mu.Unlock()
	m, err := l.reply(l.conversation().ID, text)
	require.NoError(l.t, err)
	l.pass(5 * time.Second)
	return m.ID
}
