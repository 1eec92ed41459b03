package channel_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/template"
)

// bound is a template of the lab's catalog as a host may bind it itself.
func bound(t *testing.T, name string) *message.Template {
	t.Helper()
	def, _ := catalog(t).Lookup(name, "en")
	require.NotNil(t, def)
	m, _, err := def.Bind(template.Values{})
	require.NoError(t, err)
	return &message.Template{Message: m}
}

func TestNoContentGetsPastTheCatalog(t *testing.T) {
	t.Parallel()
	shorthand := func(name string) message.Content {
		return &message.Text{Body: " &((template=[[" + name + "]] language=[[en]]))&\n"}
	}
	opened := map[string]func(t *testing.T, name string) message.Content{
		"a bound template": func(t *testing.T, name string) message.Content { return bound(t, name) },
		"a shorthand":      func(_ *testing.T, name string) message.Content { return shorthand(name) },
	}
	for way, content := range opened {
		for name, tt := range map[string]struct {
			template string
			prepare  func(t *testing.T, l *lab)
			actor    access.Actor
			want     error
		}{
			"to somebody who stopped marketing": {"sale", func(_ *testing.T, l *lab) {
				l.post(kim.preference(now2026(), "stop"))
			}, alice, channel.ErrOptedOut},
			"that is paused": {"reminder", func(t *testing.T, l *lab) {
				l.post(item{field: "message_template_status_update", value: map[string]any{
					"event": "PAUSED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en", "reason": "x",
				}})
			}, alice, template.ErrNotSendable},
			"marketing that nobody agreed to": {"sale", func(_ *testing.T, l *lab) { l.pass(30 * time.Hour) }, alice, channel.ErrNoConsent},
			"beyond the budget": {"reminder", func(t *testing.T, l *lab) {
				l.pass(30 * time.Hour)
				_, err := l.notify(kim, "reminder")
				require.NoError(t, err)
			}, alice, pricing.ErrBudgetExhausted},
			"by who may read only": {"reminder", func(*testing.T, *lab) {}, access.Actor{Kind: access.Agent, ID: "guest"}, access.ErrDenied},
			"that is in order":     {"reminder", func(*testing.T, *lab) {}, alice, nil},
		} {
			t.Run(fmt.Sprint(way, " ", name), func(t *testing.T) {
				t.Parallel()
				var asked access.Action
				o := labOptions{config: func(c *channel.Config) {
					slowPolls(c)
					spends(t, &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 1})(c)
					c.Channels[0].ConsentElsewhere = false
				}, own: func(s *desk.Settings) {
					s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor, "guest": access.Viewer}}
				}, desk: func(c *desk.Config) {
					c.Audit = func(_ context.Context, i desk.AuditInfo, _ error) { asked = i.Action }
				}}
				experiment(t, o, func(t *testing.T, l *lab) {
					l.post(kim.text(now2026(), "wamid.1", "hello"))
					l.pass(time.Second)
					require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", message.Recipient{BSUID: kim.bsuid}, conversation.Consent{
						At: now2026(), Where: "shop", Wording: "1", Categories: []string{"utility"},
					}))
					tt.prepare(t, l)
					l.pass(5 * time.Second)
					sent := len(l.line.texts())
					m, err := l.agents.Reply(t.Context(), tt.actor, channel.Reply{
						Conversation: l.conversation().ID, Content: content(t, tt.template),
					})
					require.ErrorIs(t, err, tt.want)
					require.Equal(t, access.SendTemplate, asked, "the right that is asked for")
					l.pass(5 * time.Second)
					if tt.want != nil {
						require.Len(t, l.line.texts(), sent, "nothing went out")
						return
					}
					require.Equal(t, "reminder/en", m.Template)
					require.Equal(t, pricing.CategoryUtility, m.Cost.Hold.Category, "and priced as what it is")
					require.Equal(t, []string{"template"}, l.line.texts()[sent:])
				})
			})
		}
	}
}

func TestAShorthandIsNeverSentAsItStands(t *testing.T) {
	o := labOptions{config: withTemplates(t)}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		const good, bad = "&((template=[[reminder]] language=[[en]]))&", "&((template=[[reminder]"
		for name, c := range map[string]message.Content{
			"malformed":          &message.Text{Body: bad},
			"with text around":   &message.Text{Body: "Hello " + good},
			"in a caption":       &message.Image{ID: "77", Caption: good},
			"in a longer text":   &message.Text{Body: "see " + bad + " and so on"},
			"beside a button":    &message.CTAURL{Body: good, Label: "Open", URL: "https://example.com"},
			"in a file's legend": &message.Document{ID: "77", Filename: "a.pdf", Caption: "x " + bad},
		} {
			_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: c})
			var short *template.ShorthandError
			require.ErrorAs(t, err, &short, name)
		}
		m, err := l.agents.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv, Text: good})
		require.NoError(t, err, "a macro with the shorthand in the wrong field")
		require.Equal(t, "Your bicycle is ready.", m.Text)
		l.pass(time.Second)
		require.Equal(t, []string{"template"}, l.line.texts())
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "a && (b)"}})
		require.NoError(t, err, "an ordinary text")
	})
}

func TestAnAutomaticTextThatIsAShorthandIsRun(t *testing.T) {
	o := labOptions{config: withTemplates(t), own: func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{
			Enabled: true, Content: rules.Content{Text: "&((template=[[reminder]] language=[[en]]))&"},
		}
	}}
	asked(t, o, func(t *testing.T, l *lab, _ string) {
		require.Equal(t, []string{"template"}, l.line.texts())
	})
}

func TestOfSixConversationsOfOneSecondNoneIsLost(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		at := time.Now()
		for n := range 6 {
			l.post(stranger(n).text(at, fmt.Sprint("wamid.", n), "hello"))
		}
		l.pass(time.Second)
		all := l.conversations()
		require.Len(t, all, 6)
		for n, conv := range all[:4] { // two in each queue
			if n%2 == 0 {
				require.NoError(t, l.agents.Move(t.Context(), alice, conv.ID, rules.QueuePending, time.Time{}))
			} else {
				require.NoError(t, l.agents.Resolve(t.Context(), alice, conv.ID, ""))
			}
		}
		for _, limit := range []int{1, 2, 5} {
			seen := map[string]bool{}
			q := desk.ConversationQuery{Channel: "support", Limit: limit}
			for range 7 {
				page, err := l.agents.Conversations(t.Context(), alice, q)
				require.NoError(t, err)
				for _, c := range page {
					require.False(t, seen[c.ID], "shown twice")
					seen[c.ID] = true
					q.Before = c
				}
			}
			require.Len(t, seen, 6, "limit %d", limit)
		}
	})
}

func TestOfSixMessagesAndDeadLettersOfOneSecondNoneIsLost(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		at := time.Now()
		for n := range 6 {
			l.post(kim.text(at, fmt.Sprint("wamid.", n), fmt.Sprint("text ", n)))
			l.post(item{field: "a field of the future", value: map[string]any{"n": n}})
		}
		l.pass(time.Second)
		seen := map[string]bool{}
		q := channel.MessageQuery{Conversation: l.conversation().ID, Limit: 1}
		for range 7 {
			page, err := l.agents.Messages(t.Context(), alice, q)
			require.NoError(t, err)
			for _, m := range page {
				seen[m.ID], q.Before = true, m
			}
		}
		require.Len(t, seen, 6)
		letters := map[string]bool{}
		d := channel.DeadLetterQuery{Queue: "in", Limit: 1}
		for range 7 {
			page, err := l.agents.DeadLetters(t.Context(), admin, d)
			require.NoError(t, err)
			for _, letter := range page {
				letters[letter.Key.ID], d.After = true, letter.Seq
			}
		}
		require.Len(t, letters, 6)
	})
}

func TestEverybodyAgreesOnWhatAPhoneNumberIs(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		consent := conversation.Consent{At: time.Now(), Where: "shop", Wording: "1"}
		for name, tt := range map[string]struct {
			to   message.Recipient
			good bool
		}{
			"with a plus":            {message.Recipient{Phone: "+4915112345678"}, true},
			"digits":                 {message.Recipient{Phone: "4915112345678"}, true},
			"six digits":             {message.Recipient{Phone: "290123"}, true},
			"a BSUID":                {message.Recipient{BSUID: "US.13491208655302741918"}, true},
			"with spaces":            {message.Recipient{Phone: "+49 151 12345678"}, false},
			"with a trunk zero":      {message.Recipient{Phone: "015112345678"}, false},
			"too short":              {message.Recipient{Phone: "49151"}, false},
			"too long":               {message.Recipient{Phone: "4915112345678901"}, false},
			"letters":                {message.Recipient{Phone: "49151CALLME"}, false},
			"a BSUID for a phone":    {message.Recipient{Phone: "US.1234567"}, false},
			"a phone for a BSUID":    {message.Recipient{BSUID: "4915112345678"}, false},
			"nothing":                {message.Recipient{}, false},
			"a group":                {message.Recipient{Group: "G"}, false},
			"two pluses":             {message.Recipient{Phone: "++4915112345678"}, false},
			"digits of another kind": {message.Recipient{Phone: "٤٩١٥١١٢٣٤٥٦٧٨"}, false},
		} {
			calls := map[string]error{
				"RecordConsent": l.agents.RecordConsent(t.Context(), alice, "support", tt.to, consent),
				"RevokeConsent": l.agents.RevokeConsent(t.Context(), alice, "support", tt.to, time.Now().Add(-time.Hour)),
			}
			_, calls["Notify"] = l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: tt.to, Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			_, unknown := l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: tt.to, Template: &channel.Template{Name: "no such template"},
			})
			for call, err := range calls {
				require.Equal(t, tt.good, err == nil, "%s: %s: %v", name, call, err)
			}
			if !tt.good && tt.to.Group == "" {
				require.ErrorIs(t, calls["Notify"], message.ErrInvalid, name)
				require.ErrorIs(t, calls["RecordConsent"], message.ErrInvalid, name)
				require.ErrorIs(t, unknown, message.ErrInvalid, "%s: the format is looked at first", name)
			}
		}
	})
}
