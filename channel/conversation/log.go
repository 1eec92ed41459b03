package conversation

import "time"

// LogEntry is an event in the life of a conversation that is no message: who had it, where
// it stood, and above all what could not be sent and why.
type LogEntry struct {
	Conversation string     `json:"conversation"`
	At           time.Time  `json:"at"`
	Kind         ChangeKind `json:"kind"`
	// Message is the message concerned, "" if none.
	Message string `json:"message,omitempty"`
	// Author, From, To, Reason, Cause and Failure are as in Change.
	Author  Author   `json:"author,omitzero"`
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Cause   Cause    `json:"cause,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}
