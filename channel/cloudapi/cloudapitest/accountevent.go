package cloudapitest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// accountEvents are the events of the field account_update, with what follows the event
// in the value. {time}, {later}, {month}, {account}, {business} and {phone} are filled in.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update
// (checked 2026-11-29)
var accountEvents = map[string]string{
	"VERIFIED_ACCOUNT":                         `"phone_number":"{phone}"`,
	"ACCOUNT_VIOLATION":                        `"violation_info":{"violation_type":"SPAM"}`,
	"ACCOUNT_RESTRICTION":                      `"phone_number":"{phone}","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":{later}}]`,
	"DISABLED_UPDATE":                          `"ban_info":{"waba_ban_state":"DISABLE","waba_ban_date":"{date}"}`,
	"ACCOUNT_DELETED":                          ``,
	"ACCOUNT_OFFBOARDED":                       ``,
	"ACCOUNT_RECONNECTED":                      ``,
	"PARTNER_ADDED":                            `"waba_info":{"waba_id":"{account}","owner_business_id":"{business}"}`,
	"PARTNER_REMOVED":                          `"waba_info":{"waba_id":"{account}","owner_business_id":"{business}"}`,
	"PARTNER_APP_INSTALLED":                    `"waba_info":{"waba_id":"{account}","owner_business_id":"{business}"}`,
	"PARTNER_APP_UNINSTALLED":                  `"waba_info":{"waba_id":"{account}","owner_business_id":"{business}"}`,
	"MM_LITE_TERMS_SIGNED":                     `"waba_info":{"waba_id":"{account}","owner_business_id":"{business}"}`,
	"AUTH_INTL_PRICE_ELIGIBILITY_UPDATE":       `"auth_international_rate_eligibility":{"start_time":{later},"exception_countries":[{"country_code":"IN","start_time":{later}}]}`,
	"BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE": `"country":"US"`,
	"VOLUME_BASED_PRICING_TIER_UPDATE":         `"volume_tier_info":{"tier_update_time":{time},"pricing_category":"UTILITY","tier":"250001:2000000","effective_month":"{month}","region":"North America"}`,
}

// AccountEvents lists the events that Event knows, in alphabetical order.
func AccountEvents() []string { return slices.Sorted(maps.Keys(accountEvents)) }

// Event makes something happen to the account and announces it by account_update: a
// policy violation, a new price tier, a partner that leaves. ACCOUNT_RESTRICTION makes
// templates fail with 368 for a day, DISABLED_UPDATE every send for good, until
// Restrict(0). The error names the events there are.
func (a *Account) Event(event string) error {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	rest, ok := accountEvents[event]
	if !ok {
		return fmt.Errorf("cloudapitest: account event: unknown; there are %s", strings.Join(AccountEvents(), ", "))
	}
	now, phone := w.Now(), ""
	if len(a.numbers) > 0 {
		phone = a.numbers[0].Phone
	}
	later := now.Add(24 * time.Hour)
	switch event {
	case "ACCOUNT_RESTRICTION":
		a.restricted = later.UnixNano()
	case "DISABLED_UPDATE":
		a.blocked = 368
	}
	value := strings.NewReplacer("{time}", fmt.Sprint(now.Unix()), "{later}", fmt.Sprint(later.Unix()), "{month}", now.Format("2006-01"),
		"{date}", now.Format("January 2, 2006"), "{account}", a.ID, "{business}", a.Portfolio.ID, "{phone}", phone).Replace(rest)
	w.announce(a, "account_update", func(e *enc) {
		e.key("event").str(event)
		if value != "" {
			e.raw([]byte(value))
		}
	}, nil)
	return nil
}

// Alert announces an account_alerts webhook of a type of Meta's, such as
// "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED" or "OBA_APPROVED".
func (a *Account) Alert(kind string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.w.announce(a, "account_alerts", func(e *enc) {
		e.key("entity_type").str("BUSINESS")
		e.key("entity_id").str(a.Portfolio.ID)
		e.key("alert_info").obj(func() {
			e.key("alert_severity").str("WARNING")
			e.key("alert_status").str("ACTIVE")
			e.key("alert_type").str(kind)
			e.key("alert_description").str("Raised by the simulator.")
		})
	}, nil)
}

// SetMarketingElsewhere closes /messages to the account's marketing, or opens it again:
// a template of that category is refused with 131063 and belongs to marketing_messages.
// From 2027-10-13 this holds for every account.
func (a *Account) SetMarketingElsewhere(on bool) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.marketingElsewhere = on
	a.turns++
}

// SetPayment adds or removes the account's payment method. Without one every message
// that is not free is accepted and then fails with 131042, and primary_funding_id is
// empty. An account starts with one.
func (a *Account) SetPayment(ok bool) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.unpaid = !ok
	a.turns++
}
