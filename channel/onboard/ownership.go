package onboard

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// What is known, and what is careful, about codes. Meta publishes neither how long a code
// works (its message says ten minutes) nor how many may be asked for: waits that grow keep
// clear of the refusal that costs an hour.
const (
	codeLife     = 10 * time.Minute
	codesPerDay  = 5
	wrongPerCode = 5
)

// codeWaits are the waits before another code is asked for.
var codeWaits = [...]time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute}

// requesting and verifying are the refusals at this step. Meta answers 136024 to a number
// that is verified already, and, with 2388091, to one that asked too often.
var (
	requesting = map[int]Reason{2388091: ReasonTooManyCodes, 2388093: ReasonNoCode, 136024: ReasonTooManyCodes, 133010: ReasonNoCode}
	verifying  = map[int]Reason{136025: ReasonWrongCode, 131009: ReasonWrongCode, 136024: ReasonTooManyCodes, 2388091: ReasonTooManyCodes}
)

// proveOwnership has a code sent and asks for it.
func (r *run) proveOwnership() verdict {
	if r.coexists() {
		return r.because(ReasonInApp)
	}
	if strings.EqualFold(r.number.CodeVerification, "VERIFIED") {
		return r.because(ReasonDone)
	}
	method := r.state.CodeMethod
	if method == "" {
		method = r.state.Plan.CodeMethod
	}
	if method == "" {
		method = cloudapi.CodeSMS
	}
	if !r.codeGood() {
		if v := r.requestCode(method); v.status != "" || r.fatal != nil {
			return v
		}
	}
	return r.enterCode()
}

// codeGood reports whether the code sent last may still be given.
func (r *run) codeGood() bool {
	return len(r.state.Codes) > 0 && r.now().Before(r.lastCode().Add(codeLife)) && r.state.WrongCodes < wrongPerCode
}

func (r *run) lastCode() time.Time { return r.state.Codes[len(r.state.Codes)-1] }

// nextCode is when another code may be asked for.
func (r *run) nextCode() time.Time {
	recent := within(r.state.Codes, r.now(), 24*time.Hour)
	switch n := len(recent); {
	case n == 0:
		return time.Time{}
	case n >= codesPerDay:
		return recent[n-codesPerDay].Add(24 * time.Hour)
	default:
		return recent[n-1].Add(codeWaits[n-1])
	}
}

// requestCode has a code sent, unless it is too early.
func (r *run) requestCode(method cloudapi.CodeMethod) verdict {
	if at := r.nextCode(); at.After(r.now()) {
		return r.because(ReasonCodeWait, moment(at)).at(at)
	}
	if err := r.clientNumber().RequestCode(r.ctx, method, r.state.Plan.Locale); err != nil {
		if r.look(true) == nil && strings.EqualFold(r.number.CodeVerification, "VERIFIED") {
			return r.because(ReasonDone)
		}
		return r.failed(err, requesting)
	}
	r.state.Codes = append(within(r.state.Codes, r.now(), 24*time.Hour), r.now().UTC().Round(0))
	r.state.CodeMethod, r.state.WrongCodes = method, 0
	return verdict{}
}

// codePrompt is the question for the code sent last.
func (r *run) codePrompt() Prompt {
	p := prompt(PromptCode, StepOwnership)
	p.Method, p.Sent, p.Expires = r.state.CodeMethod, r.lastCode(), r.lastCode().Add(codeLife)
	p.Resend, p.Left = r.nextCode(), wrongPerCode-r.state.WrongCodes
	return p
}

// enterCode asks for the code until it is right, or there is no answer.
func (r *run) enterCode() verdict {
	waiting := r.codeSent()
	for question := r.codePrompt(); ; {
		answer, ok := r.ask(question)
		if !ok {
			return waiting.asks(question)
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		if method, again := resend[answer]; again {
			v := r.requestCode(method)
			if r.fatal != nil || v.status == Done {
				return v
			}
			if v.status != "" && !r.codeGood() {
				return v
			}
			waiting, question = r.codeSent(), r.codePrompt()
			if v.status != "" {
				question = question.problem(v)
			}
			continue
		}
		if !r.now().Before(r.lastCode().Add(codeLife)) {
			return r.because(ReasonCodeExpired)
		}
		v := r.verifyCode(answer)
		if v.reason != ReasonWrongCode && v.reason != ReasonNotAccepted {
			return v
		}
		if r.state.WrongCodes >= wrongPerCode {
			return r.because(ReasonWrongCodes, strconv.Itoa(wrongPerCode))
		}
		waiting, question = v, r.codePrompt().problem(v)
	}
}

// resend are the answers that ask for another code.
var resend = map[string]cloudapi.CodeMethod{AnswerSMS: cloudapi.CodeSMS, AnswerVoice: cloudapi.CodeVoice}

// codeSent is the wait for a code that was sent.
func (r *run) codeSent() verdict {
	if r.state.CodeMethod == cloudapi.CodeVoice {
		return r.because(ReasonCodeCalled)
	}
	return r.because(ReasonCodeSent)
}

// verifyCode gives a code to Meta. People write codes with a dash or a space.
func (r *run) verifyCode(code string) verdict {
	err := r.clientNumber().VerifyCode(r.ctx, onlyDigits(code))
	switch {
	case err == nil:
		r.state.WrongCodes = 0
		r.number.CodeVerification = "VERIFIED"
		return r.because(ReasonDone)
	case isInvalid(err):
		return r.because(ReasonNotAccepted)
	case refusedWith(err, 136024) && r.look(true) == nil && strings.EqualFold(r.number.CodeVerification, "VERIFIED"):
		return r.because(ReasonDone)
	}
	v := r.failed(err, verifying)
	if v.reason == ReasonWrongCode {
		r.state.WrongCodes++
		v.args = []string{strconv.Itoa(wrongPerCode - r.state.WrongCodes)}
	}
	return v
}

// within keeps the times of the last d.
func within(times []time.Time, now time.Time, d time.Duration) []time.Time {
	var kept []time.Time
	for _, t := range times {
		if now.Sub(t) < d {
			kept = append(kept, t)
		}
	}
	return kept
}

// isInvalid reports whether the client refused an argument before anything was sent.
func isInvalid(err error) bool {
	var refusal *cloudapi.Error
	return errors.Is(err, message.ErrInvalid) && !errors.As(err, &refusal)
}
