package message

import (
	"net/http"
	"slices"
	"time"
)

// entry is one row of Meta's table of error codes, with our reading of it.
type entry struct {
	code      int
	class     Class
	advice    Advice
	after     time.Duration
	max       int8
	uncertain bool
	title     string
	hint      string
}

// Hints that many rows share.
const (
	hintOperator  = "This cannot be solved in the conversation. Ask an administrator to check the WhatsApp channel."
	hintTemporary = "WhatsApp had a temporary problem. The message can be tried again."
	hintBusy      = "Too many messages are going out right now. The message waits its turn."
	hintTemplate  = "The template cannot be sent like this. Choose another template or ask an administrator to correct it."
	hintValues    = "The values do not fit the template. Check every field of the template and send again."
	hintRecipient = "WhatsApp cannot deliver to this person. Use another way to reach them."
	hintUser      = "WhatsApp chose not to deliver this message to this person. Sending it again soon will not help."
	hintCall      = "The call is not possible. Write to the customer instead."
	hintGroup     = "The group cannot be used like this. Check the group and its members."
)

// findCode finds a row by code. Code 0 is Meta's "not authenticated", but it is
// also what is left of an answer without a code: there the HTTP status decides.
func findCode(code, httpStatus int) *entry {
	if code == 0 && httpStatus != 0 && httpStatus != http.StatusUnauthorized {
		return nil
	}
	for _, t := range [...][]entry{generalCodes[:], messageCodes[:], accountCodes[:], callCodes[:]} {
		if i, ok := slices.BinarySearchFunc(t, code, byCode); ok {
			return &t[i]
		}
	}
	switch {
	case code > 200 && code <= 299:
		return &missingPermission
	case code >= 141000 && code <= 141014:
		return &unhealthy
	case code >= 2494164 && code <= 2494179:
		return &signupFailed
	}
	return nil
}

// findSubcode finds the rows that Meta documents as subcodes of 100, the general
// parameter error, and one of another code. A few clients see the same numbers as codes.
func findSubcode(code, subcode int) *entry {
	if code == 136024 && subcode == 2388091 {
		return &tooManyCodes
	}
	if subcode == 0 || code != 100 {
		return nil
	}
	if subcode == 33 {
		return &objectMissing
	}
	if i, ok := slices.BinarySearchFunc(accountCodes[:], subcode, byCode); ok {
		return &accountCodes[i]
	}
	return nil
}

func byCode(e entry, code int) int { return e.code - code }

// Rows that stand for a range, or that only a subcode selects.
var (
	missingPermission = entry{
		class: ClassPermission, advice: RetryFixed, title: "Permission missing", hint: hintOperator,
	}
	unhealthy = entry{
		class: ClassAccount, advice: RetryFixed, title: "Number or account is not healthy", hint: hintOperator,
	}
	signupFailed = entry{
		class: ClassAccount, advice: RetryFixed, title: "Sign-up failed", hint: hintOperator,
	}
	// Seen in recorded traffic: the code of a number that is verified already, for one that
	// asked for too many codes.
	tooManyCodes = entry{
		class: ClassAccount, advice: RetryLater, after: time.Hour, title: "Too many verification codes were asked for", hint: hintOperator,
	}
	objectMissing = entry{
		class: ClassPermission, advice: RetryFixed, title: "Object does not exist or is not visible to the token", hint: hintOperator,
	}
)

// generalCodes are the codes below 130000, sorted.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-09-11)
var generalCodes = [...]entry{
	{code: 0, class: ClassAuth, advice: RetryFixed, title: "Not authenticated", hint: hintOperator},
	{code: 1, class: ClassTemporary, advice: RetryAfter, max: 1, uncertain: true, title: "Unknown fault or bad request", hint: hintTemporary},
	{code: 2, class: ClassTemporary, advice: RetryAfter, uncertain: true, title: "Temporary outage", hint: hintTemporary},
	{code: 3, class: ClassPermission, advice: RetryFixed, title: "Capability or permission missing", hint: hintOperator},
	{code: 4, class: ClassThrottledAccount, advice: RetryAfter, after: time.Minute, title: "Call limit of the app reached", hint: hintBusy},
	{code: 10, class: ClassPermission, advice: RetryFixed, title: "Permission not granted or removed", hint: hintOperator},
	{code: 17, class: ClassThrottledAccount, advice: RetryAfter, after: time.Minute, title: "Call limit of the user reached", hint: hintBusy},
	{code: 32, class: ClassThrottledAccount, advice: RetryAfter, after: time.Minute, title: "Call limit of the page reached", hint: hintBusy},
	{code: 33, class: ClassAccount, advice: RetryFixed, title: "Number deleted", hint: hintOperator},
	{code: 100, class: ClassParameter, advice: RetryFixed, title: "Bad or unsupported parameter", hint: "The message has a part that WhatsApp does not accept. Change the message and send again."},
	{code: 102, class: ClassAuth, advice: RetryFixed, title: "Session invalid", hint: hintOperator},
	{code: 104, class: ClassAuth, advice: RetryFixed, title: "Token missing or signature wrong", hint: hintOperator},
	{code: 190, class: ClassAuth, advice: RetryFixed, title: "Token expired or invalid", hint: hintOperator},
	{code: 200, class: ClassPermission, advice: RetryFixed, title: "Permission missing or no access to the account", hint: hintOperator},
	{code: 368, class: ClassPolicy, advice: RetryFixed, title: "Account restricted for violating a policy", hint: hintOperator},
	{code: 470, class: ClassWindowClosed, advice: RetryFixed, title: "Customer service window closed (old code)", hint: hintWindow},
	{code: 506, class: ClassParameter, advice: RetryNever, title: "Duplicate post", hint: "The same message was sent a moment ago."},
	{code: 613, class: ClassThrottledAccount, advice: RetryAfter, after: time.Second, title: "Custom rate limit reached", hint: hintBusy},
	{code: 1013, class: ClassRecipient, advice: RetryNever, title: "User is not valid (old code)", hint: hintRecipient},
	{code: 2046, class: ClassParameter, advice: RetryFixed, title: "Order status cannot change like this", hint: "The order cannot go to this status. Check the order."},
	{code: 80007, class: ClassThrottledAccount, advice: RetryAfter, after: time.Minute, title: "Management limit of the account reached", hint: hintBusy},
	{code: 80008, class: ClassThrottledAccount, advice: RetryAfter, after: time.Minute, title: "Management limit of the account reached", hint: hintBusy},
}
