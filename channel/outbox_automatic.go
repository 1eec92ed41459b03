package channel

import (
	"cmp"
	"errors"
	"log/slog"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// automatic sends a message that goes out by itself. If it may not be sent, the customer's message
// must not suffer: the host is told, and nothing is sent.
func (u *unit) automatic(s *scene, a *deskapi.Automatic) error {
	own := u.core.placeholders(s.Conversation, s.Customer)
	lookup := func(name string) (string, bool) {
		if a.Lookup != nil {
			if value, ok := a.Lookup(name); ok {
				return value, true
			}
		}
		return own(name)
	}
	if !s.Since.IsZero() {
		u.cause = s.Since
	}
	r := &Reply{auto: true, Key: "auto|" + s.id + "|" + a.Why}
	var err error
	switch {
	case a.Template != "":
		r.Template, err = u.automaticTemplate(s.ch, a, lookup)
	case isShorthand(&message.Text{Body: a.Text}): // its placeholders are filled in after it was read
		r.Template, _, err = s.ch.shorthand(a.Text, lookup, u.now)
	default:
		var text string
		text, err = template.ExpandVerbatim(a.Text, lookup)
		r.Content = &message.Text{Body: text}
	}
	if err != nil {
		return u.withheld(s, a.Why, err)
	}
	m, err := u.send(s.ch, s.Customer, s.Conversation, r)
	if err != nil {
		if isRefusal(err) {
			return u.withheld(s, a.Why, err)
		}
		return err
	}
	m.Auto = a.Why
	return u.saveMessage(m)
}

// withheld tells the host that an automatic message was not sent.
func (u *unit) withheld(s *scene, why string, cause error) error {
	ch := s.ch
	what, sentence := refusal(cause)
	u.core.log.LogAttrs(u.ctx, slog.LevelWarn, "channel: automatic message withheld",
		slog.String("channel", ch.ID), slog.String("why", why), slog.String("reason", cmp.Or(string(what), reasonOf(cause))))
	u.count(ch.ID, "refused", u.now, 1)
	u.count(ch.ID, "refused_"+string(what), u.now, 1)
	if errors.Is(cause, window.ErrClosed) {
		u.count(ch.ID, "window_refused", u.now, 1)
	}
	return u.tellHost(ch.ID, "withheld|"+s.id+"|"+why, hostItem{
		Kind: conversation.AutomaticWithheld, Conversation: s.Conversation.ID, At: u.now.UTC(), Reason: why + ": " + sentence, Cause: what,
	})
}

// automaticTemplate names the template of an automatic message. The variables of its body are
// filled with the values that come with it, in their order, or else those that have names with the
// placeholders of the same names: {{customer_name}} with customer.name.
func (u *unit) automaticTemplate(ch *Channel, a *deskapi.Automatic, lookup template.Lookup) (*Template, error) {
	t := &Template{Name: a.Template, Language: a.Language}
	def, err := ch.template(t, u.now)
	if err != nil {
		return nil, err
	}
	body := def.Body()
	for i, value := range a.Values {
		text, err := template.ExpandVerbatim(value, lookup)
		if err != nil {
			return nil, err
		}
		v := template.Text(template.OneLine(text))
		if body != nil && def.UsesNames() && i < len(body.Example.Named) {
			v.Name = body.Example.Named[i].Name
		}
		t.Values.Body = append(t.Values.Body, v)
	}
	if body == nil || len(a.Values) > 0 || !def.UsesNames() {
		return t, nil
	}
	for _, example := range body.Example.Named {
		value, ok := lookup(strings.Replace(example.Name, "_", ".", 1))
		if !ok {
			value, ok = lookup(example.Name)
		}
		if ok {
			t.Values.Body = append(t.Values.Body, template.NamedText(example.Name, template.OneLine(value)))
		}
	}
	return t, nil
}
