package template_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// form returns the answers of a form by the keys of its fields.
func form(answers map[string]string) func(template.Input) string {
	return func(in template.Input) string { return answers[in.Key()] }
}

func TestFill(t *testing.T) {
	t.Parallel()
	const header = `{"name":"n","language":"en","category":"MARKETING","components":[{"type":"HEADER","format":"%s"},` + plainBody + `]}`
	for name, c := range map[string]struct {
		definition string
		answers    map[string]string
		want       template.Values
	}{
		"numbers": {`{"components":[` + twoVariables + `]}`, map[string]string{"body[0].text": "Noor", "body[1].text": "A-17"},
			template.Values{Body: texts("Noor", "A-17")}},
		"names": {`{"components":[{"type":"HEADER","format":"TEXT","text":"Hi {{who}} there"},` + twoNames + `]}`,
			map[string]string{"header[0].text": "Ada", "body[0].text": "Noor", "body[1].text": "A-17"},
			template.Values{
				Header: template.HeaderValue{Text: template.NamedText("who", "Ada")},
				Body:   []template.Value{template.NamedText("name", "Noor"), template.NamedText("order", "A-17")},
			}},
		"a blank keeps its place": {`{"components":[` + twoVariables + `]}`, map[string]string{"body[1].text": "A-17"},
			template.Values{Body: texts("", "A-17")}},
		"texts as they are": {`{"components":[` + twoVariables + `]}`, map[string]string{"body[0].text": " a\n", "body[1].text": "{{1}}"},
			template.Values{Body: texts(" a\n", "{{1}}")}},
		"a file by link": {fmt.Sprintf(header, "DOCUMENT"), map[string]string{"header.document": "https://x.example/a.pdf", "header.filename": "a.pdf"},
			template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: "document", Link: "https://x.example/a.pdf", Filename: "a.pdf"}}}},
		"a file by id": {fmt.Sprintf(header, "VIDEO"), map[string]string{"header.video": "5550001"},
			template.Values{Header: template.HeaderValue{Media: &template.Media{Kind: "video", ID: "5550001"}}}},
		"a file name alone": {fmt.Sprintf(header, "DOCUMENT"), map[string]string{"header.filename": "a.pdf"},
			template.Values{Header: template.HeaderValue{Media: &template.Media{Filename: "a.pdf"}}}},
		"a place": {fmt.Sprintf(header, "LOCATION"), map[string]string{"header.location": `{"latitude":60.17,"longitude":0,"name":"Dock 7"}`},
			template.Values{Header: template.HeaderValue{Location: &template.Location{Latitude: 60.17, Name: "Dock 7"}}}},
		"a product": {fmt.Sprintf(header, "PRODUCT"), map[string]string{"header.product": `{"product_retailer_id":"sku","catalog_id":"1"}`},
			template.Values{Header: template.HeaderValue{Product: &template.Product{RetailerID: "sku", CatalogID: "1"}}}},
		"buttons": {`{"components":[` + buttonsJSON(`{"type":"PHONE_NUMBER","text":"Call"},{"type":"URL","text":"Open","url":"https://x.example/{{1}}"},{"type":"COPY_CODE"},{"type":"QUICK_REPLY","text":"Yes"},{"type":"FLOW","text":"Go"}`) + `]}`,
			map[string]string{"buttons[1].url_suffix": "p-17", "buttons[2].coupon": "SPRING", "buttons[4].flow_token": "t"},
			template.Values{Buttons: []template.ButtonValue{{Index: 1, Suffix: "p-17"}, {Index: 2, Coupon: "SPRING"}, {Index: 4, FlowToken: "t"}}}},
		"two answers for a button": {`{"components":[` + buttonsJSON(`{"type":"MPM","text":"View items"}`) + `]}`,
			map[string]string{"buttons[0].thumbnail": "sku", "buttons[0].sections": `[{"title":"Boots","products":["sku"]}]`},
			template.Values{Buttons: []template.ButtonValue{{Thumbnail: "sku", Sections: []template.Section{{Title: "Boots", Products: []string{"sku"}}}}}}},
		"an order to pay": {`{"components":[` + buttonsJSON(`{"type":"ORDER_DETAILS","text":"Pay"}`) + `]}`, map[string]string{"buttons[0].order_details": `{"total":5}`},
			template.Values{Buttons: []template.ButtonValue{{OrderDetails: []byte(`{"total":5}`)}}}},
		"the end of an offer": {`{"components":[{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x","has_expiration":true}},` + plainBody + `]}`,
			map[string]string{"offer_ends.offer_end": "2026-11-30T18:00:00+02:00"},
			template.Values{OfferEnds: time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC)}},
		"the status of an order": {`{"sub_category":"ORDER_STATUS","components":[` + plainBody + `]}`, map[string]string{"order_status.order_status": `{"reference_id":"A-17","status":"shipped"}`},
			template.Values{OrderStatus: &template.OrderStatus{ReferenceID: "A-17", Status: "shipped"}}},
		"a one-time code": {`{"category":"AUTHENTICATION","components":[` + oneTimeCode + `]}`, map[string]string{"body[0].one_time_code": "123456"},
			template.Values{Body: texts("123456")}},
		"cards": {`{"components":[` + plainBody + "," + twoCards + `]}`,
			map[string]string{"cards[0].header.image": "1", "cards[1].header.image": "2", "cards[0].body[0].text": "9", "cards[1].body[0].text": "8", "cards[1].buttons[0].payload": "p"},
			template.Values{Cards: []template.CardValues{
				{Header: template.HeaderValue{Media: &template.Media{Kind: "image", ID: "1"}}, Body: texts("9")},
				{Header: template.HeaderValue{Media: &template.Media{Kind: "image", ID: "2"}}, Body: texts("8"), Buttons: []template.ButtonValue{{Payload: "p"}}},
			}}},
		"nothing to fill in": {`{"components":[` + plainBody + `]}`, nil, template.Values{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := define(t, c.definition).Fill(form(c.answers))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(c.want, got, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)))
		})
	}
}

func TestFillRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"n","language":"en","sub_category":"ORDER_STATUS","components":[{"type":"HEADER","format":"LOCATION"},
		{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x","has_expiration":true}},`+buttonsJSON(`{"type":"MPM","text":"View items"}`)+`,
		{"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"PRODUCT"}]}]}]}`)
	for name, c := range map[string]struct{ key, answer, problem string }{
		"a place in words":           {"header.location", "canary", "header: value-encoding (want JSON, got none)"},
		"a place without latitude":   {"header.location", `{"longitude":5}`, "header: value-encoding (want JSON, got none)"},
		"a place of nothing":         {"header.location", "null", "header: value-encoding (want JSON, got none)"},
		"a misspelt place":           {"header.location", `{"latitude":5,"longitude":5,"naem":"canary"}`, "header: value-encoding (want JSON, got none)"},
		"two places":                 {"header.location", `{"latitude":5,"longitude":5} {}`, "header: value-encoding (want JSON, got none)"},
		"a time without zone":        {"offer_ends.offer_end", "2026-11-30T18:00", "offer_ends: value-encoding (want RFC 3339, got none)"},
		"sections that are no list":  {"buttons[0].sections", `{"title":"canary"}`, "buttons[0]: value-encoding (want JSON, got none)"},
		"a product of another shape": {"cards[0].header.product", `["canary"]`, "cards[0].header: value-encoding (want JSON, got none)"},
		"a status that is a word":    {"order_status.order_status", `"canary"`, "order_status: value-encoding (want JSON, got none)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := d.Fill(form(map[string]string{c.key: c.answer}))
			be, ok := errors.AsType[*template.BindError](err)
			require.True(t, ok, "got %v", err)
			require.Equal(t, c.problem, be.Problems.String())
			require.Equal(t, template.CodeInvalidParameter, be.Code)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

// TestAnEmptyFormMissesWhatIsRequired shows that inputs and Bind agree: what is
// required is exactly what Bind misses, place by place.
func TestAnEmptyFormMissesWhatIsRequired(t *testing.T) {
	t.Parallel()
	header := regexp.MustCompile(`header\[0\]$`)
	for name, g := range goldens(t) {
		d := define(t, string(g.Definition))
		var want, got []string
		for _, in := range d.Inputs() {
			// Bind cannot tell which value of a header is missing: there is one.
			if path := header.ReplaceAllString(in.Path, "header"); in.Required && !slices.Contains(want, path) {
				want = append(want, path)
			}
		}
		v, err := d.Fill(form(nil))
		require.NoError(t, err)
		_, _, err = d.Bind(v)
		if be, ok := errors.AsType[*template.BindError](err); ok {
			for _, p := range be.Problems {
				got = append(got, p.Path)
			}
		}
		require.Equal(t, want, got, name)
	}
}

// TestAFullFormBinds fills in everything a template asks for, each answer unlike
// all others: the message can be sent and carries every answer, the preview shows
// those that a customer sees.
func TestAFullFormBinds(t *testing.T) {
	t.Parallel()
	for name, g := range goldens(t) {
		d := define(t, string(g.Definition))
		answers := make(map[string]string)
		for i, in := range d.Inputs() {
			mark := fmt.Sprintf("mark%dx", i)
			answers[in.Key()] = map[template.InputKind]string{
				template.InputImage:        "https://x.example/" + mark,
				template.InputDocument:     "https://x.example/" + mark, // an ID says nothing to people
				template.InputLocation:     `{"latitude":5,"longitude":-5,"name":"` + mark + `"}`,
				template.InputProduct:      `{"product_retailer_id":"` + mark + `","catalog_id":"1"}`,
				template.InputSections:     `[{"title":"Boots","products":["` + mark + `"]}]`,
				template.InputOrderDetails: `{"reference_id":"` + mark + `"}`,
				template.InputOrderStatus:  `{"reference_id":"` + mark + `","status":"shipped"}`,
				template.InputOfferEnd:     "2026-11-30T18:00:00Z",
			}[in.Kind]
			if answers[in.Key()] == "" {
				answers[in.Key()] = mark
			}
		}
		v, err := d.Fill(form(answers))
		require.NoError(t, err, name)
		message, preview, err := d.Bind(v)
		require.NoError(t, err, name)
		wire, text := string(message.AppendJSON(nil)), preview.Text()
		for i, in := range d.Inputs() {
			mark := fmt.Sprintf("mark%dx", i)
			switch in.Kind {
			case template.InputOfferEnd:
				require.Contains(t, wire, `"expiration_time_ms":1796061600000`)
			case template.InputCode:
				require.Equal(t, 2, strings.Count(wire, mark), "in the body and on the button")
			default:
				require.Equal(t, 1, strings.Count(wire, mark), "%s: %s", name, in.Path)
			}
			switch in.Kind {
			case template.InputText, template.InputCode, template.InputSuffix, template.InputCoupon, template.InputDocument, template.InputFilename, template.InputLocation:
				require.Contains(t, text, mark, "%s: %s", name, in.Path)
			}
		}
	}
}
