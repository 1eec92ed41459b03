package cloudapitest

import (
	"slices"
	"strings"
)

// check refuses definitions whose parts are right one by one and wrong together:
// what the platform refuses at once, or sends back from review as INVALID_FORMAT.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22)
func (t *Template) check(n *node) *graphError {
	for _, rule := range []func(*node) string{
		t.checkComponents, t.checkCategory, t.checkButtons, t.checkCards, t.checkLife, t.checkExamples,
	} {
		if why := rule(n); why != "" {
			return badParam(why)
		}
	}
	return nil
}

// each calls f for every component with its type in upper case.
func each(components *node, f func(kind string, c *node)) {
	for i := range components.items {
		c := &components.items[i].val
		f(strings.ToUpper(c.at("type").text), c)
	}
}

// checkComponents applies "one of each kind", and what a limited-time offer rules
// out.
func (t *Template) checkComponents(*node) (why string) {
	seen := make(map[string]bool)
	each(&t.source, func(kind string, _ *node) {
		if seen[kind] {
			why = "A template has one component of each type."
		}
		seen[kind] = true
	})
	switch {
	case why != "":
	case t.offer && seen["FOOTER"]:
		why = "A limited-time offer has no footer."
	case t.offer && runes(t.body.text) > 600:
		why = "The body of a limited-time offer has at most 600 characters."
	}
	return why
}

// checkCategory applies the limits of a category. The text of a one-time password is
// Meta's own, so that giving one is an error.
func (t *Template) checkCategory(*node) (why string) {
	switch t.category {
	case "UTILITY":
		if t.offer || len(t.cards) > 0 {
			why = "Offers and carousels are for marketing templates."
		}
	case "AUTHENTICATION":
		if len(t.buttons) != 1 || t.buttons[0].kind != "OTP" {
			return "Authentication templates have exactly one OTP button."
		}
		each(&t.source, func(kind string, c *node) {
			switch kind {
			case "BODY":
				if c.at("text").kind != jsonAbsent {
					why = "The body of authentication templates is preset."
				}
			case "FOOTER":
				if m := asInt(c.at("code_expiration_minutes").text); m < 1 || m > 90 {
					why = "code_expiration_minutes must be between 1 and 90."
				}
			case "HEADER":
				why = "Authentication templates have no header."
			}
		})
	}
	return why
}

// buttonsPerType are the limits below the ten of all buttons.
var buttonsPerType = map[string]int{"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "OTP": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1, "VOICE_CALL": 1}

// checkButtons applies the limits per type and the rule that quick replies stand
// together at the start or at the end.
func (t *Template) checkButtons(*node) string {
	count, runs := make(map[string]int), 0
	for i, b := range t.buttons {
		count[b.kind]++
		if limit, ok := buttonsPerType[b.kind]; ok && count[b.kind] > limit {
			return "Too many buttons of type " + b.kind + "."
		}
		if i == 0 || (b.kind == "QUICK_REPLY") != (t.buttons[i-1].kind == "QUICK_REPLY") {
			runs++
		}
	}
	if runs > 2 {
		return "Quick replies must stand together, before or after all other buttons."
	}
	return ""
}

// checkCards applies that all cards are made alike.
func (t *Template) checkCards(*node) string {
	shape := func(c templateCard) []string {
		out := []string{c.header.format, c.body.format}
		for _, b := range c.buttons {
			out = append(out, b.kind)
		}
		return out
	}
	for _, c := range t.cards {
		switch {
		case c.header.format == "" || c.header.format == "TEXT":
			return "Every card needs a media or product header."
		case !slices.Equal(shape(c), shape(t.cards[0])):
			return "All cards must have the same header, body and buttons."
		}
	}
	return ""
}

// checkLife applies the range of message_send_ttl_seconds, which depends on the
// category; -1 means 30 days, and is not for marketing.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live
// (checked 2026-11-22)
func (t *Template) checkLife(*node) string {
	ranges := map[string][2]int64{"AUTHENTICATION": {30, 900}, "UTILITY": {30, 43200}, "MARKETING": {43200, 2592000}}
	r := ranges[t.category]
	if t.ttl == 0 || t.ttl == -1 && t.category != "MARKETING" || t.ttl >= r[0] && t.ttl <= r[1] {
		return ""
	}
	return "Param message_send_ttl_seconds is outside the range of the category."
}

// checkExamples asks for an example of every variable and media header, in the
// nesting that each place has of its own. Library templates bring theirs.
func (t *Template) checkExamples(n *node) (why string) {
	if n.at("library_template_name").text != "" || t.category == "AUTHENTICATION" {
		return ""
	}
	missing := func(place string) { why = "The " + place + " needs an example of every variable." }
	each(&t.source, func(kind string, c *node) {
		example := c.at("example")
		switch {
		case kind == "HEADER" && t.header.format == "TEXT" && !t.exampled(example, "header_text", len(t.header.vars), false),
			kind == "HEADER" && slices.Contains([]string{"IMAGE", "VIDEO", "DOCUMENT"}, t.header.format) && len(example.at("header_handle").items) == 0:
			missing("header")
		case kind == "BODY" && !t.exampled(example, "body_text", len(t.body.vars), true):
			missing("body")
		case kind == "BUTTONS":
			list := c.at("buttons")
			for i, b := range t.buttons {
				if len(b.vars) > 0 && len(list.items[i].val.at("example").items) == 0 {
					missing("button URL")
				}
			}
		}
	})
	return why
}

// exampled reports whether an example object has the number of values wanted: under
// key, nested once more for bodies, or under key_named_params for named variables.
func (t *Template) exampled(example *node, key string, want int, nested bool) bool {
	list := example.at(key)
	if t.named {
		list = example.at(key + "_named_params")
	} else if nested && len(list.items) == 1 && list.items[0].val.kind == jsonArray {
		list = &list.items[0].val
	}
	return want == 0 || len(list.items) == want
}
