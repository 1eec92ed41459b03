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
		if _, err := t.change(t.sql.rename, t.nameRows(reused)); err != nil {
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
	wished := map[int64]*newWork{}
	var rows []values
	for i := range added {
		w := &added[i]
		if w.wish.hold == 0 {
			continue
		}
		wished[w.seq] = w
		v := newValues(t.byRow(), 96, 5)
		v.int('s', w.seq)
		v.string('t', w.wish.secret)
		v.int('u', w.wish.hold)
		v.string('a', w.behind)
		v.int('n', w.wish.now)
		if t.byRow() {
			n, err := t.change(t.sql.hold, []values{v})
			if err != nil {
				return err
			}
			if n == 1 {
				came[w.index].token = w.token()
			}
			continue
		}
		rows = append(rows, v)
	}
	if len(rows) == 0 {
		return nil
	}
	return t.query(func(rows *sql.Rows) error {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return err
		}
		w := wished[seq]
		came[w.index].token = w.token()
		return nil
	}, t.sql.hold, jsonRows(rows))
}

// token is the proof of its claim.
func (w *newWork) token() string { return token{w.seq, w.lane, w.secret}.String() }

// applyPassed remembers the IDs of work that is let through.
func (t *transaction) applyPassed(works []passed) error {
	if len(works) == 0 {
		return nil
	}
	err := t.query(func(*sql.Rows) error { return store.ErrMustQueue }, t.sql.busy,
		array(works, func(dst []byte, p *passed) []byte {
			o := newObject(32)
			o.int('h', p.lane)
			return append(dst, o.end()...)
		}))
	if err != nil {
		return err
	}
	slices.SortFunc(works, func(a, b passed) int { return cmp.Compare(a.hash, b.hash) })
	return t.expect(store.ErrMustQueue, t.sql.insertNames, rowsOf(works, func(p *passed) values { return t.name(p.hash, 0, true) }))
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
func (t *transaction) knownWork(works []enqueued) (map[string]found, error) {
	var hashes []string
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
	n, err := t.change(t.sql.insertNames, t.nameRows(works))
	if err != nil {
		return nil, err
	}
	if n == len(works) {
		return works, nil
	}
	inserted := make(map[int64]bool, n)
	err = t.query(func(rows *sql.Rows) error {
		var seq int64
		err := rows.Scan(&seq)
		inserted[seq] = true
		return err
	}, t.sql.insertedNames, jsonNames(works))
	if err != nil {
		return nil, err
	}
	var seen []string
	for _, w := range works {
		switch {
		case inserted[w.seq]:
			added = append(added, w)
		case w.once:
			seen = append(seen, w.hash)
		default:
			return nil, errAgain // it came into being since it was looked up
		}
	}
	_, err = t.change(t.sql.remember, t.hashRows(seen))
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
		if _, err := t.change(t.sql.insertWork, workRows(added)); err != nil {
			return err
		}
	}
	if len(replaced) == 0 {
		return nil
	}
	return t.expect(errAgain, t.sql.replaceWork, workRows(replaced))
}

// workRows completes the rows with what the transaction decided.
func workRows(works []newWork) []values {
	out := make([]values, len(works))
	for i := range works {
		v := works[i].with()
		v.int('s', works[i].seq)
		v.bool('f', works[i].first)
		out[i] = v
	}
	return out
}

// nameRows are the rows of names, in the order in which everybody touches them.
func (t *transaction) nameRows(works []newWork) []values {
	sorted := slices.Clone(works)
	slices.SortFunc(sorted, func(a, b newWork) int { return cmp.Compare(a.hash, b.hash) })
	out := make([]values, len(sorted))
	for i, w := range sorted {
		out[i] = t.name(w.hash, w.seq, w.once)
	}
	return out
}

func (t *transaction) name(hash string, seq int64, once bool) values {
	v := newValues(t.byRow(), 96, 4)
	v.hash('h', hash)
	v.int('s', seq)
	v.bool('o', once)
	return v
}

// jsonNames are the rows of names as a statement reads them that changes none.
func jsonNames(works []newWork) string {
	return array(works, func(dst []byte, w *newWork) []byte {
		o := newObject(64)
		o.string('h', w.hash)
		o.int('s', w.seq)
		return append(dst, o.end()...)
	})
}
