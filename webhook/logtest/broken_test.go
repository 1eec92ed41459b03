package logtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/webhook/logtest"
)

// breaks are wrong logs, each with the case that catches it.
var breaks = []struct {
	log, caught string
	break_      func(l *memlog)
}{
	{"loses all but the first number of a POST", "what was accepted is fed to the sink, whole", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			first := ""
			return webhook.Filter(func(e *webhook.Event) bool {
				if first == "" {
					first = e.Number.ID
				}
				return e.Number.ID == first
			}, webhook.SinkFunc(put)).Accept(ctx, d)
		}
	}},
	{"drops what it does not know", "what was accepted is fed to the sink, whole", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			return webhook.Filter(func(e *webhook.Event) bool {
				_, unknown := e.Payload.(*webhook.Unknown)
				return !unknown
			}, webhook.SinkFunc(put)).Accept(ctx, d)
		}
	}},
	{"vouches for everything", "scope and secret survive", func(l *memlog) {
		l.change = func(r *webhook.Record) { r.Envelope = `{"v":1,"secret":2,"scope":{"all":true}}` }
	}},
	{"forgets which secret it was", "scope and secret survive", func(l *memlog) {
		l.change = func(r *webhook.Record) { r.Envelope = strings.Replace(r.Envelope, `"secret":2`, `"secret":0`, 1) }
	}},
	{"vouches for what nobody vouches for", "a delivery without scope is refused", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			if d.Scope.IsZero() {
				d.Scope.All = true
			}
			return put(ctx, d)
		}
	}},
	{"masks nothing", "card numbers are masked before anything is kept", func(l *memlog) {
		l.recorder.Redact = strings.Clone
	}},
	{"masks when it hands out", "card numbers are masked before anything is kept", func(l *memlog) {
		l.recorder.Redact = strings.Clone
		l.sink = func(sink webhook.Sink) webhook.Sink {
			return webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
				masking := webhook.Recorder{Redact: l.o.Redact}
				records, err := masking.Records(ctx, d)
				if err != nil {
					return err
				}
				clean, _, err := records[0].Delivery()
				if err != nil {
					return err
				}
				return sink.Accept(ctx, clean)
			})
		}
	}},
	{"does not say that it masked", "card numbers are masked before anything is kept", func(l *memlog) {
		l.change = func(r *webhook.Record) { r.Envelope = strings.Replace(r.Envelope, `"masked"`, `"x"`, 1) }
	}},
	{"knows repetitions by their body", "what is signed for one does not use up what is signed for another", func(l *memlog) {
		l.id = func(r *webhook.Record) string { return string(r.Body) }
	}},
	{"swallows what it cannot parse", "what is not JSON is kept, too", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			if _, err := webhook.Parse(d.Body); err != nil {
				return nil
			}
			return put(ctx, d)
		}
	}},
	{"swallows what is too large for it", "the largest POST of Meta arrives whole", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			if len(d.Body) > 1<<20 {
				return nil
			}
			return put(ctx, d)
		}
	}},
	{"refuses what is too large for it", "the largest POST of Meta arrives whole", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			if len(d.Body) > 1<<20 {
				return webhook.ErrTooLarge
			}
			return put(ctx, d)
		}
	}},
	{"loses writes that meet", "many at once are all kept", func(l *memlog) { l.lossyWrites = true }},
	{"takes the end of the context for success", "what Accept said it has it has, whatever became of its context", func(l *memlog) {
		l.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
			if ctx.Err() != nil {
				return nil
			}
			return put(ctx, d)
		}
	}},
	{"carries nothing along", "what is carried along arrives", func(l *memlog) { l.recorder.Inject = nil }},
	{"lets go of what is refused", "what the sink refuses comes again", func(l *memlog) {
		l.outcome = func(_ int, o *webhook.Outcome) { o.Again = false }
	}},
	{"takes a panic for success", "a panic of the sink is a refusal", func(l *memlog) {
		l.sink = func(sink webhook.Sink) webhook.Sink {
			return webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
				defer func() { _ = recover() }()
				return sink.Accept(ctx, d)
			})
		}
	}},
	{"waits for a bad one", "what is refused for ever is put aside, and its neighbours go through", func(l *memlog) { l.barrier = true }},
	{"throws bad ones away", "what is refused for ever is put aside, and its neighbours go through", func(l *memlog) { l.quiet = true }},
	{"never gives up", "what is refused for ever is put aside, and its neighbours go through", func(l *memlog) {
		l.o.MaxTries = 1 << 40
	}},
	{"puts everything aside in an outage", "nothing is put aside while the sink is down", func(l *memlog) {
		l.outcome = func(try int, o *webhook.Outcome) {
			if o.Again && try > l.o.MaxTries {
				*o = webhook.Outcome{Dead: "refused"}
			}
		}
	}},
	{"takes what is replayed for a repetition", "what was put aside comes again when it is replayed", func(l *memlog) {
		l.replayed = func(r *webhook.Record) bool { return !l.k.seen[r.ID] }
	}},
	{"leaves what is under way behind", "Run ends with its context, after what the sink has in hand", func(l *memlog) {
		l.run = func(ctx context.Context, sink webhook.Sink, run func(context.Context, webhook.Sink) error) error {
			go func() { _ = run(ctx, sink) }()
			<-ctx.Done()
			return nil
		}
	}},
	{"takes an ordinary end for an error", "Run ends with its context, after what the sink has in hand", func(l *memlog) {
		l.run = func(ctx context.Context, sink webhook.Sink, run func(context.Context, webhook.Sink) error) error {
			return errors.Join(run(ctx, sink), ctx.Err())
		}
	}},
	{"ends the sink's context with its own", "Run ends with its context, after what the sink has in hand", func(l *memlog) {
		l.sink = func(sink webhook.Sink) webhook.Sink { return endsWith{sink, l} }
		l.run = func(ctx context.Context, sink webhook.Sink, run func(context.Context, webhook.Sink) error) error {
			l.ctx = ctx
			return run(ctx, sink)
		}
	}},
	{"says that it was ended before it began", "a Run that begins after its end does nothing", func(l *memlog) {
		l.run = func(ctx context.Context, sink webhook.Sink, run func(context.Context, webhook.Sink) error) error {
			return errors.Join(ctx.Err(), run(ctx, sink))
		}
	}},
	{"forgets what was under way", "what one process did not finish another does", func(l *memlog) { l.quick = true }},
	{"keeps no order", "in order, those of a number come one after the other", func(l *memlog) {
		l.o.InOrder = false
	}},
	{"leaves a POST of several numbers as it is", "in order, a POST of several numbers is cut into theirs", func(l *memlog) {
		l.recorder.PerNumber = false
	}},
	{"stands still for ever", "in order, a bad delivery does not hold up its number for ever", func(l *memlog) {
		l.outcome = func(_ int, o *webhook.Outcome) {
			if o.Dead != "" {
				*o = webhook.Outcome{Again: true, Wait: time.Millisecond}
			}
		}
	}},
}

// endsWith hands the context of Run to the sink.
type endsWith struct {
	webhook.Sink
	l *memlog
}

func (s endsWith) Accept(_ context.Context, d *webhook.Delivery) error {
	return s.Sink.Accept(s.l.ctx, d)
}

// serverBreaks are wrong in what several processes see of them.
var serverBreaks = []struct {
	log, caught string
	open        func() func(logtest.Options) logtest.Log
}{
	{"is the memory of who writes it", "another process on the log knows everything", func() func(logtest.Options) logtest.Log {
		return func(o logtest.Options) logtest.Log { return newServer().open(o) }
	}},
	{"feeds everything to everybody", "processes share the work", func() func(logtest.Options) logtest.Log {
		one := newServer()
		var first *memlog
		return func(o logtest.Options) logtest.Log {
			if first == nil {
				first = one.open(o)
				return first
			}
			second := newServer().open(o) // with everything that the first one takes
			first.accept = func(ctx context.Context, d *webhook.Delivery, put func(context.Context, *webhook.Delivery) error) error {
				return errors.Join(second.put(ctx, d), put(ctx, d))
			}
			return second
		}
	}},
}

// patience is how long a wrong log may keep a case waiting for what never comes.
const patience = 10 * time.Second

func TestBrokenLogsAreCaughtByName(t *testing.T) {
	t.Parallel()
	caught := func(t *testing.T, log, name string, open func() func(logtest.Options) logtest.Log) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			found, err := logtest.CheckCase(ctx, name, open())
			require.True(t, found, "there is no case %q", name)
			require.Error(t, err, "a log that %s was not caught by %q", log, name)
		})
	}
	for _, b := range breaks {
		t.Run(b.log, func(t *testing.T) {
			caught(t, b.log, b.caught, func() func(logtest.Options) logtest.Log {
				s := newServer()
				return func(o logtest.Options) logtest.Log {
					l := s.open(o)
					b.break_(l)
					return l
				}
			})
		})
	}
	for _, b := range serverBreaks {
		t.Run(b.log, func(t *testing.T) { caught(t, b.log, b.caught, b.open) })
	}
}

func TestEveryCaseCatchesSomething(t *testing.T) {
	t.Parallel()
	caught := map[string]bool{}
	for _, b := range breaks {
		caught[b.caught] = true
	}
	for _, b := range serverBreaks {
		caught[b.caught] = true
	}
	for _, name := range logtest.CaseNames() {
		require.True(t, caught[name], "no broken log shows that %q can fail", name)
	}
}
