package webhook

import "time"

// CallEvent says what happened to a call. Other values may appear.
type CallEvent string

// The call events of the Calling API.
const (
	// CallConnect carries the session description. A call by a person must be
	// accepted within 30 to 60 seconds of it.
	CallConnect CallEvent = "connect"
	// CallTerminate ends a call; see Call.Status and Call.Duration.
	CallTerminate CallEvent = "terminate"
	// CallCreated announces a call on a number that uses SIP.
	CallCreated CallEvent = "call_created"
	// CallRecordingAvailable and CallTranscriptAvailable carry a file.
	CallRecordingAvailable  CallEvent = "call_recording_available"
	CallTranscriptAvailable CallEvent = "call_transcription_available"
)

// CallDirection says who called.
type CallDirection string

// The two directions of a call.
const (
	CallByUser     CallDirection = "USER_INITIATED"
	CallByBusiness CallDirection = "BUSINESS_INITIATED"
)

// Call is an event of a voice call. A person calling the business opens the
// customer service window, answered or not.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/reference
// (checked 2026-10-06).
type Call struct {
	ID        string // "wacid.…", never empty; personal data
	Event     CallEvent
	Direction CallDirection

	// User is the person, whoever called.
	User Identity

	// Session is set for CallConnect.
	Session *CallSession

	// DeeplinkPayload and CTAPayload are the developer's values on the link or
	// button the person called from.
	DeeplinkPayload, CTAPayload string

	// OpaqueID echoes biz_opaque_callback_data.
	OpaqueID string

	// Status of a terminated call: "COMPLETED" or "FAILED".
	Status string

	// Started, Ended and Duration are set if the call was answered.
	Started, Ended time.Time
	Duration       time.Duration

	// Recording or transcript, valid for seven days.
	Recording, Transcript *Media

	// Errors says why a call failed.
	Errors []Error
}

// CallSession is a WebRTC session description.
type CallSession struct {
	Type string // "offer" or "answer"; empty in payloads of the former form
	SDP  string
}

// Values of [CallStatus.Status].
const (
	CallRinging  = "RINGING"
	CallAccepted = "ACCEPTED"
	CallRejected = "REJECTED"
)

// CallStatus is news about a call the business made. A person accepting it opens
// the customer service window.
type CallStatus struct {
	ID        string // "wacid.…", never empty; personal data
	Status    string // CallRinging, CallAccepted, CallRejected, or a later addition
	Recipient Identity
	OpaqueID  string
	Errors    []Error
}

func (*Call) payload()       {}
func (*CallStatus) payload() {}
