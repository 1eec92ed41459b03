package step

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// A test of what is watched comes before those that run side by side.
func TestAChangeOfWhatWasGivenAwayIsSeen(t *testing.T) {
	type word struct {
		Word string `json:"word"`
	}
	var seen []string
	Watch(1, func(kind, key string) { seen = append(seen, kind+" "+key) })
	defer Watch(0, nil)
	s := stepsOn(new(keeping))
	given := &word{"mine"}
	put := func(key string, save func(u *Step) error) {
		require.NoError(t, s.Do(t.Context(), nil, func(u *Step) error {
			if _, err := u.Load("word", key, nil); err != nil {
				return err
			}
			return save(u)
		}))
	}
	put("a", func(u *Step) error { return u.Give("word", "a", "", 0, given) })
	put("b", func(u *Step) error { return u.Save("word", "b", "", 0, given) })
	require.Empty(t, seen)
	given.Word = "changed"
	for _, key := range []string{"a", "b"} {
		put("another", func(u *Step) error {
			_, err := u.Load("word", key, new(word))
			return errors.Join(err, u.Save("word", "another", "", 0, word{}))
		})
	}
	require.Equal(t, []string{"word a"}, seen)
}

// keeping is a store that keeps the batches it is given, and fails when it is told to.
type keeping struct {
	store.Store
	batches []*store.Batch
	last    []byte // the last batch, as JSON
	fails   error
}

func (k *keeping) Commit(_ context.Context, b *store.Batch) (store.Committed, error) {
	k.batches = append(k.batches, b)
	k.last, _ = json.Marshal(b)
	return store.Committed{}, k.fails
}

func (k *keeping) Get(context.Context, string, ...string) ([]store.Record, error) { return nil, nil }

func stepsOn(st store.Store) *Steps {
	return &Steps{Store: st, Now: func(context.Context) time.Time { return time.Now() }, Wake: func(string) {}, Took: func(time.Duration) {}}
}

// everything is a step that does all that a step can do.
func everything(u *Step) error {
	for _, key := range []string{"a", "b"} {
		if _, err := u.Load("doc", key, nil); err != nil {
			return err
		}
	}
	u.Expect("doc", "b")
	total := store.Record{Kind: "sum", Key: "a", N: 1}
	if _, err := u.Total(total); err != nil {
		return err
	}
	u.Within(total, 5)
	u.Add(total)
	u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("1")})
	u.Enqueue(store.Work{Queue: "q", ID: "later", Due: u.Now.Add(time.Hour), Body: []byte("1")})
	u.Pass(store.Passed{Queue: "q", ID: "passes"})
	l := store.Lease{Queue: "q", ID: "x", Token: "t"}
	u.Start(l)
	u.Finish(l)
	u.Postpone(store.Postponed{Lease: l})
	u.Bury(l, "why")
	u.Replay(store.WorkKey{Queue: "q", ID: "dead"})
	u.Drop(store.WorkKey{Queue: "q", ID: "gone"})
	u.Delete(store.RecordKey{Kind: "doc", Key: "c"})
	u.After(func() {})
	return u.Save("doc", "a", "parent", 1, map[string]int{"n": 1})
}

func TestAStepHasNothingOfTheOneBeforeIt(t *testing.T) {
	t.Parallel()
	k := new(keeping)
	s := stepsOn(k)
	for range 50 {
		require.NoError(t, s.Do(t.Context(), nil, everything))
		require.NoError(t, s.Try(t.Context(), nil, func(u *Step) error {
			require.Empty(t, u.read)
			require.Empty(t, u.totals)
			u.Drop(store.WorkKey{Queue: "q", ID: "only this"})
			return nil
		}))
		var all map[string]any
		require.NoError(t, json.Unmarshal(k.last, &all))
		for field, value := range all {
			list, _ := value.([]any)
			require.Equal(t, field == "Drop", len(list) > 0, field)
		}
	}
}

// Whoever may still read a batch reads what it was given.
func TestABatchOfWhichNobodyKnowsWhatBecameOfItIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *Steps, k *keeping){
		"the store does not say": func(s *Steps, k *keeping) {
			k.fails = context.Canceled
			require.ErrorIs(t, s.Try(t.Context(), nil, everything), context.Canceled)
			k.fails = nil
		},
		"the host has yet to commit": func(s *Steps, _ *keeping) {
			ctx, _ := store.Defer(t.Context())
			require.NoError(t, s.Try(ctx, nil, everything))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := new(keeping)
			s := stepsOn(k)
			end(s, k)
			kept := k.batches[0]
			before, err := json.Marshal(kept)
			require.NoError(t, err)
			for n := range 50 {
				require.NoError(t, s.Try(t.Context(), nil, func(u *Step) error {
					u.Enqueue(store.Work{Queue: "other", ID: fmt.Sprint(n), Body: []byte("2")})
					u.Finish(store.Lease{Queue: "other", ID: fmt.Sprint(n)})
					return nil
				}))
			}
			after, err := json.Marshal(kept)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after))
		})
	}
}

func TestAStepThatPanickedIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	s := stepsOn(new(keeping))
	var first *Step
	require.Panics(t, func() {
		_ = s.Try(t.Context(), nil, func(u *Step) error {
			first = u
			panic("as a host may")
		})
	})
	for range 50 {
		require.NoError(t, s.Try(t.Context(), nil, func(u *Step) error {
			require.NotSame(t, first, u)
			return nil
		}))
	}
}

func TestADocumentWithJSONOfItsOwnIsRememberedAsDecodingItGives(t *testing.T) {
	t.Parallel()
	type doc struct {
		Name string          `json:"name,omitempty"`
		Raw  json.RawMessage `json:"raw,omitempty"`
	}
	for name, raw := range map[string]string{
		"written apart": ` { "a" : [ 1 , 2 ] }`, "as it is written": `{"a":[1,2]}`, "with what is escaped": `"<b>  "`, "null": `null`, "nothing": ``,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			saves := map[string]func(u *Step, d *doc) error{
				"save": func(u *Step, d *doc) error { return u.Save("doc", "a", "", 0, d) },
				"give": func(u *Step, d *doc) error { return u.Give("doc", "a", "", 0, d) },
			}
			for how, save := range saves {
				given := &doc{"n", json.RawMessage(raw)}
				require.NoError(t, stepsOn(new(keeping)).Do(t.Context(), nil, func(u *Step) error {
					_, err := u.Load("doc", "a", nil)
					require.NoError(t, errors.Join(err, save(u, given)))
					k := u.Stored("doc", "a")
					decoded := new(doc)
					require.NoError(t, json.Unmarshal(k.Body, decoded))
					require.Equal(t, decoded, k.Doc, how)
					if how == "save" {
						require.Equal(t, raw, string(given.Raw), "it is the caller's")
					}
					return nil
				}))
			}
		})
	}
}
