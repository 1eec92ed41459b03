package pgxstore_test

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
)

// A comment in the host's own table and the answer to the customer happen together or not at all.
func ExampleInTx() {
	answer := func(ctx context.Context, pool *pgxpool.Pool, hub *channel.Hub, conv, text string) error {
		return pgxstore.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO comment (conversation, text) VALUES ($1, $2)`, conv, text); err != nil {
				return err
			}
			_, err := hub.Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "agent-7"}, channel.Reply{Conversation: conv, Content: &message.Text{Body: text}})
			return err
		})
	}
	_ = answer
}

// A hub keeps what it must not forget where the pool leads to.
func ExampleOpen() {
	open := func(ctx context.Context, dsn string) (store.Store, error) {
		pool, err := pgxpool.New(ctx, dsn) // postgres://…?pool_max_conns=16
		if err != nil {
			return nil, err
		}
		return pgxstore.Open(ctx, pgxstore.Config{Pool: pool})
	}
	_ = open
}

// A host that has its own way with transactions: when something fails, the rollback takes the answer
// away with the host's own rows, and Ended tells the hub so. Where that way is free, InTx is shorter.
func ExampleWithTx() {
	refund := func(ctx context.Context, pool *pgxpool.Pool, hub *channel.Hub, ticket, conv string) (err error) {
		tx, err := pool.Begin(ctx)
		if err != nil {
			return err
		}
		within := pgxstore.WithTx(ctx, tx)
		defer func() {
			if err == nil {
				err = tx.Commit(ctx)
			} else {
				_ = tx.Rollback(context.WithoutCancel(ctx)) // nothing is booked, and nothing is sent
			}
			pgxstore.Ended(within, err == nil)
		}()
		_, err = hub.Reply(within, conversation.Author{Kind: conversation.Agent, ID: "agent-7"},
			channel.Reply{Conversation: conv, Content: &message.Text{Body: "You get your money back."}})
		if err != nil {
			return err // window.ErrClosed, for example
		}
		_, err = tx.Exec(ctx, `INSERT INTO refund (ticket, cents) VALUES ($1, 1999)`, ticket)
		return err
	}
	_ = refund
}
