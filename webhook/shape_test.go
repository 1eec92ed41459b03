package webhook_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

// TestShapesThatMetaSendsBesideTheDocumentedOnes holds what its own pages and other people's
// recordings show, checked 2026-11-29.
func TestShapesThatMetaSendsBesideTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	t.Run("user names with an @", func(t *testing.T) {
		t.Parallel()
		m := first[*webhook.Message](t, in("messages", `{"contacts":[{"user_id":"US.1","profile":{"name":"Pat","username":"@pat"}}],"messages":[{"id":"a","from_user_id":"US.1","type":"text","text":{"body":"x"}}]}`))
		require.Equal(t, "pat", m.From.Username)
		h := first[*webhook.HistoryMessage](t, in("history", `{"history":[{"metadata":{"phase":0},"threads":[{"context":{"user_id":"US.1","username":"@pat"},"messages":[{"id":"a","from_user_id":"US.1","type":"text","text":{"body":"x"}}]}]}]}`))
		require.Equal(t, "pat", h.User.Username)
		g := first[*webhook.GroupParticipants](t, in("group_participants_update", `{"groups":[{"group_id":"g","type":"group_join_request_created","join_request_id":"j","wa_id":"13125550143","username":"@pat"}]}`))
		require.Equal(t, "pat", g.User.Username)
		u := first[*webhook.UsernameUpdate](t, in("business_username_update", `{"username":"@shop","status":"approved"}`))
		require.Equal(t, "shop", u.Username)
	})
	t.Run("lists in another field", func(t *testing.T) {
		t.Parallel()
		for body, want := range map[string]string{
			in("messages", `{"metadata":{"phone_number_id":"2"},"calls":[{"id":"c","event":"connect","from":"13125550143","direction":"USER_INITIATED"}]}`):                 "Call",
			in("messages", `{"metadata":{"phone_number_id":"2"},"message_echoes":[{"id":"a","to":"13125550143","type":"text","text":{"body":"x"}}]}`):                       "Echo/Text",
			in("messages", `{"metadata":{"phone_number_id":"2"},"user_preferences":[{"wa_id":"13125550143","category":"marketing_messages","value":"stop"}]}`):              "UserPreference",
			in("messages", `{"metadata":{"phone_number_id":"2"},"history":[{"threads":[{"id":"13125550143","messages":[{"id":"a","type":"text","text":{"body":"x"}}]}]}]}`): "HistoryMessage/Text",
			in("calls", `{"metadata":{"phone_number_id":"2"},"messages":[{"id":"a","from":"13125550143","type":"text","text":{"body":"x"}}]}`):                              "Message/Text",
			in("smb_message_echoes", `{"metadata":{"phone_number_id":"2"},"statuses":[{"id":"a","status":"read","recipient_id":"13125550143"}]}`):                           "Status",
		} {
			d, err := webhook.Parse([]byte(body))
			require.NoError(t, err)
			require.Equal(t, []string{want}, describe(d), body)
			requireRebuilds(t, d)
		}
	})
	t.Run("details of an error beside its code", func(t *testing.T) {
		t.Parallel()
		st := first[*webhook.Status](t, in("messages", `{"statuses":[{"id":"a","status":"failed","errors":[{"code":131047,"details":"why"}]}]}`))
		require.Equal(t, "why", st.Errors[0].Details)
		st = first[*webhook.Status](t, in("messages", `{"statuses":[{"id":"a","status":"failed","errors":[{"details":"flat","error_data":{"details":"why"},"code":1}]}]}`))
		require.Equal(t, "why", st.Errors[0].Details, "the documented place wins")
	})
	t.Run("a date in words", func(t *testing.T) {
		t.Parallel()
		for words, want := range map[string]time.Time{
			"January 31, 2021": time.Date(2021, time.January, 31, 0, 0, 0, 0, time.UTC),
			"Feb 1, 2027":      time.Date(2027, time.February, 1, 0, 0, 0, 0, time.UTC),
			"3 March 2027":     time.Date(2027, time.March, 3, 0, 0, 0, 0, time.UTC),
		} {
			body := in("message_template_status_update", `{"event":"DISABLED","message_template_id":1,"disable_info":{"disable_date":"`+words+`"}}`)
			require.Equal(t, want, first[*webhook.TemplateStatus](t, body).Disabled, words)
			require.NoError(t, only(t, body).Err)
		}
		body := in("message_template_status_update", `{"event":"DISABLED","message_template_id":1,"disable_info":{"disable_date":"one of these days"}}`)
		require.True(t, first[*webhook.TemplateStatus](t, body).Disabled.IsZero())
		require.Error(t, only(t, body).Err, "it is named")
	})
	t.Run("a list of ban states", func(t *testing.T) {
		t.Parallel()
		u := first[*webhook.AccountUpdate](t, in("account_update", `{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":["SCHEDULE_FOR_DISABLE"],"waba_ban_date":"x"}}`))
		require.Equal(t, "SCHEDULE_FOR_DISABLE", u.Ban.State)
	})
	t.Run("an identity on the message", func(t *testing.T) {
		t.Parallel()
		m := first[*webhook.Message](t, messages(`{"id":"a","from":"13125550143","identity":{"acknowledged":true,"created_timestamp":1,"hash":"h1"},"type":"text","text":{"body":"x"}}`))
		require.Equal(t, "h1", m.IdentityKeyHash)
		require.IsType(t, &webhook.Text{}, m.Content)
	})
	t.Run("kinds of the history", func(t *testing.T) {
		t.Parallel()
		for _, tc := range []struct {
			kind, part string
			want       webhook.PastContent
		}{
			{"gif", `{"id":"7","mime_type":"video/mp4","caption":"ha"}`, webhook.PastContent{Text: "ha", Media: &webhook.Media{Kind: webhook.MediaVideo, ID: "7", MIMEType: "video/mp4", Caption: "ha"}}},
			{"link_preview", `{"body":"look","canonical_url":"https://example.com"}`, webhook.PastContent{Text: "look", URL: "https://example.com"}},
			{"list", `{"body":{"text":"Which?"},"sections":[{"rows":[{"id":"1","title":"One"}]},{"rows":[{"title":"Two"}]}]}`, webhook.PastContent{Text: "Which?", Options: []string{"One", "Two"}}},
			{"hsm", `{"body":"Hello Dana"}`, webhook.PastContent{Text: "Hello Dana"}},
			{"poll_creation", `{"name":"When?","options":[{"name":"Monday"},"Friday",7]}`, webhook.PastContent{Text: "When?", Options: []string{"Monday", "Friday"}}},
			{"product", `{"title":"Cake","url":"https://example.com/cake"}`, webhook.PastContent{Text: "Cake", URL: "https://example.com/cake"}},
			{"hsm", `{"x":["y"],"body":5,"options":{"a":1},"sections":[3,{"rows":"z"}]}`, webhook.PastContent{}}, // of another form than expected
		} {
			event := only(t, in("history", `{"history":[{"threads":[{"id":"13125550143","messages":[{"id":"a","type":"`+tc.kind+`","`+tc.kind+`":`+tc.part+`}]}]}]}`))
			require.NoError(t, event.Err, tc.kind)
			h, ok := event.Payload.(*webhook.HistoryMessage)
			require.True(t, ok, tc.kind)
			tc.want.Kind, tc.want.Raw = webhook.PastKind(tc.kind), []byte(tc.part)
			require.Equal(t, &tc.want, h.Content)
		}
		// Live, and with something else in its place, it is unknown.
		require.IsType(t, &webhook.Unknown{}, first[*webhook.Message](t, messages(`{"id":"a","from":"13125550143","type":"gif","gif":{"id":"7"}}`)).Content)
		require.IsType(t, &webhook.Unknown{}, first[*webhook.HistoryMessage](t, in("history", `{"history":[{"threads":[{"id":"13125550143","messages":[{"id":"a","type":"gif","gif":"x"}]}]}]}`)).Content)
		h := first[*webhook.HistoryMessage](t, in("history", `{"history":[{"threads":[{"id":"13125550143","messages":[{"id":"a","type":"errors","errors":[{"code":131051,"title":"t"}]}]}]}]}`))
		require.Equal(t, &webhook.Unsupported{Type: "errors"}, h.Content)
		require.Equal(t, 131051, h.Errors[0].Code)
	})
}

// only returns the one event of a body.
func only(t *testing.T, body string) *webhook.Event {
	t.Helper()
	d, err := webhook.Parse([]byte(body))
	require.NoError(t, err)
	require.Equal(t, 1, d.Len())
	for e := range d.Events() {
		return e
	}
	panic("unreachable")
}
