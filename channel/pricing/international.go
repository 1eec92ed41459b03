package pricing

import (
	"slices"
	"time"
)

// International decides whether an authentication template is charged at the
// authentication-international rate. Its data comes from the field
// auth_international_rate_eligibility of the WABA and from Meta's notice
// AUTH_INTL_PRICE_ELIGIBILITY_UPDATE. The zero value never applies that rate: an
// account becomes eligible by volume, and stays so.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/pricing/authentication-international-rates,
// checked 2026-11-22.
type International struct {
	// Start is when the account becomes subject to the rate; zero means never.
	Start time.Time
	// Exceptions are markets with a start of their own, by ISO 3166 country
	// code in capitals.
	Exceptions map[string]time.Time
	// Home is the market where the business is based; there the rate does not
	// apply. Empty means that it applies everywhere.
	Home Market
}

// Category returns CategoryAuthenticationInternational if c is authentication
// and a message delivered to the market at the given time is charged at that
// rate, and c otherwise. zone is the account's time zone; nil means UTC.
func (i International) Category(c Category, m Market, at time.Time, zone *time.Location) Category {
	if c != CategoryAuthentication || m == i.Home {
		return c
	}
	country, ok := internationalCountry(m, DateOf(at, zone))
	if !ok {
		return c
	}
	start := i.Start
	if own, ok := i.Exceptions[country]; ok {
		start = own
	}
	if start.IsZero() || at.Before(start) {
		return c
	}
	return CategoryAuthenticationInternational
}

// internationalCountry returns the country code of a market that has an
// authentication-international rate on the given day.
func internationalCountry(m Market, day Date) (string, bool) {
	type row struct {
		market  Market
		country string
		from    Date
	}
	const october Date = "2026-10-01"
	rows := [...]row{
		{"Egypt", "EG", ""}, {"India", "IN", ""}, {"Indonesia", "ID", ""},
		{"Malaysia", "MY", ""}, {"Nigeria", "NG", ""}, {"Pakistan", "PK", ""},
		{"Saudi Arabia", "SA", ""}, {"South Africa", "ZA", ""}, {"United Arab Emirates", "AE", ""},
		{"Bangladesh", "BD", october}, {"Iraq", "IQ", october}, {"Kazakhstan", "KZ", october},
		{"Kuwait", "KW", october}, {"Morocco", "MA", october}, {"Nepal", "NP", october},
		{"Oman", "OM", october}, {"Sri Lanka", "LK", october}, {"Ukraine", "UA", october},
	}
	i := slices.IndexFunc(rows[:], func(r row) bool { return r.market == m && r.from <= day })
	if i < 0 {
		return "", false
	}
	return rows[i].country, true
}
