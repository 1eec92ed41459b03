package desk_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// deed is one call that acts.
type deed struct {
	name   string
	action access.Action
	do     func(ctx context.Context, h *desk.Desk, a access.Actor, conv, msg string) error
}

// deeds are all calls of the hub that take an actor.
func deeds() []deed {
	kimsNumber := message.Recipient{Phone: channeltest.Kim.Phone}
	text := &message.Text{Body: "hi"}
	reminder := &channel.Template{Name: "reminder", Language: "en"}
	return []deed{
		{"Conversation", access.Read, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, _, err := h.Conversation(ctx, a, conv)
			return err
		}},
		{"Conversations", access.Read, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.Conversations(ctx, a, desk.ConversationQuery{Channel: "support"})
			return err
		}},
		{"Messages", access.Read, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.Messages(ctx, a, channel.MessageQuery{Conversation: conv})
			return err
		}},
		{"Log", access.Read, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.Events(ctx, a, conv, 0)
			return err
		}},
		{"PreviewMacro", access.Read, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.PreviewMacro(ctx, a, channel.Macro{Conversation: conv, Text: "hi"})
			return err
		}},
		{"AssignTeam", access.Assign, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.AssignTeam(ctx, a, conv, "north")
		}},
		{"Move", access.MoveQueue, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.Move(ctx, a, conv, rules.QueuePending, time.Time{})
		}},
		{"Move to resolved", access.Resolve, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.Move(ctx, a, conv, rules.QueueResolved, time.Time{})
		}},
		{"Reopen", access.Reopen, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.Reopen(ctx, a, conv)
		}},
		{"SetTags", access.Tag, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.SetTags(ctx, a, conv, []string{"vip"})
		}},
		{"SetTopic", access.Topic, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.SetTopic(ctx, a, conv, "the chain")
		}},
		{"AddNote", access.Note, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.AddNote(ctx, a, conv, "a note")
			return err
		}},
		{"Assign", access.Assign, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.Assign(ctx, a, conv, "bob")
		}},
		{"MarkRead", access.MarkRead, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			return h.MarkRead(ctx, a, conv, true)
		}},
		{"Reply", access.Reply, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.Reply(ctx, a, channel.Reply{Conversation: conv, Content: text})
			return err
		}},
		{"Reply with a template", access.SendTemplate, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.Reply(ctx, a, channel.Reply{Conversation: conv, Template: reminder})
			return err
		}},
		{"ReplyAll", access.Reply, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.ReplyAll(ctx, a, []channel.Reply{{Conversation: conv, Content: text}})
			return err
		}},
		{"RunMacro", access.Reply, func(ctx context.Context, h *desk.Desk, a access.Actor, conv, _ string) error {
			_, err := h.RunMacro(ctx, a, channel.Macro{Conversation: conv, Text: "hi"})
			return err
		}},
		{"RecordConsent", access.RecordConsent, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.RecordConsent(ctx, a, "support", kimsNumber, conversation.Consent{At: time.Now(), Where: "form", Wording: "v1"})
		}},
		{"Notify", access.Notify, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.Notify(ctx, a, channel.Notification{Channel: "support", To: kimsNumber, Template: reminder})
			return err
		}},
		{"RevokeConsent", access.RecordConsent, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.RevokeConsent(ctx, a, "support", kimsNumber, time.Now())
		}},
		{"Resend", access.Resend, func(ctx context.Context, h *desk.Desk, a access.Actor, _, msg string) error {
			return h.ResendMessage(ctx, a, msg)
		}},
		{"GiveUp", access.Resend, func(ctx context.Context, h *desk.Desk, a access.Actor, _, msg string) error {
			return h.GiveUpMessage(ctx, a, msg)
		}},
		{"Cancel", access.CancelQueued, func(ctx context.Context, h *desk.Desk, a access.Actor, _, msg string) error {
			return h.CancelMessage(ctx, a, msg)
		}},
		{"Report", access.Report, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.Report(ctx, a, desk.ReportQuery{Channel: "support", From: channeltest.Dawn, To: channeltest.Dawn})
			return err
		}},
		{"Spending", access.Report, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.Spending(ctx, a, "support")
			return err
		}},
		{"Upload", access.Reply, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.Upload(ctx, a, "support", message.Upload{Name: "a.png", MIME: "image/png", Body: bytes.NewReader(nil)})
			return err
		}},
		{"DeadLetters", access.ReadDeadLetters, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.DeadLetters(ctx, a, deadletter.Query{Work: "host"})
			return err
		}},
		{"Replay", access.ReplayDeadLetters, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.ReplayDeadLetters(ctx, a, store.WorkKey{Queue: "host", ID: "none"})
		}},
		{"Drop", access.DropDeadLetters, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.DropDeadLetters(ctx, a, store.WorkKey{Queue: "host", ID: "none"})
		}},
		{"Export", access.Export, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.ExportCustomer(ctx, a, "support", kimsNumber, io.Discard)
		}},
		{"Add", access.ManageSettings, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.AddChannel(ctx, a, channel.Channel{Settings: settings.Settings{ID: "second", Name: "Second", Number: "2"}})
		}},
		{"Change", access.ManageSettings, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.UpdateSettings(ctx, a, h.Channels(admin)[0])
		}},
		{"Replace", access.ManageSettings, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			c, err := h.Hub().Channel(ctx, "support")
			if err != nil {
				return err
			}
			return h.ReplaceChannel(ctx, a, c)
		}},
		{"Remove", access.ManageSettings, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			return h.RemoveChannel(ctx, a, "second")
		}},
		{"Erase", access.Erase, func(ctx context.Context, h *desk.Desk, a access.Actor, _, _ string) error {
			_, err := h.EraseCustomer(ctx, a, "support", kimsNumber)
			return err
		}},
	}
}

// reads are the actions of which only a refusal is told.
func reads(a access.Action) bool { return a == access.Read || a == access.Report }

func TestWhoMayNotIsRefusedAndThatIsTold(t *testing.T) {
	t.Parallel()
	var told []desk.AuditInfo
	o := labOptions{
		own: func(s *desk.Settings) {
			s.Access = access.Policy{Users: map[string]access.Role{"alice": access.Supervisor, "vic": access.Viewer}}
		},
		Config: channeltest.WithTemplates(t),
		desk: func(c *desk.Config) {
			c.Audit = func(_ context.Context, i desk.AuditInfo, err error) {
				require.ErrorIs(t, err, access.ErrDenied)
				told = append(told, i)
			}
		},
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		list, err := l.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "support"})
		require.NoError(t, err)
		conv := list[0].ID
		messages := l.Messages(conv)
		before := l.Records("message")
		vic := access.Actor{Kind: access.Agent, ID: "vic"}
		for _, d := range deeds() {
			actors := []access.Actor{{}, {Kind: access.Agent, ID: "stranger"}, {Kind: access.Bot, ID: "alice"}, {Kind: "wizard", ID: "alice"}}
			if d.action.NeedsAdmin() {
				actors = append(actors, alice)
			} else {
				actors = append(actors, admin) // an administrator has no role on the channel by that
			}
			if !access.Viewer.May(d.action) {
				actors = append(actors, vic)
			}
			for _, a := range actors {
				told = nil
				err := d.do(t.Context(), l.agents, a, conv, messages[0].ID)
				require.ErrorIs(t, err, access.ErrDenied, "%s by %v", d.name, a)
				denied, ok := errors.AsType[*access.DeniedError](err)
				require.True(t, ok)
				require.NotEmpty(t, told, d.name)
				require.Equal(t, a, told[0].Actor)
				if d.name != "RunMacro" { // looks at the conversation first
					require.Equal(t, d.action, told[0].Action, d.name)
					require.Equal(t, d.action, denied.Action, d.name)
				}
			}
		}
		require.Equal(t, before, l.Records("message"), "nothing was changed")
		require.Equal(t, list[0], l.Conversation())
	})
}

func TestWhoMayIsToldToTheAuditOnce(t *testing.T) {
	t.Parallel()
	var told []desk.AuditInfo
	o := labOptions{Config: func(c *channel.Config) {
		channeltest.WithTemplates(t)(c)
		c.Channels[0].Media = channeltest.Nowhere{}
	}, desk: func(c *desk.Config) {
		c.Audit = func(_ context.Context, i desk.AuditInfo, err error) {
			require.NoError(t, err)
			told = append(told, i)
		}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		chief := access.Actor{Kind: access.Agent, ID: "chief", Admin: true} // and a supervisor, like all users
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		for _, d := range deeds() {
			msg := ""
			switch d.name {
			case "Resend", "GiveUp":
				msg = l.Uncertain(conv)
			case "Cancel":
				l.Stop()
				m, err := l.agents.Reply(t.Context(), chief, channel.Reply{Conversation: conv, Content: &message.Text{Body: "oops"}})
				require.NoError(t, err)
				msg = m.ID
			}
			told = nil
			require.NoError(t, d.do(t.Context(), l.agents, chief, conv, msg), d.name)
			if reads(d.action) {
				require.Empty(t, told, d.name)
				continue
			}
			require.Len(t, told, 1, d.name)
			require.Equal(t, d.action, told[0].Action, d.name)
			require.Equal(t, chief, told[0].Actor, d.name)
			if !d.action.NeedsAdmin() {
				require.Equal(t, "support", told[0].Channel, d.name)
			}
		}
	})
}
