package cloudapitest

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// objectOf wraps a value as what a Graph id stands for.
func objectOf(v any) (o object) {
	switch v := v.(type) {
	case *Number:
		o.number = v
	case *Account:
		o.account = v
	case *Template:
		o.template = v
	case *Portfolio:
		o.portfolio = v
	case *App:
		o.app = v
	case *Flow:
		o.flow = v
	}
	return o
}

// listFields is list for objects with fields.
func listFields[T any](c *call, all []T, known map[string]func(T, *enc), defaults string) *graphError {
	if ge := checkFields(c, known); ge != nil {
		return ge
	}
	ge := c.list(len(all), func(e *enc, i int) { writeFields(c, e, all[i], known, defaults) })
	return firstError(ge, c.nested)
}

// getFields answers with one object.
func getFields[T any](c *call, obj T, known map[string]func(T, *enc), defaults string) *graphError {
	if ge := checkFields(c, known); ge != nil {
		return ge
	}
	writeFields(c, &c.out, obj, known, defaults)
	return c.nested
}

// firstError returns the first refusal there is.
func firstError(all ...*graphError) *graphError {
	for _, ge := range all {
		if ge != nil {
			return ge
		}
	}
	return nil
}

// checkFields refuses a fields parameter with a name that is neither a field nor an
// edge of the kind of object.
func checkFields[T any](c *call, known map[string]func(T, *enc)) *graphError {
	var none T
	kind := kindOf(none)
	for _, name := range splitFields(c.param("fields")) {
		if _, edge := c.ops["GET {"+kind+"}/"+name]; known[name] == nil && !edge {
			return noField(kind, name)
		}
	}
	return nil
}

// kindOf names the kind of a value, which may be nil.
func kindOf(v any) string {
	switch v.(type) {
	case *Number:
		return "number"
	case *Account:
		return "account"
	case *Template:
		return "template"
	case *Portfolio:
		return "portfolio"
	case *App:
		return "app"
	case *Flow:
		return "flow"
	}
	return ""
}

// writeFields writes the fields asked for, or the defaults, and the id. An edge that is
// asked for as a field is answered in place.
func writeFields[T any](c *call, e *enc, obj T, known map[string]func(T, *enc), defaults string) {
	var written []string
	e.obj(func() {
		for _, f := range append(parseFields(cmp.Or(c.param("fields"), defaults)), field{name: "id"}) {
			if slices.Contains(written, f.name) {
				continue
			}
			written = append(written, f.name)
			if write := known[f.name]; write != nil {
				e.key(f.name)
				write(obj, e)
				continue
			}
			c.expand(e, objectOf(obj), f)
		}
	})
}

// expand answers an edge inside of its object: message_templates.limit(5){name}.
func (c *call) expand(e *enc, target object, f field) {
	kind := target.kind()
	op, ok := c.ops["GET {"+kind+"}/"+f.name]
	if !ok || c.depth > 3 {
		return
	}
	sub := *c
	sub.depth++
	sub.edge, sub.rest, sub.target, sub.out, sub.summary, sub.nested = f.name, "", target, enc{}, nil, nil
	sub.body, sub.query = node{kind: jsonObject}, url.Values{}
	if f.inner != "" {
		sub.query.Set("fields", f.inner)
	}
	for arg := range strings.SplitSeq(f.args, ".") {
		if name, value, ok := strings.Cut(arg, "("); ok {
			value = strings.TrimSuffix(value, ")")
			sub.query.Set(name, value)
			sub.body.items = append(sub.body.items, member{key: name, val: node{kind: jsonString, text: value}, loose: true})
		}
	}
	if ge := op.run(&sub); ge != nil {
		c.nested = firstError(c.nested, ge)
		return
	}
	// What an object does not have is left out.
	if c.nested = firstError(c.nested, sub.nested); len(sub.out.b) > 0 && !strings.HasPrefix(string(sub.out.b), `{"data":[]`) {
		e.key(f.name).raw(sub.out.b)
	}
}
