package webhook

import (
	"encoding/json"
	"time"
)

// An Event is one item of a delivery, with the envelope it came in. Events are
// read-only: a Delivery may be shared between sinks. All methods are safe for
// concurrent use.
type Event struct {
	// Account is the id of the WhatsApp Business Account (entry id). Partner
	// events (partner_solutions, PARTNER_* account updates) carry the id of the
	// business portfolio instead, and the dashboard's test button sends "0".
	Account string

	// Number is the business number the event concerns; zero for events of the
	// account as a whole.
	Number Number

	// Field is the webhook field the event arrived in, such as "messages"; where
	// Meta left it out, the one its value looks like.
	Field string

	// Time is when it happened by Meta's clock: the timestamp of the item, or if
	// it has none (as in account events) that of its entry. One-second
	// resolution, so ties are common. Zero if neither can be read; never the
	// time of arrival.
	Time time.Time

	// Payload is the item itself, never nil.
	Payload Payload

	// Err names the first part of the item that was malformed and is therefore
	// missing from the payload, while the rest could be read. Nil normally, and
	// for *[Unknown], which has its own. It quotes nothing of the input.
	Err error

	d       *Delivery
	item    span // the item's bytes
	contact span // the contact matched to the item, empty if none
	frame   uint32
	shape   shape
	masked  bool
}

// Masked reports whether a log that kept the item masked something in it: a card number, as a
// rule. It is false for what comes from WhatsApp directly.
func (e *Event) Masked() bool { return e.masked }

// Number names a business phone number.
type Number struct {
	// ID is Meta's phone number id, the key to route by. Empty for the account
	// events that name a number only by its digits (name and quality updates,
	// security): join those on Display.
	ID string

	// Display is the number as digits, without "+" or separators.
	Display string
}

// Payload is what an event carries. It is one of
//
// conversations: *[Message], *[Status], *[PaymentStatus], *[ErrorNotice],
// *[UserAction], *[UserPreference], *[UserIDUpdate];
//
// copies of conversations held elsewhere: *[Echo], *[StandbyMessage],
// *[StandbyStatus], *[StandbyEcho], *[Handover], *[HistoryMessage],
// *[HistoryChunk], *[HistoryDeclined], *[ContactSync];
//
// calls: *[Call], *[CallStatus];
//
// groups: *[GroupLifecycle], *[GroupParticipants], *[GroupSettings],
// *[GroupStatus];
//
// templates and Flows: *[TemplateStatus], *[TemplateQuality],
// *[TemplateComponents], *[TemplateCategory], *[TemplateMiscategorized],
// *[FlowEvent];
//
// account and number: *[AccountAlert], *[AccountReview], *[AccountUpdate],
// *[CapabilityUpdate], *[NumberSettings], *[NumberName], *[NumberQuality],
// *[UsernameUpdate], *[SecurityEvent], *[PaymentConfiguration],
// *[PartnerSolution];
//
// marketing: *[AutomaticEvent], *[TrackingEvent];
//
// and *[Unknown] for everything else.
//
// Kinds may be added in minor releases: a switch over payloads must have a
// default branch.
//
//sumtype:decl
type Payload interface{ payload() }

// Unknown is anything this version does not model or could not read. It is a
// [Payload] when a whole item is meant, and a [Content] when the envelope of a
// message is understood but not what it carries.
type Unknown struct {
	// Field is the webhook field, empty for a body that is not a webhook at all.
	Field string

	// Type is the wire name of what was not understood: a message type, the
	// subtype of an interactive reply, or a key of the value. "contacts" is what a
	// value tells of a person whom none of its items is about. May be empty.
	Type string

	// Raw is the JSON that was not understood, as received: the whole item, or
	// for a message content the member named after its type. For a body that is
	// not JSON it is that body. Personal data.
	Raw json.RawMessage

	// Err is nil if the thing is merely unknown, and says what was wrong with it
	// if it is malformed. It quotes nothing of the input.
	Err error
}

func (*Unknown) payload() {}
func (*Unknown) content() {}
