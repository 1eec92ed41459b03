package settings

// MarketingRoute says by which way marketing templates go out: WhatsApp takes them at an endpoint of
// their own, and of some accounts only there.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/route-template-messages
// (checked 2026-11-29)
type MarketingRoute string

// Marketing routes.
const (
	// MarketingAuto takes the marketing endpoint if the account is known to be there, by what a
	// message.MarketingTeller said or because WhatsApp refused a message elsewhere. The default.
	MarketingAuto MarketingRoute = ""
	// MarketingAlways takes it whatever is known of the account.
	MarketingAlways MarketingRoute = "always"
	// MarketingNever takes the ordinary endpoint and lets WhatsApp refuse the message there.
	MarketingNever MarketingRoute = "never"
)
