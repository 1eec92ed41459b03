package otelhooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"
	"go.yaml.in/yaml/v3"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/otelhooks"
	"github.com/kanava-go/kanava/channel/store"
)

// rig is a Telemetry with an SDK behind it.
type rig struct {
	*otelhooks.Telemetry
	spans  *tracetest.InMemoryExporter
	reader *metric.ManualReader
}

func newRig(t testing.TB, cfg otelhooks.Config) *rig {
	t.Helper()
	r := &rig{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	cfg.Tracer = trace.NewTracerProvider(trace.WithSyncer(r.spans))
	cfg.Meter = metric.NewMeterProvider(metric.WithReader(r.reader))
	cfg.Propagator = propagation.TraceContext{}
	telemetry, err := otelhooks.New(cfg)
	require.NoError(t, err)
	r.Telemetry = telemetry
	return r
}

// seen is a metric as the SDK has it.
type seen struct {
	unit, kind string
	attrs      map[string]bool // names
	points     []point
	exemplars  int
}

type point struct {
	attrs attribute.Set
	value float64
}

func (r *rig) collect(t testing.TB) map[string]*seen {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, r.reader.Collect(context.Background(), &all))
	metrics := map[string]*seen{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			s := &seen{unit: m.Unit, attrs: map[string]bool{}}
			add := func(set attribute.Set, v float64, exemplars int) {
				for _, a := range set.ToSlice() {
					s.attrs[string(a.Key)] = true
				}
				s.points = append(s.points, point{set, v})
				s.exemplars += exemplars
			}
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				s.kind = "counter"
				for _, p := range data.DataPoints {
					add(p.Attributes, float64(p.Value), len(p.Exemplars))
				}
			case metricdata.Histogram[float64]:
				s.kind = "histogram"
				for _, p := range data.DataPoints {
					add(p.Attributes, float64(p.Count), len(p.Exemplars))
				}
			case metricdata.Gauge[int64]:
				s.kind = "gauge"
				for _, p := range data.DataPoints {
					add(p.Attributes, float64(p.Value), 0)
				}
			case metricdata.Gauge[float64]:
				s.kind = "gauge"
				for _, p := range data.DataPoints {
					add(p.Attributes, p.Value, 0)
				}
			}
			metrics[m.Name] = s
		}
	}
	return metrics
}

var errSecret = errors.New("of Canary 15555550199")

// everything fires each hook, with success and with failure.
func everything(t testing.TB, r *rig) {
	t.Helper()
	ctx, hub, graph := context.Background(), r.Hub(), r.Graph()
	for _, err := range []error{nil, errSecret} {
		hub.AcceptDone(ctx, hooks.AcceptInfo{Events: 3, Fresh: 2, Redacted: 1, Took: time.Second}, err)
		hub.ApplyDone(ctx, hooks.ApplyInfo{Channel: "support", Field: "messages", Age: time.Second}, err)
		host := hooks.HostInfo{Channel: "support", Conversation: "c1", Try: 1}
		hub.HostDone(hub.HostStart(ctx, host), host, err)
		host.Kind = conversation.DeliveryChanged
		hub.HostDone(hub.HostStart(ctx, host), host, err)
		send := hooks.SendInfo{Channel: "support", Message: "m1", Kind: "text", Try: 1, Waited: time.Second}
		sending := hub.SendStart(ctx, send)
		call := cloudapi.CallInfo{Op: "send message", Object: "106540352242922"}
		graph.CallDone(graph.CallStart(sending, call), call, cloudapi.CallResult{Attempts: 2, Waited: time.Second, Status: 200, Err: err})
		hub.SendDone(sending, send, err)
	}
	hub.DeadLetter(ctx, hooks.DeadLetterInfo{Work: "in", ID: "wamid.Canary", Channel: "support", Reason: "Canary"})
	outage := hooks.OutageInfo{Outage: health.Outage{Kind: health.OutageUnreachable, Reason: "Canary"}, Channel: "support"}
	hub.Outage(ctx, outage)
	outage.Over, outage.Took = true, time.Minute
	hub.Outage(ctx, outage)
	hub.Notice(ctx, hooks.NoticeInfo{Channel: "support", Notice: conversation.Notice{Kind: "review", Severity: "WARNING", Event: "x", Text: "Canary"}})
	hub.BudgetLow(ctx, hooks.BudgetInfo{Channel: "support"})
	at := time.Now().Add(-time.Hour) // this machine's clock is wrong
	_, err := r.Watch(patient{health: &health.Report{
		At: at, Running: true, Delay: duration.Second, Uncertain: 1, NotCovered: 2, CommitLatency: duration.Duration(time.Millisecond), Size: store.Size{Data: 5, Log: 6},
		Work: []store.Backlog{{Queue: "in", Due: 1, Waiting: 2, Dead: 3}},
		Processes: []health.Process{
			{Seen: at, Every: duration.Minute, Ahead: -duration.Second, Version: "v2", Settings: 9, InHand: map[string]int{"out": 3}},
			{Seen: at, Every: duration.Minute, Version: "v1", Settings: 7, Lapses: 2, InHand: map[string]int{"out": 4}},
			{Stopped: at, Ahead: duration.Hour, Settings: 1},
			{Seen: at, Every: duration.Minute, Lost: at, Lapses: 5, InHand: map[string]int{"out": 9}},
		},
		Channels: []health.Channel{{ID: "support", Uncertain: 1, Outage: &health.Outage{}}},
	}})
	require.NoError(t, err)
}

// patient is a hub that says how it is.
type patient struct {
	health *health.Report
	err    error
}

func (p patient) Health(context.Context, ...string) (*health.Report, error) { return p.health, p.err }

func TestTheTableOfMetricsIsTheTruth(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{})
	everything(t, r)
	got := r.collect(t)
	for _, m := range otelhooks.Metrics() {
		s := got[m.Name]
		require.NotNil(t, s, "%s is never recorded", m.Name)
		require.Equal(t, m.Unit, s.unit, m.Name)
		require.Equal(t, m.Kind, s.kind, m.Name)
		require.NotEmpty(t, m.Text, m.Name)
		for _, a := range m.Attributes {
			require.True(t, s.attrs[a], "%s has never the attribute %s", m.Name, a)
		}
		require.Len(t, s.attrs, len(m.Attributes), "%s has attributes that the table does not name: %v", m.Name, s.attrs)
		delete(got, m.Name)
	}
	require.Empty(t, got, "metrics that the table does not name")
}

func TestGaugesShowTheHealth(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{})
	everything(t, r)
	got := r.collect(t)
	value := func(name string, attrs ...attribute.KeyValue) float64 {
		set := attribute.NewSet(attrs...)
		for _, p := range got[name].points {
			if p.attrs.Equals(&set) {
				return p.value
			}
		}
		t.Fatalf("%s has no point %v", name, attrs)
		return 0
	}
	require.InDelta(t, 1, value("kanava.health.up"), 0)
	require.InDelta(t, 1, value("kanava.health.delay"), 0)
	require.InDelta(t, 11, value("kanava.health.store"), 0)
	require.InDelta(t, 3, value("kanava.health.work", attribute.String("kanava.work", "in"), attribute.String("kanava.state", "dead")), 0)
	require.InDelta(t, 1, value("kanava.health.processes", attribute.String("kanava.version", "v1")), 0, "of each version; one has ended, one is lost")
	require.InDelta(t, 1, value("kanava.health.processes", attribute.String("kanava.version", "v2")), 0)
	require.Len(t, got["kanava.health.processes"].points, 2)
	require.InDelta(t, 1, value("kanava.health.lost"), 0)
	require.InDelta(t, 2, value("kanava.health.lapses"), 0, "of those that live")
	require.InDelta(t, 2, value("kanava.health.unheard"), 0)
	require.InDelta(t, 7, value("kanava.health.in_hand", attribute.String("kanava.work", "out")), 0)
	require.Less(t, value("kanava.health.silence"), 60.0)
	require.InDelta(t, 1, value("kanava.health.skew"), 0, "of those that live, behind as well as ahead")
	require.InDelta(t, 1, value("kanava.health.out", attribute.String("kanava.channel", "support")), 0)

	down := newRig(t, otelhooks.Config{})
	stop, err := down.Watch(patient{err: errSecret})
	require.NoError(t, err)
	got = down.collect(t)
	require.Len(t, got, 1)
	require.InDelta(t, 0, value("kanava.health.up"), 0, "a hub that says nothing is not up")
	require.NoError(t, stop())
	require.Empty(t, down.collect(t))
}

func TestChannelsCanBeLeftOut(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{WithoutChannels: true})
	everything(t, r)
	for name, s := range r.collect(t) {
		require.False(t, s.attrs["kanava.channel"], name)
	}
}

func TestSpansAreInsideOfEachOtherAndFailByClass(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{})
	everything(t, r)
	spans := r.spans.GetSpans()
	byName := map[string]tracetest.SpanStub{}
	for _, s := range spans {
		byName[s.Name] = s // the failed ones come last
	}
	require.Equal(t, byName["kanava send text"].SpanContext.SpanID(), byName["graph send message"].Parent.SpanID())
	require.Equal(t, oteltrace.SpanKindClient, byName["graph send message"].SpanKind)
	for _, name := range []string{"kanava accept", "kanava ticketing received", "kanava ticketing " + string(conversation.DeliveryChanged), "kanava send text", "graph send message"} {
		s, ok := byName[name]
		require.True(t, ok, "no span %q among %v", name, len(spans))
		require.Equal(t, codes.Error, s.Status.Code, name)
		require.Equal(t, "_OTHER", s.Status.Description, name)
		require.False(t, s.EndTime.Before(s.StartTime), name)
	}
	require.Equal(t, time.Second, byName["kanava accept"].EndTime.Sub(byName["kanava accept"].StartTime).Truncate(time.Second))
}

func TestExemplarsJoinMetricsAndTraces(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{})
	everything(t, r)
	got := r.collect(t)
	for _, name := range []string{"kanava.accept.duration", "kanava.host.duration", "kanava.send.duration", "kanava.graph.duration"} {
		require.Positive(t, got[name].exemplars, name)
	}
}

func TestATraceGoesThroughALog(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{})
	ctx, span := trace.NewTracerProvider().Tracer("host").Start(t.Context(), "POST /webhook")
	defer span.End()
	carried := r.Inject(ctx)
	require.NotEmpty(t, carried["traceparent"])
	r.Hub().AcceptDone(r.Extract(context.Background(), carried), hooks.AcceptInfo{Events: 1}, nil)
	spans := r.spans.GetSpans()
	require.Len(t, spans, 1)
	require.Equal(t, span.SpanContext().SpanID(), spans[0].Parent.SpanID())
	require.Equal(t, span.SpanContext().TraceID(), spans[0].SpanContext.TraceID())
	require.NotPanics(t, func() { r.Extract(context.Background(), nil) })
	require.Empty(t, r.Inject(context.Background()))
}

func TestNothingPersonalIsShown(t *testing.T) {
	t.Parallel()
	r := newRig(t, otelhooks.Config{})
	everything(t, r)
	var shown bytes.Buffer
	for _, s := range r.spans.GetSpans() {
		fmt.Fprintln(&shown, s.Name, s.Attributes, s.Events, s.Status)
	}
	for name, s := range r.collect(t) {
		for _, p := range s.points {
			fmt.Fprintln(&shown, name, p.attrs.ToSlice())
		}
	}
	require.Contains(t, shown.String(), "support")
	require.NotContains(t, shown.String(), "Canary")
	require.NotContains(t, shown.String(), "15555550199")
}

// promNames are the names of the metrics as OpenTelemetry's exporters write them for Prometheus.
//
// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ (checked 2026-11-29)
func promNames() map[string][]string {
	units := map[string]string{"s": "_seconds", "By": "_bytes", "1": "_ratio"}
	labels := map[string][]string{}
	for _, m := range otelhooks.Metrics() {
		name := strings.ReplaceAll(m.Name, ".", "_") + units[m.Unit]
		var attrs []string
		for _, a := range m.Attributes {
			attrs = append(attrs, strings.ReplaceAll(a, ".", "_"))
		}
		switch m.Kind {
		case "counter":
			labels[name+"_total"] = attrs
		case "histogram":
			labels[name+"_bucket"], labels[name+"_count"], labels[name+"_sum"] = append(attrs, "le"), attrs, attrs
		default:
			labels[name] = attrs
		}
	}
	return labels
}

var (
	metricWord = regexp.MustCompile(`\bkanava_[a-z_]+\b`)
	byWords    = regexp.MustCompile(`by \(([^)]*)\)`)
	matchWord  = regexp.MustCompile(`([a-z_]+)(=~|!=|=)"`)
)

// checkExpr fails if an expression names a metric or a label that there is not.
func checkExpr(t *testing.T, expr string, used map[string]bool) {
	t.Helper()
	names := promNames()
	labels := map[string]bool{"instance": true}
	known := 0
	for _, word := range metricWord.FindAllString(expr, -1) {
		if attrs, ok := names[word]; ok {
			known++
			used[word] = true
			for _, a := range attrs {
				labels[a] = true
			}
		}
	}
	require.Positive(t, known, "no metric of ours in %s", expr)
	var asked []string
	for _, by := range byWords.FindAllStringSubmatch(expr, -1) {
		asked = append(asked, strings.Split(strings.ReplaceAll(by[1], " ", ""), ",")...)
	}
	for _, match := range matchWord.FindAllStringSubmatch(expr, -1) {
		asked = append(asked, match[1])
	}
	for _, label := range asked {
		require.True(t, labels[label], "%s has no label %s", expr, label)
	}
	for _, word := range metricWord.FindAllString(expr, -1) {
		_, metric := names[word]
		require.True(t, metric || slices.Contains(asked, word), "%s is neither a metric nor a label, in %s", word, expr)
	}
	require.Equal(t, strings.Count(expr, "("), strings.Count(expr, ")"), expr)
}

func TestTheDashboardAndTheAlertsNameMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	t.Run("dashboard", func(t *testing.T) {
		raw, err := fs.ReadFile(otelhooks.Files(), "dashboard.json")
		require.NoError(t, err)
		var dashboard struct {
			Title  string
			Panels []struct {
				ID      int
				Title   string
				Targets []struct{ Expr, LegendFormat, RefID string }
			}
		}
		require.NoError(t, json.Unmarshal(raw, &dashboard))
		require.Equal(t, "Kanava", dashboard.Title)
		ids := map[int]bool{}
		for _, p := range dashboard.Panels {
			require.NotEmpty(t, p.Targets, p.Title)
			require.False(t, ids[p.ID], p.Title)
			ids[p.ID] = true
			for _, target := range p.Targets {
				checkExpr(t, target.Expr, used)
			}
		}
	})
	t.Run("alerts", func(t *testing.T) {
		raw, err := fs.ReadFile(otelhooks.Files(), "alerts.yaml")
		require.NoError(t, err)
		var rules struct {
			Groups []struct {
				Rules []struct {
					Alert, Expr, For    string
					Labels, Annotations map[string]string
				}
			}
		}
		require.NoError(t, yaml.Unmarshal(raw, &rules))
		for _, group := range rules.Groups {
			require.NotEmpty(t, group.Rules)
			for _, rule := range group.Rules {
				require.NotEmpty(t, rule.Alert)
				require.Contains(t, []string{"page", "ticket"}, rule.Labels["severity"], rule.Alert)
				require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
				require.NotEmpty(t, rule.Annotations["action"], rule.Alert)
				checkExpr(t, rule.Expr, map[string]bool{})
			}
		}
	})
	for _, m := range otelhooks.Metrics() {
		prefix := strings.ReplaceAll(m.Name, ".", "_")
		shown := slices.ContainsFunc(slices.Collect(maps.Keys(used)), func(name string) bool { return strings.HasPrefix(name, prefix) })
		require.True(t, shown, "the dashboard does not show %s", m.Name)
	}
}

func ExampleNew() {
	telemetry, err := otelhooks.New(otelhooks.Config{}) // the global providers: the host's SDK, or none
	if err != nil {
		fmt.Println(err)
		return
	}
	config := channel.Config{Hooks: telemetry.Hub()} // and a store, a ticketing, channels
	client := cloudapi.Config{Hooks: telemetry.Graph()}
	fmt.Println(config.Hooks.SendStart != nil, client.Hooks.CallStart != nil)
	// Output: true true
}
