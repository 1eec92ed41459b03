package webhook

import (
	"strings"
	"time"
)

// userPreference reads an element of user_preferences.
func (p *parser) userPreference(v value, s shape) {
	u := new(UserPreference)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "wa_id":
			p.person(&it, &u.User)
		case "user_id":
			p.userID(&it, &u.User.BSUID)
		case "parent_user_id":
			p.userID(&it, &u.User.ParentBSUID)
		case "category":
			u.Category = p.text(&it)
		case "value":
			u.Value = p.text(&it)
		case "detail":
			u.Detail = p.text(&it)
		case "signup_id":
			u.SignupID = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		}
	}
	if u.Value == "" || u.User.IsZero() {
		p.unknown(v, s, u.Category, errNoID)
		return
	}
	contact, _ := p.complete(&u.User)
	p.emit(v, s, t, u).contact = contact
}

// userIDUpdate reads an element of user_id_update.
func (p *parser) userIDUpdate(v value, s shape) {
	u := new(UserIDUpdate)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "wa_id":
			p.person(&it, &u.Current)
		case "detail":
			u.Detail = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "user_id":
			u.Previous.BSUID, u.Current.BSUID = p.beforeAfter(&it)
		case "parent_user_id":
			u.Previous.ParentBSUID, u.Current.ParentBSUID = p.beforeAfter(&it)
		}
	}
	if u.Current.BSUID == "" {
		p.unknown(v, s, "", errNoID)
		return
	}
	contact, _ := p.complete(&u.Current)
	p.emit(v, s, t, u).contact = contact
}

// beforeAfter reads an object {previous, current}.
func (p *parser) beforeAfter(m member) (previous, current string) {
	it := p.object(m)
	for it.Next() {
		switch it.Key() {
		case "previous":
			previous = p.text(&it)
		case "current":
			current = p.text(&it)
		}
	}
	return previous, current
}

// userAction reads an element of user_actions.
func (p *parser) userAction(v value, s shape) {
	u := new(UserAction)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "action_type":
			u.Type = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "marketing_messages_link_click_data":
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "click_component":
					u.Component = p.text(&o)
				case "product_id":
					u.ProductID = p.text(&o)
				case "click_id":
					u.ClickID = p.text(&o)
				case "tracking_token":
					u.TrackingToken = p.text(&o)
				}
			}
		}
	}
	if u.Type == "" {
		p.unknown(v, s, "", errNoKind)
		return
	}
	p.emit(v, s, t, u)
}

// automaticEvent reads an element of automatic_events.
func (p *parser) automaticEvent(v value, s shape) {
	a := new(AutomaticEvent)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			a.MessageID = p.text(&it)
		case "event_name":
			a.Name = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "ctwa_clid":
			a.ClickID = p.text(&it)
		case "custom_data":
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "currency":
					a.Currency = p.text(&o)
				case "value":
					a.ValueMilli = p.int64(&o)
				}
			}
		}
	}
	for _, name := range [...]string{AutomaticLead, AutomaticPurchase} {
		if strings.EqualFold(a.Name, name) {
			a.Name = name
		}
	}
	if a.Name == "" {
		p.unknown(v, s, "", errNoKind)
		return
	}
	p.emit(v, s, t, a)
}

// trackingEvent reads an element of events in the field tracking_events.
func (p *parser) trackingEvent(v value, s shape) {
	e := new(TrackingEvent)
	var t time.Time
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "event_name":
			e.Name = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "tracking_data":
			o := p.object(&it)
			for o.Next() {
				switch o.Key() {
				case "click_id":
					e.ClickID = p.text(&o)
				case "tracking_token":
					e.TrackingToken = p.text(&o)
				}
			}
		}
	}
	if e.Name == "" {
		p.unknown(v, s, "", errNoKind)
		return
	}
	p.emit(v, s, t, e)
}
