package cloudapitest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// stage is how far a message has come.
type stage uint8

const (
	stageAccepted stage = iota
	stageSent
	stageDelivered
	stageRead
	stagePlayed
	stageFailed
)

var stageNames = [...]string{"accepted", "sent", "delivered", "read", "played", "failed"}

// message is a message in either direction.
type message struct {
	id      string
	number  *Number
	chat    *chat // nil if nobody has the number it was sent to
	group   *Group
	author  *User // of a message from a user
	at      int64
	kind    string
	text    string
	rich    *content
	tmpl    *Template
	opaque  string
	replyTo string
	waid    string      // number it was addressed to
	doom    *graphError // reported instead of delivery
	stage   stage

	fromUser  bool
	byBSUID   bool
	deleted   bool
	edited    bool
	forwarded bool
	cameFree  bool // sent inside a service window
	priced    bool // pricing has been on "delivered" or "read"
	expired   bool
	app       bool // written in the Business app
	category  string
	reactions [2]string      // emoji by the business, by the user
	acks      int            // times its webhook was accepted
	hops      int            // times a user's message was forwarded before
	seenBy    map[*User]bool // group messages: delivered to, read by
	readBy    map[*User]bool
}

// accept gives a send its id and sets its life going.
func (w *World) accept(m *message) {
	phone := m.waid
	if m.chat != nil {
		phone = m.chat.user.phone
		if m.waid != "" {
			m.chat.contact = m.at
		}
		m.chat.typing = 0
		m.cameFree = m.chat.windowOpen(m.at)
		if m.doom == nil && m.at < m.chat.adUntil {
			m.chat.freeEntry, m.chat.adUntil = m.at+int64(freeEntryFor), 0
		}
		if m.doom == nil {
			m.chat.log = append(m.chat.log, m)
		}
	}
	m.id = w.wamid(phone, false)
	m.category = "service"
	if m.tmpl != nil {
		m.category = templateCategories[m.tmpl.category]
	}
	w.remember(m)
	m.number.account.day(m.at).sent++
	if m.tmpl != nil && m.tmpl.held && m.doom == nil {
		m.tmpl.waiting = append(m.tmpl.waiting, m)
		return
	}
	w.schedule(m.at+w.latency(1), true, m)
}

var templateCategories = map[string]string{"MARKETING": "marketing", "UTILITY": "utility", "AUTHENTICATION": "authentication"}

// latency draws a duration around factor times Config.Latency.
func (w *World) latency(factor int64) int64 {
	mean := int64(w.cfg.Latency) * factor
	if mean == 0 {
		return 0
	}
	return mean/2 + w.rng.Int64N(mean)
}

// fire moves a message of the business to its next stage.
func (m *message) fire(w *World) *post {
	switch {
	case m.stage == stageFailed || m.expired:
	case m.doom != nil:
		m.stage = stageFailed
		w.emitStatus(m, stageFailed)
	case m.stage == stageAccepted:
		m.stage = stageSent
		w.emitStatus(m, stageSent)
		m.onward(w)
	case m.stage == stageSent:
		m.deliver(w)
	}
	return nil
}

// reading is the event of a message being read by itself.
type reading struct{ m *message }

func (r reading) fire(w *World) *post {
	if r.m.stage == stageDelivered && !r.m.chat.user.cfg.NoReceipts {
		r.m.markRead(w)
	}
	return nil
}

// onward schedules delivery, or the end of the message's validity.
func (m *message) onward(w *World) {
	if m.chat == nil {
		return
	}
	if m.kind == "reaction" {
		m.applyReaction(w)
		return // "sent" is the only status of a reaction
	}
	if m.chat.user.cfg.Offline {
		w.schedule(m.at+int64(m.validity()), false, fireFunc(func(*World) {
			if m.stage == stageSent {
				m.expired = true // dropped without a "failed" status, as documented
				m.chat.forget(m)
			}
		}))
		return
	}
	w.schedule(w.now()+w.latency(3), true, m)
}

// validity is how long delivery is tried: 30 days, 10 minutes for authentication,
// or what the template says.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live
// (checked 2026-11-22)
func (m *message) validity() time.Duration {
	switch {
	case m.tmpl == nil:
	case m.tmpl.ttl > 0:
		return time.Duration(m.tmpl.ttl) * time.Second
	case m.tmpl.ttl == 0 && m.tmpl.category == "AUTHENTICATION":
		return 10 * time.Minute
	}
	return 30 * 24 * time.Hour
}

func (m *message) deliver(w *World) {
	u := m.chat.user
	if u.cfg.Offline { // went offline meanwhile
		m.onward(w)
		return
	}
	m.stage = stageDelivered
	w.countDelivered(m)
	if u.cfg.AtDesk && !u.cfg.NoReceipts {
		m.markRead(w)
		return
	}
	w.emitStatus(m, stageDelivered)
	m.priced = true
	if u.cfg.ReadAfter > 0 {
		w.schedule(w.now()+int64(u.cfg.ReadAfter), true, reading{m})
	}
}

func (m *message) markRead(w *World) {
	m.stage = stageRead
	w.emitStatus(m, stageRead)
	m.priced = true
}

func (m *message) applyReaction(w *World) {
	if t := w.messages[m.rich.target]; t != nil {
		t.reactions[0] = m.rich.emoji
	}
}

// freeServiceMessages is how many service messages of a number are free in a
// calendar month of the account since billedSince.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
// (checked 2026-11-22)
const freeServiceMessages = 1000

var billedSince = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// countDelivered counts free service messages.
func (w *World) countDelivered(m *message) {
	n := m.number
	day := n.account.day(w.now())
	day.delivered++
	defer func() { day.priced[priceKey{m.category, m.pricingType()}]++ }()
	if m.category != "service" {
		return
	}
	if month := time.Unix(0, m.at).In(n.account.location).Format("2006-01"); month != n.month {
		n.month, n.free = month, 0
	}
	n.free++
}

// pricingType tells what the message costs.
func (m *message) pricingType() string {
	switch {
	case m.chat != nil && m.at < m.chat.freeEntry:
		return "free_entry_point"
	case m.category == "service" && (m.at < billedSince || m.number.free <= freeServiceMessages),
		m.category == "utility" && m.cameFree && m.at < billedSince:
		return "free_customer_service"
	}
	return "regular"
}

// emitStatus tells the subscribers of a stage.
func (w *World) emitStatus(m *message, s stage) {
	now := w.now()
	e := enc{w.scratch[:0]}
	e.obj(func() {
		e.key("id").str(m.id)
		e.key("status").str(stageNames[s])
		e.key("timestamp").secs(now)
		m.recipientKeys(&e, s, now)
		if m.chat != nil && m.number.checksIdentity() {
			e.key("recipient_identity_key_hash").str(m.chat.user.identityHash())
		}
		e.opt("biz_opaque_callback_data", m.opaque)
		if s == stageSent || (s == stageDelivered || s == stageRead) && !m.priced {
			m.pricing(&e)
		}
		if s == stageFailed {
			e.key("errors").arr(func() { m.doom.item(&e) })
		}
	})
	it := &item{account: m.number.account, number: m.number, field: "messages", list: "statuses", elem: w.keep(e), wamid: m.id}
	if s == stageFailed && m.chat != nil && m.doom.code == 131026 {
		it.told = func(w *World, _ *App) { m.chat.failTold = w.now() }
	}
	card := cardLater
	if s == stageSent {
		card = cardSent
	}
	if s != stageFailed && m.chat != nil {
		it.contact = m.chat.contactCard(now, card)
	}
	w.emit(it)
}

func (m *message) recipientKeys(e *enc, s stage, now int64) {
	if m.chat == nil {
		e.opt("recipient_id", m.waid)
		return
	}
	if !m.byBSUID || m.chat.showsPhone(now) && s != stageFailed {
		e.key("recipient_id").str(m.chat.user.phone)
	}
	if s != stageFailed || m.byBSUID {
		e.key("recipient_user_id").str(m.chat.user.bsuid(m.number.account.Portfolio))
	}
}

func (m *message) pricing(e *enc) {
	kind := m.pricingType()
	if kind == "free_entry_point" {
		e.key("conversation").obj(func() {
			sum := sha256.Sum256([]byte(m.id))
			e.key("id").str(hex.EncodeToString(sum[:16]))
			e.key("origin").obj(func() { e.key("type").str("referral_conversion") })
		})
	}
	category := m.category
	if kind == "free_entry_point" {
		category = "referral_conversion"
	}
	e.key("pricing").obj(func() {
		e.key("billable").bool(kind == "regular")
		e.key("pricing_model").str("PMP")
		e.key("type").str(kind)
		e.key("category").str(category)
	})
}

// cardKind tells where a contact card appears: the username is left out of "sent"
// statuses, the identity hash is only on inbound messages.
type cardKind uint8

const (
	cardInbound cardKind = iota
	cardSent
	cardLater
)

// contactCard is the element of contacts for the chat's person.
func (c *chat) contactCard(now int64, kind cardKind) []byte {
	u := c.user
	e := enc{u.w.scratch[:0]}
	e.obj(func() {
		e.key("profile").obj(func() {
			e.key("name").str(u.cfg.Name)
			if kind != cardSent {
				e.opt("username", u.cfg.Username)
			}
		})
		if c.showsPhone(now) {
			e.key("wa_id").str(u.phone)
		}
		e.key("user_id").str(u.bsuid(c.number.account.Portfolio))
		if kind == cardInbound && c.number.checksIdentity() {
			e.key("identity_key_hash").str(u.identityHash())
		}
	})
	return u.w.keep(e)
}

// keep copies what was written into the scratch buffer, and keeps the buffer.
func (w *World) keep(e enc) []byte {
	w.scratch = e.b
	return bytes.Clone(e.b)
}

// checksIdentity reports whether the identity check of the number is switched on.
// Meta's guide and its OpenAPI file name the switch differently.
func (n *Number) checksIdentity() bool {
	v, ok := n.extra.settings["user_identity_change"]
	return ok && (v.at("enable_identity_key_check").isTrue() || v.at("enabled").isTrue())
}

// forget takes a message off the phone.
func (c *chat) forget(m *message) {
	for i, o := range c.log {
		if o == m {
			c.log = append(c.log[:i], c.log[i+1:]...)
			return
		}
	}
}

// messageRing lists message ids by age, for Config.Retain.
type messageRing struct {
	ids  []string
	head int
}

// remember stores a message and forgets those older than Config.Retain.
func (w *World) remember(m *message) {
	w.messages[m.id] = m
	if w.cfg.Retain == 0 {
		return
	}
	w.old.ids = append(w.old.ids, m.id)
	for w.old.head < len(w.old.ids) {
		o := w.messages[w.old.ids[w.old.head]]
		if o != nil && m.at-o.at < int64(w.cfg.Retain) {
			break
		}
		w.old.head++
		if o != nil {
			delete(w.messages, o.id)
			if o.opaque != "" {
				delete(w.opaque, opaqueKey{o.number, o.opaque})
			}
			if o.chat != nil {
				o.chat.forget(o)
			}
		}
	}
	if w.old.head > 4096 && w.old.head*2 > len(w.old.ids) {
		w.old.ids = append([]string(nil), w.old.ids[w.old.head:]...)
		w.old.head = 0
	}
}
