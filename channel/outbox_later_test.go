package channel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/window"
)

// later answers in a conversation with a text that is to be sent after a while.
func (l *lab) later(conv, text string, after time.Duration) (*conversation.Message, error) {
	return l.Hub.Reply(l.T.Context(), alice, channel.Reply{
		Conversation: conv, Content: &message.Text{Body: text}, Key: text, At: time.Now().Add(after),
	})
}

// fate is what became of a message.
func (l *lab) fate(id string) *conversation.Message {
	l.T.Helper()
	m, err := l.Hub.Message(l.T.Context(), id)
	require.NoError(l.T, err)
	return m
}

func TestAnAnswerGoesOutAtItsTimeAndNotBefore(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		m, err := l.later(conv, "Your bicycle is ready.", 2*time.Hour)
		require.NoError(t, err)
		require.Equal(t, conversation.Scheduled, m.Delivery.State())
		require.True(t, m.Delivery.ScheduledFor.Equal(time.Now().Add(2*time.Hour)))
		require.Len(t, l.Messages(conv), 2, "it is seen in the talk")
		require.Equal(t, "hello", l.Conversation().Preview, "and is not what was said last")

		_, err = l.Reply(conv, "One moment")
		require.NoError(t, err)
		l.Pass(time.Hour)
		require.Equal(t, []string{"One moment"}, l.Line.Texts(), "what is written meanwhile does not wait")
		require.Len(t, l.Host.Of(conversation.MessageScheduled), 1)
		l.Pass(time.Hour + time.Minute)
		require.Equal(t, []string{"One moment", "Your bicycle is ready."}, l.Line.Texts())
		require.Equal(t, conversation.Accepted, l.fate(m.ID).Delivery.State())
		require.Len(t, l.Host.Of(conversation.MessageQueued), 2)
		require.Equal(t, "Your bicycle is ready.", l.Conversation().Preview)
		require.Equal(t, 2, l.Conversation().Outbound)
	})
}

func TestATimeThatCannotBeIsRefusedAndNothingIsKept(t *testing.T) {
	asked(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab, conv string) {
		for name, tt := range map[string]struct {
			after time.Duration
			rule  message.Rule
		}{
			"a second ago":        {-time.Second, message.RulePast},
			"now":                 {0, message.RulePast},
			"a year ago":          {-365 * 24 * time.Hour, message.RulePast},
			"beyond 30 days":      {channel.MaxAhead + time.Second, message.RuleTooFar},
			"in a hundred years ": {100 * 365 * 24 * time.Hour, message.RuleTooFar},
		} {
			reply := channel.Reply{Conversation: conv, Template: &channel.Template{Name: "reminder", Language: "en"}, At: time.Now().Add(tt.after)}
			_, err := l.Hub.Reply(t.Context(), alice, reply)
			var invalid *message.InvalidError
			require.ErrorAs(t, err, &invalid, name)
			require.Equal(t, "at", invalid.Problems[0].Path, name)
			require.Equal(t, tt.rule, invalid.Problems[0].Rule, name)
			require.NotEmpty(t, explain.Error(err).Fields, name)
			require.ErrorIs(t, l.Hub.Check(t.Context(), alice, reply), message.ErrInvalid, name)
			_, err = l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: channeltest.Kim.Phone},
				Template: &channel.Template{Name: "reminder", Language: "en"}, At: time.Now().Add(tt.after),
			})
			require.Error(t, err, name)
		}
		_, err := l.later(conv, "tomorrow", 25*time.Hour)
		require.ErrorIs(t, err, window.ErrClosed, "the window will be closed then")
		_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: conv, Content: &message.Reaction{MessageID: l.Messages(conv)[0].ID, Emoji: "👍"}, At: time.Now().Add(time.Hour),
		})
		require.ErrorIs(t, err, message.ErrInvalid, "a reaction is no message of its own")
		require.Len(t, l.Messages(conv), 1)
		l.Pass(time.Hour)
		require.Empty(t, l.Line.Texts())
	})
}

func TestTheSameKeyIsTheSameMessageAlsoAfterItsTime(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		reply := channel.Reply{Conversation: conv, Content: &message.Text{Body: "ready"}, Key: "1", At: time.Now().Add(time.Hour)}
		first, err := l.Hub.Reply(t.Context(), alice, reply)
		require.NoError(t, err)
		l.Pass(2 * time.Hour)
		again, err := l.Hub.Reply(t.Context(), alice, reply)
		require.NoError(t, err)
		require.Equal(t, first.ID, again.ID)
		reply.At = time.Now().Add(time.Hour)
		_, err = l.Hub.Reply(t.Context(), alice, reply)
		require.ErrorIs(t, err, channel.ErrKeyReused, "another time is another message")
		l.Pass(2 * time.Hour)
		require.Equal(t, []string{"ready"}, l.Line.Texts())
	})
}

func TestAScheduledMessageIsTakenBack(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		m, err := l.later(conv, "ready", 2*time.Hour)
		require.NoError(t, err)
		l.Pass(time.Hour)
		require.NoError(t, l.Hub.CancelMessage(t.Context(), alice, m.ID))
		require.NoError(t, l.Hub.CancelMessage(t.Context(), alice, m.ID), "twice")
		require.True(t, l.fate(m.ID).At.Equal(time.Now()), "it stands where it was taken back")
		l.Pass(2 * time.Hour)
		require.Empty(t, l.Line.Texts())
		require.Equal(t, conversation.Cancelled, l.fate(m.ID).Delivery.State())
		backlog, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "later", Limit: 10})
		require.NoError(t, err)
		require.Empty(t, backlog)
	})
}

func TestWhatWasAllowedIsAskedAgainWhenItIsDue(t *testing.T) {
	t.Parallel()
	in := func(hours int) time.Time { return time.Now().Add(time.Duration(hours) * time.Hour) }
	kim := message.Recipient{Phone: channeltest.Kim.Phone}
	for name, tt := range map[string]struct {
		template string // "" is a text
		between  func(t *testing.T, l *lab)
		class    string
	}{
		"the customer stopped marketing": {"sale", func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Preference(time.Now(), "stop"))
		}, "opted_out"},
		"the consent was revoked": {"sale", func(t *testing.T, l *lab) {
			require.NoError(t, l.Hub.RevokeConsent(t.Context(), "support", kim, time.Now()))
		}, "no_consent"},
		"the template was switched off": {"reminder", func(t *testing.T, l *lab) {
			l.Post(channeltest.Item{Field: "message_template_status_update", Value: map[string]any{
				"event": "DISABLED", "message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en",
			}, Account: time.Now()})
		}, "template"},
		"the number changed, and with it the window": {"", func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Moved(time.Now(), "wamid.moved", channeltest.Face{Phone: "13125550199", Bsuid: "US.2"}))
		}, "window_closed"},
		"the budget is used up": {"reminder", func(t *testing.T, l *lab) {
			ch, err := l.Hub.Channel(t.Context(), "support")
			require.NoError(t, err)
			ch.Settings.Budget = &pricing.Budget{Unit: pricing.BudgetEvery, Limit: 1}
			require.NoError(t, l.Hub.UpdateSettings(t.Context(), ch.Settings))
			_, err = l.Notify(channeltest.Face{Phone: "13125550111"}, "reminder")
			require.NoError(t, err)
		}, "budget_exhausted"},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, channeltest.LabOptions{Config: func(c *channel.Config) {
				channeltest.WithTemplates(t)(c)
			}}, func(t *testing.T, l *lab, conv string) {
				for _, to := range []string{channeltest.Kim.Phone, "13125550111"} {
					require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", message.Recipient{Phone: to}, conversation.Consent{
						At: time.Now().Add(-time.Hour), Where: "form", Wording: "1",
					}))
				}
				var m *conversation.Message
				var err error
				if tt.template == "" {
					m, err = l.later(conv, "ready", 2*time.Hour)
				} else {
					m, err = l.Hub.Notify(t.Context(), alice, channel.Notification{
						Channel: "support", To: kim, Template: &channel.Template{Name: tt.template, Language: "en"}, At: in(2),
					})
				}
				require.NoError(t, err)
				require.Equal(t, conversation.Scheduled, m.Delivery.State())
				l.Pass(time.Hour)
				tt.between(t, l)
				l.Pass(time.Minute)
				sent := len(l.Line.Texts())
				l.Pass(2 * time.Hour)
				require.Len(t, l.Line.Texts(), sent, "it was not sent")
				now := l.fate(m.ID)
				require.Equal(t, conversation.Failed, now.Delivery.State())
				require.Contains(t, now.Delivery.Failure.Class, tt.class)
				require.NotEmpty(t, now.Delivery.Failure.Hint)
				changes := l.Host.Of(conversation.DeliveryChanged)
				require.Equal(t, conversation.Failed, changes[len(changes)-1].Delivery, "the host is told")
			})
		})
	}
}

func TestAScheduledMessageSurvivesARestartAndIsNobodyElses(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
	}}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		other := channeltest.Kim.Text(time.Now(), "wamid.2", "hello")
		other.Number = channeltest.OtherNumber
		l.Post(other)
		l.Pass(time.Minute)
		_, err := l.later(l.Conversation().ID, "ready", 2*time.Hour)
		require.NoError(t, err)
		l.Stop()
		<-time.After(5 * time.Hour)
		l.Run()
		l.Pass(time.Minute)
		require.Equal(t, []string{"ready"}, l.Line.Texts(), "late rather than never, and on its own channel only")
		l.Pass(time.Hour)
		require.Equal(t, []string{"ready"}, l.Line.Texts())
	})
}

func TestWhatIsMeantForOneTimeGoesInItsOrder(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		var want []string
		var replies []channel.Reply
		for _, text := range []string{"one", "two", "three", "four", "five"} {
			replies = append(replies, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}, At: time.Now().Add(time.Hour)})
			want = append(want, text)
		}
		_, err := l.Hub.ReplyAll(t.Context(), alice, replies)
		require.NoError(t, err)
		l.Pass(2 * time.Hour)
		require.Equal(t, want, l.Line.Texts())
	})
}

func TestAnErasedCustomerIsNotWrittenToLater(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		_, err := l.later(conv, "ready", 2*time.Hour)
		require.NoError(t, err)
		_, err = l.Hub.EraseCustomer(t.Context(), "support", message.Recipient{Phone: channeltest.Kim.Phone})
		require.NoError(t, err)
		l.Pass(3 * time.Hour)
		require.Empty(t, l.Line.Texts())
		backlog, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "later", Limit: 10})
		require.NoError(t, err)
		require.Empty(t, backlog)
	})
}

func TestAConversationWithSomethingPlannedIsKept(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{
		Settings: func(s *settings.Settings) { s.Retention.Messages = 24 * 60 * 60 * 1e9; s.ConsentElsewhere = true },
		Config:   channeltest.WithTemplates(t),
	}, func(t *testing.T, l *lab) {
		_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
			Channel: "support", To: message.Recipient{Phone: channeltest.Kim.Phone},
			Template: &channel.Template{Name: "reminder", Language: "en"}, At: time.Now().Add(5 * 24 * time.Hour),
		})
		require.NoError(t, err)
		l.Pass(5*24*time.Hour + time.Minute)
		require.Len(t, l.Line.Sent, 1)
	})
}

func TestAfterARestoreWhatWasDueBeforeIsInDoubt(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		due, err := l.later(conv, "before", time.Hour)
		require.NoError(t, err)
		comes, err := l.later(conv, "after", 5*time.Hour)
		require.NoError(t, err)
		l.Stop()
		<-time.After(2 * time.Hour)
		again := newLab(t, channeltest.LabOptions{Store: l.Store, Config: func(c *channel.Config) { c.RestoredAt = time.Now() }})
		again.Run()
		again.Pass(time.Minute)
		require.Equal(t, conversation.Uncertain, again.fate(due.ID).Delivery.State())
		again.Pass(4 * time.Hour)
		require.Equal(t, conversation.Accepted, again.fate(comes.ID).Delivery.State())
		require.Equal(t, []string{"after"}, again.Line.Texts())
	})
}

func TestACardInPiecesOverTimeIsMasked(t *testing.T) {
	asked(t, channeltest.LabOptions{}, func(t *testing.T, l *lab, conv string) {
		m, err := l.later(conv, "pay with 4111 1111 1111 1111", time.Hour)
		require.NoError(t, err)
		require.True(t, m.Redacted)
		l.Pass(2 * time.Hour)
		require.NotContains(t, l.Line.Texts()[0], "1111 1111 1111")
	})
}

func TestACampaignCanBeWrittenAhead(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{
		Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }, Config: channeltest.WithTemplates(t),
	}, func(t *testing.T, l *lab) {
		at := time.Now().Add(48 * time.Hour)
		rows := func(yield func(channel.Notification, error) bool) {
			for _, phone := range []string{"13125550101", "13125550102", "13125550103"} {
				if !yield(channel.Notification{
					Channel: "support", To: message.Recipient{Phone: phone},
					Template: &channel.Template{Name: "reminder", Language: "en"}, At: at,
				}, nil) {
					return
				}
			}
		}
		for range 2 {
			for r := range l.Hub.NotifyAll(context.Background(), alice, campaign.Campaign{Key: "spring"}, rows) {
				require.NoError(t, r.Err)
				require.Equal(t, conversation.Scheduled, r.Message.Delivery.State())
			}
		}
		l.Pass(47 * time.Hour)
		require.Empty(t, l.Line.Sent)
		l.Pass(2 * time.Hour)
		require.Len(t, l.Line.Sent, 3)
	})
}

func TestAScheduledMessageWaitsADayForTheMessagingLimitAndNoLonger(t *testing.T) {
	t.Parallel()
	const people = 50
	for name, full := range map[string]bool{"somebody's day is over": false, "others were written to meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			experiment(t, notifying(t), func(t *testing.T, l *lab) {
				limit := func(tier string) {
					require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: tier}))
				}
				fill := func(from int) {
					for n := range people {
						_, err := l.Notify(channeltest.Stranger(from+n), "reminder")
						require.NoError(t, err)
					}
				}
				limit("TIER_50")
				fill(0)
				m, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
					Channel: "support", To: message.Recipient{Phone: channeltest.Stranger(people).Phone},
					Template: &channel.Template{Name: "reminder", Language: "en"}, At: time.Now().Add(time.Hour),
				})
				require.NoError(t, err)
				l.Pass(20 * time.Hour)
				require.Equal(t, conversation.Scheduled, l.fate(m.ID).Delivery.State(), "it waits")
				if full {
					limit("TIER_1K")
					fill(people + 1)
					limit("TIER_50")
				}
				l.Pass(6 * time.Hour)
				if now := l.fate(m.ID).Delivery; full {
					require.Equal(t, conversation.Failed, now.State(), "a day after its time it is too late")
					require.EqualValues(t, conversation.CauseLimit, now.Failure.Class)
				} else {
					require.Equal(t, conversation.Accepted, now.State())
				}
			})
		})
	}
}
