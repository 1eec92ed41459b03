package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// A transaction applies requests and claims inside one SQL transaction.
type transaction struct {
	*Store
	ctx context.Context
	tx  *sql.Tx
	// hosts says that the transaction is the host's: it has no prepared statements of
	// ours and its durability is the host's business.
	hosts bool
	seqs  sequence
	now   int64 // see present
}

// errAgain says that another transaction came in between; the same attempt succeeds later.
var errAgain = errors.New("sqlstore: another transaction came in between")

// exec runs a statement and returns how many rows it changed.
func (t *transaction) exec(statement string, args ...any) (int, error) {
	var res sql.Result
	var err error
	if stmt := t.prepared(statement); stmt != nil {
		res, err = t.tx.StmtContext(t.ctx, stmt).ExecContext(t.ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	} else {
		res, err = t.tx.ExecContext(t.ctx, statement, args...)
	}
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// query runs a statement that returns rows and gives each to scan.
func (t *transaction) query(scan func(*sql.Rows) error, statement string, args ...any) error {
	var rows *sql.Rows
	var err error
	if stmt := t.prepared(statement); stmt != nil {
		rows, err = t.tx.StmtContext(t.ctx, stmt).QueryContext(t.ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	} else {
		rows, err = t.tx.QueryContext(t.ctx, statement, args...)
	}
	return eachRow(rows, err, scan)
}

func (t *transaction) prepared(statement string) *sql.Stmt {
	if t.hosts {
		return nil
	}
	return t.stmts[statement]
}

func eachRow(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// expect runs a statement that must change every row, or else the batch fails with
// otherwise.
func (t *transaction) expect(otherwise error, statement *rowStatement, rows []values) error {
	changed, err := t.change(statement, rows)
	if err == nil && changed != len(rows) {
		err = otherwise
	}
	return err
}

// refuse runs a statement that must have no row, or else the batch fails with otherwise.
func (t *transaction) refuse(otherwise error, statement *rowStatement, rows []values) error {
	return t.lookUp(func(int, *sql.Rows) error { return otherwise }, statement, rows)
}

// apply carries out r. When it fails the transaction must be rolled back.
func (t *transaction) apply(r *request) (did applied, err error) {
	if err := t.reserve(r); err != nil {
		return did, err
	}
	if err := t.expected(r.expect); err != nil {
		return did, err
	}
	if err := t.applyPassed(r.pass); err != nil {
		return did, err
	}
	if err := t.applyRecords(r); err != nil {
		return did, err
	}
	lanes := &lanes{}
	if did.came, err = t.applyEnqueue(r, lanes); err != nil {
		return did, err
	}
	if err := t.applySettled(r, lanes); err != nil {
		return did, err
	}
	if err := t.applyNamed(r, lanes); err != nil {
		return did, err
	}
	if err := t.order(lanes); err != nil {
		return did, err
	}
	if len(r.release) > 0 {
		did.released, err = t.change(&t.sql.release, rowsOf(r.release, func(r *released) values { return r.values }))
		if err != nil {
			return did, err
		}
	}
	if err := t.putIndex(r.index, r.del); err != nil {
		return did, err
	}
	if err := t.tell(r.tell); err != nil {
		return did, err
	}
	if r.forget != 0 {
		for _, statement := range []string{t.sql.forgetBusy, t.sql.forget} {
			n, err := t.exec(statement, r.forget, forgetAtOnce)
			if err != nil {
				return did, err
			}
			did.forgotten += n
		}
	}
	return did, nil
}

// applied is what came of a request: what became of its enqueued work, how many IDs were
// forgotten, and how many leases ended.
type applied struct {
	came                []arrival
	forgotten, released int
}

// forgetAtOnce bounds what one statement of a Forget touches.
const forgetAtOnce = 1000

// reserve does what must come before everything else: it locks the lanes whose members
// change, so that order of Seq is order of commit in each of them, and gets Seqs.
func (t *transaction) reserve(r *request) error {
	n := len(r.enqueue) + len(r.replay)
	if t.dialect == SQLite {
		if n == 0 {
			return nil
		}
		return t.query(func(rows *sql.Rows) error {
			var last int64
			err := rows.Scan(&last)
			t.seqs = sequence{last - int64(n) + 1, last}
			return err
		}, t.sql.count, n)
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
	locks := stripes(hashes)
	if n == 0 && len(locks) == 0 {
		return nil
	}
	return t.lock(locks)
}

// lock takes the locks of stripes of lanes and a block of Seqs.
func (t *transaction) lock(stripes []int64) error {
	return t.query(func(rows *sql.Rows) error {
		var last, locked int64
		var level string
		if err := rows.Scan(&last, &locked, &level); err != nil {
			return err
		}
		if level != "read committed" {
			return errors.New("the transaction must be READ COMMITTED")
		}
		if t.seqs.next == 0 {
			t.seqs = sequence{last - seqBlock + 1, last}
		}
		return nil
	}, t.sql.lock, jsonInts(stripes), t.lockClass)
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

// seq returns the next Seq.
func (t *transaction) seq() (int64, error) {
	if t.seqs.next > t.seqs.last || t.seqs.next == 0 {
		t.seqs = sequence{}
		if err := t.lock(nil); err != nil {
			return 0, err
		}
	}
	t.seqs.next++
	return t.seqs.next - 1, nil
}

// expected looks whether records still are as the batch was decided by.
func (t *transaction) expected(all []store.Expected) error {
	return t.refuse(store.ErrConflict, &t.sql.stale, rowsOf(all, func(e *store.Expected) values { return values{e.Kind, e.Key, e.Version} }))
}

func (t *transaction) applyRecords(r *request) error {
	rows := func(rs []row) []values { return rowsOf(rs, func(r *row) values { return r.values }) }
	if err := t.expect(store.ErrConflict, &t.sql.putNew, rows(r.putNew)); err != nil {
		return err
	}
	if err := t.expect(store.ErrConflict, &t.sql.putOld, rows(r.putOld)); err != nil {
		return err
	}
	if _, err := t.change(&t.sql.add, rowsOf(r.add, (*addition).values)); err != nil {
		return err
	}
	if err := t.keepBounds(r.bound); err != nil {
		return err
	}
	_, err := t.change(&t.sql.deleteRecords, rows(r.del))
	return err
}

// keepBounds looks whether the additions stayed within their bounds. Their rows are locked
// by now, so that nobody else can come in between.
func (t *transaction) keepBounds(bounds []store.Bound) error {
	return t.refuse(store.ErrExceeded, &t.sql.exceeded, rowsOf(bounds, func(l *store.Bound) values { return values{l.Kind, l.Key, l.Max} }))
}

func (a *addition) values() values {
	return values{a.kind, a.key, a.parent, a.sort, a.times, a.n}
}
