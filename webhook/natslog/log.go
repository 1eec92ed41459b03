package natslog

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/kanava-go/kanava/webhook"
)

// Log is a log of deliveries on JetStream. It is safe for concurrent use and starts nothing by
// itself.
type Log struct {
	cfg      Config
	js       jetstream.JetStream
	recorder webhook.Recorder
	dead     string // the stream of dead letters

	maxMessage atomic.Int64  // of the stream; 0 or less means no bound
	checked    atomic.Uint64 // reconnections at the last check
}

// Open returns the log that cfg describes, and creates its streams if there are none. What is
// wrong with cfg comes back all at once; a stream that can lose what it acknowledges is
// refused with [ErrUnsafe].
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	js, err := jetstream.New(cfg.Conn)
	if err != nil {
		return nil, fmt.Errorf("natslog: open: %w", err)
	}
	l := &Log{cfg: cfg, js: js, dead: cfg.Stream + "_DEAD"}
	l.recorder = webhook.Recorder{Redact: cfg.Redact, Inject: cfg.Inject, PerNumber: cfg.Partitions > 0}
	if err := l.Check(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

// Check looks whether the streams are there and safe, as Open does, and creates what is missing.
// It may serve as a test of readiness.
func (l *Log) Check(ctx context.Context) error {
	connections := l.cfg.Conn.Stats().Reconnects
	if err := l.ensure(ctx); err != nil {
		return err
	}
	l.checked.Store(connections)
	return nil
}

// Names of the headers beside Nats-Msg-Id, in which the record's ID stands.
const (
	headerEnvelope = "Kanava-Envelope"
	headerNumber   = "Kanava-Number"
	headerReason   = "Kanava-Reason"  // of dead letters
	headerSubject  = "Kanava-Subject" // where a dead letter came from
	headerRecord   = "Kanava-Record"  // the record's ID, if the message has one of its own
)

// headerRoom is what headers may take up beside the envelope.
const headerRoom = 1 << 10

// Accept implements [webhook.Sink]: it publishes the delivery and returns nil once the stream has
// acknowledged it. While servers change their leader or restart it tries again, for as long as
// ctx allows.
func (l *Log) Accept(ctx context.Context, d *webhook.Delivery) error {
	if l.checked.Load() != l.cfg.Conn.Stats().Reconnects {
		if err := l.Check(ctx); err != nil {
			return err
		}
	}
	recorder := l.recorder
	recorder.MaxBytes = int(l.cfg.Conn.MaxPayload()) - headerRoom
	if most := int(l.maxMessage.Load()); most > 0 {
		recorder.MaxBytes = min(recorder.MaxBytes, most-headerRoom)
	}
	records, err := recorder.Records(ctx, d)
	errs := []error{err}
	for i := range records {
		errs = append(errs, l.publish(ctx, l.message(&records[i]), records[i].ID, l.cfg.Stream))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("natslog: accept: %w", err)
	}
	return nil
}

// message is a record as a message.
func (l *Log) message(r *webhook.Record) *nats.Msg {
	m := nats.NewMsg(l.subject(r.Number))
	m.Data = r.Body
	m.Header.Set(headerEnvelope, r.Envelope)
	if isName(r.Number) {
		m.Header.Set(headerNumber, r.Number)
	}
	return m
}

// record is the record in a message.
func record(h nats.Header, body []byte) *webhook.Record {
	id := h.Get(headerRecord)
	if id == "" {
		id = h.Get(jetstream.MsgIDHeader)
	}
	return &webhook.Record{ID: id, Number: h.Get(headerNumber), Body: body, Envelope: h.Get(headerEnvelope)}
}

// subject is where the deliveries of a number go: stream, partition, number. Those of an account
// as a whole, and what is no number at all, share a place.
func (l *Log) subject(number string) string {
	if !isName(number) {
		number = "_"
	}
	partition := 0
	if l.cfg.Partitions > 0 {
		h := fnv.New32a()
		h.Write([]byte(number))
		partition = int(h.Sum32() % uint32(l.cfg.Partitions))
	}
	return fmt.Sprintf("%s.%d.%s", l.cfg.Stream, partition, number)
}

// How long one try to publish may take, and the wait before the next.
const (
	publishTry  = 2 * time.Second
	publishWait = 100 * time.Millisecond
)

// publish returns nil once stream has acknowledged m. It repeats what may not have arrived, which
// the message's ID makes harmless.
func (l *Log) publish(ctx context.Context, m *nats.Msg, id, stream string) error {
	for {
		try, cancel := context.WithTimeout(ctx, publishTry)
		_, err := l.js.PublishMsg(try, m, jetstream.WithMsgID(id), jetstream.WithExpectStream(stream), jetstream.WithRetryAttempts(0))
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("publish: %w", ctx.Err())
		case !transient(err):
			return fmt.Errorf("publish: %w", err)
		}
		if err := sleep(ctx, publishWait); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	}
}

// transient reports whether a repetition may succeed: servers that are starting, electing or gone
// for a moment.
func transient(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.Code == 503 && !errors.Is(err, errStoreFull) // unavailable
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoStreamResponse) ||
		errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrTimeout)
}

// errStoreFull is what a full stream answers, which waiting does not help.
var errStoreFull = &jetstream.APIError{ErrorCode: 10077}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
