package sqlstore

import (
	"context"
	"errors"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// A transaction applies requests and claims inside one SQL transaction. Statements are given to
// do, which may put them off until flush, so that they share a round trip; what comes of them is
// known, at the latest, when flush has returned nil.
type transaction struct {
	*Store
	ctx  context.Context
	link Link
	// putOff are statements that flush sends, if the link is one of a Driver.
	putOff []*Statement
	err    error // of the first statement that failed; nothing is done after it
	seqs   sequence
	now    int64 // see present
	// missing is how much work was not added, since somebody else added such in between: PostgreSQL.
	missing int
}

// errAgain says that another transaction came in between; the same attempt succeeds later.
var errAgain = errors.New("sqlstore: another transaction came in between")

// do runs a statement, now or with those that flush sends.
func (t *transaction) do(statement *Statement) {
	switch {
	case t.err != nil:
	case t.driver != nil:
		t.putOff = append(t.putOff, statement)
	default:
		t.err = t.link.Send(t.ctx, statement)
	}
}

// flush has everything done that was given to do.
func (t *transaction) flush() error {
	if t.err == nil && len(t.putOff) > 0 {
		t.err = t.link.Send(t.ctx, t.putOff...)
		t.putOff = nil
	}
	return t.err
}

// exec runs a statement that changes something; then, if not nil, hears how many rows.
func (t *transaction) exec(then func(changed int) error, text string, args ...any) {
	t.do(&Statement{SQL: text, Args: args, Done: then})
}

// query runs a statement that returns rows.
func (t *transaction) query(scan func(Row) error, text string, args ...any) {
	t.do(&Statement{SQL: text, Args: args, Row: scan})
}

// expect runs a statement that must change every row, or else the batch fails with
// otherwise.
func (t *transaction) expect(otherwise error, statement *rowStatement, rows []values) {
	t.change(func(changed int) error {
		if changed != len(rows) {
			return otherwise
		}
		return nil
	}, statement, rows)
}

// refuse runs a statement that must have no row, or else the batch fails with otherwise.
func (t *transaction) refuse(otherwise error, statement *rowStatement, rows []values) {
	t.lookUp(func(int, Row) error { return otherwise }, statement, rows)
}

// apply carries out r. When it fails the transaction must be rolled back.
func (t *transaction) apply(r *request) (*applied, error) {
	did, lanes := &applied{}, &lanes{}
	t.reserve(r)
	t.refuse(store.ErrConflict, &t.sql.stale, rowsOf(r.expect, func(e *store.Expected) values { return values{e.Kind, e.Key, e.Version} }))
	t.applyPassed(r.pass)
	t.applyRecords(r)
	did.came = t.applyEnqueue(r, lanes)
	t.applySettled(r, lanes)
	t.applyReplay(r.replay)
	t.applyDrop(r.drop, lanes)
	t.order(lanes)
	t.change(func(n int) error { did.released = n; return nil }, &t.sql.release, rowsOf(r.release, func(r *released) values { return r.values }))
	t.note(r.index, r.del, r.tell)
	if r.forget != 0 {
		t.exec(func(n int) error { did.forgotten = n; return nil }, t.sql.forget, r.forget, forgetAtOnce)
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	if t.missing > 0 {
		return nil, errAgain
	}
	return did, nil
}

// applied is what came of a request: what became of its enqueued work, how many IDs were
// forgotten, and how many leases ended.
type applied struct {
	came                []arrival
	forgotten, released int
}

// forgetAtOnce bounds what a Forget touches.
const forgetAtOnce = 1000

// reserve does what must come before everything else: it locks the lanes whose members
// change, so that order of Seq is order of commit in each of them, and gets Seqs.
func (t *transaction) reserve(r *request) {
	n := len(r.enqueue) + len(r.replay)
	if t.dialect == SQLite {
		if n > 0 {
			t.query(func(row Row) error {
				var last int64
				err := row.Scan(&last)
				t.seqs = sequence{last - int64(n) + 1, last}
				return err
			}, t.sql.count, n)
		}
		return
	}
	var hashes []int64
	for i := range r.enqueue {
		hashes = append(hashes, r.enqueue[i].lane)
	}
	for i := range r.pass {
		hashes = append(hashes, r.pass[i].lane)
	}
	for _, hs := range [][]held{r.done, r.bury} {
		for i := range hs {
			hashes = append(hashes, hs[i].lane)
		}
	}
	if locks := stripes(hashes); n > 0 || len(locks) > 0 {
		t.lock(locks)
	}
}

// lock takes the locks of stripes of lanes and a block of Seqs.
func (t *transaction) lock(stripes []int64) {
	t.query(func(row Row) error {
		var last, locked int64
		var level string
		if err := row.Scan(&last, &locked, &level); err != nil {
			return err
		}
		if level != "read committed" {
			return errors.New("the transaction must be READ COMMITTED")
		}
		if t.seqs.next == 0 {
			t.seqs = sequence{last - seqBlock + 1, last}
		}
		return nil
	}, t.sql.lock, jsonInts(stripes), int64(t.lockClass))
}

// seqBlock is by how much PostgreSQL's sequence grows at a time.
const seqBlock = 1000

// lockStripes is how many locks share the lanes among them. Transactions that change
// lanes of the same stripe wait for each other.
const lockStripes = 128

// stripes are the locks of lanes, in the order in which everybody takes them.
func stripes(lanes []int64) []int64 {
	var out []int64
	for _, h := range lanes {
		if h != 0 {
			out = append(out, h>>1%lockStripes)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sequence is a range of Seqs to be given out.
type sequence struct{ next, last int64 }

// seq returns the next Seq; what reserve gave to do is done.
func (t *transaction) seq() int64 {
	if t.seqs.next > t.seqs.last || t.seqs.next == 0 {
		t.seqs = sequence{}
		t.lock(nil)
		if t.flush() != nil {
			return 0
		}
	}
	t.seqs.next++
	return t.seqs.next - 1
}

func (t *transaction) applyRecords(r *request) {
	rows := func(rs []row) []values { return rowsOf(rs, func(r *row) values { return r.values }) }
	t.expect(store.ErrConflict, &t.sql.putNew, rows(r.putNew))
	t.putOld(rows(r.putOld))
	t.change(nil, &t.sql.add, rowsOf(r.add, (*addition).values))
	// The rows of additions are locked by now, so that nobody else can come in between.
	t.refuse(store.ErrExceeded, &t.sql.exceeded, rowsOf(r.bound, func(l *store.Bound) values { return values{l.Kind, l.Key, l.Max} }))
	t.change(nil, &t.sql.deleteRecords, rows(r.del))
}

// putOld writes records anew. On SQLite most keep their place in the lists, which costs less, so that is tried first.
func (t *transaction) putOld(rows []values) {
	if !t.oneByOne() {
		t.expect(store.ErrConflict, &t.sql.putOld, rows)
		return
	}
	for i := range rows {
		stayed := false
		t.change(func(n int) error { stayed = n == 1; return nil }, &t.sql.putInPlace, rows[i:i+1])
		if !stayed {
			t.expect(store.ErrConflict, &t.sql.putOld, rows[i:i+1])
		}
	}
}

func (a *addition) values() values {
	return values{a.kind, a.key, a.parent, a.sort, a.times, a.n}
}
