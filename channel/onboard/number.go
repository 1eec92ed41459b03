package onboard

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// Numbers that a portfolio may have: at first, and once the business is verified or may
// reach 2,000 people.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
// (checked 2026-09-11)
const (
	numbersAtFirst = 2
	numbersLater   = 20
)

// findNumber finds the number in the account, or adds it.
func (r *run) findNumber() verdict {
	if err := r.listNumbers(); err != nil {
		return r.failed(err, nil)
	}
	if r.state.NumberID == "" {
		r.searchNumber()
	}
	if r.state.NumberID == "" {
		if v := r.addNumber(); v.status != "" || r.fatal != nil {
			return v
		}
	}
	if err := r.look(); err != nil {
		return r.failed(err, map[int]Reason{33: ReasonNumberGone})
	}
	switch v := r.judgeStatus(); {
	case v.status == Blocked:
		return v
	case !r.listed():
		return r.because(ReasonOtherAccount, r.state.AccountID)
	case r.state.Plan.Coexistence && !r.number.OnBizApp:
		return r.because(ReasonNotInApp)
	default:
		return r.because(ReasonDone)
	}
}

// listNumbers reads the numbers of the account. One that cannot be read is left out.
func (r *run) listNumbers() error {
	r.numbers = nil
	for n, err := range r.clientAccount().Numbers(r.ctx, cloudapi.NumberQuery{}) {
		switch {
		case err == nil:
			r.numbers = append(r.numbers, n)
		case ends(r.ctx, err):
			return err
		}
	}
	return nil
}

// listed reports whether the number is one of the account: webhooks and templates of
// another account would never meet it.
func (r *run) listed() bool {
	return slices.ContainsFunc(r.numbers, func(n cloudapi.NumberInfo) bool { return n.ID == r.state.NumberID })
}

// judgeStatus looks at whether the number can send.
func (r *run) judgeStatus() verdict {
	switch strings.ToUpper(r.number.Status) {
	case "CONNECTED":
		return r.because(ReasonDone)
	case "BANNED":
		return r.because(ReasonBanned)
	case "MIGRATED", "DELETED":
		return r.because(ReasonNumberGone)
	case "FLAGGED", "RESTRICTED", "RATE_LIMITED":
		return r.because(ReasonNumberRestricted, r.number.Status)
	}
	return r.because(ReasonNotRegistered)
}

// searchNumber looks for the number in the account: the planned one, or on a signup without
// one the newest.
func (r *run) searchNumber() {
	wanted := r.state.Plan.digits()
	i := slices.IndexFunc(r.numbers, func(n cloudapi.NumberInfo) bool {
		return wanted == "" || onlyDigits(n.DisplayPhone) == wanted
	})
	if i >= 0 {
		r.state.NumberID = r.numbers[i].ID
	}
}

// adding are the refusals when a number is added.
var adding = map[int]Reason{
	2388001: ReasonOldPIN, 2388012: ReasonTaken, 2388103: ReasonCannotMigrate, 2388091: ReasonCannotMigrate,
	133005: ReasonOldPIN, 133015: ReasonBeingDeleted,
}

// addNumber adds the number to the account.
func (r *run) addNumber() verdict {
	p := r.state.Plan
	if p.Phone == "" || p.DisplayName == "" && !p.Migrate {
		return r.because(ReasonNoNumber)
	}
	code, national, _ := p.dial()
	id, err := r.clientAccount().AddNumber(r.ctx, cloudapi.NewNumber{
		CountryCode: code, Number: national, DisplayName: p.DisplayName, Migrate: p.Migrate,
	})
	if err == nil {
		r.state.NumberID = id
		r.numbers = append(r.numbers, cloudapi.NumberInfo{ID: id})
		return verdict{}
	}
	v := r.failed(err, adding)
	// Meta says no more than that a parameter is wrong.
	if limit := r.numberLimit(); v.reason == ReasonRefused && r.countNumbers() >= limit {
		full := r.because(ReasonNumberLimit, strconv.Itoa(limit))
		if limit == numbersAtFirst {
			full = r.because(ReasonNumberLimitAtFirst, strconv.Itoa(limit))
		}
		full.code, full.trace = v.code, v.trace
		return full
	}
	if v.reason == ReasonTaken && p.Migrate {
		v.reason = ReasonTakenHere
	}
	return v
}

// numberLimit is how many numbers the business may have, as far as can be told.
func (r *run) numberLimit() int {
	switch r.account.MessagingLimit {
	case "", "TIER_NOT_SET", "TIER_50", "TIER_250", "TIER_1K":
		if !strings.EqualFold(r.account.BusinessVerification, "verified") {
			return numbersAtFirst
		}
	}
	return numbersLater
}

// countNumbers counts the numbers of all accounts that the token names: they share the limit.
func (r *run) countNumbers() int {
	count := len(r.numbers)
	for _, account := range r.choices {
		if account == r.state.AccountID {
			continue
		}
		for n, err := range r.client.Account(account).Numbers(r.ctx, cloudapi.NumberQuery{Fields: []string{"id"}}) {
			if err == nil && n.ID != "" {
				count++
			}
		}
	}
	return count
}

// checkName looks at the review of the display name, and asks for another one if it failed.
// A later name is shown once the number is switched on again with it.
func (r *run) checkName() verdict {
	v := r.judgeName()
	switch {
	case v.reason == ReasonNameRejected, v.reason == ReasonNameExpired, v.reason == ReasonNoName:
		return r.rename(v)
	case v.status == Done && r.state.Renamed && r.switchedOn():
		return r.register(StepName, r.because(ReasonNameApproved))
	default:
		return v
	}
}

// judgeName looks at the review of the display name.
func (r *run) judgeName() verdict {
	n := r.number
	switch {
	case r.coexists():
		return r.because(ReasonInApp)
	case n.NewName != "" && strings.EqualFold(n.NewNameStatus, "PENDING_REVIEW"):
		return r.because(ReasonNamePending)
	}
	switch strings.ToUpper(n.NameStatus) {
	case "APPROVED", "AVAILABLE_WITHOUT_REVIEW":
		return r.because(ReasonDone)
	case "PENDING_REVIEW":
		return r.because(ReasonNamePending)
	case "DECLINED":
		return r.because(ReasonNameRejected)
	case "EXPIRED":
		return r.because(ReasonNameExpired)
	}
	if n.Mode == "SANDBOX" {
		return r.because(ReasonSandbox)
	}
	return r.because(ReasonNoName)
}

// rename asks for another name and hands it in.
func (r *run) rename(v verdict) verdict {
	question := prompt(PromptName, StepName)
	for asked := question; ; asked = question.problem(r.malformed(PromptName)) {
		name, ok := r.ask(asked)
		if !ok {
			return v.asks(question)
		}
		switch err := r.clientNumber().SetDisplayName(r.ctx, strings.TrimSpace(name)); {
		case err == nil:
			r.state.Renamed = true
			return r.because(ReasonNamePending)
		case isInvalid(err):
		default:
			return r.failed(err, nil)
		}
	}
}

// onlyDigits leaves the digits of a number written for reading.
func onlyDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}
