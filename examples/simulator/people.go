package main

import (
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// directory numbers people for the control API.
type directory struct {
	mu   sync.Mutex
	list []*cloudapitest.User
}

// add returns the number of a person, the old one if there is one.
func (d *directory) add(u *cloudapitest.User) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.list, u); i >= 0 {
		return i
	}
	d.list = append(d.list, u)
	return len(d.list) - 1
}

func (d *directory) all() []*cloudapitest.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

// person is a customer as the page lists them.
type person struct {
	N          int        `json:"n"`
	Name       string     `json:"name"`
	Phone      string     `json:"phone"`
	BSUID      string     `json:"bsuid"`
	Last       string     `json:"last,omitempty"`
	WindowEnds *time.Time `json:"window_ends"` // null = never opened
	Offline    bool       `json:"offline"`
	Blocked    bool       `json:"blocked"`   // by the customer
	OptedOut   bool       `json:"opted_out"` // of marketing
}

// describe fills in what the page shows of person i.
func (s *server) describe(i int, u *cloudapitest.User) person {
	st := u.Standing(s.number)
	p := person{
		N: i, Name: u.Name(), Phone: u.Phone(), BSUID: u.BSUID(s.number),
		Offline: st.Offline, Blocked: st.Blocked, OptedOut: st.OptedOut,
	}
	if !st.WindowEnds.IsZero() {
		p.WindowEnds = &st.WindowEnds
	}
	if seen := u.Sees(s.number); len(seen) > 0 {
		last := seen[len(seen)-1]
		if p.Last = last.Text; p.Last == "" {
			p.Last = last.Kind
		}
	}
	return p
}
