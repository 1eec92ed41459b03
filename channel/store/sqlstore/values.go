package sqlstore

import (
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// values are one row of what a statement changes. PostgreSQL gets all rows of a statement
// as one JSON array, since each statement costs a round trip. SQLite gets them one by one:
// nothing is a round trip away there, and a statement that changes many rows by way of
// functions keeps a journal of every page it touches (measured: half of the time).
//
// Fields are named by one letter, which the statements in statement.go read; on SQLite it
// is their order that counts.
type values struct {
	byRow bool
	json  object
	args  []any
}

// newValues makes room for a row of so many bytes and fields.
func newValues(byRow bool, size, fields int) values {
	if byRow {
		return values{byRow: true, args: make([]any, 0, fields)}
	}
	return values{json: newObject(size)}
}

func (v *values) int(field byte, n int64) {
	if v.byRow {
		v.args = append(v.args, n)
		return
	}
	v.json.int(field, n)
}

func (v *values) bool(field byte, b bool) {
	if v.byRow {
		v.args = append(v.args, b)
		return
	}
	v.json.bool(field, b)
}

func (v *values) string(field byte, s string) {
	if v.byRow {
		v.args = append(v.args, storableText(s))
		return
	}
	v.json.string(field, s)
}

// body is a document, or null.
func (v *values) body(field byte, doc []byte) {
	switch {
	case !v.byRow:
		v.json.body(field, doc)
	case doc == nil:
		v.args = append(v.args, nil)
	default:
		v.args = append(v.args, storableText(string(doc)))
	}
}

// hash is a hash in hexadecimal.
func (v *values) hash(field byte, hash string) {
	if !v.byRow {
		v.json.string(field, hash)
		return
	}
	b, _ := hex.DecodeString(hash) // nameHash made it
	v.args = append(v.args, b)
}

// with returns a copy, so that more can be added to it each time a transaction is tried.
func (v *values) with() values {
	return values{v.byRow, v.json[:len(v.json):len(v.json)], v.args[:len(v.args):len(v.args)]}
}

// storableText is s as appendString would have it read back.
func storableText(s string) string {
	if utf8.ValidString(s) {
		return strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == 0 {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// byRow says that statements take the rows they change one by one.
func (s *Store) byRow() bool { return s.dialect == SQLite }

// change runs a statement that changes rows, for all of them together or for one after the
// other, and returns how many it changed.
func (t *transaction) change(statement string, rows []values) (changed int, err error) {
	if !t.byRow() {
		return t.exec(statement, jsonRows(rows))
	}
	var stmt *sql.Stmt
	if stmt = t.prepared(statement); stmt != nil {
		stmt = t.tx.StmtContext(t.ctx, stmt)
	} else if stmt, err = t.tx.PrepareContext(t.ctx, statement); err != nil {
		return 0, err
	}
	defer func() { _ = stmt.Close() }()
	stamped := t.sql.stamped[statement]
	for i := range rows {
		args := rows[i].args
		if stamped {
			args = append(rows[i].with().args, t.present())
		}
		res, err := stmt.ExecContext(t.ctx, args...)
		if err != nil {
			return changed, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return changed, err
		}
		changed += int(n)
	}
	return changed, nil
}

// jsonRows joins rows to the JSON array that is a statement's parameter.
func jsonRows(rows []values) string {
	size := 2
	for i := range rows {
		size += len(rows[i].json) + 2
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteByte('[')
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(rows[i].json)
		b.WriteByte('}')
	}
	b.WriteByte(']')
	return b.String()
}

// present is the time by the clock of this process, which SQLite shares.
func (t *transaction) present() int64 {
	if t.now == 0 {
		t.now = time.Now().UnixMicro()
	}
	return t.now
}

// rowsOf collects the values of rows.
func rowsOf[T any](rows []T, of func(*T) values) []values {
	out := make([]values, len(rows))
	for i := range rows {
		out[i] = of(&rows[i])
	}
	return out
}

// hashRows are the rows of hashes, in the order in which everybody touches them.
func (t *transaction) hashRows(hashes []string) []values {
	return rowsOf(slices.Sorted(slices.Values(hashes)), func(h *string) values {
		v := newValues(t.byRow(), 48, 2)
		v.hash('h', *h)
		return v
	})
}

// jsonHashes are the rows of hashes as a statement reads them that changes none.
func jsonHashes(hashes []string) string {
	return array(slices.Sorted(slices.Values(hashes)), func(dst []byte, h *string) []byte {
		return append(append(append(dst, `{"h":"`...), *h...), `"}`...)
	})
}
