package webhook

import (
	"strings"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// numberSettings reads the value of account_settings_update, which has no metadata:
// the number stands in the settings.
func (p *parser) numberSettings(v value) (Payload, time.Time) {
	s := new(NumberSettings)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "timestamp":
			t = p.time(&it)
		case "type":
			s.Type = strings.ToLower(p.text(&it))
		case "phone_number_settings":
			s.Raw = raw(it.Value())
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "phone_number_id":
					p.number.ID = p.text(&o)
				case "calling":
					p.callSettings(p.object(&o), s)
				}
			}
		}
	}
	if s.Type == "" && s.Raw == nil {
		return nil, t
	}
	return s, t
}

// callSettings reads calling.
func (p *parser) callSettings(it jsonscan.Iter, s *NumberSettings) {
	for it.Next() {
		switch it.Key() {
		case "status":
			s.Calling = p.text(&it)
		case "call_icon_visibility":
			s.CallIcon = p.text(&it)
		case "callback_permission_status":
			s.CallbackRequest = p.text(&it)
		case "srtp_key_exchange_protocol":
			s.SRTPKeyExchange = p.text(&it)
		case "sip":
			o := p.object(&it)
			for o.Next() {
				if o.Key() == "status" {
					s.SIP = p.text(&o)
				}
			}
		case "call_hours":
			o := p.object(&it)
			for o.Next() {
				p.callHours(&o, &s.CallHours)
			}
		}
	}
}

// callHours reads a member of call_hours.
func (p *parser) callHours(m member, h *CallHours) {
	switch m.Key() {
	case "status":
		h.Status = p.text(m)
	case "timezone_id":
		h.Timezone = p.text(m)
	case "weekly_operating_hours":
		h.Weekly = each(p, m, (*parser).openHours)
	case "holiday_schedule":
		h.Holidays = each(p, m, (*parser).openHours)
	}
}

// openHours reads an element of weekly_operating_hours or of holiday_schedule, which
// name the same things differently.
func (p *parser) openHours(it jsonscan.Iter) OpenHours {
	var o OpenHours
	for it.Next() {
		switch it.Key() {
		case "day_of_week", "date":
			o.Day = p.text(&it)
		case "open_time", "start_time":
			o.Open = p.text(&it)
		case "close_time", "end_time":
			o.Close = p.text(&it)
		}
	}
	return o
}

// numberName reads the value of phone_number_name_update.
func (p *parser) numberName(v value) (Payload, time.Time) {
	n := new(NumberName)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "display_phone_number":
			p.number.Display = p.phone(&it)
		case "decision":
			n.Decision = p.text(&it)
		case "requested_verified_name":
			n.Name = p.text(&it)
		case "rejection_reason":
			n.Reason = p.reason(&it)
		}
	}
	if n.Decision == "" {
		return nil, time.Time{}
	}
	return n, time.Time{}
}

// reason reads a reason, of which "NONE" is none.
func (p *parser) reason(m member) string {
	if s := p.text(m); s != "NONE" {
		return s
	}
	return ""
}

// numberQuality reads the value of phone_number_quality_update. Like the others here
// it names the number by its digits only.
func (p *parser) numberQuality(v value) (Payload, time.Time) {
	q := new(NumberQuality)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "display_phone_number":
			p.number.Display = p.phone(&it)
		case "event":
			q.Event = p.text(&it)
		case "max_daily_conversations_per_business":
			q.DailyLimit = p.text(&it)
		case "old_limit":
			q.OldLimit = p.text(&it)
		case "current_limit":
			q.CurrentLimit = p.text(&it)
		}
	}
	if q.Event == "" {
		return nil, time.Time{}
	}
	return q, time.Time{}
}

// usernameUpdate reads the value of business_username_updates.
func (p *parser) usernameUpdate(v value) (Payload, time.Time) {
	u := new(UsernameUpdate)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "display_phone_number":
			p.number.Display = p.phone(&it)
		case "username":
			u.Username = p.username(&it)
		case "status":
			u.Status = p.text(&it)
		case "context":
			u.Revoked = p.text(&it) == "revoked"
		}
	}
	if u.Status == "" {
		return nil, time.Time{}
	}
	return u, time.Time{}
}

// securityEvent reads the value of security.
func (p *parser) securityEvent(v value) (Payload, time.Time) {
	s := new(SecurityEvent)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "display_phone_number":
			p.number.Display = p.phone(&it)
		case "event":
			s.Event = p.text(&it)
		case "requester":
			s.Requester = p.text(&it)
		}
	}
	if s.Event == "" {
		return nil, time.Time{}
	}
	return s, time.Time{}
}

// paymentConfiguration reads the value of payment_configuration_update.
func (p *parser) paymentConfiguration(v value) (Payload, time.Time) {
	c := new(PaymentConfiguration)
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "configuration_name":
			c.Name = p.text(&it)
		case "provider_name":
			c.Provider = p.text(&it)
		case "provider_mid":
			c.MerchantID = p.text(&it)
		case "status":
			c.Status = p.text(&it)
		case "created_timestamp":
			c.Created = p.time(&it)
		case "updated_timestamp":
			c.Updated = p.time(&it)
		}
	}
	if c.Name == "" {
		return nil, time.Time{}
	}
	return c, time.Time{}
}
