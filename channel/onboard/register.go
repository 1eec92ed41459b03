package onboard

import (
	"strconv"
	"strings"
	"time"
)

// Registrations and deregistrations that Meta allows a number, and wrong PINs that we
// allow ourselves: how many lock the number is not published.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
// (checked 2026-09-11)
const (
	registrations      = 10
	registrationWindow = 72 * time.Hour
	wrongPINs          = 3
)

// registering are the refusals at this step. 2388001 means here that the number is still in
// use in the WhatsApp app on a phone; only the account there keeps it, not the one here.
var registering = map[int]Reason{
	133000: ReasonHalfOff, 133005: ReasonWrongPIN, 133006: ReasonVerifyAgain, 133008: ReasonPINLocked, 133009: ReasonPINFast,
	133015: ReasonBeingDeleted, 133016: ReasonRegistrations, 2388001: ReasonAppHolds, 131045: ReasonVerifyAgain, 131037: ReasonNameFirst,
}

// registerNumber switches the number on.
func (r *run) registerNumber() verdict {
	switch {
	case r.coexists():
		return r.because(ReasonInApp)
	case r.switchedOn():
		return r.judgeStatus()
	case r.number.Platform == "CLOUD_API" && r.stillConnecting():
		return r.because(ReasonConnecting, r.number.Status)
	case r.number.PINEnabled != nil && *r.number.PINEnabled:
		return r.register(StepRegister, r.because(ReasonPINInForce))
	default:
		return r.register(StepRegister, r.because(ReasonPIN))
	}
}

// register asks for the PIN and switches the number on. Without an answer the step waits.
func (r *run) register(id StepID, waiting verdict) verdict {
	if v := r.resting(id, ReasonPINLocked, ReasonPINFast, ReasonRegistrations); v.status != "" {
		return v
	}
	if v := r.registrationWait(); v.status != "" {
		return v
	}
	question := prompt(PromptPIN, id)
	for {
		if r.state.WrongPINs >= wrongPINs {
			r.state.WrongPINs = wrongPINs - 1 // from now on one try for each run
			question.Left = 1
			return r.because(ReasonWrongPINs, strconv.Itoa(wrongPINs)).asks(question)
		}
		question.Left = wrongPINs - r.state.WrongPINs
		pin, ok := r.ask(question)
		if !ok {
			return waiting.asks(question)
		}
		v := r.tryPIN(strings.TrimSpace(pin))
		if v.reason != ReasonWrongPIN && v.reason != ReasonNotAccepted {
			return v
		}
		waiting, question = v, question.problem(v)
	}
}

// switchedOn reports whether the number is registered, be it limited or not.
func (r *run) switchedOn() bool {
	switch strings.ToUpper(r.number.Status) {
	case "CONNECTED", "FLAGGED", "RESTRICTED", "RATE_LIMITED":
		return r.number.Platform == "CLOUD_API"
	default:
		return false
	}
}

// connecting is how long a number that was switched on may take to say so.
const connecting = time.Hour

// stillConnecting reports whether the last look found the number on its way.
func (r *run) stillConnecting() bool {
	old := r.state.find(StepRegister)
	return old.Reason == ReasonConnecting && r.now().Sub(old.Since) < connecting
}

// registrationWait keeps below Meta's limit.
func (r *run) registrationWait() verdict {
	recent := within(r.state.Registrations, r.now(), registrationWindow)
	if len(recent) < registrations {
		return verdict{}
	}
	at := recent[len(recent)-registrations].Add(registrationWindow)
	return r.because(ReasonRegistrations).at(at)
}

// tryPIN makes one attempt. Every call counts, whatever its answer.
func (r *run) tryPIN(pin string) verdict {
	err := r.counted().Register(r.ctx, pin, r.state.Plan.Region)
	if isInvalid(err) {
		return r.malformed(PromptPIN)
	}
	if err == nil || perhapsDone(err) || isRefusal(err) {
		r.countRegistration()
	}
	if err == nil {
		r.state.WrongPINs, r.state.Renamed = 0, false
		if err := r.look(); err != nil {
			return r.failed(err, nil)
		}
		if !r.switchedOn() {
			return r.because(ReasonConnecting, r.number.Status)
		}
		return r.judgeStatus()
	}
	v := r.failed(err, registering)
	switch v.reason {
	case ReasonWrongPIN:
		r.state.WrongPINs++
	case ReasonHalfOff: // it has to be switched off completely first
		if v := r.switchOff(); v.status != Done {
			return v
		}
	}
	return v
}

// switchOff takes the number off the Cloud API.
func (r *run) switchOff() verdict {
	if v := r.registrationWait(); v.status != "" {
		return v
	}
	err := r.counted().Deregister(r.ctx)
	if err == nil || perhapsDone(err) || isRefusal(err) {
		r.countRegistration()
	}
	if err != nil {
		return r.failed(err, registering)
	}
	if err := r.look(); err != nil {
		return r.failed(err, nil)
	}
	return r.because(ReasonDone)
}

func (r *run) countRegistration() {
	r.state.Registrations = append(within(r.state.Registrations, r.now(), registrationWindow), r.now().UTC().Round(0))
}
