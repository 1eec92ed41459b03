package channel

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
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

// comeHome revives the dead letters of a number that this process has now, in their order and
// before what waits, and forgets that it was strange to somebody.
func (it *intake) comeHome(ctx context.Context, number string) error {
	it.fleet.comesHome(number, true)
	defer func() {
		it.fleet.comesHome(number, false)
		it.wake(workIn)
	}()
	records, err := it.store.Get(ctx, kindStranger, number, buriedPrefix+number)
	if err != nil {
		return err
	}
	it.emptyHands(ctx, strangeGroup(number))
	b := &store.Batch{}
	for _, r := range records {
		if strings.HasPrefix(r.Key, buriedPrefix) {
			if err := it.revive(ctx, strangeGroup(number)); err != nil {
				return err
			}
		}
		b.Delete = append(b.Delete, r.ID())
	}
	if len(b.Delete) == 0 {
		return nil
	}
	_, err = it.store.Commit(ctx, b)
	return err
}

// emptyHands waits until no worker of this process has work of the group.
func (it *intake) emptyHands(ctx context.Context, group string) {
	for r := it.runners[workIn]; r.Has(group); {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}

// waitsForHome says whether the work belongs to a number whose items are just being revived.
func (f *fleet) waitsForHome(w *worker.Job) bool {
	number, strange := strings.CutPrefix(w.Group, "#")
	f.mu.Lock()
	defer f.mu.Unlock()
	return strange && f.homecoming[number]
}

// comesHome says whether the items of a number of this process are just being revived, during
// which none is claimed.
func (f *fleet) comesHome(number string, yes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.homecoming == nil {
		f.homecoming = map[string]bool{}
	}
	if yes {
		f.homecoming[number] = true
	} else {
		delete(f.homecoming, number)
	}
}

// reviveStep is how many items are revived in one commit.
const reviveStep = 500

// revive gives the items of a group another life that were buried because nobody had their
// number. Since Replay puts them at the end of their lanes, what lives in these is buried as
// well first, so that all of it comes back in its order.
func (it *intake) revive(ctx context.Context, group string) error {
	for again := true; again; {
		var err error
		if again, err = it.layOut(ctx, group); err != nil {
			return err
		}
	}
	return it.replayStrangers(ctx, group)
}

// layOut buries what lives in a group, and says whether anything did. What waits, or is in the
// hands of a process that does not have the number and could only give it back, is taken from
// there: its work is replaced, which ends the lease.
func (it *intake) layOut(ctx context.Context, group string) (any bool, err error) {
	for living, err := range step.Works(ctx, it.store, store.WorkQuery{Queue: workIn, Limit: reviveStep}) {
		if err != nil {
			return any, err
		}
		b := &store.Batch{}
		for i := range living {
			if w := &living[i]; w.Group == group {
				b.Enqueue = append(b.Enqueue, store.Work{Queue: w.Queue, ID: w.ID, Lane: w.Lane, Group: w.Group, Body: w.Body})
			}
		}
		if len(b.Enqueue) > 0 {
			any = true
			if _, err := it.store.Commit(ctx, b); err != nil {
				return any, err
			}
		}
	}
	for any {
		works, err := it.store.Claim(ctx, store.Claim{
			Queue: workIn, Now: it.now(), Lease: it.lease, Limit: reviveStep, Groups: []string{group},
		})
		if err != nil || len(works) == 0 {
			return any, err
		}
		b := &store.Batch{}
		for i := range works {
			b.Bury = append(b.Bury, store.Buried{Lease: works[i].Lease(), Reason: reasonOf(errUnknownNumber)})
		}
		if _, err := it.store.Commit(ctx, b); err != nil && !errors.Is(err, store.ErrLeaseLost) {
			return any, err
		}
	}
	return any, nil
}

// replayStrangers gives what was buried another life.
func (it *intake) replayStrangers(ctx context.Context, group string) error {
	reason := reasonOf(errUnknownNumber)
	for dead, err := range step.Works(ctx, it.store, store.WorkQuery{Queue: workIn, Dead: true, Limit: reviveStep}) {
		if err != nil {
			return err
		}
		b := &store.Batch{}
		for i := range dead {
			if dead[i].Group == group && dead[i].Reason == reason {
				b.Replay = append(b.Replay, store.WorkKey{Queue: dead[i].Queue, ID: dead[i].ID})
			}
		}
		if len(b.Replay) > 0 {
			if _, err := it.store.Commit(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// findStrangers looks at the numbers that some process did not know: those of this process
// come home, and those that nobody has had for long are lost.
func (it *intake) findStrangers(ctx context.Context, processes []health.Process) error {
	met, err := it.store.List(ctx, store.Query{Kind: kindStranger, Parent: fleetParent, Limit: 10 * maxFleet})
	if err != nil {
		return err
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
