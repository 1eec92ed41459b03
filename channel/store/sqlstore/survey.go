package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"os"

	"github.com/kanava-go/kanava/channel/store"
)

var (
	_ store.Surveyor = (*Store)(nil)
	_ store.Measurer = (*Store)(nil)
)

// survey words the statement behind Survey: $1 the queues, $2 the present, $3 the most to
// count, $4 whether to count what is not due. Groups are found by jumping from one to the next in
// an index, so that it costs nothing how much work a group has.
func survey(d *dialect) string {
	nextGroup := func(queue, after, condition string) string {
		return `(SELECT min(w.grp) FROM kanava_task AS w WHERE w.queue = ` + queue + after + ` AND ` + condition + `)`
	}
	groups := func(name, condition string) string {
		return name + ` (queue, grp) AS (
			SELECT e.q, ` + nextGroup("e.q", "", condition) + ` FROM ` + d.rows("q text") + `
			UNION ALL
			SELECT ` + name + `.queue, ` + nextGroup(name+".queue", " AND w.grp > "+name+".grp", condition) + `
			FROM ` + name + ` WHERE ` + name + `.grp IS NOT NULL)`
	}
	const living, buried = `w.head = TRUE AND w.dead = FALSE`, `w.dead = TRUE`
	of := func(index, condition string) string {
		return ` FROM kanava_task AS w` + index + ` WHERE w.queue = g.queue AND w.grp = g.grp AND ` + condition
	}
	alive, due := of(d.byGroup, living), of(d.byGroup, living+` AND w.ready <= `+d.seen+` AND w.due <= $2`)
	tried := of("", `w.dead = FALSE AND w.tries > 0`)
	count := func(of string) string {
		return `(SELECT count(*) FROM (SELECT 1 AS one` + of + ` LIMIT $3) AS x)`
	}
	return `WITH RECURSIVE ` + groups("l", living) + `, ` + groups("b", buried) + `, g AS (
			SELECT l.queue, l.grp FROM l WHERE l.grp IS NOT NULL
			UNION SELECT b.queue, b.grp FROM b WHERE b.grp IS NOT NULL)
		SELECT g.queue, g.grp, ` + count(due) + `, (SELECT min(w.ready)` + due + `),
			CASE WHEN $4 THEN ` + count(alive+` AND w.ready > $2 AND w.due > $2`) + ` ELSE 0 END,
			CASE WHEN $4 THEN (SELECT min(x.enqueued) FROM (SELECT w.enqueued` + alive + ` LIMIT $3) AS x) END,
			` + count(tried) + `, (SELECT min(w.enqueued)` + tried + `),
			(SELECT w.tries` + tried + ` ORDER BY w.enqueued LIMIT 1), ` + count(of("", buried)) + `
		FROM g ORDER BY g.queue, g.grp`
}

// Survey implements [store.Surveyor].
func (s *Store) Survey(ctx context.Context, q store.SurveyQuery) ([]store.Backlog, error) {
	if q.Most <= 0 {
		return nil, wrap(ctx, "survey", errors.New("the most to count is not positive"))
	}
	var out []store.Backlog
	queues := jsonRows(columns("q text"), rowsOf(q.Queues, func(queue *string) values { return values{*queue} }))
	err := s.each(ctx, func(row Row) error {
		var b store.Backlog
		var due, oldest, tried, tries sql.NullInt64
		err := row.Scan(&b.Queue, &b.Group, &b.Due, &due, &b.Waiting, &oldest, &b.Retrying, &tried, &tries, &b.Dead)
		b.OldestDue, b.Oldest = timeOf(due.Int64), timeOf(oldest.Int64)
		b.OldestRetrying, b.Tries = timeOf(tried.Int64), int(tries.Int64)
		if b.Due+b.Waiting+b.Retrying+b.Dead > 0 {
			out = append(out, b)
		}
		return err
	}, s.sql.survey, queues, q.Now.UnixMicro(), q.Most, q.Waiting)
	return out, wrap(ctx, "survey", err)
}

// Measure implements [store.Measurer].
func (s *Store) Measure(ctx context.Context) (size store.Size, err error) {
	if s.dialect == PostgreSQL {
		err = s.db.QueryRowContext(ctx, `SELECT CAST(COALESCE(sum(pg_total_relation_size(c.oid)), 0) AS bigint) FROM pg_class AS c
			WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = current_schema()) AND c.relkind = 'r' AND c.relname LIKE 'kanava\_%'`).Scan(&size.Data)
		return size, wrap(ctx, "measure", err)
	}
	var file string
	err = s.db.QueryRowContext(ctx, `SELECT c.page_count * s.page_size, COALESCE((SELECT l.file FROM pragma_database_list AS l WHERE l.name = 'main'), '')
		FROM pragma_page_count AS c, pragma_page_size AS s`).Scan(&size.Data, &file)
	if err != nil {
		return size, wrap(ctx, "measure", err)
	}
	if info, err := os.Stat(file + "-wal"); file != "" && err == nil {
		size.Log = info.Size()
	}
	return size, nil
}
