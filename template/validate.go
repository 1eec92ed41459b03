package template

import (
	"slices"
)

// Validate checks the definition as Meta will when it is submitted, and returns
// every problem at once: errors for what is refused or rejected, warnings for
// rules and numbers that Meta does not publish. nil means that nothing was found.
//
// Problems come in the order of the checks: envelope, components, texts,
// variables, examples, buttons. What was read from the API does not always pass,
// because Meta returns some parts in another form than it takes them in; those
// are reported as RuleReadBack.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// and https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-review
// (checked 2026-11-22).
func (d *Definition) Validate() Problems {
	c := &checker{d: d, names: d.UsesNames()}
	c.places = c.walk(nil, "components", d.Components, -1)
	c.envelope()
	if d.Library.TemplateName != "" && len(d.Components) == 0 {
		return c.out // the library has the rest
	}
	c.structure()
	if d.Category == Authentication {
		c.authentication()
		c.unknownFields()
		return c.out
	}
	c.categories()
	c.offer()
	c.carousel()
	c.commerce()
	c.texts()
	c.variables()
	c.examples()
	c.buttons()
	c.unknownFields()
	return c.out
}

// checker collects the problems of one definition.
type checker struct {
	d      *Definition
	names  bool    // variables are named
	places []place // every component, those of cards included
	out    Problems
}

// place is a component and where it stands.
type place struct {
	path string
	Component
	card int // -1 outside of a carousel
}

// walk lists components and, where there are cards, those of each card.
func (c *checker) walk(out []place, path string, list []Component, card int) []place {
	for i, comp := range list {
		p := place{indexed(path, i), comp, card}
		out = append(out, p)
		if cs, ok := comp.(*Carousel); ok && card < 0 {
			for j := range cs.Cards {
				out = c.walk(out, indexed(p.path+".cards", j)+".components", cs.Cards[j].Components, j)
			}
		}
	}
	return out
}

// error adds a refusal. The result may be completed until the next one is added.
func (c *checker) error(path string, rule Rule) *Problem {
	c.out = append(c.out, Problem{Path: path, Rule: rule, Severity: SeverityError, Code: CodeInvalidParameter})
	return &c.out[len(c.out)-1]
}

// warn adds a doubt.
func (c *checker) warn(path string, rule Rule) *Problem {
	c.out = append(c.out, Problem{Path: path, Rule: rule, Severity: SeverityWarning})
	return &c.out[len(c.out)-1]
}

// measure sets what was counted and where the limit is.
func (p *Problem) measure(limit, actual int) *Problem {
	p.Limit, p.Actual = limit, actual
	return p
}

// kinds sets what was wanted and what was there.
func (p *Problem) kinds(want, got string) *Problem {
	p.Want, p.Got = want, got
	return p
}

// sub sets the subcode Meta answers, unless it lets the problem pass.
func (p *Problem) sub(code int) *Problem {
	if p.Severity == SeverityError {
		p.Subcode = code
	}
	return p
}

// review marks a fault that the call lets pass and the review rejects.
func (p *Problem) review() *Problem {
	p.Code = 0
	return p
}

// envelope checks everything but the components.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked 2026-11-22).
func (c *checker) envelope() {
	d := c.d
	if !validName(d.Name) {
		c.error("name", RuleName).measure(MaxName, len(d.Name))
	}
	switch {
	case d.Language == "":
		c.error("language", RuleLanguage)
	case !KnownLanguage(d.Language):
		c.warn("language", RuleLanguage)
	}
	if !d.Category.Creatable() {
		c.error("category", RuleCategory)
	}
	if d.Format != "" && d.Format != Positional && d.Format != Named {
		c.error("parameter_format", RuleFormat)
	}
	c.ttl()
	if d.DisplayFormat != "" && (d.DisplayFormat != displayOrder || d.Category != Marketing) {
		c.warn("display_format", RuleDisplayFormat)
	}
	if o := d.Optimization; o != nil && (d.Category != Marketing || o.BidAmount <= 0) {
		c.warn("optimization_spec", RuleOptimization)
	}
	if d.Library.TemplateName != "" && d.Category == Marketing {
		c.error("category", RuleCategory).kinds(string(Utility), string(Marketing))
	}
	if _, ok := d.Extra["allow_category_change"]; ok {
		c.warn("allow_category_change", RuleIgnoredField)
	}
}

// validName reports whether s is a name that Meta accepts.
func validName(s string) bool {
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '_' {
			return false
		}
	}
	return s != "" && len(s) <= MaxName
}

// ttl checks the time to live against the range of the category.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live
// (checked 2026-11-22).
func (c *checker) ttl() {
	// 43200 seconds are 12 hours, the most for UTILITY and the least for MARKETING.
	low, high, forever := int64(30), int64(43200), true
	switch c.d.Category {
	case Authentication:
		high = 900
	case Marketing:
		low, high, forever = 43200, 2592000, false
	}
	ttl := c.d.TTL
	if ttl == 0 || ttl == -1 && forever || ttl >= low && ttl <= high {
		return
	}
	limit := high
	if ttl < low {
		limit = low
	}
	c.error("message_send_ttl_seconds", RuleTTL).measure(int(limit), int(ttl))
}

// unknownFields warns of members that Meta may refuse as misspelt.
func (c *checker) unknownFields() {
	for _, k := range c.d.Extra.keys() {
		if k != "allow_category_change" {
			c.warn(k, RuleUnknownField)
		}
	}
	for _, p := range c.places {
		for _, k := range extraOf(p.Component) {
			c.warn(p.path+"."+k, RuleUnknownField)
		}
		if b, ok := p.Component.(*Buttons); ok {
			for i, button := range b.Buttons {
				for _, k := range extraOfButton(button) {
					c.warn(indexed(p.path+".buttons", i)+"."+k, RuleUnknownField)
				}
			}
		}
	}
}

// extraOf returns the members of a component that nobody took.
func extraOf(comp Component) []string {
	switch t := comp.(type) {
	case *Header:
		return slices.Concat(t.Extra.keys(), prefixed("example.", t.Example.Extra))
	case *Body:
		return slices.Concat(t.Extra.keys(), slices.DeleteFunc(prefixed("example.", t.Example.Extra),
			func(k string) bool { return k == "example.body_text" })) // RuleExampleNesting
	case *Footer:
		return t.Extra.keys()
	case *Buttons:
		return t.Extra.keys()
	case *Carousel:
		return t.Extra.keys()
	case *LimitedTimeOffer:
		return slices.Concat(t.Extra.keys(), prefixed("limited_time_offer.", t.InnerExtra))
	case *CallPermissionRequest:
		return t.Extra.keys()
	default: // unknown components are reported whole
		return nil
	}
}

// extraOfButton returns the members of a button that nobody took.
func extraOfButton(button Button) []string {
	switch t := button.(type) {
	case *LabelButton:
		return t.Extra.keys()
	case *URLButton:
		return t.Extra.keys()
	case *AppButton:
		return t.Extra.keys()
	case *PhoneButton:
		return t.Extra.keys()
	case *CodeButton:
		return t.Extra.keys()
	case *OTPButton:
		return t.Extra.keys()
	case *FlowButton:
		return t.Extra.keys()
	default: // unknown buttons are reported whole
		return nil
	}
}

// prefixed returns the names in x with a prefix.
func prefixed(prefix string, x Extra) []string {
	list := x.keys()
	for i := range list {
		list[i] = prefix + list[i]
	}
	return list
}
