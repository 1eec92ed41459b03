package onboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// PromptKind is what is asked for.
type PromptKind string

// The prompts.
const (
	// PromptSignup asks for the code that the page with Embedded Signup handed over. It is
	// good for 30 seconds: answer at once, or open the page again.
	PromptSignup PromptKind = "signup_code"
	// PromptAccount asks which account; the answer is one of Choices.
	PromptAccount PromptKind = "account"
	// PromptCode asks for the six digits that came to the number by SMS or call, or for
	// another code: [AnswerSMS] and [AnswerVoice].
	PromptCode PromptKind = "code"
	// PromptPIN asks for the six digits of the two-step PIN: the one in force, or a new one
	// if the number has none. Keep it: it is needed again.
	PromptPIN PromptKind = "pin"
	// PromptName asks for another display name, 2 to 75 characters.
	PromptName PromptKind = "display_name"
	// PromptRecipient asks for the phone number, E.164, that the first message goes to: one
	// that you can look at.
	PromptRecipient PromptKind = "recipient"
)

// Answers to PromptCode that are no code.
const (
	AnswerSMS   = "sms"   // send another code by SMS
	AnswerVoice = "voice" // call, and say another code
)

// ErrLater is what [Config].Ask returns when there is no answer now: the step waits, and
// the same question comes with the next Run.
var ErrLater = errors.New("onboard: no answer yet")

// Prompt is a question to a person.
type Prompt struct {
	Kind PromptKind `json:"kind"`
	Step StepID     `json:"step"`
	// Text is the question.
	Text string `json:"text"`
	// Problem says what was wrong with the last answer, empty for the first.
	Problem string `json:"problem,omitempty"`
	// Expires is when an answer is of no use any more, for a countdown; zero is never.
	Expires time.Time `json:"expires,omitzero"`
	// Method is how a code was sent, and Sent when.
	Method cloudapi.CodeMethod `json:"method,omitempty"`
	Sent   time.Time           `json:"sent,omitzero"`
	// Resend is when another code may be asked for; zero: with any other prompt.
	Resend time.Time `json:"resend,omitzero"`
	// Left is how many wrong answers are possible before it gets worse; 0 is not counted.
	Left int `json:"left,omitempty"`
	// Choices are the possible answers; nil: any.
	Choices []string `json:"choices,omitempty"`
}

// Answers answers each kind of prompt once, for hosts that collect the answers in a form
// before they call Run: Ask: onboard.Answers{onboard.PromptCode: "123456"}.Ask. What is not
// in it is answered with [ErrLater]. An answer that was used is taken out, so that a wrong
// one is not tried twice. For one Run; not safe for concurrent use.
//
// Printed, it shows no answer.
type Answers map[PromptKind]string

// Ask implements Config.Ask.
func (a Answers) Ask(_ context.Context, p Prompt) (string, error) {
	answer, ok := a[p.Kind]
	if !ok || answer == "" {
		return "", ErrLater
	}
	delete(a, p.Kind)
	return answer, nil
}

// Format shows how many answers there are, whatever the verb.
func (a Answers) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, fmt.Sprint(len(a), " answers"))
}

// LogValue shows how many answers there are.
func (a Answers) LogValue() slog.Value { return slog.IntValue(len(a)) }

// forms say what an answer has to look like.
var forms = map[PromptKind]string{
	PromptAccount:   "it is none of the accounts",
	PromptCode:      "a code has six digits",
	PromptPIN:       "a PIN has six digits",
	PromptName:      "a display name has 2 to 75 characters",
	PromptRecipient: "a phone number has its country code and 7 to 15 digits",
}

// malformed is the verdict about an answer that cannot be one.
func (r *run) malformed(kind PromptKind) verdict { return r.because(ReasonNotAccepted, forms[kind]) }

// questions are the texts of the prompts.
var questions = map[PromptKind]string{
	PromptSignup:    "The code that Embedded Signup returned",
	PromptAccount:   "The id of the WhatsApp Business account",
	PromptCode:      "The six digits that came to the number",
	PromptPIN:       "The six-digit PIN of two-step verification: the one in force, or a new one if there is none",
	PromptName:      "Another display name",
	PromptRecipient: "A phone number of your own, with country code, for the first message",
}
