package channel_test

import (
	"cmp"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/template"
)

// market is a wire that tells whether an account's marketing goes its own way.
type market struct {
	*channeltest.Wire
	ready bool
	asked []string
}

func (w *market) MarketingReady(_ context.Context, account string) (bool, error) {
	w.asked = append(w.asked, account)
	return w.ready, nil
}

// marketing is a lab whose number sends marketing and hears about it from line.
func marketing(t *testing.T, line message.Sender, decide func(*settings.Settings)) channeltest.LabOptions {
	o := notifying(t)
	with, set := o.Config, o.Settings
	o.Config = func(c *channel.Config) { with(c); c.Channels[0].Sender = line }
	o.Settings = func(s *settings.Settings) {
		set(s)
		s.Account = "200000000000001"
		if decide != nil {
			decide(s)
		}
	}
	return o
}

func TestMarketingGoesTheWayThatItsAccountTakes(t *testing.T) {
	t.Parallel()
	route := func(r settings.MarketingRoute) func(*settings.Settings) {
		return func(s *settings.Settings) { s.MarketingRoute = r }
	}
	for name, c := range map[string]struct {
		ready    bool
		decide   func(*settings.Settings)
		template string
		apart    bool
	}{
		"an account that is there, marketing":             {true, nil, "sale", true},
		"an account that is there, utility":               {true, nil, "reminder", false},
		"an account that is not there":                    {false, nil, "sale", false},
		"always, whatever is known":                       {false, route(settings.MarketingAlways), "sale", true},
		"always, but only marketing":                      {false, route(settings.MarketingAlways), "reminder", false},
		"never, although the account is there":            {true, route(settings.MarketingNever), "sale", false},
		"an account nobody named is not asked about":      {true, func(s *settings.Settings) { s.Account = "" }, "sale", false},
		"a Messaging Account is asked about, and is sent": {true, func(s *settings.Settings) { s.MessagingAccount = "77" }, "sale", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := &market{Wire: &channeltest.Wire{}, ready: c.ready}
			experiment(t, marketing(t, line, c.decide), func(t *testing.T, l *lab) {
				l.Pass(time.Second)
				_, err := l.Notify(channeltest.Kim, c.template)
				require.NoError(t, err)
				l.Pass(time.Second)
				require.Len(t, line.Sent, 1)
				require.Equal(t, c.apart, line.Sent[0].Marketing != nil)
				ch, err := l.Hub.Channel(t.Context(), "support")
				require.NoError(t, err)
				require.Equal(t, ch.MessagingAccount, line.Sent[0].MessagingAccount)
				for _, account := range line.asked {
					require.Equal(t, cmp.Or(ch.MessagingAccount, ch.Account), account)
				}
			})
		})
	}
}

func TestMarketingThatIsTakenElsewhereGoesThereOnceAndSoDoesTheNext(t *testing.T) {
	t.Parallel()
	line := &channeltest.Wire{}
	line.Sends(func(_ context.Context, out message.Outbound, _ int) error {
		if out.Marketing == nil {
			return channeltest.Answered{Code: 131063, Status: 400}
		}
		return nil
	})
	experiment(t, marketing(t, line, nil), func(t *testing.T, l *lab) {
		m, err := l.Notify(channeltest.Kim, "sale")
		require.NoError(t, err)
		l.Pass(time.Second)
		require.Len(t, line.Sent, 2, "refused at one, taken at the other")
		require.Nil(t, line.Sent[0].Marketing)
		require.NotNil(t, line.Sent[1].Marketing)
		require.Equal(t, line.Sent[0].OpaqueID, line.Sent[1].OpaqueID, "it is one message")
		got, err := l.Hub.Message(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, conversation.Accepted, got.Delivery.State())
		_, err = l.Notify(channeltest.Stranger(1), "sale")
		require.NoError(t, err)
		l.Pass(time.Second)
		require.Len(t, line.Sent, 3, "the next one goes there at once")
	})
}

func TestMarketingThatMayNotGoElsewhereFailsWithWhatWhatsAppSaid(t *testing.T) {
	t.Parallel()
	line := &channeltest.Wire{}
	line.Sends(func(context.Context, message.Outbound, int) error {
		return channeltest.Answered{Code: 131063, Status: 400}
	})
	for name, never := range map[string]bool{"never": true, "refused at both": false} {
		t.Run(name, func(t *testing.T) {
			experiment(t, marketing(t, line, func(s *settings.Settings) {
				if never {
					s.MarketingRoute = settings.MarketingNever
				}
			}), func(t *testing.T, l *lab) {
				line.Sent = nil
				m, err := l.Notify(channeltest.Kim, "sale")
				require.NoError(t, err)
				l.Pass(time.Second)
				require.Len(t, line.Sent, map[bool]int{true: 1, false: 2}[never])
				got, err := l.Hub.Message(t.Context(), m.ID)
				require.NoError(t, err)
				require.Equal(t, conversation.Failed, got.Delivery.State())
				require.Equal(t, 131063, got.Delivery.Failure.Code)
			})
		})
	}
}

func TestARecategorisedTemplateGoesTheWayOfItsLatestCategory(t *testing.T) {
	t.Parallel()
	line := &market{Wire: &channeltest.Wire{}, ready: true}
	catalog := channeltest.Catalog(t)
	o := marketing(t, line, nil)
	with := o.Config
	o.Config = func(c *channel.Config) { with(c); c.Channels[0].Templates = catalog }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Pass(time.Second)
		def := channeltest.Definition(t, `{"name":"reminder","language":"en","category":"MARKETING","status":"APPROVED","components":[{"type":"BODY","text":"Your bicycle is ready."}]}`)
		require.Equal(t, template.Marketing, def.Category)
		catalog.Put(time.Now(), def)
		_, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		l.Pass(time.Second)
		require.NotNil(t, line.Sent[0].Marketing)
	})
}

// narrow is a wire that takes short texts only, as some carriers do.
type narrow struct{ *channeltest.Wire }

func (narrow) Check(out message.Outbound) error {
	if len(channeltest.TextOf(out)) > 20 {
		return &message.InvalidError{Problems: []message.Problem{{Path: "text.body", Rule: message.RuleTooLong}}}
	}
	return nil
}

func TestWhatASenderDoesNotTakeIsRefusedBeforeAnythingIsStored(t *testing.T) {
	t.Parallel()
	line := narrow{&channeltest.Wire{}}
	o := channeltest.LabOptions{Config: func(c *channel.Config) { c.Channels[0].Sender = line }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		_, err := l.Reply(l.Conversation().ID, "this is far too long for such a carrier")
		require.ErrorIs(t, err, message.ErrInvalid)
		require.Len(t, l.Messages(l.Conversation().ID), 1)
		_, err = l.Reply(l.Conversation().ID, "short")
		require.NoError(t, err)
	})
}

// What the senders of this module offer beyond Sender.
var (
	_ message.LimitTeller     = (*cloudapi.Number)(nil)
	_ message.MarketingTeller = (*cloudapi.Number)(nil)
	_ message.LimitTeller     = (*twilio.Number)(nil)
	_ message.Checker         = (*twilio.Number)(nil)
)
