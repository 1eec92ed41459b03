package webhook

import (
	"strings"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

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
	group := false
	for it := v.Iter(); it.Next(); {
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
			recipient.Phone = p.text(&it) // digits, or the id of a group
		case "recipient_user_id":
			recipient.BSUID = p.text(&it)
		case "recipient_parent_user_id", "parent_recipient_user_id":
			recipient.ParentBSUID = p.text(&it)
		case "recipient_type":
			group = p.text(&it) == "group"
		case "recipient_participant_id", "participant_recipient_id":
			participant.Phone = p.phone(&it)
		case "recipient_participant_user_id", "participant_recipient_user_id":
			participant.BSUID = p.text(&it)
		case "recipient_participant_parent_user_id":
			participant.ParentBSUID = p.text(&it)
		case "recipient_identity_key_hash":
			st.IdentityKeyHash = p.text(&it)
		case "biz_opaque_callback_data":
			st.OpaqueID = p.text(&it)
		case "template_id":
			st.TemplateID = p.text(&it)
		case "errors":
			st.Errors = p.errorList(&it)
		case "pricing":
			st.Pricing = p.pricing(&it)
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
	if group {
		st.GroupID, st.Recipient = recipient.Phone, participant
		if participant.IsZero() {
			return span{}, typ, true // about the group; a contact is somebody in it
		}
	} else {
		recipient.Phone = digits(recipient.Phone)
		st.Recipient = recipient
	}
	contact, _ = p.complete(&st.Recipient)
	return contact, typ, true
}

// conversation reads the billing window; some group samples print the pricing in
// it.
func (p *parser) conversation(m member, st *Status) {
	if m.Value().Kind() != jsonscan.Object {
		p.object(m)
		return
	}
	c := new(Conversation)
	st.Conversation = c
	for it := m.Value().Iter(); it.Next(); {
		switch it.Key() {
		case "id":
			c.ID = p.text(&it)
		case "expiration_timestamp":
			c.Expires = p.time(&it)
		case "origin":
			for o := p.object(&it); o.Next(); {
				if o.Key() == "type" {
					c.Origin = p.text(&o)
				}
			}
		case "pricing":
			if st.Pricing == nil {
				st.Pricing = p.pricing(&it)
			}
		}
	}
}

// pricing reads how a message is billed; nil for null.
func (p *parser) pricing(m member) *Pricing {
	if m.Value().Kind() != jsonscan.Object {
		p.object(m)
		return nil
	}
	pr, told := new(Pricing), false
	for it := m.Value().Iter(); it.Next(); {
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

// paymentStatus reads a payment status.
func (p *parser) paymentStatus(v value, s shape) {
	ps := new(PaymentStatus)
	t := p.entryTime
	for it := v.Iter(); it.Next(); {
		switch it.Key() {
		case "id":
			ps.ID = p.text(&it)
		case "status":
			ps.Status = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "recipient_id":
			ps.Recipient.Phone = p.phone(&it)
		case "recipient_user_id":
			ps.Recipient.BSUID = p.text(&it)
		case "recipient_parent_user_id":
			ps.Recipient.ParentBSUID = p.text(&it)
		case "payment":
			p.payment(p.object(&it), ps)
		}
	}
	if ps.ID == "" && ps.ReferenceID == "" {
		p.unknown(v, s, "payment", errNoID)
		return
	}
	contact, _ := p.complete(&ps.Recipient)
	p.emit(v, s, t, ps).contact = contact
}

func (p *parser) payment(it jsonscan.Iter, ps *PaymentStatus) {
	for it.Next() {
		switch key := it.Key(); key {
		case "reference_id":
			ps.ReferenceID = p.text(&it)
		case "amount":
			ps.Amount = p.amount(p.object(&it))
		case "currency":
			ps.Currency = p.text(&it)
		case "transaction":
			p.transaction(p.object(&it), &ps.Transaction)
		case "receipt":
			ps.Receipt = p.text(&it)
		case "notes":
			for n := p.object(&it); n.Next(); {
				if ps.Notes == nil {
					ps.Notes = make(map[string]string)
				}
				ps.Notes[n.Key()] = p.text(&n)
			}
		case "refunds":
			ps.Refunds = each(p, &it, (*parser).refund)
		default:
			p.gatewayField(key, &it, ps)
		}
	}
}

// gatewayField reads udf1…4 and additional_info1…7.
func (p *parser) gatewayField(key string, m member, ps *PaymentStatus) {
	fields := ps.UDF[:]
	name, ok := strings.CutPrefix(key, "udf")
	if !ok {
		fields = ps.AdditionalInfo[:]
		name, ok = strings.CutPrefix(key, "additional_info")
	}
	if !ok || len(name) != 1 || name[0] < '1' || int(name[0]-'1') >= len(fields) {
		return
	}
	fields[name[0]-'1'] = p.text(m)
}

func (p *parser) amount(it jsonscan.Iter) Amount {
	var a Amount
	for it.Next() {
		switch it.Key() {
		case "value":
			a.Value = p.int64(&it)
		case "offset":
			a.Offset = p.int64(&it)
		}
	}
	return a
}

func (p *parser) transaction(it jsonscan.Iter, t *Transaction) {
	for it.Next() {
		switch it.Key() {
		case "id":
			t.ID = p.text(&it)
		case "pg_transaction_id":
			t.GatewayID = p.text(&it)
		case "type":
			t.Gateway = p.text(&it)
		case "status":
			t.Status = p.text(&it)
		case "created_timestamp":
			t.Created = p.time(&it)
		case "updated_timestamp":
			t.Updated = p.time(&it)
		case "method":
			for m := p.object(&it); m.Next(); {
				if m.Key() == "type" {
					t.Method = p.text(&m)
				}
			}
		case "error":
			for e := p.object(&it); e.Next(); {
				switch e.Key() {
				case "code":
					t.ErrorCode = p.text(&e)
				case "reason":
					t.ErrorReason = p.text(&e)
				}
			}
		}
	}
}

func (p *parser) refund(it jsonscan.Iter) Refund {
	var r Refund
	for it.Next() {
		switch it.Key() {
		case "id":
			r.ID = p.text(&it)
		case "amount":
			r.Amount = p.amount(p.object(&it))
		case "speed_processed":
			r.Speed = p.text(&it)
		case "status":
			r.Status = p.text(&it)
		case "created_timestamp":
			r.Created = p.time(&it)
		case "updated_timestamp":
			r.Updated = p.time(&it)
		}
	}
	return r
}
