package sqlstore

import "strings"

// Dialect says which engine the database is. The zero value is none and is refused.
type Dialect int

// The engines.
const (
	// SQLite is SQLite 3.51.3 or later, in WAL mode.
	SQLite Dialect = iota + 1
	// PostgreSQL is PostgreSQL 13 or later, at isolation level READ COMMITTED.
	PostgreSQL
)

// String returns "SQLite" or "PostgreSQL".
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "SQLite"
	case PostgreSQL:
		return "PostgreSQL"
	}
	return "unknown dialect"
}

// dialect is what differs between the engines in the wording of statements.
type dialect struct {
	// rows reads the JSON array $1 of objects as table e; each what a statement is to change.
	rows, each func(list string) string
	// intList reads the lanes that a statement is to change as g (value).
	intList string
	// perGroup selects seq and ready from work c that fulfils a condition on w, for each
	// group g.value in $6.
	perGroup func(condition string) string
	// byGroup makes a statement that looks for living work of one group go by the index of
	// groups. SQLite, which knows nothing about what is in the tables, takes the index of a
	// queue for as good, and would read the whole backlog of one channel for each other one.
	byGroup string
	// now is the present in microseconds since 1970 by the database's clock. stampedNow is
	// the same in a statement that reads each(list + stamp).
	now, stampedNow, stamp string
	// claimable is the latest time at which work became ready that a claim may take: that of
	// the caller, or the database's present if it is later.
	claimable string
	// mark reads the highest Seq that was given out.
	mark string
	// present is the clock that leases go by: $2, the caller's, or the database's.
	present string
	// heldFrom is the same for work that is claimed as it is enqueued, and heldSeqs has such a
	// statement say which was.
	heldFrom, heldSeqs string
	// insert and update begin statements that need not be undone alone.
	insert, update string
	// hashText is n.hash in hexadecimal.
	hashText string
	// skipLocked makes claimants pass over what others are claiming just now; lockNames
	// keeps others from giving an ID a new meaning.
	skipLocked, lockNames string
	// latest is the time e.d of a caller, or the database's present if it is later; inOrder locks
	// work o in an order that cannot close a circle.
	latest, inOrder string
	// question says that parameters are ?1 and not $1.
	question bool
}

// text words a statement for the engine. SQLite plans a statement anew each time a parameter is
// bound that stands alone behind LIMIT, since its plan may go by the value: as long again as
// the statement itself takes.
func (d *dialect) text(statement string) string {
	if d.question {
		statement = strings.ReplaceAll(statement, "LIMIT $", "LIMIT 0 + $")
		return strings.ReplaceAll(statement, "$", "?")
	}
	return statement
}

const sqliteByGroup = " INDEXED BY kanava_work_group"

// sqliteDialect words statements for SQLite. each is the function that takes a JSON
// array apart: jsonb_each parses each row once instead of once per column, but is new
// in SQLite 3.51.
func sqliteDialect(each string) *dialect {
	return &dialect{
		rows:    sqliteRows(each),
		each:    sqliteEach,
		intList: "(SELECT ? AS value) AS g",
		perGroup: func(condition string) string {
			return `SELECT c.seq FROM json_each($6) AS g CROSS JOIN kanava_work AS c
				WHERE c.seq IN (SELECT w.seq FROM kanava_work AS w` + sqliteByGroup + ` WHERE ` + condition + `)`
		},
		byGroup:    sqliteByGroup,
		now:        "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
		stampedNow: "e.now",
		stamp:      ", now bigint",
		claimable:  "$8",
		present:    "$2",
		heldFrom:   "e.n",
		mark:       "SELECT seq FROM kanava_counter",
		insert:     "INSERT OR FAIL",
		update:     "UPDATE OR FAIL",
		hashText:   "lower(hex(n.hash))",
		question:   true,
		latest:     "max(e.d, e.now)",
	}
}

const postgresNow = "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000000 AS bigint)"

// postgresDialect words statements for PostgreSQL, whose clock all processes share. Leases
// go by it unless callersClock.
func postgresDialect(callersClock bool) *dialect {
	present, heldFrom := postgresNow, postgresNow
	if callersClock {
		present, heldFrom = "CAST($2 AS bigint)", "e.n"
	}
	return &dialect{
		rows:    postgresRows,
		each:    postgresRows,
		intList: "(SELECT CAST(v.value AS bigint) AS value FROM " + few("json_array_elements_text(CAST($1 AS json))", "value, place") + " AS v) AS g",
		perGroup: func(condition string) string {
			return `SELECT c.seq FROM ` + few("json_array_elements_text(CAST($6 AS json))", "value, place") + ` AS g CROSS JOIN LATERAL
				(SELECT w.seq, w.ready FROM kanava_work AS w WHERE ` + condition + `) AS c`
		},
		now:        postgresNow,
		stampedNow: postgresNow,
		claimable:  "GREATEST(CAST($2 AS bigint), " + postgresNow + ")",
		present:    present,
		heldFrom:   heldFrom,
		heldSeqs:   " RETURNING w.seq",
		mark:       "SELECT last_value FROM kanava_seq",
		insert:     "INSERT",
		update:     "UPDATE",
		hashText:   "replace(CAST(n.hash AS text), '-', '')",
		skipLocked: " FOR UPDATE SKIP LOCKED",
		lockNames:  " FOR UPDATE OF n",
		latest:     "GREATEST(e.d, " + postgresNow + ")",
		inOrder:    " ORDER BY o.seq FOR UPDATE OF o",
	}
}
