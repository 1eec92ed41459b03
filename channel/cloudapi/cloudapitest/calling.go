package cloudapitest

import (
	"encoding/base64"
	"strings"
	"time"
)

// CallState is where a call stands.
type CallState string

// The states of a call.
const (
	CallRinging  CallState = "ringing"
	CallAccepted CallState = "accepted"
	CallRejected CallState = "rejected"
	CallMissed   CallState = "missed" // ended before anybody answered
	CallEnded    CallState = "ended"
)

// A Call is a voice call between a user and a business number. Its sound is not
// simulated; its signalling is.
type Call struct {
	ID string // wacid

	w        *World
	chat     *chat
	inbound  bool // the user called
	state    CallState
	answered int64
	opaque   string
}

// callPermission is the user's leave to be called by the business.
type callPermission struct {
	until     int64 // 0 = none
	permanent bool
	asked     []int64 // requests in the last 7 days
}

// Time limits of calls.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
// (checked 2026-09-11)
const (
	ringFor       = 60 * time.Second
	permissionFor = 7 * 24 * time.Hour
)

const fictionalSDP = "v=0\r\no=- 7602563789789945080 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio\r\n" +
	"m=audio 40012 UDP/TLS/RTP/SAVPF 111 126\r\nc=IN IP4 192.0.2.60\r\na=setup:actpass\r\na=mid:audio\r\na=rtpmap:111 opus/48000/2\r\n"

// newCall makes a ringing call that ends by itself when nobody answers.
func (w *World) newCall(c *chat, inbound bool) *Call {
	phone := c.user.phone
	b := append([]byte{0x1c, 0x18, byte(len(phone))}, phone...)
	b = append(b, 0x15, 0x02, 0x00, 0x12, 0x18, 0x20)
	b = append(b, strings.ToUpper(w.randomHex("call", 32))...)
	call := &Call{ID: "wacid." + base64.StdEncoding.EncodeToString(append(b, 0)), w: w, chat: c, inbound: inbound, state: CallRinging}
	w.calls[call.ID] = call
	w.schedule(w.now()+int64(ringFor), false, fireFunc(func(w *World) {
		if call.state == CallRinging {
			call.end(CallMissed)
		}
	}))
	return call
}

// Call rings the business. It opens the service window whether or not anybody
// answers; without an answer through the API it ends after a minute.
func (u *User) Call(n *Number) *Call {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	c := u.chat(n)
	call := w.newCall(c, true)
	c.opened = max(c.opened, w.now())
	call.emit("connect", func(e *enc) { sdp(e, "offer") })
	return call
}

// State returns where the call stands.
func (x *Call) State() CallState {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	return x.state
}

// Answer picks up a call of the business; the service window opens. Decline turns
// it away. Hangup ends an accepted call, or one that still rings.
func (x *Call) Answer() {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if x.inbound || x.state != CallRinging {
		return
	}
	now := x.w.now()
	x.state, x.answered = CallAccepted, now
	x.chat.opened = max(x.chat.opened, now)
	x.emitStatus("ACCEPTED")
	x.emit("connect", func(e *enc) { sdp(e, "answer") })
}

// Decline turns a call of the business away.
func (x *Call) Decline() {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	if x.inbound || x.state != CallRinging {
		return
	}
	x.state = CallRejected
	x.emitStatus("REJECTED")
	x.terminate("FAILED")
}

// Hangup ends the call.
func (x *Call) Hangup() {
	x.w.mu.Lock()
	defer x.w.mu.Unlock()
	switch x.state {
	case CallAccepted:
		x.end(CallEnded)
	case CallRinging:
		x.end(CallMissed)
	}
}

// end moves the call to a final state and tells the business. A call nobody answered
// is FAILED on the wire.
func (x *Call) end(s CallState) {
	x.state = s
	if s == CallEnded {
		x.terminate("COMPLETED")
		return
	}
	x.terminate("FAILED")
}

// sdp writes a session description; its addresses are those reserved for
// documentation.
func sdp(e *enc, kind string) {
	e.key("session").obj(func() {
		e.key("sdp_type").str(kind)
		e.key("sdp").str(fictionalSDP)
	})
}

// terminate emits the last event of a call; start, end and duration only if it was
// answered.
func (x *Call) terminate(status string) {
	now := x.w.now()
	x.emit("terminate", func(e *enc) {
		e.key("status").str(status)
		if x.answered != 0 {
			e.key("start_time").secs(x.answered)
			e.key("end_time").secs(now)
			e.key("duration").num((now - x.answered) / 1e9)
		}
		e.opt("biz_opaque_callback_data", x.opaque)
	})
}

// emit tells subscribers of a call event.
func (x *Call) emit(event string, rest func(e *enc)) {
	w, c := x.w, x.chat
	now := w.now()
	id := c.user.bsuid(c.number.account.Portfolio)
	elem := members(func(e *enc) {
		e.obj(func() {
			e.key("id").str(x.ID)
			userKey, direction := "from", "USER_INITIATED"
			if x.inbound {
				e.key("to").str(c.number.Phone)
			} else {
				userKey, direction = "to", "BUSINESS_INITIATED"
				e.key("from").str(c.number.Phone)
			}
			if c.showsPhone(now) {
				e.key(userKey).str(c.user.phone)
			}
			e.key(userKey + "_user_id").str(id)
			e.key("event").str(event)
			e.key("timestamp").secs(now)
			e.key("direction").str(direction)
			rest(e)
		})
	})
	w.emit(&item{
		account: c.number.account, number: c.number, field: "calls", list: "calls",
		contact: c.contactCard(now, cardLater), elem: elem, user: c.user, wamid: x.ID,
	})
}

// emitStatus tells of a call of the business: RINGING, ACCEPTED or REJECTED. Calls of
// users have no statuses.
func (x *Call) emitStatus(status string) {
	w, c := x.w, x.chat
	now := w.now()
	elem := members(func(e *enc) {
		e.obj(func() {
			e.key("id").str(x.ID)
			e.key("type").str("call")
			e.key("status").str(status)
			e.key("timestamp").secs(now)
			if c.showsPhone(now) {
				e.key("recipient_id").str(c.user.phone)
			}
			e.key("recipient_user_id").str(c.user.bsuid(c.number.account.Portfolio))
			e.opt("biz_opaque_callback_data", x.opaque)
		})
	})
	w.emit(&item{
		account: c.number.account, number: c.number, field: "calls", list: "statuses",
		contact: c.contactCard(now, cardLater), elem: elem, wamid: x.ID,
	})
}

// Ringing returns the call of the business that rings on the phone, nil if none
// does.
func (u *User) Ringing(n *Number) *Call {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	for _, x := range u.w.calls {
		if !x.inbound && x.state == CallRinging && x.chat.user == u && x.chat.number == n {
			return x // there is at most one
		}
	}
	return nil
}

// AllowCalls answers the newest call permission request in the chat.
func (u *User) AllowCalls(n *Number, permanently bool) (string, error) {
	return u.answerPermission(n, true, permanently)
}

// DenyCalls turns it down.
func (u *User) DenyCalls(n *Number) (string, error) { return u.answerPermission(n, false, false) }

// answerPermission writes the reply to a permission request and gives or takes the
// permission.
func (u *User) answerPermission(n *Number, accept, permanently bool) (string, error) {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m, _ := u.newestButton(n, func(b Button) bool { return b.Kind == "call_permission_request" })
	if m == nil {
		return "", notOnScreen("no call permission request")
	}
	c := u.chat(n)
	c.calls.until, c.calls.permanent = 0, false
	if accept {
		c.calls.until, c.calls.permanent = w.now()+int64(permissionFor), permanently
	}
	return u.write(n, &message{kind: "interactive", replyTo: m.id, rich: &content{wire: members(func(e *enc) {
		e.key("interactive").obj(func() {
			e.key("type").str("call_permission_reply")
			e.key("call_permission_reply").obj(func() {
				if !accept {
					e.key("response").str("reject")
				} else {
					e.key("response").str("accept")
					e.key("is_permanent").bool(permanently)
					if !permanently {
						e.key("expiration_timestamp").secs(c.calls.until)
					}
				}
				e.key("response_source").str("user_action")
			})
		})
	})}}), nil
}

// allows reports whether the business may call now.
func (p *callPermission) allows(now int64) bool { return p.permanent || now < p.until }
