package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/store"
)

// each runs a reading statement, in the host's transaction if there is one, and gives
// every row to scan.
func (s *Store) each(ctx context.Context, scan func(Row) error, text string, args ...any) error {
	statement := &Statement{SQL: text, Args: args, Row: scan}
	if link := s.host(ctx); link != nil {
		return link.Send(ctx, statement)
	}
	if err := s.pool.enter(ctx); err != nil {
		return err
	}
	defer s.pool.leave()
	return s.link().Send(ctx, statement)
}

// link leads to the database outside of transactions.
func (s *Store) link() Link {
	if s.driver != nil {
		return s.driver
	}
	return sqlLink{s: s}
}

// host is the host's transaction in the context, or nil.
func (s *Store) host(ctx context.Context) Link {
	if s.driver != nil {
		return s.driver.Host(ctx)
	}
	if tx := hostTx(ctx); tx != nil {
		return sqlLink{s: s, tx: tx, hosts: true}
	}
	return nil
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
	if s.dialect == SQLite {
		records, err := s.getOneByOne(ctx, kind, keys)
		return records, wrap(ctx, "get", err)
	}
	w := &waiter{lookup: &lookup{kind, keys}}
	if s.host(ctx) != nil {
		results, err := s.lookUp(ctx, []*waiter{w})
		if err != nil {
			return nil, wrap(ctx, "get", err)
		}
		return results[0].records, nil
	}
	res, err := s.readers.do(ctx, w)
	return res.records, wrap(ctx, "get", err)
}

// getAtOnce is how many records one statement of SQLite looks for.
const getAtOnce = 8

// getMany words the statements of SQLite that look for 1, 2, … records; $1 is their kind. Tables
// of keys would have to be made and thrown away each time.
func getMany(d *dialect) []string {
	if !d.oneByOne {
		return nil
	}
	out := make([]string, getAtOnce)
	all := ""
	for i := range out {
		all += fmt.Sprintf(`SELECT `+recordColumns+` FROM kanava_record AS r WHERE r.kind = $1 AND r.key = $%d`, i+2)
		out[i] = d.text(all)
		all += ` UNION ALL `
	}
	return out
}

// getOneByOne asks SQLite.
func (s *Store) getOneByOne(ctx context.Context, kind string, keys []string) (records []store.Record, err error) {
	scan := func(row Row) error {
		r, err := scanRecord(row)
		records = append(records, r)
		return err
	}
	for some := range slices.Chunk(keys, getAtOnce) {
		args := []any{kind}
		for _, key := range some {
			args = append(args, key)
		}
		if err := s.each(ctx, scan, s.sql.getMany[len(some)-1], args...); err != nil {
			return nil, err
		}
	}
	return records, nil
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
	out := make([]result, len(members))
	scan := func(before int, row Row) error {
		var place int
		r, err := scanRecord(row, &place)
		if err == nil {
			of := &out[owner[before+place-1]]
			of.records = append(of.records, r)
		}
		return err
	}
	err := s.ask(ctx, scan, &s.sql.get, rowsOf(wanted, func(k *store.RecordKey) values { return values{k.Kind, k.Key} }))
	return out, err
}

// scanRecord reads recordColumns, and what comes before.
func scanRecord(row Row, before ...any) (r store.Record, err error) {
	err = row.Scan(append(before, &r.Kind, &r.Key, &r.Parent, &r.Sort, &r.Version, &r.N, &r.Body)...)
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
	err := s.each(ctx, func(row Row) error {
		r, err := scanRecord(row)
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
