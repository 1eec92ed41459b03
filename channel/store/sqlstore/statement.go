package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
)

// The statements are written once for both engines. Parameters are $1, $2, …; rows(…)
// reads the JSON array $1 of objects as a table e with the given columns, each being the
// field of that name, and place, the position in the array, from 1. What changes or looks up
// rows by their columns is a rowStatement. Statements that change rows fail on SQLite without
// undoing what they did, since the transaction is undone anyway: that spares it the journal.
type statements struct {
	// count hands out Seqs in SQLite; lock does so in PostgreSQL, after locking lanes.
	count, lock string
	// guard bounds what a transaction may wait for on PostgreSQL, in milliseconds; clock is
	// the server's.
	guard, clock string
	mark         string // the highest Seq given out
	// records
	stale, putNew, putOld, putInPlace, add, exceeded, deleteRecords, versions, get rowStatement
	// work
	findWork, insertWork, insertClaimed, replaceWork        rowStatement
	start, done, later, bury, replay, drop, release, leases rowStatement
	busy, promote, fixLanes                                 rowStatement
	// what was seen before
	findSeen, insertSeen, mustQueue rowStatement
	forget                          string
	// a clock that was set back: when something was seen last, as an index tells, and what files anew, at $1, what was
	// filed after it, be it without a Due or claimed. What somebody changes at the moment is left alone
	newest, refile string
	// reading work
	claim, claimAlone, peek claimForms
	workOf                  string       // SQLite: what peek has found
	lease                   rowStatement // SQLite: claims it
	workByID, backlog       string
	survey                  string
	workInLane, workInQueue [2]string // living, dead
	// reading records
	getMany []string // SQLite: get of so many keys
	list    map[listForm]string
	// what was told
	changes followStatements
	// finding by words
	search searchStatements
}

const workColumns = `w.seq, w.queue, w.id, w.lane, w.lane_hash, w.grp, w.due, w.once, w.started, w.tries, w.dead, w.reason, w.enqueued, w.body`

// workRow is the table of work with what an INSERT gives it.
const workRow = `kanava_task (seq, hash, queue, id, lane, lane_hash, grp, due, ready, until, head, dead, once, started, tries, enqueued, token, reason, body)`

const recordColumns = `r.kind, r.key, r.parent, r.sort, r.version, r.n, r.body`

func newStatements(d *dialect) *statements {
	const lease = "s bigint, q text, i text, t text, l bigint"
	const work = "q text, i text, l text, h bigint, g text, d bigint, o boolean, b document, k hash, s bigint, f boolean"
	const lane = "h bigint"
	const releases = "q text, m text, d bigint"
	ofOwner := func(w string) string {
		return strings.ReplaceAll(`w.queue = e.q AND w.dead = FALSE AND w.ready <= `+d.latest+` AND w.until > 0
			AND substr(w.token, 1, `+strconv.Itoa(markSize)+`) = e.m`, "w.", w+".")
	}
	held := `w.seq = e.s AND w.token = e.t AND w.queue = e.q AND w.id = e.i AND w.lane_hash = e.l`
	first := func(lane string) string { // of the living work in a lane
		return `SELECT min(o.seq) FROM kanava_task AS o WHERE o.lane_hash = ` + lane + ` AND o.lane_hash <> 0 AND o.dead = FALSE`
	}
	// What is let through may neither be there nor have work before it. PostgreSQL would read all of a table that
	// it takes for small for the sake of EXISTS (…) OR EXISTS (…).
	busy := `(SELECT w.seq FROM kanava_task AS w WHERE w.hash = e.h) IS NOT NULL OR (` + first("e.l") + `) IS NOT NULL`
	ready := `CASE WHEN e.d = 0 THEN ` + d.stamp + ` ELSE e.d END`
	// Work due at once is ready since the database's present, which a caller whose clock
	// is behind must not have to wait for.
	eligible := `w.queue = $1 AND w.head = TRUE AND w.dead = FALSE AND w.ready <= ` + d.claimable + `
		AND w.due <= $2 AND w.until <= ` + d.present
	candidates := `SELECT w.seq FROM kanava_task AS w WHERE ` + eligible + ` ORDER BY w.ready LIMIT $3` + d.skipLocked
	perGroup := d.perGroup(eligible+` AND w.grp = g.value ORDER BY w.ready LIMIT $7`+d.skipLocked) + ` ORDER BY c.ready LIMIT $3`
	claim := func(candidates string) string {
		return `WITH c AS MATERIALIZED (` + candidates + `)
			UPDATE kanava_task AS w SET token = $4, until = ` + d.present + ` + $5
			WHERE w.seq IN (SELECT c.seq FROM c)`
	}
	const returning = ` RETURNING ` + workColumns
	// A claim need not wait for the disk: see Store.Claim. Should its caller freeze, what it has
	// locked is free again when the network has taken nothing of the answer for a while.
	unhurried := fmt.Sprintf(` AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'
		AND (SELECT set_config('tcp_user_timeout', '%d', true)) <> ''`, silenceLimit.Milliseconds())
	const inLane = `w.lane_hash = $1 AND w.lane_hash <> 0 AND w.seq > $2 AND w.queue = $4 AND w.lane = $5 ORDER BY w.seq LIMIT $3`
	const inQueue = `w.queue = $1 AND w.seq > $2 ORDER BY w.seq LIMIT $3`
	const works = `SELECT ` + workColumns + ` FROM kanava_task AS w WHERE w.dead = `
	s := statements{
		count: `UPDATE OR FAIL kanava_counter SET seq = seq + $1 RETURNING seq`,
		lock: `WITH l AS MATERIALIZED (
				SELECT pg_advisory_xact_lock(CAST($2 AS integer), CAST(v AS integer)) FROM json_array_elements_text(CAST($1 AS json)) AS v),
			c AS MATERIALIZED (SELECT count(*) AS n FROM l)
			SELECT nextval('kanava_seq'), c.n, current_setting('transaction_isolation') FROM c`,
		guard: `SELECT set_config('lock_timeout', CAST($1 AS bigint)::text, true), set_config('idle_in_transaction_session_timeout', CAST($2 AS bigint)::text, true),
			set_config('statement_timeout', CAST($3 AS bigint)::text, true), set_config('tcp_user_timeout', CAST($4 AS bigint)::text, true)`,
		clock: `SELECT ` + d.now,
		mark:  d.mark,

		stale: d.anyOf("k text, y text, v bigint", `e.v <> COALESCE((SELECT r.version FROM kanava_record AS r WHERE r.kind = e.k AND r.key = e.y), 0)`),
		putNew: d.insertRows("kanava_record (kind, key, parent, sort, version, n, body)", "k text, y text, p text, s bigint, b document",
			`e.k, e.y, e.p, e.s, 1, 0, e.b`, `ON CONFLICT (kind, key) DO NOTHING`),
		putOld: d.updateRows("kanava_record AS r", "k text, y text, p text, s bigint, b document, v bigint",
			`parent = e.p, sort = e.s, version = r.version + 1, body = e.b`, `r.kind = e.k AND r.key = e.y AND r.version = e.v`),
		// SQLite: a record that keeps its place in the lists, as most do. A column that is named has its index
		// written anew, even if the value is the same.
		putInPlace: d.updateRows("kanava_record AS r", "k text, y text, p text, s bigint, b document, v bigint",
			`version = r.version + 1, body = e.b`, `r.kind = e.k AND r.key = e.y AND r.version = e.v AND r.parent = e.p AND r.sort = e.s`),
		add: d.insertRows("kanava_record AS r (kind, key, parent, sort, version, n)", "k text, y text, p text, s bigint, v bigint, n bigint",
			`e.k, e.y, e.p, e.s, e.v, e.n`, `ON CONFLICT (kind, key) DO UPDATE SET n = r.n + excluded.n, version = r.version + excluded.version`),
		exceeded:      d.anyOf("k text, y text, n bigint", `EXISTS (SELECT 1 FROM kanava_record AS r WHERE r.kind = e.k AND r.key = e.y AND r.n > e.n)`),
		deleteRecords: d.deleteRows("kanava_record AS r", "k text, y text", `r.kind = e.k AND r.key = e.y`),
		versions:      d.lookUp("k text, y text", `kanava_record AS r WHERE r.kind = e.k AND r.key = e.y`, "r.version"),
		get:           d.lookUp("k text, y text", `kanava_record AS r WHERE r.kind = e.k AND r.key = e.y`+d.inPlace, recordColumns),

		findSeen:   d.lookUp("h hash", `kanava_seen AS n WHERE n.hash = e.h`),
		insertSeen: d.insertRows("kanava_seen (hash, seen)", "h hash", `e.h, `+d.stamp, `ON CONFLICT (hash) DO NOTHING`),
		findWork:   d.lookUp("h hash", `kanava_task AS w WHERE w.hash = e.h`+d.lockWork, "w.seq, w.lane_hash, w.dead"),
		replaceWork: d.updateRows("kanava_task AS w", work,
			`lane = e.l, lane_hash = e.h, grp = e.g, due = e.d, ready = `+ready+`,
				until = 0, head = (e.h = 0), dead = false, started = false, tries = 0, token = '', reason = '', body = e.b`, `w.seq = e.s`),
		busy:      d.anyOf("h hash, l bigint", busy),
		mustQueue: d.lookUp("h hash, l bigint", `(SELECT 1) AS o WHERE (SELECT n.seen FROM kanava_seen AS n WHERE n.hash = e.h) IS NOT NULL OR `+busy),
		start:     d.updateRows("kanava_task AS w", lease, `started = true`, held),
		done:      d.deleteRows("kanava_task AS w", lease, held),
		later: d.updateRows("kanava_task AS w", lease+", d bigint, r text, b document",
			`due = e.d, ready = `+ready+`, until = 0, token = '', started = false, tries = w.tries + 1, reason = e.r, body = COALESCE(e.b, w.body)`, held),
		bury: d.updateRows("kanava_task AS w", lease+", r text",
			`dead = true, head = false, until = 0, token = '', reason = e.r`, held),
		replay: d.updateRows("kanava_task AS w", "s bigint, n bigint, f boolean",
			`seq = e.n, dead = false, due = 0, ready = `+d.stamp+`, until = 0, started = false, tries = w.tries + 1,
				head = w.lane_hash = 0 OR e.f AND (`+first("w.lane_hash")+`) IS NULL`, `w.seq = e.s AND w.dead = TRUE`),
		drop:    d.deleteRows("kanava_task AS w", "s bigint", `w.seq = e.s`),
		release: d.updateRows("kanava_task AS w", releases, `until = 0, token = ''`, ofOwner("w")),
		leases:  d.lookUp("s bigint", `kanava_task AS w WHERE w.seq = e.s AND w.token <> ''`, "w.queue, w.id, w.token, w.lane_hash"),
		// DISTINCT has the first of each lane found before it is looked up.
		promote: d.rowStatement(lane, `UPDATE kanava_task AS w SET head = TRUE FROM (SELECT DISTINCT (`+first("e.h")+`) AS s FROM `+d.given(lane)+`) AS p
			WHERE w.seq = p.s AND w.head = FALSE`),
		fixLanes: d.updateRows("kanava_task AS w", lane, `head = NOT w.head`,
			`w.dead = FALSE AND w.lane_hash <> 0 AND w.lane_hash = e.h AND w.head <> (w.seq = (`+first("e.h")+`))`),
		forget: d.forget,
		newest: `SELECT max(n.seen) FROM kanava_seen AS n`,
		refile: `UPDATE kanava_task SET ready = $1, due = CASE WHEN due > $1 THEN $1 ELSE due END WHERE seq IN (
			SELECT w.seq FROM kanava_task AS w WHERE w.dead = FALSE AND w.ready > $1 AND (w.due = 0 OR w.until > 0) ORDER BY w.seq` + d.skipLocked + `)`,

		claim:      claimForms{claim(candidates) + returning, claim(perGroup) + returning},
		claimAlone: claimForms{claim(candidates) + unhurried + returning, claim(perGroup) + unhurried + returning},
		peek:       claimForms{candidates, perGroup},
		workOf:     `SELECT ` + workColumns + ` FROM kanava_task AS w WHERE w.seq = $1`,
		lease:      d.updateRows("kanava_task AS w", "s bigint, t text, u bigint", `token = e.t, until = e.u`, `w.seq = e.s`),
		workByID: `WITH w AS MATERIALIZED (SELECT ` + workColumns + ` FROM ` + d.rows("h hash") + ` CROSS JOIN kanava_task AS w WHERE w.hash = e.h)
			SELECT ` + workColumns + ` FROM w WHERE w.dead = $2 AND w.seq > $3 AND (CAST($4 AS text) = '' OR w.lane = $4) ORDER BY w.seq LIMIT $5`,
		backlog: `SELECT q.queue, sum(q.due), sum(q.waiting), sum(q.dead), min(q.oldest) FROM (
			SELECT w.queue, 0 AS dead,
				CASE WHEN w.due <= $1 THEN 1 ELSE 0 END AS due,
				CASE WHEN w.due <= $1 THEN 0 ELSE 1 END AS waiting,
				CASE WHEN w.due <= $1 THEN CASE WHEN w.due = 0 THEN w.enqueued ELSE w.due END END AS oldest
			FROM kanava_task AS w WHERE w.dead = FALSE
			UNION ALL
			SELECT w.queue, 1, 0, 0, NULL FROM kanava_task AS w WHERE w.dead = TRUE) AS q
			GROUP BY q.queue ORDER BY q.queue`,
		workInLane:  [2]string{works + `FALSE AND ` + inLane, works + `TRUE AND ` + inLane},
		workInQueue: [2]string{works + `FALSE AND ` + inQueue, works + `TRUE AND ` + inQueue},
		survey:      survey(d),
		getMany:     getMany(d),
		list:        listForms(d),
		changes:     newFollowStatements(d),
		search:      newSearchStatements(d, false),
	}
	if d.oneByOne {
		head := `e.h = 0 OR e.f AND (` + first("e.h") + `) IS NULL`
		s.insertWork = d.insertRows(workRow, work, `e.s, e.k, e.q, e.i, e.l, e.h, e.g, e.d, `+ready+`, 0, `+head+`,
			false, e.o, false, 0, `+d.stamp+`, '', '', e.b`, `ON CONFLICT (hash) DO NOTHING`)
		// It ignores work that may not be claimed, for which until would be NULL, and such as is there.
		s.insertClaimed = d.rowStatement(work+", t text, a text, u bigint, p bigint", `INSERT OR IGNORE INTO `+workRow+` VALUES (e.s, e.k, e.q, e.i, e.l, e.h, e.g, e.d, `+ready+`,
			CASE WHEN e.h = 0 OR COALESCE((SELECT o.token <> '' AND (o.token = e.t OR o.token = e.a AND o.seq = e.p) FROM kanava_task AS o
				WHERE o.lane_hash = e.h AND o.lane_hash <> 0 AND o.dead = FALSE ORDER BY o.seq DESC LIMIT 1), TRUE) THEN e.u END, `+head+`,
			false, e.o, false, 0, `+d.stamp+`, e.t, '', e.b)`)
		s.promote = d.updateRows("kanava_task AS w", lane, `head = TRUE`, `w.seq = (`+first("e.h")+`) AND w.head = FALSE`)
		s.lock, s.guard, s.clock, s.claim, s.claimAlone = "", "", "", claimForms{}, claimForms{}
	} else {
		// It is claimed where nothing is before it in its lane, or just what was claimed under the given secret: others
		// were, too.
		const claimed = `e.t <> '' AND (l.token IS NULL OR l.token <> '' AND l.token = e.a AND l.seq = e.p)`
		const claims = work + ", t text, a text, u bigint, n bigint, p bigint"
		s.insertWork = d.rowStatement(claims, `INSERT INTO `+workRow+` SELECT e.s, e.k, e.q, e.i, e.l, e.h, e.g, e.d, `+ready+`,
				CASE WHEN `+claimed+` THEN `+d.heldFrom+` + e.u ELSE 0 END, e.h = 0 OR e.f AND l.token IS NULL,
				false, e.o, false, 0, `+d.stamp+`, CASE WHEN `+claimed+` THEN e.t ELSE '' END, '', e.b
			FROM `+d.given(claims)+` LEFT JOIN LATERAL (SELECT o.token, o.seq FROM kanava_task AS o
				WHERE o.lane_hash = e.h AND o.lane_hash <> 0 AND o.dead = FALSE ORDER BY o.seq DESC LIMIT 1) AS l ON true WHERE true
			ON CONFLICT (hash) DO NOTHING RETURNING seq, token <> ''`)
		// Locked in an order that cannot close a circle.
		s.release = d.rowStatement(releases, `UPDATE kanava_task AS w SET until = 0, token = '' WHERE w.seq IN (
			SELECT o.seq FROM `+d.given(releases)+` CROSS JOIN kanava_task AS o WHERE `+ofOwner("o")+` ORDER BY o.seq FOR UPDATE OF o)`)
		s.count, s.workOf, s.peek, s.lease, s.putInPlace = "", "", claimForms{}, rowStatement{}, rowStatement{}
	}
	for _, text := range s.texts() {
		*text = d.text(*text)
	}
	return &s
}

// texts are the statements but those that change or look up rows, and those behind List.
func (s *statements) texts() []*string {
	return []*string{
		&s.forget, &s.newest, &s.refile,
		&s.claim.all, &s.claim.groups, &s.claimAlone.all, &s.claimAlone.groups, &s.peek.all, &s.peek.groups,
		&s.workOf, &s.workByID, &s.backlog, &s.survey, &s.workInLane[0], &s.workInLane[1], &s.workInQueue[0], &s.workInQueue[1],
		&s.count, &s.lock, &s.guard, &s.clock, &s.mark,
		&s.changes.tell, &s.changes.follow, &s.changes.latest, &s.changes.transaction, &s.changes.old, &s.changes.forgetUpTo, &s.changes.dropUpTo,
	}
}

// byRow are the statements that change or look up rows.
func (s *statements) byRow() []*rowStatement {
	return []*rowStatement{
		&s.stale, &s.putNew, &s.putOld, &s.putInPlace, &s.add, &s.exceeded, &s.deleteRecords, &s.versions, &s.get,
		&s.findWork, &s.insertWork, &s.insertClaimed, &s.replaceWork,
		&s.start, &s.done, &s.later, &s.bury, &s.replay, &s.drop, &s.release, &s.leases,
		&s.busy, &s.promote, &s.fixLanes, &s.lease,
		&s.findSeen, &s.insertSeen, &s.mustQueue,
		&s.search.drop, &s.search.put, &s.search.putAgain,
	}
}
