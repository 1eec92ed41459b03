package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
)

// The statements are written once for both engines. Parameters are $1, $2, …; rows(…)
// reads the JSON array $1 as a table e with the given columns, each column being the
// field of that name, and place, the position in the array. each(…) reads what a statement
// is to change, see values: on PostgreSQL the same array, so that a statement costs one
// round trip however many rows there are and its text never changes; on SQLite one row,
// whose columns are the parameters in the order in which values were given. There stamp
// adds the present as the last of them. Statements that change rows call no function on
// SQLite, and fail without undoing what they did, since the transaction is undone anyway:
// both spare it the journal.
type statements struct {
	stamped map[string]bool // SQLite: statements that want the present

	// count hands out Seqs in SQLite; lock does so in PostgreSQL, after locking lanes.
	count, lock string
	// guard bounds what a transaction may wait for on PostgreSQL, in milliseconds; clock is
	// the server's.
	guard, clock string
	mark         string // the highest Seq given out
	// records
	stale, putNew, putOld, add, exceeded, deleteRecords, versions, get string
	// work
	findNames, insertNames, insertedNames, remember, rename, insertWork, replaceWork string
	start, done, later, bury, replay, drop, release, leases, dropNames               string
	hold, busy                                                                       string
	promote, fixLanes                                                                string
	forgetBusy, forget                                                               string
	// reading work
	claim, claimAlone, peek claimForms
	workByID, backlog       string
	survey                  string
	workInLane, workInQueue [2]string // living, dead
	// reading records
	list map[listForm]string
	// what was told
	changes followStatements
	// finding by words
	search searchStatements
}

const workColumns = `w.seq, w.queue, w.id, w.lane, w.lane_hash, w.grp, w.due, w.once, w.started, w.tries, w.dead, w.reason, w.enqueued, w.body`

const recordColumns = `r.kind, r.key, r.parent, r.sort, r.version, r.n, r.body`

func newStatements(d *dialect) *statements {
	const lease = "s bigint, q text, i text, t text, l bigint"
	const work = "q text, i text, l text, h bigint, g text, d bigint, o boolean, b text, s bigint, f boolean"
	const name = "h hash, s bigint, o boolean"
	held := `w.seq = e.s AND w.token = e.t AND w.queue = e.q AND w.id = e.i AND w.lane_hash = e.l`
	first := func(lane string) string { // of the living work in a lane
		return `SELECT min(o.seq) FROM kanava_work AS o WHERE o.lane_hash = ` + lane + ` AND o.lane_hash <> 0 AND o.dead = FALSE`
	}
	ready := `CASE WHEN e.d = 0 THEN ` + d.stampedNow + ` ELSE e.d END`
	// Work due at once is ready since the database's present, which a caller whose clock
	// is behind must not have to wait for.
	eligible := `w.queue = $1 AND w.head = TRUE AND w.dead = FALSE AND w.ready <= ` + d.claimable + `
		AND w.due <= $2 AND w.until <= ` + d.present
	oldNames := `SELECT n.hash FROM kanava_name AS n WHERE n.seen < $1 ORDER BY n.seen LIMIT $2` + d.skipLocked
	candidates := `SELECT w.seq FROM kanava_work AS w WHERE ` + eligible + ` ORDER BY w.ready LIMIT $3` + d.skipLocked
	perGroup := d.perGroup(eligible+` AND w.grp = g.value ORDER BY w.ready LIMIT $7`+d.skipLocked) + ` ORDER BY c.ready LIMIT $3`
	claim := func(candidates string) string {
		return `WITH c AS MATERIALIZED (` + candidates + `)
			` + d.update + ` kanava_work AS w SET token = $4, until = ` + d.present + ` + $5
			WHERE w.seq IN (SELECT c.seq FROM c)`
	}
	returning := ` RETURNING ` + strings.ReplaceAll(workColumns, "w.", "") // SQLite knows no alias here
	// A claim need not wait for the disk: see Store.Claim. Should its caller freeze, what it has
	// locked is free again when the network has taken nothing of the answer for a while.
	unhurried := fmt.Sprintf(` AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'
		AND (SELECT set_config('tcp_user_timeout', '%d', true)) <> ''`, silenceLimit.Milliseconds())
	const inLane = `w.lane_hash = $1 AND w.lane_hash <> 0 AND w.seq > $2 AND w.queue = $4 AND w.lane = $5 ORDER BY w.seq LIMIT $3`
	const inQueue = `w.queue = $1 AND w.seq > $2 ORDER BY w.seq LIMIT $3`
	const works = `SELECT ` + workColumns + ` FROM kanava_work AS w WHERE w.dead = `
	s := statements{
		count: `UPDATE kanava_counter SET seq = seq + $1 RETURNING seq`,
		lock: `WITH l AS MATERIALIZED (
				SELECT pg_advisory_xact_lock(CAST($2 AS integer), CAST(v AS integer)) FROM json_array_elements_text(CAST($1 AS json)) AS v),
			c AS MATERIALIZED (SELECT count(*) AS n FROM l)
			SELECT nextval('kanava_seq'), c.n, current_setting('transaction_isolation') FROM c`,
		guard: `SELECT set_config('lock_timeout', CAST($1 AS bigint)::text, true), set_config('idle_in_transaction_session_timeout', CAST($2 AS bigint)::text, true),
			set_config('statement_timeout', CAST($3 AS bigint)::text, true), set_config('tcp_user_timeout', CAST($4 AS bigint)::text, true)`,
		clock: `SELECT ` + d.now,
		mark:  d.mark,
		stale: `SELECT 1 FROM ` + d.rows("k text, y text, v bigint") + `
			LEFT JOIN kanava_record AS r ON r.kind = e.k AND r.key = e.y WHERE COALESCE(r.version, 0) <> e.v LIMIT 1`,
		putNew: d.insert + ` INTO kanava_record (kind, key, parent, sort, version, n, body)
			SELECT e.k, e.y, e.p, e.s, 1, 0, e.b FROM ` + d.each("k text, y text, p text, s bigint, b text") + `
			WHERE true ON CONFLICT (kind, key) DO NOTHING`,
		putOld: d.update + ` kanava_record AS r SET parent = e.p, sort = e.s, version = r.version + 1, body = e.b
			FROM ` + d.each("k text, y text, p text, s bigint, b text, v bigint") + `
			WHERE r.kind = e.k AND r.key = e.y AND r.version = e.v`,
		add: d.insert + ` INTO kanava_record AS r (kind, key, parent, sort, version, n)
			SELECT e.k, e.y, e.p, e.s, e.v, e.n FROM ` + d.each("k text, y text, p text, s bigint, v bigint, n bigint") + `
			WHERE true ON CONFLICT (kind, key) DO UPDATE SET n = r.n + excluded.n, version = r.version + excluded.version`,
		exceeded: `SELECT 1 FROM ` + d.rows("k text, y text, n bigint") + `
			CROSS JOIN kanava_record AS r WHERE r.kind = e.k AND r.key = e.y AND r.n > e.n LIMIT 1`,
		deleteRecords: `DELETE FROM kanava_record WHERE (kind, key) IN (SELECT e.k, e.y FROM ` + d.each("k text, y text") + `)`,
		versions: `SELECT r.kind, r.key, r.version FROM ` + d.rows("k text, y text") + `
			CROSS JOIN kanava_record AS r WHERE r.kind = e.k AND r.key = e.y`,
		get: `SELECT ` + recordColumns + ` FROM ` + d.rows("k text, y text") + `
			CROSS JOIN kanava_record AS r WHERE r.kind = e.k AND r.key = e.y ORDER BY e.place`,

		findNames: `SELECT ` + d.hashText + `, n.seq, w.seq, w.lane_hash, w.dead
			FROM ` + d.rows("h hash") + ` CROSS JOIN kanava_name AS n LEFT JOIN kanava_work AS w ON w.seq = n.seq
			WHERE n.hash = e.h` + d.lockNames,
		insertNames: d.insert + ` INTO kanava_name (hash, seq, seen)
			SELECT e.h, e.s, CASE WHEN e.o THEN ` + d.stampedNow + ` END FROM ` + d.each(name+d.stamp) + `
			WHERE true ON CONFLICT (hash) DO NOTHING`,
		insertedNames: `SELECT n.seq FROM ` + d.rows("h hash, s bigint") + `
			CROSS JOIN kanava_name AS n WHERE n.hash = e.h AND n.seq = e.s`,
		remember: d.update + ` kanava_name AS n SET seen = ` + d.stampedNow + ` FROM ` + d.each("h hash"+d.stamp) + `
			WHERE n.hash = e.h AND n.seen IS NULL`,
		rename: d.update + ` kanava_name AS n SET seq = e.s FROM ` + d.each(name) + ` WHERE n.hash = e.h`,
		insertWork: d.insert + ` INTO kanava_work
			(seq, queue, id, lane, lane_hash, grp, due, ready, until, head, dead, once, started, tries, enqueued, token, reason, body)
			SELECT e.s, e.q, e.i, e.l, e.h, e.g, e.d, ` + ready + `, 0,
				e.h = 0 OR e.f AND (` + first("e.h") + `) IS NULL,
				false, e.o, false, 0, ` + d.stampedNow + `, '', '', e.b
			FROM ` + d.each(work+d.stamp) + ` WHERE true`,
		replaceWork: d.update + ` kanava_work AS w SET lane = e.l, lane_hash = e.h, grp = e.g, due = e.d,
				ready = ` + ready + `,
				until = 0, head = (e.h = 0), dead = false, started = false, tries = 0, token = '', reason = '', body = e.b
			FROM ` + d.each(work+d.stamp) + ` WHERE w.seq = e.s`,
		hold: d.update + ` kanava_work AS w SET token = e.t, until = ` + d.heldFrom + ` + e.u
			FROM ` + d.each("s bigint, t text, u bigint, a text, n bigint") + `
			WHERE w.seq = e.s AND w.due <= e.n AND (w.head = TRUE OR e.a <> '' AND e.a = (SELECT o.token FROM kanava_work AS o
				WHERE o.lane_hash = w.lane_hash AND o.lane_hash <> 0 AND o.dead = FALSE AND o.seq < w.seq ORDER BY o.seq DESC LIMIT 1))` + d.heldSeqs,
		busy: `SELECT 1 FROM ` + d.rows("h bigint") + ` CROSS JOIN kanava_work AS w
			WHERE w.lane_hash = e.h AND w.lane_hash <> 0 AND w.dead = FALSE LIMIT 1`,
		start: d.update + ` kanava_work AS w SET started = true FROM ` + d.each(lease) + ` WHERE ` + held,
		done:  `DELETE FROM kanava_work WHERE seq IN (SELECT w.seq FROM ` + d.each(lease) + ` CROSS JOIN kanava_work AS w WHERE ` + held + `)`,
		later: d.update + ` kanava_work AS w SET due = e.d, ready = ` + ready + `,
				until = 0, token = '', started = false, tries = w.tries + 1, reason = e.r, body = COALESCE(e.b, w.body)
			FROM ` + d.each(lease+", d bigint, r text, b text"+d.stamp) + ` WHERE ` + held,
		bury: d.update + ` kanava_work AS w SET dead = true, head = false, until = 0, token = '', reason = e.r
			FROM ` + d.each(lease+", r text") + ` WHERE ` + held,
		replay: d.update + ` kanava_work AS w SET seq = e.n, dead = false, due = 0, ready = ` + d.stampedNow + `, until = 0, started = false, tries = w.tries + 1,
				head = w.lane_hash = 0 OR e.f AND (` + first("w.lane_hash") + `) IS NULL
			FROM ` + d.each("s bigint, n bigint, f boolean"+d.stamp) + ` WHERE w.seq = e.s AND w.dead = TRUE`,
		drop: `DELETE FROM kanava_work WHERE seq IN (SELECT e.s FROM ` + d.each("s bigint") + `)`,
		release: d.update + ` kanava_work AS w SET until = 0, token = '' WHERE w.seq IN (
			SELECT o.seq FROM ` + d.each("q text, m text, d bigint"+d.stamp) + ` CROSS JOIN kanava_work AS o
			WHERE o.queue = e.q AND o.dead = FALSE AND o.ready <= ` + d.latest + ` AND o.until > 0
				AND substr(o.token, 1, ` + strconv.Itoa(markSize) + `) = e.m` + d.inOrder + `)`,
		leases: `SELECT w.seq, w.queue, w.id, w.token, w.lane_hash FROM ` + d.rows("s bigint") + `
			CROSS JOIN kanava_work AS w WHERE w.seq = e.s AND w.token <> ''`,
		dropNames: `DELETE FROM kanava_name WHERE hash IN (SELECT e.h FROM ` + d.each("h hash") + `) AND seen IS NULL`,
		promote: d.update + ` kanava_work AS w SET head = TRUE
			FROM (SELECT DISTINCT (` + first("g.value") + `) AS s FROM ` + d.intList + `) AS e
			WHERE w.seq = e.s AND w.head = FALSE`,
		fixLanes: d.update + ` kanava_work AS w SET head = NOT w.head
			WHERE w.dead = FALSE AND w.lane_hash <> 0 AND w.lane_hash IN (SELECT g.value FROM ` + d.intList + `) AND w.head <>
				(w.seq = (` + first("w.lane_hash") + `))`,
		forgetBusy: `UPDATE kanava_name SET seen = NULL
			WHERE hash IN (` + oldNames + `)
			AND EXISTS (SELECT 1 FROM kanava_work AS w WHERE w.seq = kanava_name.seq)`,
		forget: `DELETE FROM kanava_name
			WHERE hash IN (` + oldNames + `)
			AND NOT EXISTS (SELECT 1 FROM kanava_work AS w WHERE w.seq = kanava_name.seq)`,

		claim:      claimForms{claim(candidates) + returning, claim(perGroup) + returning},
		claimAlone: claimForms{claim(candidates) + unhurried + returning, claim(perGroup) + unhurried + returning},
		peek:       claimForms{candidates, perGroup},
		workByID: `SELECT ` + workColumns + ` FROM ` + d.rows("h hash") + `
			CROSS JOIN kanava_name AS n CROSS JOIN kanava_work AS w
			WHERE n.hash = e.h AND w.seq = n.seq AND w.dead = $2 AND w.seq > $3 AND (CAST($4 AS text) = '' OR w.lane = $4) ORDER BY w.seq LIMIT $5`,
		backlog: `SELECT q.queue, sum(q.due), sum(q.waiting), sum(q.dead), min(q.oldest) FROM (
			SELECT w.queue, 0 AS dead,
				CASE WHEN w.due <= $1 THEN 1 ELSE 0 END AS due,
				CASE WHEN w.due <= $1 THEN 0 ELSE 1 END AS waiting,
				CASE WHEN w.due <= $1 THEN CASE WHEN w.due = 0 THEN w.enqueued ELSE w.due END END AS oldest
			FROM kanava_work AS w WHERE w.dead = FALSE
			UNION ALL
			SELECT w.queue, 1, 0, 0, NULL FROM kanava_work AS w WHERE w.dead = TRUE) AS q
			GROUP BY q.queue ORDER BY q.queue`,
		workInLane:  [2]string{works + `FALSE AND ` + inLane, works + `TRUE AND ` + inLane},
		workInQueue: [2]string{works + `FALSE AND ` + inQueue, works + `TRUE AND ` + inQueue},
		survey:      survey(d),
		list:        listForms(d),
		changes:     newFollowStatements(d),
		search:      newSearchStatements(d, false),
	}
	s.stamped = map[string]bool{}
	for _, text := range s.all() {
		*text = d.text(*text)
		s.stamped[*text] = d.stamp != "" && strings.Contains(*text, d.stampedNow)
	}
	return &s
}

// all are the statements but those behind List.
func (s *statements) all() []*string {
	return []*string{
		&s.stale, &s.putNew, &s.putOld, &s.add, &s.exceeded, &s.deleteRecords, &s.versions, &s.get,
		&s.findNames, &s.insertNames, &s.insertedNames, &s.remember, &s.rename, &s.insertWork, &s.replaceWork,
		&s.start, &s.done, &s.later, &s.bury, &s.replay, &s.drop, &s.release, &s.leases, &s.dropNames,
		&s.hold, &s.busy, &s.promote, &s.fixLanes, &s.forgetBusy, &s.forget,
		&s.claim.all, &s.claim.groups, &s.claimAlone.all, &s.claimAlone.groups, &s.peek.all, &s.peek.groups,
		&s.workByID, &s.backlog, &s.survey, &s.workInLane[0], &s.workInLane[1], &s.workInQueue[0], &s.workInQueue[1],
		&s.count, &s.lock, &s.guard, &s.clock, &s.mark,
		&s.changes.tell, &s.changes.follow, &s.changes.latest, &s.changes.transaction, &s.changes.old, &s.changes.forgetUpTo, &s.changes.dropUpTo,
	}
}

// column is a column of rows: its name and its type.
type column struct{ name, kind string }

func columns(list string) []column {
	var out []column
	for part := range strings.SplitSeq(list, ", ") {
		name, kind, _ := strings.Cut(part, " ")
		out = append(out, column{name, kind})
	}
	return out
}

// sqliteRows reads a JSON array of objects with the given function of SQLite.
func sqliteRows(each string) func(list string) string {
	return func(list string) string {
		var b strings.Builder
		for i, c := range columns(list) {
			if i > 0 {
				b.WriteString(", ")
			}
			if c.kind == "hash" {
				fmt.Fprintf(&b, "unhex(value ->> '%s') AS %s", c.name, c.name)
			} else {
				fmt.Fprintf(&b, "value ->> '%s' AS %s", c.name, c.name)
			}
		}
		return "(SELECT " + b.String() + ", key AS place FROM " + each + "($1)) AS e"
	}
}

// sqliteEach reads the parameters as a row.
func sqliteEach(list string) string {
	var b strings.Builder
	for i, c := range columns(list) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("? AS " + c.name)
	}
	return "(SELECT " + b.String() + ") AS e"
}

// postgresRows reads a JSON array of objects in PostgreSQL.
func postgresRows(list string) string {
	names := ""
	for _, c := range columns(list) {
		names += c.name + ", "
	}
	return few("json_to_recordset(CAST($1 AS json)) AS ("+strings.ReplaceAll(list, " hash", " uuid")+")", names+"place") + " AS e"
}

// few reads a function of PostgreSQL as a table with the given columns, the last being
// place. The planner takes functions like these for a hundred rows, and as long as our
// tables are small and unknown to it, it would rather read them whole than look a
// hundred rows up in an index; drivers keep such a plan for the life of a connection,
// during which the table may grow to millions. A range of places that says nothing
// makes it expect one row, so that it looks rows up from the beginning.
func few(function, columns string) string {
	return "(SELECT * FROM ROWS FROM (" + function + ") WITH ORDINALITY AS f (" + columns + ") WHERE f.place BETWEEN 1 AND 2147483647)"
}
