package channel_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

const lateNumber = "222340352242922"

// withLate gives a lab's hub a second channel.
func withLate(line *wire) func(c *channel.Config) {
	return func(c *channel.Config) {
		late := channel.Channel{Settings: c.Channels[0].Settings, Sender: line}
		late.ID, late.Name, late.Number = "late", "Late", lateNumber
		c.Channels = append(c.Channels, late)
	}
}

// toLate is a text to the second channel.
func toLate(n int) item {
	p := stranger(n%3).text(time.Now(), fmt.Sprint("wamid.", n), ordinal(n))
	p.number = lateNumber
	return p
}

// fleetOf runs f in a bubble with labs on one store, none of which runs yet.
func fleetOf(t *testing.T, f func(t *testing.T, join func(config func(*channel.Config)) *lab)) {
	t.Helper()
	fleetOfOptions(t, labOptions{}, f)
}

// fleetOfOptions does so with options for each lab; its store and config are not among them.
func fleetOfOptions(t *testing.T, o labOptions, f func(t *testing.T, join func(config func(*channel.Config)) *lab)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		f(t, func(config func(*channel.Config)) *lab {
			o := o
			o.store, o.config = st, config
			return newLab(t, o)
		})
	})
}

// ordinal is a text that sorts by n and has no digits, which might be part of a card number.
func ordinal(n int) string {
	return string([]rune{'a' + rune(n/676), 'a' + rune(n/26%26), 'a' + rune(n%26)})
}

// requireOrdered wants n numbered messages at the desk, those of each conversation in order.
func requireOrdered(t *testing.T, d *ticketing, n int) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	last := map[string]string{}
	for _, in := range d.received {
		require.Greater(t, in.Message.Text, last[in.Conversation.ID], "overtaken")
		last[in.Conversation.ID] = in.Message.Text
	}
	require.Equal(t, n, len(d.received), "received")
}

// In a rolling deploy one process has a channel that the other does not know yet.
func TestAProcessThatLacksAChannelLeavesItsWorkToThoseThatHaveIt(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		old, line := join(nil), &wire{}
		next := join(withLate(line))
		old.run()
		next.run()
		const items = 300
		for n := range items { // ten minutes of webhooks that all reach the old one
			old.post(toLate(n))
			old.pass(2 * time.Second)
		}
		old.pass(10 * time.Second)
		require.Empty(t, old.letters("in"), "the other process has the channel")
		requireOrdered(t, next.host, items)
		require.Empty(t, old.host.texts())

		convs, err := next.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		_, err = next.reply(convs[0].ID, "an answer")
		require.NoError(t, err)
		next.pass(time.Minute)
		require.Equal(t, []string{"an answer"}, line.texts())

		next.stop() // now and then the new one is started again, for less than the others wait
		for n := range 90 {
			old.post(toLate(items + n))
			old.pass(time.Second)
		}
		require.Empty(t, old.letters("in"))
		again := join(withLate(line))
		again.run()
		again.pass(10 * time.Second)
		requireOrdered(t, again.host, 90)
		old.stop()
		again.stop()
	})
}

// Every queue has work of the channel, and the process without it takes none.
func TestNoQueueGivesWorkToAProcessThatLacksTheChannel(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		line := &wire{}
		first := join(withLate(line))
		first.run()
		first.post(toLate(0))
		first.pass(time.Minute)
		convs, err := first.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		_, err = first.reply(convs[0].ID, "open")
		require.NoError(t, err)
		first.pass(10 * time.Second)
		first.host.fails(func(string, int) error { return fmt.Errorf("down") })
		first.post(toLate(3))
		first.pass(time.Second)
		first.stop()
		before := tries(t, first.store)
		require.GreaterOrEqual(t, len(before), 3, "host, check and timer: %v", before)

		old := join(slowPolls)
		old.run()
		old.pass(3 * 24 * time.Hour)
		old.stop()
		require.Equal(t, before, tries(t, first.store))
		require.Empty(t, old.letters("host"))
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
			l := join(withLate(&wire{}))
			l.run()
			return l
		},
		"when the channel is added": func(t *testing.T, old *lab, _ func(func(*channel.Config)) *lab) *lab {
			c := channel.Channel{Settings: old.agents.Channels(admin)[0], Sender: &wire{}}
			c.ID, c.Name, c.Number = "late", "Late", lateNumber
			require.NoError(t, old.agents.AddChannel(t.Context(), admin, c))
			return old
		},
		"when it is added to another process": func(t *testing.T, old *lab, join func(func(*channel.Config)) *lab) *lab {
			l := join(nil)
			l.run()
			l.pass(20 * time.Minute) // long after it began
			c := channel.Channel{Settings: old.agents.Channels(admin)[0], Sender: &wire{}}
			c.ID, c.Name, c.Number = "late", "Late", lateNumber
			require.NoError(t, l.agents.AddChannel(t.Context(), admin, c))
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				old := join(nil)
				old.run()
				for n := range 40 {
					old.post(toLate(n))
					old.pass(10 * time.Second)
				}
				buried := len(old.letters("in"))
				require.Positive(t, buried, "nobody has had the number for minutes")
				for n := range 5 { // and some wait
					old.post(toLate(40 + n))
				}
				l := arrive(t, old, join)
				l.pass(2 * time.Minute)
				require.Empty(t, l.letters("in"))
				requireOrdered(t, l.host, 45)
				for _, letter := range l.letters("in") {
					require.Empty(t, letter.Channel)
				}
				old.stop()
				l.stop()
			})
		})
	}
}

func TestProcessesAreListedWithTheirChannelsAndTheirEnd(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		a, b := join(nil), join(withLate(&wire{}))
		a.run()
		a.pass(time.Minute)
		b.run()
		b.pass(time.Minute)
		list := func() (living, all int, channels []string) {
			processes, err := a.agents.Processes(t.Context(), admin)
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
		a.stop()
		living, all, channels := list()
		require.Equal(t, []any{1, 2, []string{"late", "support"}}, []any{living, all, channels})
		b.stop()
		_, err := a.agents.Processes(t.Context(), alice)
		require.Error(t, err)
		b.run()
		b.pass(25 * time.Hour)
		living, all, _ = list()
		require.Equal(t, []int{1, 1}, []int{living, all}, "who is gone for a day is forgotten")
		b.stop()
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
	ticketing
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
	return d.ticketing.Receive(ctx, in)
}

// The clocks of three machines differ by minutes; the calls of one conversation still come one
// by one, and no message is doubtful or goes out twice.
func TestClocksThatDifferDoNoHarm(t *testing.T) {
	for _, off := range []time.Duration{time.Second, 5 * time.Minute, 40 * time.Minute} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st, host, line := timed{memstore.New()}, &jealousDesk{}, &wire{}
				line.sends(func(context.Context, message.Outbound, int) error {
					<-time.After(20 * time.Second)
					return nil
				})
				var labs []*lab
				for _, ahead := range []time.Duration{0, off, -off} {
					l := newLab(t, labOptions{
						store:    st,
						settings: func(s *channel.Settings) { s.Uncertain = channel.Resend },
						config: func(c *channel.Config) {
							c.Ticketing, c.Channels[0].Sender = host, line
							c.Now = func() time.Time { return time.Now().Add(ahead) }
						},
					})
					l.run()
					labs = append(labs, l)
				}
				for n := range 12 {
					labs[n%3].post(stranger(n%2).text(time.Now(), fmt.Sprint("wamid.", n), fmt.Sprint(n)))
				}
				labs[0].pass(10 * time.Minute)
				var sent []string
				for _, conv := range labs[0].conversations() {
					for n := range 3 {
						text := fmt.Sprint(n, " ", conv.ID)
						_, err := labs[n].reply(conv.ID, text)
						require.NoError(t, err)
						sent = append(sent, text)
					}
				}
				labs[0].pass(20 * time.Minute)
				require.Zero(t, host.overlaps)
				require.Len(t, host.texts(), 12)
				for id, n := range host.seen {
					require.Equal(t, 1, n, id)
				}
				require.ElementsMatch(t, sent, line.texts())
				for _, conv := range labs[0].conversations() {
					for _, m := range labs[0].messages(conv.ID) {
						require.NotEqual(t, conversation.Uncertain, m.Delivery.State())
						require.WithinDuration(t, time.Now(), m.At, 40*time.Minute, "by one clock")
					}
				}
				processes, err := labs[0].agents.Processes(t.Context(), admin)
				require.NoError(t, err)
				var ahead []time.Duration
				for _, p := range processes {
					ahead = append(ahead, p.Ahead)
				}
				require.ElementsMatch(t, []time.Duration{0, off, -off}, ahead)
				for i, l := range labs {
					l.stop()
					warned := off > 2*time.Second && i > 0
					require.Equal(t, warned, strings.Contains(l.logs.String(), "clock differs"))
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
			c := catalog(t)
			catalogs = append(catalogs, c)
			return join(func(cfg *channel.Config) { cfg.Channels[0].Templates = c })
		}
		a, b, idle := one(), one(), one()
		a.run()
		b.run()
		sendable := func() (all []bool) {
			for _, c := range catalogs {
				def, ok := c.Lookup("reminder", "en")
				require.True(t, ok)
				all = append(all, def.Sendable(time.Now()).OK)
			}
			return all
		}
		require.Equal(t, []bool{true, true, true}, sendable())
		a.post(item{field: "message_template_status_update", value: map[string]any{
			"event": "DISABLED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en",
		}})
		a.pass(10 * time.Second)
		require.NoError(t, idle.hub.ReportStanding(t.Context(), "support", time.Now(), channel.Standing{}))
		late := one()
		late.run()
		require.Equal(t, []bool{false, false, false, false}, sendable())
		for _, l := range []*lab{a, b, late} {
			l.stop()
		}
	})
}

func TestSettingsThatOneProcessChangesHoldInAll(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		a, b, front := join(nil), join(nil), join(nil) // front takes calls only
		a.run()
		b.run()
		a.say(kim, "wamid.1", "hello")
		conv := a.conversation().ID

		off := a.agents.Channels(admin)[0]
		off.Enabled = false
		require.NoError(t, a.agents.UpdateSettings(t.Context(), admin, off))
		a.pass(6 * time.Second)
		for _, l := range []*lab{a, b, front} {
			_, err := l.reply(conv, "while it is off")
			require.ErrorIs(t, err, channel.ErrDisabled)
		}
		off.Enabled, off.Name = true, "Renamed"
		require.NoError(t, b.agents.UpdateSettings(t.Context(), admin, off))
		a.pass(6 * time.Second)
		_, err := front.reply(conv, "it is on again")
		require.NoError(t, err)
		require.Equal(t, "Renamed", front.agents.Channels(admin)[0].Name)
		require.Equal(t, "Renamed", a.agents.Channels(admin)[0].Name)

		again := join(nil) // with the configuration from before the change
		again.run()
		require.Equal(t, "Renamed", again.agents.Channels(admin)[0].Name)
		deployed := join(func(c *channel.Config) { c.Channels[0].Name = "Deployed" }) // with another one
		deployed.run()
		require.Equal(t, "Deployed", deployed.agents.Channels(admin)[0].Name, "the host has changed it since")

		off.Name = "Renamed again"
		require.NoError(t, a.agents.UpdateSettings(t.Context(), admin, off))
		a.pass(6 * time.Second)
		require.Equal(t, "Renamed again", deployed.agents.Channels(admin)[0].Name, "everybody follows a change")
		deployed.stop()
		deployed = join(func(c *channel.Config) { c.Channels[0].Name = "Deployed" })
		deployed.run()
		require.Equal(t, "Renamed again", deployed.agents.Channels(admin)[0].Name, "also after a restart")

		added := join(func(c *channel.Config) { c.Channels = nil })
		c := channel.Channel{Settings: join(nil).agents.Channels(admin)[0], Sender: &wire{}}
		require.NoError(t, added.agents.AddChannel(t.Context(), admin, c))
		require.Equal(t, "Renamed again", added.agents.Channels(admin)[0].Name)
		for _, l := range []*lab{a, b, again, deployed} {
			l.stop()
		}
	})
}
