package webhook

import (
	"errors"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// extra is what an element of a list of messages may have beyond a Message.
type extra struct {
	to       Identity
	creation string // message_creation_type
	past     string // history_context.status
	contact  span   // of the sender, or for echoes of the recipient
}

// message reads an element of messages.
func (p *parser) message(v value, s shape) {
	// Most messages are texts: one piece of memory for both.
	both, x := new(struct {
		Message
		text Text
	}), extra{}
	m := &both.Message
	p.spare = &both.text
	if !p.readMessage(v, s, m, &x) {
		return
	}
	contact, keyHash := p.completeSender(m)
	// Empty is what they are: with the garbage collector at work an assignment costs
	// more than a look.
	if keyHash != "" {
		m.IdentityKeyHash = keyHash
	}
	if p.summary != "" {
		m.Summary = p.summary
	}
	p.emit(v, s, m.Time, m).contact = contact
}

// completeSender completes the sender of m from the contacts. System messages
// have none: a contact beside one is somebody else.
func (p *parser) completeSender(m *Message) (at span, keyHash string) {
	if _, ok := m.Content.(*System); ok {
		return span{}, ""
	}
	return p.complete(&m.From)
}

// readMessage fills m and x from v. It reports false, having added an *Unknown,
// if v is not a message.
func (p *parser) readMessage(v value, s shape, m *Message, x *extra) bool {
	var typ, partKey string
	var part value // the last member that is none of the common ones
	it := v.Iter()
	for it.Next() {
		switch key := it.Key(); key {
		case "id":
			m.ID = p.text(&it)
		case "type":
			typ = p.text(&it)
		case "timestamp":
			m.Time = p.time(&it)
		case "from":
			p.person(&it, &m.From)
		case "from_user_id":
			p.userID(&it, &m.From.BSUID)
		case "from_parent_user_id":
			p.userID(&it, &m.From.ParentBSUID)
		case "to":
			p.person(&it, &x.to)
		case "to_user_id":
			p.userID(&it, &x.to.BSUID)
		case "to_parent_user_id":
			p.userID(&it, &x.to.ParentBSUID)
		case "context":
			m.Context = optional(p, &it, (*parser).context)
		case "referral":
			m.Referral = optional(p, &it, (*parser).referral)
		case "errors":
			m.Errors = p.errorList(&it)
		case "group_id":
			p.userID(&it, &m.GroupID)
		case "identity": // the former place of the contact's identity_key_hash
			id := p.object(&it)
			for id.Next() {
				if id.Key() == "hash" {
					m.IdentityKeyHash = p.text(&id)
				}
			}
		case "from_logical_id":
			m.LogicalID = p.text(&it)
		case "message_creation_type":
			x.creation = p.text(&it)
		case "history_context":
			h := p.object(&it)
			for h.Next() {
				if h.Key() == "status" {
					x.past = p.text(&h)
				}
			}
		default:
			partKey, part = key, it.Value()
		}
	}
	if m.ID == "" {
		p.unknown(v, s, typ, errNoID)
		return false
	}
	if partKey != typ {
		part = v.Get(typ)
	}
	m.Content = p.contentOf(v, typ, part, &m.From)
	if u, ok := m.Content.(*Unknown); ok && (errors.Is(u.Err, errNoContent) || typ == "errors") && len(m.Errors) > 0 {
		// Not malformed: the errors say why it is not there, as for files that
		// are too large. In the history that is a type of its own.
		m.Content = &Unsupported{Type: typ}
	}
	return true
}

// context reads what a message refers to.
func (p *parser) context(it jsonscan.Iter) Context {
	var c Context
	for it.Next() {
		switch it.Key() {
		case "id":
			c.ID = p.text(&it)
		case "from":
			c.From = p.author(&it)
		case "forwarded":
			c.Forwarded = p.bool(&it)
		case "frequently_forwarded":
			c.FrequentlyForwarded = p.bool(&it)
		case "referred_product":
			c.Product = optional(p, &it, (*parser).product)
		}
	}
	c.Forwarded = c.Forwarded || c.FrequentlyForwarded
	return c
}

// product reads a reference into a catalog.
func (p *parser) product(it jsonscan.Iter) Product {
	var pr Product
	for it.Next() {
		switch it.Key() {
		case "catalog_id":
			pr.CatalogID = p.text(&it)
		case "product_retailer_id":
			pr.RetailerID = p.text(&it)
		}
	}
	return pr
}

// referral reads the ad or post a conversation started from.
func (p *parser) referral(it jsonscan.Iter) Referral {
	var r Referral
	for it.Next() {
		switch it.Key() {
		case "source_url":
			r.SourceURL = p.text(&it)
		case "source_id":
			r.SourceID = p.text(&it)
		case "source_type":
			r.SourceType = p.text(&it)
		case "headline":
			r.Headline = p.text(&it)
		case "body":
			r.Body = p.text(&it)
		case "media_type":
			r.MediaType = p.text(&it)
		case "image_url":
			r.ImageURL = p.text(&it)
		case "video_url":
			r.VideoURL = p.text(&it)
		case "thumbnail_url":
			r.ThumbURL = p.text(&it)
		case "ctwa_clid":
			r.ClickID = p.text(&it)
		case "ref":
			r.Ref = p.text(&it)
		case "welcome_message":
			w := p.object(&it)
			for w.Next() {
				if w.Key() == "text" {
					r.Welcome = p.text(&w)
				}
			}
		}
	}
	return r
}

// contentOf reads what the message v carries: part, the member of v called typ.
// Anything unreadable in it makes it
// *Unknown: the JSON says more than half of a content would.
func (p *parser) contentOf(v value, typ string, part value, from *Identity) Content {
	if typ == "" {
		typ, part = sniffContent(v)
	}
	outer := p.err
	p.err = nil
	c := p.readContent(typ, part, from)
	err := p.err
	p.err = outer
	if c != nil && err == nil {
		return c
	}
	u := &Unknown{Field: p.field, Type: typ, Err: err}
	if !part.Exists() {
		part = v
		if err == nil && c == nil && knownContent(typ) {
			u.Err = errNoContent
		}
	}
	u.Raw = raw(part)
	return u
}

// sniffContent finds the content of a message that does not tell its type, as
// some old and shortened samples do.
func sniffContent(v value) (typ string, part value) {
	it := v.Iter()
	for it.Next() {
		if key := it.Key(); knownContent(key) {
			return key, it.Value()
		}
	}
	return "", value{}
}
