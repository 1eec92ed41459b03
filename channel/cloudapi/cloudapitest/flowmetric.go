package cloudapitest

import (
	"math"
	"slices"
	"strings"
	"time"
)

// flowCall is one request to the endpoint of a flow.
type flowCall struct {
	at     int64
	took   time.Duration
	failed bool
}

// metric writes one figure about the endpoint: name(…).granularity(…).since(…).until(…).
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/metrics_api
// (checked 2026-11-29)
func (f *Flow) metric(e *enc, args string) {
	arg := func(name string) string {
		_, rest, _ := strings.Cut(args, name+"(")
		value, _, _ := strings.Cut(rest, ")")
		return value
	}
	name, granularity := arg("name"), arg("granularity")
	layout := map[string]string{"HOUR": "2006-01-02T15", "LIFETIME": ""}[granularity]
	if granularity == "" || granularity == "DAY" {
		layout = time.DateOnly
	}
	since, until := arg("since"), arg("until")
	buckets := make(map[string][]flowCall)
	var order []string
	for _, call := range f.asked {
		day := time.Unix(0, call.at).UTC().Format(time.DateOnly)
		if since != "" && day < since || until != "" && day > until {
			continue
		}
		key := time.Unix(0, call.at).UTC().Format(layout)
		if buckets[key] == nil {
			order = append(order, key)
		}
		buckets[key] = append(buckets[key], call)
	}
	e.obj(func() {
		e.key("name").str(name)
		e.key("granularity").str(granularity)
		e.key("data_points").arr(func() {
			for _, key := range order {
				e.obj(func() {
					calls := buckets[key]
					e.key("timestamp").str(time.Unix(0, calls[0].at).UTC().Truncate(time.Hour).Format("2006-01-02T15:04:05-0700"))
					e.key("data").arr(func() { figure(e, name, calls) })
				})
			}
		})
	})
}

// figure writes the parts of a figure.
func figure(e *enc, name string, calls []flowCall) {
	part := func(key string, value float64) {
		e.obj(func() {
			e.key("key").str(key)
			e.key("value").float(value)
		})
	}
	failed := 0
	seconds := make(map[int]int)
	for _, c := range calls {
		if c.failed {
			failed++
		}
		seconds[int(math.Ceil(c.took.Seconds()))]++
	}
	rate := float64(failed) / float64(len(calls))
	switch name {
	case "ENDPOINT_REQUEST_ERROR":
		part("endpoint_error", float64(failed))
	case "ENDPOINT_REQUEST_ERROR_RATE":
		part("endpoint_error", rate)
	case "ENDPOINT_AVAILABILITY":
		part("value", 1-rate)
	case "ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL":
		var keys []int
		for s := range seconds {
			keys = append(keys, s)
		}
		slices.Sort(keys)
		for _, s := range keys {
			part(itoa(s), float64(seconds[s]))
		}
	default:
		part("value", float64(len(calls)))
	}
}
