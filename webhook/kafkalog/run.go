package kafkalog

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kanava-go/kanava/webhook"
)

const (
	// commitEvery is how often what is done is committed. What was not is done again after a
	// crash.
	commitEvery = time.Second
	// pollMost is how many records are taken over at a time.
	pollMost = 500
	// settleTimeout bounds the last words with the brokers.
	settleTimeout = 10 * time.Second
)

// Run feeds what the log keeps to sink until ctx is done, lets what the sink has in hand finish,
// commits it, leaves the group and returns nil. It outlives brokers that restart.
func (l *Log) Run(ctx context.Context, sink webhook.Sink) error {
	if ctx.Err() != nil {
		return nil
	}
	feeder, err := webhook.NewFeeder(l.cfg.feeder(sink))
	if err != nil {
		return fmt.Errorf("kafkalog: run: %w", err)
	}
	r := &runner{
		log: l, ctx: ctx, feeder: feeder, slots: make(chan struct{}, l.cfg.Concurrency), probe: make(chan struct{}, 1),
		windows: map[int32]*window{},
	}
	// The partitions stay while records are being taken over (BlockRebalanceOnPoll), so that none
	// is worked on that belongs to another process.
	r.client, err = kgo.NewClient(append(l.cfg.Client[:len(l.cfg.Client):len(l.cfg.Client)],
		kgo.ConsumerGroup(l.cfg.Group), kgo.ConsumeTopics(l.cfg.Topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.AutoCommitMarks(), kgo.AutoCommitInterval(commitEvery),
		kgo.BlockRebalanceOnPoll(), kgo.OnPartitionsRevoked(r.revoked), kgo.OnPartitionsLost(r.lost))...)
	if err != nil {
		return fmt.Errorf("kafkalog: run: %w", err)
	}
	defer r.client.CloseAllowingRebalance()
	r.poll()
	r.release(r.all())
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := r.client.CommitMarkedOffsets(last); err != nil {
		l.warn(ctx, "kafkalog: last commit failed, others will do some work again", err)
	}
	return nil
}

// runner is one Run.
type runner struct {
	log    *Log
	ctx    context.Context
	client *kgo.Client
	feeder *webhook.Feeder
	slots  chan struct{} // deliveries under way
	probe  chan struct{} // whoever tries a sink that is down

	mu      sync.Mutex
	windows map[int32]*window
}

// poll takes over records until the end.
func (r *runner) poll() {
	for r.ctx.Err() == nil {
		fetches := r.client.PollRecords(r.ctx, pollMost)
		fetches.EachError(func(_ string, partition int32, err error) {
			if r.ctx.Err() == nil {
				r.log.warn(r.ctx, "kafkalog: fetch failed, trying again", err, slog.Int("partition", int(partition)))
			}
		})
		fetches.EachRecord(r.take)
		r.client.AllowRebalance()
	}
}

// take starts the work on a record.
func (r *runner) take(record *kgo.Record) {
	w := r.window(record.Partition)
	e, first := w.add(record, r.log.cfg.InOrder)
	if first {
		w.hands.Go(func() { r.work(w, e) })
	}
	r.turn(w, record.Partition)
}

// window returns the window on a partition.
func (r *runner) window(partition int32) *window {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.windows[partition]
	if w == nil {
		w = newWindow(r.ctx)
		r.windows[partition] = w
	}
	return w
}

// turn keeps a partition from running too far ahead.
func (r *runner) turn(w *window, partition int32) {
	at := map[string][]int32{r.log.cfg.Topic: {partition}}
	switch pause, resume := w.turn(); {
	case pause:
		r.client.PauseFetchPartitions(at)
	case resume:
		r.client.ResumeFetchPartitions(at)
	}
}

// work does e and, in order, those that wait behind it.
func (r *runner) work(w *window, e *entry) {
	for ; e != nil; e = w.next(e) {
		if !r.settle(w.ctx, e.record) {
			return // somebody else's
		}
		if commit := w.finish(e); commit != nil {
			r.client.MarkCommitRecords(commit)
		}
		r.turn(w, e.record.Partition)
		if !r.log.cfg.InOrder {
			return
		}
	}
}

// settle feeds a record until it is done or dead, or ctx ends.
func (r *runner) settle(ctx context.Context, record *kgo.Record) (ok bool) {
	for try := 1; ; try++ {
		out, ok := r.feed(ctx, record, try)
		if !ok {
			return false
		}
		switch {
		case out.Again:
			if sleep(ctx, out.Wait) != nil {
				return false
			}
		case out.Dead != "":
			err := r.bury(record, out.Dead)
			if err == nil {
				return true
			}
			r.log.warn(ctx, "kafkalog: dead letter not kept, the delivery is tried again", err)
			if sleep(ctx, webhook.DefaultMinWait) != nil {
				return false
			}
		default:
			return true
		}
	}
}

// feed hands a record to the sink as soon as there is room; ok is false if ctx ended before.
func (r *runner) feed(ctx context.Context, record *kgo.Record, try int) (out webhook.Outcome, ok bool) {
	if !enter(ctx, r.slots) {
		return out, false
	}
	defer leave(r.slots)
	if _, wait := r.feeder.Room(cap(r.slots)); wait > 0 { // the sink is down: one after the other
		if !enter(ctx, r.probe) {
			return out, false
		}
		defer leave(r.probe)
		if _, wait = r.feeder.Room(1); sleep(ctx, wait) != nil {
			return out, false
		}
	}
	return r.feeder.Feed(r.ctx, decode(record), try), true
}

func enter(ctx context.Context, room chan<- struct{}) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case room <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func leave(room <-chan struct{}) { <-room }

// bury puts a record into the topic of dead letters.
func (r *runner) bury(record *kgo.Record, reason string) error {
	dead := r.log.encode(r.log.dead, decode(record))
	dead.Headers = append(dead.Headers, kgo.RecordHeader{Key: headerReason, Value: []byte(reason)})
	last, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), settleTimeout)
	defer cancel()
	return r.log.produce(last, dead)
}

// revoked gives partitions to another process: what is in hand is finished and committed first.
func (r *runner) revoked(ctx context.Context, client *kgo.Client, topics map[string][]int32) {
	r.release(topics[r.log.cfg.Topic])
	if err := client.CommitMarkedOffsets(ctx); err != nil && r.ctx.Err() == nil {
		r.log.warn(ctx, "kafkalog: commit before handing over failed, others will do some work again", err)
	}
}

// lost drops partitions that another process has already.
func (r *runner) lost(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	r.release(topics[r.log.cfg.Topic])
}

// release ends the work on partitions and waits for what is in hand. One that was not fetched any more,
// because it ran too far ahead, would otherwise stay so when it comes back.
func (r *runner) release(partitions []int32) {
	var ended []*window
	r.mu.Lock()
	for _, p := range partitions {
		if w := r.windows[p]; w != nil {
			delete(r.windows, p)
			w.cancel()
			ended = append(ended, w)
		}
	}
	r.mu.Unlock()
	for _, w := range ended {
		w.hands.Wait()
	}
	r.client.ResumeFetchPartitions(map[string][]int32{r.log.cfg.Topic: partitions})
}

func (r *runner) all() (partitions []int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.windows {
		partitions = append(partitions, p)
	}
	return partitions
}

func (l *Log) warn(ctx context.Context, msg string, err error, attrs ...slog.Attr) {
	l.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, msg, append(attrs, slog.String("topic", l.cfg.Topic), slog.Any("error", err))...)
}

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
