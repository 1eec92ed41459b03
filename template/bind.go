package template

import "strconv"

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
	// One component for the body, one for each value beside it; a one-time code
	// is on the button as well. More than that is rare and only costs a copy.
	n := len(v.Buttons)
	if v.Header != (HeaderValue{}) || b.auth {
		n++
	}
	b.parts = make([]part, 0, 1+n)
	b.arena = make([]param, 0, len(v.Body)+n)
	p := Preview{Template: d.Name, Language: CanonicalLanguage(d.Language), Category: d.Category}

	// In the order of the template, so that problems are listed in it.
	p.Header = b.header("header", d.Header(), &v.Header)
	p.Offer = b.offer(d.Offer(), v.OfferEnds)
	switch body := d.Body(); {
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
	p.Buttons = b.buttons("buttons", d.Buttons(), v.Buttons)
	p.Cards = b.carousel(d.Carousel(), v.Cards)
	p.OrderStatus = b.orderStatus(v.OrderStatus)
	p.TapTargets = b.tapTarget(v.TapTarget)
	p.CallPermission = first[*CallPermissionRequest](d.Components) != nil
	for i, c := range d.Components {
		// It may want values, or show something, that this version knows
		// nothing of.
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
	return Message{name: d.Name, lang: p.Language, parts: b.parts}, p, nil
}

// binder collects what one call of Bind produces. Its methods go on after a
// problem, so that an agent sees everything that is wrong at once.
type binder struct {
	def      *Definition
	names    bool   // variables are named
	auth     bool   // the one value is a one-time code
	code     string // that code, for the button
	parts    []part
	arena    []param // backs the parameters of the parts
	problems Problems
}

// problem adds a finding. Unless it says otherwise it is an error.
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

// params returns a slice of n parameters from the arena, which saves an
// allocation for each component. The capacity is cut so that no part can grow
// into its neighbour.
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

// bodyLimit returns the limit of the body after substitution, 0 for a template
// that consists of nothing else. Where the limit of the body as it is written is
// lower than usual, the text the customer sees is held to it too: Meta's pages
// do not say which of the two they mean, and what is refused here can be mended
// by the agent, while what Meta refuses has gone by.
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
