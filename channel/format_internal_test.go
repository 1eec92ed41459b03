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
