package template_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

func TestAButtonCanOpenAnApp(t *testing.T) {
	t.Parallel()
	offer := func(buttons ...template.Button) *template.Definition {
		return &template.Definition{Name: "n", Language: "en", Category: template.Marketing, Status: template.StatusApproved, Components: []template.Component{
			&template.Body{Text: "Look at it in the app."}, &template.Buttons{Buttons: buttons},
		}}
	}
	link := json.RawMessage(`{"meta_app_id":"555"}`)
	d := offer(&template.AppButton{Text: "Open", AppDeepLink: link})
	require.NoError(t, d.Validate().Err())
	require.Empty(t, d.Validate())
	msg, preview, err := d.Bind(template.Values{})
	require.NoError(t, err)
	require.Equal(t, []template.PreviewButton{{Kind: template.ButtonApp, Label: "Open"}}, preview.Buttons)
	raw, err := json.Marshal(msg)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "components", "nothing is given when sending")

	require.Error(t, offer(&template.AppButton{Text: strings.Repeat("x", 26), AppDeepLink: link}).Validate().Err(), "the label is too long")
	require.Error(t, offer(&template.AppButton{AppDeepLink: link}).Validate().Err(), "there is no label")
	doubt := offer(&template.AppButton{Text: "Open"}).Validate()
	require.NoError(t, doubt.Err(), "what Meta does not publish is not refused")
	require.Len(t, doubt, 1)

	const whole = `{"name":"n","language":"en","category":"MARKETING","components":[{"type":"BODY","text":"Look."},{"type":"BUTTONS","buttons":[
		{"type":"APP","text":"Open","app_deep_link":{"meta_app_id":"555"},"future":1}]}]}`
	var back template.Definition
	require.NoError(t, json.Unmarshal([]byte(whole), &back))
	raw, err = json.Marshal(back)
	require.NoError(t, err)
	require.JSONEq(t, whole, string(raw), "nothing is lost")
}
