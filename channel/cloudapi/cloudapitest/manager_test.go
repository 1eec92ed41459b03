package cloudapitest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// refusal is code and subcode of an answer.
func refusal(body map[string]any) [2]float64 {
	e, _ := body["error"].(map[string]any)
	code, _ := e["code"].(float64)
	subcode, _ := e["error_subcode"].(float64)
	return [2]float64{code, subcode}
}

func TestANumberThatSomebodyUsesInTheAppIsNotRegistered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	holder := s.AddUser(cloudapitest.UserConfig{Phone: "12025550177"})
	n := s.account.AddNumber(cloudapitest.NumberConfig{Phone: "12025550177", Unregistered: true})
	register := func() (int, map[string]any) {
		return s.graph("POST", n.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
	}
	status, body := register()
	require.Equal(t, http.StatusBadRequest, status)
	require.Equal(t, [2]float64{100, 2388001}, refusal(body))
	require.Equal(t, "Cannot Create Certificate", body["error"].(map[string]any)["error_user_title"])

	require.True(t, holder.ChangeNumber("12025550178"))
	status, _ = register()
	require.Equal(t, http.StatusOK, status)
}

func TestTooManyCodesMakeANumberRestForAnHour(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.account.AddNumber(cloudapitest.NumberConfig{Unverified: true})
	ask := func() map[string]any {
		_, body := s.graph("POST", n.ID+"/request_code", `{"code_method":"VOICE","language":"de_DE"}`)
		return body
	}
	for range 5 {
		require.Equal(t, map[string]any{"success": true}, ask())
	}
	require.Equal(t, [2]float64{136024, 2388091}, refusal(ask()))
	s.Advance(time.Hour)
	require.Equal(t, map[string]any{"success": true}, ask())
}

func TestACodeIsGuessedFiveTimesAtMost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.account.AddNumber(cloudapitest.NumberConfig{Unverified: true})
	s.graph("POST", n.ID+"/request_code", `{"code_method":"SMS","language":"en_US"}`)
	right := n.Code()
	wrong := "000000"
	if right == wrong {
		wrong = "111111"
	}
	for range 5 {
		_, body := s.graph("POST", n.ID+"/verify_code", `{"code":"`+wrong+`"}`)
		require.Equal(t, [2]float64{136025, 0}, refusal(body))
	}
	_, body := s.graph("POST", n.ID+"/verify_code", `{"code":"`+right+`"}`)
	require.Equal(t, [2]float64{136024, 2388091}, refusal(body))

	s.graph("POST", n.ID+"/request_code", `{"code_method":"SMS","language":"en_US"}`)
	_, body = s.graph("POST", n.ID+"/verify_code", `{"code":"`+n.Code()+`"}`)
	require.Equal(t, map[string]any{"success": true}, body)
}

func TestAMigrationTakesNameAndBadgeAlongOnceItsConditionsHold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	old := s.AddAccount(cloudapitest.AccountConfig{})
	n := old.AddNumber(cloudapitest.NumberConfig{Phone: "12025550188", Name: "Lucky Shrub", PIN: "123456", OBA: true})
	migrate := func() map[string]any {
		_, body := s.graph("POST", s.account.ID+"/phone_numbers", `{"cc":"1","phone_number":"2025550188","migrate_phone_number":true}`)
		return body
	}
	require.Equal(t, [2]float64{2388001, 0}, refusal(migrate()), "the old provider's PIN")
	n.ClearPIN()
	s.account.SetPayment(false)
	require.Equal(t, [2]float64{2388103, 0}, refusal(migrate()), "nobody pays here")
	s.account.SetPayment(true)
	id, _ := migrate()["id"].(string)
	_, moved := s.graph("GET", id+"?fields=verified_name,name_status,is_official_business_account,code_verification_status", "")
	require.Equal(t, map[string]any{
		"id": id, "verified_name": "Lucky Shrub", "name_status": "APPROVED", "is_official_business_account": true, "code_verification_status": "NOT_VERIFIED",
	}, moved)
}

func TestWhatPeopleDoInWhatsAppManagerIsSeenThroughTheAPI(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.account.AddNumber(cloudapitest.NumberConfig{PIN: "123456"})
	read := func(field string) any {
		_, body := s.graph("GET", n.ID+"?fields="+field, "")
		return body[field]
	}
	require.Equal(t, true, read("is_pin_enabled"))
	n.ClearPIN()
	require.Equal(t, false, read("is_pin_enabled"))

	for _, status := range []string{"pending", "rejected", "verified"} {
		s.account.Portfolio.SetVerification(status)
		require.Equal(t, status, read("business_verification_status"))
	}

	n.Delete()
	_, body := s.graph("GET", n.ID, "")
	require.Equal(t, [2]float64{100, 33}, refusal(body))
}
