package settings

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/window"
)

// Settings are what an administrator decides about a channel. They hold no secret and serialise to
// JSON. The zero value of each field is the cautious choice.
type Settings struct {
	// ID is the host's own name for the channel, stable for ever: 1 to 64 lower-case
	// letters, digits, "-" and "_". Hubs that share a store mean the same number by it.
	ID string `json:"id"`
	// Name is what people call it: unique within the hub, 1 to 255 characters.
	Name string `json:"name"`
	// Number is the phone_number_id that webhooks carry; unique within the hub.
	Number string `json:"number"`
	// Account is the WABA that the number belongs to, which notices name. Several channels may share
	// one.
	Account string `json:"account,omitempty"`
	// MessagingAccount is sent along as messaging_account_id, where the app sees several of them; ""
	// leaves it out.
	MessagingAccount string `json:"messaging_account,omitempty"`
	// MarketingRoute says by which way marketing templates go out.
	MarketingRoute MarketingRoute `json:"marketing_route,omitempty"`
	// Phone is the number itself, by which webhooks about its name and quality know it: digits with
	// the country code, "+" and spaces allowed. "" leaves them without effect.
	Phone string `json:"phone,omitempty"`
	// Portfolio is the ID of the business portfolio, whose channels share one messaging limit; "":
	// one of its own.
	Portfolio string `json:"portfolio,omitempty"`
	// Brand and Department are for the host.
	Brand      string `json:"brand,omitempty"`
	Department string `json:"department,omitempty"`
	// Enabled lets the channel send. A disabled one still receives.
	Enabled bool `json:"enabled"`

	// Redact says how card numbers are masked; its zero value is the default.
	Redact redact.Redactor `json:"redact,omitzero"`
	// InsecureKeepCards stores and passes on card numbers as they are.
	InsecureKeepCards bool `json:"insecure_keep_cards,omitempty"`

	// Files says which files of customers are taken.
	Files FilePolicy `json:"files,omitzero"`

	// Window settles what the platform's documentation leaves open.
	Window window.Options `json:"window,omitzero"`
	// Language is the template language to fall back to, such as "en"; "" means none.
	Language string `json:"language,omitempty"`
	// Uncertain says what to do with a message whose fate is still unknown after
	// UncertainWait (0 means 2 minutes).
	Uncertain     UncertainPolicy   `json:"uncertain,omitempty"`
	UncertainWait duration.Duration `json:"uncertain_wait,omitempty"`

	// ClosingNotice is how long before a window closes the host is told, with
	// conversation.WindowClosing: 1 minute to under 24 hours; 0: not at all. A desk has notices of
	// its own.
	ClosingNotice duration.Duration `json:"closing_notice,omitempty"`

	// BotFirst lets a bot answer what customers begin, and with a desk what they take up again after
	// it was resolved; otherwise people hold it. See channel.Hub.HandOver.
	BotFirst bool `json:"bot_first,omitempty"`

	// Budget bounds what the channel may spend, over all processes; nil: no bound. Messages beyond
	// it are refused.
	Budget *pricing.Budget `json:"budget,omitempty"`
	// TimeZone is the account's, in which months and price changes begin: an IANA name; "" means
	// UTC. "Local" is refused: it is another zone on another machine.
	TimeZone string `json:"time_zone,omitempty"`

	// Retention says how long things are kept.
	Retention Retention `json:"retention,omitzero"`

	// ConsentElsewhere says that the host decides whom to contact; otherwise Hub.Notify needs a recorded
	// consent.
	ConsentElsewhere bool `json:"consent_elsewhere,omitempty"`
	// OptOutWords are what a customer writes, alone, to stop marketing, and OptInWords what lifts
	// that; nil: none. Case, width, punctuation, emoji and formatting do not matter. See
	// [OptOutWords] for the usual ones.
	OptOutWords []string `json:"opt_out_words,omitempty"`
	OptInWords  []string `json:"opt_in_words,omitempty"`

	// Desk is what the hub's desk is to know, such as the JSON of a desk.Settings; nil without
	// one.
	Desk json.RawMessage `json:"desk,omitempty"`
}

// UncertainPolicy says what becomes of a message that may or may not have been sent.
type UncertainPolicy string

// Uncertain policies.
const (
	// Leave leaves it, visibly uncertain, for a status to settle or for an agent with
	// Hub.ResendMessage or Hub.GiveUpMessage. The default.
	Leave UncertainPolicy = ""
	// Resend sends it again: the customer may get it twice.
	Resend UncertainPolicy = "resend"
)

// Validate returns all problems, each a [*Error], or nil. What depends on the rest of the hub
// is looked at when the channel is added.
func (s *Settings) Validate() error {
	p := &Problems{Channel: s.ID}
	p.Bad(!validID(s.ID), "id", "want 1 to 64 of a-z, 0-9, - and _")
	n := utf8.RuneCountInString(s.Name)
	p.Bad(visibleName(s.Name) == "" || n > 255, "name", "want 1 to 255 characters that can be seen, have %d", n)
	p.Bad(s.Number == "", "number", "missing: the phone_number_id of the number")
	p.Bad(strings.ContainsFunc(s.Number, noDigit), "number", "want the digits of a phone_number_id")
	p.Bad(strings.ContainsFunc(s.MessagingAccount, noDigit), "messaging_account", "want the digits of an account's ID")
	p.Bad(s.MarketingRoute != MarketingAuto && s.MarketingRoute != MarketingAlways && s.MarketingRoute != MarketingNever,
		"marketing_route", "want \"\", %q or %q", MarketingAlways, MarketingNever)
	p.Bad(s.Uncertain != Leave && s.Uncertain != Resend, "uncertain", "want \"\" or %q", Resend)
	p.Bad(s.UncertainWait < 0, "uncertain_wait", "negative")
	p.Bad(s.Files.Wait < 0 || s.Files.Wait > duration.Minute, "files", "wait: want 0 to 1 minute")
	p.Bad(s.ClosingNotice != 0 && (s.ClosingNotice < duration.Minute || s.ClosingNotice >= 24*duration.Hour), "closing_notice", "want 1 minute to under 24 hours, or 0")
	if b := s.Budget; b != nil {
		p.Bad(!b.Unit.Known(), "budget", "unit: want \"\", %q or %q", pricing.BudgetMessages, pricing.BudgetEvery)
		p.Bad(b.Limit < 0 || b.LowWater < 0, "budget", "negative limit or low_water")
	}
	p.Of("redact", s.Redact.Validate())
	_, err := time.LoadLocation(s.TimeZone)
	p.Bad(err != nil || s.TimeZone == "Local", "time_zone", "unknown") // that of the machine is another one on each
	p.Of("retention", s.Retention.validate())
	p.Of("files", s.Files.validate())
	return p.Err()
}

func noDigit(r rune) bool { return r < '0' || r > '9' }

func validID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
