package desk_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	"github.com/stretchr/testify/require"
)

func TestAdministratorsOfOneTenantStayThere(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	var line channeltest.Wire
	refuse := func(id string, _ int) error { return channel.ErrPermanent }
	experiment(t, labOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		all := webhook.Scope{All: true}
		l.Host.Fails(refuse) // so that both have a dead letter
		l.From(all, channeltest.LabAccount, ann.Text(time.Now(), "wamid.1", "to support"))
		l.From(all, tenantAccount, ann.Text(time.Now(), "wamid.2", "to other").On(tenantNumber))
		l.From(all, "999", ann.Text(time.Now(), "wamid.3", "to nobody").On("999"))
		l.Pass(5 * time.Minute)
		letters := l.Letters("host")
		require.Len(t, letters, 2)
		support, err := l.Hub.Channel(t.Context(), "support")
		require.NoError(t, err)

		for name, do := range map[string]func(a access.Actor, on string) error{
			"export": func(a access.Actor, on string) error {
				return l.agents.ExportCustomer(ctx, a, on, channeltest.Recipient(ann), &bytes.Buffer{})
			},
			"erase": func(a access.Actor, on string) error {
				_, err := l.agents.EraseCustomer(ctx, a, on, message.Recipient{Phone: "19999999999"})
				return err
			},
			"dead letters": func(a access.Actor, on string) error {
				_, err := l.agents.DeadLetters(ctx, a, deadletter.Query{Work: "host", Channel: on})
				return err
			},
			"change": func(a access.Actor, on string) error {
				c, err := l.Hub.Channel(ctx, on)
				require.NoError(t, err)
				return l.agents.UpdateSettings(ctx, a, c.Settings)
			},
			"replace": func(a access.Actor, on string) error {
				c, err := l.Hub.Channel(ctx, on)
				require.NoError(t, err)
				return l.agents.ReplaceChannel(ctx, a, c)
			},
		} {
			require.ErrorIs(t, do(ownerOther, "support"), access.ErrDenied, name)
			require.NotErrorIs(t, do(ownerOther, "other"), access.ErrDenied, name)
			require.NotErrorIs(t, do(admin, "support"), access.ErrDenied, name)
		}
		require.ErrorIs(t, l.agents.RemoveChannel(ctx, ownerOther, "support"), access.ErrDenied)
		require.ErrorIs(t, l.agents.AddChannel(ctx, ownerOther, channel.Channel{Settings: settings.Settings{ID: "third", Name: "3", Number: "3"}}), access.ErrDenied)
		_, err = l.agents.DeadLetters(ctx, ownerOther, deadletter.Query{Work: "in"})
		require.ErrorIs(t, err, access.ErrDenied, "what belongs to no channel")

		claim, err := l.Hub.Channel(t.Context(), "other")
		require.NoError(t, err)
		claim.Account = support.Account
		require.ErrorIs(t, l.agents.UpdateSettings(ctx, ownerOther, claim.Settings), access.ErrDenied, "the account of another")

		own, err := l.agents.DeadLetters(ctx, ownerOther, deadletter.Query{Work: "host", Channel: "other"})
		require.NoError(t, err)
		require.Len(t, own, 1)
		require.Equal(t, "other", own[0].Channel)

		l.Host.Fails(func(string, int) error { return nil })
		keys := []store.WorkKey{letters[0].Key, letters[1].Key}
		require.NoError(t, l.agents.ReplayDeadLetters(ctx, ownerOther, keys...))
		l.Pass(time.Minute)
		require.Equal(t, []string{"to other"}, l.Host.Texts(), "another's dead letters are not replayed")
		require.NoError(t, l.agents.DropDeadLetters(ctx, ownerOther, keys...))
		require.Len(t, l.Letters("host"), 1, "nor dropped")
		require.ErrorIs(t, l.agents.ReplayDeadLetters(ctx, bob, keys...), access.ErrDenied)

		ids := func(list []settings.Settings) (ids []string) {
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
		require.Empty(t, health.Work)
		_, err = l.agents.Health(ctx, bob)
		require.ErrorIs(t, err, access.ErrDenied)
	})
}

func TestConversationsOfAnotherTenantAreUnknown(t *testing.T) {
	t.Parallel()
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
	var line channeltest.Wire
	apart := func(s *desk.Settings) {
		s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor}}
	}
	experiment(t, labOptions{Config: otherTenant(&line), own: apart}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.From(webhook.Scope{All: true}, channeltest.LabAccount, ann.Text(time.Now(), "wamid.1", "to support"))
		conv := l.Conversation()
		msg := l.Messages(conv.ID)[0]
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
	ann := channeltest.Face{Phone: "13125550187", Bsuid: "US.1"}
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
				l.Say(ann, "wamid.1", "hello")
				conv := l.Conversation()
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
