package onboard

import (
	"encoding/json"
	"errors"
	"strings"
)

// Signup is what the page with Embedded Signup was told by Meta's window: the message event
// of the type WA_EMBEDDED_SIGNUP. The code comes apart from it, and is the answer to
// [PromptSignup].
//
// It comes through the customer's browser and proves nothing. Have the page check that its
// origin is https://www.facebook.com; what counts is the token: a run refuses an account
// that the token is not for, and a number that is not of that account.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/implementation,
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/errors
// (checked 2026-06-28)
type Signup struct {
	// Finished says that the customer came through; Event is Meta's word, such as FINISH.
	Finished bool
	Event    string
	// AccountID, NumberID and BusinessID are what the customer chose or made; a number may
	// be missing.
	AccountID  string
	NumberID   string
	BusinessID string
	// Coexistence says that the number stays in the WhatsApp Business app. It is the event
	// that decides, whatever the page had offered.
	Coexistence bool
	// Screen is where the customer stopped, such as PHONE_NUMBER_VERIFICATION; ErrorID and
	// SessionID are what Meta's support asks for if there was an error.
	Screen    string
	ErrorID   string
	SessionID string
}

// ParseSignup reads a message event, as JSON. Anything else than an event of Embedded
// Signup is an error, and so are ids that cannot be Meta's; it quotes nothing.
func ParseSignup(event []byte) (Signup, error) {
	var w struct {
		Type  string `json:"type"`
		Event string `json:"event"`
		Data  struct {
			AccountID  string `json:"waba_id"`
			NumberID   string `json:"phone_number_id"`
			BusinessID string `json:"business_id"`
			Screen     string `json:"current_step"`
			ErrorID    any    `json:"error_id"`
			ErrorCode  any    `json:"error_code"`
			SessionID  any    `json:"session_id"`
			InApp      bool   `json:"is_wa_login_user"` // seen in coexistence beside FINISH
		} `json:"data"`
	}
	if json.Unmarshal(event, &w) != nil || w.Type != "WA_EMBEDDED_SIGNUP" {
		return Signup{}, errors.New("onboard: parse signup: this is no event of Embedded Signup")
	}
	s := Signup{
		Event: w.Event, Finished: strings.HasPrefix(w.Event, "FINISH"), Screen: w.Data.Screen,
		AccountID: w.Data.AccountID, NumberID: w.Data.NumberID, BusinessID: w.Data.BusinessID,
		Coexistence: w.Event == "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING" || w.Data.InApp,
		ErrorID:     word(w.Data.ErrorID), SessionID: word(w.Data.SessionID),
	}
	if s.ErrorID == "" {
		s.ErrorID = word(w.Data.ErrorCode)
	}
	for _, id := range []string{s.AccountID, s.NumberID, s.BusinessID} {
		if strings.Trim(id, "0123456789") != "" {
			return Signup{}, errors.New("onboard: parse signup: an id in it is none of Meta's")
		}
	}
	return s, nil
}

// word is a short string or number of an event.
func word(v any) string {
	switch v := v.(type) {
	case string:
		return v[:min(len(v), 100)]
	case float64:
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	return ""
}

// Plan puts what the customer chose into a plan.
func (s Signup) Plan(p Plan) Plan {
	p.Road, p.AccountID, p.NumberID, p.Coexistence = RoadSignup, s.AccountID, s.NumberID, s.Coexistence
	return p
}

// screens are the places where customers stop, in words.
var screens = map[string]string{
	"BUSINESS_ACCOUNT_SELECTION":      "choosing a business portfolio",
	"WABA_PHONE_PROFILE_PICKER":       "choosing an account and number",
	"WHATSAPP_BUSINESS_PROFILE_SETUP": "filling in the profile",
	"PHONE_NUMBER_SETUP":              "entering the phone number",
	"PHONE_NUMBER_VERIFICATION":       "giving the code that came to the number",
	"PERMISSIONS":                     "granting the permissions",
}

// Text says in a sentence how the signup ended.
func (s Signup) Text() string {
	where := screens[s.Screen]
	switch {
	case s.Finished && s.NumberID == "" && !s.Coexistence:
		return "The customer came through the signup without a phone number."
	case s.Finished:
		return "The customer came through the signup."
	case s.ErrorID != "" && s.SessionID != "":
		return "The signup ended with error " + s.ErrorID + "; Meta's support asks for session " + s.SessionID + "."
	case s.ErrorID != "":
		return "The signup ended with error " + s.ErrorID + "."
	case where != "":
		return "The customer stopped while " + where + "."
	default:
		return "The customer closed the signup."
	}
}
