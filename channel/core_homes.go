package channel

import (
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// What WhatsApp says about an account is applied by one process, and concerns channels of all
// of them. Each writes down in its entry to whom its channels belong.

// homes are those of this process's channels that share anything.
func (r *registry) homes() (all []home) {
	for _, ch := range r.view().byID {
		if ch.Account != "" || ch.Portfolio != "" {
			all = append(all, home{ch.ID, ch.Account, ch.Phone, ch.portfolio()})
		}
	}
	slices.SortFunc(all, func(a, b home) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// homesFor is how long the channels of a process that is gone count: it may be started again
// at this moment.
const homesFor = time.Hour

// homes are those of the channels of all processes, ordered by ID.
func (u *unit) homes() ([]home, error) {
	all := u.core.channels.homes()
	known := map[string]bool{}
	for id := range u.core.channels.view().byID {
		known[id] = true
	}
	entries, err := step.List[entry](u.ctx, u, store.Query{Kind: kindProcess, Parent: fleetParent, Descending: true, Limit: maxFleet})
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if u.now.Sub(e.Seen) > homesFor {
			break
		}
		for _, p := range e.Homes {
			if !known[p.ID] {
				known[p.ID] = true
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b home) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}
