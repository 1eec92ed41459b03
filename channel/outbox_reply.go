package channel

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/message"
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
	// Key, of at most 255 bytes, makes the call idempotent: the same key in the same conversation returns the first
	// message, or ErrKeyReused for other content. "" makes every call a new message. It is kept as it is: it is
	// no place for what a person wrote, who may have written the number of a card.
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
	again  bool   // it was queued before, under the same key: send says so
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

// An outbox decides what may be sent, and puts it where it is sent from.
type outbox struct{ *core }

func (o *outbox) reply(ctx context.Context, by conversation.Author, replies []Reply) (all []*messageRecord, err error) {
	for i := range replies {
		if err := usable.Text("key", replies[i].Key, maxKey); err != nil {
			return nil, answer(replies, i, err)
		}
	}
	first := &replies[0]
	what := deed{by: by, conversation: first.Conversation}
	err = o.do(ctx, func(u *unit) error {
		all, u.author = nil, by
		ch, customer, conv, err := u.answering(first.Conversation)
		if err != nil {
			return err
		}
		what.channel = ch.ID
		var fresh []*messageRecord
		for i := range replies {
			if replies[i].Conversation != first.Conversation {
				return answer(replies, i, invalidAt("conversation", message.RuleUniform))
			}
			r := replies[i]
			m, err := u.send(ch, customer, conv, &r)
			if err != nil {
				return answer(replies, i, err)
			}
			if all = append(all, m); !r.again {
				fresh = append(fresh, m)
			}
		}
		return u.together(all, fresh)
	})
	if err != nil {
		o.refused(ctx, &what, err)
		return nil, err
	}
	return all, nil
}

// answer says which of several answers is wrong.
func answer(replies []Reply, i int, err error) error {
	if len(replies) < 2 {
		return err
	}
	return &ItemError{"answer", i + 1, err}
}

// together makes one answer of the messages that were queued just now. Those that an earlier call queued under the
// same keys stay what they are.
func (u *unit) together(all, fresh []*messageRecord) error {
	if len(fresh) < 2 {
		return nil
	}
	ids := make([]string, len(fresh))
	for i, m := range fresh {
		ids[i] = m.ID
	}
	for i := range fresh {
		m := new(messageRecord) // as those behind it left it: they may have masked something
		if _, err := u.Load(kindMessage, ids[i], m); err != nil {
			return err
		}
		if m.PartOf, m.Part = ids[0], i+1; i == 0 {
			m.PartIDs = ids
		}
		if err := u.saveMessage(m); err != nil {
			return err
		}
		all[slices.Index(all, fresh[i])] = m
	}
	return nil
}

// Split is [Hub.Split] for a channel that takes as much as WhatsApp does, [message.MaxTextBody] characters.
func (r Reply) Split() []Reply { return r.split(message.MaxTextBody) }

// text is what can be cut; nil if nothing can.
func (r *Reply) text() *message.Text {
	if text, ok := r.Content.(*message.Text); ok && r.Template == nil {
		return text
	}
	return nil
}

func (r Reply) split(most int) []Reply {
	text := r.text()
	if text == nil {
		return []Reply{r}
	}
	pieces := message.Split(text.Body, most)
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

// maxText is how many characters of a text the channel takes in one message: as many as WhatsApp does, or
// what its Sender says.
func (c *Channel) maxText(to message.Recipient, text *message.Text) int {
	most := message.MaxTextBody
	checker, ok := c.Sender.(message.Checker)
	if !ok {
		return most
	}
	probe := *text
	if long := []rune(text.Body); len(long) > most { // its own limit is asked for, and not WhatsApp's
		probe.Body = string(long[:most])
	}
	if e, ok := errors.AsType[*message.InvalidError](checker.Check(message.Outbound{To: to, Content: &probe})); ok {
		for _, p := range e.Problems {
			if p.Path == "text.body" && p.Rule == message.RuleTooLong && p.Limit > 0 {
				most = min(most, p.Limit)
			}
		}
	}
	return most
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
