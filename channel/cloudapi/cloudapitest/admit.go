package cloudapitest

import "time"

// admit applies every rule between a valid request and its delivery, in the
// order of precedence the simulator chose: account, limits, recipient, window.
func (c *call) admit(m *message, to recipient, hash string) *graphError {
	if ge := m.number.mayWriteTo(to); ge != nil {
		return ge
	}
	if ge := c.countSend(m); ge != nil {
		return ge
	}
	// The list of recipients belongs to test numbers.
	if m.number.sandbox && !c.sandboxAllows(m.number, to) {
		return fail(131030, "The recipient is not in the list of allowed recipients.")
	}
	c.noteIgnored(m, to)
	if ge := m.reaches(to, hash); ge != nil {
		return ge
	}
	if m.tmpl != nil || m.direct != nil {
		return c.admitTemplate(m)
	}
	return c.admitAnswer(m)
}

// mayWriteTo says why the number may not send at all, or not to this recipient.
func (n *Number) mayWriteTo(to recipient) *graphError {
	switch {
	case n.account.blocked != 0:
		return fail(n.account.blocked, "The account is restricted.")
	case n.maintenance:
		return fail(131057, "The account is in maintenance mode for a throughput upgrade.")
	case !n.registered:
		return fail(133010, "The phone number is not registered.")
	case n.status != "CONNECTED":
		return fail(131031, "The phone number has status "+n.status+".")
	case to.waid == n.Phone:
		return fail(131021, "Sender and recipient are the same number.")
	}
	return nil
}

// noteIgnored notes that what webhooks told about the recipient was not heeded.
func (c *call) noteIgnored(m *message, to recipient) {
	if m.chat != nil && m.chat.failTold > m.chat.lastWrote() && c.at-m.chat.failTold < int64(time.Hour) {
		c.note(RuleIgnoredFailure, "a user was messaged again within an hour of a failed status that said they cannot be reached", m.named())
	}
	if left := c.departed[to.waid]; left != nil && left.told {
		c.note(RuleIgnoredMove, "a message went to a phone number after the webhook that told of its change was acknowledged", m.named())
	}
}

// reaches says why the message cannot arrive with its recipient.
func (m *message) reaches(to recipient, hash string) *graphError {
	u := to.user
	switch {
	// One vague error for many causes, so that nobody can probe who blocked whom.
	case u == nil, u.quit, u.cfg.OldClient, m.chat.blocked:
		return fail(131026, "Message Undeliverable.")
	case m.chat.blockedBiz:
		return fail(130403, "The business has blocked this user.")
	case to.bsuid != "" && m.tmpl != nil && m.tmpl.category == "AUTHENTICATION":
		return fail(131062, "Authentication templates cannot be sent to a business-scoped user id.")
	case hash != "" && hash != u.identityHash():
		return fail(137000, "The identity key hash does not match.")
	}
	return nil
}

// admitAnswer applies the rules of what is no template.
func (c *call) admitAnswer(m *message) *graphError {
	if !m.chat.windowOpen(c.at) {
		c.note(RuleClosedWindow, "a free-form message was sent outside the customer service window", m.named())
		return fail(131047, "Message failed to send because more than 24 hours have passed since the customer last replied to this number.")
	}
	if m.rich != nil && m.rich.action == "call_permission_request" {
		p := &m.chat.calls
		if !p.mayAsk(c.at) {
			return fail(138009, "A call permission request may be sent once in 24 hours and twice in 7 days.")
		}
		p.asked = append(p.asked, c.at)
	}
	if m.kind == "reaction" {
		if t := c.messages[m.rich.target]; t == nil || !t.fromUser || t.chat != m.chat || t.kind == "reaction" || t.deleted {
			return fail(131009, "The message to react to does not exist or is too old.")
		}
	}
	return nil
}
