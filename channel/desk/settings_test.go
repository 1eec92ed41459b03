package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/stretchr/testify/require"
)

func TestWithoutRulesTheHostIsMasterOfItsTickets(t *testing.T) {
	o := labOptions{Config: channeltest.SlowPolls, own: func(s *desk.Settings) { s.Rules = rules.Settings{} }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		_, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(400 * 24 * time.Hour)
		st := l.Conversation().State
		require.Equal(t, rules.QueueNew, st.Queue, "not moved, not resolved")
		require.Empty(t, st.Assignee)
		require.Equal(t, []string{"hi"}, l.Line.Texts(), "and nothing is sent")
		for _, kind := range []conversation.ChangeKind{conversation.QueueMoved, conversation.Assigned, conversation.WindowClosing} {
			require.Empty(t, l.Host.Of(kind))
		}
	})
}

func TestRulesThatAreFilledInPartTakeTheDefaultsForTheRest(t *testing.T) {
	o := labOptions{Config: channeltest.SlowPolls, own: func(s *desk.Settings) {
		s.Rules = rules.Settings{AutoReply: rules.AutoReplyRules{FirstContact: automatic("Hello.")}}
	}}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		_, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(time.Hour)
		require.Equal(t, "alice", l.Conversation().State.Assignee)
		l.Pass(31 * 24 * time.Hour)
		st := l.Conversation().State
		require.Equal(t, rules.QueueResolved, st.Queue, "30 days without activity")
		require.Empty(t, st.Assignee, "and nobody's any more")
		require.Len(t, l.Host.Of(conversation.WindowClosing), 2)
	})
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
			c.Templates = channeltest.Catalog(t)
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
			var problem *settings.Error
			require.ErrorAs(t, err, &problem)
			require.Equal(t, "a", problem.Channel)

			experiment(t, labOptions{Config: func(c *channel.Config) { c.Attachments = tt.attachments }}, func(t *testing.T, l *lab) {
				c, err := l.Hub.Channel(t.Context(), "support")
				require.NoError(t, err)
				tt.change(&c)
				require.ErrorAs(t, l.agents.UpdateSettings(t.Context(), admin, c.Settings), &problem, "nor can a channel be changed to it")
			})
		})
	}
}

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
	_, err := desk.New(desk.Config{Hub: channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Attachments: attachments, Channels: all}})
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

func TestWhatANewerReleaseWroteIntoSettingsOfADeskStays(t *testing.T) {
	t.Parallel()
	read := func(raw string) desk.Settings {
		s, err := desk.SettingsOf(settings.Settings{Desk: []byte(raw)})
		require.NoError(t, err)
		return s
	}
	const stored = `{"rules":{"idle_close":{"reason":"quiet","new":[1]},"new_rule":{"x":1}},
		"access":{"users":{"alice":"supervisor","bob":"viewer"},"new_kind":{"y":2}},"handover_team":"north","new":true}`
	s := read(stored)
	require.JSONEq(t, stored, string(s.JSON()))
	delete(s.Access.Users, "bob")
	s.HandoverTeam, s.Rules.IdleClose.Reason = "", "long quiet"
	s = read(string(s.JSON()))
	require.JSONEq(t, `{"rules":{"idle_close":{"reason":"long quiet","new":[1]},"new_rule":{"x":1}},
		"access":{"users":{"alice":"supervisor"},"new_kind":{"y":2}},"new":true}`, string(s.JSON()), "and what was taken away is gone")
	s.Access = access.Policy{}
	require.JSONEq(t, `{"rules":{"idle_close":{"reason":"long quiet","new":[1]},"new_rule":{"x":1}},"new":true}`, string(s.JSON()),
		"a part that goes, goes whole")
	require.NotContains(t, string(desk.Settings{HandoverTeam: "south"}.JSON()), "new", "settings that are not read have nothing of it")
}

func TestSettingsOfADeskAreReadAndTheirProblemsNamed(t *testing.T) {
	t.Parallel()
	full := desk.Settings{Rules: rules.Default(), Access: access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}}
	require.NoError(t, full.Validate())
	back, err := desk.SettingsOf(settings.Settings{Desk: full.JSON()})
	require.NoError(t, err)
	require.Equal(t, full, back)
	none, err := desk.SettingsOf(settings.Settings{})
	require.NoError(t, err)
	require.Equal(t, desk.Settings{}, none)
	_, err = desk.SettingsOf(settings.Settings{Desk: []byte(`{"rules":{},"of a later version":true}`)})
	require.NoError(t, err, "what a later version knows harms nobody")
	bad := desk.Settings{Rules: rules.Settings{IdleClose: rules.IdleCloseRule{After: -1}}, Access: access.Policy{AllUsers: "emperor"}}
	bad.Rules.AutoReply.Away = automatic("{{nobody}}")
	err = bad.Validate()
	for _, want := range []string{"rules: idle_close", "rules: auto_reply.away.text: ", "access: "} {
		require.ErrorContains(t, err, want)
	}
	impossible := desk.Settings{Rules: rules.Settings{Hours: rules.Hours{Holidays: []rules.Holiday{{Date: rules.Date{Month: 13, Day: 40}}}}}}
	for name, raw := range map[string]string{
		"no JSON":               `canary`,
		"a word":                `"canary"`,
		"a duration":            `{"rules":{"idle_close":{"after":"canary"}}}`,
		"a role that is a list": `{"access":{"all_users":["canary"]}}`,
		"what no JSON can hold": string(impossible.JSON()),
	} {
		_, err := desk.SettingsOf(settings.Settings{Desk: []byte(raw)})
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "canary", name)
	}
	_, err = desk.SettingsOf(settings.Settings{Desk: []byte(`{"rules":{"idle_close":{"after":"two days"}}}`)})
	require.ErrorIs(t, err, duration.ErrSyntax, "it says what would be right")
}
