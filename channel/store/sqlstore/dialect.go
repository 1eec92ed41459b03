package sqlstore

import (
	"fmt"
	"strings"
)

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
	// oneByOne says that a rowStatement gets one row after the other, and that parameters are
	// ?1 and not $1.
	oneByOne bool
	// rows reads the JSON array $1 of objects as table e; given what a rowStatement is given.
	rows, given func(list string) string
	// arrays says that given are arrays, one for each column.
	arrays bool
	// perGroup selects seq and ready from work c that fulfils a condition on w, for each
	// group g.value in $6.
	perGroup func(condition string) string
	// byGroup makes a statement that looks for living work of one group go by the index of
	// groups. SQLite, which knows nothing about what is in the tables, takes the index of a
	// queue for as good, and would read the whole backlog of one channel for each other one.
	byGroup string
	// now is the present in microseconds since 1970 by the database's clock. stamp is the same
	// in a rowStatement; on SQLite it is the last parameter.
	now, stamp string
	// claimable is the latest time at which work became ready that a claim may take: that of
	// the caller, or the database's present if it is later.
	claimable string
	// seen is the latest time at which work that a question sees became ready without a Due: the caller's present $2
	// or, if it is later, the database's when the question looks, and not when it was put.
	seen string
	// mark reads the highest Seq that was given out.
	mark string
	// present is the clock that leases go by: $2, the caller's, or the database's.
	present string
	// heldFrom is the same for work that is claimed as it is enqueued: PostgreSQL.
	heldFrom string
	// latest is the time e.d of a caller, or the database's present if it is later.
	latest string
	// inPlace has what is looked up come in the order in which it was given.
	inPlace string
	// skipLocked makes claimants pass over what others are claiming just now; lockWork
	// keeps others from changing what was found by its ID, in an order that cannot close a circle.
	skipLocked, lockWork string
	// forget removes up to $2 of the IDs that were seen before $1.
	forget string
}

// text words a statement for the engine. SQLite plans a statement anew each time a parameter is
// bound that stands alone behind LIMIT, since its plan may go by the value: as long again as
// the statement itself takes.
func (d *dialect) text(statement string) string {
	if d.oneByOne {
		statement = strings.ReplaceAll(statement, "LIMIT $", "LIMIT 0 + $")
		return strings.ReplaceAll(statement, "$", "?")
	}
	return statement
}

const sqliteByGroup = " INDEXED BY kanava_task_group"

// sqliteDialect words statements for SQLite. each is the function that takes a JSON
// array apart: jsonb_each parses each row once instead of once per column, but is new
// in SQLite 3.51.
func sqliteDialect(each string) *dialect {
	const now = "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"
	return &dialect{
		oneByOne: true,
		rows:     sqliteRows(each),
		given:    func(string) string { return "" },
		perGroup: func(condition string) string {
			return `SELECT c.seq FROM json_each($6) AS g CROSS JOIN kanava_task AS c
				WHERE c.seq IN (SELECT w.seq FROM kanava_task AS w` + sqliteByGroup + ` WHERE ` + condition + `)`
		},
		byGroup:   sqliteByGroup,
		now:       now,
		stamp:     "e.now",
		claimable: "$8",
		present:   "$2",
		seen:      "(SELECT max($2, " + now + " + 1000))", // this clock knows milliseconds
		mark:      "SELECT seq FROM kanava_counter",
		latest:    "max(e.d, e.now)",
		forget:    `DELETE FROM kanava_seen WHERE hash IN (SELECT n.hash FROM kanava_seen AS n WHERE n.seen < $1 ORDER BY n.seen LIMIT $2)`,
	}
}

const postgresNow = "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000000 AS bigint)"

// postgresDialect words statements for PostgreSQL, whose clock all processes share. Leases
// go by it unless callersClock. arrays says that a rowStatement is given an array for each column.
func postgresDialect(callersClock, arrays bool) *dialect {
	present, heldFrom := postgresNow, postgresNow
	if callersClock {
		present, heldFrom = "CAST($2 AS bigint)", "e.n"
	}
	given := postgresRows
	if arrays {
		given = postgresArrays
	}
	return &dialect{
		rows:   postgresRows,
		given:  given,
		arrays: arrays,
		perGroup: func(condition string) string {
			return `SELECT c.seq FROM ` + few("*", "json_array_elements_text(CAST($6 AS json))", "value, place") + ` AS g CROSS JOIN LATERAL
				(SELECT w.seq, w.ready FROM kanava_task AS w WHERE ` + condition + `) AS c`
		},
		now:        postgresNow,
		stamp:      postgresNow,
		claimable:  "GREATEST(CAST($2 AS bigint), " + postgresNow + ")",
		present:    present,
		seen:       "(SELECT GREATEST(CAST($2 AS bigint), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)))",
		heldFrom:   heldFrom,
		mark:       "SELECT last_value FROM kanava_seq",
		inPlace:    " ORDER BY e.place",
		skipLocked: " FOR UPDATE SKIP LOCKED",
		lockWork:   " ORDER BY w.seq FOR UPDATE OF w",
		latest:     "GREATEST(e.d, " + postgresNow + ")",
		forget: `DELETE FROM kanava_seen WHERE ctid = ANY (ARRAY(SELECT n.ctid FROM kanava_seen AS n
			WHERE n.seen < $1 ORDER BY n.seen LIMIT $2 FOR UPDATE SKIP LOCKED))`,
	}
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

// postgresRows reads a JSON array of objects in PostgreSQL.
func postgresRows(list string) string {
	names := ""
	for _, c := range columns(list) {
		names += c.name + ", "
	}
	return few("*", "json_to_recordset(CAST($1 AS json)) AS ("+strings.NewReplacer(" hash", " uuid", " document", " text").Replace(list)+")", names+"place") + " AS e"
}

// postgresArrays reads the parameters, an array for each column. Hashes are in hexadecimal.
func postgresArrays(list string) string {
	var wanted, names, arrays strings.Builder
	for i, c := range columns(list) {
		if i > 0 {
			arrays.WriteString(", ")
		}
		kind, as := c.kind, "f."+c.name
		switch kind {
		case "document":
			kind = "text"
		case "hash":
			kind, as = "text", "CAST(f."+c.name+" AS uuid) AS "+c.name
		}
		fmt.Fprintf(&arrays, "CAST($%d AS %s[])", i+1, kind)
		names.WriteString(c.name + ", ")
		wanted.WriteString(as + ", ")
	}
	return few(wanted.String()+"f.place", "unnest("+arrays.String()+")", names.String()+"place") + " AS e"
}

// few selects what is wanted from a function of PostgreSQL as a table f with the given columns, the
// last being place. The planner takes functions like these for a hundred rows, and as long as our
// tables are small and unknown to it, it would rather read them whole than look a
// hundred rows up in an index; drivers keep such a plan for the life of a connection,
// during which the table may grow to millions. A range of places that says nothing
// makes it expect one row, so that it looks rows up from the beginning.
func few(wanted, function, columns string) string {
	return "(SELECT " + wanted + " FROM ROWS FROM (" + function + ") WITH ORDINALITY AS f (" + columns + ") WHERE f.place BETWEEN 1 AND 2147483647)"
}
