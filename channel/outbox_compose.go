package channel

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// compose turns a reply that is to be sent at a time into what goes on the wire and what agents see,
// with card numbers masked in both.
func (u *unit) compose(ch *Channel, customer *conversation.Customer, r *Reply, at time.Time) (
	out *message.Outbound, msg *messageRecord, category template.Category, err error,
) {
	out = &message.Outbound{To: customer.Recipient()}
	if r.notify {
		out.Lane = message.LaneNotify // answers go first
	}
	msg = new(messageRecord)
	wording := "" // of a template, with its values as they were given
	switch {
	case r.Content == nil && r.Template == nil:
		return nil, nil, "", invalidAt("content", message.RuleRequired)
	case r.Content != nil && r.Template != nil:
		return nil, nil, "", invalidAt("template", message.RuleExclusive)
	case r.Template != nil:
		def, err := templateFor(ch, customer, r.Template, at)
		if err != nil {
			return nil, nil, "", err
		}
		bound, preview, said, err := ch.bind(def, r.Template.Values)
		if err != nil {
			return nil, nil, "", err
		}
		category = def.Category
		out.Content = &message.Template{Message: bound}
		describeTemplate(msg, &preview)
		wording = said
	default:
		out.Content = r.Content
		if c, ok := r.Content.(*message.Template); ok {
			def, err := boundFor(ch, customer, c, at)
			if err != nil {
				return nil, nil, "", err
			}
			category, msg.Template = def.Category, def.Name+"/"+def.Language
			msg.Text, wording = "["+def.Name+"]", wordingOf(def, &c.Message)
		}
	}
	masked, err := ch.redactOutbound(out)
	if err != nil {
		return nil, nil, "", err
	}
	if msg.Template != "" {
		text := ch.redactText(msg.Text)
		also, err := maskLike(out, []string{wording}, []string{ch.redactText(wording)}) // what its values show together
		if err != nil {
			return nil, nil, "", err
		}
		masked = masked || also || text != msg.Text
		msg.Text = text
		msg.attach(out.Content)
	} else {
		describe(msg, out.Content)
	}
	msg.Kind, msg.Redacted = string(out.Content.Kind()), masked
	return out, msg, category, nil
}

// bind fills a template and shows it as the customer will see it. Card numbers are masked on
// the wire value by value, so the preview is filled with masked values too: in the whole text
// the words of the template may say that a number is none of a card. What the values show together, a
// card and its code for example, is masked in them as well. wording is the text as nothing was masked.
func (c *Channel) bind(def *template.Definition, v template.Values) (bound template.Message, preview template.Preview, wording string, err error) {
	bound, preview, err = def.Bind(v)
	if err != nil {
		return bound, preview, "", err
	}
	plain := preview
	plain.Buttons = nil
	if wording = plain.Text(); c.InsecureKeepCards {
		return bound, preview, wording, nil
	}
	whole := c.redactText(wording)
	together := len([]rune(whole)) == len([]rune(wording)) && whole != wording
	masked := false
	safe := v.MapText(func(s string) string {
		text := c.redactText(s)
		if text == s && together && hasDigit(s) {
			text = maskPart(s, wording, []rune(whole))
		}
		masked = masked || text != s
		return text
	})
	if masked {
		if _, preview, err = def.Bind(safe); err != nil { // a place that takes no masks
			preview = template.Preview{Template: def.Name, Language: def.Language}
		}
	}
	return bound, preview, wording, err
}

// wordingOf is what the customer reads of a template that the host has bound: header, body and footer.
func wordingOf(def *template.Definition, m *template.Message) string {
	var lines []string
	fill := func(component, text string) {
		lines = append(lines, variables.ReplaceAllStringFunc(text, func(of string) string {
			name := variables.FindStringSubmatch(of)[1]
			for slot, p := range m.Parameters() {
				if slot.Component == component && slot.Card < 0 && (p.Name == name || p.Name == "" && strconv.Itoa(slot.Position+1) == name) {
					return p.Text
				}
			}
			return of
		}))
	}
	if h := def.Header(); h != nil {
		fill("header", h.Text)
	}
	if b := def.Body(); b != nil {
		fill("body", b.Text)
	}
	if f := def.Footer(); f != nil {
		lines = append(lines, f.Text)
	}
	return strings.Join(lines, "\n")
}

// variables are the places of values in the text of a template.
var variables = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// templateFor finds a template that may be sent to the customer now. Marketing needs consent
// where it is no answer to something that the customer wrote.
func templateFor(ch *Channel, customer *conversation.Customer, t *Template, now time.Time) (*template.Definition, error) {
	def, err := ch.template(t, now)
	if err != nil {
		return nil, err
	}
	if err := mayMarket(customer, def.Category); err != nil {
		return nil, err
	}
	if def.Category == template.Marketing && !customer.WindowOpenAt(now) {
		return def, consents(ch, customer, def.Category)
	}
	return def, nil
}

// boundFor is templateFor for a template whose values are bound already, which fit only the
// language that they were bound for.
func boundFor(ch *Channel, customer *conversation.Customer, c *message.Template, now time.Time) (*template.Definition, error) {
	name := &Template{Name: c.Message.Name(), Language: c.Message.Language()}
	def, err := templateFor(ch, customer, name, now)
	if err == nil && def.Language != name.Language {
		err = fmt.Errorf("channel: no template in this language: %w", template.ErrNotSendable)
	}
	return def, err
}

// template finds a template that may be sent now.
func (c *Channel) template(t *Template, now time.Time) (*template.Definition, error) {
	if c.Templates == nil {
		return nil, fmt.Errorf("channel: the channel has no templates: %w", template.ErrNotSendable)
	}
	def, _ := c.Templates.Resolve(t.Name, cmp.Or(t.Language, c.Language))
	if def == nil {
		return nil, fmt.Errorf("channel: no template with this name and language: %w", template.ErrNotSendable)
	}
	if err := def.Sendable(now).Err(); err != nil {
		return nil, err
	}
	return def, nil
}

// permits asks whether the customer may be written to, and the window.
func permits(ch *Channel, customer *conversation.Customer, out *message.Outbound, now time.Time) error {
	if !customer.Blocked.IsZero() {
		return ErrBlocked
	}
	send := window.Send{Kind: sendKind(out.Content), Category: window.Category(out.Category)}
	d := customer.Window.Permits(send, now)
	if d.Reason == window.ReasonOpen && customer.WindowDenied() {
		return &window.ClosedError{Reason: window.ReasonReported, ClosedAt: customer.WindowRefused, LastInbound: d.LastInbound()}
	}
	return d.Err()
}

func sendKind(c message.Content) window.SendKind {
	switch c.Kind() {
	case message.KindText:
		return window.SendText
	case message.KindImage, message.KindAudio, message.KindVideo, message.KindDocument, message.KindSticker:
		return window.SendMedia
	case message.KindLocation:
		return window.SendLocation
	case message.KindContacts:
		return window.SendContacts
	case message.KindReaction:
		return window.SendReaction
	case message.KindCallPermission:
		return window.SendCallPermissionRequest
	case message.KindTemplate:
		return window.SendTemplate
	}
	return window.SendInteractive // the rest, unknown kinds as well, needs an open window
}

// quotable returns the wamid of a message with the customer.
func (u *unit) quotable(customer *conversation.Customer, id string) (string, error) {
	var m messageRecord
	ok, err := u.Load(kindMessage, id, &m)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", fmt.Errorf("channel: quoted message: %w", ErrNotFound)
	}
	switch same, err := u.ofOneTalk(customer, &m); {
	case err != nil:
		return "", err
	case !same:
		return "", fmt.Errorf("channel: quoted message: %w", ErrNotFound)
	case m.WAMID == "":
		return "", fmt.Errorf("channel: quoted message: %w", ErrNotSent)
	}
	return m.WAMID, nil
}
