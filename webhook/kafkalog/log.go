package kafkalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kanava-go/kanava/webhook"
)

// Log is a log of deliveries on Kafka. It is safe for concurrent use. [Log.Close] ends its
// connections.
type Log struct {
	cfg      Config
	client   *kgo.Client // produces
	admin    *kadm.Client
	recorder webhook.Recorder
	dead     string // the topic of dead letters
}

// maxBatch is the most that a batch may measure, as far as the topic allows it; headerRoom is
// what a record takes beside body and envelope.
const (
	maxBatch   = 1_000_012
	headerRoom = 4 << 10
)

// Open returns the log that cfg describes, and creates its topics if there are none. What is
// wrong with cfg comes back all at once; a topic that can lose what it acknowledges is refused
// with [ErrUnsafe].
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	l := &Log{cfg: cfg, dead: cfg.Topic + ".dead"}
	most, err := l.ensure(ctx)
	if err != nil {
		return nil, err
	}
	if most <= 0 || most > maxBatch {
		most = maxBatch
	}
	// The host's options first: what the log promises is not theirs to change.
	l.client, err = kgo.NewClient(append(cfg.Client[:len(cfg.Client):len(cfg.Client)],
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerBatchMaxBytes(int32(most)), kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))...)
	if err != nil {
		return nil, fmt.Errorf("kafkalog: open: %w", err)
	}
	l.admin = kadm.NewClient(l.client)
	l.recorder = webhook.Recorder{Redact: cfg.Redact, Inject: cfg.Inject, PerNumber: true, MaxBytes: most - headerRoom}
	return l, nil
}

// Check looks whether the topics are there and safe, as Open does, and creates what is missing.
// It may serve as a test of readiness.
func (l *Log) Check(ctx context.Context) error {
	_, err := l.ensure(ctx)
	return err
}

// Close ends the connections of the log. Call it when nobody calls Accept any more and Run has
// returned.
func (l *Log) Close() { l.client.Close() }

// Names of headers.
const (
	headerID       = "kanava-id"
	headerEnvelope = "kanava-envelope"
	headerReason   = "kanava-reason" // of dead letters
)

// Accept implements [webhook.Sink]: it produces the delivery and returns nil once all replicas in
// sync have it. If ctx ends before, it returns an error, although the brokers may still take what
// is under way: then it is there when WhatsApp sends it again.
func (l *Log) Accept(ctx context.Context, d *webhook.Delivery) error {
	records, err := l.recorder.Records(ctx, d)
	out := make([]*kgo.Record, len(records))
	for i := range records {
		out[i] = l.encode(l.cfg.Topic, &records[i])
	}
	if err := errors.Join(err, l.produce(ctx, out...)); err != nil {
		return fmt.Errorf("kafkalog: accept: %w", err)
	}
	return nil
}

// produce returns nil once everything is acknowledged.
func (l *Log) produce(ctx context.Context, records ...*kgo.Record) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("produce: %w", err)
	}
	done := make(chan error, len(records))
	for _, r := range records {
		l.client.Produce(ctx, r, func(_ *kgo.Record, err error) { done <- err })
	}
	var errs []error
	for range records {
		select {
		case err := <-done:
			if err != nil {
				errs = append(errs, fmt.Errorf("produce: %w", err))
			}
		case <-ctx.Done(): // what the brokers may have already cannot be called back
			return fmt.Errorf("produce: %w", ctx.Err())
		}
	}
	return errors.Join(errs...)
}

// encode is r as a record of Kafka.
func (l *Log) encode(topic string, r *webhook.Record) *kgo.Record {
	return &kgo.Record{Topic: topic, Key: []byte(r.Number), Value: r.Body, Headers: []kgo.RecordHeader{
		{Key: headerID, Value: []byte(r.ID)}, {Key: headerEnvelope, Value: []byte(r.Envelope)},
	}}
}

// decode is the opposite of encode.
func decode(r *kgo.Record) *webhook.Record {
	return &webhook.Record{ID: header(r, headerID), Number: string(r.Key), Body: r.Value, Envelope: header(r, headerEnvelope)}
}

func header(r *kgo.Record, name string) string {
	for _, h := range r.Headers {
		if h.Key == name {
			return string(h.Value)
		}
	}
	return ""
}
