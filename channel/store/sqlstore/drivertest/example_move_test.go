package drivertest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// A store goes from one database to another: here both are SQLite, and mostly the second one is PostgreSQL.
func ExampleMove() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "kanava")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	open := func(name string) sqlstore.Config {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, name)))
		if err != nil {
			log.Fatal(err)
		}
		return sqlstore.Config{DB: db, Dialect: sqlstore.SQLite}
	}
	from, to := open("old.db"), open("new.db")
	defer from.DB.Close()
	defer to.DB.Close()
	s, err := sqlstore.Open(ctx, from)
	if err != nil {
		log.Fatal(err)
	}
	_, err = s.Commit(ctx, &store.Batch{Put: []store.Record{{Kind: "conversation", Key: "c1", Body: []byte(`{}`)}}})
	if err = errors.Join(err, s.Close()); err != nil {
		log.Fatal(err)
	}

	moved, err := sqlstore.Move(ctx, from, to, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("records:", moved.Records)
	_, err = sqlstore.Open(ctx, from)
	fmt.Println("the old one opens:", !errors.Is(err, sqlstore.ErrMoved))
	// Output:
	// records: 1
	// the old one opens: false
}
