package drivertest_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// silent is a ticket system that takes everything.
type silent struct{}

func (silent) Receive(context.Context, *conversation.Received) (string, error) { return "", nil }

func (silent) Changed(context.Context, *conversation.Change) error { return nil }

// BenchmarkHealthOfAMillionConversations is what a probe costs on SQLite: with a million
// conversations, each with its timer, a backlog and uncertain messages. Beside it is what it
// costs to count all work.
func BenchmarkHealthOfAMillionConversations(b *testing.B) {
	if testing.Short() {
		b.Skip("filling the database takes minutes")
	}
	s, _ := openSQLite(b, filepath.Join(b.TempDir(), "health.db"))
	fill(b, s, 0, 1_000_000)
	var batch store.Batch
	for i := range 500 {
		id := conversationID(i)
		batch.Enqueue = append(batch.Enqueue,
			store.Work{Queue: "host", ID: id, Lane: id, Group: "support"}, store.Work{Queue: "in", ID: id, Group: "support"},
			store.Work{Queue: "check", ID: id, Group: "support", Due: time.Now().Add(time.Hour)})
	}
	_, err := s.Commit(b.Context(), &batch)
	require.NoError(b, err)
	hub, err := channel.New(channel.Config{Store: s, Ticketing: silent{}, Channels: []channel.Channel{{
		Settings: settings.Settings{ID: "support", Name: "Support", Number: "106540352242922"},
	}}})
	require.NoError(b, err)
	b.Run("Health", func(b *testing.B) {
		for b.Loop() {
			h, err := hub.Health(b.Context())
			require.NoError(b, err)
			require.Equal(b, 500, h.Uncertain)
		}
	})
	b.Run("counting", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Backlog(b.Context(), time.Now())
			require.NoError(b, err)
		}
	})
}

func TestAStoreKnowsItsSize(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(t *testing.T) *sqlstore.Store{
		"SQLite": func(t *testing.T) *sqlstore.Store {
			s, _ := openSQLite(t, filepath.Join(t.TempDir(), "size.db"))
			return s
		},
		"PostgreSQL": func(t *testing.T) *sqlstore.Store {
			s, _ := openPostgres(t, pgtest.New(t))
			return s
		},
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			before, err := s.Measure(t.Context())
			require.NoError(t, err)
			require.Positive(t, before.Data)
			var batch store.Batch
			for i := range 1000 {
				batch.Put = append(batch.Put, store.Record{Kind: "k", Key: conversationID(i), Body: conversationBody})
			}
			_, err = s.Commit(t.Context(), &batch)
			require.NoError(t, err)
			after, err := s.Measure(t.Context())
			require.NoError(t, err)
			require.Greater(t, after.Data, before.Data)
			if engine == "SQLite" {
				require.Greater(t, after.Log, before.Log)
			}
		})
	}
}

// What Health says comes from the Survey, which each engine words for itself.
func TestHealthOnBothEngines(t *testing.T) {
	t.Parallel()
	for engine, open := range map[string]func(t *testing.T) *sqlstore.Store{
		"SQLite": func(t *testing.T) *sqlstore.Store {
			s, _ := openSQLite(t, filepath.Join(t.TempDir(), "health.db"))
			return s
		},
		"PostgreSQL": func(t *testing.T) *sqlstore.Store {
			s, _ := openPostgres(t, pgtest.New(t))
			return s
		},
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var batch store.Batch
			for i := range 5 {
				id := conversationID(i)
				batch.Enqueue = append(batch.Enqueue,
					store.Work{Queue: "host", ID: id, Lane: id, Group: "support"},
					store.Work{Queue: "host", ID: id + " next", Lane: id, Group: "support"},
					store.Work{Queue: "check", ID: id, Group: "support", Due: time.Now().Add(time.Hour)})
			}
			_, err := s.Commit(t.Context(), &batch)
			require.NoError(t, err)
			hub, err := channel.New(channel.Config{Store: s, Ticketing: silent{}, Channels: []channel.Channel{{
				Settings: settings.Settings{ID: "support", Name: "Support", Number: "106540352242922"},
			}}})
			require.NoError(t, err)
			h, err := hub.Health(t.Context())
			require.NoError(t, err)
			require.Equal(t, 5, h.Uncertain)
			require.Positive(t, h.Delay)
			require.Positive(t, h.Size.Data)
			for _, q := range h.Channels[0].Work {
				if q.Queue == "host" {
					require.Equal(t, 5, q.Due, "conversations")
				}
			}
		})
	}
}
