package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/stretchr/testify/require"
)

func TestNoWordOfTheHostKeepsACard(t *testing.T) {
	const card = "4539148803436467"
	o := labOptions{Config: channeltest.WithTemplates(t), Settings: func(s *settings.Settings) { s.ConsentElsewhere = true }}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		ctx := t.Context()
		text := func(s string) channel.Reply {
			return channel.Reply{Conversation: conv, Content: &message.Text{Body: s}}
		}
		for name, do := range map[string]func() error{
			"a note":            func() error { _, err := l.agents.AddNote(ctx, alice, conv, "card "+card); return err },
			"a tag":             func() error { return l.agents.SetTags(ctx, alice, conv, []string{card}) },
			"a topic":           func() error { return l.agents.SetTopic(ctx, alice, conv, "card "+card) },
			"a reason":          func() error { return l.agents.Resolve(ctx, alice, conv, "card "+card) },
			"an answer":         func() error { _, err := l.agents.Reply(ctx, alice, text("card "+card)); return err },
			"an answer by twos": func() error { _, err := l.agents.Reply(ctx, alice, text("45 39 14 88 03 43 64 67")); return err },
			"a macro": func() error {
				_, err := l.agents.RunMacro(ctx, alice, channel.Macro{Conversation: conv, Text: card})
				return err
			},
			"a macro's value": func() error {
				_, err := l.agents.RunMacro(ctx, alice, channel.Macro{Conversation: conv, Text: "your {{x}}", Lookup: func(string) (string, bool) { return card, true }})
				return err
			},
			"a consent's place": func() error {
				return l.agents.RecordConsent(ctx, alice, "support", channeltest.Recipient(channeltest.Kim), conversation.Consent{At: time.Now(), Where: "card " + card, Wording: "v1"})
			},
			"a consent's wording": func() error {
				return l.agents.RecordConsent(ctx, alice, "support", channeltest.Recipient(channeltest.Kim), conversation.Consent{At: time.Now(), Where: "shop", Wording: card})
			},
			"the name of a person": func() error {
				_, err := l.agents.Notify(ctx, alice, channel.Notification{Channel: "support", To: channeltest.Recipient(channeltest.Stranger(3)), Name: "Card " + card,
					Template: &channel.Template{Name: "reminder", Language: "en"}})
				return err
			},
			"buttons": func() error {
				_, err := l.agents.Reply(ctx, alice, channel.Reply{Conversation: conv, Content: &message.Buttons{
					Body: "which?", Buttons: []message.Button{{ID: card, Title: "card 1"}, {ID: "b", Title: card}}}})
				return err
			},
			"the name of a file": func() error {
				_, err := l.agents.Reply(ctx, alice, channel.Reply{Conversation: conv, Content: &message.Document{ID: "77", Filename: "IMG-4539-1488-0343-6467.pdf", Caption: "4539 1488 0343 6467"}})
				return err
			},
		} {
			require.NoError(t, do(), name)
			l.Pass(5 * time.Second)
			channeltest.Everything(t, l.Store, func(stored string) { require.NotContains(t, digitsIn(stored), card, name) })
			require.NotContains(t, l.Logs.String(), card)
		}
	})
}

// digitsIn is what is left of a text without everything that stands between digits.
func digitsIn(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
