package webhook

import (
	"encoding/json"
	"time"
)

// NumberSettings is a change of a number's calling settings, by anyone.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings
// (checked 2026-10-06).
type NumberSettings struct {
	// Type is "phone_number_settings"; Meta's upper-case variant is evened out.
	Type string

	Calling         string // "ENABLED" or "DISABLED"
	CallIcon        string // call_icon_visibility
	CallbackRequest string // callback_permission_status
	CallHours       CallHours
	SIP             string // "ENABLED" or "DISABLED"
	SRTPKeyExchange string

	// Raw is the settings in full.
	Raw json.RawMessage
}

// CallHours is when calls are taken.
type CallHours struct {
	Status   string // "ENABLED" or "DISABLED"
	Timezone string // IANA name
	Weekly   []OpenHours
	Holidays []OpenHours
}

// OpenHours is one span of a day, as HHMM.
type OpenHours struct {
	Day         string // "MONDAY", or a date YYYY-MM-DD for holidays
	Open, Close string
}

// NumberName is the review of a number's display name.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/phone_number_name_update
// (checked 2026-10-06).
type NumberName struct {
	Decision string // DecisionApproved, …
	Name     string
	Reason   string // of a rejection, such as "NAME_INDIVIDUAL_ISSUE"
}

// NumberQuality is a change of a number's limits.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/phone_number_quality_update
// (checked 2026-10-06).
type NumberQuality struct {
	// Event is "ONBOARDING" or "THROUGHPUT_UPGRADE"; formerly "FLAGGED",
	// "UNFLAGGED", "UPGRADE", "DOWNGRADE".
	Event string

	// DailyLimit is a tier such as "TIER_100K". OldLimit and CurrentLimit are
	// its predecessors.
	DailyLimit             string
	OldLimit, CurrentLimit string
}

// UsernameUpdate is a change of the business's own username.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/business_username_updates
// (checked 2026-10-06).
type UsernameUpdate struct {
	Username string // empty if deleted
	Status   string // "approved", "deleted" or "reserved"
	// Revoked is set if Meta took the name back.
	Revoked bool
}

// SecurityEvent concerns the two-step PIN of a number.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/security
// (checked 2026-10-06).
type SecurityEvent struct {
	Event     string // "PIN_CHANGED", "PIN_RESET_REQUEST" or "PIN_REQUEST_SUCCESS"
	Requester string
}

// PaymentConfiguration is a change of a payment setup (India, Brazil).
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/payment_configuration_update
// (checked 2026-10-06).
type PaymentConfiguration struct {
	Name       string
	Provider   string // such as "razorpay"
	MerchantID string
	Status     string // "Active", "Needs Connecting" or "Needs Testing"
	Created    time.Time
	Updated    time.Time
}

func (*NumberSettings) payload()       {}
func (*NumberName) payload()           {}
func (*NumberQuality) payload()        {}
func (*UsernameUpdate) payload()       {}
func (*SecurityEvent) payload()        {}
func (*PaymentConfiguration) payload() {}
