package storetest

import (
	"context"
	"strings"

	"github.com/kanava-go/kanava/channel/store"
)

var recordCases = []testCase{
	{
		"a record comes back as it was put",
		"Commit applies every part of b. Version counts the writes of the record: 1 after the first.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a", Parent: "p", Sort: -7, N: 99, Body: []byte(`{"x":[1,2]}`)})
			s.equal("record", s.record("k", "a"), store.Record{
				Kind: "k", Key: "a", Parent: "p", Sort: -7, Version: 1, Body: []byte(`{"x":[1,2]}`),
			})
			s.missing("other kind", "a")
			return s.err
		},
	},
	{
		"a put raises the version and replaces everything but N",
		"Put writes records whose Version is still current and raises it by one. N is the running total kept by Batch.Add; Put leaves it alone.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a", Parent: "p", Sort: 1, Body: []byte(`1`)})
			s.commit(store.Batch{Add: []store.Record{{Kind: "k", Key: "a", N: 5}}})
			s.put(store.Record{Kind: "k", Key: "a", Parent: "q", Sort: 2, Version: 2, N: 77})
			s.equal("record", s.record("k", "a"), store.Record{Kind: "k", Key: "a", Parent: "q", Sort: 2, Version: 3, N: 5})
			return s.err
		},
	},
	{
		"a put with an old version conflicts",
		"It returns an error matching ErrConflict when the Version of a Put is not current; nothing was written then.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a", Body: []byte(`1`)})
			s.put(store.Record{Kind: "k", Key: "a", Version: 1, Body: []byte(`2`)})
			for _, version := range []int64{1, 3, -1} {
				s.refused(store.ErrConflict, store.Batch{
					Put: []store.Record{{Kind: "k", Key: "a", Version: version, Body: []byte(`3`)}},
				})
			}
			r := s.record("k", "a")
			s.that(r.Version == 2 && string(r.Body) == "2", "after a conflict the record is %+v", r)
			return s.err
		},
	},
	{
		"a put of a new record conflicts with an existing one",
		"In a Put it is the version that was read, 0 if the record must not exist yet.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a", Body: []byte(`1`)})
			s.refused(store.ErrConflict, store.Batch{Put: []store.Record{{Kind: "k", Key: "a", Body: []byte(`2`)}}})
			s.refused(store.ErrConflict, store.Batch{Put: []store.Record{{Kind: "k", Key: "gone", Version: 1}}})
			s.missing("k", "gone")
			return s.err
		},
	},
	{
		"additions count and conflict with nothing",
		"Add adds N to the record, creating it with the given Parent and Sort and no Body if it does not exist. It raises the Version, never conflicts, and commutes with every other Add.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(store.Batch{Add: []store.Record{{Kind: "k", Key: "a", Parent: "p", Sort: 3, N: 4, Version: 9, Body: []byte(`1`)}}})
			s.equal("created", s.record("k", "a"), store.Record{Kind: "k", Key: "a", Parent: "p", Sort: 3, N: 4, Version: 1})
			s.put(store.Record{Kind: "k", Key: "a", Parent: "q", Sort: 5, Version: 1, Body: []byte(`2`)})
			s.commit(store.Batch{Add: []store.Record{{Kind: "k", Key: "a", Parent: "ignored", Sort: 1, N: -10}}})
			s.equal("added to", s.record("k", "a"), store.Record{
				Kind: "k", Key: "a", Parent: "q", Sort: 5, N: -6, Version: 3, Body: []byte(`2`),
			})
			s.refused(store.ErrConflict, store.Batch{Put: []store.Record{{Kind: "k", Key: "a", Version: 2}}})
			return s.err
		},
	},
	{
		"a delete needs no version and leaves nothing behind",
		"Delete removes records whatever their version; a missing one is not an error.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a", Body: []byte(`1`)})
			s.commit(store.Batch{Add: []store.Record{{Kind: "k", Key: "a", N: 4}}})
			s.commit(store.Batch{Delete: []store.RecordKey{{Kind: "k", Key: "a"}, {Kind: "k", Key: "never was"}}})
			s.missing("k", "a")
			s.that(len(s.list(store.Query{Kind: "k", Limit: 9})) == 0, "List still shows a deleted record")
			s.put(store.Record{Kind: "k", Key: "a"})
			s.equal("put again", s.record("k", "a"), store.Record{Kind: "k", Key: "a", Version: 1})
			return s.err
		},
	},
	{
		"the parts of a batch are applied in the order of its fields",
		"The parts are applied in the order of the fields.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(store.Batch{
				Put:    []store.Record{{Kind: "k", Key: "a"}, {Kind: "k", Key: "b"}},
				Add:    []store.Record{{Kind: "k", Key: "a", N: 2}, {Kind: "k", Key: "b", N: 2}},
				Delete: []store.RecordKey{{Kind: "k", Key: "b"}},
			})
			s.equal("put, then added to", s.record("k", "a"), store.Record{Kind: "k", Key: "a", Version: 2, N: 2})
			s.missing("k", "b")
			return s.err
		},
	},
	{
		"Get keeps the order of the keys",
		"Get returns the records of one kind with the given keys, in the order of the keys. Missing keys are left out; none found is not an error.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for _, k := range []string{"a", "b", "c", "d"} {
				s.put(store.Record{Kind: "k", Key: k})
			}
			var got []string
			for _, r := range s.get("k", "d", "nobody", "a", "c") {
				got = append(got, r.Key)
			}
			s.equal("keys", got, []string{"d", "a", "c"})
			s.that(len(s.get("k", "nobody")) == 0, "Get found what is not there")
			s.that(len(s.get("k")) == 0, "Get without keys returned something")
			return s.err
		},
	},
	{
		"keys are bytes and nothing else",
		"Key identifies the record within its kind; at most 512 bytes.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			keys := []string{
				"a", "A", "a ", " a", "ä", "a\u0308", "%", "_", "'", `"`, `\`, "\n", "{}", "null", "1", "1.0", "🙂", "ß", "ss",
				strings.Repeat("x", 512), strings.Repeat("x", 511),
			}
			for i, k := range keys {
				s.put(store.Record{Kind: "k", Key: k, Sort: int64(i)})
			}
			for i, k := range keys {
				r := s.record("k", k)
				s.that(r.Key == k && r.Sort == int64(i), "key %q led to record %+v", k, r)
			}
			return s.err
		},
	},
}
