package channel

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
)

// settle is do for claimed work: f returns what becomes of it, and that is committed together with
// what f changes.
func (h *core) settle(ctx context.Context, w *worker.Job, f func(u *unit) (worker.Outcome, error)) error {
	return h.settleGuessing(ctx, w, nil, f)
}

// settleGuessing is settle with a guess at what is stored; see [step.Steps.Do].
func (h *core) settleGuessing(ctx context.Context, w *worker.Job, guess []step.Known,
	f func(u *unit) (worker.Outcome, error),
) error {
	var o worker.Outcome
	err := h.doGuessing(ctx, guess, func(u *unit) (err error) {
		if o, err = f(u); err == nil {
			err = w.Settle(u.Step, o)
		}
		return err
	})
	h.tellBuried(ctx, w, o, err)
	return err
}

// finish settles work of which nothing is left to do.
func (h *core) finish(ctx context.Context, w *worker.Job) error {
	return h.settle(ctx, w, func(*unit) (worker.Outcome, error) { return worker.Done(), nil })
}

// bury makes work a dead letter.
func (h *core) bury(ctx context.Context, w *worker.Job, cause error) error {
	return h.settle(ctx, w, func(*unit) (worker.Outcome, error) { return buried(cause), nil })
}

// buried is the outcome of work with which something is wrong for good.
func buried(cause error) worker.Outcome { return worker.Buried(reasonOf(cause)) }

// noSuchChannel is the outcome of work for a channel that this process does not have, or not yet.
func noSuchChannel(now time.Time) worker.Outcome {
	return worker.Later(now.Add(time.Minute), "no such channel here")
}

// tellBuried tells the host of a new dead letter, and reports whether the outcome makes one. err is
// that of the commit.
func (h *core) tellBuried(ctx context.Context, w *worker.Job, o worker.Outcome, err error) bool {
	reason, yes := o.Buries()
	if yes && err == nil {
		h.hooks.deadLetter(ctx, hooks.DeadLetterInfo{Work: w.Queue, ID: w.ID, Channel: channelOf(w.Group), Reason: reason})
	}
	return yes
}
