package onboard

import (
	"cmp"
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

// proveOwnership has a code sent and asks for it. Only the first code goes out by itself:
// later ones when somebody asks for them, who is there to read them.
func (r *run) proveOwnership() verdict {
	if r.coexists() {
		return r.because(ReasonInApp)
	}
	// The proof of a number that is switched on may well have expired; it is not asked for.
	if strings.EqualFold(r.number.CodeVerification, "VERIFIED") || r.switchedOn() {
		return r.because(ReasonDone)
	}
	if v := r.resting(StepOwnership, ReasonTooManyCodes); v.status != "" {
		return v
	}
	if len(r.state.Codes) == 0 {
		if v := r.requestCode(cmp.Or(r.state.Plan.CodeMethod, cloudapi.CodeSMS)); v.status != "" || r.fatal != nil {
			return v
		}
	}
	waiting := r.codeStands()
	question := r.codePrompt()
	if !r.codeGood() {
		question = question.problem(waiting)
	}
	for {
		answer, ok := r.ask(question)
		if !ok {
			return waiting.asks(question)
		}
		v := r.answerCode(strings.ToLower(strings.TrimSpace(answer)))
		if !askOn[v.reason] || r.fatal != nil {
			return v
		}
		waiting, question = v, r.codePrompt()
		if v.reason != ReasonCodeSent && v.reason != ReasonCodeCalled {
			question = question.problem(v)
		}
	}
}

// askOn are the outcomes of an answer after which another one may help.
var askOn = map[Reason]bool{
	ReasonCodeSent: true, ReasonCodeCalled: true, ReasonCodeExpired: true, ReasonCodeWait: true,
	ReasonWrongCode: true, ReasonWrongCodes: true, ReasonNotAccepted: true,
}

// answerCode deals with an answer: a code, or the wish for another one.
func (r *run) answerCode(answer string) verdict {
	if method, again := resend[answer]; again {
		if v := r.requestCode(method); v.status != "" || r.fatal != nil {
			return v
		}
		return r.codeStands()
	}
	if !r.codeGood() {
		return r.codeStands()
	}
	v := r.verifyCode(answer)
	if v.reason == ReasonWrongCode && !r.codeGood() {
		return r.codeStands()
	}
	return v
}

// codeStands says how the code that was sent last stands.
func (r *run) codeStands() verdict {
	switch {
	case r.state.WrongCodes >= wrongPerCode:
		return r.because(ReasonWrongCodes, strconv.Itoa(wrongPerCode))
	case !r.codeGood():
		return r.because(ReasonCodeExpired)
	case r.state.CodeMethod == cloudapi.CodeVoice:
		return r.because(ReasonCodeCalled)
	default:
		return r.because(ReasonCodeSent)
	}
}

// codeGood reports whether the code sent last may still be given.
func (r *run) codeGood() bool {
	return len(r.state.Codes) > 0 && r.now().Before(r.lastCode().Add(codeLife)) && r.state.WrongCodes < wrongPerCode
}

func (r *run) lastCode() time.Time { return r.state.Codes[len(r.state.Codes)-1] }

// nextCode is when another code may be asked for, by those of the day before the last one.
func (r *run) nextCode() time.Time {
	if len(r.state.Codes) == 0 {
		return time.Time{}
	}
	recent := within(r.state.Codes, r.lastCode(), 24*time.Hour)
	n := len(recent)
	next := recent[n-1].Add(codeWaits[min(n, len(codeWaits))-1])
	if n >= codesPerDay {
		if day := recent[n-codesPerDay].Add(24 * time.Hour); day.After(next) {
			return day
		}
	}
	return next
}

// requestCode has a code sent, unless it is too early.
func (r *run) requestCode(method cloudapi.CodeMethod) verdict {
	if at := r.nextCode(); at.After(r.now()) {
		return r.because(ReasonCodeWait, moment(at)).at(at)
	}
	err := r.counted().RequestCode(r.ctx, method, r.state.Plan.Locale)
	if err == nil || perhapsDone(err) { // a code whose answer was lost may well have gone out
		r.state.Codes = append(within(r.state.Codes, r.now(), 48*time.Hour), r.now().UTC().Round(0))
		r.state.CodeMethod, r.state.WrongCodes = method, 0
	}
	switch {
	case err == nil:
		return verdict{}
	case refusedWith(err, 136024) && r.verified():
		return r.because(ReasonDone)
	default:
		return r.failed(err, requesting)
	}
}

// verified looks whether the number has become verified by now.
func (r *run) verified() bool {
	return r.look() == nil && strings.EqualFold(r.number.CodeVerification, "VERIFIED")
}

// codePrompt is the question for the code sent last.
func (r *run) codePrompt() Prompt {
	p := prompt(PromptCode, StepOwnership)
	p.Method, p.Sent, p.Resend = r.state.CodeMethod, r.lastCode(), r.nextCode()
	if r.codeGood() {
		p.Expires, p.Left = r.lastCode().Add(codeLife), wrongPerCode-r.state.WrongCodes
	}
	return p
}

// resend are the answers that ask for another code.
var resend = map[string]cloudapi.CodeMethod{AnswerSMS: cloudapi.CodeSMS, AnswerVoice: cloudapi.CodeVoice}

// verifyCode gives a code to Meta. People write codes with a dash or a space.
func (r *run) verifyCode(code string) verdict {
	err := r.counted().VerifyCode(r.ctx, onlyDigits(code))
	switch {
	case err == nil:
		r.state.WrongCodes = 0
		r.number.CodeVerification = "VERIFIED"
		return r.because(ReasonDone)
	case isInvalid(err):
		return r.malformed(PromptCode)
	case refusedWith(err, 136024) && r.verified():
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
