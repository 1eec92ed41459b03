package onboard

import "github.com/kanava-go/kanava/webhook"

// concerns are the webhook fields that tell of what a step waits for: the review of account,
// name and templates, verification, limits, the PIN.
var concerns = map[string]bool{
	"account_alerts": true, "account_review_update": true, "account_update": true, "business_capability_update": true,
	"message_template_status_update": true, "phone_number_name_update": true, "phone_number_quality_update": true, "security": true,
}

// Concerns reports whether a webhook is a reason to look again before [State.Again]: Meta
// tells the account of a decision that a step may wait for. Everything is read anew by
// [Guide.Run], so that a webhook that was forged or came twice does no harm.
func (s *State) Concerns(e *webhook.Event) bool {
	if s.data.AccountID == "" || !concerns[e.Field] {
		return false
	}
	// Events about partners carry the id of the business, and name the account inside.
	if u, ok := e.Payload.(*webhook.AccountUpdate); ok && u.WABA != nil && u.WABA.ID == s.data.AccountID {
		return true
	}
	return e.Account == s.data.AccountID
}
