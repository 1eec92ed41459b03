package channel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
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
		c := channel.Channel{Sender: &wire{}, Settings: channel.Settings{
			ID: string(rune('a' + i)), Name: string(rune('A' + i)), Number: string(rune('1' + i)), Enabled: true,
		}}
		f(&c)
		all = append(all, c)
	}
	_, err := desk.New(desk.Config{Hub: channel.Config{Store: memstore.New(), Ticketing: &ticketing{}, Attachments: attachments, Channels: all}})
	return err
}

// own changes what the desk is to know about a channel.
func own(c *channel.Channel, change func(*desk.Settings)) {
	s, err := desk.SettingsOf(c.Settings)
	if err != nil {
		panic(err)
	}
	change(&s)
	c.Desk = s.JSON()
}

func automatic(text string) rules.AutoReplyRule {
	return rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: text}}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	hours := rules.Hours{Zone: "UTC", Week: rules.Week{Mon: []rules.Span{{From: rules.Clock(9, 0), To: rules.Clock(17, 0)}}}}
	for name, tt := range map[string]struct {
		attachments channel.Attachments
		change      func(c *channel.Channel)
		want        string // of the error; "": it works
	}{
		"files go and the host removes them": {remover{}, func(c *channel.Channel) { c.Retention.Attachments = 90 * duration.Day }, ""},
		"files go and nobody removes them": {hoarder{}, func(c *channel.Channel) { c.Retention.Attachments = 90 * duration.Day },
			`channel: settings of "a": retention: attachments: `},
		"files go and there are none": {nil, func(c *channel.Channel) { c.Retention.Attachments = 90 * duration.Day },
			`channel: settings of "a": retention: attachments: `},
		"a greeting with a placeholder": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.AutoReply.FirstContact = automatic("Hello {{customer.first_name}}, {{ agent }} is here.")
			})
		}, ""},
		"a greeting with an unknown placeholder": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.AutoReply.FirstContact = automatic("Hello {{first_name}}!")
			})
		}, `channel: settings of "a": desk: rules: auto_reply.first_contact.text: `},
		"a greeting that tells when it opens": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.AutoReply.FirstContact = automatic("We open at {{opens.time}}.")
			})
		}, `channel: settings of "a": desk: rules: auto_reply.first_contact.text: `},
		"out of hours it may": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.Hours, s.Rules.AutoReply.OutOfHours = hours, automatic("We open at {{opens.time}}.")
			})
		}, ""},
		"an unknown placeholder in a rule that is off": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.AutoReply.Away.Text = "{{nobody}}"
			})
		}, ""},
		"a reminder with an unknown placeholder": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.Reminder = rules.ReminderRule{Enabled: true, Before: duration.Hour, Content: rules.Content{Text: "{{x}}"}}
			})
		}, `channel: settings of "a": desk: rules: reminder.text: `},
		"a follow-up with an unknown placeholder in a value": {nil, func(c *channel.Channel) {
			c.Templates = catalog(t)
			own(c, func(s *desk.Settings) {
				s.Rules.FollowUp = rules.FollowUpRule{Enabled: true, After: duration.Hour, Content: rules.Content{Template: "reminder", Values: []string{"a", "{{x}}"}}}
			})
		}, `channel: settings of "a": desk: rules: follow_up.values[1]: `},
		"a notice with an unknown placeholder": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.Untaken = rules.UntakenRule{After: duration.Minute, Notice: rules.Content{Text: "{{x}}"}}
			})
		}, `channel: settings of "a": desk: rules: untaken.notice.text: `},
		"a follow-up without a catalog": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.FollowUp = rules.FollowUpRule{Enabled: true, After: duration.Hour, Content: rules.Content{Template: "x"}}
			})
		}, `channel: settings of "a": desk: rules: follow_up.template: `},
		"a shorthand that cannot be read": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.AutoReply.Away = automatic("&((template=[[x]")
			})
		}, `channel: settings of "a": desk: rules: auto_reply.away.text: `},
		"a template without a catalog": {nil, func(c *channel.Channel) {
			own(c, func(s *desk.Settings) {
				s.Rules.AutoReply.Away = rules.AutoReplyRule{Enabled: true, Content: rules.Content{Template: "x"}}
			})
		}, `channel: settings of "a": desk: rules: auto_reply.away.template: `},
		"a name that cannot be seen": {nil, func(c *channel.Channel) { c.Name = "\u200b\u3164 " }, `channel: settings of "a": name: `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := setUp(t, tt.attachments, tt.change)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
			var problem *channel.SettingError
			require.ErrorAs(t, err, &problem)
			require.Equal(t, "a", problem.Channel)

			experiment(t, labOptions{config: func(c *channel.Config) { c.Attachments = tt.attachments }}, func(t *testing.T, l *lab) {
				c, err := l.hub.Channel(t.Context(), "support")
				require.NoError(t, err)
				tt.change(&c)
				require.ErrorAs(t, l.agents.UpdateSettings(t.Context(), admin, c.Settings), &problem, "nor can a channel be changed to it")
			})
		})
	}
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

func TestProblemsComeInTheSameOrder(t *testing.T) {
	t.Parallel()
	spoil := func(c *channel.Channel) {
		c.Name, c.Number, c.Sender = "same", "7", nil
		c.Retention.Messages, c.Retention.DeadLetters = 1, 1
		own(c, func(s *desk.Settings) { s.Rules.IdleClose.After, s.Access.AllUsers = -1, "emperor" })
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
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		record := func(categories ...string) error {
			return l.agents.RecordConsent(t.Context(), alice, "support", message.Recipient{BSUID: kim.bsuid},
				conversation.Consent{At: time.Now(), Where: "shop", Wording: "1", Categories: categories})
		}
		require.ErrorContains(t, record("marketing", "newsletter"), "categories[1]")
		require.ErrorContains(t, record(""), "categories[0]")
		_, err := l.notify(kim, "reminder")
		require.ErrorIs(t, err, channel.ErrNoConsent, "nothing of it was recorded")
		require.NoError(t, record("Utility", " MARKETING "))
		_, err = l.notify(kim, "sale")
		require.NoError(t, err)
	})
}

func TestAKeyBelongsToOneContent(t *testing.T) {
	o := labOptions{config: withTemplates(t), settings: func(s *channel.Settings) { s.ConsentElsewhere = true }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		answer := func(c message.Content, tmpl *channel.Template, quote string) (*conversation.Message, error) {
			return l.agents.Reply(t.Context(), alice, channel.Reply{
				Conversation: conv, Content: c, Template: tmpl, Quote: quote, Key: "k",
			})
		}
		first, err := answer(&message.Text{Body: "card 4111 1111 1111 1111"}, nil, "")
		require.NoError(t, err)
		l.pass(time.Second)
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
				_, err := answer(&message.Text{Body: "card 4111 1111 1111 1111"}, nil, l.messages(conv)[0].ID)
				return err
			},
		} {
			require.ErrorIs(t, f(), channel.ErrKeyReused, name)
		}
		require.Len(t, l.line.texts(), 1)

		tell := func(name string) error {
			_, err := l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{BSUID: kim.bsuid}, Key: "k",
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
	o := labOptions{config: func(c *channel.Config) { withTemplates(t)(c); slowPolls(c) }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		code := "1"
		run := func(text, shorthand string) (*conversation.Message, error) {
			return l.agents.RunMacro(t.Context(), alice, channel.Macro{
				Conversation: conv, Text: text, Shorthand: shorthand, Key: "k",
				Lookup: func(name string) (string, bool) { return code, name == "time" },
			})
		}
		const shorthand = "&((template=[[reminder]] language=[[en]]))&"
		first, err := run("it is {{time}}", shorthand)
		require.NoError(t, err)
		require.Equal(t, "it is 1", first.Text)
		l.pass(time.Second)
		code = "2"
		again, err := run("it is {{time}}", shorthand)
		require.NoError(t, err, "a value has changed")
		require.Equal(t, first.ID, again.ID)
		_, err = run("it was {{time}}", shorthand)
		require.ErrorIs(t, err, channel.ErrKeyReused)
		_, err = run("it is {{time}}", "")
		require.ErrorIs(t, err, channel.ErrKeyReused)
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Key: "k", Content: &message.Text{Body: "it is 1"}})
		require.ErrorIs(t, err, channel.ErrKeyReused)
		l.pass(25 * time.Hour)
		again, err = run("it is {{time}}", shorthand)
		require.NoError(t, err, "the window has closed")
		require.Equal(t, first.ID, again.ID)
		require.Equal(t, []string{"it is 1"}, l.line.texts())
	})
}

func TestWithoutRulesTheHostIsMasterOfItsTickets(t *testing.T) {
	o := labOptions{config: slowPolls, own: func(s *desk.Settings) { s.Rules = rules.Settings{} }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		_, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(400 * 24 * time.Hour)
		st := l.conversation().State
		require.Equal(t, rules.QueueNew, st.Queue, "not moved, not resolved")
		require.Empty(t, st.Assignee)
		require.Equal(t, []string{"hi"}, l.line.texts(), "and nothing is sent")
		for _, kind := range []conversation.ChangeKind{conversation.QueueMoved, conversation.Assigned, conversation.WindowClosing} {
			require.Empty(t, l.host.of(kind))
		}
	})
}

func TestRulesThatAreFilledInPartTakeTheDefaultsForTheRest(t *testing.T) {
	o := labOptions{config: slowPolls, own: func(s *desk.Settings) {
		s.Rules = rules.Settings{AutoReply: rules.AutoReplyRules{FirstContact: automatic("Hello.")}}
	}}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		_, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(time.Hour)
		require.Equal(t, "alice", l.conversation().State.Assignee)
		l.pass(31 * 24 * time.Hour)
		st := l.conversation().State
		require.Equal(t, rules.QueueResolved, st.Queue, "30 days without activity")
		require.Empty(t, st.Assignee, "and nobody's any more")
		require.Len(t, l.host.of(conversation.WindowClosing), 2)
	})
}
