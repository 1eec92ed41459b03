package channel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/window"
)

// windowNews are the changes that concern windows, in the order in which they were told.
func (l *lab) windowNews() (words []string) {
	l.Host.Mu.Lock()
	defer l.Host.Mu.Unlock()
	for _, c := range l.Host.Changes {
		switch c.Kind {
		case conversation.WindowOpened, conversation.WindowExtended, conversation.WindowClosing:
			word := string(c.Kind)
			if c.Reason != "" {
				word += " " + c.Reason
			}
			words = append(words, word)
		}
	}
	return words
}

func TestTheHostHearsOfWindowsWhatItAskedFor(t *testing.T) {
	t.Parallel()
	const opened, extended, closing = conversation.WindowOpened, conversation.WindowExtended, conversation.WindowClosing
	for name, tt := range map[string]struct {
		changes []conversation.ChangeKind
		notice  duration.Duration
		want    []string
	}{
		"everything": {[]conversation.ChangeKind{opened, extended, closing}, 2 * duration.Hour, []string{
			"window_opened", "window_extended", "window_closing 2h", "window_opened", "window_closing 2h",
		}},
		"opened and closing":     {[]conversation.ChangeKind{opened, closing}, duration.Hour, []string{"window_opened", "window_closing 1h", "window_opened", "window_closing 1h"}},
		"what is told to all":    {nil, 2 * duration.Hour, []string{"window_closing 2h", "window_closing 2h"}},
		"no notice is set":       {[]conversation.ChangeKind{opened, closing}, 0, []string{"window_opened", "window_opened"}},
		"nothing is asked for":   {[]conversation.ChangeKind{}, 2 * duration.Hour, nil},
		"closing is left out":    {[]conversation.ChangeKind{extended}, 2 * duration.Hour, []string{"window_extended"}},
		"another thing entirely": {[]conversation.ChangeKind{conversation.DeliveryChanged}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := channeltest.LabOptions{
				Settings: func(s *settings.Settings) { s.ClosingNotice = tt.notice },
				Config: func(c *channel.Config) {
					c.Changes, c.Poll = tt.changes, time.Minute
					c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
				},
			}
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				l.Pass(10 * time.Hour)
				l.Say(channeltest.Kim, "wamid.2", "still there?")
				l.Pass(30 * time.Hour) // the first notice would have come 12 hours in
				l.Say(channeltest.Kim, "wamid.3", "hello again")
				l.Pass(30 * time.Hour)
				require.Equal(t, tt.want, l.windowNews())
				for _, e := range l.events() {
					require.NotEqual(t, opened, e.Kind, "it is no event of the talk")
				}
			})
		})
	}
}

// events are those of the only conversation.
func (l *lab) events() []*conversation.LogEntry {
	l.T.Helper()
	list, err := l.Hub.Events(l.T.Context(), l.Conversation().ID, 0)
	require.NoError(l.T, err)
	return list
}

func TestAnEventThatOpensNoWindowIsNoNewsOfOne(t *testing.T) {
	t.Parallel()
	all := []conversation.ChangeKind{conversation.WindowOpened, conversation.WindowExtended}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Changes = all }}, func(t *testing.T, l *lab) {
		now := time.Now()
		l.Post(channeltest.Kim.Text(now.Add(-30*time.Hour), "wamid.old", "two days ago"))
		l.Pass(time.Minute)
		require.Empty(t, l.windowNews(), "it has closed by now")
		l.Post(channeltest.Kim.Text(now, "wamid.1", "hello"))
		l.Pass(time.Minute)
		l.Post(channeltest.Kim.Text(now.Add(-time.Hour), "wamid.0", "from before"))
		l.Post(channeltest.Kim.Text(now, "wamid.1", "hello"))
		l.Pass(time.Minute)
		require.Equal(t, []string{"window_opened"}, l.windowNews(), "neither what is late nor what comes twice")
	})
}

func TestAnErasedCustomersWindowIsNotToldOf(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.ClosingNotice = duration.Hour }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		_, err := l.Hub.EraseCustomer(t.Context(), "support", message.Recipient{Phone: channeltest.Kim.Phone})
		require.NoError(t, err)
		work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "later", Limit: 10})
		require.NoError(t, err)
		require.Empty(t, work)
		l.Pass(25 * time.Hour)
		require.Empty(t, l.windowNews())
	})
}

func TestAClosingNoticeHasItsBounds(t *testing.T) {
	t.Parallel()
	for _, d := range []duration.Duration{-1, 1, duration.Minute - 1, 24 * duration.Hour} {
		s := settings.Settings{ID: "support", Name: "Support", Number: "1", ClosingNotice: d}
		require.ErrorContains(t, s.Validate(), "closing_notice", d)
	}
	_, err := channel.New(channel.Config{
		Store: nil, Desk: onlooker{}, Channels: []channel.Channel{{Settings: settings.Settings{ID: "a", Name: "A", Number: "1", ClosingNotice: duration.Hour}}},
	})
	require.ErrorContains(t, err, "closing_notice", "a desk has its own")
}

func TestAClosedWindowThatWhatsAppReportsIsRemembered(t *testing.T) {
	t.Parallel()
	refuse := func(context.Context, message.Outbound, int) error { return &closedByWhatsApp{} }
	for name, report := range map[string]func(l *lab, m *conversation.Message){
		"at once":     nil,
		"in a status": func(l *lab, m *conversation.Message) { l.Post(channeltest.Kim.Fails("wamid.out x", m.ID, 131047)) },
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab, conv string) {
				if report == nil {
					l.Line.Sends(refuse)
				}
				m, err := l.Reply(conv, "x")
				require.NoError(t, err)
				l.Pass(10 * time.Second)
				l.Line.Sends(nil)
				if report != nil {
					report(l, m)
					l.Pass(10 * time.Second)
				}
				require.Equal(t, conversation.Failed, l.fate(m.ID).Delivery.State())
				sent := len(l.Line.Texts())

				_, err = l.Reply(conv, "again")
				require.ErrorIs(t, err, window.ErrClosed)
				var closed *window.ClosedError
				require.ErrorAs(t, err, &closed)
				require.Equal(t, window.ReasonReported, closed.Reason)
				require.Contains(t, explain.Error(err).Text, "WhatsApp said")
				p, err := l.Hub.PreviewReply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "hi"}})
				require.NoError(t, err)
				require.False(t, p.Open)
				require.False(t, p.Closes.After(time.Now()))
				require.ErrorIs(t, p.Refused, window.ErrClosed)
				require.Len(t, l.Line.Texts(), sent, "it is not tried")
				_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "reminder", Language: "en"}})
				require.NoError(t, err, "a template goes")

				l.Say(channeltest.Kim, "wamid.2", "I am here")
				_, err = l.Reply(conv, "so am I")
				require.NoError(t, err, "the customer opened it again")
			})
		})
	}
}

func TestAWindowThatWhatsAppDeniesDoesNotCloseSoon(t *testing.T) {
	t.Parallel()
	for name, denied := range map[string]bool{"denied": true, "open": false} {
		t.Run(name, func(t *testing.T) {
			o := channeltest.LabOptions{Settings: func(s *settings.Settings) { s.ClosingNotice = duration.Hour }}
			asked(t, o, func(t *testing.T, l *lab, conv string) {
				if denied {
					l.Line.Sends(func(context.Context, message.Outbound, int) error { return &closedByWhatsApp{} })
				}
				_, err := l.Reply(conv, "x")
				require.NoError(t, err)
				l.Pass(25 * time.Hour)
				if denied {
					require.Empty(t, l.Host.Of(conversation.WindowClosing))
				} else {
					require.Len(t, l.Host.Of(conversation.WindowClosing), 1)
				}
			})
		})
	}
}

// closedByWhatsApp is what a Sender says of a closed window.
type closedByWhatsApp struct{}

func (*closedByWhatsApp) Error() string            { return "refused" }
func (*closedByWhatsApp) Failure() message.Failure { return message.Classify(131047, 0, 400, false) }
