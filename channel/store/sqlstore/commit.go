package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// result is what one member of a group gets.
type result struct {
	committed store.Committed
	works     []store.Work
	records   []store.Record
}

// Commit implements [store.Store]. Concurrent callers share transactions; under a
// context of [WithTx] the batch becomes part of the host's transaction instead.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	r, err := newRequest(b)
	if err != nil {
		return store.Committed{}, wrap(ctx, "commit", err)
	}
	if err := ctx.Err(); err != nil {
		return store.Committed{}, wrap(ctx, "commit", err)
	}
	if r.malformed {
		return store.Committed{}, wrap(ctx, "commit", store.ErrLeaseLost)
	}
	if link := s.host(ctx); link != nil {
		res, err := s.commitInside(ctx, link, r)
		return res.committed, wrap(ctx, "commit", err)
	}
	res, err := s.commitShared(ctx, r)
	return res.committed, wrap(ctx, "commit", err)
}

// run carries out a group and answers each of its members. A batch that fails is taken
// out and answered; the others are tried again without it.
func (s *Store) run(ctx context.Context, members []*waiter) {
	s.runWaiting(ctx, members, s.patience())
}

// runWaiting is run with the time that it may wait for a lock.
func (s *Store) runWaiting(ctx context.Context, members []*waiter, patience time.Duration) {
	for attempt := 0; len(members) > 0; attempt++ {
		results, err := s.transact(ctx, members, patience)
		switch {
		case err == nil:
			for i, m := range members {
				m.answer(results[i], nil)
			}
			return
		case ctx.Err() != nil && !isAnswer(err):
			answerAll(members, fmt.Errorf("the transaction was given up: %w", ctx.Err()))
			return
		case len(members) > 1 && errors.Is(err, store.ErrExceeded):
			s.runApart(ctx, members, patience) // each fits in or does not, in turn
			return
		case len(members) > 1 && isAnswer(err):
			rest, blameErr := s.blame(ctx, members)
			if blameErr != nil {
				answerAll(members, blameErr)
				return
			}
			if len(rest) == len(members) && attempt > 2 {
				s.runApart(ctx, members, patience)
				return
			}
			members = rest
		case isStuck(err):
			s.stuckAt.Store(time.Now().UnixNano())
			if len(members) == 1 {
				answerAll(members, errStuck)
				return
			}
			s.runApart(ctx, members, stuckPatience)
			return
		case (errors.Is(err, errAgain) || isTransient(err)) && attempt < maxAttempts && pause(ctx, attempt) == nil:
		case len(members) > 1 && isStatementError(err):
			s.runApart(ctx, members, patience)
			return
		default:
			answerAll(members, err)
			return
		}
	}
}

// runApart gives each member a transaction of its own, so that none suffers from another.
func (s *Store) runApart(ctx context.Context, members []*waiter, patience time.Duration) {
	for _, m := range members {
		s.runWaiting(ctx, []*waiter{m}, patience)
	}
}

func answerAll(members []*waiter, err error) {
	for _, m := range members {
		m.answer(result{}, err)
	}
}

// transact carries out all members in one transaction, or none.
func (s *Store) transact(ctx context.Context, members []*waiter, patience time.Duration) (results []result, err error) {
	tx, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // after a Commit it does nothing
	t := &transaction{Store: s, ctx: ctx, link: tx}
	if s.oneByOne() {
		// The transaction heeds the context between statements, which are short; to heed it
		// during each of them costs the driver a goroutine every time.
		t.ctx = context.WithoutCancel(ctx)
	} else {
		t.guard(patience)
	}
	if results, err = t.members(members); err != nil {
		return nil, err
	}
	return results, tx.Commit(ctx)
}

// members applies the requests of a group as one, then its claims.
func (t *transaction) members(members []*waiter) ([]result, error) {
	var requests []*request
	for _, m := range members {
		if m.request != nil {
			requests = append(requests, m.request)
		}
	}
	did := &applied{}
	if len(requests) > 0 {
		var err error
		if did, err = t.apply(combine(requests)); err != nil {
			return nil, err
		}
	}
	results := make([]result, len(members))
	for i, m := range members {
		if m.claim != nil {
			works, err := t.claim(m.claim)
			if err != nil {
				return nil, err
			}
			results[i].works = works
			continue
		}
		for k := range m.request.enqueue {
			if did.came[0].fresh {
				results[i].committed.Fresh++
			}
			if did.came[0].token != "" {
				w := &m.request.enqueue[k].wish
				results[i].committed.Claimed = append(results[i].committed.Claimed, store.Lease{Queue: w.queue, ID: w.id, Token: did.came[0].token})
			}
			did.came = did.came[1:]
		}
		if m.request.forget != 0 {
			results[i].committed.Forgotten = did.forgotten
		}
		if len(m.request.release) > 0 {
			results[i].committed.Released = did.released
		}
	}
	return results, nil
}

// blame finds out which members cannot succeed as the data is now, answers them, and
// returns the rest.
func (s *Store) blame(ctx context.Context, members []*waiter) (rest []*waiter, err error) {
	var requests []*request
	for _, m := range members {
		if m.request != nil {
			requests = append(requests, m.request)
		}
	}
	all := combine(requests)
	rows := append(all.putNew, all.putOld...)
	for _, e := range all.expect {
		rows = append(rows, row{kind: e.Kind, key: e.Key})
	}
	versions, err := s.versions(ctx, rows)
	if err != nil {
		return nil, err
	}
	leases, err := s.leases(ctx, all)
	if err != nil {
		return nil, err
	}
	queue, err := s.mustQueue(ctx, all.pass)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		var failed error
		if m.request != nil {
			failed = m.request.fails(versions, leases, queue)
		}
		if failed != nil {
			m.answer(result{}, failed)
		} else {
			rest = append(rest, m)
		}
	}
	return rest, nil
}

// fails says why the request cannot succeed, given the present versions, leases and work that must queue.
func (r *request) fails(versions map[string]int64, leases map[leaseID]bool, queue map[hash]bool) error {
	var conflict, lost, wait error
	for _, e := range r.expect {
		if versions[recordID(e.Kind, e.Key)] != e.Version {
			conflict = store.ErrConflict
		}
	}
	for _, rows := range [][]row{r.putNew, r.putOld} {
		for _, p := range rows {
			if versions[recordID(p.kind, p.key)] != p.version {
				conflict = store.ErrConflict
			}
		}
	}
	for _, hs := range [][]held{r.start, r.done, r.later, r.bury} {
		for i := range hs {
			if !leases[hs[i].leaseID()] {
				lost = store.ErrLeaseLost
			}
		}
	}
	for i := range r.pass {
		if queue[r.pass[i].hash] {
			wait = store.ErrMustQueue
		}
	}
	return errors.Join(conflict, lost, wait)
}

// mustQueue finds work that cannot be let through.
func (s *Store) mustQueue(ctx context.Context, works []passed) (map[hash]bool, error) {
	out := map[hash]bool{}
	err := s.ask(ctx, func(before int, row Row) error {
		var place int
		err := row.Scan(&place)
		out[works[before+place-1].hash] = true
		return err
	}, &s.sql.mustQueue, rowsOf(works, func(p *passed) values { return values{p.hash, p.lane} }))
	return out, err
}

func (s *Store) versions(ctx context.Context, rows []row) (map[string]int64, error) {
	out := map[string]int64{}
	keys := rowsOf(rows, func(r *row) values { return values{r.kind, r.key} })
	err := s.ask(ctx, func(before int, row Row) error {
		var place int
		var version int64
		err := row.Scan(&place, &version)
		r := &rows[before+place-1]
		out[recordID(r.kind, r.key)] = version
		return err
	}, &s.sql.versions, keys)
	return out, err
}

// leaseID is all that a reference to claimed work must have right.
type leaseID struct {
	token
	queue, id string
}

func (h *held) leaseID() leaseID { return leaseID{h.token, h.queue, h.id} }

func (s *Store) leases(ctx context.Context, r *request) (map[leaseID]bool, error) {
	var hs []held
	for _, part := range [][]held{r.start, r.done, r.later, r.bury} {
		hs = append(hs, part...)
	}
	out := map[leaseID]bool{}
	err := s.ask(ctx, func(before int, row Row) error {
		var place int
		var l leaseID
		err := row.Scan(&place, &l.queue, &l.id, &l.secret, &l.lane)
		l.seq = hs[before+place-1].seq
		out[l] = true
		return err
	}, &s.sql.leases, rowsOf(hs, func(h *held) values { return values{h.seq} }))
	return out, err
}
