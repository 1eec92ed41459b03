package webhook

import (
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// groupReader returns the reader for the items of a group field, nil if field is
// none.
func groupReader(field string) reader {
	switch field {
	case "group_lifecycle_update":
		return (*parser).groupLifecycle
	case "group_participants_update", "group_participant_update":
		return (*parser).groupParticipants
	case "group_settings_update":
		return (*parser).groupSettings
	case "group_status_update":
		return (*parser).groupStatus
	default:
		return nil
	}
}

// groupHead is what all group items have.
type groupHead struct {
	id, typ, request string
	time             time.Time
	errors           []Error
}

// head reads a member that all group items have.
func (p *parser) head(m member, h *groupHead) {
	switch m.Key() {
	case "group_id":
		h.id = p.text(m)
	case "type":
		h.typ = p.text(m)
	case "request_id":
		h.request = p.text(m)
	case "timestamp":
		h.time = p.time(m)
	case "errors":
		h.errors = p.errorList(m)
	}
}

// emitGroup adds the event if the item says which group it is about; failed
// creations name the request only.
func (p *parser) emitGroup(v value, s shape, h *groupHead, payload Payload) {
	if h.id == "" && h.request == "" {
		p.unknown(v, s, h.typ, errNoID)
		return
	}
	p.emit(v, s, h.time, payload)
}

// groupLifecycle reads an item of group_lifecycle_update.
func (p *parser) groupLifecycle(v value, s shape) {
	g, h := new(GroupLifecycle), groupHead{}
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "subject":
			g.Subject = p.text(&it)
		case "description":
			g.Description = p.text(&it)
		case "invite_link":
			g.InviteLink = p.text(&it)
		case "join_approval_mode":
			g.JoinApproval = p.text(&it)
		default:
			p.head(&it, &h)
		}
	}
	g.GroupID, g.Type, g.RequestID, g.Errors = h.id, h.typ, h.request, h.errors
	p.emitGroup(v, s, &h, g)
}

// groupParticipants reads an item of group_participants_update.
func (p *parser) groupParticipants(v value, s shape) {
	g, h := new(GroupParticipants), groupHead{}
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "reason":
			g.Reason = p.text(&it)
		case "initiated_by":
			g.InitiatedBy = p.text(&it)
		case "join_request_id":
			g.JoinRequestID = p.text(&it)
		case "added_participants":
			g.Added = each(p, &it, (*parser).participant)
		case "removed_participants":
			g.Removed = each(p, &it, (*parser).participant)
		case "failed_participants":
			g.Failed = each(p, &it, (*parser).participant)
		default:
			p.head(&it, &h)
			p.groupUser(&it, &g.User)
		}
	}
	switch h.typ { // one page of Meta's spells them so
	case "group_add_participants":
		h.typ = GroupParticipantsAdd
	case "group_remove_participants":
		h.typ = GroupParticipantsRemove
	}
	g.GroupID, g.Type, g.RequestID, g.Errors = h.id, h.typ, h.request, h.errors
	p.emitGroup(v, s, &h, g)
}

// groupUser reads a member that identifies a person in a group item.
func (p *parser) groupUser(m member, id *Identity) {
	switch m.Key() {
	case "wa_id":
		p.person(m, id)
	case "user_id":
		p.userID(m, &id.BSUID)
	case "parent_user_id":
		p.userID(m, &id.ParentBSUID)
	case "username":
		id.Username = p.username(m)
	}
}

// participant reads an element of added_, removed_ or failed_participants. Those that
// failed have only what the caller gave as input.
func (p *parser) participant(it jsonscan.Iter) Participant {
	var pt Participant
	for it.Next() {
		switch it.Key() {
		case "input":
			pt.Input = p.text(&it)
		case "errors":
			pt.Errors = p.errorList(&it)
		default:
			p.groupUser(&it, &pt.User)
		}
	}
	return pt
}

// groupSettings reads an item of group_settings_update. Parts can fail one by one.
func (p *parser) groupSettings(v value, s shape) {
	g, h := new(GroupSettings), groupHead{}
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "group_subject":
			g.Subject = optional(p, &it, (*parser).groupSetting)
		case "group_description":
			g.Description = optional(p, &it, (*parser).groupSetting)
		case "profile_picture":
			g.Picture = optional(p, &it, (*parser).groupSetting)
		default:
			p.head(&it, &h)
		}
	}
	g.GroupID, g.RequestID, g.Errors = h.id, h.request, h.errors
	p.emitGroup(v, s, &h, g)
}

// groupSetting reads the outcome for a subject, a description or a picture.
func (p *parser) groupSetting(it jsonscan.Iter) GroupSetting {
	var g GroupSetting
	for it.Next() {
		switch it.Key() {
		case "update_successful":
			g.OK = p.bool(&it)
		case "text":
			g.Text = p.text(&it)
		case "mime_type":
			g.MIMEType = p.text(&it)
		case "sha256":
			g.SHA256 = p.text(&it)
		case "errors":
			g.Errors = p.errorList(&it)
		}
	}
	return g
}

// groupStatus reads an item of group_status_update.
func (p *parser) groupStatus(v value, s shape) {
	var h groupHead
	it := v.Iter()
	for it.Next() {
		p.head(&it, &h)
	}
	p.emitGroup(v, s, &h, &GroupStatus{GroupID: h.id, Type: h.typ})
}
