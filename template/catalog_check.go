package template

// Check is Validate for a definition that is to join the catalog: it also
// reports a name that is taken in this language, and warns of a template with
// the same body and footer, which Meta refuses as a duplicate. The template with
// the ID of d, the one being edited, does not count.
func (c *Catalog) Check(d *Definition) Problems {
	out := d.Validate()
	same := func(other *Definition) bool { return d.ID != "" && d.ID == other.ID }
	if other, ok := c.Lookup(d.Name, d.Language); ok && !same(other) {
		out = append(out, Problem{Path: "name", Rule: RuleDuplicateName, Severity: SeverityError, Code: CodeInvalidParameter, Subcode: subDuplicate})
	}
	if d.Category == Authentication {
		return out // all of them have Meta's text
	}
	body, footer := d.authored()
	if body == "" {
		return out
	}
	for other := range c.All() {
		b, f := other.authored()
		if b == body && f == footer && !same(other) && other.Name != d.Name {
			out = append(out, Problem{Path: "components", Rule: RuleDuplicateText, Severity: SeverityWarning, Got: other.Name})
			break
		}
	}
	return out
}

// authored returns the texts by which Meta recognises a duplicate.
func (d *Definition) authored() (body, footer string) {
	if b := d.Body(); b != nil {
		body = b.Text
	}
	if f := d.Footer(); f != nil {
		footer = f.Text
	}
	return body, footer
}
