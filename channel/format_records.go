package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/template"
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
	// Form says that Choice is what the customer wrote into a form, and not the ID of what they tapped.
	Form bool `json:"form,omitempty"`
	// Print tells the content of a message with a Key from that of others.
	Print string `json:"print,omitempty"`
	// Reach names the person who counts for the messaging limit because of the message.
	Reach string `json:"reach,omitempty"`
	// Answer is what the message counts for in its conversation; nil for what is no answer.
	Answer *conversation.Answer `json:"answer,omitempty"`
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

// An alias is one of the names under which WhatsApp reports a person. A customer has
// any number of them, and they come and go: a phone number may be withheld, appear,
// change or be given to somebody else; a BSUID changes with the number.
//
// A BSUID names one person for certain, a phone number only for a time. Where that leaves a
// doubt, two people are kept apart rather than taken for one, since one person's messages
// must not reach another. One story cannot be told from another in every order: somebody of
// whom only the number is known, who gave the number up without that being known yet, when
// its next owner writes. Until the late notice the messages of both stand in one
// conversation of the next owner, as they would if it were one person whose BSUID has become
// known; from the notice on they are two, and what stands there stays there.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids,
// checked 2026-08-11.
type alias struct {
	Customer string `json:"customer"`
	// At is the newest event that showed the alias with this customer. A phone number
	// belongs to whom it was seen with last.
	At time.Time `json:"at"`
	// Until is when the customer gave the phone number up; later events on it are of
	// somebody else. Zero: not known to have been given up.
	Until time.Time `json:"until,omitzero"`
}

// standIn is the part of a Message that a stand-in has: see Message.SameAs.
type standIn struct {
	ID      string                  `json:"id"`
	Channel string                  `json:"channel"`
	SameAs  string                  `json:"same_as,omitempty"`
	Pending *conversation.Amendment `json:"pending,omitempty"`
}

// reached says which messages a person counts for: one that failed reached nobody.
type reached struct {
	By []string `json:"by,omitempty"` // IDs of messages
	// Many says that there were more than are worth keeping: the person counts for good.
	Many bool `json:"many,omitempty"`
}

type member struct {
	// Group is the customer that the group is, and Sender the Message.SenderKey of the person.
	Group  string `json:"group"`
	Sender string `json:"sender"`
}

// notices is how they are stored, newest first.
type notices struct {
	Latest []conversation.Notice `json:"latest"`
}

// uploaded is what is known about an uploaded file. The file itself is not kept.
type uploaded struct {
	MIME string `json:"mime"`
	// Ref, Name and Size are the host's reference, the name and the bytes of the file.
	Ref  string `json:"ref,omitempty"`
	Name string `json:"name,omitempty"`
	Size int64  `json:"size,omitempty"`
	// At is when it was uploaded.
	At time.Time `json:"at,omitzero"`
	// Opus says that it is Ogg with Opus in one channel, and so fit for a voice message.
	Opus bool `json:"opus,omitempty"`
}

// restored is the content of that record.
type restored struct {
	At time.Time `json:"at"`
}

// retry is the content of such a record; the newest counts.
type retry struct {
	Channel string `json:"channel"`
}

// templateNews is the newest of each kind that WhatsApp has said about a template. It is part
// of the stored format.
type templateNews struct {
	Account    string                   `json:"account"`
	Ref        template.Ref             `json:"ref"`
	Status     *template.StatusFact     `json:"status,omitempty"`
	Quality    *template.QualityFact    `json:"quality,omitempty"`
	Category   *template.CategoryFact   `json:"category,omitempty"`
	Components *template.ComponentsFact `json:"components,omitempty"`
}

// standing is how a Standing is stored: each part with the time at which it was said.
type standing struct {
	Quality dated `json:"quality,omitzero"`
	Name    dated `json:"name,omitzero"`
	Limit   dated `json:"limit,omitzero"`
	Token   dated `json:"token,omitzero"`
	// Marketing says whether the account's marketing goes to the endpoint for it.
	Marketing dated `json:"marketing,omitzero"`
}

type dated struct {
	Value string    `json:"value"`
	At    time.Time `json:"at"`
}

// home says to which account and portfolio a channel belongs.
type home struct {
	ID        string `json:"id"`
	Account   string `json:"account,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Portfolio string `json:"portfolio,omitempty"`
}

// entry is a Process as it is stored.
type entry struct {
	health.Process
	Homes []home `json:"homes,omitempty"`
}

// historic says that the message is known from the chat history only.
func (m *messageRecord) historic() bool { return conversation.IsHistory(m.Conversation) }
