package channel_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/window"
)

// wall is a clock that somebody can set, beside the monotonic one of the bubble.
type wall struct{ ahead atomic.Int64 }

func (w *wall) now() time.Time       { return time.Now().Add(time.Duration(w.ahead.Load())) }
func (w *wall) set(by time.Duration) { w.ahead.Add(int64(by)) }

// timekeeper is a store with a clock of its own.
type timekeeper struct {
	store.Store
	wall
}

func (k *timekeeper) Now(context.Context) (time.Time, error) { return k.now(), nil }

func (k *timekeeper) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	c.Now = k.now()
	return k.Store.Claim(ctx, c)
}

// retries notes when something was tried, and has the first try of each fail.
type retries struct {
	mu    sync.Mutex
	at    map[string][]time.Time
	first func() // called in the first try
}

func (a *retries) try(what string) (first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil {
		a.at = map[string][]time.Time{}
	}
	a.at[what] = append(a.at[what], time.Now())
	first = len(a.at[what]) == 1
	if first {
		a.first()
	}
	return first
}

// Two machines work for two tenants. Somebody sets the clock of one while it has something in hand that
// fails: that comes again after the usual pause, as if nobody had, and once.
func TestWhatIsPutOffJustAfterTheClockWasSetComesInTime(t *testing.T) {
	for _, by := range []time.Duration{2 * time.Minute, -2 * time.Minute, 10 * time.Minute, -10 * time.Minute, 50 * time.Minute, -50 * time.Minute} {
		t.Run(by.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st, right, wrong := &timekeeper{Store: memstore.New()}, &wall{}, &wall{}
				again := &retries{first: func() { wrong.set(by); by = -by }} // and the next one sets it right
				line := &channeltest.Wire{}
				line.Sends(func(_ context.Context, out message.Outbound, _ int) error {
					if again.try(channeltest.TextOf(out)) {
						return unsent{}
					}
					return nil
				})
				host := &channeltest.Ticketing{}
				host.Fails(func(id string, _ int) error {
					if again.try(id) {
						return fmt.Errorf("the ticket system is busy")
					}
					return nil
				})
				var labs []*lab
				for _, clock := range []*wall{wrong, right} {
					l := newLab(t, channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
						c.Ticketing, c.Channels[0].Sender, c.Now = host, line, clock.now
						c.Changes = []conversation.ChangeKind{conversation.TopicChanged} // none of these
						c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, line))
					}})
					l.Run()
					labs = append(labs, l)
				}
				l := labs[0]
				l.Pass(33 * time.Second)
				for i, number := range []string{channeltest.LabNumber, channeltest.OtherNumber} {
					l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", i), "hello").On(number))
					l.Pass(33 * time.Second)
				}
				var sent []string
				for _, id := range []string{"support", "other"} {
					talks, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: id, Limit: 9})
					require.NoError(t, err)
					require.Len(t, talks, 1)
					sent = append(sent, "answer of "+id)
					_, err = l.Reply(talks[0].ID, "answer of "+id)
					require.NoError(t, err)
					l.Pass(33 * time.Second)
				}
				l.Pass(2 * time.Hour)
				require.Len(t, again.at, 4, "two messages and two answers")
				for what, at := range again.at {
					require.Len(t, at, 2, what)
					pause := at[1].Sub(at[0])
					require.GreaterOrEqual(t, pause, 500*time.Millisecond, what)
					require.LessOrEqual(t, pause, 2*time.Second+5*time.Second, "the other one looks every five seconds: %s", what)
				}
				require.ElementsMatch(t, append(sent, sent...), line.Texts())
				for _, l := range labs {
					l.Stop()
				}
			})
		})
	}
}

// Half an hour before the window of a customer closes, or after that, a clock changes. What is
// allowed depends on what the time really is.
func TestAWindowIsJudgedByTheTimeThatItReallyIs(t *testing.T) {
	for _, c := range []struct {
		name       string
		passed     time.Duration
		set, slept time.Duration
		open       bool
	}{
		{"a clock that was set forth closes no window", 23*time.Hour + 30*time.Minute, 40 * time.Minute, 0, true},
		{"nor one that was set forth by summer time and is a little off besides", 23*time.Hour + 30*time.Minute, 61 * time.Minute, 0, true},
		{"a machine that slept missed that it closed", 23*time.Hour + 30*time.Minute, 0, 40 * time.Minute, false},
		{"a machine that slept for longer than clocks differ, too", 22 * time.Hour, 0, 3 * time.Hour, false},
		{"a clock that was set back opens none", 24*time.Hour + 30*time.Minute, -40 * time.Minute, 0, false},
		{"nor does one that was set back by summer time and is a little off besides", 24*time.Hour + 30*time.Minute, -61 * time.Minute, 0, false},
		{"nor does one that was set back while the machine slept", 23*time.Hour + 40*time.Minute, -20 * time.Minute, 40 * time.Minute, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, runs := range []bool{true, false} {
					st, own := &timekeeper{Store: memstore.New()}, &wall{}
					config := func(cfg *channel.Config) { cfg.Now, cfg.Poll, cfg.Heartbeat = own.now, 30*time.Second, time.Minute }
					l := newLab(t, channeltest.LabOptions{Store: st, Config: config})
					l.Run()
					l.Say(channeltest.Kim, "wamid.1", "hello")
					talk := l.Conversation()
					if !runs {
						l.Stop()
						l = newLab(t, channeltest.LabOptions{Store: st, Config: config})
					}
					l.Pass(c.passed)
					own.set(c.set + c.slept)
					st.set(c.slept)
					_, err := l.Reply(talk.ID, "answer")
					if c.open {
						require.NoError(t, err)
					} else {
						require.ErrorIs(t, err, window.ErrClosed)
					}
					l.Stop()
				}
			})
		})
	}
}

// A process that runs, and one that only looks, on machines whose clocks are wrong by minutes.
func TestHealthAndProcessesGoByTheTimeThatItReallyIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, off := range []time.Duration{20 * time.Minute, -20 * time.Minute} {
			st, own := &timekeeper{Store: memstore.New()}, &wall{}
			own.set(off)
			wrong := channeltest.LabOptions{Store: st, Config: func(c *channel.Config) { c.Now = own.now }}
			runs, looks := newLab(t, wrong), newLab(t, wrong)
			began := time.Now()
			runs.Run()
			runs.Host.Fails(func(string, int) error { return errors.New("out") })
			runs.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
			for _, set := range []time.Duration{0, 7 * time.Minute, -9 * time.Minute} {
				runs.Pass(time.Minute)
				own.set(set)
				for _, l := range []*lab{runs, looks} {
					all, err := l.Hub.Processes(t.Context())
					require.NoError(t, err)
					require.Len(t, all, 1)
					require.True(t, all[0].Living(l.Hub.Now()))
					require.WithinDuration(t, began, all[0].Started, time.Second)
					own.set(-set) // and again
					r, err := l.Hub.Health(t.Context())
					require.NoError(t, err)
					require.WithinDuration(t, time.Now(), r.At, 0)
					require.True(t, r.Processes[0].Living(r.At))
					require.LessOrEqual(t, r.Delay.Std(), time.Since(began), "what waits has not waited for longer")
					own.set(set)
				}
			}
			runs.Stop()
		}
	})
}
