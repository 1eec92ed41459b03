package desk_test

import (
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
	"github.com/kanava-go/kanava/webhook"
)

var robot = access.Actor{Kind: access.Bot, ID: "robot"}

// withBot are a channel where a robot answers first, and hands over to the team of the harbour.
func withBot(change func(*desk.Settings)) labOptions {
	return labOptions{
		Settings: func(s *settings.Settings) { s.BotFirst = true },
		Config:   func(c *channel.Config) { c.Feed = true },
		own: func(s *desk.Settings) {
			s.Access.Bots, s.HandoverTeam = map[string]access.Role{"robot": access.Contributor}, "harbour"
			if change != nil {
				change(s)
			}
		},
	}
}

func (l *lab) beeps(t *testing.T, id, text string) {
	t.Helper()
	_, err := l.agents.Reply(t.Context(), robot, channel.Reply{Conversation: id, Content: &message.Text{Body: text}})
	require.NoError(t, err)
	l.Pass(time.Second)
}

func TestWhatABotHasIsNobodysUntilItHandsItOver(t *testing.T) {
	asked(t, withBot(nil), func(t *testing.T, l *lab, id string) {
		ctx := t.Context()
		l.beeps(t, id, "beep")
		require.Empty(t, l.Conversation().State.Assignee)
		require.Zero(t, l.Conversation().State.WaitingSince)
		require.NoError(t, l.agents.Move(ctx, alice, id, rules.QueuePending, time.Time{}))

		l.beeps(t, id, "one moment")
		require.NoError(t, l.agents.HandOver(ctx, robot, id, conversation.Handover{Cause: conversation.CauseOutOfDepth, Reason: "a refund"}))
		c := l.Conversation()
		require.Equal(t, rules.QueueNew, c.State.Queue, "it comes back for people to see")
		require.Equal(t, "harbour", c.Team)
		require.Empty(t, c.State.Assignee)
		require.WithinDuration(t, time.Now(), c.State.WaitingSince, time.Second, "the customer waits for people from now on")

		require.NoError(t, l.agents.Assign(ctx, alice, id, "carol"))
		require.NoError(t, l.agents.HandBack(ctx, alice, id, ""))
		c = l.Conversation()
		require.Empty(t, c.State.Assignee, "handed back it is nobody's")
		require.Equal(t, conversation.HeldByBot, c.Holder)
		require.NoError(t, l.agents.Assign(ctx, alice, id, "carol"))
		require.Equal(t, conversation.HeldByPeople, l.Conversation().Holder, "what belongs to somebody is no longer the bot's")
		_, err := l.agents.Reply(ctx, robot, channel.Reply{Conversation: id, Content: &message.Text{Body: "beep"}})
		require.ErrorIs(t, err, channel.ErrHeldByPeople)
		l.Pass(time.Minute)
		var told []string
		for _, c := range l.Host.Of(conversation.HolderChanged) {
			told = append(told, c.To+" "+string(c.Cause))
		}
		require.Equal(t, []string{"people out_of_depth", "bot by_hand", "people assigned"}, told)
	})
}

func TestWhatIsAnsweredWhileTheBotHasItAgainIsNobodys(t *testing.T) {
	asked(t, withBot(nil), func(t *testing.T, l *lab, id string) {
		l.Line.Sends(channeltest.TakesTime)
		_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: id, Content: &message.Text{Body: "hi"}})
		require.NoError(t, err)
		require.NoError(t, l.agents.HandBack(t.Context(), alice, id, ""))
		l.Pass(time.Minute)
		require.Equal(t, []string{"hi"}, l.Line.Texts())
		require.Empty(t, l.Conversation().State.Assignee)
	})
}

func TestWhoHasTheNextOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, byHand bool
		want          conversation.Holder
	}{
		"the bot, if it is first":                     {first: true, want: conversation.HeldByBot},
		"people, if it is not":                        {want: conversation.HeldByPeople},
		"people, if one of them takes it up, always":  {first: true, byHand: true, want: conversation.HeldByPeople},
		"people, if one of them takes it up, as well": {byHand: true, want: conversation.HeldByPeople},
	} {
		t.Run(name, func(t *testing.T) {
			o := withBot(nil)
			o.Settings = func(s *settings.Settings) { s.BotFirst = tt.first }
			asked(t, o, func(t *testing.T, l *lab, id string) {
				ctx := t.Context()
				for _, given := range []conversation.Holder{conversation.HeldByBot, conversation.HeldByPeople} { // whoever had it
					if given == conversation.HeldByBot {
						require.NoError(t, l.agents.HandBack(ctx, alice, id, ""))
					} else {
						require.NoError(t, l.agents.HandOver(ctx, alice, id, conversation.Handover{}))
					}
					require.NoError(t, l.agents.Resolve(ctx, alice, id, ""))
					require.Equal(t, given, l.Conversation().Holder)
					if tt.byHand {
						require.NoError(t, l.agents.Reopen(ctx, alice, id))
					} else {
						l.Say(channeltest.Kim, "wamid.again"+string(given), "one more thing")
					}
					require.True(t, l.Conversation().State.Queue.Open())
					require.Equal(t, tt.want, l.Conversation().Holder, "after %v", given)
				}
			})
		})
	}
}

func TestReportsTellBotsFromPeople(t *testing.T) {
	o := withBot(nil)
	o.Config = func(c *channel.Config) { c.Feed = true; channeltest.SlowPolls(c) }
	asked(t, o, func(t *testing.T, l *lab, id string) { // a minute ago
		ctx := t.Context()
		l.beeps(t, id, "beep") // after 60 seconds
		l.Pass(10 * time.Minute)
		l.Say(channeltest.Kim, "wamid.2", "a person!")
		l.Pass(5 * time.Second)
		_, err := l.agents.Reply(ctx, robot, channel.Reply{Conversation: id, Content: &message.Text{Body: "Somebody will answer."}})
		require.NoError(t, err)
		require.NoError(t, l.agents.HandOver(ctx, robot, id, conversation.Handover{Cause: conversation.CauseAskedFor}))
		l.Pass(20 * time.Second)
		require.NotZero(t, l.Conversation().State.WaitingSince, "what the bot said last is no answer of people")
		_, err = l.agents.Reply(ctx, alice, channel.Reply{Conversation: id, Content: &message.Text{Body: "Alice here."}})
		require.NoError(t, err)
		l.Pass(time.Second)
		require.Zero(t, l.Conversation().State.WaitingSince)

		l.Say(channeltest.Stranger(1), "wamid.3", "when do you open?")
		list := l.Conversations()
		other := list[0]
		l.beeps(t, other.ID, "at nine")
		require.NoError(t, l.agents.Resolve(ctx, robot, other.ID, ""))

		r := l.report(channeltest.Dawn, channeltest.Dawn)
		require.EqualValues(t, 2, r.Total("bot_answers"))
		require.EqualValues(t, 65, r.Total("bot_answer_seconds"))
		require.EqualValues(t, 1, r.Total("answers"))
		require.EqualValues(t, 30, r.Total("answer_seconds"), "since the customer asked for a person")
		require.EqualValues(t, 1, r.Total("first_answers"))
		require.EqualValues(t, 20, r.Total("first_answer_seconds"), "since people had it")
		require.EqualValues(t, 1, r.Total("handed_over"))
		require.EqualValues(t, 1, r.Total("handed_over_asked_for"))
		require.EqualValues(t, 1, r.Total("bot_resolved"))
		require.EqualValues(t, 1, r.Total("resolved"))
	})
}

func TestRulesDoNotAnswerBesideABot(t *testing.T) {
	away := withBot(func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: "Welcome to the harbour!"}}
		s.Rules.AutoReply.Away = rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: "Nobody is here at the moment."}}
	})
	away.desk = func(c *desk.Config) { c.AllAway = func(string) bool { return true } }
	asked(t, away, func(t *testing.T, l *lab, id string) {
		require.Empty(t, l.Line.Texts())
		l.beeps(t, id, "beep")
		require.NoError(t, l.agents.HandOver(t.Context(), robot, id, conversation.Handover{Cause: conversation.CauseAskedFor}))
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"beep", "Nobody is here at the moment."}, l.Line.Texts(), "handed over, the customer is told who is not there")
	})
}

func TestTheInboxIsChosenByWhoAnswers(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	var line channeltest.Wire
	o := withBot(func(s *desk.Settings) {
		s.Access.AllUsers, s.Access.Users = "", map[string]access.Role{"alice": access.Supervisor}
	})
	o.Config = func(c *channel.Config) { c.Feed = true; otherTenant(&line)(c) }
	experiment(t, o, func(t *testing.T, l *lab) {
		ctx := t.Context()
		for n := range 3 {
			l.Say(channeltest.Stranger(n), "wamid."+channeltest.Stranger(n).Phone, "hello")
		}
		l.From(webhook.Scope{All: true}, tenantAccount, ann.Text(time.Now(), "wamid.9", "to other").On(tenantNumber))
		l.Pass(5 * time.Second)
		people := l.Conversations()[1].ID
		require.NoError(t, l.agents.HandOver(ctx, robot, people, conversation.Handover{}))
		page, err := l.agents.Inbox(ctx, alice, desk.InboxQuery{Channels: []string{"support"}, Holders: []conversation.Holder{conversation.HeldByPeople}})
		require.NoError(t, err)
		require.Len(t, page.Conversations, 1)
		require.Equal(t, people, page.Conversations[0].ID)
		counts, err := l.agents.CountInbox(ctx, alice, desk.InboxQuery{Channels: []string{"support"}})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"people": 1, "bot": 2}, counts.ByHolder)
		listed, err := l.agents.Conversations(ctx, alice, desk.ConversationQuery{Channel: "support", Holders: []conversation.Holder{conversation.HeldByBot}})
		require.NoError(t, err)
		require.Len(t, listed, 2)
		_, err = l.agents.Inbox(ctx, alice, desk.InboxQuery{Holders: []conversation.Holder{"cat"}})
		require.ErrorIs(t, err, desk.ErrInboxQuery)
		require.ErrorIs(t, l.agents.HandOver(ctx, bob, people, conversation.Handover{}), channel.ErrNotFound, "another tenant's agent")
		require.ErrorIs(t, l.agents.HandBack(ctx, bob, people, ""), channel.ErrNotFound)
		require.ErrorIs(t, l.agents.HandOver(ctx, access.Actor{Kind: access.Bot, ID: "stray"}, people, conversation.Handover{}), access.ErrDenied)
	})
}
