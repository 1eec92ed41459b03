package channel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// trouble is a reason for which messages are refused that were allowed before.
type trouble struct {
	cause conversation.Cause
	match error
	// text says that free-form messages meet it, sale that the template "sale" does.
	text, sale bool
	// late says that a message that waits in the outbox fails for it.
	late   bool
	happen func(l *lab)
}

func troubles() map[string]trouble {
	pass := func(d time.Duration) func(*lab) { return func(l *lab) { l.pass(d) } }
	consent := func(l *lab, err error) { require.NoError(l.t, err) }
	to := message.Recipient{Phone: "+" + kim.phone}
	return map[string]trouble{
		"the window closes": {cause: channel.CauseWindowClosed, match: window.ErrClosed, text: true, late: true, happen: pass(25 * time.Hour)},
		"the customer stops marketing": {cause: channel.CauseOptedOut, match: channel.ErrOptedOut, sale: true, late: true, happen: func(l *lab) {
			consent(l, l.agents.StopMarketing(l.t.Context(), alice, "support", to, time.Now()))
		}},
		"the customer withdraws the consent": {cause: channel.CauseNoConsent, match: channel.ErrNoConsent, sale: true, late: true, happen: func(l *lab) {
			l.pass(25 * time.Hour)
			consent(l, l.agents.RevokeConsent(l.t.Context(), alice, "support", to, time.Now()))
		}},
		"the template is paused": {cause: channel.CauseTemplate, match: template.ErrNotSendable, sale: true, late: true, happen: func(l *lab) {
			ch, err := l.hub.Channel(l.t.Context(), "support")
			require.NoError(l.t, err)
			ch.Templates.Put(time.Now(), definition(l.t, `{"name":"sale","language":"en","category":"MARKETING","status":"PAUSED","components":[
				{"type":"BODY","text":"Our spring sale has begun."}]}`))
		}},
		"the channel is switched off": {cause: channel.CauseDisabled, match: channel.ErrDisabled, text: true, sale: true, happen: func(l *lab) {
			ch, err := l.hub.Channel(l.t.Context(), "support")
			require.NoError(l.t, err)
			ch.Enabled = false
			require.NoError(l.t, l.agents.UpdateSettings(l.t.Context(), admin, ch.Settings))
		}},
	}
}

// attempts are the ways to send, by name. uncertain is a message that may be sent again.
func attempts(l *lab, conv string, sale bool, uncertain string) map[string]func(ctx context.Context) error {
	reply := channel.Reply{Conversation: conv, Content: &message.Text{Body: "hi"}}
	macro := channel.Macro{Conversation: conv, Text: "hi"}
	if sale {
		reply.Content, reply.Template = nil, &channel.Template{Name: "sale", Language: "en"}
		macro.Text, macro.Shorthand = "", "&((template=[[sale]] language=[[en]]))&"
	}
	all := map[string]func(ctx context.Context) error{
		"Reply": func(ctx context.Context) error { _, err := l.agents.Reply(ctx, alice, reply); return err },
		"ReplyAll": func(ctx context.Context) error {
			_, err := l.agents.ReplyAll(ctx, alice, []channel.Reply{reply, reply})
			return err
		},
		"RunMacro":     func(ctx context.Context) error { _, err := l.agents.RunMacro(ctx, alice, macro); return err },
		"PreviewMacro": func(ctx context.Context) error { _, err := l.agents.PreviewMacro(ctx, alice, macro); return err },
		"Resend":       func(ctx context.Context) error { return l.agents.ResendMessage(ctx, alice, uncertain) },
	}
	if sale {
		all["Notify"] = func(ctx context.Context) error {
			_, err := l.agents.Notify(ctx, alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: "+" + kim.phone}, Template: reply.Template,
			})
			return err
		}
	}
	return all
}

func TestEveryCallRefusesTheSameForTheSameCause(t *testing.T) {
	t.Parallel()
	for name, trouble := range troubles() {
		for kind, sale := range map[string]bool{"text": false, "template": true} {
			if sale && !trouble.sale || !sale && !trouble.text {
				continue
			}
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				var audited []conversation.Cause
				o := labOptions{config: withTemplates(t), desk: func(c *desk.Config) {
					c.Audit = func(_ context.Context, _ desk.AuditInfo, err error) {
						if cause := channel.CauseOf(err); cause != "" {
							audited = append(audited, cause)
						}
					}
				}}
				experiment(t, o, func(t *testing.T, l *lab) {
					l.say(kim, "wamid.1", "hello")
					require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", message.Recipient{Phone: "+" + kim.phone},
						conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
					conv := l.conversation().ID
					l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
					reply := channel.Reply{Conversation: conv, Content: &message.Text{Body: "perhaps"}}
					if sale {
						reply.Content, reply.Template = nil, &channel.Template{Name: "sale", Language: "en"}
					}
					uncertain, err := l.agents.Reply(t.Context(), alice, reply)
					require.NoError(t, err)
					l.pass(time.Minute)
					l.line.sends(nil)
					trouble.happen(l)
					all := attempts(l, conv, sale, uncertain.ID)
					for verb, attempt := range all {
						err := attempt(t.Context())
						require.ErrorIs(t, err, trouble.match, verb)
						require.Equal(t, trouble.cause, channel.CauseOf(err), verb)
					}
					noted := len(all) - 1 // a preview sends nothing
					entries, err := l.agents.Events(t.Context(), alice, conv, 0)
					require.NoError(t, err)
					causes := map[conversation.Cause]int{}
					for _, e := range entries {
						if e.Kind == conversation.MessageRefused {
							require.NotEmpty(t, e.Reason)
							causes[e.Cause]++
						}
					}
					require.Equal(t, map[conversation.Cause]int{trouble.cause: noted}, causes, "each stands in the log, with its cause")
					require.Len(t, audited, noted)
					report := l.report(dawn, time.Now())
					require.EqualValues(t, noted, report.Total("refused"))
					require.EqualValues(t, noted, report.Total("refused_"+string(trouble.cause)))
				})
			})
		}
	}
}

func TestWhatBecameForbiddenInTheOutboxFailsForTheSameCause(t *testing.T) {
	t.Parallel()
	for name, trouble := range troubles() {
		if !trouble.late {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
				l.say(kim, "wamid.1", "hello")
				require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", message.Recipient{Phone: "+" + kim.phone},
					conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
				l.stop()
				reply := channel.Reply{Conversation: l.conversation().ID, Content: &message.Text{Body: "hi"}}
				if trouble.sale {
					reply.Content, reply.Template = nil, &channel.Template{Name: "sale", Language: "en"}
				}
				_, err := l.agents.Reply(t.Context(), alice, reply)
				require.NoError(t, err)
				trouble.happen(l)
				l.run()
				l.pass(time.Minute)
				require.Empty(t, l.line.texts())
				changes := l.host.of(conversation.DeliveryChanged)
				require.Len(t, changes, 1)
				require.Equal(t, trouble.cause, changes[0].Cause)
				require.Equal(t, string(trouble.cause), changes[0].Failure.Class)
				entries, err := l.agents.Events(t.Context(), alice, reply.Conversation, 0)
				require.NoError(t, err)
				require.Equal(t, trouble.cause, entries[len(entries)-1].Cause)
			})
		})
	}
}

func TestWhatCannotBeAMessageIsRefusedByATypedError(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		l.stop()
		text := &message.Text{Body: "hi"}
		queued, err := l.reply(conv, "first")
		require.NoError(t, err)
		reply := func(r channel.Reply) func() error {
			return func() error {
				r.Conversation = conv
				_, err := l.agents.Reply(t.Context(), alice, r)
				return err
			}
		}
		together := func(replies ...channel.Reply) func() error {
			return func() error { _, err := l.agents.ReplyAll(t.Context(), alice, replies); return err }
		}
		notify := func(n channel.Notification) func() error {
			return func() error {
				n.Channel = "support"
				_, err := l.agents.Notify(t.Context(), alice, n)
				return err
			}
		}
		for name, c := range map[string]struct {
			try  func() error
			want error
		}{
			"a reply with nothing in it":        {reply(channel.Reply{}), message.ErrInvalid},
			"a reply with content and template": {reply(channel.Reply{Content: text, Template: &channel.Template{Name: "sale"}}), message.ErrInvalid},
			"no replies":                        {together(), message.ErrInvalid},
			"too many replies":                  {together(make([]channel.Reply, 31)...), message.ErrInvalid},
			"replies to several conversations":  {together(channel.Reply{Conversation: conv, Content: text}, channel.Reply{Conversation: "v_other", Content: text}), message.ErrInvalid},
			"an empty macro": {func() error {
				_, err := l.agents.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv})
				return err
			}, message.ErrInvalid},
			"a notification without template":           {notify(channel.Notification{To: message.Recipient{Phone: "+13125550187"}}), message.ErrInvalid},
			"a notification to a group":                 {notify(channel.Notification{To: message.Recipient{Group: "g"}, Template: &channel.Template{Name: "sale"}}), message.ErrInvalid},
			"a notification to no number":               {notify(channel.Notification{To: message.Recipient{Phone: "no"}, Template: &channel.Template{Name: "sale"}}), message.ErrInvalid},
			"a reaction to a message not sent yet":      {reply(channel.Reply{Content: &message.Reaction{MessageID: queued.ID, Emoji: "👍"}}), channel.ErrNotSent},
			"a quote of a message not sent yet":         {reply(channel.Reply{Content: text, Quote: queued.ID}), channel.ErrNotSent},
			"a quote of a message that nobody knows":    {reply(channel.Reply{Content: text, Quote: "m_none"}), channel.ErrNotFound},
			"a reaction to a message that nobody knows": {reply(channel.Reply{Content: &message.Reaction{MessageID: "m_none", Emoji: "👍"}}), channel.ErrNotFound},
			"an actor without a right": {func() error {
				_, err := l.agents.Reply(t.Context(), access.Actor{}, channel.Reply{Conversation: conv, Content: text})
				return err
			}, access.ErrDenied},
			"a message that is not uncertain": {func() error { return l.agents.GiveUpMessage(t.Context(), alice, queued.ID) }, channel.ErrNotUncertain},
		} {
			err := c.try()
			require.ErrorIs(t, err, c.want, name)
			require.NotEmpty(t, desk.CauseOf(err), name)
		}
		require.Empty(t, channel.CauseOf(nil))
		require.Empty(t, channel.CauseOf(context.Canceled), "no refusal")
	})
}

func TestANotificationIsNotSentOnceItsConsentIsWithdrawn(t *testing.T) {
	t.Parallel()
	to := message.Recipient{Phone: "+" + kim.phone}
	for name, uncertain := range map[string]bool{"while it waits": false, "while nobody knows whether it arrived": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
				require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", to, conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
				l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
				if !uncertain {
					l.stop()
				}
				m, err := l.agents.Notify(t.Context(), alice, channel.Notification{
					Channel: "support", To: to, Template: &channel.Template{Name: "reminder", Language: "en"},
				})
				require.NoError(t, err)
				l.pass(time.Minute)
				require.NoError(t, l.agents.RevokeConsent(t.Context(), alice, "support", to, time.Now()))
				if uncertain {
					require.ErrorIs(t, l.agents.ResendMessage(t.Context(), alice, m.ID), channel.ErrNoConsent)
					return
				}
				l.run()
				l.pass(time.Minute)
				require.Empty(t, l.line.texts())
				require.Equal(t, channel.CauseNoConsent, l.host.of(conversation.DeliveryChanged)[0].Cause)
			})
		})
	}
}
