package cloudapitest

import (
	"slices"
	"strings"
	"time"
)

// numberExtra is what a number has beside its ability to send.
type numberExtra struct {
	welcome    bool // enable_welcome_message
	calling    bool
	profile    map[string]string
	websites   []string
	automation node            // conversational_automation as posted
	settings   map[string]node // settings by their key
	compliance node            // business_compliance_info
	commerce   map[string]bool // is_cart_enabled, is_catalog_visible
	username   string
	publicKey  string // whatsapp_business_encryption
	oba        string // official_business_account status
	blocked    []*User
	codes      []qrCode
	synced     map[string]bool // smb_app_data requests made
	onboarded  int64
}

// numberFields are the fields of a number a client may ask for.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
// (checked 2026-09-11)
var numberFields = map[string]func(n *Number, e *enc){
	"id":                   func(n *Number, e *enc) { e.str(n.ID) },
	"display_phone_number": func(n *Number, e *enc) { e.str("+" + n.Phone) },
	"verified_name":        func(n *Number, e *enc) { e.str(n.name) },
	"name_status":          func(n *Number, e *enc) { e.str(n.nameStatus) },
	"new_display_name":     func(n *Number, e *enc) { e.str(n.newName) },
	"new_name_status": func(n *Number, e *enc) {
		if n.newName == "" {
			e.str("NONE")
		} else {
			e.str("PENDING_REVIEW")
		}
	},
	"code_verification_status": func(n *Number, e *enc) {
		if n.verified {
			e.str("VERIFIED")
		} else {
			e.str("NOT_VERIFIED")
		}
	},
	"quality_rating": func(n *Number, e *enc) { e.str(n.quality) },
	"quality_score":  func(n *Number, e *enc) { e.obj(func() { e.key("score").str(n.quality) }) },
	"status":         func(n *Number, e *enc) { e.str(n.status) },
	"throughput": func(n *Number, e *enc) {
		e.obj(func() {
			switch {
			case !n.registered:
				e.key("level").str("NOT_APPLICABLE")
			case n.rate >= 1000:
				e.key("level").str("HIGH")
			default:
				e.key("level").str("STANDARD")
			}
		})
	},
	"platform_type": func(n *Number, e *enc) {
		if n.registered {
			e.str("CLOUD_API")
		} else {
			e.str("NOT_APPLICABLE")
		}
	},
	"account_mode": func(n *Number, e *enc) {
		if n.sandbox {
			e.str("SANDBOX")
		} else {
			e.str("LIVE")
		}
	},
	"whatsapp_business_manager_messaging_limit": func(n *Number, e *enc) { e.str(n.account.Portfolio.tier()) },
	"messaging_limit_tier":                      func(n *Number, e *enc) { e.str(n.account.Portfolio.tier()) },
	"is_on_biz_app":                             func(n *Number, e *enc) { e.bool(n.coexistence) },
	"is_official_business_account":              func(n *Number, e *enc) { e.bool(n.oba) },
	"is_pin_enabled":                            func(n *Number, e *enc) { e.bool(n.pin != "") },
	"is_preverified_number":                     func(_ *Number, e *enc) { e.bool(false) },
	"last_onboarded_time": func(n *Number, e *enc) {
		e.str(time.Unix(0, n.extra.onboarded).UTC().Format("2006-01-02T15:04:05-0700"))
	},
	"search_visibility": func(_ *Number, e *enc) { e.str("VISIBLE") },
	"certificate":       func(_ *Number, e *enc) { e.str("") },
	"country_code":      func(n *Number, e *enc) { country, _ := countryOf(n.Phone); e.str(country) },
	"country_dial_code": func(n *Number, e *enc) { _, code := countryOf(n.Phone); e.str(code) },
	"username":          func(n *Number, e *enc) { e.str(n.extra.username) },
	"conversational_automation": func(n *Number, e *enc) {
		if n.extra.automation.kind == jsonAbsent {
			e.obj(func() { e.key("id").str(n.ID) })
			return
		}
		e.node(&n.extra.automation)
	},
	"official_business_account": func(n *Number, e *enc) {
		e.obj(func() {
			switch {
			case n.oba:
				e.key("oba_status").str("APPROVED")
			case n.extra.oba != "":
				e.key("oba_status").str(n.extra.oba)
			default:
				e.key("oba_status").str("NOT_STARTED")
			}
		})
	},
	"webhook_configuration": func(n *Number, e *enc) {
		e.obj(func() {
			for _, s := range n.account.subs {
				e.opt("application", s.app.callback)
				e.opt("whatsapp_business_account", s.override)
				break
			}
			e.opt("phone_number", n.callback)
		})
	},
	"health_status": func(n *Number, e *enc) { n.health(e) },
}

// tier is the API's word for the portfolio's messaging limit.
func (p *Portfolio) tier() string {
	switch {
	case p.limit < 0:
		return "TIER_UNLIMITED"
	case p.limit >= 100_000:
		return "TIER_100K"
	case p.limit >= 10_000:
		return "TIER_10K"
	case p.limit >= 2_000:
		return "TIER_2K"
	}
	return "TIER_250"
}

func (n *Number) health(e *enc) {
	verdict := func(bad bool) string {
		if bad {
			return "BLOCKED"
		}
		return "AVAILABLE"
	}
	numberBad := !n.registered || n.status != "CONNECTED"
	accountBad := n.account.blocked != 0
	e.obj(func() {
		e.key("can_send_message").str(verdict(numberBad || accountBad))
		e.key("entities").arr(func() {
			entity := func(kind, id string, bad bool, code int, why string) {
				e.obj(func() {
					e.key("entity_type").str(kind)
					e.key("id").str(id)
					e.key("can_send_message").str(verdict(bad))
					if bad {
						e.key("errors").arr(func() {
							e.obj(func() {
								e.key("error_code").num(int64(code))
								e.key("error_description").str(why)
								e.key("possible_solution").str("See the error code.")
							})
						})
					}
				})
			}
			entity("PHONE_NUMBER", n.ID, numberBad, 141000, "The phone number cannot send messages.")
			entity("WABA", n.account.ID, accountBad, 141010, "The account is restricted.")
			entity("BUSINESS", n.account.Portfolio.ID, false, 0, "")
		})
	})
}

const numberDefaults = "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput,last_onboarded_time,webhook_configuration"

func getNumber(c *call) *graphError {
	return getFields(c, c.target.number, numberFields, numberDefaults)
}

// listNumbers answers GET /{waba-id}/phone_numbers, newest first unless sort asks
// for the other way.
func listNumbers(c *call) *graphError {
	found := slices.Clone(c.target.account.numbers)
	if !strings.Contains(c.query.Get("sort"), "ascending") {
		slices.Reverse(found)
	}
	for _, mode := range []string{"SANDBOX", "LIVE"} {
		if f := c.query.Get("filtering"); strings.Contains(f, "account_mode") && strings.Contains(f, mode) {
			found = slices.DeleteFunc(found, func(n *Number) bool { return n.sandbox != (mode == "SANDBOX") })
		}
	}
	return listFields(c, found, numberFields, numberDefaults)
}

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
	if cc == "" {
		return fail(131008, "The parameter cc is required.")
	}
	if digitsOnly(cc) != cc || len(cc+phone) < 7 || len(cc+phone) > 15 {
		return badParam("Param phone_number is not a valid phone number.")
	}
	moving := migrate.isTrue() || migrate.text == "true"
	if old := c.numberByPhone(cc + phone); old != nil {
		switch {
		case old.account == c.target.account || !moving:
			return fail(2388012, "The phone number is already registered to an account.")
		case old.pin != "":
			return fail(2388001, "Two-step verification must be switched off before a number is migrated.")
		}
		old.status = "MIGRATED"
	}
	n := c.target.account.addNumber(NumberConfig{Phone: cc + phone, Name: name, Unverified: true})
	n.nameStatus = "PENDING_REVIEW"
	c.out.obj(func() { c.out.key("id").str(n.ID) })
	return nil
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
	n.code = digitsOnly(c.randomHex("code", 40) + "000000")[:6]
	n.codeEnds = c.at + int64(codeLife)
	return c.success()
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
	case n.code == "" || c.at >= n.codeEnds || code != n.code:
		return fail(136025, "The code is wrong or has expired.")
	}
	n.verified, n.code = true, ""
	return c.success()
}

// registersIn72h is the limit on register and deregister together.
const registersIn72h = 10

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
	if !n.verified {
		return fail(133006, "The phone number must be verified before it is registered.")
	}
	if n.pin != "" {
		if ge := c.guessPIN(n, pin); ge != nil {
			return ge
		}
	}
	n.pin, n.registered, n.status = pin, true, "CONNECTED"
	n.extra.onboarded = c.at
	return c.success()
}

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
	if n.pinFails++; n.pinFails >= 5 {
		n.pinFails, n.pinLocked = 0, c.at+int64(12*time.Hour)
	}
	return fail(133005, "The PIN does not match that of two-step verification.")
}

func deregister(c *call) *graphError {
	n := c.target.number
	if ge := c.countRegister(n); ge != nil {
		return ge
	}
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
	c.mu.Unlock()
	err := c.handshake(c.ctx, uri, verify)
	c.mu.Lock()
	if err != nil {
		return &graphError{status: 400, code: 2200, title: "Callback verification failed"}
	}
	return nil
}
