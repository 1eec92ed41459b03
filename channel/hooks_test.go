package channel_test

import (
	"context"
	"fmt"
	"slices"
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
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

type traceKey struct{}

func TestHooksSeeEveryStepAndNothingPrivate(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	saw := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprintf(format, args...))
	}
	o := labOptions{config: func(c *channel.Config) {
		c.Hooks = channel.Hooks{
			AcceptDone: func(_ context.Context, i channel.AcceptInfo, err error) {
				saw("accept %d %d %d %v", i.Events, i.Fresh, i.Redacted, err)
			},
			ApplyDone: func(_ context.Context, i channel.ApplyInfo, err error) {
				saw("apply %s %s %v", i.Channel, i.Field, err)
			},
			HostStart: func(ctx context.Context, _ channel.HostInfo) context.Context {
				return context.WithValue(ctx, traceKey{}, "a trace")
			},
			HostDone: func(ctx context.Context, i channel.HostInfo, err error) {
				saw("host %s %q %d %v %v", i.Channel, i.Kind, i.Try, ctx.Value(traceKey{}), err)
			},
			SendStart: func(ctx context.Context, _ channel.SendInfo) context.Context {
				return context.WithValue(ctx, traceKey{}, "another trace")
			},
			SendDone: func(ctx context.Context, i channel.SendInfo, err error) {
				saw("send %s %s %d %v %v", i.Channel, i.Kind, i.Try, ctx.Value(traceKey{}), err)
			},
		}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		hello := kim.text(time.Now(), "wamid.canary", "canary 4111 1111 1111 1111")
		l.post(hello, hello)
		l.pass(5 * time.Second)
		l.line.sends(func(ctx context.Context, _ message.Outbound, n int) error {
			if n == 1 {
				panic("canary")
			}
			return nil
		})
		_, err := l.reply(l.conversation().ID, "canary")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		require.Equal(t, []string{
			"accept 2 1 1 <nil>", "apply support messages <nil>", `host support "" 1 a trace <nil>`,
			"send support text 1 another trace message: outcome of send is unknown",
		}, slices.DeleteFunc(slices.Clone(seen), func(s string) bool {
			return strings.Contains(s, `host support "`) && !strings.Contains(s, `""`)
		}), "changes aside, which come in their own time")
		require.NotContains(t, strings.Join(seen, "\n"), "canary")
	})
}

func TestAnAnswerOfABotIsNoAnswerOfAPerson(t *testing.T) {
	t.Parallel()
	o := labOptions{own: func(s *desk.Settings) { s.Access.Bots = map[string]access.Role{"robot": access.Contributor} }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		robot := access.Actor{Kind: access.Bot, ID: "robot"}
		m, err := l.agents.Reply(t.Context(), robot, channel.Reply{Conversation: conv, Content: &message.Text{Body: "beep"}})
		require.NoError(t, err)
		require.Equal(t, conversation.Author{Kind: "bot", ID: "robot"}, m.Author)
		l.pass(5 * time.Second)
		require.Equal(t, []string{"beep"}, l.line.texts())
		require.Empty(t, l.conversation().State.Assignee)
		require.Zero(t, l.report(dawn, dawn).Total("answers"))
	})
}

func TestAChannelMayKeepCardsIfItsNameForItSaysInsecure(t *testing.T) {
	t.Parallel()
	o := labOptions{settings: func(s *channel.Settings) { s.InsecureKeepCards = true }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "4111 1111 1111 1111")
		_, err := l.reply(l.conversation().ID, "you wrote 4111 1111 1111 1111")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		require.Equal(t, []string{"4111 1111 1111 1111"}, l.host.texts())
		require.Equal(t, []string{"you wrote 4111 1111 1111 1111"}, l.line.texts())
		require.False(t, l.messages(l.conversation().ID)[0].Redacted)
	})
}

func TestPruningGoesOnWhereItsLastStepEnded(t *testing.T) {
	t.Parallel()
	const people = 450 // more than two steps
	o := labOptions{config: slowPolls, settings: func(s *channel.Settings) { s.Retention.Messages = 2 * duration.Day }}
	experiment(t, o, func(t *testing.T, l *lab) {
		for n := range people {
			l.post(stranger(n).text(time.Now(), "wamid."+stranger(n).phone, "hello"))
		}
		l.pass(time.Minute)
		require.Len(t, l.records("message"), people)
		l.pass(50 * time.Hour)
		require.Empty(t, l.records("message"))
		require.Len(t, l.conversations(), people, "open ones stay for the agents")
		for _, c := range l.conversations() {
			require.NoError(t, l.agents.Resolve(t.Context(), alice, c.ID, ""))
		}
		l.pass(50 * time.Hour)
		require.Empty(t, l.records("conversation"))
	})
}

// When the lease of a send that hangs is over, whoever claims the work knows that it may
// have gone out. Should the process that hangs wake up, what it knows counts.
func TestASendThatHangsIsRepeatedByNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		frozen, other := newLab(t, labOptions{store: st}), newLab(t, labOptions{store: st})
		wake := make(chan struct{})
		frozen.line.sends(func(context.Context, message.Outbound, int) error { <-wake; return nil })
		frozen.run()
		frozen.say(kim, "wamid.1", "hello")
		conv := frozen.conversation().ID
		m, err := frozen.reply(conv, "hi")
		require.NoError(t, err)
		frozen.pass(5 * time.Second)
		other.run()
		other.pass(30 * time.Second)
		require.Equal(t, conversation.Queued, other.state(conv, m.ID), "it is being sent")
		other.pass(5 * time.Minute)
		require.Empty(t, other.line.texts(), "nobody sends it again")
		close(wake)
		other.pass(10 * time.Second)
		require.Equal(t, conversation.Accepted, other.state(conv, m.ID))
		require.Equal(t, []string{"hi"}, frozen.line.texts())
		frozen.stop()
		other.stop()
	})
}

func TestAClockThatLeapsDoesNotMakeAWorkerLoseItsWork(t *testing.T) {
	t.Parallel()
	var leap atomic.Int64
	o := labOptions{config: func(c *channel.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(leap.Load())) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		l.line.sends(func(context.Context, message.Outbound, int) error {
			<-time.After(20 * time.Second)
			return nil
		})
		conv := l.conversation().ID
		m, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		leap.Store(int64(3 * time.Hour)) // every lease is over now
		l.pass(time.Minute)
		require.Equal(t, []string{"hi"}, l.line.texts(), "sent once")
		require.Equal(t, conversation.Accepted, l.state(conv, m.ID))
	})
}

func TestStoredThingsThatAreDamagedAreReportedAndHarmNobody(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation()
		r := l.records("conversation")[0]
		r.Body = []byte(`{"id":7}`)
		_, err := l.store.Commit(t.Context(), &store.Batch{
			Put: []store.Record{r},
			Enqueue: []store.Work{
				{Queue: "in", ID: "x", Body: []byte(`[]`)}, {Queue: "host", ID: "x", Body: []byte(`[]`)}, {Queue: "out", ID: "x", Group: "support", Body: []byte(`[]`)},
				{Queue: "media", ID: "x", Body: []byte(`[]`)}, {Queue: "first", ID: "x", Group: "support", Body: []byte(`[]`)},
			},
		})
		require.NoError(t, err)
		_, err = l.reply(conv.ID, "hi")
		require.ErrorContains(t, err, "damaged")
		_, _, err = l.agents.Conversation(t.Context(), alice, conv.ID)
		require.ErrorContains(t, err, "damaged")
		l.say(stranger(1), "wamid.2", "hello")
		require.Equal(t, []string{"hello", "hello"}, l.host.texts(), "others are served")
		l.pass(time.Minute)
		for _, queue := range []string{"in", "host", "out", "media", "first"} {
			require.Len(t, l.letters(queue), 1, queue)
		}
	})
}

func TestWebhooksAboutTemplatesReachTheCatalog(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	o := labOptions{config: func(cfg *channel.Config) { cfg.Channels[0].Templates = c }}
	experiment(t, o, func(t *testing.T, l *lab) {
		named := func(field string, more map[string]any) item {
			more["message_template_id"], more["message_template_name"], more["message_template_language"] = 1, "reminder", "en"
			return item{field: field, value: more}
		}
		l.post(
			named("message_template_quality_update", map[string]any{"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"}),
			named("template_category_update", map[string]any{"previous_category": "UTILITY", "new_category": "MARKETING"}),
			named("message_template_components_update", map[string]any{"message_template_element": "Your bicycle is ready now."}),
		)
		l.pass(5 * time.Second)
		d, ok := c.Lookup("reminder", "en")
		require.True(t, ok)
		require.Equal(t, template.Marketing, d.Category)
		require.Equal(t, template.Score("YELLOW"), d.Quality.Score)
		l.say(kim, "wamid.1", "hello")
		l.post(kim.preference(time.Now(), "stop"))
		l.pass(5 * time.Second)
		_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: l.conversation().ID, Template: &channel.Template{Name: "reminder", Language: "en"}})
		require.ErrorIs(t, err, channel.ErrOptedOut, "it is marketing now")
	})
}
