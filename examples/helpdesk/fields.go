package main

import (
	"regexp"
	"strings"

	wa "github.com/kanava-go/kanava/template"
)

// field is one value that the agent fills in.
type field struct{ Name, Label, Example string }

var variable = regexp.MustCompile(`\{\{(\w+)\}\}`)

// variablesOf lists the variables of a text in the order of their first appearance.
func variablesOf(text string) []string {
	var names []string
	seen := map[string]bool{}
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	return names
}

// fieldsOf lists what a template's body wants, with the customer's name filled in where
// a variable asks for one.
func fieldsOf(def *wa.Definition, customer string) []field {
	body := def.Body()
	if body == nil {
		return nil
	}
	var fields []field
	for i, name := range variablesOf(body.Text) {
		f := field{Name: "body." + name, Label: strings.ReplaceAll(name, "_", " ")}
		if i < len(body.Example.Positional) {
			f.Label, f.Example = "Value "+name, body.Example.Positional[i]
		}
		for _, example := range body.Example.Named {
			if example.Name == name {
				f.Example = example.Example
			}
		}
		if strings.Contains(name, "name") && customer != "" {
			f.Example = customer
		}
		fields = append(fields, f)
	}
	return fields
}

// valuesOf reads the fields of a form.
func valuesOf(def *wa.Definition, form func(string) string) wa.Values {
	var values wa.Values
	body := def.Body()
	if body == nil {
		return values
	}
	for _, name := range variablesOf(body.Text) {
		text := form("body." + name)
		if def.UsesNames() {
			values.Body = append(values.Body, wa.NamedText(name, text))
		} else {
			values.Body = append(values.Body, wa.Text(text))
		}
	}
	return values
}
