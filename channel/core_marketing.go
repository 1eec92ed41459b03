package channel

import "time"

// MarketingRoute says by which way marketing templates go out: WhatsApp takes them at an endpoint of
// their own, and of some accounts only there.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/route-template-messages
// (checked 2026-11-29)
type MarketingRoute string

// Marketing routes.
const (
	// MarketingAuto takes the marketing endpoint if the account is known to be there, by what a
	// [MarketingTeller] said or because WhatsApp refused a message elsewhere. The default.
	MarketingAuto MarketingRoute = ""
	// MarketingAlways takes it whatever is known of the account.
	MarketingAlways MarketingRoute = "always"
	// MarketingNever takes the ordinary endpoint and lets WhatsApp refuse the message there.
	MarketingNever MarketingRoute = "never"
)

// onboarded is how an account that uses the marketing endpoint is stored.
const onboarded = "ONBOARDED"

func (u *unit) knowsMarketing(channel string, at time.Time, state string) error {
	var known standing
	if _, err := u.Load(kindStanding, channel, &known); err != nil {
		return err
	}
	before := known
	known.Marketing.learn(state, at)
	if known == before {
		return nil
	}
	return u.Save(kindStanding, channel, "", 0, known)
}
