package webhook

// UserPreference is a person stopping or resuming marketing messages. After a
// stop, marketing templates fail with code 131050.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
// (checked 2026-10-06).
type UserPreference struct {
	User Identity

	// Category is "marketing_messages".
	Category string

	// Value is PreferenceStop or PreferenceResume, or a later addition.
	Value string

	Detail   string
	SignupID string
}

// Values of [UserPreference.Value].
const (
	PreferenceStop   = "stop"
	PreferenceResume = "resume"
)

// UserIDUpdate reports a new BSUID in the form Meta published in March 2026 and
// withdrew on 2026-08-11. A *[System] message replaces it.
type UserIDUpdate struct {
	Current, Previous Identity
	Detail            string
}

// UserAction is a tap on a link of a marketing message, or the page it leads to
// being seen. Names neither the person nor the message.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/track-click-events
// (checked 2026-10-06).
type UserAction struct {
	// Type is ActionLinkClick, ActionPageView or a later addition.
	Type string

	Component     string // "cta" or "body"
	ProductID     string
	ClickID       string
	TrackingToken string
}

// Values of [UserAction.Type].
const (
	ActionLinkClick = "marketing_messages_link_click"
	ActionPageView  = "landing_page_view"
)

// AutomaticEvent is a lead or a purchase Meta noticed in a conversation that
// began with an ad.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/automatic-events-api
// (checked 2026-10-06).
type AutomaticEvent struct {
	MessageID string

	// Name is AutomaticLead or AutomaticPurchase, or a later addition. Meta's
	// casing of the two varies and is evened out.
	Name string

	ClickID  string // ctwa_clid
	Currency string // ISO 4217

	// ValueMilli is the amount of a purchase in thousandths of Currency.
	ValueMilli int64
}

// Values of [AutomaticEvent.Name].
const (
	AutomaticLead     = "LeadSubmitted"
	AutomaticPurchase = "Purchase"
)

// TrackingEvent is progress of a tracked marketing message. Known from Meta's
// test panel only; the shape is not confirmed.
type TrackingEvent struct{ Name, ClickID, TrackingToken string }

func (*UserPreference) payload() {}
func (*UserIDUpdate) payload()   {}
func (*UserAction) payload()     {}
func (*AutomaticEvent) payload() {}
func (*TrackingEvent) payload()  {}
