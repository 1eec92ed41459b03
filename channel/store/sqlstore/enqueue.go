package sqlstore

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// newWork is work on its way into the table.
type newWork struct {
	*enqueued
	index int   // in the request
	seq   int64 // that it gets, or has if it is replaced
	first bool  // of its lane, as far as this transaction adds to it
}

// applyEnqueue adds work: new IDs get their names and rows, known IDs of Once work are
// left alone, other known work is replaced.
func (t *transaction) applyEnqueue(r *request, l *lanes) (came []arrival, err error) {
	if len(r.enqueue) == 0 {
		return nil, nil
	}
	came = make([]arrival, len(r.enqueue))
	known, err := t.knownWork(r.enqueue)
	if err != nil {
		return nil, err
	}
	var named, replaced, reused []newWork
	for i := range r.enqueue {
		w := newWork{enqueued: &r.enqueue[i], index: i}
		f, ok := known[w.hash]
		if ok && f.there {
			w.seq = f.seq
			replaced = append(replaced, w)
			l.shuffled = appendLanes(l.shuffled, f.lane, w.lane)
			continue
		}
		if w.seq, err = t.seq(); err != nil {
			return nil, err
		}
		if ok {
			reused = append(reused, w)
		} else {
			named = append(named, w)
		}
	}
	added, err := t.insertNames(named)
	if err != nil {
		return nil, err
	}
	if len(reused) > 0 {
		if _, err := t.change(&t.sql.rename, nameRows(reused)); err != nil {
			return nil, err
		}
		added = append(added, reused...)
		slices.SortFunc(added, func(a, b newWork) int { return cmp.Compare(a.seq, b.seq) })
	}
	for _, w := range added {
		came[w.index].fresh = true
	}
	if err := t.store(added, replaced); err != nil {
		return nil, err
	}
	return came, t.hold(added, came)
}

// arrival is what became of work that was enqueued.
type arrival struct {
	fresh bool
	token string // if it was claimed
}

// hold claims new work for those who wish that, where it may be.
func (t *transaction) hold(added []newWork, came []arrival) error {
	var wished []*newWork
	var rows []values
	for i := range added {
		w := &added[i]
		if w.wish.hold == 0 {
			continue
		}
		v := values{w.seq, w.wish.secret, w.wish.hold, w.behind, w.wish.now}
		if t.oneByOne() {
			n, err := t.change(&t.sql.hold, []values{v})
			if err != nil {
				return err
			}
			if n == 1 {
				came[w.index].token = w.token()
			}
			continue
		}
		wished, rows = append(wished, w), append(rows, v)
	}
	return t.lookUp(func(before int, rows *sql.Rows) error {
		var place int
		err := rows.Scan(&place)
		w := wished[before+place-1]
		came[w.index].token = w.token()
		return err
	}, &t.sql.hold, rows)
}

// token is the proof of its claim.
func (w *newWork) token() string { return token{w.seq, w.lane, w.secret}.String() }

// applyPassed remembers the IDs of work that is let through.
func (t *transaction) applyPassed(works []passed) error {
	if err := t.refuse(store.ErrMustQueue, &t.sql.busy, rowsOf(works, func(p *passed) values { return values{p.lane} })); err != nil {
		return err
	}
	slices.SortFunc(works, func(a, b passed) int { return compareHashes(a.hash, b.hash) })
	return t.expect(store.ErrMustQueue, &t.sql.insertNames, rowsOf(works, func(p *passed) values { return values{p.hash, int64(0), true} }))
}

func appendLanes(to []int64, lanes ...int64) []int64 {
	for _, l := range lanes {
		if l != 0 {
			to = append(to, l)
		}
	}
	return to
}

// knownWork looks up the work that would be replaced: that which is not Once.
func (t *transaction) knownWork(works []enqueued) (map[hash]found, error) {
	var hashes []hash
	for i := range works {
		if !works[i].once {
			hashes = append(hashes, works[i].hash)
		}
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	known, err := t.find(hashes)
	if err != nil {
		return nil, err
	}
	return known, t.lockMore(known)
}

// insertNames takes the IDs of new work and returns the work whose ID was free. An ID
// of Once work that was not free is remembered from now on.
func (t *transaction) insertNames(works []newWork) (added []newWork, err error) {
	if len(works) == 0 {
		return nil, nil
	}
	n, err := t.change(&t.sql.insertNames, nameRows(works))
	if err != nil {
		return nil, err
	}
	if n == len(works) {
		return works, nil
	}
	inserted := make(map[int]bool, n)
	err = t.lookUp(func(before int, rows *sql.Rows) error {
		var place int
		err := rows.Scan(&place)
		inserted[before+place-1] = true
		return err
	}, &t.sql.insertedNames, rowsOf(works, func(w *newWork) values { return values{w.hash, w.seq} }))
	if err != nil {
		return nil, err
	}
	var seen []hash
	for i, w := range works {
		switch {
		case inserted[i]:
			added = append(added, w)
		case w.once:
			seen = append(seen, w.hash)
		default:
			return nil, errAgain // it came into being since it was looked up
		}
	}
	_, err = t.change(&t.sql.remember, hashRows(seen))
	return added, err
}

// store writes the rows of new and of replaced work.
func (t *transaction) store(added, replaced []newWork) error {
	if len(added) > 0 {
		seen := make(map[int64]bool, len(added))
		for i := range added {
			added[i].first = !seen[added[i].lane]
			seen[added[i].lane] = true
		}
		if _, err := t.change(&t.sql.insertWork, workRows(added)); err != nil {
			return err
		}
	}
	return t.expect(errAgain, &t.sql.replaceWork, workRows(replaced))
}

// workRows completes the rows with what the transaction decided.
func workRows(works []newWork) []values {
	return rowsOf(works, func(w *newWork) values { return append(slices.Clip(w.values), w.seq, w.first) })
}

// nameRows are the rows of names, in the order in which everybody touches them.
func nameRows(works []newWork) []values {
	sorted := slices.SortedFunc(slices.Values(works), func(a, b newWork) int { return compareHashes(a.hash, b.hash) })
	return rowsOf(sorted, func(w *newWork) values { return values{w.hash, w.seq, w.once} })
}
