package cloudapitest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// accountFields are the fields of a WABA a client may ask for.
var accountFields = map[string]func(a *Account, e *enc){
	"id":                           func(a *Account, e *enc) { e.str(a.ID) },
	"name":                         func(a *Account, e *enc) { e.str(a.Name) },
	"currency":                     func(a *Account, e *enc) { e.str(a.currency) },
	"timezone_id":                  func(a *Account, e *enc) { e.str(a.timezone()) },
	"country":                      func(_ *Account, e *enc) { e.str("US") },
	"account_review_status":        func(a *Account, e *enc) { e.str(cmp.Or(a.reviewed, "APPROVED")) },
	"business_verification_status": func(a *Account, e *enc) { e.str(a.Portfolio.verification()) },
	"ownership_type":               func(_ *Account, e *enc) { e.str("SELF") },
	"status": func(a *Account, e *enc) {
		if a.blocked != 0 {
			e.str("RESTRICTED")
		} else {
			e.str("ACTIVE")
		}
	},
	"message_template_namespace": func(a *Account, e *enc) { e.str("ns_" + a.ID) },
	"primary_funding_id": func(a *Account, e *enc) {
		if a.unpaid {
			e.str("")
		} else {
			e.str(a.fundingID())
		}
	},
	"linked_commerce_account":   func(_ *Account, e *enc) { e.obj(func() {}) },
	"purchase_order_number":     func(_ *Account, e *enc) { e.str("") },
	"primary_business_location": func(_ *Account, e *enc) { e.str("US") },
	"is_shared_with_partners":   func(_ *Account, e *enc) { e.bool(false) },
	"messaging_account_id":      func(a *Account, e *enc) { e.str(a.ID) },
	"creation_time":             func(a *Account, e *enc) { e.num(a.made / 1e9) },
	"auth_international_rate_eligibility": func(_ *Account, e *enc) {
		e.obj(func() {
			e.key("start_time").num(0)
			e.key("exception_countries").arr(func() {})
		})
	},
	"owner_business":           func(a *Account, e *enc) { a.Portfolio.brief(e) },
	"disable_info":             func(_ *Account, e *enc) { e.obj(func() {}) },
	"violation_info":           func(_ *Account, e *enc) { e.obj(func() {}) },
	"template_analytics":       func(_ *Account, e *enc) { emptyPoints(e) },
	"template_group_analytics": func(_ *Account, e *enc) { emptyPoints(e) },
	"is_enabled_for_insights":  func(a *Account, e *enc) { e.bool(a.insights) },
	"marketing_messages_lite_api_status": func(_ *Account, e *enc) {
		e.str("ONBOARDED")
	},
	"marketing_messages_onboarding_status": func(_ *Account, e *enc) { e.str("ONBOARDED") },
	"owner_business_info":                  func(a *Account, e *enc) { a.Portfolio.brief(e) },
	"on_behalf_of_business_info": func(a *Account, e *enc) {
		e.obj(func() {
			e.key("name").str(a.Portfolio.Name)
			e.key("id").str(a.Portfolio.ID)
			e.key("status").str("APPROVED")
			e.key("type").str("SELF")
		})
	},
	"whatsapp_business_manager_messaging_limit": func(a *Account, e *enc) { e.str(a.Portfolio.tier()) },
	"health_status": func(a *Account, e *enc) {
		e.obj(func() {
			state := "AVAILABLE"
			if a.blocked != 0 {
				state = "BLOCKED"
			}
			e.key("can_send_message").str(state)
			e.key("entities").arr(func() {
				e.obj(func() {
					e.key("entity_type").str("WABA")
					e.key("id").str(a.ID)
					e.key("can_send_message").str(state)
				})
			})
		})
	},
	"analytics":              func(a *Account, e *enc) { a.analytics(e) },
	"conversation_analytics": func(_ *Account, e *enc) { emptyPoints(e) },
	"pricing_analytics":      func(a *Account, e *enc) { a.pricing(e) },
	"call_analytics":         func(_ *Account, e *enc) { emptyPoints(e) },
	"group_analytics":        func(_ *Account, e *enc) { emptyPoints(e) },
}

// brief writes the business where another object mentions it.
func (p *Portfolio) brief(e *enc) {
	e.obj(func() {
		e.key("name").str(p.Name)
		e.key("id").str(p.ID)
	})
}

// since writes when the business came to be.
func (p *Portfolio) since(e *enc) { e.str(graphTime(p.made)) }

// graphTime writes a moment, in Unix nanoseconds, as Graph does in fields.
func graphTime(at int64) string { return time.Unix(0, at).UTC().Format("2006-01-02T15:04:05-0700") }

// timezone is Graph's number of a time zone; only a few have one here.
func (a *Account) timezone() string {
	return cmp.Or(timezoneIDs[a.location.String()], "0")
}

// timezoneIDs are Graph's numbers of time zones.
// https://developers.facebook.com/docs/marketing-api/reference/ad-account/timezone-ids
// (checked 2026-11-29)
var timezoneIDs = map[string]string{
	"UTC": "0", "America/Los_Angeles": "1", "America/Denver": "2", "America/Chicago": "6", "America/New_York": "7",
	"America/Sao_Paulo": "25", "Europe/Berlin": "47", "Europe/Madrid": "54", "Europe/Helsinki": "56", "Europe/Paris": "57",
	"Europe/London": "58", "Asia/Kolkata": "71",
}

// getAccount answers GET /{waba-id}. Analytics are fields of the account, which is
// how Graph has it.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/analytics
// (checked 2026-02-15)
func getAccount(c *call) *graphError {
	return getFields(c, c.target.account, accountFields, "id,name,currency,timezone_id,message_template_namespace")
}

// setAccount answers POST /{waba-id}. The one thing it can change, insights, cannot be
// switched off again.
func setAccount(c *call) *graphError {
	a := c.target.account
	// Insights can only be switched on.
	if !c.body.at("is_enabled_for_insights").isTrue() {
		return badParam("Nothing to change.")
	}
	a.insights = true
	c.out.obj(func() { c.out.key("id").str(a.ID) })
	return nil
}

// tally counts an account's messages of one day for analytics.
type tally struct {
	sent, delivered int
	priced          map[priceKey]int // delivered
}

type priceKey struct{ category, kind string }

// day returns the tally of the UTC day of a time.
func (a *Account) day(at int64) *tally {
	day := at / int64(24*time.Hour)
	if a.tallies == nil {
		a.tallies = make(map[int64]*tally)
	}
	t := a.tallies[day]
	if t == nil {
		t = &tally{priced: make(map[priceKey]int)}
		a.tallies[day] = t
	}
	return t
}

// days lists the days with messages, oldest first.
func (a *Account) days() []int64 {
	return slices.Sorted(maps.Keys(a.tallies))
}

const daySeconds = 24 * 3600

// analytics writes messages sent and delivered by day; the world does not apply
// start, end and granularity.
func (a *Account) analytics(e *enc) {
	e.obj(func() {
		e.key("phone_numbers").arr(func() {
			for _, n := range a.numbers {
				e.str(n.Phone)
			}
		})
		e.key("granularity").str("DAY")
		e.key("data_points").arr(func() {
			for _, d := range a.days() {
				e.obj(func() {
					e.key("start").num(d * daySeconds)
					e.key("end").num((d + 1) * daySeconds)
					e.key("sent").num(int64(a.tallies[d].sent))
					e.key("delivered").num(int64(a.tallies[d].delivered))
				})
			}
		})
	})
}

// pricing writes delivered messages by day, category and price. It has no COST: that
// is what Meta leaves out when a partner pays, and the world knows no rates.
func (a *Account) pricing(e *enc) {
	e.obj(func() {
		e.key("data").arr(func() {
			e.obj(func() {
				e.key("data_points").arr(func() {
					for _, d := range a.days() {
						t := a.tallies[d]
						keys := slices.SortedFunc(maps.Keys(t.priced), func(a, b priceKey) int {
							return cmp.Or(strings.Compare(a.category, b.category), strings.Compare(a.kind, b.kind))
						})
						for _, k := range keys {
							e.obj(func() {
								e.key("start").num(d * daySeconds)
								e.key("end").num((d + 1) * daySeconds)
								e.key("pricing_category").str(strings.ToUpper(k.category))
								e.key("pricing_type").str(strings.ToUpper(k.kind))
								e.key("volume").num(int64(t.priced[k]))
							})
						}
					}
				})
			})
		})
	})
}

// emptyPoints writes the answer for figures the world does not count.
func emptyPoints(e *enc) {
	e.obj(func() {
		e.key("data").arr(func() {
			e.obj(func() { e.key("data_points").arr(func() {}) })
		})
	})
}

// templateAnalytics answers GET /{waba-id}/template_analytics.
func templateAnalytics(c *call) *graphError {
	if !c.target.account.insights {
		return fail(200007, "Template insights are not enabled for the account.")
	}
	if c.param("template_ids") == "" {
		return badParam("The parameter template_ids is required.")
	}
	return c.list(0, nil)
}

// subscribeApp answers POST /{waba-id}/subscribed_apps: it subscribes the token's
// app and sets or, without parameters, clears the callback override.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
// (checked 2026-06-28)
func subscribeApp(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	uri, verify := f.text("override_callback_uri", 0, 200), f.text("verify_token", 0, 0)
	f.done()
	if k.err != nil {
		return k.err
	}
	if uri != "" {
		// The URL must prove itself before anything changes.
		if ge := c.checkOverride(uri, verify); ge != nil {
			return ge
		}
	}
	c.target.account.subscribe(c.token.app).override = uri
	return c.success()
}

// listSubscriptions answers GET /{waba-id}/subscribed_apps: every app, not only the
// token's own.
func listSubscriptions(c *call) *graphError {
	subs := c.target.account.subs
	return c.list(len(subs), func(e *enc, i int) {
		e.obj(func() {
			e.key("whatsapp_business_api_data").obj(func() {
				e.key("id").str(subs[i].app.ID)
				e.key("link").str("https://www.facebook.com/games/?app_id=" + subs[i].app.ID)
				e.key("name").str(subs[i].app.Name)
			})
			e.opt("override_callback_uri", subs[i].override)
		})
	})
}

// unsubscribeApp answers DELETE /{waba-id}/subscribed_apps for the token's app.
func unsubscribeApp(c *call) *graphError {
	a := c.target.account
	a.subs = slices.DeleteFunc(a.subs, func(s *subscription) bool { return s.app == c.token.app })
	return c.success()
}

// listAccounts answers GET /{business-id}/owned_whatsapp_business_accounts, as far as
// the token reaches.
func listAccounts(c *call) *graphError {
	var found []*Account
	for _, a := range c.accountsInOrder() {
		if a.Portfolio == c.target.portfolio && c.token.reaches(a) {
			found = append(found, a)
		}
	}
	return listFields(c, found, accountFields, "id,name,currency,timezone_id,message_template_namespace")
}

// listNone answers lists that are always empty here, such as the accounts of clients.
func listNone(c *call) *graphError { return c.list(0, nil) }

// portfolioFields are the fields of a business a client may ask for.
var portfolioFields = map[string]func(p *Portfolio, e *enc){
	"id":                  func(p *Portfolio, e *enc) { e.str(p.ID) },
	"name":                func(p *Portfolio, e *enc) { e.str(p.Name) },
	"verification_status": func(p *Portfolio, e *enc) { e.str(p.verification()) },
	"link":                func(p *Portfolio, e *enc) { e.str("https://business.facebook.com/" + p.ID) },
	"vertical":            func(_ *Portfolio, e *enc) { e.str("OTHER") },
	"timezone_id":         func(_ *Portfolio, e *enc) { e.num(0) },
	"is_hidden":           func(_ *Portfolio, e *enc) { e.bool(false) },
	"created_time":        func(p *Portfolio, e *enc) { p.since(e) },
	"updated_time":        func(p *Portfolio, e *enc) { p.since(e) },
	"created_by":          func(p *Portfolio, e *enc) { p.brief(e) },
	"updated_by":          func(p *Portfolio, e *enc) { p.brief(e) },
	"profile_picture_uri": func(p *Portfolio, e *enc) { e.str("https://business.facebook.com/picture/" + p.ID) },
	"two_factor_type":     func(_ *Portfolio, e *enc) { e.str("none") },
	"vertical_id":         func(_ *Portfolio, e *enc) { e.num(0) },
	"payment_account_id":  func(_ *Portfolio, e *enc) { e.str("") },
	"primary_page":        func(_ *Portfolio, e *enc) { e.obj(func() {}) },
	"marketing_messages_onboarding_status": func(_ *Portfolio, e *enc) {
		e.obj(func() { e.key("status").str("ONBOARDED") })
	},
	"block_offline_analytics":                   func(_ *Portfolio, e *enc) { e.bool(false) },
	"user_access_expire_time":                   func(_ *Portfolio, e *enc) { e.str("") },
	"extended_updated_time":                     func(p *Portfolio, e *enc) { p.since(e) },
	"whatsapp_business_manager_messaging_limit": func(p *Portfolio, e *enc) { e.str(p.tier()) },
}

// getPortfolio answers GET /{business-id}.
func getPortfolio(c *call) *graphError {
	return getFields(c, c.target.portfolio, portfolioFields, "name")
}
