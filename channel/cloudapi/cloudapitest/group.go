package cloudapitest

import (
	"encoding/base64"
	"slices"
)

// maxParticipants is the size of a group without the business.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/groups
// (checked 2026-09-11)
const maxParticipants = 8

// A Group is a group chat owned by a business number.
type Group struct {
	ID string

	number      *Number
	subject     string
	description string
	approval    bool // joining needs approval
	invite      string
	members     []*User
	requests    []joinRequest
	log         []*message
	opened      int64 // one window for the whole group
	suspended   bool
	gone        bool
	made        int64
}

type joinRequest struct {
	id   string
	user *User
	at   int64
}

// home, logOf and post make a group a Correspondent.
func (g *Group) home() *Number             { return g.number }
func (g *Group) logOf(*User) []*message    { return g.log }
func (g *Group) has(u *User) bool          { return slices.Contains(g.members, u) }
func (g *Group) windowOpen(now int64) bool { return g.opened != 0 && now < g.opened+24*3600e9 }

// post delivers a participant's message to the business; others cannot write.
func (g *Group) post(u *User, m *message) {
	if !g.has(u) || g.gone {
		m.id = ""
		return
	}
	w := u.w
	m.group, m.number = g, g.number
	g.log = append(g.log, m)
	w.remember(m)
	g.number.bucket.count(m.at, g.number.interval())
	if m.opensWindow() {
		g.opened = max(g.opened, m.at)
	}
	w.emit(&item{
		account: g.number.account, number: g.number, field: "messages", list: "messages",
		contact: u.chat(g.number).contactCard(m.at, cardInbound), elem: w.inbound(m), user: u, wamid: m.id,
	})
}

// Groups returns the groups of the number, oldest first.
func (n *Number) Groups() []*Group {
	n.w.mu.Lock()
	defer n.w.mu.Unlock()
	return slices.Clone(n.groups)
}

// Invite returns the link that lets people into the group.
func (g *Group) Invite() string {
	g.number.w.mu.Lock()
	defer g.number.w.mu.Unlock()
	return g.invite
}

// Join follows the invite link. It reports whether the person is now in the group;
// false means that approval is pending or the group is full or gone.
func (u *User) Join(g *Group) bool {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	// Following the link twice does no harm.
	case g.has(u):
		return true
	case g.gone || g.suspended || len(g.members) >= maxParticipants:
		return false
	// The business decides, see decideJoinRequests.
	case g.approval:
		if slices.ContainsFunc(g.requests, func(r joinRequest) bool { return r.user == u }) {
			return false // asked already
		}
		r := joinRequest{id: "jr_" + w.newID(), user: u, at: w.now()}
		g.requests = append(g.requests, r)
		g.emit("group_participants_update", "group_join_request_created", func(e *enc) {
			e.key("join_request_id").str(r.id)
			g.person(e, u)
		})
		return false
	}
	g.admit(u)
	return true
}

// admit lets a person in and tells the business.
func (g *Group) admit(u *User) {
	g.members = append(g.members, u)
	g.emit("group_participants_update", "group_participants_add", func(e *enc) {
		e.key("reason").str("invite_link")
		e.key("added_participants").arr(func() {
			e.obj(func() {
				if g.shows(u) {
					e.key("input").str(u.phone)
				}
				g.person(e, u)
			})
		})
	})
}

// Leave takes the person out of the group.
func (u *User) Leave(g *Group) {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	if !g.has(u) {
		return
	}
	g.drop(u)
	g.emit("group_participants_update", "group_participants_remove", func(e *enc) {
		e.key("initiated_by").str("participant")
		e.key("removed_participants").arr(func() { e.obj(func() { g.person(e, u) }) })
	})
}

// drop takes a person out of the list.
func (g *Group) drop(u *User) {
	g.members = slices.DeleteFunc(g.members, func(o *User) bool { return o == u })
}

// Suspend makes sends to the group fail with 131207, or lifts that.
func (g *Group) Suspend(on bool) {
	g.number.w.mu.Lock()
	defer g.number.w.mu.Unlock()
	g.suspended = on
	kind := "group_suspend_cleared"
	if on {
		kind = "group_suspend"
	}
	g.emit("group_status_update", kind, func(*enc) {})
}

func (g *Group) shows(u *User) bool { return u.chat(g.number).showsPhone(g.number.w.now()) }

// person writes the keys that identify a participant.
func (g *Group) person(e *enc, u *User) {
	if g.shows(u) {
		e.key("wa_id").str(u.phone)
	}
	e.key("user_id").str(u.bsuid(g.number.account.Portfolio))
	e.opt("username", u.cfg.Username)
}

// emit sends one of the four group webhooks; all share this frame.
func (g *Group) emit(field, kind string, rest func(e *enc)) {
	w := g.number.w
	w.emit(&item{
		account: g.number.account, number: g.number, field: field, list: "groups",
		elem: members(func(e *enc) {
			e.obj(func() {
				e.key("timestamp").secs(w.now())
				e.key("group_id").str(g.ID)
				e.key("type").str(kind)
				rest(e)
			})
		}),
	})
}

// sendToGroup answers a send with recipient_type group.
func (c *call) sendToGroup(r *sendRequest) *graphError {
	g := r.to.group
	switch {
	case g.gone:
		return fail(131041, "The group was deleted.")
	case g.suspended:
		return fail(131207, "The group is suspended.")
	case len(g.members) == 0:
		return fail(131020, "The group has no participants.")
	// Groups carry text, media and their templates.
	case r.kind == "interactive" || r.kind == "contacts" || r.otp:
		return fail(131009, "This type of message cannot be sent to a group.")
	case r.tmpl == nil && !g.windowOpen(c.at):
		c.note(RuleClosedWindow, "a free-form message was sent outside the customer service window", r.kind+" to a group from number "+g.number.ID)
		return fail(131047, "Message failed to send because more than 24 hours have passed since the group last wrote to this number.")
	}
	m := &message{
		number: g.number, group: g, kind: r.kind, text: r.text, rich: r.rich, tmpl: r.tmpl,
		opaque: r.opaque, replyTo: r.replyTo, at: c.at, seenBy: make(map[*User]bool, len(g.members)),
	}
	if ge := c.countSend(m); ge != nil {
		return ge
	}
	c.judgeSend(m)
	m.id = c.wamid(g.number.Phone, false)
	m.category = "group_service"
	if m.tmpl != nil {
		m.category = "group_" + templateCategories[m.tmpl.category]
	}
	if m.kind != "pin" {
		g.log = append(g.log, m)
	}
	c.remember(m)
	c.schedule(c.at+c.latency(m, 1), true, groupSend{m})
	e := &c.out
	e.obj(func() {
		e.key("messaging_product").str("whatsapp")
		e.key("contacts").arr(func() {
			e.obj(func() {
				e.key("input").str(g.ID)
				e.key("wa_id").str(g.ID)
			})
		})
		e.key("messages").arr(func() {
			e.obj(func() {
				e.key("id").str(m.id)
				e.key("group_id").str(g.ID)
				if m.tmpl != nil {
					e.key("message_status").str("accepted")
				}
			})
		})
	})
	return nil
}

// groupSend moves a message to a group on: sent, then delivered to all at once,
// which is how statuses of groups come: one webhook with many.
type groupSend struct{ m *message }

// fire implements firer.
func (s groupSend) fire(w *World) *post {
	m := s.m
	if m.stage == stageAccepted {
		m.stage = stageSent
		w.emitGroupStatus(m, stageSent, nil)
		w.schedule(w.now()+w.latency(m, 3), true, s)
		return nil
	}
	m.stage = stageDelivered
	var reached []*User
	for _, u := range m.group.members {
		if !u.cfg.Offline {
			m.seenBy[u] = true
			reached = append(reached, u)
		}
	}
	for _, u := range reached {
		w.emitGroupStatus(m, stageDelivered, u)
	}
	return nil
}

// markReadBy notes that a participant has read a message.
func (m *message) markReadBy(w *World, u *User) {
	if !m.seenBy[u] || m.readBy[u] {
		return
	}
	if m.readBy == nil {
		m.readBy = make(map[*User]bool)
	}
	m.readBy[u] = true
	w.emitGroupStatus(m, stageRead, u)
}

// emitGroupStatus tells of a message to the group, or to one participant of it: the
// participant is part of a status's identity here.
func (w *World) emitGroupStatus(m *message, s stage, u *User) {
	g, now := m.group, w.now()
	it := &item{account: g.number.account, number: g.number, field: "messages", list: "statuses", wamid: m.id}
	it.elem = members(func(e *enc) {
		e.obj(func() {
			e.key("id").str(m.id)
			e.key("status").str(stageNames[s])
			e.key("timestamp").secs(now)
			e.key("recipient_id").str(g.ID)
			e.key("recipient_type").str("group")
			if u != nil {
				if g.shows(u) {
					e.key("recipient_participant_id").str(u.phone)
				}
				e.key("recipient_participant_user_id").str(u.bsuid(g.number.account.Portfolio))
			}
			e.opt("biz_opaque_callback_data", m.opaque)
			if s != stageRead {
				kind := "regular"
				if m.tmpl == nil {
					kind = "free_group_customer_service"
				}
				e.key("pricing").obj(func() {
					e.key("billable").bool(kind == "regular")
					e.key("pricing_model").str("PMP")
					e.key("type").str(kind)
					e.key("category").str(m.category)
				})
			}
		})
	})
	if u != nil {
		it.contact = u.chat(g.number).contactCard(now, cardLater)
	}
	w.emit(it)
}

// newGroup makes a group. Its id has the form the platform's have: opaque text that is
// no number.
func (w *World) newGroup(n *Number, subject, description string, approval bool) *Group {
	g := &Group{
		ID:     base64.RawURLEncoding.EncodeToString([]byte("capi_group:" + n.Phone + ":1203634" + w.newID()))[:60],
		number: n, subject: subject, description: description, approval: approval,
		invite: "https://chat.whatsapp.com/" + w.randomHex("invite", 20), made: w.now(),
	}
	n.groups = append(n.groups, g)
	w.groups[g.ID] = g
	return g
}
