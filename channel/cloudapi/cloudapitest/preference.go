package cloudapitest

// OptOut stops marketing messages from the number, OptIn allows them again. The
// business is told by a user_preferences webhook.
func (u *User) OptOut(n *Number) { u.preference(n, true) }

// OptIn allows marketing messages again.
func (u *User) OptIn(n *Number) { u.preference(n, false) }

// preference notes the choice and tells the business. The timestamp is a number here,
// unlike in messages.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
// (checked 2026-10-06)
func (u *User) preference(n *Number, stop bool) {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	c := u.chat(n)
	c.stopped, c.stopTold = stop, 0
	word := "resume"
	if stop {
		word = "stop"
	}
	now := w.now()
	w.emit(&item{
		account: n.account, number: n, field: "user_preferences", list: "user_preferences",
		contact: c.contactCard(now, cardLater), user: u,
		elem: members(func(e *enc) {
			e.obj(func() {
				if c.showsPhone(now) {
					e.key("wa_id").str(u.phone)
				}
				e.key("user_id").str(u.bsuid(n.account.Portfolio))
				e.key("detail").str("User requested to " + word + " marketing messages")
				e.key("category").str("marketing_messages")
				e.key("value").str(word)
				e.key("timestamp").num(now / 1e9)
			})
		}),
		told: func(w *World, _ *App) {
			if c.stopped && c.stopTold == 0 {
				c.stopTold = w.now()
			}
		},
	})
}

// SetMarketingCap makes Meta hold marketing to this user back: 131049 for the
// per-user cap, 130472 for an experiment, 0 for neither.
func (u *User) SetMarketingCap(n *Number, code int) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	c := u.chat(n)
	c.capped, c.muted = code == 131049, code == 130472
}
