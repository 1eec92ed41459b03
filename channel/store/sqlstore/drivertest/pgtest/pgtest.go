package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/lib/pq"
)

// shared is a server that all tests of a process use, or all benchmarks.
type shared struct {
	once     sync.Once
	settings []string
	dsn      string
	from     string
	server   *Server
	err      error
}

var (
	// A process that is killed loses nothing that the kernel has, so that tests need not
	// wait for the disk.
	forTests = &shared{settings: []string{"fsync=off"}}
	// What is measured is what a server does that loses nothing when the power fails.
	forBenchmarks = &shared{}
)

// Main runs the tests of a package and then stops the shared servers, if any were
// started. Call it from TestMain with os.Exit.
func Main(m *testing.M) int {
	code := m.Run()
	for _, s := range []*shared{forTests, forBenchmarks} {
		if s.server != nil {
			s.server.Stop()
		}
	}
	return code
}

// Schema is an empty schema on a server. It is plain data, so that a child process can
// be told of it.
type Schema struct {
	DSN, Name string
	// App is the application_name of the connections that Open makes; "" means Name.
	App string
	// pooled says that a pooler stands in between, which sets the search path.
	pooled bool
}

// New makes an empty schema on the shared server and drops it when the test ends. For
// tests the server does not wait for the disk, for benchmarks it does.
func New(tb testing.TB) Schema {
	tb.Helper()
	s := forTests
	if _, ok := tb.(*testing.B); ok {
		s = forBenchmarks
	}
	s.once.Do(s.start)
	if s.err != nil {
		missing(tb, s.err)
	}
	tb.Logf("PostgreSQL from %s", s.from)
	return NewSchema(tb, s.dsn)
}

func (s *shared) start() {
	if s.dsn = os.Getenv("KANAVA_POSTGRES_DSN"); s.dsn != "" {
		s.from = "KANAVA_POSTGRES_DSN"
		return
	}
	if s.server, s.err = start(context.Background(), s.settings...); s.err == nil {
		s.dsn, s.from = s.server.DSN(), s.server.bin
	}
}

// NewSchema makes an empty schema on a given server and drops it when the test ends.
func NewSchema(tb testing.TB, dsn string) Schema {
	tb.Helper()
	s := Schema{DSN: dsn, Name: "kanava_" + strings.ToLower(rand.Text()[:12])}
	if err := s.exec("CREATE SCHEMA " + s.Name); err != nil {
		tb.Fatalf("pgtest: create schema: %v", err)
	}
	tb.Cleanup(func() {
		var err error
		for range 10 { // a statement of a process that was killed may still be running, and be in its way
			if err = s.exec("DROP SCHEMA " + s.Name + " CASCADE"); err == nil {
				return
			}
		}
		tb.Errorf("pgtest: drop schema: %v", err)
	})
	return s
}

// exec runs a statement on a connection of its own.
func (s Schema) exec(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.DSN)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// Open opens the schema through database/sql. The caller closes the result.
func (s Schema) Open() (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(s.DSN)
	if err != nil {
		return nil, fmt.Errorf("pgtest: parse DSN: %w", err)
	}
	s.parameters(cfg)
	return stdlib.OpenDB(*cfg), nil
}

// Pool opens the schema as a pool of pgx. The caller closes the result.
func (s Schema) Pool(ctx context.Context) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(s.DSN)
	if err != nil {
		return nil, fmt.Errorf("pgtest: parse DSN: %w", err)
	}
	cfg.MaxConns = 16
	s.parameters(cfg.ConnConfig)
	return pgxpool.NewWithConfig(ctx, cfg)
}

func (s Schema) parameters(cfg *pgx.ConnConfig) {
	if !s.pooled {
		cfg.RuntimeParams["search_path"] = s.Name
	}
	cfg.RuntimeParams["application_name"] = s.app()
}

// OpenPQ is Open with the driver lib/pq instead of pgx.
func (s Schema) OpenPQ() (*sql.DB, error) {
	cfg, err := pq.NewConfig(s.DSN)
	if err != nil {
		return nil, fmt.Errorf("pgtest: parse DSN: %w", err)
	}
	if cfg.Runtime == nil {
		cfg.Runtime = map[string]string{}
	}
	if !s.pooled {
		cfg.Runtime["search_path"] = s.Name
	}
	cfg.ApplicationName = s.app()
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("pgtest: connect with lib/pq: %w", err)
	}
	return sql.OpenDB(connector), nil
}

// With returns the schema with more to its DSN: settings of a driver, each "name=value".
func (s Schema) With(settings ...string) Schema {
	between := " "
	if strings.Contains(s.DSN, "://") {
		s.DSN += map[bool]string{true: "&", false: "?"}[strings.Contains(s.DSN, "?")]
		between = "&"
	} else {
		s.DSN += between
	}
	s.DSN += strings.Join(settings, between)
	return s
}

func (s Schema) app() string {
	if s.App != "" {
		return s.App
	}
	return s.Name
}

// Cut ends every connection of s.App, and returns when the server has forgotten them:
// until then a commit that was under way may still happen.
func (s Schema) Cut() error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.DSN)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for left := 1; left > 0; { // a server that is slow may need longer than each is waited for
		err := conn.QueryRow(ctx, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid, 10000) AS gone FROM pg_stat_activity
			WHERE application_name = $1) AS ended WHERE NOT gone`, s.app()).Scan(&left)
		if err != nil {
			return err
		}
	}
	return nil
}

// missing skips the test, or fails it where services are required.
func missing(tb testing.TB, why error) {
	tb.Helper()
	if os.Getenv("KANAVA_REQUIRE_SERVICES") == "1" {
		tb.Fatalf("PostgreSQL is required (KANAVA_REQUIRE_SERVICES=1): %v", why)
	}
	tb.Skipf("SKIPPED, NOTHING PROVED: PostgreSQL is missing: set KANAVA_POSTGRES_DSN or install the server: %v", why)
}
