package natslog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/kanava-go/kanava/webhook"
)

const (
	// fetchWait is how long one question for work stands, and thus how long Run may take to
	// notice its end.
	fetchWait = time.Second
	// ackSlack is how much longer than the sink's Timeout a message may be under way before
	// another process gets it.
	ackSlack = 5 * time.Second
	// settleTimeout bounds the last words with the server.
	settleTimeout = 10 * time.Second
)

// Run feeds what the log keeps to sink until ctx is done, lets what the sink has in hand finish,
// and returns nil then. What was fetched and not begun goes to another process. Run outlives
// servers that restart; the error is that of a configuration that cannot work.
func (l *Log) Run(ctx context.Context, sink webhook.Sink) error {
	feeder, err := webhook.NewFeeder(webhook.FeederConfig(l.cfg.feeder(sink)))
	if err != nil {
		return fmt.Errorf("natslog: run: %w", err)
	}
	var pullers sync.WaitGroup
	for _, w := range l.workers() {
		pullers.Go(func() { l.pull(ctx, feeder, w) })
	}
	pullers.Wait()
	// Acknowledgements that are still in a buffer would make others do the work again.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := l.cfg.Conn.FlushWithContext(last); err != nil {
		l.warn(ctx, "natslog: last acknowledgements not sent, others will do some work again", err)
	}
	return nil
}

// A worker is a consumer with its share of this process.
type worker struct {
	consumer jetstream.ConsumerConfig
	slots    int // deliveries under way at once
}

// workers are the consumers that the log has: one, or one for each partition.
func (l *Log) workers() []worker {
	consumer := func(name, subject string, pending int) jetstream.ConsumerConfig {
		return jetstream.ConsumerConfig{
			Durable: name, FilterSubject: subject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: l.cfg.Timeout + ackSlack,
			MaxDeliver: -1, MaxAckPending: pending,
		}
	}
	if l.cfg.Partitions == 0 {
		return []worker{{consumer(l.cfg.Consumer, l.cfg.Stream+".>", -1), l.cfg.Concurrency}}
	}
	workers := make([]worker, l.cfg.Partitions)
	for i := range workers {
		// One under way at a time, over all processes, is what keeps the order.
		subject := fmt.Sprintf("%s.%d.>", l.cfg.Stream, i)
		workers[i] = worker{consumer(fmt.Sprintf("%s-%d", l.cfg.Consumer, i), subject, 1), 1}
	}
	return workers
}

// pull feeds what one consumer has, until ctx is done and everything is settled.
func (l *Log) pull(ctx context.Context, feeder *webhook.Feeder, w worker) {
	var consumer jetstream.Consumer
	free := make(chan struct{}, w.slots)
	for range w.slots {
		free <- struct{}{}
	}
	var working sync.WaitGroup
	defer working.Wait()
	for ctx.Err() == nil {
		n, ok := take(ctx, free)
		if !ok {
			return
		}
		room, wait := feeder.Room(n)
		release(free, n-room)
		err := sleep(ctx, wait)
		if err == nil && consumer == nil {
			consumer, err = l.js.CreateOrUpdateConsumer(ctx, l.cfg.Stream, w.consumer)
		}
		var batch jetstream.MessageBatch
		if err == nil {
			batch, err = consumer.Fetch(room, jetstream.FetchMaxWait(fetchWait))
		}
		if err == nil {
			err = l.feedBatch(ctx, feeder, batch, free, room, &working)
		} else {
			release(free, room)
		}
		if err != nil && ctx.Err() == nil {
			l.warn(ctx, "natslog: fetch failed, trying again", err)
			consumer = nil // it may be gone
			_ = sleep(ctx, l.pause())
		}
	}
}

// take waits for a free slot and takes all that there are.
func take(ctx context.Context, free <-chan struct{}) (n int, ok bool) {
	select {
	case <-free:
	case <-ctx.Done():
		return 0, false
	}
	for n = 1; ; n++ {
		select {
		case <-free:
		default:
			return n, true
		}
	}
}

func release(free chan<- struct{}, n int) {
	for range n {
		free <- struct{}{}
	}
}

// pause is the wait after an error of the servers.
func (l *Log) pause() time.Duration {
	if l.cfg.MinWait > 0 {
		return l.cfg.MinWait
	}
	return webhook.DefaultMinWait
}

// feedBatch feeds the messages of a batch as they come, each in one of n slots taken from free.
func (l *Log) feedBatch(ctx context.Context, feeder *webhook.Feeder, batch jetstream.MessageBatch, free chan<- struct{}, n int, working *sync.WaitGroup) error {
	for msg := range batch.Messages() {
		if ctx.Err() != nil {
			l.settled(ctx, msg.Nak()) // somebody else's
			continue
		}
		n--
		working.Go(func() {
			defer release(free, 1)
			l.feed(ctx, feeder, msg)
		})
	}
	release(free, n)
	if err := batch.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) {
		return err
	}
	return nil
}

// feed hands one message to the sink and settles it.
func (l *Log) feed(ctx context.Context, feeder *webhook.Feeder, msg jetstream.Msg) {
	try, sequence := 1, uint64(0)
	if meta, err := msg.Metadata(); err == nil {
		try, sequence = int(meta.NumDelivered), meta.Sequence.Stream
	}
	r := record(msg.Headers(), msg.Data())
	out := feeder.Feed(ctx, r, try)
	switch {
	case out.Again:
		l.settled(ctx, msg.NakWithDelay(out.Wait))
	case out.Dead != "":
		if err := l.bury(ctx, msg, r, sequence, out.Dead); err != nil {
			l.warn(ctx, "natslog: dead letter not kept, the delivery is tried again", err)
			l.settled(ctx, msg.NakWithDelay(l.pause()))
			return
		}
		l.settled(ctx, msg.TermWithReason("dead letter"))
	default:
		l.settled(ctx, msg.Ack())
	}
}

// bury puts a message into the stream of dead letters.
func (l *Log) bury(ctx context.Context, msg jetstream.Msg, r *webhook.Record, sequence uint64, reason string) error {
	dead := nats.NewMsg(l.dead + ".letter")
	dead.Data = msg.Data()
	for name, value := range map[string]string{
		headerEnvelope: r.Envelope, headerNumber: r.Number, headerRecord: r.ID, headerSubject: msg.Subject(), headerReason: reason,
	} {
		if value != "" {
			dead.Header.Set(name, value)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	// The number in the stream tells two burials of one message from two messages.
	return l.publish(last, dead, r.ID+"."+strconv.FormatUint(sequence, 10), l.dead)
}

// settled notes that an acknowledgement did not go out; the message comes again then.
func (l *Log) settled(ctx context.Context, err error) {
	if err != nil {
		l.warn(ctx, "natslog: not acknowledged, the delivery comes again", err)
	}
}

func (l *Log) warn(ctx context.Context, msg string, err error) {
	l.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, msg, slog.String("stream", l.cfg.Stream), slog.Any("error", err))
}
