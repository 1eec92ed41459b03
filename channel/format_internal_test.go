package channel

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/window"
)

// fill sets everything that v refers to, in the way of the seed.
func fill(v reflect.Value, seed int) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		// By the local clock, with a monotonic part, or as it comes from WhatsApp.
		v.Set(reflect.ValueOf([]time.Time{{}, time.Now().Add(time.Duration(seed)), time.Unix(int64(1e9+seed), 0).UTC()}[seed%3]))
		return
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		if seed%4 == 3 {
			v.Set(reflect.ValueOf(json.RawMessage(`{"a" : "<b>"}`)))
		}
		return
	case v.Type() == reflect.TypeFor[window.State]():
		v.Set(reflect.ValueOf(window.Options{}.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: time.Unix(int64(1e9+seed), 0)}, time.Now())))
		return
	}
	if v.Type() == reflect.TypeFor[rules.State]() {
		if seed%2 == 1 {
			v.Set(reflect.ValueOf(rules.State{Queue: rules.QueuePending, WaitingSince: time.Now(), UnansweredSince: time.Unix(int64(1e9+seed), 0)}))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"", "text", "with <b> & \u2028", "broken \xff"}[seed%4])
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(int64(seed % 5))
	case reflect.Bool:
		v.SetBool(seed%2 == 0)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), seed+i*7)
			}
		}
	case reflect.Pointer:
		if seed%2 == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), seed+1)
		}
	case reflect.Slice:
		if seed%3 > 0 {
			v.Set(reflect.MakeSlice(v.Type(), seed%3-1, 8))
			for i := range v.Len() {
				fill(v.Index(i), seed+1)
			}
		}
	}
}

// What a step saved is read by the next without having been decoded: it must be the same.
func TestADocumentThatIsRememberedIsAsDecodingItGives(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]func() any{
		"message":      func() any { return new(messageRecord) },
		"stand-in":     func() any { return new(standIn) },
		"customer":     func() any { return new(conversation.Customer) },
		"conversation": func() any { return new(conversation.Conversation) },
		"alias":        func() any { return new(alias) },
		"log entry":    func() any { return new(conversation.LogEntry) },
		"standing":     func() any { return new(standing) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range 60 {
				st := memstore.New()
				process := func() *step.Steps {
					return &step.Steps{Store: st, Now: func(context.Context) time.Time { return time.Now() }, Wake: func(string) {}, Took: func(time.Duration) {}}
				}
				first, second := process(), process()
				saved := doc()
				fill(reflect.ValueOf(saved).Elem(), seed)
				require.NoError(t, first.Do(t.Context(), nil, func(s *step.Step) error {
					if _, err := s.Load("doc", "a", nil); err != nil {
						return err
					}
					return s.Save("doc", "a", "", 0, saved)
				}))
				read := func(s *step.Steps) any {
					d := doc()
					require.NoError(t, s.Do(t.Context(), nil, func(s *step.Step) error {
						s.Enqueue(store.Work{Queue: "q", ID: "w"})
						_, err := s.Load("doc", "a", d)
						return err
					}))
					return d
				}
				all := cmp.Exporter(func(reflect.Type) bool { return true })
				inUTC := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a == a.Round(0) })
				require.Empty(t, cmp.Diff(read(second), read(first), all, inUTC), "seed %d", seed)
			}
		})
	}
}

// The JSON of what is stored is that of the standard library.
func TestEveryDocumentIsEncodedAsTheStandardLibraryDoesIt(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]func() any{
		"message": func() any { return new(messageRecord) }, "stand-in": func() any { return new(standIn) },
		"customer": func() any { return new(conversation.Customer) }, "conversation": func() any { return new(conversation.Conversation) },
		"alias": func() any { return new(alias) }, "log entry": func() any { return new(conversation.LogEntry) },
		"standing": func() any { return new(standing) }, "process": func() any { return new(entry) }, "upload": func() any { return new(uploaded) },
		"call of the host": func() any { return new(hostItem) }, "file": func() any { return new(fetchItem) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range 60 {
				d := doc()
				fill(reflect.ValueOf(d).Elem(), seed)
				want, err := json.Marshal(d)
				require.NoError(t, err)
				got, err := step.Encode(d)
				require.NoError(t, err)
				require.Equal(t, string(want), string(got), "seed %d", seed)
			}
		})
	}
}

// A text that is sent at once is not read out of its JSON again.
func TestAnItemOfTheOutboxIsAsDecodingItGives(t *testing.T) {
	t.Parallel()
	text := &message.Text{Body: "hello <b> & \u2028", PreviewURL: true}
	to := message.Recipient{BSUID: "US.1", Phone: "+12025550199"}
	for name, c := range map[string]struct {
		out   message.Outbound
		known bool
	}{
		"a text":              {message.Outbound{To: to, Content: text, ReplyTo: "wamid.1", OpaqueID: "m_1"}, true},
		"a notification":      {message.Outbound{To: to, Content: &message.Text{Body: "b"}, Lane: message.LaneNotify, Category: message.Utility, TemplateName: "t"}, true},
		"of an account":       {message.Outbound{To: to, Content: text, MessagingAccount: "1", IdentityHash: "h"}, true},
		"to a group":          {message.Outbound{To: message.Recipient{Group: "g"}, Content: text}, true},
		"a broken text":       {message.Outbound{To: to, Content: &message.Text{Body: "\xff"}}, false},
		"for a time":          {message.Outbound{To: to, Content: text, TTL: 90*time.Second + 1}, false},
		"as marketing":        {message.Outbound{To: to, Content: text, Marketing: &message.Marketing{}}, false},
		"other than a text":   {message.Outbound{To: to, Content: &message.Location{Latitude: 1}}, false},
		"with parts in lists": {message.Outbound{To: to, Content: &message.Buttons{Body: "b"}}, false},
	} {
		item := &outboundItem{Message: "m_1", Customer: "c_1", Outbound: c.out, Perhaps: true, carried: carried{map[string]string{"a": "b"}}}
		decoded := item.decoded()
		if !c.known {
			require.Nil(t, decoded, name)
			continue
		}
		body, err := item.encode(nil)
		require.NoError(t, err, name)
		want := new(outboundItem)
		require.NoError(t, json.Unmarshal(body, want), name)
		require.Equal(t, want, decoded, name)
		require.NotSame(t, c.out.Content, decoded.(*outboundItem).Outbound.Content, "it is the host's")
	}
}

func BenchmarkEncodingAMessage(b *testing.B) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	m := &messageRecord{Message: conversation.Message{
		ID: "m_0123456789abcdef", Conversation: "v_0123456789abcdef", Channel: "support", Direction: conversation.Outbound, At: at, Seq: 2,
		Kind: "text", Text: "It left our house this morning and arrives tomorrow.", Author: conversation.Author{Kind: conversation.Agent, ID: "kim"},
		Delivery: conversation.Delivery{QueuedAt: at, AcceptedAt: at, SentAt: at, DeliveredAt: at}, WAMID: "wamid.0123456789",
	}}
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = json.Marshal(m)
		}
	})
	b.Run("step", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = step.Encode(m)
		}
	})
}

// A process of an older release writes what it read of a newer one: parts that have a JSON of their own keep
// what only that knows, too.
func TestWhatANewerReleaseWroteIntoAPartStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stored string
		change func(stored []byte) ([]byte, error)
		want   string
	}{
		"the state of a conversation": {
			`{"id":"c","channel":"s","customer":"u","state":{"queue":"new","agent":"kim","opened":1793527200,"mood":{"of":7}},"inbound":1,"outbound":0,"last_seq":1}`,
			func(stored []byte) ([]byte, error) {
				return rewritten(stored, func(c *conversation.Conversation) { c.State.Assignee = "" })
			},
			`{"id":"c","channel":"s","customer":"u","state":{"queue":"new","opened":1793527200,"mood":{"of":7}},"inbound":1,"outbound":0,"last_seq":1}`,
		},
		"the window of a customer": {
			`{"id":"u","channel":"s","window":{"last":1793527200,"kind":"message","referral":1793527200,"free_entry":{"referral":1793527200,"start":1793545200,"until":1793804400,"from":"x"},"next":1}}`,
			func(stored []byte) ([]byte, error) {
				return rewritten(stored, func(c *conversation.Customer) {
					c.Window = window.Options{}.Observe(c.Window, window.Event{Kind: window.KindMessage, At: time.Unix(1793530800, 0)}, time.Unix(1793530800, 0))
				})
			},
			`{"id":"u","channel":"s","window":{"last":1793530800,"kind":"message","referral":1793527200,"free_entry":{"referral":1793527200,"start":1793545200,"until":1793804400,"from":"x"},"next":1}}`,
		},
		"the message of outbox work": {
			`{"message":"m","customer":"u","outbound":{"messaging_product":"whatsapp","recipient_type":"individual","to":"+13125550142","type":"text","text":{"body":"hi","tone":1},"priority":9},"since":3}`,
			func(stored []byte) ([]byte, error) {
				var item outboundItem
				if err := json.Unmarshal(stored, &item); err != nil {
					return nil, err
				}
				item.Tries++
				return item.encode(stored)
			},
			`{"message":"m","customer":"u","outbound":{"messaging_product":"whatsapp","recipient_type":"individual","to":"+13125550142","type":"text","text":{"body":"hi","tone":1},"priority":9},"since":3,"tries":1}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.change([]byte(c.stored))
			require.NoError(t, err)
			require.JSONEq(t, c.want, string(got))
		})
	}
}

// rewritten is a document after a change.
func rewritten[T any](stored []byte, change func(*T)) ([]byte, error) {
	doc := new(T)
	if err := json.Unmarshal(stored, doc); err != nil {
		return nil, err
	}
	change(doc)
	body, err := json.Marshal(doc)
	return step.Keep(body, stored, doc), err
}
