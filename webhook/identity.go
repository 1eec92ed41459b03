package webhook

// Identity is what one item tells about a person. At least one of BSUID and
// Phone is normally set, neither always: since usernames were introduced a person
// may hide the phone number, and failed statuses name the phone only. Two
// identities can be the same person without sharing a field, so keep all of them
// as aliases and never key on a single one.
//
// An absent identifier and an empty one mean the same.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
// (checked 2026-06-29).
type Identity struct {
	// BSUID is the business-scoped user id ("US.1349…"), opaque, unique within
	// one business portfolio. It changes when the person changes phone number,
	// which a *[System] message announces.
	BSUID string

	// ParentBSUID is the id shared by the portfolios of one enterprise, where
	// that is enabled.
	ParentBSUID string

	// Phone is the WhatsApp id: the digits of the phone number, without "+".
	Phone string

	// Username is the name the person adopted, without "@".
	Username string

	// Name is the profile name, chosen by the person and not unique. It is cut after 1,024
	// bytes.
	Name string
}

// IsZero reports whether nothing at all is known about the person.
func (id Identity) IsZero() bool { return id == Identity{} }
