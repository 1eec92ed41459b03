package channel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

const lateNumber = "222340352242922"

// withLate gives a lab's hub a second channel.
func withLate(line *channeltest.Wire) func(c *channel.Config) {
	return func(c *channel.Config) {
		late := channel.Channel{Settings: c.Channels[0].Settings, Sender: line}
		late.ID, late.Name, late.Number = "late", "Late", lateNumber
		c.Channels = append(c.Channels, late)
	}
}

// toLate is a text to the second channel.
func toLate(n int) channeltest.Item {
	p := channeltest.Stranger(n%3).Text(time.Now(), fmt.Sprint("wamid.", n), ordinal(n))
	p.Number = lateNumber
	return p
}

// fleetOf runs f in a bubble with labs on one store, none of which runs yet.
func fleetOf(t *testing.T, f func(t *testing.T, join func(config func(*channel.Config)) *lab)) {
	t.Helper()
	fleetOfOptions(t, channeltest.LabOptions{}, f)
}

// fleetOfOptions does so with options for each lab; its store and config are not among them.
func fleetOfOptions(t *testing.T, o channeltest.LabOptions, f func(t *testing.T, join func(config func(*channel.Config)) *lab)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		f(t, func(config func(*channel.Config)) *lab {
			o := o
			o.Store, o.Config = st, config
			return newLab(t, o)
		})
	})
}

// ordinal is a text that sorts by n and has no digits, which might be part of a card number.
func ordinal(n int) string {
	return string([]rune{'a' + rune(n/676), 'a' + rune(n/26%26), 'a' + rune(n%26)})
}

// requireOrdered wants n numbered messages at the desk, those of each conversation in order.
func requireOrdered(t *testing.T, d *channeltest.Ticketing, n int) {
	t.Helper()
	d.Mu.Lock()
	defer d.Mu.Unlock()
	last := map[string]string{}
	for _, in := range d.Received {
		require.Greater(t, in.Message.Text, last[in.Conversation.ID], "overtaken")
		last[in.Conversation.ID] = in.Message.Text
	}
	require.Equal(t, n, len(d.Received), "received")
}

// In a rolling deploy one process has a channel that the other does not know yet.
func TestAProcessThatLacksAChannelLeavesItsWorkToThoseThatHaveIt(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		old, line := join(nil), &channeltest.Wire{}
		next := join(withLate(line))
		old.Run()
		next.Run()
		const items = 300
		for n := range items { // ten minutes of webhooks that all reach the old one
			old.Post(toLate(n))
			old.Pass(2 * time.Second)
		}
		old.Pass(10 * time.Second)
		require.Empty(t, old.Letters("in"), "the other process has the channel")
		requireOrdered(t, next.Host, items)
		require.Empty(t, old.Host.Texts())

		convs, err := next.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		_, err = next.Reply(convs[0].ID, "an answer")
		require.NoError(t, err)
		next.Pass(time.Minute)
		require.Equal(t, []string{"an answer"}, line.Texts())

		next.Stop() // now and then the new one is started again, for less than the others wait
		for n := range 90 {
			old.Post(toLate(items + n))
			old.Pass(time.Second)
		}
		require.Empty(t, old.Letters("in"))
		again := join(withLate(line))
		again.Run()
		again.Pass(10 * time.Second)
		requireOrdered(t, again.Host, 90)
		old.Stop()
		again.Stop()
	})
}

// Every queue has work of the channel, and the process without it takes none.
func TestNoQueueGivesWorkToAProcessThatLacksTheChannel(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		line := &channeltest.Wire{}
		first := join(withLate(line))
		first.Run()
		first.Post(toLate(0))
		first.Pass(time.Minute)
		convs, err := first.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		_, err = first.Reply(convs[0].ID, "open")
		require.NoError(t, err)
		first.Pass(10 * time.Second)
		first.Host.Fails(func(string, int) error { return fmt.Errorf("down") })
		first.Post(toLate(3))
		first.Pass(time.Second)
		first.Stop()
		before := tries(t, first.Store)
		require.GreaterOrEqual(t, len(before), 2, "host and check: %v", before)

		old := join(channeltest.SlowPolls)
		old.Run()
		old.Pass(3 * 24 * time.Hour)
		old.Stop()
		require.Equal(t, before, tries(t, first.Store))
		require.Empty(t, old.Letters("host"))
	})
}

// tries counts how often each piece of work of the late channel was given back.
func tries(t *testing.T, s store.Store) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, queue := range []string{"in", "host", "out", "first", "check", "timer", "media"} {
		works, err := s.Work(t.Context(), store.WorkQuery{Queue: queue, Limit: 100})
		require.NoError(t, err)
		for _, w := range works {
			all[queue+" "+w.Group+" "+w.ID] = w.Tries
		}
	}
	return all
}

func TestItemsOfANumberThatNobodyHasComeBackInTheirOrder(t *testing.T) {
	for name, arrive := range map[string]func(t *testing.T, old *lab, join func(func(*channel.Config)) *lab) *lab{
		"when a process starts that has it": func(_ *testing.T, _ *lab, join func(func(*channel.Config)) *lab) *lab {
			l := join(withLate(&channeltest.Wire{}))
			l.Run()
			return l
		},
		"when the channel is added": func(t *testing.T, old *lab, _ func(func(*channel.Config)) *lab) *lab {
			c := channel.Channel{Settings: old.Hub.Channels()[0].Settings, Sender: &channeltest.Wire{}}
			c.ID, c.Name, c.Number = "late", "Late", lateNumber
			require.NoError(t, old.Hub.AddChannel(t.Context(), c))
			return old
		},
		"when it is added to another process": func(t *testing.T, old *lab, join func(func(*channel.Config)) *lab) *lab {
			l := join(nil)
			l.Run()
			l.Pass(20 * time.Minute) // long after it began
			c := channel.Channel{Settings: old.Hub.Channels()[0].Settings, Sender: &channeltest.Wire{}}
			c.ID, c.Name, c.Number = "late", "Late", lateNumber
			require.NoError(t, l.Hub.AddChannel(t.Context(), c))
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				old := join(nil)
				old.Run()
				for n := range 40 {
					old.Post(toLate(n))
					old.Pass(10 * time.Second)
				}
				buried := len(old.Letters("in"))
				require.Positive(t, buried, "nobody has had the number for minutes")
				for n := range 5 { // and some wait
					old.Post(toLate(40 + n))
				}
				l := arrive(t, old, join)
				l.Pass(2 * time.Minute)
				require.Empty(t, l.Letters("in"))
				requireOrdered(t, l.Host, 45)
				for _, letter := range l.Letters("in") {
					require.Empty(t, letter.Channel)
				}
				old.Stop()
				l.Stop()
			})
		})
	}
}

func TestProcessesAreListedWithTheirChannelsAndTheirEnd(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		a, b := join(nil), join(withLate(&channeltest.Wire{}))
		a.Run()
		a.Pass(time.Minute)
		b.Run()
		b.Pass(time.Minute)
		list := func() (living, all int, channels []string) {
			processes, err := a.Hub.Processes(t.Context())
			require.NoError(t, err)
			for _, p := range processes {
				if p.Living(time.Now()) {
					living++
					channels = p.Channels
				}
			}
			return living, len(processes), channels
		}
		living, _, _ := list()
		require.Equal(t, 2, living)
		a.Stop()
		living, all, channels := list()
		require.Equal(t, []any{1, 2, []string{"late", "support"}}, []any{living, all, channels})
		b.Stop()
		b.Run()
		b.Pass(25 * time.Hour)
		living, all, _ = list()
		require.Equal(t, []int{1, 1}, []int{living, all}, "who is gone for a day is forgotten")
		b.Stop()
	})
}

// timed is a store with a clock of its own: that of the bubble.
type timed struct{ store.Store }

func (timed) Now(context.Context) (time.Time, error) { return time.Now(), nil }

func (k timed) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	c.Now = time.Now()
	return k.Store.Claim(ctx, c)
}

// jealousDesk takes long and counts calls of one conversation that overlap.
type jealousDesk struct {
	channeltest.Ticketing
	mu       sync.Mutex
	busy     map[string]bool
	overlaps int
}

func (d *jealousDesk) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	d.mu.Lock()
	if d.busy[in.Conversation.ID] {
		d.overlaps++
	}
	if d.busy == nil {
		d.busy = map[string]bool{}
	}
	d.busy[in.Conversation.ID] = true
	d.mu.Unlock()
	<-time.After(20 * time.Second)
	d.mu.Lock()
	d.busy[in.Conversation.ID] = false
	d.mu.Unlock()
	return d.Ticketing.Receive(ctx, in)
}

// The clocks of three machines differ by minutes; the calls of one conversation still come one
// by one, and no message is doubtful or goes out twice.
func TestClocksThatDifferDoNoHarm(t *testing.T) {
	for _, off := range []time.Duration{time.Second, 5 * time.Minute, 40 * time.Minute} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st, host, line := timed{memstore.New()}, &jealousDesk{}, &channeltest.Wire{}
				line.Sends(func(context.Context, message.Outbound, int) error {
					<-time.After(20 * time.Second)
					return nil
				})
				var labs []*lab
				for _, ahead := range []time.Duration{0, off, -off} {
					l := newLab(t, channeltest.LabOptions{
						Store:    st,
						Settings: func(s *settings.Settings) { s.Uncertain = settings.Resend },
						Config: func(c *channel.Config) {
							c.Ticketing, c.Channels[0].Sender = host, line
							c.Now = func() time.Time { return time.Now().Add(ahead) }
						},
					})
					l.Run()
					labs = append(labs, l)
				}
				for n := range 12 {
					labs[n%3].Post(channeltest.Stranger(n%2).Text(time.Now(), fmt.Sprint("wamid.", n), fmt.Sprint(n)))
				}
				labs[0].Pass(10 * time.Minute)
				var sent []string
				for _, conv := range labs[0].Conversations() {
					for n := range 3 {
						text := fmt.Sprint(n, " ", conv.ID)
						_, err := labs[n].Reply(conv.ID, text)
						require.NoError(t, err)
						sent = append(sent, text)
					}
				}
				labs[0].Pass(20 * time.Minute)
				require.Zero(t, host.overlaps)
				require.Len(t, host.Texts(), 12)
				for id, n := range host.Seen {
					require.Equal(t, 1, n, id)
				}
				require.ElementsMatch(t, sent, line.Texts())
				for _, conv := range labs[0].Conversations() {
					for _, m := range labs[0].Messages(conv.ID) {
						require.NotEqual(t, conversation.Uncertain, m.Delivery.State())
						require.WithinDuration(t, time.Now(), m.At, 40*time.Minute, "by one clock")
					}
				}
				processes, err := labs[0].Hub.Processes(t.Context())
				require.NoError(t, err)
				var ahead []time.Duration
				for _, p := range processes {
					ahead = append(ahead, p.Ahead.Std())
				}
				require.ElementsMatch(t, []time.Duration{0, off, -off}, ahead)
				for i, l := range labs {
					l.Stop()
					warned := off > 2*time.Second && i > 0
					require.Equal(t, warned, strings.Contains(l.Logs.String(), "clock differs"))
				}
			})
		})
	}
}

// What one process learns about a template the others go by, those too that start later.
func TestWhatWhatsAppSaysAboutATemplateReachesEveryProcess(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		var catalogs []*template.Catalog
		one := func() *lab {
			c := channeltest.Catalog(t)
			catalogs = append(catalogs, c)
			return join(func(cfg *channel.Config) { cfg.Channels[0].Templates = c })
		}
		a, b, idle := one(), one(), one()
		a.Run()
		b.Run()
		sendable := func() (all []bool) {
			for _, c := range catalogs {
				def, ok := c.Lookup("reminder", "en")
				require.True(t, ok)
				all = append(all, def.Sendable(time.Now()).OK)
			}
			return all
		}
		require.Equal(t, []bool{true, true, true}, sendable())
		a.Post(channeltest.Item{Field: "message_template_status_update", Value: map[string]any{
			"event": "DISABLED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en",
		}})
		a.Pass(10 * time.Second)
		require.NoError(t, idle.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{}))
		late := one()
		late.Run()
		require.Equal(t, []bool{false, false, false, false}, sendable())
		for _, l := range []*lab{a, b, late} {
			l.Stop()
		}
	})
}

func TestSettingsThatOneProcessChangesHoldInAll(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		a, b, front := join(nil), join(nil), join(nil) // front takes calls only
		a.Run()
		b.Run()
		a.Say(channeltest.Kim, "wamid.1", "hello")
		conv := a.Conversation().ID

		off := a.Hub.Channels()[0].Settings
		off.Enabled = false
		require.NoError(t, a.Hub.UpdateSettings(t.Context(), off))
		a.Pass(6 * time.Second)
		for _, l := range []*lab{a, b, front} {
			_, err := l.Reply(conv, "while it is off")
			require.ErrorIs(t, err, channel.ErrDisabled)
		}
		off.Enabled, off.Name = true, "Renamed"
		require.NoError(t, b.Hub.UpdateSettings(t.Context(), off))
		a.Pass(6 * time.Second)
		_, err := front.Reply(conv, "it is on again")
		require.NoError(t, err)
		require.Equal(t, "Renamed", front.Hub.Channels()[0].Name)
		require.Equal(t, "Renamed", a.Hub.Channels()[0].Name)

		again := join(nil) // with the configuration from before the change
		again.Run()
		require.Equal(t, "Renamed", again.Hub.Channels()[0].Name)
		deployed := join(func(c *channel.Config) { c.Channels[0].Name = "Deployed" }) // with another one
		deployed.Run()
		require.Equal(t, "Deployed", deployed.Hub.Channels()[0].Name, "the host has changed it since")

		off.Name = "Renamed again"
		require.NoError(t, a.Hub.UpdateSettings(t.Context(), off))
		a.Pass(6 * time.Second)
		require.Equal(t, "Renamed again", deployed.Hub.Channels()[0].Name, "everybody follows a change")
		deployed.Stop()
		deployed = join(func(c *channel.Config) { c.Channels[0].Name = "Deployed" })
		deployed.Run()
		require.Equal(t, "Renamed again", deployed.Hub.Channels()[0].Name, "also after a restart")

		added := join(func(c *channel.Config) { c.Channels = nil })
		c := channel.Channel{Settings: join(nil).Hub.Channels()[0].Settings, Sender: &channeltest.Wire{}}
		require.NoError(t, added.Hub.AddChannel(t.Context(), c))
		require.Equal(t, "Renamed again", added.Hub.Channels()[0].Name)
		for _, l := range []*lab{a, b, again, deployed} {
			l.Stop()
		}
	})
}

// A channel that is disabled needs no Sender; then another process enables it.
func TestAProcessWithoutASenderLeavesSendingToTheOthers(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		a := join(nil)
		idle := join(func(c *channel.Config) { c.Channels[0].Enabled, c.Channels[0].Sender = false, nil })
		idle.Run()
		a.Run()
		a.Say(channeltest.Kim, "wamid.1", "hello")
		conv := a.Conversation().ID
		on := a.Hub.Channels()[0].Settings
		on.Name = "Changed"
		require.NoError(t, a.Hub.UpdateSettings(t.Context(), on))
		a.Pass(6 * time.Second)
		require.Equal(t, "Changed", idle.Hub.Channels()[0].Name, "everybody follows a change, also the first one that there ever is")
		require.True(t, idle.Hub.Channels()[0].Enabled)
		require.ErrorIs(t, idle.Hub.MarkRead(t.Context(), conv, false), channel.ErrDisabled)
		_, err := idle.Reply(conv, "hi")
		require.NoError(t, err)
		a.Pass(6 * time.Second)
		require.Equal(t, []string{"hi"}, a.Line.Texts())
		for _, l := range []*lab{a, idle} {
			l.Stop()
		}
	})
}

func TestAProcessWithoutADeskDoesNotRunBesideOneWithADesk(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, second deskapi.Desk
		refused       bool
	}{
		"none has one":          {nil, nil, false},
		"both have one":         {&clerk{}, &clerk{}, false},
		"only the first has it": {&clerk{}, nil, true},
		"only the second":       {nil, &clerk{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st := memstore.New()
				run := func(desk deskapi.Desk) (stop func() error) {
					hub, err := channel.New(channel.Config{Store: st, Ticketing: &channeltest.Ticketing{}, Desk: desk})
					require.NoError(t, err)
					ctx, cancel := context.WithCancel(t.Context())
					ended := make(chan error, 1)
					go func() { ended <- hub.Run(ctx) }()
					synctest.Wait()
					return func() error { cancel(); return <-ended }
				}
				first := run(tt.first)
				second := run(tt.second)()
				if tt.refused {
					require.ErrorIs(t, second, channel.ErrOtherDesk)
				} else {
					require.NoError(t, second)
				}
				require.NoError(t, first(), "who was there first goes on")
				require.NoError(t, run(tt.second)(), "with nobody beside it")
			})
		})
	}
}

func TestOfTwoKindsOfProcessesThatBeginAtOnceExactlyOneRuns(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]deskapi.Desk{
		"on an empty store":                 nil,
		"where processes with a desk ran":   {&clerk{}},
		"where processes without one ran":   {nil},
		"where both have run, one by one":   {nil, &clerk{}},
		"where one of each kind began once": {&clerk{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				slow := &ailing{Store: memstore.New()}
				run := func(desk deskapi.Desk) (stop func(), ended chan error) {
					hub, err := channel.New(channel.Config{Store: slow, Ticketing: &channeltest.Ticketing{}, Desk: desk})
					require.NoError(t, err)
					ctx, cancel := context.WithCancel(t.Context())
					ended = make(chan error, 1)
					go func() { ended <- hub.Run(ctx) }()
					return cancel, ended
				}
				for _, desk := range before {
					stop, ended := run(desk)
					synctest.Wait()
					stop()
					require.NoError(t, <-ended)
				}
				// Each has looked for others before any of them can be seen.
				slow.commits(func(context.Context, *store.Batch) error { time.Sleep(50 * time.Millisecond); return nil })
				var stops []func()
				var ends []chan error
				for _, desk := range []deskapi.Desk{&clerk{}, nil, &clerk{}, nil} {
					stop, ended := run(desk)
					stops, ends = append(stops, stop), append(ends, ended)
				}
				time.Sleep(3 * time.Second)
				var running []chan error
				for _, ended := range ends {
					select {
					case err := <-ended:
						require.ErrorIs(t, err, channel.ErrOtherDesk)
					default:
						running = append(running, ended)
					}
				}
				for _, stop := range stops {
					stop()
				}
				for _, ended := range running {
					require.NoError(t, <-ended)
				}
				require.Len(t, running, 2, "both of one kind run, and nobody of the other")
			})
		})
	}
}

func TestAProcessThatWasKilledIsInNobodysWayForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		dead := &ailing{Store: st}
		ctx, cancel := context.WithCancel(t.Context())
		hub, err := channel.New(channel.Config{Store: dead, Ticketing: &channeltest.Ticketing{}, Desk: &clerk{}, Drain: time.Millisecond})
		require.NoError(t, err)
		ended := make(chan error, 1)
		go func() { ended <- hub.Run(ctx) }()
		synctest.Wait()
		dead.commits(func(context.Context, *store.Batch) error { return errors.New("killed") })
		cancel()
		<-ended
		_, err = runFor(t, st, time.Second)
		require.ErrorIs(t, err, channel.ErrOtherDesk)
		time.Sleep(5 * time.Second)
		_, err = runFor(t, st, time.Second)
		require.NoError(t, err)
	})
}
