package cloudapitest

// ChangeNumber moves the person to another phone number: every business they are
// in touch with is told by a system message, and the BSUID changes. The messages
// stay on the phone; open service windows do not move along, which the platform
// leaves open and this is the careful reading of. It reports whether the number
// was free.
func (u *User) ChangeNumber(phone string) bool {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	phone = digitsOnly(phone)
	if phone == "" || w.phones[phone] != nil {
		return false
	}
	old := u.phone
	before := make(map[*Portfolio]string, len(u.ids))
	for p := range u.ids {
		before[p] = u.ids[p]
		delete(w.bsuids, u.ids[p])
	}
	delete(w.phones, old)
	w.phones[phone] = u
	left := &departure{}
	w.departed[old] = left
	u.phone, u.moves, u.hash = phone, u.moves+1, ""
	u.ids = make(map[*Portfolio]string, len(before))
	for _, c := range u.chatsInOrder() {
		w.emitNumberChange(c, old, before[c.number.account.Portfolio], left)
		c.opened, c.freeEntry = 0, 0
	}
	return true
}

// departure is a phone number its owner has left.
type departure struct{ told bool }

// emitNumberChange tells one business of the change. If it may not see the phone, it
// learns of the new BSUID only; neither form has contacts.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system
// (checked 2026-10-06)
func (w *World) emitNumberChange(c *chat, oldPhone, oldID string, left *departure) {
	u, now := c.user, w.now()
	newID := u.bsuid(c.number.account.Portfolio)
	shown := c.showsPhone(now)
	id := w.wamid(oldPhone, true)
	elem := members(func(e *enc) {
		e.obj(func() {
			if shown {
				e.key("from").str(oldPhone)
			}
			e.key("id").str(id)
			e.key("timestamp").secs(now)
			e.key("type").str("system")
			e.key("system").obj(func() {
				if shown {
					e.key("body").str("User " + u.cfg.Name + " changed from " + oldPhone + " to " + u.phone)
					e.key("wa_id").str(u.phone)
				} else {
					e.key("body").str("User " + u.cfg.Name + " changed from " + oldID + " to " + newID)
				}
				e.key("user_id").str(newID)
				e.opt("previous_user_id", oldID)
				kind := "user_changed_user_id"
				if shown {
					kind = "user_changed_number"
				}
				e.key("type").str(kind)
			})
		})
	})
	w.emit(&item{
		account: c.number.account, number: c.number, field: "messages", list: "messages", elem: elem, wamid: id,
		told: func(*World, *App) { left.told = left.told || shown },
	})
}
