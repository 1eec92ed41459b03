package channel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// Notify checks a template to somebody who may never have written, writes it into the outbox and returns it
// as queued. It needs a recorded consent for the template's category, unless Settings.ConsentElsewhere; the
// errors are those of [Hub.Reply]. Without a conversation one begins, where the answer arrives.
// Notifications go beside the answers and never in their way: an answer given right afterwards may arrive
// first.
func (h *Hub) Notify(ctx context.Context, by conversation.Author, n Notification) (*conversation.Message, error) {
	msg, err := h.outbox.notify(ctx, by, n)
	if err != nil {
		return nil, fmt.Errorf("channel: notify: %w", err)
	}
	return &msg.Message, nil
}

// RecordConsent keeps the evidence of an opt-in, and makes the customer if nobody is known by this phone
// number or BSUID. The same consent again changes nothing. One to marketing that is newer than the wish to
// have none, by a second at least, lifts that; one from before a withdrawal is withdrawn. Source:
// developers.facebook.com/documentation/business-messaging/whatsapp/getting-opt-in, checked 2026-11-22.
func (h *Hub) RecordConsent(ctx context.Context, channel string, to message.Recipient, c conversation.Consent) error {
	if c.At.IsZero() || strings.TrimSpace(c.Where) == "" || strings.TrimSpace(c.Wording) == "" {
		return fmt.Errorf("channel: record consent: %w: At, Where and Wording must be set", ErrNoEvidence)
	}
	categories := make([]string, len(c.Categories))
	for i, name := range c.Categories {
		switch categories[i] = strings.ToLower(strings.TrimSpace(name)); template.Category(strings.ToUpper(categories[i])) {
		case template.Marketing, template.Utility, template.Authentication:
		default:
			return fmt.Errorf("channel: record consent: %w: categories[%d]: want marketing, utility or authentication", ErrNoEvidence, i)
		}
	}
	if len(categories) > 0 {
		c.Categories = categories
	}
	return h.outbox.consent(ctx, "record consent", channel, to, func(ch *Channel, customer *conversation.Customer) {
		given := c
		given.At, given.Where, given.Wording = c.At.UTC(), ch.redactText(c.Where), ch.redactText(c.Wording)
		for _, old := range customer.Consents {
			if old.At.Equal(given.At) && old.Where == given.Where && old.Wording == given.Wording {
				return
			}
		}
		customer.Consents = append(customer.Consents, given)
		customer.RevokeConsents(customer.ConsentsRevoked)
		if given = customer.Consents[len(customer.Consents)-1]; given.Covers(template.Marketing) {
			customer.ResumeMarketing(believed(given.At, h.now()))
		}
	})
}

// RevokeConsent notes that the person withdrew every consent given up to at, also one that is recorded later. One that
// is dated ahead of the hub's clock was given before now.
func (h *Hub) RevokeConsent(ctx context.Context, channel string, to message.Recipient, at time.Time) error {
	return h.wish(ctx, "revoke consent", channel, to, at, func(customer *conversation.Customer) {
		now := h.now()
		ahead := now.Add(window.DefaultMaxSkew)
		for i := range customer.Consents {
			c := &customer.Consents[i]
			if c.Revoked.IsZero() && (!c.At.Truncate(time.Second).After(at) || c.At.After(ahead) && !at.After(ahead)) {
				c.Revoked = at.UTC()
			}
		}
		customer.RevokeConsents(believed(at, now))
	})
}

// ResumeMarketing notes that they want it again, which replaces no consent. What they said later, here or
// to WhatsApp, stays.
func (h *Hub) ResumeMarketing(ctx context.Context, channel string, to message.Recipient, at time.Time) error {
	return h.wish(ctx, "resume marketing", channel, to, at, func(c *conversation.Customer) { c.ResumeMarketing(believed(at, h.now())) })
}

// StopMarketing notes that a person wants no marketing any more, as they said at a time outside of the hub.
func (h *Hub) StopMarketing(ctx context.Context, channel string, to message.Recipient, at time.Time) error {
	return h.wish(ctx, "stop marketing", channel, to, at, func(c *conversation.Customer) { c.StopMarketing(believed(at, h.now())) })
}

// wish notes what a person wants, as of a time that must be set: without one it would change nothing.
func (h *Hub) wish(ctx context.Context, verb, channel string, to message.Recipient, at time.Time, note func(*conversation.Customer)) error {
	if at.IsZero() {
		return fmt.Errorf("channel: %s: %w: the time must be set", verb, ErrNoEvidence)
	}
	return h.outbox.consent(ctx, verb, channel, to, func(_ *Channel, customer *conversation.Customer) {
		note(customer)
	})
}
