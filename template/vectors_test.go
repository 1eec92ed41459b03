package template_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// TestTheUsualMistakes is the short list of what goes wrong most often with
// templates. The long one is testdata/definitions.jsonl.
func TestTheUsualMistakes(t *testing.T) {
	t.Parallel()
	const offer = `{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Soon"}}`
	const link = `{"type":"BUTTONS","buttons":[{"type":"URL","text":"Buy","url":"https://x.example/"}]}`
	text := func(body string) string {
		return `"category":"UTILITY","components":[{"type":"BODY","text":"` + body + `"}]`
	}
	buttons := func(kinds ...string) string {
		var list []string
		for i, kind := range kinds {
			b := `{"type":"` + kind + `","text":"Label ` + string(rune('A'+i)) + `"`
			if kind == "URL" {
				b += `,"url":"https://x.example/"`
			}
			list = append(list, b+"}")
		}
		return `"category":"UTILITY","components":[` + buttonsJSON(strings.Join(list, ",")) + `]`
	}
	cards := func(n int, odd string) string {
		const card = `{"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::a"]}},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"}]}]}`
		list := strings.Repeat(card+",", n) + strings.ReplaceAll(card, "QUICK_REPLY", odd)
		if odd == "" {
			list = strings.TrimSuffix(strings.Repeat(card+",", n), ",")
		}
		return `"category":"MARKETING","components":[` + plainBody + `,{"type":"CAROUSEL","cards":[` + list + `]}]`
	}
	code := func(body, footer string) string {
		return `"category":"AUTHENTICATION","components":[{"type":"BODY"` + body + `},{"type":"FOOTER","code_expiration_minutes":` + footer + `},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]`
	}
	ttl := func(category, seconds string) string {
		return `"category":"` + category + `","message_send_ttl_seconds":` + seconds + `,"components":[` + plainBody + `]`
	}
	variable := func(link string) string {
		return `"category":"UTILITY","components":[` + buttonsJSON(`{"type":"URL","text":"Open","url":"`+link+`","example":["a"]}`) + `]`
	}
	for name, c := range map[string]struct {
		members string
		want    template.Rule // an error; "" for none
	}{
		"a variable at the beginning":         {text("{{1}} hello"), template.RuleVariableEdge},
		"two variables side by side":          {text("Hi {{1}}{{2}} ok"), template.RuleVariableAdjacent},
		"a number left out":                   {text("Hi {{1}} and {{3}} ok"), template.RuleVariableSequence},
		"a name among numbers":                {text("Hi {{name}} and {{1}} ok"), template.RuleVariableMixed},
		"two variables in a header":           {`"category":"UTILITY","components":[{"type":"HEADER","format":"TEXT","text":"A {{1}} B {{2}} C"},` + plainBody + `]`, template.RuleVariableCount},
		"a link between quick replies":        {buttons("QUICK_REPLY", "URL", "QUICK_REPLY"), template.RuleButtonGroup},
		"quick replies between links":         {buttons("URL", "QUICK_REPLY", "URL"), template.RuleButtonGroup},
		"quick replies before links":          {buttons("QUICK_REPLY", "QUICK_REPLY", "URL"), ""},
		"quick replies after links":           {buttons("URL", "QUICK_REPLY", "QUICK_REPLY"), ""},
		"three links":                         {buttons("URL", "URL", "URL"), template.RuleButtonCount},
		"a variable inside a link":            {`"category":"UTILITY","components":[` + buttonsJSON(`{"type":"URL","text":"Open","url":"https://x.example/{{1}}/y","example":["a"]}`) + `]`, template.RuleVariableEdge},
		"a variable that could change a host": {variable("https://x.example{{1}}"), template.RuleURL},
		"a variable that could become a port": {variable("https://x.example:{{1}}"), template.RuleURL},
		"a variable in place of a host":       {variable("https://{{1}}"), template.RuleURL},
		"a variable behind a slash":           {variable("https://x.example/{{1}}"), ""},
		"a variable in a query":               {variable("https://x.example?a={{1}}"), ""},
		"an offer in UTILITY":                 {`"category":"UTILITY","components":[` + offer + `,` + plainBody + `,` + link + `]`, template.RuleComponentCategory},
		"an offer with a footer":              {`"category":"MARKETING","components":[` + offer + `,` + plainBody + `,{"type":"FOOTER","text":"Shop"},` + link + `]`, template.RuleComponentMix},
		"an offer":                            {`"category":"MARKETING","components":[` + offer + `,` + plainBody + `,` + link + `]`, ""},
		"a carousel of one card":              {cards(1, ""), template.RuleCards},
		"a carousel of two cards":             {cards(2, ""), ""},
		"a carousel of ten cards":             {cards(10, ""), ""},
		"a carousel of eleven cards":          {cards(11, ""), template.RuleCards},
		"cards with different buttons":        {cards(2, "PHONE_NUMBER"), template.RuleCardShape},
		"a text in a one-time code template":  {code(`,"text":"Your code is {{1}}."`, "90"), template.RuleComponentField},
		"a code that is valid for too long":   {code("", "91"), template.RuleExpiration},
		"a code that is valid long":           {code("", "90"), ""},
		"UTILITY that lives 20 seconds":       {ttl("UTILITY", "20"), template.RuleTTL},
		"UTILITY that lives long":             {ttl("UTILITY", "-1"), ""},
		"MARKETING that lives for ever":       {ttl("MARKETING", "-1"), template.RuleTTL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ps := define(t, `{"name":"n","language":"en",`+c.members+`}`).Validate()
			if c.want == "" {
				require.Empty(t, ps)
				return
			}
			found := false
			for _, p := range ps {
				found = found || p.Rule == c.want && p.Severity == template.SeverityError
			}
			require.True(t, found, "%s", ps)
		})
	}
}

// TestTheUsualRefusals is the same for sending.
func TestTheUsualRefusals(t *testing.T) {
	t.Parallel()
	document := `{"type":"HEADER","format":"DOCUMENT"},` + plainBody
	image := template.HeaderValue{Media: &template.Media{Kind: template.MediaImage, ID: "1"}}
	for name, c := range map[string]struct {
		components string
		values     template.Values
		code       int
	}{
		"one value for two variables": {twoVariables, template.Values{Body: texts("a")}, 132000},
		"an image for a document":     {document, template.Values{Header: image}, 132012},
		"no file for a header":        {document, template.Values{}, 131008},
	} {
		_, _, err := define(t, `{"name":"n","language":"en","components":[`+c.components+`]}`).Bind(c.values)
		be, ok := errors.AsType[*template.BindError](err)
		require.True(t, ok, name)
		require.Equal(t, c.code, be.Code, name)
	}
	c := newCatalog(t, template.CatalogConfig{})
	c.Put(noon, approved("a", "en_US"))
	c.SetStatus(template.StatusFact{Ref: template.Ref{Name: "a", Language: "en-US"}, At: at(1), Event: "PAUSED"})
	d, ok := c.Lookup("a", "en_US")
	require.True(t, ok)
	require.Equal(t, template.StatusPaused, d.Status, "webhooks spell the language in another way")
}
