package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel"
)

// each runs a reading statement, in the host's transaction if there is one, and gives
// every row to scan.
func (s *Store) each(ctx context.Context, scan func(*sql.Rows) error, statement string, args ...any) error {
	if tx := hostTx(ctx); tx != nil {
		rows, err := tx.QueryContext(ctx, statement, args...)
		return eachRow(rows, err, scan)
	}
	if stmt := s.stmts[statement]; stmt != nil {
		rows, err := stmt.QueryContext(ctx, args...)
		return eachRow(rows, err, scan)
	}
	rows, err := s.db.QueryContext(ctx, statement, args...)
	return eachRow(rows, err, scan)
}

var errName = errors.New("a kind or key has a NUL in it or is not valid UTF-8")

// storable says whether the names may be sent to any database as part of a JSON document.
func storable(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		return !utf8.ValidString(name) || strings.IndexByte(name, 0) >= 0
	})
}

// Get implements [channel.Store].
func (s *Store) Get(ctx context.Context, kind string, keys ...string) ([]channel.Record, error) {
	if len(keys) == 0 {
		return nil, wrap(ctx, "get", ctx.Err())
	}
	if !storable(kind) || !storable(keys...) {
		return nil, wrap(ctx, "get", errName)
	}
	rows := array(keys, func(dst []byte, key *string) []byte {
		o := newObject(len(kind) + len(*key) + 16)
		o.string('k', kind)
		o.string('y', *key)
		return append(dst, o.end()...)
	})
	var out []channel.Record
	err := s.each(ctx, func(rows *sql.Rows) error { return scanRecord(rows, &out) }, s.sql.get, rows)
	return out, wrap(ctx, "get", err)
}

func scanRecord(rows *sql.Rows, out *[]channel.Record) error {
	var r channel.Record
	var body sql.RawBytes
	if err := rows.Scan(&r.Kind, &r.Key, &r.Parent, &r.Sort, &r.Version, &r.N, &body); err != nil {
		return err
	}
	if body != nil {
		r.Body = append([]byte{}, body...)
	}
	*out = append(*out, r)
	return nil
}

// List implements [channel.Store].
func (s *Store) List(ctx context.Context, q channel.Query) ([]channel.Record, error) {
	if err := q.Validate(); err != nil {
		return nil, wrap(ctx, "list", err)
	}
	var out []channel.Record
	args := []any{q.Kind, q.Limit}
	if q.Parent != "" {
		args = append(args, q.Parent)
	}
	for _, p := range []*channel.Position{q.After, q.Before} {
		if p != nil {
			args = append(args, p.Sort, p.Key)
		}
	}
	form := listForm{q.Parent != "", q.After != nil, q.Before != nil, q.Descending}
	err := s.each(ctx, func(rows *sql.Rows) error { return scanRecord(rows, &out) }, s.sql.list[form], args...)
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
