package logtest_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/logtest"
)

// server holds logs by name, as a broker would.
type server struct {
	mu   sync.Mutex
	logs map[string]*kept
}

func newServer() *server { return &server{logs: map[string]*kept{}} }

// kept is one log: what waits, in order, and what was put aside.
type kept struct {
	mu      sync.Mutex
	changed chan struct{}
	seen    map[string]bool
	waiting []*item
	dead    []webhook.DeadRecord
}

type item struct {
	webhook.Record
	tries int
	due   time.Time
	taken bool
}

// memlog is one process on a log in memory. Its fields beside the first two are the ways in
// which the wrong ones are wrong.
type memlog struct {
	o logtest.Options
	k *kept

	recorder webhook.Recorder

	accept   func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error
	change   func(*webhook.Record)        // before it is kept
	id       func(*webhook.Record) string // what a repetition is known by
	run      func(ctx context.Context, sink webhook.Sink, run func(context.Context, webhook.Sink) error) error
	ctx      context.Context // of run
	sink     func(webhook.Sink) webhook.Sink
	outcome  func(try int, o *webhook.Outcome)
	replayed func(*webhook.Record) bool // whether it is put back

	barrier     bool // one after the other
	quick       bool // done when it is handed out
	quiet       bool // nothing is put aside
	lossyWrites bool
}

func (s *server) open(o logtest.Options) *memlog {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.logs[o.Name]
	if k == nil {
		k = &kept{changed: make(chan struct{}), seen: map[string]bool{}}
		s.logs[o.Name] = k
	}
	return &memlog{o: o, k: k, recorder: webhook.Recorder{
		Redact: o.Redact, Inject: o.Inject, PerNumber: o.InOrder, MaxBytes: 1 << 20,
	}}
}

func (k *kept) note(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
	close(k.changed)
	k.changed = make(chan struct{})
}

func (l *memlog) Accept(ctx context.Context, d *webhook.Delivery) error {
	if l.accept != nil {
		return l.accept(ctx, d, l.put)
	}
	return l.put(ctx, d)
}

func (l *memlog) put(ctx context.Context, d *webhook.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	records, err := l.recorder.Records(ctx, d)
	if err != nil {
		return err
	}
	for _, r := range records {
		if l.change != nil {
			l.change(&r)
		}
		id := r.ID
		if l.id != nil {
			id = l.id(&r)
		}
		if l.lossyWrites {
			l.k.mu.Lock()
			before := l.k.waiting
			l.k.mu.Unlock()
			time.Sleep(time.Millisecond)
			l.k.note(func() { l.k.waiting = append(slices.Clip(before), &item{Record: r}) })
			continue
		}
		l.k.note(func() {
			if !l.k.seen[id] {
				l.k.seen[id] = true
				l.k.waiting = append(l.k.waiting, &item{Record: r})
			}
		})
	}
	return nil
}

func (l *memlog) Run(ctx context.Context, sink webhook.Sink) error {
	if l.run != nil {
		return l.run(ctx, sink, l.feed)
	}
	return l.feed(ctx, sink)
}

func (l *memlog) feed(ctx context.Context, sink webhook.Sink) error {
	if l.sink != nil {
		sink = l.sink(sink)
	}
	f, err := webhook.NewFeeder(webhook.FeederConfig{
		Sink: sink, MaxTries: l.o.MaxTries, MinWait: l.o.MinWait, MaxWait: l.o.MaxWait, InOrder: l.o.InOrder, Extract: l.o.Extract,
	})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for ctx.Err() == nil {
		it, changed := l.next()
		if it == nil {
			select {
			case <-changed:
			case <-time.After(l.o.MinWait):
			case <-ctx.Done():
			}
			continue
		}
		wg.Go(func() {
			l.settle(it, f.Feed(ctx, &it.Record, it.tries))
		})
	}
	return nil
}

// next takes what is due and nobody works on; in order, no later than the first of its number.
func (l *memlog) next() (*item, <-chan struct{}) {
	l.k.mu.Lock()
	defer l.k.mu.Unlock()
	busy := map[string]bool{}
	for _, it := range l.k.waiting {
		if l.o.InOrder && busy[it.Number] {
			continue
		}
		if it.taken || it.due.After(time.Now()) {
			if busy[it.Number] = true; l.barrier {
				break
			}
			continue
		}
		it.taken = true
		it.tries++
		if l.quick {
			l.k.waiting = slices.DeleteFunc(slices.Clone(l.k.waiting), func(o *item) bool { return o == it })
		}
		return it, nil
	}
	return nil, l.k.changed
}

func (l *memlog) settle(it *item, out webhook.Outcome) {
	if l.outcome != nil {
		l.outcome(it.tries, &out)
	}
	l.k.note(func() {
		it.taken, it.due = false, time.Now().Add(out.Wait)
		if out.Again {
			return
		}
		l.k.waiting = slices.DeleteFunc(slices.Clone(l.k.waiting), func(o *item) bool { return o == it })
		if out.Dead != "" && !l.quiet {
			l.k.dead = append(l.k.dead, webhook.DeadRecord{Record: it.Record, Reason: out.Dead, At: time.Now()})
		}
	})
}

func (l *memlog) DeadLetters(ctx context.Context, limit int) ([]webhook.DeadRecord, error) {
	l.k.mu.Lock()
	defer l.k.mu.Unlock()
	return slices.Clone(l.k.dead[:min(limit, len(l.k.dead))]), ctx.Err()
}

func (l *memlog) Replay(ctx context.Context, limit int) (n int, err error) {
	l.k.note(func() {
		n = min(limit, len(l.k.dead))
		for _, d := range l.k.dead[:n] {
			if l.replayed == nil || l.replayed(&d.Record) {
				l.k.waiting = append(l.k.waiting, &item{Record: d.Record})
			}
		}
		l.k.dead = l.k.dead[n:]
	})
	return n, ctx.Err()
}

// Holds implements logtest.Holder.
func (l *memlog) Holds(context.Context) (all []byte, err error) {
	l.k.mu.Lock()
	defer l.k.mu.Unlock()
	for _, it := range l.k.waiting {
		all = append(append(all, it.Body...), it.Envelope...)
	}
	return all, nil
}

func TestTheReferenceKeepsTheContract(t *testing.T) {
	t.Parallel()
	s := newServer()
	logtest.Run(t, func(_ *testing.T, o logtest.Options) logtest.Log { return s.open(o) })
}
