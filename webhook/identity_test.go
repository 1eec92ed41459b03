package webhook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

// first returns the payload of the first event of body.
func first[P webhook.Payload](t *testing.T, body string) P {
	t.Helper()
	d, err := webhook.Parse([]byte(body))
	require.NoError(t, err)
	for e := range d.Events() {
		p, ok := e.Payload.(P)
		require.True(t, ok, "%T", e.Payload)
		return p
	}
	require.Fail(t, "no event")
	panic("unreachable")
}

func TestContactsAreMatchedToTheirMessage(t *testing.T) {
	t.Parallel()
	const (
		dana   = `{"wa_id":"13125550143","user_id":"US.1","parent_user_id":"US.ENT.1","profile":{"name":"Dana","username":"dana"}}`
		marcus = `{"wa_id":"14155550177","user_id":"US.2","profile":{"name":"Marcus"}}`
		hidden = `{"user_id":"US.3","profile":{"name":"Hidden","username":"hid"}}`
		old    = `{"wa_id":"13125550143","profile":{"name":"Old"}}`
		empty  = `{"wa_id":"","user_id":"US.4","profile":{"name":"","username":""}}`
	)
	for _, tt := range []struct {
		name, contacts, from string
		want                 webhook.Identity
	}{
		{"by BSUID, whatever the order", marcus + "," + dana, `"from":"13125550143","from_user_id":"US.1"`,
			webhook.Identity{BSUID: "US.1", ParentBSUID: "US.ENT.1", Phone: "13125550143", Username: "dana", Name: "Dana"}},
		{"by BSUID when the message hides the phone number", dana + "," + marcus, `"from_user_id":"US.2"`,
			webhook.Identity{BSUID: "US.2", Phone: "14155550177", Name: "Marcus"}},
		{"by phone number when the message has no BSUID", dana + "," + marcus, `"from":"14155550177"`,
			webhook.Identity{BSUID: "US.2", Phone: "14155550177", Name: "Marcus"}},
		{"by phone number when the contact has no BSUID", old + "," + marcus, `"from":"13125550143","from_user_id":"US.1"`,
			webhook.Identity{BSUID: "US.1", Phone: "13125550143", Name: "Old"}},
		{"not by phone number when the BSUIDs differ: numbers are recycled", dana + "," + marcus, `"from":"13125550143","from_user_id":"US.9"`,
			webhook.Identity{BSUID: "US.9", Phone: "13125550143"}},
		{"the only contact, though the phone number is written in another way", `{"wa_id":"5491155550143","profile":{"name":"Ana"}}`, `"from":"541155550143"`,
			webhook.Identity{Phone: "541155550143", Name: "Ana"}},
		{"not the only contact if it is somebody else", marcus, `"from":"13125550143","from_user_id":"US.1"`,
			webhook.Identity{BSUID: "US.1", Phone: "13125550143"}},
		{"nobody among several strangers", marcus + "," + hidden, `"from":"13125550143"`,
			webhook.Identity{Phone: "13125550143"}},
		{"a person without a phone number", dana + "," + hidden, `"from_user_id":"US.3"`,
			webhook.Identity{BSUID: "US.3", Username: "hid", Name: "Hidden"}},
		{"empty strings count as absent", empty, `"from":"","from_user_id":"US.4"`,
			webhook.Identity{BSUID: "US.4"}},
		{"a plus sign before the phone number", dana, `"from":"+1 312-555-0143"`,
			webhook.Identity{BSUID: "US.1", ParentBSUID: "US.ENT.1", Phone: "13125550143", Username: "dana", Name: "Dana"}},
		{"a phone number as a number", dana, `"from":13125550143`,
			webhook.Identity{BSUID: "US.1", ParentBSUID: "US.ENT.1", Phone: "13125550143", Username: "dana", Name: "Dana"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := in("messages", `{"contacts":[`+tt.contacts+`],"messages":[{"id":"a",`+tt.from+`,"type":"text","text":{"body":"x"}}]}`)
			require.Empty(t, cmp.Diff(tt.want, first[*webhook.Message](t, body).From))
			d, err := webhook.Parse([]byte(body))
			require.NoError(t, err)
			requireRebuilds(t, d)
		})
	}
}

func TestIdentityIsZero(t *testing.T) {
	t.Parallel()
	require.True(t, webhook.Identity{}.IsZero())
	require.False(t, webhook.Identity{Username: "x"}.IsZero())
}

func TestTwoNumbersInOnePostAreKeptApart(t *testing.T) {
	t.Parallel()
	value := func(number, wamid, name string) string {
		return `{"field":"messages","value":{"metadata":{"phone_number_id":"` + number + `","display_phone_number":"1202555014` + number + `"},` +
			`"contacts":[{"wa_id":"13125550143","profile":{"name":"` + name + `"}}],` +
			`"messages":[{"id":"` + wamid + `","from":"13125550143","type":"text","text":{"body":"x"}}]}}`
	}
	body := `{"object":"whatsapp_business_account","entry":[{"id":"A","changes":[` + value("1", "w1", "One") + `,` + value("2", "w2", "Two") + `]},` +
		`{"id":"B","changes":[` + value("3", "w3", "Three") + `]}]}`
	d, err := webhook.Parse([]byte(body))
	require.NoError(t, err)
	var got [][4]string
	for e := range d.Events() {
		m := e.Payload.(*webhook.Message)
		got = append(got, [4]string{e.Account, e.Number.ID, e.Number.Display, m.ID + m.From.Name})
	}
	require.Equal(t, [][4]string{
		{"A", "1", "12025550141", "w1One"}, {"A", "2", "12025550142", "w2Two"}, {"B", "3", "12025550143", "w3Three"},
	}, got)
	requireRebuilds(t, d)
}

func TestEnvelopeOfOneChangeDoesNotLeakIntoTheNext(t *testing.T) {
	t.Parallel()
	body := `{"object":"whatsapp_business_account","entry":[` +
		`{"id":"A","time":1795003200,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1"},` +
		`"contacts":[{"wa_id":"13125550143","profile":{"name":"Dana"}}],"conversation_context":{"summary":{"text":"sum"}},"messages":[` + good + `]}},` +
		`{"field":"messages","value":{"messages":[` + good + `]}}]},` +
		`{"changes":[{"value":{"messages":[` + good + `]}}]}]}`
	d, err := webhook.Parse([]byte(body))
	require.NoError(t, err)
	var got []string
	for e := range d.Events() {
		m := e.Payload.(*webhook.Message)
		got = append(got, e.Account+"|"+e.Number.ID+"|"+e.Field+"|"+m.From.Name+"|"+m.Summary)
	}
	require.Equal(t, []string{"A|1|messages|Dana|sum", "A||messages||", "||messages||"}, got)
	requireRebuilds(t, d)
}

func TestSystemMessagesFindThePreviousBSUID(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, from, system, want string
	}{
		{"named outright", `"from_user_id":"US.7"`, `"user_id":"US.2","previous_user_id":"US.1"`, "US.1"},
		{"the sender, in older payloads", `"from_user_id":"US.1"`, `"user_id":"US.2"`, "US.1"},
		{"not the sender if that is the new one already", `"from_user_id":"US.2"`, `"user_id":"US.2"`, ""},
		{"the sentence, if it agrees", `"x":1`, `"user_id":"US.2","body":"User A changed from B to C changed from US.1 to US.2"`, "US.1"},
		{"the sentence with the new phone number", `"x":1`, `"wa_id":"13125550188","body":"User Dana changed from US.1 to 13125550188."`, "US.1"},
		{"not a sentence about somebody else", `"x":1`, `"user_id":"US.2","body":"User Dana changed from US.1 to US.3"`, ""},
		{"not a name that looks like a sentence", `"x":1`, `"user_id":"US.2","body":"User Dana changed from my old phone to US.2"`, ""},
		{"not a sentence without an end", `"x":1`, `"user_id":"US.2","body":"User Dana changed from US.1 to "`, ""},
		{"not any other sentence", `"x":1`, `"user_id":"US.2","body":"User Dana moved"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := in("messages", `{"messages":[{"id":"a",`+tt.from+`,"type":"system","system":{"type":"user_changed_user_id",`+tt.system+`}}]}`)
			s, ok := first[*webhook.Message](t, body).Content.(*webhook.System)
			require.True(t, ok)
			require.Equal(t, tt.want, s.Previous.BSUID)
		})
	}
}

func TestSystemMessageTakesNobodyElsesContact(t *testing.T) {
	t.Parallel()
	body := in("messages", `{"contacts":[{"wa_id":"14155550177","user_id":"US.2","profile":{"name":"Marcus"}}],`+
		`"messages":[{"id":"a","from":"13125550143","type":"system","system":{"type":"customer_changed_number","new_wa_id":"13125550188"}}]}`)
	m := first[*webhook.Message](t, body)
	require.Equal(t, webhook.Identity{Phone: "13125550143"}, m.From)
	s := m.Content.(*webhook.System)
	require.Equal(t, webhook.SystemNumberChanged, s.Kind, "the legacy spelling")
	require.Equal(t, "13125550143", s.Previous.Phone)
	require.Equal(t, "13125550188", s.Current.Phone)
}

func TestCallsNameThePersonWhoeverCalled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, call, want string }{
		{"the caller of a call to us", `"from":"1","to":"2","direction":"USER_INITIATED"`, "1"},
		{"the callee of our call", `"from":"2","to":"1","direction":"BUSINESS_INITIATED"`, "1"},
		{"casing aside", `"from":"2","to":"1","direction":"business_initiated"`, "1"},
		{"without a direction, whoever is not our number", `"from":"2","to":"1"`, "1"},
		{"without a direction, the caller", `"from":"1","to":"2"`, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := in("calls", `{"metadata":{"display_phone_number":"2"},"calls":[{"id":"c","event":"connect",`+tt.call+`}]}`)
			require.Equal(t, tt.want, first[*webhook.Call](t, body).User.Phone)
		})
	}
	body := in("calls", `{"calls":[{"id":"c","event":"connect","from":"2","to_user_id":"US.1"}]}`)
	require.Equal(t, "US.1", first[*webhook.Call](t, body).User.BSUID, "without a direction, whoever has a BSUID")
}

func TestGroupStatusesNameParticipantAndGroup(t *testing.T) {
	t.Parallel()
	st := first[*webhook.Status](t, in("messages", `{"contacts":[{"wa_id":"13125550143","profile":{"name":"Dana"}}],`+
		`"statuses":[{"id":"s","status":"sent","recipient_id":"g@1","recipient_type":"group"}]}`))
	require.Equal(t, "g@1", st.GroupID)
	require.True(t, st.Recipient.IsZero(), "a status of the whole group is not one participant's")
}
