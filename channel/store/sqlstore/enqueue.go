package sqlstore

import (
	"cmp"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// newWork is work on its way into the table.
type newWork struct {
	*enqueued
	index int   // in the request
	seq   int64 // that it gets, or has if it is replaced
	first bool  // of its lane, as far as this transaction adds to it
	named bool  // it has its name
	// PostgreSQL: the secret under which it is claimed where what is before the first has the other secret, or
	// nothing is; "" if it is not.
	secret, behind string
}

// applyEnqueue adds work: new IDs get their names and rows, known IDs of Once work are
// left alone, other known work is replaced.
func (t *transaction) applyEnqueue(r *request, l *lanes) []arrival {
	if len(r.enqueue) == 0 {
		return nil
	}
	works := make([]newWork, len(r.enqueue))
	for i := range works {
		works[i] = newWork{enqueued: &r.enqueue[i], index: i}
	}
	known := t.known(works)
	if t.flush() != nil {
		return nil
	}
	came := make([]arrival, len(r.enqueue))
	var added, replaced []newWork
	var seen []hash
	var more []int64 // lanes that work leaves
	for i, w := range works {
		f, ok := known[w.hash]
		switch {
		case ok && w.once:
			seen = append(seen, w.hash)
		case ok && f.there:
			w.seq = f.seq
			replaced = append(replaced, w)
			more = append(more, f.lane)
			l.shuffled = appendLanes(l.shuffled, f.lane, w.lane)
		default:
			if w.seq == 0 {
				w.seq = t.seq()
			}
			added = append(added, w)
			came[i].fresh = true
		}
	}
	t.lockMore(more)
	t.name(added, known)
	t.change(nil, &t.sql.remember, hashRows(seen))
	t.expect(errAgain, &t.sql.replaceWork, workRows(replaced))
	t.insert(added, came)
	return came
}

// known looks up which names are there. On SQLite, where nobody else writes, new work just takes its
// name with the Seq that it gets, which says as much.
func (t *transaction) known(works []newWork) map[hash]found {
	if !t.oneByOne() {
		return t.find(rowsOf(works, func(w *newWork) hash { return w.hash }))
	}
	var taken []hash
	for i := range works {
		w := &works[i]
		w.seq = t.seq()
		t.change(func(n int) error {
			if w.named = n == 1; !w.named {
				taken = append(taken, w.hash)
			}
			return nil
		}, &t.sql.insertNames, nameRows(works[i:i+1]))
	}
	return t.find(taken)
}

// name gives new work its names. They are new, too, unless they are known. Somebody else may have taken one
// since it was looked up.
func (t *transaction) name(added []newWork, known map[hash]found) {
	var named, reused []newWork
	for i := range added {
		switch _, ok := known[added[i].hash]; {
		case ok:
			reused = append(reused, added[i])
		case !added[i].named:
			named = append(named, added[i])
		}
	}
	t.expect(errAgain, &t.sql.insertNames, nameRows(named))
	t.change(nil, &t.sql.rename, nameRows(reused))
}

// insert writes new work, and claims it for those who wish that, where it may be.
func (t *transaction) insert(added []newWork, came []arrival) {
	last := make(map[int64]*newWork, len(added)) // of each lane
	for i := range added {
		w := &added[i]
		if w.follow(last[w.lane]); w.lane != 0 {
			last[w.lane] = w
		}
	}
	rows := workRows(added)
	if t.oneByOne() {
		t.change(nil, &t.sql.insertWork, rows)
		t.hold(added, came)
		return
	}
	for i := range added {
		w := &added[i]
		rows[i] = append(rows[i], w.secret, w.behind, w.wish.hold, w.wish.now)
	}
	t.lookUp(func(_ int, row Row) error {
		var seq int64
		var claimed bool
		err := row.Scan(&seq, &claimed)
		if i, ok := slices.BinarySearchFunc(added, seq, func(w newWork, seq int64) int { return cmp.Compare(w.seq, seq) }); ok && claimed {
			came[added[i].index].token = added[i].token()
		}
		return err
	}, &t.sql.insertWork, rows)
}

// follow places work behind that which the transaction adds before it in its lane, nil if it adds none. It can
// be claimed with such as the same request claims, and goes by what that goes by.
func (w *newWork) follow(before *newWork) {
	w.first = before == nil
	switch {
	case w.wish.hold == 0:
	case before == nil:
		w.secret, w.behind = w.wish.secret, w.wish.behind
	case before.secret == w.wish.secret:
		w.secret, w.behind = before.secret, before.behind
	}
}

// arrival is what became of work that was enqueued.
type arrival struct {
	fresh bool
	token string // if it was claimed
}

// hold claims new work for those who wish that, where it may be: SQLite.
func (t *transaction) hold(added []newWork, came []arrival) {
	for i := range added {
		w := &added[i]
		if w.wish.hold == 0 {
			continue
		}
		t.change(func(n int) error {
			if n == 1 {
				came[w.index].token = w.token()
			}
			return nil
		}, &t.sql.hold, []values{{w.seq, w.wish.secret, w.wish.now + w.wish.hold, w.wish.behind}})
	}
}

// token is the proof of its claim.
func (w *newWork) token() string { return token{w.seq, w.lane, w.wish.secret}.String() }

// applyPassed remembers the IDs of work that is let through.
func (t *transaction) applyPassed(works []passed) {
	t.refuse(store.ErrMustQueue, &t.sql.busy, rowsOf(works, func(p *passed) values { return values{p.lane} }))
	slices.SortFunc(works, func(a, b passed) int { return compareHashes(a.hash, b.hash) })
	t.expect(store.ErrMustQueue, &t.sql.insertNames, rowsOf(works, func(p *passed) values { return values{p.hash, int64(0), true} }))
}

func appendLanes(to []int64, lanes ...int64) []int64 {
	for _, l := range lanes {
		if l != 0 {
			to = append(to, l)
		}
	}
	return to
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
