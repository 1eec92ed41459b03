package channel

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
)

// kindReach is the kind of the records that say when a person was last written to first,
// by the portfolio that did it.
const kindReach = "reach"

// How often a process looks for what others have sent, and how far back it looks, so that
// a commit that took long or a clock that is behind is not overlooked.
const (
	reachFresh = time.Second
	reachSlack = 15 * time.Second
	reachLife  = 24 * time.Hour
)

// reaches are the counts behind the messaging limits, by portfolio. What counts is in the
// store; this is its mirror, since counting up to 100,000 records for each message would
// not do.
type reaches struct {
	mu   sync.Mutex
	seen map[string]*reachMirror
}

type reachMirror struct {
	mu    sync.Mutex
	count *pricing.Reach
	at    time.Time // as of when
}

func (r *reaches) of(portfolio string) *reachMirror {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]*reachMirror{}
	}
	m := r.seen[portfolio]
	if m == nil {
		m = &reachMirror{count: pricing.NewReach(0)}
		r.seen[portfolio] = m
	}
	return m
}

// reach counts a person who is written to outside a service window, or refuses because the
// portfolio has reached as many as it may within 24 hours. The error matches
// pricing.ErrLimitReached. While the limit is not known, WhatsApp alone decides. Processes
// that send at the same moment may go beyond it by what they send within a second.
func (u *unit) reach(ch *Channel, customer *Customer, out *message.Outbound) error {
	if out.Content.Kind() != message.KindTemplate || customer.Group != "" || customer.Window.OpenAt(u.now) {
		return nil
	}
	var s standing
	if ok, err := u.load(kindStanding, ch.ID, &s); err != nil || !ok {
		return err
	}
	tier, ok := s.tier()
	if !ok {
		return nil
	}
	portfolio := ch.portfolio()
	person := derivedID("p_", portfolio, nonEmpty(canonicalPhone(customer.Phone), customer.BSUID))
	m := u.hub.limits.of(portfolio)
	if err := m.refresh(u.ctx, u.hub.store, portfolio, u.now); err != nil {
		return err
	}
	m.count.SetTier(tier)
	// That it counts although the commit may fail errs on the safe side.
	if err := m.count.Reserve(person, u.now); err != nil {
		return err
	}
	if _, err := u.load(kindReach, person, nil); err != nil {
		return err
	}
	return u.save(kindReach, person, portfolio, micros(u.now), struct{}{})
}

// tier is the messaging limit; false if there is none, or none that could be read.
func (s *standing) tier() (pricing.Tier, bool) {
	tier, err := pricing.ParseTier(s.Limit.Value)
	return tier, err == nil && tier != pricing.TierUnlimited
}

// portfolio names what shares a messaging limit.
func (s *Settings) portfolio() string {
	switch {
	case s.Portfolio != "":
		return "portfolio|" + s.Portfolio
	case s.Account != "":
		return "account|" + s.Account
	}
	return "channel|" + s.ID
}

// refresh takes in whom this and other processes have reached since the last time.
func (m *reachMirror) refresh(ctx context.Context, store Store, portfolio string, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.at) < reachFresh && !now.Before(m.at) {
		return nil
	}
	from := now.Add(-reachLife)
	if since := m.at.Add(-reachSlack); since.After(from) {
		from = since
	}
	after := &Position{Sort: micros(from)}
	for {
		page, err := store.List(ctx, Query{Kind: kindReach, Parent: portfolio, After: after, Limit: 1000})
		if err != nil {
			return fmt.Errorf("channel: read messaging limit: %w", err)
		}
		for _, r := range page {
			m.count.Note(r.Key, time.UnixMicro(r.Sort))
		}
		if len(page) < 1000 {
			m.at = now
			return nil
		}
		after = &Position{page[999].Sort, page[999].Key}
	}
}

// forgetReached removes the records of people whose 24 hours are over.
func (h *Hub) forgetReached(ctx context.Context, portfolio string, now time.Time) error {
	for {
		page, err := h.store.List(ctx, Query{
			Kind: kindReach, Parent: portfolio, Before: &Position{Sort: micros(now.Add(-reachLife - reachSlack))}, Limit: 500,
		})
		if err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		b := &Batch{}
		for _, r := range page {
			b.Delete = append(b.Delete, RecordKey{kindReach, r.Key})
		}
		if _, err := h.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
	}
}
