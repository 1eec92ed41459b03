package memstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

var _ store.Surveyor = (*Store)(nil)

// Survey implements [store.Surveyor]. Of each group it looks at what is due and, beyond
// that, at as much work as it may count.
func (s *Store) Survey(ctx context.Context, sq store.SurveyQuery) ([]store.Backlog, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: survey: %w", err)
	}
	if sq.Most <= 0 {
		return nil, fmt.Errorf("memstore: survey: %w", errors.New("the most to count is not positive"))
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []store.Backlog
	for _, name := range unique(sq.Queues) {
		q := s.queues[name]
		if q == nil {
			continue
		}
		groups := map[string]*store.Backlog{}
		group := func(g string) *store.Backlog {
			if groups[g] == nil {
				groups[g] = &store.Backlog{Queue: name, Group: g}
			}
			return groups[g]
		}
		for _, it := range q.dead.from(place{}) {
			if b := group(it.Group); b.Dead < sq.Most {
				b.Dead++
			}
		}
		for g, heads := range q.groups {
			s.surveyGroup(group(g), heads, &sq)
		}
		for _, g := range slices.Sorted(maps.Keys(groups)) {
			if b := groups[g]; b.Due+b.Waiting+b.Retrying+b.Dead > 0 {
				out = append(out, *b)
			}
		}
	}
	return out, nil
}

func (s *Store) surveyGroup(b *store.Backlog, heads *sorted[*item], sq *store.SurveyQuery) {
	now := sq.Now.UnixMicro()
	latest := max(now, s.clock())
	seen := 0
	for p, it := range heads.from(place{rank: math.MinInt64}) {
		if seen++; seen > 2*sq.Most {
			break
		}
		switch {
		case p.rank <= latest && it.due() <= now || it.until > now:
			b.Due = min(b.Due+1, sq.Most)
			due := time.UnixMicro(cmp.Or(it.due(), it.Enqueued.UnixMicro())).UTC()
			if b.OldestDue.IsZero() || due.Before(b.OldestDue) {
				b.OldestDue = due
			}
		case sq.Waiting:
			b.Waiting = min(b.Waiting+1, sq.Most)
		}
		if sq.Waiting && (b.Oldest.IsZero() || it.Enqueued.Before(b.Oldest)) {
			b.Oldest = it.Enqueued
		}
		if it.Tries > 0 {
			b.Retrying = min(b.Retrying+1, sq.Most)
			if b.OldestRetrying.IsZero() || it.Enqueued.Before(b.OldestRetrying) {
				b.OldestRetrying, b.Tries = it.Enqueued, it.Tries
			}
		}
	}
}
