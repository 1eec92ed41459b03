package cloudapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Granularity is the length of the periods that figures are given for. Meta
// spells it differently for each kind of figures; these names work everywhere.
type Granularity string

// The granularities.
const (
	HalfHour Granularity = "HALF_HOUR"
	Daily    Granularity = "DAILY"
	Monthly  Granularity = "MONTHLY"
)

// MessagingQuery selects messaging figures. Start and End are required; they
// reach back one year.
type MessagingQuery struct {
	Start, End  time.Time
	Granularity Granularity // empty means Daily
	Numbers     []string    // phone numbers, with country code
	// ProductTypes are 0 for templates, 2 for service messages, 100 for other.
	ProductTypes []int
	Countries    []string // ISO codes
}

// MessagingPoint counts the messages of one period.
type MessagingPoint struct {
	Start, End      time.Time
	Sent, Delivered int64
}

// Messaging reads how many messages were sent and delivered.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/analytics
// (checked February 2026)
func (a *Account) Messaging(ctx context.Context, q MessagingQuery) ([]MessagingPoint, error) {
	const op = "get messaging analytics"
	if err := period(op, q.Start, q.End); err != nil {
		return nil, err
	}
	name := string(q.Granularity) // later ones as they are
	switch q.Granularity {
	case Daily, "":
		name = "DAY"
	case Monthly:
		name = "MONTH"
	}
	f := field("analytics", q.Start, q.End, name)
	f.list("phone_numbers", q.Numbers)
	f.list("product_types", q.ProductTypes)
	f.list("country_codes", q.Countries)
	var out struct {
		Analytics struct {
			Points []struct {
				Start     graphTime  `json:"start"`
				End       graphTime  `json:"end"`
				Sent      lenientInt `json:"sent"`
				Delivered lenientInt `json:"delivered"`
			} `json:"data_points"`
		} `json:"analytics"`
	}
	if err := a.client.get(ctx, op, a.id, f.query(), &out); err != nil {
		return nil, err
	}
	var points []MessagingPoint
	for _, p := range out.Analytics.Points {
		points = append(points, MessagingPoint{p.Start.Time, p.End.Time, int64(p.Sent), int64(p.Delivered)})
	}
	return points, nil
}

// PricingQuery selects figures about prices. Start and End are required.
type PricingQuery struct {
	Start, End  time.Time
	Granularity Granularity // empty means Daily
	Numbers     []string
	Countries   []string
	// Metrics are COST and VOLUME; nil means both. Meta leaves the cost out if a
	// partner pays.
	Metrics []string
	// Types are REGULAR, FREE_CUSTOMER_SERVICE and FREE_ENTRY_POINT.
	Types []string
	// Categories are MARKETING, UTILITY, AUTHENTICATION, SERVICE and others.
	Categories []string
	// Dimensions split the figures: COUNTRY, PHONE, PRICING_CATEGORY,
	// PRICING_TYPE, TIER.
	Dimensions []string
}

// PricingPoint is the volume and cost of one period and one combination of the
// dimensions asked for.
type PricingPoint struct {
	Start, End time.Time
	Country    string
	Number     string
	Tier       string
	Type       string
	Category   string
	Volume     int64
	// Cost in the account's currency, as Meta writes it; empty if not told. It is
	// approximate, and a decimal: do not compute with floats.
	Cost json.Number
}

// Pricing reads how many messages were charged, and what they cost.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/analytics
// (checked February 2026)
func (a *Account) Pricing(ctx context.Context, q PricingQuery) ([]PricingPoint, error) {
	const op = "get pricing analytics"
	if err := period(op, q.Start, q.End); err != nil {
		return nil, err
	}
	f := field("pricing_analytics", q.Start, q.End, string(orDaily(q.Granularity)))
	if q.Metrics == nil {
		q.Metrics = []string{"COST", "VOLUME"}
	}
	f.list("phone_numbers", q.Numbers)
	f.list("country_codes", q.Countries)
	f.list("metric_types", q.Metrics)
	f.list("pricing_types", q.Types)
	f.list("pricing_categories", q.Categories)
	f.list("dimensions", q.Dimensions)
	var out struct {
		Pricing struct {
			Data []struct {
				Points []struct {
					Start    graphTime     `json:"start"`
					End      graphTime     `json:"end"`
					Country  string        `json:"country"`
					Number   lenientString `json:"phone_number"`
					Tier     lenientString `json:"tier"`
					Type     string        `json:"pricing_type"`
					Category string        `json:"pricing_category"`
					Volume   lenientInt    `json:"volume"`
					Cost     lenientString `json:"cost"`
				} `json:"data_points"`
			} `json:"data"`
		} `json:"pricing_analytics"`
	}
	if err := a.client.get(ctx, op, a.id, f.query(), &out); err != nil {
		return nil, err
	}
	var points []PricingPoint
	for _, d := range out.Pricing.Data {
		for _, p := range d.Points {
			points = append(points, PricingPoint{
				p.Start.Time, p.End.Time, p.Country, string(p.Number), string(p.Tier), p.Type, p.Category,
				int64(p.Volume), json.Number(p.Cost),
			})
		}
	}
	return points, nil
}

func orDaily(g Granularity) Granularity {
	if g == "" {
		return Daily
	}
	return g
}

// period checks the time that figures are asked for.
func period(op string, start, end time.Time) error {
	if start.IsZero() || !end.After(start) {
		return invalid(op, "a start and a later end are needed")
	}
	return nil
}

// fieldQuery builds a field with parameters, such as
// analytics.start(1).end(2).granularity(DAY).
type fieldQuery struct{ b strings.Builder }

func field(name string, start, end time.Time, granularity string) *fieldQuery {
	f := new(fieldQuery)
	f.b.WriteString(name)
	f.add("start", strconv.FormatInt(start.Unix(), 10))
	f.add("end", strconv.FormatInt(end.Unix(), 10))
	f.add("granularity", granularity)
	return f
}

func (f *fieldQuery) add(name, value string) { f.b.WriteString("." + name + "(" + value + ")") }

// list adds a parameter that is a JSON array, or nothing if it is empty.
func (f *fieldQuery) list(name string, values any) {
	raw, err := json.Marshal(values)
	if err == nil && string(raw) != "null" && string(raw) != "[]" {
		f.add(name, string(raw))
	}
}

func (f *fieldQuery) query() url.Values { return url.Values{"fields": {f.b.String()}} }

// TemplateFiguresQuery selects the figures of up to ten templates. Start and End
// are required; they reach back 90 days.
type TemplateFiguresQuery struct {
	Start, End  time.Time
	TemplateIDs []string // 1 to 10
	// Metrics are COST, CLICKED, DELIVERED, READ, SENT and others; nil means those.
	Metrics []string
	// Product is MARKETING_MESSAGES_LITE_API for the Marketing Messages API; empty
	// means the Cloud API.
	Product string
}

const maxFigures = 10 // templates per request

// TemplateFigures are the figures of one template on one day.
type TemplateFigures struct {
	TemplateID                     string
	Start, End                     time.Time
	Sent, Delivered, Read, Replied int64
	Clicks                         []TemplateClicks
	// Costs by kind: amount_spent, cost_per_delivered, cost_per_url_button_click.
	Costs map[string]json.Number
}

// TemplateClicks counts the taps on one button.
type TemplateClicks struct {
	Type   string // quick_reply_button, unique_url_button, …
	Button string // its label
	Count  int64
}

// UnmarshalJSON reads the platform's form of a data point.
func (t *TemplateFigures) UnmarshalJSON(data []byte) error {
	var w struct {
		ID        lenientString `json:"template_id"`
		Start     graphTime     `json:"start"`
		End       graphTime     `json:"end"`
		Sent      lenientInt    `json:"sent"`
		Delivered lenientInt    `json:"delivered"`
		Read      lenientInt    `json:"read"`
		Replied   lenientInt    `json:"replied"`
		Clicked   []struct {
			Type   string        `json:"type"`
			Button lenientString `json:"button_content"`
			Count  lenientInt    `json:"count"`
		} `json:"clicked"`
		Cost []struct {
			Type  string        `json:"type"`
			Value lenientString `json:"value"`
		} `json:"cost"`
	}
	if json.Unmarshal(data, &w) != nil {
		return errUnexpected
	}
	*t = TemplateFigures{
		TemplateID: string(w.ID), Start: w.Start.Time, End: w.End.Time,
		Sent: int64(w.Sent), Delivered: int64(w.Delivered), Read: int64(w.Read), Replied: int64(w.Replied),
	}
	for _, c := range w.Clicked {
		t.Clicks = append(t.Clicks, TemplateClicks{c.Type, string(c.Button), int64(c.Count)})
	}
	for _, c := range w.Cost {
		if t.Costs == nil {
			t.Costs = make(map[string]json.Number)
		}
		if c.Value != "" {
			t.Costs[c.Type] = json.Number(c.Value)
		}
	}
	return nil
}

// TemplateFigures walks through the daily figures of templates. They have to be
// switched on first ([Account.EnableInsights]) and are not available for the EU,
// the UK and Japan. See [Account.Numbers] about errors and breaking off.
func (a *Account) TemplateFigures(ctx context.Context, q TemplateFiguresQuery) iter.Seq2[TemplateFigures, error] {
	const op = "get template analytics"
	err := period(op, q.Start, q.End)
	if n := len(q.TemplateIDs); err == nil && (n < 1 || n > maxFigures) {
		err = invalid(op, "%d templates, allowed are 1 to %d", n, maxFigures)
	}
	if err != nil {
		return func(yield func(TemplateFigures, error) bool) { yield(TemplateFigures{}, err) }
	}
	ids, _ := json.Marshal(q.TemplateIDs)
	if q.Metrics == nil {
		q.Metrics = []string{"COST", "CLICKED", "DELIVERED", "READ", "SENT"}
	}
	v := url.Values{
		"start": {strconv.FormatInt(q.Start.Unix(), 10)}, "end": {strconv.FormatInt(q.End.Unix(), 10)},
		"granularity": {"DAILY"}, "template_ids": {string(ids)}, "metric_types": {strings.Join(q.Metrics, ",")},
	}
	if q.Product != "" {
		v.Set("product_type", q.Product)
	}
	return all(ctx, a.client, listing[TemplateFigures]{
		op: op, id: a.id, edge: "template_analytics", query: v, items: templateFigures,
		key: func(t TemplateFigures) string { return t.TemplateID + "/" + t.Start.Format(time.RFC3339) },
	})
}

// templateFigures reads a page, whose elements hold lists of points.
func templateFigures(page []byte) ([]json.RawMessage, error) {
	var w struct {
		Data []struct {
			Points []json.RawMessage `json:"data_points"`
		} `json:"data"`
	}
	if json.Unmarshal(page, &w) != nil {
		return nil, errUnexpected
	}
	var points []json.RawMessage
	for _, d := range w.Data {
		points = append(points, d.Points...)
	}
	return points, nil
}
