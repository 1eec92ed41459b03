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
