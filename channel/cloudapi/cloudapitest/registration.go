package cloudapitest

import "time"

// addNumberCall answers POST /{waba-id}/phone_numbers.
func addNumberCall(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	cc := f.text("cc", 0, 3) + f.text("country_code", 0, 3)
	phone := digitsOnly(f.text("phone_number", 1, 20))
	name := f.text("verified_name", 0, 75)
	migrate := f.get("migrate_phone_number")
	f.get("preverified_id")
	f.done()
	if k.err != nil {
		return k.err
	}
	// Meta's guide calls it cc, clients also send country_code: both are taken.
	if cc == "" {
		return fail(131008, "The parameter cc is required.")
	}
	if digitsOnly(cc) != cc || len(cc+phone) < 7 || len(cc+phone) > 15 {
		return badParam("Param phone_number is not a valid phone number.")
	}
	if len(c.target.account.numbers) >= c.target.account.Portfolio.numberLimit() {
		return badParam("The account has reached its limit of " + itoa(c.target.account.Portfolio.numberLimit()) + " phone numbers.")
	}
	moving := migrate.isTrue() || migrate.text == "true"
	if old := c.numberByPhone(cc + phone); old != nil {
		switch {
		case old.account == c.target.account || !moving:
			return fail(2388012, "The phone number is already registered to an account.")
		// The old provider must switch two-step verification off first.
		case old.pin != "":
			return fail(2388001, "Two-step verification must be switched off before a number is migrated.")
		}
		if why := old.cannotMigrate(c.target.account); why != "" {
			return fail(2388103, why)
		}
		old.status, old.registered = "MIGRATED", false
		n := c.target.account.addNumber(NumberConfig{Phone: cc + phone, Name: old.name, Unverified: true, OBA: old.oba})
		n.quality = "UNKNOWN" // for a day
		c.out.obj(func() { c.out.key("id").str(n.ID) })
		return nil
	}
	n := c.target.account.addNumber(NumberConfig{Phone: cc + phone, Name: name, Unverified: true})
	n.nameStatus = "PENDING_REVIEW"
	c.out.obj(func() { c.out.key("id").str(n.ID) })
	return nil
}

// cannotMigrate says why the number cannot move to an account, "" if it can. Its name,
// quality and badge move along.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/solution-providers/support/migrating-phone-numbers-among-solution-partners-programmatically
// (checked 2026-09-11)
func (n *Number) cannotMigrate(to *Account) string {
	switch {
	case !n.registered:
		return "The phone number must be registered in its present account."
	case n.nameStatus != "APPROVED" || n.newName != "":
		return "The display name must be approved, and no change of it under review."
	case n.coexistence, n.sandbox:
		return "Numbers of the app and test numbers cannot be migrated."
	case to.unpaid:
		return "The account that takes the number needs a payment method."
	}
	return ""
}

// codeLife is how long a verification code works; Meta does not publish it, ten
// minutes is what its messages say.
const codeLife = 10 * time.Minute

// requestCode answers POST /{phone-number-id}/request_code.
func requestCode(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("code_method", true, "SMS", "VOICE")
	f.text("language", 1, 10)
	f.done()
	switch {
	case k.err != nil:
		return k.err
	case n.verified:
		return fail(136024, "The phone number is already verified.")
	}
	if ge := c.countCode(n); ge != nil {
		return ge
	}
	// Read it with Number.Code, as the owner of the phone would.
	n.code = digitsOnly(c.randomHex("code", 40) + "000000")[:6]
	n.codeEnds, n.codeTries = c.at+int64(codeLife), 0
	return c.success()
}

// How many codes may be asked for, how long the rest is after too many, and how often a
// code may be guessed, is not published; the rest of an hour was seen in recorded traffic.
const (
	codesInHour = 5
	codeTries   = 5
)

// countCode applies the limit on codes. The refusal has the code of a number that is
// verified already, and a subcode that tells them apart.
func (c *call) countCode(n *Number) *graphError {
	kept := n.codes[:0]
	for _, at := range n.codes {
		if c.at-at < int64(time.Hour) {
			kept = append(kept, at)
		}
	}
	n.codes = kept
	if len(kept) >= codesInHour {
		c.note(RuleCodeLoop, "more than 5 verification codes were asked for within an hour")
		return tooManyCodes("Request code error", "Request code failed: please try again in an hour.")
	}
	n.codes = append(n.codes, c.at)
	return nil
}

// tooManyCodes is the refusal of a number that has to rest.
func tooManyCodes(title, text string) *graphError {
	return &graphError{status: 400, code: 136024, subcode: 2388091, title: title, userTitle: title, userText: text}
}

// Code returns the verification code last sent to the number by SMS or voice, ""
// if none is valid.
func (n *Number) Code() string {
	n.w.mu.Lock()
	defer n.w.mu.Unlock()
	if n.w.now() >= n.codeEnds {
		return ""
	}
	return n.code
}

// verifyCode answers POST /{phone-number-id}/verify_code. A code works once.
func verifyCode(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	code := f.text("code", 6, 6)
	f.done()
	switch {
	case k.err != nil:
		return k.err
	case n.verified:
		return fail(136024, "The phone number is already verified.")
	case n.codeTries >= codeTries:
		return tooManyCodes("Verify code error", "The code was wrong too often: request another one.")
	case n.code == "" || c.at >= n.codeEnds || code != n.code:
		n.codeTries++
		return fail(136025, "The code is wrong or has expired.")
	}
	n.verified, n.code = true, ""
	return c.success()
}

// registersIn72h is the limit on register and deregister together.
const registersIn72h = 10

// countRegister applies the limit on register and deregister together.
func (c *call) countRegister(n *Number) *graphError {
	kept := n.registers[:0]
	for _, at := range n.registers {
		if c.at-at < int64(72*time.Hour) {
			kept = append(kept, at)
		}
	}
	n.registers = kept
	if len(kept) >= registersIn72h {
		c.note(RuleRegisterLoop, "register and deregister were called more than 10 times in 72 hours")
		return fail(133016, "Too many calls of register and deregister; wait up to 72 hours.")
	}
	n.registers = append(n.registers, c.at)
	return nil
}

// register answers POST /{phone-number-id}/register. The PIN is that of two-step
// verification, or becomes it.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
// (checked 2026-09-11)
func register(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	pin := f.pin("pin")
	f.text("data_localization_region", 0, 2)
	f.done()
	if k.err != nil {
		return k.err
	}
	if ge := c.countRegister(n); ge != nil {
		return ge
	}
	// Whoever has the number in the WhatsApp app keeps it until the account there is deleted.
	if holder := c.phones[n.Phone]; holder != nil {
		return &graphError{
			status: 400, code: 100, subcode: 2388001, title: "Invalid parameter", userTitle: "Cannot Create Certificate",
			userText: "This number is in use in a WhatsApp account. Delete that account, wait three minutes and try again.",
		}
	}
	if !n.verified {
		return fail(133006, "The phone number must be verified before it is registered.")
	}
	// A number without a PIN takes the one given as its new one.
	if n.pin != "" {
		if ge := c.guessPIN(n, pin); ge != nil {
			return ge
		}
	}
	n.pin, n.registered, n.status = pin, true, "CONNECTED"
	n.extra.onboarded = c.at
	return c.success()
}

// pin reads a six-digit PIN.
func (f *fields) pin(key string) string {
	pin := f.text(key, 6, 6)
	if digitsOnly(pin) != pin {
		f.reject(fail(131009, "Param "+f.at(key)+" must be six digits."))
	}
	return pin
}

// guessPIN checks a PIN and locks the number after five wrong ones.
func (c *call) guessPIN(n *Number, pin string) *graphError {
	if c.at < n.pinLocked {
		c.note(RulePINGuessing, "a wrong two-step PIN was tried on after the lock-out")
		return fail(133008, "Too many wrong PINs; try again in "+(time.Duration(n.pinLocked-c.at)).Round(time.Second).String()+".")
	}
	if pin == n.pin {
		n.pinFails = 0
		return nil
	}
	// How many guesses are free and for how long the lock holds is not published.
	if n.pinFails++; n.pinFails >= 5 {
		n.pinFails, n.pinLocked = 0, c.at+int64(12*time.Hour)
	}
	return fail(133005, "The PIN does not match that of two-step verification.")
}

// deregister answers POST /{phone-number-id}/deregister. It does not delete the number.
func deregister(c *call) *graphError {
	n := c.target.number
	if ge := c.countRegister(n); ge != nil {
		return ge
	}
	// The phone app owns the registration then.
	if n.coexistence {
		return fail(100, "A number in use in the WhatsApp Business app cannot be deregistered.")
	}
	n.registered, n.status = false, "DISCONNECTED"
	return c.success()
}

// changeNumber answers POST /{phone-number-id}: PIN, display name or webhook
// override.
func changeNumber(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", false, "whatsapp")
	pin, name := "", ""
	if f.has("pin") {
		pin = f.pin("pin")
	}
	if f.has("new_display_name") {
		name = f.text("new_display_name", 2, 75)
	}
	hasHook, uri, verify := f.has("webhook_configuration"), "", ""
	if hasHook {
		o := f.child("webhook_configuration")
		uri, verify = o.text("override_callback_uri", 0, 200), o.text("verify_token", 0, 0)
		o.done()
	}
	f.done()
	switch {
	case k.err != nil:
		return k.err
	// Three unrelated things share this edge.
	case pin == "" && name == "" && !hasHook:
		return badParam("Nothing to change.")
	case hasHook && uri != "":
		if ge := c.checkOverride(uri, verify); ge != nil {
			return ge
		}
	}
	if hasHook {
		n.callback = uri
	}
	if pin != "" {
		n.pin = pin
		c.emitSecurity(n, "PIN_CHANGED")
	}
	if name != "" {
		n.newName = name
	}
	return c.success()
}

// checkOverride performs the handshake with an override URL. It must let go of the
// lock for that: the receiver may call back.
func (c *call) checkOverride(uri, verify string) *graphError {
	if verify == "" {
		return fail(131008, "The parameter verify_token is required.")
	}
	// The receiver may call Graph from inside its handler.
	c.mu.Unlock()
	err := c.handshake(c.ctx, uri, verify)
	c.mu.Lock()
	if err != nil {
		return &graphError{status: 400, code: 2200, title: "Callback verification failed"}
	}
	return nil
}
