package cloudapitest

import (
	"cmp"
	"slices"
	"strings"
)

// templateFields are the fields of a template a client may ask for.
var templateFields = map[string]func(t *Template, e *enc){
	"id":       func(t *Template, e *enc) { e.str(t.ID) },
	"name":     func(t *Template, e *enc) { e.str(t.Name) },
	"language": func(t *Template, e *enc) { e.str(t.Language) },
	"status":   func(t *Template, e *enc) { e.str(t.status) },
	"category": func(t *Template, e *enc) { e.str(t.category) },
	"parameter_format": func(t *Template, e *enc) {
		if t.named {
			e.str("NAMED")
		} else {
			e.str("POSITIONAL")
		}
	},
	"components":        func(t *Template, e *enc) { e.node(&t.source) },
	"previous_category": func(t *Template, e *enc) { e.str(t.former) },
	"correct_category":  func(t *Template, e *enc) { e.str(t.wanted) },
	"rejected_reason":   func(t *Template, e *enc) { e.str(t.reason) },
	// An object here and a bare word in webhooks.
	"quality_score": func(t *Template, e *enc) {
		e.obj(func() {
			e.key("score").str(t.quality)
			e.key("date").num(t.changed / 1e9)
		})
	},
	"message_send_ttl_seconds":        func(t *Template, e *enc) { e.num(t.ttl) },
	"cta_url_link_tracking_opted_out": func(_ *Template, e *enc) { e.bool(false) },
	"sub_category":                    func(_ *Template, e *enc) { e.str("CUSTOM") },
	"degrees_of_freedom_spec":         func(_ *Template, e *enc) { e.obj(func() {}) },
	"creative_sourcing_spec":          func(_ *Template, e *enc) { e.obj(func() {}) },
	"bid_spec":                        func(_ *Template, e *enc) { e.obj(func() {}) },
	"is_primary_device_delivery_only": func(_ *Template, e *enc) { e.bool(false) },
	"display_format":                  func(_ *Template, e *enc) { e.str("") },
	"specific_rejection_reasons":      func(_ *Template, e *enc) { e.arr(func() {}) },
	"library_template_name":           func(_ *Template, e *enc) { e.str("") },
	"product_set_id":                  func(_ *Template, e *enc) { e.str("") },
	"source":                          func(t *Template, e *enc) { e.str(t.sourceName()) },
	"last_updated_time": func(t *Template, e *enc) {
		e.str(graphTime(t.changed))
	},
	"health_status": func(t *Template, e *enc) {
		e.obj(func() {
			state := "AVAILABLE"
			if t.status != StatusApproved {
				state = "BLOCKED"
			}
			e.key("can_send_message").str(state)
			e.key("entities").arr(func() {
				e.obj(func() {
					e.key("entity_type").str("MESSAGE_TEMPLATE")
					e.key("id").str(t.ID)
					e.key("can_send_message").str(state)
				})
			})
		})
	},
}

// sourceName tells templates that Direct Send generated from all others.
func (t *Template) sourceName() string {
	if t.auto {
		return "AUTO_GENERATED"
	}
	return ""
}

const templateDefaults = "name,parameter_format,components,language,status,category"

// listTemplates answers GET /{waba-id}/message_templates.
func listTemplates(c *call) *graphError {
	var found []*Template
	for _, t := range c.target.account.templates {
		if !t.gone && c.wanted("name", t.Name) && c.wanted("status", t.status) && c.wanted("language", t.Language) &&
			c.wanted("category", t.category) && c.wanted("quality_score", t.quality) && c.wanted("source", t.sourceName()) &&
			strings.Contains(t.Name+"\n"+t.body.text, cmp.Or(c.param("name_or_content"), c.param("content"))) {
			found = append(found, t)
		}
	}
	c.summary = func(e *enc) {
		e.key("message_template_count").num(int64(c.target.account.liveTemplates()))
		e.key("message_template_limit").num(maxTemplates)
	}
	return listFields(c, found, templateFields, templateDefaults)
}

// getTemplate answers GET /{template-id}.
func getTemplate(c *call) *graphError {
	return getFields(c, c.target.template, templateFields, templateDefaults)
}

// wanted applies a filter parameter, which may be a list.
func (c *call) wanted(key, value string) bool {
	values := c.texts(key)
	return len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) })
}
