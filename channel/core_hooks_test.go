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
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
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
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Hooks = hooks.Hooks{
			AcceptDone: func(_ context.Context, i hooks.AcceptInfo, err error) {
				saw("accept %d %d %d %v", i.Events, i.Fresh, i.Redacted, err)
			},
			ApplyDone: func(_ context.Context, i hooks.ApplyInfo, err error) {
				saw("apply %s %s %v", i.Channel, i.Field, err)
			},
			HostStart: func(ctx context.Context, _ hooks.HostInfo) context.Context {
				return context.WithValue(ctx, traceKey{}, "a trace")
			},
			HostDone: func(ctx context.Context, i hooks.HostInfo, err error) {
				saw("host %s %q %d %v %v", i.Channel, i.Kind, i.Try, ctx.Value(traceKey{}), err)
			},
			SendStart: func(ctx context.Context, _ hooks.SendInfo) context.Context {
				return context.WithValue(ctx, traceKey{}, "another trace")
			},
			SendDone: func(ctx context.Context, i hooks.SendInfo, err error) {
				saw("send %s %s %d %v %v", i.Channel, i.Kind, i.Try, ctx.Value(traceKey{}), err)
			},
		}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		hello := channeltest.Kim.Text(time.Now(), "wamid.canary", "canary 4111 1111 1111 1111")
		l.Post(hello, hello)
		l.Pass(5 * time.Second)
		l.Line.Sends(func(ctx context.Context, _ message.Outbound, n int) error {
			if n == 1 {
				panic("canary")
			}
			return nil
		})
		_, err := l.Reply(l.Conversation().ID, "canary")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		require.ElementsMatch(t, []string{
			"accept 2 1 1 <nil>", "apply support messages <nil>", `host support "" 1 a trace <nil>`,
			"send support text 1 another trace message: outcome of send is unknown",
		}, slices.DeleteFunc(slices.Clone(seen), func(s string) bool {
			return strings.Contains(s, `host support "`) && !strings.Contains(s, `""`)
		}), "changes aside, which come in their own time")
		require.NotContains(t, strings.Join(seen, "\n"), "canary")
	})
}

func TestAChannelMayKeepCardsIfItsNameForItSaysInsecure(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.InsecureKeepCards = true }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "4111 1111 1111 1111")
		_, err := l.Reply(l.Conversation().ID, "you wrote 4111 1111 1111 1111")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"4111 1111 1111 1111"}, l.Host.Texts())
		require.Equal(t, []string{"you wrote 4111 1111 1111 1111"}, l.Line.Texts())
		require.False(t, l.Messages(l.Conversation().ID)[0].Redacted)
	})
}

// When the lease of a send that hangs is over, whoever claims the work knows that it may
// have gone out. Should the process that hangs wake up, what it knows counts.
func TestASendThatHangsIsRepeatedByNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		frozen, other := newLab(t, channeltest.LabOptions{Store: st}), newLab(t, channeltest.LabOptions{Store: st})
		wake := make(chan struct{})
		frozen.Line.Sends(func(context.Context, message.Outbound, int) error { <-wake; return nil })
		frozen.Run()
		frozen.Say(channeltest.Kim, "wamid.1", "hello")
		conv := frozen.Conversation().ID
		m, err := frozen.Reply(conv, "hi")
		require.NoError(t, err)
		frozen.Pass(5 * time.Second)
		other.Run()
		other.Pass(30 * time.Second)
		require.Equal(t, conversation.Queued, other.state(conv, m.ID), "it is being sent")
		other.Pass(5 * time.Minute)
		require.Empty(t, other.Line.Texts(), "nobody sends it again")
		close(wake)
		other.Pass(10 * time.Second)
		require.Equal(t, conversation.Accepted, other.state(conv, m.ID))
		require.Equal(t, []string{"hi"}, frozen.Line.Texts())
		frozen.Stop()
		other.Stop()
	})
}

func TestAClockThatLeapsDoesNotMakeAWorkerLoseItsWork(t *testing.T) {
	t.Parallel()
	var leap atomic.Int64
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(leap.Load())) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			<-time.After(20 * time.Second)
			return nil
		})
		conv := l.Conversation().ID
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		leap.Store(int64(3 * time.Hour)) // every lease is over now
		l.Pass(time.Minute)
		require.Equal(t, []string{"hi"}, l.Line.Texts(), "sent once")
		require.Equal(t, conversation.Accepted, l.state(conv, m.ID))
	})
}

func TestStoredThingsThatAreDamagedAreReportedAndHarmNobody(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Attachments = &drawer{} }}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation()
		r := l.Records("conversation")[0]
		r.Body = []byte(`{"id":7}`)
		_, err := l.Store.Commit(t.Context(), &store.Batch{
			Put: []store.Record{r},
			Enqueue: []store.Work{
				{Queue: "in", ID: "x", Body: []byte(`[]`)}, {Queue: "host", ID: "x", Body: []byte(`[]`)}, {Queue: "out", ID: "x", Group: "support", Body: []byte(`[]`)},
				{Queue: "media", ID: "x", Body: []byte(`[]`)}, {Queue: "first", ID: "x", Group: "support", Body: []byte(`[]`)},
			},
		})
		require.NoError(t, err)
		_, err = l.Reply(conv.ID, "hi")
		require.ErrorContains(t, err, "damaged")
		_, _, err = l.Hub.Conversation(t.Context(), conv.ID)
		require.ErrorContains(t, err, "damaged")
		l.Say(channeltest.Stranger(1), "wamid.2", "hello")
		require.Equal(t, []string{"hello", "hello"}, l.Host.Texts(), "others are served")
		l.Pass(time.Minute)
		for _, queue := range []string{"in", "host", "out", "media", "first"} {
			require.Len(t, l.Letters(queue), 1, queue)
		}
	})
}

func TestWebhooksAboutTemplatesReachTheCatalog(t *testing.T) {
	t.Parallel()
	c := channeltest.Catalog(t)
	o := channeltest.LabOptions{Config: func(cfg *channel.Config) { cfg.Channels[0].Templates = c }}
	experiment(t, o, func(t *testing.T, l *lab) {
		named := func(field string, more map[string]any) channeltest.Item {
			more["message_template_id"], more["message_template_name"], more["message_template_language"] = 1, "reminder", "en"
			return channeltest.Item{Field: field, Value: more}
		}
		l.Post(
			named("message_template_quality_update", map[string]any{"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"}),
			named("template_category_update", map[string]any{"previous_category": "UTILITY", "new_category": "MARKETING"}),
			named("message_template_components_update", map[string]any{"message_template_element": "Your bicycle is ready now."}),
		)
		l.Pass(5 * time.Second)
		d, ok := c.Lookup("reminder", "en")
		require.True(t, ok)
		require.Equal(t, template.Marketing, d.Category)
		require.Equal(t, template.Score("YELLOW"), d.Quality.Score)
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Post(channeltest.Kim.Preference(time.Now(), "stop"))
		l.Pass(5 * time.Second)
		_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: l.Conversation().ID, Template: &channel.Template{Name: "reminder", Language: "en"}})
		require.ErrorIs(t, err, channel.ErrOptedOut, "it is marketing now")
	})
}
