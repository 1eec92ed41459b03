package channel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
)

// Reply is an answer to a customer in a conversation.
type Reply struct {
	// Conversation is the ID of the conversation; required.
	Conversation string
	// Content is what to send; exactly one of Content and Template is set. A *message.Template
	// is held against the catalog like Template, and a text that is a template shorthand is run
	// like that of a [Macro]: neither gets past what applies to templates.
	Content message.Content
	// Template is a template to send, by name, with its values. It works at any time,
	// also when the customer service window is closed.
	Template *Template
	// Quote is the ID of the message to answer to, "" for none.
	Quote string
	// Key, of at most 255 bytes, makes the call idempotent: the same key in the same
	// conversation returns the message of the first call, and with other content, or another
	// file, ErrKeyReused. "" makes every call a new message.
	Key string

	id     string // chosen by the caller, "" otherwise
	notify bool   // proactive: no answer to anything
	auto   bool   // the rules made it
	macro  *Macro // that it comes from; its key belongs to it as it was given
}

// Template names a template of the channel's catalog and gives its values.
type Template struct {
	// Name and Language; an empty Language takes the channel's.
	Name, Language string
	Values         template.Values
}

// Reply checks an answer, writes it into the outbox and returns it as queued. [Hub.Run]
// sends it, after the answers before it in the same conversation.
//
// What cannot be sent is refused here, and nothing is stored. The error matches
// ErrNotFound, ErrDisabled, window.ErrClosed (free-form content outside
// the window; errors.As gives a *window.ClosedError with the time), ErrOptedOut,
// ErrNoConsent, pricing.ErrBudgetExhausted, pricing.ErrLimitReached, template.ErrNotSendable,
// ErrNotSent or ErrKeyReused, or is a *message.InvalidError or a *template.BindError. [CauseOf]
// says which in a word; other calls refuse with the same error for the same cause. A refusal is
// counted and stands in the conversation's log, without its content. Card numbers in the content are masked unless
// the channel keeps them.
//
// It returns nil only when the message is durable: it will be sent although the process
// ends, or the host is told why not. Answering a conversation that somebody resolved is
// allowed; whether it is then reopened is up to the channel's rules. The answer to one that was
// merged into another goes out in that one.
func (h *Hub) Reply(ctx context.Context, by conversation.Author, r Reply) (*conversation.Message, error) {
	all, err := h.reply(ctx, by, []Reply{r})
	if err != nil {
		return nil, fmt.Errorf("channel: reply: %w", err)
	}
	return &all[0].Message, nil
}

// MaxReplies is how many answers one call of [Hub.ReplyAll] queues at most.
const MaxReplies = 30

// ReplyAll is Reply for 1 to 30 answers in one conversation, which are queued together, in
// their order, or not at all: the pictures of an album, or a text and the files that go with
// it. WhatsApp has no message that is an album; phones show pictures that follow each other
// as one (developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages,
// checked 2026-11).
func (h *Hub) ReplyAll(ctx context.Context, by conversation.Author, replies []Reply) ([]*conversation.Message, error) {
	if len(replies) == 0 || len(replies) > MaxReplies {
		problem := message.Problem{
			Path: "replies", Rule: message.RuleTooMany, Severity: message.SeverityError, Limit: MaxReplies, Actual: len(replies),
		}
		if len(replies) == 0 {
			problem.Rule, problem.Limit = message.RuleTooFew, 1
		}
		return nil, fmt.Errorf("channel: reply: %w", &message.InvalidError{Problems: []message.Problem{problem}})
	}
	all, err := h.reply(ctx, by, replies)
	if err != nil {
		return nil, fmt.Errorf("channel: reply: %w", err)
	}
	return visible(all), nil
}

func (h *Hub) reply(ctx context.Context, by conversation.Author, replies []Reply) (all []*messageRecord, err error) {
	for i := range replies {
		if err := usable("key", replies[i].Key, maxKey); err != nil {
			return nil, err
		}
	}
	first := &replies[0]
	what := deed{by: by, conversation: first.Conversation}
	err = h.do(ctx, func(u *unit) error {
		all, u.author = nil, by
		var conv conversation.Conversation
		if ok, err := u.Load(kindConversation, first.Conversation, &conv); err != nil || !ok {
			return orNotFound(err)
		}
		what.channel = conv.Channel
		if err := u.follow(&conv); err != nil {
			return err
		}
		customer, err := u.customer(conv.Customer)
		if err != nil || customer == nil {
			return orNotFound(err)
		}
		ch, ok := h.channels.get(conv.Channel)
		if !ok {
			return ErrNoChannel
		}
		for i := range replies {
			if replies[i].Conversation != first.Conversation {
				return invalidAt("conversation", message.RuleUniform)
			}
			m, err := u.send(ch, customer, &conv, &replies[i])
			if err != nil && len(replies) > 1 {
				return fmt.Errorf("answer %d: %w", i+1, err)
			}
			if err != nil {
				return err
			}
			all = append(all, m)
		}
		return nil
	})
	if err != nil {
		h.refused(ctx, &what, err)
		return nil, err
	}
	return all, nil
}

// IsTemplate says that the answer is a template: by name, as content, or written in the shorthand.
func (r *Reply) IsTemplate() bool {
	_, ok := r.Content.(*message.Template)
	return ok || r.Template != nil || isShorthand(r.Content)
}

// send decides whether an answer may go out and, if so, adds it to the conversation
// and to the outbox.
func (u *unit) send(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, r *Reply) (*messageRecord, error) {
	if !ch.Enabled {
		return nil, ErrDisabled
	}
	print, err := r.print(ch)
	if err != nil {
		return nil, err
	}
	id := r.id
	switch {
	case id != "":
	case r.Key != "":
		id = keyID(cmp.Or(r.Conversation, conv.ID), r.Key)
	default:
		id = opaque.Random("m_")
	}
	if r.Key != "" || r.notify {
		earlier := new(messageRecord)
		if ok, err := u.Load(kindMessage, id, earlier); err != nil || ok {
			return earlier.unless(print, err)
		}
	}
	var target *messageRecord
	if c, ok := r.Content.(*message.Reaction); ok && r.Template == nil {
		with := *r
		var err error
		if target, with.Content, err = u.target(ch, customer, c); err != nil {
			return nil, err
		}
		r = &with
	}
	if isShorthand(r.Content) {
		if r.Content.Kind() != message.KindText { // in a caption or beside buttons it can only be a mistake
			return nil, &template.ShorthandError{Rule: template.ShorthandText}
		}
		with := *r
		var err error
		lookup := u.hub.placeholders(conv, customer)
		if with.Template, _, err = ch.shorthand(bodyOf(r.Content), lookup, u.now); err != nil {
			return nil, err
		}
		with.Content, r = nil, &with
	}
	out, msg, category, err := u.compose(ch, customer, r)
	if err != nil {
		return nil, err
	}
	if err := permits(ch, customer, out, u.now); err != nil {
		return nil, err
	}
	if r.Quote != "" {
		if out.ReplyTo, err = u.quotable(customer, r.Quote); err != nil {
			return nil, err
		}
	}
	out.OpaqueID = id
	if err := out.Validate(); err != nil {
		return nil, err
	}
	if err := u.fits(ch, out.Content); err != nil {
		return nil, err
	}
	msg.ID, msg.Conversation, msg.Channel, msg.Direction = id, conv.ID, ch.ID, conversation.Outbound
	msg.Author = u.author
	if r.auto {
		msg.Author = conversation.Author{Kind: conversation.System}
	}
	msg.Quoted, msg.Key, msg.Print, msg.AnswersAd = r.Quote, r.Key, print, customer.Window.ReferralAt()
	msg.At, msg.Delivery.QueuedAt = u.now.UTC(), u.now.UTC()
	if err := u.reserve(ch, customer, out, category, msg); err != nil {
		return nil, err
	}
	if err := u.reach(ch, customer, out, msg); err != nil {
		return nil, err
	}
	if target != nil { // no message of the conversation, but a change of one
		msg.Target = target.ID
		if err := u.saveMessage(msg); err != nil {
			return nil, err
		}
		return msg, u.post(customer, out, msg, r.notify)
	}
	conv.LastSeq++
	msg.Seq = conv.LastSeq
	if err := u.ownTrail(ch, conv, msg, out); err != nil {
		return nil, err
	}
	if !r.notify && u.hub.desk != nil {
		msg.Answer = asks(conv)
	}
	if err := u.saveMessage(msg); err != nil {
		return nil, err
	}
	conv.Note(&msg.Message)
	conv.Outbound++
	if !r.notify {
		if err := u.saveConversation(conv); err != nil {
			return nil, err
		}
	}
	return msg, u.post(customer, out, msg, r.notify)
}

// post puts a message into the outbox and tells the host.
func (u *unit) post(customer *conversation.Customer, out *message.Outbound, msg *messageRecord, notify bool) error {
	body, err := json.Marshal(outboundItem{
		Message: msg.ID, Customer: customer.ID, Outbound: *out, Perhaps: u.hub.beforeRestore(u.cause),
	})
	if err != nil {
		return fmt.Errorf("channel: encode message: %w", err)
	}
	queue := queueOut
	if notify {
		queue = queueFirst
	}
	u.Enqueue(store.Work{Queue: queue, ID: msg.ID, Lane: msg.Conversation, Group: msg.Channel, Body: body})
	if msg.Redacted {
		u.count(msg.Channel, "redacted", u.now, 1)
	}
	if msg.Target != "" {
		return nil // the host hears of it when it stands on its target
	}
	return u.tellHost(msg.Channel, "queued|"+msg.ID, hostItem{
		Kind: conversation.MessageQueued, Conversation: msg.Conversation, Message: msg.ID, At: msg.At,
	})
}

// keyID is the ID of the message that has a key in a conversation.
func keyID(conversationID, key string) string { return opaque.ID("m_", "key", conversationID, key) }

// unless returns the message that has a key already, unless the key belongs to other content.
func (m *messageRecord) unless(print string, err error) (*messageRecord, error) {
	switch {
	case err != nil:
		return nil, err
	case print != "" && m.Print != "" && m.Print != print:
		return nil, ErrKeyReused
	}
	return m, nil
}

// ErrKeyReused says that a key for idempotence was used before for a message with other
// content.
var ErrKeyReused = errors.New("channel: the key was used for another message")

// print tells the content of an answer from that of others without keeping it; "" if it has
// no key, or if the rules made it.
func (r *Reply) print(ch *Channel) (string, error) {
	if r.Key == "" || r.auto {
		return "", nil
	}
	if r.macro != nil {
		return opaque.ID("", "macro", ch.redactText(r.macro.Text), ch.redactText(r.macro.Shorthand)), nil
	}
	var content []byte
	var err error
	if r.Content != nil {
		content, err = json.Marshal(message.Outbound{Content: r.Content})
	}
	if err != nil {
		return "", fmt.Errorf("channel: encode message: %w", err)
	}
	raw, err := json.Marshal(struct {
		Content  json.RawMessage
		Template *Template
		Quote    string
	}{content, r.Template, r.Quote})
	if err != nil {
		return "", fmt.Errorf("channel: encode message: %w", err)
	}
	return opaque.ID("", ch.redactText(string(raw))), nil
}

func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}
