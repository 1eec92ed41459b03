package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// reachLife is how long a person counts.
const reachLife = 24 * time.Hour

// maxReachedBy bounds how many messages to one person are told apart within a day.
const maxReachedBy = 20

// reach counts a person who is written to outside a service window, or refuses because the
// portfolio has reached as many as it may within 24 hours, over all processes. The error
// matches pricing.ErrLimitReached. While the limit is not known, or there is none, people are
// counted all the same, since there may be one in an hour; WhatsApp alone decides then.
func (u *unit) reach(ch *Channel, customer *conversation.Customer, out *message.Outbound, m *messageRecord) error {
	if out.Content.Kind() != message.KindTemplate || customer.Group != "" || customer.WindowOpenAt(u.now) {
		return nil
	}
	var s standing
	if _, err := u.Load(kindStanding, ch.ID, &s); err != nil {
		return err
	}
	tier, known := s.tier()
	if !known {
		u.core.warnOfLimit(u.ctx, ch)
	}
	portfolio := ch.portfolio()
	m.Reach = opaque.ID("p_", portfolio, cmp.Or(canonicalPhone(customer.Phone), customer.BSUID))
	again, err := u.Load(kindReach, m.Reach, nil)
	if err != nil {
		return err
	}
	if known && tier != pricing.TierUnlimited && !again && !u.rehearsal.reaches(m.Reach) {
		if err := u.roomFor(portfolio, tier); err != nil && !u.rehearsal.outwaits(err) {
			return err
		}
	}
	return u.countReach(portfolio, m, true)
}

// countReach makes a person count for a message, or no longer.
func (u *unit) countReach(portfolio string, m *messageRecord, counts bool) error {
	var r reached
	known, err := u.Load(kindReach, m.Reach, &r)
	if err != nil || !known && !counts || counts == slices.Contains(r.By, m.ID) {
		return err
	}
	total := store.Record{Kind: kindReached, Key: portfolio, N: 1}
	if !counts {
		r.By = slices.DeleteFunc(slices.Clone(r.By), func(id string) bool { return id == m.ID })
		if len(r.By) > 0 || r.Many {
			return u.Save(kindReach, m.Reach, portfolio, micros(m.At), r)
		}
		total.N = -1
		u.Add(total)
		u.Remove(kindReach, m.Reach)
		return nil
	}
	r.By = append(slices.Clone(r.By), m.ID)
	if r.Many = r.Many || len(r.By) > maxReachedBy; r.Many {
		r.By = nil
	}
	if !known {
		u.Add(total)
	}
	return u.Save(kindReach, m.Reach, portfolio, micros(m.At), r)
}

// roomFor makes sure that the portfolio may reach one more person.
func (u *unit) roomFor(portfolio string, tier pricing.Tier) error {
	total := store.Record{Kind: kindReached, Key: portfolio}
	n, err := u.Total(total)
	if err == nil && n >= int64(tier) { // perhaps somebody's day is over
		if err = u.core.forgetReached(u.ctx, portfolio, u.now); err == nil {
			u.Forget(total.ID())
			n, err = u.Total(total)
		}
	}
	if err != nil {
		return err
	}
	if n >= int64(tier) {
		return u.limitReached(portfolio, tier, int(n))
	}
	u.Within(total, int64(tier)-1)
	return nil
}

// limitReached says when another person can be reached.
func (u *unit) limitReached(portfolio string, tier pricing.Tier, n int) error {
	e := &pricing.LimitError{Tier: tier, Reached: n}
	over := n - int(tier) + 1 // as many must be forgotten
	oldest, err := u.List(u.ctx, store.Query{Kind: kindReach, Parent: portfolio, Limit: min(max(over, 1), 1000)})
	if err != nil {
		return fmt.Errorf("channel: read messaging limit: %w", err)
	}
	switch {
	case tier <= 0:
	case u.rehearsal != nil && len(oldest) < over: // so many more would be written to just now
		e.Next = u.now.UTC().Truncate(time.Second).Add(reachLife)
	case len(oldest) > 0:
		e.Next = time.UnixMicro(oldest[len(oldest)-1].Sort).UTC().Truncate(time.Second).Add(reachLife)
	}
	return e
}

// warnOfLimit says once for each channel that nobody knows its messaging limit.
func (h *core) warnOfLimit(ctx context.Context, ch *Channel) {
	if _, told := h.limitless.Swap(ch.ID, true); !told {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: messaging limit not known: people who are written to first are counted, but none is refused",
			slog.String("channel", ch.ID))
	}
}

// tier is the messaging limit; false if none is known, or none that could be read.
func (s *standing) tier() (pricing.Tier, bool) {
	tier, err := pricing.ParseTier(s.Limit.Value)
	return tier, err == nil
}

// forgetReached removes the records of people whose 24 hours are over.
func (h *core) forgetReached(ctx context.Context, portfolio string, now time.Time) error {
	for range step.MaxConflicts {
		page, err := h.store.List(ctx, store.Query{
			Kind: kindReach, Parent: portfolio, Before: &store.Position{Sort: micros(now.Add(-reachLife)) + 1}, Limit: 500,
		})
		if err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		b := &store.Batch{Put: page, Add: []store.Record{{Kind: kindReached, Key: portfolio, N: -int64(len(page))}}}
		for _, r := range page { // put as it was, so that nobody is forgotten twice, or just after a new message
			b.Delete = append(b.Delete, store.RecordKey{Kind: kindReach, Key: r.Key})
		}
		if _, err := h.store.Commit(ctx, b); err != nil && !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("channel: forget: %w", err)
		}
	}
	return nil
}
