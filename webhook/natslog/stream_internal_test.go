package natslog

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

func TestEveryWayToLoseMessagesIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*jetstream.StreamConfig)
		unsafe bool
	}{
		{"as it is created here", func(*jetstream.StreamConfig) {}, false},
		{"in memory", func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }, true},
		{"written later", func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode }, true},
		{"without acknowledgement", func(c *jetstream.StreamConfig) { c.NoAck = true }, true},
		{"kept for consumers only", func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy }, true},
		{"kept until it is old, for many consumers", func(c *jetstream.StreamConfig) {
			c.Retention, c.MaxAge = jetstream.LimitsPolicy, 14*24*time.Hour
		}, false},
		{"bounded, refuses when full", func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 30 }, false},
		{"bounded in bytes, forgets when full", func(c *jetstream.StreamConfig) { c.MaxBytes, c.Discard = 1<<30, jetstream.DiscardOld }, true},
		{"bounded in messages, forgets when full", func(c *jetstream.StreamConfig) { c.MaxMsgs, c.Discard = 1000, jetstream.DiscardOld }, true},
		{"unbounded, would forget when full", func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld }, false},
		{"bounded for each number, forgets", func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 9 }, true},
		{"bounded for each number, refuses", func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject, c.DiscardNewPerSubject = 9, true }, false},
		{"forgets after a day", func(c *jetstream.StreamConfig) { c.MaxAge = 24 * time.Hour }, true},
		{"a mirror", func(c *jetstream.StreamConfig) { c.Mirror = &jetstream.StreamSource{Name: "x"} }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := jetstream.StreamConfig{
				Storage: jetstream.FileStorage, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, MaxBytes: -1, MaxMsgs: -1,
				MaxMsgsPerSubject: -1, Replicas: 3,
			}
			c.change(&cfg)
			problems := unsafe(&cfg)
			if c.unsafe {
				require.Len(t, problems, 1)
			} else {
				require.Empty(t, problems)
			}
		})
	}
}

func TestSubjectsAreSafeWhateverTheNumberIs(t *testing.T) {
	t.Parallel()
	l := &Log{cfg: Config{Stream: "S", Partitions: 8}}
	for number, want := range map[string]string{
		"106540352242922": "S.2.106540352242922", "": "S.6._", "a.b": "S.6._", "*": "S.6._", ">": "S.6._", "a b": "S.6._", "ä": "S.6._",
	} {
		require.Equal(t, want, l.subject(number), "number %q", number)
	}
	l.cfg.Partitions = 0
	require.Equal(t, "S.0.7", l.subject("7"))
}
