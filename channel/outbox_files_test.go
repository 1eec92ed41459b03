package channel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// filesInside are messages that have a file inside of them.
func filesInside(id string) map[string]channel.Reply {
	image := &message.Image{ID: id}
	header := message.Header{Image: image}
	media := template.HeaderValue{Media: &template.Media{ID: id}}
	text := []template.Value{template.Text("Kim")}
	return map[string]channel.Reply{
		"a picture":           {Content: image},
		"the head of buttons": {Content: &message.Buttons{Header: header, Body: "b", Buttons: []message.Button{{ID: "a", Title: "A"}}}},
		"the head of a link":  {Content: &message.CTAURL{Header: header, Body: "b", Label: "Open", URL: "https://example.com"}},
		"the head of a form":  {Content: &message.Flow{Header: header, Body: "b", FlowID: "1", Label: "Open"}},
		"the cards of a carousel": {Content: &message.Carousel{Body: "b", Cards: []message.Card{
			{Image: image, Label: "Open", URL: "https://example.com/1"}, {Image: image, Label: "Open", URL: "https://example.com/2"},
		}}},
		"the head of a template": {Template: &channel.Template{Name: "spring", Language: "en", Values: template.Values{Header: media, Body: text}}},
		"the cards of a template": {Template: &channel.Template{Name: "bikes", Language: "en", Values: template.Values{
			Body: text, Cards: []template.CardValues{
				{Header: media, Body: text, Buttons: []template.ButtonValue{{Payload: "1"}}}, {Header: media, Body: text, Buttons: []template.ButtonValue{{Payload: "2"}}},
			},
		}}},
	}
}

// takingFiles is a channel that takes files and has templates with some.
func takingFiles(t *testing.T) channeltest.LabOptions {
	t.Helper()
	catalog := channeltest.Catalog(t)
	const card = `{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Of {{1}}."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"}]}]}`
	for _, raw := range []string{
		`{"name":"spring","language":"en","category":"UTILITY","status":"APPROVED","components":[{"type":"HEADER","format":"IMAGE"},
			{"type":"BODY","text":"Spring is here, {{1}}."}]}`,
		`{"name":"bikes","language":"en","category":"UTILITY","status":"APPROVED","components":[{"type":"BODY","text":"New, {{1}}."},
			{"type":"CAROUSEL","cards":[` + card + `,` + card + `]}]}`,
	} {
		catalog.Put(channeltest.Dawn.Add(-time.Hour), channeltest.Definition(t, raw))
	}
	return channeltest.LabOptions{Config: func(c *channel.Config) {
		channeltest.SlowPolls(c)
		c.Channels[0].Media, c.Channels[0].Templates = mailbox{}, catalog
	}}
}

func TestAFileInsideOfAMessageIsAFileOfTheMessage(t *testing.T) {
	t.Parallel()
	for name := range filesInside("") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, takingFiles(t), func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				upload := func(name, mime, content string) string {
					id, err := l.Hub.Upload(t.Context(), "support", message.Upload{Name: name, MIME: mime, Ref: "own/" + name, Body: strings.NewReader(content)})
					require.NoError(t, err)
					return id
				}
				picture := filesInside(upload("bike.png", "image/png", string(pngFile)))[name]
				sound := filesInside(upload("bike.mp3", "audio/mpeg", "ID3\x03\x00"))[name]
				picture.Conversation, sound.Conversation = l.Conversation().ID, l.Conversation().ID

				m, err := l.Hub.Reply(t.Context(), alice, picture)
				require.NoError(t, err)
				want := 1
				if strings.Contains(name, "cards") {
					want = 2
				}
				require.Len(t, m.Attachments, want)
				for _, a := range m.Attachments {
					require.Equal(t, "own/bike.png", a.Ref, "the host's reference")
					require.Equal(t, "image/png", a.MIME)
					require.Equal(t, "bike.png", a.SafeName)
				}
				require.NotContains(t, m.Text, m.Attachments[0].MediaID, "which says nothing to people")

				_, err = l.Hub.Reply(t.Context(), alice, sound)
				invalid := requireInvalid(t, err)
				require.Equal(t, message.RuleFormat, invalid.Problems[0].Rule, "a sound is no picture")
				if picture.Template != nil { // which goes whenever it is due
					picture.At = time.Now().Add(29 * 24 * time.Hour)
					_, err = l.Hub.Reply(t.Context(), alice, picture)
					require.NoError(t, err)
					l.Pass(2 * 24 * time.Hour)
					picture.At = time.Now().Add(29 * 24 * time.Hour)
					_, err = l.Hub.Reply(t.Context(), alice, picture)
					require.Equal(t, message.RuleTooFar, requireInvalid(t, err).Problems[0].Rule, "WhatsApp keeps it for 30 days")
				}
			})
		})
	}
}

func requireInvalid(t *testing.T, err error) *message.InvalidError {
	t.Helper()
	var invalid *message.InvalidError
	require.ErrorAs(t, err, &invalid)
	return invalid
}

func TestAnAnswerIsAContentOrATemplateAndNotBoth(t *testing.T) {
	t.Parallel()
	experiment(t, takingFiles(t), func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		for rule, r := range map[message.Rule]channel.Reply{
			message.RuleRequired:  {},
			message.RuleExclusive: {Content: &message.Text{Body: "Here"}, Template: &channel.Template{Name: "reminder", Language: "en"}},
		} {
			r.Conversation = l.Conversation().ID
			_, err := l.Hub.Reply(t.Context(), alice, r)
			require.Equal(t, rule, requireInvalid(t, err).Problems[0].Rule)
		}
	})
}
