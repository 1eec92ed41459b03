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
	// PostgreSQL: the secret under which it is claimed where nothing is before the first, or that of which behind is
	// the claim; "" if it is not.
	secret string
	behind token
}

// applyEnqueue adds work: new IDs get their rows, known IDs of Once work are
// left alone, other known work is replaced.
func (t *transaction) applyEnqueue(r *request, l *lanes) []arrival {
	if len(r.enqueue) == 0 {
		return nil
	}
	works := make([]newWork, len(r.enqueue))
	for i := range works {
		works[i] = newWork{enqueued: &r.enqueue[i], index: i}
	}
	came := make([]arrival, len(r.enqueue))
	if t.oneByOne() {
		t.enqueueEach(works, came, l)
	} else {
		t.enqueueAll(works, came, l)
	}
	return came
}

// enqueueAll looks up what is known before it adds anything: PostgreSQL.
func (t *transaction) enqueueAll(works []newWork, came []arrival, l *lanes) {
	var once []hash
	for i := range works {
		if works[i].once {
			once = append(once, works[i].hash)
		}
	}
	seen := t.seen(once)
	known := t.find(rowsOf(works, func(w *newWork) hash { return w.hash }))
	if t.flush() != nil {
		return
	}
	var added, replaced []newWork
	var remember []hash
	for _, w := range works {
		f, there := known[w.hash]
		if w.once && !seen[w.hash] {
			remember = append(remember, w.hash)
		}
		switch {
		case w.once && (there || seen[w.hash]):
		case there:
			replaced = append(replaced, w.in(f, l))
		default:
			w.seq = t.seq()
			added = append(added, w)
			came[w.index].fresh = true
		}
	}
	t.lockMore(appendLanes(nil, rowsOf(replaced, func(w *newWork) int64 { return known[w.hash].lane })...))
	// Somebody else may have come in between, here and in what follows.
	t.expect(errAgain, &t.sql.insertSeen, hashRows(remember))
	t.expect(errAgain, &t.sql.replaceWork, workRows(replaced))
	t.insertAll(added, came)
}

// enqueueEach adds work and sees what is there already: SQLite, where nobody else writes.
func (t *transaction) enqueueEach(works []newWork, came []arrival, l *lanes) {
	begun := make(map[int64]bool, len(works)) // lanes to which something was added
	var known []newWork
	for i := range works {
		w := &works[i]
		if w.once && !t.changed(&t.sql.insertSeen, values{w.hash}) {
			continue
		}
		w.seq, w.first = t.seq(), !begun[w.lane]
		switch {
		case w.wish.hold > 0 && t.changed(&t.sql.insertClaimed, append(w.row(), w.wish.secret, w.wish.behind.secret, w.wish.now+w.wish.hold, w.wish.behind.seq)):
			came[i] = arrival{true, w.token()}
		case t.changed(&t.sql.insertWork, w.row()):
			came[i].fresh = true
		case !w.once:
			known = append(known, *w)
		}
		begun[w.lane] = begun[w.lane] || came[i].fresh
	}
	t.replaceEach(works, known, came, l)
}

// replaceEach replaces work. What was added behind it in its lane cannot be claimed yet.
func (t *transaction) replaceEach(works, known []newWork, came []arrival, l *lanes) {
	if len(known) == 0 {
		return
	}
	found := t.find(rowsOf(known, func(w *newWork) hash { return w.hash }))
	for i := range known {
		w := known[i].in(found[known[i].hash], l)
		t.expect(errAgain, &t.sql.replaceWork, workRows([]newWork{w}))
		for k := range works {
			if a := &works[k]; a.lane == w.lane && w.lane != 0 && came[k].token != "" {
				t.change(nil, &t.sql.lease, []values{{a.seq, "", int64(0)}})
				came[k].token = ""
			}
		}
	}
}

// changed runs a statement for a row at once, and says whether it changed something: SQLite.
func (t *transaction) changed(statement *rowStatement, row values) (did bool) {
	t.change(func(n int) error { did = n == 1; return nil }, statement, []values{row})
	return did
}

// seen looks up which IDs are remembered.
func (t *transaction) seen(hashes []hash) map[hash]bool {
	out := make(map[hash]bool, len(hashes))
	rows := hashRows(hashes)
	t.lookUp(func(before int, row Row) error {
		var place int
		err := row.Scan(&place)
		out[rows[before+place-1][0].(hash)] = true
		return err
	}, &t.sql.findSeen, rows)
	return out
}

// in is the work in the place of what was found, whose lane it may leave.
func (w newWork) in(f found, l *lanes) newWork {
	w.seq, w.first = f.seq, false
	l.shuffled = appendLanes(l.shuffled, f.lane, w.lane)
	return w
}

// insertAll writes new work, and claims it for those who wish that, where it may be: PostgreSQL.
func (t *transaction) insertAll(added []newWork, came []arrival) {
	if len(added) == 0 {
		return
	}
	last := make(map[int64]*newWork, len(added)) // of each lane
	rows := make([]values, len(added))
	for i := range added {
		w := &added[i]
		if w.follow(last[w.lane]); w.lane != 0 {
			last[w.lane] = w
		}
		rows[i] = append(w.row(), w.secret, w.behind.secret, w.wish.hold, w.wish.now, w.behind.seq)
	}
	t.missing += len(added)
	t.lookUp(func(_ int, row Row) error {
		var seq int64
		var claimed bool
		err := row.Scan(&seq, &claimed)
		t.missing--
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

// token is the proof of its claim.
func (w *newWork) token() string { return token{w.seq, w.lane, w.wish.secret}.String() }

// applyPassed remembers the IDs of work that is let through.
func (t *transaction) applyPassed(works []passed) {
	t.refuse(store.ErrMustQueue, &t.sql.busy, rowsOf(works, func(p *passed) values { return values{p.hash, p.lane} }))
	t.expect(store.ErrMustQueue, &t.sql.insertSeen, hashRows(rowsOf(works, func(p *passed) hash { return p.hash })))
}

func appendLanes(to []int64, lanes ...int64) []int64 {
	for _, l := range lanes {
		if l != 0 {
			to = append(to, l)
		}
	}
	return to
}

// row completes the row with what the transaction decided.
func (w *newWork) row() values { return append(slices.Clip(w.values), w.seq, w.first) }

func workRows(works []newWork) []values { return rowsOf(works, (*newWork).row) }
