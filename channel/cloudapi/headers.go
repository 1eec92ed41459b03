package cloudapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

const slogWarn = slog.LevelWarn

func attrOp(op string) slog.Attr              { return slog.String("op", op) }
func attrClass(cl message.Class) slog.Attr    { return slog.String("class", string(cl)) }
func attrCode(code int) slog.Attr             { return slog.Int("code", code) }
func attrVersion(key, value string) slog.Attr { return slog.String(key, printable(value)) }

// Headers of the Graph API that tell about limits, as net/http spells them.
//
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
// (checked September 2026)
const (
	headerBusinessUsage = "X-Business-Use-Case-Usage"
	headerAppUsage      = "X-App-Usage"
	headerVersion       = "Facebook-Api-Version"
)

// readHeaders learns from the headers of an answer: usage for the limiter, and
// the version that really served the call.
func (c *Client) readHeaders(ctx context.Context, cl *call, h http.Header) {
	if v := h[headerVersion]; len(v) > 0 && v[0] != c.version && !c.warned.Swap(true) {
		c.logger.LogAttrs(ctx, slogWarn, "Meta serves another version than configured: it may have expired",
			attrVersion("configured", c.version), attrVersion("served", v[0]))
	}
	if v := h[headerAppUsage]; len(v) > 0 {
		if u, ok := appUsage(v[0]); ok {
			c.limiter.Observe(ctx, Permit{Account: AppAccount}, u.observation())
		}
	}
	if v := h[headerBusinessUsage]; len(v) > 0 {
		for id, u := range businessUsage(v[0]) {
			c.limiter.Observe(ctx, Permit{Account: id}, u.observation())
			// The header names the account; the call may have named a number of it.
			if own := cl.permit.Account; own != "" && own != id {
				c.limiter.Observe(ctx, Permit{Account: own}, u.observation())
			}
		}
	}
}

// usage is what Meta says about a quota. The kind of use is not looked at: its
// name for WhatsApp is not documented.
type usage struct {
	Calls   lenientInt `json:"call_count"`    // percent
	CPU     lenientInt `json:"total_cputime"` // percent
	Time    lenientInt `json:"total_time"`    // percent
	Minutes lenientInt `json:"estimated_time_to_regain_access"`
}

func (u usage) observation() Observation {
	return Observation{Usage: int(max(u.Calls, u.CPU, u.Time)), RetryAfter: u.regain()}
}

func (u usage) regain() time.Duration {
	const most = 24 * time.Hour
	return min(time.Duration(min(max(u.Minutes, 0), 1<<20))*time.Minute, most)
}

// appUsage reads the header with the usage of the app.
func appUsage(v string) (u usage, ok bool) {
	return u, json.Unmarshal([]byte(v), &u) == nil
}

// businessUsage reads the header with the usage of each account, the highest of
// each.
func businessUsage(v string) map[string]usage {
	var lists map[string][]usage
	if json.Unmarshal([]byte(v), &lists) != nil {
		return nil
	}
	out := make(map[string]usage, len(lists))
	for id, list := range lists {
		var top usage
		for _, u := range list {
			top.Calls, top.CPU = max(top.Calls, u.Calls), max(top.CPU, u.CPU)
			top.Time, top.Minutes = max(top.Time, u.Time), max(top.Minutes, u.Minutes)
		}
		out[id] = top
	}
	return out
}

// regainAfter is the longest wait that the usage headers ask for.
func regainAfter(h http.Header) time.Duration {
	var d time.Duration
	for _, u := range businessUsage(h.Get(headerBusinessUsage)) {
		d = max(d, u.regain())
	}
	return d
}

// retryAfter reads Retry-After, seconds or a date. Meta does not document it for
// WhatsApp, proxies send it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	const most = 24 * time.Hour
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		if s > 0 && !math.IsInf(s, 0) {
			return time.Duration(min(s, most.Seconds()) * float64(time.Second))
		}
		return 0
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), most)
	}
	return 0
}
