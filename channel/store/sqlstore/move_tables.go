package sqlstore

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// A moving is a table that a move copies, in the order of its key.
type moving struct {
	name  string
	table string // without its prefix
	n     *int64 // how many rows the target has
	// last reads the largest key of the target into key, which begins as one before all others.
	last string
	key  []any
	// rows reads what is behind a key from the source.
	rows string
	// scan reads a row, and insert writes what it returned: a value for each column of the statement.
	scan   func(Row) (values, error)
	insert rowStatement
	// then is done after each page that was written.
	then []string
	// sums has a row of four numbers that are the same in both.
	sums string
}

// A moveDialect words what a move needs of an engine.
type moveDialect struct {
	*dialect
	engine Dialect
	file   []string // what SQLite does with entries
}

func newMoveDialect(s *Store) moveDialect {
	if s.dialect == PostgreSQL {
		return moveDialect{postgresDialect(false, false), PostgreSQL, nil}
	}
	file := []string{s.sql.search.fileWords, s.sql.search.file}
	return moveDialect{sqliteDialect("json_each"), SQLite, slices.DeleteFunc(file, func(text string) bool { return text == "" })}
}

func (m *move) tables() []moving {
	from, to := newMoveDialect(m.from), newMoveDialect(m.to)
	return []moving{recordsTable(from, to, &m.moved.Records), workTable(from, to, &m.moved.Work), seenTable(from, to, &m.moved.Names), entriesTable(from, to, &m.moved.Entries)}
}

func recordsTable(from, to moveDialect, n *int64) moving {
	return moving{
		name: "records", table: "record", n: n, key: []any{new(string), new(string)},
		last: `SELECT kind, key FROM kanava_record ORDER BY kind DESC, key DESC LIMIT 1`,
		rows: from.text(`SELECT ` + recordColumns + ` FROM kanava_record AS r WHERE (r.kind, r.key) > ($1, $2) ORDER BY r.kind, r.key`),
		scan: func(row Row) (values, error) {
			var kind, key, parent string
			var sort, version, n int64
			var body sql.NullString
			err := row.Scan(&kind, &key, &parent, &sort, &version, &n, &body)
			return values{kind, key, parent, sort, version, n, nullable(body)}, err
		},
		insert: to.insertRows("kanava_record (kind, key, parent, sort, version, n, body)",
			"k text, y text, p text, s bigint, v bigint, n bigint, b document", `e.k, e.y, e.p, e.s, e.v, e.n, e.b`, ""),
		sums: `SELECT count(*), COALESCE(sum(version), 0), COALESCE(sum(n), 0), COALESCE(sum(length(body)), 0) FROM kanava_record`,
	}
}

// workTable leaves the leases behind: nobody works any more.
func workTable(from, to moveDialect, n *int64) moving {
	hexadecimal, _ := hashesOf(from)
	return moving{
		name: "work", table: "task", n: n, key: []any{new(int64)},
		last: `SELECT seq FROM kanava_task ORDER BY seq DESC LIMIT 1`,
		rows: from.text(`SELECT ` + workColumns + `, w.ready, w.head, ` + hexadecimal("w.hash") + ` FROM kanava_task AS w WHERE w.seq > $1 ORDER BY w.seq`),
		scan: func(row Row) (values, error) {
			var queue, id, lane, group, reason, text string
			var seq, laneHash, due, tries, enqueued, ready int64
			var once, started, dead, head bool
			var body sql.NullString
			err := row.Scan(&seq, &queue, &id, &lane, &laneHash, &group, &due, &once, &started, &tries, &dead, &reason, &enqueued, &body, &ready, &head, &text)
			if err != nil {
				return nil, err
			}
			of, err := parseHash(text)
			return values{seq, queue, id, lane, laneHash, group, due, once, started, tries, dead, reason, enqueued, nullable(body), ready, head, of}, err
		},
		insert: to.insertRows(`kanava_task
			(seq, queue, id, lane, lane_hash, grp, due, once, started, tries, dead, reason, enqueued, body, ready, head, hash, until, token)`,
			`s bigint, q text, i text, l text, h bigint, g text, d bigint, o boolean, a boolean, t bigint, x boolean, z text, c bigint, b document, r bigint, f boolean, k hash`,
			`e.s, e.q, e.i, e.l, e.h, e.g, e.d, e.o, e.a, e.t, e.x, e.z, e.c, e.b, e.r, e.f, e.k, 0, ''`, ""),
		sums: `SELECT count(*), COALESCE(sum(seq), 0), COALESCE(sum(tries), 0), COALESCE(sum(length(body)), 0) FROM kanava_task`,
	}
}

func seenTable(from, to moveDialect, n *int64) moving {
	hexadecimal, given := hashesOf(from)
	ofTarget, _ := hashesOf(to)
	none := strings.Repeat("0", hex.EncodedLen(len(hash{})))
	return moving{
		name: "names", table: "seen", n: n, key: []any{&none},
		last: `SELECT ` + ofTarget("n.hash") + ` FROM kanava_seen AS n ORDER BY n.hash DESC LIMIT 1`,
		rows: from.text(`SELECT ` + hexadecimal("n.hash") + `, n.seen FROM kanava_seen AS n WHERE n.hash > ` + given + ` ORDER BY n.hash`),
		scan: func(row Row) (values, error) {
			var text string
			var seen int64
			if err := row.Scan(&text, &seen); err != nil {
				return nil, err
			}
			of, err := parseHash(text)
			return values{of, seen}, err
		},
		insert: to.insertRows("kanava_seen (hash, seen)", "h hash, t bigint", `e.h, e.t`, ""),
		sums:   `SELECT count(*), COALESCE(sum(seen), 0), 0, 0 FROM kanava_seen`,
	}
}

// hashesOf words how an engine writes a hash in hexadecimal, and the reverse for $1.
func hashesOf(d moveDialect) (hexadecimal func(column string) string, given string) {
	if d.engine == PostgreSQL {
		return func(column string) string { return `encode(uuid_send(` + column + `), 'hex')` }, `CAST($1 AS uuid)`
	}
	return func(column string) string { return `hex(` + column + `)` }, `unhex($1)`
}

func parseHash(text string) (of hash, err error) {
	bytes, err := hex.DecodeString(text)
	if err == nil && len(bytes) != len(of) {
		err = errors.New("a hash is not of the right length")
	}
	copy(of[:], bytes)
	return of, err
}

// entriesTable has entries read with their words, as a JSON array, and written as the other engine keeps them.
func entriesTable(from, to moveDialect, n *int64) moving {
	m := moving{
		name: "entries", table: "entry", n: n, key: []any{new(int64)},
		last: `SELECT id FROM kanava_entry ORDER BY id DESC LIMIT 1`,
		sums: `SELECT count(*), COALESCE(sum(id), 0), 0, 0 FROM kanava_entry`,
	}
	words := `e.said`
	if from.engine == PostgreSQL {
		words = `CAST(array_to_json(tsvector_to_array(e.words)) AS text)`
	}
	m.rows = from.text(`SELECT e.id, e.kind, e.key, e.grp, ` + words + ` FROM kanava_entry AS e WHERE e.id > $1 ORDER BY e.id`)
	const entry = "i bigint, k text, y text, g text, w text"
	m.insert = to.insertRows("kanava_entry (id, kind, key, grp, said, filed)", entry, `e.i, e.k, e.y, e.g, e.w, FALSE`, "")
	if to.engine == PostgreSQL {
		m.insert = to.insertRows("kanava_entry (id, kind, key, grp, words)", entry, `e.i, e.k, e.y, e.g, CAST(e.w AS tsvector)`, "")
	}
	m.then = to.file
	m.scan = func(row Row) (values, error) {
		var id int64
		var text string
		var e indexed
		if err := row.Scan(&id, &e.kind, &e.key, &e.group, &text); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(text, "[") {
			e.words = strings.Fields(text)
		} else if err := json.Unmarshal([]byte(text), &e.words); err != nil {
			return nil, err
		}
		e.words = withoutScope(e.words)
		if to.engine == PostgreSQL {
			return append(values{id}, e.lexemes()...), nil
		}
		return append(values{id}, e.row()...), nil
	}
	return m
}

// withoutScope returns the words that are some of a text, as PostgreSQL keeps others with them.
func withoutScope(words []string) []string {
	var out []string
	for _, w := range words {
		if !strings.HasPrefix(w, " ") {
			out = append(out, w)
		}
	}
	return out
}

func nullable(s sql.NullString) any {
	if !s.Valid {
		return nil
	}
	return s.String
}
