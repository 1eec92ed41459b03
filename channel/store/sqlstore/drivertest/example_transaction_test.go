package drivertest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/window"
)

// A refund is booked and announced in one step: if the customer may not be written to, nothing is
// booked, and if the booking fails, nothing is sent.
func Example_inTx() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "kanava")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "shop.db"))) // the host's tables and the hub's
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE refund (ticket TEXT PRIMARY KEY, cents INTEGER NOT NULL)`); err != nil {
		log.Fatal(err)
	}
	hub, talks := exampleHub(ctx, db) // two customers wrote: one today, one two days ago

	refund := func(ticket, conversation string) error {
		return sqlstore.InTx(ctx, db, func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO refund VALUES ($1, 1999)`, ticket); err != nil {
				return err
			}
			_, err := hub.Reply(ctx, dana, channel.Reply{Conversation: conversation, Content: &message.Text{Body: "You get your money back."}})
			return err
		})
	}
	fmt.Println("today's customer:", refund("T-1", talks[0]))
	fmt.Println("the other's window is closed:", errors.Is(refund("T-2", talks[1]), window.ErrClosed))
	fmt.Println("a second refund fails:", refund("T-1", talks[0]) != nil)

	var booked int
	if err := db.QueryRow(`SELECT count(*) FROM refund`).Scan(&booked); err != nil {
		log.Fatal(err)
	}
	messages, err := hub.Messages(ctx, channel.MessageQuery{Conversation: talks[0]})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("booked:", booked, "announced:", len(messages)-1)
	// Output:
	// today's customer: <nil>
	// the other's window is closed: true
	// a second refund fails: true
	// booked: 1 announced: 1
}
