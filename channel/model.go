package channel

import (
	"encoding/json"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

// Customer is a person (or a group) that a channel talks with. One person who
// writes to two channels is two customers, because windows, consent and a brand's
// knowledge of people do not cross channels.
type Customer struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	Identity
	// Group is the ID of a group; the identity is then empty.
	Group string `json:"group,omitempty"`
	// Window is the customer service window with this customer.
	Window window.State `json:"window"`
	// Conversation is the current or last conversation.
	Conversation string `json:"conversation,omitempty"`
	// MarketingStopped is when the customer stopped marketing messages; zero if not,
	// or if they resumed.
	MarketingStopped time.Time `json:"marketing_stopped,omitzero"`
	// Preference is the time of the newest preference, so that older ones change nothing.
	Preference time.Time `json:"preference,omitzero"`
	// Consents is the evidence of the customer's opt-ins.
	Consents []Consent `json:"consents,omitempty"`
	// Created is the time of the first event.
	Created time.Time `json:"created,omitzero"`
	// NumberChanged is when the customer last moved to another phone number. Events up
	// to then do not count for the window: Meta does not say that an open window moves.
	NumberChanged time.Time `json:"number_changed,omitzero"`
	// Aliases are the keys under which the hub finds the customer.
	Aliases []string `json:"aliases,omitempty"`
	// Merged are the IDs of customers that turned out to be this one.
	Merged []string `json:"merged,omitempty"`
	// MergedInto is the customer that took this one over when WhatsApp revealed that
	// both are the same person; empty for a living customer.
	MergedInto string `json:"merged_into,omitempty"`
}

// Identity is what WhatsApp reported last about a person. A person may have no phone number
// (username users), and older data has no BSUID; at least one of both is set. The fields
// are promoted to [Customer].
type Identity struct {
	BSUID       string        `json:"bsuid,omitempty"`
	ParentBSUID string        `json:"parent_bsuid,omitempty"`
	Phone       string        `json:"phone,omitempty"` // E.164 digits without "+"
	Username    string        `json:"username,omitempty"`
	Name        string        `json:"name,omitempty"`
	Times       IdentityTimes `json:"times,omitzero"`
}

// IdentityTimes are the times, by WhatsApp's clock, at which the parts of an identity were
// reported. Zero means that the host said it, not WhatsApp.
type IdentityTimes struct {
	BSUID       time.Time `json:"bsuid,omitzero"`
	ParentBSUID time.Time `json:"parent_bsuid,omitzero"`
	Phone       time.Time `json:"phone,omitzero"`
	Username    time.Time `json:"username,omitzero"`
	Name        time.Time `json:"name,omitzero"`
}

// LogValue shows the customer's own ID only.
func (c Customer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("channel", c.Channel))
}

// Conversation is one matter that a customer and agents talk about: the
// counterpart of a ticket.
type Conversation struct {
	ID       string `json:"id"`
	Channel  string `json:"channel"`
	Customer string `json:"customer"`
	// MergedInto is the conversation that took this one over when its customer turned out to
	// be that of the other; "" if there is none. An answer goes there.
	MergedInto string `json:"merged_into,omitempty"`
	// Ticket is what the host's Ticketing returned for it.
	Ticket string `json:"ticket,omitempty"`
	// State is queue, assignee and the times that the rules go by.
	State rules.State `json:"state"`
	// Tags and Topic are kept for agents; the hub does not read them.
	Tags  []string `json:"tags,omitempty"`
	Topic string   `json:"topic,omitempty"`
	// LastActivity is the time of the newest message in either direction.
	LastActivity time.Time `json:"last_activity,omitzero"`
	// Preview is the beginning of the newest message, redacted, and PreviewOf its ID.
	Preview   string `json:"preview,omitempty"`
	PreviewOf string `json:"preview_of,omitempty"`
	// Inbound and Outbound count messages.
	Inbound  int `json:"inbound"`
	Outbound int `json:"outbound"`
	// Timer is when the rules want to look at the conversation next.
	Timer time.Time `json:"timer,omitzero"`
	// FilesUntil is up to when files of the conversation were removed because of their age.
	FilesUntil time.Time `json:"files_until,omitzero"`
	// LastSeq counts the conversation's messages, for a stable order within a second.
	LastSeq int64 `json:"last_seq"`
}

// LogValue shows IDs and the queue only.
func (c Conversation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("channel", c.Channel),
		slog.String("queue", string(c.State.Queue)))
}

// Direction says who wrote a message.
type Direction string

// Directions.
const (
	// Inbound came from the customer.
	Inbound Direction = "in"
	// Outbound was sent through the hub.
	Outbound Direction = "out"
	// Echo was sent by a person on the WhatsApp Business app, or by another
	// application on the same number.
	Echo Direction = "echo"
	// Note is internal: the customer never sees it.
	Note Direction = "note"
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
	// button or row, the payload of a template button, the JSON of a Flow.
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
	Edited   time.Time       `json:"edited,omitzero"`
	Earlier  []Version       `json:"earlier,omitempty"`
	Deleted  time.Time       `json:"deleted,omitzero"`
	Redacted bool            `json:"redacted,omitempty"` // something was masked
	HadCard  bool            `json:"had_card,omitempty"` // something was, in this text or in an earlier one
	Delivery Delivery        `json:"delivery,omitzero"`
	WAMID    string          `json:"wamid,omitempty"`
	Template string          `json:"template,omitempty"` // name/language of an outbound template
	Raw      json.RawMessage `json:"raw,omitempty"`      // of kinds this version does not model, redacted
	Key      string          `json:"key,omitempty"`      // the host's idempotency key of an outbound message, as it was given
	// Cost is what is known about the price of an outbound message.
	Cost pricing.Entry `json:"cost,omitzero"`
	// Auto says which rule sent the message, such as "out_of_hours"; "" if a person or a bot did.
	Auto string `json:"auto,omitempty"`
	// SameAs and Pending make the record a stand-in for the message with its wamid: either
	// that message is stored under our own ID, or it is not known yet and these are the
	// edits, deletions and reactions that overtook it.
	SameAs  string     `json:"same_as,omitempty"`
	Pending *amendment `json:"pending,omitempty"`
	// Target is the ID of the message that a reaction of ours is about. Such a record is the
	// sending of the reaction: the reaction itself stands on that message, see Reactions.
	// Shown says that it does, and Replaced is which one stood there before.
	Target   string    `json:"target,omitempty"`
	Shown    bool      `json:"shown,omitempty"`
	Replaced *Reaction `json:"replaced,omitempty"`
	// Print tells the content of a message with a Key from that of others.
	Print string `json:"print,omitempty"`
	// Reach names the person who counts for the messaging limit because of the message.
	Reach string `json:"reach,omitempty"`
	// Answer is what the message counts for in its conversation; nil for what is no answer.
	Answer *answer `json:"answer,omitempty"`
	// AnswersAd is when the customer came through the advertisement that an outbound message may
	// be the first answer to; zero if it cannot be.
	AnswersAd time.Time `json:"answers_ad,omitzero"`
	// Sending says that the message was handed to the Sender and nothing is known yet about
	// what became of it.
	Sending bool `json:"sending,omitempty"`
}

// LogValue shows IDs, kind and sizes only.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", m.ID), slog.String("conversation", m.Conversation),
		slog.String("direction", string(m.Direction)), slog.String("kind", m.Kind),
		slog.Int("text_bytes", len(m.Text)), slog.Int("attachments", len(m.Attachments)))
}

// Author says who wrote an outbound message or changed something.
type Author struct {
	// Kind is "agent", "bot" or "system".
	Kind string `json:"kind,omitempty"`
	// ID is the host's ID of the agent or bot.
	ID string `json:"id,omitempty"`
}

func authorOf(a access.Actor) Author { return Author{Kind: string(a.Kind), ID: a.ID} }

// Attachment is a file that a message carries.
type Attachment struct {
	// MediaID is WhatsApp's ID, usable for 7 days (inbound) or 30 days (outbound).
	MediaID string `json:"media_id,omitempty"`
	MIME    string `json:"mime,omitempty"`
	Name    string `json:"name,omitempty"`
	// SafeName is a name that fits the content, to store and to show: see File.SafeName.
	SafeName string `json:"safe_name,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // base64, as WhatsApp reports it
	Size     int64  `json:"size,omitempty"`   // bytes; 0 until fetched
	// Voice marks a voice message; Animated an animated sticker.
	Voice    bool `json:"voice,omitempty"`
	Animated bool `json:"animated,omitempty"`
	// Ref is what the host's Attachments returned when it stored the file.
	Ref string `json:"ref,omitempty"`
	// Failed says in a plain sentence why the file could not be fetched or was refused.
	Failed string `json:"failed,omitempty"`
}

// Location is a place that a customer shared. Degrees, WGS 84.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Contact is an address card that a customer shared.
type Contact struct {
	Name   string   `json:"name,omitempty"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
	// WAIDs are those of the numbers of which WhatsApp says that they are on WhatsApp: digits
	// without "+". Origin is "contact_request" for a card that the customer sent because they
	// were asked for their number, "other" for one that they picked, "" if it is not known.
	WAIDs  []string `json:"wa_ids,omitempty"`
	Origin string   `json:"origin,omitempty"`
}

// Order is a cart that a customer sent from a catalogue.
type Order struct {
	Catalog string      `json:"catalog,omitempty"`
	Items   []OrderItem `json:"items,omitempty"`
}

// OrderItem is one line of an Order. Price is a decimal number as written by
// WhatsApp, so that nothing is rounded.
type OrderItem struct {
	Product  string `json:"product"`
	Quantity string `json:"quantity,omitempty"`
	Price    string `json:"price,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Reaction is an emoji that somebody put on a message.
type Reaction struct {
	// By is "customer" or "business".
	By    string    `json:"by"`
	Emoji string    `json:"emoji"` // empty: removed
	At    time.Time `json:"at"`
}

// Call is a voice call as far as a conversation shows it.
type Call struct {
	// Missed is true for a call that nobody answered.
	Missed   bool          `json:"missed,omitempty"`
	Duration time.Duration `json:"duration,omitempty"`
}

// Referral says which advertisement or post led the customer here.
type Referral struct {
	Source   string `json:"source,omitempty"` // "ad" or "post"
	ID       string `json:"id,omitempty"`
	URL      string `json:"url,omitempty"`
	Headline string `json:"headline,omitempty"`
	ClickID  string `json:"click_id,omitempty"` // ctwa_clid
}

// Consent is the evidence of an opt-in.
type Consent struct {
	// At is when it was given, Where in the host's words (form, call, counter), and
	// Wording the version of the text that was shown.
	At      time.Time `json:"at"`
	Where   string    `json:"where"`
	Wording string    `json:"wording"`
	// Categories are the template categories it covers, lower case; empty means all.
	Categories []string `json:"categories,omitempty"`
	// Revoked is when it was withdrawn; zero while it holds.
	Revoked time.Time `json:"revoked,omitzero"`
}

// outboundItem is the content of a piece of outbox work.
type outboundItem struct {
	Message  string           `json:"message"`
	Customer string           `json:"customer"`
	Outbound message.Outbound `json:"outbound"`
	// Resends counts how often it was sent again without knowing whether it had arrived.
	Resends int `json:"resends,omitempty"`
	// Held says that the wait for a status is over, and that the item is kept for an agent.
	Held bool `json:"held,omitempty"`
	// Tries counts attempts that are known not to have been accepted.
	Tries int `json:"tries,omitempty"`
	// Perhaps says that the same may have been sent before the store was restored.
	Perhaps bool `json:"perhaps,omitempty"`
}
