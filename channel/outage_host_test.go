package channel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
)

// byConversation are the texts that the host was given, in order, by conversation.
func (d *ticketing) byConversation() map[string][]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string][]string{}
	for _, in := range d.received {
		all[in.Conversation.ID] = append(all[in.Conversation.ID], in.Message.Text)
	}
	return all
}

func up(string, int) error { return nil }

func down(string, int) error { return errors.New("canary: the ticket system is down") }

func TestATicketingThatIsDownIsOneOutageAndLosesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hours int
		fail  func(string, int) error
	}{
		"an hour, with errors":                    {1, down},
		"eight hours, with errors":                {8, down},
		"an hour, with panics":                    {1, func(string, int) error { panic("canary of a panic") }},
		"eight hours of calls that do not return": {8, func(string, int) error { <-time.After(50 * time.Second); return context.DeadlineExceeded }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []channel.OutageInfo
			o := labOptions{config: func(cfg *channel.Config) { outageWatch(&told)(cfg) }}
			experiment(t, o, func(t *testing.T, l *lab) {
				talks := l.chats("support", labNumber, 100)
				offered := len(l.host.seen)
				l.host.fails(c.fail)
				var want []string
				for round := range c.hours * 2 {
					for i := range talks {
						l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.", round, ".", i), fmt.Sprint(round)))
					}
					want = append(want, fmt.Sprint(round))
					l.pass(30 * time.Minute)
				}
				require.Len(t, told, 1)
				require.Equal(t, channel.OutageTicketing, told[0].Kind)
				require.Empty(t, l.letters("host"), "no dead letter for what is not the message's fault")
				require.Less(t, strings.Count(l.logs.String(), "level=WARN")+strings.Count(l.logs.String(), "level=ERROR"), 150*c.hours)
				require.NotContains(t, l.logs.String(), "canary")
				seen := 0
				for _, n := range l.host.seen {
					seen += n
				}
				require.Less(t, seen-offered, c.hours*150+100, "one call at a time tries it")

				l.host.fails(up)
				l.pass(time.Minute)
				require.Len(t, told, 2)
				require.True(t, told[1].Over)
				for conv, texts := range l.host.byConversation() {
					got := slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "hello" })
					require.Equal(t, want, got, "%s: all of it within a minute, in order, once", conv)
				}
				require.Len(t, l.host.byConversation(), 100)
			})
		})
	}
}

func TestOneBadMessageIsNoOutageOfTheTicketing(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: func(c *channel.Config) { c.HostTries = 5 }}, func(t *testing.T, l *lab) {
		l.chats("support", labNumber, 20)
		var bad []string
		for i := range 2 {
			id := fmt.Sprint("wamid.bad", i)
			l.host.fails(down)
			l.post(stranger(i).text(time.Now(), id, "bad"))
			l.pass(time.Second)
			bad = append(bad, "in|"+l.messageID(id))
			now := slices.Clone(bad)
			l.host.fails(func(id string, _ int) error {
				if slices.Contains(now, id) {
					return errors.New("no")
				}
				return nil
			})
		}
		for i := range 60 {
			l.post(stranger(2+i%18).text(time.Now(), fmt.Sprint("wamid.good", i), "good"))
			l.pass(time.Minute)
		}
		require.Len(t, l.letters("host"), 2)
		require.NotContains(t, l.logs.String(), "outage")
	})
}

// tenants is a ticket system of which each channel has its own.
type tenants struct {
	ticketing
	down map[string]bool
}

func (p *tenants) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	p.mu.Lock()
	down := p.down[in.Conversation.Channel]
	p.mu.Unlock()
	if down {
		return "", errors.New("down")
	}
	return p.ticketing.Receive(ctx, in)
}

// fallsDown says whether the ticket system of a channel is down from now on.
func (p *tenants) fallsDown(channel string, down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down[channel] = down
}

func TestATicketingThatIsDownForOneTenantHoldsNoOther(t *testing.T) {
	t.Parallel()
	p := &tenants{down: map[string]bool{}}
	o := labOptions{config: func(c *channel.Config) {
		c.Ticketing = p
		c.Channels = append(c.Channels, otherChannel("other", otherNumber, &wire{}))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.chats("support", labNumber, 50)
		l.chats("other", otherNumber, 1)
		p.fallsDown("support", true)
		for i := range 50 {
			l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.held", i), "held"))
		}
		l.pass(time.Minute)
		for i := range 10 { // seldom, so that it is not by chance between two failures
			n := len(p.texts())
			l.post(stranger(0).text(time.Now(), fmt.Sprint("wamid.later", i), "other").on(otherNumber))
			l.pass(2 * time.Second)
			require.Len(t, p.texts(), n+1, "at once")
			l.pass(30 * time.Minute)
		}
		require.Empty(t, l.letters("host"))
		p.fallsDown("support", false)
		n := len(p.texts())
		l.pass(time.Minute)
		require.Len(t, p.texts(), n+50)
	})
}

func TestAFewMessagesBehindAHostThatIsDownSurviveRestarts(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.chats("support", labNumber, 5)
		l.host.fails(down)
		for i := range 5 {
			l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.", i), "held"))
		}
		for range 12 {
			l.pass(time.Hour)
			l.stop()
			l.run()
		}
		require.Empty(t, l.letters("host"))
		l.host.fails(up)
		l.pass(time.Minute)
		for _, texts := range l.host.byConversation() {
			require.Equal(t, []string{"hello", "held"}, texts)
		}
	})
}

// On a small desk there are not three conversations that could fail.
func TestATicketingThatIsDownForOneOrTwoConversationsLosesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		people, hours int
		restarts      bool
		fail          func(string, int) error
	}{
		"one conversation, an hour":                    {1, 1, false, down},
		"one conversation, eight hours":                {1, 8, false, down},
		"two conversations, an hour":                   {2, 1, false, down},
		"two conversations, eight hours":               {2, 8, false, down},
		"one conversation, eight hours, with restarts": {1, 8, true, down},
		"two conversations, eight hours, with panics":  {2, 8, false, func(string, int) error { panic("canary") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []channel.OutageInfo
			o := labOptions{config: func(cfg *channel.Config) { cfg.Poll = time.Minute; outageWatch(&told)(cfg) }}
			experiment(t, o, func(t *testing.T, l *lab) {
				l.chats("support", labNumber, c.people)
				l.host.fails(c.fail)
				var want []string
				for hour := range c.hours {
					for i := range c.people {
						l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.", hour, ".", i), fmt.Sprint(hour)))
					}
					want = append(want, fmt.Sprint(hour))
					l.pass(time.Hour)
					if c.restarts {
						l.stop()
						l.run()
					}
				}
				require.Empty(t, l.letters("host"), "no dead letter for what is not the message's fault")
				require.NotNil(t, l.channelHealth("support").Ticketing)
				require.NotEmpty(t, told)
				require.Equal(t, channel.OutageTicketing, told[0].Kind)
				l.host.fails(up)
				l.pass(time.Minute)
				require.Len(t, l.host.byConversation(), c.people)
				for conv, texts := range l.host.byConversation() {
					require.Equal(t, append([]string{"hello"}, want...), texts, "%s: all of it within a minute, in order, once", conv)
				}
				require.True(t, told[len(told)-1].Over)
			})
		})
	}
}

// Whether others go well often or seldom, a message that fails while they do is at fault itself,
// and holds up nobody but its own conversation.
func TestAPoisonedMessageAmongHealthyOnesIsADeadLetterInTheEnd(t *testing.T) {
	t.Parallel()
	for name, every := range map[string]time.Duration{
		"a healthy one each minute":        time.Minute,
		"a healthy one every ten minutes":  10 * time.Minute,
		"a healthy one every half an hour": 30 * time.Minute,
		"a healthy one every two hours":    2 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []channel.OutageInfo
			experiment(t, labOptions{config: outageWatch(&told)}, func(t *testing.T, l *lab) {
				l.chats("support", labNumber, 3)
				l.host.fails(down)
				l.post(stranger(0).text(time.Now(), "wamid.bad", "bad"))
				l.pass(time.Millisecond)
				bad := "in|" + l.messageID("wamid.bad")
				l.host.fails(func(id string, _ int) error {
					if id == bad {
						return errors.New("no")
					}
					return nil
				})
				l.post(stranger(0).text(time.Now(), "wamid.behind", "behind it"))
				for n := 0; len(l.letters("host")) == 0 && n < 300; n++ {
					good := fmt.Sprint("good", n)
					l.post(stranger(1+n%2).text(time.Now(), "wamid."+good, good))
					l.pass(time.Minute)
					require.Contains(t, l.host.texts(), good, "within a minute")
					l.pass(max(time.Second, every-time.Minute))
				}
				require.Len(t, l.letters("host"), 1)
				l.pass(time.Minute)
				require.Contains(t, l.host.texts(), "behind it")
				if every < time.Hour {
					require.LessOrEqual(t, len(told), 2, "at most one false alarm")
				}
			})
		})
	}
}
