package webhook

import (
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// echo reads an element of message_echoes: an outgoing message that another
// program or a phone sent.
func (p *parser) echo(v value, s shape) {
	var m Message
	var x extra
	if !p.readMessage(v, s, &m, &x) {
		return
	}
	x.to = p.notOurs(x.to, m.From)
	contact, _ := p.complete(&x.to)
	p.emit(v, s, m.Time, &Echo{
		ID: m.ID, From: m.From.Phone, To: x.to, GroupID: m.GroupID,
		Content: m.Content, Context: m.Context, Errors: m.Errors, CreationType: x.creation,
	}).contact = contact
}

// standby reads the value of the field standby: copies of a conversation that
// somebody else owns.
func (p *parser) standby(m value) {
	l := m.Elements()
	for l.Next() {
		box := l.Value()
		if box.Kind() != jsonscan.Object {
			p.list("standby")
			p.unknown(box, shapeItem, "standby", errNotObject)
			continue
		}
		before, known := p.count(), len(p.contacts)
		p.readContacts(box.Get("contacts"))
		it := box.Iter()
		for it.Next() {
			key := it.Key()
			if key == "contacts" {
				continue
			}
			p.list(key)
			read := standbyReader(key)
			if read == nil {
				p.unknown(it.Value(), shapeAside, key, nil)
				continue
			}
			p.items(it.Value(), shapeStandby, read)
		}
		p.loneContacts(box, shapeStandby, shapeAside, before, known)
	}
}

// standbyReader returns the reader for the list called key in a standby box, nil if
// there is no such list.
func standbyReader(key string) reader {
	switch key {
	case "messages":
		return (*parser).standbyMessage
	case "statuses":
		return (*parser).standbyStatus
	case "message_echoes":
		return (*parser).standbyEcho
	default:
		return nil
	}
}

// standbyMessage reads a message of a conversation that somebody else owns.
func (p *parser) standbyMessage(v value, s shape) {
	m, x := new(StandbyMessage), extra{}
	if !p.readMessage(v, s, &m.Message, &x) {
		return
	}
	x.contact, m.Message.IdentityKeyHash = p.completeSender(&m.Message)
	p.emit(v, s, m.Message.Time, m).contact = x.contact
}

// standbyStatus reads a status of a message that somebody else sent. These may come
// without a BSUID.
func (p *parser) standbyStatus(v value, s shape) {
	st := new(StandbyStatus)
	switch at, typ, ok := p.readStatus(v, s, &st.Status); {
	case ok:
		p.emit(v, s, st.Status.Time, st).contact = at
	case typ == "payment" || typ == "call":
		p.unknown(v, s, typ, nil) // not documented for standby
	}
}

// standbyEcho reads a copy of what the owner of the conversation sent: the send
// request, and the definitions of the template or Flow it used.
func (p *parser) standbyEcho(v value, s shape) {
	e := new(StandbyEcho)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			e.ID = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "message":
			e.Request = raw(it.Value())
			p.sendRequest(p.object(&it), e)
		case "template":
			e.Template = raw(it.Value())
			e.TemplateName = or(e.TemplateName, it.Value().Get("name").Str())
			e.TemplateLanguage = or(e.TemplateLanguage, it.Value().Get("language").Str())
		case "flow":
			e.Flow = raw(it.Value())
			e.FlowID = it.Value().Get("id").Str()
		}
	}
	if e.ID == "" {
		p.unknown(v, s, e.Type, errNoID)
		return
	}
	contact, _ := p.complete(&e.To)
	p.emit(v, s, t, e).contact = contact
}

// sendRequest reads the parts of a send request that tell what was said to whom.
func (p *parser) sendRequest(it jsonscan.Iter, e *StandbyEcho) {
	for it.Next() {
		switch it.Key() {
		case "to":
			p.person(&it, &e.To)
		case "recipient":
			p.userID(&it, &e.To.BSUID)
		case "type":
			e.Type = p.text(&it)
		case "text":
			t := p.object(&it)
			for t.Next() {
				if t.Key() == "body" {
					e.Text = p.text(&t)
				}
			}
		case "template":
			tpl := it.Value()
			e.TemplateName = or(tpl.Get("name").Str(), e.TemplateName)
			e.TemplateLanguage = or(tpl.Get("language").Get("code").Str(), e.TemplateLanguage)
		case "context":
			c := p.object(&it)
			for c.Next() {
				if c.Key() == "message_id" {
					e.QuotedID = p.text(&c)
				}
			}
		}
	}
}

// handover reads the value of messaging_handovers.
func (p *parser) handover(v value) (Payload, time.Time) {
	h := new(Handover)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch key := it.Key(); key {
		case "type":
			h.Kind = HandoverKind(p.text(&it))
		case "timestamp":
			t = p.time(&it)
		case "sender":
			s := p.object(&it)
			for s.Next() {
				switch s.Key() {
				case "phone_number", "wa_id":
					p.person(&s, &h.User)
				case "user_id":
					p.userID(&s, &h.User.BSUID)
				case "parent_user_id":
					p.userID(&s, &h.User.ParentBSUID)
				}
			}
		case "recipient":
			r := p.object(&it)
			for r.Next() {
				switch r.Key() {
				case "phone_number_id":
					p.number.ID = p.text(&r)
				case "display_phone_number":
					p.number.Display = p.phone(&r)
				}
			}
		case string(HandoverPassed), string(HandoverTaken):
			if h.Kind == "" {
				h.Kind = HandoverKind(key) // the test panel's sample has no type
			}
			p.handoverDetail(p.object(&it), h)
		}
	}
	if h.Kind == "" {
		return nil, t
	}
	return h, t
}

// handoverDetail reads control_passed or control_taken.
func (p *parser) handoverDetail(it jsonscan.Iter, h *Handover) {
	for it.Next() {
		switch it.Key() {
		case "previous_owner_role":
			h.PreviousRole = p.text(&it)
		case "new_owner_role":
			h.NewRole = p.text(&it)
		case "previous_owner_app_id":
			h.PreviousApp = p.text(&it)
		case "new_owner_app_id":
			h.NewApp = p.text(&it)
		case "metadata":
			h.Metadata = p.text(&it)
		case "conversation_context":
			h.Summary = p.summaryText(&it)
		}
	}
}
