package otelhooks

import (
	"cmp"
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/hooks"
)

// spanKey is where a hook's Start leaves the span for its Done.
type spanKey struct{}

// started is a span with when it began.
type started struct {
	trace.Span
	at time.Time
}

func (t *Telemetry) start(ctx context.Context, name string, kind trace.SpanKind, attrs ...attribute.KeyValue) context.Context {
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return context.WithValue(ctx, spanKey{}, started{span, time.Now()})
}

// done ends the span that start began and returns how long it took.
func done(ctx context.Context, err error) time.Duration {
	s, ok := ctx.Value(spanKey{}).(started)
	if !ok {
		return 0
	}
	end(s.Span, err)
	return time.Since(s.at)
}

// Hub returns the hooks of a hub. A host with hooks of its own calls these from them.
func (t *Telemetry) Hub() hooks.Hooks {
	return hooks.Hooks{
		Carry: t.Inject, Resume: t.Extract,
		AcceptDone: t.acceptDone,
		ApplyDone: func(ctx context.Context, i hooks.ApplyInfo, err error) {
			t.record(ctx, applyAge, i.Age.Seconds(), attribute.String(attrChannel, i.Channel), attribute.String(attrField, i.Field), failed(err))
		},
		HostStart: func(ctx context.Context, i hooks.HostInfo) context.Context {
			return t.start(ctx, "kanava ticketing "+changeOf(i), trace.SpanKindInternal, attribute.String(attrChannel, i.Channel),
				attribute.String(attrConversation, i.Conversation), attribute.String(attrChange, changeOf(i)), attribute.Int(attrTry, i.Try))
		},
		HostDone: func(ctx context.Context, i hooks.HostInfo, err error) {
			t.record(ctx, hostDuration, done(ctx, err).Seconds(), attribute.String(attrChannel, i.Channel), attribute.String(attrChange, changeOf(i)), failed(err))
		},
		SendStart: func(ctx context.Context, i hooks.SendInfo) context.Context {
			return t.start(ctx, "kanava send "+i.Kind, trace.SpanKindProducer, attribute.String(attrChannel, i.Channel),
				attribute.String(attrMessage, i.Message), attribute.String(attrKind, i.Kind), attribute.Int(attrTry, i.Try))
		},
		SendDone: func(ctx context.Context, i hooks.SendInfo, err error) {
			at, kind := attribute.String(attrChannel, i.Channel), attribute.String(attrKind, i.Kind)
			t.record(ctx, sendDuration, done(ctx, err).Seconds(), at, kind, failed(err))
			if i.Try == 1 {
				t.record(ctx, sendWaited, i.Waited.Seconds(), at, kind)
			}
		},
		DeadLetter: func(ctx context.Context, i hooks.DeadLetterInfo) {
			t.add(ctx, deadLetters, 1, attribute.String(attrChannel, i.Channel), attribute.String(attrWork, i.Work))
		},
		Outage: func(ctx context.Context, i hooks.OutageInfo) {
			at, kind := attribute.String(attrChannel, i.Channel), attribute.String(attrKind, string(i.Kind))
			if i.Over {
				t.record(ctx, outageDuration, i.Took.Seconds(), at, kind)
			} else {
				t.add(ctx, outages, 1, at, kind)
			}
		},
		Notice: func(ctx context.Context, i hooks.NoticeInfo) {
			t.add(ctx, notices, 1, attribute.String(attrChannel, i.Channel), attribute.String(attrKind, i.Kind), attribute.String(attrSeverity, i.Severity))
		},
		BudgetLow: func(ctx context.Context, i hooks.BudgetInfo) {
			t.add(ctx, budgetsLow, 1, attribute.String(attrChannel, i.Channel))
		},
	}
}

func changeOf(i hooks.HostInfo) string { return cmp.Or(string(i.Kind), "received") }

// acceptDone makes the span of an Accept that is over.
func (t *Telemetry) acceptDone(ctx context.Context, i hooks.AcceptInfo, err error) {
	now := time.Now()
	ctx, span := t.tracer.Start(ctx, "kanava accept", trace.WithSpanKind(trace.SpanKindConsumer), trace.WithTimestamp(now.Add(-i.Took)),
		trace.WithAttributes(attribute.Int("kanava.events", i.Events), attribute.Int("kanava.fresh", i.Fresh), attribute.Int("kanava.masked", i.Redacted)))
	t.record(ctx, acceptDuration, i.Took.Seconds(), failed(err))
	end(span, err)
	t.add(ctx, acceptItems, i.Events)
	t.add(ctx, acceptFresh, i.Fresh)
	t.add(ctx, acceptMasked, i.Redacted)
}

// Graph returns the hooks of a client of the Cloud API.
func (t *Telemetry) Graph() cloudapi.Hooks {
	return cloudapi.Hooks{
		CallStart: func(ctx context.Context, i cloudapi.CallInfo) context.Context {
			return t.start(ctx, "graph "+i.Op, trace.SpanKindClient, attribute.String(attrOperation, i.Op))
		},
		CallDone: func(ctx context.Context, i cloudapi.CallInfo, r cloudapi.CallResult) {
			op := attribute.String(attrOperation, i.Op)
			trace.SpanFromContext(ctx).SetAttributes(attribute.Int("http.response.status_code", r.Status), attribute.Int("kanava.attempts", r.Attempts))
			t.record(ctx, graphDuration, done(ctx, r.Err).Seconds(), op, failed(r.Err))
			t.record(ctx, graphWaited, r.Waited.Seconds(), op)
			t.add(ctx, graphAttempts, r.Attempts, op)
		},
	}
}
