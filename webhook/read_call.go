package webhook

import (
	"strings"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// call reads an element of calls.
func (p *parser) call(v value, s shape) {
	c := new(Call)
	t := p.entryTime
	var from, to Identity
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			c.ID = p.text(&it)
		case "event":
			c.Event = CallEvent(p.text(&it))
		case "timestamp":
			t = p.time(&it)
		case "direction":
			c.Direction = CallDirection(strings.ToUpper(p.text(&it)))
		case "from":
			p.person(&it, &from)
		case "from_user_id":
			p.userID(&it, &from.BSUID)
		case "from_parent_user_id":
			p.userID(&it, &from.ParentBSUID)
		case "to":
			p.person(&it, &to)
		case "to_user_id":
			p.userID(&it, &to.BSUID)
		case "to_parent_user_id":
			p.userID(&it, &to.ParentBSUID)
		default:
			p.callDetail(c, &it)
		}
	}
	switch {
	case c.ID == "":
		p.unknown(v, s, string(c.Event), errNoID)
		return
	case c.Event == "":
		p.unknown(v, s, "", errNoKind)
		return
	}
	// Of calls that the business began, Meta's reference and its guide show the two sides
	// the other way round.
	c.User = p.notOurs(from, to)
	if c.Direction == CallByBusiness || c.Direction != CallByUser && from.BSUID == "" && to.BSUID != "" {
		c.User = p.notOurs(to, from)
	}
	c.Errors = append(c.Errors, p.beside...)
	contact, _ := p.complete(&c.User)
	p.emit(v, s, t, c).contact = contact
}

// callDetail reads what only some events of a call carry.
func (p *parser) callDetail(c *Call, m member) {
	switch m.Key() {
	case "status":
		c.Status = strings.ToUpper(p.text(m))
	case "start_time":
		c.Started = p.time(m)
	case "end_time":
		c.Ended = p.time(m)
	case "duration":
		c.Duration = time.Duration(p.int(m)) * time.Second
	case "deeplink_payload":
		c.DeeplinkPayload = p.text(m)
	case "cta_payload":
		c.CTAPayload = p.text(m)
	case "biz_opaque_callback_data":
		c.OpaqueID = p.text(m)
	case "errors":
		c.Errors = p.errorList(m)
	case "session":
		c.Session = optional(p, m, (*parser).callSession)
	case "connection": // the former name, with the SDP in webrtc and no type
		it := p.object(m)
		for c.Session == nil && it.Next() {
			if it.Key() == "webrtc" {
				c.Session = optional(p, &it, (*parser).callSession)
			}
		}
	case "call_recording":
		c.Recording = p.callFile(m)
	case "call_transcript":
		c.Transcript = p.callFile(m)
	}
}

// callSession reads session: what to hand to a WebRTC stack, untouched.
func (p *parser) callSession(it jsonscan.Iter) CallSession {
	var s CallSession
	for it.Next() {
		switch it.Key() {
		case "sdp_type":
			s.Type = p.text(&it)
		case "sdp":
			s.SDP = p.text(&it)
		}
	}
	return s
}

// callFile reads the file of a call, an audio or a document.
func (p *parser) callFile(m member) *Media {
	it := p.object(m)
	for it.Next() {
		switch kind := it.Key(); kind {
		case "audio", "document":
			if it.Kind() == jsonscan.Object {
				return p.media(MediaKind(kind), it.Iter())
			}
			p.object(&it)
		}
	}
	return nil
}

// callStatus reads an element of statuses in the field calls.
func (p *parser) callStatus(v value, s shape) {
	c := new(CallStatus)
	t := p.entryTime
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			c.ID = p.text(&it)
		case "status":
			c.Status = strings.ToUpper(p.text(&it))
		case "timestamp":
			t = p.time(&it)
		case "recipient_id":
			p.person(&it, &c.Recipient)
		case "recipient_user_id":
			p.userID(&it, &c.Recipient.BSUID)
		case "recipient_parent_user_id":
			p.userID(&it, &c.Recipient.ParentBSUID)
		case "biz_opaque_callback_data":
			c.OpaqueID = p.text(&it)
		case "errors":
			c.Errors = p.errorList(&it)
		}
	}
	switch {
	case c.ID == "":
		p.unknown(v, s, c.Status, errNoID)
		return
	case c.Status == "":
		p.unknown(v, s, "", errNoKind)
		return
	}
	contact, _ := p.complete(&c.Recipient)
	p.emit(v, s, t, c).contact = contact
}
