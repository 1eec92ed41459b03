package template_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

func TestMessageReadsBackWithoutLoss(t *testing.T) {
	t.Parallel()
	docs := []string{
		`{"name":"n","language":{"code":"en"}}`,
		`{"name":"n"}`,
		`{"namespace":"0f2c_demo","name":"n","language":{"policy":"deterministic","code":"en"},"components":[]}`,
		`{"name":"n","language":"en","future":{"a":[1]}}`,
		`{"name":"n","language":{"code":"en"},"components":[{"type":"body","future":1,"parameters":[
			{"type":"text","text":"x","future":2},{"type":"hologram","depth":3},{"type":"text","text":5},
			{"type":"currency","currency":{"fallback_value":"5 €","code":"EUR","amount_1000":0}},
			{"type":"image","image":{"link":"https://x.example/a.png","provider":{"name":"p"}}},
			{"type":"location","location":{"latitude":1.25,"longitude":-0.5,"future":1}},"odd",null]}]}`,
		// No place, no amount and no object of nothing is made up.
		`{"name":"n","components":[{"type":"header","parameters":[{"type":"location"},{"type":"location","location":null},{"type":"location","location":{}},
			{"type":"location","location":{"latitude":1.5}},{"type":"location","location":{"latitude":null,"longitude":0}},
			{"type":"location","location":{"latitude":"","longitude":0}},{"type":"currency"},{"type":"currency","currency":{"fallback_value":"5 €","code":"EUR"}},
			{"type":"currency","currency":{"amount_1000":""}},{"type":"image"},{"type":"product"},{"type":"date_time"},{"type":"limited_time_offer"}]}]}`,
		`{"name":"n","language":{"code":"en"},"components":[{"type":"carousel","cards":[{"card_index":1,"future":1,"components":[{"type":"button","sub_type":"url","index":1,"parameters":[{"type":"text","text":"a"}]}]}]}]}`,
		`{"name":"n","language":{"code":"en"},"components":["odd"]}`,
		`{"name":"n","language":{"code":"en"},"components":[{"type":"button","sub_type":"url","index":"first"},{"type":"body","index":3}]}`,
		`{"name":"n","components":[{"type":"carousel","cards":[{"card_index":0,"components":[{"type":"carousel","cards":[{"card_index":0}]}]}]}]}`,
	}
	for _, g := range goldens(t) {
		docs = append(docs, string(g.Message))
	}
	for i, doc := range docs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			var m template.Message
			require.NoError(t, json.Unmarshal([]byte(doc), &m))
			raw, err := json.Marshal(m)
			require.NoError(t, err)
			var want bytes.Buffer
			require.NoError(t, json.Compact(&want, []byte(doc)))
			require.JSONEq(t, strings.ReplaceAll(want.String(), `,"components":[]`, ""), string(raw))
		})
	}
}

func TestMessageReadsWhatOtherClientsWrite(t *testing.T) {
	t.Parallel()
	var m template.Message
	require.NoError(t, json.Unmarshal([]byte(`{"name":"n","language":{"code":"en"},"components":[
		{"type":"BUTTON","sub_type":"URL","index":"1","parameters":[{"type":"text","text":"a"}]},
		{"type":"HEADER","parameters":[{"type":"location","location":{"latitude":"60.5","longitude":"24"}}]}]}`), &m))
	require.JSONEq(t, `{"name":"n","language":{"code":"en"},"components":[
		{"type":"button","sub_type":"url","index":1,"parameters":[{"type":"text","text":"a"}]},
		{"type":"header","parameters":[{"type":"location","location":{"latitude":60.5,"longitude":24}}]}]}`, string(m.AppendJSON(nil)))
}

func TestMessageWithoutName(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{`{}`, `{"name":5}`, `[]`, `null`, `{"name":""}`} {
		m := template.Message{}
		require.Error(t, m.UnmarshalJSON([]byte(doc)), doc)
		require.True(t, m.IsZero())
	}
}

func TestMessageParametersTellTheirPlace(t *testing.T) {
	t.Parallel()
	g := goldens(t)["carousel"]
	msg, _, err := define(t, string(g.Definition)).Bind(g.Values)
	require.NoError(t, err)
	require.Equal(t, "carousel", msg.Name())
	require.Equal(t, "en_GB", msg.Language())
	var got []template.Slot
	for s := range msg.Parameters() {
		got = append(got, s)
	}
	require.Equal(t, []template.Slot{
		{Component: "body", Card: -1, Button: -1},
		{Component: "header", Card: 0, Button: -1},
		{Component: "body", Card: 0, Button: -1},
		{Component: "button", SubType: "quick_reply", Card: 0, Button: 0},
		{Component: "header", Card: 1, Button: -1},
		{Component: "body", Card: 1, Button: -1},
	}, got)
	for range msg.Parameters() {
		break // must stop the walk, also inside the cards
	}
}

// FuzzMessage reads anything that is sent to us as a message: what is read once
// is written and read again without change.
func FuzzMessage(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add([]byte(g.Message))
	}
	f.Add([]byte(`{"name":"n","components":[{"type":"header","parameters":[{"type":"location"},{"type":"currency"}]}]}`))
	f.Add([]byte(`{"namespace":"x","name":"n","language":{"policy":"deterministic","code":"en"},"components":[{"type":"BUTTON","sub_type":"URL","index":"1","parameters":[{"type":"text"},{"type":"image","image":{"x":1}},5]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m template.Message
		if m.UnmarshalJSON(raw) != nil {
			return
		}
		once := m.AppendJSON(nil)
		require.True(t, json.Valid(once), "%s", once)
		var again template.Message
		require.NoError(t, again.UnmarshalJSON(once))
		require.Equal(t, string(once), string(again.AppendJSON(nil)))
		require.Equal(t, string(once), string(m.MapText(func(s string) string { return s }).AppendJSON(nil)))
		_ = m.LogValue()
	})
}

// mask stands for a redactor.
func mask(s string) string { return strings.ReplaceAll(s, "4111111111111111", "[card]") }

func TestMapTextReachesEveryText(t *testing.T) {
	t.Parallel()
	const card = "4111111111111111"
	v := template.Values{
		Header: template.HeaderValue{Text: template.Text(card), Media: &template.Media{Link: "https://x.example/" + card, Filename: card},
			Location: &template.Location{Name: card, Address: card}},
		Body: texts("a " + card),
		Buttons: []template.ButtonValue{{Suffix: card, Payload: card, Coupon: card, FlowToken: card,
			FlowData: []byte(`{"n":4111111111111111,"s":["` + card + `",true,false,null,1.50]}`),
			Sections: []template.Section{{Title: card, Products: []string{"sku"}}}, OrderDetails: []byte(`{"note":"` + card + `"}`)}},
		Cards:       []template.CardValues{{Header: template.HeaderValue{Text: template.Text(card)}, Body: texts(card), Buttons: []template.ButtonValue{{Payload: card}}}},
		OrderStatus: &template.OrderStatus{ReferenceID: card, Description: card},
		TapTarget:   []template.TapTarget{{URL: card, Title: card}},
	}
	before, err := json.Marshal(v)
	require.NoError(t, err)
	masked, err := json.Marshal(v.MapText(mask))
	require.NoError(t, err)
	after, err := json.Marshal(v)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "the original must not change")
	require.NotContains(t, string(masked), card)
	require.JSONEq(t, strings.ReplaceAll(strings.ReplaceAll(string(before), ":"+card, `:"[card]"`), card, "[card]"), string(masked))
	identity, err := json.Marshal(v.MapText(func(s string) string { return s }))
	require.NoError(t, err)
	require.JSONEq(t, string(before), string(identity))
}

func TestMessageMapText(t *testing.T) {
	t.Parallel()
	doc := `{"name":"n","language":{"code":"en"},"future":"4111111111111111","components":[{"type":"header","parameters":[{"type":"document","document":{"id":"1","filename":"4111111111111111"}}]},
		{"type":"body","future":4111111111111111,"parameters":[{"type":"text","text":"my 4111111111111111"},{"type":"hologram","x":"4111111111111111"}]},
		{"type":"carousel","cards":[{"card_index":0,"components":[{"type":"body","parameters":[{"type":"text","text":"4111111111111111"}]}]}]}]}`
	var m template.Message
	require.NoError(t, json.Unmarshal([]byte(doc), &m))
	masked := string(m.MapText(mask).AppendJSON(nil))
	require.NotContains(t, masked, "4111111111111111")
	require.Equal(t, 6, strings.Count(masked, "[card]"))
	require.Equal(t, 6, strings.Count(string(m.AppendJSON(nil)), "4111111111111111"), "the original must not change")
}

// TestNothingLeaks sends canaries through everything that prints.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	canaries := []string{"canary-name", "+15550009999", "CANARYTOKEN", "canary text"}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	d := define(t, `{"name":"n","language":"en","components":[{"type":"HEADER","format":"DOCUMENT"},`+twoVariables+`,
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"Open","url":"https://x.example/{{1}}"},{"type":"FLOW","text":"Go","flow_id":"1"}]}]}`)
	good := template.Values{
		Header:  template.HeaderValue{Media: &template.Media{ID: "CANARYTOKEN", Filename: "canary-name.pdf"}},
		Body:    texts("canary-name", "canary text"),
		Buttons: []template.ButtonValue{{Suffix: "+15550009999"}, {Index: 1, FlowToken: "CANARYTOKEN"}},
	}
	msg, preview, err := d.Bind(good)
	require.NoError(t, err)
	logger.Info("sent", "values", good, "value", good.Body[0], "message", msg, "preview", preview)
	fmt.Fprintf(&log, "%v %+v %s %#v", msg, msg, msg, msg)
	fmt.Fprintf(&log, "%v %+v %s", preview, preview, preview)

	for _, bad := range []template.Values{
		{Body: texts("canary-name\n")},
		{Body: texts("canary-name", "canary text", "+15550009999")},
		{Header: good.Header, Body: good.Body, Buttons: []template.ButtonValue{{Suffix: "canary text"}, {Index: 1, FlowToken: "CANARYTOKEN", FlowData: []byte(`"canary-name"`)}}},
		{Header: template.HeaderValue{Media: &template.Media{Link: "canary-name"}}, Body: []template.Value{template.NamedText("canary-name", "canary text")}},
	} {
		_, _, err := d.Bind(bad)
		require.Error(t, err)
		logger.Error("refused", "err", err, "values", bad)
		fmt.Fprintf(&log, "%v %+v", err, err)
	}
	shorthand := "&((template=[[canary-name]] body_text=[[canary text]] nonsense=[[+15550009999]]))&"
	_, err = template.ParseShorthand(shorthand, template.ShorthandOptions{})
	require.Error(t, err)
	logger.Error("shorthand", "err", err)
	s, err := template.ParseShorthand(shorthand, template.ShorthandOptions{Lenient: true})
	require.NoError(t, err)
	logger.Info("shorthand", "parsed", s)
	_, err = template.Shorthand{Template: "canary-name]]"}.Format()
	require.Error(t, err)
	logger.Error("format", "err", err)
	_, err = template.Expand("{{canary-name}}", func(string) (string, bool) { return "", false })
	require.Error(t, err)
	logger.Error("expand", "err", err)
	text := slog.New(slog.NewTextHandler(&log, nil)) // prints fields that JSON does not
	for _, l := range []*slog.Logger{logger, text} {
		for _, p := range msg.Parameters() {
			l.Info("parameter", "is", p)
		}
	}
	require.Error(t, new(template.Catalog).Restore([]byte(`{"version":"canary text"}`)))
	logger.Error("restore", "err", new(template.Catalog).Restore([]byte(`{"version":"canary text"}`)))

	for _, c := range canaries {
		require.NotContains(t, log.String(), c)
	}
}

// TestEveryCharacterSurvivesTheWire compares our JSON with what encoding/json
// reads from it.
func TestEveryCharacterSurvivesTheWire(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"n","language":"en","components":[`+buttonsJSON(`{"type":"QUICK_REPLY","text":"Yes"}`)+`]}`)
	payloads := []string{"\"\\/", "\u2028\u2029", "<>&", "é€😀", "\ufffd", "\x7f"}
	for c := range rune(0x20) {
		payloads = append(payloads, "a"+string(c)+"b")
	}
	for _, payload := range payloads {
		msg, _, err := d.Bind(template.Values{Buttons: []template.ButtonValue{{Payload: payload}}})
		require.NoError(t, err)
		var sent struct {
			Components []struct {
				Parameters []struct{ Payload string }
			}
		}
		require.NoError(t, json.Unmarshal(msg.AppendJSON(nil), &sent))
		require.Equal(t, payload, sent.Components[0].Parameters[0].Payload)
	}
	_, _, err := d.Bind(template.Values{Buttons: []template.ButtonValue{{Payload: "a\xffb"}}})
	require.ErrorContains(t, err, "buttons[0]: value-encoding", "what is no text would not arrive as it is")
	// A definition may come from Go with bytes that are no text; its JSON is
	// still JSON.
	raw, err := json.Marshal(template.Definition{Name: "a\xffb"})
	require.NoError(t, err)
	require.Equal(t, `{"name":"a\ufffdb"}`, strings.ReplaceAll(string(raw), "\ufffd", `\ufffd`))
}

func TestBindRefusesWhatIsNoText(t *testing.T) {
	t.Parallel()
	const bad = "\xff"
	document := `{"type":"HEADER","format":"DOCUMENT"},` + plainBody
	place := `{"type":"HEADER","format":"LOCATION"},` + plainBody
	product := `{"type":"HEADER","format":"PRODUCT"},` + plainBody
	for name, c := range map[string]struct {
		components string
		values     template.Values
	}{
		"a file name":    {document, template.Values{Header: template.HeaderValue{Media: &template.Media{ID: "1", Filename: bad}}}},
		"a place":        {place, template.Values{Header: template.HeaderValue{Location: &template.Location{Address: bad}}}},
		"a product":      {product, template.Values{Header: template.HeaderValue{Product: &template.Product{RetailerID: bad, CatalogID: "1"}}}},
		"a flow token":   {buttonsJSON(`{"type":"FLOW","flow_id":"1"}`), template.Values{Buttons: []template.ButtonValue{{FlowToken: bad}}}},
		"flow data":      {buttonsJSON(`{"type":"FLOW","flow_id":"1"}`), template.Values{Buttons: []template.ButtonValue{{FlowToken: "t", FlowData: []byte("{\"a\":\"\xff\"}")}}}},
		"a thumbnail":    {buttonsJSON(`{"type":"CATALOG"}`), template.Values{Buttons: []template.ButtonValue{{Thumbnail: bad}}}},
		"a section":      {buttonsJSON(`{"type":"MPM"}`), template.Values{Buttons: []template.ButtonValue{{Thumbnail: "a", Sections: []template.Section{{Title: bad, Products: []string{"a"}}}}}}},
		"a value's name": {twoNames, template.Values{Body: []template.Value{template.NamedText("name", "a"), template.NamedText(bad, "b")}}},
		"a tap target":   {plainBody, template.Values{TapTarget: []template.TapTarget{{URL: "https://x.example/", Title: bad}}}},
	} {
		_, _, err := define(t, `{"name":"n","language":"en","components":[`+c.components+`]}`).Bind(c.values)
		require.Error(t, err, name)
	}
}
