package webhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
)

// inMessages is a body with metadata of the number 13125550142 and the given members.
func inMessages(field, members string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":%q,"value":{
		"metadata":{"phone_number_id":"11","display_phone_number":"+1 312-555-0142"},%s}}]}]}`, field, members)
}

func TestWhatStandsInThePlaceOfAPhoneNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, value string
		want        webhook.Identity
	}{
		{"digits", "13125550187", webhook.Identity{Phone: "13125550187"}},
		{"digits as people write them", "+1 (312) 555-0187", webhook.Identity{Phone: "13125550187"}},
		{"a BSUID", "US.1234", webhook.Identity{BSUID: "US.1234"}},
		{"a BSUID with letters", "DE.13aB9zz", webhook.Identity{BSUID: "DE.13aB9zz"}},
		{"the BSUID of an enterprise", "US.ENT.1234", webhook.Identity{ParentBSUID: "US.ENT.1234"}},
		{"something like a BSUID", "us.1234", webhook.Identity{}},
		{"the address of a phone", "13125550187@s.whatsapp.net", webhook.Identity{}},
		{"a hidden identifier", "1234@lid", webhook.Identity{}},
		{"more digits than any number has", strings.Repeat("1", 40), webhook.Identity{}},
		{"nothing", "", webhook.Identity{}},
	} {
		for place, read := range map[string]func(value string) webhook.Identity{
			"from of a message": func(s string) webhook.Identity {
				return first[*webhook.Message](t, inMessages("messages", `"messages":[{"id":"a","type":"text","text":{"body":"x"},"from":"`+s+`"}]`)).From
			},
			"wa_id of a contact": func(s string) webhook.Identity {
				return first[*webhook.Message](t, inMessages("messages", `"contacts":[{"wa_id":"`+s+`"}],"messages":[{"id":"a","type":"text","text":{"body":"x"}}]`)).From
			},
			"recipient_id of a status": func(s string) webhook.Identity {
				return first[*webhook.Status](t, inMessages("messages", `"statuses":[{"id":"a","status":"sent","recipient_id":"`+s+`"}]`)).Recipient
			},
			"participant of a status": func(s string) webhook.Identity {
				return first[*webhook.Status](t, inMessages("messages", `"statuses":[{"id":"a","status":"sent","recipient_id":"g","recipient_type":"group","recipient_participant_id":"`+s+`"}]`)).Recipient
			},
			"to of an echo": func(s string) webhook.Identity {
				return first[*webhook.Echo](t, inMessages("smb_message_echoes", `"message_echoes":[{"id":"a","type":"text","text":{"body":"x"},"from":"13125550142","to":"`+s+`"}]`)).To
			},
			"from of a call": func(s string) webhook.Identity {
				return first[*webhook.Call](t, inMessages("calls", `"calls":[{"id":"a","event":"connect","direction":"USER_INITIATED","from":"`+s+`","to":"13125550142"}]`)).User
			},
			"recipient_id of a call's status": func(s string) webhook.Identity {
				return first[*webhook.CallStatus](t, inMessages("calls", `"statuses":[{"id":"a","status":"RINGING","type":"call","recipient_id":"`+s+`"}]`)).Recipient
			},
			"wa_id of a new number": func(s string) webhook.Identity {
				m := first[*webhook.Message](t, inMessages("messages", `"messages":[{"id":"a","type":"system","system":{"type":"user_changed_number","wa_id":"`+s+`"}}]`))
				if sys, ok := m.Content.(*webhook.System); ok {
					return sys.Current
				}
				return webhook.Identity{} // a notice that cannot be read is kept as it is
			},
			"thread of the history": func(s string) webhook.Identity {
				return first[*webhook.HistoryMessage](t, inMessages("history", `"history":[{"threads":[{"id":"`+s+`","messages":[{"id":"a","from":"13125550142","type":"text","text":{"body":"x"}}]}]}]`)).User
			},
			"participant of a group": func(s string) webhook.Identity {
				return first[*webhook.GroupParticipants](t, inMessages("group_participants_update", `"groups":[{"group_id":"g","type":"group_participants_add","added_participants":[{"wa_id":"`+s+`"}]}]`)).Added[0].User
			},
		} {
			t.Run(tt.name+" as "+place, func(t *testing.T) {
				t.Parallel()
				require.Equal(t, tt.want, read(tt.value))
			})
		}
	}
}

func TestTheMemberForABSUIDWins(t *testing.T) {
	t.Parallel()
	for _, members := range []string{`"from":"US.1","from_user_id":"US.2"`, `"from_user_id":"US.2","from":"US.1"`} {
		m := first[*webhook.Message](t, inMessages("messages", `"messages":[{"id":"a","type":"text","text":{"body":"x"},`+members+`}]`))
		require.Equal(t, webhook.Identity{BSUID: "US.2"}, m.From)
	}
}

func TestTheBusinessIsNeverThePerson(t *testing.T) {
	t.Parallel()
	person := webhook.Identity{Phone: "13125550187"}
	for _, sides := range []string{`"from":"13125550142","to":"13125550187"`, `"from":"13125550187","to":"13125550142"`} {
		for _, direction := range []string{`"direction":"BUSINESS_INITIATED",`, `"direction":"USER_INITIATED",`, ``} {
			c := first[*webhook.Call](t, inMessages("calls", `"calls":[{"id":"a","event":"connect",`+direction+sides+`}]`))
			require.Equal(t, person, c.User, "a call: %s%s", direction, sides)
		}
		const text = `"id":"a","type":"text","text":{"body":"x"},`
		e := first[*webhook.Echo](t, inMessages("smb_message_echoes", `"message_echoes":[{`+text+sides+`}]`))
		require.Equal(t, person, e.To, "an echo: %s", sides)
		h := first[*webhook.HistoryMessage](t, inMessages("history", `"history":[{"threads":[{"id":"13125550187","messages":[{`+text+sides+`}]}]}]`))
		require.Equal(t, person, h.User, "the history: %s", sides)
	}
	for name, members := range map[string]string{
		"a contact of our own number": `"contacts":[{"wa_id":"13125550142","profile":{"name":"The shop"}}],"messages":[{"id":"a","type":"text","text":{"body":"x"},"from_user_id":"US.1"}]`,
		"from our own number":         `"messages":[{"id":"a","type":"text","text":{"body":"x"},"from":"13125550142","from_user_id":"US.1"}]`,
	} {
		m := first[*webhook.Message](t, inMessages("messages", members))
		require.Equal(t, webhook.Identity{BSUID: "US.1"}, m.From, name)
	}
}

func TestKeysDependOnAccountAndNumber(t *testing.T) {
	t.Parallel()
	key := func(account, number string) string {
		d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{
			"metadata":{"phone_number_id":%q},"messages":[{"id":"wamid.1","from":"1","type":"text","text":{"body":"x"}}]}}]}]}`, account, number))
		require.NoError(t, err)
		for e := range d.Events() {
			return e.Key()
		}
		return ""
	}
	require.NotEqual(t, key("1", "11"), key("1", "22"), "another number")
	require.NotEqual(t, key("1", "11"), key("2", "11"), "another account")
	require.Equal(t, key("1", "11"), key("1", "11"))
}
