package channel_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

// informant is a wire that can tell what the hub asks for by itself.
type informant struct {
	channeltest.Wire
	mu    sync.Mutex
	asked map[string]int
	down  error
	names []string // of the templates that there are
	panic bool
	hangs bool // it does not answer the question about the number
}

func (i *informant) ask(what string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.asked == nil {
		i.asked = map[string]int{}
	}
	i.asked[what]++
	if i.panic {
		panic("a customer's name")
	}
	return i.down
}

// times is how often something was asked.
func (i *informant) times(what string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked[what]
}

// set changes what is told from now on.
func (i *informant) set(f func(i *informant)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f(i)
}

func (i *informant) ListTemplates(_ context.Context, account string) iter.Seq2[template.Definition, error] {
	err := i.ask("templates of " + account)
	i.mu.Lock()
	defer i.mu.Unlock()
	names := append([]string(nil), i.names...)
	return func(yield func(template.Definition, error) bool) {
		if err != nil {
			yield(template.Definition{}, err)
			return
		}
		for _, name := range names {
			d := template.Definition{Name: name, Language: "en", Category: template.Utility}
			d.Status = template.StatusApproved
			if !yield(d, nil) {
				return
			}
		}
	}
}

func (i *informant) NumberState(ctx context.Context) (quality, nameStatus string, err error) {
	if i.hangs {
		<-ctx.Done()
	}
	return "GREEN", "APPROVED", i.ask("number")
}

func (i *informant) TokenExpires(context.Context) (time.Time, error) {
	return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), i.ask("token")
}

// informed are options of a lab whose channel can ask, and one beside it of another account that can ask too.
func informed(t *testing.T, one, other *informant) channeltest.LabOptions {
	return channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Poll = time.Minute
		empty, err := template.NewCatalog(template.CatalogConfig{})
		require.NoError(t, err)
		c.Channels[0].Sender, c.Channels[0].Templates = one, empty
		second := otherChannel("other", channeltest.OtherNumber, other)
		second.Account = "9" + channeltest.LabAccount
		if second.Templates, err = template.NewCatalog(template.CatalogConfig{}); err != nil {
			panic(err)
		}
		c.Channels = append(c.Channels, second)
	}}
}

// knows says whether a channel has a template.
func knows(t *testing.T, h *channel.Hub, id, name string) bool {
	t.Helper()
	ch, err := h.Channel(t.Context(), id)
	require.NoError(t, err)
	_, ok := ch.Templates.Lookup(name, "en")
	return ok
}

func TestAHostThatDoesNothingHasACatalogAfterAMinute(t *testing.T) {
	t.Parallel()
	one, other := &informant{names: []string{"reminder"}}, &informant{names: []string{"theirs"}}
	experiment(t, informed(t, one, other), func(t *testing.T, l *lab) {
		l.Pass(time.Minute)
		require.True(t, knows(t, l.Hub, "support", "reminder"))
		require.False(t, knows(t, l.Hub, "support", "theirs"), "each account has its own")
		require.True(t, knows(t, l.Hub, "other", "theirs"))
		report, err := l.Hub.Health(t.Context())
		require.NoError(t, err)
		for _, ch := range report.Channels {
			require.Equal(t, "GREEN", ch.Standing.Quality)
			require.Equal(t, 2030, ch.Standing.TokenExpires.Year())
			require.Len(t, ch.Chores, 3)
			for _, c := range ch.Chores {
				require.False(t, c.At.IsZero(), c.Name)
				require.True(t, c.Failed.IsZero(), c.Name)
			}
		}
		l.Pass(25 * time.Hour)
		require.Equal(t, 5, one.times("templates of "+channeltest.LabAccount), "every six hours")
		require.Equal(t, 2, one.times("number"), "every day")
		require.Equal(t, 2, one.times("token"))
	})
}

func TestWithoutWhatsAppTheHubStartsAllTheSameAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(*informant){
		"it does not answer": func(i *informant) { i.down = errors.New("no route to canary") },
		"it panics":          func(i *informant) { i.panic = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, other := &informant{names: []string{"reminder"}}, &informant{}
			one.set(broken)
			experiment(t, informed(t, one, other), func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				require.Equal(t, []string{"hello"}, l.Host.Texts())
				l.Pass(time.Minute)
				failing := func(id string) (n int) {
					report, err := l.Hub.Health(t.Context())
					require.NoError(t, err)
					for _, ch := range report.Channels {
						for _, c := range ch.Chores {
							if ch.ID == id && !c.Failed.IsZero() && c.Reason != "" {
								n++
							}
						}
					}
					return n
				}
				require.Equal(t, 3, failing("support"))
				require.Zero(t, failing("other"), "the neighbour does not suffer")
				require.NotContains(t, l.Logs.String(), "canary")
				require.NotContains(t, l.Logs.String(), "customer's name")
				one.set(func(i *informant) { i.down, i.panic = nil, false })
				l.Pass(11 * time.Minute)
				require.Zero(t, failing("support"), "it is tried again")
				require.True(t, knows(t, l.Hub, "support", "reminder"))
			})
		})
	}
}

func TestACatalogSurvivesARestartWithoutWhatsApp(t *testing.T) {
	t.Parallel()
	one, other := &informant{names: []string{"reminder"}}, &informant{names: []string{"theirs"}}
	o := informed(t, one, other)
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Pass(time.Minute)
		l.Stop()
		one.set(func(i *informant) { i.down = errors.New("down") })
		o.Store = l.Store
		again := newLab(t, o)
		again.Run()
		require.True(t, knows(t, again.Hub, "support", "reminder"), "at once")
		require.False(t, knows(t, again.Hub, "support", "theirs"))
		again.Pass(time.Minute)
		require.Equal(t, 1, one.times("templates of "+channeltest.LabAccount), "what is new enough is not asked for")
	})
}

func TestAWebhookAboutATemplateHasThemListedSoon(t *testing.T) {
	t.Parallel()
	one, other := &informant{names: []string{"reminder"}}, &informant{}
	experiment(t, informed(t, one, other), func(t *testing.T, l *lab) {
		l.Pass(time.Minute)
		one.set(func(i *informant) { i.names = append(i.names, "brand_new") })
		for range 3 {
			l.Post(channeltest.Item{Field: "message_template_status_update", Value: map[string]any{
				"event": "APPROVED", "message_template_id": 2, "message_template_name": "brand_new", "message_template_language": "en",
			}, Account: time.Now()})
			l.Pass(time.Second)
		}
		l.Pass(2 * time.Minute)
		require.True(t, knows(t, l.Hub, "support", "brand_new"))
		require.Equal(t, 2, one.times("templates of "+channeltest.LabAccount), "once for all of them")
		require.Equal(t, 1, other.times("number"), "another account's is not asked")
	})
}

func TestASenderThatTellsNothingIsAskedNothing(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Pass(2 * time.Hour)
		report, err := l.Hub.Health(t.Context())
		require.NoError(t, err)
		require.Empty(t, report.Channels[0].Chores)
		require.Empty(t, l.Records("chores"))
	})
}

func TestTheCloudAPITellsWhatIsAsked(t *testing.T) {
	test(t, channeltest.RigOptions{}, func(t *testing.T, r *rig) {
		_, err := r.Account.AddTemplate(`{"name":"later_one","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
		require.NoError(t, err)
		r.Pass(7 * time.Hour)
		require.True(t, knows(t, r.Hub, "support", "later_one"))
		report, err := r.Hub.Health(t.Context())
		require.NoError(t, err)
		require.Len(t, report.Channels[0].Chores, 3)
		for _, c := range report.Channels[0].Chores {
			require.False(t, c.At.IsZero(), c)
		}
	})
}

func TestAHubThatWaitsForAnAnswerAboutItsNumberStopsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := &informant{hangs: true}
		hub, err := channel.New(channel.Config{
			Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Channels: []channel.Channel{otherChannel("support", channeltest.OtherNumber, asked)},
		})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		require.NoError(t, hub.Run(ctx))
		require.Equal(t, 3*time.Second, time.Since(start))
		require.Equal(t, 1, asked.times("number"))
		report, err := hub.Health(t.Context())
		require.NoError(t, err)
		for _, c := range report.Channels[0].Chores {
			require.True(t, c.Failed.IsZero(), "that says nothing about WhatsApp")
		}
	})
}
