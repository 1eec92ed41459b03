package template

import (
	"strconv"
)

// Bind fills the template with v. It returns the message to send and what the
// customer will see, or a [*BindError] that names every slot that is wrong.
//
// Values go through unaltered or not at all. Bind does not look at the status
// of the template: ask [Definition.Sendable]. What Meta only might refuse is
// listed in [Preview.Warnings].
//
// Bind keeps no reference to v, so the caller may reuse its slices.
func (d *Definition) Bind(v Values) (Message, Preview, error) {
	b := binder{def: d, names: d.UsesNames(), auth: d.Category == Authentication}
	n := len(v.Buttons)
	if v.Header != (HeaderValue{}) || b.auth {
		n++
	}
	b.parts = make([]part, 0, 1+n)
	b.arena = make([]param, 0, len(v.Body)+n)
	p := Preview{Template: d.Name, Language: d.Language, Category: d.Category}

	header, body, buttons := d.Header(), d.Body(), d.Buttons()
	p.Header = b.header("header", header, &v.Header)
	p.Offer = b.offer(d.Offer(), v.OfferEnds)
	switch {
	case b.auth:
		p.Body, p.Preset = b.authBody(body, v.Body)
	case body != nil:
		p.Body = b.text("body", "body", body.Text, v.Body, b.bodyLimit())
	default:
		b.problem(Problem{Path: "body", Rule: RuleDefinition, Want: "BODY", Code: CodeKindMismatch})
	}
	if f := d.Footer(); f != nil {
		p.Footer = f.Text
	}
	p.Buttons = b.buttons("buttons", buttons, v.Buttons)
	p.Cards = b.carousel(d.Carousel(), v.Cards)
	p.OrderStatus = b.orderStatus(v.OrderStatus)
	p.TapTargets = b.tapTarget(v.TapTarget)
	p.CallPermission = first[*CallPermissionRequest](d.Components) != nil
	for i, c := range d.Components {
		if _, unknown := c.(*UnknownComponent); unknown {
			b.problem(Problem{Path: indexed("components", i), Rule: RuleComponentUnknown, Severity: SeverityWarning})
		}
	}

	for i := range b.problems {
		if b.problems[i].Severity != SeverityWarning {
			return Message{}, Preview{}, b.fail()
		}
	}
	p.Warnings = b.problems
	return Message{name: d.Name, lang: CanonicalLanguage(d.Language), parts: b.parts}, p, nil
}

// binder collects what one call of Bind produces.
type binder struct {
	def      *Definition
	names    bool   // variables are named
	auth     bool   // the one value is a one-time code
	code     string // that code, for the button
	parts    []part
	arena    []param // backs the parameters of the parts
	problems Problems
}

func (b *binder) problem(p Problem) {
	if p.Severity == "" {
		p.Severity = SeverityError
	}
	b.problems = append(b.problems, p)
}

// fail makes the error of all problems that are errors.
func (b *binder) fail() error {
	e := &BindError{Template: b.def.Name, Language: b.def.Language}
	for _, p := range b.problems {
		if p.Severity == SeverityError {
			e.Problems = append(e.Problems, p)
		}
	}
	e.Code = e.Problems[0].Code
	return e
}

// params returns a slice of n parameters from the arena. The capacity is cut so
// that no part can grow into its neighbour.
func (b *binder) params(n int) []param {
	if cap(b.arena)-len(b.arena) < n {
		b.arena = make([]param, 0, max(n, 8))
	}
	from := len(b.arena)
	b.arena = b.arena[:from+n]
	return b.arena[from : from+n : from+n]
}

// part adds a component with one parameter.
func (b *binder) part(kind string, p Parameter) {
	list := b.params(1)
	list[0] = p.stored()
	b.parts = append(b.parts, part{kind: kind, params: list})
}

// Limits of the text that a customer sees, in characters.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
const (
	MaxHeader    = 60
	MaxBody      = 1024
	MaxOfferBody = 600 // body of a limited-time offer
	MaxCardBody  = 160 // body of a carousel card, and of a single-product template
	MaxFooter    = 60
	MaxLabel     = 25 // on a button
	MaxOffer     = 16 // text of a limited-time offer
	MaxURL       = 2000
	MaxPhone     = 20
	MaxCoupon    = 20 // 15 until 2025-12-03
	MaxCode      = 15 // one-time code

	// A template that consists of a body only may grow further. Meta's
	// figures differ from page to page: beyond the lower Bind warns, beyond
	// the upper it refuses.
	maxBareBody     = 32768
	maxBareBodySafe = 4096
)

// bodyLimit returns the limit of the body after substitution, 0 for a template
// that consists of nothing else.
func (b *binder) bodyLimit() int {
	h := b.def.Header()
	switch {
	case b.def.Offer() != nil:
		return MaxOfferBody
	case h != nil && h.Format == HeaderProduct:
		return MaxCardBody
	case len(b.def.Components) == 1:
		return 0
	}
	return MaxBody
}

// indexed appends "[i]" to a path.
func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
