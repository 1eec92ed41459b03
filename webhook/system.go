package webhook

// SystemKind says what a system message announces. Other values may appear.
type SystemKind string

// The announcements of WhatsApp.
const (
	// SystemNumberChanged: the person has a new phone number, and it may be
	// shared. Legacy spelling "customer_changed_number" included.
	SystemNumberChanged SystemKind = "user_changed_number"

	// SystemUserIDChanged: the person has a new BSUID, and the phone number that
	// goes with it may not be shared.
	SystemUserIDChanged SystemKind = "user_changed_user_id"

	// SystemIdentityChanged: the security code changed, as on a new device.
	// Not confirmed for current API versions.
	SystemIdentityChanged SystemKind = "customer_identity_changed"
)

// System is WhatsApp telling that a person's identifiers changed. It is upkeep of
// identities, not conversation: it does not open the customer service window.
// There is no other webhook for a changed BSUID.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system
// (checked 2026-10-06) and the changelog of 2026-08-11.
type System struct {
	Kind SystemKind

	// Body is a sentence for people. It contains name and numbers.
	Body string

	// Previous holds the identifiers the person had, Current those valid from
	// now on; either may be partial. Payloads older than 2026-08-11 do not name
	// the previous BSUID outright; it is then taken from the sender or from Body
	// if that agrees with Current.
	Previous, Current Identity

	// IdentityKeyHash is the new hash for SystemIdentityChanged.
	IdentityKeyHash string
}

func (*System) content() {}
