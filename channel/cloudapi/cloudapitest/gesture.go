package cloudapitest

import (
	"slices"
	"time"
)

// members collects JSON object members written ahead of time.
func members(fill func(e *enc)) []byte {
	e := enc{make([]byte, 0, 256)}
	fill(&e)
	return e.b
}

// React puts an emoji on a message of the conversation; "" takes it away.
func (u *User) React(to Correspondent, wamid, emoji string) error {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	m, err := u.find(to, wamid)
	if err != nil {
		return err
	}
	m.reactions[1] = emoji
	u.write(to, &message{kind: "reaction", rich: &content{wire: members(func(e *enc) {
		e.key("reaction").obj(func() {
			e.key("message_id").str(u.w.refer(wamid))
			e.opt("emoji", emoji)
		})
	})}})
	return nil
}

// Time limits of the phone for changing what was sent.
const (
	editWithin   = 15 * time.Minute
	deleteWithin = 48 * time.Hour
)

// Edit changes the text or caption of a message of one's own, within 15 minutes.
// Coexistence numbers are told by an edit, other numbers by an unsupported message,
// as documented.
func (u *User) Edit(to Correspondent, wamid, text string) error {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m, err := u.own(to, wamid, editWithin)
	if err != nil {
		return err
	}
	if m.kind != "text" && (m.rich == nil || m.rich.media == nil || m.kind == "audio" || m.kind == "sticker") {
		return notOnScreen("this kind of message cannot be edited")
	}
	m.text, m.edited = text, true
	if !to.home().coexistence {
		u.unsupported(to, "edit", 131051)
		return nil
	}
	u.write(to, &message{kind: "edit", rich: &content{wire: members(func(e *enc) {
		e.key("edit").obj(func() {
			e.key("original_message_id").str(w.refer(wamid))
			e.key("message").obj(func() {
				e.key("context").obj(func() { e.key("id").str("M0") })
				e.key("type").str(m.kind)
				w.payload(e, m)
			})
		})
	})}})
	return nil
}

// Delete takes a message of one's own back, within two days. Only coexistence
// numbers are told.
func (u *User) Delete(to Correspondent, wamid string) error {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	m, err := u.own(to, wamid, deleteWithin)
	if err != nil {
		return err
	}
	m.deleted = true
	if to.home().coexistence {
		u.write(to, &message{kind: "revoke", rich: &content{wire: members(func(e *enc) {
			e.key("revoke").obj(func() { e.key("original_message_id").str(u.w.refer(wamid)) })
		})}})
	}
	return nil
}

// own finds a message the user wrote and may still change.
func (u *User) own(to Correspondent, wamid string, within time.Duration) (*message, error) {
	m, err := u.find(to, wamid)
	switch {
	case err != nil:
		return nil, err
	case m.author != u:
		return nil, notOnScreen("the message is somebody else's")
	case u.w.now()-m.at > int64(within):
		return nil, notOnScreen("the message is too old")
	}
	return m, nil
}

// Poll sends a message that the platform cannot pass on: type unsupported with
// error 131051.
func (u *User) Poll(to Correspondent) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.unsupported(to, "poll_creation", 131051)
}

// unsupported writes what the API cannot express. The business learns that there was
// something, and of what kind.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/unsupported
// (checked 2026-10-06)
func (u *User) unsupported(to Correspondent, kind string, code int) string {
	titles := map[int][2]string{
		131051: {"Message type unknown", "Message type is currently not supported."},
		131052: {"Media download error", "The media could not be downloaded."},
	}
	return u.write(to, &message{kind: "unsupported", rich: &content{wire: members(func(e *enc) {
		e.key("unsupported").obj(func() { e.key("type").str(kind) })
		e.key("errors").arr(func() {
			e.obj(func() {
				e.key("code").num(int64(code))
				e.key("title").str(titles[code][0])
				e.key("message").str(titles[code][0])
				e.key("error_data").obj(func() { e.key("details").str(titles[code][1]) })
			})
		})
	})}})
}

// OpenChat opens the chat for the first time: request_welcome, if the number has
// welcome messages switched on. It opens the service window.
func (u *User) OpenChat(n *Number) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	if n.extra.welcome && len(n.logOf(u)) == 0 {
		u.write(n, &message{kind: "request_welcome"})
	}
}

// Ad is a click-to-WhatsApp advertisement.
type Ad struct {
	ID, URL, Headline, Body, ImageURL, ClickID string
}

// freeEntryFor is the length of a free entry point window. Meta's page of late
// September 2026 speaks of up to 7 days, older ones of 72 hours; the shorter is
// the safer expectation.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
// (checked 2026-11-22)
const freeEntryFor = 72 * time.Hour

// FromAd taps an ad and writes: the message carries the referral. If the business
// answers within 24 hours, a free entry point window opens.
func (u *User) FromAd(n *Number, body string, ad Ad) string {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if ad.ID == "" {
		ad.ID = w.newID()
	}
	if ad.URL == "" {
		ad.URL = "https://fb.me/" + ad.ID
	}
	u.chat(n).adUntil = w.now() + int64(24*time.Hour)
	return u.write(n, &message{kind: "text", text: body, rich: &content{tail: members(func(e *enc) {
		e.key("referral").obj(func() {
			e.key("source_url").str(ad.URL)
			e.key("source_id").str(ad.ID)
			e.key("source_type").str("ad")
			e.opt("body", ad.Body)
			e.opt("headline", ad.Headline)
			if ad.ImageURL != "" {
				e.key("media_type").str("image")
				e.key("image_url").str(ad.ImageURL)
			}
			e.opt("ctwa_clid", ad.ClickID)
		})
	})}})
}

// OrderItem is a line of an order.
type OrderItem struct {
	RetailerID string
	Quantity   int
	Price      float64
	Currency   string // "" = the account's
}

// Order sends a cart from the catalog.
func (u *User) Order(n *Number, catalog, note string, items ...OrderItem) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	return u.write(n, &message{kind: "order", text: note, rich: &content{wire: members(func(e *enc) {
		e.key("order").obj(func() {
			e.key("catalog_id").str(catalog)
			e.opt("text", note)
			e.key("product_items").arr(func() {
				for _, it := range items {
					e.obj(func() {
						e.key("product_retailer_id").str(it.RetailerID)
						e.key("quantity").num(int64(it.Quantity))
						e.key("item_price").float(it.Price)
						if it.Currency == "" {
							it.Currency = n.account.currency
						}
						e.key("currency").str(it.Currency)
					})
				}
			})
		})
	})}})
}

// FillFlow completes the newest flow in the chat with the answers, a JSON object;
// the business gets them as a string of JSON with the flow token in front.
func (u *User) FillFlow(n *Number, answers string) (string, error) {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	parsed, err := parseJSON(answers)
	if err != nil || parsed.kind != jsonObject {
		return "", notOnScreen("the answers are not a JSON object")
	}
	m, b := u.newestButton(n, func(b Button) bool { return b.Kind == "flow" })
	if m == nil {
		return "", notOnScreen("no flow")
	}
	if b.ID == "" {
		b.ID = "unused"
	}
	reply := node{kind: jsonObject, items: append([]member{{key: "flow_token", val: node{kind: jsonString, text: b.ID}}}, parsed.items...)}
	text := enc{}
	text.node(&reply)
	return u.write(n, &message{kind: "interactive", replyTo: m.id, rich: &content{wire: members(func(e *enc) {
		e.key("interactive").obj(func() {
			e.key("type").str("nfm_reply")
			e.key("nfm_reply").obj(func() {
				e.key("name").str("flow")
				e.key("body").str("Sent")
				e.key("response_json").str(string(text.b))
			})
		})
	})}}), nil
}

// newestButton finds the newest message of the business with a button that fits.
func (u *User) newestButton(n *Number, fits func(Button) bool) (*message, Button) {
	for _, m := range slices.Backward(n.logOf(u)) {
		if !m.onScreen() {
			continue
		}
		for _, b := range m.rich.buttons {
			if fits(b) {
				return m, b
			}
		}
		for _, card := range m.rich.cards {
			for _, b := range card.Buttons {
				if fits(b) {
					return m, b
				}
			}
		}
	}
	return nil, Button{}
}

// onScreen reports whether a message of the business with more than text is on
// the phone.
func (m *message) onScreen() bool {
	return !m.fromUser && m.rich != nil && m.stage >= stageDelivered && m.stage != stageFailed
}

// ShareContact sends somebody's contact card.
func (u *User) ShareContact(to Correspondent, name, phone string) string {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	digits := digitsOnly(phone)
	card := "BEGIN:VCARD\nVERSION:3.0\nFN:" + name + "\nTEL;TYPE=CELL:+" + digits + "\nEND:VCARD"
	return u.write(to, &message{kind: "contacts", rich: &content{people: []string{name}, wire: members(func(e *enc) {
		e.key("contacts").arr(func() {
			e.obj(func() {
				e.key("vcard").str(card)
				e.key("origin").str("other")
				e.key("name").obj(func() { e.key("formatted_name").str(name) })
				phoneList(e, digits)
			})
		})
	})}})
}

// ShareMyNumber answers a request for contact information: from now on the
// business knows the phone number of a person who hid it.
func (u *User) ShareMyNumber(n *Number) (string, error) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	m, _ := u.newestButton(n, func(b Button) bool { return b.Kind == "request_contact_info" })
	if m == nil {
		return "", notOnScreen("nobody asked for the number")
	}
	id := u.write(n, &message{kind: "contacts", rich: &content{people: []string{u.cfg.Name}, wire: members(func(e *enc) {
		e.key("contacts").arr(func() {
			e.obj(func() {
				e.key("origin").str("contact_request")
				phoneList(e, u.phone)
			})
		})
	})}})
	u.chat(n).contact = u.w.now()
	return id, nil
}

// phoneList writes the phones of a contact card.
func phoneList(e *enc, digits string) {
	e.key("phones").arr(func() {
		e.obj(func() {
			e.key("phone").str("+" + digits)
			e.key("wa_id").str(digits)
			e.key("type").str("CELL")
		})
	})
}
