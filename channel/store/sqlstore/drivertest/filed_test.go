package drivertest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// beforeFiled takes SQLite's tables back to where they were before the step in which entries are filed many at a time.
func beforeFiled(t *testing.T, cfg sqlstore.Config) {
	t.Helper()
	if cfg.Dialect != sqlstore.SQLite {
		return
	}
	for _, statement := range []string{
		`CREATE TABLE kanava_entry_old (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, grp TEXT NOT NULL, words TEXT NOT NULL, UNIQUE (kind, key))`,
		`INSERT INTO kanava_entry_old (id, kind, key, grp, words) SELECT id, kind, key, grp, said FROM kanava_entry ORDER BY id`,
		`DROP TABLE kanava_entry`,
		`ALTER TABLE kanava_entry_old RENAME TO kanava_entry`,
		`CREATE TRIGGER kanava_words_drop AFTER DELETE ON kanava_entry BEGIN DELETE FROM kanava_words WHERE rowid = OLD.id; END`,
		`DELETE FROM kanava_migration WHERE name LIKE '%_filed.sql'`,
	} {
		_, err := cfg.DB.Exec(statement)
		require.NoError(t, err, statement)
	}
}

// onSQLiteFile is a SQLite database of its own.
func onSQLiteFile(t *testing.T) sqlstore.Config {
	t.Helper()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "x.db")))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience}
}

// words commits entries of so many records, "word" and a word of their own, in batches.
func words(t *testing.T, s store.Store, from, to, atATime int) {
	t.Helper()
	for ; from < to; from += atATime {
		var b store.Batch
		for i := from; i < min(to, from+atATime); i++ {
			b.Put = append(b.Put, store.Record{Kind: "k", Key: fmt.Sprintf("e%04d", i)})
			b.Index = append(b.Index, store.Entry{Kind: "k", Key: fmt.Sprintf("e%04d", i), Group: "g", Text: fmt.Sprintf("word own%04d", i)})
		}
		_, err := s.Commit(t.Context(), &b)
		require.NoError(t, err)
	}
}

func TestEntriesOfAnEarlierReleaseAreFiledByTheUpgrade(t *testing.T) {
	t.Parallel()
	cfg := onSQLiteFile(t)
	s, err := sqlstore.Open(t.Context(), cfg)
	require.NoError(t, err)
	words(t, s, 0, 300, 20)
	require.NoError(t, s.Close())
	beforeFiled(t, cfg)
	for i := 300; i < 310; i++ { // these wait for the index of words
		_, err := cfg.DB.Exec(`INSERT INTO kanava_entry (kind, key, grp, words) VALUES ('k', ?, 'g', ?)`, fmt.Sprintf("e%04d", i), fmt.Sprintf(" word own%04d", i))
		require.NoError(t, err)
	}

	s, err = sqlstore.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	var filed, indexed int
	require.NoError(t, cfg.DB.QueryRow(`SELECT (SELECT count(*) FROM kanava_entry WHERE filed = TRUE), (SELECT count(*) FROM kanava_words_docsize)`).Scan(&filed, &indexed))
	require.Equal(t, []int{310, 310}, []int{filed, indexed})
	require.Equal(t, "e0305", finds(t, s, "k", "own0305", "g"))
	_, err = s.Commit(t.Context(), &store.Batch{
		Index:  []store.Entry{{Kind: "k", Key: "e0305", Group: "g", Text: "word other"}, {Kind: "k", Key: "e0007", Group: "g", Text: "word other"}},
		Delete: []store.RecordKey{{Kind: "k", Key: "e0008"}},
	})
	require.NoError(t, err)
	for _, text := range []string{"own0305", "own0007", "own0008"} {
		require.Empty(t, finds(t, s, "k", text), text)
	}
	require.Equal(t, "e0305 e0007", finds(t, s, "k", "word other"))
}

func TestAProcessOfAnEarlierReleaseFilesNothingBesideTheUpgrade(t *testing.T) {
	t.Parallel()
	cfg := onSQLiteFile(t)
	s, err := sqlstore.Open(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = cfg.DB.Exec(`INSERT INTO kanava_entry (kind, key, grp, words) VALUES ('k', 'a', 'g', ' word')`)
	require.Error(t, err)
}

// Whether an entry is filed or waits, it is replaced and removed by its key, and comes behind all others once it is
// indexed again.
func TestEntriesAreReplacedWhetherTheyAreFiledOrWait(t *testing.T) {
	t.Parallel()
	for name, many := range map[string]int{"all wait": 40, "some are filed": 290} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := onSQLiteFile(t)
			s, err := sqlstore.Open(t.Context(), cfg)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			words(t, s, 0, 1, 1) // what the first process finds is filed with the first entry
			words(t, s, 1, many, 1)
			var waiting int
			require.NoError(t, cfg.DB.QueryRow(`SELECT count(*) FROM kanava_entry WHERE filed = FALSE`).Scan(&waiting))
			require.NotZero(t, waiting)
			require.Equal(t, name == "all wait", waiting == many-1)

			last, first := fmt.Sprintf("e%04d", many-1), "e0001"
			again := func(key, text string) {
				t.Helper()
				_, err := s.Commit(t.Context(), &store.Batch{Index: []store.Entry{{Kind: "k", Key: key, Group: "g", Text: text}}})
				require.NoError(t, err)
			}
			// The newest, then one before it: neither takes the other's place.
			page, err := s.Search(t.Context(), store.SearchQuery{Kind: "k", Text: "word", Limit: 1})
			require.NoError(t, err)
			require.Equal(t, last, page[0].Key)
			again(last, "word again")
			again(first, "word again")
			rest, err := s.Search(t.Context(), store.SearchQuery{Kind: "k", Text: "word", Before: page[0].Position, Limit: 1000})
			require.NoError(t, err)
			require.Len(t, rest, many-2)
			require.Equal(t, first+" "+last, finds(t, s, "k", "again"))
			require.Empty(t, finds(t, s, "k", "own"+last[1:]))
			_, err = s.Commit(t.Context(), &store.Batch{Delete: []store.RecordKey{{Kind: "k", Key: first}, {Kind: "k", Key: "e0002"}}})
			require.NoError(t, err)
			require.Empty(t, finds(t, s, "k", "own0002"))
			require.Equal(t, last, finds(t, s, "k", "again"))
			require.Len(t, strings.Fields(finds(t, s, "k", "word own000", "g")), 8)
		})
	}
}
