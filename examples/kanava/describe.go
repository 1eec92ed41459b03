package main

import (
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/webhook"
)

// describe tells what kind of event it is. What people write, their names and numbers,
// and message ids (they contain the number) do not belong in a terminal that somebody
// else may read.
func describe(e *webhook.Event) string {
	switch p := e.Payload.(type) {
	case *webhook.Message:
		return "message: " + content(p.Content)
	case *webhook.StandbyMessage:
		return "message to another responder: " + content(p.Message.Content)
	case *webhook.Status:
		if len(p.Errors) > 0 {
			return fmt.Sprintf("our message %s, error %d (kanava explain %[2]d)", p.Status, p.Errors[0].Code)
		}
		return fmt.Sprintf("our message %s", p.Status)
	case *webhook.TemplateStatus:
		return fmt.Sprintf("template %s is now %s", p.Template.Name, p.Event)
	case *webhook.Unknown:
		return fmt.Sprintf("unknown, %s", plural(len(p.Raw), "byte"))
	default: // there are many more; see the list at webhook.Payload
		return name(p)
	}
}

// content tells what kind of message it is.
func content(c webhook.Content) string {
	switch c := c.(type) {
	case *webhook.Text:
		return fmt.Sprintf("text of %s", plural(len([]rune(c.Body)), "character"))
	case *webhook.Media:
		return fmt.Sprintf("%s (%s)", c.Kind, c.MIMEType)
	case *webhook.Unknown:
		return fmt.Sprintf("a kind this program does not know, %s", plural(len(c.Raw), "byte"))
	default:
		return name(c)
	}
}

// textOf is what a person wrote, "" if nothing.
func textOf(e *webhook.Event) string {
	m, ok := e.Payload.(*webhook.Message)
	if !ok {
		return ""
	}
	switch c := m.Content.(type) {
	case *webhook.Text:
		return c.Body
	case *webhook.Media:
		return c.Caption
	case *webhook.ButtonReply:
		return c.Title
	case *webhook.ListReply:
		return c.Title
	case *webhook.QuickReply:
		return c.Text
	default:
		return ""
	}
}

// name spells the name of a type as words: *webhook.ButtonReply is "button reply".
func name(v any) string {
	var b strings.Builder
	_, typ, _ := strings.Cut(fmt.Sprintf("%T", v), ".")
	for i, r := range typ {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
