package cloudapitest_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// shape lists the paths of a JSON value with their types: "entry[].id string".
func shape(v any) map[string]bool {
	out := make(map[string]bool)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			out[path+" object"] = true
			for k, m := range v {
				walk(path+"."+k, m)
			}
		case []any:
			out[path+" array"] = true
			for _, m := range v {
				walk(path+"[]", m)
			}
		case string:
			out[path+" string"] = true
		case float64:
			out[path+" number"] = true
		case bool:
			out[path+" bool"] = true
		case nil:
			out[path+" null"] = true
		}
	}
	walk("", v)
	return out
}

func shapeOf(t *testing.T, body []byte) map[string]bool {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(body, &v))
	return shape(v)
}

// minus lists what a has and b lacks, apart from the paths that except names.
func minus(a, b map[string]bool, except []string) []string {
	var out []string
	for _, p := range slices.Sorted(maps.Keys(a)) {
		if !b[p] && !slices.ContainsFunc(except, func(x string) bool { return strings.Contains(p, x) }) {
			out = append(out, p)
		}
	}
	return out
}

const buttons = `"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[
	{"type":"reply","reply":{"id":"yes","title":"Yes"}},{"type":"reply","reply":{"id":"no","title":"No"}}]}}`

// TestEveryWebhookHasTheShapeOfItsFixture lets the world emit each kind and compares
// keys and JSON types, both ways, with the documents in Meta's own shape.
func TestEveryWebhookHasTheShapeOfItsFixture(t *testing.T) {
	t.Parallel()
	type try struct {
		fixture string
		do      func(t *testing.T, s *site)
		pick    string   // the body must contain this; "" = the last body
		late    []int    // Config.LateErrors
		extra   []string // parts the world emits and the fixture, which shows a variant, lacks
		without []string // optional parts of the fixture that the world does not emit
	}
	open := func(s *site) { s.user.Text(s.number, "hi"); s.Settle(); s.in.take() }
	mustSend := func(t *testing.T, s *site, rest string) string {
		t.Helper()
		status, b := s.send(rest)
		require.Equal(t, 200, status, "%v", b)
		s.Settle()
		return b["messages"].([]any)[0].(map[string]any)["id"].(string)
	}
	hidden := func(s *site) {
		s.user = s.AddUser(cloudapitest.UserConfig{Name: "Sam Hidden", Phone: "13125550150", Username: "sam.hidden", HidePhone: true})
	}
	toHidden := func(s *site, rest string) map[string]any {
		_, b := s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","recipient":"`+s.user.BSUID(s.number)+`",`+rest+`}`)
		return b
	}
	text := `"type":"text","text":{"body":"hello"}`
	template := func(t *testing.T, s *site) *cloudapitest.Template {
		t.Helper()
		tmpl, err := s.account.AddTemplate(`{"name":"plain","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
		require.NoError(t, err)
		return tmpl
	}
	enable := func(s *site) {
		s.graph("POST", s.number.ID+"/settings", `{"calling":{"status":"ENABLED"}}`)
	}
	session := `"session":{"sdp_type":"offer","sdp":"v=0"}`
	permit := func(t *testing.T, s *site) {
		open(s)
		mustSend(t, s, `"type":"interactive","interactive":{"type":"call_permission_request","action":{"name":"call_permission_request"}}`)
		_, err := s.user.AllowCalls(s.number, false)
		require.NoError(t, err)
	}
	for _, tc := range []try{
		{fixture: "messages_text", do: func(_ *testing.T, s *site) { s.user.Text(s.number, "hi") }},
		{fixture: "messages_text_wire_escaped", do: func(_ *testing.T, s *site) { s.user.Text(s.number, "Café/🚀") }},
		{fixture: "messages_text_username_no_phone", do: func(_ *testing.T, s *site) { hidden(s); s.user.Text(s.number, "hi") }},
		{fixture: "messages_text_reply_context", do: func(t *testing.T, s *site) {
			open(s)
			id := mustSend(t, s, text)
			_, err := s.user.Reply(s.number, id, "yes")
			require.NoError(t, err)
		}},
		{fixture: "messages_text_forwarded", do: func(_ *testing.T, s *site) { s.user.Forward(s.number, "see", 1) }},
		{fixture: "messages_text_frequently_forwarded", do: func(_ *testing.T, s *site) { s.user.Forward(s.number, "see", 6) }},
		{fixture: "messages_text_ctwa_referral_image", do: func(_ *testing.T, s *site) {
			s.user.FromAd(s.number, "more?", cloudapitest.Ad{Headline: "h", Body: "b", ImageURL: "https://example.com/a.jpg", ClickID: "c"})
		}, without: []string{"welcome_message"}},
		{fixture: "messages_image", do: func(_ *testing.T, s *site) {
			s.user.Image(s.number, cloudapitest.Attachment{Caption: "box"})
		}},
		{fixture: "messages_video", do: func(_ *testing.T, s *site) { s.user.Video(s.number, cloudapitest.Attachment{Caption: "c"}) }},
		{fixture: "messages_audio", do: func(_ *testing.T, s *site) { s.user.Audio(s.number, cloudapitest.Attachment{}) }},
		{fixture: "messages_audio_voice", do: func(_ *testing.T, s *site) { s.user.Voice(s.number, cloudapitest.Attachment{}) }},
		{fixture: "messages_sticker", do: func(_ *testing.T, s *site) { s.user.Sticker(s.number, cloudapitest.Attachment{}) }},
		{fixture: "messages_document", do: func(_ *testing.T, s *site) {
			s.user.Document(s.number, cloudapitest.Attachment{Caption: "c", Filename: "a.pdf"})
		}},
		{fixture: "messages_location", do: func(_ *testing.T, s *site) {
			s.user.SharePlace(s.number, cloudapitest.Place{Latitude: 37.4, Longitude: -122.1, Name: "n", Address: "a"})
		}, without: []string{".location.url"}},
		{fixture: "messages_location_pin_only", do: func(_ *testing.T, s *site) {
			s.user.SharePlace(s.number, cloudapitest.Place{Latitude: 37.4, Longitude: -122.1})
		}},
		{fixture: "messages_contacts_shared_vcard", do: func(_ *testing.T, s *site) { s.user.ShareContact(s.number, "Pat Example", "12025550199") }},
		{fixture: "messages_contacts_contact_request", do: func(t *testing.T, s *site) {
			hidden(s)
			open(s)
			require.Zero(t, code(toHidden(s, `"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"?"},"action":{"name":"request_contact_info"}}`)))
			s.Settle()
			_, err := s.user.ShareMyNumber(s.number)
			require.NoError(t, err)
		}},
		{fixture: "messages_interactive_button_reply", do: func(t *testing.T, s *site) {
			open(s)
			mustSend(t, s, buttons)
			_, err := s.user.Tap(s.number, "Yes")
			require.NoError(t, err)
		}},
		{fixture: "messages_interactive_list_reply", do: func(t *testing.T, s *site) {
			open(s)
			mustSend(t, s, `"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"Pick","sections":[{"rows":[{"id":"a","title":"A","description":"first"}]}]}}`)
			_, err := s.user.Choose(s.number, "A")
			require.NoError(t, err)
		}},
		{fixture: "messages_interactive_nfm_reply_flow", do: func(t *testing.T, s *site) {
			open(s)
			s.account.AddFlow(cloudapitest.FlowConfig{ID: "1"})
			mustSend(t, s, `"type":"interactive","interactive":{"type":"flow","body":{"text":"?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"1","flow_cta":"Rate","flow_token":"ft"}}}`)
			_, err := s.user.FillFlow(s.number, `{"rating":"4"}`)
			require.NoError(t, err)
		}},
		{fixture: "messages_interactive_call_permission_reply_accept", do: permit},
		{fixture: "messages_button", do: func(t *testing.T, s *site) {
			_, err := s.account.AddTemplate(`{"name":"ask","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Still open?"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Yes"}]}]}`)
			require.NoError(t, err)
			mustSend(t, s, `"type":"template","template":{"name":"ask","language":{"code":"en_US"}}`)
			_, err = s.user.Tap(s.number, "Yes")
			require.NoError(t, err)
		}},
		{fixture: "messages_order", do: func(_ *testing.T, s *site) {
			s.user.Order(s.number, "7155", "gift wrap", cloudapitest.OrderItem{RetailerID: "SKU-1", Quantity: 2, Price: 7.99})
		}},
		{fixture: "messages_reaction", do: func(t *testing.T, s *site) {
			open(s)
			require.NoError(t, s.user.React(s.number, mustSend(t, s, text), "👍"))
		}},
		{fixture: "messages_reaction_removed", do: func(t *testing.T, s *site) {
			open(s)
			require.NoError(t, s.user.React(s.number, mustSend(t, s, text), ""))
		}},
		{fixture: "messages_edit_text", do: func(t *testing.T, s *site) {
			s.number = s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
			require.NoError(t, s.user.Edit(s.number, s.user.Text(s.number, "to-morrow"), "tomorrow"))
		}},
		{fixture: "messages_edit_image_caption", do: func(t *testing.T, s *site) {
			s.number = s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
			require.NoError(t, s.user.Edit(s.number, s.user.Image(s.number, cloudapitest.Attachment{Caption: "to-morrow"}), "tomorrow"))
		}},
		{fixture: "messages_revoke", do: func(t *testing.T, s *site) {
			s.number = s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
			require.NoError(t, s.user.Delete(s.number, s.user.Text(s.number, "oops")))
		}},
		{fixture: "messages_unsupported_131051_poll", do: func(_ *testing.T, s *site) { s.user.Poll(s.number) }},
		{fixture: "messages_request_welcome", do: func(_ *testing.T, s *site) {
			s.graph("POST", s.number.ID+"/conversational_automation", `{"enable_welcome_message":true}`)
			s.user.OpenChat(s.number)
		}},
		{fixture: "messages_system_user_changed_number", do: func(t *testing.T, s *site) {
			open(s)
			require.True(t, s.user.ChangeNumber("13125550188"))
		}},
		{fixture: "messages_system_user_changed_user_id", do: func(t *testing.T, s *site) {
			hidden(s)
			open(s)
			require.True(t, s.user.ChangeNumber("13125550188"))
		}, without: []string{"parent_user_id"}},
		{fixture: "messages_status_sent_utility", pick: `"status":"sent"`, do: func(t *testing.T, s *site) { open(s); mustSend(t, s, text) }},
		{fixture: "messages_status_delivered", do: func(t *testing.T, s *site) { open(s); mustSend(t, s, text) }},
		{fixture: "messages_status_read", do: func(t *testing.T, s *site) { open(s); mustSend(t, s, text); s.user.Read(s.number) }},
		{fixture: "messages_status_read_without_delivered", do: func(t *testing.T, s *site) {
			s.user = s.AddUser(cloudapitest.UserConfig{AtDesk: true})
			open(s)
			mustSend(t, s, text)
		}},
		{fixture: "messages_status_delivered_bsuid_only", do: func(t *testing.T, s *site) {
			hidden(s)
			open(s)
			require.Zero(t, code(toHidden(s, text)))
		}},
		{fixture: "messages_status_sent_biz_opaque_identity_hash", pick: `"status":"sent"`, do: func(t *testing.T, s *site) {
			open(s)
			s.graph("POST", s.number.ID+"/settings", `{"user_identity_change":{"enable_identity_key_check":true}}`)
			mustSend(t, s, text+`,"biz_opaque_callback_data":"ticket=1"`)
		}, extra: []string{".pricing"}},
		{fixture: "messages_text_identity_key_hash", do: func(_ *testing.T, s *site) {
			s.graph("POST", s.number.ID+"/settings", `{"user_identity_change":{"enable_identity_key_check":true}}`)
			s.user.Text(s.number, "hi")
		}},
		{fixture: "messages_status_played", do: func(t *testing.T, s *site) {
			open(s)
			mustSend(t, s, `"type":"audio","audio":{"link":"https://example.com/a.ogg","voice":true}`)
			s.user.Play(s.number)
		}},
		{fixture: "messages_status_delivered_free_entry_point", do: func(t *testing.T, s *site) {
			s.user.FromAd(s.number, "hi", cloudapitest.Ad{})
			s.Settle()
			mustSend(t, s, text)
		}},
		{fixture: "messages_status_failed_131049_ecosystem", do: func(t *testing.T, s *site) {
			_, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
			require.NoError(t, err)
			s.user.SetMarketingCap(s.number, 131049)
			mustSend(t, s, `"type":"template","template":{"name":"offer","language":{"code":"en_US"}}`)
		}},
		{fixture: "messages_status_failed_131047_window", late: []int{131047}, do: func(t *testing.T, s *site) { mustSend(t, s, text) }},
		{fixture: "messages_status_failed_sent_to_bsuid", do: func(t *testing.T, s *site) {
			s.user.Block(s.number)
			require.Zero(t, code(toHidden(s, text)))
		}},
		{fixture: "user_preferences_stop", do: func(_ *testing.T, s *site) { s.user.OptOut(s.number) }},
		{fixture: "user_preferences_resume_username_no_phone", do: func(_ *testing.T, s *site) { hidden(s); s.user.OptIn(s.number) }},
		{fixture: "calls_connect_user_initiated", do: func(_ *testing.T, s *site) { s.user.Call(s.number) }, without: []string{"deeplink_payload", "cta_payload"}},
		{fixture: "calls_connect_username_no_phone", do: func(_ *testing.T, s *site) {
			s.user = s.AddUser(cloudapitest.UserConfig{Name: "Sam", Username: "sam.h", HidePhone: true})
			s.user.Call(s.number)
		}},
		{fixture: "calls_terminate_completed", do: func(t *testing.T, s *site) {
			enable(s)
			call := s.user.Call(s.number)
			s.Settle()
			_, b := s.graph("POST", s.number.ID+"/calls", `{"messaging_product":"whatsapp","call_id":"`+call.ID+`","action":"accept","biz_opaque_callback_data":"t","session":{"sdp_type":"answer","sdp":"v=0"}}`)
			require.Zero(t, code(b), "%v", b)
			s.Advance(time.Minute)
			call.Hangup()
		}},
		{fixture: "calls_status_ringing", pick: "RINGING", do: func(t *testing.T, s *site) {
			enable(s)
			permit(t, s)
			_, b := s.graph("POST", s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect","biz_opaque_callback_data":"t",`+session+`}`)
			require.Zero(t, code(b), "%v", b)
		}},
		{fixture: "calls_connect_business_initiated", do: func(t *testing.T, s *site) {
			enable(s)
			permit(t, s)
			_, b := s.graph("POST", s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect",`+session+`}`)
			require.Zero(t, code(b), "%v", b)
			s.user.Ringing(s.number).Answer()
		}},
		{fixture: "calls_terminate_failed", pick: "terminate", without: []string{".errors"}, do: func(t *testing.T, s *site) {
			enable(s)
			permit(t, s)
			s.graph("POST", s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect",`+session+`}`)
			s.user.Ringing(s.number).Decline()
		}},
		{fixture: "calls_status_accepted", pick: "ACCEPTED", do: func(t *testing.T, s *site) {
			enable(s)
			permit(t, s)
			s.graph("POST", s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect","biz_opaque_callback_data":"t",`+session+`}`)
			s.user.Ringing(s.number).Answer()
		}},
		{fixture: "calls_status_rejected", pick: "REJECTED", do: func(t *testing.T, s *site) {
			enable(s)
			permit(t, s)
			s.graph("POST", s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect","biz_opaque_callback_data":"t",`+session+`}`)
			s.user.Ringing(s.number).Decline()
		}},
		{fixture: "message_template_status_update_approved", do: func(t *testing.T, s *site) { template(t, s).Approve() }},
		{fixture: "message_template_status_update_rejected_invalid_format", do: func(t *testing.T, s *site) { template(t, s).Reject("INVALID_FORMAT") }},
		{fixture: "message_template_status_update_paused", do: func(t *testing.T, s *site) { template(t, s).Pause() }},
		{fixture: "message_template_status_update_disabled", do: func(t *testing.T, s *site) { template(t, s).Disable() }},
		{fixture: "message_template_quality_update", do: func(t *testing.T, s *site) { template(t, s).SetQuality("YELLOW") }},
		{fixture: "template_category_update_impending", do: func(t *testing.T, s *site) { template(t, s).MoveCategory("MARKETING") }},
		{fixture: "template_category_update_completed", pick: "previous_category", do: func(t *testing.T, s *site) {
			template(t, s).MoveCategory("MARKETING")
			s.Advance(25 * time.Hour)
		}},
		{fixture: "phone_number_quality_update_throughput", do: func(_ *testing.T, s *site) { s.number.SetThroughput(1000); s.Advance(2 * time.Minute) }},
		{fixture: "phone_number_name_update_approved", do: func(_ *testing.T, s *site) { s.number.ReviewName(true) }},
		{fixture: "phone_number_name_update_rejected", do: func(_ *testing.T, s *site) { s.number.ReviewName(false) }},
		{fixture: "business_capability_update_tier_string", do: func(_ *testing.T, s *site) { s.account.Portfolio.SetLimit(100_000) }},
		{fixture: "account_review_update_approved", do: func(_ *testing.T, s *site) { s.account.Review("APPROVED") }},
		{fixture: "security_pin_changed", do: func(_ *testing.T, s *site) { s.graph("POST", s.number.ID, `{"pin":"123456"}`) }},
		{fixture: "business_username_updates_approved", do: func(_ *testing.T, s *site) { s.graph("POST", s.number.ID+"/username", `{"username":"lucky.shrub"}`) }},
		{fixture: "account_settings_update_calling", do: func(_ *testing.T, s *site) {
			s.graph("POST", s.number.ID+"/settings", `{"calling":{"status":"ENABLED","call_icon_visibility":"DEFAULT","callback_permission_status":"ENABLED",
				"call_hours":{"status":"ENABLED","timezone_id":"America/Chicago","weekly_operating_hours":[{"day_of_week":"MONDAY","open_time":"0900","close_time":"1700"}],
				"holiday_schedule":[{"date":"2026-12-25","start_time":"0000","end_time":"2359"}]},"sip":{"status":"DISABLED"}}}`)
		}},
		{fixture: "smb_message_echoes_text", do: func(_ *testing.T, s *site) {
			s.user = s.AddUser(cloudapitest.UserConfig{Username: "dana.w"})
			s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true}).AppText(s.user, "call you back")
		}},
		{fixture: "smb_message_echoes_revoke", do: func(t *testing.T, s *site) {
			n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
			require.True(t, n.AppDelete(n.AppText(s.user, "call you back")))
		}},
		{fixture: "group_lifecycle_update_create_success", do: func(t *testing.T, s *site) { group(t, s, "auto_approve") }},
		{fixture: "group_lifecycle_update_delete", do: func(t *testing.T, s *site) { s.graph("DELETE", group(t, s, "auto_approve").ID, "") }},
		{fixture: "group_participants_update_added_invite_link", do: func(t *testing.T, s *site) { s.user.Join(group(t, s, "auto_approve")) }},
		{fixture: "group_participants_update_added_username_no_phone", do: func(t *testing.T, s *site) { hidden(s); s.user.Join(group(t, s, "auto_approve")) },
			without: []string{"parent_user_id"}},
		{fixture: "group_participants_update_left_by_participant", do: func(t *testing.T, s *site) {
			g := group(t, s, "auto_approve")
			s.user.Join(g)
			s.user.Leave(g)
		}},
		{fixture: "group_participants_update_removed_by_business_partial", do: func(t *testing.T, s *site) {
			g := group(t, s, "auto_approve")
			s.user.Join(g)
			s.graph("DELETE", g.ID+"/participants", `{"messaging_product":"whatsapp","participants":[{"user":"+`+s.user.Phone()+`"},{"user":"+14155550177"}]}`)
		}},
		{fixture: "group_participants_update_join_request_created", do: func(t *testing.T, s *site) { s.user.Join(group(t, s, "approval_required")) }},
		{fixture: "group_settings_update_success", do: func(t *testing.T, s *site) {
			s.graph("POST", group(t, s, "auto_approve").ID, `{"messaging_product":"whatsapp","subject":"Order 88213 (late)","description":"Delivery"}`)
		}, without: []string{"profile_picture"}},
		{fixture: "group_status_update_suspended", do: func(t *testing.T, s *site) { group(t, s, "auto_approve").Suspend(true) }},
		{fixture: "messages_group_text", do: func(t *testing.T, s *site) {
			g := group(t, s, "auto_approve")
			s.user.Join(g)
			s.user.Text(g, "when?")
		}},
		{fixture: "messages_status_group_sent", pick: `"status":"sent"`, do: groupSend},
		{fixture: "messages_status_group_delivered_aggregated", pick: `"status":"delivered"`, do: groupSend},
		{fixture: "history_threads", do: func(t *testing.T, s *site) { syncCoexistence(t, s, "history") }},
		{fixture: "smb_app_state_sync_add", do: func(t *testing.T, s *site) { syncCoexistence(t, s, "smb_app_state_sync") }},
	} {
		t.Run(tc.fixture, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(c *cloudapitest.Config) { c.LateErrors = tc.late })
			tc.do(t, s)
			s.Settle()
			got := s.in.take()
			require.NotEmpty(t, got)
			body := got[len(got)-1]
			for _, b := range got {
				if tc.pick != "" && strings.Contains(string(b), tc.pick) {
					body = b
				}
			}
			compareShapes(t, tc.fixture, body, tc.extra, tc.without)
		})
	}
}

// understood checks that our own parser, written apart from the world, knows every
// part of what it sends.
func understood(t *testing.T, body []byte) {
	t.Helper()
	require.NotContains(t, string(body), "é", "bodies are ASCII, with escapes")
	d, err := webhook.Parse(body)
	require.NoError(t, err)
	require.Positive(t, d.Len())
	for ev := range d.Events() {
		require.NoError(t, ev.Err)
		require.NotEmpty(t, ev.Key())
		require.False(t, ev.Time.IsZero())
		switch p := ev.Payload.(type) {
		case *webhook.Unknown:
			t.Errorf("the parser does not know field %s, type %s", p.Field, p.Type)
		case *webhook.Message:
			if u, ok := p.Content.(*webhook.Unknown); ok {
				t.Errorf("the parser does not know content of type %s: %v", u.Type, u.Err)
			}
		default:
		}
	}
}

func compareShapes(t *testing.T, fixture string, body []byte, extra, without []string) {
	t.Helper()
	understood(t, body)
	ours, theirs := shapeOf(t, body), shapeOf(t, fixtures.Get(fixture))
	require.Empty(t, minus(ours, theirs, extra), "keys or types the fixture does not have, in\n%s", body)
	require.Empty(t, minus(theirs, ours, without), "keys or types of the fixture that are missing, in\n%s", body)
	for _, w := range without {
		require.True(t, slices.ContainsFunc(minus(theirs, ours, nil), func(path string) bool { return strings.Contains(path, w) }), "%s is listed as missing but is not", w)
	}
}

// group makes a group of an official number, which becomes the site's.
func group(t *testing.T, s *site, approval string) *cloudapitest.Group {
	t.Helper()
	s.number = s.account.AddNumber(cloudapitest.NumberConfig{OBA: true})
	status, b := s.graph("POST", s.number.ID+"/groups", `{"messaging_product":"whatsapp","subject":"Order 88213","join_approval_mode":"`+approval+`"}`)
	require.Equal(t, 200, status, "%v", b)
	return s.number.Groups()[0]
}

// groupSend lets the business answer in a group of two.
func groupSend(t *testing.T, s *site) {
	g := group(t, s, "auto_approve")
	require.True(t, s.user.Join(g))
	require.True(t, s.AddUser(cloudapitest.UserConfig{}).Join(g))
	s.user.Text(g, "when?")
	_, b := s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","recipient_type":"group","to":"`+g.ID+`","type":"text","text":{"body":"now"}}`)
	require.Zero(t, code(b), "%v", b)
}

func syncCoexistence(t *testing.T, s *site, kind string) {
	t.Helper()
	u := s.AddUser(cloudapitest.UserConfig{Name: "Dana W", Username: "dana.w"})
	n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
	u.Text(n, "hello")
	n.AppText(u, "hi")
	_, b := s.graph("POST", n.ID+"/smb_app_data", `{"messaging_product":"whatsapp","sync_type":"`+kind+`"}`)
	require.Zero(t, code(b), "%v", b)
	require.NotEmpty(t, b["request_id"])
	_, b = s.graph("POST", n.ID+"/smb_app_data", `{"messaging_product":"whatsapp","sync_type":"`+kind+`"}`)
	require.Equal(t, 2593107, code(b))
}
