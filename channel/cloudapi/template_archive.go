package cloudapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Archived tells what became of templates that were archived or taken back.
type Archived struct {
	Done   []string          // ids
	Failed map[string]string // id → Meta's reason
}

// maxArchive is how many templates one request can name.
const maxArchive = 100

// ArchiveTemplates puts up to 100 templates away: they cannot be sent, and are deleted after
// 28 days unless they are taken back.
//
// Meta serves this under https://api.facebook.com only. With [DefaultBaseURL] the token
// goes there; with any other BaseURL the call goes to that.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked 2026-11-29)
func (a *Account) ArchiveTemplates(ctx context.Context, ids ...string) (Archived, error) {
	return a.archive(ctx, "archive templates", "archive", ids)
}

// UnarchiveTemplates takes up to 100 templates back within 28 days, with the status they
// had. See [Account.ArchiveTemplates] about the address.
func (a *Account) UnarchiveTemplates(ctx context.Context, ids ...string) (Archived, error) {
	return a.archive(ctx, "unarchive templates", "unarchive", ids)
}

const archiveHost = "api.facebook.com"

func (a *Account) archive(ctx context.Context, op, edge string, ids []string) (Archived, error) {
	if len(ids) == 0 || len(ids) > maxArchive {
		return Archived{}, invalid(op, "%d ids, allowed are 1 to %d", len(ids), maxArchive)
	}
	cl, err := a.call(op, http.MethodPost, a.id, nil, map[string][]string{"hsm_ids": ids}, "message_templates", edge)
	if err != nil {
		return Archived{}, err
	}
	if "https://"+cl.url.Host == DefaultBaseURL {
		cl.url.Host, cl.url.Path = archiveHost, strings.TrimPrefix(cl.url.Path, a.client.base.Path)
	}
	var out struct {
		Archived   []lenientString            `json:"archived_templates"`
		Unarchived []lenientString            `json:"unarchived_templates"`
		Failed     map[string]json.RawMessage `json:"failed_templates"`
	}
	cl.repeat, cl.decode = true, decodeInto(&out)
	err = a.client.do(ctx, cl)
	var r Archived
	for _, id := range append(out.Archived, out.Unarchived...) {
		r.Done = append(r.Done, string(id))
	}
	for id, raw := range out.Failed {
		if r.Failed == nil {
			r.Failed = make(map[string]string, len(out.Failed))
		}
		r.Failed[id] = failedReason(raw)
	}
	return r, err
}

// failedReason reads why a template failed: an object with the reason, or a text.
func failedReason(raw json.RawMessage) string {
	var w struct {
		Error lenientString `json:"error"`
	}
	if json.Unmarshal(raw, &w) == nil {
		return string(w.Error)
	}
	var s lenientString
	_ = s.UnmarshalJSON(raw)
	return string(s)
}

// Lookback is how far back a comparison looks.
type Lookback int

// The periods that Meta compares over, in days.
const (
	Lookback7  Lookback = 7
	Lookback30 Lookback = 30
	Lookback60 Lookback = 60
	Lookback90 Lookback = 90
)

// Comparison is how two templates fared.
type Comparison struct {
	// FewerBlocks are the ids, the one with the lower share of blocks first.
	FewerBlocks []string
	// Sent are how often each was sent, by id.
	Sent map[string]int
	// BlockReasons are the reasons people gave most often, by id, such as
	// UNKNOWN_BLOCK_REASON or NO_LONGER_NEEDED.
	BlockReasons map[string]string
}

// CompareTemplates compares two templates of the account over the days up to end, which is
// now or earlier. Meta answers only if each was sent 1,000 times in that period.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-comparison
// (checked 2026-06-24)
func (a *Account) CompareTemplates(ctx context.Context, one, other string, over Lookback, end time.Time) (Comparison, error) {
	const op = "compare templates"
	switch over {
	case Lookback7, Lookback30, Lookback60, Lookback90:
	default:
		return Comparison{}, invalid(op, "the period must be 7, 30, 60 or 90 days")
	}
	if !validID(other) || one == other || end.IsZero() {
		return Comparison{}, invalid(op, "two templates and a time are needed")
	}
	q := url.Values{
		"template_ids": {"[" + other + "]"}, "end": {strconv.FormatInt(end.Unix(), 10)},
		"start": {strconv.FormatInt(end.Add(-time.Duration(over)*24*time.Hour).Unix(), 10)},
	}
	cl, err := a.call(op, http.MethodGet, one, q, nil, "compare")
	if err != nil {
		return Comparison{}, err
	}
	var out struct {
		Data []struct {
			Metric string          `json:"metric"`
			Order  []lenientString `json:"order_by_relative_metric"`
			Number []struct {
				Key   lenientString `json:"key"`
				Value lenientInt    `json:"value"`
			} `json:"number_values"`
			Text []struct {
				Key   lenientString `json:"key"`
				Value string        `json:"value"`
			} `json:"string_values"`
		} `json:"data"`
	}
	cl.decode = decodeInto(&out)
	err = a.client.do(ctx, cl)
	r := Comparison{Sent: map[string]int{}, BlockReasons: map[string]string{}}
	for _, m := range out.Data {
		switch m.Metric {
		case "BLOCK_RATE":
			for _, id := range m.Order {
				r.FewerBlocks = append(r.FewerBlocks, string(id))
			}
		case "MESSAGE_SENDS":
			for _, v := range m.Number {
				r.Sent[string(v.Key)] = int(v.Value)
			}
		case "TOP_BLOCK_REASON":
			for _, v := range m.Text {
				r.BlockReasons[string(v.Key)] = v.Value
			}
		}
	}
	return r, err
}
