package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

const opSend, opTyping = "send message", "show typing"

// addressPrefix stands before every address of WhatsApp.
const addressPrefix = "whatsapp:"

// statusID is the parameter of the status callback that carries the id of the message.
const statusID = "id"

// Send sends one message and returns what Twilio says about its acceptance: the id is
// Twilio's MessageSid. Whether WhatsApp takes it is told later, by a status callback, also that
// the customer service window is closed (63016).
//
// It checks the message against WhatsApp's limits and Twilio's narrower ones, and waits for its
// turn under the rate limit of the number. It repeats nothing; the hub does, as the failure
// advises. What Twilio cannot carry is refused with a *message.InvalidError: reactions, contact
// cards, flows, products, calls, groups, direct sends, identity checks and headers with media.
// A quotation is left out, as WhatsApp does where the quoted message is gone: Twilio has no way
// to quote.
//
// The error is one of: *message.InvalidError, *[LimitError] (nothing was sent), *[Error]
// (Twilio refused), or *[TransportError]. If it matches message.ErrOutcomeUnknown the message
// may arrive all the same: a status callback with its OpaqueID settles that.
//
// https://www.twilio.com/docs/messaging/api/message-resource (as known in November 2026)
func (n *Number) Send(ctx context.Context, out message.Outbound) (message.Receipt, error) {
	if err := out.Validate(); err != nil {
		return message.Receipt{}, err
	}
	form, err := n.form(&out)
	if err != nil {
		return message.Receipt{}, err
	}
	if cr := n.client.config.Credits; cr != nil {
		if err := cr.admit(); err != nil {
			return message.Receipt{}, err
		}
	}
	if err := n.wait(ctx); err != nil {
		return message.Receipt{}, err
	}
	receipt, err := n.post(ctx, &out, form)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == codeNoContent && n.client.shapes.forget(form.Get("ContentSid")) {
		// Somebody removed the content that a menu is made of. It was refused, so that it can
		// be made anew.
		receipt, err = n.post(ctx, &out, form)
	}
	return receipt, err
}

// Check reports what Send would refuse of a message before it asks anybody: what WhatsApp does not
// take, and what Twilio does not carry, such as a text of more than [MaxText] characters. It
// returns nil or a *message.InvalidError, or the error of a template that has no content.
func (n *Number) Check(out message.Outbound) error {
	if err := out.Validate(); err != nil {
		return err
	}
	_, err := n.form(&out)
	return err
}

// codeNoContent says that there is no content with the given sid.
const codeNoContent = 21655

func (n *Number) post(ctx context.Context, out *message.Outbound, form url.Values) (message.Receipt, error) {
	c := n.client
	if shape := menuShape(out.Content); shape != nil {
		sid, err := c.content(ctx, shape)
		if err != nil {
			return message.Receipt{}, err
		}
		form.Set("ContentSid", sid)
	}
	var w struct {
		SID    string `json:"sid"`
		Status string `json:"status"`
		Code   int    `json:"error_code"`
	}
	cl := &call{op: opSend, method: http.MethodPost, url: c.resource("/Messages.json"), form: form}
	switch err := c.do(ctx, cl, &w); {
	case err != nil:
		return message.Receipt{}, err
	case w.SID == "":
		return message.Receipt{}, &TransportError{Op: opSend, Sent: true, cause: errUnexpected, uncertain: true}
	case w.Code != 0 && w.Status == "failed":
		return message.Receipt{}, newError(opSend, 0, w.Code)
	}
	return message.Receipt{ID: w.SID}, nil
}

// wait takes a permit of the number.
func (n *Number) wait(ctx context.Context) error {
	r := n.limiter.Reserve()
	d := r.Delay()
	if d == 0 {
		return nil
	}
	if d > n.client.maxWait {
		r.Cancel()
		return &LimitError{Wait: d}
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		r.Cancel()
		return &TransportError{Op: opSend, cause: ctx.Err()}
	}
}

// address is how Twilio names a person. A phone number wins over a BSUID, as with Meta.
func address(to message.Recipient) string {
	if to.Phone != "" {
		return addressPrefix + "+" + strings.TrimPrefix(to.Phone, "+")
	}
	return addressPrefix + to.BSUID
}

// MarkRead shows that an answer is being written, which marks the message with this MessageSid
// as read. Twilio offers no other way to mark one: nothing happens without typing, or for a
// message that did not come through Twilio.
//
// https://www.twilio.com/docs/whatsapp/api/typing-indicators-resource (checked 2026-11-29,
// public beta)
func (n *Number) MarkRead(ctx context.Context, wamid string, typing bool) error {
	sid, _, _ := strings.Cut(wamid, partSeparator)
	if !typing || !messageForm.MatchString(sid) {
		return nil
	}
	return n.client.do(ctx, &call{
		op: opTyping, method: http.MethodPost, url: n.client.at(hostMessaging, "/v2/Indicators/Typing.json"), repeat: true,
		form: url.Values{"messageId": {sid}, "channel": {"whatsapp"}},
	}, nil)
}
