package conversation

import "time"

// Answer is what a desk keeps with a message of ours that somebody waited for, so that it can be
// taken back.
type Answer struct {
	// Asked and Unanswered are since when the customer had waited when it was queued, as in
	// rules.State.
	Asked      time.Time `json:"asked,omitzero"`
	Unanswered time.Time `json:"unanswered,omitzero"`
	// At is when WhatsApp accepted it; zero while it does not count.
	At time.Time `json:"at,omitzero"`
	// Ended and EndedAny are since when the customer had waited for a person or a bot, and for
	// anything of ours, where this ended the wait.
	Ended    time.Time `json:"ended,omitzero"`
	EndedAny time.Time `json:"ended_any,omitzero"`
	// First is when the conversation had begun, if this was the first answer of a person.
	First time.Time `json:"first,omitzero"`
	// Owned is when its author became the owner by it, and Before who was it until then.
	Owned  time.Time `json:"owned,omitzero"`
	Before string    `json:"before,omitempty"`
	// Back counts how often it was taken back.
	Back int `json:"back,omitempty"`
}
