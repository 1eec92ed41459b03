package twilio

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/message"
)

// Limits of Twilio that are narrower than WhatsApp's, in characters, which are code points. They
// are those of texts and of menus; what a template may come to is said by package template.
//
// https://www.twilio.com/docs/api/errors/21617 and
// https://www.twilio.com/docs/content/twiliolist-picker (checked 2026-11-29)
const (
	MaxText     = 1600
	MaxMenuBody = 1024
)

// form lays out a message as Twilio's parameters.
func (n *Number) form(out *message.Outbound) (url.Values, error) {
	if err := plain(out); err != nil {
		return nil, err
	}
	form := url.Values{"From": {addressPrefix + n.phone}, "To": {address(out.To)}}
	callback, fragment, overrides := strings.Cut(n.client.status, "#")
	if out.OpaqueID != "" {
		callback += "?" + statusID + "=" + url.QueryEscape(out.OpaqueID)
	}
	if overrides {
		callback += "#" + fragment
	}
	form.Set("StatusCallback", callback)
	switch c := out.Content.(type) {
	case *message.Text:
		if err := within("text.body", c.Body, MaxText); err != nil {
			return nil, err
		}
		form.Set("Body", c.Body)
		return form, nil
	case *message.Image:
		return form, n.file(form, c.ID, c.Link, c.Caption, "image")
	case *message.Video:
		return form, n.file(form, c.ID, c.Link, c.Caption, "video")
	case *message.Document:
		return form, n.file(form, c.ID, c.Link, c.Caption, "document")
	case *message.Audio:
		return form, n.file(form, c.ID, c.Link, "", "audio")
	case *message.Sticker:
		return form, n.file(form, c.ID, c.Link, "", "sticker")
	case *message.Location:
		place(form, c)
		return form, nil
	case *message.Buttons:
		return form, buttons(form, c)
	case *message.List:
		return form, list(form, c)
	case *message.Template:
		return form, n.template(form, c)
	default:
		return nil, invalid("type", message.RuleForbidden)
	}
}

// plain refuses what only Meta's own API understands, before anything of it is lost.
func plain(out *message.Outbound) error {
	switch {
	case out.To.Group != "":
		return invalid("recipient_type", message.RuleForbidden)
	case out.IdentityHash != "":
		return invalid("recipient_identity_key_hash", message.RuleForbidden)
	case out.Category != "":
		return invalid("category", message.RuleForbidden)
	case out.Marketing != nil:
		return invalid("product_policy", message.RuleForbidden)
	}
	return nil
}

// invalid is the refusal of a part of a message.
func invalid(path string, rule message.Rule) error {
	return &message.InvalidError{Problems: []message.Problem{{Path: path, Rule: rule, Severity: message.SeverityError}}}
}

// within refuses a text that is too long.
func within(path, text string, most int) error {
	if n := utf8.RuneCountInString(text); n > most {
		return &message.InvalidError{Problems: []message.Problem{{
			Path: path, Rule: message.RuleTooLong, Severity: message.SeverityError, Limit: most, Actual: n,
		}}}
	}
	return nil
}

// file sends a file by its address: a link, or what Upload returned.
func (n *Number) file(form url.Values, id, link, caption, kind string) error {
	if link == "" {
		// An id of Meta's, from before a move, is no address and would reach nobody.
		if link = id; !isAddress(id, n.client.insecure) {
			return invalid(kind+".id", message.RuleFormat)
		}
	}
	form.Set("MediaUrl", link)
	if caption != "" {
		form.Set("Body", caption)
	}
	return nil
}

// isAddress reports whether s is one that Twilio can fetch from.
func isAddress(s string, insecure bool) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && insecure)
}

// place lays out a location. Twilio wants a text beside it.
//
// https://www.twilio.com/docs/whatsapp/tutorial/send-whatsapp-notification-messages-templates
// (as known in November 2026)
func place(form url.Values, l *message.Location) {
	at := strconv.FormatFloat(l.Latitude, 'f', -1, 64) + "," + strconv.FormatFloat(l.Longitude, 'f', -1, 64)
	body := l.Name
	if body == "" {
		body = at
	}
	action := "geo:" + at
	if l.Address != "" {
		action += "|" + l.Address
	}
	form.Set("Body", body)
	form.Set("PersistentAction", action)
}

// menuText puts the text parts of an interactive message into one, because Twilio's menus have
// a body only.
func menuText(header, body, footer string) (string, error) {
	if header != "" {
		header = "*" + strings.Trim(header, "*") + "*"
	}
	var parts []string
	for _, p := range []string{header, body, footer} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	text := strings.Join(parts, "\n\n")
	return text, within("interactive.body.text", text, MaxMenuBody)
}

func buttons(form url.Values, b *message.Buttons) error {
	if b.Header.Image != nil || b.Header.Video != nil || b.Header.Document != nil {
		return invalid("interactive.header", message.RuleForbidden)
	}
	text, err := menuText(b.Header.Text, b.Body, b.Footer)
	if err != nil {
		return err
	}
	values := []string{text}
	for _, o := range b.Buttons {
		values = append(values, o.Title, o.ID)
	}
	return variables(form, values)
}

func list(form url.Values, l *message.List) error {
	text, err := menuText(l.Header, l.Body, l.Footer)
	if err != nil {
		return err
	}
	values := []string{text, l.Button}
	for _, s := range l.Sections {
		for _, r := range s.Rows {
			values = append(values, r.Title, r.ID)
			if r.Description != "" {
				values = append(values, r.Description)
			}
		}
	}
	return variables(form, values)
}

// variables sets the values of a content, numbered from 1.
func variables(form url.Values, values []string) error {
	m := make(map[string]string, len(values))
	for i, v := range values {
		m[strconv.Itoa(i+1)] = v
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return invalid("interactive", message.RuleFormat)
	}
	form.Set("ContentVariables", string(raw))
	return nil
}
