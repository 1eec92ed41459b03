package channel_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// stopped makes a lab whose hub does not run, so that what it is given waits.
func stopped(t *testing.T, o channeltest.LabOptions, f func(t *testing.T, l *lab)) {
	t.Helper()
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Stop()
		f(t, l)
	})
}

// waiting are the texts of the items that wait or are dead.
func (l *lab) waiting() int {
	l.T.Helper()
	n := 0
	for _, dead := range []bool{false, true} {
		work, err := l.Store.Work(l.T.Context(), store.WorkQuery{Queue: "in", Dead: dead, Limit: 1000})
		require.NoError(l.T, err)
		n += len(work)
	}
	return n
}

func TestErasingTakesTheItemsOfOnePersonOnly(t *testing.T) {
	t.Parallel()
	const phone = "3125550187"
	ann := channeltest.Face{Phone: phone, Bsuid: "US.1"}
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		it   channeltest.Item
		gone bool
	}{
		{"a longer number that contains it", channeltest.Face{Phone: "1" + phone, Bsuid: "US.2"}.Text(at, "wamid.1", "x"), false},
		{"a BSUID that contains it", channeltest.Face{Phone: "4915112345", Bsuid: "US.12"}.Text(at, "wamid.1", "x"), false},
		{"a friend who mentions the number", channeltest.Face{Phone: "4915112345", Bsuid: "US.2"}.Text(at, "wamid.1", "call "+phone+" or US.1"), false},
		{"a friend who shares the card", channeltest.Face{Phone: "4915112345", Bsuid: "US.2"}.Message(at, "wamid.1", "contacts", []any{
			map[string]any{"name": map[string]any{"formatted_name": "Ann"}, "phones": []any{map[string]any{"phone": phone, "wa_id": phone}}},
		}), false},
		{"the same person with another tenant", ann.Text(at, "wamid.1", "x").On(tenantNumber), false},
		{"the next owner of the number", channeltest.Face{Phone: phone, Bsuid: "US.9"}.Text(at, "wamid.1", "x"), false},
		{"an echo to somebody else that mentions it", channeltest.Face{Phone: "4915112345"}.Echo(at, "wamid.1", "text", map[string]any{"body": phone}), false},
		{"an item that nobody understands, of somebody else", channeltest.Item{Field: "messages", Value: map[string]any{
			"messages": []any{map[string]any{"from": "4915112345", "note": phone}}}}, false},
		{"a message", ann.Text(at, "wamid.1", "x"), true},
		{"a message that shows the number only", channeltest.Face{Phone: phone}.Text(at, "wamid.1", "x"), true},
		{"a message that hides the number", channeltest.Face{Bsuid: "US.1"}.Text(at, "wamid.1", "x"), true},
		{"a message in a group", ann.Text(at, "wamid.1", "x", "group_id", "G1"), true},
		{"a status", ann.Status(at, "wamid.1", "", "delivered"), true},
		{"an echo", ann.Echo(at, "wamid.1", "text", map[string]any{"body": "x"}), true},
		{"a call", ann.Call(at, "wacid.1", "connect"), true},
		{"a preference", ann.Preference(at, "stop"), true},
		{"the history", ann.Past(at, "wamid.1", "x", true), true},
		{"a new number", ann.Moved(at, "wamid.1", channeltest.Face{Phone: "4915112345", Bsuid: "US.8"}), true},
		{"an item that nobody understands", channeltest.Item{Field: "messages", Value: map[string]any{"messages": []any{map[string]any{"from": phone}}}}, true},
		{"a strange field", channeltest.Item{Field: "new_field", Value: map[string]any{"things": []any{map[string]any{"user_id": "US.1"}}}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var line channeltest.Wire
			stopped(t, channeltest.LabOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
				l.Run()
				l.Say(ann, "wamid.0", "hello")
				l.Stop()
				l.Post(tt.it)
				require.Equal(t, 1, l.waiting())
				receipt, err := l.Hub.EraseCustomer(t.Context(), "support", channeltest.Recipient(ann))
				require.NoError(t, err)
				require.Equal(t, tt.gone, l.waiting() == 0)
				require.Equal(t, tt.gone, receipt.Work == 1)
			})
		})
	}
}

func TestErasingSomebodyOfWhomOnlyAnItemWaits(t *testing.T) {
	t.Parallel()
	stopped(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		receipt, err := l.Hub.EraseCustomer(t.Context(), "support", message.Recipient{BSUID: channeltest.Kim.Bsuid})
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Work)
		require.Zero(t, l.waiting())
	})
}

func TestErasingSomebodyOfWhomOnlyTheNumberIsKnown(t *testing.T) {
	t.Parallel()
	phone := channeltest.Face{Phone: "13125550187"}
	stopped(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Run()
		l.Say(phone, "wamid.1", "hello")
		l.Stop()
		l.Post(channeltest.Face{Phone: phone.Phone, Bsuid: "US.1"}.Text(time.Now(), "wamid.2", "now with a BSUID"))
		receipt, err := l.Hub.EraseCustomer(t.Context(), "support", message.Recipient{Phone: phone.Phone})
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Work)
		require.Zero(t, l.waiting())
	})
}

func TestErasingWhoWroteOnlyInAGroup(t *testing.T) {
	t.Parallel()
	ann, ben := channeltest.Face{Phone: "13125550187", Bsuid: "US.1", Name: "Ann Canary"}, channeltest.Face{Phone: "13125550188", Bsuid: "US.2", Name: "Ben"}
	for name, who := range map[string]message.Recipient{
		"by phone number": {Phone: ann.Phone}, "by BSUID": {BSUID: ann.Bsuid}, "by both": channeltest.Recipient(ann),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				in := []any{"group_id", "G1"}
				at := time.Now()
				l.Post(ann.Text(at, "wamid.1", "a canary", in...), ben.Text(at, "wamid.2", "from ben", in...))
				l.Pass(5 * time.Second)
				l.Post(ann.Message(at, "wamid.3", "reaction", map[string]any{"message_id": "wamid.2", "emoji": "canary"}, in...),
					ann.Message(at, "wamid.4", "reaction", map[string]any{"message_id": "wamid.unknown", "emoji": "canary"}, in...),
					ann.Text(at.Add(time.Second), "wamid.5", "the last canary", in...))
				l.Pass(5 * time.Second)
				require.Contains(t, l.Conversation().Preview, "canary")
				var export bytes.Buffer
				require.NoError(t, l.Hub.ExportCustomer(t.Context(), "support", who, &export))
				require.NotContains(t, export.String(), "from ben")
				require.Equal(t, 2, strings.Count(export.String(), `{"group_message":`))
				require.Equal(t, 1, strings.Count(export.String(), `{"group_reactions":`))
				require.Equal(t, 1, strings.Count(export.String(), "the last canary"))
				receipt, err := l.Hub.EraseCustomer(t.Context(), "support", who)
				require.NoError(t, err)
				require.Equal(t, 2, receipt.Messages)
				require.Zero(t, receipt.Customers, "the group stays")
				channeltest.Everything(t, l.Store, func(text string) {
					require.NotContains(t, text, "canary")
					require.NotContains(t, text, "Canary")
					require.NotContains(t, text, ann.Phone)
				})
				left := l.Messages(l.Conversation().ID)
				require.Len(t, left, 1)
				require.Equal(t, "from ben", left[0].Text)
				require.Empty(t, left[0].Reactions)
				_, err = l.Hub.EraseCustomer(t.Context(), "support", who)
				require.ErrorIs(t, err, channel.ErrNotFound)
			})
		})
	}
}

func TestEditsThatWaitAreFoundHoweverManyStandInsThereAre(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		at := time.Now()
		var b store.Batch // stand-ins, as they are made for each message that is sent
		for i := range 12_000 {
			id := fmt.Sprintf("m_standin%d", i)
			b.Put = append(b.Put, store.Record{Kind: "message", Key: id, Parent: "stub|support", Sort: at.Add(-10 * 24 * time.Hour).UnixMicro(),
				Body: fmt.Appendf(nil, `{"id":%q,"channel":"support","same_as":"m_x"}`, id)})
		}
		_, err := l.Store.Commit(t.Context(), &b)
		require.NoError(t, err)
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.2", "wamid.never", "a canary of kim"))
		l.Post(channeltest.Face{Phone: "13125550155", Bsuid: "US.55"}.Edit(time.Now(), "wamid.3", "wamid.never2", "a canary of another"))
		l.Pass(5 * time.Second)
		_, err = l.Hub.EraseCustomer(t.Context(), "support", channeltest.Recipient(channeltest.Kim))
		require.NoError(t, err)
		waiting := func() (texts string) {
			list, err := l.Store.List(t.Context(), store.Query{Kind: "message", Parent: "pending|support", Limit: 10})
			require.NoError(t, err)
			for _, r := range list {
				texts += string(r.Body)
			}
			return texts
		}
		require.False(t, strings.Contains(waiting(), "canary of kim"))
		require.True(t, strings.Contains(waiting(), "canary of another"))
		l.Pass(10 * 24 * time.Hour) // upkeep
		require.Empty(t, waiting(), "its message never came")
	})
}

// twins are two wamids of one message, as WhatsApp makes them of a phone number and of a BSUID.
func twins(token string) (byPhone, byBSUID string) {
	make := func(person string) string {
		raw := append([]byte{0x1c, 0x18, byte(len(person))}, person...)
		raw = append(append(raw, 0x15, 0x02, 0x00, 0x12, 0x18, byte(len(token))), token...)
		return "wamid." + base64.StdEncoding.EncodeToString(append(raw, 0))
	}
	return make(channeltest.Kim.Phone), make(channeltest.Kim.Bsuid)
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
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, one, "hello")
			l.Post(channeltest.Kim.Text(time.Now(), "wamid.q", "about that", "context", map[string]any{"id": other}))
			l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.r", other, "👍"), channeltest.Kim.Edit(time.Now(), "wamid.e", other, "hello!"))
			l.Pass(5 * time.Second)
			list := l.Messages(l.Conversation().ID)
			require.Len(t, list, 2)
			require.Equal(t, list[0].ID, list[1].Quoted)
			require.Equal(t, "hello!", list[0].Text)
			require.Len(t, list[0].Reactions, 1)
			l.Post(channeltest.Kim.Revoke(time.Now(), "wamid.d", other))
			l.Pass(5 * time.Second)
			require.NotZero(t, l.Messages(l.Conversation().ID)[0].Deleted)
		})
	})
	t.Run("what overtakes the message", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.0", "first")
			l.Post(channeltest.Kim.Reaction(at.Add(time.Second), "wamid.r", other, "👍"), channeltest.Kim.Edit(at.Add(time.Second), "wamid.e", other, "hello!"))
			l.Pass(5 * time.Second)
			l.Post(channeltest.Kim.Text(at, one, "hello"))
			l.Pass(5 * time.Second)
			for _, m := range l.Messages(l.Conversation().ID) {
				if m.WAMID == one {
					require.Equal(t, "hello!", m.Text)
					require.Len(t, m.Reactions, 1)
				}
			}
		})
	})
	t.Run("a message of ours, and its status", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.0", "first")
			sent := l.sendsAs(one, "answer")
			l.Post(channeltest.Kim.Reaction(time.Now(), "wamid.r", other, "👍"), channeltest.Kim.Status(time.Now(), other, "", "read"))
			l.Pass(5 * time.Second)
			for _, m := range l.Messages(l.Conversation().ID) {
				if m.ID == sent {
					require.Len(t, m.Reactions, 1)
					require.NotZero(t, m.Delivery.ReadAt)
				}
			}
		})
	})
	t.Run("a message that comes under both", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Text(at, one, "hello"))
			l.Pass(5 * time.Second)
			l.Post(channeltest.Kim.Text(at, other, "hello"))
			l.Pass(5 * time.Second)
			require.Equal(t, []string{"hello"}, l.Host.Texts())
			l.Post(channeltest.Kim.Text(at.Add(3*time.Second), other+"=", "hello"))
			l.Pass(5 * time.Second)
			require.Len(t, l.Host.Texts(), 2, "another time is another message")
		})
	})
	t.Run("an echo of what was sent here", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.0", "first")
			sent := l.sendsAs(one, "answer")
			l.Post(channeltest.Kim.Echo(time.Now(), other, "text", map[string]any{"body": "answer"}))
			l.Pass(5 * time.Second)
			require.Empty(t, l.Host.Of(conversation.EchoReceived))
			list := l.Messages(l.Conversation().ID)
			require.Len(t, list, 2)
			require.Equal(t, sent, list[1].ID)
		})
	})
	t.Run("what overtook the message, of a customer who was merged meanwhile", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			byPhone, byBSUID := channeltest.Face{Phone: channeltest.Kim.Phone}, channeltest.Face{Bsuid: channeltest.Kim.Bsuid}
			l.Say(byPhone, "wamid.0", "first")
			l.Say(byBSUID, "wamid.00", "first")
			require.Len(t, l.Conversations(), 2)
			l.Post(byBSUID.Edit(at.Add(20*time.Second), "wamid.e", other, "hello!"))
			l.Pass(5 * time.Second)
			l.Say(channeltest.Kim, "wamid.000", "both are one")
			l.Post(channeltest.Kim.Text(at.Add(15*time.Second), one, "hello"))
			l.Pass(5 * time.Second)
			require.Contains(t, l.Host.Texts(), "hello!")
			require.NotContains(t, l.Host.Texts(), "hello")
			l.Pass(2 * patience)
			require.Len(t, l.Host.Texts(), 4, "and it is not handed over by itself")
		})
	})
	t.Run("not that of another customer", func(t *testing.T) {
		t.Parallel()
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, one, "hello")
			l.Say(channeltest.Face{Phone: "13125550155", Bsuid: "US.55"}, "wamid.x", "I am another")
			l.Post(channeltest.Face{Phone: "13125550155", Bsuid: "US.55"}.Edit(time.Now(), "wamid.e", other, "forged"))
			l.Pass(5 * time.Second)
			everyText := ""
			for _, c := range l.Conversations() {
				for _, m := range l.Messages(c.ID) {
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
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, one, "hello")
			l.Say(channeltest.Kim, third+"=", "hello too")
			l.Post(channeltest.Kim.Edit(time.Now(), "wamid.e", "wamid.HBgL"+base64.StdEncoding.EncodeToString([]byte("x\x143EB0C767D097B7F1D2A1")), "which?"))
			l.Pass(5 * time.Second)
			for _, m := range l.Messages(l.Conversation().ID) {
				require.NotEqual(t, "which?", m.Text)
			}
		})
	})
}

// sendsAs sends a text for which the Sender returns a wamid, and returns the message's ID.
func (l *lab) sendsAs(wamid, text string) string {
	l.T.Helper()
	l.Line.Mu.Lock()
	l.Line.Wamids = map[string]string{text: wamid}
	l.Line.Mu.Unlock()
	m, err := l.Reply(l.Conversation().ID, text)
	require.NoError(l.T, err)
	l.Pass(5 * time.Second)
	return m.ID
}
