package webhook

import (
	"strings"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// paymentStatus reads a payment status.
func (p *parser) paymentStatus(v value, s shape) {
	ps := new(PaymentStatus)
	t := p.entryTime
	it := v.Iter()
	for it.Next() {
		switch it.Key() {
		case "id":
			ps.ID = p.text(&it)
		case "status":
			ps.Status = p.text(&it)
		case "timestamp":
			t = p.time(&it)
		case "recipient_id":
			p.person(&it, &ps.Recipient)
		case "recipient_user_id":
			p.userID(&it, &ps.Recipient.BSUID)
		case "recipient_parent_user_id":
			p.userID(&it, &ps.Recipient.ParentBSUID)
		case "biz_opaque_callback_data":
			ps.OpaqueID = p.text(&it)
		case "errors":
			ps.Errors = p.errorList(&it)
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

// payment reads payment.
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
			ps.Notes = p.notes(&it)
		case "refunds":
			ps.Refunds = each(p, &it, (*parser).refund)
		default:
			p.gatewayField(key, &it, ps)
		}
	}
}

// notes reads what the business noted on an order. The keys are the business's own,
// so that no error may name them.
func (p *parser) notes(m member) map[string]string {
	var notes map[string]string
	it := p.object(m)
	for it.Next() {
		if kind := it.Value().Kind(); kind >= jsonscan.Array {
			p.flaw(m.Key(), "strings", kind.String())
			continue
		}
		if notes == nil {
			notes = make(map[string]string)
		}
		notes[it.Key()] = p.text(&it)
	}
	return notes
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

// amount reads an amount: minor units and how many of them make one.
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

// transaction reads transaction. Its type is the name of the gateway.
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
			m := p.object(&it)
			for m.Next() {
				if m.Key() == "type" {
					t.Method = p.text(&m)
				}
			}
		case "error":
			e := p.object(&it)
			for e.Next() {
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

// refund reads an element of refunds.
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
