package drivertest_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/tickettest"
)

// sqlDesk is a ticket system in a few statements: what a host has to write to keep the
// contract. The ID of what it is told is the key of an entry, so that repeats change
// nothing.
type sqlDesk struct{ db *sql.DB }

func (d sqlDesk) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	return in.Conversation.ID, d.file(ctx, in.ID, in.Conversation.ID, in.Message.Text)
}

func (d sqlDesk) Changed(ctx context.Context, c *conversation.Change) error {
	switch {
	case c.Kind == conversation.MessageEdited && c.Message != nil:
		return d.file(ctx, c.ID, c.Conversation.ID, "edited: "+c.Message.Text)
	case c.Kind == conversation.DeliveryChanged, c.Kind == conversation.AttachmentFailed:
		return d.file(ctx, c.ID, c.Conversation.ID, "note: "+string(c.Kind))
	}
	return nil
}

func (d sqlDesk) file(ctx context.Context, id, ticket, text string) error {
	_, err := d.db.ExecContext(ctx, `INSERT INTO desk_entry (id, ticket, text) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		id, ticket, text)
	return err
}

func (d sqlDesk) strings(ctx context.Context, query string, args ...any) (all []string, err error) {
	rows, err := d.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// deskOn is the ticket system on an empty database.
func deskOn(t *testing.T, db *sql.DB, create string) tickettest.System {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err := db.Exec(create)
	require.NoError(t, err)
	d := sqlDesk{db}
	return tickettest.System{
		Ticketing: d,
		Restart:   func() (channel.Ticketing, error) { return sqlDesk{db}, nil },
		Tickets: func(ctx context.Context) ([]string, error) {
			return d.strings(ctx, `SELECT DISTINCT ticket FROM desk_entry`)
		},
		Entries: func(ctx context.Context, ticket string) ([]string, error) {
			return d.strings(ctx, `SELECT text FROM desk_entry WHERE ticket = $1 ORDER BY seq`, ticket)
		},
	}
}

func TestATicketSystemOnSQLiteKeepsTheContract(t *testing.T) {
	t.Parallel()
	tickettest.Run(t, func(t *testing.T) tickettest.System {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "desk.db")))
		require.NoError(t, err)
		return deskOn(t, db, `CREATE TABLE desk_entry (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, ticket TEXT, text TEXT)`)
	})
}

func TestATicketSystemOnPostgreSQLKeepsTheContract(t *testing.T) {
	t.Parallel()
	tickettest.Run(t, func(t *testing.T) tickettest.System {
		db, err := pgtest.New(t).Open()
		require.NoError(t, err)
		return deskOn(t, db, `CREATE TABLE desk_entry (seq bigint GENERATED ALWAYS AS IDENTITY, id text PRIMARY KEY, ticket text, text text)`)
	})
}
