package channel_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

// hanging is a ticket system that does not answer before its context ends; its second
// answer to the same item comes at once.
type hanging struct {
	channeltest.Ticketing
	hangs func(id string, try int) bool
	mu    sync.Mutex
	tries map[string]int
}

func (h *hanging) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	h.mu.Lock()
	if h.tries == nil {
		h.tries = map[string]int{}
	}
	h.tries[in.ID]++
	try := h.tries[in.ID]
	h.mu.Unlock()
	if h.hangs(in.Message.Text, try) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	return h.Ticketing.Receive(ctx, in)
}

func TestATicketingThatHangsHoldsUpItsOwnConversationOnly(t *testing.T) {
	t.Parallel()
	h := &hanging{hangs: func(text string, try int) bool { return text == "slow" && try < 3 }}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Ticketing = h }}, func(t *testing.T, l *lab) {
		lee := channeltest.Face{Phone: "13125550111", Bsuid: "US.2"}
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "slow"))
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "behind it"), lee.Text(time.Now(), "wamid.3", "another one"))
		l.Pass(10 * time.Second)
		require.Equal(t, []string{"another one"}, h.Texts())
		l.Pass(5 * time.Minute)
		require.Equal(t, []string{"another one", "slow", "behind it"}, h.Texts(), "in order within the conversation")
		require.Contains(t, l.Logs.String(), "timed out")
	})
}

func TestATicketingThatHangsDoesNotKeepRunFromStopping(t *testing.T) {
	t.Parallel()
	h := &hanging{hangs: func(string, int) bool { return true }}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Ticketing = h; c.Drain = 10 * time.Second }}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(5 * time.Second)
		start := time.Now()
		l.Stop()
		require.Equal(t, 10*time.Second, time.Since(start))
		work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "host", Limit: 10})
		require.NoError(t, err)
		require.Len(t, work, 1, "it is there for the next Run")
		require.Equal(t, "stopped", work[0].Reason)
	})
}

func TestATicketingThatAlwaysFailsLeavesADeadLetterAndLetsTheRestGoOn(t *testing.T) {
	t.Parallel()
	var dead []hooks.DeadLetterInfo
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.HostTries, c.Poll = 5, time.Minute
		c.Hooks.DeadLetter = func(_ context.Context, i hooks.DeadLetterInfo) { dead = append(dead, i) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Host.Fails(func(id string, _ int) error {
			if id == "in|"+l.messageID("wamid.1") {
				return errors.New("canary: the text of the host's error")
			}
			return nil
		})
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "bad"))
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "good"))
		l.Pass(30 * time.Minute)
		require.Equal(t, []string{"good"}, l.Host.Texts())
		letters := l.Letters("host")
		require.Len(t, letters, 1)
		require.Equal(t, "support", letters[0].Channel)
		require.Equal(t, 4, letters[0].Tries, "and the one that was the last")
		require.Equal(t, "failed: errors.errorString", letters[0].Reason)
		require.NotContains(t, l.Logs.String(), "canary")
		require.Len(t, dead, 1)
		require.Equal(t, letters[0].Key.ID, dead[0].ID)
		require.Equal(t, 1, l.health().Dead)
	})
}

// messageID is the hub's ID of the message with a wamid, "" if there is none.
func (l *lab) messageID(wamid string) string {
	for _, r := range l.Records("message") {
		if strings.Contains(string(r.Body), `"wamid":"`+wamid+`"`) {
			return r.Key
		}
	}
	return ""
}

func TestDeadLettersAreListedInspectedReplayedAndDropped(t *testing.T) {
	t.Parallel()
	var mended atomic.Bool
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Host.Fails(func(string, int) error {
			if mended.Load() {
				return nil
			}
			return channel.ErrPermanent
		})
		for _, word := range []string{"one", "two", "three"} {
			l.Say(channeltest.Kim, "wamid."+word, word)
		}
		letters := l.Letters("host")
		require.Len(t, letters, 3)
		require.Equal(t, "host: permanent failure", letters[0].Reason)
		require.Contains(t, string(letters[0].Content), l.messageID("wamid.one"))
		page, err := l.Hub.DeadLetters(t.Context(), deadletter.Query{Work: "host", Limit: 2})
		require.NoError(t, err)
		require.Equal(t, letters[:2], page)
		page, err = l.Hub.DeadLetters(t.Context(), deadletter.Query{Work: "host", After: page[1].Seq})
		require.NoError(t, err)
		require.Equal(t, letters[2:], page)

		mended.Store(true)
		nobody := store.WorkKey{Queue: "host", ID: "nobody"}
		require.NoError(t, l.Hub.DropDeadLetters(t.Context(), letters[1].Key, letters[1].Key, nobody))
		require.NoError(t, l.Hub.ReplayDeadLetters(t.Context(), letters[0].Key, letters[2].Key, letters[0].Key, nobody))
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"one", "three"}, l.Host.Texts())
		require.Empty(t, l.Letters("host"))
		require.Zero(t, l.health().Dead)
	})
}

func TestLivingWorkCannotBeDropped(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Stop()
		m, err := l.Reply(l.Conversation().ID, "an answer")
		require.NoError(t, err)
		require.NoError(t, l.Hub.DropDeadLetters(t.Context(), store.WorkKey{Queue: "out", ID: m.ID}))
		l.Run()
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"an answer"}, l.Line.Texts())
	})
}

func TestAnItemThatCannotBeUnderstoodIsKeptForALaterVersion(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(
			channeltest.Item{Field: "a_field_of_2031", Value: map[string]any{"canary": "secret"}},
			channeltest.Kim.Text(time.Now(), "wamid.1", "hello"),
		)
		require.NoError(t, l.Accept([]byte(`{"object":"whatsapp_business_account","entry":"canary"}`)))
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"hello"}, l.Host.Texts(), "its neighbours do not suffer")
		letters := l.Letters("in")
		require.Len(t, letters, 2)
		require.Contains(t, string(letters[0].Content)+string(letters[1].Content), "a_field_of_2031")
		require.NotContains(t, l.Logs.String()+letters[0].Reason+letters[1].Reason, "canary")
	})
}

func TestAStoreThatFailsLosesNothingAndStopsNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]error{
		"full":         errors.New("no space left on device: canary"),
		"read-only":    errors.New("attempt to write a readonly database: canary"),
		"disconnected": context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &ailing{Store: memstore.New()}
			experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "before")
				conv := l.Conversation().ID
				var well atomic.Bool
				st.commits(func(context.Context, *store.Batch) error {
					if well.Load() {
						return nil
					}
					return fault
				})
				require.ErrorIs(t, l.Accept(channeltest.Body(channeltest.Kim.Text(time.Now(), "wamid.2", "meanwhile"))), fault, "WhatsApp must come again")
				_, err := l.Reply(conv, "an answer")
				require.ErrorIs(t, err, fault, "an agent is told")
				require.ErrorIs(t, l.Hub.StopMarketing(t.Context(), "support", message.Recipient{Phone: channeltest.Kim.Phone}, time.Now()), fault)
				l.Pass(time.Minute)
				well.Store(true)
				require.NoError(t, l.Accept(channeltest.Body(channeltest.Kim.Text(time.Now(), "wamid.2", "meanwhile"))))
				_, err = l.Reply(conv, "an answer")
				require.NoError(t, err)
				l.Pass(time.Minute)
				require.Equal(t, []string{"before", "meanwhile"}, l.Host.Texts())
				require.Equal(t, []string{"an answer"}, l.Line.Texts())
				require.NotContains(t, l.Logs.String(), "canary")
			})
		})
	}
}

func TestACommitOfWhichNobodyKnowsIsRepeatedWithoutHarm(t *testing.T) {
	t.Parallel()
	st := &torn{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: st}, func(t *testing.T, l *lab) {
		st.breaks(3) // every third commit happens, but its answer is lost
		for _, word := range strings.Fields("one two three four five six") {
			for l.Accept(channeltest.Body(channeltest.Kim.Text(time.Now(), "wamid."+word, word))) != nil {
			}
			l.Pass(time.Minute)
		}
		conv := l.Conversation().ID
		for _, word := range strings.Fields("a b c") {
			for {
				if _, err := l.Reply(conv, word); err == nil {
					break
				}
			}
			l.Pass(time.Minute)
		}
		st.breaks(0)
		l.Pass(10 * time.Minute)
		require.Equal(t, strings.Fields("one two three four five six"), l.Host.Texts())
		for _, m := range l.Messages(conv) {
			if m.Direction == conversation.Outbound {
				require.Contains(t, []conversation.DeliveryState{conversation.Accepted, conversation.Uncertain}, m.Delivery.State())
			}
		}
		seen := map[string]bool{}
		for _, text := range l.Line.Texts() {
			require.False(t, seen[text], "sent twice")
			seen[text] = true
		}
	})
}

// torn is a store whose connection breaks after a commit has happened.
type torn struct {
	store.Store
	mu    sync.Mutex
	n     int
	every int
}

// breaks makes every nth commit lose its answer; 0: none.
func (s *torn) breaks(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.every = n
}

func (s *torn) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	done, err := s.Store.Commit(ctx, b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n++; err == nil && s.every > 0 && s.n%s.every == 0 {
		return store.Committed{}, errors.New("connection reset by peer")
	}
	return done, err
}

func TestATemplateThatGoesBetweenChoiceAndSendIsNotSent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(c *template.Catalog)
		title  string
	}{
		"deleted": {func(c *template.Catalog) {
			_ = c.Sync(time.Now(), func(func(template.Definition, error) bool) {})
		}, "Template does not exist in this language, or is not approved"},
		"paused": {func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{Ref: template.Ref{Name: "sale", Language: "en"}, At: time.Now(), Event: "PAUSED"})
		}, "Template paused for low quality"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := channeltest.Catalog(t)
			o := channeltest.LabOptions{Config: func(cfg *channel.Config) { cfg.Channels[0].Templates = c }}
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				conv := l.Conversation().ID
				l.Stop()
				m, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "sale", Language: "en"}})
				require.NoError(t, err)
				l.Pass(time.Minute)
				tt.change(c)
				l.Run()
				l.Pass(5 * time.Second)
				require.Empty(t, l.Line.Texts(), "WhatsApp would throw it away")
				require.Equal(t, conversation.Failed, l.state(conv, m.ID))
				changes := l.Host.Of(conversation.DeliveryChanged)
				require.Equal(t, tt.title, changes[len(changes)-1].Failure.Title)
				require.Zero(t, changes[len(changes)-1].Failure.Code, "the hub found it out by itself")
			})
		})
	}
}

func TestMarketingThatWaitsIsNotSentToSomebodyWhoStopsIt(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		sales := channel.Reply{Conversation: conv, Template: &channel.Template{Name: "sale", Language: "en"}}
		s := l.Hub.Channels()[0].Settings
		m, err := func() (*conversation.Message, error) { // it waits, because the channel is switched off in time
			l.Stop()
			defer l.Run()
			m, err := l.Hub.Reply(t.Context(), alice, sales)
			s.Enabled = false
			require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
			return m, err
		}()
		require.NoError(t, err)
		l.Post(channeltest.Kim.Preference(time.Now(), "stop"))
		l.Pass(5 * time.Second)
		s.Enabled = true
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		l.Pass(time.Minute)
		require.Empty(t, l.Line.Texts())
		require.Equal(t, conversation.Failed, l.state(conv, m.ID))
		_, err = l.Hub.Reply(t.Context(), alice, sales)
		require.ErrorIs(t, err, channel.ErrOptedOut)
	})
}

func TestTheSameClickTwiceAtOnceIsOneMessage(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		ids := make([]string, 8)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				if m, err := l.Reply(conv, "hi"); err != nil {
					t.Error(err)
				} else {
					ids[i] = m.ID
				}
			})
		}
		wg.Wait()
		l.Pass(5 * time.Second)
		for _, id := range ids {
			require.Equal(t, ids[0], id)
		}
		require.Equal(t, []string{"hi"}, l.Line.Texts())
	})
}

func TestABroadcastDoesNotKeepAnswersWaiting(t *testing.T) {
	t.Parallel()
	o := notifying(t)
	o.Config = func(c *channel.Config) { channeltest.WithTemplates(t)(c); c.SendWorkers = 2 }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			<-time.After(2 * time.Second)
			return nil
		})
		var last *conversation.Message
		for n := range 100 {
			m, err := l.Notify(channeltest.Stranger(n), "reminder")
			require.NoError(t, err)
			last = m
		}
		l.Pass(5 * time.Second)
		_, err := l.Reply(conv, "an answer")
		require.NoError(t, err)
		l.Pass(time.Second)
		texts := l.Line.Texts()
		require.Contains(t, texts, "an answer")
		require.Less(t, len(texts), 20)
		require.NoError(t, l.Hub.CancelMessage(t.Context(), alice, last.ID), "a notification that waits can be taken back")
		l.Pass(5 * time.Minute)
		require.Len(t, l.Line.Texts(), 100, "99 of them, and the answer")
	})
}

func TestManyHubsOnOneStoreShareTheWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		d, line := &channeltest.Ticketing{}, &channeltest.Wire{}
		var labs []*lab
		for range 3 {
			l := newLab(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
				c.Ticketing = d
				c.Channels[0].Sender = line
			}})
			l.Run()
			labs = append(labs, l)
		}
		for i := range 60 {
			labs[i%3].Post(channeltest.Stranger(i%7).Text(time.Now(), "wamid."+strings.Repeat("x", i+1), strings.Repeat("x", i+1)))
			<-time.After(time.Second)
		}
		labs[0].Pass(time.Minute)
		require.Len(t, d.Texts(), 60)
		for _, n := range d.Seen {
			require.Equal(t, 1, n, "no item was offered twice")
		}
		for i, c := range labs[0].Conversations() {
			_, err := labs[i%3].Reply(c.ID, "re: "+c.ID)
			require.NoError(t, err)
		}
		labs[0].Pass(time.Minute)
		require.Len(t, line.Texts(), 7)
		for _, l := range labs {
			l.Stop()
		}
	})
}
