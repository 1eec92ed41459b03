package channel

import (
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/webhook"
)

// sharedNumber is the phone number that a card proves to be the sender's own: WhatsApp sends it
// when a person agrees to share it on request. It is "" if there is none, or not exactly one.
func sharedNumber(c *webhook.Contacts) string {
	var found []string
	for _, card := range c.Cards {
		if card.Origin != webhook.CardRequested {
			continue
		}
		for _, p := range card.Phones {
			if no := strings.TrimPrefix(p.WAID, "+"); len(no) >= 7 && len(no) <= 15 && !strings.ContainsFunc(no, notDigit) {
				found = append(found, no)
			}
		}
	}
	if found = unique(found); len(found) != 1 {
		return ""
	}
	return found[0]
}

// learnNumber attaches the phone number that a customer shared on request, unless they have one
// or somebody else has this one. Like what the host says, it fills a gap and yields to whoever
// WhatsApp shows the number with, whatever comes first. A customer of whom only this number is
// known is the same person. It returns the customer as they are then, and whether that is news.
func (in *incoming) learnNumber(customer *conversation.Customer, c *webhook.Contacts) (*conversation.Customer, bool, error) {
	no := sharedNumber(c)
	if no == "" || customer.Group != "" || in.sender != "" || customer.Phone != "" {
		return customer, false, nil
	}
	key := aliasPhone(in.ch.Number, no)
	var a alias
	known, err := in.Load(kindAlias, key, &a)
	if err != nil {
		return nil, false, err
	}
	if known && (a.Until.IsZero() || !in.at.After(a.Until)) {
		owner, err := in.customer(a.Customer)
		switch {
		case err != nil:
			return nil, false, err
		case owner == nil || owner.ID == customer.ID:
		case owner.BSUID != "" || owner.ParentBSUID != "":
			return customer, false, nil
		default:
			if customer, err = in.join(customer, owner); err != nil {
				return nil, false, err
			}
			return customer, true, nil
		}
	}
	customer.Phone, customer.Times.Phone = no, time.Time{}
	if !slices.Contains(customer.Aliases, key) {
		customer.Aliases = append(customer.Aliases, key)
	}
	if err := in.Save(kindAlias, key, customer.ID, 0, alias{Customer: customer.ID}); err != nil {
		return nil, false, err
	}
	return customer, true, in.saveCustomer(customer)
}
