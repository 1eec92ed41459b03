package cloudapitest

import "slices"

// What people do in WhatsApp Manager and the security centre, and no call of the API does.

// ClearPIN switches two-step verification of the number off, as its owner does before
// another provider takes it over.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/two-step-verification
// (checked 2026-06-28)
func (n *Number) ClearPIN() {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if n.pin == "" {
		return
	}
	n.pin, n.pinFails, n.pinLocked = "", 0, 0
	w.emitSecurity(n, "PIN_REQUEST_SUCCESS")
}

// Delete takes the number out of its account. The API does not know its id any more.
func (n *Number) Delete() {
	w := n.w
	w.mu.Lock()
	defer w.mu.Unlock()
	n.registered, n.status = false, "DELETED"
	n.account.numbers = slices.DeleteFunc(n.account.numbers, func(o *Number) bool { return o == n })
	delete(w.numbers, n.ID)
}

// SetVerification changes how far business verification is: "verified", "not_verified",
// "pending", "pending_need_more_info", "rejected" and whatever else Meta may say. Only a
// verified business may have 20 numbers at once.
func (p *Portfolio) SetVerification(status string) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.proven, p.verified = status == "verified", status
}
