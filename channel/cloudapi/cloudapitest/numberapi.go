package cloudapitest

import (
	"encoding/base64"
	"slices"
	"strings"
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
		e.str(graphTime(n.extra.onboarded))
	},
	"search_visibility":                          func(_ *Number, e *enc) { e.str("VISIBLE") },
	"eligibility_for_api_business_global_search": func(_ *Number, e *enc) { e.str("NON_ELIGIBLE_UNDEFINED_COUNTRY") },
	"certificate":                                func(n *Number, e *enc) { e.str(n.certificate(n.name)) },
	"new_certificate":                            func(n *Number, e *enc) { e.str(n.certificate(n.newName)) },
	"primary_business_location":                  func(n *Number, e *enc) { e.str(n.country()) },
	"business_verification_status":               func(n *Number, e *enc) { e.str(n.account.Portfolio.verification()) },
	"is_calling_enabled":                         func(n *Number, e *enc) { e.bool(n.extra.calling) },
	"messaging_account_id":                       func(n *Number, e *enc) { e.str(n.account.ID) },
	"owner_business_info":                        func(n *Number, e *enc) { n.account.Portfolio.brief(e) },
	"country_code":                               func(n *Number, e *enc) { e.str(n.country()) },
	"country_dial_code":                          func(n *Number, e *enc) { _, code := countryOf(n.Phone); e.str(code) },
	"ad_account_id":                              func(_ *Number, e *enc) { e.str("") },
	"username":                                   func(n *Number, e *enc) { e.str(n.extra.username) },
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

// certificate is what a display name is registered with: empty without a name, and no
// secret here.
func (n *Number) certificate(name string) string {
	if name == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte("certificate of " + n.ID + " for " + name))
}

// country is the ISO 3166 code of the number.
func (n *Number) country() string {
	country, _ := countryOf(n.Phone)
	return country
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

// health writes health_status: the number, its account and its business, each with the
// reason if it blocks sending.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status
// (checked 2026-09-11)
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

// getNumber answers GET /{phone-number-id}.
func getNumber(c *call) *graphError {
	return getFields(c, c.target.number, numberFields, numberDefaults)
}

// listNumbers answers GET /{waba-id}/phone_numbers, newest first unless sort asks
// for the other way.
func listNumbers(c *call) *graphError {
	// The default order is newest first.
	found := slices.Clone(c.target.account.numbers)
	if !strings.Contains(c.param("sort"), "ascending") {
		slices.Reverse(found)
	}
	for _, mode := range []string{"SANDBOX", "LIVE"} {
		if f := c.param("filtering"); strings.Contains(f, "account_mode") && strings.Contains(f, mode) {
			found = slices.DeleteFunc(found, func(n *Number) bool { return n.sandbox != (mode == "SANDBOX") })
		}
	}
	return listFields(c, found, numberFields, numberDefaults)
}
