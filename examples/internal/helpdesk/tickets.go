package helpdesk

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/kanava-go/kanava/channel/conversation"
)

// tickets is the ticket system of this example: a table of numbers. A real one would be the
// host's own. It shows how little a host has to bring: two methods.
type tickets struct {
	db     *sql.DB
	notify func() // tells open pages that something changed
}

func newTickets(ctx context.Context, db *sql.DB, notify func()) (*tickets, error) {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS ticket (
		number INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL UNIQUE)`)
	if err != nil {
		return nil, fmt.Errorf("helpdesk: create table: %w", err)
	}
	return &tickets{db: db, notify: notify}, nil
}

// Receive implements channel.Ticketing. One conversation is one ticket, so that offering
// the same message twice changes nothing.
func (d *tickets) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	defer d.notify()
	if in.Conversation.Ticket != "" {
		return "", nil
	}
	_, err := d.db.ExecContext(ctx,
		`INSERT INTO ticket (conversation) VALUES (?) ON CONFLICT DO NOTHING`, in.Conversation.ID)
	if err != nil {
		return "", fmt.Errorf("helpdesk: open ticket: %w", err)
	}
	var number int64
	err = d.db.QueryRowContext(ctx, `SELECT number FROM ticket WHERE conversation = ?`, in.Conversation.ID).Scan(&number)
	if err != nil {
		return "", fmt.Errorf("helpdesk: read ticket: %w", err)
	}
	return strconv.FormatInt(number, 10), nil
}

// Changed implements channel.Ticketing. The page reads what it shows from the hub; all
// there is to do is to say that it should look again.
func (d *tickets) Changed(context.Context, *conversation.Change) error {
	d.notify()
	return nil
}
