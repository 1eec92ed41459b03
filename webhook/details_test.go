package webhook_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

var at2026 = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC) // 1795003200

// TestDocumentedKeysThatNoFixtureShows compares payloads field by field for keys
// that Meta documents and the fixtures leave out.
func TestDocumentedKeysThatNoFixtureShows(t *testing.T) {
	t.Parallel()
	status := func(s string) string { return in("messages", `{"statuses":[`+s+`]}`) }
	for _, tt := range []struct {
		name, body string
		want       webhook.Payload
	}{
		{"a status with everything", status(`{"id":"s","status":"sent","timestamp":"1795003200","recipient_id":"+1 3","recipient_user_id":"U","parent_recipient_user_id":"P",` +
			`"biz_opaque_callback_data":"o","template_id":7,"pricing":{"pricing_model":"PMP","type":"regular","category":"utility"},` +
			`"conversation":{"id":"c","expiration_timestamp":1795003200,"origin":{"type":"utility"},"pricing":{"type":"x"}}}`),
			&webhook.Status{ID: "s", Status: webhook.StatusSent, Time: at2026, Recipient: webhook.Identity{Phone: "13", BSUID: "U", ParentBSUID: "P"},
				OpaqueID: "o", TemplateID: "7", Pricing: &webhook.Pricing{Billable: true, Model: "PMP", Type: "regular", Category: "utility"},
				Conversation: &webhook.Conversation{ID: "c", Expires: at2026, Origin: "utility"}}},
		{"a price that Meta no longer calls billable", status(`{"id":"s","status":"sent","pricing":{"type":"free_entry_point"}}`),
			&webhook.Status{ID: "s", Status: "sent", Pricing: &webhook.Pricing{Type: webhook.PricingFreeEntryPoint}}},
		{"a billable flag that disagrees with the type", status(`{"id":"s","status":"sent","pricing":{"billable":"false","type":"regular"}}`),
			&webhook.Status{ID: "s", Status: "sent", Pricing: &webhook.Pricing{Type: "regular"}}},
		{"a status with null for everything", status(`{"id":"s","status":"read","timestamp":null,"recipient_id":null,"errors":null,"pricing":null,"conversation":null}`),
			&webhook.Status{ID: "s", Status: "read"}},
		{"a group participant in full", status(`{"id":"s","status":"read","recipient_id":"g","recipient_type":"group","recipient_participant_id":"1",` +
			`"recipient_participant_user_id":"U","recipient_participant_parent_user_id":"P"}`),
			&webhook.Status{ID: "s", Status: "read", GroupID: "g", Recipient: webhook.Identity{Phone: "1", BSUID: "U", ParentBSUID: "P"}}},
		{"a participant without the word group", status(`{"id":"s","status":"read","recipient_id":"g@us","participant_recipient_id":"1"}`),
			&webhook.Status{ID: "s", Status: "read", GroupID: "g@us", Recipient: webhook.Identity{Phone: "1"}}},
		{"a payment that Meta refused", status(`{"id":"s","type":"payment","status":"failed","biz_opaque_callback_data":"o","errors":[{"code":"131009"}],"payment":{"reference_id":"r"}}`),
			&webhook.PaymentStatus{ID: "s", Status: "failed", ReferenceID: "r", OpaqueID: "o", Errors: []webhook.Error{{Code: 131009}}}},
		{"a gateway's own fields", status(`{"id":"s","type":"payment","status":"pending","timestamp":"1795003200","recipient_user_id":"U","recipient_parent_user_id":"P",` +
			`"payment":{"reference_id":"r","udf1":"a","udf4":4,"udf5":"no","udf0":"no","udfx":"no","additional_info1":"b","additional_info7":"c","additional_info8":"no","other":"no"}}`),
			&webhook.PaymentStatus{ID: "s", Status: "pending", ReferenceID: "r", Recipient: webhook.Identity{BSUID: "U", ParentBSUID: "P"},
				UDF: [4]string{"a", "", "", "4"}, AdditionalInfo: [7]string{0: "b", 6: "c"}}},
		{"a call with parents and errors", in("calls", `{"calls":[{"id":"c","event":"terminate","timestamp":"1795003200","direction":"BUSINESS_INITIATED",`+
			`"from_user_id":"B","from_parent_user_id":"BP","to_user_id":"U","to_parent_user_id":"P","status":"Failed","errors":[{"code":"138000"}]}],"errors":[{"code":5}]}`),
			&webhook.Call{ID: "c", Event: webhook.CallTerminate, Direction: webhook.CallByBusiness, Status: "FAILED",
				User: webhook.Identity{BSUID: "U", ParentBSUID: "P"}, Errors: []webhook.Error{{Code: 138000}, {Code: 5}}}},
		{"a session under its former name", in("calls", `{"calls":[{"id":"c","event":"connect","direction":"USER_INITIATED","connection":{"webrtc":{"sdp":"v=0"}}}]}`),
			&webhook.Call{ID: "c", Event: webhook.CallConnect, Direction: webhook.CallByUser, Session: &webhook.CallSession{SDP: "v=0"}}},
		{"a session under both names", in("calls", `{"calls":[{"id":"c","event":"connect","direction":"USER_INITIATED","session":{"sdp_type":"offer","sdp":"v=0"},"connection":{"webrtc":{"sdp":"v=1"}}}]}`),
			&webhook.Call{ID: "c", Event: webhook.CallConnect, Direction: webhook.CallByUser, Session: &webhook.CallSession{Type: "offer", SDP: "v=0"}}},
		{"a recording of no kind we know", in("calls", `{"calls":[{"id":"c","event":"call_recording_available","direction":"USER_INITIATED","call_recording":{"type":"smell","smell":{}}}]}`),
			&webhook.Call{ID: "c", Event: webhook.CallRecordingAvailable, Direction: webhook.CallByUser}},
		{"a failed call status", in("calls", `{"statuses":[{"id":"c","status":"rejected","recipient_parent_user_id":"P","errors":[{"code":1}]}]}`),
			&webhook.CallStatus{ID: "c", Status: webhook.CallRejected, Recipient: webhook.Identity{ParentBSUID: "P"}, Errors: []webhook.Error{{Code: 1}}}},
		{"a call status among messages", status(`{"id":"c","type":"call","status":"RINGING"}`),
			&webhook.CallStatus{ID: "c", Status: webhook.CallRinging}},
		{"a handover between apps", in("messaging_handovers", `{"type":"control_taken","sender":{"wa_id":"1","user_id":"U","parent_user_id":"P"},`+
			`"control_taken":{"previous_owner_app_id":1,"new_owner_app_id":"2"}}`),
			&webhook.Handover{Kind: webhook.HandoverTaken, User: webhook.Identity{Phone: "1", BSUID: "U", ParentBSUID: "P"}, PreviousApp: "1", NewApp: "2"}},
		{"an echo into a group", in("smb_message_echoes", `{"message_echoes":[{"id":"a","from":"2","to_parent_user_id":"P","group_id":"g","type":"request_welcome","errors":[{"code":1}],"context":{"id":"q"}}]}`),
			&webhook.Echo{ID: "a", From: "2", To: webhook.Identity{ParentBSUID: "P"}, GroupID: "g", Content: &webhook.Welcome{},
				Errors: []webhook.Error{{Code: 1}}, Context: &webhook.Context{ID: "q"}}},
		{"a standby echo to a BSUID", in("standby", `{"standby":{"message_echoes":[{"id":"a","message":{"recipient":"U","type":"text"}}]}}`),
			&webhook.StandbyEcho{ID: "a", To: webhook.Identity{BSUID: "U"}, Type: "text", Request: json.RawMessage(`{"recipient":"U","type":"text"}`)}},
		{"a standby echo with the template only", in("standby", `{"standby":{"message_echoes":[{"id":"a","template":{"name":"n","language":"de"}}]}}`),
			&webhook.StandbyEcho{ID: "a", TemplateName: "n", TemplateLanguage: "de", Template: json.RawMessage(`{"name":"n","language":"de"}`)}},
		{"a payment status in standby", in("standby", `{"standby":{"statuses":[{"id":"s","type":"payment","status":"captured"}]}}`),
			&webhook.Unknown{Field: "standby", Type: "payment", Raw: json.RawMessage(`{"id":"s","type":"payment","status":"captured"}`)}},
		{"an address book entry with a parent", in("smb_app_state_sync", `{"state_sync":[{"action":"add","contact":{"parent_user_id":"P"}}]}`),
			&webhook.ContactSync{Action: webhook.ContactAdded, Contact: webhook.Identity{ParentBSUID: "P"}}},
		{"a thread with a parent", in("history", `{"history":[{"threads":[{"context":{"parent_user_id":"P"},"messages":[{"id":"a","from":"2","to":"1","type":"request_welcome"}]}]}]}`),
			&webhook.HistoryMessage{ID: "a", Outbound: true, User: webhook.Identity{Phone: "1", ParentBSUID: "P"}, Content: &webhook.Welcome{}}},
		{"a message of ours in a thread that names no recipient", in("history", `{"metadata":{"display_phone_number":"2"},"history":[{"threads":[{"id":"1","messages":[{"id":"a","from":"2","type":"request_welcome"}]}]}]}`),
			&webhook.HistoryMessage{ID: "a", Outbound: true, User: webhook.Identity{Phone: "1"}, Content: &webhook.Welcome{}}},
		{"a preference with parent and signup", in("user_preferences", `{"user_preferences":[{"parent_user_id":"P","value":"stop","signup_id":"s","category":"c","detail":"d"}]}`),
			&webhook.UserPreference{User: webhook.Identity{ParentBSUID: "P"}, Value: webhook.PreferenceStop, SignupID: "s", Category: "c", Detail: "d"}},
		{"a new parent BSUID", in("user_id_update", `{"user_id_update":[{"user_id":{"current":"U"},"parent_user_id":{"previous":"P","current":"Q"}}]}`),
			&webhook.UserIDUpdate{Current: webhook.Identity{BSUID: "U", ParentBSUID: "Q"}, Previous: webhook.Identity{ParentBSUID: "P"}}},
		{"marketing events in Meta's other casing", in("automatic_events", `{"automatic_events":[{"event_name":"leadsubmitted"}]}`),
			&webhook.AutomaticEvent{Name: webhook.AutomaticLead}},
		{"a marketing event of the future", in("automatic_events", `{"automatic_events":[{"event_name":"Sneezed","custom_data":{"value":"12.6"}}]}`),
			&webhook.AutomaticEvent{Name: "Sneezed", ValueMilli: 13}},
		{"a group that could not be made", in("group_lifecycle_update", `{"groups":[{"type":"group_create","request_id":"r","errors":[{"code":1}]}]}`),
			&webhook.GroupLifecycle{Type: webhook.GroupCreate, RequestID: "r", Errors: []webhook.Error{{Code: 1}}}},
		{"the other spelling of leaving", in("group_participants_update", `{"groups":[{"group_id":"g","type":"group_remove_participants"}]}`),
			&webhook.GroupParticipants{GroupID: "g", Type: webhook.GroupParticipantsRemove}},
		{"a standby echo of nothing, from nobody's number", in("standby", `{"standby":{"message_echoes":[{"id":"a","message":null,"flow":null}]}}`),
			&webhook.StandbyEcho{ID: "a"}},
		{"a sender in words", in("messages", `{"messages":[{"id":"a","from":"unknown","type":"request_welcome"}]}`),
			&webhook.Message{ID: "a", From: webhook.Identity{Phone: "unknown"}, Content: &webhook.Welcome{}}},
		{"a settings change of nothing", in("group_settings_update", `{"groups":[{"group_id":"g","group_subject":null,"profile_picture":"x"}]}`),
			&webhook.GroupSettings{GroupID: "g"}},
		{"a restriction with a remedy", in("account_update", `{"event":"ACCOUNT_RESTRICTION","restriction_info":{"restriction_type":"R","remediation":"wait","expiration":"1795003200"}}`),
			&webhook.AccountUpdate{Event: "ACCOUNT_RESTRICTION", Restrictions: []webhook.Restriction{{Type: "R", Remediation: "wait", Expires: at2026}}}},
		{"partners as numbers", in("account_update", `{"event":"PARTNER_ADDED","waba_info":{"solution_partner_business_ids":[1,"2",{}]}}`),
			&webhook.AccountUpdate{Event: "PARTNER_ADDED", WABA: &webhook.WABAInfo{PartnerBusinesses: []string{"1", "2"}}}},
		{"business status", in("business_status_update", `{"event":"X"}`), &webhook.AccountUpdate{Event: "X"}},
		{"the older limits", in("business_capability_update", `{"max_daily_conversations_per_business":-1,"max_daily_conversation_per_phone":250}`),
			&webhook.CapabilityUpdate{DailyLimit: "-1", PerNumberLimit: "250"}},
		{"the older limits of a number", in("phone_number_quality_update", `{"event":"DOWNGRADE","old_limit":"TIER_10K","current_limit":"TIER_1K"}`),
			&webhook.NumberQuality{Event: "DOWNGRADE", OldLimit: "TIER_10K", CurrentLimit: "TIER_1K"}},
		{"calling with SRTP, in Meta's other casing", in("account_settings_update", `{"type":"PHONE_NUMBER_SETTINGS","phone_number_settings":{"calling":{"srtp_key_exchange_protocol":"SDES"}}}`),
			&webhook.NumberSettings{Type: "phone_number_settings", SRTPKeyExchange: "SDES", Raw: json.RawMessage(`{"calling":{"srtp_key_exchange_protocol":"SDES"}}`)}},
		{"a disabled template, by number", in("message_template_status_update", `{"event":"DISABLED","message_template_name":"n","disable_info":{"disable_date":1795003200},"reason":null}`),
			&webhook.TemplateStatus{Template: webhook.Template{Name: "n"}, Event: webhook.TemplateDisabled, Disabled: at2026}},
		{"the content of a call without one", messages(`{"id":"a","type":"voice","voice":{"id":"5","animated":"true"}}`),
			&webhook.Message{ID: "a", From: webhook.Identity{BSUID: "US.1", Phone: "13125550143", Name: "Dana"},
				Content: &webhook.Media{Kind: webhook.MediaAudio, ID: "5", Voice: true, Animated: true}}},
		{"the former name of what is unsupported", messages(`{"id":"a","from":"13125550143","type":"unknown"}`),
			&webhook.Message{ID: "a", From: webhook.Identity{BSUID: "US.1", Phone: "13125550143", Name: "Dana"}, Content: &webhook.Unsupported{}}},
		{"a video that was too large", messages(`{"id":"a","from":"13125550143","type":"video","errors":[{"code":131052}]}`),
			&webhook.Message{ID: "a", From: webhook.Identity{BSUID: "US.1", Phone: "13125550143", Name: "Dana"},
				Content: &webhook.Unsupported{Type: "video"}, Errors: []webhook.Error{{Code: 131052}}}},
		{"a referral with a ref", messages(`{"id":"a","type":"request_welcome","referral":{"ref":"r","source_type":"post","welcome_message":null}}`),
			&webhook.Message{ID: "a", From: webhook.Identity{BSUID: "US.1", Phone: "13125550143", Name: "Dana"}, Content: &webhook.Welcome{},
				Referral: &webhook.Referral{Ref: "r", SourceType: "post"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := webhook.Parse([]byte(tt.body))
			require.NoError(t, err)
			require.Equal(t, 1, d.Len())
			for e := range d.Events() {
				require.Empty(t, cmp.Diff(tt.want, e.Payload, equalPayloads))
			}
			requireRebuilds(t, d)
		})
	}
}

func TestTimestampsInEveryForm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		timestamp string
		want      time.Time
		flaw      bool
	}{
		{`"1795003200"`, at2026, false},
		{`1795003200`, at2026, false},
		{`1795003200.0`, at2026, false},
		{`"1795003200000"`, at2026, false},
		{`1795003200123`, at2026.Add(123 * time.Millisecond), false},
		{`1.7950032e9`, at2026, false},
		{`0`, time.Time{}, false},
		{`""`, time.Time{}, false},
		{`null`, time.Time{}, false},
		{`-1`, time.Time{}, true},
		{`253402300800`, time.Time{}, true}, // the year 10000 has no JSON form
		{`"253402300800000"`, time.Time{}, true},
		{`9223372036854775808`, time.Time{}, true},
		{`1e400`, time.Time{}, true},
		{`true`, time.Time{}, true},
		{`[1795003200]`, time.Time{}, true},
		{`"2026-11-18T12:00:00Z"`, time.Time{}, true},
	} {
		d, err := webhook.Parse([]byte(messages(`{"id":"a","timestamp":` + tt.timestamp + `,"type":"request_welcome"}`)))
		require.NoError(t, err)
		for e := range d.Events() {
			require.Equal(t, tt.want, e.Time, tt.timestamp)
			require.Equal(t, tt.want, e.Payload.(*webhook.Message).Time, tt.timestamp)
			require.Equal(t, tt.flaw, e.Err != nil, tt.timestamp)
		}
	}
}

func TestItemsWithoutATimeTakeThatOfTheirEntry(t *testing.T) {
	t.Parallel()
	body := `{"object":"whatsapp_business_account","entry":[{"id":"1","time":"1795003200","changes":[` +
		`{"field":"messages","value":{"messages":[{"id":"a","type":"request_welcome"}],"errors":[{"code":1}],"x":1}},` +
		`{"field":"security","value":{"event":"X"}}]},{"time":{},"changes":[{"field":"security","value":{"event":"X"}}]}]}`
	d, err := webhook.Parse([]byte(body))
	require.NoError(t, err)
	var times []time.Time
	for e := range d.Events() {
		times = append(times, e.Time)
		require.NoError(t, e.Err, "a malformed envelope is nobody's flaw")
	}
	require.Equal(t, []time.Time{at2026, at2026, at2026, at2026, {}}, times)
	requireRebuilds(t, d)
}

func TestTextsKeepEveryCharacter(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{
		`plain`:                     "plain",
		`caf\u00e9 \ud83d\ude00 \/`: "café 😀 /",
		`\"\\\b\f\n\r\t`:            "\"\\\b\f\n\r\t",
		`\u0000`:                    "\x00",
		`lone \ud83d surrogate`:     "lone \ufffd surrogate",
		"invalid \xff byte":         "invalid \ufffd byte",
		"two\u2028lines":            "two\u2028lines",
		`<script>&amp;`:             "<script>&amp;",
	} {
		m := first[*webhook.Message](t, messages(`{"id":"a","type":"text","text":{"body":"`+wire+`"}}`))
		require.Equal(t, want, m.Content.(*webhook.Text).Body)
	}
}

func TestStatusesHaveARank(t *testing.T) {
	t.Parallel()
	rank := 0
	for _, s := range []webhook.StatusKind{webhook.StatusSent, webhook.StatusDelivered, webhook.StatusRead, webhook.StatusPlayed} {
		rank++
		require.Equal(t, rank, s.Rank(), s)
	}
	for _, s := range []webhook.StatusKind{webhook.StatusFailed, "deleted", "warning", ""} {
		require.Zero(t, s.Rank(), s)
	}
}

func TestDeliveryDoesNotShareMemoryWithTheBody(t *testing.T) {
	t.Parallel()
	body := []byte(messages(good))
	d, err := webhook.Parse(body)
	require.NoError(t, err)
	for i := range body {
		body[i] = 'x'
	}
	for e := range d.Events() {
		require.Equal(t, "hi", e.Payload.(*webhook.Message).Content.(*webhook.Text).Body)
		require.JSONEq(t, good, string(e.Raw()))
	}
}
