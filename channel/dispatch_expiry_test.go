package channel_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/window"
)

// throttled is the error of a Sender that is asked to come back in an hour.
type throttled struct{}

func (throttled) Error() string { return "sender: slow down" }

func (throttled) Failure() message.Failure {
	f := message.Classify(131056, 0, 429, false)
	f.Retry.After = time.Hour
	return f
}

func TestAMessageThatWaitsFailsWhenItsWindowCloses(t *testing.T) {
	t.Parallel()
	fails := func(err error) func(*testing.T, *lab, func()) {
		return func(_ *testing.T, l *lab, answer func()) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return err })
			answer()
		}
	}
	for name, holdUp := range map[string]func(t *testing.T, l *lab, answer func()){
		"while the token is refused":     fails(channeltest.Answered{Code: 190, Status: 401}),
		"while WhatsApp is out of reach": fails(unsent{}),
		"while the channel is switched off": func(t *testing.T, l *lab, answer func()) {
			l.Stop()
			answer()
			settings := l.Hub.Channels()[0].Settings
			settings.Enabled = false
			require.NoError(t, l.Hub.UpdateSettings(t.Context(), settings))
			l.Run()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				const people, apart = 6, 10 * time.Minute
				began := time.Now()
				for i := range people {
					l.Post(channeltest.Stranger(i).Text(time.Now(), fmt.Sprint("wamid.", i), "hello"))
					l.Pass(apart)
				}
				talks := l.Conversations()
				holdUp(t, l, func() {
					l.answers(talks, "first")
					l.answers(talks, "second, behind it")
				})
				l.Pass(time.Minute)
				for i := range people {
					l.Pass(time.Until(began.Add(24*time.Hour + time.Duration(i)*apart - window.DefaultMargin - 10*time.Second)))
					require.LessOrEqual(t, l.outcomes(talks)[conversation.Failed], 2*i, "not before")
					before := l.outcomes(talks)
					l.Pass(20 * time.Second)
					require.Equal(t, before[conversation.Queued]-2, l.outcomes(talks)[conversation.Queued], "at once")
				}
				var late int
				for _, c := range l.Host.Of(conversation.DeliveryChanged) {
					if c.Failure != nil && c.Failure.Class == "window_closed" {
						late++
					}
				}
				require.Equal(t, 2*people, late)
				work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "out", Limit: 10})
				require.NoError(t, err)
				require.Empty(t, work)
				l.Line.Sends(nil)
				n := len(l.Line.Texts())
				l.Pass(time.Hour)
				require.Len(t, l.Line.Texts(), n, "nothing goes out afterwards")
			})
		})
	}
}

func TestAMessageThatIsToWaitLongerThanItsWindowFailsWithIt(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Pass(23*time.Hour + 30*time.Minute - 5*time.Second)
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return throttled{} })
		m, err := l.Reply(conv, "too late")
		require.NoError(t, err)
		l.Pass(28 * time.Minute)
		require.Equal(t, conversation.Queued, l.state(conv, m.ID))
		l.Pass(2 * time.Minute)
		require.Equal(t, conversation.Failed, l.state(conv, m.ID))
	})
}

func TestThoseWhoseWindowIsOpenAndTemplatesWaitOn(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Line.Sends(func(context.Context, message.Outbound, int) error {
			return channeltest.Answered{Code: 190, Status: 401}
		})
		m, err := l.Reply(conv, "in time")
		require.NoError(t, err)
		for i := range 4 { // who writes again keeps the window open
			l.Pass(12 * time.Hour)
			l.Say(channeltest.Kim, fmt.Sprint("wamid.again", i), "hello?")
		}
		require.Equal(t, conversation.Queued, l.state(conv, m.ID))
		l.Line.Sends(nil)
		l.Pass(2 * time.Minute)
		require.Equal(t, conversation.Accepted, l.state(conv, m.ID))
		work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "timer", IDs: []string{"expiry|support"}, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, work, "nobody looks any more")
	})
}
