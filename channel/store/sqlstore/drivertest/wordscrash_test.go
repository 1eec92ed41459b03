package drivertest_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// writers is how many goroutines of a child write words at a time.
const writers = 8

// writeWords puts records that are found by "word" and by a word of their own, and tells of them, until
// the process is killed. If some go, that is said before and afterwards.
func writeWords(t *testing.T, s store.Store, name string, someGo bool, acked func(what, id string)) {
	commit := func(b *store.Batch) {
		_, err := s.Commit(t.Context(), b)
		require.NoError(t, err)
	}
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%sx%dx%05d", name, w, i)
				commit(&store.Batch{
					Put:   []store.Record{{Kind: "message", Key: key, Body: []byte(`{}`)}},
					Index: []store.Entry{{Kind: "message", Key: key, Group: "support", Text: "a word of " + key}},
					Tell:  []store.Change{{Kind: "message", Key: key, Group: "support"}},
				})
				acked("written", key)
				if someGo && i%5 == 4 {
					gone := fmt.Sprintf("%sx%dx%05d", name, w, i-3)
					acked("going", gone)
					commit(&store.Batch{Delete: []store.RecordKey{{Kind: "message", Key: gone}}})
					acked("gone", gone)
				}
			}
		})
	}
	all.Wait()
}

// allFound returns the keys of what is found by a word, page by page.
func allFound(t *testing.T, s store.Store, word string) (keys []string) {
	t.Helper()
	q := store.SearchQuery{Kind: "message", Text: word, Groups: []string{"support"}, Limit: 100}
	for {
		hits, err := s.(store.Searcher).Search(t.Context(), q)
		require.NoError(t, err)
		for _, h := range hits {
			keys = append(keys, h.Key)
			q.Before = h.Position
		}
		if len(hits) < q.Limit {
			slices.Sort(keys)
			return keys
		}
	}
}

// auditWords compares what is found and what was told with what is there, and with what was acknowledged.
func auditWords(t *testing.T, s store.Store, acked map[string]string) {
	t.Helper()
	records, err := s.List(t.Context(), store.Query{Kind: "message", Limit: 1_000_000})
	require.NoError(t, err)
	var there []string
	for _, r := range records {
		there = append(there, r.Key)
	}
	slices.Sort(there)
	require.Equal(t, there, allFound(t, s, "wor"), "what is there is found once, and what has gone is not")
	told := map[string]bool{}
	for after := ""; ; {
		changes, next, err := s.(store.Follower).Follow(t.Context(), after, 1000)
		require.NoError(t, err)
		if len(changes) == 0 {
			break
		}
		for _, c := range changes {
			told[c.Key] = true
		}
		after = next
	}
	for _, key := range there {
		require.True(t, told[key], "what is there was told")
	}
	for key, what := range acked {
		if what != "going" {
			_, found := slices.BinarySearch(there, key)
			require.Equal(t, what == "written", found, "%s %s", key, what)
		}
	}
	if len(there) > 0 {
		one := there[len(there)/2]
		require.Equal(t, []string{one}, allFound(t, s, one), "by its own word")
	}
}

func TestAKilledProcessLosesNoWordOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kanava.db")
	killedWithWords(t, rounds(6), func() store.Store {
		s, _ := openSQLite(t, path)
		return s
	}, func() error { return nil }, "KANAVA_CRASH_TARGET=sqlite:"+path)
	s, db := openSQLite(t, path)
	var sound string
	require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&sound))
	require.Equal(t, "ok", sound)
	// Whoever writes next takes up what waits.
	_, err := s.Commit(t.Context(), &store.Batch{Index: []store.Entry{{Kind: "message", Key: "last", Text: "last"}}})
	require.NoError(t, err)
	var entries, indexed int
	require.NoError(t, db.QueryRow(`SELECT (SELECT count(*) FROM kanava_entry), (SELECT count(*) FROM kanava_words_docsize)`).Scan(&entries, &indexed))
	require.Equal(t, entries, indexed)
}

func TestAKilledProcessLosesNoWordOnPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"postgres", "pgx"} {
		schema := pgtest.New(t)
		children := schema
		children.App = schema.Name + "_child"
		s, _ := openPostgres(t, schema)
		killedWithWords(t, rounds(3), func() store.Store { return s }, children.Cut,
			"KANAVA_CRASH_TARGET="+kind+":"+schema.Name, "KANAVA_CRASH_DSN="+schema.DSN)
	}
}

// killedWithWords kills children that write words, now before and now after some hundreds of them were
// taken up, and looks at what each left.
func killedWithWords(t *testing.T, times int, open func() store.Store, cut func() error, env ...string) {
	r := rand.New(rand.NewPCG(3, 3))
	acked := map[string]string{}
	for round := range times {
		crash(t, 1+r.IntN(600), acked, append(env, "KANAVA_CRASH_WORDS=go", fmt.Sprint("KANAVA_CRASH_NAME=k", round))...)
		require.NoError(t, cut())
		auditWords(t, open(), acked)
	}
}

// Another process finds a word as soon as it is committed, and once: before, while and after it is taken
// up into the index.
func TestAProcessFindsWhatAnotherIsWriting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kanava.db")
	onSQLite, _ := openSQLite(t, path)
	foundMeanwhile(t, onSQLite, "KANAVA_CRASH_TARGET=sqlite:"+path)
	schema := pgtest.New(t)
	onPostgres, _ := openPostgres(t, schema)
	foundMeanwhile(t, onPostgres, "KANAVA_CRASH_TARGET=postgres:"+schema.Name, "KANAVA_CRASH_DSN="+schema.DSN)
	schema = pgtest.New(t)
	byPgx, _ := openPgx(t, schema, pgxstore.Config{})
	foundMeanwhile(t, byPgx, "KANAVA_CRASH_TARGET=pgx:"+schema.Name, "KANAVA_CRASH_DSN="+schema.DSN)
}

func foundMeanwhile(t *testing.T, s store.Store, env ...string) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(append(os.Environ(), env...), "KANAVA_CRASH_WORDS=stay", "KANAVA_CRASH_NAME=n")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	var written []string
	for len(written) < 600 {
		line, err := lines.ReadString('\n')
		require.NoError(t, err, "the child ended by itself")
		if key, ok := strings.CutPrefix(line, "acked written "); ok {
			key = strings.TrimSpace(key)
			require.Equal(t, []string{key}, allFound(t, s, key))
			if written = append(written, key); len(written)%100 == 0 {
				require.Subset(t, allFound(t, s, "word"), written)
			}
		}
	}
	kill()
	require.Error(t, cmd.Wait())
	all := allFound(t, s, "word")
	require.Len(t, slices.Compact(slices.Clone(all)), len(all), "nothing is found twice")
}
