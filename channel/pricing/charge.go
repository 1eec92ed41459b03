package pricing

import (
	"time"

	"github.com/kanava-go/kanava/window"
)

// Kind says what a message is, as far as its price goes.
type Kind string

// Kinds of messages and calls.
const (
	KindInbound      Kind = "inbound"       // from the user
	KindService      Kind = "service"       // from the business, any non-template; Direct Send if it has a Category
	KindTemplate     Kind = "template"      // from the business; needs a Category
	KindReaction     Kind = "reaction"      // emoji reaction by the business
	KindApp          Kind = "app"           // typed in the WhatsApp Business app
	KindAgent        Kind = "agent"         // written by Meta Business Agent
	KindUserCall     Kind = "user_call"     // call started by the user
	KindBusinessCall Kind = "business_call" // call started by the business
)

// Message is what must be known of a message to tell its price. It carries no
// identity and no content.
type Message struct {
	Kind Kind
	// Category is the template's or the Direct Send's. See
	// [International.Category] for authentication templates.
	Category Category
	// Group marks a message to a group, which is charged for each recipient
	// that it is delivered to.
	Group bool
	// Recipients is the number of group members it goes to; 0 counts as 1.
	// Ignored unless Group.
	Recipients int
	// Failed marks a message known not to be delivered.
	Failed bool
	// FreeLeft is how many free service messages the number has left this
	// month: [Rules.FreeTier] less those delivered. 0 means none.
	FreeLeft int
	// Exempt marks a government or non-profit account whose service messages
	// Meta has made free until the end of 2027.
	Exempt bool
	// Duration is the length of a business-initiated call.
	Duration time.Duration
}

// Billable answers whether something is charged. The zero value is "unknown",
// which a budget must treat as charged.
type Billable string

// Answers.
const (
	BillableUnknown Billable = ""
	BillableNo      Billable = "no"
	BillableYes     Billable = "yes"
)

// Unit is what a charge counts.
type Unit string

// Units.
const (
	UnitMessage      Unit = "message"      // per message and, in groups, per recipient
	UnitConversation Unit = "conversation" // per 24-hour conversation, until June 2025
	UnitPulse        Unit = "pulse"        // per started six seconds of a call
	UnitToken        Unit = "token"        // per language model token
)

// Reason tells why something is charged or not.
type Reason string

// Reasons.
const (
	ReasonNoRule        Reason = "no_rule"        // unknown kind, category or time: billable is unknown
	ReasonWindowUnknown Reason = "window_unknown" // depends on a window the state no longer remembers
	ReasonZoneUnknown   Reason = "zone_unknown"   // depends on the account's time zone, which was not given
	ReasonTime          Reason = "time"           // the time is unset or not in Unix seconds
	ReasonUndocumented  Reason = "undocumented"   // Meta does not say
	ReasonConversation  Reason = "conversation"   // depends on the conversation it belongs to, until June 2025
	ReasonNotDelivered  Reason = "not_delivered"  // failed messages are free
	ReasonInbound       Reason = "inbound"        // users' messages and calls are free
	ReasonBusinessApp   Reason = "business_app"   // typing in the Business app is free
	ReasonReaction      Reason = "reaction"       // reactions were free
	ReasonFreeEntry     Reason = "free_entry"     // inside a free entry point window
	ReasonWindowOpen    Reason = "window_open"    // free inside the customer service window, until September 2026
	ReasonFreeTier      Reason = "free_tier"      // one of the month's free service messages
	ReasonExempt        Reason = "exempt"         // exempt organisation
	ReasonServicePeriod Reason = "service_free"   // service was free, November 2024 to September 2026
	ReasonRegular       Reason = "regular"        // charged by rate card
	ReasonPerToken      Reason = "agent_tokens"   // charged per token, delivery included
	ReasonPerPulse      Reason = "call_pulses"    // charged per six seconds
)

// Charge says what a message costs in units; see [RateCard.Cost] for money.
type Charge struct {
	Category Category `json:"category,omitempty"`
	Billable Billable `json:"billable,omitempty"`
	Reason   Reason   `json:"reason,omitempty"`
	Unit     Unit     `json:"unit,omitempty"`
	// Units are charged, or would be if Billable is unknown.
	Units int64 `json:"units,omitempty"`
	// Free is how many of the month's free service messages it uses.
	Free int64 `json:"free,omitempty"`
}

// Charge returns what the message costs if it is delivered at the given time.
// w is the state of the window between the business number and the user or
// group; zone is the account's time zone, in which price changes take effect.
// With a nil zone the answer is unknown wherever it depends on the zone.
//
// The window matters as it was at the given time. A state that has since been
// refreshed does not remember that; the answer is then unknown if open and
// closed windows are priced differently. Charge is pure and never fails.
func (r Rules) Charge(m Message, w window.State, at time.Time, zone *time.Location) Charge {
	if !credible(at) {
		return Charge{Reason: ReasonTime}
	}
	if zone != nil {
		return r.charge(m, w, at, DateOf(at, zone))
	}
	first := r.charge(m, w, at, DateOf(at, time.FixedZone("", -12*3600)))
	last := r.charge(m, w, at, DateOf(at, time.FixedZone("", 14*3600)))
	return agree(first, last, ReasonZoneUnknown)
}

// agree returns what a and b have in common: of differing units the larger
// ones, of differing answers none.
func agree(a, b Charge, why Reason) Charge {
	if a == b {
		return a
	}
	c := a
	if b.Units > a.Units {
		c = b
	}
	c.Reason, c.Free = why, max(a.Free, b.Free)
	if a.Billable != b.Billable {
		c.Billable = BillableUnknown
	}
	return c
}

func (r Rules) charge(m Message, w window.State, at time.Time, day Date) Charge {
	if w.FreeEntryAt(at) && !m.Group {
		return r.apply(m, InFreeEntry, day)
	}
	if last, ok := w.LastInbound(); ok && at.Before(last) {
		return agree(r.apply(m, InClosed, day), r.apply(m, InOpen, day), ReasonWindowUnknown)
	}
	if w.OpenAt(at) {
		return r.apply(m, InOpen, day)
	}
	return r.apply(m, InClosed, day)
}

// apply prices the message by the newest rule that fits.
func (r Rules) apply(m Message, where Where, day Date) Charge {
	class := m.class()
	c := Charge{Category: m.category(class, where), Unit: UnitMessage}
	if m.Failed {
		c.Billable, c.Reason = BillableNo, ReasonNotDelivered
		return c
	}
	c.Units = 1
	if m.Group {
		c.Units = int64(max(m.Recipients, 1))
	}
	rule, ok := r.find(class, where, day)
	if !ok {
		c.Reason = ReasonNoRule
		return c
	}
	c.Billable, c.Reason = rule.Billable, rule.Reason
	if rule.Unit != "" {
		c.Unit = rule.Unit
	}
	switch {
	case c.Billable == BillableNo:
		c.Units = 0
	case c.Unit == UnitPulse:
		c.Units = pulses(m.Duration)
	case c.Unit == UnitToken:
		c.Units = 0 // Meta counts the tokens; nobody else can
	}
	if rule.FreeTier > 0 {
		c.Free = min(c.Units, max(int64(m.FreeLeft), 0))
		c.Units -= c.Free
		if c.Units == 0 {
			c.Billable, c.Reason = BillableNo, ReasonFreeTier
		}
	}
	return c
}

// pulses returns the started six-second pulses of a call.
func pulses(d time.Duration) int64 {
	const pulse = 6 * time.Second
	if d <= 0 {
		return 0
	}
	return int64((d-1)/pulse) + 1
}
