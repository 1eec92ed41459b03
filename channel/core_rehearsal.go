package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// A rehearsal is what the steps before would have done, none of which is committed: those after them go by it.
type rehearsal struct {
	// limits says that whom the steps before would have reached counts for the messaging limit.
	limits  bool
	totals  map[store.RecordKey]int64
	reached map[string]bool   // by messageRecord.Reach
	prints  map[string]string // of messages with a key of the host's, by ID
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
		case a.Kind == kindMoney, a.Kind == kindReached && r.limits && !r.reached[m.Reach]:
			r.totals[a.ID()] += a.N
		}
	}
	if r.limits && m.Reach != "" {
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

// reaches says that a step before would have reached a person.
func (r *rehearsal) reaches(person string) bool { return r != nil && r.reached[person] }

// Total returns a running total with what this step adds to it, and those before it would have added.
func (u *unit) Total(r store.Record) (int64, error) {
	n, err := u.Step.Total(r)
	if u.rehearsal != nil {
		n += u.rehearsal.totals[r.ID()]
	}
	return n, err
}
