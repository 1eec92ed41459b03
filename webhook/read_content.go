package webhook

import "github.com/kanava-go/kanava/internal/jsonscan"

// knownContent reports whether typ names a content this version models.
func knownContent(typ string) bool {
	switch typ {
	case "text", "image", "video", "audio", "voice", "document", "sticker", "location", "contacts",
		"reaction", "order", "button", "interactive", "system", "edit", "revoke",
		"request_welcome", "unsupported", "unknown", "media_placeholder":
		return true
	default:
		return false
	}
}

// readContent reads the content called typ from part. It returns nil if there is
// no such content, and notes flaws in p.err.
func (p *parser) readContent(typ string, part value, from *Identity) Content {
	switch typ { // those without an object
	case "request_welcome":
		return new(Welcome)
	case "media_placeholder":
		return new(MediaPlaceholder)
	case "unsupported", "unknown":
		return p.unsupported(typ, part)
	case "contacts":
		return p.cards(typ, part)
	}
	if !part.Exists() {
		return nil
	}
	if part.Kind() != jsonscan.Object {
		if knownContent(typ) {
			p.flaw(typ, "object", part.Kind().String())
		}
		return nil
	}
	switch it := part.Iter(); typ {
	case "text":
		return p.textBody(it)
	case "image", "video", "audio", "document", "sticker":
		return p.media(MediaKind(typ), it)
	case "voice": // former name
		m := p.media(MediaAudio, it)
		m.Voice = true
		return m
	case "location":
		return p.location(it)
	case "reaction":
		return p.reaction(it)
	case "order":
		return p.order(it)
	case "button":
		return p.quickReply(it)
	case "interactive":
		return p.interactive(part)
	case "system":
		return p.system(it, from)
	case "edit":
		return p.edit(it, from)
	case "revoke":
		return p.revoke(it)
	default:
		return nil
	}
}

// textBody reads text. Taps on ice breakers and bot commands come as text as well.
func (p *parser) textBody(it jsonscan.Iter) Content {
	t := p.spare
	if p.spare = nil; t == nil {
		t = new(Text)
	}
	for it.Next() {
		if it.Key() == "body" {
			t.Body = p.text(&it)
		}
	}
	return t
}

// media reads a media object; also recordings of calls are ones.
func (p *parser) media(kind MediaKind, it jsonscan.Iter) *Media {
	m := &Media{Kind: kind}
	for it.Next() {
		switch it.Key() {
		case "id":
			m.ID = p.text(&it)
		case "url":
			m.URL = p.text(&it)
		case "mime_type":
			m.MIMEType = p.text(&it)
		case "sha256":
			m.SHA256 = p.text(&it)
		case "caption":
			m.Caption = p.text(&it)
		case "filename":
			m.Filename = p.text(&it)
		case "voice":
			m.Voice = p.bool(&it)
		case "animated":
			m.Animated = p.bool(&it)
		}
	}
	return m
}

// location reads location. Coordinates arrive as numbers, and from some versions as
// strings.
func (p *parser) location(it jsonscan.Iter) Content {
	l := new(Location)
	for it.Next() {
		switch it.Key() {
		case "latitude":
			l.Latitude = p.float(&it)
		case "longitude":
			l.Longitude = p.float(&it)
		case "name":
			l.Name = p.text(&it)
		case "address":
			l.Address = p.text(&it)
		case "url":
			l.URL = p.text(&it)
		}
	}
	return l
}

// reaction reads reaction. A missing emoji is a removed reaction, not a flaw.
func (p *parser) reaction(it jsonscan.Iter) Content {
	r := new(Reaction)
	for it.Next() {
		switch it.Key() {
		case "message_id":
			r.MessageID = p.text(&it)
		case "emoji":
			r.Emoji = p.text(&it)
		}
	}
	return r
}

// order reads order.
func (p *parser) order(it jsonscan.Iter) Content {
	o := new(Order)
	for it.Next() {
		switch it.Key() {
		case "catalog_id":
			o.CatalogID = p.text(&it)
		case "text":
			o.Text = p.text(&it)
		case "product_items":
			o.Items = each(p, &it, (*parser).orderItem)
		}
	}
	return o
}

// orderItem reads an element of product_items. Prices are whole numbers in Meta's
// table and fractions in its samples.
func (p *parser) orderItem(it jsonscan.Iter) OrderItem {
	var i OrderItem
	for it.Next() {
		switch it.Key() {
		case "product_retailer_id":
			i.RetailerID = p.text(&it)
		case "quantity":
			i.Quantity = p.float(&it)
		case "item_price":
			i.Price = p.float(&it)
		case "currency":
			i.Currency = p.text(&it)
		}
	}
	return i
}

// edit reads edit, which holds a message without id and sender of its own.
func (p *parser) edit(it jsonscan.Iter, from *Identity) Content {
	e := new(Edit)
	for it.Next() {
		switch it.Key() {
		case "original_message_id":
			e.OriginalID = p.text(&it)
		case "message":
			m := it.Value()
			if m.Kind() != jsonscan.Object {
				p.object(&it)
				continue
			}
			e.Content = p.editedContent(m, from)
			inner := m.Iter()
			for inner.Next() {
				if inner.Key() != "context" {
					continue
				}
				if c := optional(p, &inner, (*parser).context); c != nil {
					e.QuotedID = c.ID
				}
			}
		}
	}
	if e.Content == nil {
		return nil
	}
	return e
}

// editedContent reads the new content of an edited message. WhatsApp knows no
// edit of an edit; taking one for unknown keeps a hostile body from nesting them
// thousands deep.
func (p *parser) editedContent(m value, from *Identity) Content {
	typ := m.Get("type").Str()
	if typ == "edit" {
		return &Unknown{Field: p.field, Type: typ, Raw: raw(m)}
	}
	return p.contentOf(m, typ, m.Get(typ), from)
}

// revoke reads revoke.
func (p *parser) revoke(it jsonscan.Iter) Content {
	r := new(Revoke)
	for it.Next() {
		if it.Key() == "original_message_id" {
			r.OriginalID = p.text(&it)
		}
	}
	return r
}

// unsupported reads what could not be delivered; older messages do not say what
// it was.
func (p *parser) unsupported(typ string, part value) Content {
	u := new(Unsupported)
	if part.Exists() && part.Kind() != jsonscan.Object {
		p.flaw(typ, "object", part.Kind().String())
		return nil
	}
	it := part.Iter()
	for it.Next() {
		if it.Key() == "type" {
			u.Type = p.text(&it)
		}
	}
	return u
}

// system reads an announcement about a person's identifiers. from is what the
// message names as sender: for a changed number, the person as known before.
func (p *parser) system(it jsonscan.Iter, from *Identity) Content {
	s := &System{Previous: *from}
	s.Previous.BSUID = ""
	for it.Next() {
		switch it.Key() {
		case "type":
			s.Kind = SystemKind(p.text(&it))
		case "body":
			s.Body = p.text(&it)
		case "wa_id", "new_wa_id":
			p.person(&it, &s.Current)
		case "user_id":
			p.userID(&it, &s.Current.BSUID)
		case "parent_user_id":
			p.userID(&it, &s.Current.ParentBSUID)
		case "previous_user_id":
			p.userID(&it, &s.Previous.BSUID)
		case "previous_parent_user_id":
			p.userID(&it, &s.Previous.ParentBSUID)
		case "customer":
			p.person(&it, &s.Previous)
		case "identity":
			s.IdentityKeyHash = p.text(&it)
		}
	}
	switch s.Kind {
	case "customer_changed_number":
		s.Kind = SystemNumberChanged
	case SystemIdentityChanged: // the identifiers stay
		s.Previous.BSUID = or(s.Previous.BSUID, from.BSUID)
		s.Current.merge(&s.Previous)
	}
	if s.Previous.BSUID == "" {
		s.Previous.BSUID = previousBSUID(s, from)
	}
	return s
}
