package health

import "time"

// An Outage is a time in which everything of one kind fails, so that the hub has stopped: a
// channel does not send, or the host is not told. What waits stays where it is and goes on,
// in order, when a single try has gone well.
type Outage struct {
	// Kind says what is out.
	Kind OutageKind `json:"kind"`
	// Since is when the first failure of the row was.
	Since time.Time `json:"since"`
	// Reason says what the failures were, free of personal data, such as "code 190: auth".
	Reason string `json:"reason"`
}

// OutageKind says what is out. Kinds may be added.
type OutageKind string

// Kinds of outages.
const (
	// OutageUnreachable: WhatsApp does not answer, or says that it is out of order.
	OutageUnreachable OutageKind = "unreachable"
	// OutageUnauthorized: WhatsApp refuses the token, or what it may do. A new one is needed.
	OutageUnauthorized OutageKind = "unauthorized"
	// OutageAccount: the number or its account may not send: not registered, locked,
	// restricted, without a means of payment.
	OutageAccount OutageKind = "account"
	// OutageTicketing: the host's Ticketing fails for one message like for another.
	OutageTicketing OutageKind = "ticketing"
	// OutageAttachments: the host's Attachments fails for one file like for another.
	OutageAttachments OutageKind = "attachments"
)
