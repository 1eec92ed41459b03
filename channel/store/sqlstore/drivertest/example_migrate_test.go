package drivertest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// Whoever deploys brings the tables up to date; the program itself may not.
func Example_migrate() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "kanava")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "kanava.db")))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	cfg := sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, NoMigrate: true}

	_, err = sqlstore.Open(ctx, cfg)
	fmt.Println("outdated:", errors.Is(err, sqlstore.ErrOutdated))

	pending, err := sqlstore.Pending(ctx, cfg) // a dry run; sqlstore.Script prints the SQL
	fmt.Println("first step:", pending[0].Name, err)

	applied, err := sqlstore.Migrate(ctx, cfg)
	fmt.Println("all applied:", len(applied) == len(pending), err)

	s, err := sqlstore.Open(ctx, cfg)
	fmt.Println("opens:", err)
	if err := s.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// outdated: true
	// first step: 0001_start.sql <nil>
	// all applied: true <nil>
	// opens: <nil>
}
