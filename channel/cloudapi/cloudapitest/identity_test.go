package cloudapitest_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/webhook"
)

// token is what a wamid ends in, after the phone number or BSUID.
func tokenOf(t *testing.T, wamid string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(wamid, "wamid."))
	require.NoError(t, err)
	return string(b[3+int(b[2]):])
}

// firstOf returns the first event of a kind in the bodies taken from the inbox.
func firstOf[T any](t *testing.T, s *site) T {
	t.Helper()
	for _, body := range s.in.take() {
		d, err := webhook.Parse(body)
		require.NoError(t, err)
		for e := range d.Events() {
			require.NoError(t, e.Err)
			if v, ok := any(e.Payload).(T); ok {
				return v
			}
		}
	}
	require.FailNow(t, "no such event")
	panic("unreachable")
}

func TestAMessageMayHaveTwoWamids(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SetIdentity(cloudapitest.Identity{ScopedWamids: true})
	s.user.Text(s.number, "hi")
	_, b := s.send(`"type":"text","text":{"body":"hello"}`)
	id := b["messages"].([]any)[0].(map[string]any)["id"].(string)
	s.Settle()
	s.in.take()
	_, err := s.user.Reply(s.number, id, "yes")
	require.NoError(t, err)
	s.Settle()
	other := firstOf[*webhook.Message](t, s).Context.ID
	require.NotEqual(t, id, other)
	require.Equal(t, tokenOf(t, id), tokenOf(t, other))
	require.NoError(t, s.user.React(s.number, id, "👍"))
	s.Settle()
	require.Equal(t, other, firstOf[*webhook.Message](t, s).Content.(*webhook.Reaction).MessageID)

	mine := s.user.Text(s.number, "mine")
	_, b = s.send(`"type":"text","text":{"body":"x"},"context":{"message_id":"` + mine + `"}`)
	require.Zero(t, code(b))
	hidden := s.AddUser(cloudapitest.UserConfig{Username: "sam.hidden", HidePhone: true})
	wamid := hidden.Text(s.number, "hi")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(wamid, "wamid."))
	require.NoError(t, err)
	require.NotContains(t, string(raw), hidden.Phone())
	require.Contains(t, string(raw), hidden.BSUID(s.number))
	_, b = s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"`+wamid+`"}`)
	require.Equal(t, true, b["success"])
}

func TestABSUIDMayStandWhereANumberIsExpected(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SetIdentity(cloudapitest.Identity{BSUIDInFrom: true})
	s.user = s.AddUser(cloudapitest.UserConfig{Username: "sam.hidden", HidePhone: true})
	id := s.user.BSUID(s.number)
	s.user.Text(s.number, "hi")
	s.Settle()
	raw := string(s.in.take()[0])
	require.Contains(t, raw, `"from":"`+id+`"`)
	require.Contains(t, raw, `"wa_id":"`+id+`"`)
	require.NotContains(t, raw, s.user.Phone()+`"`)
	_, b := s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"`+id+`","type":"text","text":{"body":"hello"}}`)
	require.Zero(t, code(b), "%v", b)
	s.Settle()
	require.Contains(t, string(s.in.take()[0]), `"recipient_id":"`+id+`"`)
	_, b = s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"US.123","type":"text","text":{"body":"hello"}}`)
	require.Equal(t, 131009, code(b))
}

func TestANumberGivenUpMayPassToSomebodyElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	open(t, s)
	old, phone := s.user.BSUID(s.number), s.user.Phone()
	s.user.GiveUpNumber()
	heir := s.AddUser(cloudapitest.UserConfig{Name: "Somebody Else", Phone: phone})
	require.NotSame(t, s.user, heir)
	require.NotEqual(t, old, heir.BSUID(s.number))
	heir.Text(s.number, "hello")
	_, b := s.send(`"type":"text","text":{"body":"for whoever has the number"}`)
	require.Zero(t, code(b))
	_, b = s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","recipient":"`+old+`","type":"text","text":{"body":"for you"}}`)
	require.Zero(t, code(b))
	s.Settle()
	require.Len(t, heir.Sees(s.number), 2)
	var failed bool
	for _, body := range s.in.take() {
		failed = failed || strings.Contains(string(body), "131026")
	}
	require.True(t, failed)
}

func TestMetasAgentHoldsAConversation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.number.HandToAgent(s.user, true)
	s.Settle()
	require.Equal(t, []string{"messaging_handovers"}, fields(t, s))
	s.user.Text(s.number, "Is anyone there?")
	require.NotEmpty(t, s.number.AgentText(s.user, "I am a machine."))
	s.Settle()
	for _, body := range s.in.bodies {
		d, err := webhook.Parse(body)
		require.NoError(t, err)
		for e := range d.Events() {
			require.NoError(t, e.Err, "%s", body)
		}
	}
	require.Equal(t, []string{"standby", "standby"}, fields(t, s))
	_, b := s.send(`"type":"text","text":{"body":"Let me."}`)
	require.Zero(t, code(b))
	s.Settle()
	require.Equal(t, "messaging_handovers", fields(t, s)[0], "a send takes control")
	s.user.Text(s.number, "Thanks")
	s.Settle()
	require.Equal(t, []string{"messages"}, fields(t, s))
	require.Empty(t, s.number.AgentText(s.user, "x"), "the agent is out")
	require.Len(t, s.user.Sees(s.number), 4)
}

// fields lists the webhook fields of the bodies taken from the inbox.
func fields(t *testing.T, s *site) (out []string) {
	t.Helper()
	for _, body := range s.in.take() {
		var env struct {
			Entry []struct{ Changes []struct{ Field string } }
		}
		require.NoError(t, json.Unmarshal(body, &env))
		for _, e := range env.Entry {
			for _, c := range e.Changes {
				out = append(out, c.Field)
			}
		}
	}
	return out
}

func TestEveryAccountEventIsRead(t *testing.T) {
	t.Parallel()
	for _, event := range cloudapitest.AccountEvents() {
		s := newSite(t)
		require.NoError(t, s.account.Event(event))
		s.Settle()
		require.Equal(t, event, firstOf[*webhook.AccountUpdate](t, s).Event)
	}
	s := newSite(t)
	require.ErrorContains(t, s.account.Event("PARTY"), "ACCOUNT_VIOLATION")
	s.account.Alert("OBA_APPROVED")
	s.Settle()
	require.Equal(t, []string{"account_alerts"}, fields(t, s))
}

func TestARestrictionStopsTemplatesForADay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plainTemplate(t, s)
	open(t, s)
	require.NoError(t, s.account.Event("ACCOUNT_RESTRICTION"))
	const plain = `"type":"template","template":{"name":"plain","language":{"code":"en_US"}}`
	_, b := s.send(plain)
	require.Equal(t, 368, code(b))
	_, b = s.send(`"type":"text","text":{"body":"answers go out"}`)
	require.Zero(t, code(b))
	s.Advance(25 * time.Hour)
	_, b = s.send(plain)
	require.Zero(t, code(b))
	require.NoError(t, s.account.Event("DISABLED_UPDATE"))
	_, b = s.send(plain)
	require.Equal(t, 368, code(b))
}

func TestWithoutAPaymentMethodWhatIsNotFreeFailsAfterItWasAccepted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plainTemplate(t, s)
	s.account.SetPayment(false)
	_, b := s.graph("GET", s.account.ID+"?fields=primary_funding_id", "")
	require.Empty(t, b["primary_funding_id"])
	open(t, s)
	s.in.take()
	_, b = s.send(`"type":"text","text":{"body":"free, as the first thousand are"}`)
	require.Zero(t, code(b))
	s.Settle()
	require.Equal(t, []string{"sent", "delivered"}, s.in.statuses(t))
	_, b = s.send(`"type":"template","template":{"name":"plain","language":{"code":"en_US"}}`)
	require.Zero(t, code(b), "accepted all the same")
	s.Settle()
	last := s.in.bodies[len(s.in.bodies)-1]
	require.Contains(t, string(last), `"status":"failed"`)
	require.Contains(t, string(last), "131042")
	require.Len(t, s.user.Sees(s.number), 2, "it is not on the phone")
}

func TestFilesFromTheBusinessAppAndInHistory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
	s.user.Text(n, "hi")
	s.user.Image(n, cloudapitest.Attachment{Caption: "box"})
	require.NotEmpty(t, n.AppFile(s.user, "image", cloudapitest.Attachment{Caption: "Label"}))
	require.Empty(t, n.AppFile(s.user, "hologram", cloudapitest.Attachment{}))
	require.Empty(t, s.number.AppFile(s.user, "image", cloudapitest.Attachment{}), "not in the app")
	s.Settle()
	require.Contains(t, fields(t, s), "smb_message_echoes")
	status, _ := s.graph("POST", n.ID+"/smb_app_data", `{"messaging_product":"whatsapp","sync_type":"history"}`)
	require.Equal(t, 200, status)
	s.Settle()
	bodies := s.in.take()
	require.Len(t, bodies, 3)
	require.Equal(t, 2, strings.Count(string(bodies[0]), `"type":"media_placeholder"`))
	require.Contains(t, string(bodies[1]), `"messages":[{"from"`)
	require.Contains(t, string(bodies[2]), `"message_echoes":[{"from"`)
	for _, body := range bodies {
		d, err := webhook.Parse(body)
		require.NoError(t, err)
		for e := range d.Events() {
			require.NoError(t, e.Err, "%s", body)
		}
	}
}
