package template_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/template"
)

// plainJSON decodes a document for comparison by meaning.
func plainJSON(t testing.TB, raw []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	return v
}

// everything is a definition in canonical spelling with every modelled member
// and something unknown at every level.
const everything = `{"id":"5550001","name":"all_of_it","language":"en_GB","category":"MARKETING","sub_category":"CUSTOM",
"previous_category":"UTILITY","correct_category":"UTILITY","status":"APPROVED","parameter_format":"NAMED",
"message_send_ttl_seconds":43200,"display_format":"ORDER_DETAILS","product_set_id":"5550002","cta_url_link_tracking_opted_out":false,
"degrees_of_freedom_spec":{"creative_features_spec":{"text":{"enroll_status":"OPT_IN"}}},
"library_template_name":"lib","library_template_button_inputs":[{"type":"URL","url":{"base_url":"https://x.example/{{1}}","url_suffix_example":"a"}}],
"library_template_body_inputs":{"add_contact_number":true},
"optimization_spec":{"bid_amount":120,"bid_strategy":"CAP","spec_future":1},
"rejected_reason":"NONE","source":"AUTO_GENERATED","last_updated_time":"2026-11-01T10:20:30+0000",
"quality_score":{"score":"GREEN","date":1793000000,"reasons":["SPAM"],"quality_future":{"a":[1]}},
"health_status":{"can_send_message":"LIMITED","entities":[{"entity_type":"WABA","id":"5550003","can_send_message":"LIMITED","errors":[{"error_code":141006}]}],"health_future":true},
"components":[
 {"type":"HEADER","format":"TEXT","text":"Hi {{name}} again","example":{"header_text_named_params":[{"param_name":"name","example":"Ada","param_future":1}],"example_future":2},"header_future":3},
 {"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::a"],"header_text":["x"]}},
 {"type":"BODY","text":"Hello {{name}} there","add_security_recommendation":true,"example":{"body_text":[["a","b"]],"body_text_named_params":[{"param_name":"name","example":"Ada"}],"example_future":2},"body_future":"é < > & \" \\"},
 {"type":"FOOTER","text":"Bye","code_expiration_minutes":5,"footer_future":[]},
 {"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Soon","has_expiration":false,"offer_future":1},"outer_future":2},
 {"type":"CALL_PERMISSION_REQUEST","call_future":1},
 {"type":"BUTTONS","buttons":[
  {"type":"QUICK_REPLY","text":"Yes","quick_future":1},
  {"type":"URL","text":"Open","url":"https://x.example/{{1}}","example":["a"],"app_deep_link":{"meta_app_id":"555"},"url_future":1},
  {"type":"PHONE_NUMBER","text":"Call","phone_number":"+15550001111","phone_future":1},
  {"type":"COPY_CODE","example":"SPRING","code_future":1},
  {"type":"OTP","otp_type":"ZERO_TAP","text":"Copy","autofill_text":"Fill","zero_tap_terms_accepted":false,"supported_apps":[{"package_name":"org.example","signature_hash":"Ab3/Example","app_future":1}],"otp_future":1},
  {"type":"FLOW","text":"Go","flow_id":"1","flow_name":"n","flow_json":"{}","flow_action":"navigate","navigate_screen":"S","icon":"REVIEW","flow_future":1},
  {"type":"CATALOG","text":"View catalog"},{"type":"MPM","text":"View items"},{"type":"SPM","text":"View"},
  {"type":"ORDER_DETAILS","text":"Pay"},{"type":"VOICE_CALL","text":"Call"},{"type":"REQUEST_CONTACT_INFO"},
  {"type":"HOLOGRAM","text":"Beam","depth":3},{"text":"no type"},5,null],"buttons_future":1},
 {"type":"CAROUSEL","cards":[{"components":[{"type":"HEADER","format":"VIDEO"},{"type":"ALBUM","x":1}],"card_future":1}],"carousel_future":1},
 {"type":"ALBUM","albums":[{"a":null}]},
 {"no":"type"},"text",null,
 {"type":"BODY","text":{"wrong":"type"}}],
"envelope_future":{"deep":[1,2.50,"three",null]}}`

func TestDefinitionLosesNothing(t *testing.T) {
	t.Parallel()
	d := define(t, everything)
	raw, err := json.Marshal(d)
	require.NoError(t, err)
	if diff := cmp.Diff(plainJSON(t, []byte(everything)), plainJSON(t, raw)); diff != "" {
		t.Errorf("after reading and writing (-want +got):\n%s", diff)
	}
}

func TestDefinitionByValueIsWrittenLikeByPointer(t *testing.T) {
	t.Parallel()
	d := define(t, everything)
	byPointer, err := json.Marshal(d)
	require.NoError(t, err)
	byValue, err := json.Marshal(map[string]template.Definition{"d": *d})
	require.NoError(t, err)
	require.Equal(t, `{"d":`+string(byPointer)+`}`, string(byValue))
}

func TestDefinitionReadsLeniently(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"ids as numbers":                   {`{"id":1234567890123456789}`, `{"id":"1234567890123456789"}`},
		"an id with an exponent stays":     {`{"id":1e5}`, `{"id":1e5}`},
		"enumerations in lower case":       {`{"category":"marketing","status":"in_appeal","components":[{"type":"header","format":"image"},{"type":"buttons","buttons":[{"type":"quick_reply"}]}]}`, `{"category":"MARKETING","status":"IN_APPEAL","components":[{"type":"HEADER","format":"IMAGE"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY"}]}]}`},
		"numbers as texts":                 {`{"message_send_ttl_seconds":"-1","components":[{"type":"FOOTER","code_expiration_minutes":"10"}]}`, `{"message_send_ttl_seconds":-1,"components":[{"type":"FOOTER","code_expiration_minutes":10}]}`},
		"a number that is none stays":      {`{"message_send_ttl_seconds":"soon"}`, `{"message_send_ttl_seconds":"soon"}`},
		"a language in the other spelling": {`{"language":"pt-br"}`, `{"language":"pt_BR"}`},
		"the old name of the bid":          {`{"bid_spec":{"bid_amount":5}}`, `{"optimization_spec":{"bid_amount":5}}`},
		"both names of the bid":            {`{"bid_spec":{"bid_amount":5},"optimization_spec":{"bid_amount":6}}`, `{"optimization_spec":{"bid_amount":6}}`},
		"the update time as a number":      {`{"last_updated_time":1793000000}`, `{"last_updated_time":"2026-10-26T07:33:20+0000"}`},
		"the update time as RFC 3339":      {`{"last_updated_time":"2026-10-26T09:33:20+02:00"}`, `{"last_updated_time":"2026-10-26T07:33:20+0000"}`},
		"an update time of milliseconds":   {`{"last_updated_time":1793000000000}`, `{"last_updated_time":1793000000000}`},
		"a time that is none stays":        {`{"last_updated_time":"yesterday"}`, `{"last_updated_time":"yesterday"}`},
		"a wrong type stays":               {`{"name":7,"category":["A"],"components":{}}`, `{"name":7,"category":["A"],"components":{}}`},
		"null is absent":                   {`{"id":null,"name":null,"components":null,"quality_score":null,"message_send_ttl_seconds":null}`, `{}`},
		"empty samples are none":           {`{"quality_score":{"score":"RED","reasons":[]},"components":[{"type":"HEADER","format":"TEXT","text":"a","example":{"header_text":[],"header_handle":[]}},{"type":"BODY","text":"a","example":{"body_text":[[]]}},{"type":"BUTTONS","buttons":[{"type":"URL","example":[]}]}]}`, `{"quality_score":{"score":"RED"},"components":[{"type":"HEADER","format":"TEXT","text":"a"},{"type":"BODY","text":"a"},{"type":"BUTTONS","buttons":[{"type":"URL"}]}]}`},
		"an empty list is kept":            {`{"components":[]}`, `{"components":[]}`},
		"a bare example of one value":      {`{"components":[{"type":"BODY","text":"a","example":{"body_text":"x"}}]}`, `{"components":[{"type":"BODY","text":"a","example":{"body_text":[["x"]]}}]}`},
		"flat examples stay":               {`{"components":[{"type":"BODY","text":"a","example":{"body_text":["x","y"]}}]}`, `{"components":[{"type":"BODY","text":"a","example":{"body_text":["x","y"]}}]}`},
		"rows of examples stay":            {`{"components":[{"type":"BODY","text":"a","example":{"body_text":[["x"],["y","z"]]}}]}`, `{"components":[{"type":"BODY","text":"a","example":{"body_text":[["x"],["y","z"]]}}]}`},
		"a coupon example in a list":       {`{"components":[{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":["A"]}]}]}`, `{"components":[{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"A"}]}]}`},
		"several coupon examples stay":     {`{"components":[{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":["A","B"]}]}]}`, `{"components":[{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":["A","B"]}]}]}`},
		"cards that are no objects stay":   {`{"components":[{"type":"CAROUSEL","cards":[1,{}]}]}`, `{"components":[{"type":"CAROUSEL","cards":[1,{}]}]}`},
		"an OTP button read back": {
			`{"category":"authentication","components":[{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy","url":"https://www.whatsapp.com/otp/code/?otp_type=one_tap&code=otp{{1}}","example":["x"]}]}]}`,
			`{"category":"AUTHENTICATION","components":[{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy","url":"https://www.whatsapp.com/otp/code/?otp_type=one_tap&code=otp{{1}}","example":["x"]}]}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := json.Marshal(define(t, c.in))
			require.NoError(t, err)
			require.JSONEq(t, c.want, string(raw))
		})
	}
}

func TestDefinitionFields(t *testing.T) {
	t.Parallel()
	d := define(t, everything)
	require.Equal(t, "5550001", d.ID)
	require.True(t, d.UsesNames())
	require.Equal(t, time.Date(2026, 11, 1, 10, 20, 30, 0, time.UTC), d.LastUpdated)
	require.Equal(t, template.ScoreGreen, d.Quality.Score)
	require.Equal(t, int64(1793000000), d.Quality.Date.Unix())
	require.Equal(t, template.HealthLimited, d.Health.CanSend)
	require.Equal(t, "WABA", d.Health.Entities[0].Type)
	require.Equal(t, new(false), d.ClickTrackingOptedOut)
	require.Equal(t, template.HeaderText, d.Header().Format)
	require.Equal(t, []string{"a", "b"}, d.Body().Example.Positional)
	require.Equal(t, "Bye", d.Footer().Text)
	require.Equal(t, "Soon", d.Offer().Text)
	require.Len(t, d.Buttons(), 16)
	require.Equal(t, "Beam", d.Buttons()[12].Label())
	require.Equal(t, template.ButtonKind("HOLOGRAM"), d.Buttons()[12].Kind())
	require.Equal(t, template.HeaderVideo, d.Carousel().Cards[0].Header().Format)
	require.JSONEq(t, `{"deep":[1,2.50,"three",null]}`, string(d.Extra["envelope_future"]))

	var empty template.Definition
	require.Nil(t, empty.Header())
	require.Nil(t, empty.Body())
	require.Empty(t, empty.Buttons())
	raw, err := json.Marshal(empty)
	require.NoError(t, err)
	require.Equal(t, "{}", string(raw))
}

func TestOTPButtonCanBeMadeSubmittable(t *testing.T) {
	t.Parallel()
	d := define(t, `{"name":"login","language":"en","category":"AUTHENTICATION","components":[{"type":"BODY"},
		{"type":"BUTTONS","buttons":[{"type":"URL","text":"Copy code","url":"https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]}]}`)
	otp := d.Buttons()[0].(*template.OTPButton)
	require.Equal(t, "Copy code", otp.Label())
	require.True(t, d.Validate().Failed())
	otp.ReadBack = nil
	require.Empty(t, d.Validate())
	raw, err := json.Marshal(d)
	require.NoError(t, err)
	require.Contains(t, string(raw), `{"type":"OTP","otp_type":"COPY_CODE"}`)
}

func TestDefinitionThatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{`[]`, `"secret-canary"`, `5`, `null`} {
		err := new(template.Definition).UnmarshalJSON([]byte(doc))
		require.Error(t, err, doc)
		require.NotContains(t, err.Error(), "canary")
		require.True(t, strings.HasPrefix(err.Error(), "template: read definition: "))
	}
}

// FuzzDefinition feeds the reader with anything: what is read once is written
// and read again without change, and everything that takes a definition survives it.
func FuzzDefinition(f *testing.F) {
	f.Add([]byte(everything))
	for _, c := range definitionCases(f) {
		f.Add([]byte(c.Definition))
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var d template.Definition
		if d.UnmarshalJSON(raw) != nil {
			return
		}
		once, err := json.Marshal(&d)
		require.NoError(t, err)
		var again template.Definition
		require.NoError(t, json.Unmarshal(once, &again))
		twice, err := json.Marshal(&again)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
		if diff := cmp.Diff(d, again); diff != "" {
			t.Fatalf("read, written and read again (-first +second):\n%s", diff)
		}
		ps := d.Validate()
		_ = ps.String()
		_ = d.Sendable(now)
		filled, err := d.Fill(func(in template.Input) string { return in.Example })
		if err != nil {
			_, ok := errors.AsType[*template.BindError](err)
			require.True(t, ok)
		}
		for _, v := range []template.Values{{}, filled} {
			if msg, preview, err := d.Bind(v); err == nil {
				safeHTML(t, preview.HTML())
				_ = preview.Text()
				require.True(t, json.Valid(msg.AppendJSON(nil)))
			}
		}
	})
}
