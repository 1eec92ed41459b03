package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

var _ store.Searcher = (*Store)(nil)

// index holds the words of what can be found, by kind and key. A search looks at all of a kind.
type index map[string]map[string]found

type found struct {
	words []string
	hit   store.Hit
}

// wordsOf are the words of each entry.
func wordsOf(entries []store.Entry) [][]string {
	var all [][]string
	for i := range entries {
		all = append(all, entries[i].Words())
	}
	return all
}

func (x index) set(e *store.Entry, words []string, position int64) {
	if len(words) == 0 {
		delete(x[e.Kind], e.Key)
		return
	}
	if x[e.Kind] == nil {
		x[e.Kind] = map[string]found{}
	}
	x[e.Kind][e.Key] = found{words, store.Hit{Key: e.Key, Group: e.Group, Position: position}}
}

// Search implements [store.Searcher].
func (s *Store) Search(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: search: %w", err)
	}
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("memstore: search: %w", err)
	}
	words := q.Words()
	s.mu.RLock()
	defer s.mu.RUnlock()
	var hits []store.Hit
	for _, e := range s.index[q.Kind] {
		if (q.Before == 0 || e.hit.Position < q.Before) && (q.Groups == nil || slices.Contains(q.Groups, e.hit.Group)) &&
			store.Matches(e.words, words) {
			hits = append(hits, e.hit)
		}
	}
	slices.SortFunc(hits, func(a, b store.Hit) int { return cmp.Compare(b.Position, a.Position) })
	return hits[:min(len(hits), q.Limit)], nil
}
