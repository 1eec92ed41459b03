package cloudapitest

import (
	"slices"
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
