package channel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// Errors about a customer's will.
var (
	// ErrOptedOut says that the customer stopped marketing messages.
	ErrOptedOut = errors.New("channel: the customer stopped marketing messages")
	// ErrNoConsent says that no opt-in of the customer is known.
	ErrNoConsent = errors.New("channel: no consent of the customer is known")
)

// RecordConsent keeps the evidence of an opt-in: when, where, to which wording and for
// which categories the person agreed. It creates the customer if nobody with this phone
// number or BSUID is known. The same consent again changes nothing. A consent to marketing that
// is newer than the person's wish to have none lifts that.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/getting-opt-in,
// checked 2026-11-22.
func (h *Hub) RecordConsent(ctx context.Context, channel string, to message.Recipient, c conversation.Consent) error {
	if c.At.IsZero() || strings.TrimSpace(c.Where) == "" || strings.TrimSpace(c.Wording) == "" {
		return errors.New("channel: record consent: At, Where and Wording are the evidence and must be set")
	}
	categories := make([]string, len(c.Categories))
	for i, name := range c.Categories {
		switch categories[i] = strings.ToLower(strings.TrimSpace(name)); template.Category(strings.ToUpper(categories[i])) {
		case template.Marketing, template.Utility, template.Authentication:
		default:
			return fmt.Errorf("channel: record consent: categories[%d]: want marketing, utility or authentication", i)
		}
	}
	if len(categories) > 0 {
		c.Categories = categories
	}
	return h.consent(ctx, "record consent", channel, to, func(ch *Channel, customer *conversation.Customer) {
		c.At, c.Where, c.Wording = c.At.UTC(), ch.redactText(c.Where), ch.redactText(c.Wording)
		for _, old := range customer.Consents {
			if old.At.Equal(c.At) && old.Where == c.Where && old.Wording == c.Wording {
				return
			}
		}
		customer.Consents = append(customer.Consents, c)
		if c.Covers(template.Marketing) {
			customer.ResumeMarketing(believed(c.At, h.now()))
		}
	})
}

// ResumeMarketing notes that the person wants marketing messages again, as they said at a time
// in a way that the hub did not see. It does not replace a consent. What they said later about
// it, by WhatsApp's own setting, by a word or to the host, stays.
func (h *Hub) ResumeMarketing(ctx context.Context, channel string, to message.Recipient, at time.Time) error {
	return h.consent(ctx, "resume marketing", channel, to, func(_ *Channel, customer *conversation.Customer) {
		customer.ResumeMarketing(believed(at, h.now()))
	})
}

// StopMarketing notes that the person wants no marketing messages any more, as they said at a
// time in a way that the hub did not see.
func (h *Hub) StopMarketing(ctx context.Context, channel string, to message.Recipient, at time.Time) error {
	return h.consent(ctx, "stop marketing", channel, to, func(_ *Channel, customer *conversation.Customer) {
		customer.StopMarketing(believed(at, h.now()))
	})
}

// RevokeConsent notes that the person withdrew every consent given up to at.
func (h *Hub) RevokeConsent(ctx context.Context, channel string, to message.Recipient, at time.Time) error {
	return h.consent(ctx, "revoke consent", channel, to, func(_ *Channel, customer *conversation.Customer) {
		for i := range customer.Consents {
			c := &customer.Consents[i]
			if c.Revoked.IsZero() && !c.At.After(at) {
				c.Revoked = at.UTC()
			}
		}
	})
}

func (h *Hub) consent(ctx context.Context, verb string, channel string, to message.Recipient, change func(*Channel, *conversation.Customer)) error {
	event := opaque.Random("e_")
	err := h.do(ctx, func(u *unit) error {
		ch, ok := h.channels.get(channel)
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

func notDigit(r rune) bool { return r < '0' || r > '9' }

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

// optOut notes that a customer wrote one of the words by which they stop marketing, or one of
// those by which they want it again.
func (u *unit) optOut(in *incoming, customer *conversation.Customer, conv *conversation.Conversation, text string) error {
	wish := ""
	switch {
	case saysOneOf(in.ch.OptOutWords, text) && customer.StopMarketing(in.at):
		wish = webhook.PreferenceStop
	case saysOneOf(in.ch.OptInWords, text) && customer.ResumeMarketing(in.at):
		wish = webhook.PreferenceResume
	default:
		return nil
	}
	return u.tellHost(in.ch.ID, "preference|"+in.id, hostItem{
		Kind: conversation.PreferenceChanged, Conversation: conv.ID, At: in.at, Reason: wish, Cause: conversation.Cause(wish),
	})
}
