package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// How often what is asked, how soon again after a failure, and how long it may take.
const (
	templatesEvery = 6 * time.Hour
	numberEvery    = 24 * time.Hour
	choreRetry     = 10 * time.Minute
	choreTimeout   = time.Minute
	// maxSharedCatalog is the largest snapshot of a catalog that is kept, in bytes.
	maxSharedCatalog = 16 << 20
)

// chores asks what is due for a channel; one process at a time does it.
func (k *keeper) chores(ctx context.Context, w *worker.Job) error {
	ch, ok := k.channels.get(w.Group)
	if !ok || !ch.hasChores() {
		return k.settle(ctx, w, func(u *unit) (worker.Outcome, error) { return noSuchChannel(u.now), nil })
	}
	var item choresItem
	if json.Unmarshal(w.Body, &item) != nil {
		item = choresItem{}
	}
	known, err := step.Get[chores](ctx, k.store, kindChores, ch.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if known == nil || *known == nil {
		known = &chores{}
	}
	for _, c := range k.choresOf(ch) {
		last := (*known)[c.name]
		now := k.now()
		due := item.Soon || now.Sub(last.At) >= c.every || last.Failed.After(last.At)
		if !due || !item.Soon && now.Sub(last.Failed) < choreRetry {
			continue
		}
		err := c.safely(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		(*known)[c.name] = k.choreDone(ctx, ch, c.name, last, err)
	}
	err = k.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		if _, err := u.Load(kindChores, ch.ID, nil); err != nil {
			return worker.Outcome{}, err
		}
		return worker.LaterAs(u.now.Add(choreRetry), "next time", []byte("{}")), u.Save(kindChores, ch.ID, "", 0, known)
	})
	if errors.Is(err, store.ErrLeaseLost) {
		return nil // something was heard meanwhile: it comes again soon
	}
	return err
}

// choreDone is how a chore stands that was done, or failed.
func (k *keeper) choreDone(ctx context.Context, ch *Channel, name string, last chore, err error) chore {
	now := k.now().UTC()
	if err == nil {
		k.works(ctx, "channel: asking WhatsApp failed", name+"|"+ch.ID, slog.String("channel", ch.ID), slog.String("what", name))
		return chore{At: now}
	}
	k.fails(ctx, slog.LevelWarn, "channel: asking WhatsApp failed", name+"|"+ch.ID, err, slog.String("channel", ch.ID), slog.String("what", name))
	last.Failed, last.Reason = now, reasonOf(err)
	return last
}

// ask is one thing to ask for.
type ask struct {
	name  string
	every time.Duration
	ask   func(context.Context) error
}

// safely asks, for a while at most, and contains a panic of the host's Sender.
func (a *ask) safely(ctx context.Context) (err error) {
	defer func() {
		if recover() != nil {
			err = worker.ErrPanic
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, choreTimeout)
	defer cancel()
	return a.ask(ctx)
}

func (k *keeper) choresOf(ch *Channel) (all []ask) {
	if lister, ok := ch.Sender.(message.TemplateLister); ok && ch.Templates != nil && ch.Account != "" {
		all = append(all, ask{choreTemplates, templatesEvery, func(ctx context.Context) error { return k.listTemplates(ctx, ch, lister) }})
	}
	if teller, ok := ch.Sender.(message.NumberTeller); ok {
		all = append(all, ask{choreNumber, numberEvery, func(ctx context.Context) error {
			quality, name, err := teller.NumberState(ctx)
			if err != nil {
				return err
			}
			return k.observe(ctx, ch.ID, k.now(), health.Standing{Quality: quality, NameStatus: name})
		}})
	}
	if teller, ok := ch.Sender.(message.TokenTeller); ok {
		all = append(all, ask{choreToken, numberEvery, func(ctx context.Context) error {
			expires, err := teller.TokenExpires(ctx)
			if err != nil || expires.IsZero() {
				return err
			}
			return k.observe(ctx, ch.ID, k.now(), health.Standing{TokenExpires: expires})
		}})
	}
	return all
}

// listTemplates brings a channel's catalog up to date, and has all processes take that over.
func (k *keeper) listTemplates(ctx context.Context, ch *Channel, lister message.TemplateLister) error {
	if err := ch.Templates.Sync(k.now(), lister.ListTemplates(ctx, ch.Account)); err != nil {
		return err
	}
	snapshot, err := ch.Templates.Snapshot()
	if err != nil || len(snapshot) > maxSharedCatalog {
		return err
	}
	return k.do(ctx, func(u *unit) error {
		key := aboutCatalog + "|" + opaque.ID("t_", ch.Account)
		if _, err := u.Load(kindShared, key, nil); err != nil {
			return err
		}
		return u.share(key, sharedCatalog{ch.Account, snapshot})
	})
}

// learnCatalog takes over what a process was told about the templates of an account, this one among them
// before it was restarted.
func (k *keeper) learnCatalog(r *store.Record) error {
	doc, err := step.Decode[sharedCatalog](*r)
	if err != nil {
		return err
	}
	for _, ch := range k.channels.view().byID {
		if ch.Account != doc.Account || ch.Templates == nil {
			continue
		}
		if err := ch.Templates.Restore(doc.Snapshot); err != nil {
			return fmt.Errorf("channel: restore catalog: %w", errDamaged)
		}
	}
	return nil
}
