package worker

import (
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// Care says how careful a runner is with a group of its work.
type Care int

const (
	// CareNone claims what is fair.
	CareNone Care = iota
	// CareFew claims a few at a time, since nobody knows yet whether they go well.
	CareFew
	// CareOne claims one, to see whether it goes well again.
	CareOne
	// CareClose claims nothing.
	CareClose
)

// Few is how much of a group may be in hand before something of it has gone well: so much
// is at stake when it does not.
const Few = 8

// ask is a claim that a runner is going to make. If it is open-ended, another one follows
// at once when it brings as much as it may.
type ask struct {
	store.Claim
	openEnded bool
	orElse    bool // the next one is for the case that this one brings nothing
	partial   bool // some groups are left out because they have their share
}

// asks are the claims for which there is room.
func (r *Runner) asks(free int) []ask {
	if r.Groups == nil {
		return []ask{{Claim: store.Claim{Limit: free}, openEnded: true}}
	}
	var usual, some, trial []string
	groups := r.Groups()
	if r.Whole != nil {
		switch r.Whole() {
		case CareClose:
			return nil
		case CareOne:
			return []ask{{Claim: store.Claim{Groups: r.likely(groups), Limit: 1}, orElse: true}, {Claim: store.Claim{Groups: groups, Limit: 1}}}
		}
	}
	if r.Care == nil {
		usual = groups
	} else {
		for _, g := range groups {
			switch r.Care(g) {
			case CareNone:
				usual = append(usual, g)
			case CareFew:
				some = append(some, g)
			case CareOne:
				trial = append(trial, g)
			}
		}
	}
	var asks []ask
	add := func(groups []string, limit, perGroup int, openEnded bool) {
		if len(groups) > 0 {
			asks = append(asks, ask{Claim: store.Claim{Groups: groups, Limit: limit, PerGroup: perGroup}, openEnded: openEnded})
		}
	}
	add(r.shares.idle(trial), free, 1, false)
	for n, having := range r.shares.having(some, Few) {
		add(having, free, Few-n, false)
	}
	if alone(groups) {
		add(usual, free, 0, true)
		return asks
	}
	// Each claim leaves as much as it may take, so that the next group finds something.
	limit := max(1, free/2)
	hungry := r.shares.hungry(usual, free)
	add(hungry, limit, max(1, limit/2), true)
	if len(hungry) < len(usual) {
		asks = append(asks, ask{partial: true})
	}
	return asks
}

// likely are those of the groups of which nothing has failed: when everything seems to be
// out, they are the first to be tried.
func (r *Runner) likely(groups []string) []string {
	return slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return !r.Well(g) })
}

// exhausted reports whether a claim may have left something for another one.
func exhausted(c *store.Claim, claimed []Job) bool {
	if len(claimed) == c.Limit {
		return true
	}
	if c.PerGroup == 0 {
		return false
	}
	n := map[string]int{}
	for i := range claimed {
		g := claimed[i].Group
		if n[g]++; n[g] == c.PerGroup {
			return true
		}
	}
	return false
}

// alone says that there is one channel: it need not leave room for others.
func alone(groups []string) bool { return len(groups) == 1 || len(groups) == 2 && groups[0] == "" }
