package twilio

import (
	"net/http"

	"github.com/kanava-go/kanava/channel/message"
)

// metaCode says what Meta calls what Twilio calls by another number, so that a failure is of
// the same class, with the same advice and the same words for an agent, whoever carried the
// message. Codes that are not listed have no counterpart.
//
// https://www.twilio.com/docs/whatsapp/api/error-code-mapping (checked 2026-11-29) lists the
// codes of WhatsApp's former API behind Twilio's; the rest is from the page of each code at
// https://www.twilio.com/docs/api/errors.
var metaCode = map[int]int{
	20003: 190,    // authentication failed
	20005: 131031, // account not active
	20403: 10,     // forbidden
	20429: 80007,  // too many requests
	20404: 100,    // no such resource

	21211: 131026, // To is not a valid number
	21212: 131045, // From is not a valid number
	21408: 130497, // no permission for the region
	21601: 131045, // From cannot send messages
	21603: 100,    // From is missing
	21604: 100,    // To is missing
	21606: 131045, // From is not the account's
	21610: 131050, // recipient has unsubscribed
	21611: 130429, // queue of the sender is full
	21614: 131026, // To cannot receive messages
	21617: 131001, // body is too long
	21619: 131008, // no content
	21620: 131053, // media address is not valid
	21623: 131053, // too many media
	21654: 131008, // ContentVariables without ContentSid
	21655: 132001, // no such ContentSid
	21656: 132000, // ContentVariables do not fit

	30001: 130429, // queue overflow
	30002: 131031, // account suspended
	30410: 131016, // provider timed out

	63001: 190,    // channel could not authenticate
	63002: 131045, // channel does not know From
	63003: 131026, // channel does not know To
	63005: 131051, // channel does not accept the content
	63006: 131051, // content cannot be brought into the channel's form
	63007: 131045, // no sender with this From
	63009: 131000, // error of the channel
	63010: 131000, // internal error of the channel
	63011: 131000, // request not processed
	63012: 131016, // internal service error of the channel
	63013: 368,    // policy of the channel violated
	63014: 131026, // recipient blocked the sender
	63015: 131030, // sandbox: recipient has not joined
	63016: 131047, // customer service window closed
	63018: 130429, // rate limit of the channel
	63019: 131053, // media could not be downloaded
	63020: 131042, // business manager account in trouble: payment, invitation
	63021: 131051, // content not valid for the channel
	63022: 131037, // certificate of the name not valid
	63023: 131000, // generic error of the channel
	63024: 131026, // recipient not valid
	63025: 131053, // media exists already
	63027: 132001, // template missing in the language
	63028: 132000, // number of parameters differs
	63029: 132001, // recipient could not load the template
	63030: 131009, // parameter not supported
	63031: 131021, // sender and recipient are the same
	63032: 130472, // user takes part in an experiment
	63033: 131026, // recipient blocked messages
	63036: 131026, // recipient cannot be reached
	63038: 80007,  // daily limit of the account
	63040: 132001, // template rejected
	63041: 132015, // template paused
	63042: 132016, // template disabled
	63049: 131049, // Meta chose not to deliver
	63051: 131031, // account locked
	63054: 132016, // template not available to this account
}

// MetaCode is what Meta calls Twilio's code, or the code itself where Meta has no word for it.
func MetaCode(code int) int {
	if m, ok := metaCode[code]; ok {
		return m
	}
	return code
}

// Classify says what a code of Twilio's means: what message.Classify says of Meta's word for
// it. httpStatus is the status of the answer, 0 for a failure told by a status callback.
func Classify(code, httpStatus int) message.Failure {
	f := message.Classify(MetaCode(code), 0, httpStatus, false)
	f.HTTPStatus = httpStatus
	if code != 0 && httpStatus >= http.StatusBadRequest && httpStatus < http.StatusInternalServerError {
		// Twilio answers 4xx before it takes a message; Meta uses some of these codes behind
		// the acceptance as well.
		f.Uncertain = false
	}
	return f
}
