package onboard

import (
	"slices"
	"strings"
)

// checkAccount finds the account, reads it, and looks at its review.
func (r *run) checkAccount() verdict {
	if r.state.AccountID == "" {
		question := prompt(PromptAccount, StepAccount)
		question.Choices = r.choices
		id, ok := r.ask(question)
		for ok && !(digitsOnly(id) && (len(r.choices) == 0 || slices.Contains(r.choices, id))) {
			id, ok = r.ask(question.problem(r.malformed(PromptAccount)))
		}
		if !ok {
			return r.because(ReasonWhichAccount).asks(question)
		}
		r.state.AccountID = id
	}
	info, err := r.clientAccount().Info(r.ctx)
	if err != nil {
		v := r.failed(err, nil)
		if v.reason == ReasonNotVisible && r.state.Plan.AccountID == "" {
			r.state.AccountID = "" // it can be asked for again
		}
		return v
	}
	r.account = info
	return r.judgeAccount()
}

// judgeAccount looks at the review and the state of the account.
func (r *run) judgeAccount() verdict {
	switch strings.ToUpper(r.account.ReviewStatus) {
	case "PENDING", "DEFERRED":
		return r.because(ReasonReviewPending)
	case "REJECTED":
		return r.because(ReasonReviewRejected)
	}
	switch strings.ToUpper(r.account.Status) {
	case "RESTRICTED", "DISABLED", "BANNED", "SUSPENDED", "LOCKED":
		return r.because(ReasonRestricted)
	}
	return r.because(ReasonDone)
}

// checkVerification looks at whether the business has proved who it is.
func (r *run) checkVerification() verdict {
	switch strings.ToLower(r.account.BusinessVerification) {
	case "verified":
		return r.because(ReasonDone)
	case "pending", "pending_submission", "pending_need_more_info", "in_review":
		if strings.EqualFold(r.account.BusinessVerification, "pending_need_more_info") {
			return r.because(ReasonVerificationMore)
		}
		return r.because(ReasonVerificationPending)
	case "rejected", "failed", "revoked":
		return r.because(ReasonVerificationFailed)
	default:
		return r.because(ReasonNotVerified)
	}
}

// checkPayment looks at who pays; a credit line of the plan is shared.
func (r *run) checkPayment() verdict {
	p, v := r.state.Plan, r.judgePayment()
	if v.reason != ReasonNoPayment || p.CreditLineID == "" {
		return v
	}
	if _, err := r.clientAccount().ShareCredit(r.ctx, p.CreditLineID, p.Currency); err != nil {
		return r.failed(err, nil)
	}
	return r.because(ReasonCreditShared)
}

// judgePayment looks at who pays.
func (r *run) judgePayment() verdict {
	switch {
	case r.number.Mode == "SANDBOX":
		return r.because(ReasonSandbox)
	case r.account.FundingID != "":
		return r.because(ReasonDone)
	default:
		return r.because(ReasonNoPayment)
	}
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
