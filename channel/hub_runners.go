package channel

import (
	"cmp"
	"context"
	"log/slog"

	"github.com/kanava-go/kanava/channel/internal/worker"
)

// applyTries is after how many failures an accepted item becomes a dead letter.
const applyTries = 10

// makeRunners makes what works off each kind of work.
func (h *Hub) makeRunners(cfg Config) {
	calls, sends := cmp.Or(cfg.HostWorkers, 16), cmp.Or(cfg.SendWorkers, 64)
	h.teller.gate = worker.NewGate(calls, true)
	calm := patience{calm: true}

	h.runner(patience{maxTries: applyTries}, worker.Config{
		Kind: workIn, Workers: cmp.Or(cfg.ApplyWorkers, 32), Handle: h.intake.apply, Groups: h.intake.taking,
	})
	h.runner(patience{maxTries: cmp.Or(cfg.HostTries, 20)}, worker.Config{
		Kind: workHost, Workers: worker.Depth * calls, Gate: h.teller.gate, Ahead: h.teller.ahead, Handle: h.teller.tell, Clear: h.teller.clear,
		Groups: h.channels.telling, Care: h.teller.careTelling, Next: h.telling.next,
		Whole: func() worker.Care { return h.telling.care("") },
		Well:  func(group string) bool { return h.telling.well(channelOf(group)) },
	})
	for _, kind := range []string{workOut, workFirst} {
		h.runner(calm, worker.Config{
			Kind: kind, Workers: sends, Ahead: h.dispatcher.ahead, Handle: h.dispatcher.send,
			Groups: h.channels.sending, Care: h.sending.care, Next: h.sending.next,
		})
	}
	h.runner(calm, worker.Config{Kind: workLater, Workers: 8, Handle: h.outbox.release, Groups: h.channels.sending})
	h.runner(calm, worker.Config{Kind: workCheck, Workers: 4, Handle: h.dispatcher.check, Groups: h.channels.all})
	if h.desk != nil {
		h.runner(calm, worker.Config{Kind: workTimer, Workers: 8, Handle: h.timer, Groups: h.channels.all})
	}
	h.runner(calm, worker.Config{Kind: workUpkeep, Workers: 4, Handle: h.lookAfter, Groups: h.channels.all, Lease: longLease, AtOnce: true})
	if h.attachments != nil {
		h.runner(patience{maxTries: maxFetchTries + 2}, worker.Config{
			Kind: workMedia, Workers: cmp.Or(cfg.MediaWorkers, 8), Handle: h.files.fetch, Lease: longLease,
			Groups: h.channels.all, Next: h.storing.next,
			Whole: func() worker.Care { return h.storing.care("") },
			Well:  func(string) bool { return true },
		})
	}
}

// lookAfter does what comes again and again: the upkeep, and the watch over the windows of messages
// that wait.
func (h *Hub) lookAfter(ctx context.Context, w *worker.Job) error {
	if w.ID == expiryID(w.Group) {
		return h.dispatcher.expire(ctx, w)
	}
	if w.ID == choresID(w.Group) {
		return h.keeper.chores(ctx, w)
	}
	return h.keeper.upkeep(ctx, w)
}

// runner adds a runner for one kind of work.
func (h *Hub) runner(p patience, c worker.Config) {
	c.Store, c.Now, c.Log = h.store, h.now, h.log
	c.Lease, c.Poll, c.Term = max(c.Lease, h.lease), h.poll, h.life.term
	c.GiveBack = func(ctx context.Context, w *worker.Job, cause error, stopping bool) {
		h.giveBack(ctx, p, w, cause, stopping)
	}
	c.Claimed = func(ctx context.Context, err error) {
		const failed = "channel: claim failed"
		if err != nil && ctx.Err() != nil {
			return // told to stop meanwhile
		}
		if err != nil {
			h.fails(ctx, slog.LevelError, failed, c.Kind, err, slog.String("kind", c.Kind))
			return
		}
		h.works(ctx, failed, c.Kind, slog.String("kind", c.Kind))
	}
	h.runners[c.Kind] = worker.New(c)
}
