package cloudapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"time"
)

// Info reads the flow.
func (f *Flow) Info(ctx context.Context) (FlowInfo, error) {
	var info FlowInfo
	err := f.read(ctx, "get flow", url.Values{"fields": {flowFields + ",health_status"}}, &info)
	return info, err
}

// read reads the flow or a part of it into out.
func (f *Flow) read(ctx context.Context, op string, query url.Values, out any) error {
	cl, err := f.account.call(op, http.MethodGet, f.id, query, nil)
	if err != nil {
		return err
	}
	cl.decode = decodeInto(out)
	return f.account.client.do(ctx, cl)
}

// FlowChange changes what belongs to a flow and not to its definition. Empty parts stay
// as they are; at least one has to be given.
type FlowChange struct {
	Name       string         `json:"name,omitempty"` // 1 to 200 characters
	Categories []FlowCategory `json:"categories,omitempty"`
	Endpoint   string         `json:"endpoint_uri,omitempty"` // an https address
	// AppID is the app whose secret signs what goes to the endpoint.
	AppID string `json:"application_id,omitempty"`
}

// Update changes name, categories, endpoint or app. Of a published flow, endpoint and app
// can be changed.
func (f *Flow) Update(ctx context.Context, change FlowChange) error {
	const op = "update flow"
	if err := refuse(op, changes(change), length("the name", change.Name, 0, maxFlowName), checkEndpoint(change.Endpoint)); err != nil {
		return err
	}
	return f.post(ctx, op, true, change)
}

// post acts on the flow; repeat says that a second time does no harm.
func (f *Flow) post(ctx context.Context, op string, repeat bool, in any, edge ...string) error {
	cl, err := f.account.call(op, http.MethodPost, f.id, nil, in, edge...)
	if err != nil {
		return err
	}
	cl.repeat, cl.decode = repeat, decodeSuccess
	return f.account.client.do(ctx, cl)
}

// SetJSON replaces the definition of a draft. It is stored even if it has faults, which
// are returned; only a definition without them can be published.
func (f *Flow) SetJSON(ctx context.Context, definition []byte) ([]FlowProblem, error) {
	const op = "update flow JSON"
	if err := refuse(op, checkFlowJSON(definition)); err != nil {
		return nil, err
	}
	cl, err := f.account.call(op, http.MethodPost, f.id, nil, nil, "assets")
	if err != nil {
		return nil, err
	}
	cl.body, cl.content = flowForm(definition)
	var out wireFlowSaved
	cl.repeat, cl.decode = true, decodeInto(&out)
	err = f.account.client.do(ctx, cl)
	return out.value().Problems, err
}

// flowForm is the multipart form around a definition.
func flowForm(definition []byte) (body []byte, contentType []string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	// Writing to a buffer cannot fail.
	_ = w.WriteField("name", "flow.json")
	_ = w.WriteField("asset_type", "FLOW_JSON")
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", "flow.json")},
		"Content-Type":        {"application/json"},
	})
	_, _ = part.Write(definition)
	_ = w.Close()
	return buf.Bytes(), []string{w.FormDataContentType()}
}

// FlowAsset is a file of a flow.
type FlowAsset struct {
	Name string `json:"name"`       // flow.json
	Type string `json:"asset_type"` // FLOW_JSON
	// URL is where the file can be fetched, without a token and for a short time.
	URL string `json:"download_url"`
}

// Assets walks through the files of the flow, of which there is one, its definition. See
// [Account.Numbers] about errors and breaking off.
func (f *Flow) Assets(ctx context.Context) iter.Seq2[FlowAsset, error] {
	return all(ctx, f.account.client, listing[FlowAsset]{
		op: "list flow assets", id: f.id, account: f.account.id, edge: "assets",
		key: func(a FlowAsset) string { return a.Type + "/" + a.Name },
	})
}

// Publish makes the flow usable, for ever as it is: a published flow cannot become a
// draft again. Meta refuses flows with faults, and flows whose endpoint fails its health
// check.
func (f *Flow) Publish(ctx context.Context) error {
	return f.post(ctx, "publish flow", false, nil, "publish")
}

// Deprecate ends a published flow: it can neither be sent nor opened any more. There is no
// way back.
func (f *Flow) Deprecate(ctx context.Context) error {
	return f.post(ctx, "deprecate flow", false, nil, "deprecate")
}

// Delete removes a draft. Published flows are deprecated instead.
func (f *Flow) Delete(ctx context.Context) error {
	cl, err := f.account.call("delete flow", http.MethodDelete, f.id, nil, nil)
	if err != nil {
		return err
	}
	cl.decode = decodeSuccess
	return f.account.client.do(ctx, cl)
}

// FlowPreview is a page that shows the flow to whoever has its address.
type FlowPreview struct {
	URL     string
	Expires time.Time // 30 days after the address was made
}

// Preview gives the address of a page that shows the flow. renew makes a new address; the
// former one stops working.
func (f *Flow) Preview(ctx context.Context, renew bool) (FlowPreview, error) {
	var out struct {
		Preview struct {
			URL     string    `json:"preview_url"`
			Expires graphTime `json:"expires_at"`
		} `json:"preview"`
	}
	err := f.read(ctx, "preview flow", url.Values{"fields": {fmt.Sprintf("preview.invalidate(%t)", renew)}}, &out)
	return FlowPreview{URL: out.Preview.URL, Expires: out.Preview.Expires.Time}, err
}

// FlowMetric is a figure about the endpoint of a flow.
type FlowMetric string

// The figures about endpoints.
const (
	FlowRequests     FlowMetric = "ENDPOINT_REQUEST_COUNT"
	FlowErrors       FlowMetric = "ENDPOINT_REQUEST_ERROR"
	FlowErrorRate    FlowMetric = "ENDPOINT_REQUEST_ERROR_RATE"           // 0 to 1
	FlowLatency      FlowMetric = "ENDPOINT_REQUEST_LATENCY_SECONDS_CEIL" // requests by seconds, rounded up
	FlowAvailability FlowMetric = "ENDPOINT_AVAILABILITY"                 // 0 to 1
)

// FlowMetricQuery asks for one figure.
type FlowMetricQuery struct {
	Metric FlowMetric
	// Granularity is DAY, HOUR or LIFETIME; empty means DAY.
	Granularity string
	// Since and Until are days in UTC; zero means what Meta keeps.
	Since, Until time.Time
}

// FlowPoint is a figure at one time.
type FlowPoint struct {
	Time time.Time
	// Values are the parts of the figure by their names; a figure without parts has one
	// named "value".
	Values map[string]float64
}

// Metric reads a figure about the endpoint of a published flow. Meta leaves out days with
// too few requests.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/metrics_api
// (checked 2026-11-29)
func (f *Flow) Metric(ctx context.Context, q FlowMetricQuery) ([]FlowPoint, error) {
	const op = "get flow metric"
	if q.Metric == "" {
		return nil, invalid(op, "a metric is needed")
	}
	if !plainWord(string(q.Metric)) || q.Granularity != "" && !plainWord(q.Granularity) {
		return nil, invalid(op, "metric and granularity are words of capital letters")
	}
	granularity := q.Granularity
	if granularity == "" {
		granularity = "DAY"
	}
	field := fmt.Sprintf("metric.name(%s).granularity(%s)", q.Metric, granularity)
	if !q.Since.IsZero() {
		field += ".since(" + q.Since.UTC().Format(time.DateOnly) + ")"
	}
	if !q.Until.IsZero() {
		field += ".until(" + q.Until.UTC().Format(time.DateOnly) + ")"
	}
	var out struct {
		Metric struct {
			Points []struct {
				Time graphTime `json:"timestamp"`
				Data []struct {
					Key   string      `json:"key"`
					Value json.Number `json:"value"`
				} `json:"data"`
			} `json:"data_points"`
		} `json:"metric"`
	}
	if err := f.read(ctx, op, url.Values{"fields": {field}}, &out); err != nil {
		return nil, err
	}
	var points []FlowPoint
	for _, p := range out.Metric.Points {
		point := FlowPoint{Time: p.Time.Time, Values: make(map[string]float64, len(p.Data))}
		for _, d := range p.Data {
			v, err := d.Value.Float64()
			if err != nil {
				continue
			}
			point.Values[d.Key] = v
		}
		points = append(points, point)
	}
	return points, nil
}

// plainWord keeps a word from reaching into the fields parameter.
func plainWord(s string) bool {
	for _, r := range s {
		if r != '_' && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}
