package kafkalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/kafkalog"
)

// delivery is a signed POST with one text message.
func delivery(number, wamid string) *webhook.Delivery {
	d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"messages","value":{`+
		`"metadata":{"phone_number_id":%q},"messages":[{"id":%q,"from":"13125550143","timestamp":"1700000000","type":"text","text":{"body":"hello"}}]}}]}]}`, number, wamid))
	if err != nil {
		panic(err)
	}
	d.Scope = webhook.Scope{All: true}
	return d
}

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := kafkalog.Open(t.Context(), kafkalog.Config{
		Topic: "a b", Replicas: -1, Partitions: -1, Concurrency: -1, InsecureKeepCards: true, Redact: func(s string) string { return s }, MaxTries: -1,
	})
	require.EqualError(t, err, `kafkalog: config: Client is empty: name the brokers with kgo.SeedBrokers
kafkalog: config: Topic is no name: up to 200 letters, digits, ., - and _
kafkalog: config: Partitions is -1: 1 to 10000
kafkalog: config: Replicas is -1: 1 to 10
kafkalog: config: Concurrency is negative
kafkalog: config: InsecureKeepCards and Redact exclude each other
kafkalog: config: webhook: feeder config: MaxTries is negative`)
}

func TestUnsafeTopicsAreRefused(t *testing.T) {
	t.Parallel()
	_, client := brokers(t)
	admin := kadm.NewClient(newClient(t, client))
	for name, c := range map[string]struct {
		replicas int16
		settings map[string]*string
	}{
		"one-replica": {1, map[string]*string{"min.insync.replicas": kadm.StringPtr("2")}},
		"compacted":   {3, map[string]*string{"min.insync.replicas": kadm.StringPtr("2"), "cleanup.policy": kadm.StringPtr("compact")}},
		"by-default":  {3, nil},
	} {
		_, err := admin.CreateTopic(t.Context(), 1, c.replicas, c.settings, name)
		require.NoError(t, err)
		cfg := kafkalog.Config{Client: client, Topic: name}
		_, err = kafkalog.Open(t.Context(), cfg)
		require.ErrorIs(t, err, kafkalog.ErrUnsafe, name)
		cfg.InsecureAllowLoss = true
		open(t, cfg)
	}
	l := open(t, kafkalog.Config{Client: client})
	require.NoError(t, l.Check(t.Context()), "what is created here is safe")
	one := "1"
	_, err := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Name: "min.insync.replicas", Value: &one}}, kafkalog.DefaultTopic)
	require.NoError(t, err)
	require.ErrorIs(t, l.Check(t.Context()), kafkalog.ErrUnsafe, "nor is it made so behind our back")
}

func newClient(t *testing.T, opts []kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(opts...)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// TestTheKeyIsTheNumber shows which records one POST of two numbers becomes.
func TestTheKeyIsTheNumber(t *testing.T) {
	t.Parallel()
	_, client := brokers(t)
	l := open(t, kafkalog.Config{Client: client})
	d, err := webhook.Parse([]byte(`{"object":"whatsapp_business_account","entry":[` +
		`{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"7"},"messages":[{"id":"a","type":"text","text":{"body":"x"}}]}}]},` +
		`{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"8"},"messages":[{"id":"b","type":"text","text":{"body":"x"}}]}}]}]}`))
	require.NoError(t, err)
	d.Scope = webhook.Scope{All: true}
	require.NoError(t, l.Accept(t.Context(), d))
	reader := newClient(t, append(client, kgo.ConsumeTopics(kafkalog.DefaultTopic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())))
	keys := map[string]bool{}
	for len(keys) < 2 {
		fetches := reader.PollFetches(t.Context())
		require.NoError(t, fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) { keys[string(r.Key)] = true })
	}
	require.Equal(t, map[string]bool{"7": true, "8": true}, keys)
}

// TestOnlyWhatTheBrokersAcknowledgeIsAccepted has brokers refuse for want of replicas, for ever.
func TestOnlyWhatTheBrokersAcknowledgeIsAccepted(t *testing.T) {
	t.Parallel()
	cluster, client := brokers(t)
	l := open(t, kafkalog.Config{Client: client})
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	var acks atomic.Int32
	cluster.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		produce := req.(*kmsg.ProduceRequest)
		acks.Store(int32(produce.Acks))
		giveUp() // without it, Accept would go on trying
		resp := produce.ResponseKind().(*kmsg.ProduceResponse)
		for _, topic := range produce.Topics {
			out := kmsg.NewProduceResponseTopic()
			out.Topic, out.TopicID = topic.Topic, topic.TopicID
			for _, p := range topic.Partitions {
				part := kmsg.NewProduceResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, kerr.NotEnoughReplicas.Code
				out.Partitions = append(out.Partitions, part)
			}
			resp.Topics = append(resp.Topics, out)
		}
		return resp, nil, true
	})
	err := l.Accept(ctx, delivery("7", "a"))
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, -1, acks.Load(), "all replicas in sync are asked for")
}

// TestProcessesComeAndGo has four processes join and leave one after the other while deliveries
// come in and some fail: nothing is lost.
func TestProcessesComeAndGo(t *testing.T) {
	t.Parallel()
	cluster, client := brokers(t)
	open := func() *kafkalog.Log {
		return open(t, kafkalog.Config{Client: append(client, kgo.HeartbeatInterval(50*time.Millisecond)), MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond})
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var calls atomic.Int64
	sink := webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		if calls.Add(1)%9 == 0 {
			return errors.New("busy")
		}
		mu.Lock()
		defer mu.Unlock()
		for e := range d.Events() {
			seen[e.Payload.(*webhook.Message).ID]++
		}
		return nil
	})
	has := func(n int) func() bool {
		return func() bool { mu.Lock(); defer mu.Unlock(); return len(seen) >= n }
	}
	producer := open()
	published := 0
	publish := func(n int) {
		for range n {
			require.NoError(t, producer.Accept(t.Context(), delivery(fmt.Sprint(published%20), fmt.Sprint("w", published))))
			published++
		}
	}
	type process struct {
		stop context.CancelFunc
		done chan error
	}
	start := func() process {
		ctx, cancel := context.WithCancel(t.Context())
		p := process{cancel, make(chan error, 1)}
		l := open()
		go func() { p.done <- l.Run(ctx, sink) }()
		return p
	}
	processes := []process{start()}
	for i := range 3 {
		publish(100)
		processes = append(processes, start())
		if i == 1 {
			cluster.MoveTopicPartition(kafkalog.DefaultTopic, 0, 1) // a leader moves meanwhile
		}
		require.Eventually(t, has(published-50), 3*time.Minute, 5*time.Millisecond)
		processes[i].stop()
		require.NoError(t, <-processes[i].done)
	}
	publish(100)
	require.Eventually(t, has(published), 3*time.Minute, 5*time.Millisecond, "something is lost")
	processes[3].stop()
	require.NoError(t, <-processes[3].done)
	again := -published
	for _, n := range seen {
		again += n
	}
	t.Logf("%d published, 0 lost, %d fed again", published, again)
}

// TestABadOneDoesNotStopItsPartition has a bad delivery at the head of the only partition.
func TestABadOneDoesNotStopItsPartition(t *testing.T) {
	t.Parallel()
	_, client := brokers(t)
	l := open(t, kafkalog.Config{Client: client, Partitions: 1, MaxTries: 1 << 20, MinWait: time.Millisecond, MaxWait: 10 * time.Millisecond})
	require.NoError(t, l.Accept(t.Context(), delivery("7", "bad")))
	const many = 300
	for i := range many {
		require.NoError(t, l.Accept(t.Context(), delivery("7", fmt.Sprint("w", i))))
	}
	var good atomic.Int32
	var bad atomic.Int32
	sink := webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		for e := range d.Events() {
			if e.Payload.(*webhook.Message).ID == "bad" {
				bad.Add(1)
				return errors.New("bad")
			}
		}
		good.Add(1)
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, sink) }()
	require.Eventually(t, func() bool { return good.Load() == many && bad.Load() > 2 }, 3*time.Minute, time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	admin := kadm.NewClient(newClient(t, client))
	offsets, err := admin.FetchOffsets(t.Context(), kafkalog.DefaultGroup)
	if !errors.Is(err, kerr.GroupIDNotFound) {
		require.NoError(t, err)
	}
	committed, ok := offsets.Lookup(kafkalog.DefaultTopic, 0)
	require.True(t, !ok || committed.At <= 0, "nothing behind the bad one is committed, but %d", committed.At)
}

func TestNothingOfADeliveryIsInErrorsAndLogs(t *testing.T) {
	t.Parallel()
	cluster, client := brokers(t)
	var log bytes.Buffer
	l := open(t, kafkalog.Config{Client: client, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	require.NoError(t, l.Accept(t.Context(), delivery("7", "wamid.canary")))
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, l.Run(ctx, webhook.SinkFunc(func(context.Context, *webhook.Delivery) error {
		cancel()
		return errors.New("down")
	})))
	require.Contains(t, log.String(), "sink failed")
	cluster.Close()
	short, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	err := l.Accept(short, delivery("7", "wamid.canary"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	for _, shown := range []string{log.String(), err.Error()} {
		require.NotContains(t, shown, "canary")
		require.NotContains(t, shown, "13125550143")
		require.NotContains(t, shown, "hello")
	}
}

// One process receives, another one works. Here both are one, on a broker in the program.
func Example() {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(3))
	check(err)
	defer cluster.Close()
	ctx, stop := context.WithCancel(context.Background())
	log, err := kafkalog.Open(ctx, kafkalog.Config{Client: []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}})
	check(err)
	defer log.Close()

	// Where webhooks come in, the log is the Sink of a webhook.Handler.
	check(log.Accept(ctx, delivery("7", "wamid.1")))

	// Where they are worked off, the sink is a hub.
	hub := webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		fmt.Println("got a delivery with", d.Len(), "event")
		stop()
		return nil
	})
	check(log.Run(ctx, hub))
	// Output: got a delivery with 1 event
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
