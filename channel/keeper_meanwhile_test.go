package channel_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// removingStore calls a function of the test, once, when a hub is about to remove a record of a kind.
type removingStore struct {
	*memstore.Store
	kind string
	then atomic.Pointer[func()]
}

// once says what to call.
func (s *removingStore) once(then func()) { s.then.Store(&then) }

func (s *removingStore) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if slices.ContainsFunc(b.Delete, func(k store.RecordKey) bool { return k.Kind == s.kind }) {
		if then := s.then.Swap(nil); then != nil {
			(*then)()
		}
	}
	return s.Store.Commit(ctx, b)
}

// requireWhole says that whatever is kept leads to somebody: each message to a conversation, a chat history apart, and
// each conversation and name to a customer. It returns the texts of all messages.
func requireWhole(t *testing.T, l *lab) (texts []string) {
	t.Helper()
	there := map[string]bool{}
	for _, kind := range []string{"customer", "conversation"} {
		for _, r := range l.Records(kind) {
			there[r.Key] = true
		}
	}
	for _, r := range l.Records("customer") {
		var c conversation.Customer
		require.NoError(t, json.Unmarshal(r.Body, &c))
		there[c.HistoryID()] = true
	}
	for _, kind := range []string{"conversation", "customer_conversation", "alias", "message", "log"} {
		for _, r := range l.Records(kind) {
			var doc struct{ Customer, Conversation, Direction, Text string }
			require.NoError(t, json.Unmarshal(r.Body, &doc))
			owner := r.Parent
			switch kind {
			case "conversation":
				owner = doc.Customer
			case "message":
				if doc.Direction == "" {
					continue // a stand-in
				}
				owner, texts = doc.Conversation, append(texts, doc.Text)
			}
			require.True(t, there[owner], "a record of kind %s leads to nobody", kind)
		}
	}
	return texts
}

// meanwhile runs f with two hubs on one store, of which one only removes: Kim and Robin have written.
func meanwhile(t *testing.T, kind string, f func(t *testing.T, works, removes *lab, between *removingStore)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		shared := memstore.New()
		between := &removingStore{Store: shared, kind: kind}
		join := func(st store.Store, name string) *lab {
			return newLab(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
				c.Name, c.Poll = name, time.Second
				c.Channels[0].Retention.Messages = 2 * duration.Day
			}})
		}
		works, removes := join(shared, "a"), join(between, "b")
		works.Run()
		works.Say(channeltest.Kim, "wamid.1", "first")
		works.Pass(time.Minute)
		f(t, works, removes, between)
		works.Stop()
	})
}

func TestWhatComesWhileSomebodyIsErasedGoesOrBeginsAnew(t *testing.T) {
	t.Parallel()
	erase := func(t *testing.T, l *lab) error {
		_, err := l.Hub.EraseCustomer(t.Context(), "support", channeltest.Recipient(channeltest.Kim))
		return err
	}
	for name, come := range map[string]func(t *testing.T, l *lab, conv string){
		"a message": func(_ *testing.T, l *lab, _ string) { l.Say(channeltest.Kim, "wamid.2", "meanwhile") },
		"an answer": func(t *testing.T, l *lab, conv string) {
			if _, err := l.Reply(conv, "meanwhile"); err != nil {
				require.ErrorIs(t, err, channel.ErrNotFound)
			}
		},
		"an answer from the Business app": func(_ *testing.T, l *lab, _ string) {
			l.Post(channeltest.Kim.Echo(time.Now(), "wamid.2", "text", map[string]any{"body": "meanwhile"}))
		},
		"an edit": func(_ *testing.T, l *lab, _ string) {
			l.Post(channeltest.Kim.Edit(time.Now(), "wamid.2", "wamid.1", "meanwhile"))
		},
		"a message of long ago": func(_ *testing.T, l *lab, _ string) {
			l.Post(channeltest.Kim.Past(time.Now().Add(-time.Hour), "wamid.2", "meanwhile", false))
		},
		"a new name": func(_ *testing.T, l *lab, _ string) {
			l.Post(channeltest.Kim.Moved(time.Now(), "wamid.2", channeltest.Face{Phone: "13125550177", Bsuid: "US.new"}))
		},
	} {
		for _, kind := range []string{"message", "conversation", "customer"} {
			t.Run(name+" before a "+kind+" goes", func(t *testing.T) {
				t.Parallel()
				meanwhile(t, kind, func(t *testing.T, works, removes *lab, between *removingStore) {
					conv := works.Conversation().ID
					works.Say(channeltest.Stranger(1), "wamid.r", "of somebody else")
					works.Pass(time.Second)
					between.once(func() {
						come(t, works, conv)
						works.Pass(time.Minute)
					})
					require.NoError(t, erase(t, removes))
					require.Nil(t, between.then.Load())
					require.Equal(t, []string{"of somebody else"}, requireWhole(t, works))
					works.Pass(time.Minute)
					requireWhole(t, works)
					works.Say(channeltest.Kim, "wamid.3", "back again")
					works.Pass(time.Minute)
					require.ElementsMatch(t, []string{"of somebody else", "back again"}, requireWhole(t, works))
				})
			})
		}
	}
}

func TestWhatSomebodyWritesInAGroupWhileTheyAreErasedIsErased(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"message", "member"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			meanwhile(t, kind, func(t *testing.T, works, removes *lab, between *removingStore) {
				ann, ben := channeltest.Stranger(1), channeltest.Stranger(2)
				say := func(f channeltest.Face, wamid, text string) {
					works.Post(f.Text(time.Now(), wamid, text, "group_id", "G1"))
					works.Pass(time.Minute)
				}
				erase := func() error {
					_, err := removes.Hub.EraseCustomer(t.Context(), "support", channeltest.Recipient(ann))
					return err
				}
				say(ann, "wamid.2", "of ann")
				say(ben, "wamid.3", "of ben")
				between.once(func() { say(ann, "wamid.4", "meanwhile") })
				require.NoError(t, erase())
				require.Nil(t, between.then.Load())
				require.ElementsMatch(t, []string{"first", "of ben"}, requireWhole(t, works))
				say(ann, "wamid.5", "once more")
				require.NoError(t, erase())
				require.ElementsMatch(t, []string{"first", "of ben"}, requireWhole(t, works))
			})
		})
	}
}

func TestAConversationThatIsErasedTakesNoMessageWithItThatIsNotOfIt(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"message", "conversation"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			meanwhile(t, kind, func(t *testing.T, works, removes *lab, between *removingStore) {
				conv := works.Conversation().ID
				between.once(func() {
					works.Say(channeltest.Kim, "wamid.2", "meanwhile")
					_, _ = works.Reply(conv, "an answer")
					works.Pass(time.Minute)
				})
				receipt, err := removes.Hub.EraseConversation(t.Context(), conv)
				require.NoError(t, err)
				require.Equal(t, 1, receipt.Conversations)
				require.Equal(t, 2, receipt.Messages)
				require.Equal(t, []string{"meanwhile"}, requireWhole(t, works))
				require.NotEqual(t, conv, works.Conversation().ID)
			})
		})
	}
}

// Somebody comes back, or is answered, at the moment in which the conversation is as old as the channel keeps it.
func TestNothingIsLostThatComesWhenAConversationIsOver(t *testing.T) {
	t.Parallel()
	for name, come := range map[string]func(t *testing.T, l *lab, conv string){
		"the customer writes": func(_ *testing.T, l *lab, _ string) { l.Say(channeltest.Kim, "wamid.2", "meanwhile") },
		"an agent sends a template": func(t *testing.T, l *lab, _ string) {
			require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", channeltest.Recipient(channeltest.Kim), conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
			_, err := l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
		},
		"an agent answers from the Business app": func(_ *testing.T, l *lab, _ string) {
			l.Post(channeltest.Kim.Echo(time.Now(), "wamid.2", "text", map[string]any{"body": "meanwhile"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				between := &removingStore{Store: memstore.New(), kind: "conversation"}
				l := newLab(t, channeltest.LabOptions{Store: between, Config: func(c *channel.Config) {
					channeltest.WithTemplates(t)(c)
					c.Channels[0].Retention.Messages = 2 * duration.Day
				}})
				l.Run()
				l.Say(channeltest.Kim, "wamid.1", "first")
				l.Pass(time.Minute)
				between.once(func() {
					come(t, l, l.Conversation().ID)
					l.Pass(time.Minute)
				})
				l.Pass(50 * time.Hour)
				require.Nil(t, between.then.Load())
				texts := requireWhole(t, l)
				require.Len(t, texts, 1)
				require.NotEqual(t, "first", texts[0])
				require.Equal(t, 2, len(l.Host.Texts())+len(l.Line.Texts())+len(l.Host.Of(conversation.EchoReceived)), "somebody has it")
				l.Stop()
			})
		})
	}
}
