package sharelimit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Kinds of the records in which limits are kept.
const (
	kindNumber  = "limit_number"
	kindPair    = "limit_pair" // the parent is the number, Sort when all is paid back
	kindAccount = "limit_account"
)

const (
	// measureEvery is how often the store is asked for its time, and measureWithin how long it may
	// take to say so, unless what is known is further off than that. It is asked at once after the machine has slept for longer than sleptFor.
	measureEvery  = 10 * time.Second
	measureWithin = 100 * time.Millisecond
	sleptFor      = 500 * time.Millisecond
	// pairsKept is for how long a pair is remembered that owes nothing, and pairsDropped how many
	// others are forgotten with one step.
	pairsKept    = time.Hour
	pairsDropped = 50
)

// InStore returns a ledger in a store: that of the hub, or any other that all processes reach. It
// is timed by the store's clock if that has one (see store.Timekeeper), and otherwise by that of
// the machine, which processes on such a store share.
func InStore(s store.Store) Ledger { return &inStore{store: s} }

type inStore struct {
	store store.Store

	mu       sync.Mutex
	measured time.Time // when the store was last asked for its time, by the monotonic clock
	wall     time.Time // the same by the other one, which goes on while the machine sleeps
	there    time.Time // what it said

	tidied sync.Map // by number, when its pairs were last looked through
}

// now is the present by the store's clock, in microseconds since 1970.
func (s *inStore) now(ctx context.Context) (float64, error) {
	keeper, ok := s.store.(store.Timekeeper)
	if !ok {
		return float64(time.Now().UnixMicro()), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := time.Now(); s.stale(before) {
		there, err := keeper.Now(ctx)
		took := time.Since(before)
		switch {
		case err != nil:
			return 0, err
		case there.IsZero():
			return float64(time.Now().UnixMicro()), nil
		case s.measured.IsZero() || took <= measureWithin || s.present(before.Add(took/2)).Sub(there).Abs() > took:
			// otherwise it is asked again next time
			s.measured, s.wall, s.there = before.Add(took/2), before.Add(took/2).Round(0), there
		}
	}
	return float64(s.present(time.Now()).UnixMicro()), nil
}

// present is what the store's clock shows at a moment of the monotonic one, as far as is known. The caller
// holds the lock.
func (s *inStore) present(at time.Time) time.Time { return s.there.Add(at.Sub(s.measured)) }

// stale says that it is time to ask the store. The caller holds the lock.
func (s *inStore) stale(now time.Time) bool {
	since := now.Sub(s.measured)
	return s.measured.IsZero() || since > measureEvery || now.Round(0).Sub(s.wall)-since > sleptFor
}

// again repeats a step that somebody else came in between of.
func again(ctx context.Context, what string, step func() error) error {
	for {
		err := step()
		if err == nil {
			return nil
		}
		if !errors.Is(err, store.ErrConflict) || ctx.Err() != nil {
			return fmt.Errorf("sharelimit: %s: %w", what, err)
		}
	}
}

// read reads one record into doc; what is missing leaves it as it is.
func (s *inStore) read(ctx context.Context, kind, key string, doc any) (store.Record, error) {
	found, err := s.store.Get(ctx, kind, key)
	if err != nil {
		return store.Record{}, err
	}
	if len(found) == 0 {
		return store.Record{Kind: kind, Key: key}, nil
	}
	if err := json.Unmarshal(found[0].Body, doc); err != nil {
		return store.Record{}, errors.New("a record is damaged")
	}
	return found[0], nil
}

// with is the record with another document in it.
func with(r store.Record, doc any) store.Record {
	body, err := json.Marshal(doc)
	if err != nil {
		panic(err) // numbers only
	}
	r.Body = body
	return r
}

// pairs reads when the pairs have paid back what they borrowed, and the records.
func (s *inStore) pairs(ctx context.Context, number string, names []string) (paid map[string]float64, records map[string]store.Record, err error) {
	slices.Sort(names)
	names = slices.Compact(names)
	found, err := s.store.Get(ctx, kindPair, names...)
	if err != nil {
		return nil, nil, err
	}
	paid, records = make(map[string]float64, len(names)), make(map[string]store.Record, len(names))
	for _, name := range names {
		records[name] = store.Record{Kind: kindPair, Key: name, Parent: number}
	}
	for _, r := range found {
		paid[r.Key], records[r.Key] = float64(r.Sort), r
	}
	return paid, records, nil
}

// Take implements [Ledger].
func (s *inStore) Take(ctx context.Context, r *Rules, l *Lot) (answers []Answer, err error) {
	var names []string
	for _, w := range l.Waiting {
		if w.Pair != "" {
			names = append(names, w.Pair)
		}
	}
	for pair := range l.Back {
		names = append(names, pair)
	}
	err = again(ctx, "take permits", func() error {
		var n Number
		// The number is read first and written in any case: who changes its pairs changes it, too.
		record, err := s.read(ctx, kindNumber, l.Number, &n)
		if err != nil {
			return err
		}
		paid, records, err := s.pairs(ctx, l.Number, names)
		if err != nil {
			return err
		}
		now, err := s.now(ctx)
		if err != nil {
			return err
		}
		before := n
		answers = r.Take(&n, paid, l, now)
		if n == before && len(l.Back) == 0 {
			return nil // nothing was granted
		}
		b := &store.Batch{Put: []store.Record{with(record, &n)}}
		for name, at := range paid {
			if p := records[name]; int64(at) != p.Sort {
				p.Sort = int64(at)
				b.Put = append(b.Put, p)
			}
		}
		if err := s.tidy(ctx, l.Number, records, now, b); err != nil {
			return err
		}
		_, err = s.store.Commit(ctx, b)
		return err
	})
	return answers, err
}

// tidy has pairs forgotten that have owed nothing for long, now and then.
func (s *inStore) tidy(ctx context.Context, number string, used map[string]store.Record, now float64, b *store.Batch) error {
	if last, ok := s.tidied.Load(number); ok && time.Since(last.(time.Time)) < time.Second {
		return nil
	}
	s.tidied.Store(number, time.Now())
	old, err := s.store.List(ctx, store.Query{
		Kind: kindPair, Parent: number, Limit: pairsDropped, Before: &store.Position{Sort: int64(now - micros(pairsKept))},
	})
	for i := range old {
		if _, ok := used[old[i].Key]; !ok {
			b.Delete = append(b.Delete, old[i].ID())
		}
	}
	return err
}

// Learn implements [Ledger].
func (s *inStore) Learn(ctx context.Context, r *Rules, news News) error {
	return again(ctx, "note what was learned", func() error {
		var n Number
		record, err := s.read(ctx, kindNumber, news.Number, &n)
		if err != nil {
			return err
		}
		var names []string
		if news.Pair != "" {
			names = append(names, news.Pair)
		}
		paid, records, err := s.pairs(ctx, news.Number, names)
		if err != nil {
			return err
		}
		now, err := s.now(ctx)
		if err != nil {
			return err
		}
		before := n
		at := r.Learn(&n, paid[news.Pair], &news, now)
		b := &store.Batch{}
		if p := records[news.Pair]; news.Pair != "" && int64(at) != p.Sort {
			p.Sort = int64(at)
			b.Put = append(b.Put, p)
		}
		if n == before && len(b.Put) == 0 {
			return nil
		}
		b.Put = append(b.Put, with(record, &n))
		_, err = s.store.Commit(ctx, b)
		return err
	})
}

// account changes what is kept about an account.
func (s *inStore) account(ctx context.Context, what, key string, f func(a *Account, now float64)) error {
	return again(ctx, what, func() error {
		var a Account
		record, err := s.read(ctx, kindAccount, key, &a)
		if err != nil {
			return err
		}
		now, err := s.now(ctx)
		if err != nil {
			return err
		}
		before := a
		if f(&a, now); a == before {
			return nil
		}
		_, err = s.store.Commit(ctx, &store.Batch{Put: []store.Record{with(record, &a)}})
		return err
	})
}

// Account implements [Ledger].
func (s *inStore) Account(ctx context.Context, r *Rules, account string, counts bool) (wait time.Duration, err error) {
	err = s.account(ctx, "ask for a call", account, func(a *Account, now float64) { wait = r.Account(a, counts, now) })
	return wait, err
}

// Warn implements [Ledger].
func (s *inStore) Warn(ctx context.Context, account string, pause time.Duration, share int) error {
	return s.account(ctx, "note a warning", account, func(a *Account, now float64) { a.Warn(pause, share, now) })
}
