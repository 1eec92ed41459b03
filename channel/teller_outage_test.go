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
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

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
			var told []hooks.OutageInfo
			o := channeltest.LabOptions{Config: func(cfg *channel.Config) { outageWatch(&told)(cfg) }}
			experiment(t, o, func(t *testing.T, l *lab) {
				talks := l.chats("support", channeltest.LabNumber, 100)
				offered := len(l.Host.Seen)
				l.Host.Fails(c.fail)
				var want []string
				for round := range c.hours * 2 {
					for i := range talks {
						l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", round, ".", i), fmt.Sprint(round)))
					}
					want = append(want, fmt.Sprint(round))
					l.Pass(30 * time.Minute)
				}
				require.Len(t, told, 1)
				require.Equal(t, health.OutageTicketing, told[0].Kind)
				require.Empty(t, l.Letters("host"), "no dead letter for what is not the message's fault")
				require.Less(t, strings.Count(l.Logs.String(), "level=WARN")+strings.Count(l.Logs.String(), "level=ERROR"), 150*c.hours)
				require.NotContains(t, l.Logs.String(), "canary")
				seen := 0
				for _, n := range l.Host.Seen {
					seen += n
				}
				require.Less(t, seen-offered, c.hours*150+100, "one call at a time tries it")

				l.Host.Fails(up)
				l.Pass(time.Minute)
				require.Len(t, told, 2)
				require.True(t, told[1].Over)
				for conv, texts := range l.Host.ByConversation() {
					got := slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "hello" })
					require.Equal(t, want, got, "%s: all of it within a minute, in order, once", conv)
				}
				require.Len(t, l.Host.ByConversation(), 100)
			})
		})
	}
}

func TestOneBadMessageIsNoOutageOfTheTicketing(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.HostTries = 5 }}, func(t *testing.T, l *lab) {
		l.chats("support", channeltest.LabNumber, 20)
		var bad []string
		for i := range 2 {
			id := fmt.Sprint("wamid.bad", i)
			l.Host.Fails(down)
			l.Post(channeltest.Stranger(i).Text(time.Now(), id, "bad"))
			l.Pass(time.Second)
			bad = append(bad, "in|"+l.messageID(id))
			now := slices.Clone(bad)
			l.Host.Fails(func(id string, _ int) error {
				if slices.Contains(now, id) {
					return errors.New("no")
				}
				return nil
			})
		}
		for i := range 60 {
			l.Post(channeltest.Stranger(2+i%18).Text(time.Now(), fmt.Sprint("wamid.good", i), "good"))
			l.Pass(time.Minute)
		}
		require.Len(t, l.Letters("host"), 2)
		require.NotContains(t, l.Logs.String(), "outage")
	})
}

// tenants is a ticket system of which each channel has its own.
type tenants struct {
	channeltest.Ticketing
	down map[string]bool
}

func (p *tenants) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	p.Mu.Lock()
	down := p.down[in.Conversation.Channel]
	p.Mu.Unlock()
	if down {
		return "", errors.New("down")
	}
	return p.Ticketing.Receive(ctx, in)
}

// fallsDown says whether the ticket system of a channel is down from now on.
func (p *tenants) fallsDown(channel string, down bool) {
	p.Mu.Lock()
	defer p.Mu.Unlock()
	p.down[channel] = down
}

func TestATicketingThatIsDownForOneTenantHoldsNoOther(t *testing.T) {
	t.Parallel()
	p := &tenants{down: map[string]bool{}}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Ticketing = p
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.chats("support", channeltest.LabNumber, 50)
		l.chats("other", channeltest.OtherNumber, 1)
		p.fallsDown("support", true)
		for i := range 50 {
			l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.held", i), "held"))
		}
		l.Pass(time.Minute)
		for i := range 10 { // seldom, so that it is not by chance between two failures
			n := len(p.Texts())
			l.Post(channeltest.Stranger(0).Text(time.Now(), fmt.Sprint("wamid.later", i), "other").On(channeltest.OtherNumber))
			l.Pass(2 * time.Second)
			require.Len(t, p.Texts(), n+1, "at once")
			l.Pass(30 * time.Minute)
		}
		require.Empty(t, l.Letters("host"))
		p.fallsDown("support", false)
		n := len(p.Texts())
		l.Pass(time.Minute)
		require.Len(t, p.Texts(), n+50)
	})
}

func TestAFewMessagesBehindAHostThatIsDownSurviveRestarts(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.chats("support", channeltest.LabNumber, 5)
		l.Host.Fails(down)
		for i := range 5 {
			l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", i), "held"))
		}
		for range 12 {
			l.Pass(time.Hour)
			l.Stop()
			l.Run()
		}
		require.Empty(t, l.Letters("host"))
		l.Host.Fails(up)
		l.Pass(time.Minute)
		for _, texts := range l.Host.ByConversation() {
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
			var told []hooks.OutageInfo
			o := channeltest.LabOptions{Config: func(cfg *channel.Config) { cfg.Poll = time.Minute; outageWatch(&told)(cfg) }}
			experiment(t, o, func(t *testing.T, l *lab) {
				l.chats("support", channeltest.LabNumber, c.people)
				l.Host.Fails(c.fail)
				var want []string
				for hour := range c.hours {
					for i := range c.people {
						l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", hour, ".", i), fmt.Sprint(hour)))
					}
					want = append(want, fmt.Sprint(hour))
					l.Pass(time.Hour)
					if c.restarts {
						l.Stop()
						l.Run()
					}
				}
				require.Empty(t, l.Letters("host"), "no dead letter for what is not the message's fault")
				require.NotNil(t, l.channelHealth("support").Ticketing)
				require.NotEmpty(t, told)
				require.Equal(t, health.OutageTicketing, told[0].Kind)
				l.Host.Fails(up)
				l.Pass(time.Minute)
				require.Len(t, l.Host.ByConversation(), c.people)
				for conv, texts := range l.Host.ByConversation() {
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
			var told []hooks.OutageInfo
			experiment(t, channeltest.LabOptions{Config: outageWatch(&told)}, func(t *testing.T, l *lab) {
				l.chats("support", channeltest.LabNumber, 3)
				l.Host.Fails(down)
				l.Post(channeltest.Stranger(0).Text(time.Now(), "wamid.bad", "bad"))
				l.Pass(time.Millisecond)
				bad := "in|" + l.messageID("wamid.bad")
				l.Host.Fails(func(id string, _ int) error {
					if id == bad {
						return errors.New("no")
					}
					return nil
				})
				l.Post(channeltest.Stranger(0).Text(time.Now(), "wamid.behind", "behind it"))
				for n := 0; len(l.Letters("host")) == 0 && n < 300; n++ {
					good := fmt.Sprint("good", n)
					l.Post(channeltest.Stranger(1+n%2).Text(time.Now(), "wamid."+good, good))
					l.Pass(time.Minute)
					require.Contains(t, l.Host.Texts(), good, "within a minute")
					l.Pass(max(time.Second, every-time.Minute))
				}
				require.Len(t, l.Letters("host"), 1)
				l.Pass(time.Minute)
				require.Contains(t, l.Host.Texts(), "behind it")
				if every < time.Hour {
					require.LessOrEqual(t, len(told), 2, "at most one false alarm")
				}
			})
		})
	}
}
