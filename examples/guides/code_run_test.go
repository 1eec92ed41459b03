package guides

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/storetest"
	"github.com/kanava-go/kanava/channel/tickettest"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// openStore opens the store on a file.
func openStore(ctx context.Context, path string) (*sqlstore.Store, error) {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	if err != nil {
		return nil, err
	}
	return sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.SQLite})
}

// tables are a ticket system of two tables.
type tables struct{ db *sql.DB }

func openTables(ctx context.Context, path string) (tables, error) {
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	if err != nil {
		return tables{}, err
	}
	_, err = db.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS ticket (id INTEGER PRIMARY KEY, conversation TEXT UNIQUE NOT NULL, state TEXT NOT NULL DEFAULT 'new');
		CREATE TABLE IF NOT EXISTS entry (id TEXT PRIMARY KEY, ticket TEXT NOT NULL, text TEXT NOT NULL)`)
	return tables{db}, err
}

// Receive files what a customer wrote. The id makes it idempotent: the same message again changes nothing.
func (t tables) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	var ticket string
	err = tx.QueryRowContext(ctx, `INSERT INTO ticket (conversation) VALUES (?)
		ON CONFLICT (conversation) DO UPDATE SET state = 'open' RETURNING id`, in.Conversation.ID).Scan(&ticket)
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, in.ID, ticket, in.Message.Text)
	if err != nil {
		return "", err
	}
	return ticket, tx.Commit()
}

// Changed notes what became of answers, and what customers changed.
func (t tables) Changed(ctx context.Context, c *conversation.Change) error {
	text := ""
	switch c.Kind {
	case conversation.DeliveryChanged:
		text = "the answer is " + string(c.Delivery)
		if c.Failure != nil {
			text = "the answer failed: " + c.Failure.Hint
		}
	case conversation.MessageEdited, conversation.MessageDeleted:
		if c.Message == nil { // erased meanwhile
			return nil
		}
		text = "the customer changed what was written: " + c.Message.Text
	case conversation.ConversationMerged:
		text = "goes on in ticket " + c.Ticket
	default: // new kinds may come
		return nil
	}
	_, err := t.db.ExecContext(ctx, `INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, c.ID, c.Conversation.Ticket, text)
	return err
}

func TestTicketing(t *testing.T) {
	tickettest.Run(t, func(t *testing.T) tickettest.System {
		path := filepath.Join(t.TempDir(), "tickets.db")
		own, err := openTables(t.Context(), path)
		require.NoError(t, err)
		return tickettest.System{
			Ticketing: own,
			Restart:   func() (channel.Ticketing, error) { return openTables(context.Background(), path) },
			Tickets:   func(ctx context.Context) ([]string, error) { return own.texts(ctx, `SELECT id FROM ticket`) },
			Entries: func(ctx context.Context, ticket string) ([]string, error) {
				return own.texts(ctx, `SELECT text FROM entry WHERE ticket = ? ORDER BY rowid`, ticket)
			},
		}
	})
}

// texts reads one column.
func (t tables) texts(ctx context.Context, query string, args ...any) (all []string, err error) {
	rows, err := t.db.QueryContext(ctx, query, args...)
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

// bookAndAnswer changes a table of the host's and answers in one transaction.
func (t tables) bookAndAnswer(ctx context.Context, hub *channel.Hub, by conversation.Author, ticket string, r channel.Reply) error {
	return sqlstore.InTx(ctx, t.db, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE ticket SET state = 'answered' WHERE id = ?`, ticket); err != nil {
			return err
		}
		_, err := hub.Reply(ctx, by, r)
		return err
	})
}

// cabinet keeps files of customers.
type cabinet struct{ dir string }

// Save stores one file under a name that the same file gets again.
func (f cabinet) Save(_ context.Context, file channel.File, body io.Reader) (string, error) {
	name := redact.Cards(file.SafeName)
	ref := file.ID + filepath.Ext(name)
	tmp, err := os.CreateTemp(f.dir, "*.part")
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if _, err := io.Copy(tmp, body); err != nil {
		return "", err // of the download, or of the channel's file policy: nothing is kept
	}
	if err := tmp.Sync(); err != nil {
		return "", err
	}
	return ref, os.Rename(tmp.Name(), filepath.Join(f.dir, ref))
}

// Remove removes a file whose time is over; one that is gone already is no error.
func (f cabinet) Remove(_ context.Context, ref string) error {
	if err := os.Remove(filepath.Join(f.dir, filepath.Base(ref))); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// keeping makes a hub that keeps the files of its customers.
func keeping(tickets channel.Ticketing, client *cloudapi.Client, s settings.Settings, dir string) (*channel.Hub, error) {
	number := client.Number(s.Number)
	return channel.New(channel.Config{
		Store: memstore.New(), Ticketing: tickets, Attachments: cabinet{dir},
		Channels: []channel.Channel{{Settings: s, Sender: number, Media: number}},
	})
}

func TestAPictureOfACustomerLiesInTheCabinetAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world, err := cloudapitest.New(cloudapitest.Config{})
		require.NoError(t, err)
		app := world.AddApp(cloudapitest.AppConfig{})
		account := world.AddAccount(cloudapitest.AccountConfig{})
		number := account.AddNumber(cloudapitest.NumberConfig{})
		robin := world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})
		client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
		require.NoError(t, err)
		dir, own := t.TempDir(), make(inbox, 1)
		hub, err := keeping(own, client, settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true}, dir)
		require.NoError(t, err)
		handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub})
		require.NoError(t, err)
		require.NoError(t, world.Subscribe(app, account, handler))
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go hub.Run(ctx)
		go world.Run(ctx)

		robin.Image(number, cloudapitest.Attachment{Data: append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 500)...), MIME: "image/png"})
		id := <-own
		time.Sleep(time.Minute)
		page, err := hub.Messages(ctx, channel.MessageQuery{Conversation: id})
		require.NoError(t, err)
		file := page[0].Attachments[0]
		require.Empty(t, file.Failed)
		kept := filepath.Join(dir, file.Ref)
		require.FileExists(t, kept)

		_, err = hub.EraseCustomer(ctx, "support", message.Recipient{Phone: "+" + robin.Phone()})
		require.NoError(t, err)
		time.Sleep(time.Minute)
		require.NoFileExists(t, kept)
	})
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		s := memstore.New()
		return s, func() store.Store { return s } // a real one opens the same data once more
	})
}

func TestOneConversationWithoutAPhoneAndWithoutWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		world, err := cloudapitest.New(cloudapitest.Config{})
		require.NoError(t, err)
		app := world.AddApp(cloudapitest.AppConfig{})
		account := world.AddAccount(cloudapitest.AccountConfig{})
		number := account.AddNumber(cloudapitest.NumberConfig{})
		robin := world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})
		client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
		require.NoError(t, err)
		own := make(inbox, 1)
		hub, err := channel.New(channel.Config{
			Store: memstore.New(), Ticketing: own,
			Channels: []channel.Channel{{
				Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true},
				Sender:   client.Number(number.ID),
			}},
		})
		require.NoError(t, err)
		handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub})
		require.NoError(t, err)
		require.NoError(t, world.Subscribe(app, account, handler))
		ctx, stop := context.WithCancel(t.Context())
		go hub.Run(ctx)
		go world.Run(ctx)

		robin.Text(number, "Is my bike ready?")
		id := <-own
		you := conversation.Author{Kind: conversation.Agent, ID: "you"}
		_, err = hub.Reply(ctx, you, channel.Reply{Conversation: id, Content: &message.Text{Body: "It is."}})
		require.NoError(t, err)
		time.Sleep(time.Minute) // of the test's own time: this takes no time
		require.Contains(t, robin.Sees(number)[1].Text, "It is.")
		require.Empty(t, world.Audit(), "rules of WhatsApp that were broken")

		time.Sleep(25 * time.Hour)
		_, err = hub.Reply(ctx, you, channel.Reply{Conversation: id, Content: &message.Text{Body: "Will you come?"}})
		require.Error(t, err, "the customer service window is closed")
		stop()
	})
}

// inbox is told which conversations have news.
type inbox chan string

func (i inbox) Receive(_ context.Context, in *conversation.Received) (string, error) {
	i <- in.Conversation.ID
	return "", nil
}

func (inbox) Changed(context.Context, *conversation.Change) error { return nil }

// healthz is an endpoint for alarms and for a load balancer.
func healthz(hub *channel.Hub) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		health, err := hub.Health(r.Context())
		if err != nil || health.Delay > duration.Duration(5*time.Minute) || health.Dead > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(health) // nil if the store does not answer
	}
}

// private are the settings of a channel that keeps little.
func private(s settings.Settings) settings.Settings {
	const day = duration.Duration(24 * time.Hour)
	s.Retention = settings.Retention{Messages: 365 * day, Attachments: 90 * day, Consents: 3 * 365 * day, DeadLetters: 30 * day}
	return s
}

// forget answers a request of erasure, after one of access.
func forget(ctx context.Context, hub *channel.Hub, phone string, w io.Writer) error {
	who := message.Recipient{Phone: phone}
	if err := hub.ExportCustomer(ctx, "support", who, w); err != nil {
		return err
	}
	_, err := hub.EraseCustomer(ctx, "support", who)
	return err
}
