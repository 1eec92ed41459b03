package template

import "strings"

// ShorthandMapping says how to read a shorthand where its notation leaves doubt.
type ShorthandMapping struct {
	// ButtonBase is what the first button is called, 0 or 1. The Cloud API
	// counts from 0.
	ButtonBase int
	// NamesInOrder lets the values of a template with named variables be
	// matched in the order in which the names first appear. Without it such
	// templates are refused, because the shorthand has no names.
	NamesInOrder bool
}

// Values returns the values of the shorthand, laid out for d. It refuses, with
// a [*BindError], what cannot be laid out without guessing; whether the values
// fit is for Bind to say. d must be the definition that s names.
func (s Shorthand) Values(d *Definition, m ShorthandMapping) (Values, error) {
	var ps Problems
	v := Values{Body: make([]Value, len(s.Body))}
	for i, text := range s.Body {
		v.Body[i].Text = text
	}
	v.Header.Text.Text = s.HeaderText
	if d.UsesNames() {
		if !m.NamesInOrder && (len(s.Body) > 0 || s.HeaderText != "") {
			ps = append(ps, refusal("body", RuleNamesInOrder, CodeCountMismatch))
		}
		if b := d.Body(); b != nil {
			nameInOrder(b.Text, v.Body)
		}
		if h := d.Header(); h != nil && s.HeaderText != "" {
			if first, ok := nextVariable(h.Text, 0); ok {
				v.Header.Text.Name = first.name
			}
		}
	}
	for _, media := range []Media{
		{Kind: MediaImage, Link: s.HeaderImage},
		{Kind: MediaVideo, Link: s.HeaderVideo},
		{Kind: MediaDocument, Link: s.HeaderDocument, Filename: s.HeaderFilename},
	} {
		switch {
		case media.Link == "" && media.Filename == "":
		case v.Header.Media != nil:
			ps = append(ps, refusal("header", RuleValueUnexpected, CodeKindMismatch))
		default:
			v.Header.Media = &media
		}
	}
	// The base of button_index is not documented. Nothing is shifted on a guess;
	// a neighbour that would fit is reported as a hint.
	buttons := d.Buttons()
	for _, b := range s.Buttons {
		i := b.Index - m.ButtonBase
		if b.URL != "" && !takesSuffix(buttons, i) && takesSuffix(buttons, i-1) {
			p := refusal(indexed("buttons", i), RuleButtonBase, CodeInvalidValue)
			p.Want, p.Got = indexed("buttons", i-1), indexed("buttons", i)
			ps = append(ps, p)
		}
		v.Buttons = append(v.Buttons, ButtonValue{Index: i, Suffix: b.URL, Payload: b.Payload})
	}
	return v, bindError(d, ps)
}

// takesSuffix reports whether button i is a URL button with a variable.
func takesSuffix(list []Button, i int) bool {
	if i < 0 || i >= len(list) {
		return false
	}
	u, ok := list[i].(*URLButton)
	return ok && hasVariables(u.URL)
}

// nameInOrder gives values the names of the variables of text, in the order in
// which these first appear. Values beyond them stay without.
func nameInOrder(text string, vals []Value) {
	seen := make(map[string]bool)
	for v, more := nextVariable(text, 0); more && len(seen) < len(vals); v, more = nextVariable(text, v.end) {
		if !seen[v.name] {
			vals[len(seen)].Name = v.name
			seen[v.name] = true
		}
	}
}

// refusal makes a problem of a converter.
func refusal(path string, rule Rule, code int) Problem {
	return Problem{Path: path, Rule: rule, Severity: SeverityError, Code: code}
}

// bindError makes an error of problems, nil if there are none.
func bindError(d *Definition, ps Problems) error {
	if len(ps) == 0 {
		return nil
	}
	return &BindError{Template: d.Name, Language: d.Language, Code: ps[0].Code, Problems: ps}
}

// HasShorthand reports whether text may hold a template shorthand, so that it
// is worth parsing.
func HasShorthand(text string) bool { return strings.Contains(text, shorthandOpen) }
