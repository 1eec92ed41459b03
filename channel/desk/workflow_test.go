package desk_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
)

func TestAConversationGoesThroughItsQueues(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		id := r.Conversation().ID
		_, err := r.Reply("hi")
		require.NoError(t, err)
		require.NoError(t, r.agents.Move(t.Context(), alice, id, rules.QueuePending, r.World.Now().Add(2*time.Hour)))
		r.Settle()
		require.Equal(t, rules.QueuePending, r.Conversation().State.Queue)
		r.Pass(3 * time.Hour)
		require.Equal(t, rules.QueueNew, r.Conversation().State.Queue, "it came back by itself")
		require.NoError(t, r.agents.Resolve(t.Context(), alice, id, "answered"))
		require.Empty(t, r.Conversation().State.Assignee, "released")
		require.ErrorIs(t, r.agents.Assign(t.Context(), alice, id, "bob"), rules.ErrNotOpen)
		r.User.Text(r.Number, "one more thing")
		r.Settle()
		require.Equal(t, rules.QueueNew, r.Conversation().State.Queue, "reopened")
		require.NoError(t, r.agents.Assign(t.Context(), alice, id, "bob"))
		require.NoError(t, r.agents.SetTags(t.Context(), alice, id, []string{" vip", "bike", "vip"}))
		require.NoError(t, r.agents.SetTopic(t.Context(), alice, id, "the chain"))
		conv := r.Conversation()
		require.Equal(t, "bob", conv.State.Assignee)
		require.Equal(t, []string{"bike", "vip"}, conv.Tags)
		var moves []string
		for _, c := range r.Host.Of(conversation.QueueMoved) {
			moves = append(moves, c.From+">"+c.To)
		}
		require.Equal(t, []string{"new>pending", "pending>new", "new>resolved", "resolved>new"}, moves)
		log, err := r.agents.Events(t.Context(), alice, id, 0)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(log), 6)
	})
}

func TestAgentsAreToldOnceBeforeTheWindowCloses(t *testing.T) {
	test(t, options{Config: channeltest.SlowPolls}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		for range 26 {
			r.Pass(time.Hour)
		}
		var soon []string
		for _, c := range r.Host.Of(conversation.WindowClosing) {
			soon = append(soon, c.Reason)
		}
		require.Equal(t, []string{"4h", "1h"}, soon)
	})
}

func TestOldConversationsAreResolved(t *testing.T) {
	test(t, options{Config: channeltest.SlowPolls}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Pass(31 * 24 * time.Hour)
		require.Equal(t, rules.QueueResolved, r.Conversation().State.Queue)
	})
}

func TestAutomaticRepliesGoOutOncePerWindow(t *testing.T) {
	greet := func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{Enabled: true, Content: rules.Content{
			Text: "Hello {{customer.first_name}}, somebody will be with you soon.",
		}}
	}
	test(t, options{own: greet}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.User.Text(r.Number, "are you there?")
		r.Settle()
		r.Pass(time.Minute)
		require.Equal(t, []string{"hello", "Hello Robin, somebody will be with you soon.", "are you there?"}, r.Sees())
		require.Equal(t, rules.QueueNew, r.Conversation().State.Queue, "an automatic reply is no answer")
	})
}

func TestAReplyOutOfHoursSaysWhenTheChannelOpens(t *testing.T) {
	closed := func(s *desk.Settings) {
		// Open for one minute a week, so that it is closed whenever the test begins.
		s.Rules.Hours = rules.Hours{Zone: "Europe/Helsinki", Week: rules.Week{
			Sun: []rules.Span{{From: rules.Clock(4, 30), To: rules.Clock(4, 31)}},
		}}
		s.Rules.AutoReply.OutOfHours = rules.AutoReplyRule{Enabled: true, Content: rules.Content{
			Text: "{{customer.first_name}}, we are back on {{opens.date}} at {{opens.time}}.",
		}}
	}
	test(t, options{own: closed}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		sees := r.Sees()
		require.Len(t, sees, 2)
		require.Regexp(t, `^Robin, we are back on \d{4}-\d\d-\d\d at 04:30\.$`, sees[1])
	})
}

func TestAViewerReadsAndMovesButDoesNotWrite(t *testing.T) {
	policy := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor, "vic": access.Viewer}}
	}
	test(t, options{own: policy}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		vic := access.Actor{Kind: access.Agent, ID: "vic"}
		id := r.Conversation().ID
		_, _, err := r.agents.Conversation(t.Context(), vic, id)
		require.NoError(t, err)
		require.NoError(t, r.agents.Move(t.Context(), vic, id, rules.QueuePending, time.Time{}))
		_, err = r.agents.Reply(t.Context(), vic, channel.Reply{Conversation: id, Content: &message.Text{Body: "hi"}})
		require.ErrorIs(t, err, access.ErrDenied)
		_, err = r.agents.Report(t.Context(), vic, desk.ReportQuery{Channel: "support", From: r.World.Now(), To: r.World.Now()})
		require.ErrorIs(t, err, access.ErrDenied)
		_, _, err = r.agents.Conversation(t.Context(), access.Actor{Kind: access.Agent, ID: "stranger"}, id)
		require.ErrorIs(t, err, access.ErrDenied)
	})
}

func TestAMacroSendsTextInsideTheWindowAndItsTemplateOutside(t *testing.T) {
	test(t, options{Config: channeltest.SlowPolls}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		macro := channel.Macro{
			Conversation: r.Conversation().ID,
			Text:         "Hi {{customer.first_name}}, here is your answer.",
			Shorthand:    "&((template=[[we_answered]] language=[[en]] fallback=[[An answer]] body_text=[[{{customer.first_name}}]]))&",
		}
		preview, err := r.agents.PreviewMacro(t.Context(), alice, macro)
		require.NoError(t, err)
		require.False(t, preview.Template)
		_, err = r.agents.RunMacro(t.Context(), alice, macro)
		require.NoError(t, err)
		r.Settle()
		r.Pass(25 * time.Hour)
		preview, err = r.agents.PreviewMacro(t.Context(), alice, macro)
		require.NoError(t, err)
		require.True(t, preview.Template)
		_, err = r.agents.RunMacro(t.Context(), alice, macro)
		require.NoError(t, err)
		r.Settle()
		require.Equal(t, []string{
			"hello", "Hi Robin, here is your answer.", "Hello Robin, we have an answer for you.",
		}, r.Sees())
		macro.Text = "Hi {{customer.shoe_size}}"
		macro.Shorthand = ""
		_, err = r.agents.RunMacro(t.Context(), alice, macro)
		require.Error(t, err)
	})
}

func TestNotifyNeedsConsentAndRespectsTheCustomersWill(t *testing.T) {
	words := func(s *settings.Settings) { s.OptOutWords = []string{"stop"} }
	test(t, options{Settings: words}, func(t *testing.T, r *rig) {
		to := message.Recipient{Phone: "+" + r.User.Phone()}
		n := channel.Notification{
			Channel: "support", To: to, Name: "Robin",
			Template: &channel.Template{Name: "spring_sale"}, Key: "sale-1",
		}
		_, err := r.agents.Notify(t.Context(), alice, n)
		require.ErrorIs(t, err, channel.ErrNoConsent)
		require.Error(t, r.agents.RecordConsent(t.Context(), alice, "support", to, conversation.Consent{At: r.World.Now()}), "no evidence")
		require.NoError(t, r.agents.RecordConsent(t.Context(), alice, "support", to, conversation.Consent{
			At: r.World.Now(), Where: "checkout form", Wording: "v3", Categories: []string{"marketing"},
		}))
		first, err := r.agents.Notify(t.Context(), alice, n)
		require.NoError(t, err)
		again, err := r.agents.Notify(t.Context(), alice, n)
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID, "the same key is the same message")
		r.Pass(11 * time.Minute) // a new template takes ten until the marketing endpoint has it
		require.Equal(t, []string{"Our spring sale has begun."}, r.Sees())
		require.Equal(t, rules.QueuePending, r.Conversation().State.Queue)

		r.User.Text(r.Number, "STOP")
		r.Settle()
		require.Len(t, r.Host.Of(conversation.PreferenceChanged), 1)
		n.Key = "sale-2"
		_, err = r.agents.Notify(t.Context(), alice, n)
		require.ErrorIs(t, err, channel.ErrOptedOut)
		_, err = r.Reply("We are sorry to see you go.")
		require.NoError(t, err, "service goes on")
		require.NoError(t, r.agents.RevokeConsent(t.Context(), alice, "support", to, r.World.Now()))
		_, err = r.agents.Notify(t.Context(), alice, channel.Notification{
			Channel: "support", To: to, Template: &channel.Template{Name: "we_answered", Values: template.Values{
				Body: []template.Value{template.NamedText("first_name", "R")},
			}},
		})
		require.ErrorIs(t, err, channel.ErrNoConsent)
	})
}

func TestPreferencesOfThePhoneStopMarketing(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.User.OptOut(r.Number)
		r.Settle()
		_, err := r.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: r.Conversation().ID, Template: &channel.Template{Name: "spring_sale"},
		})
		require.ErrorIs(t, err, channel.ErrOptedOut)
		r.Pass(time.Second)
		r.User.OptIn(r.Number)
		r.Settle()
		_, err = r.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: r.Conversation().ID, Template: &channel.Template{Name: "spring_sale"},
		})
		require.NoError(t, err)
		r.Settle()
	})
}

func TestReportsCountWhatHappened(t *testing.T) {
	test(t, options{}, func(t *testing.T, r *rig) {
		r.User.Text(r.Number, "hello")
		r.Settle()
		r.Pass(10 * time.Minute)
		_, err := r.Reply("hi")
		require.NoError(t, err)
		r.Settle()
		require.NoError(t, r.agents.Resolve(t.Context(), alice, r.Conversation().ID, ""))
		report, err := r.agents.Report(t.Context(), alice, desk.ReportQuery{
			Channel: "support", From: r.World.Now().Add(-24 * time.Hour), To: r.World.Now(),
		})
		require.NoError(t, err)
		require.EqualValues(t, 1, report.Total("messages_in"))
		require.EqualValues(t, 1, report.Total("messages_out"))
		require.EqualValues(t, 1, report.Total("delivery_delivered"))
		require.EqualValues(t, 1, report.Total("resolved"))
		require.InDelta(t, 10*time.Minute, report.MeanAnswer(), float64(30*time.Second))
		var out bytes.Buffer
		require.NoError(t, report.WriteCSV(&out))
		require.Contains(t, out.String(), ",support,messages_in,1\n")
		require.True(t, strings.HasPrefix(out.String(), "date,channel,name,value\n"))
	})
}
