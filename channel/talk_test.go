package channel_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// customer returns the one whom the only conversation is with.
func (l *lab) customer() *conversation.Customer {
	l.T.Helper()
	_, c, err := l.Hub.Conversation(l.T.Context(), l.Conversation().ID)
	require.NoError(l.T, err)
	return c
}

func TestAnAcceptedCallOfOursOpensTheWindow(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		call := func(status string) channeltest.Item {
			return channeltest.Item{Field: "calls", Value: map[string]any{"statuses": []any{map[string]any{
				"id": "wacid.1", "type": "call", "status": status, "timestamp": channeltest.Stamp(time.Now()),
				"recipient_id": channeltest.Kim.Phone, "recipient_user_id": channeltest.Kim.Bsuid,
			}}}}
		}
		l.Say(channeltest.Kim, "wamid.1", "call me")
		l.Pass(30 * time.Hour)
		l.Post(call("RINGING"))
		l.Pass(5 * time.Second)
		require.False(t, l.customer().Window.OpenAt(time.Now()))
		l.Post(call("ACCEPTED"))
		l.Pass(5 * time.Second)
		require.True(t, l.customer().Window.OpenAt(time.Now()))
	})
}

func TestAnsweringAnAdvertisementIsFreeForThreeDays(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "is it still there?", "referral", map[string]any{
			"source_type": "ad", "source_id": "7", "source_url": "https://fb.me/x", "ctwa_clid": "c",
		}))
		l.Pass(time.Hour)
		require.False(t, l.customer().Window.FreeEntryAt(time.Now()), "it begins with our answer")
		m, err := l.Reply(l.Conversation().ID, "it is")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.True(t, l.customer().Window.FreeEntryAt(time.Now()))
		expires := time.Now().Add(50 * time.Hour).Truncate(time.Second)
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("it is"), m.ID, "sent", "conversation", map[string]any{
			"id": "c1", "expiration_timestamp": channeltest.Stamp(expires), "origin": map[string]any{"type": "referral_conversion"},
		}))
		l.Pass(5 * time.Second)
		require.True(t, l.customer().Window.FreeEntryAt(expires.Add(-time.Second)))
	})
}

func TestAStatusOfAMessageOfOthersChangesNothing(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: counts}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.of another application", "their-id", "delivered"))
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.of an older hub", "m_aaaaaaaaaaaaaaaaaaaaaaaa", "read"))
		l.Pass(10 * time.Minute)
		require.Empty(t, l.Letters("in"))
		require.Empty(t, l.Records("message"))
		require.EqualValues(t, 2, l.counted("status_elsewhere"))
	})
}

func TestAFailedStatusMayBeTheFirstToTellOfAnOptOut(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		sale := channel.Reply{Conversation: l.Conversation().ID, Template: &channel.Template{Name: "sale", Language: "en"}}
		m, err := l.Hub.Reply(t.Context(), alice, sale)
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		l.Post(channeltest.Kim.Status(time.Now(), channeltest.OutWAMID("template"), m.ID, "failed", "errors", []any{map[string]any{"code": 131050}}))
		l.Pass(5 * time.Second)
		_, err = l.Hub.Reply(t.Context(), alice, sale)
		require.ErrorIs(t, err, channel.ErrOptedOut)
		_, err = l.Reply(l.Conversation().ID, "service goes on")
		require.NoError(t, err)
	})
}

func TestQuotesMustBeOfTheConversationAndSent(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Say(channeltest.Stranger(1), "wamid.2", "hi")
		convs := l.Conversations()
		kims, other := convs[1].ID, convs[0].ID
		quote := func(id string) error {
			_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: kims, Content: &message.Text{Body: "re"}, Quote: id})
			return err
		}
		require.ErrorIs(t, quote("m_none"), channel.ErrNotFound)
		require.ErrorIs(t, quote(l.Messages(other)[0].ID), channel.ErrNotFound, "nobody's words are shown to another")
		l.Stop()
		waiting, err := l.Reply(kims, "not sent yet")
		require.NoError(t, err)
		require.ErrorContains(t, quote(waiting.ID), "not sent yet")
		require.NoError(t, quote(l.Messages(kims)[0].ID))
		l.Run()
		l.Pass(5 * time.Second)
		require.Equal(t, "wamid.1", l.Line.Sent[1].ReplyTo)
	})
}

func TestWhoCannotBeAddressedIsRefused(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		for name, to := range map[string]message.Recipient{
			"nobody": {}, "a group": {Group: "G1"}, "letters": {Phone: "0800-CALL-ME"}, "too short": {Phone: "12345"},
			"too long": {Phone: "1234567890123456"},
		} {
			_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: to, Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.Error(t, err, name)
			require.Error(t, l.Hub.RecordConsent(t.Context(), "support", to, conversation.Consent{At: channeltest.Dawn, Where: "w", Wording: "w"}), name)
		}
		_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{Channel: "support", To: message.Recipient{Phone: channeltest.Kim.Phone}})
		require.ErrorContains(t, err, "template")
		_, err = l.Hub.Notify(t.Context(), alice, channel.Notification{Channel: "none"})
		require.ErrorIs(t, err, channel.ErrNoChannel)
		_, err = l.Notify(channeltest.Kim, "none")
		require.ErrorIs(t, err, template.ErrNotSendable)
		require.Empty(t, l.Records("customer"), "nobody was invented")
	})
}

func TestConsentIsEvidenceThatCanBeWithdrawn(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		to := message.Recipient{Phone: "+" + channeltest.Kim.Phone}
		record := func(at time.Time, categories ...string) {
			t.Helper()
			require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", to, conversation.Consent{
				At: at, Where: "checkout, card 4111 1111 1111 1111", Wording: "v3", Categories: categories,
			}))
		}
		record(channeltest.Dawn, "utility")
		record(channeltest.Dawn, "utility")
		_, err := l.Notify(channeltest.Kim, "reminder")
		require.NoError(t, err)
		_, err = l.Notify(channeltest.Kim, "sale")
		require.ErrorIs(t, err, channel.ErrNoConsent, "for another category")
		record(channeltest.Dawn.Add(time.Hour))
		_, err = l.Notify(channeltest.Kim, "sale")
		require.NoError(t, err, "for all categories")
		customer := l.customer()
		require.Len(t, customer.Consents, 2, "the same evidence is kept once")
		require.NotContains(t, customer.Consents[0].Where, "4111 1111")

		require.NoError(t, l.Hub.RevokeConsent(t.Context(), "support", to, channeltest.Dawn.Add(30*time.Minute)))
		_, err = l.Notify(channeltest.Kim, "sale")
		require.NoError(t, err, "the later consent stands")
		require.NoError(t, l.Hub.RevokeConsent(t.Context(), "support", to, channeltest.Dawn.Add(2*time.Hour)))
		_, err = l.Notify(channeltest.Kim, "sale")
		require.ErrorIs(t, err, channel.ErrNoConsent)
		require.Len(t, l.customer().Consents, 2, "what was withdrawn is still known")
		for name, c := range map[string]conversation.Consent{
			"no time": {Where: "w", Wording: "w"}, "no place": {At: channeltest.Dawn, Wording: "w"}, "no wording": {At: channeltest.Dawn, Where: "w", Wording: " "},
		} {
			require.Error(t, l.Hub.RecordConsent(t.Context(), "support", to, c), name)
		}
	})
}

func TestAConsentThatWasWithdrawnIsNoneWhateverTheHubHearsFirst(t *testing.T) {
	t.Parallel()
	agree := func(t *testing.T, l *lab, f channeltest.Face, at time.Time) {
		t.Helper()
		given := conversation.Consent{At: at, Where: "checkout", Wording: "v3"}
		require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", channeltest.Recipient(f), given))
	}
	withdraw := func(t *testing.T, l *lab, f channeltest.Face, at time.Time) {
		t.Helper()
		require.NoError(t, l.Hub.RevokeConsent(t.Context(), "support", channeltest.Recipient(f), at))
	}
	at := channeltest.Dawn.Add(-24 * time.Hour)
	for name, tt := range map[string]struct {
		happens func(t *testing.T, l *lab)
		want    error
	}{
		"the withdrawal first": {func(t *testing.T, l *lab) {
			withdraw(t, l, channeltest.Kim, at.Add(time.Hour))
			agree(t, l, channeltest.Kim, at)
		}, channel.ErrNoConsent},
		"the withdrawal first, and a newer consent": {func(t *testing.T, l *lab) {
			withdraw(t, l, channeltest.Kim, at.Add(time.Hour))
			agree(t, l, channeltest.Kim, at.Add(2*time.Hour))
		}, nil},
		"an earlier withdrawal after a later one": {func(t *testing.T, l *lab) {
			withdraw(t, l, channeltest.Kim, at.Add(time.Hour))
			withdraw(t, l, channeltest.Kim, at.Add(-time.Hour))
			agree(t, l, channeltest.Kim, at)
		}, channel.ErrNoConsent},
		"of two who turn out to be one": {func(t *testing.T, l *lab) {
			withdraw(t, l, kimsPhone, at.Add(time.Hour))
			agree(t, l, kimHidden, at)
			l.Say(channeltest.Kim, "wamid.1", "both are me")
		}, channel.ErrNoConsent},
		"a consent from a clock that is years fast": {func(t *testing.T, l *lab) {
			agree(t, l, channeltest.Kim, at.AddDate(36, 0, 0))
			l.Pass(time.Hour)
			withdraw(t, l, channeltest.Kim, time.Now())
			agree(t, l, channeltest.Kim, at.AddDate(36, 0, 0))
		}, channel.ErrNoConsent},
		"a withdrawal that is told to the second": {func(t *testing.T, l *lab) {
			agree(t, l, channeltest.Kim, at.Add(400*time.Millisecond))
			withdraw(t, l, channeltest.Kim, at)
		}, channel.ErrNoConsent},
		"a withdrawal from a clock that is years fast": {func(t *testing.T, l *lab) {
			agree(t, l, channeltest.Kim, at)
			withdraw(t, l, channeltest.Kim, at.AddDate(36, 0, 0))
			l.Pass(time.Hour)
			agree(t, l, channeltest.Kim, time.Now())
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
				tt.happens(t, l)
				_, err := l.Notify(channeltest.Kim, "sale")
				require.ErrorIs(t, err, tt.want)
			})
		})
	}
}

func TestAStopInTheSecondOfAConsentHolds(t *testing.T) {
	t.Parallel()
	to := channeltest.Recipient(channeltest.Kim)
	for name, wish := range map[string]func(h *channel.Hub, at time.Time) error{
		"a consent": func(h *channel.Hub, at time.Time) error {
			return h.RecordConsent(context.Background(), "support", to, conversation.Consent{At: at, Where: "form", Wording: "v1"})
		},
		"a wish to resume": func(h *channel.Hub, at time.Time) error {
			return h.ResumeMarketing(context.Background(), "support", to, at)
		},
	} {
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, heard first %t", name, first), func(t *testing.T) {
				t.Parallel()
				experiment(t, channeltest.LabOptions{Settings: func(s *settings.Settings) { s.OptOutWords = []string{"stop"} }}, func(t *testing.T, l *lab) {
					l.Say(channeltest.Kim, "wamid.1", "hello")
					l.Pass(400 * time.Millisecond)
					agreed := time.Now() // WhatsApp tells the second of what is written a moment later
					if first {
						require.NoError(t, wish(l.Hub, agreed))
					}
					l.Say(channeltest.Kim, "wamid.2", "STOP")
					if !first {
						require.NoError(t, wish(l.Hub, agreed))
					}
					require.False(t, l.customer().MarketingStopped.IsZero())
					require.NoError(t, wish(l.Hub, agreed.Add(time.Second)))
					require.True(t, l.customer().MarketingStopped.IsZero(), "what was said a second later counts")
				})
			})
		}
	}
}

func TestAWishWithoutItsTimeIsAnError(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		to := channeltest.Recipient(channeltest.Kim)
		for name, wish := range map[string]func(context.Context, string, message.Recipient, time.Time) error{
			"revoke": l.Hub.RevokeConsent, "stop": l.Hub.StopMarketing, "resume": l.Hub.ResumeMarketing,
		} {
			require.ErrorIs(t, wish(t.Context(), "support", to, time.Time{}), channel.ErrNoEvidence, name)
		}
		require.Empty(t, l.Records("customer"))
	})
}

func TestAWindowOpenedByAMessageThatCameLateCountsFromWhenItWasWritten(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now().Add(-23*time.Hour), "wamid.1", "written yesterday"))
		l.Pass(5 * time.Second)
		_, err := l.Reply(l.Conversation().ID, "just in time")
		require.NoError(t, err)
		l.Pass(61 * time.Minute)
		_, err = l.Reply(l.Conversation().ID, "too late")
		require.ErrorIs(t, err, window.ErrClosed)
	})
}
