package natslog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/natslog"
)

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := natslog.Open(patient(t), natslog.Config{
		Stream: "a.b", Replicas: 9, MaxBytes: -1, Partitions: -1, Consumer: "*", Concurrency: -1,
		InsecureKeepCards: true, Redact: func(s string) string { return s }, MaxTries: -1,
	})
	require.EqualError(t, err, `natslog: config: Conn is nil
natslog: config: Stream is no name: letters, digits, - and _ only
natslog: config: Replicas is 9: 1 to 5
natslog: config: MaxBytes is negative
natslog: config: Partitions is -1: 0 to 256
natslog: config: Consumer is no name: letters, digits, - and _ only
natslog: config: Concurrency is negative
natslog: config: InsecureKeepCards and Redact exclude each other
natslog: config: webhook: feeder config: MaxTries is negative`)
}

func TestUnsafeStreamsAreRefused(t *testing.T) {
	t.Parallel()
	careful, careless := single(t, syncAlways, ""), single(t, "sync_interval: 2m", "")
	exists := func(t *testing.T, n *node) bool {
		js, err := jetstream.New(connect(t, "app", n))
		require.NoError(t, err)
		_, err = js.Stream(patient(t), natslog.DefaultStream)
		return err == nil
	}
	_, err := natslog.Open(patient(t), natslog.Config{Conn: connect(t, "app", careful), Replicas: 1})
	require.ErrorIs(t, err, natslog.ErrUnsafe, "one replica, and nobody to ask")
	_, err = natslog.Open(patient(t), natslog.Config{Conn: connect(t, "app", careful), Replicas: 1, System: connect(t, "app", careful)})
	require.ErrorContains(t, err, "is System in the system account?")
	_, err = natslog.Open(patient(t), natslog.Config{Conn: connect(t, "app", careless), Replicas: 1, System: connect(t, "sys", careless)})
	require.ErrorIs(t, err, natslog.ErrUnsafe)
	require.ErrorContains(t, err, "server one does not sync every write")
	_, err = natslog.Open(patient(t), natslog.Config{Conn: connect(t, "app", careful)})
	require.Error(t, err, "three replicas need three servers")
	require.False(t, exists(t, careful), "what is refused is not created")
	require.False(t, exists(t, careless))

	cfg := natslog.Config{Conn: connect(t, "app", careful), Replicas: 1, System: connect(t, "sys", careful)}
	l, err := natslog.Open(patient(t), cfg)
	require.NoError(t, err)
	require.NoError(t, l.Check(patient(t)))

	t.Run("one that somebody made otherwise", func(t *testing.T) {
		cfg := cfg
		cfg.Stream = "OTHER"
		js, err := jetstream.New(cfg.Conn)
		require.NoError(t, err)
		_, err = js.CreateStream(patient(t), jetstream.StreamConfig{Name: "OTHER", Subjects: []string{"OTHER.>"}, Storage: jetstream.MemoryStorage,
			Metadata: map[string]string{"kanava-partitions": "0"}})
		require.NoError(t, err)
		_, err = natslog.Open(patient(t), cfg)
		require.ErrorIs(t, err, natslog.ErrUnsafe)
		require.ErrorContains(t, err, "it is kept in memory")
		cfg.InsecureAllowLoss = true
		_, err = natslog.Open(patient(t), cfg)
		require.NoError(t, err)
	})
	t.Run("one with another number of partitions", func(t *testing.T) {
		cfg := cfg
		cfg.Partitions = 4
		_, err := natslog.Open(patient(t), cfg)
		require.ErrorContains(t, err, `its metadata has kanava-partitions="0" and not "4"`)
	})
	t.Run("one that is made unsafe behind our back, at the next check", func(t *testing.T) {
		js, err := jetstream.New(cfg.Conn)
		require.NoError(t, err)
		s, err := js.Stream(patient(t), natslog.DefaultStream)
		require.NoError(t, err)
		changed := s.CachedInfo().Config
		changed.MaxBytes, changed.Discard = 1<<20, jetstream.DiscardOld
		_, err = js.UpdateStream(patient(t), changed)
		require.NoError(t, err)
		require.ErrorIs(t, l.Check(patient(t)), natslog.ErrUnsafe)
	})
}

func TestAFullStreamRefuses(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	l, err := natslog.Open(patient(t), natslog.Config{Conn: connect(t, "app", n), System: connect(t, "sys", n), Replicas: 1, MaxBytes: 4096})
	require.NoError(t, err)
	for i := range 1000 {
		if err = l.Accept(patient(t), delivery(fmt.Sprint("w", i))); err != nil {
			break
		}
	}
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hello")
}

func TestNothingOfADeliveryIsInErrorsAndLogs(t *testing.T) {
	t.Parallel()
	n := single(t, syncAlways, "")
	var log bytes.Buffer
	l, err := natslog.Open(patient(t), natslog.Config{
		Conn: connect(t, "app", n), System: connect(t, "sys", n), Replicas: 1,
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(t, err)
	require.NoError(t, l.Accept(patient(t), delivery("wamid.canary")))
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, l.Run(ctx, webhook.SinkFunc(func(context.Context, *webhook.Delivery) error {
		cancel()
		return errors.New("down")
	})))
	require.Contains(t, log.String(), "sink failed")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	err = l.Accept(ended, delivery("wamid.canary"))
	require.ErrorIs(t, err, context.Canceled)
	for _, shown := range []string{log.String(), err.Error()} {
		require.NotContains(t, shown, "canary")
		require.NotContains(t, shown, "13125550143")
		require.NotContains(t, shown, "hello")
	}
}

// delivery is a signed POST with one text message.
func delivery(wamid string) *webhook.Delivery {
	d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"messages","value":{`+
		`"metadata":{"phone_number_id":"7"},"messages":[{"id":%q,"from":"13125550143","timestamp":"1700000000","type":"text","text":{"body":"hello"}}]}}]}]}`, wamid))
	if err != nil {
		panic(err)
	}
	d.Scope = webhook.Scope{All: true}
	return d
}
