package cloudapitest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// AppText writes to a user from the WhatsApp Business app on the phone of a
// coexistence number. The API learns of it by an echo; it opens no window. On
// other numbers it does nothing and returns "".
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/onboarding-business-app-users
// (checked 2026-09-11)
func (n *Number) AppText(u *User, body string) string {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !n.coexistence {
		return ""
	}
	c := u.chat(n)
	m := &message{id: w.wamid(u.phone, true), number: n, chat: c, at: w.now(), kind: "text", text: body, stage: stageDelivered, app: true}
	// The user sees it; no window opens and nothing is charged.
	c.log = append(c.log, m)
	w.remember(m)
	w.emitEcho(m, func(e *enc) {
		e.key("type").str("text")
		w.payload(e, m)
	}, m.id)
	return m.id
}

// AppFile sends a file from the Business app: an image, video, audio, voice, document or
// sticker, which comes as an echo. On other numbers, and for other kinds, it does nothing
// and returns "".
func (n *Number) AppFile(u *User, kind string, a Attachment) string {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !n.coexistence || usualMIME[kind] == "" {
		return ""
	}
	ref := w.attach(n, kind, a, n.name)
	c := u.chat(n)
	m := &message{
		id: w.wamid(u.phone, true), number: n, chat: c, at: w.now(), kind: ref.kind, text: a.Caption,
		rich: &content{media: ref}, stage: stageDelivered, app: true,
	}
	c.log = append(c.log, m)
	w.remember(m)
	w.emitEcho(m, func(e *enc) {
		e.key("type").str(m.kind)
		w.payload(e, m)
	}, m.id)
	return m.id
}

// AppDelete takes back a message written in the Business app.
func (n *Number) AppDelete(wamid string) bool {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.messages[wamid]
	if m == nil || !m.app || m.number != n || m.deleted {
		return false
	}
	m.deleted = true
	w.emitEcho(m, func(e *enc) {
		e.key("type").str("revoke")
		e.key("revoke").obj(func() { e.key("original_message_id").str(wamid) })
	}, w.wamid(m.chat.user.phone, true))
	return true
}

// emitEcho tells the API side of something done in the Business app. The contact card
// of an echo has no name, only the username.
func (w *World) emitEcho(m *message, payload func(e *enc), id string) {
	c, now := m.chat, w.now()
	w.emit(&item{
		account: m.number.account, number: m.number, field: "smb_message_echoes", list: "message_echoes", wamid: id,
		contact: members(func(e *enc) {
			e.obj(func() {
				if c.user.cfg.Username != "" {
					e.key("profile").obj(func() { e.key("username").str(c.user.cfg.Username) })
				}
				if c.showsPhone(now) {
					e.key("wa_id").str(c.user.phone)
				}
				e.key("user_id").str(c.user.bsuid(m.number.account.Portfolio))
			})
		}),
		elem: members(func(e *enc) {
			e.obj(func() {
				e.key("from").str(m.number.Phone)
				if c.showsPhone(now) {
					e.key("to").str(c.user.phone)
				}
				e.key("to_user_id").str(c.user.bsuid(m.number.account.Portfolio))
				e.key("id").str(id)
				e.key("timestamp").secs(now)
				payload(e)
			})
		}),
	})
}

// emitHistory sends the chats of the number as one chunk of history.
func (w *World) emitHistory(n *Number) {
	chats := w.chatsOf(n)
	w.emit(&item{account: n.account, number: n, field: "history", list: "history", elem: members(func(e *enc) {
		e.obj(func() {
			e.key("metadata").obj(func() {
				e.key("phase").num(0)
				e.key("chunk_order").num(1)
				e.key("progress").num(100)
			})
			e.key("threads").arr(func() {
				for _, c := range chats {
					e.obj(func() { w.thread(e, c) })
				}
			})
		})
	})})
	for _, c := range chats {
		for _, m := range c.log {
			if m.rich != nil && m.rich.media != nil && m.rich.media.file != nil && w.now()-m.at < int64(historyMedia) {
				w.emitPastFile(c, m)
			}
		}
	}
}

// historyMedia is how far back files follow a history.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history
// (checked 2026-11-29)
const historyMedia = 14 * 24 * time.Hour

// emitPastFile sends the file of a message that was a placeholder in the history.
func (w *World) emitPastFile(c *chat, m *message) {
	list := "messages"
	if !m.fromUser {
		list = "message_echoes"
	}
	w.emit(&item{
		account: c.number.account, number: c.number, field: "history", list: list, user: c.user, wamid: m.id, nth: 100,
		contact: members(func(e *enc) {
			e.obj(func() {
				if c.showsPhone(w.now()) {
					e.key("wa_id").str(c.user.phone)
				}
				e.key("user_id").str(c.user.bsuid(c.number.account.Portfolio))
			})
		}),
		elem: members(func(e *enc) {
			e.obj(func() {
				if m.fromUser {
					m.sender(e)
				} else {
					e.key("from").str(c.number.Phone)
					if c.showsPhone(w.now()) {
						e.key("to").str(c.user.phone)
					}
					e.key("to_user_id").str(c.user.bsuid(c.number.account.Portfolio))
				}
				e.key("id").str(m.id)
				e.key("timestamp").secs(m.at)
				e.key("type").str(m.kind)
				w.payload(e, m)
			})
		}),
	})
}

// chatsOf lists the conversations of a number in the order its users were added.
func (w *World) chatsOf(n *Number) []*chat {
	var out []*chat
	for _, u := range w.users {
		if c := u.chats[n]; c != nil && len(c.log) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// thread writes one conversation of a history. Its messages carry the status they had
// and never open a service window.
func (w *World) thread(e *enc, c *chat) {
	shown := c.showsPhone(w.now())
	if shown {
		e.key("id").str(c.user.phone)
	}
	e.key("context").obj(func() {
		if shown {
			e.key("wa_id").str(c.user.phone)
		}
		e.key("user_id").str(c.user.bsuid(c.number.account.Portfolio))
		e.opt("username", c.user.cfg.Username)
	})
	e.key("messages").arr(func() {
		for _, m := range c.log {
			// Other kinds than these are left out: their shape is not documented.
			kind := m.kind
			switch kind {
			case "text", "location", "contacts":
			case "image", "video", "audio", "document", "sticker":
				kind = "media_placeholder" // the file follows
			default:
				continue
			}
			e.obj(func() {
				if m.fromUser {
					m.sender(e)
				} else {
					e.key("from").str(c.number.Phone)
					if shown {
						e.key("to").str(c.user.phone)
					}
				}
				e.key("id").str(m.id)
				e.key("timestamp").secs(m.at)
				if e.key("type").str(kind); kind != "media_placeholder" {
					w.payload(e, m)
				}
				e.key("history_context").obj(func() { e.key("status").str(strings.ToUpper(stageNames[m.stage])) })
			})
		}
	})
}

// emitContacts sends the address book: the people the number has chatted with.
func (w *World) emitContacts(n *Number) {
	for _, c := range w.chatsOf(n) {
		w.emit(&item{account: n.account, number: n, field: "smb_app_state_sync", list: "state_sync", elem: members(func(e *enc) {
			e.obj(func() {
				e.key("type").str("contact")
				e.key("contact").obj(func() {
					first, _, _ := strings.Cut(c.user.cfg.Name, " ")
					e.key("full_name").str(c.user.cfg.Name)
					e.key("first_name").str(first)
					if c.showsPhone(w.now()) {
						e.key("phone_number").str(c.user.phone)
					}
					e.key("user_id").str(c.user.bsuid(n.account.Portfolio))
					e.opt("username", c.user.cfg.Username)
				})
				e.key("action").str("add")
				e.key("metadata").obj(func() { e.key("timestamp").secs(w.now()) })
			})
		})})
	}
}

// accountsInOrder lists accounts by id, numerically for those the world named.
func (w *World) accountsInOrder() []*Account {
	out := make([]*Account, 0, len(w.accounts))
	for _, a := range w.accounts {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *Account) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// asInt reads a decimal number, 0 if it is none.
func asInt(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
