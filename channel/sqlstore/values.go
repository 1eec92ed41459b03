package sqlstore

import (
	"encoding/hex"
	"strings"
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
