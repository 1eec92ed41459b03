package cloudapitest

// HandToAgent gives the conversation with a person to Meta's own agent, or takes it
// back. While the agent holds it, what the person writes comes on the field standby
// only; a send of the program takes control. Every change is told by
// messaging_handovers.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/conversation-routing/overview
// (checked 2026-10-12)
func (n *Number) HandToAgent(u *User, agent bool) {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	c := u.chat(n)
	if c.standby == agent {
		return
	}
	c.standby = agent
	w.emitHandover(c, "control_passed", agent)
}

// AgentText lets Meta's agent write to the person. It does nothing and returns "" unless
// the agent holds the conversation.
func (n *Number) AgentText(u *User, body string) string {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	c := u.chat(n)
	if !c.standby {
		return ""
	}
	m := &message{id: w.wamid(u.phone, false), number: n, chat: c, at: w.now(), kind: "text", text: body, stage: stageDelivered}
	c.log = append(c.log, m)
	w.remember(m)
	w.emitStandby(c, m.id, func(e *enc) {
		e.key("message_echoes").arr(func() {
			e.obj(func() {
				e.key("id").str(m.id)
				e.key("timestamp").secs(m.at)
				e.key("message").obj(func() {
					e.key("messaging_product").str("whatsapp")
					if c.showsPhone(m.at) {
						e.key("to").str(u.phone)
					} else {
						e.key("recipient").str(u.bsuid(n.account.Portfolio))
					}
					e.key("recipient_type").str("individual")
					e.key("type").str("text")
					e.key("text").obj(func() { e.key("body").str(body) })
				})
			})
		})
	})
	return m.id
}

// emitStandby tells a program that listens, but does not hold the conversation.
func (w *World) emitStandby(c *chat, wamid string, fill func(e *enc)) {
	w.emit(&item{
		account: c.number.account, number: c.number, field: "standby", user: c.user, wamid: wamid,
		elem: members(func(e *enc) {
			e.obj(func() {
				e.key("messaging_product").str("whatsapp")
				e.key("metadata").obj(func() {
					e.key("display_phone_number").str(c.number.Phone)
					e.key("phone_number_id").str(c.number.ID)
				})
				e.key("standby").obj(func() { fill(e) })
			})
		}),
	})
}

// emitHandover tells who holds the conversation now.
func (w *World) emitHandover(c *chat, kind string, agent bool) {
	before, after := "escalation", "ai_agent"
	if !agent {
		before, after = after, before
	}
	now := w.now()
	w.emit(&item{
		account: c.number.account, number: c.number, field: "messaging_handovers", user: c.user,
		elem: members(func(e *enc) {
			e.obj(func() {
				e.key("messaging_product").str("whatsapp")
				e.key("sender").obj(func() {
					if c.showsPhone(now) {
						e.key("phone_number").str(c.user.phone)
					}
				})
				e.key("recipient").obj(func() {
					e.key("phone_number_id").str(c.number.ID)
					e.key("display_phone_number").str(c.number.Phone)
				})
				e.key("type").str(kind)
				e.key("timestamp").secs(now)
				e.key(kind).obj(func() {
					e.key("previous_owner_role").str(before)
					e.key("new_owner_role").str(after)
				})
			})
		}),
	})
}
