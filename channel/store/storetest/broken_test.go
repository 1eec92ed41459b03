package storetest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/storetest"
	"github.com/stretchr/testify/require"
)

// faulty is a memstore with some of its methods replaced by wrong ones.
type faulty struct {
	store.Store
	commit  func(ctx context.Context, b *store.Batch) (store.Committed, error)
	claim   func(ctx context.Context, c store.Claim) ([]store.Work, error)
	get     func(ctx context.Context, kind string, keys ...string) ([]store.Record, error)
	list    func(ctx context.Context, q store.Query) ([]store.Record, error)
	work    func(ctx context.Context, q store.WorkQuery) ([]store.Work, error)
	backlog func(ctx context.Context, now time.Time) ([]store.Backlog, error)
	survey  func(ctx context.Context, q store.SurveyQuery) ([]store.Backlog, error)
	follow  func(ctx context.Context, after string, limit int) ([]store.Change, string, error)
	latest  func(ctx context.Context) (string, error)
	search  func(ctx context.Context, q store.SearchQuery) ([]store.Hit, error)
}

func (s *faulty) Follow(ctx context.Context, after string, limit int) ([]store.Change, string, error) {
	if s.follow != nil {
		return s.follow(ctx, after, limit)
	}
	return s.Store.(store.Follower).Follow(ctx, after, limit)
}

func (s *faulty) Latest(ctx context.Context) (string, error) {
	if s.latest != nil {
		return s.latest(ctx)
	}
	return s.Store.(store.Follower).Latest(ctx)
}

func (s *faulty) Search(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
	if s.search != nil {
		return s.search(ctx, q)
	}
	return s.Store.(store.Searcher).Search(ctx, q)
}

func (s *faulty) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	c := *b // the wrong ones may change it
	if s.commit != nil {
		return s.commit(ctx, &c)
	}
	return s.Store.Commit(ctx, &c)
}

func (s *faulty) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	if s.claim != nil {
		return s.claim(ctx, c)
	}
	return s.Store.Claim(ctx, c)
}

func (s *faulty) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if s.get != nil {
		return s.get(ctx, kind, keys...)
	}
	return s.Store.Get(ctx, kind, keys...)
}

func (s *faulty) List(ctx context.Context, q store.Query) ([]store.Record, error) {
	if s.list != nil {
		return s.list(ctx, q)
	}
	return s.Store.List(ctx, q)
}

func (s *faulty) Work(ctx context.Context, q store.WorkQuery) ([]store.Work, error) {
	if s.work != nil {
		return s.work(ctx, q)
	}
	return s.Store.Work(ctx, q)
}

func (s *faulty) Backlog(ctx context.Context, now time.Time) ([]store.Backlog, error) {
	if s.backlog != nil {
		return s.backlog(ctx, now)
	}
	return s.Store.Backlog(ctx, now)
}

func (s *faulty) Survey(ctx context.Context, q store.SurveyQuery) ([]store.Backlog, error) {
	if s.survey != nil {
		return s.survey(ctx, q)
	}
	return s.Store.(store.Surveyor).Survey(ctx, q)
}

// meet lets two goroutines wait for each other, but not for ever.
type meet chan struct{}

func (m meet) wait() {
	select {
	case m <- struct{}{}:
	case <-m:
	case <-time.After(20 * time.Millisecond):
	}
}

// current sets the versions of b's Puts to what is in the store now.
func current(ctx context.Context, s store.Store, b *store.Batch) {
	b.Put = slices.Clone(b.Put)
	for i := range b.Put {
		b.Put[i].Version = 0
		if rs, err := s.Get(ctx, b.Put[i].Kind, b.Put[i].Key); err == nil && len(rs) == 1 {
			b.Put[i].Version = rs[0].Version
		}
	}
}

// there finds work that is in the store, dead or alive.
func there(ctx context.Context, s store.Store, queue, id string) (store.Work, bool) {
	for _, dead := range []bool{false, true} {
		ws, err := s.Work(ctx, store.WorkQuery{Queue: queue, IDs: []string{id}, Dead: dead, Limit: 1})
		if err == nil && len(ws) == 1 {
			return ws[0], true
		}
	}
	return store.Work{}, false
}

// mapWork applies f to all that Claim and Work return.
func mapWork(s *faulty, f func(*store.Work)) {
	each := func(ws []store.Work, err error) ([]store.Work, error) {
		for i := range ws {
			f(&ws[i])
		}
		return ws, err
	}
	s.claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) { return each(s.Store.Claim(ctx, c)) }
	s.work = func(ctx context.Context, q store.WorkQuery) ([]store.Work, error) {
		return each(s.Store.Work(ctx, q))
	}
}

// mapBatch applies f to all that Commit gets.
func mapBatch(s *faulty, f func(ctx context.Context, b *store.Batch)) {
	s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
		f(ctx, b)
		return s.Store.Commit(ctx, b)
	}
}

// mapEnqueue applies f to all work that Commit gets.
func mapEnqueue(s *faulty, f func(*store.Work)) {
	mapBatch(s, func(_ context.Context, b *store.Batch) {
		b.Enqueue = slices.Clone(b.Enqueue)
		for i := range b.Enqueue {
			f(&b.Enqueue[i])
		}
	})
}

// breaks are wrong stores, each with the case that must notice.
var breaks = []struct {
	store, caught string
	break_        func(s *faulty)
}{
	{"fails at names that it cannot hold", "what no store can hold is not found", func(s *faulty) {
		s.get = func(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
			if slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(key, "\x00") }) {
				return nil, errors.New("invalid byte sequence")
			}
			return s.Store.Get(ctx, kind, keys...)
		}
	}},
	{"forgets to check versions", "a put with an old version conflicts", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) { current(ctx, s.Store, b) })
	}},
	{"overwrites where it should create", "a put of a new record conflicts with an existing one", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			for _, p := range b.Put {
				if p.Version == 0 {
					current(ctx, s.Store, b)
				}
			}
		})
	}},
	{"checks the version and writes later", "of concurrent puts one wins", func(s *faulty) {
		m := make(meet)
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			for _, p := range b.Put {
				rs, err := s.Get(ctx, p.Kind, p.Key)
				if err == nil && len(rs) == 1 && rs[0].Version != p.Version {
					return store.Committed{}, store.ErrConflict
				}
			}
			m.wait()
			for {
				current(ctx, s.Store, b)
				if done, err := s.Store.Commit(ctx, b); !errors.Is(err, store.ErrConflict) {
					return done, err
				}
			}
		}
	}},
	{"goes on behind the time of a page and not behind its last row", "pages of one row lose nothing among equal Sorts", func(s *faulty) {
		s.list = func(ctx context.Context, q store.Query) ([]store.Record, error) {
			if q.After != nil {
				q.After = &store.Position{Sort: q.After.Sort + 1}
			}
			if q.Before != nil {
				q.Before = &store.Position{Sort: q.Before.Sort}
			}
			return s.Store.List(ctx, q)
		}
	}},
	{"knows no bounds", "a running total keeps to its bound", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) { b.Bound = nil })
	}},
	{"looks at the bound before it adds", "of concurrent additions as many succeed as fit", func(s *faulty) {
		both := make(meet)
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			for _, l := range b.Bound {
				if rs, err := s.Get(ctx, l.Kind, l.Key); err == nil && len(rs) == 1 && rs[0].N >= l.Max {
					return // too much already, which the store below will say
				}
			}
			b.Bound = nil
			both.wait()
		})
	}},
	{"lets what exceeds its bound take others with it", "what exceeds its bound takes no other with it", func(s *faulty) {
		var failed atomic.Bool
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			if len(b.Bound) == 0 && failed.Load() {
				return store.Committed{}, store.ErrExceeded
			}
			done, err := s.Store.Commit(ctx, b)
			if errors.Is(err, store.ErrExceeded) {
				failed.Store(true)
			}
			return done, err
		}
	}},
	{"loses updates", "no update is lost", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			if len(b.Put) == 2 && b.Put[0].Version > 3 {
				b.Put = b.Put[:1]
			}
		})
	}},
	{"resets N with each put", "a put raises the version and replaces everything but N", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			for _, p := range b.Put {
				if rs, _ := s.Get(ctx, p.Kind, p.Key); len(rs) == 1 && rs[0].N != 0 {
					b.Add = append(b.Add, store.Record{Kind: p.Kind, Key: p.Key, N: -rs[0].N})
				}
			}
		})
	}},
	{"adds by reading and putting", "concurrent additions are all counted", func(s *faulty) {
		m := make(meet)
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			for _, a := range b.Add {
				if rs, _ := s.Get(ctx, a.Kind, a.Key); len(rs) == 1 {
					b.Put = append(b.Put, rs[0])
				}
			}
			m.wait()
		})
	}},
	{"lets additions move a record", "additions count and conflict with nothing", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			for _, a := range b.Add {
				if rs, _ := s.Get(ctx, a.Kind, a.Key); err == nil && len(rs) == 1 && rs[0].Parent != a.Parent {
					rs[0].Parent = a.Parent
					_, err = s.Store.Commit(ctx, &store.Batch{Put: rs})
				}
			}
			return done, err
		}
	}},
	{"fails to delete what is missing", "a delete needs no version and leaves nothing behind", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			for _, k := range b.Delete {
				if rs, _ := s.Get(ctx, k.Kind, k.Key); len(rs) == 0 {
					return store.Committed{}, errors.New("not found")
				}
			}
			return s.Store.Commit(ctx, b)
		}
	}},
	{"deletes before it puts", "the parts of a batch are applied in the order of its fields", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			_, _ = s.Store.Commit(ctx, &store.Batch{Delete: b.Delete})
			b.Delete = nil
		})
	}},
	{"starts N with what was put", "a record comes back as it was put", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, p := range b.Put {
				b.Add = append(b.Add, store.Record{Kind: p.Kind, Key: p.Key, N: p.N})
			}
		})
	}},
	{"returns records in the order of their keys", "Get keeps the order of the keys", func(s *faulty) {
		s.get = func(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
			return s.Store.Get(ctx, kind, slices.Sorted(slices.Values(keys))...)
		}
	}},
	{"compares keys without regard to case", "keys are bytes and nothing else", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			b.Put = slices.Clone(b.Put)
			for i := range b.Put {
				b.Put[i].Key = strings.ToLower(b.Put[i].Key)
			}
			current(ctx, s.Store, b)
		})
		s.get = func(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
			for i := range keys {
				keys[i] = strings.ToLower(keys[i])
			}
			return s.Store.Get(ctx, kind, keys...)
		}
	}},
	{"keeps bodies as floating-point numbers", "a body means the same when it comes back", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Put = slices.Clone(b.Put)
			for i := range b.Put {
				var v any
				if json.Unmarshal(b.Put[i].Body, &v) == nil {
					b.Put[i].Body, _ = json.Marshal(v)
				}
			}
		})
	}},
	{"refuses what PostgreSQL's jsonb refuses", "a body means the same when it comes back", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			for _, p := range b.Put {
				if bytes.Contains(p.Body, []byte(`\u0000`)) {
					return store.Committed{}, errors.New("unsupported Unicode escape sequence")
				}
			}
			return s.Store.Commit(ctx, b)
		}
	}},
	{"keeps the caller's slices", "slices belong to the caller", func(s *faulty) {
		kept := map[string][]byte{}
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, p := range b.Put {
				kept[p.Key] = p.Body
			}
		})
		s.get = func(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
			rs, err := s.Store.Get(ctx, kind, keys...)
			for i := range rs {
				rs[i].Body = kept[rs[i].Key]
			}
			return rs, err
		}
	}},
	{"gives out its own slices", "slices belong to the caller", func(s *faulty) {
		var shared []store.Record
		s.get = func(ctx context.Context, kind string, keys ...string) (_ []store.Record, err error) {
			if shared == nil {
				shared, err = s.Store.Get(ctx, kind, keys...)
			}
			return shared, err
		}
	}},
	{"keeps times to the second", "times are microseconds in UTC", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) { w.Due = w.Due.Truncate(time.Second) })
	}},
	{"includes the position it continues behind", "List answers every kind of question", func(s *faulty) {
		s.list = func(ctx context.Context, q store.Query) ([]store.Record, error) {
			if q.After != nil {
				q.After = &store.Position{Sort: q.After.Sort, Key: strings.TrimRight(q.After.Key, "0123456789")}
			}
			return s.Store.List(ctx, q)
		}
	}},
	{"orders records of equal Sort as it likes", "List can be read page by page in both directions", func(s *faulty) {
		s.list = func(ctx context.Context, q store.Query) ([]store.Record, error) {
			rs, err := s.Store.List(ctx, q)
			slices.SortStableFunc(rs, func(a, b store.Record) int {
				return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(len(a.Key), len(b.Key)))
			})
			return rs, err
		}
	}},
	{"forgets to move records", "a record moves with its parent and sort", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			b.Put = slices.Clone(b.Put)
			for i := range b.Put {
				if rs, _ := s.Get(ctx, b.Put[i].Kind, b.Put[i].Key); len(rs) == 1 {
					b.Put[i].Parent = rs[0].Parent
				}
			}
		})
	}},
	{"knows Once only while the work is there", "Once work is ignored after it is done, buried or dropped", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			var kept []store.Work
			for _, w := range b.Enqueue {
				if _, known := there(ctx, s.Store, w.Queue, w.ID); !w.Once || !known {
					w.Once = false
					kept = append(kept, w)
				}
			}
			b.Enqueue = kept
		})
	}},
	{"replaces Once work", "Once work is ignored while the first is there", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) { w.Once = false })
	}},
	{"counts ignored work as fresh", "Once work is ignored while the first is there", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			done.Fresh = len(b.Enqueue)
			return done, err
		}
	}},
	{"knows Once for all queues together", "the memory of Once is per queue", func(s *faulty) {
		seen := map[string]bool{}
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Enqueue = slices.DeleteFunc(slices.Clone(b.Enqueue), func(w store.Work) bool {
				known := seen[w.ID]
				seen[w.ID] = true
				return known
			})
		})
	}},
	{"checks Once before the transaction", "Once holds against concurrent callers", func(s *faulty) {
		var mu sync.Mutex
		seen := map[string]bool{}
		m := make(meet)
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			mu.Lock()
			known := maps.Clone(seen)
			mu.Unlock()
			m.wait()
			fresh := 0
			for _, w := range b.Enqueue {
				if !known[w.ID] {
					fresh++
				}
			}
			done, err := s.Store.Commit(ctx, b)
			done.Fresh = fresh
			mu.Lock()
			for _, w := range b.Enqueue {
				seen[w.ID] = true
			}
			mu.Unlock()
			return done, err
		}
	}},
	{"repeats a batch of which an ID was taken", "Once holds against concurrent callers", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			if err == nil && done.Fresh < len(b.Enqueue) && len(b.Add) > 0 {
				_, err = s.Store.Commit(ctx, &store.Batch{Add: b.Add})
			}
			return done, err
		}
	}},
	{"ignores work that should be replaced", "work without Once replaces what is there", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			b.Enqueue = slices.DeleteFunc(slices.Clone(b.Enqueue), func(w store.Work) bool {
				_, known := there(ctx, s.Store, w.Queue, w.ID)
				return known
			})
		})
	}},
	{"leaves dead letters dead when they are enqueued again", "work without Once revives what is dead and starts anew what is done", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			b.Enqueue = slices.DeleteFunc(slices.Clone(b.Enqueue), func(w store.Work) bool {
				old, known := there(ctx, s.Store, w.Queue, w.ID)
				return known && old.Dead
			})
		})
	}},
	{"forgets everything", "Forget forgets what is old and nothing else", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			if !b.Forget.IsZero() {
				b.Forget = time.Now().Add(time.Hour)
			}
		})
	}},
	{"forgets all at once", "Forget forgets what is old and nothing else", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			for more := done; err == nil && more.Forgotten > 0; done.Forgotten += more.Forgotten {
				more, err = s.Store.Commit(ctx, &store.Batch{Forget: b.Forget})
			}
			return done, err
		}
	}},
}

func TestBrokenStoresAreCaughtByName(t *testing.T) {
	t.Parallel()
	for _, b := range slices.Concat(breaks, workBreaks, inboxBreaks, heldBreaks) {
		t.Run(b.store, func(t *testing.T) {
			t.Parallel()
			check := func(t *testing.T) {
				broken := &faulty{Store: memstore.New()}
				b.break_(broken)
				found, err := storetest.CheckCase(t.Context(), b.caught, broken, func() store.Store { return broken })
				require.True(t, found, "there is no case %q", b.caught)
				require.Error(t, err, "a store that %s was not caught by %q", b.store, b.caught)
			}
			if b.caught == "followers miss nothing of concurrent commits" {
				check(t) // it asks without a pause, which lets no time pass in a bubble
				return
			}
			synctest.Test(t, check) // so that those who wait for each other meet on any machine
		})
	}
}

// A store whose second opening starts with nothing.
func TestAStoreThatForgetsIsCaughtByName(t *testing.T) {
	t.Parallel()
	found, err := storetest.CheckCase(t.Context(), "another store on the same data knows everything", memstore.New(),
		func() store.Store { return memstore.New() })
	require.True(t, found)
	require.Error(t, err)
}

func TestEveryCaseCatchesSomething(t *testing.T) {
	t.Parallel()
	caught := map[string]bool{"another store on the same data knows everything": true}
	for _, b := range clockBreaks {
		caught[b.caught] = true
	}
	for _, b := range slices.Concat(breaks, workBreaks, inboxBreaks, heldBreaks) {
		caught[b.caught] = true
	}
	for _, name := range storetest.CaseNames() {
		require.True(t, caught[name], "no broken store shows that %q can fail", name)
	}
}
