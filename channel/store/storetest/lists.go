package storetest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/store"
)

// filed are records of two parents with many equal Sorts and awkward keys.
func filed() []store.Record {
	r := rand.New(rand.NewPCG(7, 7))
	var out []store.Record
	for i := range 60 {
		key := fmt.Sprintf("%c%d", "aAäZz_-~é0"[r.IntN(5)], i)
		out = append(out, store.Record{Kind: "k", Key: key, Parent: []string{"p", "q"}[i%2], Sort: int64(r.IntN(6) - 3)})
	}
	return append(out,
		store.Record{Kind: "k", Key: "first", Parent: "p", Sort: math.MinInt64},
		store.Record{Kind: "k", Key: "last", Parent: "p", Sort: math.MaxInt64},
		store.Record{Kind: "other", Key: "x", Parent: "p"},
	)
}

func comparePositions(a, b store.Record) int {
	return cmp.Or(cmp.Compare(a.Sort, b.Sort), strings.Compare(a.Key, b.Key))
}

// answer is what List must return for q, by the simplest means.
func answer(records []store.Record, q store.Query) []string {
	var found []store.Record
	for _, r := range records {
		if r.Kind != q.Kind || q.Parent != "" && r.Parent != q.Parent {
			continue
		}
		if q.After != nil && comparePositions(r, store.Record{Sort: q.After.Sort, Key: q.After.Key}) <= 0 {
			continue
		}
		if q.Before != nil && comparePositions(r, store.Record{Sort: q.Before.Sort, Key: q.Before.Key}) >= 0 {
			continue
		}
		found = append(found, r)
	}
	slices.SortFunc(found, comparePositions)
	if q.Descending {
		slices.Reverse(found)
	}
	return keysOf(found[:min(len(found), q.Limit)])
}

func keysOf(records []store.Record) []string {
	keys := []string{}
	for _, r := range records {
		keys = append(keys, r.Key)
	}
	return keys
}

var listCases = []testCase{
	{
		"List answers every kind of question",
		"List returns records in the order of (Sort, Key). Parent restricts to one parent; empty means all of the kind. After and Before, if not nil, bound the position exclusively. Descending turns the order around.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			records := filed()
			s.commit(store.Batch{Put: records})
			r := rand.New(rand.NewPCG(1, 2))
			position := func() *store.Position {
				switch r.IntN(4) {
				case 0:
					return nil
				case 1:
					return &store.Position{Sort: int64(r.IntN(8) - 4)}
				}
				x := records[r.IntN(len(records))]
				return &store.Position{Sort: x.Sort, Key: x.Key}
			}
			for range 150 {
				q := store.Query{
					Kind: "k", Parent: []string{"", "p", "q", "none"}[r.IntN(4)], After: position(), Before: position(),
					Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(70),
				}
				s.equal(fmt.Sprintf("List of parent %q, after %v, before %v, descending %v, limit %d",
					q.Parent, q.After, q.Before, q.Descending, q.Limit), keysOf(s.list(q)), answer(records, q))
			}
			return s.err
		},
	},
	{
		"List can be read page by page in both directions",
		"After and Before, if not nil, bound the position exclusively. Limit is the most to return.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			records := filed()
			s.commit(store.Batch{Put: records})
			for _, descending := range []bool{false, true} {
				q := store.Query{Kind: "k", Parent: "p", Descending: descending, Limit: 7}
				got := []string{}
				for s.err == nil {
					page := s.list(q)
					got = append(got, keysOf(page)...)
					if len(page) < q.Limit {
						break
					}
					end := page[len(page)-1]
					if q.Descending {
						q.Before = &store.Position{Sort: end.Sort, Key: end.Key}
					} else {
						q.After = &store.Position{Sort: end.Sort, Key: end.Key}
					}
				}
				s.equal("all pages together", got, answer(records, store.Query{Kind: "k", Parent: "p", Descending: descending, Limit: 99}))
			}
			return s.err
		},
	},
	{
		"pages of one row lose nothing among equal Sorts",
		"List returns records in the order of (Sort, Key). After and Before, if not nil, bound the position exclusively.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			want := []string{"a", "b", "c", "d", "e", "f"}
			for _, key := range []string{"d", "a", "f", "c", "e", "b"} {
				s.put(store.Record{Kind: "k", Key: key, Parent: "p", Sort: 1_000_000})
			}
			up, down := []string{}, []string{}
			q := store.Query{Kind: "k", Parent: "p", Limit: 1}
			for page := s.list(q); len(page) == 1 && len(up) < 9; page = s.list(q) {
				up = append(up, page[0].Key)
				q.After = &store.Position{Sort: page[0].Sort, Key: page[0].Key}
			}
			q = store.Query{Kind: "k", Parent: "p", Limit: 1, Descending: true}
			for page := s.list(q); len(page) == 1 && len(down) < 9; page = s.list(q) {
				down = append(down, page[0].Key)
				q.Before = &store.Position{Sort: page[0].Sort, Key: page[0].Key}
			}
			slices.Reverse(down)
			s.equal("upwards", up, want)
			s.equal("downwards", down, want)
			return s.err
		},
	},
	{
		"a record moves with its parent and sort",
		"Parent groups records for List; it may change when the record is put again.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(store.Batch{Put: []store.Record{
				{Kind: "k", Key: "a", Parent: "p", Sort: 1}, {Kind: "k", Key: "b", Parent: "p", Sort: 2},
			}})
			s.put(store.Record{Kind: "k", Key: "a", Parent: "q", Sort: 9, Version: 1})
			s.equal("old parent", keysOf(s.list(store.Query{Kind: "k", Parent: "p", Limit: 9})), []string{"b"})
			s.equal("new parent", keysOf(s.list(store.Query{Kind: "k", Parent: "q", Limit: 9})), []string{"a"})
			s.equal("all", keysOf(s.list(store.Query{Kind: "k", Limit: 9})), []string{"b", "a"})
			s.put(store.Record{Kind: "k", Key: "b", Parent: "p", Sort: 10, Version: 1})
			s.equal("all", keysOf(s.list(store.Query{Kind: "k", Limit: 9})), []string{"a", "b"})
			// One that stays where it is, and one that changes its parent alone.
			s.put(store.Record{Kind: "k", Key: "b", Parent: "p", Sort: 10, Version: 2, Body: []byte(`1`)})
			s.equal("all", keysOf(s.list(store.Query{Kind: "k", Limit: 9})), []string{"a", "b"})
			s.put(store.Record{Kind: "k", Key: "b", Parent: "q", Sort: 10, Version: 3})
			s.equal("old parent", keysOf(s.list(store.Query{Kind: "k", Parent: "p", Limit: 9})), []string{})
			s.equal("new parent", keysOf(s.list(store.Query{Kind: "k", Parent: "q", Limit: 9})), []string{"a", "b"})
			for _, r := range []store.Record{{Parent: "q", Sort: 10}, {Parent: "p", Sort: 10}, {Parent: "q", Sort: 11}} {
				r.Kind, r.Key, r.Version = "k", "b", 3
				s.refused(store.ErrConflict, store.Batch{Put: []store.Record{r}})
			}
			return s.err
		},
	},
}
