package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

// waits asserts that kim waits since her first message and that nothing counts as an answer.
func (l *lab) waits() {
	l.T.Helper()
	st := l.Conversation().State
	require.Equal(l.T, channeltest.Dawn, st.WaitingSince, "the customer waits")
	require.Equal(l.T, channeltest.Dawn, st.UnansweredSince)
	require.Equal(l.T, rules.QueueNew, st.Queue)
	require.Zero(l.T, st.LastOutbound)
	require.Zero(l.T, st.LastAgentReply)
	require.Empty(l.T, st.Assignee)
	report := l.report(channeltest.Dawn, channeltest.Dawn.Add(72*time.Hour))
	for _, name := range []string{"first_answers", "first_answer_seconds", "answers", "answer_seconds", "bot_answers", "automatic_answers"} {
		require.Zero(l.T, report.Total(name), name)
	}
}

// answered asserts that kim was answered by alice.
func (l *lab) answered() {
	l.T.Helper()
	st := l.Conversation().State
	require.Zero(l.T, st.WaitingSince)
	require.Zero(l.T, st.UnansweredSince)
	require.NotZero(l.T, st.LastAgentReply)
	require.EqualValues(l.T, 1, l.report(channeltest.Dawn, channeltest.Dawn.Add(72*time.Hour)).Total("first_answers"))
	require.EqualValues(l.T, 1, l.report(channeltest.Dawn, channeltest.Dawn.Add(72*time.Hour)).Total("answers"))
}

func TestAnAnswerThatWhatsAppNeverAcceptedIsNone(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]func(t *testing.T, l *lab, conv string){
		"refused by WhatsApp": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(channeltest.FailsFirst(131047, 9))
			_, err := l.Reply(conv, "hi")
			require.NoError(t, err)
		},
		"still in the outbox": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(func(ctx context.Context, _ message.Outbound, _ int) error { <-ctx.Done(); return ctx.Err() })
			_, err := l.Reply(conv, "hi")
			require.NoError(t, err)
		},
		"taken back by the agent": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(channeltest.FailsFirst(130429, 9))
			m, err := l.Reply(conv, "hi")
			require.NoError(t, err)
			l.Pass(time.Second)
			require.NoError(t, l.agents.CancelMessage(t.Context(), alice, m.ID))
		},
		"given up": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.Reply(conv, "hi")
			require.NoError(t, err)
			l.Pass(time.Second)
			require.NoError(t, l.agents.GiveUpMessage(t.Context(), alice, m.ID))
		},
		"uncertain": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			_, err := l.Reply(conv, "hi")
			require.NoError(t, err)
		},
		"an album of which every part failed": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(channeltest.FailsFirst(131026, 9))
			l.album(conv, "one", "two", "three")
		},
		"a macro": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(channeltest.FailsFirst(131047, 9))
			_, err := l.agents.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv, Text: "hi"})
			require.NoError(t, err)
		},
		"a template": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(channeltest.FailsFirst(132001, 9))
			_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "reminder", Language: "en"}})
			require.NoError(t, err)
		},
		"a notification that nobody asked for": func(t *testing.T, l *lab, _ string) {
			_, err := l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
			l.Pass(time.Second)
			require.Len(t, l.Line.Texts(), 1, "it was sent")
		},
		"sent again, in vain": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.Reply(conv, "hi")
			require.NoError(t, err)
			l.Pass(time.Second)
			l.Line.Sends(channeltest.FailsFirst(131026, 9))
			require.NoError(t, l.agents.ResendMessage(t.Context(), alice, m.ID))
		},
		"known by its failure alone": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.Reply(conv, "hi")
			require.NoError(t, err)
			l.Pass(time.Second)
			l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("hi"), m.ID, 131026))
		},
		"of a bot": func(t *testing.T, l *lab, conv string) {
			require.NoError(t, l.agents.HandBack(t.Context(), alice, conv, ""))
			l.Line.Sends(channeltest.FailsFirst(131026, 9))
			_, err := l.agents.Reply(t.Context(), access.Actor{Kind: access.Bot, ID: "bot"}, channel.Reply{
				Conversation: conv, Content: &message.Text{Body: "hi"},
			})
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := labOptions{Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }, own: func(s *desk.Settings) {
				s.Rules.IdleClose.After = duration.Hour
				s.Access.Bots = map[string]access.Role{"bot": access.Contributor}
			}, Config: channeltest.WithTemplates(t)}
			asked(t, o, func(t *testing.T, l *lab, conv string) {
				step(t, l, conv)
				l.Pass(10 * time.Second)
				l.waits()
				l.Pass(2 * time.Hour)
				l.waits() // and is not closed on
			})
		})
	}
}

func TestAnAnswerThatFailsAfterAllIsTakenBack(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(time.Second)
		l.answered()
		require.Equal(t, "alice", l.Conversation().State.Assignee)
		require.NoError(t, l.agents.Move(t.Context(), alice, conv, rules.QueuePending, time.Time{}))
		l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("hi"), m.ID, 131047))
		l.Pass(time.Second)
		l.waits()
		moves := l.Host.Of(conversation.QueueMoved)
		require.Equal(t, string(rules.WhyFailed), moves[len(moves)-1].Reason, "agents see it again, and why")

		// What was delivered to another device counts again.
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), m.ID, "delivered"))
		l.Pass(time.Second)
		l.answered()
		require.Equal(t, "alice", l.Conversation().State.Assignee)
		require.Len(t, l.Host.Of(conversation.Assigned), 3, "made the owner, no longer, and again")
	})
}

func TestOfTwoAnswersTheOneThatStandsCounts(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{"the first fails": {0}, "the second fails": {1}, "both fail": {0, 1}, "both fail, the later one first": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
				var all []*conversation.Message
				for _, text := range []string{"one", "two"} {
					m, err := l.Reply(conv, text)
					require.NoError(t, err)
					all = append(all, m)
					l.Pass(10 * time.Second)
				}
				for i, n := range order {
					l.answered()
					l.Post(channeltest.Kim.Fails(channeltest.OutWAMID(all[n].Text), all[n].ID, 131026))
					l.Pass(10 * time.Second)
					if i == 0 {
						l.answered()
						want := all[1-n].At.Truncate(time.Second)
						require.Equal(t, want, l.Conversation().State.LastAgentReply)
						require.EqualValues(t, want.Sub(channeltest.Dawn)/time.Second, l.report(channeltest.Dawn, channeltest.Dawn).Total("first_answer_seconds"))
					}
				}
				if len(order) == 2 {
					l.waits()
				}
			})
		})
	}
}

// album queues texts together.
func (l *lab) album(conv string, texts ...string) []*conversation.Message {
	l.T.Helper()
	var replies []channel.Reply
	for _, text := range texts {
		replies = append(replies, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}})
	}
	all, err := l.agents.ReplyAll(l.T.Context(), alice, replies)
	require.NoError(l.T, err)
	return all
}

func TestOfAnAlbumWhatArrivedIsTheAnswer(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{"the first part fails": "one", "one in the middle does": "two", "the last does": "three"} {
		t.Run(name, func(t *testing.T) {
			asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
				l.Line.Sends(func(ctx context.Context, out message.Outbound, n int) error {
					if channeltest.TextOf(out) == bad {
						return channeltest.FailsFirst(131053, 99)(ctx, out, n)
					}
					return nil
				})
				all := l.album(conv, "one", "two", "three")
				l.Pass(time.Minute)
				l.answered()
				for _, m := range all {
					if m.Text != bad {
						l.Post(channeltest.Kim.Fails(channeltest.OutWAMID(m.Text), m.ID, 131026))
						l.Pass(time.Second)
					}
				}
				l.waits()
				l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID(all[1].Text), all[1].ID, "delivered"))
				l.Pass(time.Second)
				l.answered()
			})
		})
	}
}

func TestAnAnswerThatWasSentAgainCountsOnce(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(time.Second)
		l.Line.Sends(nil)
		require.NoError(t, l.agents.ResendMessage(t.Context(), alice, m.ID))
		l.Pass(time.Second)
		l.answered()
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.first try", m.ID, "sent"), channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("hi"), m.ID, "delivered"))
		l.Pass(time.Second)
		l.answered()
		require.EqualValues(t, 1, l.report(channeltest.Dawn, channeltest.Dawn).Total("messages_out"))
	})
}

func TestAnAnswerWhoseWindowClosedInTheOutboxIsNone(t *testing.T) {
	o := labOptions{Config: channeltest.SlowPolls, own: func(s *desk.Settings) { s.Rules.IdleClose.After = duration.Hour }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		change := func(enabled bool) {
			s := l.agents.Channels(admin)[0]
			s.Enabled = enabled
			require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
		}
		l.Line.Sends(channeltest.FailsFirst(130429, 1))
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(100 * time.Millisecond)
		change(false) // it stays in the outbox
		l.Pass(25 * time.Hour)
		change(true)
		l.Pass(time.Hour)
		list := l.Messages(conv)
		require.Equal(t, m.ID, list[1].ID)
		require.Equal(t, conversation.Failed, list[1].Delivery.State())
		require.Equal(t, "window_closed", list[1].Delivery.Failure.Class)
		st := l.Conversation().State
		require.Equal(t, channeltest.Dawn, st.WaitingSince)
		require.NotEqual(t, rules.QueueResolved, st.Queue)
		require.Zero(t, l.report(channeltest.Dawn, channeltest.Dawn.Add(72*time.Hour)).Total("answers"))
	})
}

func TestAFailureAfterTheConversationWasResolvedReopensIt(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]bool{"accepted before it failed": true, "never accepted": false} {
		t.Run(name, func(t *testing.T) {
			asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
				if !accepted {
					l.Line.Sends(func(ctx context.Context, out message.Outbound, n int) error {
						<-time.After(10 * time.Second)
						return channeltest.FailsFirst(131026, 9)(ctx, out, n)
					})
				}
				m, err := l.Reply(conv, "hi, and goodbye")
				require.NoError(t, err)
				if accepted {
					l.Pass(time.Second)
				}
				require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done"))
				l.Pass(time.Minute)
				if accepted {
					require.Equal(t, rules.QueueResolved, l.Conversation().State.Queue)
					l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("hi, and goodbye"), m.ID, 131026))
					l.Pass(time.Second)
				}
				l.waits()
				moves := l.Host.Of(conversation.QueueMoved)
				require.Equal(t, string(rules.QueueNew), moves[len(moves)-1].To)
				require.Equal(t, string(rules.WhyFailed), moves[len(moves)-1].Reason)
			})
		})
	}
}

func TestAnAnswerThatIsSentAfterTheConversationWasResolvedCounts(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		l.Line.Sends(channeltest.TakesTime)
		for _, text := range []string{"hi", "and goodbye"} {
			_, err := l.Reply(conv, text)
			require.NoError(t, err)
		}
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done"))
		l.Pass(time.Minute)
		l.answered()
		require.Equal(t, rules.QueueResolved, l.Conversation().State.Queue)
	})
}

func TestAFailureDoesNotReopenWhatTheCustomerHasLeft(t *testing.T) {
	o := labOptions{own: func(s *desk.Settings) { s.Rules.Late.NewAfter = duration.Hour }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		m, err := l.Reply(conv, "hi")
		require.NoError(t, err)
		l.Pass(time.Second)
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done"))
		l.Pass(3 * time.Hour)
		l.Say(channeltest.Kim, "wamid.2", "another thing")
		l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("hi"), m.ID, 131026))
		l.Pass(time.Second)
		require.Len(t, l.Conversations(), 2)
		require.Equal(t, conv, l.Conversations()[1].ID)
		require.Equal(t, rules.QueueResolved, l.Conversations()[1].State.Queue)
		failures := l.Host.Of(conversation.DeliveryChanged)
		require.Equal(t, conversation.Failed, failures[len(failures)-1].Delivery, "but the host is told")
	})
}

func TestAnAutomaticReplyIsOneForWhatsAppAndNoneForThePersonWhoWaits(t *testing.T) {
	o := labOptions{own: func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: "Thank you for writing to us."}}
	}}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		st := l.Conversation().State
		require.Equal(t, channeltest.Dawn, st.WaitingSince)
		require.Zero(t, st.UnansweredSince)
		require.NotZero(t, st.LastAutomatic)
		require.Zero(t, st.LastOutbound)
		report := l.report(channeltest.Dawn, channeltest.Dawn)
		require.EqualValues(t, 1, report.Total("automatic_answers"))
		require.EqualValues(t, 1, report.Total("auto_replies"))
		require.Zero(t, report.Total("first_answers")+report.Total("answers"))

		l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("Thank you for writing to us."), l.Messages(conv)[1].ID, 131026))
		l.Pass(time.Second)
		st = l.Conversation().State
		require.Equal(t, channeltest.Dawn, st.WaitingSince)
		require.Equal(t, channeltest.Dawn, st.UnansweredSince)
		require.Zero(t, st.LastAutomatic)
		require.Zero(t, l.report(channeltest.Dawn, channeltest.Dawn).Total("automatic_answers"))
	})
}

func TestWhatWasTypedInTheBusinessAppCountsAsAnAnswer(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		l.Post(channeltest.Kim.Echo(time.Now(), "wamid.2", "text", map[string]any{"body": "hi"}))
		l.Pass(time.Second)
		l.answered()
		// An answer that fails beside it changes nothing.
		m, err := l.Reply(conv, "hi again")
		require.NoError(t, err)
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("hi again"), m.ID, 131026))
		l.Pass(time.Second)
		l.answered()
	})
}

func TestAReactionIsAChangeOfItsTargetAndNoAnswer(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		react := func(target, emoji string) (*conversation.Message, error) {
			m, err := l.agents.Reply(t.Context(), alice, channel.Reply{
				Conversation: conv, Content: &message.Reaction{MessageID: target, Emoji: emoji},
			})
			l.Pass(time.Second)
			return m, err
		}
		target := l.Messages(conv)[0].ID
		ours := func() []conversation.Reaction { return l.Messages(conv)[0].Reactions }
		before := l.Conversation()

		m, err := react(target, "👍")
		require.NoError(t, err)
		l.waits()
		require.Len(t, ours(), 1)
		require.Equal(t, conversation.Reaction{By: "business", Emoji: "👍", At: m.At}, ours()[0])
		require.Len(t, l.Messages(conv), 1, "it is no message of its own")
		after := l.Conversation()
		require.Equal(t, before.Preview, after.Preview)
		require.Equal(t, before.Outbound, after.Outbound)
		require.Equal(t, before.LastActivity, after.LastActivity)
		require.Zero(t, l.report(channeltest.Dawn, channeltest.Dawn).Total("messages_out"))
		reacted := l.Host.Of(conversation.Reacted)
		require.Len(t, reacted, 1)
		require.Equal(t, target, reacted[0].Message.ID)
		require.Equal(t, conversation.Author{Kind: "agent", ID: "alice"}, reacted[0].Author)
		require.Empty(t, l.Host.Of(conversation.MessageQueued))
		require.Empty(t, l.Host.Of(conversation.DeliveryChanged))
		require.Equal(t, "wamid.1", l.Line.Sent[0].Content.(*message.Reaction).MessageID, "WhatsApp is told its own name")

		other, err := react("wamid.1", "🎉")
		require.NoError(t, err, "the wamid will do as well")
		require.Equal(t, "🎉", ours()[0].Emoji)
		l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("reaction"), other.ID, 131009))
		l.Pass(time.Second)
		require.Len(t, ours(), 1)
		require.Equal(t, "👍", ours()[0].Emoji, "the one before stands again")
		require.Len(t, l.Host.Of(conversation.DeliveryChanged), 1, "the host is told why")

		_, err = react(target, "")
		require.NoError(t, err)
		require.Empty(t, ours()[0].Emoji, "taken away")
		l.waits()

		l.Line.Sends(channeltest.FailsFirst(131009, 99))
		_, err = react(target, "❤️")
		require.NoError(t, err)
		require.Empty(t, ours()[0].Emoji, "what WhatsApp refused is on no message")

		_, err = react("m_unknown", "👍")
		require.ErrorIs(t, err, channel.ErrNotFound)
		l.Line.Sends(nil)
		lee := channeltest.Face{Phone: "13125550188", Bsuid: "US.2", Name: "Lee"}
		l.Say(lee, "wamid.lee", "hello")
		_, err = react("wamid.lee", "👍")
		require.ErrorIs(t, err, channel.ErrNotFound, "somebody else's message")

		receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", message.Recipient{BSUID: channeltest.Kim.Bsuid})
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Messages)
		channeltest.Everything(t, l.Store, func(text string) {
			if !strings.HasPrefix(text, "d_") { // who did what stays, without a word about the customer
				require.NotContains(t, text, conv)
			}
		})
	})
}
