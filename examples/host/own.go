package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// tickets are the host's own tables. What was said stays with the hub; of a message the host knows to
// which ticket it belongs. A customer's thread goes on for ever and has one ticket after the other.
type tickets struct{ db *sql.DB }

const schema = `
CREATE TABLE IF NOT EXISTS ticket (id TEXT PRIMARY KEY, brand TEXT NOT NULL, conversation TEXT NOT NULL,
	status TEXT NOT NULL, agent TEXT NOT NULL DEFAULT '', opened BIGINT NOT NULL);
CREATE INDEX IF NOT EXISTS ticket_conversation ON ticket (conversation);
CREATE TABLE IF NOT EXISTS entry (id TEXT PRIMARY KEY, ticket TEXT NOT NULL, seq BIGINT NOT NULL)`

// Receive implements channel.Ticketing: a message belongs to the ticket that is open, or to a new one.
func (t *tickets) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	return t.once(ctx, in.ID, in.Message.Seq, func(tx *sql.Tx) (ticket string, err error) {
		err = tx.QueryRowContext(ctx, `UPDATE ticket SET status = 'open' WHERE id = (SELECT id FROM ticket
			WHERE conversation = $1 AND status <> 'solved' ORDER BY opened DESC, id LIMIT 1) RETURNING id`, in.Conversation.ID).Scan(&ticket)
		if !errors.Is(err, sql.ErrNoRows) {
			return ticket, err
		}
		ticket = "T-" + rand.Text()[:8]
		_, err = tx.ExecContext(ctx, `INSERT INTO ticket (id, brand, conversation, status, opened) VALUES ($1, $2, $3, 'open', $4)`,
			ticket, in.Conversation.Channel, in.Conversation.ID, in.Message.At.Unix())
		return ticket, err
	})
}

// Changed implements channel.Ticketing; it is told what Config.Changes names.
func (t *tickets) Changed(ctx context.Context, c *conversation.Change) error {
	_, err := t.once(ctx, c.ID, 0, func(tx *sql.Tx) (ticket string, err error) {
		switch {
		case c.Kind == conversation.DeliveryChanged && c.Delivery == conversation.Failed && c.Message != nil: // somebody must look again
			_, err = tx.ExecContext(ctx, `UPDATE ticket SET status = 'open' WHERE id = (SELECT ticket FROM entry WHERE id = $1)`, c.Message.ID)
		case c.Kind == conversation.ConversationMerged: // two customers are one: their tickets are in the conversation that goes on
			_, err = tx.ExecContext(ctx, `UPDATE ticket SET conversation = $1 WHERE conversation = $2`, c.To, c.Conversation.ID)
		}
		return "", err
	})
	return err
}

// once does what a call means, unless one with this ID did: the hub repeats it until it knows that it went well.
func (t *tickets) once(ctx context.Context, id string, seq int64, f func(tx *sql.Tx) (string, error)) (ticket string, err error) {
	err = sqlstore.InTx(ctx, t.db, func(ctx context.Context, tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT ticket FROM entry WHERE id = $1`, id).Scan(&ticket)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if ticket, err = f(tx); err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO entry (id, ticket, seq) VALUES ($1, $2, $3)`, id, ticket, seq)
		}
		return err
	})
	return ticket, err
}

// files keeps what customers send in a folder.
type files struct{ *os.Root }

func openFiles(dir string) (*files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	return &files{root}, err
}

// Save implements channel.Attachments. The same file gets the same reference each time it is offered,
// and is there as a whole or not at all.
func (f *files) Save(_ context.Context, in channel.File, body io.Reader) (ref string, err error) {
	ref = stem(in.ID) + filepath.Ext(in.SafeName)
	name := rand.Text() + ".part"
	part, err := f.Create(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Root.Remove(name) }() // it is gone if all went well
	_, err = io.Copy(part, body)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return "", err
	}
	folder, err := f.Open(".")
	if err != nil {
		return "", err
	}
	return ref, errors.Join(f.Rename(name, ref), folder.Sync(), folder.Close()) // the name is on the disk, too
}

// stem is the name of a file without its extension.
func stem(fileID string) string {
	sum := sha256.Sum256([]byte(fileID))
	return hex.EncodeToString(sum[:16])
}

// Remove implements channel.Remover: the time of a file is over, or its customer was erased.
func (f *files) Remove(_ context.Context, ref string) error {
	if err := f.Root.Remove(ref); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Forget implements channel.Forgetter: so does one that was saved, but the process was killed before anybody noted it.
func (f *files) Forget(ctx context.Context, fileID string) error {
	names, err := fs.Glob(f.FS(), stem(fileID)+"*")
	for _, name := range names {
		err = errors.Join(err, f.Remove(ctx, name))
	}
	return err
}
