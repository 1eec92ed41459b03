package channel_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
	"github.com/stretchr/testify/require"
)

var alice = channeltest.Alice

// rig is a hub alone on one simulated number, and lab one that is fed with webhook bodies.
type (
	rig struct{ *channeltest.Rig }
	lab struct{ *channeltest.Lab }
)

// test runs f with a rig in a bubble, beside other tests.
func test(t *testing.T, o channeltest.RigOptions, f func(t *testing.T, r *rig)) {
	channeltest.Test(t, o, func(t *testing.T, r *channeltest.Rig) { f(t, &rig{r}) })
}

// experiment runs f with a lab in a bubble.
func experiment(t *testing.T, o channeltest.LabOptions, f func(t *testing.T, l *lab)) {
	t.Helper()
	channeltest.Experiment(t, o, func(t *testing.T, l *channeltest.Lab) { f(t, &lab{l}) })
}

func newLab(t *testing.T, o channeltest.LabOptions) *lab {
	t.Helper()
	return &lab{channeltest.NewLab(t, o)}
}

// asked is a lab in which kim asked something a minute ago.
func asked(t *testing.T, o channeltest.LabOptions, f func(t *testing.T, l *lab, conv string)) {
	t.Helper()
	t.Parallel()
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(time.Minute)
		f(t, l, l.Conversation().ID)
	})
}

// onlooker is a desk that has nothing to do: it is there, so that the hub counts for it.
type onlooker struct{}

func (onlooker) Prepare(*settings.Settings, bool) (any, error) { return nil, nil }
func (onlooker) Placeholders(*conversation.Conversation) template.Lookup {
	return func(string) (string, bool) { return "", false }
}
func (onlooker) Received(*deskapi.Scene, *conversation.Message) error { return nil }
func (onlooker) Contacted(*deskapi.Scene, string) error               { return nil }
func (onlooker) Answered(*deskapi.Scene, *deskapi.Sent) error         { return nil }
func (onlooker) Failed(*deskapi.Scene, *deskapi.Sent) error           { return nil }
func (onlooker) Held(*deskapi.Scene, conversation.Cause) error        { return nil }
func (onlooker) Merged(_, _ *deskapi.Scene) error                     { return nil }
func (onlooker) Due(*deskapi.Scene) error                             { return nil }

// counts makes the hub count what happens.
func counts(c *channel.Config) { c.Desk = onlooker{} }

// counted is what a number of the report has come to.
func (l *lab) counted(name string) (n int64) {
	l.T.Helper()
	for c, err := range l.Hub.Counters(l.T.Context(), "support", time.Unix(0, 0), time.Now().Add(48*time.Hour)) {
		require.NoError(l.T, err)
		if c.Name == name {
			n += c.N
		}
	}
	return n
}
