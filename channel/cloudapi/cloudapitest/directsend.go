package cloudapitest

import (
	"strings"
	"time"
)

// directSend is a send without a template made beforehand, for accounts that Meta
// has admitted.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/direct-send/api-reference/
// (checked 2026-11-22)
type directSend struct {
	category string // utility or authentication
	name     string // template name wanted; "" = Meta's choice
	ttl      time.Duration
}

// direct reads the fields of Direct Send; nil means an ordinary message.
func (c *call) direct(f *fields) *directSend {
	d := &directSend{category: f.oneOf("category", false, "utility", "authentication")}
	longest := 12 * time.Hour
	if d.category == "authentication" {
		longest = 15 * time.Minute
	}
	if d.category == "" {
		if f.has("ttl_seconds") || f.has("direct_send_config") {
			f.reject(badParam("ttl_seconds and direct_send_config are only for messages with a category."))
		}
		return nil
	}
	if !c.target.number.account.directSend {
		f.reject(badParam("Direct Send isn't enabled for this account."))
	}
	d.ttl = time.Duration(f.number("ttl_seconds", false, 30, longest.Seconds())) * time.Second
	if f.has("direct_send_config") {
		o := f.child("direct_send_config")
		d.name = o.text("template_name", 1, 512)
		o.done()
	}
	return d
}

// check refuses contents and recipients Direct Send does not carry.
func (s *directSend) check(d *draft, to recipient) *graphError {
	plain := d.kind == "text"
	if s.category == "utility" && d.rich != nil {
		plain = d.rich.action == "button" || d.rich.action == "cta_url" || d.rich.action == "voice_call"
	}
	switch {
	case !plain || to.group != nil:
		return badParam("This type of message cannot be sent with a category.")
	case s.category == "authentication" && to.waid == "":
		return fail(131062, "Authentication messages cannot be sent to a business-scoped user id.")
	}
	return nil
}

// generated returns the template the platform keeps for a message of this text,
// making one the first time.
func (c *call) generated(s *directSend, text string) *Template {
	a := c.target.number.account
	for _, t := range a.templates {
		if t.auto && !t.gone && t.body.text == text && (s.name == "" || t.Name == s.name) {
			return t
		}
	}
	id := c.newID()
	name := s.name
	if name == "" {
		name = "auto_generated_" + id
	}
	body := node{kind: jsonObject, items: []member{
		{key: "type", val: node{kind: jsonString, text: "BODY"}}, {key: "text", val: node{kind: jsonString, text: text}},
	}}
	t := &Template{
		ID: id, Name: name, Language: "en", w: c.World, account: a, auto: true, category: strings.ToUpper(s.category),
		status: StatusApproved, reason: "NONE", quality: "UNKNOWN", changed: c.at,
		body: part{format: "TEXT", text: text}, source: node{kind: jsonArray, items: []member{{val: body}}},
	}
	a.templates = append(a.templates, t)
	c.templates[id] = t
	return t
}
