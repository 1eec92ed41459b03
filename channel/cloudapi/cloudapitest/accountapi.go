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
	"timezone_id":                  func(_ *Account, e *enc) { e.str("1") },
	"country":                      func(_ *Account, e *enc) { e.str("US") },
	"account_review_status":        func(_ *Account, e *enc) { e.str("APPROVED") },
	"business_verification_status": func(_ *Account, e *enc) { e.str("verified") },
	"ownership_type":               func(_ *Account, e *enc) { e.str("SELF") },
	"status": func(a *Account, e *enc) {
		if a.blocked != 0 {
			e.str("RESTRICTED")
		} else {
			e.str("ACTIVE")
		}
	},
	"message_template_namespace": func(a *Account, e *enc) { e.str("ns_" + a.ID) },
	"primary_funding_id":         func(_ *Account, e *enc) { e.str("0") },
	"is_enabled_for_insights":    func(a *Account, e *enc) { e.bool(a.insights) },
	"marketing_messages_lite_api_status": func(_ *Account, e *enc) {
		e.str("ONBOARDED")
	},
	"marketing_messages_onboarding_status": func(_ *Account, e *enc) { e.str("ONBOARDED") },
	"owner_business_info": func(a *Account, e *enc) {
		e.obj(func() {
			e.key("name").str(a.Portfolio.Name)
			e.key("id").str(a.Portfolio.ID)
		})
	},
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
	v := c.body.at("is_enabled_for_insights").text
	if v == "" {
		v = c.query.Get("is_enabled_for_insights")
	}
	// Insights can only be switched on.
	if v != "true" {
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
	if c.query.Get("template_ids") == "" {
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

// assignedUsers answers the edge of the same name with an empty list: people in the
// business are not simulated.
func assignedUsers(c *call) *graphError {
	if c.method != "GET" {
		return c.success()
	}
	return c.list(0, nil)
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

// getPortfolio answers GET /{business-id}.
func getPortfolio(c *call) *graphError {
	p := c.target.portfolio
	c.out.obj(func() {
		c.out.key("id").str(p.ID)
		c.out.key("name").str(p.Name)
		if strings.Contains(c.query.Get("fields"), "whatsapp_business_manager_messaging_limit") {
			c.out.key("whatsapp_business_manager_messaging_limit").str(p.tier())
		}
	})
	return nil
}
