package webhook

import "github.com/kanava-go/kanava/internal/jsonscan"

// status reads an element of statuses in the field messages.
func (p *parser) status(v value, s shape) {
	st := new(Status)
	switch at, typ, ok := p.readStatus(v, s, st); {
	case typ == "payment":
		p.paymentStatus(v, s)
	case typ == "call":
		p.callStatus(v, s)
	case ok:
		p.emit(v, s, st.Time, st).contact = at
	}
}

// readStatus fills st from v. It reports false, having added an *Unknown, if v says
// nothing about a message, and stops if v is of another type.
func (p *parser) readStatus(v value, s shape, st *Status) (contact span, typ string, ok bool) {
	var recipient, participant Identity
	var named jsonscan.Iter // recipient_id: a person, or a group
	group, isNamed := false, false
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			st.ID = p.text(&it)
		case "status":
			st.Status = StatusKind(p.text(&it))
		case "type":
			if typ = p.text(&it); typ == "payment" || typ == "call" {
				p.err = nil
				return span{}, typ, false
			}
		case "timestamp":
			st.Time = p.time(&it)
		case "recipient_id":
			named, isNamed = it, true
		case "recipient_user_id":
			p.userID(&it, &recipient.BSUID)
		case "recipient_parent_user_id", "parent_recipient_user_id":
			p.userID(&it, &recipient.ParentBSUID)
		case "recipient_type":
			group = p.text(&it) == "group"
		case "recipient_participant_id", "participant_recipient_id":
			p.person(&it, &participant)
		case "recipient_participant_user_id", "participant_recipient_user_id":
			p.userID(&it, &participant.BSUID)
		case "recipient_participant_parent_user_id":
			p.userID(&it, &participant.ParentBSUID)
		case "recipient_identity_key_hash":
			st.IdentityKeyHash = p.text(&it)
		case "biz_opaque_callback_data":
			st.OpaqueID = p.text(&it)
		case "template_id":
			st.TemplateID = p.text(&it)
		case "errors":
			st.Errors = p.errorList(&it)
		case "pricing":
			st.Pricing = optional(p, &it, (*parser).pricing)
		case "conversation":
			p.conversation(&it, st)
		}
	}
	switch {
	case st.ID == "":
		p.unknown(v, s, string(st.Status), errNoID)
		return span{}, typ, false
	case st.Status == "":
		p.unknown(v, s, "", errNoKind)
		return span{}, typ, false
	}
	if group || !participant.IsZero() {
		if isNamed {
			p.userID(&named, &st.GroupID)
		}
		st.Recipient = participant
		if participant.IsZero() {
			return span{}, typ, true // about the group; a contact is somebody in it
		}
	} else {
		if isNamed {
			p.person(&named, &recipient)
		}
		st.Recipient = recipient
	}
	contact, _ = p.complete(&st.Recipient)
	return contact, typ, true
}

// conversation reads the billing window; some group samples print the pricing in
// it.
func (p *parser) conversation(m member, st *Status) {
	if m.Kind() != jsonscan.Object {
		p.object(m)
		return
	}
	c := new(Conversation)
	st.Conversation = c
	it := m.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			c.ID = p.text(&it)
		case "expiration_timestamp":
			c.Expires = p.time(&it)
		case "origin":
			o := p.object(&it)
			for o.Next() {
				if o.Key() == "type" {
					c.Origin = p.text(&o)
				}
			}
		case "pricing":
			if st.Pricing == nil {
				st.Pricing = optional(p, &it, (*parser).pricing)
			}
		}
	}
}

// pricing reads how a message is billed.
func (p *parser) pricing(it jsonscan.Iter) Pricing {
	var pr Pricing
	told := false
	for it.Next() {
		switch it.Key() {
		case "billable":
			pr.Billable, told = p.bool(&it), it.Value().Exists()
		case "pricing_model":
			pr.Model = p.text(&it)
		case "type":
			pr.Type = p.text(&it)
		case "category":
			pr.Category = p.text(&it)
		}
	}
	if !told {
		pr.Billable = pr.Type == PricingRegular
	}
	return pr
}
