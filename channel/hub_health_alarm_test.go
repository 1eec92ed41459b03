package channel_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

func (l *lab) channelHealth(id string) health.Channel {
	l.T.Helper()
	for _, c := range l.health().Channels {
		if c.ID == id {
			return c
		}
	}
	l.T.Fatal("no such channel")
	return health.Channel{}
}

func TestTheDelayGrowsWhileEverythingFails(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(l *lab){
		"the ticketing": func(l *lab) { l.Host.Fails(down) },
		"the token": func(l *lab) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error {
				return channeltest.Answered{Code: 190, Status: 401}
			})
		},
		"the way there": func(l *lab) { l.Line.Sends(func(context.Context, message.Outbound, int) error { return unsent{} }) },
		"one message": func(l *lab) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error {
				return channeltest.Answered{Code: 131057, Status: 500}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.HostTries = 1000 }}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				l.Pass(time.Minute)
				require.Zero(t, l.health().Delay, "all is well")
				breakIt(l)
				l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "hello?"))
				_, err := l.Reply(l.Conversation().ID, "hi")
				require.NoError(t, err)
				for _, wait := range []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute} {
					l.Pass(5 * time.Minute)
					require.InDelta(t, wait.Minutes(), l.health().Delay.Std().Minutes(), 0.5, "whenever one looks")
				}
			})
		})
	}
}

func TestNothingIsRedWithoutACause(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		settings := l.Hub.Channels()[0].Settings
		settings.Enabled = false
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), settings))
		settings.Enabled = true
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), settings))
		l.Uncertain(l.Conversation().ID)
		_, err := l.Reply(l.Conversation().ID, "waits")
		require.NoError(t, err)
		settings.Enabled = false
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), settings))
		l.Pass(25 * time.Hour)
		health := l.health()
		require.Zero(t, health.Delay, "a channel that is switched off, uncertain messages, timers and upkeep are no delay")
		require.Equal(t, 1, health.Uncertain)
		for _, q := range append(health.Work, health.Channels[0].Work...) {
			require.Zero(t, q.Retrying, "timers that were armed again and rounds of upkeep do not fail: %+v", q)
		}
		l.Stop()
		l.Pass(900 * time.Hour)
		require.Zero(t, l.health().Delay, "nor are timers that are overdue because nobody runs")
	})
}

func TestHealthCountsByChannel(t *testing.T) {
	t.Parallel()
	other := &channeltest.Wire{}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		channeltest.SlowPolls(c)
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, other))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.chats("support", channeltest.LabNumber, 3)
		theirs := l.chats("other", channeltest.OtherNumber, 2)
		other.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		since := time.Now()
		l.answers(theirs, "perhaps")
		l.Pass(10 * time.Minute)
		c := l.channelHealth("other")
		require.Equal(t, 2, c.Uncertain)
		require.WithinDuration(t, since, c.OldestUncertain, time.Minute)
		require.Zero(t, l.channelHealth("support").Uncertain)
		require.WithinDuration(t, since, c.Received, time.Minute)
		require.Zero(t, c.Sent.Compare(l.channelHealth("other").Sent))

		m := l.Messages(theirs[0].ID)
		l.Post(channeltest.Stranger(0).Status(time.Now(), "wamid.late", m[len(m)-1].ID, "delivered").On(channeltest.OtherNumber))
		l.Pass(5 * time.Second)
		require.Equal(t, 1, l.channelHealth("other").Uncertain, "a status settled it")
		other.Sends(nil)
		l.answers(theirs[1:], "surely")
		l.Pass(10 * time.Second)
		require.WithinDuration(t, time.Now(), l.channelHealth("other").Sent, 20*time.Second)

		l.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		l.Post(channeltest.Stranger(0).Text(time.Now(), "wamid.dead", "dead").On(channeltest.OtherNumber))
		l.Pass(10 * time.Second)
		var dead int
		for _, q := range l.channelHealth("other").Work {
			dead += q.Dead
		}
		require.Equal(t, 1, dead)
		require.Equal(t, 1, l.health().Dead)
		require.Empty(t, l.Letters("out"))
		l.Pass(time.Hour)
		require.WithinDuration(t, time.Now(), l.health().Upkeep, 2*time.Hour)
	})
}

func TestAnotherProcessKnowsWhenAChannelWasAlive(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		_, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(5 * time.Minute)
		l.Say(channeltest.Kim, "wamid.2", "thank you")
		at := time.Now()
		other := newLab(t, channeltest.LabOptions{Store: l.Store})
		c := other.channelHealth("support")
		require.WithinDuration(t, at, c.Received, time.Minute)
		require.WithinDuration(t, at.Add(-5*time.Minute), c.Sent, time.Minute)
	})
}

func TestWhatIsSettledDoesNotCountAsUncertain(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(t *testing.T, l *lab, id string){
		"by a status": func(_ *testing.T, l *lab, id string) {
			l.Post(channeltest.Kim.Status(time.Now(), "wamid.late", id, "delivered"))
		},
		"by a status that says it failed": func(_ *testing.T, l *lab, id string) {
			l.Post(channeltest.Kim.Status(time.Now(), "wamid.late", id, "failed", "errors", []any{map[string]any{"code": 131026, "title": "x"}}))
		},
		"by an agent who gives it up": func(t *testing.T, l *lab, id string) {
			require.NoError(t, l.Hub.GiveUpMessage(t.Context(), alice, id))
		},
		"by an agent who has it sent again": func(t *testing.T, l *lab, id string) {
			l.Line.Sends(nil)
			require.NoError(t, l.Hub.ResendMessage(t.Context(), alice, id))
		},
	} {
		for when, wait := range map[string]time.Duration{"at once": time.Second, "when it is held for an agent": time.Hour} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
					l.Say(channeltest.Kim, "wamid.1", "hello")
					id := l.Uncertain(l.Conversation().ID)
					l.Pass(wait)
					require.Equal(t, 1, l.health().Uncertain)
					settle(t, l, id)
					l.Pass(10 * time.Second)
					require.Zero(t, l.health().Uncertain)
					require.Zero(t, l.channelHealth("support").OldestUncertain)
				})
			})
		}
	}
}

// hungStore never answers before its caller gives up.
type hungStore struct{ store.Store }

func (hungStore) Survey(ctx context.Context, _ store.SurveyQuery) ([]store.Backlog, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestHealthHasADeadlineOfItsOwn(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Store: hungStore{memstore.New()}}, func(t *testing.T, l *lab) {
		began := time.Now()
		_, err := l.Hub.Health(context.WithoutCancel(t.Context()))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.LessOrEqual(t, time.Since(began), 5*time.Second)
	})
}

// plainStore is a store that can no more than a Store must.
type plainStore struct{ store.Store }

func TestHealthOfAStoreThatKnowsLess(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Store: plainStore{memstore.New()}}, func(t *testing.T, l *lab) {
		l.Stop()
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(3 * time.Minute)
		require.Equal(t, 3*time.Minute, l.health().Delay.Std())
		require.Zero(t, l.health().Size)
	})
}

func TestHealthIsJSONInSnakeCase(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Uncertain(l.Conversation().ID)
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{Quality: "GREEN"}))
		l.Host.Fails(func(string, int) error { return errors.New("no") })
		l.Say(channeltest.Kim, "wamid.2", "hello")
		body, err := json.Marshal(l.health())
		require.NoError(t, err)
		for _, key := range regexp.MustCompile(`"([^"]+)":`).FindAllStringSubmatch(string(body), -1) {
			require.Regexp(t, `^[a-z][a-z_]*$`, key[1])
		}
		require.Contains(t, string(body), `"oldest_uncertain":`)
		require.NotContains(t, string(body), "1312555", "nobody's number")
	})
}

// unwritable answers what it is asked and takes nothing, like a database whose disk is full.
type unwritable struct {
	*memstore.Store
	full atomic.Bool
}

var errFull = errors.New("no space left")

func (u *unwritable) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if u.full.Load() {
		return store.Committed{}, errFull
	}
	return u.Store.Commit(ctx, b)
}

// Nothing waits in a store that takes nothing: that it is out shows nowhere else.
func TestAStoreThatTakesNothingIsNoHealthyOne(t *testing.T) {
	t.Parallel()
	disk := &unwritable{Store: memstore.New()}
	experiment(t, channeltest.LabOptions{Store: disk}, func(t *testing.T, l *lab) {
		l.Pass(time.Minute)
		require.Zero(t, l.health().Delay)
		disk.full.Store(true)
		l.Pass(time.Second)
		_, err := l.Hub.Health(t.Context())
		require.NoError(t, err, "a heartbeat may fail")
		l.Pass(time.Minute)
		for _, only := range [][]string{nil, {"support"}} {
			_, err = l.Hub.Health(t.Context(), only...)
			require.ErrorIs(t, err, errFull)
			require.ErrorContains(t, err, "channel: health: ")
		}
		disk.full.Store(false)
		l.Pass(time.Minute)
		require.Zero(t, l.health().Delay, "it goes on by itself")
	})
}
