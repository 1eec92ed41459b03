package sqlstore

import (
	"context"
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

// change runs a statement for all rows. then, if not nil, hears how many it changed.
func (t *transaction) change(then func(changed int) error, statement *rowStatement, rows []values) {
	changed, left := 0, 0
	count := func(n int) error {
		changed += n
		if left--; left == 0 && then != nil {
			return then(changed)
		}
		return nil
	}
	all := t.statementsFor(statement, rows)
	left = len(all)
	for _, s := range all {
		if statement.stamped {
			s.Args = append(s.Args, t.present())
		}
		s.Done = count
		t.do(s)
	}
}

// lookUp runs a statement that looks rows up. scan reads the place and the columns; the row is
// that with the index before + place - 1.
func (t *transaction) lookUp(scan func(before int, row Row) error, statement *rowStatement, rows []values) {
	for i, s := range t.statementsFor(statement, rows) {
		s.Row = func(row Row) error { return scan(i, row) }
		t.do(s)
	}
}

// ask does so outside of a transaction.
func (s *Store) ask(ctx context.Context, scan func(before int, row Row) error, statement *rowStatement, rows []values) error {
	for i, st := range s.statementsFor(statement, rows) {
		if err := s.each(ctx, func(row Row) error { return scan(i, row) }, st.SQL, st.Args...); err != nil {
			return err
		}
	}
	return nil
}

// statementsFor gives rows to a statement, one by one or all together.
func (s *Store) statementsFor(statement *rowStatement, rows []values) []*Statement {
	switch {
	case len(rows) == 0:
		return nil
	case !s.oneByOne():
		return []*Statement{{SQL: statement.text, Args: s.given(statement.columns, rows)}}
	}
	var all []*Statement
	for statement.wide != "" && len(rows) >= width {
		all = append(all, &Statement{SQL: statement.wide, Args: parameters(slices.Concat(rows[:width]...))})
		rows = rows[width:]
	}
	return append(all, rowsOf(rows, func(row *values) *Statement { return &Statement{SQL: statement.text, Args: parameters(*row)} })...)
}

// given are the parameters of a statement of PostgreSQL that takes rows.
func (s *Store) given(columns []column, rows []values) []any {
	if s.driver != nil {
		return arrays(columns, rows)
	}
	return []any{jsonRows(columns, rows)}
}

// arrays are the parameters of a statement that takes its columns as arrays.
func arrays(columns []column, rows []values) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		switch c.kind {
		case "bigint":
			out[i] = columnOf[int64](rows, i)
		case "boolean":
			out[i] = columnOf[bool](rows, i)
		case "hash":
			out[i] = rowsOf(rows, func(row *values) string { h := (*row)[i].(hash); return hex.EncodeToString(h[:]) })
		case "text":
			out[i] = columnOf[string](rows, i)
		case "document":
			out[i] = rowsOf(rows, func(row *values) *string {
				if doc, ok := (*row)[i].(string); ok {
					return &doc
				}
				return nil
			})
		}
	}
	return out
}

func columnOf[T any](rows []values, i int) []T {
	return rowsOf(rows, func(row *values) T { return (*row)[i].(T) })
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

// rowsOf makes something of each row.
func rowsOf[T, R any](rows []T, of func(*T) R) []R {
	out := make([]R, len(rows))
	for i := range rows {
		out[i] = of(&rows[i])
	}
	return out
}

// hashRows are the rows of hashes, in the order in which everybody touches them.
func hashRows(hashes []hash) []values {
	return rowsOf(slices.SortedFunc(slices.Values(hashes), compareHashes), func(h *hash) values { return values{*h} })
}
