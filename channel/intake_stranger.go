package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// Items of a number that the process which took them in does not know wait in a group of
// their own, from which processes claim that do. In a rolling deploy that is the rule for a
// while. Only when no process on the store has had the number for some time do the items
// become dead letters, and they come back to life in their order when one gets it.

// numberWait is how long no process must have had a number before its items are given up.
const numberWait = 3 * time.Minute

// strangersIn are the records of the numbers that the items name and this process does not know.
func (it *intake) strangersIn(items []store.Work) (met []store.Record) {
	for i := range items {
		number, strangers := strings.CutPrefix(items[i].Group, "#")
		if strangers && !slices.ContainsFunc(met, func(r store.Record) bool { return r.Key == number }) {
			met = append(met, strange(number, it.now()))
		}
	}
	return met
}

// taking lists the groups of accepted items that this process may claim.
func (it *intake) taking() []string {
	groups := it.channels.view().taking
	it.fleet.mu.Lock()
	defer it.fleet.mu.Unlock()
	if len(it.fleet.lost)+len(it.fleet.homecoming) == 0 {
		return groups
	}
	mine := make([]string, 0, len(groups)+len(it.fleet.lost))
	for _, g := range groups {
		if !it.fleet.homecoming[strings.TrimPrefix(g, "#")] {
			mine = append(mine, g)
		}
	}
	for number := range it.fleet.lost {
		if !it.fleet.homecoming[number] {
			mine = append(mine, strangeGroup(number))
		}
	}
	slices.Sort(mine)
	return slices.Compact(mine)
}

// unknownNumber decides about an item of a number that this process does not have: it waits,
// unless no process has had the number for long.
func (it *intake) unknownNumber(ctx context.Context, w *worker.Job, number string) error {
	it.fleet.mu.Lock()
	lost := it.fleet.lost[number]
	it.fleet.mu.Unlock()
	if !isNumber(number) {
		return it.bury(ctx, w, errUnknownNumber)
	}
	if lost { // as of the last beat: a process that has it may have come since
		processes, err := it.processes(ctx)
		if err != nil {
			return err
		}
		now := it.now()
		lost = now.Sub(lastHad(number, processes, now)) >= numberWait
	}
	if lost {
		return it.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
			met := strange(number, u.now)
			met.Key = buriedPrefix + number
			u.Add(met)
			return buried(errUnknownNumber), nil
		})
	}
	return it.postpone(ctx, w, worker.Pause(w.Tries))
}

// postpone gives an item of a number that is strange to somebody back for a while.
func (it *intake) postpone(ctx context.Context, w *worker.Job, wait time.Duration) error {
	return it.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		return worker.Later(u.now.Add(wait), reasonOf(errUnknownNumber)), nil
	})
}

// findStrangers looks at the numbers that some process did not know: those of this process
// come home, and those that nobody has had for long are lost.
func (it *intake) findStrangers(ctx context.Context, processes []health.Process) error {
	met, err := it.store.List(ctx, store.Query{Kind: kindStranger, Parent: fleetParent, Limit: 10 * maxFleet})
	if err != nil {
		return fmt.Errorf("channel: list strange numbers: %w", err)
	}
	lost := map[string]bool{}
	for _, r := range met {
		number := strings.TrimPrefix(r.Key, buriedPrefix)
		if _, mine := it.channels.number(number); mine {
			if err := it.comeHome(ctx, number); err != nil {
				return err
			}
			continue
		}
		now := it.now()
		last := lastHad(number, processes, now)
		if now.Sub(last) >= numberWait && now.Sub(time.UnixMicro(r.Sort)) >= numberWait {
			lost[number] = true
		}
	}
	it.fleet.mu.Lock()
	changed := !maps.Equal(it.fleet.lost, lost)
	it.fleet.lost = lost
	it.fleet.mu.Unlock()
	if changed {
		it.wake(workIn)
	}
	return nil
}

// lastHad is when a process last had the number; zero: none that is remembered.
func lastHad(number string, processes []health.Process, now time.Time) (last time.Time) {
	for i := range processes {
		p := &processes[i]
		switch {
		case !slices.Contains(p.Numbers, number):
		case p.Living(now):
			return now
		case p.Seen.After(last):
			last = p.Seen
		}
	}
	return last
}
