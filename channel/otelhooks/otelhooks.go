package otelhooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/message"
)

// scope is the name of the instrumentation.
const scope = "github.com/kanava-go/kanava/channel/otelhooks"

// Config says where traces and metrics go. The zero Config uses OpenTelemetry's global providers.
type Config struct {
	// Tracer, Meter and Propagator are the host's; nil means the global ones.
	Tracer     trace.TracerProvider
	Meter      metric.MeterProvider
	Propagator propagation.TextMapPropagator
	// WithoutChannels leaves the channel out of metrics, where there are too many of them.
	WithoutChannels bool
}

// Telemetry makes hooks. It is safe for concurrent use and starts nothing.
type Telemetry struct {
	cfg        Config
	tracer     trace.Tracer
	meter      metric.Meter
	counters   map[string]metric.Int64Counter
	histograms map[string]metric.Float64Histogram
}

// New returns a Telemetry. The error is the meter provider's, for an instrument that it refuses.
func New(cfg Config) (*Telemetry, error) {
	if cfg.Tracer == nil {
		cfg.Tracer = otel.GetTracerProvider()
	}
	if cfg.Meter == nil {
		cfg.Meter = otel.GetMeterProvider()
	}
	if cfg.Propagator == nil {
		cfg.Propagator = otel.GetTextMapPropagator()
	}
	t := &Telemetry{
		cfg: cfg, tracer: cfg.Tracer.Tracer(scope), meter: cfg.Meter.Meter(scope),
		counters: map[string]metric.Int64Counter{}, histograms: map[string]metric.Float64Histogram{},
	}
	var errs []error
	for _, m := range table {
		var err error
		switch m.Kind {
		case "counter":
			t.counters[m.Name], err = t.meter.Int64Counter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Text))
		case "histogram":
			t.histograms[m.Name], err = t.meter.Float64Histogram(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Text),
				metric.WithExplicitBucketBoundaries(seconds...))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("otelhooks: make %s: %w", m.Name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, nil
}

// seconds are the bounds of all histograms: from a commit to a night.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21600, 86400}

// Inject returns what of ctx is to be carried along: the Inject of a log's configuration.
func (t *Telemetry) Inject(ctx context.Context) map[string]string {
	carrier := propagation.MapCarrier{}
	t.cfg.Propagator.Inject(ctx, carrier)
	return carrier
}

// Extract returns ctx with what was carried along: the Extract of a log's configuration.
func (t *Telemetry) Extract(ctx context.Context, carried map[string]string) context.Context {
	return t.cfg.Propagator.Extract(ctx, propagation.MapCarrier(carried))
}

func (t *Telemetry) add(ctx context.Context, name string, n int, attrs ...attribute.KeyValue) {
	if n > 0 {
		t.counters[name].Add(ctx, int64(n), metric.WithAttributes(t.keep(attrs)...))
	}
}

func (t *Telemetry) record(ctx context.Context, name string, v float64, attrs ...attribute.KeyValue) {
	t.histograms[name].Record(ctx, v, metric.WithAttributes(t.keep(attrs)...))
}

// keep drops attributes that say nothing, and the channel if the host wants it so.
func (t *Telemetry) keep(attrs []attribute.KeyValue) []attribute.KeyValue {
	kept := attrs[:0]
	for _, a := range attrs {
		if a.Value.AsString() != "" && !(t.cfg.WithoutChannels && a.Key == attrChannel) {
			kept = append(kept, a)
		}
	}
	return kept
}

// class names the kind of an error, "" for nil. It shows nothing of its words.
func class(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := message.FailureOf(err); ok {
		return string(f.Class)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return cmp.Or(string(channel.CauseOf(err)), "_OTHER") // OpenTelemetry's word for what has no class
}

func failed(err error) attribute.KeyValue { return attribute.String(attrError, class(err)) }

// end ends a span.
func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, class(err))
		span.SetAttributes(failed(err))
	}
	span.End()
}
