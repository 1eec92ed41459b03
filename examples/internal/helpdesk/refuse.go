package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	wa "github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// answer says what became of an agent's action, in words.
func (a *app) answer(w http.ResponseWriter, err error) {
	if err != nil {
		a.refuse(w, err)
		return
	}
	a.pages.notify()
	w.WriteHeader(http.StatusNoContent)
}

// refuse tells the agent in a sentence why something was not done. What is nobody's
// fault at the console is for the log.
func (a *app) refuse(w http.ResponseWriter, err error) {
	status, text := a.inSentence(err)
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		a.log.Error("helpdesk: request failed", "error", err)
	}
	http.Error(w, text, status)
}

// refusals are the causes that need no more than a sentence.
var refusals = []struct {
	cause  error
	status int
	text   string
}{
	{access.ErrDenied, http.StatusForbidden, "You are not allowed to do this."},
	{channel.ErrNotFound, http.StatusNotFound, "This does not exist any more."},
	{channel.ErrNoChannel, http.StatusNotFound, "The channel does not exist any more."},
	{channel.ErrDisabled, http.StatusUnprocessableEntity, "The channel is switched off. Nothing was sent."},
	{channel.ErrOptedOut, http.StatusUnprocessableEntity, "The customer wants no offers any more. Nothing was sent."},
	{channel.ErrNoConsent, http.StatusUnprocessableEntity, "The customer has not agreed to such messages. Nothing was sent."},
	{pricing.ErrBudgetExhausted, http.StatusUnprocessableEntity, "The budget of this channel is used up. Nothing was sent."},
	{pricing.ErrNoPrice, http.StatusUnprocessableEntity, "Nobody knows what this message costs, and the channel has a budget. Nothing was sent."},
	{pricing.ErrLimitReached, http.StatusUnprocessableEntity, "WhatsApp lets this number begin no more conversations today. Nothing was sent."},
	{wa.ErrNotSendable, http.StatusUnprocessableEntity, "WhatsApp does not let this template be sent at present. Choose another one."},
	{channel.ErrMerged, http.StatusConflict, "The customer turned out to be somebody known. The conversation goes on in another ticket."},
	{rules.ErrNotOpen, http.StatusConflict, "The conversation is resolved. Reopen it first."},
}

// inSentence puts a refusal into words.
func (a *app) inSentence(err error) (status int, text string) {
	status = http.StatusUnprocessableEntity
	if closed, ok := errors.AsType[*window.ClosedError](err); ok {
		if closed.LastInbound.IsZero() {
			return status, "The customer has never written, so that the service window is closed. Send an approved template."
		}
		return status, "The customer service window closed at " + closed.ClosedAt.Local().Format("15:04 on 2 January") + ". Send an approved template instead."
	}
	if misfit, ok := errors.AsType[*wa.BindError](err); ok {
		if def, ok := a.catalog.Lookup(misfit.Template, misfit.Language); ok {
			return status, inWords(def, misfit.Problems)
		}
		return status, "The template is gone. Choose another one."
	}
	if invalid, ok := errors.AsType[*message.InvalidError](err); ok {
		return status, textInWords(invalid)
	}
	for _, r := range refusals {
		if errors.Is(err, r.cause) {
			return r.status, r.text
		}
	}
	if failure, ok := message.FailureOf(err); ok && failure.Hint != "" {
		return status, failure.Title + ". " + failure.Hint
	}
	return http.StatusInternalServerError, "This did not work. The log of the program says why."
}

// textInWords says what is wrong with an answer that an agent wrote.
func textInWords(invalid *message.InvalidError) string {
	switch p := invalid.Problems[0]; p.Rule {
	case message.RuleRequired:
		return "Write something first."
	case message.RuleTooLong:
		return fmt.Sprintf("The text has %d characters; WhatsApp takes %d.", p.Actual, p.Limit)
	}
	failure := invalid.Failure()
	return failure.Title + ". " + failure.Hint
}
