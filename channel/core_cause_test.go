package channel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
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
	pass := func(d time.Duration) func(*lab) { return func(l *lab) { l.Pass(d) } }
	consent := func(l *lab, err error) { require.NoError(l.T, err) }
	to := message.Recipient{Phone: "+" + channeltest.Kim.Phone}
	return map[string]trouble{
		"the window closes": {cause: conversation.CauseWindowClosed, match: window.ErrClosed, text: true, late: true, happen: pass(25 * time.Hour)},
		"the customer stops marketing": {cause: conversation.CauseOptedOut, match: channel.ErrOptedOut, sale: true, late: true, happen: func(l *lab) {
			consent(l, l.Hub.StopMarketing(l.T.Context(), "support", to, time.Now()))
		}},
		"the customer withdraws the consent": {cause: conversation.CauseNoConsent, match: channel.ErrNoConsent, sale: true, late: true, happen: func(l *lab) {
			l.Pass(25 * time.Hour)
			consent(l, l.Hub.RevokeConsent(l.T.Context(), "support", to, time.Now()))
		}},
		"the template is paused": {cause: conversation.CauseTemplate, match: template.ErrNotSendable, sale: true, late: true, happen: func(l *lab) {
			ch, err := l.Hub.Channel(l.T.Context(), "support")
			require.NoError(l.T, err)
			ch.Templates.Put(time.Now(), channeltest.Definition(l.T, `{"name":"sale","language":"en","category":"MARKETING","status":"PAUSED","components":[
				{"type":"BODY","text":"Our spring sale has begun."}]}`))
		}},
		"the channel is switched off": {cause: conversation.CauseDisabled, match: channel.ErrDisabled, text: true, sale: true, happen: func(l *lab) {
			ch, err := l.Hub.Channel(l.T.Context(), "support")
			require.NoError(l.T, err)
			ch.Enabled = false
			require.NoError(l.T, l.Hub.UpdateSettings(l.T.Context(), ch.Settings))
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
		"Reply": func(ctx context.Context) error { _, err := l.Hub.Reply(ctx, alice, reply); return err },
		"ReplyAll": func(ctx context.Context) error {
			_, err := l.Hub.ReplyAll(ctx, alice, []channel.Reply{reply, reply})
			return err
		},
		"RunMacro":     func(ctx context.Context) error { _, err := l.Hub.RunMacro(ctx, alice, macro); return err },
		"PreviewMacro": func(ctx context.Context) error { _, err := l.Hub.PreviewMacro(ctx, macro); return err },
		"Resend":       func(ctx context.Context) error { return l.Hub.ResendMessage(ctx, alice, uncertain) },
	}
	if sale {
		all["Notify"] = func(ctx context.Context) error {
			_, err := l.Hub.Notify(ctx, alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: "+" + channeltest.Kim.Phone}, Template: reply.Template,
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
				o := channeltest.LabOptions{Config: func(c *channel.Config) { channeltest.WithTemplates(t)(c); counts(c) }}
				experiment(t, o, func(t *testing.T, l *lab) {
					l.Say(channeltest.Kim, "wamid.1", "hello")
					require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", message.Recipient{Phone: "+" + channeltest.Kim.Phone},
						conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
					conv := l.Conversation().ID
					l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
					reply := channel.Reply{Conversation: conv, Content: &message.Text{Body: "perhaps"}}
					if sale {
						reply.Content, reply.Template = nil, &channel.Template{Name: "sale", Language: "en"}
					}
					uncertain, err := l.Hub.Reply(t.Context(), alice, reply)
					require.NoError(t, err)
					l.Pass(time.Minute)
					l.Line.Sends(nil)
					trouble.happen(l)
					all := attempts(l, conv, sale, uncertain.ID)
					for verb, attempt := range all {
						err := attempt(t.Context())
						require.ErrorIs(t, err, trouble.match, verb)
						require.Equal(t, trouble.cause, channel.CauseOf(err), verb)
					}
					noted := len(all) - 1 // a preview sends nothing
					entries, err := l.Hub.Events(t.Context(), conv, 0)
					require.NoError(t, err)
					causes := map[conversation.Cause]int{}
					for _, e := range entries {
						if e.Kind == conversation.MessageRefused {
							require.NotEmpty(t, e.Reason)
							causes[e.Cause]++
						}
					}
					require.Equal(t, map[conversation.Cause]int{trouble.cause: noted}, causes, "each stands in the log, with its cause")
					require.EqualValues(t, noted, l.counted("refused"))
					require.EqualValues(t, noted, l.counted("refused_"+string(trouble.cause)))
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
			experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", message.Recipient{Phone: "+" + channeltest.Kim.Phone},
					conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
				l.Stop()
				reply := channel.Reply{Conversation: l.Conversation().ID, Content: &message.Text{Body: "hi"}}
				if trouble.sale {
					reply.Content, reply.Template = nil, &channel.Template{Name: "sale", Language: "en"}
				}
				_, err := l.Hub.Reply(t.Context(), alice, reply)
				require.NoError(t, err)
				trouble.happen(l)
				l.Run()
				l.Pass(time.Minute)
				require.Empty(t, l.Line.Texts())
				changes := l.Host.Of(conversation.DeliveryChanged)
				require.Len(t, changes, 1)
				require.Equal(t, trouble.cause, changes[0].Cause)
				require.Equal(t, string(trouble.cause), changes[0].Failure.Class)
				entries, err := l.Hub.Events(t.Context(), reply.Conversation, 0)
				require.NoError(t, err)
				require.Equal(t, trouble.cause, entries[len(entries)-1].Cause)
			})
		})
	}
}

func TestWhatCannotBeAMessageIsRefusedByATypedError(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Stop()
		text := &message.Text{Body: "hi"}
		queued, err := l.Reply(conv, "first")
		require.NoError(t, err)
		reply := func(r channel.Reply) func() error {
			return func() error {
				r.Conversation = conv
				_, err := l.Hub.Reply(t.Context(), alice, r)
				return err
			}
		}
		together := func(replies ...channel.Reply) func() error {
			return func() error { _, err := l.Hub.ReplyAll(t.Context(), alice, replies); return err }
		}
		notify := func(n channel.Notification) func() error {
			return func() error {
				n.Channel = "support"
				_, err := l.Hub.Notify(t.Context(), alice, n)
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
				_, err := l.Hub.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv})
				return err
			}, message.ErrInvalid},
			"a notification without template":           {notify(channel.Notification{To: message.Recipient{Phone: "+13125550187"}}), message.ErrInvalid},
			"a notification to a group":                 {notify(channel.Notification{To: message.Recipient{Group: "g"}, Template: &channel.Template{Name: "sale"}}), message.ErrInvalid},
			"a notification to no number":               {notify(channel.Notification{To: message.Recipient{Phone: "no"}, Template: &channel.Template{Name: "sale"}}), message.ErrInvalid},
			"a reaction to a message not sent yet":      {reply(channel.Reply{Content: &message.Reaction{MessageID: queued.ID, Emoji: "👍"}}), channel.ErrNotSent},
			"a quote of a message not sent yet":         {reply(channel.Reply{Content: text, Quote: queued.ID}), channel.ErrNotSent},
			"a quote of a message that nobody knows":    {reply(channel.Reply{Content: text, Quote: "m_none"}), channel.ErrNotFound},
			"a reaction to a message that nobody knows": {reply(channel.Reply{Content: &message.Reaction{MessageID: "m_none", Emoji: "👍"}}), channel.ErrNotFound},
			"a message that is not uncertain":           {func() error { return l.Hub.GiveUpMessage(t.Context(), alice, queued.ID) }, channel.ErrNotUncertain},
		} {
			err := c.try()
			require.ErrorIs(t, err, c.want, name)
			require.NotEmpty(t, channel.CauseOf(err), name)
		}
		require.Empty(t, channel.CauseOf(nil))
		require.Empty(t, channel.CauseOf(context.Canceled), "no refusal")
	})
}

func TestANotificationIsNotSentOnceItsConsentIsWithdrawn(t *testing.T) {
	t.Parallel()
	to := message.Recipient{Phone: "+" + channeltest.Kim.Phone}
	for name, uncertain := range map[string]bool{"while it waits": false, "while nobody knows whether it arrived": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
				require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", to, conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"}))
				l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
				if !uncertain {
					l.Stop()
				}
				m, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
					Channel: "support", To: to, Template: &channel.Template{Name: "reminder", Language: "en"},
				})
				require.NoError(t, err)
				l.Pass(time.Minute)
				require.NoError(t, l.Hub.RevokeConsent(t.Context(), "support", to, time.Now()))
				if uncertain {
					require.ErrorIs(t, l.Hub.ResendMessage(t.Context(), alice, m.ID), channel.ErrNoConsent)
					return
				}
				l.Run()
				l.Pass(time.Minute)
				require.Empty(t, l.Line.Texts())
				require.Equal(t, conversation.CauseNoConsent, l.Host.Of(conversation.DeliveryChanged)[0].Cause)
			})
		})
	}
}
