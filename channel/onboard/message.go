package onboard

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// hearing is how long a status webhook may take before its absence means something.
const hearing = 5 * time.Minute

// sending are the refusals of the first message.
var sending = map[int]Reason{
	131042: ReasonNoPayment, 131026: ReasonRecipient, 131021: ReasonRecipient, 131030: ReasonTestRecipient, 131037: ReasonNameFirst,
	131045: ReasonVerifyAgain, 133010: ReasonNotRegistered, 132001: ReasonTemplateGone, 131058: ReasonTemplateGone,
	132015: ReasonTemplateGone, 132016: ReasonTemplateGone, 130497: ReasonCountry, 131009: ReasonRecipient,
	130429: ReasonThrottled, 131048: ReasonThrottled, 131056: ReasonThrottled,
}

// sendFirst sends one message to a phone of yours, once, and waits for its status.
func (r *run) sendFirst() verdict {
	question := prompt(PromptRecipient, StepMessage)
	waiting := r.because(ReasonRecipientWanted)
	if m := r.state.Message; m != nil {
		v := r.hear(m)
		if !m.Uncertain || r.fatal != nil {
			return v
		}
		waiting = r.because(ReasonMessageUncertain) // nobody knows whether it went out
		question = question.problem(waiting)
	}
	content, v := r.firstContent()
	if v.status != "" || r.fatal != nil {
		return v
	}
	for asked := question; ; {
		phone, ok := r.ask(asked)
		if !ok {
			return waiting.asks(question)
		}
		v := r.send(strings.TrimSpace(phone), content)
		if v.reason != ReasonNotAccepted && v.reason != ReasonRecipient {
			return v
		}
		waiting, asked = v, question.problem(v)
	}
}

// send makes one attempt.
func (r *run) send(phone string, content message.Content) verdict {
	if phone = "+" + strings.TrimPrefix(phone, "+"); len(onlyDigits(phone)) < 7 || len(onlyDigits(phone)) > 15 {
		return r.malformed(PromptRecipient)
	}
	first := &firstMessage{OpaqueID: "onboard-" + rand.Text(), Sent: r.now().UTC().Round(0)}
	_, err := r.clientNumber().Send(r.ctx, message.Outbound{
		To: message.Recipient{Phone: phone}, Content: content, OpaqueID: first.OpaqueID,
	})
	switch {
	case err == nil:
		r.state.Message = first
		return r.hear(first)
	case errors.Is(err, message.ErrOutcomeUnknown):
		first.Uncertain = true
		r.state.Message = first
		return r.because(ReasonMessageUncertain).asks(prompt(PromptRecipient, StepMessage))
	case isInvalid(err):
		return r.malformed(PromptRecipient)
	}
	return r.failed(err, sending)
}

// hear asks the host whether the status of the first message has come.
func (r *run) hear(m *firstMessage) verdict {
	if r.cfg.Heard == nil {
		if m.Uncertain {
			return r.because(ReasonMessageUncertain)
		}
		return r.because(ReasonMessageAccepted)
	}
	if !m.Heard {
		heard, err := r.cfg.Heard(r.ctx, m.OpaqueID)
		if err != nil {
			return r.stop(err)
		}
		m.Heard = heard
	}
	switch {
	case m.Heard:
		m.Uncertain = false
		return r.because(ReasonDone)
	case r.now().Sub(m.Sent) < hearing:
		return r.because(ReasonMessageUnderWay)
	default:
		return r.because(ReasonNoWebhook)
	}
}

// firstContent is a template that needs no values: the planned one, hello_world on a test
// number, else the first there is, UTILITY before the others.
func (r *run) firstContent() (message.Content, verdict) {
	if _, err := r.listTemplates(); err != nil {
		return nil, r.failed(err, nil)
	}
	p := r.state.Plan
	var best message.Content
	for _, d := range r.templates {
		m, _, err := d.Bind(template.Values{})
		sandbox := d.Name == "hello_world"
		switch {
		case err != nil, !strings.EqualFold(string(d.Status), "APPROVED"), p.Template != "" && d.Name != p.Template, p.Language != "" && d.Language != p.Language:
			continue
		case sandbox && r.number.Mode != "SANDBOX" && p.Template == "":
			continue
		case p.Template != "", sandbox && r.number.Mode == "SANDBOX", strings.EqualFold(string(d.Category), "UTILITY"):
			return &message.Template{Message: m}, verdict{}
		case best == nil:
			best = &message.Template{Message: m}
		}
	}
	if best == nil {
		return nil, r.because(ReasonNoFirstTemplate)
	}
	return best, verdict{}
}
