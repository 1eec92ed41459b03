package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// The second tenant of a lab, beside the one with labNumber.
const (
	tenantNumber  = "206540352242922"
	tenantAccount = "202290129340398"
)

// otherTenant adds a channel called other, of an account of its own, where agents of the team
// other may do everything.
func otherTenant(l *channeltest.Wire) func(*channel.Config) {
	return func(c *channel.Config) {
		c.Channels = append(c.Channels, channel.Channel{Settings: settings.Settings{
			ID: "other", Name: "Other", Number: tenantNumber, Account: tenantAccount, Enabled: true,
		}, Sender: l})
	}
}

// others lists the conversations of the second tenant.
func (l *lab) others() []*conversation.Conversation {
	l.T.Helper()
	list, err := l.Hub.Conversations(l.T.Context(), channel.ConversationQuery{Channel: "other"})
	require.NoError(l.T, err)
	return list
}

func TestNobodySpeaksForAnotherTenantsNumber(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	ours := webhook.Scope{Accounts: []string{channeltest.LabAccount}, Numbers: []string{channeltest.LabNumber}}
	ourAccount := webhook.Scope{Accounts: []string{channeltest.LabAccount}}
	ourNumber := webhook.Scope{Numbers: []string{channeltest.LabNumber}}
	limit := channeltest.Item{Field: "business_capability_update", Value: map[string]any{"max_daily_conversation_per_phone": 250}}
	for _, tt := range []struct {
		name    string
		scope   webhook.Scope
		account string
		number  string
		ok      bool
	}{
		{"account and number of another", ours, tenantAccount, tenantNumber, false},
		{"number of another under one's own account", ours, channeltest.LabAccount, tenantNumber, false},
		{"account of another with one's own number", ours, tenantAccount, channeltest.LabNumber, false},
		{"number of another, secret bound to an account", ourAccount, channeltest.LabAccount, tenantNumber, false},
		{"account of another, secret bound to an account", ourAccount, tenantAccount, tenantNumber, false},
		{"number of another, secret bound to a number", ourNumber, tenantAccount, tenantNumber, false},
		{"account of another, secret bound to a number", ourNumber, tenantAccount, channeltest.LabNumber, false},
		{"no account", ours, "", channeltest.LabNumber, false},
		{"an account that is not the number's, secret for all", webhook.Scope{All: true}, channeltest.LabAccount, tenantNumber, false},
		{"its own", ours, channeltest.LabAccount, channeltest.LabNumber, true},
		{"its own, secret bound to an account", ourAccount, channeltest.LabAccount, channeltest.LabNumber, true},
		{"its own, secret bound to a number", ourNumber, channeltest.LabAccount, channeltest.LabNumber, true},
		{"secret for all", webhook.Scope{All: true}, tenantAccount, tenantNumber, true},
	} {
		for kind, it := range map[string]channeltest.Item{
			"a message":    ann.Text(time.Now(), "wamid.1", "hello"),
			"an opt-out":   ann.Preference(time.Now(), "stop"),
			"a call":       ann.Call(time.Now(), "wacid.1", "terminate"),
			"an echo":      ann.Echo(time.Now(), "wamid.2", "text", map[string]any{"body": "hello"}),
			"the history":  ann.Past(time.Now(), "wamid.3", "hello", false),
			"a new number": ann.Moved(time.Now(), "wamid.4", channeltest.Face{Phone: "13125550188", Bsuid: "US.2"}),
		} {
			t.Run(tt.name+": "+kind, func(t *testing.T) {
				t.Parallel()
				var line channeltest.Wire
				experiment(t, channeltest.LabOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
					l.From(tt.scope, tt.account, it.On(tt.number))
					customers, err := l.Store.List(t.Context(), store.Query{Kind: "customer", Limit: 10})
					require.NoError(t, err)
					health, err := l.Hub.Health(t.Context())
					require.NoError(t, err)
					if tt.ok {
						require.NotEmpty(t, customers)
						require.Zero(t, health.NotCovered)
						return
					}
					require.Empty(t, customers, "nothing of it is applied")
					require.Empty(t, l.Host.Received)
					letters := l.Letters("in")
					require.Len(t, letters, 1, "it is kept")
					require.Contains(t, letters[0].Reason, "may not speak")
					require.Equal(t, 1, health.NotCovered)
				})
			})
		}
	}
	t.Run("a messaging limit of another's account", func(t *testing.T) {
		t.Parallel()
		var line channeltest.Wire
		experiment(t, channeltest.LabOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
			d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"` + tenantAccount + `","changes":[
				{"field":"` + limit.Field + `","value":{"max_daily_conversations_per_business":"TIER_250"}}]}]}`))
			require.NoError(t, err)
			for _, scope := range []webhook.Scope{ours, ourAccount, ourNumber} {
				d.Scope = scope
				require.NoError(t, l.Hub.Accept(t.Context(), d))
				l.Pass(10 * time.Second)
			}
			health, err := l.Hub.Health(t.Context())
			require.NoError(t, err)
			require.Equal(t, "other", health.Channels[0].ID)
			require.Empty(t, health.Channels[0].Standing.MessagingLimit)
			require.NotEmpty(t, l.Letters("in"))

			d.Scope = webhook.Scope{Accounts: []string{tenantAccount}}
			require.NoError(t, l.Hub.Accept(t.Context(), d))
			l.Pass(10 * time.Second)
			health, err = l.Hub.Health(t.Context())
			require.NoError(t, err)
			require.Equal(t, "TIER_250", health.Channels[0].Standing.MessagingLimit, "the account itself may say so")
		})
	})
}

func TestAForgedItemDoesNotSwallowTheTrueOne(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	ours := webhook.Scope{Accounts: []string{channeltest.LabAccount}, Numbers: []string{channeltest.LabNumber}}
	for name, forge := range map[string]func(l *lab, at time.Time){
		"sent to one's own number": func(l *lab, at time.Time) {
			l.From(ours, channeltest.LabAccount, ann.Text(at, "wamid.1", "forged"))
		},
		"naming the other's number": func(l *lab, at time.Time) {
			l.From(ours, channeltest.LabAccount, ann.Text(at, "wamid.1", "forged").On(tenantNumber))
		},
		"naming the other's number and account": func(l *lab, at time.Time) {
			l.From(ours, tenantAccount, ann.Text(at, "wamid.1", "forged").On(tenantNumber))
		},
		"relying on the account that it names": func(l *lab, at time.Time) {
			l.From(webhook.Scope{Accounts: []string{channeltest.LabAccount}}, channeltest.LabAccount, ann.Text(at, "wamid.1", "forged").On(tenantNumber))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var line channeltest.Wire
			experiment(t, channeltest.LabOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
				at := time.Now()
				forge(l, at)
				l.From(webhook.Scope{Accounts: []string{tenantAccount}}, tenantAccount, ann.Text(at, "wamid.1", "the true one").On(tenantNumber))
				list := l.others()
				require.Len(t, list, 1)
				require.Equal(t, "the true one", list[0].Preview)
			})
		})
	}
}

func TestAnAccountThatNobodyVouchesForIsNotBelieved(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	unknown := func(s *settings.Settings) { s.Account = "" }
	experiment(t, channeltest.LabOptions{Settings: unknown}, func(t *testing.T, l *lab) {
		l.From(webhook.Scope{Accounts: []string{tenantAccount}}, tenantAccount, ann.Text(time.Now(), "wamid.1", "of whose number?"))
		require.Empty(t, l.Conversations(), "the item alone says that the number is of that account")
		l.From(webhook.Scope{Numbers: []string{channeltest.LabNumber}}, tenantAccount, ann.Text(time.Now(), "wamid.2", "of the number"))
		require.Len(t, l.Conversations(), 1)
	})
}

func TestADeliveryWithoutAScopeIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t, channeltest.LabOptions{})
	d, err := webhook.Parse(channeltest.Body(channeltest.Face{Phone: "13125550187"}.Text(time.Now(), "wamid.1", "hello")))
	require.NoError(t, err)
	require.ErrorIs(t, l.Hub.Accept(t.Context(), d), channel.ErrNoScope)
}

func TestAMessageOfNoNumberIsKept(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		require.NoError(t, l.Accept([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"`+channeltest.LabAccount+`","changes":[{"field":"messages",
			"value":{"messages":[{"id":"wamid.1","from":"13125550187","type":"text","text":{"body":"hello"}}]}}]}]}`)))
		l.Pass(5 * time.Second)
		require.Len(t, l.Letters("in"), 1)
	})
}
