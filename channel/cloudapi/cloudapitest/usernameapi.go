package cloudapitest

import "strings"

// username rules: 3 to 35 of a-z 0-9 . _ with a letter, no dot at the ends, no two
// dots in a row, not like a web address.
func goodUsername(s string) bool {
	return len(s) >= 3 && len(s) <= 35 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._") == "" &&
		strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") && !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") &&
		!strings.Contains(s, "..") && !strings.HasPrefix(s, "www") && !strings.HasSuffix(s, ".com")
}

// setUsername answers POST /{phone-number-id}/username. A name used by another number
// of the business moves only if transfer_action says so.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
// (checked 2026-08-11)
func setUsername(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", false, "whatsapp")
	name := f.text("username", 1, 0)
	force := f.oneOf("transfer_action", false, "none", "force_transfer") == "force_transfer"
	f.done()
	switch {
	case k.err != nil:
		return k.err
	case !goodUsername(name):
		return badParam("Param username breaks the rules for usernames.")
	}
	for _, o := range c.numbers {
		if o != n && o.extra.username == name {
			if o.account.Portfolio != n.account.Portfolio {
				return fail(147001, "The username is taken.")
			}
			if !force {
				return fail(147005, "Another of your numbers uses the username; send transfer_action.")
			}
			o.extra.username = ""
		}
	}
	n.extra.username = name
	c.emitUsername(n, "approved")
	c.out.obj(func() {
		c.out.key("success").bool(true)
		c.out.key("status").str("approved")
	})
	return nil
}

// getUsername answers GET /{phone-number-id}/username; without a name the object is
// empty.
func getUsername(c *call) *graphError {
	c.out.obj(func() {
		if name := c.target.number.extra.username; name != "" {
			c.out.key("username").str(name)
			c.out.key("status").str("approved")
		}
	})
	return nil
}

// deleteUsername answers DELETE /{phone-number-id}/username.
func deleteUsername(c *call) *graphError {
	c.target.number.extra.username = ""
	c.emitUsername(c.target.number, "deleted")
	return c.success()
}

// suggestUsernames answers GET /{phone-number-id}/username_suggestions with names made
// from the display name.
func suggestUsernames(c *call) *graphError {
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(c.target.number.name))
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			c.out.obj(func() {
				c.out.key("username_suggestions").arr(func() {
					for _, end := range []string{"", ".support", "_help"} {
						if s := base + end; goodUsername(s) {
							c.out.str(s)
						}
					}
				})
			})
		})
	})
	return nil
}

// deleteContact answers DELETE /{phone-number-id}/contact_book: the portfolio
// forgets a phone number.
func deleteContact(c *call) *graphError {
	u := c.bsuids[c.param("bsuid")]
	if u == nil {
		return badParam("Param bsuid is not that of a known contact.")
	}
	for n, ch := range u.chats {
		if n.account.Portfolio == c.target.number.account.Portfolio {
			ch.contact = 0
		}
	}
	return c.success()
}
