package webhook

import (
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// value reads the value of a change. Two families of fields exist: those about an
// account are one item themselves, those about conversations hold lists of items
// beside what the items share.
func (p *parser) value(v value) {
	if p.field == "" {
		p.field, p.frame.field = sniff(v), span{}
	}
	field := p.field
	if conversational(field) {
		var room [4]jsonscan.Iter
		lists := p.shared(v, room[:0])
		before := p.count()
		for i := range lists {
			p.valueList(field, lists[i].Key(), lists[i].Value())
		}
		p.loneContacts(v, shapeItem, shapeMember, before, 0)
		return
	}
	read := accountReader(field)
	if read == nil {
		p.shared(v, nil) // it may tell the number
		p.unknown(v, shapeValue, "", nil)
		return
	}
	payload, t := read(p, v)
	if payload == nil {
		p.unknown(v, shapeValue, "", errNoKind)
		return
	}
	p.emit(v, shapeValue, t, payload)
}

// valueList reads one member of the value of a conversation field that is not
// shared by the others: normally a list of items.
func (p *parser) valueList(field, key string, items value) {
	switch {
	case key == "conversation_context" && p.rare.summary != (span{}), key == "errors" && p.rare.errors != (span{}):
		return // shared after all
	case key == "standby":
		p.standby(items)
		return
	case key == "history":
		p.history(items)
		return
	}
	p.list(key)
	read := listReader(field, key)
	if read == nil { // seen: calls and echoes in the field messages
		read = listReader(homeOf[key], key)
	}
	if read != nil {
		p.items(items, shapeItem, read)
	} else {
		p.unknown(items, shapeMember, key, nil)
	}
}

// items reads the items of a list.
func (p *parser) items(items value, s shape, read reader) {
	l := items.Elements()
	for l.Next() {
		if l.Kind() == jsonscan.Object {
			read(p, l.Value(), s)
		} else {
			p.unknown(l.Value(), s, p.frame.list, errNotObject)
		}
	}
}

// list begins the items of the list called key.
func (p *parser) list(key string) { p.frame.list, p.framed = key, false }

// shared reads what the items of a value have in common, and appends the other
// members, which hold the items, to lists.
func (p *parser) shared(v value, lists []jsonscan.Iter) []jsonscan.Iter {
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "messaging_product":
		case "metadata":
			p.metadata(&it)
		case "contacts":
			p.readContacts(it.Value())
		default:
			lists = append(lists, it)
		}
	}
	// Two members belong to the items of another, if it has any.
	for i := range lists {
		switch m := &lists[i]; m.Key() {
		case "conversation_context":
			if has(lists, "messages") && isShared(m.Value()) {
				p.summary, p.rare.summary = p.summaryText(m), at(m.Value())
			}
		case "errors":
			if has(lists, "calls") && isShared(m.Value()) {
				p.beside, p.rare.errors = p.errorList(m), at(m.Value())
			}
		}
	}
	p.err = nil
	return lists
}

// loneContacts keeps the contacts from the n-th on that go with no item: beside a notice
// about the number, a system message, or an item about somebody else. one is the shape of a
// contact, all that of the whole member, which is kept if there is nothing else in v.
func (p *parser) loneContacts(v value, one, all shape, before, n int) {
	const key = "contacts"
	if len(p.contacts) == n && p.count() == before {
		if c := v.Get(key); c.Exists() && (c.Kind() != jsonscan.Array || c.Len() > 0) {
			p.list(key)
			p.unknown(c, all, key, nil)
		}
		return
	}
	listed := false
	for i := n; i < len(p.contacts); i++ {
		if c := &p.contacts[i]; !c.used {
			if !listed {
				p.list(key)
				listed = true
			}
			c.used = true
			p.unknown(c.value, one, key, nil)
		}
	}
}

// has reports whether there is an item in the list called key.
func has(lists []jsonscan.Iter, key string) bool {
	for i := range lists {
		if lists[i].Key() == key && lists[i].Value().Len() > 0 {
			return true
		}
	}
	return false
}

// metadata reads which number a value is about.
func (p *parser) metadata(m member) {
	p.number, p.frame.metadata = Number{}, at(m.Value())
	it := p.object(m)
	for it.Next() {
		switch it.Key() {
		case "phone_number_id":
			p.userID(&it, &p.number.ID)
		case "display_phone_number":
			p.number.Display = p.phone(&it)
		}
	}
}

// summaryText reads a conversation_context.
func (p *parser) summaryText(m member) string {
	var s string
	it := p.object(m)
	for it.Next() {
		if it.Key() != "summary" {
			continue
		}
		sum := p.object(&it)
		for sum.Next() {
			if sum.Key() == "text" {
				s = p.text(&sum)
			}
		}
	}
	return s
}

// A reader turns an item, which is an object, into an event.
type reader func(p *parser, item value, s shape)

// listReader returns the reader for the list called key in a conversation field,
// nil if the field has no such list.
func listReader(field, key string) reader {
	if key == "errors" {
		return (*parser).errorNotice
	}
	switch field {
	case "messages":
		switch key {
		case "messages":
			return (*parser).message
		case "statuses":
			return (*parser).status
		case "user_actions":
			return (*parser).userAction
		}
	case "calls":
		switch key {
		case "calls":
			return (*parser).call
		case "statuses":
			return (*parser).callStatus
		}
	case "smb_message_echoes", "message_echoes":
		if key == "message_echoes" {
			return (*parser).echo
		}
	case "standby":
		return standbyReader(key)
	case "history":
		if key == "messages" || key == "message_echoes" {
			return (*parser).pastMedia
		}
	case "smb_app_state_sync":
		if key == "state_sync" {
			return (*parser).contactSync
		}
	case "user_preferences":
		if key == "user_preferences" {
			return (*parser).userPreference
		}
	case "user_id_update":
		if key == "user_id_update" {
			return (*parser).userIDUpdate
		}
	case "automatic_events":
		if key == "automatic_events" {
			return (*parser).automaticEvent
		}
	case "tracking_events":
		if key == "events" {
			return (*parser).trackingEvent
		}
	default:
		if key == "groups" {
			return groupReader(field)
		}
	}
	return nil
}

// homeOf is the field in which Meta documents a list, for lists that come in another one.
var homeOf = map[string]string{
	"messages": "messages", "statuses": "messages", "user_actions": "messages", "calls": "calls",
	"message_echoes": "message_echoes", "state_sync": "smb_app_state_sync", "user_preferences": "user_preferences",
	"user_id_update": "user_id_update", "automatic_events": "automatic_events", "events": "tracking_events",
}

// conversational reports whether field is a known field with lists of items.
func conversational(field string) bool {
	switch field {
	case "messages", "calls", "smb_message_echoes", "message_echoes", "standby", "history",
		"smb_app_state_sync", "user_preferences", "user_id_update", "automatic_events", "tracking_events":
		return true
	default:
		return groupReader(field) != nil
	}
}

// sniff guesses the field of a value that came without one, which some of Meta's
// samples do. Empty if nothing is recognised.
func sniff(v value) string {
	if s := v.Get("field").Str(); s != "" {
		return s
	}
	it := v.Iter()
	for it.Next() {
		switch key := it.Key(); key {
		case "messages", "statuses", "user_actions":
			return "messages"
		case "calls", "message_echoes", "standby", "history", "user_preferences", "automatic_events":
			return key
		case "state_sync":
			return "smb_app_state_sync"
		case "new_quality_score":
			return "message_template_quality_update"
		case "message_template_element":
			return "message_template_components_update"
		}
	}
	switch {
	case !v.Get("event").Exists():
		return ""
	case v.Get("message_template_id").Exists():
		return "message_template_status_update"
	case v.Get("flow_id").Exists():
		return "flows"
	default:
		return "account_update"
	}
}

// errorNotice reads a problem that belongs to no item.
func (p *parser) errorNotice(v value, s shape) {
	p.emit(v, s, time.Time{}, &ErrorNotice{Error: p.errorObject(v.Iter())})
}

// errorObject reads one of Meta's error objects.
func (p *parser) errorObject(it jsonscan.Iter) Error {
	var e Error
	for it.Next() {
		switch it.Key() {
		case "code":
			e.Code = p.int(&it)
		case "title":
			e.Title = p.text(&it)
		case "message":
			e.Message = p.text(&it)
		case "href":
			e.Href = p.text(&it)
		case "details": // seen beside the code, where error_data is missing
			if e.Details == "" {
				e.Details = p.text(&it)
			}
		case "error_data":
			data := p.object(&it)
			for data.Next() {
				if data.Key() == "details" {
					e.Details = or(p.text(&data), e.Details)
				}
			}
		}
	}
	return e
}

// errorList reads an array of error objects.
func (p *parser) errorList(m member) []Error { return each(p, m, (*parser).errorObject) }
