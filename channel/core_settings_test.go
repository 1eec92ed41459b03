package channel_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
)

// hoarder stores files and cannot remove them.
type hoarder struct{ channel.Attachments }

// remover can.
type remover struct{ channel.Attachments }

func (remover) Remove(context.Context, string) error { return nil }

// setUp makes a hub of channels that are in order but for what change does.
func setUp(t *testing.T, attachments channel.Attachments, change ...func(*channel.Channel)) error {
	t.Helper()
	var all []channel.Channel
	for i, f := range change {
		c := channel.Channel{Sender: &channeltest.Wire{}, Settings: settings.Settings{
			ID: string(rune('a' + i)), Name: string(rune('A' + i)), Number: string(rune('1' + i)), Enabled: true,
		}}
		f(&c)
		all = append(all, c)
	}
	_, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Attachments: attachments, Channels: all})
	return err
}

func TestNamesThatLookAlikeAreOneName(t *testing.T) {
	t.Parallel()
	named := func(name string) func(*channel.Channel) { return func(c *channel.Channel) { c.Name = name } }
	for _, other := range []string{
		"support desk", "Support  Desk", " Support Desk ", "Support\u00a0Desk", "Sup\u200bport Desk", "Support\tDesk",
		"SUPPORT DESK", "Support Desk\ufeff", "\u202eSupport Desk", "Support Desk\ufe0f", "Support\u3164Desk", "Sup\u00adport Desk",
	} {
		err := setUp(t, nil, named("Support Desk"), named(other))
		require.ErrorContains(t, err, `channel: settings of "b": name: channel "a" has the same`, "%q", other)
	}
	require.NoError(t, setUp(t, nil, named("Support Desk"), named("Support Desk 2"), named("SupportDesk"), named("Súpport Desk")))
}

// Months begin at the same moment on every machine.
func TestTheTimeZoneOfTheMachineIsNone(t *testing.T) {
	t.Parallel()
	zone := func(name string) error { return setUp(t, nil, func(c *channel.Channel) { c.TimeZone = name }) }
	require.ErrorContains(t, zone("Local"), "time_zone: unknown")
	for _, name := range []string{"", "UTC", "Europe/Helsinki"} {
		require.NoError(t, zone(name), name)
	}
}

func TestProblemsComeInTheSameOrder(t *testing.T) {
	t.Parallel()
	spoil := func(c *channel.Channel) {
		c.Name, c.Number, c.Sender = "same", "7", nil
		c.Retention.Messages, c.Retention.DeadLetters = 1, 1
		c.Desk = json.RawMessage(`{}`)
	}
	try := func() string {
		var all []func(*channel.Channel)
		for range 6 {
			all = append(all, spoil)
		}
		err := setUp(t, nil, all...)
		require.Error(t, err)
		_, more := channel.New(channel.Config{ApplyWorkers: -1, HostWorkers: -1, SendWorkers: -1, MediaWorkers: -1, HostTries: -1, Poll: -1})
		require.Error(t, more)
		return err.Error() + more.Error()
	}
	first := try()
	require.Equal(t, 2*6, strings.Count(first, "below 24 hours"), "all of them")
	for range 20 {
		require.Equal(t, first, try())
	}
}

func TestUnknownConsentCategoriesAreRefused(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		record := func(categories ...string) error {
			return l.Hub.RecordConsent(t.Context(), "support", message.Recipient{BSUID: channeltest.Kim.Bsuid},
				conversation.Consent{At: time.Now(), Where: "shop", Wording: "1", Categories: categories})
		}
		require.ErrorContains(t, record("marketing", "newsletter"), "categories[1]")
		require.ErrorContains(t, record(""), "categories[0]")
		_, err := l.Notify(channeltest.Kim, "reminder")
		require.ErrorIs(t, err, channel.ErrNoConsent, "nothing of it was recorded")
		require.NoError(t, record("Utility", " MARKETING "))
		_, err = l.Notify(channeltest.Kim, "sale")
		require.NoError(t, err)
	})
}

func TestAKeyBelongsToOneContent(t *testing.T) {
	o := channeltest.LabOptions{Config: channeltest.WithTemplates(t), Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		answer := func(c message.Content, tmpl *channel.Template, quote string) (*conversation.Message, error) {
			return l.Hub.Reply(t.Context(), alice, channel.Reply{
				Conversation: conv, Content: c, Template: tmpl, Quote: quote, Key: "k",
			})
		}
		first, err := answer(&message.Text{Body: "card 4111 1111 1111 1111"}, nil, "")
		require.NoError(t, err)
		l.Pass(time.Second)
		again, err := answer(&message.Text{Body: "card 4111 1111 1111 1111"}, nil, "")
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		for name, f := range map[string]func() error{
			"another text": func() error { _, err := answer(&message.Text{Body: "bye"}, nil, ""); return err },
			"another kind": func() error { _, err := answer(&message.Image{ID: "77"}, nil, ""); return err },
			"a template": func() error {
				_, err := answer(nil, &channel.Template{Name: "reminder", Language: "en"}, "")
				return err
			},
			"another quote": func() error {
				_, err := answer(&message.Text{Body: "card 4111 1111 1111 1111"}, nil, l.Messages(conv)[0].ID)
				return err
			},
		} {
			require.ErrorIs(t, f(), channel.ErrKeyReused, name)
		}
		require.Len(t, l.Line.Texts(), 1)

		tell := func(name string) error {
			_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{BSUID: channeltest.Kim.Bsuid}, Key: "k",
				Template: &channel.Template{Name: name, Language: "en", Values: template.Values{}},
			})
			return err
		}
		require.NoError(t, tell("reminder"))
		require.NoError(t, tell("reminder"))
		require.ErrorIs(t, tell("sale"), channel.ErrKeyReused)
	})
}

func TestTheKeyOfAMacroBelongsToTheMacro(t *testing.T) {
	o := channeltest.LabOptions{Config: func(c *channel.Config) { channeltest.WithTemplates(t)(c); channeltest.SlowPolls(c) }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		code := "1"
		run := func(text, shorthand string) (*conversation.Message, error) {
			return l.Hub.RunMacro(t.Context(), alice, channel.Macro{
				Conversation: conv, Text: text, Shorthand: shorthand, Key: "k",
				Lookup: func(name string) (string, bool) { return code, name == "time" },
			})
		}
		const shorthand = "&((template=[[reminder]] language=[[en]]))&"
		first, err := run("it is {{time}}", shorthand)
		require.NoError(t, err)
		require.Equal(t, "it is 1", first.Text)
		l.Pass(time.Second)
		code = "2"
		again, err := run("it is {{time}}", shorthand)
		require.NoError(t, err, "a value has changed")
		require.Equal(t, first.ID, again.ID)
		_, err = run("it was {{time}}", shorthand)
		require.ErrorIs(t, err, channel.ErrKeyReused)
		_, err = run("it is {{time}}", "")
		require.ErrorIs(t, err, channel.ErrKeyReused)
		_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Key: "k", Content: &message.Text{Body: "it is 1"}})
		require.ErrorIs(t, err, channel.ErrKeyReused)
		l.Pass(25 * time.Hour)
		again, err = run("it is {{time}}", shorthand)
		require.NoError(t, err, "the window has closed")
		require.Equal(t, first.ID, again.ID)
		require.Equal(t, []string{"it is 1"}, l.Line.Texts())
	})
}

func TestAListThatRefusesEveryFileSurvivesItsJSON(t *testing.T) {
	t.Parallel()
	for _, want := range []settings.FilePolicy{{}, {Allow: []string{}, Send: []string{}}, {Allow: []string{"image/png"}}} {
		raw, err := json.Marshal(settings.Settings{Files: want})
		require.NoError(t, err)
		var got settings.Settings
		require.NoError(t, json.Unmarshal(raw, &got))
		require.Equal(t, want, got.Files, "%s", raw)
	}
}
