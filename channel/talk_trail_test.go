package channel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

// line is what one person or an agent writes.
type line struct {
	by   string // "" for the customer, "agent", "echo", "note", "edit N" of the N-th line
	text string
	want string // as it is stored in the end
}

// TestWhatSeveralMessagesShowTogetherIsMasked goes through card numbers in pieces, and
// through security codes in other messages than the card.
func TestWhatSeveralMessagesShowTogetherIsMasked(t *testing.T) {
	t.Parallel()
	const masked = "XXXXXXXXXXXX6467"
	byTwos, digitByDigit := []line{}, []line{}
	for i, n := 0, "4539148803436467"; i < 16; i++ {
		want := "X"
		if i >= 12 {
			want = n[i : i+1]
		}
		digitByDigit = append(digitByDigit, line{"", n[i : i+1], want})
		if i%2 == 0 {
			byTwos = append(byTwos, line{"", n[i : i+2], strings.Repeat(want, 2)})
		}
	}
	byTwos[6].want, byTwos[7].want = "64", "67"
	for name, talk := range map[string][]line{
		"labelled code after the card":    {{"", "4539148803436467", masked}, {"", "cvv 123", "cvv XXX"}},
		"PIN after the card":              {{"", "4539 1488 0343 6467", "XXXX XXXX XXXX 6467"}, {"", "PIN 4821", "PIN XXXX"}},
		"expiry and code after the card":  {{"", "4539148803436467", masked}, {"", "09/27 123", "09/27 XXX"}},
		"expiry, then code":               {{"", "4539148803436467", masked}, {"", "09/27", "09/27"}, {"", "123", "XXX"}},
		"label, then code":                {{"", "4539148803436467", masked}, {"", "the cvc is", "the cvc is"}, {"", "1234", "XXXX"}},
		"three digits alone":              {{"", "4539148803436467", masked}, {"agent", "And the three on the back?", "And the three on the back?"}, {"", "123", "XXX"}},
		"code before the card":            {{"", "cvv 123", "cvv XXX"}, {"", "4539148803436467", masked}},
		"PIN before the card":             {{"", "PIN 4821", "PIN XXXX"}, {"", "4539148803436467", masked}},
		"expiry and code before the card": {{"", "09/27 123", "09/27 XXX"}, {"", "4539148803436467", masked}},
		"code that an agent repeats":      {{"", "4539148803436467", masked}, {"agent", "so your cvv is 123?", "so your cvv is XXX?"}},
		"code in a note":                  {{"", "4539148803436467", masked}, {"note", "he says cvv 123", "he says cvv XXX"}},
		"code in an echo":                 {{"", "4539148803436467", masked}, {"echo", "cvv 123, right?", "cvv XXX, right?"}},
		"code after a card in pieces":     {{"", "4539 1488", "XXXX XXXX"}, {"", "0343 6467", "XXXX 6467"}, {"", "cvv 123", "cvv XXX"}},
		"code after a card edited away":   {{"", "4539148803436467", "never mind"}, {"edit 0", "never mind", ""}, {"", "cvv 123", "cvv XXX"}},
		"eight and eight":                 {{"", "45391488", "XXXXXXXX"}, {"", "03436467", "XXXX6467"}},
		"twelve and four":                 {{"", "453914880343", "XXXXXXXXXXXX"}, {"", "6467", "6467"}},
		"six, six and four, with words":   {{"", "my card: 453914", "my card: XXXXXX"}, {"", "wait", "wait"}, {"", "880343", "XXXXXX"}, {"", "6467 that is it", "6467 that is it"}},
		"by twos":                         byTwos,
		"digit by digit":                  digitByDigit,
		"pieces of an agent":              {{"", "which one did I use", "which one did I use"}, {"agent", "4539 1488", "XXXX XXXX"}, {"agent", "0343 6467", "XXXX XXXX"}},
		"pieces in notes":                 {{"", "hello", "hello"}, {"note", "4539 1488", "XXXX XXXX"}, {"note", "0343 6467", "XXXX 6467"}},
		"pieces in echoes":                {{"", "hello", "hello"}, {"echo", "4539 1488", "XXXX XXXX"}, {"echo", "0343 6467", "XXXX 6467"}},
		"completed by an edit":            {{"", "4539 1488", "XXXX XXXX"}, {"", "hm", "XXXX 6467"}, {"edit 1", "0343 6467", ""}},
		"begun by an edit":                {{"", "hm", "XXXX XXXX"}, {"", "0343 6467", "XXXX 6467"}, {"edit 0", "4539 1488", ""}},

		"numbers that are no card":    {{"", "45391488", "45391488"}, {"", "03436468", "03436468"}},
		"a number of somebody else":   {{"", "45391488", "45391488"}, {"agent", "03436467", "03436467"}},
		"a labelled number":           {{"", "order 45391488", "order 45391488"}, {"", "03436467", "03436467"}},
		"numbers that mean something": {{"", "4539148803436467", masked}, {"", "2026", "2026"}, {"", "room 412", "room 412"}},
		"a code without any card":     {{"", "my PIN 4821 does not work", "my PIN 4821 does not work"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				var want []string
				for i, s := range talk {
					id := fmt.Sprintf("wamid.%d", i)
					by, of, _ := strings.Cut(s.by, " ")
					if by != "edit" {
						want = append(want, s.want)
					}
					switch by {
					case "":
						l.Post(channeltest.Kim.Text(time.Now(), id, s.text))
					case "echo":
						l.Post(channeltest.Kim.Echo(time.Now(), id, "text", map[string]any{"body": s.text}))
					case "edit":
						l.Post(channeltest.Kim.Edit(time.Now(), id, "wamid."+of, s.text))
					case "agent":
						_, err := l.Reply(l.Conversation().ID, s.text)
						require.NoError(t, err)
					case "note":
						require.NoError(t, l.Hub.Step(t.Context(), alice, l.Conversation().ID, func(at *deskapi.Scene) error {
							_, err := at.Note(s.text)
							return err
						}))
					}
					l.Pass(5 * time.Second)
				}
				conv := l.Conversation()
				var have []string
				for _, m := range l.Messages(conv.ID) {
					have = append(have, m.Text)
				}
				require.Equal(t, want, have)
				if last := want[len(want)-1]; strings.Contains(last, "X") {
					require.True(t, l.Messages(conv.ID)[len(want)-1].Redacted)
				}
				if name == "pieces of an agent" {
					return // the wire of this laboratory makes wamids of texts
				}
				channeltest.Everything(t, l.Store, func(text string) {
					if strings.Contains(strings.Join(want, ""), "X") {
						for _, digits := range []string{"45391488", "4539 1488", "cvv 123", "PIN 4821"} {
							require.NotContains(t, text, digits)
						}
					}
				})
			})
		})
	}
}

func TestPiecesThatComeInTheWrongOrderAreMaskedToo(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		start := time.Now()
		l.Post(channeltest.Kim.Text(start.Add(20*time.Second), "wamid.2", "0343 6467"))
		l.Pass(5 * time.Second)
		l.Post(channeltest.Kim.Text(start.Add(30*time.Second), "wamid.3", "cvv 123"))
		l.Pass(5 * time.Second)
		l.Post(channeltest.Kim.Text(start, "wamid.1", "4539 1488"))
		l.Pass(5 * time.Second)
		var have []string
		for _, m := range l.Messages(l.Conversation().ID) {
			have = append(have, m.Text)
		}
		require.Equal(t, []string{"XXXX XXXX", "XXXX 6467", "cvv XXX"}, have)
		require.Equal(t, "cvv XXX", l.Conversation().Preview)
		require.Len(t, l.Host.Of(conversation.MessageRedacted), 2, "the host is told about those it has seen")
	})
}

func TestPiecesInTheImportedHistoryAreMasked(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		at := time.Now().Add(-48 * time.Hour)
		l.Post(channeltest.Kim.Past(at, "wamid.1", "4539 1488", false), channeltest.Kim.Past(at.Add(time.Minute), "wamid.2", "0343 6467", false),
			channeltest.Kim.Past(at.Add(2*time.Minute), "wamid.3", "cvv 123", false))
		l.Pass(5 * time.Second)
		channeltest.Everything(t, l.Store, func(text string) {
			for _, digits := range []string{"4539 1488", "0343 6467", "cvv 123"} {
				require.NotContains(t, text, digits)
			}
		})
	})
}

func TestACodeBesideTheFileOfACardIsMasked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"scan_4539148803436467.jpg", "IMG-4539-1488-0343-6467.pdf", "2026-11-29_4539148803436467_front.png"} {
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "document", map[string]any{
				"id": "1", "mime_type": "image/jpeg", "filename": name, "caption": "cvv 123",
			}))
			l.Pass(5 * time.Second)
			m := l.Messages(l.Conversation().ID)[0]
			require.Equal(t, "cvv XXX", m.Text)
			require.NotContains(t, m.Attachments[0].Name, "4539", name)
			require.Contains(t, m.Attachments[0].Name, "6467", name)
		})
	}
}

func TestTheCustomerGetsWhatIsStoredOfAnAgentsPieces(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "which card is it?")
		for _, text := range []string{"4539 1488", "0343 6467"} {
			_, err := l.Reply(l.Conversation().ID, text)
			require.NoError(t, err)
			l.Pass(5 * time.Second)
		}
		require.Equal(t, []string{"4539 1488", "XXXX XXXX"}, l.Line.Texts(), "what was sent before is gone, and gets no end")
	})
}

func TestNoReasonCounterOrMetricHoldsTheDigitsOfAName(t *testing.T) {
	t.Parallel()
	var seen []string
	hooks := func(c *channel.Config) {
		counts(c)
		c.Hooks.ApplyDone = func(_ context.Context, i hooks.ApplyInfo, _ error) { seen = append(seen, i.Field) }
	}
	experiment(t, channeltest.LabOptions{Config: hooks}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Item{Field: "field45391488", Value: map[string]any{"a": 1}}, channeltest.Item{Field: "messages", Value: map[string]any{"list45391488": []any{1}}},
			channeltest.Item{Field: "messages", Value: map[string]any{"messages": []any{map[string]any{"id": "wamid.1", "from": channeltest.Kim.Phone, "type": "kind45391488"}}}})
		l.Pass(5 * time.Second)
		letters := l.Letters("in")
		require.Len(t, letters, 2)
		for _, d := range letters {
			require.NotContains(t, d.Reason, "4539")
			require.Contains(t, d.Reason, "unknown", "it says what happened")
		}
		require.NotContains(t, strings.Join(seen, " "), "4539")
		for _, c := range l.Records("counter") {
			require.NotContains(t, c.Key, "4539")
		}
	})
}

func TestPiecesThatGoOutTogetherAreSeenTogether(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "which card is it?")
		conv := l.Conversation().ID
		var pieces []channel.Reply
		for _, text := range []string{"it is", "4539 1488", "0343 6467"} {
			pieces = append(pieces, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}})
		}
		_, err := l.Hub.ReplyAll(t.Context(), alice, pieces)
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		var stored []string
		for _, m := range l.Messages(conv)[1:] {
			stored = append(stored, m.Text)
		}
		require.Equal(t, []string{"it is", "XXXX XXXX", "XXXX 6467"}, stored)
		require.Equal(t, stored, l.Line.Texts())
	})
}

func TestWhatTheHostNamedAButtonIsNeverMasked(t *testing.T) {
	t.Parallel()
	const id, other = "4539148803436467", "order:5555 5555 5555 4444"
	for name, later := range map[string]string{
		"a whole number":        "4111 1111 1111 1111",
		"the beginning of one":  "3782 8224",
		"words about a code":    "cvv 123",
		"harmless":              "thank you",
		"the same number again": id,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.0", "hello")
				conv := l.Conversation().ID
				for _, c := range []message.Content{
					&message.Buttons{Body: "Which order?", Buttons: []message.Button{{ID: id, Title: "The bike"}, {ID: other, Title: "The boat"}}},
					&message.List{Body: "Which order?", Button: "Open", Sections: []message.Section{{Title: "Orders", Rows: []message.Row{{ID: id, Title: "The bike"}}}}},
				} {
					_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: c})
					require.NoError(t, err)
				}
				l.Pass(5 * time.Second)
				require.Equal(t, id, l.Line.Sent[0].Content.(*message.Buttons).Buttons[0].ID, "it goes out as it is")
				require.Equal(t, id, l.Line.Sent[1].Content.(*message.List).Sections[0].Rows[0].ID)
				l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "interactive", map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": id, "title": "The bike"}}),
					channeltest.Kim.Message(time.Now(), "wamid.2", "interactive", map[string]any{"type": "list_reply", "list_reply": map[string]any{"id": other, "title": "The boat"}}),
					channeltest.Kim.Message(time.Now(), "wamid.4", "interactive", map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": `{"order":"` + id + `"}`, "title": "The bike"}}),
					channeltest.Kim.Message(time.Now(), "wamid.5", "interactive", map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{"response_json": `{"number":"0343 6467"}`}}))
				l.Pass(5 * time.Second)
				_, err := l.Reply(conv, later)
				require.NoError(t, err)
				l.Say(channeltest.Kim, "wamid.6", later)
				l.Pass(5 * time.Second)
				var choices []string
				for _, m := range l.Messages(conv) {
					if m.Choice != "" {
						choices = append(choices, m.Choice)
					}
				}
				require.Equal(t, []string{id, other, `{"order":"` + id + `"}`}, choices[:3])
				for _, c := range l.Host.Of(conversation.MessageRedacted) {
					require.NotContains(t, []string{"wamid.1", "wamid.2", "wamid.4"}, c.Message.WAMID)
				}
			})
		})
	}
}

// The payload of a template's button is that button's text where the template names none.
func TestThePayloadOfATemplatesButtonIsMaskedFromTheBeginning(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "button", map[string]any{"text": "The bike", "payload": "4539 1488 0343 6467"}))
		l.Pass(5 * time.Second)
		require.Equal(t, "XXXX XXXX XXXX 6467", l.Messages(l.Conversation().ID)[0].Choice)
		l.Say(channeltest.Kim, "wamid.2", "4111 1111 1111 1111")
		require.Equal(t, "XXXX XXXX XXXX 6467", l.Messages(l.Conversation().ID)[0].Choice)
	})
}

func TestWhatACustomerWroteIntoAFormIsMaskedWithWhatIsAroundIt(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "interactive", map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{"response_json": `{"cvv":"123"}`}}))
		l.Pass(5 * time.Second)
		l.Say(channeltest.Kim, "wamid.2", "4539 1488 0343 6467")
		m := l.Messages(l.Conversation().ID)[0]
		require.Equal(t, `{"cvv":"XXX"}`, m.Choice)
		require.Equal(t, "[Form filled in]\ncvv: XXX", m.Text)
	})
}
