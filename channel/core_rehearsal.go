package channel

import (
	"errors"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// A rehearsal is what the steps before would have done, none of which is committed: those after them go by it.
type rehearsal struct {
	// waits says that a step would wait for the messaging limit, and not be refused: until at least until.
	waits   bool
	until   time.Time
	totals  map[store.RecordKey]int64
	reached map[string]bool   // by messageRecord.Reach
	prints  map[string]string // of messages with a key of the host's, by ID
	events  map[string]event  // with which people came whom nobody knew, by phone number and BSUID
	last    []store.Record    // what the last step would have added to running totals
}

// keep takes over what the last step would have done, which would have queued m.
func (r *rehearsal) keep(m *messageRecord, keyed bool) {
	if r.totals == nil {
		r.totals, r.reached, r.prints = map[store.RecordKey]int64{}, map[string]bool{}, map[string]string{}
	}
	for i := range r.last {
		switch a := &r.last[i]; {
		case a.N == 0:
		case a.Kind == kindMoney, a.Kind == kindReached && !r.reached[m.Reach]:
			r.totals[a.ID()] += a.N
		}
	}
	if m.Reach != "" {
		r.reached[m.Reach] = true
	}
	if keyed {
		r.prints[m.ID] = m.Print
	}
}

// before is the message that a step before would have queued, nil if none.
func (r *rehearsal) before(id string, customer *conversation.Customer) *messageRecord {
	if r == nil {
		return nil
	}
	print, ok := r.prints[id]
	if !ok {
		return nil
	}
	return &messageRecord{Message: conversation.Message{
		ID: id, Channel: customer.Channel, Direction: conversation.Outbound,
	}, Print: print}
}

// An event is that with which a person comes whom nobody knows, and which names them.
type event struct{ id, bsuid string }

// comes is the event of a person, the same for one who came with a step before. One BSUID is one person; a phone
// number is that of whoever has it, unless two BSUIDs tell them apart.
func (r *rehearsal) comes(to message.Recipient) string {
	phone := canonicalPhone(to.Phone)
	e, known := r.events["b|"+to.BSUID]
	if !known {
		e, known = r.events["p|"+phone]
		if known && e.bsuid != "" && to.BSUID != "" {
			known = false
		}
	}
	if !known {
		e.id = opaque.ID("e_", phone, to.BSUID)
	}
	if e.bsuid == "" {
		e.bsuid = to.BSUID
	}
	if r.events == nil {
		r.events = map[string]event{}
	}
	if phone != "" {
		r.events["p|"+phone] = e
	}
	if e.bsuid != "" {
		r.events["b|"+e.bsuid] = e
	}
	return e.id
}

// reaches says that a step before would have reached a person.
func (r *rehearsal) reaches(person string) bool { return r != nil && r.reached[person] }

// outwaits says that a messaging limit stands in nobody's way: the step would wait for it.
func (r *rehearsal) outwaits(err error) bool {
	limit, ok := errors.AsType[*pricing.LimitError](err)
	if r == nil || !r.waits || !ok || limit.Next.IsZero() {
		return false
	}
	r.until = limit.Next
	return true
}

// Total returns a running total with what this step adds to it, and those before it would have added.
func (u *unit) Total(r store.Record) (int64, error) {
	n, err := u.Step.Total(r)
	if u.rehearsal != nil {
		n += u.rehearsal.totals[r.ID()]
	}
	return n, err
}
