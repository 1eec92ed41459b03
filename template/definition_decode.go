package template

import (
	"encoding/json"
	"fmt"
	"time"
)

// UnmarshalJSON reads a definition in the form in which it is created, listed
// or read. It fails only if the document is not a JSON object: what is unknown
// or malformed inside is kept, see [Extra] and [UnknownComponent].
func (d *Definition) UnmarshalJSON(raw []byte) error {
	o, err := parseObject(raw)
	if err != nil {
		return fmt.Errorf("template: read definition: %w", err)
	}
	*d = Definition{}
	takeID(o, "id", &d.ID)
	take(o, "name", &d.Name)
	take(o, "language", &d.Language)
	d.Language = CanonicalLanguage(d.Language)
	takeEnum(o, "category", &d.Category)
	takeEnum(o, "sub_category", &d.SubCategory)
	takeEnum(o, "previous_category", &d.PreviousCategory)
	takeEnum(o, "correct_category", &d.CorrectCategory)
	takeEnum(o, "status", &d.Status)
	takeEnum(o, "parameter_format", &d.Format)
	takeInt(o, "message_send_ttl_seconds", &d.TTL)
	takeEnum(o, "display_format", &d.DisplayFormat)
	takeID(o, "product_set_id", &d.ProductSetID)
	take(o, "cta_url_link_tracking_opted_out", &d.ClickTrackingOptedOut)
	takeRaw(o, "degrees_of_freedom_spec", &d.DegreesOfFreedom)
	take(o, "library_template_name", &d.Library.TemplateName)
	takeRaw(o, "library_template_button_inputs", &d.Library.ButtonInputs)
	takeRaw(o, "library_template_body_inputs", &d.Library.BodyInputs)
	takeEnum(o, "rejected_reason", &d.RejectedReason)
	takeEnum(o, "source", &d.Source)
	takeTime(o, "last_updated_time", &d.LastUpdated)
	optimization := func(o object) { d.Optimization = decodeOptimization(o) }
	takeObject(o, "bid_spec", optimization)
	takeObject(o, "optimization_spec", optimization) // wins over the old name
	takeObject(o, "quality_score", func(o object) { d.Quality = decodeQuality(o) })
	takeObject(o, "health_status", func(o object) { d.Health = decodeHealth(o) })
	d.Components = takeComponents(o, "components", false)
	d.Extra = o.rest()
	if d.Category == Authentication {
		recogniseOTP(d.Components)
	}
	return nil
}

// decodeOptimization reads the max-price setting under either of its names.
func decodeOptimization(o object) *Optimization {
	var p Optimization
	takeInt(o, "bid_amount", &p.BidAmount)
	take(o, "bid_strategy", &p.BidStrategy)
	p.Extra = o.rest()
	return &p
}

// decodeQuality reads the rating. Some versions give the score alone.
func decodeQuality(o object) *Quality {
	var q Quality
	takeEnum(o, "score", &q.Score)
	takeTime(o, "date", &q.Date)
	takeStrings(o, "reasons", &q.Reasons)
	q.Extra = o.rest()
	return &q
}

// decodeHealth reads the state of the template and of the nodes above it.
func decodeHealth(o object) *Health {
	var h Health
	takeEnum(o, "can_send_message", &h.CanSend)
	takeList(o, "entities", func(o object) {
		var e HealthEntity
		takeEnum(o, "entity_type", &e.Type)
		takeID(o, "id", &e.ID)
		takeEnum(o, "can_send_message", &e.CanSend)
		e.Extra = o.rest()
		h.Entities = append(h.Entities, e)
	})
	h.Extra = o.rest()
	return &h
}

// graphTime is how the Graph API writes a moment as text.
const graphTime = "2006-01-02T15:04:05-0700"

// takeTime is take for moments: Unix seconds or text, both seen for the same
// field in different versions.
func takeTime(o object, key string, dst *time.Time) {
	raw := o[key]
	var n int64
	// Numbers beyond the year 4147 are milliseconds, and not meant for us.
	if take(o, key, &n); n > 0 && n < 1<<36 {
		*dst = time.Unix(n, 0).UTC()
		return
	} else if n != 0 {
		o[key] = raw
		return
	}
	var s string
	if take(o, key, &s); s == "" {
		return
	}
	for _, layout := range []string{graphTime, time.RFC3339} {
		// What graphTime cannot write back stays as it is.
		if t, err := time.Parse(layout, s); err == nil && t.Nanosecond() == 0 {
			*dst = t.UTC()
			return
		}
	}
	o[key] = raw
}

// takeComponents reads a member that is a list, element by element, so that one
// bad component does not harm the others.
func takeComponents(o object, key string, inCard bool) []Component {
	var raws []json.RawMessage
	if take(o, key, &raws); raws == nil {
		return nil
	}
	list := make([]Component, len(raws))
	for i, raw := range raws {
		list[i] = decodeComponent(raw, inCard)
	}
	return list
}
