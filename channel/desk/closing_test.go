package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
)

// numbered gives the lab's channel a template with numbered variables only, and one with names.
func numbered(t *testing.T) func(*channel.Config) {
	return func(c *channel.Config) {
		channeltest.WithTemplates(t)(c)
		c.Poll = time.Minute
		for _, raw := range []string{
			`{"name":"follow_up","language":"en","category":"UTILITY","status":"APPROVED","components":[
				{"type":"BODY","text":"{{1}}, your ticket {{2}} is open.","example":{"body_text":[["Alex","T-1"]]}}]}`,
			`{"name":"named","language":"en","category":"UTILITY","status":"APPROVED","parameter_format":"NAMED","components":[
				{"type":"BODY","text":"Dear {{who}}, hi.","example":{"body_text_named_params":[{"param_name":"who","example":"Alex"}]}}]}`,
		} {
			c.Channels[0].Templates.Put(channeltest.Dawn.Add(-time.Hour), channeltest.Definition(t, raw))
		}
	}
}

func TestARuleCanUseATemplateWithNumberedVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content rules.Content
		want    string
	}{
		"numbered": {rules.Content{Template: "follow_up", Language: "en", Values: []string{"{{customer.first_name}}", "number one"}}, "Kim, your ticket number one is open."},
		"named":    {rules.Content{Template: "named", Language: "en", Values: []string{"friend {{customer.name}}"}}, "Dear friend Kim Sample, hi."},
		"shorthand": {rules.Content{Text: "&((template=[[follow_up]] language=[[en]] body_text=[[{{customer.name}}]] body_text=[[x]]))&"},
			"Kim Sample, your ticket x is open."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{own: greets(c.content), Config: numbered(t)}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				require.Empty(t, l.Host.Of(conversation.AutomaticWithheld))
				all := l.Messages(l.Conversation().ID)
				require.Len(t, all, 2)
				require.Equal(t, c.want, all[1].Text)
				require.IsType(t, &message.Template{}, l.Line.Sent[0].Content)
			})
		})
	}
}

func TestAValueThatDoesNotFitWithholdsTheMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []string
		want   conversation.Cause
	}{
		"too few values":      {[]string{"one"}, conversation.CauseTemplateValues},
		"no values":           {nil, conversation.CauseTemplateValues},
		"a value not to hand": {[]string{"{{customer.username}}", "x"}, conversation.CausePlaceholder},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := rules.Content{Template: "follow_up", Language: "en", Values: c.values}
			experiment(t, labOptions{own: greets(content), Config: numbered(t)}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				require.Empty(t, l.Line.Texts())
				withheld := l.Host.Of(conversation.AutomaticWithheld)
				require.Len(t, withheld, 1)
				require.Equal(t, c.want, withheld[0].Cause)
			})
		})
	}
}

func TestAFollowUpGoesOutAfterTheWindowClosed(t *testing.T) {
	t.Parallel()
	settings := func(s *desk.Settings) {
		s.Rules.FollowUp = rules.FollowUpRule{Enabled: true, After: duration.Hour, OnlyWaiting: true, Content: rules.Content{
			Template: "follow_up", Language: "en", Values: []string{"{{customer.first_name}}", "one"},
		}}
	}
	experiment(t, labOptions{own: settings, Config: numbered(t)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Pass(24*time.Hour + 58*time.Minute)
		require.Empty(t, l.Line.Texts())
		l.Pass(4 * time.Minute)
		require.Equal(t, []string{"template"}, l.Line.Texts())
		l.Pass(72 * time.Hour)
		require.Equal(t, []string{"template"}, l.Line.Texts(), "once")
		all := l.Messages(l.Conversation().ID)
		require.Equal(t, "Kim, your ticket one is open.", all[1].Text)
		require.Equal(t, "follow_up", all[1].Auto)
		require.False(t, l.Conversation().State.WaitingSince.IsZero(), "the customer still waits for a person")
	})
}

func TestAChatThatNobodyTookIsClosedAndTheCustomerTold(t *testing.T) {
	t.Parallel()
	settings := func(s *desk.Settings) {
		s.Rules.Untaken = rules.UntakenRule{After: 3 * duration.Minute, Reason: "missed", Notice: rules.Content{
			Text: "We are sorry, {{customer.first_name}}: nobody was free. Write again!",
		}}
	}
	o := labOptions{own: settings, Config: func(c *channel.Config) { c.Poll = 10 * time.Second }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		jo := channeltest.Face{Phone: "13125550199", Bsuid: "US.2", Name: "Jo Sample"}
		l.Say(jo, "wamid.2", "hello")
		for _, c := range l.Conversations() {
			if c.Customer == l.Host.Received[1].Customer.ID {
				require.NoError(t, l.agents.Assign(t.Context(), alice, c.ID, "alice"))
			}
		}
		l.Pass(10 * time.Minute)
		require.Equal(t, []string{"We are sorry, Kim: nobody was free. Write again!"}, l.Line.Texts())
		moves := l.Host.Of(conversation.QueueMoved)
		require.Len(t, moves, 1, "the one that somebody took stays")
		require.Equal(t, "resolved", moves[0].To)
		require.Equal(t, "missed", moves[0].Reason)
		require.Equal(t, conversation.Cause(rules.WhyUntaken), moves[0].Cause)
		require.Equal(t, rules.QueueResolved, moves[0].Conversation.State.Queue)
		notice := l.Messages(moves[0].Conversation.ID)[1]
		require.Equal(t, "untaken", notice.Auto)
		require.Equal(t, conversation.Accepted, notice.Delivery.State())
		l.Say(channeltest.Kim, "wamid.3", "I am still here")
		require.Equal(t, rules.QueueNew, l.Host.Received[len(l.Host.Received)-1].Conversation.State.Queue, "and comes back")
	})
}
