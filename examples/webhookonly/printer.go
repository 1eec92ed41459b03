package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/kanava-go/kanava/webhook"
)

// printer is a sink that prints one line per event. A real one records the
// events durably before it returns nil: after that Meta forgets them.
type printer struct {
	mu  sync.Mutex // deliveries come concurrently
	out io.Writer
}

func (p *printer) Accept(_ context.Context, d *webhook.Delivery) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for e := range d.Events() {
		fmt.Fprintf(p.out, "  %s  %s  %s\n", e.Time.Format("2006-01-02 15:04:05"), e.Field, describe(e))
	}
	return nil
}

// describe tells what kind of event it is. What people write, their names and
// numbers, and message ids (they contain the number) do not belong in a terminal
// that somebody else may read.
func describe(e *webhook.Event) string {
	switch p := e.Payload.(type) {
	case *webhook.Message:
		return "message: " + content(p.Content)
	case *webhook.Status:
		if len(p.Errors) > 0 {
			return fmt.Sprintf("our message %s, error %d", p.Status, p.Errors[0].Code)
		}
		return fmt.Sprintf("our message %s", p.Status)
	case *webhook.TemplateStatus:
		return fmt.Sprintf("template %s is now %s", p.Template.Name, p.Event)
	case *webhook.Unknown:
		return fmt.Sprintf("unknown, %d bytes", len(p.Raw))
	default: // there are many more; see the list at webhook.Payload
		return fmt.Sprintf("%T", p)
	}
}

func content(c webhook.Content) string {
	switch c := c.(type) {
	case *webhook.Text:
		return fmt.Sprintf("text of %d characters", len([]rune(c.Body)))
	case *webhook.Media:
		return fmt.Sprintf("%s (%s)", c.Kind, c.MIMEType)
	case *webhook.Unknown:
		return fmt.Sprintf("a kind this program does not know, %d bytes", len(c.Raw))
	default:
		return fmt.Sprintf("%T", c)
	}
}
