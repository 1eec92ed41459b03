package channel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

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
		return fmt.Errorf("channel: read strange numbers: %w", err)
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
	if _, err = it.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: forget a strange number: %w", err)
	}
	return nil
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
				return any, fmt.Errorf("channel: lay out items: %w", err)
			}
		}
	}
	for any {
		works, err := it.store.Claim(ctx, store.Claim{
			Queue: workIn, Now: it.now(), Lease: it.lease, Limit: reviveStep, Groups: []string{group},
		})
		switch {
		case err != nil:
			return any, fmt.Errorf("channel: lay out items: %w", err)
		case len(works) == 0:
			return any, nil
		}
		b := &store.Batch{}
		for i := range works {
			b.Bury = append(b.Bury, store.Buried{Lease: works[i].Lease(), Reason: reasonOf(errUnknownNumber)})
		}
		if _, err := it.store.Commit(ctx, b); err != nil && !errors.Is(err, store.ErrLeaseLost) {
			return any, fmt.Errorf("channel: lay out items: %w", err)
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
				return fmt.Errorf("channel: revive items: %w", err)
			}
		}
	}
	return nil
}
