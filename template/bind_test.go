package template_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// define reads a definition from JSON.
func define(t testing.TB, doc string) *template.Definition {
	t.Helper()
	d := new(template.Definition)
	require.NoError(t, json.Unmarshal([]byte(doc), d))
	return d
}

func TestBindWritesTheSendObject(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"claim_update","language":"pt_BR","category":"UTILITY","status":"APPROVED","components":[
		{"type":"HEADER","format":"DOCUMENT"},
		{"type":"BODY","text":"Claim {{1}} is *{{2}}*."},
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://claims.example.org/{{1}}"}]}]}`)
	msg, preview, err := d.Bind(template.Values{
		Header:  template.HeaderValue{Media: &template.Media{Link: "https://files.example.org/c-41.pdf"}},
		Body:    []template.Value{template.Text("C-41"), template.Text("approved")},
		Buttons: []template.ButtonValue{{Index: 0, Suffix: "c-41"}},
	})
	require.NoError(t, err)
	raw, err := json.Marshal(msg)
	require.NoError(t, err)
	require.JSONEq(t, `{"name":"claim_update","language":{"code":"pt_BR"},"components":[
		{"type":"header","parameters":[{"type":"document","document":{"link":"https://files.example.org/c-41.pdf"}}]},
		{"type":"body","parameters":[{"type":"text","text":"C-41"},{"type":"text","text":"approved"}]},
		{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"c-41"}]}]}`, string(raw))
	require.Equal(t, "[document: https://files.example.org/c-41.pdf]\nClaim C-41 is *approved*.\n[Open] https://claims.example.org/c-41", preview.Text())
	require.Contains(t, preview.HTML(), `Claim C-41 is <strong>approved</strong>.`)

	var back template.Message
	require.NoError(t, json.Unmarshal(raw, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.Equal(t, string(raw), string(again))
}

func TestBindNamesTheCodeMetaWouldAnswer(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"n","language":"en","components":[{"type":"BODY","text":"Hi {{1}} and {{2}}."}]}`)
	_, _, err := d.Bind(template.Values{Body: []template.Value{template.Text("Ada")}})
	be, ok := errors.AsType[*template.BindError](err)
	require.True(t, ok)
	require.Equal(t, template.CodeCountMismatch, be.Code)
	require.Equal(t, template.Problems{{Path: "body", Rule: template.RuleValueCount, Severity: template.SeverityError,
		Limit: 2, Actual: 1, Code: 132000}}, be.Problems)
}
