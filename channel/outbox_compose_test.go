package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

func TestAShorthandIsNeverSentAsItStands(t *testing.T) {
	o := channeltest.LabOptions{Config: channeltest.WithTemplates(t)}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		const good, bad = "&((template=[[reminder]] language=[[en]]))&", "&((template=[[reminder]"
		for name, c := range map[string]message.Content{
			"malformed":          &message.Text{Body: bad},
			"with text around":   &message.Text{Body: "Hello " + good},
			"in a caption":       &message.Image{ID: "77", Caption: good},
			"in a longer text":   &message.Text{Body: "see " + bad + " and so on"},
			"beside a button":    &message.CTAURL{Body: good, Label: "Open", URL: "https://example.com"},
			"in a file's legend": &message.Document{ID: "77", Filename: "a.pdf", Caption: "x " + bad},
		} {
			_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: c})
			var short *template.ShorthandError
			require.ErrorAs(t, err, &short, name)
		}
		m, err := l.Hub.RunMacro(t.Context(), alice, channel.Macro{Conversation: conv, Text: good})
		require.NoError(t, err, "a macro with the shorthand in the wrong field")
		require.Equal(t, "Your bicycle is ready.", m.Text)
		l.Pass(time.Second)
		require.Equal(t, []string{"template"}, l.Line.Texts())
		_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "a && (b)"}})
		require.NoError(t, err, "an ordinary text")
	})
}

func TestAMacroGoesAsATemplateWhereWhatsAppSaysThatTheWindowIsClosed(t *testing.T) {
	asked(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab, conv string) {
		const closed = 131047
		l.Line.Sends(channeltest.FailsFirst(closed, 1))
		_, err := l.Reply(conv, "hello")
		require.NoError(t, err)
		l.Pass(time.Minute)
		macro := channel.Macro{Conversation: conv, Text: "It is ready.", Shorthand: "&((template=[[reminder]] language=[[en]]))&"}
		preview, err := l.Hub.PreviewMacro(t.Context(), macro)
		require.NoError(t, err)
		require.True(t, preview.Template, "although the customer wrote a minute ago")
		m, err := l.Hub.RunMacro(t.Context(), alice, macro)
		require.NoError(t, err)
		require.Equal(t, "reminder/en", m.Template)
		_, err = l.Hub.PreviewMacro(t.Context(), channel.Macro{Conversation: conv, Text: "It is ready."})
		require.ErrorIs(t, err, window.ErrClosed, "what RunMacro would say")

		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "are you there?"))
		l.Pass(time.Minute)
		m, err = l.Hub.RunMacro(t.Context(), alice, macro)
		require.NoError(t, err)
		require.Equal(t, "It is ready.", m.Text, "the customer wrote again")
	})
}

func TestOfSixMessagesAndDeadLettersOfOneSecondNoneIsLost(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		at := time.Now()
		for n := range 6 {
			l.Post(channeltest.Kim.Text(at, fmt.Sprint("wamid.", n), fmt.Sprint("text ", n)))
			l.Post(channeltest.Item{Field: "a field of the future", Value: map[string]any{"n": n}})
		}
		l.Pass(time.Second)
		seen := map[string]bool{}
		q := channel.MessageQuery{Conversation: l.Conversation().ID, Limit: 1}
		for range 7 {
			page, err := l.Hub.Messages(t.Context(), q)
			require.NoError(t, err)
			for _, m := range page {
				seen[m.ID], q.Before = true, m
			}
		}
		require.Len(t, seen, 6)
		letters := map[string]bool{}
		d := deadletter.Query{Work: "in", Limit: 1}
		for range 7 {
			page, err := l.Hub.DeadLetters(t.Context(), d)
			require.NoError(t, err)
			for _, letter := range page {
				letters[letter.Key.ID], d.After = true, letter.Seq
			}
		}
		require.Len(t, letters, 6)
	})
}

func TestEverybodyAgreesOnWhatAPhoneNumberIs(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.WithTemplates(t)}, func(t *testing.T, l *lab) {
		consent := conversation.Consent{At: time.Now(), Where: "shop", Wording: "1"}
		for name, tt := range map[string]struct {
			to   message.Recipient
			good bool
		}{
			"with a plus":            {message.Recipient{Phone: "+4915112345678"}, true},
			"digits":                 {message.Recipient{Phone: "4915112345678"}, true},
			"six digits":             {message.Recipient{Phone: "290123"}, true},
			"a BSUID":                {message.Recipient{BSUID: "US.13491208655302741918"}, true},
			"with spaces":            {message.Recipient{Phone: "+49 151 12345678"}, false},
			"with a trunk zero":      {message.Recipient{Phone: "015112345678"}, false},
			"too short":              {message.Recipient{Phone: "49151"}, false},
			"too long":               {message.Recipient{Phone: "4915112345678901"}, false},
			"letters":                {message.Recipient{Phone: "49151CALLME"}, false},
			"a BSUID for a phone":    {message.Recipient{Phone: "US.1234567"}, false},
			"a phone for a BSUID":    {message.Recipient{BSUID: "4915112345678"}, false},
			"nothing":                {message.Recipient{}, false},
			"a group":                {message.Recipient{Group: "G"}, false},
			"two pluses":             {message.Recipient{Phone: "++4915112345678"}, false},
			"digits of another kind": {message.Recipient{Phone: "٤٩١٥١١٢٣٤٥٦٧٨"}, false},
		} {
			calls := map[string]error{
				"RecordConsent": l.Hub.RecordConsent(t.Context(), "support", tt.to, consent),
				"RevokeConsent": l.Hub.RevokeConsent(t.Context(), "support", tt.to, time.Now().Add(-time.Hour)),
			}
			_, calls["Notify"] = l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: tt.to, Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			_, unknown := l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: tt.to, Template: &channel.Template{Name: "no such template"},
			})
			for call, err := range calls {
				require.Equal(t, tt.good, err == nil, "%s: %s: %v", name, call, err)
			}
			if !tt.good && tt.to.Group == "" {
				require.ErrorIs(t, calls["Notify"], message.ErrInvalid, name)
				require.ErrorIs(t, calls["RecordConsent"], message.ErrInvalid, name)
				require.ErrorIs(t, unknown, message.ErrInvalid, "%s: the format is looked at first", name)
			}
		}
	})
}

func TestWhereWhatsAppSaysThatTheWindowIsClosedATemplateIsNoAnswerInsideIt(t *testing.T) {
	o := channeltest.LabOptions{Config: channeltest.WithTemplates(t)}
	asked(t, o, func(t *testing.T, l *lab, conv string) {
		answer := func(name string) (*conversation.Message, error) {
			return l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Template: &channel.Template{Name: name, Language: "en"}})
		}
		_, err := answer("sale")
		require.NoError(t, err, "marketing answers what the customer wrote")
		_, err = answer("reminder")
		require.NoError(t, err)
		require.Empty(t, l.Records("reach"), "nobody is written to first")

		m, err := l.Reply(conv, "hello")
		require.NoError(t, err)
		l.Pass(10 * time.Second)
		l.Post(channeltest.Kim.Fails("wamid.out hello", m.ID, 131047))
		l.Pass(10 * time.Second)
		require.Equal(t, conversation.Failed, l.fate(m.ID).Delivery.State())
		_, err = answer("sale")
		require.ErrorIs(t, err, channel.ErrNoConsent)
		_, err = answer("reminder")
		require.NoError(t, err)
		require.Len(t, l.Records("reach"), 1, "it counts for the messaging limit")

		l.Say(channeltest.Kim, "wamid.2", "are you there?")
		_, err = answer("sale")
		require.NoError(t, err, "the customer wrote again")
	})
}
