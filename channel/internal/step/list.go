package step

import (
	"cmp"
	"context"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// A Lister lists records: a store, or a [Step], which sees its own changes as well.
type Lister interface {
	List(ctx context.Context, q store.Query) ([]store.Record, error)
}

// List lists records as the step leaves them. What it reads of the store is not part of what the
// commit depends on: whoever decides by it loads or saves the records that matter.
func (s *Step) List(ctx context.Context, q store.Query) ([]store.Record, error) {
	changed := map[string]bool{}
	own := s.own(q, changed)
	limit := q.Limit
	q.Limit += len(changed) // they may stand elsewhere now
	found, err := s.steps.Store.List(ctx, q)
	if err != nil || len(changed) == 0 {
		return found, err
	}
	found = slices.DeleteFunc(found, func(r store.Record) bool { return changed[r.Key] })
	found = append(found, own...)
	slices.SortFunc(found, func(a, b store.Record) int {
		if q.Descending {
			a, b = b, a
		}
		return compare(&a, &store.Position{Sort: b.Sort, Key: b.Key})
	})
	return found[:min(limit, len(found))], nil
}

// own are those of the records that the step saves which the query asks for. It notes the keys of
// all records of that kind which the step changes.
func (s *Step) own(q store.Query, changed map[string]bool) (own []store.Record) {
	deleted := map[string]bool{}
	for _, id := range s.batch.Delete {
		if id.Kind == q.Kind {
			changed[id.Key], deleted[id.Key] = true, true
		}
	}
	for i := range s.batch.Put {
		r := &s.batch.Put[i]
		if r.Kind != q.Kind {
			continue
		}
		changed[r.Key] = true
		if !deleted[r.Key] && (q.Parent == "" || r.Parent == q.Parent) &&
			(q.After == nil || compare(r, q.After) > 0) && (q.Before == nil || compare(r, q.Before) < 0) {
			own = append(own, *r)
		}
	}
	return own
}

func compare(r *store.Record, p *store.Position) int {
	return cmp.Or(cmp.Compare(r.Sort, p.Sort), cmp.Compare(r.Key, p.Key))
}
