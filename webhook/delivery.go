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

	src    string // the body once more: what the events' strings point into
	events []Event
	frames []frame

	// The common delivery has one event; it needs no slices of its own.
	event1 [1]Event
	frame1 [1]frame
}

// Events yields the items of the delivery as they stand in it: entries, then
// changes, then items. Parsing is complete before, so the sequence cannot fail
// and may be walked any number of times.
func (d *Delivery) Events() iter.Seq[*Event] {
	return func(yield func(*Event) bool) {
		for i := range d.events {
			if !yield(&d.events[i]) {
				return
			}
		}
	}
}

// Len returns the number of events.
func (d *Delivery) Len() int { return len(d.events) }
