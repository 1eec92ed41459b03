package drivertest_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// The index of words marks what is removed, and keeps what it said.
func TestNothingOfWhatWasRemovedStaysInTheIndexOfWords(t *testing.T) {
	t.Parallel()
	gone := []string{"velocipede", "xylophone", "411111111111"}
	for name, tidy := range map[string]func(*sqlstore.Store) error{
		"the daily tidying": func(s *sqlstore.Store) error { return s.Tidy(t.Context()) },
		"compacting":        func(s *sqlstore.Store) error { return s.Compact(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "kanava.db")
			s, db := openSQLite(t, path)
			commit := func(b *store.Batch) {
				t.Helper()
				_, err := s.Commit(t.Context(), b)
				require.NoError(t, err)
			}
			for round := range 10 {
				b := store.Batch{Put: []store.Record{{Kind: "k", Key: fmt.Sprint("gone", round), Body: []byte(`"velocipede"`)}}}
				b.Index = []store.Entry{{Kind: "k", Key: fmt.Sprint("gone", round), Text: strings.Join(gone, " ")}}
				for i := range 300 {
					b.Index = append(b.Index, store.Entry{Kind: "k", Key: fmt.Sprint("r", round, "n", i), Text: fmt.Sprintf("stays word%d", i)})
				}
				commit(&b)
			}
			holds := func() (all []string) {
				t.Helper()
				for _, w := range gone {
					var n int
					require.NoError(t, db.QueryRow(`SELECT count(*) FROM kanava_words_data WHERE instr(block, CAST(? AS BLOB)) > 0`, w[3:]).Scan(&n))
					if n > 0 {
						all = append(all, w)
					}
				}
				return all
			}
			one, err := s.Get(t.Context(), "k", "gone0")
			require.NoError(t, err)
			one[0].Body = []byte(`"masked"`)
			b := store.Batch{Put: one, Index: []store.Entry{{Kind: "k", Key: "gone0", Text: "masked"}}}
			for round := range 9 {
				b.Delete = append(b.Delete, store.RecordKey{Kind: "k", Key: fmt.Sprint("gone", round+1)})
			}
			commit(&b)
			require.Empty(t, finds(t, s, "k", "velocipede"))
			require.NotEmpty(t, holds(), "SQLite keeps nothing any more: the test proves nothing")

			require.NoError(t, tidy(s))
			require.Empty(t, holds())
			require.Len(t, strings.Fields(finds(t, s, "k", "word7")), 100, "the rest is found as before")
			require.Equal(t, "gone0", finds(t, s, "k", "masked"))
			require.NoError(t, tidy(s), "again, with nothing to do")
			var verdict string
			require.NoError(t, db.QueryRow(`INSERT INTO kanava_words (kanava_words) VALUES ('integrity-check') RETURNING 'ok'`).Scan(&verdict))
			if name != "compacting" {
				return
			}
			for _, file := range []string{path, path + "-wal"} {
				raw, err := os.ReadFile(file)
				require.NoError(t, err)
				require.False(t, bytes.Contains(raw, []byte("velocipede")), file)
			}
		})
	}
}

func TestAPurgeOfTheIndexWaitsForNoReader(t *testing.T) {
	t.Parallel()
	s, db := openSQLite(t, filepath.Join(t.TempDir(), "kanava.db"))
	_, err := s.Commit(t.Context(), &store.Batch{Index: []store.Entry{{Kind: "k", Key: "a", Text: "velocipede"}}})
	require.NoError(t, err)
	for round := range 4 {
		var b store.Batch
		for i := range 300 {
			b.Index = append(b.Index, store.Entry{Kind: "k", Key: fmt.Sprint(round, i), Text: fmt.Sprintf("word%d of%d", i, round)})
		}
		_, err := s.Commit(t.Context(), &b)
		require.NoError(t, err)
	}
	_, err = s.Commit(t.Context(), &store.Batch{Index: []store.Entry{{Kind: "k", Key: "a"}}})
	require.NoError(t, err)
	reader, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, reader.Rollback()) }()
	var n int
	require.NoError(t, reader.QueryRow(`SELECT count(*) FROM kanava_words_docsize`).Scan(&n))
	holding := func() (n int) {
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM kanava_words_data WHERE instr(block, CAST('locipede' AS BLOB)) > 0`).Scan(&n))
		return n
	}
	require.NotZero(t, holding(), "SQLite keeps nothing any more: the test proves nothing")
	require.NoError(t, s.Tidy(t.Context()))
	require.Zero(t, holding())
}
