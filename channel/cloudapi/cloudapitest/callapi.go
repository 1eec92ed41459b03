package cloudapitest

import "time"

// callAction answers POST /{phone-number-id}/calls.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/business-initiated-calls
// (checked 2026-09-11)
func callAction(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	action := f.oneOf("action", true, "connect", "pre_accept", "accept", "reject", "terminate")
	id := f.text("call_id", 0, 0)
	opaque := f.text("biz_opaque_callback_data", 0, 512)
	if f.has("session") {
		s := f.child("session")
		s.oneOf("sdp_type", true, "offer", "answer")
		s.text("sdp", 1, 0)
		s.done()
	} else if action == "connect" || action == "accept" || action == "pre_accept" {
		f.reject(fail(131008, "The parameter session is required."))
	}
	to, ge := recipient{}, (*graphError)(nil)
	if action == "connect" {
		to, ge = c.recipient(f, false)
	} else {
		f.get("to")
		f.get("recipient")
	}
	if ge != nil {
		f.reject(ge)
	}
	f.done()
	if k.err != nil {
		return k.err
	}
	// Calling is off until switched on in the settings.
	if !c.target.number.extra.calling {
		return fail(138000, "Calling is not enabled for the phone number.")
	}
	if action == "connect" {
		return c.connectCall(to, opaque)
	}
	x := c.calls[id]
	if x == nil || x.chat.number != c.target.number {
		return fail(131009, "The call is not known.")
	}
	return c.changeCall(x, action, opaque)
}

// connectCall rings a user. Without their permission the platform refuses, which is
// why a helpdesk has to ask first.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
// (checked 2026-09-11)
func (c *call) connectCall(to recipient, opaque string) *graphError {
	if to.user == nil || to.user.cfg.Offline {
		return fail(138001, "The receiver cannot be called.")
	}
	ch := to.user.chat(c.target.number)
	// One call at a time with each user.
	for _, x := range c.calls {
		if x.chat == ch && (x.state == CallRinging || x.state == CallAccepted) {
			return fail(138003, "A call with this user is under way.")
		}
	}
	if !ch.calls.allows(c.at) {
		return fail(138006, "The user has not given permission to be called.")
	}
	x := c.newCall(ch, false)
	x.opaque = opaque
	x.emitStatus("RINGING")
	c.out.obj(func() {
		c.out.key("messaging_product").str("whatsapp")
		c.out.key("calls").arr(func() {
			c.out.obj(func() { c.out.key("id").str(x.ID) })
		})
	})
	return nil
}

// changeCall applies an action to a call there is. Only calls of users can be accepted
// or rejected; pre_accept changes nothing that can be seen here.
func (c *call) changeCall(x *Call, action, opaque string) *graphError {
	if opaque != "" {
		x.opaque = opaque
	}
	switch {
	case action == "terminate" && x.state == CallAccepted:
		x.end(CallEnded)
	case action == "terminate" && x.state == CallRinging:
		x.end(CallMissed)
	case !x.inbound || x.state != CallRinging:
		return fail(131009, "The call is not in a state that allows this.")
	// The user's side hears of it through the call itself, not by a webhook.
	case action == "accept":
		x.state, x.answered = CallAccepted, c.at
	case action == "reject":
		x.state = CallRejected
		x.terminate("FAILED")
	}
	return c.success()
}

// getCallPermission answers GET /{phone-number-id}/call_permissions. The shape is
// that of Meta's guide as far as it is published.
func getCallPermission(c *call) *graphError {
	u := c.phones[digitsOnly(c.param("user_wa_id"))]
	if id := c.param("recipient"); id != "" {
		u = c.bsuids[id]
	}
	// There is no way to ask about somebody who is not on WhatsApp.
	if u == nil {
		return badParam("Param user_wa_id or recipient must name a WhatsApp user.")
	}
	p := &u.chat(c.target.number).calls
	state := "no_permission"
	switch {
	case p.permanent:
		state = "permanent"
	case p.allows(c.at):
		state = "temporary"
	}
	e := &c.out
	e.obj(func() {
		e.key("messaging_product").str("whatsapp")
		e.key("permission").obj(func() {
			e.key("status").str(state)
			if state == "temporary" {
				e.key("expiration_time").num(p.until / 1e9)
			}
		})
		e.key("actions").arr(func() {
			for _, a := range []struct {
				name string
				can  bool
			}{{"send_call_permission_request", p.mayAsk(c.at)}, {"start_call", state != "no_permission"}} {
				e.obj(func() {
					e.key("action_name").str(a.name)
					e.key("can_perform_action").bool(a.can)
				})
			}
		})
	})
	return nil
}

// mayAsk applies 1 request in 24 hours and 2 in 7 days.
func (p *callPermission) mayAsk(now int64) bool {
	day, week := 0, 0
	for _, at := range p.asked {
		if now-at < int64(24*time.Hour) {
			day++
		}
		if now-at < int64(7*24*time.Hour) {
			week++
		}
	}
	return day < 1 && week < 2
}
