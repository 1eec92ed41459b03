package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/deskapi"
)

// AuditInfo describes what an actor did or wanted to do.
type AuditInfo struct {
	Actor  access.Actor
	Action access.Action
	// Channel, Conversation and Message are the IDs of what it was done to, as far as it
	// concerned one and the call came far enough to know.
	Channel, Conversation, Message string
}

// A call is something that an actor asks of the desk.
type call struct {
	AuditInfo
	verb    string // for errors, and for who asks later
	n       int    // to how many things it is done at once
	changes []deskapi.DeedChange
	noted   bool // it is noted already, or not to be
	outside bool // WhatsApp or the caller has what it does, which no rollback takes back
}

// end notes what a call did, and tells the audit. It is deferred by every call that acts.
func (d *Desk) end(ctx context.Context, c *call, err *error) {
	d.noteDeed(ctx, c, *err)
	if d.audit != nil {
		d.audit(ctx, c.AuditInfo, *err)
	}
}

// endRead is end for calls that only read: only a refusal is worth an audit.
func (d *Desk) endRead(ctx context.Context, c *call, err *error) {
	if errors.Is(*err, access.ErrDenied) {
		c.noted = true // nothing was done
		d.end(ctx, c, err)
	}
}

// refuse wraps an error that is the desk's.
func (c *call) refuse(err error) error { return fmt.Errorf("desk: %s: %w", c.verb, err) }

// onChannel checks the right on a channel that the caller named.
func (d *Desk) onChannel(ctx context.Context, c *call, id string) (channel.Channel, error) {
	c.Channel = id
	ch, err := d.hub.Channel(ctx, id)
	if err == nil {
		err = access.Check(policy(&ch), c.Actor, c.Action)
	}
	if err != nil {
		return ch, c.refuse(err)
	}
	return ch, nil
}

// inConversation checks the right in a conversation, whose channel the caller did not name: that
// of another tenant is unknown.
func (d *Desk) inConversation(ctx context.Context, c *call, id string) error {
	c.Conversation = id
	on, err := d.hub.ChannelOf(ctx, id)
	return d.within(ctx, c, on, err)
}

// onMessage is inConversation for a message.
func (d *Desk) onMessage(ctx context.Context, c *call, id string) error {
	c.Message = id
	m, err := d.hub.Message(ctx, id)
	if err != nil {
		return d.within(ctx, c, "", err)
	}
	c.Conversation = m.Conversation
	return d.within(ctx, c, m.Channel, nil)
}

// within checks the right on a channel that was found by something in it; err is that of finding it.
func (d *Desk) within(ctx context.Context, c *call, on string, err error) error {
	if err != nil {
		return c.refuse(d.unknown(c, err))
	}
	c.Channel = on
	ch, err := d.hub.Channel(ctx, on)
	if err != nil {
		return c.refuse(err)
	}
	if c.Action.NeedsAdmin() {
		err = d.administers(c, &ch)
	} else {
		err = d.hidden(c, &ch, access.Check(policy(&ch), c.Actor, c.Action))
	}
	if err != nil {
		return c.refuse(err)
	}
	return nil
}

// administrates checks the right to administer a channel; "" is all channels, and what belongs to
// none.
func (d *Desk) administrates(c *call, id string) error {
	c.Channel = id
	if err := access.Check(access.Policy{}, c.Actor.On(id), c.Action); err != nil {
		return c.refuse(err)
	}
	return nil
}

// administers is administrates for a channel that was found by something in it.
func (d *Desk) administers(c *call, ch *channel.Channel) error {
	err := access.Check(access.Policy{}, c.Actor.On(ch.ID), c.Action)
	if err != nil && policy(ch).Best(c.Actor).Source == access.NoSource && d.knows(c.Actor) {
		return channel.ErrNotFound
	}
	return err
}

// hidden turns the refusal of an actor who has no right on the channel, but on another one, into
// ErrNotFound: the conversations of one tenant are to another as if they did not exist.
func (d *Desk) hidden(c *call, ch *channel.Channel, err error) error {
	denied, ok := errors.AsType[*access.DeniedError](err)
	if ok && denied.Reason == access.NoGrant && !c.Actor.On(ch.ID).Admin && d.knows(c.Actor) {
		return channel.ErrNotFound
	}
	return err
}

// unknown is what an actor is told about a conversation or message that there is not, which must
// be what he is told about those of a channel on which he has no right.
func (d *Desk) unknown(c *call, err error) error {
	if !errors.Is(err, channel.ErrNotFound) {
		return err
	}
	if !d.knows(c.Actor) {
		if denied := access.Check(access.Policy{}, c.Actor, c.Action); denied != nil {
			return denied
		}
	}
	return channel.ErrNotFound
}

// knows says whether an actor has any right on any channel.
func (d *Desk) knows(actor access.Actor) bool {
	if actor.Admin || len(actor.AdminOf) > 0 {
		return true
	}
	for _, ch := range d.hub.Channels() {
		if policy(&ch).Best(actor).Source != access.NoSource {
			return true
		}
	}
	return false
}
