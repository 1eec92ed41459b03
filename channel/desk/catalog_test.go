package desk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/template"
	"github.com/stretchr/testify/require"
)

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
				l.Post(channeltest.Kim.Preference(channeltest.Now2026(), "stop"))
			}, alice, channel.ErrOptedOut},
			"that is paused": {"reminder", func(t *testing.T, l *lab) {
				l.Post(channeltest.Item{Field: "message_template_status_update", Value: map[string]any{
					"event": "PAUSED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en", "reason": "x",
				}})
			}, alice, template.ErrNotSendable},
			"marketing that nobody agreed to": {"sale", func(_ *testing.T, l *lab) { l.Pass(30 * time.Hour) }, alice, channel.ErrNoConsent},
			"beyond the budget": {"reminder", func(t *testing.T, l *lab) {
				l.Pass(30 * time.Hour)
				_, err := l.Notify(channeltest.Kim, "reminder")
				require.NoError(t, err)
			}, alice, pricing.ErrBudgetExhausted},
			"by who may read only": {"reminder", func(*testing.T, *lab) {}, access.Actor{Kind: access.Agent, ID: "guest"}, access.ErrDenied},
			"that is in order":     {"reminder", func(*testing.T, *lab) {}, alice, nil},
		} {
			t.Run(fmt.Sprint(way, " ", name), func(t *testing.T) {
				t.Parallel()
				var asked access.Action
				o := labOptions{Config: func(c *channel.Config) {
					channeltest.SlowPolls(c)
					channeltest.Spends(t, &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 1})(c)
					c.Channels[0].ConsentElsewhere = false
				}, own: func(s *desk.Settings) {
					s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor, "guest": access.Viewer}}
				}, desk: func(c *desk.Config) {
					c.Audit = func(_ context.Context, i desk.AuditInfo, _ error) { asked = i.Action }
				}}
				experiment(t, o, func(t *testing.T, l *lab) {
					l.Post(channeltest.Kim.Text(channeltest.Now2026(), "wamid.1", "hello"))
					l.Pass(time.Second)
					require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", message.Recipient{BSUID: channeltest.Kim.Bsuid}, conversation.Consent{
						At: channeltest.Now2026(), Where: "shop", Wording: "1", Categories: []string{"utility"},
					}))
					tt.prepare(t, l)
					l.Pass(5 * time.Second)
					sent := len(l.Line.Texts())
					m, err := l.agents.Reply(t.Context(), tt.actor, channel.Reply{
						Conversation: l.Conversation().ID, Content: content(t, tt.template),
					})
					require.ErrorIs(t, err, tt.want)
					require.Equal(t, access.SendTemplate, asked, "the right that is asked for")
					l.Pass(5 * time.Second)
					if tt.want != nil {
						require.Len(t, l.Line.Texts(), sent, "nothing went out")
						return
					}
					require.Equal(t, "reminder/en", m.Template)
					require.Equal(t, pricing.CategoryUtility, m.Cost.Hold.Category, "and priced as what it is")
					require.Equal(t, []string{"template"}, l.Line.Texts()[sent:])
				})
			})
		}
	}
}

func TestAnAutomaticTextThatIsAShorthandIsRun(t *testing.T) {
	o := labOptions{Config: channeltest.WithTemplates(t), own: func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{
			Enabled: true, Content: rules.Content{Text: "&((template=[[reminder]] language=[[en]]))&"},
		}
	}}
	asked(t, o, func(t *testing.T, l *lab, _ string) {
		require.Equal(t, []string{"template"}, l.Line.Texts())
	})
}

func TestOfSixConversationsOfOneSecondNoneIsLost(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		at := time.Now()
		for n := range 6 {
			l.Post(channeltest.Stranger(n).Text(at, fmt.Sprint("wamid.", n), "hello"))
		}
		l.Pass(time.Second)
		all := l.Conversations()
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

// bound is a template of the lab's catalog as a host may bind it itself.
func bound(t *testing.T, name string) *message.Template {
	t.Helper()
	def, _ := channeltest.Catalog(t).Lookup(name, "en")
	require.NotNil(t, def)
	m, _, err := def.Bind(template.Values{})
	require.NoError(t, err)
	return &message.Template{Message: m}
}
