package cloudapitest

import "slices"

// appFields are the fields of an app a client may ask for.
var appFields = map[string]func(a *App, e *enc){
	"id":        func(a *App, e *enc) { e.str(a.ID) },
	"name":      func(a *App, e *enc) { e.str(a.Name) },
	"link":      func(a *App, e *enc) { e.str("https://www.facebook.com/games/?app_id=" + a.ID) },
	"category":  func(_ *App, e *enc) { e.str("Business") },
	"namespace": func(_ *App, e *enc) { e.str("") },
}

// getApp answers GET /{app-id}.
func getApp(c *call) *graphError { return getFields(c, c.target.app, appFields, "category,link,name") }

// getMe answers GET /me: the system user a token belongs to, or the app itself for an
// app token. GET /app is the app of any token.
func getMe(c *call) *graphError {
	for _, name := range splitFields(c.param("fields")) {
		if name != "name" {
			return noField("user", name)
		}
	}
	id, name := c.token.userID(), "System user of "+c.token.app.Name
	if c.token == c.appToken(c.token.app) {
		id, name = c.token.app.ID, c.token.app.Name
	}
	c.out.obj(func() {
		c.out.key("name").str(name)
		c.out.key("id").str(id)
	})
	return nil
}

// listBusinesses answers GET /me/businesses: the portfolios whose accounts the token reaches.
func listBusinesses(c *call) *graphError {
	var found []*Portfolio
	for _, a := range c.token.accounts {
		if !slices.Contains(found, a.Portfolio) {
			found = append(found, a.Portfolio)
		}
	}
	return listFields(c, found, portfolioFields, "id,name")
}

// listPermissions answers GET /me/permissions.
func listPermissions(c *call) *graphError {
	return c.list(len(c.token.scopes), func(e *enc, i int) {
		e.obj(func() {
			e.key("permission").str(c.token.scopes[i])
			e.key("status").str("granted")
		})
	})
}

// getOwnApp answers GET /app.
func getOwnApp(c *call) *graphError {
	return getFields(c, c.token.app, appFields, "category,link,name")
}

// userID is the id of the system user behind a token.
func (t *token) userID() string { return "10" + t.app.ID[min(2, len(t.app.ID)):] }

// webhookFields are the fields of webhooks about accounts.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
// (checked 2026-11-29)
var webhookFields = []string{
	"account_alerts", "account_review_update", "account_settings_update", "account_update", "automatic_events", "business_capability_update",
	"business_username_updates", "calls", "flows", "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update",
	"history", "message_template_components_update", "message_template_quality_update", "message_template_status_update", "messages", "messaging_handovers",
	"partner_solutions", "payment_configuration_update", "phone_number_name_update", "phone_number_quality_update", "security", "smb_app_state_sync",
	"smb_message_echoes", "standby", "template_category_update", "tracking_events", "user_id_update", "user_preferences",
}

// getSubscriptions answers GET /{app-id}/subscriptions, with the app's own token.
func getSubscriptions(c *call) *graphError {
	a := c.target.app
	if c.token != c.appToken(a) {
		return fail(200, "An app access token is required.")
	}
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			if a.callback == "" {
				return
			}
			c.out.obj(func() {
				c.out.key("object").str("whatsapp_business_account")
				c.out.key("callback_url").str(a.callback)
				c.out.key("active").bool(true)
				c.out.key("fields").arr(func() {
					fields := a.fields
					if len(fields) == 0 { // subscribed by the test: it gets everything
						fields = webhookFields
					}
					for _, name := range slices.Sorted(slices.Values(fields)) {
						c.out.obj(func() {
							c.out.key("name").str(name)
							c.out.key("version").str(c.version)
						})
					}
				})
			})
		})
	})
	return nil
}

// dropSubscriptions answers DELETE /{app-id}/subscriptions: the app has no callback URL
// any more.
func dropSubscriptions(c *call) *graphError {
	a := c.target.app
	if c.token != c.appToken(a) {
		return fail(200, "An app access token is required.")
	}
	a.callback, a.fields = "", nil
	return c.success()
}
