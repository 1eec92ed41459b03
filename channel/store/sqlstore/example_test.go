package sqlstore_test

import (
	"context"
	"database/sql"
	"log"
	"log/slog"

	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// SQLite, with the driver modernc.org/sqlite, which the program imports: import _ "modernc.org/sqlite".
func ExampleOpen() {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("kanava.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	s, err := sqlstore.Open(context.Background(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Logger: slog.Default()})
	if err != nil {
		log.Print(err)
		return
	}
	defer s.Close() // before db; give s to channel.Config.Store
}

// PostgreSQL, with the driver pgx: import _ "github.com/jackc/pgx/v5/stdlib".
func ExampleOpen_postgreSQL() {
	db, err := sql.Open("pgx", "postgres://desk@localhost/desk")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	s, err := sqlstore.Open(context.Background(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, NoMigrate: true})
	if err != nil {
		log.Print(err) // ErrOutdated says what brings the tables up to date
		return
	}
	defer s.Close()
}
