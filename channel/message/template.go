package message

import "github.com/kanava-go/kanava/template"

// Template is an approved template with its values: what may be sent at any
// time, also when the customer service window is closed. Its Message comes from
// template.Definition.Bind, which checks the values against the definition.
type Template struct {
	Message template.Message
}

func (*Template) content() {}

// Kind implements [Content].
func (*Template) Kind() Kind { return KindTemplate }
