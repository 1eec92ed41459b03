package step_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

func TestAStepListsWhatItLeaves(t *testing.T) {
	t.Parallel()
	all := store.Query{Kind: "doc", Parent: "all", Limit: 10}
	with := func(change func(q *store.Query)) store.Query {
		q := all
		change(&q)
		return q
	}
	for _, c := range []struct {
		name   string
		change func(u *step.Step)
		query  store.Query
		want   []string
	}{
		{"nothing changed", func(*step.Step) {}, all, []string{"a", "b", "c"}},
		{"one is new", func(u *step.Step) { _ = u.Save("doc", "bb", "all", 2, doc{}) }, all, []string{"a", "b", "bb", "c"}},
		{"one moved", func(u *step.Step) { _ = u.Save("doc", "a", "all", 9, doc{}) }, all, []string{"b", "c", "a"}},
		{
			"one moved out of a page that was full", func(u *step.Step) { _ = u.Save("doc", "a", "all", 9, doc{}) },
			with(func(q *store.Query) { q.Limit = 2 }), []string{"b", "c"},
		},
		{"one went to another parent", func(u *step.Step) { _ = u.Save("doc", "b", "others", 2, doc{}) }, all, []string{"a", "c"}},
		{"one is deleted", func(u *step.Step) { u.Delete(store.RecordKey{Kind: "doc", Key: "b"}) }, all, []string{"a", "c"}},
		{"one is removed", func(u *step.Step) { u.Remove("doc", "b") }, all, []string{"a", "c"}},
		{
			"the newest first", func(u *step.Step) { _ = u.Save("doc", "d", "all", 4, doc{}) },
			with(func(q *store.Query) { q.Descending, q.Limit = true, 2 }), []string{"d", "c"},
		},
		{
			"between two places", func(u *step.Step) {
				_ = u.Save("doc", "aa", "all", 1, doc{})
				_ = u.Save("doc", "cc", "all", 3, doc{})
				_ = u.Save("doc", "0", "all", 0, doc{})
			},
			with(func(q *store.Query) {
				q.After, q.Before = &store.Position{Sort: 1, Key: "a"}, &store.Position{Sort: 3, Key: "c"}
			}), []string{"aa", "b"},
		},
		{"another kind is nobody's business", func(u *step.Step) { _ = u.Save("other", "b", "all", 2, doc{}) }, all, []string{"a", "b", "c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSteps(new([]string))
			save(t, s, "a", 1)
			save(t, s, "b", 2)
			save(t, s, "c", 3)
			list := func(l step.Lister) (keys []string) {
				records, err := l.List(t.Context(), c.query)
				require.NoError(t, err)
				for _, r := range records {
					keys = append(keys, r.Key)
				}
				return keys
			}
			require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
				for _, key := range []string{"a", "b", "c"} {
					if _, err := u.Load("doc", key, nil); err != nil {
						return err
					}
				}
				c.change(u)
				require.Equal(t, c.want, list(u))
				return nil
			}))
			require.Equal(t, c.want, list(s.Store), "and so it is stored")
		})
	}
}
