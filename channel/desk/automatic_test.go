package desk_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// greets makes a channel greet everybody with c.
func greets(c rules.Content) func(*desk.Settings) {
	return func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{Enabled: true, Content: c}
	}
}

func TestAnAutomaticReplyMayBeATemplate(t *testing.T) {
	greet := greets(rules.Content{Template: "hello_you", Language: "en"})
	test(t, options{own: greet}, func(t *testing.T, r *rig) {
		_, err := r.Account.AddTemplate(`{"name":"hello_you","language":"en","category":"UTILITY","parameter_format":"NAMED","components":[
			{"type":"BODY","text":"Dear {{customer_name}}, hello.","example":{"body_text_named_params":[{"param_name":"customer_name","example":"Alex Doe"}]}}]}`)
		require.NoError(t, err)
		ch, err := r.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)
		r.Settle() // reviewed, and a webhook says so
		require.NoError(t, ch.Templates.Sync(time.Now().Add(-time.Second),
			r.Client.Account(r.Account.ID).Templates(t.Context(), cloudapi.TemplateQuery{})))
		r.User.Text(r.Number, "hello")
		r.Settle()
		require.Equal(t, []string{"hello", "Dear Robin Sample, hello."}, r.Sees())
		require.Equal(t, "first_contact", r.Messages()[1].Auto)
		require.Equal(t, conversation.Author{Kind: "system"}, r.Messages()[1].Author)
	})
}

func TestAnAutomaticReplyThatMayNotBeSentHarmsNobody(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content rules.Content
		change  func(*channel.Config)
		why     string
		cause   conversation.Cause
	}{
		"a template that there is not":   {rules.Content{Template: "none"}, nil, "the template cannot be sent", conversation.CauseTemplate},
		"a placeholder without a value":  {rules.Content{Text: "Hello {{customer.username}}"}, nil, "a placeholder has no usable value", conversation.CausePlaceholder},
		"a channel that is switched off": {rules.Content{Text: "Hello"}, func(c *channel.Config) { c.Channels[0].Enabled = false }, "the channel is disabled", conversation.CauseDisabled},
		"a template without its values":  {rules.Content{Template: "needs_values", Language: "en"}, nil, "the template's values do not fit", conversation.CauseTemplateValues},
		"a budget that is spent":         {rules.Content{Text: "Hello"}, func(c *channel.Config) { c.Channels[0].Budget = new(pricing.Budget) }, "the price is not known and the channel has a budget", conversation.CauseNoPrice},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := labOptions{own: greets(tt.content), Config: func(c *channel.Config) {
				channeltest.WithTemplates(t)(c)
				c.Channels[0].Templates.Put(channeltest.Dawn.Add(-time.Hour), channeltest.Definition(t, `{"name":"needs_values","language":"en","category":"UTILITY","status":"APPROVED",
					"parameter_format":"NAMED","components":[{"type":"BODY","text":"Dear {{colour}}, hi.","example":{"body_text_named_params":[{"param_name":"colour","example":"blue"}]}}]}`))
				if tt.change != nil {
					tt.change(c)
				}
			}}
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				require.Equal(t, []string{"hello"}, l.Host.Texts(), "the customer's message does not suffer")
				require.Empty(t, l.Line.Texts())
				withheld := l.Host.Of(conversation.AutomaticWithheld)
				require.Len(t, withheld, 1)
				require.Equal(t, "first_contact: "+tt.why, withheld[0].Reason)
				require.Equal(t, tt.cause, withheld[0].Cause)
				require.EqualValues(t, 1, l.report(channeltest.Dawn, channeltest.Dawn).Total("refused"))
			})
		})
	}
}

func TestWhileAllAreAwayCustomersAreToldOnce(t *testing.T) {
	t.Parallel()
	var back atomic.Bool
	o := labOptions{
		own: func(s *desk.Settings) {
			s.Rules.AutoReply.Away = rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: "Nobody is here, {{customer.name}}."}}
		},
		desk: func(c *desk.Config) { c.AllAway = func(id string) bool { return !back.Load() && id == "support" } },
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Say(channeltest.Kim, "wamid.2", "anybody?")
		require.Equal(t, []string{"Nobody is here, Kim Sample."}, l.Line.Texts())
		back.Store(true)
		l.Say(channeltest.Stranger(1), "wamid.3", "hello")
		require.Len(t, l.Line.Texts(), 1)
		require.EqualValues(t, 1, l.report(channeltest.Dawn, channeltest.Dawn).Total("auto_replies"))
		require.Zero(t, l.report(channeltest.Dawn, channeltest.Dawn).Total("answers"), "a machine's answer is none")
	})
}

func TestTwoMachinesDoNotTalkToEachOtherForEver(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{own: greets(rules.Content{Text: "Hello, I am a machine."})}, func(t *testing.T, l *lab) {
		for i := range 40 {
			l.Say(channeltest.Kim, "wamid."+string(rune('A'+i)), "Hello, I am a machine too.")
		}
		require.Len(t, l.Line.Texts(), 1)
		require.NotEmpty(t, l.Host.Of(conversation.BotSuspected))
	})
}

func TestTheReminderGoesOutOnceAndOnlyIfItIsSwitchedOn(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		o := labOptions{Config: func(c *channel.Config) { c.Poll = time.Minute }, own: func(s *desk.Settings) {
			s.Rules.Reminder = rules.ReminderRule{
				Enabled: on, Before: 2 * duration.Hour, Content: rules.Content{Text: "Do you still need us?"},
			}
		}}
		experiment(t, o, func(t *testing.T, l *lab) {
			l.Say(channeltest.Kim, "wamid.1", "hello")
			_, err := l.Reply(l.Conversation().ID, "which colour?")
			require.NoError(t, err)
			l.Pass(30 * time.Hour)
			want := []string{"which colour?"}
			if on {
				want = append(want, "Do you still need us?")
			}
			require.Equal(t, want, l.Line.Texts())
		})
	}
}

func TestAMacroRefusesWhatItCannotSay(t *testing.T) {
	t.Parallel()
	config := func(c *channel.Config) {
		channeltest.WithTemplates(t)(c)
		channeltest.SlowPolls(c)
	}
	names := func(c *desk.Config) { c.AgentName = func(_, agent string) string { return "Our " + agent } }
	experiment(t, labOptions{Config: config, desk: names}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Face{Phone: "13125550188"}, "wamid.1", "hello")
		conv := l.Conversation().ID
		macro := func(text, shorthand string) channel.Macro {
			return channel.Macro{Conversation: conv, Text: text, Shorthand: shorthand}
		}
		for name, tt := range map[string]struct {
			macro channel.Macro
			want  any
		}{
			"an empty one":             {macro("", ""), nil},
			"a name that is not known": {macro("Hello {{customer.name}}", ""), new(*template.ExpandError)},
			"a placeholder of nobody":  {macro("Hello {{nobody}}", ""), new(*template.ExpandError)},
			"a shorthand that is none": {macro("", "&((template=[[x]]"), new(*template.ShorthandError)},
			"an unknown template":      {macro("", "&((template=[[none]] language=[[en]] fallback=[[x]]))&"), nil},
			"values that are too many": {macro("", "&((template=[[reminder]] language=[[en]] fallback=[[x]] body_text=[[1]]))&"), nil},
		} {
			_, err := l.agents.PreviewMacro(t.Context(), alice, tt.macro)
			require.Error(t, err, name)
			_, err = l.agents.RunMacro(t.Context(), alice, tt.macro)
			require.Error(t, err, name)
			if tt.want != nil {
				require.ErrorAs(t, err, tt.want, name)
			}
		}
		m := macro("Your number is {{order}}, ticket {{ticket}}, {{customer.phone}}.", "")
		m.Lookup = func(name string) (string, bool) {
			values := map[string]string{"order": "42", "customer.phone": "known to the host"}
			v, ok := values[name]
			return v, ok
		}
		preview, err := l.agents.PreviewMacro(t.Context(), alice, m)
		require.NoError(t, err)
		require.Equal(t, "Your number is 42, ticket "+l.Conversation().Ticket+", known to the host.", preview.Text)
		require.Empty(t, l.Line.Texts(), "a preview sends nothing")
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "the chain"))
		require.NoError(t, l.agents.Assign(t.Context(), alice, conv, "bob"))
		_, err = l.agents.RunMacro(t.Context(), alice, macro("{{agent}} looks after {{conversation.topic}}.", ""))
		require.NoError(t, err)
		only := macro("", "&((template=[[reminder]] language=[[en]] fallback=[[x]]))&")
		_, err = l.agents.RunMacro(t.Context(), alice, only)
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"Our bob looks after the chain.", "template"}, l.Line.Texts())
		_, err = l.agents.RunMacro(t.Context(), access.Actor{}, channel.Macro{Conversation: conv, Text: "x"})
		require.ErrorIs(t, err, access.ErrDenied)

		before := l.report(channeltest.Dawn, channeltest.Dawn).Total("refused")
		l.Pass(25 * time.Hour)
		_, err = l.agents.RunMacro(t.Context(), alice, macro("It is ready.", ""))
		require.ErrorIs(t, err, window.ErrClosed, "there is no template to fall back to")
		report := l.report(channeltest.Dawn, channeltest.Dawn.Add(48*time.Hour))
		require.EqualValues(t, before+1, report.Total("refused"))
		require.EqualValues(t, 1, report.Total("window_refused"))
	})
}

func TestTagsTopicsAndNotesHaveLimits(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		long := string(make([]byte, 20<<10))
		require.Error(t, l.agents.SetTags(t.Context(), alice, conv, []string{long}))
		require.Error(t, l.agents.SetTags(t.Context(), alice, conv, manyTags(51)))
		require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, manyTags(50)))
		require.Error(t, l.agents.SetTopic(t.Context(), alice, conv, long))
		for _, text := range []string{"", "  ", long} {
			_, err := l.agents.AddNote(t.Context(), alice, conv, text)
			require.Error(t, err)
		}
		require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, []string{"card 4111 1111 1111 1111"}))
		require.NoError(t, l.agents.SetTags(t.Context(), alice, conv, []string{"card 4111 1111 1111 1111", "card 4111 9729 8063 1111"}))
		require.Len(t, l.Conversation().Tags, 1, "each is kept once")
		require.NoError(t, l.agents.SetTopic(t.Context(), alice, conv, "4111111111111111"))
		require.NotContains(t, l.Conversation().Tags[0]+l.Conversation().Topic, "4111")
		require.ErrorIs(t, l.agents.SetTopic(t.Context(), alice, "v_none", "x"), channel.ErrNotFound)
		note, err := l.agents.AddNote(t.Context(), alice, conv, "call back on Monday")
		require.NoError(t, err)
		require.Equal(t, conversation.Note, note.Direction)
		l.Pass(time.Minute)
		require.Empty(t, l.Line.Texts(), "the customer never sees a note")
	})
}

func manyTags(n int) []string {
	var tags []string
	for i := range n {
		tags = append(tags, fmt.Sprint("tag ", i))
	}
	return tags
}
