package drivertest_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
)

// silent is a ticket system that takes everything.
type silent struct{}

func (silent) Receive(context.Context, *channel.Received) (string, error) { return "", nil }

func (silent) Changed(context.Context, *channel.Change) error { return nil }

// BenchmarkHealthOfAMillionConversations is what a probe costs on SQLite: with a million
// conversations, each with its timer, a backlog and uncertain messages. Beside it is what it
// costs to count all work.
func BenchmarkHealthOfAMillionConversations(b *testing.B) {
	if testing.Short() {
		b.Skip("filling the database takes minutes")
	}
	s, _ := openSQLite(b, filepath.Join(b.TempDir(), "health.db"))
	fill(b, s, 0, 1_000_000)
	var batch channel.Batch
	for i := range 500 {
		id := conversation(i)
		batch.Enqueue = append(batch.Enqueue,
			channel.Work{Queue: "host", ID: id, Lane: id, Group: "support"}, channel.Work{Queue: "in", ID: id, Group: "support"},
			channel.Work{Queue: "check", ID: id, Group: "support", Due: time.Now().Add(time.Hour)})
	}
	_, err := s.Commit(b.Context(), &batch)
	require.NoError(b, err)
	hub, err := channel.New(channel.Config{Store: s, Ticketing: silent{}, Channels: []channel.Channel{{
		Settings: channel.Settings{ID: "support", Name: "Support", Number: "106540352242922"},
	}}})
	require.NoError(b, err)
	probe := access.Actor{Kind: access.Bot, ID: "probe", Admin: true}
	b.Run("Health", func(b *testing.B) {
		for b.Loop() {
			h, err := hub.Health(b.Context(), probe)
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
	s, _ := openSQLite(t, filepath.Join(t.TempDir(), "size.db"))
	before, err := s.Measure(t.Context())
	require.NoError(t, err)
	require.Positive(t, before.Data)
	var batch channel.Batch
	for i := range 1000 {
		batch.Put = append(batch.Put, channel.Record{Kind: "k", Key: conversation(i), Body: conversationBody})
	}
	_, err = s.Commit(t.Context(), &batch)
	require.NoError(t, err)
	after, err := s.Measure(t.Context())
	require.NoError(t, err)
	require.Greater(t, after.Data, before.Data)
	require.Greater(t, after.Log, before.Log)
}
