package credentials

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// field is a field of a form, as the tags of the struct say.
type field struct {
	name             string
	title, about     string
	pattern          string
	required, secret bool
	value            string
}

// fields are those of a struct of strings, in their order.
func fields(c any) []field {
	v := reflect.ValueOf(c)
	all := make([]field, v.NumField())
	for i := range all {
		tag := v.Type().Field(i).Tag
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		form := tag.Get("form")
		all[i] = field{
			name: name, title: tag.Get("title"), about: tag.Get("about"), pattern: tag.Get("pattern"),
			required: strings.Contains(form, "required"), secret: strings.Contains(form, "secret"), value: v.Field(i).String(),
		}
	}
	return all
}

// property is a field in JSON schema.
type property struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	MinLength   int    `json:"minLength,omitempty"`
	Pattern     string `json:"pattern,omitempty"`
	Format      string `json:"format,omitempty"`
	WriteOnly   bool   `json:"writeOnly,omitempty"`
}

// schema is the JSON schema of a struct, its properties in the order of the fields.
func schema(title string, c any) json.RawMessage {
	var properties strings.Builder
	required := []string{}
	for i, f := range fields(c) {
		p := property{Type: "string", Title: f.title, Description: f.about, Pattern: f.pattern}
		if f.required {
			p.MinLength = 1
			required = append(required, f.name)
		}
		if f.secret {
			p.Format, p.WriteOnly = "password", true
		}
		if i > 0 {
			properties.WriteString(",")
		}
		fmt.Fprintf(&properties, "%s:%s", text(f.name), text(p))
	}
	return json.RawMessage(fmt.Sprintf(
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","title":%s,"type":"object","properties":{%s},"required":%s,"additionalProperties":false}`,
		text(title), properties.String(), text(required)))
}

// text is JSON of what always has some.
func text(v any) []byte {
	b, _ := json.Marshal(v) // strings and bools
	return b
}

// shown is a struct without its secrets, as JSON; of these it says nothing, not even that they are set.
func shown(c any) []byte {
	var b strings.Builder
	for _, f := range fields(c) {
		if f.secret || f.value == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "%s:%s", text(f.name), text(f.value))
	}
	return []byte("{" + b.String() + "}")
}

// problems are what a form would complain about, before anybody is asked: one finding for each field.
func problems(c any) (all []Finding) {
	for _, f := range fields(c) {
		switch {
		case f.required && f.value == "":
			all = append(all, Finding{ID: f.name, Title: f.title, Grade: Failed, Text: "It is missing.", Do: f.about})
		case f.value != "" && f.pattern != "" && !regexp.MustCompile(f.pattern).MatchString(f.value):
			all = append(all, Finding{ID: f.name, Title: f.title, Grade: Failed, Text: "It does not look like one.", Do: f.about})
		}
	}
	return all
}
