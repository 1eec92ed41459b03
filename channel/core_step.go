package channel

import (
	"context"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/window"
)

// A unit is a step of the hub: what it reads and decides, it commits together. See package step.
type unit struct {
	*step.Step
	ctx  context.Context
	core *core
	now  time.Time
	// rehearsal is not nil if nothing of the unit is to be committed.
	rehearsal *rehearsal
	// author is who acts; zero for WhatsApp, customers and rules.
	author conversation.Author
	// timer is the conversation whose timer went off and is being handled; "" if none.
	timer string
	// windowBefore is the customer's window before this step observed anything, if it did.
	windowBefore window.State
	windowSeen   bool
	// cause is when what makes the unit send messages by itself happened or was due; zero if
	// nothing does.
	cause time.Time
}

// do runs f until its changes are committed or it fails. It must have no effect outside the unit,
// since it may run several times.
func (h *core) do(ctx context.Context, f func(u *unit) error) error {
	return h.doGuessing(ctx, nil, f)
}

// doGuessing is do with a guess at what is stored; see [step.Steps.Do].
func (h *core) doGuessing(ctx context.Context, guess []step.Known, f func(u *unit) error) error {
	if err := h.upToDate(ctx); err != nil {
		return err
	}
	return h.steps.Do(ctx, guess, h.unit(f))
}

// repeat is do for what keeping up with the other hubs is made of.
func (h *core) repeat(ctx context.Context, f func(u *unit) error) error {
	return h.steps.Do(ctx, nil, h.unit(f))
}

// unit makes a step of f.
func (h *core) unit(f func(u *unit) error) func(*step.Step) error {
	return func(s *step.Step) error { return f(&unit{Step: s, ctx: s.Ctx, core: h, now: s.Now}) }
}

// committed calls f once what was written under ctx is committed: now, or when the host has committed its
// transaction, with the host's context without that.
func committed(ctx context.Context, f func(ctx context.Context)) {
	host := store.DeferredIn(ctx)
	if host == nil {
		f(ctx)
		return
	}
	host.Add(func() { f(host.Outside()) }, nil)
}

// count adds n to a counter of the report of the day that at falls into. Reports are a desk's.
func (u *unit) count(channel, name string, at time.Time, n int64) {
	if n == 0 || u.core.desk == nil {
		return
	}
	day := at.UTC().Format(time.DateOnly)
	key := strings.Join([]string{channel, day, name}, "|")
	u.Add(store.Record{
		Kind: kindCounter, Key: key, Parent: channel, Sort: at.UTC().Truncate(24 * time.Hour).UnixMicro(), N: n,
	})
}

// countReceived brings a message of a customer into the report.
func (u *unit) countReceived(m *messageRecord, at time.Time) {
	u.count(m.Channel, "messages_in", at, 1)
	u.count(m.Channel, "in_"+word(m.Kind), at, 1)
	if m.Redacted {
		u.count(m.Channel, "redacted", at, 1)
	}
}
