package twilio_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/webhook"
)

func TestIncomingMessagesBecomeEvents(t *testing.T) {
	t.Parallel()
	dana := webhook.Identity{Phone: "16505550123", Name: "Dana"}
	for name, c := range map[string]struct {
		change  map[string]string
		from    webhook.Identity
		content webhook.Content
		more    func(*webhook.Message)
	}{
		"a text":                         {nil, dana, &webhook.Text{Body: "hello"}, nil},
		"what says that it was received": {map[string]string{"MessageStatus": "receiving"}, dana, &webhook.Text{Body: "hello"}, nil},
		"a text without a type": {
			map[string]string{"MessageType": ""}, dana, &webhook.Text{Body: "hello"}, nil,
		},
		"somebody who hides the number": {
			map[string]string{"From": "whatsapp:US.13491208655302741918", "WaId": ""},
			webhook.Identity{BSUID: "US.13491208655302741918", Name: "Dana"}, &webhook.Text{Body: "hello"}, nil,
		},
		"a number and a BSUID": {
			map[string]string{"ExternalUserId": "US.13491208655302741918"},
			webhook.Identity{Phone: "16505550123", BSUID: "US.13491208655302741918", Name: "Dana"}, &webhook.Text{Body: "hello"}, nil,
		},
		"a BSUID with the prefix of an address": {
			map[string]string{"ExternalUserId": "whatsapp:US.13491208655302741918"},
			webhook.Identity{Phone: "16505550123", BSUID: "US.13491208655302741918", Name: "Dana"}, &webhook.Text{Body: "hello"}, nil,
		},
		"a BSUID of an enterprise": {
			map[string]string{"ExternalUserId": "US.ENT.11815799212886844830"},
			webhook.Identity{Phone: "16505550123", ParentBSUID: "US.ENT.11815799212886844830", Name: "Dana"}, &webhook.Text{Body: "hello"}, nil,
		},
		"a number where the BSUID belongs": {
			map[string]string{"ExternalUserId": "whatsapp:+15550001111"}, dana, &webhook.Text{Body: "hello"}, nil,
		},
		"a picture": {
			map[string]string{"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "image/jpeg", "MessageType": "image"},
			dana, &webhook.Media{Kind: webhook.MediaImage, ID: "https://api.twilio.com/x", MIMEType: "image/jpeg", Caption: "hello"}, nil,
		},
		"a sticker": {
			map[string]string{"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "image/webp", "MessageType": "sticker", "Body": ""},
			dana, &webhook.Media{Kind: webhook.MediaSticker, ID: "https://api.twilio.com/x", MIMEType: "image/webp"}, nil,
		},
		"a picture whose type is written large": {
			map[string]string{"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "IMAGE/JPEG"},
			dana, &webhook.Media{Kind: webhook.MediaImage, ID: "https://api.twilio.com/x", MIMEType: "IMAGE/JPEG", Caption: "hello"}, nil,
		},
		"fewer files than are counted": {
			map[string]string{"NumMedia": "9", "MediaUrl1": "https://api.twilio.com/x", "MediaContentType1": "image/jpeg"},
			dana, &webhook.Media{Kind: webhook.MediaImage, ID: "https://api.twilio.com/x", MIMEType: "image/jpeg", Caption: "hello"}, nil,
		},
		"a count of files, and no file":    {map[string]string{"NumMedia": "2"}, dana, &webhook.Text{Body: "hello"}, nil},
		"a place that is no number":        {map[string]string{"Latitude": "NaN", "Longitude": "23.761"}, dana, &webhook.Text{Body: "hello"}, nil},
		"a place at infinity":              {map[string]string{"Latitude": "61.4978", "Longitude": "-Inf"}, dana, &webhook.Text{Body: "hello"}, nil},
		"a place that is nowhere on earth": {map[string]string{"Latitude": "91", "Longitude": "23.761"}, dana, &webhook.Text{Body: "hello"}, nil},
		"an address card": {
			map[string]string{"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "text/vcard", "MessageType": "contacts", "Body": ""},
			dana, &webhook.Media{Kind: webhook.MediaDocument, ID: "https://api.twilio.com/x", MIMEType: "text/vcard"}, nil,
		},
		"a place": {
			map[string]string{"Latitude": "61.4978", "Longitude": "23.761", "Label": "Office", "Address": "Main Street 1", "MessageType": "location", "Body": ""},
			dana, &webhook.Location{Latitude: 61.4978, Longitude: 23.761, Name: "Office", Address: "Main Street 1"}, nil,
		},
		"a tap on a button of a template": {
			map[string]string{"ButtonText": "Yes", "ButtonPayload": "yes-1", "MessageType": "button", "Body": "Yes"},
			dana, &webhook.QuickReply{Text: "Yes", Payload: "yes-1"}, nil,
		},
		"a tap on a button of a menu": {
			map[string]string{"ButtonText": "Yes", "ButtonPayload": "yes-1", "MessageType": "interactive", "Body": "Yes"},
			dana, &webhook.ButtonReply{ID: "yes-1", Title: "Yes"}, nil,
		},
		"a choice from a list": {
			map[string]string{"ListId": "r1", "ListTitle": "First", "ListDescription": "the first", "MessageType": "interactive", "Body": "First"},
			dana, &webhook.ListReply{ID: "r1", Title: "First", Description: "the first"}, nil,
		},
		"a form": {
			map[string]string{"InteractiveData": `{"a":1}`, "MessageType": "interactive", "Body": "Sent"},
			dana, &webhook.FlowReply{Name: "flow", Body: "Sent", Response: `{"a":1}`}, nil,
		},
		"an answer": {
			map[string]string{"OriginalRepliedMessageSid": "SM2", "OriginalRepliedMessageSender": "whatsapp:" + line},
			dana, &webhook.Text{Body: "hello"}, func(m *webhook.Message) { m.Context = &webhook.Context{ID: "SM2", From: "13125550142"} },
		},
		"something forwarded": {
			map[string]string{"Forwarded": "true", "FrequentlyForwarded": "true"},
			dana, &webhook.Text{Body: "hello"}, func(m *webhook.Message) {
				m.Context = &webhook.Context{Forwarded: true, FrequentlyForwarded: true}
			},
		},
		"not forwarded": {map[string]string{"Forwarded": "false"}, dana, &webhook.Text{Body: "hello"}, nil},
		"an advertisement": {
			map[string]string{
				"ReferralBody": "20 % off", "ReferralHeadline": "Sale", "ReferralSourceId": "12", "ReferralSourceType": "ad",
				"ReferralSourceUrl": "https://fb.me/x", "ReferralCtwaClid": "clid", "ReferralMediaUrl": "https://cdn.example/v.mp4",
				"ReferralMediaContentType": "video/mp4",
			},
			dana, &webhook.Text{Body: "hello"}, func(m *webhook.Message) {
				m.Referral = &webhook.Referral{
					Body: "20 % off", Headline: "Sale", SourceID: "12", SourceType: "ad", SourceURL: "https://fb.me/x", ClickID: "clid",
					MediaType: "video", VideoURL: "https://cdn.example/v.mp4",
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			require.Equal(t, http.StatusOK, post(t, newHandler(t, handlerConfig(&b)), token, "", inbound(c.change)))
			events := b.events()
			require.Len(t, events, 1)
			e := events[0]
			require.NoError(t, e.Err)
			require.Equal(t, account, e.Account)
			require.Equal(t, webhook.Number{ID: "13125550142", Display: "13125550142"}, e.Number)
			want := &webhook.Message{ID: messageA, Time: noon, From: c.from, Content: c.content}
			if c.more != nil {
				c.more(want)
			}
			require.Empty(t, cmp.Diff(webhook.Payload(want), e.Payload, cmpopts.EquateEmpty()))
		})
	}
}

func TestSeveralFilesAreSeveralMessagesAndTheTextIsSaidOnce(t *testing.T) {
	t.Parallel()
	var b inbox
	h := newHandler(t, handlerConfig(&b))
	form := inbound(map[string]string{
		"NumMedia": "3", "MediaUrl0": "https://a.example/0", "MediaContentType0": "audio/ogg",
		"MediaUrl1": "https://a.example/1", "MediaContentType1": "image/png",
		"MediaUrl2": "https://a.example/2", "MediaContentType2": "image/png",
	})
	require.Equal(t, http.StatusOK, post(t, h, token, "", form))
	require.Equal(t, http.StatusOK, post(t, h, token, "", form))
	events := b.events()
	require.Len(t, events, 6)
	var ids []string
	captions := 0
	for i, e := range events[:3] {
		m := e.Payload.(*webhook.Message)
		ids = append(ids, m.ID)
		if m.Content.(*webhook.Media).Caption != "" {
			captions++
		}
		require.Equal(t, events[i+3].Key(), e.Key(), "the same again has the same key")
	}
	require.Equal(t, []string{messageA, messageA + "/1", messageA + "/2"}, ids)
	require.Equal(t, 1, captions)
}

func TestStatusesCarryOurIDAndMetasWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change map[string]string
		status webhook.StatusKind
		code   int
		who    webhook.Identity
	}{
		"delivered":              {nil, webhook.StatusDelivered, 0, webhook.Identity{Phone: "16505550123"}},
		"read":                   {map[string]string{"MessageStatus": "read"}, webhook.StatusRead, 0, webhook.Identity{Phone: "16505550123"}},
		"outside the window":     {map[string]string{"MessageStatus": "undelivered", "ErrorCode": "63016"}, webhook.StatusFailed, 131047, webhook.Identity{Phone: "16505550123"}},
		"a recipient who is not": {map[string]string{"MessageStatus": "failed", "ErrorCode": "63024"}, webhook.StatusFailed, 131026, webhook.Identity{Phone: "16505550123"}},
		"somebody unsubscribed":  {map[string]string{"MessageStatus": "failed", "ErrorCode": "21610"}, webhook.StatusFailed, 131050, webhook.Identity{Phone: "16505550123"}},
		"a code of the future":   {map[string]string{"MessageStatus": "failed", "ErrorCode": "63999"}, webhook.StatusFailed, 63999, webhook.Identity{Phone: "16505550123"}},
		"canceled, without code": {map[string]string{"MessageStatus": "canceled"}, webhook.StatusFailed, 0, webhook.Identity{Phone: "16505550123"}},
		"a word of Twilio's own": {map[string]string{"MessageStatus": "queued"}, "queued", 0, webhook.Identity{Phone: "16505550123"}},
		"to a BSUID":             {map[string]string{"To": "whatsapp:US.1349"}, webhook.StatusDelivered, 0, webhook.Identity{BSUID: "US.1349"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			require.Equal(t, http.StatusOK, post(t, newHandler(t, handlerConfig(&b)), token, "id=m_7", outbound(c.change)))
			events := b.events()
			require.Len(t, events, 1)
			s := events[0].Payload.(*webhook.Status)
			require.Equal(t, c.status, s.Status)
			require.Equal(t, "m_7", s.OpaqueID)
			require.Equal(t, messageA, s.ID)
			require.Equal(t, c.who, s.Recipient)
			require.Equal(t, noon, s.Time)
			if c.status != webhook.StatusFailed {
				require.Empty(t, s.Errors)
				return
			}
			require.Equal(t, c.code, s.Errors[0].Code)
		})
	}
}

func TestNothingThatIsNotUnderstoodIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change map[string]string
		kept   string
	}{
		"a kind of the future":     {map[string]string{"MessageType": "hologram", "Body": "", "HologramUrl": "https://h.example"}, "https://h.example"},
		"a parameter of tomorrow":  {map[string]string{"Mood": "cheerful"}, "cheerful"},
		"a text message, not ours": {map[string]string{"From": phone, "To": line}, "hello"},
		"no id":                    {map[string]string{"MessageSid": ""}, "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			require.Equal(t, http.StatusOK, post(t, newHandler(t, handlerConfig(&b)), token, "", inbound(c.change)))
			require.NotEmpty(t, b.events())
			require.Contains(t, string(b.deliveries[0].Body), c.kept)
		})
	}
}

func TestParametersThatStandThereTwiceAreAllKept(t *testing.T) {
	t.Parallel()
	var b inbox
	form := inbound(map[string]string{"Mood": "cheerful"})
	form["Body"], form["Mood"] = append(form["Body"], "one thing more"), append(form["Mood"], "curious")
	require.Equal(t, http.StatusOK, post(t, newHandler(t, handlerConfig(&b)), token, "", form))
	m, ok := b.events()[0].Payload.(*webhook.Message)
	require.True(t, ok)
	require.Equal(t, &webhook.Text{Body: "hello"}, m.Content)
	for _, value := range []string{"one thing more", "cheerful", "curious"} {
		require.Contains(t, string(b.deliveries[0].Body), value)
	}
}

func TestNumbersAreCalledWhatTheChannelCallsThem(t *testing.T) {
	t.Parallel()
	var b inbox
	cfg := handlerConfig(&b)
	cfg.Numbers = []twilio.NumberID{{Phone: line, ID: "106540352242922", Account: "102290129340398"}}
	h := newHandler(t, cfg)
	require.Equal(t, http.StatusOK, post(t, h, token, "", inbound(nil)))
	require.Equal(t, http.StatusOK, post(t, h, token, "id=m_1", outbound(nil)))
	for _, e := range b.events() {
		require.Equal(t, "106540352242922", e.Number.ID)
		require.Equal(t, "102290129340398", e.Account)
	}
}

func TestAnAddressThatIsNobodysNamesNobody(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"whatsapp:dana7", "whatsapp:+1650-555-0123x", "whatsapp:us.1349", "whatsapp:US.13 49"} {
		var b inbox
		form := inbound(map[string]string{"From": address, "WaId": "", "ProfileName": "", "ExternalUserId": address})
		require.Equal(t, http.StatusOK, post(t, newHandler(t, handlerConfig(&b)), token, "", form))
		events := b.events()
		require.Len(t, events, 1)
		require.Error(t, events[0].Err, address)
		require.True(t, events[0].Payload.(*webhook.Message).From.IsZero(), address)
	}
}
