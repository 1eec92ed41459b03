package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// slowDB is a database that takes a second for every lookup and writes down what it was
// asked. It has every record but those with the key "missing".
type slowDB struct {
	mu    sync.Mutex
	asked [][]string
	fail  map[string]error // a lookup with that key fails
}

func (d *slowDB) Connect(context.Context) (driver.Conn, error) { return slowConn{d}, nil }
func (d *slowDB) Driver() driver.Driver                        { return nil }

type slowConn struct{ db *slowDB }

func (slowConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (slowConn) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (slowConn) Close() error                        { return nil }

func (c slowConn) QueryContext(ctx context.Context, _ string, args []driver.NamedValue) (driver.Rows, error) {
	var keys []struct{ K, Y string }
	if err := json.Unmarshal([]byte(args[0].Value.(string)), &keys); err != nil {
		return nil, err
	}
	var asked []string
	out := &slowRows{}
	var failed error
	for i, k := range keys {
		asked = append(asked, k.Y)
		failed = errors.Join(failed, c.db.fail[k.Y])
		if k.Y != "missing" {
			out.rows = append(out.rows, []driver.Value{int64(i + 1), k.K, k.Y, "", int64(0), int64(1), int64(0), []byte(`{}`)})
		}
	}
	c.db.mu.Lock()
	c.db.asked = append(c.db.asked, asked)
	c.db.mu.Unlock()
	select {
	case <-time.After(time.Second):
		return out, failed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type slowRows struct{ rows [][]driver.Value }

func (*slowRows) Columns() []string {
	return []string{"place", "kind", "key", "parent", "sort", "version", "n", "body"}
}
func (*slowRows) Close() error { return nil }

func (r *slowRows) Next(dest []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(dest, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// slowStore is a Store on d with one leader.
func slowStore(t *testing.T, d *slowDB) *Store {
	t.Helper()
	db := sql.OpenDB(d)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s := &Store{db: db, dialect: PostgreSQL, sql: newStatements(postgresDialect(false, false)), pool: (&Config{Dialect: PostgreSQL}).pool()}
	s.readers = &combiner{run: s.runLookups, most: 1, rows: 100, timeout: time.Hour}
	return s
}

// names are the records that a Get found, as kind/key.
func names(records []store.Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, r.Kind+"/"+r.Key)
	}
	return out
}

func TestLookupsThatWaitAreAskedInOneStatementAndEachGetsItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &slowDB{}
		s := slowStore(t, d)
		var wg sync.WaitGroup
		for _, want := range []struct {
			kind  string
			keys  []string
			found []string
		}{
			{"a", []string{"first"}, []string{"a/first"}},
			{"a", []string{"2", "1"}, []string{"a/2", "a/1"}},
			{"b", []string{"1"}, []string{"b/1"}},
			{"b", []string{"missing"}, nil},
			{"a", []string{"1", "missing", "3"}, []string{"a/1", "a/3"}},
		} {
			wg.Go(func() {
				records, err := s.Get(t.Context(), want.kind, want.keys...)
				require.NoError(t, err)
				require.Equal(t, want.found, names(records))
			})
			synctest.Wait()
		}
		wg.Wait()
		require.Equal(t, [][]string{{"first"}, {"2", "1", "1", "missing", "1", "missing", "3"}}, d.asked)
	})
}

func TestALookupThatIsGivenUpLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	// The first asks alone. The second asks for the other three and so stays; the third
	// need not.
	for leaves, want := range []error{context.Canceled, nil, context.Canceled} {
		synctest.Test(t, func(t *testing.T) {
			s := slowStore(t, &slowDB{})
			ctx, leave := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for i := range 4 {
				ctx := ctx
				if i != leaves {
					ctx = t.Context()
				}
				wg.Go(func() {
					records, err := s.Get(ctx, "k", fmt.Sprint(i))
					if i == leaves {
						require.ErrorIs(t, err, want)
					} else {
						require.NoError(t, err)
					}
					if err != nil {
						return
					}
					require.Equal(t, []string{"k/" + fmt.Sprint(i)}, names(records))
				})
				synctest.Wait()
			}
			if leaves > 0 {
				time.Sleep(1500 * time.Millisecond) // until the second group is under way
			}
			leave()
			wg.Wait()
			require.Zero(t, s.readers.leaders)
		})
	}
}

// refused is an error about the data, in the form of PostgreSQL's drivers.
type refused struct{}

func (refused) Error() string    { return "refused" }
func (refused) SQLState() string { return "22023" }

func TestALookupThatTheDatabaseRefusesFailsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slowStore(t, &slowDB{fail: map[string]error{"bad": refused{}}})
		var wg sync.WaitGroup
		for _, key := range []string{"first", "good", "bad", "fine"} {
			wg.Go(func() {
				records, err := s.Get(t.Context(), "k", key)
				if key == "bad" {
					require.ErrorAs(t, err, &refused{})
					return
				}
				require.NoError(t, err)
				require.Len(t, records, 1)
			})
			synctest.Wait()
		}
		wg.Wait()
	})
}

func TestALookupUnderAnEndedContextAsksNothing(t *testing.T) {
	t.Parallel()
	d := &slowDB{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := slowStore(t, d).Get(ctx, "k", "1")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, d.asked)
}
