package otelhooks

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/kanava-go/kanava/channel/health"
)

// Patient is what [Telemetry.Watch] looks at: a *channel.Hub.
type Patient interface {
	Health(ctx context.Context, only ...string) (*health.Report, error)
}

// Watch shows the health of a hub as gauges, asked for whenever the metrics are collected. stop
// ends that. What holds for all processes that share a store is shown by each of them: take the
// maximum over processes, not the sum.
func (t *Telemetry) Watch(hub Patient) (stop func() error, err error) {
	floats, ints := map[string]metric.Float64ObservableGauge{}, map[string]metric.Int64ObservableGauge{}
	var all []metric.Observable
	var errs []error
	for _, m := range table {
		var err error
		switch {
		case m.Kind != "gauge":
			continue
		case m.Unit == "s":
			floats[m.Name], err = t.meter.Float64ObservableGauge(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Text))
			all = append(all, floats[m.Name])
		default:
			ints[m.Name], err = t.meter.Int64ObservableGauge(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Text))
			all = append(all, ints[m.Name])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("otelhooks: make %s: %w", m.Name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	registered, err := t.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		set := func(name string, v int64, attrs ...attribute.KeyValue) {
			o.ObserveInt64(ints[name], v, metric.WithAttributes(t.keep(attrs)...))
		}
		seconds := func(name string, d time.Duration) { o.ObserveFloat64(floats[name], d.Seconds()) }
		if h, err := hub.Health(ctx); err == nil {
			t.observe(h, set, seconds)
		} else {
			set(healthUp, 0) // which says it; nothing else is known
		}
		return nil
	}, all...)
	if err != nil {
		return nil, fmt.Errorf("otelhooks: watch: %w", err)
	}
	return registered.Unregister, nil
}

// observe shows one look at a hub.
func (t *Telemetry) observe(h *health.Report, set func(string, int64, ...attribute.KeyValue), seconds func(string, time.Duration)) {
	set(healthUp, one(h.Running))
	seconds(healthDelay, h.Delay.Std())
	set(healthNotCovered, int64(h.NotCovered))
	seconds(healthCommit, h.CommitLatency.Std())
	set(healthStore, h.Size.Data+h.Size.Log)
	for _, q := range h.Work {
		for state, n := range map[string]int{"due": q.Due, "waiting": q.Waiting, "dead": q.Dead} {
			set(healthWork, int64(n), attribute.String(attrWork, q.Queue), attribute.String(attrState, state))
		}
	}
	t.observeProcesses(h.At, h.Processes, set, seconds)
	if t.cfg.WithoutChannels {
		set(healthUncertain, int64(h.Uncertain))
		out := int64(0)
		for i := range h.Channels {
			out += one(h.Channels[i].Outage != nil)
		}
		set(healthOut, out)
		return
	}
	for i := range h.Channels {
		c := &h.Channels[i]
		set(healthUncertain, int64(c.Uncertain), attribute.String(attrChannel, c.ID))
		set(healthOut, one(c.Outage != nil), attribute.String(attrChannel, c.ID))
	}
}

// observeProcesses shows who works on the store.
func (t *Telemetry) observeProcesses(now time.Time, all []health.Process, set func(string, int64, ...attribute.KeyValue), seconds func(string, time.Duration)) {
	living, inHand := map[string]int64{}, map[string]int64{}
	var lost, lapses, newest int64
	var skew, silence time.Duration
	oldest := int64(math.MaxInt64)
	for i := range all {
		p := &all[i]
		if !p.Lost.IsZero() {
			lost++
		}
		if !p.Living(now) {
			continue
		}
		living[p.Version]++
		lapses += int64(p.Lapses)
		skew, silence = max(skew, p.Ahead.Std().Abs()), max(silence, now.Sub(p.Seen))
		newest, oldest = max(newest, p.Settings), min(oldest, p.Settings)
		for work, n := range p.InHand {
			inHand[work] += int64(n)
		}
	}
	if len(living) == 0 {
		set(healthProcesses, 0, attribute.String(attrVersion, ""))
	}
	for version, n := range living {
		set(healthProcesses, n, attribute.String(attrVersion, version))
	}
	for work, n := range inHand {
		set(healthInHand, n, attribute.String(attrWork, work))
	}
	set(healthLost, lost)
	set(healthLapses, lapses)
	set(healthUnheard, max(0, newest-oldest))
	seconds(healthSkew, skew)
	seconds(healthSilence, silence)
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}
