package sqlstore

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A rowStatement changes rows or looks them up, each by columns that are given to it; in the
// text they are those of e. PostgreSQL gets all rows at a time, since each statement costs a
// round trip. SQLite gets one row after the other, as plain parameters: nothing is a round trip
// away there, and a join with what is given would be a table of its own, made and thrown away
// each time (measured: half of what a transaction costs).
type rowStatement struct {
	text string
	// wide, if not empty, is the same for so many rows in a single statement: SQLite, where only
	// counts whether there is an answer.
	wide    string
	columns []column
	stamped bool // SQLite: the present is the last parameter
}

// column is a column of e: its name, of one letter, and its type, which is bigint, boolean, text,
// hash or document, a text that may be NULL.
type column struct{ name, kind string }

func columns(list string) []column {
	var out []column
	for part := range strings.SplitSeq(list, ", ") {
		name, kind, _ := strings.Cut(part, " ")
		out = append(out, column{name, kind})
	}
	return out
}

// insertRows words a statement that inserts expressions over e. What follows may say what to do
// about rows that are there.
func (d *dialect) insertRows(into, list, expressions, then string) rowStatement {
	if d.oneByOne {
		return d.rowStatement(list, "INSERT OR FAIL INTO "+into+" VALUES ("+expressions+") "+then)
	}
	return d.rowStatement(list, "INSERT INTO "+into+" SELECT "+expressions+" FROM "+d.given(list)+" WHERE true "+then)
}

// updateRows words a statement that changes the rows of a table for which the condition on e holds.
func (d *dialect) updateRows(table, list, set, condition string) rowStatement {
	if d.oneByOne {
		return d.rowStatement(list, "UPDATE OR FAIL "+table+" SET "+set+" WHERE "+condition)
	}
	return d.rowStatement(list, "UPDATE "+table+" SET "+set+" FROM "+d.given(list)+" WHERE "+condition)
}

// deleteRows words a statement that removes them.
func (d *dialect) deleteRows(table, list, condition string) rowStatement {
	if d.oneByOne {
		return d.rowStatement(list, "DELETE FROM "+table+" WHERE "+condition)
	}
	return d.rowStatement(list, "DELETE FROM "+table+" USING "+d.given(list)+" WHERE "+condition)
}

// lookUp words a statement that selects from other tables by e: first the place of e among what
// was given, from 1, then the columns.
func (d *dialect) lookUp(list, from string, columns ...string) rowStatement {
	if d.oneByOne {
		return d.rowStatement(list, "SELECT "+strings.Join(append([]string{"1"}, columns...), ", ")+" FROM "+from)
	}
	return d.rowStatement(list, "SELECT "+strings.Join(append([]string{"e.place"}, columns...), ", ")+" FROM "+d.given(list)+" CROSS JOIN "+from)
}

// parameters is how many a statement of PostgreSQL has for the rows that it is given.
func (d *dialect) parameters(statement *rowStatement) int {
	if d.arrays {
		return len(statement.columns)
	}
	return 1
}

// width is for how many rows rowStatement.wide is.
const width = 8

// anyOf words a statement that has a row if the condition on e holds for any that is given.
func (d *dialect) anyOf(list, condition string) rowStatement {
	if d.oneByOne {
		s := d.rowStatement(list, "SELECT 1 WHERE "+condition)
		every := make([]string, width)
		for i := range every {
			every[i] = numbered("("+condition+")", s.columns, i*len(s.columns))
		}
		s.wide = "SELECT 1 WHERE " + strings.Join(every, " OR ")
		return s
	}
	return d.rowStatement(list, "SELECT 1 FROM "+d.given(list)+" WHERE "+condition+" LIMIT 1")
}

var columnOfE = regexp.MustCompile(`\be\.([a-z]+)\b`)

// rowStatement makes parameters of the columns of e where rows come one by one.
func (d *dialect) rowStatement(list, text string) rowStatement {
	s := rowStatement{text: text, columns: columns(list)}
	if !d.oneByOne {
		return s
	}
	s.stamped = strings.Contains(text, d.stamp)
	s.text = numbered(text, append(slices.Clip(s.columns), column{name: "now"}), 0)
	return s
}

// numbered makes parameters of the columns of e, the first being the one after those before.
func numbered(text string, columns []column, before int) string {
	return columnOfE.ReplaceAllStringFunc(text, func(e string) string {
		i := slices.IndexFunc(columns, func(c column) bool { return c.name == e[2:] })
		return fmt.Sprintf("?%d", before+i+1)
	})
}
