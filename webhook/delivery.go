package webhook

import "iter"

// Delivery is the body of one POST, verified and parsed. It is read-only and may
// be shared between goroutines.
type Delivery struct {
	// Body is the body as received. Do not change it. It is the only place of what
	// Meta may one day put beside the known members of the envelope itself.
	Body []byte

	// Object is what the webhook is about: "whatsapp_business_account". Bodies
	// about other objects of Meta (an app may subscribe to several) have no
	// events.
	Object string

	// Secret is the index of the app secret that signed the body, in the list
	// the handler was given; -1 if no signature was checked.
	Secret int

	// Scope is what whoever signed the body may speak for. The handler sets it; it is
	// zero, and covers nothing, after Parse. A program that checks signatures by itself
	// sets it to what the secret that fitted covers, {All: true} if there is but one;
	// a log of deliveries keeps it beside Body and sets it again. Check every event
	// with Scope.Covers before its account or number is believed.
	Scope Scope

	src string // the body once more: what the events' strings point into

	// The common delivery has one event; several stand elsewhere.
	event1  [1]Event
	frame1  frame
	several *several
}

// several is the content of a delivery with more than one event.
type several struct {
	events []Event
	frames []frame
}

// all returns the events.
func (d *Delivery) all() []Event {
	switch {
	case d.several != nil:
		return d.several.events
	case d.event1[0].Payload != nil:
		return d.event1[:]
	default:
		return nil
	}
}

// Events yields the items of the delivery as they stand in it: entries, then
// changes, then items. Parsing is complete before, so the sequence cannot fail
// and may be walked any number of times.
func (d *Delivery) Events() iter.Seq[*Event] {
	return func(yield func(*Event) bool) {
		events := d.all()
		for i := range events {
			if !yield(&events[i]) {
				return
			}
		}
	}
}

// Len returns the number of events.
func (d *Delivery) Len() int { return len(d.all()) }
