package channel

import (
	"context"
	"maps"
	"slices"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// What the workers of a batch are going to want is read together: a lookup for many costs
// little more than one for one. What is missing, because it is not stored or could not be
// read, the worker looks for itself.

// records are what was read, by key.
type records map[store.RecordKey]*store.Record

// load reads records of one kind.
func (r records) load(ctx context.Context, st store.Store, kind string, keys map[string]bool) {
	delete(keys, "")
	if len(keys) == 0 {
		return
	}
	found, err := st.Get(ctx, kind, slices.Sorted(maps.Keys(keys))...)
	if err != nil {
		return
	}
	for i := range found {
		r[found[i].ID()] = &found[i]
	}
}

// give decodes a record for a piece of work.
func give[T any](s *step.Steps, w *worker.Job, from records, kind, key string) *T {
	r := from[store.RecordKey{Kind: kind, Key: key}]
	if r == nil {
		return nil
	}
	doc := new(T)
	if s.Decode(r, doc) != nil {
		return nil // whoever needs it will say so
	}
	w.Ahead = append(w.Ahead, step.Known{Record: *r, Doc: doc})
	return doc
}

// isAhead says that a record of this kind was read ahead.
func isAhead(w *worker.Job, kind string) bool {
	return slices.ContainsFunc(w.Ahead, func(k step.Known) bool { return k.Kind == kind })
}
