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
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
)

// fails is a status that a message of ours failed.
func (f face) fails(wamid, opaque string, code int) item {
	return f.status(time.Now(), wamid, opaque, "failed", "errors", []any{map[string]any{"code": code, "title": "x"}})
}

// asked is a lab in which kim asked something a minute ago.
func asked(t *testing.T, o labOptions, f func(t *testing.T, l *lab, conv string)) {
	t.Helper()
	t.Parallel()
	experiment(t, o, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now(), "wamid.1", "hello"))
		l.pass(time.Minute)
		f(t, l, l.conversation().ID)
	})
}

// waits asserts that kim waits since her first message and that nothing counts as an answer.
func (l *lab) waits() {
	l.t.Helper()
	st := l.conversation().State
	require.Equal(l.t, dawn, st.WaitingSince, "the customer waits")
	require.Equal(l.t, dawn, st.UnansweredSince)
	require.Equal(l.t, rules.QueueNew, st.Queue)
	require.Zero(l.t, st.LastOutbound)
	require.Zero(l.t, st.LastAgentReply)
	require.Empty(l.t, st.Assignee)
	report := l.report(dawn, dawn.Add(72*time.Hour))
	for _, name := range []string{"first_answers", "first_answer_seconds", "answers", "answer_seconds", "bot_answers", "automatic_answers"} {
		require.Zero(l.t, report.Total(name), name)
	}
}

// answered asserts that kim was answered by alice.
func (l *lab) answered() {
	l.t.Helper()
	st := l.conversation().State
	require.Zero(l.t, st.WaitingSince)
	require.Zero(l.t, st.UnansweredSince)
	require.NotZero(l.t, st.LastAgentReply)
	require.EqualValues(l.t, 1, l.report(dawn, dawn.Add(72*time.Hour)).Total("first_answers"))
	require.EqualValues(l.t, 1, l.report(dawn, dawn.Add(72*time.Hour)).Total("answers"))
}

func TestAnAnswerThatWhatsAppNeverAcceptedIsNone(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]func(t *testing.T, l *lab, conv string){
		"refused by WhatsApp": func(t *testing.T, l *lab, conv string) {
			l.line.sends(failsFirst(131047, 9))
			_, err := l.reply(conv, "hi")
			require.NoError(t, err)
		},
		"still in the outbox": func(t *testing.T, l *lab, conv string) {
			l.line.sends(func(ctx context.Context, _ message.Outbound, _ int) error { <-ctx.Done(); return ctx.Err() })
			_, err := l.reply(conv, "hi")
			require.NoError(t, err)
		},
		"taken back by the agent": func(t *testing.T, l *lab, conv string) {
			l.line.sends(failsFirst(130429, 9))
			m, err := l.reply(conv, "hi")
			require.NoError(t, err)
			l.pass(time.Second)
			require.NoError(t, l.agents.CancelMessage(t.Context(), alice, m.ID))
		},
		"given up": func(t *testing.T, l *lab, conv string) {
			l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.reply(conv, "hi")
			require.NoError(t, err)
			l.pass(time.Second)
			require.NoError(t, l.agents.GiveUpMessage(t.Context(), alice, m.ID))
		},
		"uncertain": func(t *testing.T, l *lab, conv string) {
			l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			_, err := l.reply(conv, "hi")
			require.NoError(t, err)
		},
		"an album of which every part failed": func(t *testing.T, l *lab, conv string) {
			l.line.sends(failsFirst(131026, 9))
			l.album(conv, "one", "two", "three")
		},
		"a macro": func(t *testing.T, l *lab, conv string) {
			l.line.sends(failsFirst(131047, 9))
			_, err := l.agents.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv, Text: "hi"})
			require.NoError(t, err)
		},
		"a template": func(t *testing.T, l *lab, conv string) {
			l.line.sends(failsFirst(132001, 9))
			_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: "reminder", Language: "en"}})
			require.NoError(t, err)
		},
		"a notification that nobody asked for": func(t *testing.T, l *lab, _ string) {
			_, err := l.notify(kim, "reminder")
			require.NoError(t, err)
			l.pass(time.Second)
			require.Len(t, l.line.texts(), 1, "it was sent")
		},
		"sent again, in vain": func(t *testing.T, l *lab, conv string) {
			l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.reply(conv, "hi")
			require.NoError(t, err)
			l.pass(time.Second)
			l.line.sends(failsFirst(131026, 9))
			require.NoError(t, l.agents.ResendMessage(t.Context(), alice, m.ID))
		},
		"known by its failure alone": func(t *testing.T, l *lab, conv string) {
			l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.reply(conv, "hi")
			require.NoError(t, err)
			l.pass(time.Second)
			l.post(kim.fails(outWAMID("hi"), m.ID, 131026))
		},
		"of a bot": func(t *testing.T, l *lab, conv string) {
			l.line.sends(failsFirst(131026, 9))
			_, err := l.agents.Reply(t.Context(), access.Actor{Kind: access.Bot, ID: "bot"}, channel.Reply{
				Conversation: conv, Content: &message.Text{Body: "hi"},
			})
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := labOptions{settings: func(s *channel.Settings) { s.ConsentElsewhere = true }, own: func(s *desk.Settings) {
				s.Rules.IdleClose.After = duration.Hour
				s.Access.Bots = map[string]access.Role{"bot": access.Contributor}
			}, config: withTemplates(t)}
			asked(t, o, func(t *testing.T, l *lab, conv string) {
				step(t, l, conv)
				l.pass(10 * time.Second)
				l.waits()
				l.pass(2 * time.Hour)
				l.waits() // and is not closed on
			})
		})
	}
}

func TestAnAnswerThatFailsAfterAllIsTakenBack(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		m, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(time.Second)
		l.answered()
		require.Equal(t, "alice", l.conversation().State.Assignee)
		require.NoError(t, l.agents.Move(t.Context(), alice, conv, rules.QueuePending, time.Time{}))
		l.post(kim.fails(outWAMID("hi"), m.ID, 131047))
		l.pass(time.Second)
		l.waits()
		moves := l.host.of(conversation.QueueMoved)
		require.Equal(t, string(rules.WhyFailed), moves[len(moves)-1].Reason, "agents see it again, and why")

		// What was delivered to another device counts again.
		l.post(kim.status(time.Now(), outWAMID("hi"), m.ID, "delivered"))
		l.pass(time.Second)
		l.answered()
		require.Equal(t, "alice", l.conversation().State.Assignee)
		require.Len(t, l.host.of(conversation.Assigned), 3, "made the owner, no longer, and again")
	})
}

func TestOfTwoAnswersTheOneThatStandsCounts(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{"the first fails": {0}, "the second fails": {1}, "both fail": {0, 1}, "both fail, the later one first": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
				var all []*conversation.Message
				for _, text := range []string{"one", "two"} {
					m, err := l.reply(conv, text)
					require.NoError(t, err)
					all = append(all, m)
					l.pass(10 * time.Second)
				}
				for i, n := range order {
					l.answered()
					l.post(kim.fails(outWAMID(all[n].Text), all[n].ID, 131026))
					l.pass(10 * time.Second)
					if i == 0 {
						l.answered()
						want := all[1-n].At.Truncate(time.Second)
						require.Equal(t, want, l.conversation().State.LastAgentReply)
						require.EqualValues(t, want.Sub(dawn)/time.Second, l.report(dawn, dawn).Total("first_answer_seconds"))
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
	l.t.Helper()
	var replies []channel.Reply
	for _, text := range texts {
		replies = append(replies, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}})
	}
	all, err := l.agents.ReplyAll(l.t.Context(), alice, replies)
	require.NoError(l.t, err)
	return all
}

func TestOfAnAlbumWhatArrivedIsTheAnswer(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{"the first part fails": "one", "one in the middle does": "two", "the last does": "three"} {
		t.Run(name, func(t *testing.T) {
			asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
				l.line.sends(func(ctx context.Context, out message.Outbound, n int) error {
					if textOf(out) == bad {
						return failsFirst(131053, 99)(ctx, out, n)
					}
					return nil
				})
				all := l.album(conv, "one", "two", "three")
				l.pass(time.Minute)
				l.answered()
				for _, m := range all {
					if m.Text != bad {
						l.post(kim.fails(outWAMID(m.Text), m.ID, 131026))
						l.pass(time.Second)
					}
				}
				l.waits()
				l.post(kim.status(time.Now(), outWAMID(all[1].Text), all[1].ID, "delivered"))
				l.pass(time.Second)
				l.answered()
			})
		})
	}
}

func TestAnAnswerThatWasSentAgainCountsOnce(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		l.line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		m, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(time.Second)
		l.line.sends(nil)
		require.NoError(t, l.agents.ResendMessage(t.Context(), alice, m.ID))
		l.pass(time.Second)
		l.answered()
		l.post(kim.status(time.Now(), "wamid.first try", m.ID, "sent"), kim.status(time.Now(), outWAMID("hi"), m.ID, "delivered"))
		l.pass(time.Second)
		l.answered()
		require.EqualValues(t, 1, l.report(dawn, dawn).Total("messages_out"))
	})
}

func TestAnAnswerWhoseWindowClosedInTheOutboxIsNone(t *testing.T) {
	o := labOptions{config: slowPolls, own: func(s *desk.Settings) { s.Rules.IdleClose.After = duration.Hour }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		change := func(enabled bool) {
			s := l.agents.Channels(admin)[0]
			s.Enabled = enabled
			require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
		}
		l.line.sends(failsFirst(130429, 1))
		m, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(100 * time.Millisecond)
		change(false) // it stays in the outbox
		l.pass(25 * time.Hour)
		change(true)
		l.pass(time.Hour)
		list := l.messages(conv)
		require.Equal(t, m.ID, list[1].ID)
		require.Equal(t, conversation.Failed, list[1].Delivery.State())
		require.Equal(t, "window_closed", list[1].Delivery.Failure.Class)
		st := l.conversation().State
		require.Equal(t, dawn, st.WaitingSince)
		require.NotEqual(t, rules.QueueResolved, st.Queue)
		require.Zero(t, l.report(dawn, dawn.Add(72*time.Hour)).Total("answers"))
	})
}

func TestAFailureAfterTheConversationWasResolvedReopensIt(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]bool{"accepted before it failed": true, "never accepted": false} {
		t.Run(name, func(t *testing.T) {
			asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
				if !accepted {
					l.line.sends(func(ctx context.Context, out message.Outbound, n int) error {
						<-time.After(10 * time.Second)
						return failsFirst(131026, 9)(ctx, out, n)
					})
				}
				m, err := l.reply(conv, "hi, and goodbye")
				require.NoError(t, err)
				if accepted {
					l.pass(time.Second)
				}
				require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done"))
				l.pass(time.Minute)
				if accepted {
					require.Equal(t, rules.QueueResolved, l.conversation().State.Queue)
					l.post(kim.fails(outWAMID("hi, and goodbye"), m.ID, 131026))
					l.pass(time.Second)
				}
				l.waits()
				moves := l.host.of(conversation.QueueMoved)
				require.Equal(t, string(rules.QueueNew), moves[len(moves)-1].To)
				require.Equal(t, string(rules.WhyFailed), moves[len(moves)-1].Reason)
			})
		})
	}
}

func TestAnAnswerThatIsSentAfterTheConversationWasResolvedCounts(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		l.line.sends(takesTime)
		for _, text := range []string{"hi", "and goodbye"} {
			_, err := l.reply(conv, text)
			require.NoError(t, err)
		}
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done"))
		l.pass(time.Minute)
		l.answered()
		require.Equal(t, rules.QueueResolved, l.conversation().State.Queue)
	})
}

func TestAFailureDoesNotReopenWhatTheCustomerHasLeft(t *testing.T) {
	o := labOptions{own: func(s *desk.Settings) { s.Rules.Late.NewAfter = duration.Hour }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		m, err := l.reply(conv, "hi")
		require.NoError(t, err)
		l.pass(time.Second)
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, "done"))
		l.pass(3 * time.Hour)
		l.say(kim, "wamid.2", "another thing")
		l.post(kim.fails(outWAMID("hi"), m.ID, 131026))
		l.pass(time.Second)
		require.Len(t, l.conversations(), 2)
		require.Equal(t, conv, l.conversations()[1].ID)
		require.Equal(t, rules.QueueResolved, l.conversations()[1].State.Queue)
		failures := l.host.of(conversation.DeliveryChanged)
		require.Equal(t, conversation.Failed, failures[len(failures)-1].Delivery, "but the host is told")
	})
}

func TestAnAutomaticReplyIsOneForWhatsAppAndNoneForThePersonWhoWaits(t *testing.T) {
	o := labOptions{own: func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: "Thank you for writing to us."}}
	}}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		st := l.conversation().State
		require.Equal(t, dawn, st.WaitingSince)
		require.Zero(t, st.UnansweredSince)
		require.NotZero(t, st.LastAutomatic)
		require.Zero(t, st.LastOutbound)
		report := l.report(dawn, dawn)
		require.EqualValues(t, 1, report.Total("automatic_answers"))
		require.EqualValues(t, 1, report.Total("auto_replies"))
		require.Zero(t, report.Total("first_answers")+report.Total("answers"))

		l.post(kim.fails(outWAMID("Thank you for writing to us."), l.messages(conv)[1].ID, 131026))
		l.pass(time.Second)
		st = l.conversation().State
		require.Equal(t, dawn, st.WaitingSince)
		require.Equal(t, dawn, st.UnansweredSince)
		require.Zero(t, st.LastAutomatic)
		require.Zero(t, l.report(dawn, dawn).Total("automatic_answers"))
	})
}

func TestWhatWasTypedInTheBusinessAppCountsAsAnAnswer(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		l.post(kim.echo(time.Now(), "wamid.2", "text", map[string]any{"body": "hi"}))
		l.pass(time.Second)
		l.answered()
		// An answer that fails beside it changes nothing.
		m, err := l.reply(conv, "hi again")
		require.NoError(t, err)
		l.pass(time.Second)
		l.post(kim.fails(outWAMID("hi again"), m.ID, 131026))
		l.pass(time.Second)
		l.answered()
	})
}

func TestAReactionIsAChangeOfItsTargetAndNoAnswer(t *testing.T) {
	asked(t, labOptions{}, func(t *testing.T, l *lab, conv string) {
		react := func(target, emoji string) (*conversation.Message, error) {
			m, err := l.agents.Reply(t.Context(), alice, channel.Reply{
				Conversation: conv, Content: &message.Reaction{MessageID: target, Emoji: emoji},
			})
			l.pass(time.Second)
			return m, err
		}
		target := l.messages(conv)[0].ID
		ours := func() []conversation.Reaction { return l.messages(conv)[0].Reactions }
		before := l.conversation()

		m, err := react(target, "👍")
		require.NoError(t, err)
		l.waits()
		require.Len(t, ours(), 1)
		require.Equal(t, conversation.Reaction{By: "business", Emoji: "👍", At: m.At}, ours()[0])
		require.Len(t, l.messages(conv), 1, "it is no message of its own")
		after := l.conversation()
		require.Equal(t, before.Preview, after.Preview)
		require.Equal(t, before.Outbound, after.Outbound)
		require.Equal(t, before.LastActivity, after.LastActivity)
		require.Zero(t, l.report(dawn, dawn).Total("messages_out"))
		reacted := l.host.of(conversation.Reacted)
		require.Len(t, reacted, 1)
		require.Equal(t, target, reacted[0].Message.ID)
		require.Equal(t, conversation.Author{Kind: "agent", ID: "alice"}, reacted[0].Author)
		require.Empty(t, l.host.of(conversation.MessageQueued))
		require.Empty(t, l.host.of(conversation.DeliveryChanged))
		require.Equal(t, "wamid.1", l.line.sent[0].Content.(*message.Reaction).MessageID, "WhatsApp is told its own name")

		other, err := react("wamid.1", "🎉")
		require.NoError(t, err, "the wamid will do as well")
		require.Equal(t, "🎉", ours()[0].Emoji)
		l.post(kim.fails(outWAMID("reaction"), other.ID, 131009))
		l.pass(time.Second)
		require.Len(t, ours(), 1)
		require.Equal(t, "👍", ours()[0].Emoji, "the one before stands again")
		require.Len(t, l.host.of(conversation.DeliveryChanged), 1, "the host is told why")

		_, err = react(target, "")
		require.NoError(t, err)
		require.Empty(t, ours()[0].Emoji, "taken away")
		l.waits()

		l.line.sends(failsFirst(131009, 99))
		_, err = react(target, "❤️")
		require.NoError(t, err)
		require.Empty(t, ours()[0].Emoji, "what WhatsApp refused is on no message")

		_, err = react("m_unknown", "👍")
		require.ErrorIs(t, err, channel.ErrNotFound)
		l.line.sends(nil)
		lee := face{phone: "13125550188", bsuid: "US.2", name: "Lee"}
		l.say(lee, "wamid.lee", "hello")
		_, err = react("wamid.lee", "👍")
		require.ErrorIs(t, err, channel.ErrNotFound, "somebody else's message")

		receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", message.Recipient{BSUID: kim.bsuid})
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Messages)
		everything(t, l.store, func(text string) { require.NotContains(t, text, conv) })
	})
}
