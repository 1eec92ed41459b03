package channel

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// placeholders returns what the placeholders of macros and automatic messages stand for in a
// conversation: {{customer.name}}, {{customer.first_name}}, {{customer.username}}, {{customer.email}},
// {{customer.company}}, {{ticket}}, and what the desk knows beside that. A value that is not known is a
// missing placeholder, which refuses the macro: better than "Hello ,".
func (h *core) placeholders(conv *conversation.Conversation, customer *conversation.Customer) template.Lookup {
	return func(name string) (string, bool) {
		value := ""
		switch name {
		case "customer.name":
			value = cmp.Or(customer.Profile.Name, customer.Name)
		case "customer.first_name":
			value = customer.FirstName()
		case "customer.email":
			value = customer.Profile.Email
		case "customer.company":
			value = customer.Profile.Company
		case "customer.username":
			value = customer.Username
		case "ticket":
			value = conv.Ticket
		default:
			if h.desk != nil {
				return h.desk.Placeholders(conv)(name)
			}
		}
		return value, value != ""
	}
}

// Macro is a prepared answer that knows the customer service window.
type Macro struct {
	// Conversation is as in Reply.
	Conversation string
	// Text goes out while the window is open. Placeholders are filled in.
	Text string
	// Shorthand is a template in the notation &((template=[[name]] …))&, for when the window is closed, or for any
	// time if Text is empty. Placeholders are filled in after it was read: no name breaks out of a value.
	Shorthand string
	// Lookup gives placeholders of the host's own; it is asked first. nil: none.
	Lookup template.Lookup
	// Key is as in Reply. It stands for the macro as it is here, whatever its placeholders or the window make of it.
	Key string
}

// MacroPreview is what a macro would send now.
type MacroPreview struct {
	// Template says that the template would go out; otherwise the text.
	Template bool `json:"template,omitempty"`
	// Text is what the customer would read, Preview a template's parts.
	Text    string           `json:"text,omitempty"`
	Preview template.Preview `json:"preview"`
}

// ranBefore finds what a macro with its key has sent; nil if it has not been run.
func (o *outbox) ranBefore(ctx context.Context, m *Macro) (*messageRecord, error) {
	conv, _, _, err := o.scene(ctx, nil, m.Conversation, "")
	if err != nil {
		return nil, err
	}
	ch, ok := o.channels.get(conv.Channel)
	if !ok {
		return nil, ErrNoChannel
	}
	print, err := (&Reply{Key: m.Key, macro: m}).print(ch)
	if err != nil {
		return nil, err
	}
	earlier, err := step.Get[messageRecord](ctx, o.store, kindMessage, keyID(m.Conversation, m.Key))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return earlier.unless(print, err)
}

// macroRefused notes that a macro came to nothing, as Reply does for what it refuses.
func (o *outbox) macroRefused(ctx context.Context, by conversation.Author, m *Macro, cause error) {
	conv, err := o.conversation(ctx, m.Conversation)
	if err != nil || errors.Is(cause, ErrNotFound) {
		return
	}
	o.refused(ctx, &deed{by: by, channel: conv.Channel, conversation: conv.ID}, cause)
}

// macro decides what a macro sends now.
func (o *outbox) macro(ctx context.Context, m *Macro) (reply *Reply, preview *MacroPreview, err error) {
	conv, customer, _, err := o.scene(ctx, nil, m.Conversation, "")
	if err != nil {
		return nil, nil, err
	}
	ch, ok := o.channels.get(conv.Channel)
	if !ok {
		return nil, nil, ErrNoChannel
	}
	if !ch.Enabled {
		return nil, nil, ErrDisabled
	}
	reply = &Reply{Conversation: m.Conversation, Key: m.Key, macro: m}
	own := o.placeholders(conv, customer)
	lookup := func(name string) (string, bool) {
		if m.Lookup != nil {
			if value, ok := m.Lookup(name); ok {
				return value, true
			}
		}
		return own(name)
	}
	if m.Shorthand == "" && isShorthand(&message.Text{Body: m.Text}) { // written into the wrong field
		with := *m
		with.Text, with.Shorthand, m = "", m.Text, &with
	}
	now := o.now()
	closed := permits(ch, customer, &message.Outbound{Content: &message.Text{}}, now)
	switch {
	case closed != nil && !errors.Is(closed, window.ErrClosed):
		return nil, nil, closed
	case m.Text != "" && closed == nil:
		text, err := template.ExpandVerbatim(m.Text, lookup)
		if err != nil {
			return nil, nil, err
		}
		reply.Content = &message.Text{Body: text}
		return reply, &MacroPreview{Text: ch.redactText(text)}, nil
	case m.Shorthand == "" && m.Text == "":
		return nil, nil, invalidAt("content", message.RuleRequired)
	case m.Shorthand == "":
		return nil, nil, closed
	}
	if reply.Template, preview, err = ch.shorthand(m.Shorthand, lookup, now); err != nil {
		return nil, nil, err
	}
	if _, err := templateFor(ch, customer, reply.Template, now); err != nil {
		return nil, nil, err
	}
	return reply, preview, nil
}

// shorthand reads a template shorthand and says what it would send now.
func (c *Channel) shorthand(text string, lookup template.Lookup, now time.Time) (*Template, *MacroPreview, error) {
	short, err := template.ParseShorthand(text, template.ShorthandOptions{})
	if err != nil {
		return nil, nil, err
	}
	if short, err = short.Expand(lookup); err != nil {
		return nil, nil, err
	}
	def, err := c.template(&Template{Name: short.Template, Language: short.Language}, now)
	if err != nil {
		return nil, nil, err
	}
	values, err := short.Values(def, template.ShorthandMapping{NamesInOrder: true})
	if err != nil {
		return nil, nil, err
	}
	_, preview, _, err := c.bind(def, values)
	if err != nil {
		return nil, nil, err
	}
	return &Template{Name: def.Name, Language: def.Language, Values: values},
		&MacroPreview{Template: true, Text: c.redactText(preview.Text()), Preview: preview}, nil
}

// isShorthand says that content is, or holds, a template shorthand, which must never reach a
// customer as it was written.
func isShorthand(c message.Content) bool {
	text := bodyOf(c)
	if text == "" {
		return false
	}
	_, err := template.ParseShorthand(text, template.ShorthandOptions{Lenient: true})
	return !errors.Is(err, template.ErrNoShorthand)
}

// bodyOf is what a person wrote of a message: the text or the caption.
func bodyOf(c message.Content) string {
	switch c := c.(type) {
	case *message.Text:
		return c.Body
	case *message.Image:
		return c.Caption
	case *message.Video:
		return c.Caption
	case *message.Document:
		return c.Caption
	case *message.Buttons:
		return c.Body
	case *message.List:
		return c.Body
	case *message.CTAURL:
		return c.Body
	case *message.Flow:
		return c.Body
	case *message.OrderDetails:
		return c.Body
	case *message.OrderStatus:
		return c.Body
	case *message.LocationRequest:
		return c.Body
	default: // nothing that a person would type a shorthand into
		return ""
	}
}
