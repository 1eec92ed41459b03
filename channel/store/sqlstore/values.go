package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// values is what a rowStatement is given of one row, in the order of its columns: string (and
// nil, for a document that is null), int64, bool or hash.
type values []any

// document is the value of a body.
func document(doc []byte) any {
	if doc == nil {
		return nil
	}
	return storableText(string(doc))
}

// storableText is s without what PostgreSQL cannot store: bytes that are not UTF-8 become U+FFFD,
// as every reader of JSON in Go would have it, and so does NUL, which no valid JSON has.
func storableText(s string) string {
	if storable(s) {
		return s
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

// oneByOne says that statements take the rows they change one by one.
func (s *Store) oneByOne() bool { return s.dialect == SQLite }

// change runs a statement for all rows and returns how many it changed.
func (t *transaction) change(statement *rowStatement, rows []values) (changed int, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	if !t.oneByOne() {
		return t.exec(statement.text, jsonRows(statement.columns, rows))
	}
	var stmt *sql.Stmt
	if stmt = t.prepared(statement.text); stmt != nil {
		stmt = t.tx.StmtContext(t.ctx, stmt)
	} else if stmt, err = t.tx.PrepareContext(t.ctx, statement.text); err != nil {
		return 0, err
	}
	defer func() { _ = stmt.Close() }()
	for i := range rows {
		args := parameters(rows[i])
		if statement.stamped {
			args = append(args, t.present())
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

// lookUp runs a statement that looks rows up. scan reads the place and the columns; the row is
// that with the index before + place - 1.
func (t *transaction) lookUp(scan func(before int, rows *sql.Rows) error, statement *rowStatement, rows []values) error {
	if len(rows) == 0 {
		return nil
	}
	return eachGiven(statement, rows, t.oneByOne(), scan, t.query)
}

// ask does so outside of a transaction.
func (s *Store) ask(ctx context.Context, scan func(before int, rows *sql.Rows) error, statement *rowStatement, rows []values) error {
	if len(rows) == 0 {
		return nil
	}
	return eachGiven(statement, rows, s.oneByOne(), scan, func(scan func(*sql.Rows) error, text string, args ...any) error {
		return s.each(ctx, scan, text, args...)
	})
}

func eachGiven(statement *rowStatement, rows []values, oneByOne bool, scan func(int, *sql.Rows) error,
	query func(scan func(*sql.Rows) error, text string, args ...any) error) error {
	if !oneByOne {
		return query(func(r *sql.Rows) error { return scan(0, r) }, statement.text, jsonRows(statement.columns, rows))
	}
	for i := range rows {
		if err := query(func(r *sql.Rows) error { return scan(i, r) }, statement.text, parameters(rows[i])...); err != nil {
			return err
		}
	}
	return nil
}

// parameters are values as a driver takes them.
func parameters(row values) []any {
	out := make([]any, len(row), len(row)+1)
	copy(out, row)
	for i, v := range out {
		if h, ok := v.(hash); ok {
			out[i] = h[:]
		}
	}
	return out
}

// jsonRows joins rows to the JSON array that is a statement's parameter.
func jsonRows(columns []column, rows []values) string {
	size := 2
	for _, row := range rows {
		for _, v := range row {
			s, _ := v.(string)
			size += len(s)*9/8 + 24
		}
	}
	out := append(make([]byte, 0, size), '[')
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '{')
		for j, v := range row {
			if v == nil {
				continue // a missing field reads as NULL
			}
			if out[len(out)-1] != '{' {
				out = append(out, ',')
			}
			out = append(append(append(out, '"'), columns[j].name...), '"', ':')
			switch v := v.(type) {
			case string:
				out = appendString(out, v)
			case int64:
				out = strconv.AppendInt(out, v, 10)
			case bool:
				out = strconv.AppendBool(out, v)
			case hash:
				out = append(hex.AppendEncode(append(out, '"'), v[:]), '"')
			}
		}
		out = append(out, '}')
	}
	return string(append(out, ']'))
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
func hashRows(hashes []hash) []values {
	return rowsOf(slices.SortedFunc(slices.Values(hashes), compareHashes), func(h *hash) values { return values{*h} })
}
