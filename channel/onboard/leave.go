package onboard

import (
	"strings"

	"github.com/kanava-go/kanava/channel/cloudapi"
)

// unsubscribe ends the override of the number, and the account's webhooks if no other
// number of the account is switched on.
func (r *run) unsubscribe() verdict {
	switch err := r.look(); {
	case refusedWith(err, 33): // it is gone
	case err != nil:
		return r.failed(err, nil)
	case r.number.Webhooks.Number != "":
		if err := r.clientNumber().SetWebhook(r.ctx, cloudapi.Webhook{}); err != nil {
			return r.failed(err, nil)
		}
	}
	if r.state.AccountID == "" {
		return r.because(ReasonDone).remark(ReasonStillSubscribed)
	}
	for n, err := range r.clientAccount().Numbers(r.ctx, cloudapi.NumberQuery{}) {
		if err != nil && ends(r.ctx, err) {
			return r.failed(err, nil)
		}
		// One that cannot be read may be on: the webhooks stay.
		if err != nil || n.ID != r.state.NumberID && n.Platform == "CLOUD_API" {
			return r.because(ReasonDone).remark(ReasonStillSubscribed)
		}
	}
	if err := r.clientAccount().Unsubscribe(r.ctx); err != nil {
		return r.failed(err, nil)
	}
	return r.because(ReasonDone)
}

// deregister switches the number off.
func (r *run) deregister() verdict {
	switch {
	case r.number.ID == "":
		return r.because(ReasonDone) // it is gone
	case r.number.OnBizApp:
		return r.because(ReasonLeaveInApp)
	case r.number.Platform != "CLOUD_API":
		return r.because(ReasonDone)
	}
	return r.switchOff()
}

// checkPINOff looks whether two-step verification is off: no call of the API does that.
func (r *run) checkPINOff() verdict {
	if r.number.ID == "" || r.number.PINEnabled != nil && !*r.number.PINEnabled {
		return r.because(ReasonDone)
	}
	return r.because(ReasonPINOn)
}

// checkDeleted looks whether the number is out of the account: no call of the API does that.
func (r *run) checkDeleted() verdict {
	if r.number.ID == "" || strings.EqualFold(r.number.Status, "DELETED") || strings.EqualFold(r.number.Status, "MIGRATED") {
		return r.because(ReasonDone)
	}
	return r.because(ReasonDelete)
}
