package webhook_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

// in wraps the value of a change in an envelope.
func in(field, value string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"` + field + `","value":` + value + `}]}]}`
}

// messages wraps messages in a value with one contact.
func messages(items string) string {
	return in("messages", `{"metadata":{"phone_number_id":"2","display_phone_number":"12025550142"},`+
		`"contacts":[{"wa_id":"13125550143","user_id":"US.1","profile":{"name":"Dana"}}],"messages":[`+items+`]}`)
}

// good is a message that must come through whatever stands beside it.
const good = `{"id":"wamid.good","from":"13125550143","timestamp":"1795003200","type":"text","text":{"body":"hi"}}`

// describe says in a few words what became of a body: one entry per event.
func describe(d *webhook.Delivery) []string {
	var all []string
	for e := range d.Events() {
		s := reflect.TypeOf(e.Payload).Elem().Name()
		if c := contentOf(e.Payload); c != nil {
			s += "/" + reflect.TypeOf(c).Elem().Name()
			if u, ok := c.(*webhook.Unknown); ok && u.Err != nil {
				s += "!"
			}
		}
		if u, ok := e.Payload.(*webhook.Unknown); ok && u.Err != nil {
			s += "!"
		}
		if e.Err != nil {
			s += "?"
		}
		all = append(all, s)
	}
	return all
}

// Outcomes: a type name; "!" malformed, with the reason in Unknown.Err; "?" read in
// part, with what is missing in Event.Err.
var badInputs = []struct {
	name, body string
	want       []string
}{
	// Messages that brought down other parsers.
	{"a removed reaction beside a text", messages(`{"id":"a","type":"reaction","reaction":{"message_id":"w"}},` + good), []string{"Message/Reaction", "Message/Text"}},
	{"a reaction with null as emoji", messages(`{"id":"a","type":"reaction","reaction":{"message_id":"w","emoji":null}}`), []string{"Message/Reaction"}},
	{"an order with a fractional price", messages(`{"id":"a","type":"order","order":{"product_items":[{"quantity":1,"item_price":9.99}]}},` + good), []string{"Message/Order", "Message/Text"}},
	{"an order with prices as strings", messages(`{"id":"a","type":"order","order":{"product_items":[{"quantity":"2","item_price":"9.99"}]}}`), []string{"Message/Order"}},
	{"a timestamp as number", messages(`{"id":"a","timestamp":1795003200,"type":"text","text":{"body":"x"}},` + good), []string{"Message/Text", "Message/Text"}},
	{"a timestamp that is none", messages(`{"id":"a","timestamp":"yesterday","type":"text","text":{"body":"x"}},` + good), []string{"Message/Text?", "Message/Text"}},
	{"a timestamp beyond the calendar", messages(`{"id":"a","timestamp":"99999999999999999","type":"text","text":{"body":"x"}}`), []string{"Message/Text?"}},
	{"a latitude as string", messages(`{"id":"a","type":"location","location":{"latitude":"37.4","longitude":-122.1}},` + good), []string{"Message/Location", "Message/Text"}},
	{"a latitude in words", messages(`{"id":"a","type":"location","location":{"latitude":"north","longitude":1}},` + good), []string{"Message/Unknown!", "Message/Text"}},
	{"a latitude that only Go reads", messages(`{"id":"a","type":"location","location":{"latitude":"NaN","longitude":"0x1p-2"}}`), []string{"Message/Unknown!"}},
	{"a sender with a BSUID only", messages(`{"id":"a","from_user_id":"US.1","type":"text","text":{"body":"x"}},` + good), []string{"Message/Text", "Message/Text"}},
	{"unsupported beside a text", messages(`{"id":"a","type":"unsupported","errors":[{"code":"131051"}]},` + good), []string{"Message/Unsupported", "Message/Text"}},
	{"an image without its object", messages(`{"id":"a","type":"image"},` + good), []string{"Message/Unknown!", "Message/Text"}},
	{"an image that is null", messages(`{"id":"a","type":"image","image":null},` + good), []string{"Message/Unknown!", "Message/Text"}},
	{"a text that is a string", messages(`{"id":"a","type":"text","text":"hi"},` + good), []string{"Message/Unknown!", "Message/Text"}},
	{"a text body that is an object", messages(`{"id":"a","type":"text","text":{"body":{"x":1}}},` + good), []string{"Message/Unknown!", "Message/Text"}},
	{"a text body that is a number", messages(`{"id":"a","type":"text","text":{"body":42}}`), []string{"Message/Text"}},
	{"a type nobody knows", messages(`{"id":"a","type":"hologram","hologram":{"x":1}},` + good), []string{"Message/Unknown", "Message/Text"}},
	{"no type but a text", messages(`{"id":"a","text":{"body":"x"}}`), []string{"Message/Text"}},
	{"no type and nothing else", messages(`{"id":"a"},` + good), []string{"Message/Unknown", "Message/Text"}},
	{"a type that is an object", messages(`{"id":"a","type":{"x":1},"text":{"body":"x"}}`), []string{"Message/Text?"}},
	{"an id as number", messages(`{"id":12345,"type":"text","text":{"body":"x"}}`), []string{"Message/Text"}},
	{"no id", messages(`{"type":"text","text":{"body":"x"}},` + good), []string{"Unknown!", "Message/Text"}},
	{"a message that is a string", messages(`"oops",` + good), []string{"Unknown!", "Message/Text"}},
	{"a message that is null", messages(`null,` + good), []string{"Unknown!", "Message/Text"}},
	{"a message that is an array", messages(`[1],` + good), []string{"Unknown!", "Message/Text"}},
	{"messages as an object", in("messages", `{"messages":`+good+`}`), []string{"Message/Text"}},
	{"messages as null", in("messages", `{"messages":null,"statuses":[{"id":"s","status":"read"}]}`), []string{"Status"}},
	{"messages as a number", in("messages", `{"messages":7,"statuses":[{"id":"s","status":"read"}]}`), []string{"Unknown!", "Status"}},
	{"a context that is a string", messages(`{"id":"a","context":"oops","type":"text","text":{"body":"x"}}`), []string{"Message/Text?"}},
	{"contacts that are strings", in("messages", `{"contacts":["x",5],"messages":[`+good+`]}`), []string{"Message/Text"}},
	{"an address card that is a string", messages(`{"id":"a","type":"contacts","contacts":["x"]},` + good), []string{"Message/Unknown!", "Message/Text"}},
	{"one address card outside of an array", messages(`{"id":"a","type":"contacts","contacts":{"name":{"first_name":"Pat"}}}`), []string{"Message/Contacts"}},
	{"an edit of an edit", messages(`{"id":"a","type":"edit","edit":{"original_message_id":"o","message":{"type":"edit","edit":{}}}}`), []string{"Message/Unknown"}},
	{"an edit without a message", messages(`{"id":"a","type":"edit","edit":{"original_message_id":"o"}}`), []string{"Message/Unknown"}},
	{"a form whose answers are an object", messages(`{"id":"a","type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":{"a":1}}}}`), []string{"Message/FlowReply"}},
	{"an interactive reply that is a string", messages(`{"id":"a","type":"interactive","interactive":{"type":"list_reply","list_reply":"x"}}`), []string{"Message/Unknown!"}},

	// Statuses.
	{"a status without a state", in("messages", `{"statuses":[{"id":"s"},{"id":"s","status":"read"}]}`), []string{"Unknown!", "Status"}},
	{"a status without an id", in("messages", `{"statuses":[{"status":"read"},{"id":"s","status":"read"}]}`), []string{"Unknown!", "Status"}},
	{"a price that is a string", in("messages", `{"statuses":[{"id":"s","status":"sent","pricing":"free"}]}`), []string{"Status?"}},
	{"an error outside of an array", in("messages", `{"statuses":[{"id":"s","status":"failed","errors":{"code":131047}}]}`), []string{"Status"}},
	{"an error code in words", in("messages", `{"statuses":[{"id":"s","status":"failed","errors":[{"code":"many"}]}]}`), []string{"Status?"}},
	{"an error code beyond 32 bits", in("messages", `{"statuses":[{"id":"s","status":"failed","errors":[{"code":1e300}]}]}`), []string{"Status?"}},
	{"a payment without a payment", in("messages", `{"statuses":[{"id":"s","type":"payment","status":"captured"}]}`), []string{"PaymentStatus"}},
	{"a payment nobody can attribute", in("messages", `{"statuses":[{"type":"payment","status":"captured"}]}`), []string{"Unknown!"}},

	// Values.
	{"a member nobody knows", in("messages", `{"polls":[{"a":1}],"messages":[`+good+`],"version":27}`), []string{"Unknown", "Message/Text", "Unknown"}},
	{"contacts that go with nothing", in("messages", `{"metadata":{"phone_number_id":"2"},"contacts":[{"wa_id":"13125550143"}],"messages":[]}`), []string{"Unknown"}},
	{"a contact beside an item about somebody else", in("messages", `{"contacts":[{"wa_id":"13125550143","user_id":"US.1"},{"wa_id":"14155550177","user_id":"US.2"}],"messages":[{"id":"a","from":"13125550143","from_user_id":"US.1","type":"text","text":{"body":"x"}}]}`), []string{"Message/Text", "Unknown"}},
	{"a contact beside a system message", in("messages", `{"contacts":[{"wa_id":"13125550143","profile":{"name":"Dana"}}],"messages":[{"id":"a","from":"13125550143","type":"system","system":{"type":"user_changed_number","wa_id":"14155550177","body":"x"}}]}`), []string{"Message/System", "Unknown"}},
	{"a contact beside an error", in("messages", `{"contacts":[{"wa_id":"13125550143"}],"errors":[{"code":1}]}`), []string{"ErrorNotice", "Unknown"}},
	{"a contact beside an unknown list", in("messages", `{"contacts":[{"wa_id":"13125550143"}],"holograms":[1]}`), []string{"Unknown", "Unknown"}},
	{"a contact beside an unknown item", in("messages", `{"contacts":[{"wa_id":"13125550143"}],"messages":[{"type":"text"}]}`), []string{"Unknown!", "Unknown"}},
	{"a contact beside an echo to somebody else", in("smb_message_echoes", `{"contacts":[{"wa_id":"13125550143","user_id":"US.1"}],"message_echoes":[{"id":"a","from":"12025550142","to":"14155550177","to_user_id":"US.2","type":"text","text":{"body":"x"}}]}`), []string{"Echo/Text", "Unknown"}},
	{"a contact beside somebody else's in standby", in("standby", `{"standby":{"contacts":[{"wa_id":"1","user_id":"US.1"},{"wa_id":"2","user_id":"US.2"}],"messages":[{"id":"a","from_user_id":"US.1","type":"text","text":{"body":"x"}}]}}`), []string{"StandbyMessage/Text", "Unknown"}},
	{"contacts that go with nothing and are none", in("calls", `{"contacts":"x"}`), []string{"Unknown"}},
	{"contacts that go with nothing in standby", in("standby", `{"standby":{"contacts":[{"wa_id":"13125550143"}]}}`), []string{"Unknown"}},
	{"lists of nothing", in("messages", `{"metadata":{"phone_number_id":"2"},"contacts":[],"messages":[],"statuses":[]}`), nil},
	{"a summary without messages", in("messages", `{"conversation_context":{"summary":{"text":"x"}}}`), []string{"Unknown"}},
	{"metadata that is a string", in("messages", `{"metadata":"x","messages":[`+good+`]}`), []string{"Message/Text"}},
	{"a value-level error that is a string", in("messages", `{"errors":["x",{"code":1}]}`), []string{"Unknown!", "ErrorNotice"}},
	{"errors beside no calls", in("calls", `{"calls":[],"errors":[{"code":1}]}`), []string{"ErrorNotice"}},
	{"a call without an event", in("calls", `{"calls":[{"id":"c"},{"id":"c","event":"connect"}]}`), []string{"Unknown!", "Call"}},
	{"a call without an id", in("calls", `{"calls":[{"event":"connect"}]}`), []string{"Unknown!"}},
	{"a call status without an id or a state", in("calls", `{"statuses":[{"status":"RINGING"},{"id":"c"}]}`), []string{"Unknown!", "Unknown!"}},
	{"standby beside and not inside its box", in("standby", `{"messages":[`+good+`]}`), []string{"StandbyMessage/Text"}},
	{"standby that is a string", in("standby", `{"standby":"x"}`), []string{"Unknown!"}},
	{"standby with a member nobody knows", in("standby", `{"standby":{"calls":[{"id":"c"}],"statuses":["x"],"messages":[`+good+`]}}`), []string{"Unknown", "Unknown!", "StandbyMessage/Text"}},
	{"a standby echo without an id", in("standby", `{"standby":{"message_echoes":[{"message":{"type":"text"}}]}}`), []string{"Unknown!"}},
	{"history that is a string, and threads that are", in("history", `{"history":["x",{"threads":["y",{"messages":["z",`+good+`]}]}]}`), []string{"Unknown!", "Unknown!", "Unknown!", "HistoryMessage/Text"}},
	{"history without messages", in("history", `{"history":[{"metadata":{"phase":1,"chunk_order":2,"progress":30}},{}]}`), []string{"HistoryChunk", "Unknown!"}},
	{"history with a member nobody knows", in("history", `{"history":[{"metadata":{"phase":"x"},"future":1}]}`), []string{"Unknown"}},
	{"an address book entry without a person", in("smb_app_state_sync", `{"state_sync":[{"type":"contact","action":"add"},{"type":"label","action":"add"}]}`), []string{"Unknown!", "Unknown"}},
	{"a preference of nobody", in("user_preferences", `{"user_preferences":[{"value":"stop"},{"value":"stop","wa_id":"13125550143"}]}`), []string{"Unknown!", "UserPreference"}},
	{"a new BSUID that is not there", in("user_id_update", `{"user_id_update":[{"user_id":"x"}]}`), []string{"Unknown!"}},
	{"marketing events without a name", in("automatic_events", `{"automatic_events":[{"id":"w"}]}`), []string{"Unknown!"}},
	{"tracking events without a name", in("tracking_events", `{"events":[{"timestamp":1}]}`), []string{"Unknown!"}},
	{"an action without a type", in("messages", `{"user_actions":[{"timestamp":"1"}]}`), []string{"Unknown!"}},
	{"a group event about no group", in("group_status_update", `{"groups":[{"type":"group_suspend"},{"type":"group_suspend","group_id":"g"}]}`), []string{"Unknown!", "GroupStatus"}},
	{"the other spellings of a group event", in("group_participant_update", `{"groups":[{"type":"group_add_participants","group_id":"g"}]}`), []string{"GroupParticipants"}},
	{"a template id as string", in("message_template_status_update", `{"event":"APPROVED","message_template_id":"4155501420000001"}`), []string{"TemplateStatus"}},
	{"a template without an event", in("message_template_status_update", `{"message_template_id":1}`), []string{"Unknown!"}},
	{"a value that is a string", in("messages", `"x"`), []string{"Unknown!"}},
	{"a value that is an array", in("messages", `[`+good+`]`), []string{"Unknown!"}},
	{"a handover that says nothing", in("messaging_handovers", `{"timestamp":"1"}`), []string{"Unknown!"}},

	// Envelopes.
	{"an entry id as number", `{"object":"whatsapp_business_account","entry":[{"id":7,"changes":[{"field":"messages","value":{"messages":[` + good + `]}}]}]}`, []string{"Message/Text"}},
	{"an entry as string", `{"object":"whatsapp_business_account","entry":["x",{"id":"1","changes":[{"field":"messages","value":{"messages":[` + good + `]}}]}]}`, []string{"Unknown!", "Message/Text"}},
	{"entry as an object", `{"object":"whatsapp_business_account","entry":{"id":"1","changes":{"field":"messages","value":{"messages":[` + good + `]}}}}`, []string{"Message/Text"}},
	{"an entry without changes", `{"object":"whatsapp_business_account","entry":[{"id":"1"}]}`, []string{"Unknown!"}},
	{"field and value in the entry itself", `{"object":"whatsapp_business_account","entry":[{"id":"1","field":"account_update","value":{"event":"PARTNER_APP_INSTALLED"}}]}`, []string{"AccountUpdate"}},
	{"a change as string", `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":["x",{"field":"security","value":{"event":"PIN_CHANGED"}}]}]}`, []string{"Unknown!", "SecurityEvent"}},
	{"a change without a value", `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages"}]}]}`, []string{"Unknown!"}},
	{"a change without a field, with messages", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[` + good + `]}}]}]}`, []string{"Message/Text"}},
	{"a change with an empty field, messages and a member nobody knows", `{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"","value":{"polls":[1],"messages":[` + good + `]}}]}]}`, []string{"Unknown", "Message/Text"}},
	{"a change without a field, about a template", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"event":"APPROVED","message_template_id":1}}]}]}`, []string{"TemplateStatus"}},
	{"a change without a field, about a Flow", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"event":"X","flow_id":1}}]}]}`, []string{"FlowEvent"}},
	{"a change without a field, about the account", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"event":"X"}}]}]}`, []string{"AccountUpdate"}},
	{"a change without a field, which stands in the value", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"field":"security","event":"X"}}]}]}`, []string{"SecurityEvent"}},
	{"a change without a field, about a call", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"calls":[{"id":"c","event":"connect"}]}}]}]}`, []string{"Call"}},
	{"a change without a field, about an address book", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"state_sync":[{"action":"add","contact":{"user_id":"U"}}]}}]}]}`, []string{"ContactSync"}},
	{"a change without a field, about quality", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"new_quality_score":"RED","message_template_id":1}}]}]}`, []string{"TemplateQuality"}},
	{"a change without a field, about wording", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"message_template_element":"x","message_template_id":1}}]}]}`, []string{"TemplateComponents"}},
	{"changes twice", `{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"security","value":{"event":"X"}}],"changes":[{"field":"security","value":{"event":"Y"}}]}]}`, []string{"SecurityEvent", "SecurityEvent"}},
	{"a message echo without an id", in("message_echoes", `{"message_echoes":[{"type":"text"}]}`), []string{"Unknown!"}},
	{"a standby message and status without an id", in("standby", `{"standby":{"messages":[{"type":"text"}],"statuses":[{"status":"read"}]}}`), []string{"Unknown!", "Unknown!"}},
	{"a message of the history without an id", in("history", `{"messages":[{"type":"text"}]}`), []string{"Unknown!"}},
	{"account events without what makes them one", `{"object":"whatsapp_business_account","entry":[{"changes":[` +
		`{"field":"account_alerts","value":{}},{"field":"account_review_update","value":{}},{"field":"account_update","value":{}},` +
		`{"field":"partner_solutions","value":{}},{"field":"account_settings_update","value":{}},{"field":"phone_number_name_update","value":{}},` +
		`{"field":"phone_number_quality_update","value":{}},{"field":"business_username_updates","value":{}},{"field":"security","value":{}},` +
		`{"field":"payment_configuration_update","value":{}},{"field":"flows","value":{}},{"field":"message_template_quality_update","value":{}},` +
		`{"field":"message_template_components_update","value":{}},{"field":"template_category_update","value":{}},{"field":"template_correct_category_detection","value":{}}` +
		`]}]}`, slices.Repeat([]string{"Unknown!"}, 15)},
	{"parts that are strings", `{"object":"whatsapp_business_account","entry":[{"changes":[` +
		`{"field":"account_update","value":{"event":"X","ban_info":"x","waba_info":[1]}},` +
		`{"field":"messages","value":{"messages":[{"id":"a","type":"request_welcome","referral":"x"}],"statuses":[{"id":"s","status":"sent","conversation":"x"}]}},` +
		`{"field":"calls","value":{"calls":[{"id":"c","event":"connect","session":"x","call_recording":{"audio":"x"}}]}}]}]}`,
		[]string{"AccountUpdate?", "Message/Welcome?", "Status?", "Call?"}},
	{"an unsupported that is a string", messages(`{"id":"a","type":"unsupported","unsupported":"x"}`), []string{"Message/Unknown!"}},
	{"contacts that are missing", messages(`{"id":"a","type":"contacts"}`), []string{"Message/Unknown!"}},
	{"an edit that is a string", messages(`{"id":"a","type":"edit","edit":{"message":"x"}}`), []string{"Message/Unknown!"}},
	{"a change about nobody knows what", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"x":1}}]}]}`, []string{"Unknown"}},
	{"no object but entries", `{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[` + good + `]}}]}]}`, []string{"Message/Text"}},
	{"the members in the other order", `{"entry":[{"changes":[{"value":{"messages":[` + good + `],"contacts":[{"wa_id":"13125550143"}],"metadata":{"phone_number_id":"2"}},"field":"messages"}],"id":"1"}],"object":"whatsapp_business_account"}`, []string{"Message/Text"}},
	{"members twice", `{"object":"page","object":"whatsapp_business_account","entry":[],"entry":[{"id":"0","id":"1","changes":[{"field":"messages","value":{"messages":[` + good + `],"messages":[` + good + `]}}]}]}`, []string{"Message/Text", "Message/Text"}},
	{"another object", `{"object":"page","entry":[{"id":"1","messaging":[{"message":{"text":"hi"}}]}]}`, nil},
	{"no entries", `{"object":"whatsapp_business_account"}`, nil},
	{"an empty list of entries", `{"object":"whatsapp_business_account","entry":[]}`, nil},
	{"an empty object", `{}`, []string{"Unknown!"}},
	{"null", `null`, []string{"Unknown!"}},
	{"an array", `[]`, []string{"Unknown!"}},
	{"a string", `"whatsapp_business_account"`, []string{"Unknown!"}},
	{"invalid UTF-8 in a text", messages(strings.Replace(good, "hi", "h\xffi", 1)), []string{"Message/Text"}},
	{"half a surrogate pair in a text", messages(strings.Replace(good, "hi", `h\ud83di`, 1)), []string{"Message/Text"}},
	{"9,000 nested arrays in a text", messages(strings.Replace(good, `"hi"`, strings.Repeat("[", 9000)+strings.Repeat("]", 9000), 1)), []string{"Message/Unknown!"}},
}

func TestBadInputsHaveTheirStatedOutcome(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(badInputs), 80)
	for _, tt := range badInputs {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse([]byte(tt.body))
			require.NoError(t, err)
			require.Equal(t, tt.want, describe(d))
			requireRebuilds(t, d)
			requireKept(t, d)
		})
	}
}

// requireKept checks that what was not understood is there in full.
func requireKept(t *testing.T, d *webhook.Delivery) {
	t.Helper()
	for e := range d.Events() {
		require.NotEmpty(t, e.Payload)
		require.NotPanics(t, func() { _ = fmt.Sprint(slogString(e)) })
		for _, x := range []any{e.Payload, contentOf(e.Payload)} {
			if u, ok := x.(*webhook.Unknown); ok {
				require.NotEmpty(t, u.Raw)
				require.Contains(t, string(d.Body), string(u.Raw))
			}
		}
	}
}

func TestBodiesThatAreNotJSON(t *testing.T) {
	t.Parallel()
	valid := messages(good)
	for name, body := range map[string]string{
		"empty":                    "",
		"white space":              " \n",
		"cut short":                valid[:len(valid)-1],
		"trailing garbage":         valid + "x",
		"two bodies":               valid + valid,
		"a form":                   "hub.mode=subscribe&hub.challenge=1",
		"a byte order mark":        "\ufeff" + valid,
		"a raw line break in text": strings.Replace(valid, "hi", "h\ni", 1),
		"single quotes":            strings.ReplaceAll(valid, `"`, `'`),
		"a comment":                valid + "// hi",
		"1 M nested arrays":        strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000),
		"a zero byte":              valid + "\x00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse([]byte(body))
			require.ErrorIs(t, err, webhook.ErrMalformed)
			require.NotContains(t, err.Error(), "hi")
			require.Equal(t, []string{"Unknown!"}, describe(d))
			for e := range d.Events() {
				require.Equal(t, body, string(e.Payload.(*webhook.Unknown).Raw))
				require.Equal(t, body, string(e.Raw()))
				require.Equal(t, body, string(e.AppendBody(nil)), "kept as it is")
				again, err := webhook.Parse(e.AppendBody(nil))
				require.ErrorIs(t, err, webhook.ErrMalformed)
				for e2 := range again.Events() {
					require.Equal(t, e.Key(), e2.Key())
				}
			}
		})
	}
}

func TestBodiesOfManyValuesComeThrough(t *testing.T) {
	t.Parallel()
	for range 2 { // the second time from the pool, or without it
		body := messages(`{"id":"a","type":"hologram","hologram":[0` + strings.Repeat(",0", 100_000) + `]},` + good)
		d, err := webhook.Parse([]byte(body))
		require.NoError(t, err)
		require.Equal(t, []string{"Message/Unknown", "Message/Text"}, describe(d))
	}
}

func TestLargeBodiesComeThrough(t *testing.T) {
	t.Parallel()
	item := `{"id":"wamid.%d","from":"13125550143","timestamp":"1795003200","type":"text","text":{"body":"` + strings.Repeat("x", 2900) + `"}}`
	var items []string
	for i := range 1000 {
		items = append(items, fmt.Sprintf(item, i))
	}
	body := messages(strings.Join(items, ","))
	require.Greater(t, len(body), 3_000_000-10_000)
	d, err := webhook.Parse([]byte(body))
	require.NoError(t, err)
	require.Equal(t, 1000, d.Len())
	keys := map[string]bool{}
	for e := range d.Events() {
		keys[e.Key()] = true
		require.Equal(t, "Dana", e.Payload.(*webhook.Message).From.Name)
	}
	require.Len(t, keys, 1000)
}
