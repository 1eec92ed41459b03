package template_test

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// TestPreviewShowsEveryValueOncePerUse binds random templates with values that
// occur nowhere else, and counts them in the text and in the HTML.
func TestPreviewShowsEveryValueOncePerUse(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 11))
	for round := range 2000 {
		d, v, uses := randomTemplate(rng)
		_, preview, err := d.Bind(v)
		require.NoError(t, err, "round %d", round)
		text, page := preview.Text(), preview.HTML()
		for value, n := range uses {
			require.Equal(t, n, strings.Count(text, value), "round %d: text %s", round, text)
			want := n
			if strings.HasPrefix(value, "link") {
				want = 2 * n // where it leads, and shown
			}
			require.Equal(t, want, strings.Count(html.UnescapeString(page), value), "round %d: HTML %s", round, page)
		}
		safeHTML(t, page)
	}
}

// randomTemplate makes a template, values for it, and how often each value must
// show.
func randomTemplate(rng *rand.Rand) (*template.Definition, template.Values, map[string]int) {
	named := rng.IntN(2) == 0
	uses := make(map[string]int)
	serial := 0
	fresh := func(kind string) string {
		serial++
		pieces := []string{"<", "&", "'", `"`, "é", "{{1}}", "*", " ", "😀"}
		return fmt.Sprintf("%s%d%s%d.", kind, serial, pieces[rng.IntN(len(pieces))], serial)
	}
	d := &template.Definition{Name: "random", Language: "en", Category: template.Marketing}
	text := func(n int) (string, []template.Value) {
		names := make([]string, n)
		vals := make([]template.Value, n)
		for i := range n {
			names[i] = fmt.Sprint(i + 1)
			vals[i] = template.Text(fresh("value"))
			if named {
				names[i] = "name_" + string(rune('a'+i))
				vals[i].Name = names[i]
			}
		}
		var b strings.Builder
		b.WriteString("Start")
		order := rng.Perm(n)
		for range rng.IntN(3) { // repeat some
			if n > 0 {
				order = append(order, rng.IntN(n))
			}
		}
		for _, i := range order {
			b.WriteString(" and {{" + names[i] + "}}")
			uses[vals[i].Text]++
		}
		b.WriteString(" end.")
		if named {
			rng.Shuffle(n, func(i, j int) { vals[i], vals[j] = vals[j], vals[i] })
		}
		return b.String(), vals
	}
	if named {
		d.Format = template.Named
	}
	var v template.Values
	if rng.IntN(2) == 0 {
		h := &template.Header{Format: template.HeaderText}
		var vals []template.Value
		h.Text, vals = text(1)
		h.Text = strings.Split(h.Text, "}}")[0] + "}} end." // once only: headers are short
		uses[vals[0].Text] = 1
		v.Header.Text = vals[0]
		d.Components = append(d.Components, h)
	}
	body := &template.Body{}
	body.Text, v.Body = text(rng.IntN(7))
	d.Components = append(d.Components, body, &template.Footer{Text: "Example Shop"})
	buttons := &template.Buttons{}
	for i := range rng.IntN(4) {
		switch rng.IntN(3) {
		case 0:
			suffix := fmt.Sprintf("link%d-%d", round(rng), i)
			uses[suffix]++
			buttons.Buttons = append(buttons.Buttons, &template.URLButton{Text: "Open", URL: "https://x.example/{{1}}"})
			v.Buttons = append(v.Buttons, template.ButtonValue{Index: i, Suffix: suffix})
		case 1:
			coupon := fmt.Sprintf("CODE%dX%d", round(rng), i)
			uses[coupon]++
			buttons.Buttons = append(buttons.Buttons, &template.CodeButton{Example: "X"})
			v.Buttons = append(v.Buttons, template.ButtonValue{Index: i, Coupon: coupon})
		default:
			buttons.Buttons = append(buttons.Buttons, &template.LabelButton{Of: template.ButtonQuickReply, Text: "Yes"})
		}
	}
	if len(buttons.Buttons) > 0 {
		d.Components = append(d.Components, buttons)
	}
	rng.Shuffle(len(v.Buttons), func(i, j int) { v.Buttons[i], v.Buttons[j] = v.Buttons[j], v.Buttons[i] })
	return d, v, uses
}

func round(rng *rand.Rand) int { return 100000 + rng.IntN(899999) }

// ours are the tags HTML may write. Whatever is left must hold no markup.
var ours = regexp.MustCompile(`</?(?:strong|em|del|code|br|ul|div|li|span)(?: class="[a-z_ 0-9-]*")?(?: dir="auto" lang="[^"<>]*")?>|` +
	`<a href="(?i:https?)://[^"<>]*" rel="noopener noreferrer nofollow" target="_blank">|</a>`)

func safeHTML(t testing.TB, page string) {
	t.Helper()
	rest := ours.ReplaceAllString(page, "")
	require.False(t, strings.ContainsAny(rest, `<>"`), "markup that is not ours: %q", rest)
}

func TestHTMLOfHostileValuesIsSafe(t *testing.T) {
	t.Parallel()
	hostile := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, `javascript:alert(1)`,
		"```<b>```", `*<i>*`, `&lt;script&gt;`, `</div>`, "<!--", "]]>", "\u2028<", `_"_`,
	}
	d := define(t, `{"name":"n","language":"en\"><x>","category":"MARKETING\"<","components":[
		{"type":"HEADER","format":"DOCUMENT"},`+twoVariables+`,{"type":"FOOTER","text":"<f>\"\n&"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"<b>\""},{"type":"URL","text":"<b>","url":"javascript:alert(1)"},
		{"type":"URL","text":"<b>","url":"https://x.example/\"onclick=\"x"},{"type":"PHONE_NUMBER","text":"c","phone_number":"<5>"},{"type":"\"><IMG","text":"x"}]}]}`)
	for _, a := range hostile {
		for _, b := range hostile {
			_, preview, err := d.Bind(template.Values{
				Header: template.HeaderValue{Media: &template.Media{ID: a, Filename: b}},
				Body:   texts(a, b),
			})
			require.NoError(t, err)
			page := preview.HTML()
			safeHTML(t, page)
			require.NotContains(t, page, `href="javascript`)
		}
	}
}

func TestFormattingMarks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"*b*":                   "<strong>b</strong>",
		"_i_ and ~s~":           "<em>i</em> and <del>s</del>",
		"*_~all~_*":             "<strong><em><del>all</del></em></strong>",
		"*a b* c*":              "<strong>a b</strong> c*",
		"2*3*4":                 "2*3*4",
		"snake_case_name":       "snake_case_name",
		"* not bold*":           "* not bold*",
		"*not bold *":           "*not bold *",
		"**":                    "**",
		"***":                   "***",
		"*open\nclose*":         "*open<br>close*",
		"*a _b* c_":             "<strong>a _b</strong> c_",
		"_a *b_ c*":             "<em>a *b</em> c*",
		"*a *b*":                "*a <strong>b</strong>",
		"(*b*)":                 "(<strong>b</strong>)",
		"*b*, *c*.":             "<strong>b</strong>, <strong>c</strong>.",
		"```x *y*\n z```":       "<code>x *y*<br> z</code>",
		"``````":                "``````",
		"``` open":              "``` open",
		"*a ```b``` c*":         "*a <code>b</code> c*",
		"a ```b``` and ```c```": "a <code>b</code> and <code>c</code>",
		"ä*b*":                  "ä*b*",
		"":                      "",
	} {
		p := template.Preview{Body: in}
		page := strings.TrimSuffix(strings.TrimPrefix(p.HTML(), `<div class="wa-template" dir="auto" lang="">`), "</div>")
		if want != "" {
			want = `<div class="wa-body">` + want + `</div>`
		}
		require.Equal(t, want, page, "%q", in)
	}
}

// FuzzBindJSON binds anything that reads as a definition to anything that reads
// as values.
func FuzzBindJSON(f *testing.F) {
	for _, g := range goldens(f) {
		values, err := json.Marshal(g.Values)
		require.NoError(f, err)
		f.Add([]byte(g.Definition), values)
	}
	f.Fuzz(func(t *testing.T, doc, values []byte) {
		var d template.Definition
		var v template.Values
		if d.UnmarshalJSON(doc) == nil && json.Unmarshal(values, &v) == nil {
			bindAnything(t, &d, v)
		}
	})
}

// FuzzBind binds anything to templates of the usual shape, picked by the bits of
// shape.
func FuzzBind(f *testing.F) {
	f.Add("Hi {{1}}, {{2}} is {{1}}.", "Order {{1}} here", "https://x.example/{{1}}", "Noor", "A-17", "A-17", "p-17", uint8(0xff))
	f.Add("Hi {{name}}, {{order}} here.", "Hi {{name}} there", "https://x.example/", "Noor <b>", "*x*", "Noor", "", uint8(0x0f))
	f.Add("{{{1}}}{{2}", "{{", "{{1}}", "a\nb", "     ", "\xff", "/ä", uint8(0x33))
	f.Fuzz(func(t *testing.T, body, header, url, first, second, head, suffix string, shape uint8) {
		d := &template.Definition{Name: "n", Language: "en", Category: template.Utility}
		has := func(bit uint8) bool { return shape&(1<<bit) != 0 }
		var v template.Values
		names := []string{"", ""}
		if has(0) {
			d.Format, names = template.Named, []string{"name", "order"}
		}
		if has(1) {
			d.Components = append(d.Components, &template.Header{Format: template.HeaderText, Text: header})
			v.Header.Text = template.NamedText(names[0], head)
		}
		d.Components = append(d.Components, &template.Body{Text: body})
		v.Body = []template.Value{template.NamedText(names[0], first), template.NamedText(names[1], second)}
		if has(2) {
			v.Body = v.Body[:1]
		}
		if has(3) {
			v.Body[0].Currency, v.Body[0].Amount1000 = "EUR", int64(shape)
		}
		if has(4) {
			d.Components = append(d.Components, &template.Buttons{Buttons: []template.Button{
				&template.URLButton{Text: "Open", URL: url}, &template.LabelButton{Of: template.ButtonQuickReply, Text: "Yes"}}})
			v.Buttons = append(v.Buttons, template.ButtonValue{Index: 1, Payload: second})
			if has(5) {
				v.Buttons = append(v.Buttons, template.ButtonValue{Index: 0, Suffix: suffix})
			}
		}
		if has(6) {
			d.Category = template.Authentication
		}
		_ = d.Validate().String()
		bindAnything(t, d, v)
	})
}

// bindAnything checks that what goes through arrives on the wire as it was
// given, shows in the preview, reads back to the same message, and is safe to
// put into a page.
func bindAnything(t *testing.T, d *template.Definition, v template.Values) {
	msg, preview, err := d.Bind(v)
	if err != nil {
		_ = err.Error()
		return
	}
	safeHTML(t, preview.HTML())
	text := preview.Text()
	var given, sent []string
	for i := range v.Body {
		// Where the numbers have a gap, which Meta does not approve, a value is used nowhere.
		if b := d.Body(); d.UsesNames() || b == nil || strings.Contains(b.Text, fmt.Sprintf("{{%d}}", i+1)) {
			require.Contains(t, text, v.Body[i].Text)
		}
		given = append(given, v.Body[i].Text)
	}
	for s, p := range msg.Parameters() {
		if s.Component == "body" && s.Card < 0 {
			sent = append(sent, p.Text)
		}
	}
	require.True(t, slices.Equal(given, sent), "given %q, sent %q", given, sent)
	raw := msg.AppendJSON(nil)
	require.True(t, json.Valid(raw))
	if d.Name == "" {
		return // cannot be read back
	}
	var back template.Message
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, string(raw), string(back.AppendJSON(nil)))
}
