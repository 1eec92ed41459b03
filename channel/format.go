package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
)

// messageRecord is a message as it is stored: what agents see of it, and what the hub has to know.
type messageRecord struct {
	conversation.Message
	// SameAs and Pending make the record a stand-in for the message with its wamid: either
	// that message is stored under our own ID, or it is not known yet and these are the
	// edits, deletions and reactions that overtook it.
	SameAs  string                  `json:"same_as,omitempty"`
	Pending *conversation.Amendment `json:"pending,omitempty"`
	// Shown says of a reaction of ours (see Message.Target) that it stands on its message, and
	// Replaced is which one stood there before.
	Shown    bool                   `json:"shown,omitempty"`
	Replaced *conversation.Reaction `json:"replaced,omitempty"`
	// Print tells the content of a message with a Key from that of others.
	Print string `json:"print,omitempty"`
	// Reach names the person who counts for the messaging limit because of the message.
	Reach string `json:"reach,omitempty"`
	// Answer is what the message counts for in its conversation; nil for what is no answer.
	Answer *Answer `json:"answer,omitempty"`
	// AnswersAd is when the customer came through the advertisement that an outbound message may
	// be the first answer to; zero if it cannot be.
	AnswersAd time.Time `json:"answers_ad,omitzero"`
	// Sending says that the message was handed to the Sender and nothing is known yet about
	// what became of it.
	Sending bool `json:"sending,omitempty"`
}

// visible is what others than the hub see of messages.
func visible(records []*messageRecord) []*conversation.Message {
	list := make([]*conversation.Message, len(records))
	for i, m := range records {
		list[i] = &m.Message
	}
	return list
}
