package conversation

import "time"

// Received is what a customer wrote, as it is handed to channel.Ticketing.Receive.
type Received struct {
	// ID is the same whenever this message is offered. It is that of the call: what is told of the message
	// later, such as an edit, names it by Message.ID.
	ID           string
	Message      Message
	Conversation Conversation
	Customer     Customer
}

// Change is something that happened to a conversation after the host learned of it,
// as it is handed to channel.Ticketing.Changed. Conversation, Customer and Message are as
// they are now, which may be newer than what the change is about.
type Change struct {
	// ID is the same whenever this change is offered.
	ID   string
	Kind ChangeKind
	// Channel is the ID of the channel. What concerns it as a whole comes without a
	// Conversation and a Customer: see ChangeKind.
	Channel string
	// At is when it happened, by WhatsApp's clock for what happened there.
	At           time.Time
	Conversation Conversation
	Customer     Customer
	// Message is the message concerned; nil if the change is about the conversation.
	Message *Message
	// Author is who did it; zero if it was the customer, WhatsApp or a rule.
	Author Author
	// From and To are the queues of QueueMoved, the holders of HolderChanged, the agents of Assigned, the topics of
	// TopicChanged and the tags of TagsChanged, with commas between them; To is the
	// conversation that goes on of ConversationMerged.
	From, To string
	// Ticket is the host's ticket of the conversation To, as far as the host has returned one
	// by now (that of the conversation itself is Conversation.Ticket), and Absorbed the ID of the customer who turned out to be Customer, in
	// ConversationMerged and in the CustomerChanged of two who turn out to be one.
	Ticket, Absorbed string
	// Reason says why, in a sentence or in the words of whoever decided it, and Cause in a word
	// that can be counted and translated; "" where there is nothing to say.
	Reason string
	Cause  Cause
	// Delivery is what a DeliveryChanged reported, in the order it was learned.
	Delivery DeliveryState
	// Failure is why a message was not sent; nil otherwise. Beside Delivered or Read it says
	// that the message failed as well, on another device for example.
	Failure *Failure
	// Notice is what WhatsApp said, of an AccountNotice; nil otherwise.
	Notice *Notice
}

// ChangeKind says what a [Change] is about. New kinds may come; ignore unknown ones.
type ChangeKind string

// Kinds of changes.
const (
	// MessageQueued: a message waits in the outbox, whoever wrote it.
	MessageQueued ChangeKind = "message_queued"
	// MessageScheduled: a message waits for its time; MessageQueued follows then.
	MessageScheduled ChangeKind = "message_scheduled"
	// DeliveryChanged: Message.Delivery learned something; see Change.Delivery.
	DeliveryChanged ChangeKind = "delivery_changed"
	// MessageEdited and MessageDeleted: the customer changed what they wrote, or an earlier text
	// of it became known; see Message.Earlier.
	MessageEdited  ChangeKind = "message_edited"
	MessageDeleted ChangeKind = "message_deleted"
	// MessageRedacted: a later message showed that this one held part of a card number,
	// which is masked now.
	MessageRedacted ChangeKind = "message_redacted"
	// Reacted: somebody put an emoji on a message, or took it away.
	Reacted ChangeKind = "reacted"
	// AttachmentReady and AttachmentFailed: a file of Message was fetched, or not.
	AttachmentReady  ChangeKind = "attachment_ready"
	AttachmentFailed ChangeKind = "attachment_failed"
	// Assigned: From and To are agents; an empty To means nobody.
	Assigned ChangeKind = "assigned"
	// QueueMoved: From and To are queues, Reason the rule or the actor's action.
	QueueMoved ChangeKind = "queue_moved"
	// WindowOpened and WindowExtended: the customer opened the service window by what they wrote, or
	// keeps it open for longer; Customer.Window says until when. They come with almost every message, and
	// only to hosts that name them in channel.Config.Changes.
	WindowOpened   ChangeKind = "window_opened"
	WindowExtended ChangeKind = "window_extended"
	// WindowClosing: the customer service window closes soon; Reason says how soon.
	WindowClosing ChangeKind = "window_closing"
	// BotSuspected: a machine seems to write, and automatic messages are withheld; Reason
	// says what gave it away.
	BotSuspected ChangeKind = "bot_suspected"
	// AutomaticWithheld: an automatic message could not be sent; Reason says why.
	AutomaticWithheld ChangeKind = "automatic_withheld"
	// MessageRefused: somebody wanted to send what could not be sent; Reason says why. It
	// stands in the log only, since whoever asked was told.
	MessageRefused ChangeKind = "message_refused"
	// EchoReceived: somebody answered from the WhatsApp Business app.
	EchoReceived ChangeKind = "echo_received"
	// CustomerChanged: the customer's number, name or username is another now, or they shared
	// their number on request.
	CustomerChanged ChangeKind = "customer_changed"
	// ConversationMerged: the customer turned out to be the one of another conversation, To,
	// which goes on with Ticket; this one is resolved.
	ConversationMerged ChangeKind = "conversation_merged"
	// NoteAdded: somebody filed an internal note, which is Message.
	NoteAdded ChangeKind = "note_added"
	// TagsChanged and TopicChanged: somebody gave the conversation other tags or another topic.
	TagsChanged  ChangeKind = "tags_changed"
	TopicChanged ChangeKind = "topic_changed"
	// PreferenceChanged: the customer stopped or resumed marketing messages.
	PreferenceChanged ChangeKind = "preference_changed"
	// BlockChanged: somebody blocked the customer on the number, or lifted that; Reason is "blocked" or
	// "unblocked".
	BlockChanged ChangeKind = "block_changed"
	// TeamAssigned: From and To are teams; an empty To means none.
	TeamAssigned ChangeKind = "team_assigned"
	// HolderChanged: From and To are "people" and "bot"; Reason is the sentence of whoever handed the
	// conversation over, and Cause says why: CauseAskedFor or one of those that
	// stand with it.
	HolderChanged ChangeKind = "holder_changed"
	// SendingHeld and SendingResumed concern a channel: it does not send, because WhatsApp is
	// out of reach or refuses the number as such, or it does again. Messages that wait meanwhile
	// stay queued and go out by themselves, unless their window closes first. Reason is that of
	// the Outage.
	SendingHeld    ChangeKind = "sending_held"
	SendingResumed ChangeKind = "sending_resumed"
	// AccountNotice concerns a channel: WhatsApp has news about its account, number or
	// templates; see Change.Notice.
	AccountNotice ChangeKind = "account_notice"
)

// ChangeKinds are the kinds of changes that this version knows: those of a conversation and its messages
// first, then those of a channel as a whole.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{
		MessageQueued, MessageScheduled, DeliveryChanged, MessageEdited, MessageDeleted, MessageRedacted, Reacted,
		AttachmentReady, AttachmentFailed, Assigned, QueueMoved, WindowOpened, WindowExtended, WindowClosing, BotSuspected,
		AutomaticWithheld, MessageRefused, EchoReceived, CustomerChanged, ConversationMerged, NoteAdded, TagsChanged,
		TopicChanged, PreferenceChanged, BlockChanged, TeamAssigned, HolderChanged, SendingHeld, SendingResumed, AccountNotice,
	}
}

// A Notice is news of WhatsApp's about an account, a number or a template that somebody should
// know of: a review, a restriction, an alert, a change that costs money. It holds WhatsApp's
// own words and nothing about customers.
type Notice struct {
	// At is when WhatsApp said it.
	At time.Time `json:"at"`
	// Kind is "review", "account", "alert", "template_category", "payment" or "security"; kinds
	// may be added.
	Kind string `json:"kind"`
	// Event is WhatsApp's word for what happened, such as "REJECTED" or "ACCOUNT_RESTRICTION".
	Event string `json:"event"`
	// Severity is "CRITICAL", "WARNING" or "INFORMATIONAL": WhatsApp's where it says one.
	Severity string `json:"severity"`
	// Text is the rest of what was said, in English.
	Text string `json:"text,omitempty"`
}
