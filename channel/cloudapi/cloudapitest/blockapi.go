package cloudapitest

import (
	"slices"
	"strings"
	"time"
)

// blockUsers answers POST and DELETE /{phone-number-id}/block_users. Users who did
// not write within 24 hours cannot be blocked; partial success is HTTP 400 with
// data and error.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
// (checked 2026-09-11)
func blockUsers(c *call) *graphError {
	n, block := c.target.number, c.method == "POST"
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	list := f.list("block_users", 1, 1000)
	type entry struct {
		input string
		user  *User
	}
	var entries []entry
	for i := range list {
		o := f.element("block_users", list, i)
		phone, id := o.text("user", 0, 0), o.text("user_id", 0, 0)
		o.done()
		switch {
		// Only one of the two names a user; a parent BSUID is not accepted.
		case phone != "":
			entries = append(entries, entry{phone, c.phones[digitsOnly(phone)]})
		case id != "":
			entries = append(entries, entry{id, c.bsuids[id]})
		default:
			o.reject(fail(131008, "One of user and user_id is required."))
		}
	}
	f.done()
	if k.err != nil {
		return k.err
	}
	var done, failed []entry
	for _, x := range entries {
		// Unblocking has no time limit.
		if x.user == nil || block && c.at-x.user.chat(n).lastWrote() > int64(24*time.Hour) {
			failed = append(failed, x)
			continue
		}
		x.user.chat(n).blockedBiz = block
		n.extra.blocked = slices.DeleteFunc(n.extra.blocked, func(o *User) bool { return o == x.user })
		if block {
			n.extra.blocked = append(n.extra.blocked, x.user)
		}
		done = append(done, x)
	}
	e := &c.out
	write := func(key string, list []entry, bad bool) {
		e.key(key).arr(func() {
			for _, x := range list {
				e.obj(func() {
					e.key("input").str(x.input)
					if x.user != nil {
						e.key("wa_id").str(x.user.phone)
					}
					if bad {
						e.key("errors").arr(func() {
							e.obj(func() {
								e.key("message").str("Failed to block this user")
								e.key("code").num(139100)
								e.key("error_data").obj(func() { e.key("details").str("The user has not written within 24 hours or does not exist.") })
							})
						})
					}
				})
			}
		})
	}
	key := "removed_users"
	if block {
		key = "added_users"
	}
	ge := (*graphError)(nil)
	if len(failed) > 0 {
		// HTTP 400 with data: the one answer of Graph that is a success and an error.
		ge = fail(139100, "Some users could not be changed; see failed_users.")
		ge.partial = true
	}
	e.obj(func() {
		e.key("messaging_product").str("whatsapp")
		e.key("block_users").obj(func() {
			write(key, done, false)
			if len(failed) > 0 {
				write("failed_users", failed, true)
			}
		})
		if ge != nil {
			ge.envelope(e, c.trace())
		}
	})
	return ge
}

// lastWrote is when the user last wrote to the number, long ago if never.
func (c *chat) lastWrote() int64 {
	for _, m := range slices.Backward(c.log) {
		if m.fromUser {
			return m.at
		}
	}
	return 0
}

// listBlocked answers GET /{phone-number-id}/block_users. Meta's pages show two shapes
// of the list; this is that of the guide.
func listBlocked(c *call) *graphError {
	blocked := c.target.number.extra.blocked
	return c.list(len(blocked), func(e *enc, i int) {
		e.obj(func() {
			e.key("messaging_product").str("whatsapp")
			e.key("wa_id").str(blocked[i].phone)
		})
	})
}

// qrCode is a QR code that opens a chat with a text ready to send.
type qrCode struct{ code, message string }

// write writes a code; its picture only if asked for.
func (q qrCode) write(e *enc, image bool) {
	e.obj(func() {
		e.key("code").str(q.code)
		e.key("prefilled_message").str(q.message)
		e.key("deep_link_url").str("https://wa.me/message/" + q.code)
		if image {
			e.key("qr_image_url").str("https://scontent.example.fbcdn.net/qr/" + q.code + ".svg")
		}
	})
}

// saveQR answers POST /{phone-number-id}/message_qrdls: create, or update if it
// names a code.
func saveQR(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", false, "whatsapp")
	q := qrCode{code: f.text("code", 0, 0), message: f.text("prefilled_message", 1, 140)}
	format := f.oneOf("generate_qr_image", false, "SVG", "PNG")
	f.done()
	if k.err != nil {
		return k.err
	}
	// Without a code it is a new one.
	if q.code == "" {
		if len(n.extra.codes) >= 2000 {
			return badParam("A number has at most 2,000 QR codes.")
		}
		q.code = strings.ToUpper(c.randomHex("qr", 14))
		n.extra.codes = append(n.extra.codes, q)
	} else {
		i := n.qr(q.code)
		if i < 0 {
			return notFound(q.code)
		}
		n.extra.codes[i] = q
	}
	q.write(&c.out, format != "")
	return nil
}

// qr finds a code of the number, -1 if there is none.
func (n *Number) qr(code string) int {
	return slices.IndexFunc(n.extra.codes, func(q qrCode) bool { return q.code == code })
}

// getQR answers GET /{phone-number-id}/message_qrdls, all or the one named. An unknown
// code is an empty list, not an error.
func getQR(c *call) *graphError {
	n := c.target.number
	image := strings.Contains(c.query.Get("fields"), "qr_image_url")
	if c.rest == "" {
		return c.list(len(n.extra.codes), func(e *enc, i int) { n.extra.codes[i].write(e, image) })
	}
	i := n.qr(c.rest)
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			if i >= 0 {
				n.extra.codes[i].write(&c.out, image)
			}
		})
	})
	return nil
}

// deleteQR answers DELETE /{phone-number-id}/message_qrdls/{code}.
func deleteQR(c *call) *graphError {
	n := c.target.number
	i := n.qr(c.rest)
	if i < 0 {
		return notFound(c.rest)
	}
	n.extra.codes = slices.Delete(n.extra.codes, i, i+1)
	return c.success()
}
