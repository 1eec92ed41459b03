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
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

// hanging is a ticket system that does not answer before its context ends; its second
// answer to the same item comes at once.
type hanging struct {
	ticketing
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
	return h.ticketing.Receive(ctx, in)
}

func TestATicketingThatHangsHoldsUpItsOwnConversationOnly(t *testing.T) {
	t.Parallel()
	h := &hanging{hangs: func(text string, try int) bool { return text == "slow" && try < 3 }}
	experiment(t, labOptions{config: func(c *channel.Config) { c.Ticketing = h }}, func(t *testing.T, l *lab) {
		lee := face{phone: "13125550111", bsuid: "US.2"}
		l.post(kim.text(time.Now(), "wamid.1", "slow"))
		l.pass(time.Second)
		l.post(kim.text(time.Now(), "wamid.2", "behind it"), lee.text(time.Now(), "wamid.3", "another one"))
		l.pass(10 * time.Second)
		require.Equal(t, []string{"another one"}, h.texts())
		l.pass(5 * time.Minute)
		require.Equal(t, []string{"another one", "slow", "behind it"}, h.texts(), "in order within the conversation")
		require.Contains(t, l.logs.String(), "timed out")
	})
}

func TestATicketingThatHangsDoesNotKeepRunFromStopping(t *testing.T) {
	t.Parallel()
	h := &hanging{hangs: func(string, int) bool { return true }}
	experiment(t, labOptions{config: func(c *channel.Config) { c.Ticketing = h; c.Drain = 10 * time.Second }}, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now(), "wamid.1", "hello"))
		l.pass(5 * time.Second)
		start := time.Now()
		l.stop()
		require.Equal(t, 10*time.Second, time.Since(start))
		work, err := l.store.Work(t.Context(), store.WorkQuery{Queue: "host", Limit: 10})
		require.NoError(t, err)
		require.Len(t, work, 1, "it is there for the next Run")
		require.Equal(t, "stopped", work[0].Reason)
	})
}

func TestATicketingThatAlwaysFailsLeavesADeadLetterAndLetsTheRestGoOn(t *testing.T) {
	t.Parallel()
	var dead []channel.DeadLetterInfo
	o := labOptions{config: func(c *channel.Config) {
		c.HostTries, c.Poll = 5, time.Minute
		c.Hooks.DeadLetter = func(_ context.Context, i channel.DeadLetterInfo) { dead = append(dead, i) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.host.fails(func(id string, _ int) error {
			if id == "in|"+l.messageID("wamid.1") {
				return errors.New("canary: the text of the host's error")
			}
			return nil
		})
		l.post(kim.text(time.Now(), "wamid.1", "bad"))
		l.pass(time.Second)
		l.post(kim.text(time.Now(), "wamid.2", "good"))
		l.pass(30 * time.Minute)
		require.Equal(t, []string{"good"}, l.host.texts())
		letters := l.letters("host")
		require.Len(t, letters, 1)
		require.Equal(t, "support", letters[0].Channel)
		require.Equal(t, 4, letters[0].Tries, "and the one that was the last")
		require.Equal(t, "failed: errors.errorString", letters[0].Reason)
		require.NotContains(t, l.logs.String(), "canary")
		require.Len(t, dead, 1)
		require.Equal(t, letters[0].Key.ID, dead[0].ID)
		require.Equal(t, 1, l.health().Dead)
	})
}

// messageID is the hub's ID of the message with a wamid, "" if there is none.
func (l *lab) messageID(wamid string) string {
	for _, r := range l.records("message") {
		if strings.Contains(string(r.Body), `"wamid":"`+wamid+`"`) {
			return r.Key
		}
	}
	return ""
}

func TestDeadLettersAreListedInspectedReplayedAndDropped(t *testing.T) {
	t.Parallel()
	var mended atomic.Bool
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.host.fails(func(string, int) error {
			if mended.Load() {
				return nil
			}
			return channel.ErrPermanent
		})
		for _, word := range []string{"one", "two", "three"} {
			l.say(kim, "wamid."+word, word)
		}
		letters := l.letters("host")
		require.Len(t, letters, 3)
		require.Equal(t, "host: permanent failure", letters[0].Reason)
		require.Contains(t, string(letters[0].Content), l.messageID("wamid.one"))
		page, err := l.agents.DeadLetters(t.Context(), admin, channel.DeadLetterQuery{Queue: "host", Limit: 2})
		require.NoError(t, err)
		require.Equal(t, letters[:2], page)
		page, err = l.agents.DeadLetters(t.Context(), admin, channel.DeadLetterQuery{Queue: "host", After: page[1].Seq})
		require.NoError(t, err)
		require.Equal(t, letters[2:], page)

		mended.Store(true)
		nobody := store.WorkKey{Queue: "host", ID: "nobody"}
		require.NoError(t, l.agents.DropDeadLetters(t.Context(), admin, letters[1].Key, letters[1].Key, nobody))
		require.NoError(t, l.agents.ReplayDeadLetters(t.Context(), admin, letters[0].Key, letters[2].Key, letters[0].Key, nobody))
		l.pass(5 * time.Second)
		require.Equal(t, []string{"one", "three"}, l.host.texts())
		require.Empty(t, l.letters("host"))
		require.Zero(t, l.health().Dead)
	})
}

func TestLivingWorkCannotBeDropped(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		l.stop()
		m, err := l.reply(l.conversation().ID, "an answer")
		require.NoError(t, err)
		require.NoError(t, l.agents.DropDeadLetters(t.Context(), admin, store.WorkKey{Queue: "out", ID: m.ID}))
		l.run()
		l.pass(5 * time.Second)
		require.Equal(t, []string{"an answer"}, l.line.texts())
	})
}

func TestAnItemThatCannotBeUnderstoodIsKeptForALaterVersion(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(
			item{field: "a_field_of_2031", value: map[string]any{"canary": "secret"}},
			kim.text(time.Now(), "wamid.1", "hello"),
		)
		require.NoError(t, l.accept([]byte(`{"object":"whatsapp_business_account","entry":"canary"}`)))
		l.pass(5 * time.Second)
		require.Equal(t, []string{"hello"}, l.host.texts(), "its neighbours do not suffer")
		letters := l.letters("in")
		require.Len(t, letters, 2)
		require.Contains(t, string(letters[0].Content)+string(letters[1].Content), "a_field_of_2031")
		require.NotContains(t, l.logs.String()+letters[0].Reason+letters[1].Reason, "canary")
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
			experiment(t, labOptions{store: st}, func(t *testing.T, l *lab) {
				l.say(kim, "wamid.1", "before")
				conv := l.conversation().ID
				var well atomic.Bool
				st.commits(func(context.Context, *store.Batch) error {
					if well.Load() {
						return nil
					}
					return fault
				})
				require.ErrorIs(t, l.accept(body(kim.text(time.Now(), "wamid.2", "meanwhile"))), fault, "WhatsApp must come again")
				_, err := l.reply(conv, "an answer")
				require.ErrorIs(t, err, fault, "an agent is told")
				require.ErrorIs(t, l.agents.Resolve(t.Context(), alice, conv, ""), fault)
				l.pass(time.Minute)
				well.Store(true)
				require.NoError(t, l.accept(body(kim.text(time.Now(), "wamid.2", "meanwhile"))))
				_, err = l.reply(conv, "an answer")
				require.NoError(t, err)
				l.pass(time.Minute)
				require.Equal(t, []string{"before", "meanwhile"}, l.host.texts())
				require.Equal(t, []string{"an answer"}, l.line.texts())
				require.NotContains(t, l.logs.String(), "canary")
			})
		})
	}
}

func TestACommitOfWhichNobodyKnowsIsRepeatedWithoutHarm(t *testing.T) {
	t.Parallel()
	st := &torn{Store: memstore.New()}
	experiment(t, labOptions{store: st}, func(t *testing.T, l *lab) {
		st.breaks(3) // every third commit happens, but its answer is lost
		for _, word := range strings.Fields("one two three four five six") {
			for l.accept(body(kim.text(time.Now(), "wamid."+word, word))) != nil {
			}
			l.pass(time.Minute)
		}
		conv := l.conversation().ID
		for _, word := range strings.Fields("a b c") {
			for {
				if _, err := l.reply(conv, word); err == nil {
					break
				}
			}
			l.pass(time.Minute)
		}
		st.breaks(0)
		l.pass(10 * time.Minute)
		require.Equal(t, strings.Fields("one two three four five six"), l.host.texts())
		for _, m := range l.messages(conv) {
			if m.Direction == conversation.Outbound {
				require.Contains(t, []conversation.DeliveryState{conversation.Accepted, conversation.Uncertain}, m.Delivery.State())
			}
		}
		seen := map[string]bool{}
		for _, text := range l.line.texts() {
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
			c := catalog(t)
			o := labOptions{config: func(cfg *channel.Config) { cfg.Channels[0].Templates = c }}
			experiment(t, o, func(t *testing.T, l *lab) {
				l.say(kim, "wamid.1", "hello")
				conv := l.conversation().ID
				l.stop()
				m, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "sale", Language: "en"}})
				require.NoError(t, err)
				l.pass(time.Minute)
				tt.change(c)
				l.run()
				l.pass(5 * time.Second)
				require.Empty(t, l.line.texts(), "WhatsApp would throw it away")
				require.Equal(t, conversation.Failed, l.state(conv, m.ID))
				changes := l.host.of(conversation.DeliveryChanged)
				require.Equal(t, tt.title, changes[len(changes)-1].Failure.Title)
				require.Zero(t, changes[len(changes)-1].Failure.Code, "the hub found it out by itself")
			})
		})
	}
}

func TestMarketingThatWaitsIsNotSentToSomebodyWhoStopsIt(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		sales := channel.Reply{Conversation: conv, Template: &channel.Template{Name: "sale", Language: "en"}}
		s := l.agents.Channels(admin)[0]
		m, err := func() (*conversation.Message, error) { // it waits, because the channel is switched off in time
			l.stop()
			defer l.run()
			m, err := l.agents.Reply(t.Context(), alice, sales)
			s.Enabled = false
			require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
			return m, err
		}()
		require.NoError(t, err)
		l.post(kim.preference(time.Now(), "stop"))
		l.pass(5 * time.Second)
		s.Enabled = true
		require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
		l.pass(time.Minute)
		require.Empty(t, l.line.texts())
		require.Equal(t, conversation.Failed, l.state(conv, m.ID))
		_, err = l.agents.Reply(t.Context(), alice, sales)
		require.ErrorIs(t, err, channel.ErrOptedOut)
	})
}

func TestAnAgentAnswersAConversationThatIsResolved(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, ""))
		_, err := l.reply(conv, "one more thing")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		require.Equal(t, []string{"one more thing"}, l.line.texts())
		require.Equal(t, conv, l.conversation().ID, "it is the same conversation")
		l.say(kim, "wamid.2", "thanks")
		require.Equal(t, rules.QueueNew, l.conversation().State.Queue)
		require.Equal(t, 2, l.conversation().Inbound)
	})
}

func TestTwoAgentsAnswerAtOnce(t *testing.T) {
	t.Parallel()
	o := labOptions{own: func(s *desk.Settings) { s.Rules.Assign.OnReply = rules.AssignUnowned }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		var wg sync.WaitGroup
		for _, who := range []string{"alice", "bob", "carol", "dan"} {
			wg.Go(func() {
				_, err := l.agents.Reply(t.Context(), access.Actor{Kind: access.Agent, ID: who}, channel.Reply{
					Conversation: conv, Content: &message.Text{Body: "from " + who},
				})
				if err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if err := l.agents.SetTags(t.Context(), access.Actor{Kind: access.Agent, ID: who}, conv, []string{who}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		l.pass(5 * time.Second)
		require.ElementsMatch(t, []string{"from alice", "from bob", "from carol", "from dan"}, l.line.texts(), "none is lost")
		messages := l.messages(conv)
		var order []string
		for _, m := range messages[1:] {
			order = append(order, m.Text)
		}
		require.Equal(t, order, l.line.texts(), "sent in the order in which they stand")
		got := l.conversation()
		require.Equal(t, 4, got.Outbound)
		require.Equal(t, "from "+got.State.Assignee, messages[1].Text, "the first one has it")
		require.Len(t, l.host.of(conversation.Assigned), 1)
		require.Len(t, got.Tags, 1)
		report := l.report(dawn, dawn)
		require.EqualValues(t, 1, report.Total("answers"), "one of them was the answer")
	})
}

func TestTheSameClickTwiceAtOnceIsOneMessage(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		ids := make([]string, 8)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				if m, err := l.reply(conv, "hi"); err != nil {
					t.Error(err)
				} else {
					ids[i] = m.ID
				}
			})
		}
		wg.Wait()
		l.pass(5 * time.Second)
		for _, id := range ids {
			require.Equal(t, ids[0], id)
		}
		require.Equal(t, []string{"hi"}, l.line.texts())
	})
}

func TestABroadcastDoesNotKeepAnswersWaiting(t *testing.T) {
	t.Parallel()
	o := notifying(t)
	o.config = func(c *channel.Config) { withTemplates(t)(c); c.SendWorkers = 2 }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		l.line.sends(func(context.Context, message.Outbound, int) error {
			<-time.After(2 * time.Second)
			return nil
		})
		var last *conversation.Message
		for n := range 100 {
			m, err := l.notify(stranger(n), "reminder")
			require.NoError(t, err)
			last = m
		}
		l.pass(5 * time.Second)
		_, err := l.reply(conv, "an answer")
		require.NoError(t, err)
		l.pass(time.Second)
		texts := l.line.texts()
		require.Contains(t, texts, "an answer")
		require.Less(t, len(texts), 20)
		require.NoError(t, l.agents.CancelMessage(t.Context(), alice, last.ID), "a notification that waits can be taken back")
		l.pass(5 * time.Minute)
		require.Len(t, l.line.texts(), 100, "99 of them, and the answer")
	})
}

func TestManyHubsOnOneStoreShareTheWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		d, line := &ticketing{}, &wire{}
		var labs []*lab
		for range 3 {
			l := newLab(t, labOptions{store: st, config: func(c *channel.Config) {
				c.Ticketing = d
				c.Channels[0].Sender = line
			}})
			l.run()
			labs = append(labs, l)
		}
		for i := range 60 {
			labs[i%3].post(stranger(i%7).text(time.Now(), "wamid."+strings.Repeat("x", i+1), strings.Repeat("x", i+1)))
			<-time.After(time.Second)
		}
		labs[0].pass(time.Minute)
		require.Len(t, d.texts(), 60)
		for _, n := range d.seen {
			require.Equal(t, 1, n, "no item was offered twice")
		}
		for i, c := range labs[0].conversations() {
			_, err := labs[i%3].reply(c.ID, "re: "+c.ID)
			require.NoError(t, err)
		}
		labs[0].pass(time.Minute)
		require.Len(t, line.texts(), 7)
		for _, l := range labs {
			l.stop()
		}
	})
}
