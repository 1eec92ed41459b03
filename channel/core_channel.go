package channel

import (
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
)

// Channel is one WhatsApp number: its settings, and what talks to WhatsApp.
type Channel struct {
	settings.Settings
	// Sender sends for the number and holds its token; required unless the channel is disabled.
	Sender message.Sender
	// Media moves files, of a Cloud API number the same value as Sender; nil if the channel neither
	// fetches nor uploads any, of which a hub with Attachments warns.
	Media message.Media
	// Templates are the message templates of the number's account; nil: none.
	Templates *template.Catalog
	// Rates are Meta's rate cards in the account's currency, in any order; nil: costs are counted in messages only.
	// Cards in more than one currency are refused: what they say is added up.
	Rates []*pricing.RateCard

	base     string         // fingerprint of the settings that the host began with
	location *time.Location // Settings.TimeZone
	prepared any            // what the desk made of Settings.Desk
}

// Prepared returns what the [deskapi.Desk] made of Settings.Desk; nil without one, or if no hub gave the
// channel out.
func (c *Channel) Prepared() any { return c.prepared }

// portfolio names what shares a messaging limit.
func (c *Channel) portfolio() string {
	switch {
	case c.Portfolio != "":
		return "portfolio|" + c.Portfolio
	case c.Account != "":
		return "account|" + c.Account
	}
	return "channel|" + c.ID
}

// currencies are those of the cards, sorted.
func currencies(cards []*pricing.RateCard) []string {
	set := map[string]bool{}
	for _, card := range cards {
		if card != nil {
			set[card.Currency()] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
