package channel_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
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
			l.line.sends(func(context.Context, message.Outbound, int) error { return err })
			answer()
		}
	}
	for name, holdUp := range map[string]func(t *testing.T, l *lab, answer func()){
		"while the token is refused":     fails(answered{190, 401}),
		"while WhatsApp is out of reach": fails(unsent{}),
		"while the channel is switched off": func(t *testing.T, l *lab, answer func()) {
			l.stop()
			answer()
			settings := l.agents.Channels(admin)[0]
			settings.Enabled = false
			require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, settings))
			l.run()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{}, func(t *testing.T, l *lab) {
				const people, apart = 6, 10 * time.Minute
				began := time.Now()
				for i := range people {
					l.post(stranger(i).text(time.Now(), fmt.Sprint("wamid.", i), "hello"))
					l.pass(apart)
				}
				talks := l.conversations()
				holdUp(t, l, func() {
					l.answers(talks, "first")
					l.answers(talks, "second, behind it")
				})
				l.pass(time.Minute)
				for i := range people {
					l.pass(time.Until(began.Add(24*time.Hour + time.Duration(i)*apart - window.DefaultMargin - 10*time.Second)))
					require.LessOrEqual(t, l.outcomes(talks)[conversation.Failed], 2*i, "not before")
					before := l.outcomes(talks)
					l.pass(20 * time.Second)
					require.Equal(t, before[conversation.Queued]-2, l.outcomes(talks)[conversation.Queued], "at once")
				}
				var late int
				for _, c := range l.host.of(conversation.DeliveryChanged) {
					if c.Failure != nil && c.Failure.Class == "window_closed" {
						late++
					}
				}
				require.Equal(t, 2*people, late)
				work, err := l.store.Work(t.Context(), store.WorkQuery{Queue: "out", Limit: 10})
				require.NoError(t, err)
				require.Empty(t, work)
				l.line.sends(nil)
				n := len(l.line.texts())
				l.pass(time.Hour)
				require.Len(t, l.line.texts(), n, "nothing goes out afterwards")
			})
		})
	}
}

func TestAMessageThatIsToWaitLongerThanItsWindowFailsWithIt(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		l.pass(23*time.Hour + 30*time.Minute - 5*time.Second)
		l.line.sends(func(context.Context, message.Outbound, int) error { return throttled{} })
		m, err := l.reply(conv, "too late")
		require.NoError(t, err)
		l.pass(28 * time.Minute)
		require.Equal(t, conversation.Queued, l.state(conv, m.ID))
		l.pass(2 * time.Minute)
		require.Equal(t, conversation.Failed, l.state(conv, m.ID))
	})
}

func TestThoseWhoseWindowIsOpenAndTemplatesWaitOn(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		l.line.sends(func(context.Context, message.Outbound, int) error { return answered{190, 401} })
		m, err := l.reply(conv, "in time")
		require.NoError(t, err)
		for i := range 10 { // who writes again keeps the window open
			l.pass(12 * time.Hour)
			l.say(kim, fmt.Sprint("wamid.again", i), "hello?")
		}
		require.Equal(t, conversation.Queued, l.state(conv, m.ID))
		l.line.sends(nil)
		l.pass(2 * time.Minute)
		require.Equal(t, conversation.Accepted, l.state(conv, m.ID))
		work, err := l.store.Work(t.Context(), store.WorkQuery{Queue: "timer", IDs: []string{"expiry|support"}, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, work, "nobody looks any more")
	})
}
