package template_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

func lookup(pairs map[string]string) template.Lookup {
	return func(name string) (string, bool) {
		v, ok := pairs[name]
		return v, ok
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	look := lookup(map[string]string{
		"customer.name": "Noor", "a-b_c.D1": "x", "braces": "{{customer.name}}", "lines": " one\r\ntwo\tthree     four ", "empty": "",
	})
	for in, want := range map[string]string{
		"Hi {{customer.name}}!":             "Hi Noor!",
		"{{ customer.name }}{{a-b_c.D1}}":   "Noorx",
		"{{braces}}":                        "{{customer.name}}", // never looked at again
		"[{{lines}}]":                       "[one  two three   four]",
		"<{{empty}}>":                       "<>",
		"no placeholder, no work":           "no placeholder, no work",
		"{{1}} belongs to the template":     "{{1}} belongs to the template",
		"{{not one}} {{}} {{ }} {{a":        "{{not one}} {{}} {{ }} {{a",
		"{{{customer.name}}}":               "{Noor}",
		"{customer.name}":                   "{customer.name}",
		"{{customer.name}}{{customer.name}": "Noor{{customer.name}",
	} {
		got, err := template.Expand(in, look)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := template.ExpandVerbatim("[{{lines}}]", look)
	require.NoError(t, err)
	require.Equal(t, "[ one\r\ntwo\tthree     four ]", got)

	_, err = template.Expand("Hi {{customer.name}}, {{nobody}}", look)
	require.Equal(t, &template.ExpandError{Offset: 22, Name: "nobody"}, err)
}

func TestExpandLetsNoValueBecomeSyntax(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, value string
		unsafe      bool
	}{
		"a shorthand in a name":         {"Hi {{name}}", "&((template=[[expensive]]))&", true},
		"the end of a value":            {"&((template=[[a]] body_text=[[{{name}}]]))&", "x]] template=[[b", true},
		"the end of a value by halves":  {"&((template=[[a]] body_text=[[{{name}}]]))&", "x]", true},
		"brackets in ordinary text":     {"Hi {{name}}", "x]] y]", false},
		"brackets inside a value":       {"&((template=[[a]] body_text=[[{{name}}]]))&", "[x] y", false},
		"the end of a shorthand":        {"&((template=[[a]] body_text=[[{{name}}]]))&", "))&", true},
		"the end of a value begun":      {"&((template=[[a]] body_text=[[ref]{{name}}]]))&", "] language=[[nl", true},
		"the beginning of a value":      {"&((template=[[a]] {{name}} language=[[nl]]))&", "body_text=[[x", true},
		"a shorthand ended by the text": {"Hi {{name}}((", "x&", true},
		"a shorthand begun by the text": {"Hi &({{name}}", "(x", true},
		"the beginning by halves":       {"Hi {{name}}", "&(", false},
		"a shorthand broken over lines": {"Hi {{name}}", "&\n((", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := template.Expand(c.text, lookup(map[string]string{"name": c.value}))
			if !c.unsafe {
				require.NoError(t, err)
				s, err := template.ParseShorthand(got, strict)
				if template.HasShorthand(c.text) {
					require.NoError(t, err)
					require.Equal(t, []string{c.value}, s.Body)
				} else {
					require.ErrorIs(t, err, template.ErrNoShorthand)
				}
				return
			}
			ee, ok := errors.AsType[*template.ExpandError](err)
			require.True(t, ok)
			require.True(t, ee.Unsafe)
			require.Equal(t, strings.Index(c.text, "{{"), ee.Offset)
		})
	}
}

// TestExpandCannotBeSplitIntoSyntax puts pieces of syntax on both sides of a
// placeholder: no value may complete them unnoticed.
func TestExpandCannotBeSplitIntoSyntax(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 9))
	pieces := []string{"&", "(", "((", ")", "))&", "[", "]", "[[", "]]", "=", " ", "a", "&((", "body_text", "=[[a]]", "))&"}
	random := func() string {
		var b strings.Builder
		for range rng.IntN(8) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return b.String()
	}
	compared := 0
	for range 15000 {
		text, value := random()+"{{name}}"+random(), random()
		if rng.IntN(2) == 0 {
			text = "&((template=[[a]] body_text=[[" + random() + "{{name}}" + random() + "]] body_text=[[b]]))&"
		}
		got, err := template.Expand(text, lookup(map[string]string{"name": value}))
		if err != nil {
			continue
		}
		if !template.HasShorthand(text) {
			require.False(t, template.HasShorthand(got), "%q with %q", text, value)
			continue
		}
		// Whatever the value, the shorthand has the pairs it had.
		harmless := strings.Replace(text, "{{name}}", "MARK", 1) // no key: only a value, or text around
		want, errWant := template.ParseShorthand(harmless, lenient)
		if errWant != nil {
			continue // the placeholder stands where no value may
		}
		compared++
		parsed, errGot := template.ParseShorthand(got, lenient)
		require.NoError(t, errGot, "%q with %q", text, value)
		require.Equal(t, len(want.Body), len(parsed.Body), "%q with %q", text, value)
		require.Equal(t, len(want.Unknown), len(parsed.Unknown), "%q with %q", text, value)
	}
	require.Greater(t, compared, 500)
}

func TestShorthandExpandIsSafe(t *testing.T) {
	t.Parallel()
	look := lookup(map[string]string{
		"name": "Eve]] template=[[other]]))&\nx", "id": "a/b?c=d&e f%", "link": "https://files.example.org/i?x=1",
	})
	s, err := template.ParseShorthand(`&((template=[[claim_update]] fallback=[[{{name}}]] header_document=[[{{link}}]] body_text=[[{{name}}]] `+
		`body_text=[[to {{ name }}!]] button_index=[[0]] button_url=[[claims/{{id}}]]))&`, strict)
	require.NoError(t, err)
	got, err := s.Expand(look)
	require.NoError(t, err)
	want := template.Shorthand{
		Template: "claim_update", Fallback: "Eve]] template=[[other]]))& x", HeaderDocument: "https://files.example.org/i?x=1",
		Body:    []string{"Eve]] template=[[other]]))& x", "to Eve]] template=[[other]]))& x!"},
		Buttons: []template.ShorthandButton{{URL: "claims/a%2Fb%3Fc%3Dd%26e%20f%25"}},
	}
	require.Empty(t, cmp.Diff(want, got))
	d := define(t, claimUpdate)
	v, err := got.Values(d, template.ShorthandMapping{})
	require.NoError(t, err)
	_, preview, err := d.Bind(v)
	require.NoError(t, err)
	require.Contains(t, preview.Text(), "Claim Eve]] template=[[other]]))& x is to Eve")
	require.Equal(t, "https://claims.example.org/claims/a%2Fb%3Fc%3Dd%26e%20f%25", preview.Buttons[0].URL)

	_, err = s.Expand(lookup(nil))
	require.Error(t, err)
	require.Equal(t, "{{name}}", s.Body[0], "the original must not change")
}

func TestValuesExpand(t *testing.T) {
	t.Parallel()
	look := lookup(map[string]string{"name": "Noor\nx", "id": "a b"})
	v := template.Values{
		Header:  template.HeaderValue{Media: &template.Media{Link: "https://x.example/{{id}}.pdf", Filename: "{{name}}.pdf"}},
		Body:    texts("{{name}}", "fixed"),
		Buttons: []template.ButtonValue{{Suffix: "p/{{id}}", FlowToken: "{{id}}"}},
		Cards:   []template.CardValues{{Body: texts("{{name}}")}},
	}
	got, err := v.Expand(look)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(template.Values{
		Header:  template.HeaderValue{Media: &template.Media{Link: "https://x.example/a%20b.pdf", Filename: "Noor x.pdf"}},
		Body:    texts("Noor x", "fixed"),
		Buttons: []template.ButtonValue{{Suffix: "p/a%20b", FlowToken: "a b"}},
		Cards:   []template.CardValues{{Body: texts("Noor x")}},
	}, got))
	require.Equal(t, "{{name}}", v.Body[0].Text)
	_, err = v.Expand(lookup(map[string]string{"name": "x"}))
	ee, ok := errors.AsType[*template.ExpandError](err)
	require.True(t, ok)
	require.Equal(t, "id", ee.Name)
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"three   spaces":        "three   spaces",
		"four    spaces":        "four   spaces",
		" ends ":                "ends",
		"\n\t ":                 "",
		"a\nb":                  "a b",
		"a\r\nb":                "a  b",
		"a\u2028b\u2029c\x00d":  "a b c d",
		`"quotes" <b> & 'more'`: `"quotes" <b> & 'more'`,
		"ä  é":                  "ä  é",
		"fami\u200dly":          "fami\u200dly", // joins letters
	} {
		require.Equal(t, want, template.OneLine(in), "%q", in)
		require.Equal(t, want, template.OneLine(want), "twice")
	}
}

// FuzzExpand checks that one line stays one line and that text without
// placeholders is not touched.
func FuzzExpand(f *testing.F) {
	f.Add("Hi {{customer.name}}, {{ x }} {{1}} {{", "No\nor]]     x")
	f.Add("&((template=[[a]] body_text=[[{{name}}]]))&", "x]")
	f.Fuzz(func(t *testing.T, text, value string) {
		one := template.OneLine(value)
		require.NotContains(t, one, "\n")
		require.NotContains(t, one, "    ")
		calls := 0
		got, err := template.Expand(text, func(string) (string, bool) { calls++; return value, true })
		if err != nil {
			return
		}
		if calls == 0 {
			require.Equal(t, text, got)
		} else {
			require.Contains(t, got, one)
		}
	})
}
