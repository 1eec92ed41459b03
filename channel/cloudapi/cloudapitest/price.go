package cloudapitest

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// freeServiceMessages is how many service messages of a number are free in a
// calendar month of the account since billedSince.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
// (checked 2026-11-22)
const freeServiceMessages = 1000

var billedSince = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// setPrice decides what the message will cost if it is delivered. It is decided when
// the message is sent, because "sent" and "delivered" must tell the same; a free place
// taken by a message that never arrives comes back with refund.
func (m *message) setPrice() {
	n := m.number
	m.price = "regular"
	switch {
	case m.chat != nil && m.at < m.chat.freeEntry:
		m.price, m.category = "free_entry_point", "referral_conversion"
	case m.category == "service" && m.at < billedSince, m.category == "utility" && m.cameFree && m.at < billedSince:
		m.price = "free_customer_service"
	case m.category == "service":
		if month := time.Unix(0, m.at).In(n.account.location).Format("2006-01"); month != n.month {
			n.month, n.free = month, 0
		}
		if n.free++; n.free <= freeServiceMessages {
			m.price = "free_customer_service"
		}
	}
}

// unpaid sets the price and reports whether nobody can be charged for it.
func (m *message) unpaid() bool {
	m.setPrice()
	if !m.number.account.unpaid || m.price != "regular" {
		return false
	}
	m.refund()
	return true
}

// refund gives a place in the free tier back.
func (m *message) refund() {
	if m.category == "service" {
		m.number.free--
	}
}

// countDelivered counts for analytics; only delivered messages are charged.
func (w *World) countDelivered(m *message) {
	day := m.number.account.day(w.now())
	day.delivered++
	day.priced[priceKey{m.category, m.price}]++
}

// pricing writes what the message costs. The conversation object is there only in a
// free entry point window, as since v24.0.
func (m *message) pricing(e *enc) {
	if m.price == "free_entry_point" {
		e.key("conversation").obj(func() {
			sum := sha256.Sum256([]byte(m.id))
			e.key("id").str(hex.EncodeToString(sum[:16]))
			e.key("origin").obj(func() { e.key("type").str("referral_conversion") })
		})
	}
	e.key("pricing").obj(func() {
		e.key("billable").bool(m.price == "regular")
		e.key("pricing_model").str("PMP")
		e.key("type").str(m.price)
		e.key("category").str(m.category)
	})
}
