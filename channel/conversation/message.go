package conversation

import (
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/pricing"
)

// Message is one message of a conversation as agents see it. Its text is redacted
// unless the channel switched redaction off.
type Message struct {
	ID           string    `json:"id"`
	Conversation string    `json:"conversation"`
	Channel      string    `json:"channel"`
	Direction    Direction `json:"direction"`
	// Author is the agent or bot of an outbound message, empty for a customer.
	Author Author    `json:"author,omitzero"`
	At     time.Time `json:"at"`
	// Seq orders messages of the same second.
	Seq int64 `json:"seq"`
	// Kind is the wire type, such as "text", "image", "interactive", "template".
	Kind string `json:"kind"`
	// Text is what a person reads: the body, the caption, the title of the tapped
	// button, a rendered template, a plain sentence for what cannot be shown.
	Text string `json:"text,omitempty"`
	// Options are the buttons or rows that an outbound message offers.
	Options []string `json:"options,omitempty"`
	// Choice is the machine-readable answer to an interactive message: the ID of the
	// button or row, the payload of a template button, the JSON of a Flow. The ID of what was tapped comes back
	// as the host named it: no customer can choose it, and it is never masked, whatever it looks like. In
	// payloads and in a Flow's JSON card numbers are masked.
	Choice string `json:"choice,omitempty"`
	// Attachments are files; Location, Contacts and Order are what their names say.
	Attachments []Attachment `json:"attachments,omitempty"`
	Location    *Location    `json:"location,omitempty"`
	Contacts    []Contact    `json:"contacts,omitempty"`
	Order       *Order       `json:"order,omitempty"`
	Reactions   []Reaction   `json:"reactions,omitempty"`
	Call        *Call        `json:"call,omitempty"`
	Referral    *Referral    `json:"referral,omitempty"`
	Quoted      string       `json:"quoted,omitempty"` // ID of the quoted message
	// QuotedWAMID is what WhatsApp calls the message that a customer quotes, which need not be
	// known here.
	QuotedWAMID string `json:"quoted_wamid,omitempty"`
	// FlowToken is that of the Flow that the customer filled in.
	FlowToken string `json:"flow_token,omitempty"`
	Forwarded bool   `json:"forwarded,omitempty"`
	Many      bool   `json:"many,omitempty"` // forwarded many times
	Sender    string `json:"sender,omitempty"`
	// SenderKey names the member of a group who wrote it, without showing who that is.
	SenderKey string `json:"sender_key,omitempty"`
	// Edited is when Text was written, if that is not what the message was sent with, and
	// Earlier are the texts before it, oldest first, at most 20, for agents. Deleted is when the
	// message was deleted: of what it said nothing is left, but that there was one.
	Edited  time.Time `json:"edited,omitzero"`
	Earlier []Version `json:"earlier,omitempty"`
	Deleted time.Time `json:"deleted,omitzero"`
	// Dropped is when what it said was dropped, because the channel keeps bodies no longer; see
	// settings.Retention.
	Dropped  time.Time       `json:"dropped,omitzero"`
	Redacted bool            `json:"redacted,omitempty"` // something was masked
	HadCard  bool            `json:"had_card,omitempty"` // something was, in this text or in an earlier one
	Delivery Delivery        `json:"delivery,omitzero"`
	WAMID    string          `json:"wamid,omitempty"`
	Template string          `json:"template,omitempty"` // name/language of an outbound template
	Raw      json.RawMessage `json:"raw,omitempty"`      // of kinds this version does not model, redacted
	Key      string          `json:"key,omitempty"`      // the host's idempotency key of an outbound message, as it was given
	Metadata json.RawMessage `json:"metadata,omitempty"` // what the host keeps with an outbound message
	// PartOf is the ID of the first message of an answer that has several, all of which were queued
	// together: the ID of the answer. Part counts them from 1, and PartIDs, of the first one, are all.
	// "" is an answer by itself.
	PartOf  string   `json:"part_of,omitempty"`
	Part    int      `json:"part,omitempty"`
	PartIDs []string `json:"part_ids,omitempty"`
	// Cost is what is known about the price of an outbound message.
	Cost pricing.Entry `json:"cost,omitzero"`
	// Auto says which rule sent the message, such as "out_of_hours"; "" if a person or a bot did.
	Auto string `json:"auto,omitempty"`
	// Target is the ID of the message that a reaction of ours is about. Such a message is the
	// sending of the reaction: the reaction itself stands on that message, see Reactions.
	Target string `json:"target,omitempty"`
}

// LogValue shows IDs, kind and sizes only.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", m.ID), slog.String("conversation", m.Conversation),
		slog.String("direction", string(m.Direction)), slog.String("kind", m.Kind),
		slog.Int("text_bytes", len(m.Text)), slog.Int("attachments", len(m.Attachments)))
}

// DropBody drops what the message says at a time, and leaves what it is, its times, its fate, and where its
// files are.
func (m *Message) DropBody(at time.Time) {
	m.Dropped = at
	m.Text, m.Options, m.Choice, m.Earlier, m.Raw = "", nil, "", nil, nil
	m.Location, m.Contacts, m.Order, m.Referral = nil, nil, nil, nil
	m.Attachments = slices.Clone(m.Attachments)
	for i := range m.Attachments {
		m.Attachments[i].Name, m.Attachments[i].SafeName = "", ""
	}
}

// Kinds of authors.
const (
	Agent  = "agent"
	Bot    = "bot"
	System = "system"
)

// Author says who wrote an outbound message or changed something.
type Author struct {
	// Kind is [Agent], [Bot] or [System]; "" for the customer, WhatsApp and rules.
	Kind string `json:"kind,omitempty"`
	// ID is the host's ID of the agent or bot.
	ID string `json:"id,omitempty"`
}

// ByPerson says that a person wrote a message of ours, here or in the Business app.
func (m *Message) ByPerson() bool {
	return m.Direction == Echo || m.Author.Kind == Agent
}

// ByMachine says that a bot wrote it. What rules send is by neither.
func (m *Message) ByMachine() bool { return m.Author.Kind == Bot }

// FileRefs are the references to the files of a message that the hub had the host store. Those of a file
// that the host sent are its own, see message.Upload.
func (m *Message) FileRefs() []string {
	var refs []string
	if m.Direction == Outbound {
		return nil
	}
	for _, a := range m.Attachments {
		if a.Ref != "" {
			refs = append(refs, a.Ref)
		}
	}
	return refs
}
