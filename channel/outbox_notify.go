package channel

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/opaque"
)

// Notification is a template to a customer who may never have written.
type Notification struct {
	// Channel is the ID of the channel to send from; required.
	Channel string
	// To is the phone number (E.164) or the BSUID, or both.
	To message.Recipient
	// Name is what the host calls the person, at most 255 bytes, until WhatsApp tells a name; "" if not known.
	Name string
	// Template is what to send; required.
	Template *Template
	// Key, Metadata and At are as in [Reply], for this customer.
	Key string
	// Ticket, if not "", becomes that of the conversation: what the customer answers belongs to it.
	Ticket   string
	Metadata json.RawMessage
	At       time.Time
}

func (o *outbox) notify(ctx context.Context, by conversation.Author, n Notification) (msg *messageRecord, err error) {
	what := deed{by: by, channel: n.Channel}
	if msg, err = o.notifyIn(ctx, o.do, &what, n); err != nil {
		o.refused(ctx, &what, err)
	}
	return msg, err
}

// notifyIn is notify in a step that do runs, which may be one that commits nothing.
func (o *outbox) notifyIn(ctx context.Context, do func(context.Context, func(*unit) error) error, what *deed, n Notification) (msg *messageRecord, err error) {
	if err := errors.Join(usable.Text("key", n.Key, maxKey), usable.Text("name", n.Name, maxKey), usable.Text("ticket", n.Ticket, maxKey)); err != nil {
		return nil, err
	}
	event := opaque.Random("e_")
	err = do(ctx, func(u *unit) error {
		msg = nil
		u.author = what.by
		ch, ok := o.channels.get(n.Channel)
		if !ok {
			return ErrNoChannel
		}
		if err := addressable(n.To); err != nil {
			return err
		}
		if n.Template == nil {
			return invalidAt("template", message.RuleRequired)
		}
		if u.rehearsal != nil { // the same person again is the same customer
			event = u.rehearsal.comes(n.To)
		}
		customer, err := u.addressee(ch, n.To, ch.redactText(n.Name), event)
		if err != nil {
			return err
		}
		what.conversation = customer.Conversation
		if !ch.Enabled {
			return ErrDisabled
		}
		def, err := templateFor(ch, customer, n.Template, u.now)
		if err != nil {
			return err
		}
		if err := consents(ch, customer, def.Category); err != nil {
			return err
		}
		r := &Reply{Template: n.Template, Key: n.Key, Metadata: n.Metadata, At: n.At}
		msg, err = u.notifiedBefore(ch, customer, r)
		if what.again = msg != nil; err != nil || what.again {
			return err
		}
		s, err := u.enter(ch, customer, r.id, u.now)
		if err == nil && o.desk != nil {
			err = o.desk.Contacted(&s.Scene, r.id)
		}
		if err != nil {
			return err
		}
		r.notify = true
		if err := u.setTicket(s.Conversation, n.Ticket); err != nil {
			return err
		}
		if msg, err = u.send(ch, customer, s.Conversation, r); err != nil {
			return err
		}
		if err := s.finish(); err != nil {
			return err
		}
		return u.saveCustomer(customer)
	})
	if err != nil {
		return nil, err
	}
	return msg, nil
}

// notifiedBefore names the message after its key, and returns what the key was used for, nil if for nothing: the
// same call again is no news in any conversation, however long ago the first one was, and whichever of the
// customers who turned out to be this one it was for.
func (u *unit) notifiedBefore(ch *Channel, customer *conversation.Customer, r *Reply) (*messageRecord, error) {
	if r.Key == "" {
		r.id = opaque.Random("m_")
		return nil, nil
	}
	for _, id := range append([]string{customer.ID}, customer.Merged...) {
		earlier := new(messageRecord)
		ok, err := u.Load(kindMessage, opaque.ID("m_", "notify", id, r.Key), earlier)
		if err != nil {
			return nil, err
		}
		if ok {
			print, err := r.print(ch)
			return earlier.unless(print, err)
		}
	}
	r.id = opaque.ID("m_", "notify", customer.ID, r.Key)
	if earlier := u.rehearsal.before(r.id, customer); earlier != nil {
		print, err := r.print(ch)
		return earlier.unless(print, err)
	}
	return nil, nil
}
