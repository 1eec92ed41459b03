package channel

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

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
	// Content or Template is what to send. A *message.Template, and a text that is a template
	// shorthand, have to pass what Template has to.
	Content message.Content
	// Template is one of the channel's, by name. It works at any time.
	Template *Template
	// Quote is the ID of the message to answer to, "" for none.
	Quote string
	// Key, of at most 255 bytes, makes the call idempotent: the same key in the same conversation
	// returns the first message, or ErrKeyReused for other content. "" makes every call a new
	// message.
	Key string
	// Metadata is the host's: JSON of at most 4,096 bytes, kept with the message and told in its
	// changes, with card numbers masked; nil: nothing.
	Metadata json.RawMessage
	// At is when it is to be sent, at most 30 days ahead; zero: at once. Until then it is scheduled,
	// and [Hub.CancelMessage] takes it back. Whether it may be sent is asked for that time now, and
	// once more then: if not, it fails. If no hub runs at the time, it goes as soon as one does.
	At time.Time

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

// MaxReplies is how many answers one call of [Hub.ReplyAll] queues at most.
const MaxReplies = 30

func (h *core) reply(ctx context.Context, by conversation.Author, replies []Reply) (all []*messageRecord, err error) {
	for i := range replies {
		if err := usable("key", replies[i].Key, maxKey); err != nil {
			return nil, err
		}
	}
	first := &replies[0]
	what := deed{by: by, conversation: first.Conversation}
	err = h.do(ctx, func(u *unit) error {
		all, u.author = nil, by
		ch, customer, conv, err := u.answering(first.Conversation)
		if err != nil {
			return err
		}
		what.channel = ch.ID
		for i := range replies {
			if replies[i].Conversation != first.Conversation {
				return invalidAt("conversation", message.RuleUniform)
			}
			m, err := u.send(ch, customer, conv, &replies[i])
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

// Split cuts a text that is longer than WhatsApp takes where a reader would, for [Hub.ReplyAll]. The
// first part quotes and has the Metadata; each has a Key of its own if there is one. Other answers
// are returned as they are.
func (r Reply) Split() []Reply {
	text, ok := r.Content.(*message.Text)
	if !ok || r.Template != nil || text == nil {
		return []Reply{r}
	}
	pieces := message.Split(text.Body, message.MaxTextBody)
	if len(pieces) < 2 {
		return []Reply{r}
	}
	all := make([]Reply, len(pieces))
	for i, piece := range pieces {
		with := *text
		with.Body = piece
		all[i] = Reply{Conversation: r.Conversation, Content: &with}
		if i == 0 {
			all[i].Quote, all[i].Metadata = r.Quote, r.Metadata
		}
		all[i].At = r.At
		if r.Key != "" {
			all[i].Key = r.Key + "|" + strconv.Itoa(i+1)
		}
	}
	return all
}

// IsTemplate says that the answer is a template, in any of its forms.
func (r *Reply) IsTemplate() bool {
	_, ok := r.Content.(*message.Template)
	return ok || r.Template != nil || isShorthand(r.Content)
}

// answering reads what an answer in a conversation concerns; of one that was merged, the one that goes on.
func (u *unit) answering(id string) (*Channel, *conversation.Customer, *conversation.Conversation, error) {
	conv := new(conversation.Conversation)
	if ok, err := u.Load(kindConversation, id, conv); err != nil || !ok {
		return nil, nil, nil, orNotFound(err)
	}
	if err := u.follow(conv); err != nil {
		return nil, nil, nil, err
	}
	customer, err := u.customer(conv.Customer)
	if err != nil || customer == nil {
		return nil, nil, nil, orNotFound(err)
	}
	ch, ok := u.core.channels.get(conv.Channel)
	if !ok {
		return nil, nil, nil, ErrNoChannel
	}
	return ch, customer, conv, nil
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
	at, err := u.sendTime(r)
	if err != nil {
		return nil, err
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
		lookup := u.core.placeholders(conv, customer)
		if with.Template, _, err = ch.shorthand(bodyOf(r.Content), lookup, u.now); err != nil {
			return nil, err
		}
		with.Content, r = nil, &with
	}
	out, msg, category, err := u.compose(ch, customer, r, at)
	if err != nil {
		return nil, err
	}
	if err := permits(ch, customer, out, at); err != nil {
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
	if c, ok := ch.Sender.(Checker); ok {
		if err := c.Check(*out); err != nil {
			return nil, err
		}
	}
	if err := u.fits(ch, out.Content); err != nil {
		return nil, err
	}
	msg.ID, msg.Conversation, msg.Channel, msg.Direction = id, conv.ID, ch.ID, conversation.Outbound
	msg.Author = u.author
	if msg.Metadata, err = ch.metadata(r.Metadata); err != nil {
		return nil, err
	}
	if r.auto {
		msg.Author = conversation.Author{Kind: conversation.System}
	}
	msg.Quoted, msg.Key, msg.Print, msg.AnswersAd = r.Quote, r.Key, print, customer.Window.ReferralAt()
	if !r.At.IsZero() {
		return msg, u.schedule(ch, customer, conv, out, msg, r)
	}
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
	if !r.notify && u.core.desk != nil {
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
		Message: msg.ID, Customer: customer.ID, Outbound: *out, Perhaps: u.core.beforeRestore(u.cause), carried: carried{u.core.hooks.carry(u.ctx)},
	})
	if err != nil {
		return fmt.Errorf("channel: encode message: %w", err)
	}
	queue := workOut
	if notify {
		queue = workFirst
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
		At       time.Time `json:",omitzero"`
	}{content, r.Template, r.Quote, r.At})
	if err != nil {
		return "", fmt.Errorf("channel: encode message: %w", err)
	}
	return opaque.ID("", ch.redactText(string(raw))), nil
}

// actOn reads the message that somebody wants to do something to.
func (u *unit) actOn(d *deed) (*Channel, *messageRecord, error) {
	u.author = d.by
	m := new(messageRecord)
	if ok, err := u.Load(kindMessage, d.message, m); err != nil || !ok {
		return nil, nil, orNotFound(err)
	}
	d.channel, d.conversation = m.Channel, m.Conversation
	ch, ok := u.core.channels.get(m.Channel)
	if !ok {
		return nil, nil, ErrNoChannel
	}
	return ch, m, nil
}
