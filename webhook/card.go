package webhook

// Contacts is one or more address cards sent by the person.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/contacts
// (checked 2026-10-06).
type Contacts struct{ Cards []Card }

// Where a [Card] comes from.
const (
	// CardRequested is a card sent by tapping a button that asked for it: the
	// way in which a hidden phone number becomes known.
	CardRequested = "contact_request"

	// CardShared is a card picked by the person.
	CardShared = "other"
)

// Card is one address card. All parts are optional.
type Card struct {
	// Origin is CardRequested, CardShared or empty.
	Origin string

	Name      CardName
	Birthday  string // YYYY-MM-DD
	Company   string
	Team      string // department
	Title     string
	Phones    []CardPhone
	Emails    []CardEntry
	URLs      []CardEntry
	Addresses []CardAddress

	// VCard is the card as text in vCard form; only for shared cards.
	VCard string
}

// CardName is the name on a card.
type CardName struct{ Formatted, First, Last, Middle, Prefix, Suffix string }

// CardPhone is a phone number on a card.
type CardPhone struct {
	// Phone is the number as written.
	Phone string
	// WAID is the WhatsApp id, if the number has one and it was shared.
	WAID string
	// Type is a label such as "CELL".
	Type string
}

// CardEntry is an e-mail address or a link with its label.
type CardEntry struct{ Value, Type string }

// CardAddress is a postal address.
type CardAddress struct{ Street, City, State, Zip, Country, CountryCode, Type string }

func (*Contacts) content() {}
