package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/nats-io/nats.go"
	"github.com/redis/rueidis"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/redislimit"
	"github.com/kanava-go/kanava/channel/sharelimit"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/kafkalog"
	"github.com/kanava-go/kanava/webhook/natslog"
)

// openStore opens what all processes share.
func openStore(ctx context.Context, cfg *config, log *slog.Logger) (store.Store, func(), error) {
	db, err := sql.Open("pgx", cfg.postgres)
	if err != nil {
		return nil, nil, fmt.Errorf("open the database: %w", err)
	}
	st, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Logger: log})
	if err != nil {
		_ = db.Close()
		return nil, nil, err
	}
	end := func() { _, _ = st.Close(), db.Close() }
	if cfg.over != nil {
		return cfg.over(st), end, nil
	}
	return st, end, nil
}

// deliveries is a log between receivers and workers: natslog or kafkalog.
type deliveries interface {
	webhook.Sink
	Run(ctx context.Context, sink webhook.Sink) error
	Check(ctx context.Context) error
}

// openLog opens the log; nil if there is none.
func openLog(ctx context.Context, cfg *config, log *slog.Logger) (deliveries, func(), error) {
	switch cfg.log {
	case "nats":
		conn, err := nats.Connect(cfg.nats, nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.Name(cfg.name))
		if err != nil {
			return nil, nil, fmt.Errorf("connect to NATS: %w", err)
		}
		l, err := retry(ctx, log, func() (*natslog.Log, error) {
			return natslog.Open(ctx, natslog.Config{Conn: conn, InsecureAllowLoss: cfg.insecureLog, Logger: log})
		})
		return l, conn.Close, err
	case "kafka":
		seeds := kgo.SeedBrokers(strings.Split(cfg.kafka, ",")...)
		l, err := retry(ctx, log, func() (*kafkalog.Log, error) {
			return kafkalog.Open(ctx, kafkalog.Config{Client: []kgo.Opt{seeds}, InsecureAllowLoss: cfg.insecureLog, Logger: log})
		})
		return l, func() { l.Close() }, err
	}
	return nil, func() {}, nil
}

// retry waits for servers that start at the same time as this process.
func retry[T any](ctx context.Context, log *slog.Logger, open func() (T, error)) (T, error) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		l, err := open()
		if err == nil || ctx.Err() != nil {
			return l, err
		}
		log.LogAttrs(ctx, slog.LevelWarn, "the log is not there yet", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return l, err
		case <-time.After(wait):
		}
	}
}

// newLimiter returns what makes all processes together keep within WhatsApp's limits.
func newLimiter(cfg *config, st store.Store, log *slog.Logger) (cloudapi.Limiter, func(), error) {
	if cfg.limits == "redis" {
		client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: strings.Split(cfg.redis, ","), DisableCache: true})
		if err != nil {
			return nil, nil, fmt.Errorf("connect to Redis: %w", err)
		}
		limiter, err := redislimit.New(redislimit.Config{Client: client, Logger: log})
		return limiter, client.Close, err
	}
	limiter, err := sharelimit.New(sharelimit.Config{Ledger: sharelimit.InStore(st), Logger: log})
	return limiter, func() {}, err
}
