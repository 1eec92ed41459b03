package template_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

func TestInputs(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"n","language":"en","category":"MARKETING","sub_category":"ORDER_STATUS","parameter_format":"NAMED","components":[
		{"type":"HEADER","format":"TEXT","text":"Hi {{who}} there","example":{"header_text_named_params":[{"param_name":"who","example":"Ada"}]}},
		{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x","has_expiration":true}},
		{"type":"BODY","text":"{{b}}, {{a}}, {{b}}","example":{"body_text_named_params":[{"param_name":"a","example":"A"}]}},
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://x.example/{{1}}","example":["s"]},{"type":"URL","text":"Fixed","url":"https://x.example/"},
			{"type":"COPY_CODE","example":"C"},{"type":"FLOW","text":"Go"},{"type":"QUICK_REPLY","text":"Yes"},{"type":"VOICE_CALL","text":"Call"},{"type":"CATALOG","text":"Cat"},
			{"type":"MPM","text":"Items"},{"type":"ORDER_DETAILS","text":"Pay"},{"type":"SPM","text":"View"},{"type":"PHONE_NUMBER"},{"type":"HOLOGRAM"}]},
		{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"VIDEO"},{"type":"BODY","text":"At {{p}} each"}]}]}]}`)
	require.Empty(t, cmp.Diff([]template.Input{
		{Path: "header[0]", Kind: template.InputText, Name: "who", Example: "Ada", Required: true},
		{Path: "offer_ends", Kind: template.InputOfferEnd, Required: true},
		{Path: "body[0]", Kind: template.InputText, Name: "b", Required: true},
		{Path: "body[1]", Kind: template.InputText, Name: "a", Example: "A", Required: true},
		{Path: "buttons[0]", Kind: template.InputSuffix, Label: "Open", Example: "s", Required: true, Max: 1982},
		{Path: "buttons[2]", Kind: template.InputCoupon, Example: "C", Required: true, Max: 20},
		{Path: "buttons[3]", Kind: template.InputFlowToken, Label: "Go", Required: true},
		{Path: "buttons[4]", Kind: template.InputPayload, Label: "Yes", Max: 256},
		{Path: "buttons[5]", Kind: template.InputPayload, Label: "Call", Max: 512},
		{Path: "buttons[6]", Kind: template.InputThumbnail, Label: "Cat"},
		{Path: "buttons[7]", Kind: template.InputThumbnail, Label: "Items", Required: true},
		{Path: "buttons[7]", Kind: template.InputSections, Label: "Items", Required: true},
		{Path: "buttons[8]", Kind: template.InputOrderDetails, Label: "Pay", Required: true},
		{Path: "cards[0].header", Kind: template.InputVideo, Required: true},
		{Path: "cards[0].body[0]", Kind: template.InputText, Name: "p", Required: true},
		{Path: "order_status", Kind: template.InputOrderStatus, Required: true},
	}, d.Inputs()))
}

func TestInputsOfADocument(t *testing.T) {
	t.Parallel()
	d := define(t, claimUpdate)
	inputs := d.Inputs()
	require.Empty(t, cmp.Diff([]template.Input{
		{Path: "header", Kind: template.InputDocument, Required: true},
		{Path: "header", Kind: template.InputFilename},
		{Path: "body[0]", Kind: template.InputText, Required: true},
		{Path: "body[1]", Kind: template.InputText, Required: true},
		{Path: "buttons[0]", Kind: template.InputSuffix, Label: "Open", Required: true, Max: 1973},
	}, inputs))
	require.Equal(t, "header.document", inputs[0].Key())
	require.Equal(t, "header.filename", inputs[1].Key())
}

func TestKeysOfInputsDiffer(t *testing.T) {
	t.Parallel()
	for name, g := range goldens(t) {
		seen := make(map[string]bool)
		for _, in := range define(t, string(g.Definition)).Inputs() {
			require.False(t, seen[in.Key()], "%s has %s twice", name, in.Key())
			seen[in.Key()] = true
		}
	}
}
