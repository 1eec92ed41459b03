package channel_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestNewsAboutTheAccountReachHealthHooksAndTheHostOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field string
		value map[string]any
		want  conversation.Notice
	}{
		"a review was lost": {
			"account_review_update", map[string]any{"decision": "REJECTED"},
			conversation.Notice{Kind: "review", Event: "REJECTED", Severity: "CRITICAL"},
		},
		"the account is restricted": {
			"account_update", map[string]any{"event": "ACCOUNT_RESTRICTION", "restriction_info": []any{
				map[string]any{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1790000000},
			}},
			conversation.Notice{Kind: "account", Event: "ACCOUNT_RESTRICTION", Severity: "CRITICAL", Text: "RESTRICTED_BIZ_INITIATED_MESSAGING, until 2026-09-21T14:13:20Z"},
		},
		"the account is banned": {
			"account_update", map[string]any{"event": "DISABLED_UPDATE", "ban_info": map[string]any{"waba_ban_state": "DISABLE", "waba_ban_date": "April 17, 2026"}},
			conversation.Notice{Kind: "account", Event: "DISABLED_UPDATE", Severity: "CRITICAL", Text: "DISABLE, April 17, 2026"},
		},
		"a critical alert": {
			"account_alerts", map[string]any{"entity_type": "WABA", "entity_id": "1", "alert_info": map[string]any{
				"alert_severity": "CRITICAL", "alert_status": "ACTIVE", "alert_type": "PAYMENT_MISSING", "alert_description": "Add a payment method",
			}},
			conversation.Notice{Kind: "alert", Event: "PAYMENT_MISSING", Severity: "CRITICAL", Text: "Add a payment method, WABA, ACTIVE"},
		},
		"a template costs more from now on": {
			"template_category_update", map[string]any{
				"message_template_id": 1, "message_template_name": "reminder", "message_template_language": "en", "previous_category": "UTILITY", "new_category": "MARKETING",
			},
			conversation.Notice{Kind: "template_category", Event: "MARKETING", Severity: "WARNING", Text: "reminder/en was UTILITY"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hooked []hooks.NoticeInfo
			o := channeltest.LabOptions{Config: func(cfg *channel.Config) {
				cfg.Hooks.Notice = func(_ context.Context, i hooks.NoticeInfo) { hooked = append(hooked, i) }
				other := otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{})
				other.Account = "2" + channeltest.LabAccount
				cfg.Channels = append(cfg.Channels, other)
			}}
			experiment(t, o, func(t *testing.T, l *lab) {
				news := channeltest.Item{Field: c.field, Value: c.value}
				l.Post(news)
				l.Pass(time.Minute)
				l.Post(news)
				l.Pass(time.Minute)
				got := l.channelHealth("support").Notices
				require.Len(t, got, 1)
				at := got[0].At
				got[0].At = time.Time{}
				require.Equal(t, c.want, got[0])
				require.Empty(t, l.channelHealth("other").Notices, "another account")
				require.Len(t, hooked, 1)
				require.Equal(t, "support", hooked[0].Channel)
				changes := l.Host.Of(conversation.AccountNotice)
				require.Len(t, changes, 1)
				require.Equal(t, "support", changes[0].Channel)
				require.Equal(t, c.want.Text, changes[0].Notice.Text)
				require.True(t, at.Equal(changes[0].At))
			})
		})
	}
}

func TestNewsAboutTheAccountReachTheChannelsOfEveryProcessOnce(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		var hooked []string
		hook := func(c *channel.Config) {
			c.Hooks.Notice = func(_ context.Context, i hooks.NoticeInfo) { hooked = append(hooked, i.Channel) }
		}
		only := func(id, number, account string) func(*channel.Config) {
			return func(c *channel.Config) {
				hook(c)
				one := otherChannel(id, number, &channeltest.Wire{})
				one.Account, one.Portfolio = account, "shared"
				one.Phone = "+" + number
				c.Channels = []channel.Channel{one}
			}
		}
		labs := map[string]*lab{
			"support":  join(hook),
			"sibling":  join(only("sibling", channeltest.OtherNumber, channeltest.LabAccount)),
			"stranger": join(only("stranger", lateNumber, "2"+channeltest.LabAccount)),
		}
		for _, l := range labs {
			l.Run()
		}
		l := labs["support"]
		for n := range 3 { // whichever process applies it
			alert := channeltest.Item{Field: "account_alerts", Value: map[string]any{"entity_type": "WABA", "entity_id": "1", "alert_info": map[string]any{
				"alert_severity": "CRITICAL", "alert_status": "ACTIVE", "alert_type": "ALERT", "alert_description": ordinal(n),
			}}}
			l.Post(alert)
			l.Post(channeltest.Item{Field: "phone_number_name_update", Value: map[string]any{
				"display_phone_number": channeltest.OtherNumber, "decision": "APPROVED", "requested_verified_name": "x", "rejection_reason": nil,
			}}, channeltest.Item{Field: "business_capability_update", Value: map[string]any{"max_daily_conversations_per_business": 2000}})
			l.Pass(10 * time.Second)
			l.Post(alert)
			l.Pass(time.Minute)
			for id, want := range map[string]int{"support": n + 1, "sibling": n + 1, "stranger": 0} {
				require.Len(t, labs[id].Host.Of(conversation.AccountNotice), want, "%s is told once", id)
				require.Len(t, labs[id].channelHealth(id).Notices, want, id)
			}
		}
		require.Len(t, hooked, 6)
		require.Equal(t, "APPROVED", labs["sibling"].channelHealth("sibling").Standing.NameStatus)
		require.Empty(t, labs["stranger"].channelHealth("stranger").Standing.NameStatus)
		require.NotEmpty(t, labs["sibling"].channelHealth("sibling").Standing.MessagingLimit)
		for _, l := range labs {
			l.Stop()
		}
	})
}

// rewrites is a Ticketing that does with what it is told what it likes, and fails the first time.
type rewrites struct {
	*channeltest.Ticketing
	saw map[string][]conversation.Notice // by channel
}

func (r *rewrites) Changed(ctx context.Context, c *conversation.Change) error {
	if n := c.Notice; n != nil {
		r.Mu.Lock()
		r.saw[c.Channel] = append(r.saw[c.Channel], *n)
		again := len(r.saw[c.Channel]) > 1
		r.Mu.Unlock()
		*n = conversation.Notice{Text: "for " + c.Channel}
		if !again {
			return errors.New("not yet")
		}
	}
	return r.Ticketing.Changed(ctx, c)
}

func TestWhatOneChannelDoesToANoticeNoOtherSees(t *testing.T) {
	t.Parallel()
	host := &rewrites{saw: map[string][]conversation.Notice{}}
	o := channeltest.LabOptions{Config: func(cfg *channel.Config) {
		sibling := otherChannel("sibling", channeltest.OtherNumber, &channeltest.Wire{})
		sibling.Account = channeltest.LabAccount
		cfg.Channels = append(cfg.Channels, sibling)
		host.Ticketing = cfg.Ticketing.(*channeltest.Ticketing)
		cfg.Ticketing = host
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Item{Field: "account_alerts", Value: map[string]any{"entity_type": "WABA", "entity_id": "1", "alert_info": map[string]any{
			"alert_severity": "CRITICAL", "alert_status": "ACTIVE", "alert_type": "ALERT", "alert_description": "Pay",
		}}})
		l.Pass(time.Hour)
		for _, id := range []string{"support", "sibling"} {
			require.Len(t, host.saw[id], 2, "once more after the failure")
			for _, n := range host.saw[id] {
				require.Equal(t, "CRITICAL", n.Severity, id)
				require.Contains(t, n.Text, "Pay", id)
			}
		}
	})
}
