package webhook

import (
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// flowEvent reads the value of flows.
func (p *parser) flowEvent(v value) (Payload, time.Time) {
	f := new(FlowEvent)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "event":
			f.Event = FlowEventKind(p.text(&it))
		case "flow_id":
			f.FlowID = p.text(&it)
		case "message":
			f.Message = p.text(&it)
		case "warning":
			f.Warning = p.text(&it)
		case "old_status":
			f.OldStatus = p.text(&it)
		case "new_status":
			f.NewStatus = p.text(&it)
		case "alert_state":
			f.AlertState = p.text(&it)
		case "error_rate":
			f.ErrorRate = p.float(&it)
		case "availability":
			f.Availability = p.float(&it)
		case "threshold":
			f.Threshold = p.float(&it)
		case "p50_latency":
			f.P50 = p.float(&it)
		case "p90_latency":
			f.P90 = p.float(&it)
		case "requests_count":
			f.Requests = p.int(&it)
		case "errors":
			f.Errors = each(p, &it, (*parser).flowError)
		}
	}
	if f.Event == "" {
		return nil, time.Time{}
	}
	return f, time.Time{}
}

// flowError reads an element of errors: not one of Meta's usual error objects.
func (p *parser) flowError(it jsonscan.Iter) FlowError {
	var e FlowError
	for it.Next() {
		switch it.Key() {
		case "error_type":
			e.Type = p.text(&it)
		case "error_rate":
			e.Rate = p.float(&it)
		case "error_count":
			e.Count = p.int(&it)
		}
	}
	return e
}
