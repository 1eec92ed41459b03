package pricing

import (
	"cmp"
	"strings"
	"time"
)

// An Entry is everything the ledger knows about one message: facts that can be
// learned in any order and any number of times. The zero Entry knows nothing.
//
// Entries form a semilattice under [Entry.Merge]; delivery beats release, and
// nothing is ever taken back. Keep one per message, under an id of your own: a
// wamid contains a phone number. An Entry is comparable, holds no personal data
// and encodes to JSON by its tags.
type Entry struct {
	// Channel is who pays, usually the business phone number's id. An entry
	// counts nowhere until it is known.
	Channel string `json:"channel,omitempty"`
	// Market is the recipient's; empty if unknown.
	Market Market `json:"market,omitempty"`
	// Hold is what was set aside when the message was about to be sent.
	Hold Hold `json:"hold,omitzero"`
	// Delivery is what was delivered.
	Delivery Delivery `json:"delivery,omitzero"`
	// Observed is what Meta said about the price.
	Observed Observed `json:"observed,omitzero"`
	// Released says that the message failed, was cancelled or given up. A
	// delivery that is reported all the same prevails.
	Released bool `json:"released,omitempty"`
}

// Hold is the expected cost of a message that is about to be sent.
type Hold struct {
	At       time.Time `json:"at,omitzero"` // when it was set aside
	Month    Month     `json:"month,omitempty"`
	Category Category  `json:"category,omitempty"`
	Billable Billable  `json:"billable,omitempty"` // unknown counts as charged
	Units    int64     `json:"units,omitempty"`    // charged units
	Free     int64     `json:"free,omitempty"`     // units out of the free tier
	Rate     Micros    `json:"rate,omitempty"`     // price of one charged unit
}

// Delivery is the delivered part of a message. A read receipt without a
// delivery receipt counts as one.
type Delivery struct {
	At    time.Time `json:"at,omitzero"` // earliest delivery, by Meta's timestamp
	Month Month     `json:"month,omitempty"`
	// Units is 1 or, in a group, the number of recipients that have it so far:
	// from the first delivery on, only those count.
	Units int64 `json:"units,omitempty"`
	// Rate is the price of one unit if it is not the one of the hold, because
	// Meta put the message into another category. 0 means the hold's.
	Rate Micros `json:"rate,omitempty"`
}

// NewHold returns the hold for a charge at a price per unit.
func NewHold(c Charge, rate Micros, at time.Time, zone *time.Location) Hold {
	return Hold{
		At: second(at), Month: MonthOf(at, zone), Category: c.Category,
		Billable: c.Billable, Units: c.Units, Free: c.Free, Rate: rate,
	}
}

// NewDelivery returns the fact that units were delivered at the given time.
func NewDelivery(units int64, at time.Time, zone *time.Location) Delivery {
	return Delivery{At: second(at), Month: MonthOf(at, zone), Units: units}
}

// second makes a time comparable with == and the same after a trip through
// JSON, which ends with the year 9999. Times before 1970 are unset ones.
func second(t time.Time) time.Time {
	const last = 253402300799 // 9999-12-31T23:59:59Z
	if sec := t.Unix(); sec > 0 {
		return time.Unix(min(sec, last), 0).UTC()
	}
	return time.Time{}
}

// Reserve returns e with the hold added.
func (e Entry) Reserve(h Hold) Entry { return e.Merge(Entry{Hold: h}) }

// Settle returns e with a delivery and what the status said about the price.
func (e Entry) Settle(d Delivery, o Observed) Entry {
	return e.Merge(Entry{Delivery: d, Observed: o})
}

// Release returns e with the hold given back, unless it is or will be delivered.
func (e Entry) Release() Entry { return e.Merge(Entry{Released: true}) }

// Merge returns the facts of both. It is commutative, associative and
// idempotent. Of two different holds the later one counts.
func (e Entry) Merge(f Entry) Entry {
	hold := e.Hold
	if f.Hold.compare(hold) > 0 {
		hold = f.Hold
	}
	hold.At = second(hold.At)
	return Entry{
		Channel:  max(e.Channel, f.Channel),
		Market:   max(e.Market, f.Market),
		Hold:     hold,
		Delivery: e.Delivery.merge(f.Delivery),
		Observed: e.Observed.Merge(f.Observed),
		Released: e.Released || f.Released,
	}
}

// messages returns how many messages are held, charged or not: one of which nothing is
// charged has no units.
func (h Hold) messages() int64 {
	if h.Units == 0 && h.Free == 0 {
		return 1
	}
	return plus(max(h.Units, 0), max(h.Free, 0))
}

// compare orders holds totally, so that all processes choose the same one.
func (h Hold) compare(o Hold) int {
	return cmp.Or(
		second(h.At).Compare(second(o.At)),
		strings.Compare(string(h.Month), string(o.Month)),
		strings.Compare(string(h.Category), string(o.Category)),
		strings.Compare(string(h.Billable), string(o.Billable)),
		cmp.Compare(h.Units, o.Units),
		cmp.Compare(h.Free, o.Free),
		cmp.Compare(h.Rate, o.Rate),
	)
}

func (d Delivery) merge(o Delivery) Delivery {
	d.At, o.At = second(d.At), second(o.At)
	m := Delivery{At: d.At, Month: d.Month, Units: max(d.Units, o.Units), Rate: max(d.Rate, o.Rate)}
	if o.before(d) {
		m.At, m.Month = o.At, o.Month
	}
	return m
}

// before orders deliveries by time and then month; what is unset comes last.
func (d Delivery) before(o Delivery) bool {
	switch {
	case d.At.Equal(o.At):
		return d.Month != "" && (o.Month == "" || d.Month < o.Month)
	case d.At.IsZero() || o.At.IsZero():
		return o.At.IsZero()
	default:
		return d.At.Before(o.At)
	}
}

// Stage is how far a message has come, as far as its cost goes.
type Stage string

// Stages.
const (
	StageNone      Stage = ""          // nothing to count
	StageReserved  Stage = "reserved"  // held, outcome open
	StageDelivered Stage = "delivered" // final
	StageReleased  Stage = "released"  // given back
)

// Stage sums the facts up.
func (e Entry) Stage() Stage {
	switch {
	case e.Channel == "":
		return StageNone
	case e.Delivery.Units > 0:
		return StageDelivered
	case e.Hold == Hold{}:
		return StageNone
	case e.Released:
		return StageReleased
	default:
		return StageReserved
	}
}

// Posting returns the row of the books in which the entry counts and what it
// adds there. An entry counts in one row at a time: while reserved in the month
// of its hold, once delivered in the month of its delivery.
func (e Entry) Posting() (Key, Totals) {
	k := Key{Channel: e.Channel, Month: e.Hold.Month, Category: e.Hold.Category, Market: e.Market}
	h := e.Hold
	switch e.Stage() {
	case StageReserved:
		t := Totals{Reserved: h.messages()}
		if h.Billable != BillableNo {
			t.ReservedCharged = max(h.Units, 0)
			t.ReservedCost = max(h.Rate, 0).Times(t.ReservedCharged)
		}
		return k, t
	case StageReleased:
		return k, Totals{Released: max(h.messages(), 1)}
	case StageDelivered:
		k.Month, k.Category = e.Delivery.Month, cmp.Or(e.Observed.Category, h.Category)
		return k, e.delivered()
	default:
		return Key{}, Totals{}
	}
}

// delivered returns the totals of a delivered message. What Meta said about the
// price prevails over what was expected.
func (e Entry) delivered() Totals {
	n := e.Delivery.Units
	t := Totals{Delivered: n}
	switch e.Observed.Billable {
	case BillableYes:
		t.Charged = n
	case BillableNo:
		return t
	default:
		t.Estimated = n
		if e.Hold.Billable != BillableNo {
			t.Charged = max(n-max(e.Hold.Free, 0), 0)
		}
	}
	rate := cmp.Or(max(e.Delivery.Rate, 0), max(e.Hold.Rate, 0))
	t.Cost = rate.Times(t.Charged)
	return t
}
