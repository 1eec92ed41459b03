package channel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

func (o *outbox) consent(ctx context.Context, verb string, channel string, to message.Recipient, change func(*Channel, *conversation.Customer)) error {
	event := opaque.Random("e_")
	err := o.do(ctx, func(u *unit) error {
		ch, ok := o.channels.get(channel)
		if !ok {
			return ErrNoChannel
		}
		customer, err := u.addressee(ch, to, "", event)
		if err != nil {
			return err
		}
		change(ch, customer)
		return u.saveCustomer(customer)
	})
	if err != nil {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	return nil
}

// addressee finds or creates the customer behind an address of the host.
func (u *unit) addressee(ch *Channel, to message.Recipient, name, event string) (*conversation.Customer, error) {
	if err := addressable(to); err != nil {
		return nil, err
	}
	phone := strings.TrimPrefix(to.Phone, "+")
	customer, err := u.resolve(ch, who{
		// Without a time: what the host says fills gaps and never beats what WhatsApp said.
		Identity: webhook.Identity{Phone: phone, BSUID: to.BSUID, Name: name}, Event: event,
	})
	if err == nil && customer == nil {
		err = ErrNotFound
	}
	return customer, err
}

// addressable says whether an address is one that a person can have, as the sender sees it.
// It is asked before anything about the message is, so that every call answers alike.
func addressable(to message.Recipient) error {
	if to.Group != "" {
		return invalidAt("group", message.RuleForbidden)
	}
	return to.Validate()
}

// mayMarket refuses marketing to customers who stopped it.
func mayMarket(customer *conversation.Customer, category template.Category) error {
	if category == template.Marketing && !customer.MarketingStopped.IsZero() {
		return ErrOptedOut
	}
	return nil
}

// consents refuses to contact customers who never agreed to it.
func consents(ch *Channel, customer *conversation.Customer, category template.Category) error {
	if ch.ConsentElsewhere {
		return nil
	}
	if slices.ContainsFunc(customer.Consents, func(c conversation.Consent) bool { return c.Covers(category) }) {
		return nil
	}
	return ErrNoConsent
}
