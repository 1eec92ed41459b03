package sqlstore_test

import (
	"context"
	"database/sql"
	"log"
	"log/slog"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
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

// A host that has its own way with transactions: when something fails, the rollback takes the answer
// away with the host's own rows, and Ended tells the hub so. Where that way is free, InTx is shorter.
func ExampleWithTx() {
	refund := func(ctx context.Context, db *sql.DB, hub *channel.Hub, ticket, conv string) (err error) {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		within := sqlstore.WithTx(ctx, tx)
		defer func() {
			if err == nil {
				err = tx.Commit()
			} else {
				_ = tx.Rollback() // nothing is booked, and nothing is sent
			}
			sqlstore.Ended(within, err == nil)
		}()
		_, err = hub.Reply(within, conversation.Author{Kind: conversation.Agent, ID: "agent-7"},
			channel.Reply{Conversation: conv, Content: &message.Text{Body: "You get your money back."}})
		if err != nil {
			return err // window.ErrClosed, for example
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO refund (ticket, cents) VALUES ($1, 1999)`, ticket)
		return err
	}
	_ = refund
}
