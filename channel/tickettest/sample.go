package tickettest

import (
	"fmt"
	"regexp"
	"time"

	"github.com/kanava-go/kanava/channel"
)

// marked finds the texts of the suite in what a host made of them. Each is unique within a
// case and never the beginning of another one.
var marked = regexp.MustCompile(`kanava-[a-z0-9]+-[0-9]{3}`)

// noon is when the first message of a case was written.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// text is the text of message n of a conversation.
func text(conversation string, n int) string { return fmt.Sprintf("kanava-%s-%03d", conversation, n) }

// sample is message n of a conversation, as the hub would hand it over.
func sample(conversation string, n int) *channel.Received {
	at := noon.Add(time.Duration(n) * time.Second)
	conv, customer := scene(conversation)
	conv.LastActivity, conv.Inbound, conv.LastSeq = at, n, int64(n)
	conv.Preview = "the beginning of the newest message"
	id := fmt.Sprintf("m_%s%d", conversation, n)
	return &channel.Received{
		ID: "in|" + id,
		Message: channel.Message{
			ID: id, Conversation: conv.ID, Channel: conv.Channel, Direction: channel.Inbound, At: at, Seq: int64(n),
			Kind: "text", Text: text(conversation, n), WAMID: "wamid." + id,
		},
		Conversation: conv, Customer: customer,
	}
}

// scene is a conversation and its customer.
func scene(conversation string) (channel.Conversation, channel.Customer) {
	customer := channel.Customer{
		ID: "c_" + conversation, Channel: "support", Created: noon, Conversation: "v_" + conversation,
		Identity: channel.Identity{
			BSUID: "US." + conversation, Phone: "13125550187", Name: "Robin Sample", Username: "robin.sample",
		},
	}
	conv := channel.Conversation{
		ID: "v_" + conversation, Channel: "support", Customer: customer.ID, LastActivity: noon, LastSeq: 1,
	}
	conv.State.Queue, conv.State.OpenedAt, conv.State.LastInbound = "new", noon, noon
	return conv, customer
}

// change is something that happened in a conversation.
func change(conversation, id string, kind channel.ChangeKind) *channel.Change {
	conv, customer := scene(conversation)
	return &channel.Change{ID: id, Kind: kind, At: noon.Add(time.Hour), Conversation: conv, Customer: customer}
}

// kinds are all kinds of changes that the hub knows.
func kinds() []channel.ChangeKind {
	return []channel.ChangeKind{
		channel.MessageQueued, channel.DeliveryChanged, channel.MessageEdited, channel.MessageDeleted,
		channel.MessageRedacted, channel.Reacted, channel.AttachmentReady, channel.AttachmentFailed,
		channel.Assigned, channel.QueueMoved, channel.WindowClosing, channel.BotSuspected,
		channel.AutomaticWithheld, channel.EchoReceived, channel.CustomerChanged, channel.PreferenceChanged,
		channel.NoteAdded, channel.TagsChanged, channel.TopicChanged,
	}
}

// about gives a change what the hub would give it along with its kind.
func about(c *channel.Change, m *channel.Message) {
	c.Message = m
	switch c.Kind {
	case channel.DeliveryChanged:
		c.Delivery = channel.Failed
		c.Failure = &channel.Failure{Code: 131026, Class: "undeliverable", Title: "Undeliverable", Hint: "Try another way."}
	case channel.Assigned:
		c.From, c.To, c.Message = "alice", "bob", nil
	case channel.QueueMoved:
		c.From, c.To, c.Reason, c.Message = "new", "resolved", "idle", nil
	case channel.WindowClosing:
		c.Reason, c.Message = "4h", nil
	case channel.CustomerChanged, channel.PreferenceChanged, channel.BotSuspected, channel.AutomaticWithheld:
		c.Reason, c.Message = "stop", nil
	case channel.AttachmentFailed:
		c.Reason = "The file was refused."
	}
}

// forms are messages of every form that the hub hands over, with what they hold besides
// the text.
func forms() []channel.Message {
	return []channel.Message{
		{Kind: "text"},
		{Kind: "image", Attachments: []channel.Attachment{{MediaID: "1", MIME: "image/png", SHA256: "c3VtCg=="}}},
		{Kind: "audio", Attachments: []channel.Attachment{{MediaID: "1", MIME: "audio/ogg", Voice: true, Ref: "file:1", Size: 9}}},
		{Kind: "document", Attachments: []channel.Attachment{{Name: `..\..\"bill"` + "\n.pdf", Failed: "The file was refused."}}},
		{Kind: "location", Location: &channel.Location{Latitude: -12.5, Longitude: 130, Name: "Depot"}},
		{Kind: "contacts", Contacts: []channel.Contact{{Name: "Alex Sample", Phones: []string{"+1 312 555 0188"}}, {}}},
		{Kind: "order", Order: &channel.Order{Catalog: "7", Items: []channel.OrderItem{{Product: "sku", Quantity: "2", Price: "7.99", Currency: "EUR"}}}},
		{Kind: "interactive", Choice: `{"flow_token":"unused"}`},
		{Kind: "call", Call: &channel.Call{Missed: true}},
		{Kind: "unsupported"},
		{Kind: "hologram", Raw: []byte(`{"angle":7}`)}, // of the future
		{Kind: "text", Quoted: "m_gone", Forwarded: true, Many: true, Redacted: true, Sender: "A member of the group"},
		{Kind: "text", Edited: noon, Reactions: []channel.Reaction{{By: "customer", Emoji: "👍", At: noon}}},
		{Kind: "text", Referral: &channel.Referral{Source: "ad", ID: "1", URL: "https://fb.me/x", Headline: "Chat"}},
	}
}
