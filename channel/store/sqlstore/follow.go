package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

var _ store.Follower = (*Store)(nil)

// followStatements word Follow and what it needs. tell is for a transaction without words; on PostgreSQL it is part
// of searchStatements.put, too. follow takes $1, what was told beyond $2, up to
// where all was told, and $3, the limit; it returns the oldest transaction that is open, the
// largest number, that up to which all is forgotten, and then what is new, at least one row.
// latest returns the numbers that are there, in rows of neighbours. transaction is a new one.
type followStatements struct{ tell, follow, latest, transaction, old, forgetUpTo, dropUpTo string }

// spans are those of a cursor.
const spans = "f bigint, l bigint"

var spanColumns = columns(spans)

func newFollowStatements(d *dialect) followStatements {
	s := followStatements{
		tell:        tellAs(1, 2),
		transaction: `SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)`,
		follow: `SELECT h.xmin, h.top, h.gone, c.seq, c.told
			FROM (SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS xmin,
				COALESCE((SELECT max(m.seq) FROM kanava_change AS m), 0) AS top,
				COALESCE((SELECT CASE WHEN c.told = '' THEN c.seq ELSE 0 END FROM kanava_change AS c ORDER BY c.seq LIMIT 1), 0) AS gone) AS h
			LEFT JOIN (SELECT c.seq, c.told FROM kanava_change AS c WHERE c.seq > $2 AND NOT EXISTS
				(SELECT 1 FROM ` + d.rows(spans) + ` WHERE c.seq BETWEEN e.f AND e.l)
				ORDER BY c.seq LIMIT $3) AS c ON TRUE
			ORDER BY c.seq`,
		latest: `SELECT min(n.seq), max(n.seq) FROM
				(SELECT c.seq, c.seq - row_number() OVER (ORDER BY c.seq) AS row FROM
					(SELECT c.seq FROM kanava_change AS c ORDER BY c.seq DESC LIMIT $1) AS c) AS n
			GROUP BY n.row ORDER BY 1`,
		old:        `SELECT c.seq FROM kanava_change AS c WHERE c.at < $1 ORDER BY c.seq LIMIT 1 OFFSET $2`,
		forgetUpTo: `UPDATE kanava_change SET told = '' WHERE seq = $1`,
		dropUpTo:   `DELETE FROM kanava_change WHERE seq < $1`,
	}
	if d.oneByOne { // there is one writer: numbers appear in their order
		s.tell = `INSERT INTO kanava_change (at, told) VALUES ($1, $2)`
		s.follow = strings.ReplaceAll(s.follow, `CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)`, `0`)
		s.transaction = `SELECT 0`
	}
	return s
}

// change is a store.Change as it is kept: kind, key, group.
type change [3]string

// telling begins a statement that tells besides, on PostgreSQL: behind its own parameters come the
// time and what is told, which may be nothing.
func (d *dialect) telling(statement *rowStatement) string {
	own := d.parameters(statement)
	return fmt.Sprintf(`WITH t AS (%s AND CAST($%d AS text) <> '')
		`, tellAs(own+1, own+2), own+2)
}

// tellAs words an INSERT of the time and of what is told by the numbers of their parameters, on PostgreSQL, where the
// transaction has to have its ID before the number of the change is given out.
func tellAs(at, told int) string {
	return fmt.Sprintf(`INSERT INTO kanava_change (at, told) SELECT CAST($%d AS bigint), CAST($%d AS text)
		FROM (SELECT pg_current_xact_id() AS id OFFSET 0) AS x WHERE x.id IS NOT NULL`, at, told)
}

// tellings is what the batches of a transaction told: one row, however much it is. Nothing is ”.
func tellings(changes []store.Change) string {
	if len(changes) == 0 {
		return ""
	}
	list := make([]change, 0, len(changes))
	for _, c := range changes {
		if told := (change{c.Kind, c.Key, c.Group}); len(list) > 64 || !slices.Contains(list, told) {
			list = append(list, told)
		}
	}
	return array(list, func(dst []byte, c *change) []byte {
		dst = append(appendString(append(dst, '['), c[0]), ',')
		dst = append(appendString(dst, c[1]), ',')
		return append(appendString(dst, c[2]), ']')
	})
}

// Follow implements [store.Follower].
func (s *Store) Follow(ctx context.Context, after string, limit int) (changes []store.Change, next string, err error) {
	if limit <= 0 {
		return nil, "", wrap(ctx, "follow", errors.New("the limit is not positive"))
	}
	at, ok := parseCursor(after)
	if !ok {
		return nil, "", wrap(ctx, "follow", store.ErrCursor)
	}
	var h struct{ xmin, top, gone int64 }
	var news []told
	err = s.each(ctx, func(row Row) error {
		var seq sql.NullInt64
		var text sql.NullString
		err := row.Scan(&h.xmin, &h.top, &h.gone, &seq, &text)
		if err == nil && seq.Valid {
			news = append(news, told{seq.Int64, text.String})
		}
		return err
	}, s.sql.changes.follow, at.json(), at.settled, limit)
	before := at.top()
	switch {
	case err != nil:
		return nil, "", wrap(ctx, "follow", err)
	case before > h.top:
		return nil, "", wrap(ctx, "follow", store.ErrCursor)
	case after != "" && before < h.gone:
		return nil, "", wrap(ctx, "follow", store.ErrForgotten)
	}
	whole := len(news) < limit
	for i, n := range news {
		if !at.add(n.seq) { // too many transactions are open: these come later
			whole, news = false, news[:i]
			break
		}
		if changes, err = n.appendTo(changes); err != nil {
			return nil, "", wrap(ctx, "follow", err)
		}
	}
	switch {
	case s.dialect == SQLite:
		at.settle(at.top())
	case whole && h.xmin >= at.xmax: // all that was open when the cursor was given has ended
		at.settle(before)
	}
	at.settle(h.gone)
	if len(at.told) > 0 && at.top() > before {
		if at.xmax, err = s.transactionID(ctx); err != nil {
			return nil, "", wrap(ctx, "follow", err)
		}
	}
	return changes, at.String(), nil
}

// transactionID returns a number above those of all transactions that have one by now.
func (s *Store) transactionID(ctx context.Context) (id int64, err error) {
	err = s.each(ctx, func(row Row) error { return row.Scan(&id) }, s.sql.changes.transaction)
	return id, err
}

// told is a row of what was told.
type told struct {
	seq  int64
	text string // empty in the row up to which everything is forgotten
}

func (t told) appendTo(changes []store.Change) ([]store.Change, error) {
	if t.text == "" {
		return changes, nil
	}
	var list []change
	if err := json.Unmarshal([]byte(t.text), &list); err != nil {
		return nil, err
	}
	for _, c := range list {
		changes = append(changes, store.Change{Kind: c[0], Key: c[1], Group: c[2]})
	}
	return changes, nil
}

// latestRows is how many of the latest numbers Latest looks at for gaps that may be filled.
const latestRows = 10_000

// Latest implements [store.Follower].
func (s *Store) Latest(ctx context.Context) (string, error) {
	var at cursor
	err := s.each(ctx, func(row Row) error {
		var next span
		if err := row.Scan(&next.first, &next.last); err != nil {
			return err
		}
		at.told = append(at.told, next)
		return nil
	}, s.sql.changes.latest, latestRows)
	if err == nil && s.dialect == PostgreSQL {
		at.xmax, err = s.transactionID(ctx)
	}
	if err != nil {
		return "", wrap(ctx, "ask for the latest change", err)
	}
	if n := len(at.told); n > maxSpans { // what is older than so many gaps has ended long ago
		at.settle(at.told[n-maxSpans].first)
	}
	if s.dialect == SQLite {
		at.settle(at.top())
	}
	return at.String(), nil
}

// forgottenAtOnce is how many rows of changes are removed at a time.
const forgottenAtOnce = 5000

// forgetChanges removes the changes that are older than the store remembers.
func (s *Store) forgetChanges(ctx context.Context) error {
	before := time.Now().Add(-s.keepChanges).UnixMicro()
	for {
		var up int64
		err := s.db.QueryRowContext(ctx, s.sql.changes.old, before, forgottenAtOnce).Scan(&up)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		for _, statement := range []string{s.sql.changes.forgetUpTo, s.sql.changes.dropUpTo} {
			if err == nil {
				_, err = s.db.ExecContext(ctx, statement, up)
			}
		}
		if err != nil {
			if isTransient(err) {
				return nil // next time
			}
			return err
		}
	}
}
