package webhook

import (
	"strings"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// interactive reads a reply to an interactive message. Its own type names the
// member that holds the reply.
func (p *parser) interactive(v value) Content {
	typ := v.Get("type").Str()
	part := v.Get(typ)
	if typ == "interactive" || typ == "" {
		// An old sample of an address reply repeats the outer type.
		if part = v.Get("nfm_reply"); part.Exists() {
			typ = "nfm_reply"
		}
	}
	var c Content
	if part.Kind() == jsonscan.Object {
		c = p.reply(typ, part.Iter())
	} else if part.Exists() {
		p.flaw("interactive", "object", part.Kind().String())
	}
	if c == nil || p.err != nil {
		u := &Unknown{Field: p.field, Type: typ, Raw: raw(v), Err: p.err}
		p.err = nil
		return u
	}
	if f, ok := c.(*FlowReply); ok {
		f.Name = or(f.Name, v.Get("action").Str())
	}
	return c
}

// reply reads the reply called typ; nil if there is no such kind.
func (p *parser) reply(typ string, it jsonscan.Iter) Content {
	switch typ {
	case "button_reply":
		l := p.listReply(it)
		return &ButtonReply{ID: l.ID, Title: l.Title}
	case "list_reply":
		return new(p.listReply(it))
	case "nfm_reply":
		return p.flowReply(it)
	case "call_permission_reply":
		return p.callPermission(it)
	case "payment_method":
		return p.paymentMethod(it)
	case "product":
		return &ProductReply{Product: p.product(it)}
	default:
		return nil
	}
}

// listReply reads list_reply, and button_reply, which has no description.
func (p *parser) listReply(it jsonscan.Iter) ListReply {
	var r ListReply
	for it.Next() {
		switch it.Key() {
		case "id":
			r.ID = p.text(&it)
		case "title":
			r.Title = p.text(&it)
		case "description":
			r.Description = p.text(&it)
		}
	}
	return r
}

// quickReply reads button: a tap on a button of a template.
func (p *parser) quickReply(it jsonscan.Iter) Content {
	r := new(QuickReply)
	for it.Next() {
		switch it.Key() {
		case "text":
			r.Text = p.text(&it)
		case "payload":
			r.Payload = p.text(&it)
		}
	}
	return r
}

// flowReply reads nfm_reply. The answers are JSON inside of a string and stay so: it
// is the form's own vocabulary.
func (p *parser) flowReply(it jsonscan.Iter) Content {
	r := new(FlowReply)
	for it.Next() {
		switch it.Key() {
		case "name":
			r.Name = p.text(&it)
		case "body":
			r.Body = p.text(&it)
		case "response_json":
			if v := it.Value(); v.Kind() == jsonscan.Object {
				r.Response = v.Raw() // should be text, but says the same
			} else {
				r.Response = p.text(&it)
			}
		}
	}
	return r
}

// callPermission reads call_permission_reply.
func (p *parser) callPermission(it jsonscan.Iter) Content {
	c := new(CallPermission)
	for it.Next() {
		switch it.Key() {
		case "response":
			c.Response = p.text(&it)
		case "is_permanent":
			c.Permanent = p.bool(&it)
		case "expiration_timestamp":
			c.Expires = p.time(&it)
		case "response_source":
			c.Source = p.text(&it)
		}
	}
	c.Accepted = strings.EqualFold(c.Response, "accept")
	return c
}

// paymentMethod reads payment_method.
func (p *parser) paymentMethod(it jsonscan.Iter) Content {
	m := new(PaymentMethod)
	for it.Next() {
		switch it.Key() {
		case "payment_method":
			m.Method = p.text(&it)
		case "payment_timestamp":
			m.Time = p.time(&it)
		case "reference_id":
			m.ReferenceID = p.text(&it)
		case "last_four_digits":
			m.LastFourDigits = p.text(&it)
		case "credential_id":
			m.CredentialID = p.text(&it)
		}
	}
	return m
}

// previousBSUID finds the BSUID a person had before, for payloads that do not
// say: the sender, unless that is the new one already, else the sentence for
// people ("User X changed from A to B"), if its B is one of the new identifiers.
func previousBSUID(s *System, from *Identity) string {
	if from.BSUID != "" && from.BSUID != s.Current.BSUID {
		return from.BSUID
	}
	_, change, ok := cutLast(s.Body, " changed from ")
	if !ok {
		return ""
	}
	before, after, ok := strings.Cut(change, " to ")
	after = strings.TrimSuffix(after, ".")
	if !ok || after == "" || after != s.Current.BSUID && after != s.Current.Phone || !isBSUID(before) {
		return ""
	}
	return before
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
