package onboard

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
)

// anywhere are the refusals that mean the same at every step. A step has a table of its
// own for what means something else there.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-09-11)
var anywhere = map[int]Reason{
	0: ReasonTokenRefused, 102: ReasonTokenRefused, 104: ReasonTokenRefused, 190: ReasonTokenRefused,
	3: ReasonPermission, 10: ReasonPermission, 200: ReasonPermission, 131005: ReasonPermission,
	33: ReasonNotVisible,
	4:  ReasonThrottled, 17: ReasonThrottled, 32: ReasonThrottled, 613: ReasonThrottled, 80007: ReasonThrottled, 80008: ReasonThrottled,
	368: ReasonRestricted, 131031: ReasonLocked,
	1: ReasonMetaUnwell, 2: ReasonMetaUnwell, 131000: ReasonMetaUnwell, 131016: ReasonMetaUnwell, 133004: ReasonMetaUnwell,
	131057: ReasonMaintenance, 2494100: ReasonMaintenance,
}

// failed turns the error of a call into a verdict. Meta gives some numbers as a code, some
// as the subcode of 100: both are looked up, the subcode first.
func (r *run) failed(err error, here map[int]Reason) verdict {
	if ctx := r.ctx.Err(); ctx != nil {
		return r.stop(ctx)
	}
	var limit *cloudapi.LimitError
	var refusal *cloudapi.Error
	var transport *cloudapi.TransportError
	switch {
	case errors.As(err, &limit):
		return r.because(ReasonThrottled).at(r.now().Add(limit.Wait))
	case errors.As(err, &transport):
		return r.because(ReasonUnreachable)
	case errors.Is(err, errNoToken):
		return r.because(ReasonNoToken)
	case !errors.As(err, &refusal):
		if errors.Is(err, message.ErrInvalid) {
			return r.because(ReasonNotAccepted, "something in the plan breaks a rule of WhatsApp")
		}
		return r.because(ReasonUnreachable)
	}
	v := r.because(classify(refusal, here), strconv.Itoa(refusal.Code))
	v.code, v.trace = refusal.Code, refusal.TraceID
	if refusal.Subcode != 0 {
		v.args[0] += "/" + strconv.Itoa(refusal.Subcode)
	}
	if refusal.Subcode != 0 && refusal.Code == 100 {
		v.code = refusal.Subcode
	}
	if wait := saidWait(refusal.Details); wait > 0 && v.status == WaitingForMeta {
		v.again = r.now().Add(wait)
	}
	return v
}

// waitWords finds a wait in what Meta says, such as "in 2 hours" or "12h0m0s".
var waitWords = regexp.MustCompile(`(?i)\b(\d{1,5})\s*(hour|minute|second)s?\b|\b((?:\d+[hms])+)\b`)

// saidWait is the wait that Meta names in the details of some refusals, 0 if it names none.
func saidWait(details string) (wait time.Duration) {
	for _, m := range waitWords.FindAllStringSubmatch(details, -1) {
		n, _ := strconv.Atoi(m[1])
		switch strings.ToLower(m[2]) {
		case "hour":
			wait += time.Duration(n) * time.Hour
		case "minute":
			wait += time.Duration(n) * time.Minute
		case "second":
			wait += time.Duration(n) * time.Second
		default:
			d, err := time.ParseDuration(m[3])
			if err == nil {
				wait += d
			}
		}
	}
	if wait > 7*24*time.Hour { // no wait of Meta's is so long
		return 0
	}
	return wait
}

// perhapsDone reports whether a call whose error this is may have taken effect.
func perhapsDone(err error) bool {
	var lost *cloudapi.TransportError
	return errors.As(err, &lost) && lost.Sent
}

// classify finds the reason of a refusal.
func classify(e *cloudapi.Error, here map[int]Reason) Reason {
	for _, table := range []map[int]Reason{here, anywhere} {
		for _, code := range []int{e.Subcode, e.Code} {
			reason, ok := table[code]
			if ok && (code != 0 || e.Subcode == 0 && e.Code == 0 && e.Status == 401) {
				return reason
			}
		}
	}
	switch e.Failure().Class {
	case message.ClassAuth:
		return ReasonTokenRefused
	case message.ClassPermission:
		return ReasonPermission
	case message.ClassTemporary:
		return ReasonMetaUnwell
	case message.ClassThrottledAccount, message.ClassThrottledNumber:
		return ReasonThrottled
	default:
		return ReasonRefused
	}
}

// ends reports whether an error ends a list, or is only about an element that cannot be read.
func ends(ctx context.Context, err error) bool {
	var lost *cloudapi.TransportError
	var limit *cloudapi.LimitError
	return isRefusal(err) || errors.As(err, &lost) || errors.As(err, &limit) || ctx.Err() != nil
}

// isRefusal reports whether Meta answered with a refusal.
func isRefusal(err error) bool {
	var e *cloudapi.Error
	return errors.As(err, &e)
}

// refusedWith reports whether err is a refusal with this code or subcode.
func refusedWith(err error, codes ...int) bool {
	var e *cloudapi.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code || e.Subcode == code {
			return true
		}
	}
	return false
}
