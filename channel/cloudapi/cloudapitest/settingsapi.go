package cloudapitest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// profileLimits are the longest values of the business profile, in characters.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/business-profiles
// (checked 2026-09-11)
var profileLimits = map[string]int{"about": 139, "address": 256, "description": 512, "email": 128}

const verticals = " OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT PROF_SERVICES " +
	"RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS "

// getProfile answers GET /{phone-number-id}/whatsapp_business_profile: a list of one,
// with nothing but the fields asked for.
func getProfile(c *call) *graphError {
	n := c.target.number
	known := []string{"about", "address", "description", "email", "profile_picture_url", "websites", "vertical"}
	asked := splitFields(c.param("fields"))
	for _, name := range asked {
		if name != "messaging_product" && !slices.Contains(known, name) {
			return noField("profile", name)
		}
	}
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			c.out.obj(func() {
				for _, name := range known {
					switch {
					case !slices.Contains(asked, name):
					case name == "websites":
						if len(n.extra.websites) > 0 {
							c.out.key(name).arr(func() {
								for _, s := range n.extra.websites {
									c.out.str(s)
								}
							})
						}
					default:
						c.out.opt(name, n.extra.profile[name])
					}
				}
				c.out.key("messaging_product").str("whatsapp")
			})
		})
	})
	return nil
}

// setProfile answers POST /{phone-number-id}/whatsapp_business_profile. What is not
// named stays; a list of websites replaces the old one.
func setProfile(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	set := make(map[string]string)
	for _, key := range slices.Sorted(maps.Keys(profileLimits)) {
		if f.has(key) {
			least := 0
			// The one field that cannot be cleared.
			if key == "about" {
				least = 1
			}
			set[key] = f.text(key, least, profileLimits[key])
		}
	}
	if v := f.text("vertical", 0, 0); v != "" {
		if !strings.Contains(verticals, " "+v+" ") {
			f.reject(fail(131009, "Param vertical is not one of the known values."))
		}
		set["vertical"] = v
	}
	if h := f.text("profile_picture_handle", 0, 0); h != "" {
		if !c.useHandle(h) {
			f.reject(fail(131009, "Param profile_picture_handle is not a handle of a finished upload."))
		}
		set["profile_picture_url"] = "https://pps.whatsapp.net/v/t61.24694-24/" + n.ID + ".jpg"
	}
	sites, hasSites := f.list("websites", 0, 2), f.has("websites")
	var websites []string
	for i := range sites {
		s := sites[i].val.text
		if sites[i].val.kind != jsonString || !webLink(s) || runes(s) > 256 {
			f.reject(fail(131009, "Param websites must hold URLs with scheme, at most 256 characters long."))
		}
		websites = append(websites, s)
	}
	f.done()
	if k.err != nil {
		return k.err
	}
	if n.extra.profile == nil {
		n.extra.profile = make(map[string]string)
	}
	maps.Copy(n.extra.profile, set)
	// An empty list takes the websites away.
	if hasSites {
		n.extra.websites = websites
	}
	return c.success()
}

// settingKeys are the objects of /settings.
var settingKeys = []string{"calling", "payload_encryption", "storage_configuration", "user_identity_change"}

// getSettings answers GET /{phone-number-id}/settings.
func getSettings(c *call) *graphError {
	n := c.target.number
	c.out.obj(func() {
		for _, key := range settingKeys {
			if v, ok := n.extra.settings[key]; ok {
				c.out.key(key).node(&v)
			} else if key == "storage_configuration" {
				c.out.key(key).obj(func() { c.out.key("status").str("DEFAULT") })
			}
		}
	})
	return nil
}

// setSettings answers POST /{phone-number-id}/settings. The objects are stored as they
// come: Meta's guide and its OpenAPI file disagree about their keys, so that a strict
// check would be a guess.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings
// (checked 2026-09-11)
func setSettings(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", false, "whatsapp")
	set := make(map[string]node)
	for _, key := range settingKeys {
		if f.has(key) {
			o := f.child(key)
			if o.n.kind == jsonObject {
				set[key] = *o.n
			}
		}
	}
	f.done()
	switch {
	case k.err != nil:
		return k.err
	case len(set) == 0:
		return badParam("Nothing to change.")
	}
	if s, ok := set["storage_configuration"]; ok && n.registered && s.at("status").text != "NO_STORAGE_ENABLED" {
		return badParam("Local storage can only be changed while the number is not registered.")
	}
	if n.extra.settings == nil {
		n.extra.settings = make(map[string]node)
	}
	maps.Copy(n.extra.settings, set)
	// The business is told of its own change, like everybody else.
	if v, ok := set["calling"]; ok {
		n.extra.calling = strings.EqualFold(v.at("status").text, "ENABLED")
		c.emit(&item{account: n.account, number: n, field: "account_settings_update", elem: members(func(e *enc) {
			e.obj(func() {
				e.key("messaging_product").str("whatsapp")
				e.key("timestamp").secs(c.at)
				e.key("type").str("phone_number_settings")
				e.key("phone_number_settings").obj(func() {
					e.key("phone_number_id").str(n.ID)
					e.key("calling").node(&v)
				})
			})
		})})
	}
	return c.success()
}

// getCompliance answers GET /{phone-number-id}/business_compliance_info.
func getCompliance(c *call) *graphError {
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			if v := &c.target.number.extra.compliance; v.kind == jsonObject {
				c.out.node(v)
			}
		})
	})
	return nil
}

// setCompliance answers the POST of the same edge, which is for India.
func setCompliance(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	f.text("entity_name", 2, 128)
	kind := f.oneOf("entity_type", true, "LIMITED_LIABILITY_PARTNERSHIP", "SOLE_PROPRIETORSHIP", "PARTNERSHIP", "PUBLIC_COMPANY", "PRIVATE_COMPANY", "OTHER")
	least := 0
	if kind == "OTHER" {
		least = 1
	}
	f.text("entity_type_custom", least, 128)
	f.flag("is_registered")
	f.get("grievance_officer_details")
	f.get("customer_care_details")
	f.done()
	if k.err != nil {
		return k.err
	}
	c.target.number.extra.compliance = c.body
	return c.success()
}

// setAutomation answers POST /{phone-number-id}/conversational_automation.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/conversational-components
// (checked 2026-09-11)
func setAutomation(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	welcome := f.flag("enable_welcome_message")
	prompts := f.list("prompts", 0, 4)
	for i := range prompts {
		if p := &prompts[i].val; p.kind != jsonString || runes(p.text) > 80 || hasEmoji(p.text) {
			f.reject(badParam("Prompts are strings of at most 80 characters without emoji."))
		}
	}
	commands := f.list("commands", 0, 30)
	for i := range commands {
		o := f.element("commands", commands, i)
		if name := o.text("command_name", 1, 32); hasEmoji(name + o.text("command_description", 1, 256)) {
			o.reject(badParam("Commands have no emoji."))
		}
		o.done()
	}
	f.done()
	if k.err != nil {
		return k.err
	}
	n.extra.welcome = welcome
	n.extra.automation = n.automation(welcome, prompts, commands)
	return c.success()
}

// automation is what was set, in the shape it is read back, whatever encoding it came in.
func (n *Number) automation(welcome bool, prompts, commands []member) node {
	word := "false"
	if welcome {
		word = "true"
	}
	for i := range commands {
		commands[i].val = *commands[i].val.as(jsonObject)
	}
	return node{kind: jsonObject, items: []member{
		{key: "enable_welcome_message", val: node{kind: jsonBool, text: word}},
		{key: "prompts", val: node{kind: jsonArray, items: prompts}},
		{key: "commands", val: node{kind: jsonArray, items: commands}},
		{key: "id", val: node{kind: jsonString, text: n.ID}},
	}}
}

// getAutomation answers the GET of the same edge: a list of one, empty before the
// first POST.
func getAutomation(c *call) *graphError {
	n := c.target.number
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			if n.extra.automation.kind != jsonAbsent {
				c.out.node(&n.extra.automation)
			}
		})
	})
	return nil
}

// getCommerce answers GET /{phone-number-id}/whatsapp_commerce_settings.
func getCommerce(c *call) *graphError {
	cart, catalog := true, false
	if s := c.target.number.extra.commerce; s != nil {
		cart, catalog = s["is_cart_enabled"], s["is_catalog_visible"]
	}
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			c.out.obj(func() {
				c.out.key("is_cart_enabled").bool(cart)
				c.out.key("is_catalog_visible").bool(catalog)
				c.out.key("id").str(c.target.number.ID)
			})
		})
	})
	return nil
}

// setCommerce answers the POST, whose parameters come in the query or in the body.
func setCommerce(c *call) *graphError {
	n := c.target.number
	if n.extra.commerce == nil {
		n.extra.commerce = map[string]bool{"is_cart_enabled": true}
	}
	for _, key := range []string{"is_cart_enabled", "is_catalog_visible"} {
		v := c.body.at(key)
		on, ok := v.truth()
		switch {
		case v.kind == jsonAbsent:
		case ok:
			n.extra.commerce[key] = on
		default:
			return badParam("Param " + key + " must be a boolean.")
		}
	}
	return c.success()
}

// applyOBA answers POST /{phone-number-id}/official_business_account: the application
// is taken and stays PENDING.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/official-business-accounts
// (checked 2026-09-11)
func applyOBA(c *call) *graphError {
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", false, "whatsapp")
	f.text("business_website_url", 1, 0)
	f.text("primary_country_of_operation", 1, 0)
	f.text("primary_language", 0, 0)
	f.text("parent_business_or_brand", 0, 0)
	f.list("supporting_links", 0, 5)
	f.text("additional_supporting_information", 0, 0)
	f.done()
	if k.err != nil {
		return k.err
	}
	c.target.number.extra.oba = "PENDING"
	return c.success()
}

// getEncryption answers GET /{phone-number-id}/whatsapp_business_encryption, the key
// that flows are encrypted with.
func getEncryption(c *call) *graphError {
	n := c.target.number
	c.out.obj(func() {
		c.out.key("data").arr(func() {
			if n.extra.publicKey != "" {
				c.out.obj(func() {
					c.out.key("business_public_key").str(n.extra.publicKey)
					c.out.key("business_public_key_signature_status").str("VALID")
				})
			}
		})
	})
	return nil
}

// setEncryption answers the POST. It looks at the form of the key, not at its bits.
func setEncryption(c *call) *graphError {
	key := c.param("business_public_key")
	if !strings.HasPrefix(key, "-----BEGIN PUBLIC KEY-----") {
		return badParam("Param business_public_key must be a PEM encoded RSA key.")
	}
	c.target.number.extra.publicKey = key
	return c.success()
}

// syncApp answers POST /{phone-number-id}/smb_app_data: once per type, within 24
// hours of onboarding, coexistence numbers only.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/onboarding-business-app-users
// (checked 2026-09-11)
func syncApp(c *call) *graphError {
	n := c.target.number
	k := &checker{}
	f := k.object(&c.body, "")
	f.oneOf("messaging_product", true, "whatsapp")
	kind := f.oneOf("sync_type", true, "smb_app_state_sync", "history")
	f.done()
	switch {
	case k.err != nil:
		return k.err
	case !n.coexistence:
		return fail(10, "The number is not in use in the WhatsApp Business app.")
	// Once per kind for the life of the number on Cloud API.
	case n.extra.synced[kind]:
		return fail(2593107, "This synchronization was already requested.")
	case c.at-n.extra.onboarded > int64(24*time.Hour):
		return fail(2593108, "Synchronization must be requested within 24 hours of onboarding.")
	}
	if n.extra.synced == nil {
		n.extra.synced = make(map[string]bool, 2)
	}
	n.extra.synced[kind] = true
	if kind == "history" {
		c.emitHistory(n)
	} else {
		c.emitContacts(n)
	}
	return c.requested("smb_" + c.newID())
}
