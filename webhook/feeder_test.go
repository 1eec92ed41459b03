package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// feeding returns a feeder whose sink answers as told by the wamid's text, and a record of it.
func feeding(t *testing.T, cfg webhook.FeederConfig, sink func(ctx context.Context, d *webhook.Delivery) error) (*webhook.Feeder, func(id string) *webhook.Record) {
	t.Helper()
	cfg.Sink = webhook.SinkFunc(sink)
	f, err := webhook.NewFeeder(cfg)
	require.NoError(t, err)
	return f, func(id string) *webhook.Record {
		records, err := (&webhook.Recorder{Redact: redact.Cards}).Records(t.Context(), postOf(t, messageFor("7", id, "x")))
		require.NoError(t, err)
		return &records[0]
	}
}

var errDown = errors.New("down\nwith \x00 it")

func TestAFailedDeliveryIsFedAgainLaterAndLater(t *testing.T) {
	t.Parallel()
	f, record := feeding(t, webhook.FeederConfig{}, func(context.Context, *webhook.Delivery) error { return errDown })
	for try, seconds := range map[int]int{0: 1, 1: 1, 2: 2, 3: 4, 6: 32, 7: 60, 999: 60} {
		require.Equal(t, webhook.Outcome{Again: true, Wait: time.Duration(seconds) * time.Second}, f.Feed(t.Context(), record("a"), try))
	}
}

func TestNothingDiesWhileTheSinkIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := true
		f, record := feeding(t, webhook.FeederConfig{MaxTries: 3}, func(_ context.Context, d *webhook.Delivery) error {
			if down || only1(d) == "bad" {
				return errDown
			}
			return nil
		})
		for try := range 50 {
			out := f.Feed(t.Context(), record("good"), try+1)
			require.True(t, out.Again, "try %d", try+1)
			time.Sleep(out.Wait)
		}
		down = false
		require.Zero(t, f.Feed(t.Context(), record("good"), 51))
		require.True(t, f.Feed(t.Context(), record("bad"), 2).Again, "it has tries left")
		require.Zero(t, f.Feed(t.Context(), record("good"), 1))
		require.Equal(t, "the sink refused it 3 times: down with \x00 it", f.Feed(t.Context(), record("bad"), 3).Dead)

		time.Sleep(time.Hour)
		require.True(t, f.Feed(t.Context(), record("bad"), 60).Again, "nothing got through for an hour")
	})
}

func only1(d *webhook.Delivery) string {
	for e := range d.Events() {
		if m, ok := e.Payload.(*webhook.Message); ok {
			return m.ID
		}
	}
	return ""
}

func TestALogInOrderDoesNotStandForEver(t *testing.T) {
	t.Parallel()
	f, record := feeding(t, webhook.FeederConfig{MaxTries: 3, InOrder: true}, func(context.Context, *webhook.Delivery) error { return errDown })
	require.True(t, f.Feed(t.Context(), record("a"), 29).Again)
	require.NotEmpty(t, f.Feed(t.Context(), record("a"), 30).Dead)
}

func TestARecordThatCannotBeReadIsDeadAtOnce(t *testing.T) {
	t.Parallel()
	called := false
	f, _ := feeding(t, webhook.FeederConfig{}, func(context.Context, *webhook.Delivery) error { called = true; return nil })
	require.NotEmpty(t, f.Feed(t.Context(), &webhook.Record{Envelope: "Canary"}, 1).Dead)
	require.NotContains(t, f.Feed(t.Context(), &webhook.Record{Envelope: "Canary"}, 1).Dead, "Canary")
	require.False(t, called)
}

func TestAPanicOfTheSinkIsAFailure(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	f, record := feeding(t, webhook.FeederConfig{Logger: slog.New(slog.NewTextHandler(&log, nil))},
		func(_ context.Context, d *webhook.Delivery) error { panic("Canary " + string(d.Body)) })
	require.True(t, f.Feed(t.Context(), record("a"), 1).Again)
	require.Contains(t, log.String(), "panicked")
	require.NotContains(t, log.String(), "Canary")
}

func TestTheSinksWorkOutlivesTheLogsContextButNotItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		f, record := feeding(t, webhook.FeederConfig{
			Timeout: 3 * time.Second,
			Extract: func(ctx context.Context, _ map[string]string) context.Context {
				return context.WithValue(ctx, key{}, "trace")
			},
		}, func(ctx context.Context, _ *webhook.Delivery) error {
			require.NoError(t, ctx.Err())
			require.Equal(t, "trace", ctx.Value(key{}))
			<-ctx.Done()
			return ctx.Err()
		})
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		require.True(t, f.Feed(ended, record("a"), 1).Again)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestASinkThatIsDownIsTriedWithOne(t *testing.T) {
	t.Parallel()
	down := true
	f, record := feeding(t, webhook.FeederConfig{}, func(context.Context, *webhook.Delivery) error {
		if down {
			return errDown
		}
		return nil
	})
	room := func() [2]int { n, wait := f.Room(64); return [2]int{n, int(wait / time.Second)} }
	require.Equal(t, [2]int{64, 0}, room())
	for range 7 {
		f.Feed(t.Context(), record("a"), 1)
	}
	require.Equal(t, [2]int{64, 0}, room(), "some bad ones are no outage")
	f.Feed(t.Context(), record("a"), 1)
	require.Equal(t, [2]int{1, 1}, room())
	for range 50 {
		f.Feed(t.Context(), record("a"), 1)
	}
	require.Equal(t, [2]int{1, 5}, room())
	n, _ := f.Room(0)
	require.Zero(t, n)
	down = false
	f.Feed(t.Context(), record("a"), 1)
	require.Equal(t, [2]int{64, 0}, room())
}

func TestFeederConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := webhook.NewFeeder(webhook.FeederConfig{Timeout: -1, MaxTries: -1, MinWait: -1, MaxWait: -1})
	require.EqualError(t, err, "webhook: feeder config: Sink is nil\nwebhook: feeder config: Timeout is negative\n"+
		"webhook: feeder config: MaxTries is negative\nwebhook: feeder config: MinWait is negative\nwebhook: feeder config: MaxWait is negative")
}

// In a rolling upgrade the log holds what the next release wrote before all readers are of it.
func TestWhatALaterReleaseWroteIsLeftToItsReaders(t *testing.T) {
	t.Parallel()
	f, record := feeding(t, webhook.FeederConfig{MaxTries: 3}, func(context.Context, *webhook.Delivery) error { return nil })
	later := record("later")
	later.Envelope = `{"v":2,"what":"ever","scope":{"all":true}}`
	for try := 1; try < 30; try++ {
		require.Zero(t, f.Feed(t.Context(), record("a"), 1), "others pass")
		out := f.Feed(t.Context(), later, try)
		require.True(t, out.Again, try)
		require.Empty(t, out.Dead)
	}
	require.Contains(t, f.Feed(t.Context(), later, 30).Dead, "a later version: 2", "nobody is going to read it")
	none := record("none")
	none.Envelope = `{"v":0,"scope":{"all":true}}`
	require.NotEmpty(t, f.Feed(t.Context(), none, 1).Dead)
}
