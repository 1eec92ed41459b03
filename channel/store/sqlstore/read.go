package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/store"
)

// each runs a reading statement, in the host's transaction if there is one, and gives
// every row to scan.
func (s *Store) each(ctx context.Context, scan func(*sql.Rows) error, statement string, args ...any) error {
	if tx := hostTx(ctx); tx != nil {
		rows, err := tx.QueryContext(ctx, statement, args...)
		return eachRow(rows, err, scan)
	}
	if err := s.pool.enter(ctx); err != nil {
		return err
	}
	defer s.pool.leave()
	if stmt := s.stmts[statement]; stmt != nil {
		rows, err := stmt.QueryContext(ctx, args...)
		return eachRow(rows, err, scan)
	}
	rows, err := s.db.QueryContext(ctx, statement, args...)
	return eachRow(rows, err, scan)
}

// storable says whether the names may be sent to any database as part of a JSON document.
func storable(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return !utf8.ValidString(name) || strings.IndexByte(name, 0) >= 0
	})
}

// Get implements [store.Store]. On PostgreSQL, what callers ask for while the lookups
// of others are under way is asked for in one statement, since a round trip costs far
// more than a row; except under a context of [WithTx], where it is the host's transaction
// that is asked. SQLite is no round trip away, and its readers do not wait for each other.
func (s *Store) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if err := ctx.Err(); err != nil || len(keys) == 0 {
		return nil, wrap(ctx, "get", err)
	}
	// What cannot be stored cannot be there; PostgreSQL would refuse to look for it.
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !storable(key) })
	if !storable(kind) || len(keys) == 0 {
		return nil, nil
	}
	w := &waiter{lookup: &lookup{kind, keys}}
	if s.dialect == SQLite || hostTx(ctx) != nil {
		results, err := s.lookUp(ctx, []*waiter{w})
		if err != nil {
			return nil, wrap(ctx, "get", err)
		}
		return results[0].records, nil
	}
	res, err := s.readers.do(ctx, w)
	return res.records, wrap(ctx, "get", err)
}

// lookup is what one Get asks for.
type lookup struct {
	kind string
	keys []string
}

// runLookups answers every member of a group of lookups.
func (s *Store) runLookups(ctx context.Context, members []*waiter) {
	results, err := s.lookUp(ctx, members)
	switch {
	case err == nil:
		for i, m := range members {
			m.answer(results[i], nil)
		}
	case len(members) > 1 && isStatementError(err):
		for _, m := range members { // so that none suffers from another
			s.runLookups(ctx, []*waiter{m})
		}
	default:
		answerAll(members, err)
	}
}

// lookUp asks for what all members want in one statement.
func (s *Store) lookUp(ctx context.Context, members []*waiter) ([]result, error) {
	wanted := make([]store.RecordKey, 0, len(members))
	owner := make([]int, 0, len(members)) // of wanted, an index into members
	for i, m := range members {
		for _, key := range m.lookup.keys {
			wanted = append(wanted, store.RecordKey{Kind: m.lookup.kind, Key: key})
			owner = append(owner, i)
		}
	}
	rows := array(wanted, func(dst []byte, k *store.RecordKey) []byte { return appendKey(dst, *k) })
	out := make([]result, len(members))
	next := 0
	err := s.each(ctx, func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		if err != nil {
			return err
		}
		// What is found comes in the order in which it was asked for.
		for next < len(wanted) && wanted[next] != (store.RecordKey{Kind: r.Kind, Key: r.Key}) {
			next++
		}
		if next == len(wanted) {
			return errors.New("the database answered what was not asked")
		}
		out[owner[next]].records = append(out[owner[next]].records, r)
		next++
		return nil
	}, s.sql.get, rows)
	return out, err
}

// appendKey appends the row of a key.
func appendKey(dst []byte, k store.RecordKey) []byte {
	o := newObject(len(k.Kind) + len(k.Key) + 16)
	o.string('k', k.Kind)
	o.string('y', k.Key)
	return append(dst, o.end()...)
}

func scanRecord(rows *sql.Rows) (r store.Record, err error) {
	var body sql.RawBytes
	err = rows.Scan(&r.Kind, &r.Key, &r.Parent, &r.Sort, &r.Version, &r.N, &body)
	if body != nil {
		r.Body = append([]byte{}, body...)
	}
	return r, err
}

// List implements [store.Store].
func (s *Store) List(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := q.Validate(); err != nil {
		return nil, wrap(ctx, "list", err)
	}
	if !storable(q.Kind, q.Parent) {
		return nil, wrap(ctx, "list", ctx.Err())
	}
	var out []store.Record
	args := []any{q.Kind, q.Limit}
	if q.Parent != "" {
		args = append(args, q.Parent)
	}
	for _, p := range []*store.Position{q.After, q.Before} {
		if p != nil {
			args = append(args, p.Sort, storableText(p.Key))
		}
	}
	form := listForm{q.Parent != "", q.After != nil, q.Before != nil, q.Descending}
	err := s.each(ctx, func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		out = append(out, r)
		return err
	}, s.sql.list[form], args...)
	return out, wrap(ctx, "list", err)
}

// listForm is one of the sixteen forms of the statement behind List.
type listForm struct{ parent, after, before, descending bool }

// listForms words all of them.
func listForms(d *dialect) map[listForm]string {
	out := map[listForm]string{}
	for i := range 16 {
		f := listForm{i&1 != 0, i&2 != 0, i&4 != 0, i&8 != 0}
		out[f] = d.text(f.statement())
	}
	return out
}

// statement takes $1 kind, $2 limit, then the parent and the bounds that the form has.
func (f listForm) statement() string {
	var b strings.Builder
	b.WriteString(`SELECT ` + recordColumns + ` FROM kanava_record AS r WHERE r.kind = $1`)
	n := 2
	next := func() string { n++; return "$" + strconv.Itoa(n) }
	if f.parent {
		b.WriteString(` AND r.parent = ` + next())
	}
	if f.after {
		b.WriteString(` AND (r.sort, r.key) > (` + next() + `, ` + next() + `)`)
	}
	if f.before {
		b.WriteString(` AND (r.sort, r.key) < (` + next() + `, ` + next() + `)`)
	}
	order := ""
	if f.descending {
		order = " DESC"
	}
	b.WriteString(` ORDER BY r.sort` + order + `, r.key` + order + ` LIMIT $2`)
	return b.String()
}
