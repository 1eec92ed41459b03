package convert_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/template/convert"
)

func TestChatwootValues(t *testing.T) {
	t.Parallel()
	named := `{"name":"n","language":"en","parameter_format":"NAMED","components":[` + twoNames + `]}`
	numbered := `{"name":"n","language":"en","components":[` + twoVariables + `]}`
	for name, c := range map[string]struct {
		definition, params string
		want               template.Values
		problems           string
	}{
		"the present form": {claimUpdate, `{"body":{"2":"approved","1":"C-41"},"header":{"media_url":"https://cdn.example.org/a.pdf","media_type":"DOCUMENT","media_name":"a.pdf"},
			"buttons":[{"type":"url","parameter":"c-41"},null,{"type":"COPY_CODE","parameter":"SPRING"},{"type":"quick_reply","parameter":"p"}],"footer":{}}`,
			template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: "document", Link: "https://cdn.example.org/a.pdf", Filename: "a.pdf"}},
				Body:    texts("C-41", "approved"),
				Buttons: []template.ButtonValue{{Index: 0, Suffix: "c-41"}, {Index: 2, Coupon: "SPRING"}, {Index: 3, Payload: "p"}}}, ""},
		"the list of old":              {numbered, `["Noor","Tue"]`, template.Values{Body: texts("Noor", "Tue")}, ""},
		"the object of old":            {numbered, `{"2":"Tue","1":"Noor"}`, template.Values{Body: texts("Noor", "Tue")}, ""},
		"ten sorts after two":          {numbered, `["a","b","c","d","e","f","g","h","i","j","k"]`, template.Values{Body: texts("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")}, ""},
		"numbers":                      {numbered, `{"body":{"1":5,"2":7.50}}`, template.Values{Body: texts("5", "7.50")}, ""},
		"a blank does not shift":       {numbered, `{"body":{"1":"","2":"Tue"}}`, template.Values{Body: texts("", "Tue")}, ""},
		"a null does not shift":        {numbered, `{"body":{"1":null,"2":"Tue"}}`, template.Values{Body: texts("", "Tue")}, ""},
		"a gap does not shift":         {numbered, `{"body":{"2":"Tue"}}`, template.Values{Body: texts("", "Tue")}, ""},
		"names":                        {named, `{"body":{"order":"A-17","name":"Noor"}}`, template.Values{Body: []template.Value{template.NamedText("name", "Noor"), template.NamedText("order", "A-17")}}, ""},
		"names in the form of old":     {named, `{"name":"Noor"}`, template.Values{Body: []template.Value{template.NamedText("name", "Noor")}}, ""},
		"a name where numbers are":     {numbered, `{"body":{"name":"Noor"}}`, template.Values{}, "body: value-name"},
		"a number with a zero before":  {numbered, `{"body":{"01":"Noor"}}`, template.Values{}, "body: value-name"},
		"a number beyond reason":       {numbered, `{"body":{"9999":"Noor"}}`, template.Values{}, "body: value-name"},
		"a header text":                {numbered, `{"header":{"1":"Ada"}}`, template.Values{Header: template.HeaderValue{Text: template.Text("Ada")}}, ""},
		"two header texts":             {numbered, `{"header":{"1":"Ada","2":"Bob"}}`, template.Values{}, "header: value-count"},
		"a button of an unknown type":  {numbered, `{"buttons":[{"type":"hologram","parameter":"x"}]}`, template.Values{}, "buttons[0]: value-kind"},
		"no parameters":                {numbered, `null`, template.Values{}, ""},
		"an object of nothing":         {numbered, `{}`, template.Values{}, ""},
		"quotes and brackets are kept": {numbered, `["\"Bob's\" <b>","x"]`, template.Values{Body: texts(`"Bob's" <b>`, "x")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cw, err := convert.ParseChatwoot([]byte(`{"name":"claim_update","category":"utility","language":"pt_BR","namespace":"ns","processed_params":` + c.params + `}`))
			require.NoError(t, err)
			require.Equal(t, "claim_update", cw.Name)
			require.Equal(t, "pt_BR", cw.Language)
			require.Equal(t, template.Utility, cw.Category)
			got, err := cw.Values(define(t, c.definition))
			if c.problems != "" {
				be, ok := errors.AsType[*template.BindError](err)
				require.True(t, ok, "%v", err)
				require.Equal(t, c.problems, be.Problems.String())
				return
			}
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(c.want, got, cmpopts.EquateEmpty()))
		})
	}
}

// FuzzConverters lays out anything that reads as parameters of another product
// for anything that reads as a definition.
func FuzzConverters(f *testing.F) {
	f.Add([]byte(claimUpdate), []byte(`{"name":"n","processed_params":{"body":{"1":"C-41","2":"x"},"header":{"media_url":"https://x.example/a.pdf","media_type":"document"},"buttons":[{"type":"url","parameter":"c"},null]}}`), `{"1":"a","2":"b"}`)
	f.Add([]byte(`{"parameter_format":"NAMED","components":[`+twoNames+`,{"type":"BUTTONS","buttons":[null,{"type":"COPY_CODE"}]}]}`), []byte(`{"name":"n","processed_params":["a",1]}`), `{"name":"a","1":"b"}`)
	f.Fuzz(func(t *testing.T, doc, params []byte, variables string) {
		var d template.Definition
		if d.UnmarshalJSON(doc) != nil {
			return
		}
		if c, err := convert.ParseChatwoot(params); err == nil {
			if v, err := c.Values(&d); err == nil {
				_, _, _ = d.Bind(v)
			}
		}
		if c, err := convert.ParseContentVariables(variables); err == nil {
			for _, m := range []convert.TwilioMapping{{}, {Header: "1", Buttons: map[int]string{-1: "1", 0: "2", 1: "2"}}} {
				if v, err := c.Values(&d, m); err == nil {
					_, _, _ = d.Bind(v)
				}
			}
		}
	})
}

func TestChatwootOfUnknownShape(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`[]`, `{}`, `{"name":""}`, `{"name":"n","processed_params":5}`, `{"name":"n","processed_params":[["x"]]}`,
		`{"name":"n","processed_params":{"body":{"1":{}}}}`, `{"name":"n","processed_params":{"body":{},"future":{}}}`,
		`{"name":"n","processed_params":{"buttons":["x"]}}`, `{"name":"n","processed_params":{"buttons":[{"type":"url","parameter":[]}]}}`,
		`{"name":"n","processed_params":{"1":true}}`, `{"name":"n","processed_params":{"header":{"media_url":5,"1":[]}}}`,
	} {
		_, err := convert.ParseChatwoot([]byte(doc))
		require.Error(t, err, doc)
	}
}

func TestContentVariables(t *testing.T) {
	t.Parallel()
	named := `{"name":"n","language":"en","parameter_format":"NAMED","components":[{"type":"HEADER","format":"TEXT","text":"Hi {{who}} there"},` + twoNames + `]}`
	for name, c := range map[string]struct {
		definition, variables string
		mapping               convert.TwilioMapping
		want                  template.Values
		problems              string
	}{
		"the body takes all":         {`{"components":[` + twoVariables + `]}`, `{"2":"Tue","1":"Noor"}`, convert.TwilioMapping{}, template.Values{Body: texts("Noor", "Tue")}, ""},
		"ten comes after two":        {`{"components":[` + twoVariables + `]}`, `{"10":"x","2":"y"}`, convert.TwilioMapping{}, template.Values{Body: texts("y", "x")}, ""},
		"header, body and button":    {claimUpdate, `{"1":"https://x.example/a.pdf","2":"C-41","3":"approved","4":"c-41"}`, convert.TwilioMapping{Header: "1", Buttons: map[int]string{0: "4"}}, template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: "document", Link: "https://x.example/a.pdf"}}, Body: texts("C-41", "approved"), Buttons: []template.ButtonValue{{Suffix: "c-41"}}}, ""},
		"one variable in two places": {claimUpdate, `{"1":"C-41","2":"x"}`, convert.TwilioMapping{Header: "2", Buttons: map[int]string{0: "2"}}, template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: "document", Link: "x"}}, Body: texts("C-41"), Buttons: []template.ButtonValue{{Suffix: "x"}}}, ""},
		"names":                      {named, `{"name":"Noor","order":"A-17","w":"Ada"}`, convert.TwilioMapping{Header: "w"}, template.Values{Header: template.HeaderValue{Text: template.NamedText("who", "Ada")}, Body: []template.Value{template.NamedText("name", "Noor"), template.NamedText("order", "A-17")}}, ""},
		"a coupon":                   {`{"components":[` + `{"type":"BUTTONS","buttons":[{"type":"COPY_CODE"}]}` + `]}`, `{"1":"SPRING"}`, convert.TwilioMapping{Buttons: map[int]string{0: "1"}}, template.Values{Buttons: []template.ButtonValue{{Coupon: "SPRING"}}}, ""},
		"null is blank":              {`{"components":[` + twoVariables + `]}`, `{"1":null,"2":""}`, convert.TwilioMapping{}, template.Values{Body: texts("", "")}, ""},
		"a key that is missing":      {claimUpdate, `{"1":"x"}`, convert.TwilioMapping{Header: "7", Buttons: map[int]string{0: "8"}}, template.Values{}, "header: value-missing; buttons[0]: value-missing"},
		"a name where numbers are":   {`{"components":[` + twoVariables + `]}`, `{"name":"Noor"}`, convert.TwilioMapping{}, template.Values{}, "body: value-name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cv, err := convert.ParseContentVariables(c.variables)
			require.NoError(t, err)
			got, err := cv.Values(define(t, c.definition), c.mapping)
			if c.problems != "" {
				be, ok := errors.AsType[*template.BindError](err)
				require.True(t, ok, "%v", err)
				require.Equal(t, c.problems, be.Problems.String())
				return
			}
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(c.want, got, cmpopts.EquateEmpty()))
		})
	}
	many := "{" + strings.Repeat(`"x":"y",`, 3)
	for i := range 101 {
		many += `"k` + strings.Repeat("a", i%10) + string(rune('a'+i/10)) + `":"v",`
	}
	for _, doc := range []string{``, `null`, `[]`, `{"1":5}`, `{"a b":"x"}`, `{"":"x"}`, `{"` + strings.Repeat("k", 17) + `":"x"}`, strings.TrimSuffix(many, ",") + "}"} {
		_, err := convert.ParseContentVariables(doc)
		require.Error(t, err, doc)
	}
}

func define(t testing.TB, doc string) *template.Definition {
	t.Helper()
	d := new(template.Definition)
	require.NoError(t, json.Unmarshal([]byte(doc), d))
	return d
}

func texts(list ...string) []template.Value {
	out := make([]template.Value, len(list))
	for i, s := range list {
		out[i] = template.Text(s)
	}
	return out
}

const (
	twoVariables = `{"type":"BODY","text":"Hi {{1}} and {{2}}."}`
	twoNames     = `{"type":"BODY","text":"Hi {{name}}, order {{order}} is here."}`
)

const claimUpdate = `{"name":"claim_update","language":"pt_BR","components":[{"type":"HEADER","format":"DOCUMENT"},
	{"type":"BODY","text":"Claim {{1}} is {{2}} now."},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://claims.example.org/{{1}}"}]}]}`
