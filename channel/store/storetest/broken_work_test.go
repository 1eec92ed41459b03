package storetest_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

const never = 1000 * time.Hour

// mapClaim applies f to every claim.
func mapClaim(s *faulty, f func(*store.Claim)) {
	s.claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) {
		f(&c)
		return s.Store.Claim(ctx, c)
	}
}

// mapClaimed applies f to what Claim returns.
func mapClaimed(s *faulty, f func(ctx context.Context, ws []store.Work) []store.Work) {
	s.claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) {
		ws, err := s.Store.Claim(ctx, c)
		return f(ctx, ws), err
	}
}

// sticky returns a Commit that lets the next caller suffer for an earlier one, whenever
// spoils says so of the earlier one.
func sticky(s *faulty, as error, spoils func(ctx context.Context, err error) bool) {
	var spoilt atomic.Bool
	s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
		done, err := s.Store.Commit(ctx, b)
		if spoils(ctx, err) {
			spoilt.Store(true)
			return done, err
		}
		if err == nil && spoilt.Swap(false) {
			return done, as
		}
		return done, err
	}
}

var workBreaks = []struct {
	store, caught string
	break_        func(s *faulty)
}{
	{"forgets the group", "claimed work carries everything", func(s *faulty) {
		mapWork(s, func(w *store.Work) { w.Group = "" })
	}},
	{"takes the caller's word for what is the store's", "claimed work carries everything", func(s *faulty) {
		mapWork(s, func(w *store.Work) { w.Tries = 7 })
	}},
	{"returns the last first", "work is claimed in the order in which it was committed", func(s *faulty) {
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work { slices.Reverse(ws); return ws })
	}},
	{"takes one more than asked for", "the Limit is kept and the rest stays", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.Limit++ })
	}},
	{"is an hour early", "work is not claimed before it is due", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.Now = c.Now.Add(time.Hour) })
	}},
	{"looks at its own clock", "only the given time counts", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.Now = time.Now() })
	}},
	{"leases for half the time", "leased work is not claimed again until the lease ends", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.Lease /= 2 })
	}},
	{"gives every claim the same token", "leased work is not claimed again until the lease ends", func(s *faulty) {
		tokens := map[string]string{}
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work {
			for i := range ws {
				tokens[ws[i].ID], ws[i].Token = ws[i].Token, "t"
			}
			return ws
		})
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for i := range b.Done {
				b.Done[i].Token = tokens[b.Done[i].ID]
			}
		})
	}},
	{"rejects an expired lease that nobody took", "an expired lease that nobody took is still good", func(s *faulty) {
		ends := map[string]time.Time{}
		s.claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) {
			ws, err := s.Store.Claim(ctx, c)
			for _, w := range ws {
				ends[w.Token] = c.Now.Add(c.Lease)
			}
			return ws, err
		}
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			for _, l := range b.Done {
				if ends[l.Token].Before(time.Now()) {
					return store.Committed{}, store.ErrLeaseLost
				}
			}
			return s.Store.Commit(ctx, b)
		}
	}},
	{"ignores Groups", "Groups restrict a claim", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.Groups, c.PerGroup = nil, 0 })
	}},
	{"takes an empty list of groups for none", "Groups restrict a claim", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) {
			if len(c.Groups) == 0 {
				c.Groups = nil
			}
		})
	}},
	{"ignores PerGroup", "PerGroup is the most from each group", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.PerGroup = 0 })
	}},
	{"looks at the first hundred only", "waiting work does not hide work that is due", func(s *faulty) {
		s.claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) {
			first, err := s.Work(ctx, store.WorkQuery{Queue: c.Queue, Limit: 100})
			if err != nil {
				return nil, err
			}
			ws, err := s.Store.Claim(ctx, c)
			return slices.DeleteFunc(ws, func(w store.Work) bool { return w.Seq > first[len(first)-1].Seq }), err
		}
	}},
	{"never returns to what was due in the past", "postponed work does not starve", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for i := range b.Later {
				b.Later[i].Due = b.Later[i].Due.Add(never)
			}
		})
	}},
	{"knows no lanes", "a lane hands out one piece of work at a time", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) { w.Lane = "" })
	}},
	{"turns batches around", "a batch keeps its order within a lane", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Enqueue = slices.Clone(b.Enqueue)
			slices.Reverse(b.Enqueue)
		})
	}},
	{"lets others pass work that is not due", "a lane waits for its first work although it is not due", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) {
			if !w.Due.IsZero() {
				w.Lane = ""
			}
		})
	}},
	{"lets dead letters block their lane", "a dead letter leaves its lane", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, l := range b.Bury {
				b.Later = append(b.Later, store.Postponed{Lease: l.Lease, Due: time.Now().Add(never)})
			}
			b.Bury = nil
		})
	}},
	{"does not drop the first work of a lane", "dropping the first work frees the lane", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Drop = slices.DeleteFunc(slices.Clone(b.Drop), func(k store.WorkKey) bool { return k.ID == "a" })
		})
	}},
	{"gives up on work whose lease expired", "an expired lease keeps the order of its lane", func(s *faulty) {
		claimed := map[string]bool{}
		var claim func(ctx context.Context, c store.Claim) ([]store.Work, error)
		claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) {
			ws, err := s.Store.Claim(ctx, c)
			for _, w := range ws {
				if claimed[w.ID] {
					_, _ = s.Store.Commit(ctx, &store.Batch{Done: []store.Lease{w.Lease()}})
					return claim(ctx, c)
				}
				claimed[w.ID] = true
			}
			return ws, err
		}
		s.claim = claim
	}},
	{"shares lanes between queues", "lanes of different queues do not wait for each other", func(s *faulty) {
		mapClaimed(s, func(ctx context.Context, ws []store.Work) []store.Work {
			return slices.DeleteFunc(ws, func(w store.Work) bool {
				others, _ := s.Work(ctx, store.WorkQuery{Queue: "other", Lane: w.Lane, Limit: 1})
				return len(others) > 0
			})
		})
	}},
	{"replays to the old place", "replayed work goes to the end of its lane", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			for _, k := range b.Replay {
				if w, ok := there(ctx, s.Store, k.Queue, k.ID); ok {
					b.Enqueue = append(b.Enqueue, w)
				}
			}
			b.Replay = nil
		})
	}},
	{"replays living work", "replay touches dead letters only", func(s *faulty) {
		mapBatch(s, func(ctx context.Context, b *store.Batch) {
			for _, k := range b.Replay {
				if w, ok := there(ctx, s.Store, k.Queue, k.ID); ok && !w.Dead {
					b.Enqueue = append(b.Enqueue, w)
				}
			}
		})
	}},
	{"shows the token of work that another has", "replay touches dead letters only", func(s *faulty) {
		var tokens sync.Map
		s.claim = func(ctx context.Context, c store.Claim) ([]store.Work, error) {
			works, err := s.Store.Claim(ctx, c)
			for _, w := range works {
				tokens.Store(w.ID, w.Token)
			}
			return works, err
		}
		s.work = func(ctx context.Context, q store.WorkQuery) ([]store.Work, error) {
			works, err := s.Store.Work(ctx, q)
			for i := range works {
				if token, ok := tokens.Load(works[i].ID); ok {
					works[i].Token = token.(string)
				}
			}
			return works, err
		}
	}},
	{"puts replaced work at the end", "replaced work takes its place in its new lane", dropBeforeEnqueue},
	{"puts revived work at the end", "a dead letter that is enqueued again returns to its place", dropBeforeEnqueue},
	{"forgets whom the end of work sets free", "work enqueued together with the end of the work before it is not stuck", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Enqueue = slices.Clone(b.Enqueue)
			for i := range b.Enqueue {
				if len(b.Done) > 0 {
					b.Enqueue[i].Due = time.Now().Add(never)
				}
			}
		})
	}},
	{"keeps what is done", "done work is gone", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, l := range b.Done {
				b.Bury = append(b.Bury, store.Buried{Lease: l})
			}
			b.Done = nil
		})
	}},
	{"forgets that work was begun", "begun work is known as begun to the next claimant", func(s *faulty) {
		mapWork(s, func(w *store.Work) { w.Started = false })
	}},
	{"ends the lease with Start", "Start keeps the lease", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, l := range b.Start {
				b.Later = append(b.Later, store.Postponed{Lease: l})
			}
			b.Start = nil
		})
	}},
	{"does not count tries", "postponed work comes back when it is due", func(s *faulty) {
		mapWork(s, func(w *store.Work) { w.Tries = 0 })
	}},
	{"empties the body of postponed work", "postponed work comes back when it is due", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for i := range b.Later {
				if b.Later[i].Body == nil {
					b.Later[i].Body = []byte(`null`)
				}
			}
		})
	}},
	{"releases everybody", "only the leases of the named owner end", func(s *faulty) {
		mapOwner(s, func(string) string { return "dead" })
	}},
	{"tells owners apart by how they begin", "only the leases of the named owner end", func(s *faulty) {
		mapOwner(s, func(owner string) string { return owner[:min(4, len(owner))] })
	}},
	{"counts leases that it does not end", "released work is claimed again at once", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			n := len(b.Release)
			b.Release = nil
			done, err := s.Store.Commit(ctx, b)
			done.Released = 2 * n
			return done, err
		}
	}},
	{"lets a lease that was ended settle", "a lease that ended early settles nothing", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			if errors.Is(err, store.ErrLeaseLost) {
				err = nil
			}
			return done, err
		}
	}},
	{"forgets with the lease what had begun", "released work that had begun is known as begun", func(s *faulty) {
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work {
			for i := range ws {
				ws[i].Started = false
			}
			return ws
		})
	}},
	{"throws dead letters away", "a dead letter stays to be looked at", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, l := range b.Bury {
				b.Done = append(b.Done, l.Lease)
			}
			b.Bury = nil
		})
	}},
	{"remembers Start beyond Replay", "a replayed dead letter runs again", func(s *faulty) {
		started := map[string]bool{}
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for _, l := range b.Start {
				started[l.ID] = true
			}
		})
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work {
			for i := range ws {
				ws[i].Started = started[ws[i].ID]
			}
			return ws
		})
	}},
	{"does not drop leased work", "dropped work is gone whatever its state", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Drop = slices.DeleteFunc(slices.Clone(b.Drop), func(k store.WorkKey) bool { return k.ID == "leased" })
		})
	}},
	{"does not look at tokens", "a lease is proved by its token", func(s *faulty) {
		tokens := map[string]string{}
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work {
			for _, w := range ws {
				tokens[w.ID] = w.Token
			}
			return ws
		})
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			for i := range b.Done {
				b.Done[i].Token = tokens[b.Done[i].ID]
			}
		})
	}},
	{"hides leased work", "Work shows work without leasing it", func(s *faulty) {
		claimed := map[string]bool{}
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work {
			for _, w := range ws {
				claimed[w.ID] = true
			}
			return ws
		})
		s.work = func(ctx context.Context, q store.WorkQuery) ([]store.Work, error) {
			ws, err := s.Store.Work(ctx, q)
			return slices.DeleteFunc(ws, func(w store.Work) bool { return claimed[w.ID] }), err
		}
	}},
	{"shows the living for the dead", "Work shows dead letters when asked for them", func(s *faulty) {
		s.work = func(ctx context.Context, q store.WorkQuery) ([]store.Work, error) {
			q.Dead = false
			return s.Store.Work(ctx, q)
		}
	}},
	{"counts waiting work as due", "the backlog counts what is due, waiting and dead", func(s *faulty) {
		s.backlog = func(ctx context.Context, now time.Time) ([]store.Backlog, error) {
			bs, err := s.Store.Backlog(ctx, now)
			for i := range bs {
				bs[i].Due, bs[i].Waiting = bs[i].Due+bs[i].Waiting, 0
			}
			return bs, err
		}
	}},
	{"surveys queues as a whole", "a survey tells groups apart and counts what is tried again", func(s *faulty) {
		s.survey = func(ctx context.Context, q store.SurveyQuery) ([]store.Backlog, error) {
			bs, err := s.Store.(store.Surveyor).Survey(ctx, q)
			for i := range bs {
				bs[i].Group = ""
			}
			return bs, err
		}
	}},
	{"answers everything", "questions without an answer are refused", func(s *faulty) {
		mapClaim(s, func(c *store.Claim) { c.Limit = max(c.Limit, 1) })
	}},
	{"forgets a part", "every part of a batch is applied", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) { b.Replay = nil })
	}},
	{"settles work before it looks at versions", "a conflict undoes the whole batch", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			records := store.Batch{Put: b.Put, Add: b.Add, Delete: b.Delete}
			b.Put, b.Add, b.Delete = nil, nil, nil
			done, err := s.Store.Commit(ctx, b)
			if err == nil {
				_, err = s.Store.Commit(ctx, &records)
			}
			return done, err
		}
	}},
	{"writes records before it looks at leases", "a lost lease undoes the whole batch", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			if _, err := s.Store.Commit(ctx, &store.Batch{Put: b.Put, Add: b.Add, Delete: b.Delete}); err != nil {
				return store.Committed{}, err
			}
			b.Put, b.Add, b.Delete = nil, nil, nil
			return s.Store.Commit(ctx, b)
		}
	}},
	{"refuses an empty batch", "an empty batch does nothing", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			if len(b.Put)+len(b.Enqueue)+len(b.Done) == 0 {
				return store.Committed{}, errors.New("nothing to do")
			}
			return s.Store.Commit(ctx, b)
		}
	}},
	{"cuts large batches into several steps", "large batches are one step", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (done store.Committed, err error) {
			for puts := range slices.Chunk(b.Put, 1000) {
				if _, err = s.Store.Commit(ctx, &store.Batch{Put: puts}); err != nil {
					return done, err
				}
			}
			b.Put = nil
			return s.Store.Commit(ctx, b)
		}
	}},
	{"does not look at the context", "a cancelled context ends every method early", func(s *faulty) {
		s.get = func(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
			return s.Store.Get(context.WithoutCancel(ctx), kind, keys...)
		}
	}},
	{"gives the same work to two claimants", "concurrent claimants never share work", func(s *faulty) {
		var n atomic.Int64
		var mu sync.Mutex
		var last []store.Work
		mapClaimed(s, func(_ context.Context, ws []store.Work) []store.Work {
			mu.Lock()
			defer mu.Unlock()
			if n.Add(1) == 7 {
				return last
			}
			last = ws
			return ws
		})
	}},
	{"lets a lane run ahead", "lanes keep their order under load", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) { w.Group, w.Lane = w.Lane, "" })
		mapWork(s, func(w *store.Work) { w.Lane = w.Group })
	}},
	{"answers a good batch for a bad one", "a failing batch takes no other with it", func(s *faulty) {
		sticky(s, store.ErrConflict, func(_ context.Context, err error) bool { return err != nil })
	}},
	{"cancels the others with the one who leaves", "a caller who leaves does no harm to others", func(s *faulty) {
		sticky(s, context.Canceled, func(ctx context.Context, _ error) bool {
			select {
			case <-ctx.Done():
				return true
			case <-time.After(20 * time.Millisecond):
				return false
			}
		})
	}},
}

// mapOwner gives those who claim other names.
func mapOwner(s *faulty, f func(string) string) {
	mapClaim(s, func(c *store.Claim) { c.Owner = f(c.Owner) })
	mapBatch(s, func(_ context.Context, b *store.Batch) {
		for i := range b.Release {
			b.Release[i].Owner = f(b.Release[i].Owner)
		}
	})
}

// dropBeforeEnqueue makes replaced work new work.
func dropBeforeEnqueue(s *faulty) {
	s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
		var drop store.Batch
		for _, w := range b.Enqueue {
			drop.Drop = append(drop.Drop, store.WorkKey{Queue: w.Queue, ID: w.ID})
		}
		if _, err := s.Store.Commit(ctx, &drop); err != nil {
			return store.Committed{}, err
		}
		return s.Store.Commit(ctx, b)
	}
}
