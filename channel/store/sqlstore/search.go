package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/store"
)

var _ store.Searcher = (*Store)(nil)

// searchStatements word what keeps and asks the index. On SQLite entries are filed many at a time, by fileWords and
// file; until then they are looked at one by one, for their words and their keys, and so is every entry for its words
// if there is no index of those. recent looks at the newest ones like this: if a page is full of them, as it is for a
// word that many have, the index, which would go through all that have it, need not be asked. On PostgreSQL find does
// both, and put is followStatements.tell as well.
type searchStatements struct {
	drop, put, putAgain           rowStatement
	fileWords, file, recent, find string
}

// filed is the last entry that was filed on SQLite. Those behind it are few.
const filed = `(SELECT COALESCE((SELECT f.id FROM kanava_entry AS f WHERE +f.filed = TRUE ORDER BY f.id DESC LIMIT 1), 0))`

// newSearchStatements words them. fts says that there is an index of words on SQLite.
func newSearchStatements(d *dialect, fts bool) searchStatements {
	const entry = "k text, y text, g text, w text"
	const found = `SELECT e.key, e.grp, e.id FROM `
	var s searchStatements
	if !d.oneByOne {
		s.drop = d.deleteRows("kanava_entry AS x", "k text, y text", `x.kind = e.k AND x.key = e.y`)
		s.put = d.insertRows("kanava_entry (kind, key, grp, words)", entry, `e.k, e.y, e.g, CAST(e.w AS tsvector)`,
			`ON CONFLICT (kind, key) DO UPDATE SET id = excluded.id, grp = excluded.grp, words = excluded.words`)
		s.put.text = d.telling(&s.put) + s.put.text
		// A word that many have is found among the newest entries, and any other by the index, whatever the
		// server believes of either: it cannot know how many words begin like this.
		s.find = `WITH recent AS MATERIALIZED (
				SELECT n.key, n.grp, n.id FROM (SELECT * FROM kanava_entry AS e WHERE e.id < $2 ORDER BY e.id DESC LIMIT 1000 + 10 * $4) AS n
				WHERE n.kind = $3 AND n.words @@ CAST($1 AS tsquery) ORDER BY n.id DESC LIMIT $4)
			SELECT r.key, r.grp, r.id FROM recent AS r WHERE (SELECT count(*) FROM recent) = $4
			UNION ALL
			SELECT o.key, o.grp, o.id FROM (` + found + `kanava_entry AS e WHERE (SELECT count(*) FROM recent) < $4
				AND e.words @@ CAST($1 AS tsquery) AND e.id < $2 AND e.kind = $3 ORDER BY e.id + 0 DESC LIMIT $4) AS o
			ORDER BY id DESC`
		return s
	}
	const known = `x.id IN (SELECT i.id FROM kanava_entry AS i WHERE i.kind = e.k AND i.key = e.y AND i.filed = TRUE
		UNION ALL SELECT i.id FROM kanava_entry AS i WHERE i.id > ` + filed + ` AND i.key = e.y AND i.kind = e.k)`
	s.drop = d.deleteRows("kanava_entry AS x", "k text, y text", known)
	s.put = d.insertRows("kanava_entry (kind, key, grp, said, filed)", entry, `e.k, e.y, e.g, e.w, FALSE`, "")
	// It moves behind all others, and never to where it was, so that pages neither repeat nor miss anything.
	s.putAgain = d.updateRows("kanava_entry AS x", entry, `id = (SELECT max(m.id) FROM kanava_entry AS m) + 1, grp = e.g, said = e.w, filed = FALSE`, known)
	s.file = `UPDATE OR FAIL kanava_entry SET filed = TRUE WHERE id > ` + filed
	// Read backwards by ID, and not by the index that has the kind.
	s.find = found + `kanava_entry AS e WHERE e.id < ?2 AND +e.kind = ?3 AND NOT EXISTS
		(SELECT 1 FROM json_each(?1 ->> 'w') AS w WHERE instr(e.said, ' ' || w.value) = 0)
		AND (?1 ->> 'g' IS NULL OR e.grp IN (SELECT g.value FROM json_each(?1 ->> 'g') AS g))`
	const newest = ` ORDER BY e.id DESC LIMIT 0 + ?4`
	if !fts {
		s.find += newest
		return s
	}
	// As in the step that made the index; see searchFor, too.
	s.fileWords = `INSERT INTO kanava_words (rowid, words)
		SELECT e.id, replace(e.said, ' ', ' ' || char(97 + (unicode(e.kind) + length(e.kind)) % 26)) || ' 0' || hex(e.grp)
		FROM kanava_entry AS e WHERE e.id > ` + filed + ` ORDER BY e.id`
	s.recent = s.find + ` AND e.id > (SELECT max(m.id) FROM kanava_entry AS m WHERE m.id < ?2) - 1000` + newest
	s.find = `SELECT * FROM (` + s.find + ` AND e.id > ` + filed + newest + `)
		UNION ALL
		SELECT * FROM (` + found + `kanava_words AS w CROSS JOIN kanava_entry AS e ON e.id = w.rowid
			WHERE kanava_words MATCH ?1 ->> 'm' AND w.rowid < ?2 AND e.kind = ?3 ORDER BY w.rowid DESC LIMIT 0 + ?4)
		ORDER BY id DESC LIMIT 0 + ?4`
	return s
}

// meetIndex finds out whether SQLite has an index of words, which is made unless it was built
// without FTS5.
func (s *Store) meetIndex(ctx context.Context) error {
	var tables int
	err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'kanava_words'`).Scan(&tables)
	if err != nil {
		return fmt.Errorf("ask for the index of words: %w", err)
	}
	s.sql.search = newSearchStatements(sqliteDialect("json_each"), tables > 0)
	s.unfiled.Store(filedAtOnce) // a process before may have left some
	return nil
}

// indexed is an entry and what a statement reads of it.
type indexed struct {
	kind, key, group string
	words            []string
	fresh            bool // there was no record before, and so no entry
}

// newIndexed makes the entries of a batch.
func newIndexed(b *store.Batch) []indexed {
	if len(b.Index) == 0 {
		return nil
	}
	fresh := map[store.RecordKey]bool{}
	for i := range b.Put {
		if p := &b.Put[i]; p.Version == 0 {
			fresh[p.ID()] = true
		}
	}
	return rowsOf(b.Index, func(e *store.Entry) indexed {
		return indexed{e.Kind, e.Key, e.Group, e.Words(), fresh[store.RecordKey{Kind: e.Kind, Key: e.Key}]}
	})
}

// id is what the entry takes of a footprint.
func (e *indexed) id() string { return "\x00" + recordID(e.kind, e.key) }

func compareIndexed(a, b indexed) int {
	return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.key, b.key))
}

// Words that no text has: they name kind and group in the index of PostgreSQL.
func kindLexeme(kind string) string   { return " k" + kind }
func groupLexeme(group string) string { return " g" + group }

// filedAtOnce is about how many entries wait to be filed on SQLite: to take up a few costs its index of words nearly
// as much as to take up hundreds, and to look at some hundreds costs a search less than a millisecond.
const filedAtOnce = 256

// note files entries, removes those without words and those of deleted records, and tells changes.
func (t *transaction) note(entries []indexed, deleted []row, changes []store.Change) {
	var drop []values
	var put []indexed
	for _, e := range entries {
		if len(e.words) > 0 {
			put = append(put, e)
		}
		if !e.fresh && len(e.words) == 0 {
			drop = append(drop, values{e.kind, e.key})
		}
	}
	for _, r := range deleted {
		drop = append(drop, values{r.kind, r.key})
	}
	search := &t.sql.search
	t.change(nil, &search.drop, drop)
	if t.dialect == PostgreSQL && len(put) > 0 { // a single statement: each is a round trip
		t.exec(nil, search.put.text, append(t.given(search.put.columns, rowsOf(put, (*indexed).lexemes)), t.present(), tellings(changes))...)
		return
	}
	if len(changes) > 0 {
		t.exec(nil, t.sql.changes.tell, t.present(), tellings(changes))
	}
	for i := range put {
		row := []values{put[i].row()}
		moved := false
		if !put[i].fresh {
			t.change(func(n int) error { moved = n > 0; return nil }, &search.putAgain, row)
		}
		if !moved {
			t.change(nil, &search.put, row)
		}
	}
	// If the transaction comes to nothing the entries of others wait a little longer.
	if len(put) > 0 && t.unfiled.Add(int64(len(put))) >= filedAtOnce {
		t.unfiled.Store(0)
		if search.fileWords != "" {
			t.exec(nil, search.fileWords)
		}
		t.exec(nil, search.file)
	}
}

// row is an entry for SQLite.
func (e *indexed) row() values {
	return values{e.kind, e.key, e.group, " " + strings.Join(e.words, " ")}
}

// lexemes is an entry for PostgreSQL: its words as a tsvector reads them.
func (e *indexed) lexemes() values {
	all := make([]byte, 0, 512)
	for _, w := range e.words { // letters, digits and marks
		all = append(append(append(all, '\''), w...), "' "...)
	}
	all = append(append(all, quoteLexeme(kindLexeme(e.kind))...), ' ')
	return values{e.kind, e.key, e.group, string(append(all, quoteLexeme(groupLexeme(e.group))...))}
}

var lexemeQuotes = strings.NewReplacer(`'`, `''`, `\`, `\\`)

// quoteLexeme writes a lexeme as PostgreSQL reads it in a tsvector or a tsquery.
func quoteLexeme(w string) string { return `'` + lexemeQuotes.Replace(w) + `'` }

// Search implements [store.Searcher].
func (s *Store) Search(ctx context.Context, q store.SearchQuery) ([]store.Hit, error) {
	if err := q.Validate(); err != nil {
		return nil, wrap(ctx, "search", err)
	}
	groups := slices.DeleteFunc(slices.Clone(q.Groups), func(g string) bool { return !storable(g) })
	if !storable(q.Kind) || q.Groups != nil && len(groups) == 0 {
		return nil, wrap(ctx, "search", ctx.Err())
	}
	before := q.Before
	if before == 0 {
		before = math.MaxInt64
	}
	words := s.searchFor(q.Kind, q.Words(), groups)
	find := func(statement string) (hits []store.Hit, err error) {
		err = s.each(ctx, func(row Row) error {
			var h store.Hit
			err := row.Scan(&h.Key, &h.Group, &h.Position)
			hits = append(hits, h)
			return err
		}, statement, words, before, q.Kind, q.Limit)
		return hits, wrap(ctx, "search", err)
	}
	if s.sql.search.recent != "" {
		if hits, err := find(s.sql.search.recent); err != nil || len(hits) == q.Limit {
			return hits, err
		}
	}
	return find(s.sql.search.find)
}

// searchFor words the condition for the engine's index.
func (s *Store) searchFor(kind string, words, groups []string) string {
	if s.dialect == SQLite {
		return matchWords(kind, words, groups)
	}
	query := list(words, " & ", func(w string) string { return quoteLexeme(w) + ":*" }) + " & " + quoteLexeme(kindLexeme(kind))
	if groups != nil {
		query += " & (" + list(groups, " | ", func(g string) string { return quoteLexeme(groupLexeme(g)) }) + ")"
	}
	return query
}

// matchWords is an object: w and g are words and groups, and m is the same for SQLite's index of words.
func matchWords(kind string, words, groups []string) string {
	first, _ := utf8.DecodeRuneInString(kind)
	mark := string('a' + (first+rune(utf8.RuneCountInString(kind)))%26)
	match := list(words, " AND ", func(w string) string { return `"` + mark + w + `" *` })
	of := ""
	if groups != nil {
		match += " AND (" + list(groups, " OR ", func(g string) string { return fmt.Sprintf(`"0%X"`, g) }) + ")"
		of = `,"g":` + jsonStrings(groups)
	}
	return `{"w":` + jsonStrings(words) + of + `,"m":` + string(appendString(nil, match)) + `}`
}

// list joins what becomes of each item.
func list(items []string, and string, item func(string) string) string {
	parts := make([]string, len(items))
	for i := range items {
		parts[i] = item(items[i])
	}
	return strings.Join(parts, and)
}
