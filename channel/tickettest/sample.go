package tickettest

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
)

// marked finds the texts of the suite in what a host made of them. Each is unique within a
// case and never the beginning of another one.
var marked = regexp.MustCompile(`kanava-[a-z0-9]+-[0-9]{3}`)

// noon is when the first message of a case was written.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// text is the text of message n of a conversation.
func text(conversationID string, n int) string {
	return fmt.Sprintf("kanava-%s-%03d", conversationID, n)
}

// sample is message n of a conversation, as the hub would hand it over.
func (s *session) sample(conversationID string, n int) *conversation.Received {
	at := noon.Add(time.Duration(n) * time.Second)
	conv, customer := s.scene(conversationID)
	conv.LastActivity, conv.Inbound, conv.LastSeq = at, n, int64(n)
	conv.Preview = "the beginning of the newest message"
	id := fmt.Sprintf("m_%s%d", conversationID, n)
	return &conversation.Received{
		ID: "in|" + id,
		Message: conversation.Message{
			ID: id, Conversation: conv.ID, Channel: conv.Channel, Direction: conversation.Inbound, At: at, Seq: int64(n),
			Kind: "text", Text: text(conversationID, n), WAMID: "wamid." + id,
		},
		Conversation: conv, Customer: customer,
	}
}

// scene is a conversation and its customer.
func (s *session) scene(conversationID string) (conversation.Conversation, conversation.Customer) {
	channel := s.channel(conversationID)
	customer := conversation.Customer{
		ID: "c_" + conversationID, Channel: channel, Created: noon, Conversation: "v_" + conversationID,
		Identity: conversation.Identity{
			BSUID: "US." + conversationID, Phone: "13125550187", Name: "Robin Sample", Username: "robin.sample",
		},
	}
	conv := conversation.Conversation{
		ID: "v_" + conversationID, Channel: channel, Customer: customer.ID, LastActivity: noon, LastSeq: 1,
	}
	conv.State.Queue, conv.State.OpenedAt, conv.State.LastInbound = "new", noon, noon
	return conv, customer
}

// channel is that of a conversation: they are dealt out over the channels of the host, "a" and "b"
// to different ones.
func (s *session) channel(conversationID string) string {
	sum := 0
	for _, b := range []byte(conversationID) {
		sum += int(b)
	}
	return s.sys.Channels[sum%len(s.sys.Channels)]
}

// on puts a message on another channel.
func on(in *conversation.Received, channel string) {
	in.Message.Channel, in.Conversation.Channel, in.Customer.Channel = channel, channel, channel
}

// change is something that happened in a conversation.
func (s *session) change(conversationID, id string, kind conversation.ChangeKind) *conversation.Change {
	conv, customer := s.scene(conversationID)
	return &conversation.Change{
		ID: id, Kind: kind, Channel: conv.Channel, At: noon.Add(time.Hour), Conversation: conv, Customer: customer,
	}
}

// ofChannel is something that happened to a channel as a whole.
func ofChannel(channel, id string, kind conversation.ChangeKind) *conversation.Change {
	c := &conversation.Change{ID: id, Kind: kind, Channel: channel, At: noon.Add(time.Hour)}
	if kind == conversation.AccountNotice {
		c.Notice = &conversation.Notice{At: c.At, Kind: "account", Event: "ACCOUNT_RESTRICTION", Severity: "CRITICAL"}
	} else {
		c.Reason = "503"
	}
	return c
}

// channelKinds are the kinds of changes that concern a channel as a whole.
func channelKinds() []conversation.ChangeKind {
	return []conversation.ChangeKind{conversation.SendingHeld, conversation.SendingResumed, conversation.AccountNotice}
}

// kinds are the kinds of changes of a conversation that the hub tells.
func kinds() []conversation.ChangeKind {
	return slices.DeleteFunc(conversation.ChangeKinds(), func(kind conversation.ChangeKind) bool {
		return kind == conversation.MessageRefused || slices.Contains(channelKinds(), kind) // the former stands in the log only
	})
}

// about gives a change what the hub would give it along with its kind.
func about(c *conversation.Change, m *conversation.Message) {
	c.Message = m
	switch c.Kind {
	case conversation.DeliveryChanged:
		c.Delivery = conversation.Failed
		c.Failure = &conversation.Failure{Code: 131026, Class: "undeliverable", Title: "Undeliverable", Hint: "Try another way."}
	case conversation.Assigned:
		c.From, c.To, c.Message = "alice", "bob", nil
	case conversation.QueueMoved:
		c.From, c.To, c.Reason, c.Message = "new", "resolved", "idle", nil
	case conversation.HolderChanged:
		c.From, c.To, c.Reason, c.Cause, c.Message = "bot", "people", "wants a refund", conversation.CauseAskedFor, nil
	case conversation.ConversationMerged:
		c.To, c.Absorbed, c.Message = "v_other", "c_other", nil
	case conversation.TagsChanged, conversation.TopicChanged, conversation.TeamAssigned:
		c.From, c.To, c.Message = "", "bikes", nil
	case conversation.BlockChanged:
		c.Reason, c.Message = "blocked", nil
	case conversation.WindowOpened, conversation.WindowExtended:
		c.Message = nil
	case conversation.WindowClosing:
		c.Reason, c.Message = "4h", nil
	case conversation.CustomerChanged, conversation.PreferenceChanged, conversation.BotSuspected, conversation.AutomaticWithheld:
		c.Reason, c.Message = "stop", nil
	case conversation.AttachmentFailed:
		c.Reason = "The file was refused."
	}
}

// forms are messages of every form that the hub hands over, with what they hold besides
// the text.
func forms() []conversation.Message {
	return []conversation.Message{
		{Kind: "text"},
		{Kind: "image", Attachments: []conversation.Attachment{{MediaID: "1", MIME: "image/png", SHA256: "c3VtCg=="}}},
		{Kind: "audio", Attachments: []conversation.Attachment{{MediaID: "1", MIME: "audio/ogg", Voice: true, Ref: "file:1", Size: 9}}},
		{Kind: "document", Attachments: []conversation.Attachment{{Name: `..\..\"bill"` + "\n.pdf", Failed: "The file was refused."}}},
		{Kind: "location", Location: &conversation.Location{Latitude: -12.5, Longitude: 130, Name: "Depot"}},
		{Kind: "contacts", Contacts: []conversation.Contact{{Name: "Alex Sample", Phones: []string{"+1 312 555 0188"}}, {}}},
		{Kind: "order", Order: &conversation.Order{Catalog: "7", Items: []conversation.OrderItem{{Product: "sku", Quantity: "2", Price: "7.99", Currency: "EUR"}}}},
		{Kind: "interactive", Choice: `{"flow_token":"unused"}`},
		{Kind: "call", Call: &conversation.Call{Missed: true}},
		{Kind: "unsupported"},
		{Kind: "hologram", Raw: []byte(`{"angle":7}`)}, // of the future
		{Kind: "text", Quoted: "m_gone", Forwarded: true, Many: true, Redacted: true, Sender: "A member of the group"},
		{Kind: "text", Edited: noon, Reactions: []conversation.Reaction{{By: "customer", Emoji: "👍", At: noon}}},
		{Kind: "text", Referral: &conversation.Referral{Source: "ad", ID: "1", URL: "https://fb.me/x", Headline: "Chat"}},
	}
}
