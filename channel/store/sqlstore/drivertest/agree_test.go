package drivertest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// A twin is one of several stores that are told the same. tokens has its own for those that the first of them gave out.
type twin struct {
	store.Store
	tokens map[string]string
}

func (w *twin) lease(l store.Lease) store.Lease {
	l.Token = w.tokens[l.Token]
	return l
}

func (w *twin) leases(all []store.Lease) []store.Lease {
	all = slices.Clone(all)
	for i := range all {
		all[i] = w.lease(all[i])
	}
	return all
}

// commit commits a batch with the tokens of the first store, and says what came of it.
func (w *twin) commit(ctx context.Context, b store.Batch) (said string, claimed []store.Lease) {
	b.Enqueue, b.Later, b.Bury = slices.Clone(b.Enqueue), slices.Clone(b.Later), slices.Clone(b.Bury)
	b.Start, b.Done = w.leases(b.Start), w.leases(b.Done)
	for i := range b.Enqueue {
		b.Enqueue[i].Behind = w.tokens[b.Enqueue[i].Behind]
	}
	for i := range b.Later {
		b.Later[i].Lease = w.lease(b.Later[i].Lease)
	}
	for i := range b.Bury {
		b.Bury[i].Lease = w.lease(b.Bury[i].Lease)
	}
	done, err := w.Commit(ctx, &b)
	switch {
	case errors.Is(err, store.ErrLeaseLost), errors.Is(err, store.ErrMustQueue):
		return "refused", nil // either may come first
	case err != nil:
		return err.Error(), nil
	}
	for _, l := range done.Claimed {
		said += l.ID + " "
	}
	return fmt.Sprintf("claimed %s, %d new, %d released", said, done.Fresh, done.Released), done.Claimed
}

// all is what the store says of its work.
func (w *twin) all(ctx context.Context, t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dead := range []bool{false, true} {
		works, err := w.Work(ctx, store.WorkQuery{Queue: "q", Dead: dead, Limit: 1000})
		require.NoError(t, err)
		for _, x := range works {
			fmt.Fprintln(&b, x.ID, x.Lane, x.Group, x.Due.Unix(), string(x.Body), x.Started, x.Tries, x.Dead, x.Reason)
		}
	}
	return b.String()
}

// TestStoresAgreeOnWhatBecomesOfWork does at random whatever can be done with work, that which is claimed as it is
// enqueued, lost, taken over and forgotten among it: every store answers alike, and has the same work in the same order.
func TestStoresAgreeOnWhatBecomesOfWork(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			lite, _ := openSQLite(t, filepath.Join(t.TempDir(), "kanava.db"))
			postgres, _ := openPostgres(t, pgtest.New(t))
			pgx, _ := openPgx(t, pgtest.New(t), pgxstore.Config{})
			stores := []*twin{}
			for _, s := range []store.Store{memstore.New(), lite, postgres, pgx} {
				stores = append(stores, &twin{s, map[string]string{}})
			}
			agree(t, rand.New(rand.NewPCG(seed, 9)), stores)
		})
	}
}

// agree has 250 things happen to all stores.
func agree(t *testing.T, rnd *rand.Rand, stores []*twin) {
	a := &anything{Rand: rnd, now: time.Now().Truncate(time.Second)}
	for step := range 250 {
		said, gave := make([]string, len(stores)), make([][]store.Lease, len(stores))
		if rnd.IntN(4) == 0 {
			// Which work is claimed is not the same where there is more of it than the limit.
			c := store.Claim{Queue: "q", Now: a.now, Lease: time.Hour, Owner: a.owner(), Limit: 1000}
			for k, s := range stores {
				works, err := s.Claim(t.Context(), c)
				require.NoError(t, err)
				for i := range works {
					said[k] += works[i].ID + " "
					gave[k] = append(gave[k], works[i].Lease())
				}
			}
		} else {
			b := a.batch(step)
			for k, s := range stores {
				said[k], gave[k] = s.commit(t.Context(), b)
			}
		}
		want := stores[0].all(t.Context(), t)
		for k, s := range stores {
			require.Equal(t, said[0], said[k], "step %d, store %d", step, k)
			require.Equal(t, want, s.all(t.Context(), t), "step %d, store %d", step, k)
		}
		for i, l := range gave[0] {
			for k, s := range stores {
				s.tokens[l.Token] = gave[k][i].Token
			}
			a.leases = append(a.leases, l)
		}
	}
}

var owners = []string{"one", "two"}

// anything makes batches at random.
type anything struct {
	*rand.Rand
	now    time.Time
	ids    int
	leases []store.Lease // that the first store gave out, those that are over among them
}

func (a *anything) owner() string { return owners[a.IntN(2)] }
func (a *anything) lane() string  { return []string{"", "a", "b", "c"}[a.IntN(4)] }
func (a *anything) known() string { return fmt.Sprint(a.IntN(a.ids + 1)) } // perhaps
func (a *anything) lease() store.Lease {
	return a.leases[max(0, len(a.leases)-1-a.IntN(6))]
}

func (a *anything) id() string {
	if a.IntN(6) == 0 {
		return a.known()
	}
	a.ids++
	return fmt.Sprint(a.ids)
}

func (a *anything) due() (due time.Time) {
	if a.IntN(6) == 0 {
		due = a.now.Add(time.Duration(a.IntN(100)) * time.Second)
	}
	return due
}

func (a *anything) batch(step int) store.Batch {
	if a.IntN(10) == 0 {
		a.now = a.now.Add(time.Duration(a.IntN(50)) * time.Second)
	}
	b := store.Batch{Now: a.now, Owner: a.owner()}
	holds := a.IntN(2) == 0
	for range a.IntN(5) {
		before := a.ids
		w := store.Work{Queue: "q", ID: a.id(), Lane: a.lane(), Group: "g", Due: a.due(), Once: a.IntN(4) == 0, Body: fmt.Append(nil, step)}
		switch {
		case holds && !w.Once && a.ids == before: // whether a lane is free that work leaves just then is left to the store
			continue
		case holds && a.IntN(4) > 0:
			if w.Hold = time.Hour; len(a.leases) > 0 && a.IntN(3) > 0 {
				w.Behind = a.lease().Token
			}
		}
		if !slices.ContainsFunc(b.Enqueue, func(o store.Work) bool { return o.ID == w.ID }) {
			b.Enqueue = append(b.Enqueue, w)
		}
	}
	if len(a.leases) > 0 {
		switch l := a.lease(); a.IntN(7) {
		case 0, 1:
			b.Done = []store.Lease{l}
		case 2:
			b.Later = []store.Postponed{{Lease: l, Due: a.due(), Reason: "later"}}
		case 3:
			b.Bury = []store.Buried{{Lease: l, Reason: "broken"}}
		case 4:
			b.Start = []store.Lease{l}
		}
	}
	switch key := (store.WorkKey{Queue: "q", ID: a.known()}); a.IntN(16) {
	case 0:
		gone := owners[1-slices.Index(owners, b.Owner)]
		b.Release = []store.Claimant{{Queue: "q", Owner: gone, Now: a.now}}
	case 1:
		b.Replay = []store.WorkKey{key}
	case 2:
		b.Drop = []store.WorkKey{key}
	case 3:
		if id := a.id(); !slices.ContainsFunc(b.Enqueue, func(o store.Work) bool { return o.ID == id }) {
			b.Pass = []store.Passed{{Queue: "q", ID: id, Lane: a.lane()}}
		}
	case 4:
		b.Forget = a.now.Add(24 * time.Hour)
	}
	return b
}
