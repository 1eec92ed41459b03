package cloudapitest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// recipient is who a send addresses.
type recipient struct {
	input string // as written
	waid  string // digits the platform derived; "" if addressed by BSUID or group
	user  *User  // nil if nobody has the number
	bsuid string
	group *Group
}

// sendMessage answers POST /{phone-number-id}/messages.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
// (checked 2026-09-11)
func sendMessage(c *call) *graphError { return c.send(false) }

// sendMarketing answers POST /{phone-number-id}/marketing_messages.
func sendMarketing(c *call) *graphError { return c.send(true) }

// send takes a message, or answers a read receipt, which goes to the same edge.
func (c *call) send(marketing bool) *graphError {
	if c.body.at("status").kind != jsonAbsent {
		return c.markRead()
	}
	r, ge := c.readSend(marketing)
	if ge == nil {
		ge = c.checkSend(r)
	}
	if ge == nil {
		ge = c.acceptSend(r)
	}
	if ge != nil {
		c.judgeRefusal(r, ge)
	} else {
		c.forgetRefusal()
	}
	return ge
}

// sendRequest is a send as it was read.
type sendRequest struct {
	*draft
	to        recipient
	group     bool
	marketing bool
	opaque    string
	hash      string // recipient_identity_key_hash
	replyTo   string
	direct    *directSend
}

// sendTypes are the types a message may have; omitted means text.
var sendTypes = []string{
	"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "reaction", "interactive", "template", "pin",
}

// readSend reads the envelope and the content. It refuses what does not fit the
// schema, whoever it is for and whatever the time.
func (c *call) readSend(marketing bool) (*sendRequest, *graphError) {
	k := &checker{}
	f := k.object(&c.body, "")
	switch product := f.text("messaging_product", 0, 0); {
	case product == "":
		f.reject(badRequest("The parameter messaging_product is required."))
	case product != "whatsapp":
		f.reject(badParam("The parameter messaging_product is required and must be whatsapp."))
	}
	kind := slices.Index(sendTypes, cmp.Or(f.text("type", 0, 0), "text"))
	if kind < 0 {
		return nil, fail(131051, "Message type is not supported.")
	}
	r := &sendRequest{draft: &draft{kind: sendTypes[kind]}, marketing: marketing}
	r.group = f.oneOf("recipient_type", false, "individual", "group") == "group"
	r.opaque = f.text("biz_opaque_callback_data", 0, 512)
	r.hash = f.text("recipient_identity_key_hash", 0, 0)
	c.messagingAccount(f)
	if f.has("context") {
		ctx := f.child("context")
		r.replyTo = ctx.text("message_id", 1, 0)
		ctx.done()
	}
	r.direct = c.direct(f)
	if marketing {
		f.oneOf("product_policy", false, "CLOUD_API_FALLBACK", "STRICT")
		f.flag("message_activity_sharing")
	}
	var ge *graphError
	if r.to, ge = c.recipient(f, r.group); ge != nil {
		f.reject(ge)
	}
	c.parseContent(f, r.draft)
	f.done()
	return r, k.err
}

// messagingAccount reads for which account a message is sent: in this world a number has
// one, so that any other is refused. With both names the newer wins.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/account-model-evolution/messaging
// (checked 2026-11-29)
func (c *call) messagingAccount(f *fields) {
	older, id := f.text("paid_messaging_account_id", 0, 0), f.text("messaging_account_id", 0, 0)
	if id = cmp.Or(id, older); id != "" && id != c.target.number.account.ID {
		f.reject(badParam("Param messaging_account_id is not a Messaging Account of this number."))
	}
}

// checkSend refuses combinations of a valid content with an endpoint, a category
// or a kind of recipient that does not take it.
func (c *call) checkSend(r *sendRequest) *graphError {
	if ge := firstError(c.resolveMedia(r.draft), c.checkProducts(r.draft), c.checkFlow(r.draft), c.checkOrder(r.draft)); ge != nil {
		return ge
	}
	if r.kind == "pin" && !r.group {
		return fail(131009, "Messages can be pinned in groups only.")
	}
	switch {
	case r.marketing:
		if ge := c.marketingOnly(r.draft); ge != nil {
			return ge
		}
	case c.marketingElsewhere(r):
		return fail(131063, "Marketing messages of this account go to the endpoint marketing_messages.")
	}
	if r.direct != nil {
		return r.direct.check(r.draft, r.to)
	}
	return nil
}

// acceptSend applies the rules of the moment and, if they allow it, takes the
// message. A refusal that the platform reports later is taken too.
func (c *call) acceptSend(r *sendRequest) *graphError {
	if r.group {
		return c.sendToGroup(r)
	}
	m := &message{
		number: c.target.number, kind: r.kind, text: strings.Clone(r.text), rich: r.rich, tmpl: r.tmpl, at: c.at,
		opaque: strings.Clone(r.opaque), replyTo: strings.Clone(r.replyTo), waid: r.to.waid, byBSUID: r.to.waid == "",
	}
	if r.direct != nil {
		m.direct, m.ttl, m.category = c.generated(r.direct, r.text), r.direct.ttl, r.direct.category
	}
	if r.to.user != nil {
		m.chat = r.to.user.chat(m.number)
	}
	if ge := c.admit(m, r.to, r.hash); ge != nil {
		if !c.late[ge.code] {
			return ge
		}
		m.doom = ge
	}
	c.judgeSend(m)
	c.accept(m)
	m.noteOrder()
	c.accepted(m, r.to)
	return nil
}

// recipient resolves to and recipient.
func (c *call) recipient(f *fields, group bool) (recipient, *graphError) {
	to, bsuid := f.text("to", 0, 0), f.text("recipient", 0, 0)
	r := recipient{input: to}
	switch {
	// With both, the phone number wins and the answer has no user_id.
	case to == "" && bsuid == "":
		return r, fail(131008, "One of the parameters to and recipient is required.")
	case group:
		if r.group = c.groups[to]; r.group == nil || r.group.number != c.target.number {
			return r, fail(131041, "The group is not known.")
		}
		return r, nil
	case to == "":
		// A BSUID is good within its own portfolio only, whatever it looks like.
		r.input, r.bsuid = bsuid, bsuid
		r.user = c.bsuids[bsuid]
		if r.user == nil || r.user.bsuid(c.target.number.account.Portfolio) != bsuid {
			return r, fail(131009, "The recipient is not a user of this business portfolio.")
		}
		return r, nil
	case bsuid == "" && c.identity.BSUIDInFrom && looksLikeBSUID(to):
		r.bsuid = to
		if r.user = c.bsuids[to]; r.user == nil || r.user.bsuid(c.target.number.account.Portfolio) != to {
			return r, fail(131009, "The recipient is not a user of this business portfolio.")
		}
		return r, nil
	case strings.Trim(to, "+0123456789 -()") != "":
		return r, fail(131009, "Param to must be a valid phone number.")
	}
	r.waid = digitsOnly(to)
	// Digits that are somebody's number are taken as they are: to answer "from" of a
	// webhook is what most programs do.
	if !strings.HasPrefix(to, "+") {
		c.note(RuleNoPlus, "to was written without +; the platform may put the business number's calling code in front")
		if _, code := countryOf(c.target.number.Phone); !strings.HasPrefix(r.waid, code) && c.phones[r.waid] == nil {
			r.waid = code + r.waid
		}
	}
	// E.164 allows 15 digits.
	if len(r.waid) < 7 || len(r.waid) > 15 {
		return r, fail(131009, "Param to must be a valid phone number.")
	}
	// Nobody with this number is no error yet: the platform accepts and reports 131026.
	if r.user = c.phones[r.waid]; r.user != nil {
		r.waid = r.user.phone // the same digits, without holding on to the request
	}
	return r, nil
}

// admitTemplate applies what only concerns templates.
func (c *call) admitTemplate(m *message) *graphError {
	ch := m.chat
	if c.at < m.number.account.restricted {
		return fail(368, "The account may not start conversations.")
	}
	if m.tmpl != nil && m.tmpl.category == "MARKETING" {
		switch {
		case ch.stopped:
			if ch.stopTold != 0 {
				c.note(RuleIgnoredStop, "marketing was sent to a user after the webhook that told of the opt-out was acknowledged", m.named())
			}
			return fail(131050, "User has stopped receiving marketing messages from this business.")
		case ch.muted:
			return fail(130472, "User's number is part of an experiment.")
		case ch.capped:
			return fail(131049, "The message was not delivered to maintain healthy ecosystem engagement.")
		}
	}
	// Inside the window templates count towards no limit.
	if !ch.windowOpen(c.at) {
		return c.countReach(m)
	}
	return nil
}

// sandboxAllows applies the five recipients of a test number.
func (c *call) sandboxAllows(n *Number, to recipient) bool {
	if n.recipients == nil {
		n.recipients = make(map[string]bool, 5)
	}
	who := to.waid
	if who == "" {
		who = to.user.phone
	}
	if !n.recipients[who] && len(n.recipients) < 5 {
		n.recipients[who] = true
	}
	return n.recipients[who]
}

// accepted writes the answer to a send.
func (c *call) accepted(m *message, to recipient) {
	e := &c.out
	e.obj(func() {
		e.key("messaging_product").str("whatsapp")
		e.key("contacts").arr(func() {
			e.obj(func() {
				e.key("input").str(to.input)
				// wa_id for sends to a phone number, user_id for sends to a BSUID.
				e.opt("wa_id", to.waid)
				e.opt("user_id", to.bsuid)
			})
		})
		e.key("messages").arr(func() {
			e.obj(func() {
				e.key("id").str(m.id)
				if m.tmpl != nil {
					state := "accepted"
					if m.tmpl.held {
						state = "held_for_quality_assessment"
					}
					e.key("message_status").str(state)
				}
			})
		})
	})
}

// wroteKey counts the messages of a phone number in one direction.
type wroteKey struct {
	phone    string
	fromUser bool
}

// wamid makes a message id of the platform's form: base64 over the user's number,
// the direction and a random part.
func (w *World) wamid(phone string, fromUser bool) string {
	dir, prefix, n := byte(0x11), "", 9
	if fromUser {
		dir, prefix, n = 0x12, "3A", 9
	}
	// The how-manieth message of a phone in its direction it is, not of the world: what
	// happens elsewhere meanwhile does not change it.
	count := wroteKey{phone, fromUser}
	w.wrote[count]++
	key := hashOf(phone) + mix(w.wrote[count]<<8|uint64(dir))
	var random [10]byte
	binary.BigEndian.PutUint64(random[:], w.draw(diceWamid, key))
	binary.BigEndian.PutUint16(random[8:], uint16(w.draw(diceWamid, key+1)))
	var buf [64]byte
	b := append(buf[:0], 0x1c, 0x18, byte(len(phone)))
	b = append(b, phone...)
	b = append(b, 0x15, 0x02, 0x00, dir, 0x18, byte(len(prefix)+2*n))
	b = append(b, prefix...)
	b = upperHex(b, random[:n])
	b = append(b, 0)
	return string(base64.StdEncoding.AppendEncode(append(make([]byte, 0, 80), "wamid."...), b))
}

// upperHex appends upper-case hexadecimal digits, which encoding/hex does not have.
func upperHex(dst, src []byte) []byte {
	for _, c := range src {
		dst = append(dst, "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
	}
	return dst
}

// identityHash is what the platform reports while identity checks are on.
func (u *User) identityHash() string {
	if u.hash == "" {
		sum := sha256.Sum256([]byte("identity/" + u.phone + "/" + itoa(u.moves)))
		u.hash = hex.EncodeToString(sum[:6])
	}
	return u.hash
}

// marketingLeaves is the moment from which /messages takes no marketing of anybody.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/route-template-messages
// (checked 2026-11-29)
var marketingLeaves = time.Date(2027, 10, 13, 0, 0, 0, 0, time.UTC).UnixNano()

// marketingElsewhere reports whether a send to /messages is marketing that the account
// may send to the endpoint for it only. What counts is the category of now.
func (c *call) marketingElsewhere(r *sendRequest) bool {
	if !c.target.number.account.marketingElsewhere && c.at < marketingLeaves {
		return false
	}
	return r.tmpl != nil && r.tmpl.category == "MARKETING"
}

// marketingOnly refuses what the marketing endpoint does not carry.
func (c *call) marketingOnly(d *draft) *graphError {
	switch {
	case d.tmpl == nil:
		return fail(131055, "Only template messages can be sent with this endpoint.")
	case d.tmpl.category != "MARKETING":
		return fail(134100, "Only marketing templates can be sent with this endpoint.")
	case c.at-d.tmpl.changed < int64(syncTime):
		return fail(134101, "The template is still being synchronized; try again in ten minutes.")
	}
	return nil
}
