package channel_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/stretchr/testify/require"
)

func TestWhatIsKeptOfATemplateIsMaskedAsWhatIsSent(t *testing.T) {
	t.Parallel()
	const card, masked = "4111111111111111", "XXXXXXXXXXXX1111"
	var def template.Definition
	require.NoError(t, json.Unmarshal([]byte(`{"id":"1","name":"parcel","language":"en","status":"APPROVED","category":"UTILITY","components":[
		{"type":"HEADER","format":"TEXT","text":"Order {{1}}","example":{"header_text":["17"]}},
		{"type":"BODY","text":"Your order {{1}} is here, tracking number {{2}}.","example":{"body_text":[["17","18"]]}}]}`), &def))
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	catalog.Put(channeltest.Dawn.Add(-time.Hour), def)
	o := channeltest.LabOptions{Config: func(c *channel.Config) { c.Channels[0].Templates = catalog }}
	for _, tt := range []struct {
		name   string
		values template.Values
		want   string
	}{
		{"in the body, behind the word order", template.Values{Header: template.HeaderValue{Text: template.Text("17")}, Body: []template.Value{template.Text(card), template.Text("18")}},
			"Order 17\nYour order " + masked + " is here, tracking number 18."},
		{"behind the words tracking number", template.Values{Header: template.HeaderValue{Text: template.Text("17")}, Body: []template.Value{template.Text("17"), template.Text(card)}},
			"Order 17\nYour order 17 is here, tracking number " + masked + "."},
		{"in the header", template.Values{Header: template.HeaderValue{Text: template.Text(card)}, Body: []template.Value{template.Text("17"), template.Text("18")}},
			"Order " + masked + "\nYour order 17 is here, tracking number 18."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			experiment(t, o, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				reply := channel.Reply{Conversation: l.Conversation().ID, Template: &channel.Template{Name: "parcel", Language: "en", Values: tt.values}}
				p, err := l.Hub.PreviewReply(t.Context(), alice, reply)
				require.NoError(t, err)
				require.Equal(t, tt.want, p.Message.Text)
				m, err := l.Hub.Reply(t.Context(), alice, reply)
				require.NoError(t, err)
				l.Pass(time.Second)
				require.Equal(t, tt.want, m.Text)
				require.True(t, m.Redacted)
				require.Len(t, l.Line.Sent, 1)
				sent, err := json.Marshal(l.Line.Sent[0])
				require.NoError(t, err)
				require.Contains(t, string(sent), masked)
				require.NotContains(t, string(sent), card)
				require.NotContains(t, l.Conversation().Preview, card)
			})
		})
	}
}

// The values of a template are read together with its words and with each other, whoever has put them in.
func TestWhatTheValuesOfATemplateShowTogetherIsMasked(t *testing.T) {
	t.Parallel()
	var def template.Definition
	require.NoError(t, json.Unmarshal([]byte(`{"id":"1","name":"card","language":"en","status":"APPROVED","category":"UTILITY","components":[
		{"type":"HEADER","format":"TEXT","text":"{{1}}","example":{"header_text":["17"]}},
		{"type":"BODY","text":"{{1}} {{2}} is what we have. {{3}} pieces, code {{4}}.","example":{"body_text":[["17","18","19","20"]]}},
		{"type":"FOOTER","text":"Thanks"}]}`), &def))
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	catalog.Put(channeltest.Dawn.Add(-time.Hour), def)
	o := channeltest.LabOptions{Config: func(c *channel.Config) { c.Channels[0].Templates = catalog }}
	for name, tt := range map[string]struct{ values, want [5]string }{
		"halves of a number":      {[5]string{"Hello", "4539 1488", "0343 6467", "4", "67"}, [5]string{"Hello", "XXXX XXXX", "XXXX 6467", "4", "67"}},
		"header and body":         {[5]string{"4539 1488", "0343", "6467", "4", "67"}, [5]string{"XXXX XXXX", "XXXX", "6467", "4", "67"}},
		"a card and its code":     {[5]string{"Your card", "4539148803436467", "visa", "4", "123"}, [5]string{"Your card", "XXXXXXXXXXXX6467", "visa", "4", "XXX"}},
		"numbers that are no one": {[5]string{"Hello", "4539 1488", "0343 6468", "4", "67"}, [5]string{"Hello", "4539 1488", "0343 6468", "4", "67"}},
	} {
		body := []template.Value{}
		for _, v := range tt.values[1:] {
			body = append(body, template.Text(v))
		}
		values := template.Values{Header: template.HeaderValue{Text: template.Text(tt.values[0])}, Body: body}
		bound, _, err := def.Bind(values)
		require.NoError(t, err)
		for by, reply := range map[string]channel.Reply{
			"by the hub": {Template: &channel.Template{Name: "card", Language: "en", Values: values}}, "by the host": {Content: &message.Template{Message: bound}},
		} {
			t.Run(name+" "+by, func(t *testing.T) {
				t.Parallel()
				experiment(t, o, func(t *testing.T, l *lab) {
					l.Say(channeltest.Kim, "wamid.1", "hello")
					reply.Conversation = l.Conversation().ID
					m, err := l.Hub.Reply(t.Context(), alice, reply)
					require.NoError(t, err)
					l.Pass(time.Second)
					require.Equal(t, tt.want != tt.values, m.Redacted)
					var sent [5]string
					for slot, p := range l.Line.Sent[0].Content.(*message.Template).Message.Parameters() {
						if slot.Component == "header" {
							sent[0] = p.Text
						} else {
							sent[slot.Position+1] = p.Text
						}
					}
					require.Equal(t, tt.want, sent)
					if by == "by the hub" {
						w := tt.want
						require.Equal(t, w[0]+"\n"+w[1]+" "+w[2]+" is what we have. "+w[3]+" pieces, code "+w[4]+".\nThanks", m.Text)
					}
				})
			})
		}
	}
}

// A long answer is not cut within a card number: WhatsApp would get each part of it.
func TestACardNumberWhereALongAnswerIsCutIsMasked(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello"))
		l.Pass(time.Second)
		conv := l.Conversation().ID
		for _, mark := range []string{"", "*", "```"} {
			for n := range 6 {
				text := mark + strings.Repeat("word ", 900)[:4095-5*n] + "4111 1111 1111 1111 " + strings.Repeat("more ", 50) + "." + mark
				parts := channel.Reply{Conversation: conv, Content: &message.Text{Body: text}}.Split()
				require.Len(t, parts, 2)
				_, err := l.Hub.ReplyAll(t.Context(), alice, parts)
				require.NoError(t, err)
				l.Pass(time.Minute)
				sent := l.Line.Texts()
				require.NotContains(t, strings.Join(sent, " "), "4111")
				require.Contains(t, strings.Join(sent[len(sent)-2:], " "), "XXXX XXXX XXXX 1111")
			}
		}
	})
}
