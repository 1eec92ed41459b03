package channel_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// The second tenant of a lab, beside the one with labNumber.
const (
	tenantNumber  = "206540352242922"
	tenantAccount = "202290129340398"
)

// otherTenant adds a channel called other, of an account of its own, where agents of the team
// other may do everything.
func otherTenant(l *wire) func(*channel.Config) {
	return func(c *channel.Config) {
		c.Channels = append(c.Channels, channel.Channel{Settings: channel.Settings{
			ID: "other", Name: "Other", Number: tenantNumber, Account: tenantAccount, Enabled: true,
			Desk: desk.Settings{Rules: rules.Default(), Access: access.Policy{Teams: map[string]access.Role{"other": access.Supervisor}}}.JSON(),
		}, Sender: l})
	}
}

var (
	bob        = access.Actor{Kind: access.Agent, ID: "bob", Teams: []string{"other"}}
	ownerOther = access.Actor{Kind: access.Agent, ID: "olga", Teams: []string{"other"}, AdminOf: []string{"other"}}
)

// from hands in a body as if signed with a secret of a scope; account stands in it.
func (l *lab) from(scope webhook.Scope, account string, items ...item) {
	l.t.Helper()
	d, err := webhook.Parse(bytes.ReplaceAll(body(items...), []byte(labAccount), []byte(account)))
	require.NoError(l.t, err)
	d.Scope = scope
	require.NoError(l.t, l.hub.Accept(l.t.Context(), d))
	l.pass(30 * time.Second)
}

// others lists the conversations of the second tenant.
func (l *lab) others() []*conversation.Conversation {
	l.t.Helper()
	list, err := l.agents.Conversations(l.t.Context(), bob, desk.ConversationQuery{Channel: "other"})
	require.NoError(l.t, err)
	return list
}

func TestNobodySpeaksForAnotherTenantsNumber(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	ours := webhook.Scope{Accounts: []string{labAccount}, Numbers: []string{labNumber}}
	ourAccount := webhook.Scope{Accounts: []string{labAccount}}
	ourNumber := webhook.Scope{Numbers: []string{labNumber}}
	limit := item{field: "business_capability_update", value: map[string]any{"max_daily_conversation_per_phone": 250}}
	for _, tt := range []struct {
		name    string
		scope   webhook.Scope
		account string
		number  string
		ok      bool
	}{
		{"account and number of another", ours, tenantAccount, tenantNumber, false},
		{"number of another under one's own account", ours, labAccount, tenantNumber, false},
		{"account of another with one's own number", ours, tenantAccount, labNumber, false},
		{"number of another, secret bound to an account", ourAccount, labAccount, tenantNumber, false},
		{"account of another, secret bound to an account", ourAccount, tenantAccount, tenantNumber, false},
		{"number of another, secret bound to a number", ourNumber, tenantAccount, tenantNumber, false},
		{"account of another, secret bound to a number", ourNumber, tenantAccount, labNumber, false},
		{"no account", ours, "", labNumber, false},
		{"an account that is not the number's, secret for all", webhook.Scope{All: true}, labAccount, tenantNumber, false},
		{"its own", ours, labAccount, labNumber, true},
		{"its own, secret bound to an account", ourAccount, labAccount, labNumber, true},
		{"its own, secret bound to a number", ourNumber, labAccount, labNumber, true},
		{"secret for all", webhook.Scope{All: true}, tenantAccount, tenantNumber, true},
	} {
		for kind, it := range map[string]item{
			"a message":    ann.text(time.Now(), "wamid.1", "hello"),
			"an opt-out":   ann.preference(time.Now(), "stop"),
			"a call":       ann.call(time.Now(), "wacid.1", "terminate"),
			"an echo":      ann.echo(time.Now(), "wamid.2", "text", map[string]any{"body": "hello"}),
			"the history":  ann.past(time.Now(), "wamid.3", "hello", false),
			"a new number": ann.moved(time.Now(), "wamid.4", face{phone: "13125550188", bsuid: "US.2"}),
		} {
			t.Run(tt.name+": "+kind, func(t *testing.T) {
				t.Parallel()
				var line wire
				experiment(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
					l.from(tt.scope, tt.account, it.on(tt.number))
					customers, err := l.store.List(t.Context(), store.Query{Kind: "customer", Limit: 10})
					require.NoError(t, err)
					health, err := l.agents.Health(t.Context(), admin)
					require.NoError(t, err)
					if tt.ok {
						require.NotEmpty(t, customers)
						require.Zero(t, health.NotCovered)
						return
					}
					require.Empty(t, customers, "nothing of it is applied")
					require.Empty(t, l.host.received)
					letters := l.letters("in")
					require.Len(t, letters, 1, "it is kept")
					require.Contains(t, letters[0].Reason, "may not speak")
					require.Equal(t, 1, health.NotCovered)
				})
			})
		}
	}
	t.Run("a messaging limit of another's account", func(t *testing.T) {
		t.Parallel()
		var line wire
		experiment(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
			d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"` + tenantAccount + `","changes":[
				{"field":"` + limit.field + `","value":{"max_daily_conversations_per_business":"TIER_250"}}]}]}`))
			require.NoError(t, err)
			for _, scope := range []webhook.Scope{ours, ourAccount, ourNumber} {
				d.Scope = scope
				require.NoError(t, l.hub.Accept(t.Context(), d))
				l.pass(10 * time.Second)
			}
			health, err := l.agents.Health(t.Context(), admin)
			require.NoError(t, err)
			require.Equal(t, "other", health.Channels[0].ID)
			require.Empty(t, health.Channels[0].Standing.MessagingLimit)
			require.NotEmpty(t, l.letters("in"))

			d.Scope = webhook.Scope{Accounts: []string{tenantAccount}}
			require.NoError(t, l.hub.Accept(t.Context(), d))
			l.pass(10 * time.Second)
			health, err = l.agents.Health(t.Context(), admin)
			require.NoError(t, err)
			require.Equal(t, "TIER_250", health.Channels[0].Standing.MessagingLimit, "the account itself may say so")
		})
	})
}

func TestAForgedItemDoesNotSwallowTheTrueOne(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	ours := webhook.Scope{Accounts: []string{labAccount}, Numbers: []string{labNumber}}
	for name, forge := range map[string]func(l *lab, at time.Time){
		"sent to one's own number": func(l *lab, at time.Time) {
			l.from(ours, labAccount, ann.text(at, "wamid.1", "forged"))
		},
		"naming the other's number": func(l *lab, at time.Time) {
			l.from(ours, labAccount, ann.text(at, "wamid.1", "forged").on(tenantNumber))
		},
		"naming the other's number and account": func(l *lab, at time.Time) {
			l.from(ours, tenantAccount, ann.text(at, "wamid.1", "forged").on(tenantNumber))
		},
		"relying on the account that it names": func(l *lab, at time.Time) {
			l.from(webhook.Scope{Accounts: []string{labAccount}}, labAccount, ann.text(at, "wamid.1", "forged").on(tenantNumber))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var line wire
			experiment(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
				at := time.Now()
				forge(l, at)
				l.from(webhook.Scope{Accounts: []string{tenantAccount}}, tenantAccount, ann.text(at, "wamid.1", "the true one").on(tenantNumber))
				list := l.others()
				require.Len(t, list, 1)
				require.Equal(t, "the true one", list[0].Preview)
			})
		})
	}
}

func TestAnAccountThatNobodyVouchesForIsNotBelieved(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	unknown := func(s *channel.Settings) { s.Account = "" }
	experiment(t, labOptions{settings: unknown}, func(t *testing.T, l *lab) {
		l.from(webhook.Scope{Accounts: []string{tenantAccount}}, tenantAccount, ann.text(time.Now(), "wamid.1", "of whose number?"))
		require.Empty(t, l.conversations(), "the item alone says that the number is of that account")
		l.from(webhook.Scope{Numbers: []string{labNumber}}, tenantAccount, ann.text(time.Now(), "wamid.2", "of the number"))
		require.Len(t, l.conversations(), 1)
	})
}

func TestADeliveryWithoutAScopeIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t, labOptions{})
	d, err := webhook.Parse(body(face{phone: "13125550187"}.text(time.Now(), "wamid.1", "hello")))
	require.NoError(t, err)
	require.ErrorIs(t, l.hub.Accept(t.Context(), d), channel.ErrNoScope)
}

func TestAMessageOfNoNumberIsKept(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		require.NoError(t, l.accept([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"`+labAccount+`","changes":[{"field":"messages",
			"value":{"messages":[{"id":"wamid.1","from":"13125550187","type":"text","text":{"body":"hello"}}]}}]}]}`)))
		l.pass(5 * time.Second)
		require.Len(t, l.letters("in"), 1)
	})
}

func recipient(f face) message.Recipient { return message.Recipient{Phone: f.phone, BSUID: f.bsuid} }

func TestAdministratorsOfOneTenantStayThere(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	var line wire
	refuse := func(id string, _ int) error { return channel.ErrPermanent }
	experiment(t, labOptions{config: otherTenant(&line)}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		all := webhook.Scope{All: true}
		l.host.fails(refuse) // so that both have a dead letter
		l.from(all, labAccount, ann.text(time.Now(), "wamid.1", "to support"))
		l.from(all, tenantAccount, ann.text(time.Now(), "wamid.2", "to other").on(tenantNumber))
		l.from(all, "999", ann.text(time.Now(), "wamid.3", "to nobody").on("999"))
		l.pass(5 * time.Minute)
		letters := l.letters("host")
		require.Len(t, letters, 2)
		support, err := l.hub.Channel(t.Context(), "support")
		require.NoError(t, err)

		for name, do := range map[string]func(a access.Actor, on string) error{
			"export": func(a access.Actor, on string) error {
				return l.agents.ExportCustomer(ctx, a, on, recipient(ann), &bytes.Buffer{})
			},
			"erase": func(a access.Actor, on string) error {
				_, err := l.agents.EraseCustomer(ctx, a, on, message.Recipient{Phone: "19999999999"})
				return err
			},
			"dead letters": func(a access.Actor, on string) error {
				_, err := l.agents.DeadLetters(ctx, a, channel.DeadLetterQuery{Queue: "host", Channel: on})
				return err
			},
			"change": func(a access.Actor, on string) error {
				c, err := l.hub.Channel(ctx, on)
				require.NoError(t, err)
				return l.agents.UpdateSettings(ctx, a, c.Settings)
			},
			"replace": func(a access.Actor, on string) error {
				c, err := l.hub.Channel(ctx, on)
				require.NoError(t, err)
				return l.agents.ReplaceChannel(ctx, a, c)
			},
		} {
			require.ErrorIs(t, do(ownerOther, "support"), access.ErrDenied, name)
			require.NotErrorIs(t, do(ownerOther, "other"), access.ErrDenied, name)
			require.NotErrorIs(t, do(admin, "support"), access.ErrDenied, name)
		}
		require.ErrorIs(t, l.agents.RemoveChannel(ctx, ownerOther, "support"), access.ErrDenied)
		require.ErrorIs(t, l.agents.AddChannel(ctx, ownerOther, channel.Channel{Settings: channel.Settings{ID: "third", Name: "3", Number: "3"}}), access.ErrDenied)
		_, err = l.agents.DeadLetters(ctx, ownerOther, channel.DeadLetterQuery{Queue: "in"})
		require.ErrorIs(t, err, access.ErrDenied, "what belongs to no channel")

		claim, err := l.hub.Channel(t.Context(), "other")
		require.NoError(t, err)
		claim.Account = support.Account
		require.ErrorIs(t, l.agents.UpdateSettings(ctx, ownerOther, claim.Settings), access.ErrDenied, "the account of another")

		own, err := l.agents.DeadLetters(ctx, ownerOther, channel.DeadLetterQuery{Queue: "host", Channel: "other"})
		require.NoError(t, err)
		require.Len(t, own, 1)
		require.Equal(t, "other", own[0].Channel)

		l.host.fails(func(string, int) error { return nil })
		keys := []store.WorkKey{letters[0].Key, letters[1].Key}
		require.NoError(t, l.agents.ReplayDeadLetters(ctx, ownerOther, keys...))
		l.pass(time.Minute)
		require.Equal(t, []string{"to other"}, l.host.texts(), "another's dead letters are not replayed")
		require.NoError(t, l.agents.DropDeadLetters(ctx, ownerOther, keys...))
		require.Len(t, l.letters("host"), 1, "nor dropped")
		require.ErrorIs(t, l.agents.ReplayDeadLetters(ctx, bob, keys...), access.ErrDenied)

		ids := func(list []channel.Settings) (ids []string) {
			for _, s := range list {
				ids = append(ids, s.ID)
			}
			return ids
		}
		require.Equal(t, []string{"other"}, ids(l.agents.Channels(access.Actor{Kind: access.Bot, ID: "b", AdminOf: []string{"other"}})))
		require.Equal(t, []string{"other", "support"}, ids(l.agents.Channels(admin)))
		require.Empty(t, l.agents.Channels(access.Actor{}))
		health, err := l.agents.Health(ctx, ownerOther)
		require.NoError(t, err)
		require.Len(t, health.Channels, 1)
		require.Equal(t, "other", health.Channels[0].ID)
		require.Empty(t, health.Queues)
		_, err = l.agents.Health(ctx, bob)
		require.ErrorIs(t, err, access.ErrDenied)
	})
}

func TestConversationsOfAnotherTenantAreUnknown(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	var line wire
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	experiment(t, labOptions{config: otherTenant(&line), own: apart}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.from(webhook.Scope{All: true}, labAccount, ann.text(time.Now(), "wamid.1", "to support"))
		conv := l.conversation()
		msg := l.messages(conv.ID)[0]
		for name, do := range map[string]func(a access.Actor, conv, msg string) error{
			"conversation": func(a access.Actor, conv, _ string) error {
				_, _, err := l.agents.Conversation(ctx, a, conv)
				return err
			},
			"messages": func(a access.Actor, conv, _ string) error {
				_, err := l.agents.Messages(ctx, a, channel.MessageQuery{Conversation: conv})
				return err
			},
			"log": func(a access.Actor, conv, _ string) error { _, err := l.agents.Events(ctx, a, conv, 0); return err },
			"reply": func(a access.Actor, conv, _ string) error {
				_, err := l.agents.Reply(ctx, a, channel.Reply{Conversation: conv, Content: &message.Text{Body: "x"}})
				return err
			},
			"macro": func(a access.Actor, conv, _ string) error {
				_, err := l.agents.RunMacro(ctx, a, channel.Macro{Conversation: conv, Text: "x"})
				return err
			},
			"mark read": func(a access.Actor, conv, _ string) error { return l.agents.MarkRead(ctx, a, conv, false) },
			"resolve":   func(a access.Actor, conv, _ string) error { return l.agents.Resolve(ctx, a, conv, "") },
			"note": func(a access.Actor, conv, _ string) error {
				_, err := l.agents.AddNote(ctx, a, conv, "x")
				return err
			},
			"assign":  func(a access.Actor, conv, _ string) error { return l.agents.Assign(ctx, a, conv, "bob") },
			"cancel":  func(a access.Actor, _, msg string) error { return l.agents.CancelMessage(ctx, a, msg) },
			"resend":  func(a access.Actor, _, msg string) error { return l.agents.ResendMessage(ctx, a, msg) },
			"give up": func(a access.Actor, _, msg string) error { return l.agents.GiveUpMessage(ctx, a, msg) },
		} {
			for who, a := range map[string]access.Actor{"agent": bob, "administrator": ownerOther, "nobody": {Kind: access.Agent, ID: "nobody"}} {
				theirs, none := do(a, conv.ID, msg.ID), do(a, "v_none", "m_none")
				require.Error(t, theirs)
				require.Equal(t, none.Error(), theirs.Error(), "%s by %s of the other tenant", name, who)
				require.Equal(t, who != "nobody", errors.Is(theirs, channel.ErrNotFound), "%s by %s", name, who)
			}
		}
	})
}

func TestCustomersNeverReadAnAgentsID(t *testing.T) {
	t.Parallel()
	ann := face{phone: "13125550187", bsuid: "US.1"}
	names := func(c *desk.Config) {
		c.AgentName = func(on, id string) string {
			if on == "support" && id == "alice@corp.example" {
				return "Alice"
			}
			return ""
		}
	}
	for name, tt := range map[string]struct {
		desk     func(*desk.Config)
		assignee string
		want     string // "": refused
	}{
		"the host has a name":               {names, "alice@corp.example", "I am Alice."},
		"the host has no name for this one": {names, "zoe@corp.example", ""},
		"the host has no names":             {nil, "alice@corp.example", ""},
		"nobody is assigned":                {names, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{desk: tt.desk}, func(t *testing.T, l *lab) {
				l.say(ann, "wamid.1", "hello")
				conv := l.conversation()
				require.NoError(t, l.agents.Assign(t.Context(), alice, conv.ID, tt.assignee))
				m, err := l.agents.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv.ID, Text: "I am {{agent}}."})
				if tt.want == "" {
					_, ok := errors.AsType[*template.ExpandError](err)
					require.True(t, ok, "%v", err)
					return
				}
				require.NoError(t, err)
				require.Equal(t, tt.want, m.Text)
			})
		})
	}
}
