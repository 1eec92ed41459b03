package channel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

// unsent is the error of a Sender that did not reach WhatsApp.
type unsent struct{}

func (unsent) Error() string { return "sender: connection refused" }

func (unsent) Failure() message.Failure {
	return message.Failure{Class: message.ClassTemporary, Retry: message.Retry{Advice: message.RetryAfter}}
}

// outcomes counts the messages of a channel's conversations by state, and how often each text
// was sent.
func (l *lab) outcomes(conversations []*conversation.Conversation) map[conversation.DeliveryState]int {
	l.T.Helper()
	n := map[conversation.DeliveryState]int{}
	for _, c := range conversations {
		for _, m := range l.Messages(c.ID) {
			if m.Direction == conversation.Outbound && m.Auto == "" {
				n[m.Delivery.State()]++
			}
		}
	}
	return n
}

// outageWatch collects what the hook is told.
func outageWatch(into *[]hooks.OutageInfo) func(*channel.Config) {
	return func(c *channel.Config) {
		c.Hooks.Outage = func(_ context.Context, i hooks.OutageInfo) { *into = append(*into, i) }
	}
}

func TestWithoutGraphWhatWaitsIsHeldAndGoesOutAfterwards(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err       error
		uncertain int // at most, after so many hours
		hours     int
	}{
		"503 with HTML, for an hour":           {channeltest.Answered{Code: 0, Status: 503}, 24, 1},
		"131016, for an hour":                  {channeltest.Answered{Code: 131016, Status: 500}, 24, 1},
		"connections that break, for an hour":  {message.ErrOutcomeUnknown, 24, 1},
		"an error without words, for an hour":  {errors.New("reset"), 24, 1},
		"connections refused, for eight hours": {unsent{}, 0, 8},
		"503 with HTML, for eight hours":       {channeltest.Answered{Code: 0, Status: 503}, 108, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []hooks.OutageInfo
			experiment(t, channeltest.LabOptions{Config: func(cfg *channel.Config) { channeltest.SlowPolls(cfg); outageWatch(&told)(cfg) }}, func(t *testing.T, l *lab) {
				talks := l.chats("support", channeltest.LabNumber, 200)
				l.answers(talks, "before")
				l.Pass(time.Minute)
				before := len(l.Line.Texts())
				l.Line.Sends(func(context.Context, message.Outbound, int) error { <-time.After(time.Second); return c.err })
				l.answers(talks, "during")
				l.Pass(30 * time.Second)
				require.Len(t, told, 1, "known within seconds")
				require.Equal(t, health.OutageUnreachable, told[0].Kind)
				require.Equal(t, "support", told[0].Channel)
				require.LessOrEqual(t, l.outcomes(talks)[conversation.Uncertain], 12, "no more than were risked")
				early := l.outcomes(talks)[conversation.Uncertain]
				l.Pass(time.Duration(c.hours) * time.Hour)
				require.LessOrEqual(t, l.outcomes(talks)[conversation.Uncertain]-early, c.uncertain)
				l.Line.Sends(nil)
				l.Pass(6 * time.Minute)
				got := l.outcomes(talks)
				require.Zero(t, got[conversation.Queued], "nothing is left behind")
				require.Zero(t, got[conversation.Failed])
				require.Equal(t, 400, got[conversation.Accepted]+got[conversation.Uncertain], "nothing is lost")
				require.Len(t, told, 2)
				require.True(t, told[1].Over)
				require.Greater(t, told[1].Took, time.Duration(c.hours)*time.Hour)
				require.Equal(t, 2, strings.Count(l.Logs.String(), "channel: outage"), "its beginning and its end")
				require.NotContains(t, l.Logs.String(), "canary")
				times := map[string]int{}
				for _, text := range l.Line.Texts()[before:] {
					times[text]++
				}
				if !errors.Is(c.err, unsent{}) {
					for text, n := range times {
						require.Equal(t, 1, n, "%s: what may have arrived is not repeated", text)
					}
				}
				require.Len(t, l.Host.Of(conversation.SendingHeld), 1, "the agents are told")
				require.Equal(t, "support", l.Host.Of(conversation.SendingHeld)[0].Channel)
				require.Len(t, l.Host.Of(conversation.SendingResumed), 1)
			})
		})
	}
}

func TestTheAnswersOfOneConversationGoOutInOrderAfterAnOutage(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return unsent{} })
		var want []string
		for i := range 30 {
			text := fmt.Sprintf("%02d", i)
			_, err := l.Reply(conv, text)
			require.NoError(t, err)
			want = append(want, text)
		}
		l.Pass(time.Hour)
		n := len(l.Line.Texts())
		l.Line.Sends(nil)
		l.Pass(2 * time.Minute)
		require.Equal(t, want, l.Line.Texts()[n:])
	})
}

func TestARevokedTokenHoldsTheOutboxUntilThereIsAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		kind health.OutageKind
	}{
		"190: the token is revoked":       {channeltest.Answered{Code: 190, Status: 401}, health.OutageUnauthorized},
		"10: a permission was taken away": {channeltest.Answered{Code: 10, Status: 403}, health.OutageUnauthorized},
		"401 without a code":              {channeltest.Answered{Code: 0, Status: 401}, health.OutageUnauthorized},
		"131031: the account is locked":   {channeltest.Answered{Code: 131031, Status: 403}, health.OutageAccount},
		"133010: not registered":          {channeltest.Answered{Code: 133010, Status: 400}, health.OutageAccount},
		"131042: nobody pays":             {channeltest.Answered{Code: 131042, Status: 400}, health.OutageAccount},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []hooks.OutageInfo
			experiment(t, channeltest.LabOptions{Config: func(cfg *channel.Config) { channeltest.SlowPolls(cfg); outageWatch(&told)(cfg) }}, func(t *testing.T, l *lab) {
				talks := l.chats("support", channeltest.LabNumber, 50)
				l.Line.Sends(func(context.Context, message.Outbound, int) error { return c.err })
				l.answers(talks, "held")
				l.Pass(3 * time.Hour)
				require.Equal(t, map[conversation.DeliveryState]int{conversation.Queued: 50}, l.outcomes(talks), "none fails and none has to be typed again")
				require.Len(t, told, 1)
				require.Equal(t, c.kind, told[0].Kind)
				require.Equal(t, 1, strings.Count(l.Logs.String(), "level=ERROR"), "one error")
				ch := l.health().Channels[0]
				require.NotNil(t, ch.Outage)
				require.Equal(t, c.kind, ch.Outage.Kind)
				require.WithinDuration(t, time.Now().Add(-3*time.Hour), ch.Outage.Since, time.Minute)

				repaired, err := l.Hub.Channel(t.Context(), "support")
				require.NoError(t, err)
				better := &channeltest.Wire{}
				repaired.Sender = better
				require.NoError(t, l.Hub.ReplaceChannel(t.Context(), repaired))
				l.Pass(5 * time.Second)
				require.Equal(t, map[conversation.DeliveryState]int{conversation.Accepted: 50}, l.outcomes(talks), "at once, with the new token")
				require.Len(t, better.Texts(), 50)
				require.Nil(t, l.health().Channels[0].Outage)
			})
		})
	}
}

func TestAMessageWhoseWindowClosesDuringAnOutageIsNotSentAndTheAgentKnows(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			return channeltest.Answered{Code: 190, Status: 401}
		})
		m, err := l.Reply(conv, "too late")
		require.NoError(t, err)
		l.Pass(25 * time.Hour)
		require.Equal(t, conversation.Failed, l.state(conv, m.ID), "while the outage lasts")
		l.Line.Sends(nil)
		n := len(l.Line.Texts())
		l.Pass(time.Hour)
		require.Len(t, l.Line.Texts(), n)
		changes := l.Host.Of(conversation.DeliveryChanged)
		require.Equal(t, "window_closed", changes[len(changes)-1].Failure.Class)
	})
}

func TestAnOutageIsKnownAfterARestartAndToOtherProcesses(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		talks := l.chats("support", channeltest.LabNumber, 50)
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		l.answers(talks, "held")
		l.Pass(10 * time.Minute)
		before := l.outcomes(talks)[conversation.Uncertain]
		l.Stop()
		other := newLab(t, channeltest.LabOptions{Store: l.Store, Config: func(c *channel.Config) { channeltest.SlowPolls(c); c.Channels[0].Sender = l.Line }})
		require.NotNil(t, other.health().Channels[0].Outage, "a process that has not even tried")
		other.Run()
		l.Pass(time.Second)
		require.LessOrEqual(t, l.outcomes(talks)[conversation.Uncertain], before+1, "one message tries it")
		l.Line.Sends(nil)
		other.Pass(6 * time.Minute)
		require.Zero(t, l.outcomes(talks)[conversation.Queued])
		require.Nil(t, other.health().Channels[0].Outage)
		other.Stop()
	})
}

// probed is a wire that can be asked.
type probed struct {
	channeltest.Wire
	asked  atomic.Int64
	answer atomic.Pointer[error]
}

func (p *probed) Probe(context.Context) error {
	p.asked.Add(1)
	if err := p.answer.Load(); err != nil {
		return *err
	}
	return nil
}

func TestASenderThatCanBeAskedRisksNoMessages(t *testing.T) {
	t.Parallel()
	p := &probed{}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { channeltest.SlowPolls(c); c.Channels[0].Sender = p }}, func(t *testing.T, l *lab) {
		talks := l.chats("support", channeltest.LabNumber, 100)
		down := message.ErrOutcomeUnknown
		p.answer.Store(&down)
		p.Sends(func(context.Context, message.Outbound, int) error { return down })
		l.answers(talks, "held")
		l.Pass(time.Minute)
		before := l.outcomes(talks)[conversation.Uncertain]
		require.LessOrEqual(t, before, 8)
		l.Pass(8 * time.Hour)
		require.Equal(t, before, l.outcomes(talks)[conversation.Uncertain])
		require.Greater(t, p.asked.Load(), int64(100))
		p.answer.Store(nil)
		p.Sends(nil)
		l.Pass(time.Minute)
		require.Zero(t, l.outcomes(talks)[conversation.Queued], "within a minute")
		require.Equal(t, map[conversation.DeliveryState]int{conversation.Uncertain: before, conversation.Accepted: 100 - before}, l.outcomes(talks))
	})
}

func TestAMessageThatIsAtFaultItselfIsNoOutage(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		talks := l.chats("support", channeltest.LabNumber, 50)
		l.Line.Sends(func(_ context.Context, out message.Outbound, _ int) error {
			return channeltest.Answered{Code: []int{131026, 100, 131056, 131009, 131047}[len(channeltest.TextOf(out))%5], Status: 400}
		})
		l.answers(talks, "refused")
		l.Pass(time.Minute)
		require.Nil(t, l.health().Channels[0].Outage)
		require.NotContains(t, l.Logs.String(), "outage")
	})
}

func TestOneNumberThatIsOutDoesNotHoldAnother(t *testing.T) {
	t.Parallel()
	other := &channeltest.Wire{}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		channeltest.SlowPolls(c)
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, other))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		mine, theirs := l.chats("support", channeltest.LabNumber, 50), l.chats("other", channeltest.OtherNumber, 50)
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			return channeltest.Answered{Code: 190, Status: 401}
		})
		l.answers(mine, "held")
		l.answers(theirs, "sent")
		l.Pass(5 * time.Second)
		require.Len(t, other.Texts(), 50)
		channels := l.health().Channels
		at := slices.IndexFunc(channels, func(c health.Channel) bool { return c.ID == "other" })
		require.Nil(t, channels[at].Outage)
	})
}
