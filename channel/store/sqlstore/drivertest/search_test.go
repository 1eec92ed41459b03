package drivertest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// upTo applies the first steps to an empty SQLite database, as one with or without FTS5 does.
func upTo(t *testing.T, db *sql.DB, steps int, fts bool) {
	t.Helper()
	_, err := db.Exec(`CREATE TABLE kanava_migration (step INTEGER PRIMARY KEY, name TEXT NOT NULL)`)
	require.NoError(t, err)
	for _, m := range sqlstore.Migrations(sqlstore.SQLite)[:steps] {
		for statement := range strings.SplitSeq(m.SQL, ";\n") {
			lines := slices.DeleteFunc(strings.Split(statement, "\n"), func(line string) bool { return strings.HasPrefix(line, "--") })
			if statement = strings.Join(lines, "\n"); strings.TrimSpace(statement) == "" || !fts && strings.Contains(statement, "kanava_words") {
				continue
			}
			_, err := db.Exec(statement)
			require.NoError(t, err, m.Name)
		}
		_, err := db.Exec(`INSERT INTO kanava_migration (step, name) VALUES (?, ?)`, m.Step, m.Name)
		require.NoError(t, err)
	}
}

// finds returns the keys that are found.
func finds(t *testing.T, s store.Store, kind, text string, groups ...string) string {
	t.Helper()
	hits, err := s.(store.Searcher).Search(t.Context(), store.SearchQuery{Kind: kind, Text: text, Groups: groups, Limit: 100})
	require.NoError(t, err)
	var keys []string
	for _, hit := range hits {
		keys = append(keys, hit.Key)
	}
	return strings.Join(keys, " ")
}

func TestWordsThatAnEarlierStepIndexedAreFound(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "x.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	upTo(t, db, 6, true)
	for i, e := range [][4]string{
		{"customer", "a", "support", "anna virtanen 358401234567"}, {"message", "b", "support", "grosse anna 包裹 裹"}, {"message", "c", "sales", "annabel asks"},
		{"customer", "d", "", "anna"}, {"conversation", "e", "support", "ticket4711"},
	} {
		_, err := db.Exec(`INSERT INTO kanava_entry (id, kind, key, grp, words) VALUES (?, ?, ?, ?, '')`, i+1, e[0], e[1], e[2])
		require.NoError(t, err)
		_, err = db.Exec(`INSERT INTO kanava_words (rowid, words, scope) VALUES (?, ?, 'x0123456789abcdef xfedcba9876543210')`, i+1, e[3])
		require.NoError(t, err)
	}
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience, InsecureReadableFiles: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.Equal(t, "d a", finds(t, s, "customer", "ann"))
	require.Equal(t, "a", finds(t, s, "customer", "35840 virt", "support", "sales"))
	require.Equal(t, "c b", finds(t, s, "message", "anna"))
	require.Equal(t, "c", finds(t, s, "message", "anna", "sales"))
	require.Equal(t, "b", finds(t, s, "message", "包裹 größe"))
	require.Equal(t, "e", finds(t, s, "conversation", "t"))
	_, err = s.Commit(t.Context(), &store.Batch{
		Index:  []store.Entry{{Kind: "message", Key: "b", Group: "sales", Text: "Anna is new"}, {Kind: "message", Key: "f", Text: "not her"}},
		Delete: []store.RecordKey{{Kind: "customer", Key: "a"}},
	})
	require.NoError(t, err)
	require.Equal(t, "d", finds(t, s, "customer", "ann"))
	require.Equal(t, "b c", finds(t, s, "message", "anna", "sales"))
	require.Equal(t, "f", finds(t, s, "message", "not"))
	require.Empty(t, finds(t, s, "message", "größe"))
}

// The driver here has FTS5; the tables are those that one without it makes.
func TestASQLiteWithoutFTS5LooksAtEveryEntry(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "x.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	upTo(t, db, len(sqlstore.Migrations(sqlstore.SQLite)), false)
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience, InsecureReadableFiles: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for i := range 300 {
		_, err = s.Commit(t.Context(), &store.Batch{Index: []store.Entry{{Kind: "k", Key: fmt.Sprint("e", i), Group: "g", Text: fmt.Sprintf("word n%03d", i)}}})
		require.NoError(t, err)
	}
	_, err = s.Commit(t.Context(), &store.Batch{Delete: []store.RecordKey{{Kind: "k", Key: "e7"}}, Index: []store.Entry{{Kind: "k", Key: "e8", Text: "n008"}}})
	require.NoError(t, err)
	require.Equal(t, "e8 e9 e6", strings.Join(strings.Fields(finds(t, s, "k", "n00"))[:3], " "))
	require.Equal(t, "e299", finds(t, s, "k", "wor n299", "g", "h"))
	require.Empty(t, finds(t, s, "k", "n008", "g"))
	require.Empty(t, finds(t, s, "other", "word"))
}

// What a process did not give to the index any more, be it that it was killed, is found all the
// same, and the next process takes it up with what it has of its own.
func TestWordsThatWaitForTheIndexAreTakenUpByTheNextProcess(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "x.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	index := func(s store.Store, key, text string) {
		t.Helper()
		_, err := s.Commit(t.Context(), &store.Batch{Index: []store.Entry{{Kind: "k", Key: key, Text: text}}})
		require.NoError(t, err)
	}
	indexed := func() (n int) {
		t.Helper()
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM kanava_words('efirst* OR esecond*')`).Scan(&n))
		return n
	}
	open := func() *sqlstore.Store {
		t.Helper()
		s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
		require.NoError(t, err)
		return s
	}
	s := open()
	for i := range 100 {
		index(s, fmt.Sprint("a", i), "first")
	}
	require.Less(t, indexed(), 100, "all were indexed at once: the test proves nothing")
	require.Len(t, strings.Fields(finds(t, s, "k", "fir")), 100)
	require.NoError(t, s.Close())
	s = open()
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.Len(t, strings.Fields(finds(t, s, "k", "fir")), 100)
	index(s, "b", "second")
	require.Equal(t, 101, indexed())
	index(s, "a7", "second")
	require.Equal(t, "a7 b", finds(t, s, "k", "sec"))
	require.Len(t, strings.Fields(finds(t, s, "k", "fir")), 99)
}

// A word that many have is found among the newest entries alone, and any other by the index: pages show no difference.
func TestPagesOfWhatIsFoundAreTheSameHoweverManyHaveTheWord(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "x.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	plain := memstore.New() // looks at everything
	commit := func(b *store.Batch) {
		t.Helper()
		for _, to := range []store.Store{s, plain} {
			_, err := to.Commit(t.Context(), b)
			require.NoError(t, err)
		}
	}
	const many = 3000
	entry := func(i int, text string) store.Entry {
		return store.Entry{Kind: []string{"message", "customer"}[i%5/4], Key: fmt.Sprintf("k%04d", i), Group: fmt.Sprint("g", i%3), Text: text} // a batch is indexed in the order of keys
	}
	for from := 0; from < many; from += 100 {
		b := &store.Batch{}
		for i := from; i < from+100; i++ {
			b.Index = append(b.Index, entry(i, fmt.Sprintf("common tenth%d rare%d %s", i%10, i/300, map[bool]string{true: "old"}[i < 900])))
		}
		commit(b)
	}
	for i := 0; i < many; i += 97 { // some are indexed anew, and some go
		e := entry(i, "common again")
		commit(&store.Batch{Index: []store.Entry{e}})
		e = entry(i+50, "")
		commit(&store.Batch{Delete: []store.RecordKey{{Kind: e.Kind, Key: e.Key}}})
	}
	pages := func(from store.Searcher, q store.SearchQuery) (keys []string) {
		t.Helper()
		for {
			hits, err := from.Search(t.Context(), q)
			require.NoError(t, err)
			for _, hit := range hits {
				keys = append(keys, hit.Group+" "+hit.Key)
				require.True(t, q.Before == 0 || hit.Position < q.Before)
				q.Before = hit.Position
			}
			if len(hits) < q.Limit {
				return keys
			}
		}
	}
	for _, text := range []string{"common", "comm", "tenth3", "tenth3 rare7", "rare", "rare0", "old", "again", "nobody"} {
		for _, groups := range [][]string{nil, {"g1"}, {"g0", "g2", "other"}} {
			for _, limit := range []int{60, many} {
				q := store.SearchQuery{Kind: "message", Groups: groups, Text: text, Limit: limit}
				found := pages(s, q)
				require.Equal(t, pages(plain, q), found, "%s in %v by %d", text, groups, limit)
				require.Equal(t, text == "nobody", len(found) == 0, text)
			}
		}
	}
}

// BenchmarkSearch searches 100,000 entries of ten channels for names, for a word that 1 in 100 has, and for
// one that all have, and for a single letter.
func BenchmarkSearch(b *testing.B) {
	for _, engine := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.PostgreSQL} {
		b.Run(engine.String(), func(b *testing.B) {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "x.db")))
			if engine == sqlstore.PostgreSQL {
				db, err = pgtest.New(b).Open()
			}
			require.NoError(b, err)
			b.Cleanup(func() { db.Close() })
			s, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: engine, Timeout: patience})
			require.NoError(b, err)
			for from := 0; from < 100_000; from += 1000 {
				batch := &store.Batch{}
				for i := from; i < from+1000; i++ {
					batch.Index = append(batch.Index, store.Entry{
						Kind: "message", Key: fmt.Sprint("m", i), Group: fmt.Sprint("channel", i%10),
						Text: fmt.Sprintf("Hello, this is person%d about order%d, delivered to street number %d", i, i%100, i%777),
					})
				}
				_, err := s.Commit(b.Context(), batch)
				require.NoError(b, err)
			}
			if engine == sqlstore.PostgreSQL {
				_, err := db.Exec(`ANALYZE kanava_entry`) // as autovacuum does within a minute
				require.NoError(b, err)
			}
			for name, text := range map[string]string{"a name": "person4711", "one in a hundred": "order7", "all": "hello", "a letter": "p"} {
				b.Run(name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						began := time.Now()
						hits, err := s.Search(b.Context(), store.SearchQuery{Kind: "message", Groups: []string{"channel1", "channel7"}, Text: text, Limit: 50})
						took = append(took, time.Since(began))
						require.NoError(b, err)
						require.NotEmpty(b, hits)
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
					b.ReportMetric(float64(took[0].Microseconds())/1000, "min-ms")
				})
			}
		})
	}
}
