package helpdesk

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	wa "github.com/kanava-go/kanava/template"
)

func definition(t *testing.T, components string) *wa.Definition {
	t.Helper()
	def := new(wa.Definition)
	require.NoError(t, json.Unmarshal([]byte(`{"name":"n","language":"en","category":"MARKETING","status":"APPROVED","components":[`+components+`]}`), def))
	return def
}

const everyField = `{"type":"HEADER","format":"DOCUMENT"},
	{"type":"BODY","text":"Hi {{first_name}}, about {{subject}}.","example":{"body_text_named_params":[{"param_name":"subject","example":"your order"}]}},
	{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Yes"},{"type":"URL","text":"Open","url":"https://x.example/{{1}}","example":["https://x.example/a"]},{"type":"COPY_CODE","example":"SPRING"}]},
	{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"At {{price}} each."}]}]}`

func TestEveryThingATemplateWantsIsAField(t *testing.T) {
	t.Parallel()
	def := definition(t, everyField)
	require.True(t, typeable(def))
	require.Equal(t, []field{
		{Name: "header.document", Label: "Document", Type: "url", Example: "https://…", Max: 2000, Required: true},
		{Name: "header.filename", Label: "File name", Type: "text", Max: 1024},
		{Name: "body[0].text", Label: "First name", Type: "text", Value: "Robin Sample", Max: 1024, Required: true},
		{Name: "body[1].text", Label: "Subject", Type: "text", Example: "your order", Max: 1024, Required: true},
		{Name: "buttons[1].url_suffix", Label: "Link “Open”", Type: "text", Example: "https://x.example/a", Max: 1982, Required: true},
		{Name: "buttons[2].coupon", Label: "Coupon code", Type: "text", Example: "SPRING", Max: 20, Required: true},
		{Name: "cards[0].header.image", Label: "Card 1: Image", Type: "url", Example: "https://…", Max: 2000, Required: true},
		{Name: "cards[0].body[0].text", Label: "Card 1: price", Type: "text", Max: 1024, Required: true},
	}, fieldsOf(def, "Robin Sample"))
	numbered := definition(t, `{"type":"HEADER","format":"TEXT","text":"Order {{1}} here"},{"type":"BODY","text":"Hi {{1}}, it is {{2}}."}`)
	var labels []string
	for _, f := range fieldsOf(numbered, "") {
		labels = append(labels, f.Label)
	}
	require.Equal(t, []string{"Heading", "Value 1", "Value 2"}, labels)
	require.False(t, typeable(definition(t, `{"type":"BODY","text":"Pay."},{"type":"BUTTONS","buttons":[{"type":"ORDER_DETAILS","text":"Pay"}]}`)))
}

func TestAnEmptyFormHasAPreview(t *testing.T) {
	t.Parallel()
	def := definition(t, everyField)
	values, err := samplesOf(def, func(name string) string { return map[string]string{"body[0].text": "Robin"}[name] })
	require.NoError(t, err)
	_, preview, err := def.Bind(values)
	require.NoError(t, err)
	require.Equal(t, "[document: …]\nHi Robin, about your order.\n[Yes]\n[Open] https://x.example/...\n[Copy code] SPRING\n— 1 —\n[image: …]\nAt … each.", preview.Text())
}

func TestWhatIsWrongIsSaidInWords(t *testing.T) {
	t.Parallel()
	def := definition(t, everyField)
	values, err := valuesOf(def, func(name string) string {
		return map[string]string{
			"header.document": "ftp://x.example/a", "body[0].text": "Robin\nSample", "buttons[1].url_suffix": "a b",
			"buttons[2].coupon": "SPRING-26", "cards[0].header.image": "5550001", "cards[0].body[0].text": "5     €",
		}[name]
	})
	require.NoError(t, err)
	_, _, err = def.Bind(values)
	misfit, ok := errors.AsType[*wa.BindError](err)
	require.True(t, ok)
	require.Equal(t, "Document must be a link that begins with https://. First name must be on one line. Subject is missing. "+
		"Link “Open” must not hold spaces or special characters, nor begin with /. Coupon code may hold up to 20 letters and digits. "+
		"Card 1: price has too many spaces in a row.", inWords(def, misfit.Problems))
}
