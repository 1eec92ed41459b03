package template_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

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

// texts makes values of numbered variables.
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
	plainBody    = `{"type":"BODY","text":"All is well."}`
	oneTimeCode  = `{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`
	twoCards     = `{"type":"CAROUSEL","cards":[
		{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"At {{1}} each."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"}]}]},
		{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"At {{1}} each."},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"More"}]}]}]}`
	productCards = `{"type":"CAROUSEL","cards":[
		{"components":[{"type":"HEADER","format":"PRODUCT"},{"type":"BUTTONS","buttons":[{"type":"SPM","text":"View"}]}]},
		{"components":[{"type":"HEADER","format":"PRODUCT"},{"type":"BUTTONS","buttons":[{"type":"SPM","text":"View"}]}]}]}`
)

func buttonsJSON(list string) string {
	return plainBody + `,{"type":"BUTTONS","buttons":[` + list + `]}`
}

func TestBindRefusesWhatMetaWouldRefuse(t *testing.T) {
	t.Parallel()
	image := &template.Media{Kind: template.MediaImage, Link: "https://cdn.example.org/a.png"}
	goodCard := template.CardValues{Header: template.HeaderValue{Media: image}, Body: texts("9")}
	button := func(v template.ButtonValue) template.Values {
		return template.Values{Buttons: []template.ButtonValue{v}}
	}
	body := func(list ...string) template.Values { return template.Values{Body: texts(list...)} }
	header := func(h template.HeaderValue) template.Values { return template.Values{Header: h} }
	const url = `{"type":"URL","text":"Open","url":"https://x.example/{{1}}"}`
	const bareHost = `{"type":"URL","text":"Open","url":"https://x.example{{1}}"}`
	const mpm = `{"type":"MPM","text":"View items"}`
	sections := func(n, products int) []template.Section {
		list := make([]template.Section, n)
		for i := range list {
			list[i] = template.Section{Title: "Boots", Products: make([]string, products)}
			for j := range products {
				list[i].Products[j] = "sku"
			}
		}
		return list
	}
	for name, c := range map[string]struct {
		components string
		envelope   string // further members, with a comma at the end
		values     template.Values
		code       int
		problems   []string
	}{
		// counts and names
		"too few values":             {twoVariables, "", body("a"), 132000, []string{"body: value-count (limit 2, actual 1)"}},
		"too many values":            {twoVariables, "", body("a", "b", "c"), 132000, []string{"body: value-count (limit 2, actual 3)"}},
		"values for a fixed text":    {plainBody, "", body("a"), 132000, []string{"body: value-count (limit 0, actual 1)"}},
		"no values at all":           {twoVariables, "", template.Values{}, 132000, []string{"body: value-count (limit 2, actual 0)"}},
		"a name where numbers are":   {twoVariables, "", template.Values{Body: []template.Value{template.Text("a"), template.NamedText("2", "b")}}, 132000, []string{"body[1]: value-name"}},
		"no names where names are":   {twoNames, "", body("a", "b"), 132000, []string{"body[0]: value-name", "body[1]: value-name"}},
		"a name that does not occur": {twoNames, "", template.Values{Body: []template.Value{template.NamedText("name", "a"), template.NamedText("odrer", "b")}}, 132000, []string{"body[1]: value-name"}},
		"a name given twice":         {twoNames, "", template.Values{Body: []template.Value{template.NamedText("name", "a"), template.NamedText("name", "b")}}, 132000, []string{"body[1]: value-name"}},
		"a broken definition":        {`{"type":"BODY","text":"Hi {{1}} and {{name}}."}`, "", body("a", "b"), 132012, []string{"body: definition (want one kind of variable, got none)"}},
		"an absurd variable":         {`{"type":"BODY","text":"Hi {{99999}} you."}`, "", body("a"), 132012, []string{"body: definition (want one kind of variable, got none)"}},
		"a definition without body":  {`{"type":"FOOTER","text":"x"}`, "", template.Values{}, 132012, []string{"body: definition (want BODY, got none)"}},

		// texts
		"an empty value":                {twoVariables, "", body("a", ""), 131008, []string{"body[1]: value-blank"}},
		"a value of spaces":             {twoVariables, "", body("a", " \u00a0 "), 131008, []string{"body[1]: value-blank"}},
		"a line break":                  {twoVariables, "", body("a\nb", "c"), 132018, []string{"body[0]: value-break"}},
		"a carriage return":             {twoVariables, "", body("a\rb", "c"), 132018, []string{"body[0]: value-break"}},
		"a tab":                         {twoVariables, "", body("a", "b\tc"), 132018, []string{"body[1]: value-break"}},
		"five spaces in a row":          {twoVariables, "", body("a     b", "c"), 132018, []string{"body[0]: value-spaces (limit 4, actual 5)"}},
		"bytes that are no text":        {twoVariables, "", body("a\xff", "c"), 100, []string{"body[0]: value-encoding"}},
		"several faults, in order":      {twoVariables, "", body("", "b\tc     d"), 131008, []string{"body[0]: value-blank", "body[1]: value-break", "body[1]: value-spaces (limit 4, actual 5)"}},
		"a currency that is no code":    {twoVariables, "", template.Values{Body: []template.Value{template.Money("5 €", "Euro", 5000), template.Text("b")}}, 132012, []string{"body[0]: currency-code"}},
		"a currency in lower case":      {twoVariables, "", template.Values{Body: []template.Value{template.Money("5 €", "eur", 5000), template.Text("b")}}, 132012, []string{"body[0]: currency-code"}},
		"money that is a date":          {twoVariables, "", template.Values{Body: []template.Value{{Text: "5", Currency: "EUR", Date: true}, template.Text("b")}}, 132012, []string{"body[0]: value-kind (want currency or date, got both)"}},
		"money without printed form":    {twoVariables, "", template.Values{Body: []template.Value{template.Money("", "EUR", 5000), template.Text("b")}}, 131008, []string{"body[0]: value-blank"}},
		"a body too long when filled":   {`{"type":"BODY","text":"Hi {{1}}."},{"type":"FOOTER","text":"x"}`, "", body(strings.Repeat("a", 1021)), 132005, []string{"body: rendered-length (limit 1024, actual 1025)"}},
		"an offer too long when filled": {`{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x"}},{"type":"BODY","text":"Hi {{1}}."}`, "", body(strings.Repeat("a", 597)), 132005, []string{"body: rendered-length (limit 600, actual 601)"}},
		"a bare body beyond all limits": {`{"type":"BODY","text":"Hi {{1}}."}`, "", body(strings.Repeat("a", 32765)), 132005, []string{"body: rendered-length (limit 32768, actual 32769)"}},

		// headers
		"a value for a header that is not there": {plainBody, "", header(template.HeaderValue{Text: template.Text("x")}), 132000, []string{"header: value-unexpected (want none, got text)"}},
		"a file for a header that is not there":  {plainBody, "", header(template.HeaderValue{Media: image}), 132000, []string{"header: value-unexpected (want none, got image)"}},
		"no value for a text header":             {`{"type":"HEADER","format":"TEXT","text":"To {{1}}!"},` + plainBody, "", template.Values{}, 132000, []string{"header: value-count (limit 1, actual 0)"}},
		"a value for a fixed header":             {`{"type":"HEADER","format":"TEXT","text":"Hello"},` + plainBody, "", header(template.HeaderValue{Text: template.Text("x")}), 132000, []string{"header: value-count (limit 0, actual 1)"}},
		"a header too long when filled":          {`{"type":"HEADER","format":"TEXT","text":"To {{1}}!"},` + plainBody, "", header(template.HeaderValue{Text: template.Text(strings.Repeat("a", 57))}), 132005, []string{"header: rendered-length (limit 60, actual 61)"}},
		"a blank header value":                   {`{"type":"HEADER","format":"TEXT","text":"To {{1}}!"},` + plainBody, "", header(template.HeaderValue{Text: template.Text(" ")}), 131008, []string{"header[0]: value-blank"}},
		"no file for an image header":            {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", template.Values{}, 131008, []string{"header: value-missing (want image, got none)"}},
		"an image for a document header":         {`{"type":"HEADER","format":"DOCUMENT"},` + plainBody, "", header(template.HeaderValue{Media: image}), 132012, []string{"header: value-kind (want document, got image)"}},
		"a text for an image header":             {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Text: template.Text("x")}), 132012, []string{"header: value-kind (want image, got text)"}},
		"an image for a text header":             {`{"type":"HEADER","format":"TEXT","text":"Hello"},` + plainBody, "", header(template.HeaderValue{Media: image}), 132012, []string{"header: value-kind (want text, got image)"}},
		"a file of no kind for a place":          {`{"type":"HEADER","format":"LOCATION"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{ID: "1"}}), 132012, []string{"header: value-kind (want location, got media)"}},
		"money in a header":                      {`{"type":"HEADER","format":"TEXT","text":"To {{1}}!"},` + plainBody, "", header(template.HeaderValue{Text: template.Money("5 €", "EUR", 5000)}), 132012, []string{"header[0]: value-kind (want text, got currency or date)"}},
		"a date in a header":                     {`{"type":"HEADER","format":"TEXT","text":"To {{1}}!"},` + plainBody, "", header(template.HeaderValue{Text: template.Date("5 May")}), 132012, []string{"header[0]: value-kind (want text, got currency or date)"}},
		"two things for one header":              {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: image, Product: &template.Product{}}), 132012, []string{"header: value-kind (want image, got several)"}},
		"a file without source":                  {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{}}), 131008, []string{"header: media-source (want id or link, got none)"}},
		"a file with two sources":                {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{ID: "1", Link: image.Link}}), 131009, []string{"header: media-source (want id or link, got both)"}},
		"a link that is a path":                  {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{Link: "/a.png"}}), 131009, []string{"header: media-link"}},
		"a link to a file on disk":               {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{Link: "file:///a.png"}}), 131009, []string{"header: media-link"}},
		"a link with a space":                    {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{Link: "https://x.example/a b.png"}}), 131009, []string{"header: media-link"}},
		"a file name for an image":               {`{"type":"HEADER","format":"IMAGE"},` + plainBody, "", header(template.HeaderValue{Media: &template.Media{ID: "1", Filename: "a.png"}}), 132012, []string{"header: media-filename (want document, got image)"}},
		"a place beyond the pole":                {`{"type":"HEADER","format":"LOCATION"},` + plainBody, "", header(template.HeaderValue{Location: &template.Location{Latitude: 90.5}}), 131009, []string{"header: location-range"}},
		"a place that is no number":              {`{"type":"HEADER","format":"LOCATION"},` + plainBody, "", header(template.HeaderValue{Location: &template.Location{Longitude: math.NaN()}}), 131009, []string{"header: location-range"}},
		"a product without catalogue":            {`{"type":"HEADER","format":"PRODUCT"},` + plainBody, "", header(template.HeaderValue{Product: &template.Product{RetailerID: "sku"}}), 131008, []string{"header: value-missing (want catalogue and retailer id, got none)"}},
		"a header from the future":               {`{"type":"HEADER","format":"COLLECTION"},` + plainBody, "", template.Values{}, 132012, []string{"header: definition (want a known header format, got collection)"}},
		"a header without format":                {`{"type":"HEADER","text":"Hello"},` + plainBody, "", template.Values{}, 132012, []string{"header: definition (want a known header format, got none)"}},

		// buttons
		"no suffix for a link":             {buttonsJSON(url), "", template.Values{}, 131008, []string{"buttons[0]: value-missing (want suffix, got none)"}},
		"a suffix for a fixed link":        {buttonsJSON(`{"type":"URL","text":"Open","url":"https://x.example/"}`), "", button(template.ButtonValue{Suffix: "a"}), 132012, []string{"buttons[0]: value-unexpected (want none, got suffix)"}},
		"a payload for a link":             {buttonsJSON(url), "", button(template.ButtonValue{Payload: "a"}), 131008, []string{"buttons[0]: value-missing (want suffix, got none)", "buttons[0]: value-unexpected (want suffix, got payload)"}},
		"a suffix with a space":            {buttonsJSON(url), "", button(template.ButtonValue{Suffix: "a b"}), 131009, []string{"buttons[0]: url-suffix"}},
		"a suffix with a letter to encode": {buttonsJSON(url), "", button(template.ButtonValue{Suffix: "ä"}), 131009, []string{"buttons[0]: url-suffix"}},
		"a suffix that doubles the slash":  {buttonsJSON(url), "", button(template.ButtonValue{Suffix: "/a"}), 131009, []string{"buttons[0]: url-suffix"}},
		"a suffix that makes another host": {buttonsJSON(bareHost), "", button(template.ButtonValue{Suffix: ".example.net/a"}), 131009, []string{"buttons[0]: url-suffix"}},
		"a suffix that makes it the user":  {buttonsJSON(bareHost), "", button(template.ButtonValue{Suffix: "@example.net"}), 131009, []string{"buttons[0]: url-suffix"}},
		"a suffix that makes it a port":    {buttonsJSON(bareHost), "", button(template.ButtonValue{Suffix: ":8443/a"}), 131009, []string{"buttons[0]: url-suffix"}},
		"a suffix of spaces":               {buttonsJSON(url), "", button(template.ButtonValue{Suffix: "  "}), 131008, []string{"buttons[0]: value-blank"}},
		"a suffix with a line break":       {buttonsJSON(url), "", button(template.ButtonValue{Suffix: "a\nb"}), 132018, []string{"buttons[0]: value-break"}},
		"a link too long when filled":      {buttonsJSON(url), "", button(template.ButtonValue{Suffix: strings.Repeat("a", 1983)}), 131009, []string{"buttons[0]: value-length (limit 2000, actual 2001)"}},
		"a button that is not there":       {buttonsJSON(url), "", button(template.ButtonValue{Index: 1, Suffix: "a"}), 131009, []string{"buttons[1]: button-index (limit 0, actual 1)"}},
		"a button before the first":        {buttonsJSON(url), "", button(template.ButtonValue{Index: -1, Suffix: "a"}), 131009, []string{"buttons[-1]: button-index (limit 0, actual -1)"}},
		"a button for a template without":  {plainBody, "", button(template.ButtonValue{Payload: "a"}), 131009, []string{"buttons[0]: button-index (limit -1, actual 0)"}},
		"the same button twice":            {buttonsJSON(url), "", template.Values{Buttons: []template.ButtonValue{{Suffix: "a"}, {Suffix: "b"}}}, 131009, []string{"buttons[0]: button-index"}},
		"a payload for a phone number":     {buttonsJSON(`{"type":"PHONE_NUMBER","text":"Call","phone_number":"+15550001111"}`), "", button(template.ButtonValue{Payload: "a"}), 132012, []string{"buttons[0]: value-unexpected (want none, got payload)"}},
		"a payload too long":               {buttonsJSON(`{"type":"QUICK_REPLY","text":"Yes"}`), "", button(template.ButtonValue{Payload: strings.Repeat("a", 257)}), 131009, []string{"buttons[0]: value-length (limit 256, actual 257)"}},
		"no coupon":                        {buttonsJSON(`{"type":"COPY_CODE","example":"X"}`), "", template.Values{}, 131008, []string{"buttons[0]: value-missing (want coupon, got none)"}},
		"a coupon with a hyphen":           {buttonsJSON(`{"type":"COPY_CODE","example":"X"}`), "", button(template.ButtonValue{Coupon: "A-1"}), 131009, []string{"buttons[0]: coupon-code (limit 20, actual 3)"}},
		"a coupon too long":                {buttonsJSON(`{"type":"COPY_CODE","example":"X"}`), "", button(template.ButtonValue{Coupon: strings.Repeat("A", 21)}), 131009, []string{"buttons[0]: coupon-code (limit 20, actual 21)"}},
		"no token for a flow":              {buttonsJSON(`{"type":"FLOW","text":"Go","flow_id":"1"}`), "", template.Values{}, 131008, []string{"buttons[0]: value-missing (want flow_token, got none)"}},
		"flow data that is a list":         {buttonsJSON(`{"type":"FLOW","text":"Go","flow_id":"1"}`), "", button(template.ButtonValue{FlowToken: "t", FlowData: []byte(` [1]`)}), 100, []string{"buttons[0]: value-encoding (want JSON object, got none)"}},
		"flow data that is no JSON":        {buttonsJSON(`{"type":"FLOW","text":"Go","flow_id":"1"}`), "", button(template.ButtonValue{FlowToken: "t", FlowData: []byte(`{"a"`)}), 100, []string{"buttons[0]: value-encoding (want JSON object, got none)"}},
		"no order to pay":                  {buttonsJSON(`{"type":"ORDER_DETAILS","text":"Pay"}`), "", template.Values{}, 131008, []string{"buttons[0]: value-missing (want order_details, got none)"}},
		"a call button for ever":           {buttonsJSON(`{"type":"VOICE_CALL","text":"Call"}`), "", button(template.ButtonValue{TTLMinutes: 43201}), 131009, []string{"buttons[0]: ttl-minutes (limit 43200, actual 43201)"}},
		"a call button from yesterday":     {buttonsJSON(`{"type":"VOICE_CALL","text":"Call"}`), "", button(template.ButtonValue{TTLMinutes: -5}), 131009, []string{"buttons[0]: ttl-minutes (limit 43200, actual -5)"}},
		"a call payload too long":          {buttonsJSON(`{"type":"VOICE_CALL","text":"Call"}`), "", button(template.ButtonValue{Payload: strings.Repeat("a", 513)}), 131009, []string{"buttons[0]: value-length (limit 512, actual 513)"}},
		"no products":                      {buttonsJSON(mpm), "", button(template.ButtonValue{Thumbnail: "sku"}), 131008, []string{"buttons[0]: value-missing (want sections, got none)"}},
		"eleven sections":                  {buttonsJSON(mpm), "", button(template.ButtonValue{Thumbnail: "sku", Sections: sections(11, 1)}), 131009, []string{"buttons[0]: product-sections (limit 10, actual 11)"}},
		"thirty-one products":              {buttonsJSON(mpm), "", button(template.ButtonValue{Thumbnail: "sku", Sections: sections(1, 31)}), 131009, []string{"buttons[0]: product-sections (limit 30, actual 31)"}},
		"a section of nothing":             {buttonsJSON(mpm), "", button(template.ButtonValue{Thumbnail: "sku", Sections: sections(2, 0)}), 131008, []string{"buttons[0]: value-blank"}},
		"a value for an unknown button":    {buttonsJSON(`{"type":"HOLOGRAM"}`), "", button(template.ButtonValue{Payload: "a"}), 132012, []string{"buttons[0]: value-unexpected (want none, got payload)"}},

		// the special kinds
		"no end of an offer":                {`{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x","has_expiration":true}},` + plainBody, "", template.Values{}, 131008, []string{"offer_ends: value-missing (want moment, got none)"}},
		"an end of an endless offer":        {`{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x","has_expiration":false}},` + plainBody, "", template.Values{OfferEnds: time.Unix(1, 0)}, 132000, []string{"offer_ends: value-unexpected (want none, got moment)"}},
		"an end before 1970":                {`{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"x","has_expiration":true}},` + plainBody, "", template.Values{OfferEnds: time.Unix(-1, 0)}, 131009, []string{"offer_ends: value-kind (want moment after 1970, got none)"}},
		"one card too few":                  {plainBody + "," + twoCards, "", template.Values{Cards: []template.CardValues{goodCard}}, 132000, []string{"cards: card-count (limit 2, actual 1)"}},
		"cards for a template without":      {plainBody, "", template.Values{Cards: []template.CardValues{goodCard}}, 132000, []string{"cards: value-unexpected (limit 0, actual 1)"}},
		"a card without its picture":        {plainBody + "," + twoCards, "", template.Values{Cards: []template.CardValues{goodCard, {Body: texts("9")}}}, 131008, []string{"cards[1].header: value-missing (want image, got none)"}},
		"a card with a value too many":      {plainBody + "," + twoCards, "", template.Values{Cards: []template.CardValues{goodCard, {Header: goodCard.Header, Body: texts("9", "8")}}}, 132000, []string{"cards[1].body: value-count (limit 1, actual 2)"}},
		"a card too long when filled":       {plainBody + "," + twoCards, "", template.Values{Cards: []template.CardValues{goodCard, {Header: goodCard.Header, Body: texts(strings.Repeat("9", 152))}}}, 132005, []string{"cards[1].body: rendered-length (limit 160, actual 161)"}},
		"a button a card does not have":     {plainBody + "," + twoCards, "", template.Values{Cards: []template.CardValues{goodCard, {Header: goodCard.Header, Body: texts("9"), Buttons: []template.ButtonValue{{Index: 1, Payload: "a"}}}}}, 131009, []string{"cards[1].buttons[1]: button-index (limit 0, actual 1)"}},
		"one product card":                  {plainBody + "," + productCards, "", template.Values{Cards: make([]template.CardValues, 1)}, 132000, []string{"cards: card-count (limit 10, actual 1)"}},
		"eleven product cards":              {plainBody + "," + productCards, "", template.Values{Cards: make([]template.CardValues, 11)}, 132000, []string{"cards: card-count (limit 10, actual 11)"}},
		"a text on a product card":          {plainBody + "," + productCards, "", template.Values{Cards: []template.CardValues{{Header: template.HeaderValue{Product: &template.Product{RetailerID: "a", CatalogID: "b"}}, Body: texts("x")}, {Header: template.HeaderValue{Product: &template.Product{RetailerID: "a", CatalogID: "b"}}}}}, 132000, []string{"cards[0].body: value-count (limit 0, actual 1)"}},
		"no status of an order":             {plainBody, `"sub_category":"ORDER_STATUS",`, template.Values{}, 131008, []string{"order_status: value-missing (want order status, got none)"}},
		"a status where no order is":        {plainBody, "", template.Values{OrderStatus: &template.OrderStatus{ReferenceID: "1", Status: "shipped"}}, 132000, []string{"order_status: value-unexpected (want none, got order status)"}},
		"a status that does not exist":      {plainBody, `"sub_category":"ORDER_STATUS",`, template.Values{OrderStatus: &template.OrderStatus{ReferenceID: "1", Status: "cancelled"}}, 131009, []string{"order_status: order-status"}},
		"a status of no order":              {plainBody, `"sub_category":"ORDER_STATUS",`, template.Values{OrderStatus: &template.OrderStatus{Status: "shipped"}}, 131008, []string{"order_status: value-blank (want reference id, got none)"}},
		"a tap target that is a path":       {plainBody, "", template.Values{TapTarget: []template.TapTarget{{URL: "/a", Title: "A"}}}, 131009, []string{"tap_target[0]: media-link"}},
		"a tap target without title":        {plainBody, "", template.Values{TapTarget: []template.TapTarget{{URL: "https://x.example/"}}}, 131008, []string{"tap_target[0]: value-blank"}},
		"no one-time code":                  {oneTimeCode, `"category":"AUTHENTICATION",`, template.Values{}, 132000, []string{"body: value-count (limit 1, actual 0)"}},
		"a one-time code too long":          {oneTimeCode, `"category":"AUTHENTICATION",`, body("1234567890123456"), 131009, []string{"body[0]: value-length (limit 15, actual 16)"}},
		"a one-time code with a face":       {oneTimeCode, `"category":"AUTHENTICATION",`, body("12😀34"), 131009, []string{"body[0]: value-kind (want code, got emoji or link)"}},
		"a one-time code that is a link":    {oneTimeCode, `"category":"AUTHENTICATION",`, body("https://x.ex"), 131009, []string{"body[0]: value-kind (want code, got emoji or link)"}},
		"another code on the button":        {oneTimeCode, `"category":"AUTHENTICATION",`, template.Values{Body: texts("123456"), Buttons: []template.ButtonValue{{Suffix: "654321"}}}, 131009, []string{"buttons[0]: value-kind (want the code in the body, got none)"}},
		"faults everywhere, in their order": {`{"type":"HEADER","format":"IMAGE"},` + twoVariables + `,{"type":"BUTTONS","buttons":[` + url + `]}`, "", body("a"), 131008, []string{"header: value-missing (want image, got none)", "body: value-count (limit 2, actual 1)", "buttons[0]: value-missing (want suffix, got none)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := define(t, `{"name":"n","language":"en",`+c.envelope+`"components":[`+c.components+`]}`)
			msg, preview, err := d.Bind(c.values)
			be, ok := errors.AsType[*template.BindError](err)
			require.True(t, ok, "got %v", err)
			got := make([]string, len(be.Problems))
			for i, p := range be.Problems {
				got[i] = p.String()
				require.Equal(t, template.SeverityError, p.Severity)
				require.NotZero(t, p.Code)
			}
			require.Equal(t, c.problems, got)
			require.Equal(t, c.code, be.Code)
			require.True(t, msg.IsZero(), "a refused message must not be sendable")
			require.Empty(t, preview)
		})
	}
}

func TestBindTakesWhatIsJustAllowed(t *testing.T) {
	const bareHost = `{"type":"URL","text":"Open","url":"https://x.example{{1}}"}`
	t.Parallel()
	for name, c := range map[string]struct {
		components string
		values     template.Values
	}{
		"four spaces in a row":         {twoVariables, template.Values{Body: texts("a    b", "c")}},
		"quotes and angle brackets":    {twoVariables, template.Values{Body: texts(`"Bob's" <b>`, "c")}},
		"braces in a value":            {twoVariables, template.Values{Body: texts("{{2}}", "c")}},
		"spaces around a value":        {twoVariables, template.Values{Body: texts(" a ", "c")}},
		"a body of the longest kind":   {`{"type":"BODY","text":"Hi {{1}}."},{"type":"FOOTER","text":"x"}`, template.Values{Body: texts(strings.Repeat("ä", 1020))}},
		"a header of the longest kind": {`{"type":"HEADER","format":"TEXT","text":"To {{1}}!"},` + plainBody, template.Values{Header: template.HeaderValue{Text: template.Text(strings.Repeat("ä", 56))}}},
		"a path behind a bare host":    {buttonsJSON(bareHost), template.Values{Buttons: []template.ButtonValue{{Suffix: "/a"}}}},
		"a query behind a bare host":   {buttonsJSON(bareHost), template.Values{Buttons: []template.ButtonValue{{Suffix: "?a=b"}}}},
		"the longest suffix":           {buttonsJSON(`{"type":"URL","text":"Open","url":"https://x.example/{{1}}"}`), template.Values{Buttons: []template.ButtonValue{{Suffix: strings.Repeat("a", 1982)}}}},
		"the longest coupon":           {buttonsJSON(`{"type":"COPY_CODE","example":"X"}`), template.Values{Buttons: []template.ButtonValue{{Coupon: strings.Repeat("Z", 20)}}}},
		"no payload for a quick reply": {buttonsJSON(`{"type":"QUICK_REPLY","text":"Yes"}`), template.Values{}},
		"a place at zero":              {`{"type":"HEADER","format":"LOCATION"},` + plainBody, template.Values{Header: template.HeaderValue{Location: &template.Location{}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, preview, err := define(t, `{"name":"n","language":"en","components":[`+c.components+`]}`).Bind(c.values)
			require.NoError(t, err)
			require.Empty(t, preview.Warnings)
		})
	}
}

func TestBindWarnsOfLimitsMetaDoesNotPublish(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		components string
		values     template.Values
		want       string
	}{
		"a bare body beyond the lower figure": {`{"type":"BODY","text":"Hi {{1}}."}`, template.Values{Body: texts(strings.Repeat("a", 4093))}, "body: rendered-length (limit 4096, actual 4097) [warning]"},
		"a body too long in UTF-16 only":      {`{"type":"BODY","text":"Hi {{1}}."},{"type":"FOOTER","text":"x"}`, template.Values{Body: texts(strings.Repeat("😀", 512))}, "body: rendered-length (limit 1024, actual 1028) [warning]"},
		"a button from the future":            {buttonsJSON(`{"type":"HOLOGRAM"}`), template.Values{}, "buttons[0]: button-unknown [warning]"},
		"a component from the future":         {plainBody + `,{"type":"ALBUM"}`, template.Values{}, "components[1]: component-unknown [warning]"},
		"a long payload":                      {buttonsJSON(`{"type":"QUICK_REPLY","text":"Yes"}`), template.Values{Buttons: []template.ButtonValue{{Payload: strings.Repeat("a", 129)}}}, "buttons[0]: value-length (limit 128, actual 129) [warning]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			msg, preview, err := define(t, `{"name":"n","language":"en","components":[`+c.components+`]}`).Bind(c.values)
			require.NoError(t, err)
			require.False(t, msg.IsZero())
			require.Equal(t, c.want, preview.Warnings.String())
		})
	}
}

func TestBindKeepsNothingOfTheValues(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"n","language":"en","components":[{"type":"HEADER","format":"DOCUMENT"},`+twoVariables+`,
		{"type":"BUTTONS","buttons":[{"type":"FLOW","text":"Go","flow_id":"1"}]}]}`)
	v := template.Values{
		Header:  template.HeaderValue{Media: &template.Media{ID: "1", Filename: "before.pdf"}},
		Body:    texts("before", "x"),
		Buttons: []template.ButtonValue{{FlowToken: "t", FlowData: []byte(`{"k":"before"}`)}},
	}
	msg, preview, err := d.Bind(v)
	require.NoError(t, err)
	raw, text := string(msg.AppendJSON(nil)), preview.Text()
	v.Header.Media.Filename, v.Body[0].Text = "after", "after"
	copy(v.Buttons[0].FlowData, `{"k":"after!"}`)
	require.Equal(t, raw, string(msg.AppendJSON(nil)))
	require.Equal(t, text, preview.Text())
	require.Equal(t, 3, strings.Count(raw, "before"))

	// Nor do preview and parameters lead into the message.
	preview.Header.Media.Filename = "after"
	for _, p := range msg.Parameters() {
		if p.Media != nil {
			p.Media.Filename = "after"
		}
		for i := range p.Raw {
			p.Raw[i] = ' '
		}
	}
	require.Equal(t, raw, string(msg.AppendJSON(nil)))
}

func TestOneTimeCodeReadBackShowsMetasText(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"login","language":"en","category":"AUTHENTICATION","components":[
		{"type":"BODY","text":"*{{1}}* is your verification code.","add_security_recommendation":true},
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy code","url":"https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]}]}`)
	otp, ok := d.Buttons()[0].(*template.OTPButton)
	require.True(t, ok)
	require.Equal(t, template.OTPCopyCode, otp.Delivery)
	msg, preview, err := d.Bind(template.Values{Body: texts("123456")})
	require.NoError(t, err)
	require.False(t, preview.Preset)
	require.Equal(t, "*123456* is your verification code.\n[Copy code]", preview.Text())
	require.JSONEq(t, `{"name":"login","language":{"code":"en"},"components":[
		{"type":"body","parameters":[{"type":"text","text":"123456"}]},
		{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"123456"}]}]}`, string(msg.AppendJSON(nil)))
}
