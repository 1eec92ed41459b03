package cloudapitest

import "time"

// inbound writes the element of messages for something a user wrote.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
// (checked 2026-10-06)
func (w *World) inbound(m *message) []byte {
	e := enc{make([]byte, 0, 512)}
	e.obj(func() {
		m.sender(&e)
		if m.group != nil {
			e.key("group_id").str(m.group.ID)
		}
		e.key("id").str(m.id)
		e.key("timestamp").secs(m.at)
		e.key("type").str(m.kind)
		w.payload(&e, m)
		m.context(&e)
		if m.rich != nil && m.rich.tail != nil {
			e.raw(m.rich.tail)
		}
	})
	return e.b
}

// sender writes who it is from: the phone only if it may be shown.
func (m *message) sender(e *enc) {
	if m.showsPhone() {
		e.key("from").str(m.author.phone)
	} else if m.number.w.identity.BSUIDInFrom {
		e.key("from").str(m.author.bsuid(m.number.account.Portfolio))
	}
	e.key("from_user_id").str(m.author.bsuid(m.number.account.Portfolio))
}

// showsPhone reports whether the sender's phone number may be told. In a group that is
// the sender's own affair, not the group's.
func (m *message) showsPhone() bool {
	if m.chat != nil {
		return m.chat.showsPhone(m.at)
	}
	return m.author.chat(m.number).showsPhone(m.at)
}

// payload writes the object named after the type.
func (w *World) payload(e *enc, m *message) {
	if m.rich != nil && m.rich.wire != nil {
		e.raw(m.rich.wire)
		return
	}
	switch m.kind {
	case "text":
		e.key("text").obj(func() { e.key("body").str(m.text) })
	case "image", "video", "audio", "document", "sticker":
		w.inboundJSON(e, m.rich.media, m.text)
	case "location":
		e.key("location").obj(func() {
			e.key("latitude").float(m.rich.place.Latitude)
			e.key("longitude").float(m.rich.place.Longitude)
			e.opt("name", m.rich.place.Name)
			e.opt("address", m.rich.place.Address)
		})
	// The tap on a quick reply of a template; on other messages it is "interactive".
	case "button":
		e.key("button").obj(func() {
			e.key("payload").str(m.rich.target)
			e.key("text").str(m.text)
		})
	case "interactive":
		e.key("interactive").obj(func() {
			e.key("type").str(m.rich.action)
			e.key(m.rich.action).obj(func() {
				e.key("id").str(m.rich.target)
				e.key("title").str(m.text)
				e.opt("description", m.rich.footer)
			})
		})
	}
}

// context writes what the message answers, or that it was forwarded.
func (m *message) context(e *enc) {
	switch {
	case m.replyTo != "":
		e.key("context").obj(func() {
			e.key("from").str(m.quotedAuthor())
			e.key("id").str(m.number.w.refer(m.replyTo))
		})
	// More than five times: another key, not a number.
	case m.hops > 5:
		e.key("context").obj(func() { e.key("frequently_forwarded").bool(true) })
	case m.forwarded:
		e.key("context").obj(func() { e.key("forwarded").bool(true) })
	}
}

// quotedAuthor is the number that wrote the quoted message.
func (m *message) quotedAuthor() string {
	if o := m.number.w.messages[m.replyTo]; o != nil && o.fromUser {
		return o.author.phone
	}
	return m.number.Phone
}

// markRead answers the read receipt and the typing indicator.
func (c *call) markRead() *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	f.oneOf("status", true, "read")
	id := f.text("message_id", 1, 0)
	typing := false
	if f.has("typing_indicator") {
		o := f.child("typing_indicator")
		o.oneOf("type", true, "text")
		o.done()
		typing = true
	}
	f.done()
	if f.err != nil {
		return f.err
	}
	m := c.messages[id]
	switch {
	case m == nil || !m.fromUser || m.number != c.target.number || m.chat == nil:
		c.note(RuleReadUnknown, "a message was marked read that this number never received")
		return fail(131009, "The message to mark as read is not one received by this number.")
	case c.at-m.at > int64(30*24*time.Hour):
		return fail(131009, "The message to mark as read is older than 30 days.")
	}
	// Everything before it counts as read too.
	for _, o := range m.chat.log {
		if o.fromUser && o.at <= m.at {
			o.stage = max(o.stage, stageRead)
		}
	}
	if typing {
		m.chat.typing = c.at + int64(25*time.Second)
	}
	return c.success()
}
