package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// A keeper lets go of what is not to be kept: when its time is over, or when somebody asks.
type keeper struct{ *core }

// How often upkeep runs, and how many conversations it looks at in one step.
const (
	upkeepPause = time.Hour
	upkeepStep  = 200
)

// prunedShelves are walked one after the other.
var prunedShelves = shelves(nil, nil)

// startUpkeep sees to it that the store has the upkeep work of this process's channels.
func (k *keeper) startUpkeep(u *unit) {
	u.upkeepOf(commonUpkeep, "")
	for id, ch := range k.channels.view().byID {
		u.upkeepOf(id, id)
		if ch.hasChores() {
			u.choresOf(id, 0)
		}
	}
}

func (u *unit) upkeepOf(id, channel string) {
	u.Enqueue(store.Work{Queue: workUpkeep, ID: id, Group: channel, Body: []byte("{}")})
}

// upkeep forgets and prunes in small steps; one process at a time does it for a channel, and
// another can go on where it stopped.
func (k *keeper) upkeep(ctx context.Context, w *worker.Job) error {
	if w.ID == commonUpkeep {
		return k.commonUpkeep(ctx, w)
	}
	ch, ok := k.channels.get(w.Group)
	if !ok {
		return k.nextUpkeep(ctx, w, upkeepItem{}, k.now().Add(time.Minute)) // just removed
	}
	var at upkeepItem
	if err := json.Unmarshal(w.Body, &at); err != nil {
		at = upkeepItem{}
	}
	now := k.now()
	if at == (upkeepItem{}) {
		if err := k.tidyChannel(ctx, ch, now); err != nil {
			return err
		}
	}
	next, err := k.prune(ctx, at, &ch.Settings, now)
	if err != nil {
		return err
	}
	if next != (upkeepItem{}) {
		return k.nextUpkeep(ctx, w, next, now)
	}
	if err := k.nextUpkeep(ctx, w, next, now.Add(upkeepPause)); err != nil {
		return err
	}
	k.feel(ctx, upkeepPulse(ch.ID), pulse{In: k.now().UTC()})
	return nil
}

// nextUpkeep gives upkeep work back until its next step.
func (k *keeper) nextUpkeep(ctx context.Context, w *worker.Job, next upkeepItem, due time.Time) error {
	body, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("channel: encode upkeep: %w", err)
	}
	return k.settle(ctx, w, func(*unit) (worker.Outcome, error) {
		return worker.LaterAs(due, "next step", body), nil
	})
}

// commonUpkeep lets go of the memory of items that cannot be repeated any more, and of dead
// letters that belong to no channel, and gives back room.
func (k *keeper) commonUpkeep(ctx context.Context, w *worker.Job) error {
	now := k.now()
	for {
		done, err := k.store.Commit(ctx, &store.Batch{Forget: now.Add(-forgetAfter)})
		if err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
		if done.Forgotten == 0 {
			break
		}
	}
	if k.keepStrays > 0 {
		if err := k.pruneDead(ctx, "", before(now, k.keepStrays)); err != nil {
			return err
		}
	}
	if err := k.pruneDeeds(ctx, "", k.keepStrays, now); err != nil {
		return err
	}
	if err := k.nextUpkeep(ctx, w, upkeepItem{}, now.Add(upkeepPause)); err != nil {
		return err
	}
	if t, ok := optional[store.Tidier](k.store); ok {
		if err := t.Tidy(ctx); err != nil {
			k.log.LogAttrs(ctx, slog.LevelWarn, "channel: the store could not be tidied up", slog.String("reason", reasonOf(err)))
		}
	}
	k.feel(ctx, upkeepPulse(""), pulse{In: k.now().UTC()})
	return nil
}

// tidyChannel is what a round for a channel begins with: it forgets whom the channel reached,
// edits and reactions whose message never came, old deeds and dead letters, and asks for its limit.
func (k *keeper) tidyChannel(ctx context.Context, ch *Channel, now time.Time) error {
	if err := k.forgetReached(ctx, ch.portfolio(), now); err != nil {
		return err
	}
	longAgo := &store.Position{Sort: micros(now.Add(-forgetAfter))}
	if err := k.erasePending(ctx, ch.ID, longAgo, func(*conversation.Amendment) bool { return true }); err != nil {
		return err
	}
	k.learnLimit(ctx, ch, now)
	k.learnMarketing(ctx, ch, now)
	if err := k.pruneDeeds(ctx, ch.ID, ch.Retention.Audit, now); err != nil {
		return err
	}
	if ch.Retention.DeadLetters == 0 {
		return nil
	}
	return k.pruneDead(ctx, ch.ID, before(now, ch.Retention.DeadLetters))
}

// prune takes one step: some conversations of one shelf, or some customers. It returns where to
// go on; the zero item when the round is complete.
func (k *keeper) prune(ctx context.Context, at upkeepItem, s *settings.Settings, now time.Time) (upkeepItem, error) {
	for (s.Retention.Messages > 0 || s.Retention.Attachments > 0 || s.Retention.Bodies > 0) && at.Queue < len(prunedShelves) {
		last, err := k.pruneSome(ctx, s, prunedShelves[at.Queue], at.After, now)
		if err != nil {
			return at, err
		}
		if last != nil {
			at.After = last
			return at, nil
		}
		at.Queue, at.After = at.Queue+1, nil
	}
	if s.Retention.Messages > 0 { // when their conversations have gone
		last, err := k.pruneCustomers(ctx, s, at.After, now)
		if err != nil {
			return at, err
		}
		if last != nil {
			at.After = last
			return at, nil
		}
	}
	return upkeepItem{}, nil
}
