package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// A teller calls the host's ticketing.
type teller struct {
	*core
	ticketing Ticketing
	gate      *worker.Gate // of the calls
}

// tell hands one item to the host's ticketing and settles it.
func (t *teller) tell(ctx context.Context, w *worker.Job) error {
	item, err := itemOf[hostItem](w)
	if err != nil {
		return fmt.Errorf("channel: decode change: %w", ErrPermanent)
	}
	ctx = t.hooks.resume(ctx, item.Carried)
	var conv *conversation.Conversation
	var customer *conversation.Customer
	var msg *conversation.Message
	var ticket string
	err = t.gate.Pass(ctx, w, func() (err error) {
		if item.Conversation == "" {
			conv, customer = &conversation.Conversation{}, &conversation.Customer{}
		} else if conv, customer, msg, err = t.scene(ctx, known(w, item), item.Conversation, item.Message); err != nil {
			return err
		}
		if t.waitsForHost(w) {
			return errOut
		}
		defer func() {
			if p := recover(); p != nil {
				t.runners[workHost].LogPanic(ctx)
				err = worker.ErrPanic
			}
			err = t.toldHost(ctx, w, item, err)
		}()
		ticket, err = t.callHost(ctx, w, item, conv, customer, msg)
		return err
	})
	if conv == nil && errors.Is(err, ErrNotFound) { // erased or past its retention: nothing left to tell
		return t.over(ctx, w)
	}
	if err != nil {
		return err
	}
	if ticket == "" || ticket == conv.Ticket {
		return t.over(ctx, w)
	}
	return t.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		var c conversation.Conversation
		if ok, err := u.Load(kindConversation, conv.ID, &c); err != nil || !ok {
			return worker.Done(), err
		}
		if err := u.setTicket(&c, ticket); err != nil {
			return worker.Outcome{}, err
		}
		return worker.Done(), u.giveConversation(&c)
	})
}

// over settles a call of which nothing is left to do, together with others and a moment later: a crash
// meanwhile repeats it, with its ID. A process that may not work any more finds out at once whether the
// call is still its own, and with it the next ones of its lane.
func (t *teller) over(ctx context.Context, w *worker.Job) error {
	if !t.life.over() && t.runners[workHost].Over(w) {
		return nil
	}
	return t.finish(ctx, w)
}

// clear takes calls out of the queue that are over.
func (t *teller) clear(ctx context.Context, calls []store.Lease) error {
	const failed = "channel: calls that are over are still in their queue"
	err := t.repeat(ctx, func(u *unit) error {
		for _, l := range calls {
			u.Finish(l)
		}
		return nil
	})
	switch {
	case err == nil:
		t.works(ctx, failed, "")
	case !errors.Is(err, store.ErrLeaseLost):
		t.fails(ctx, slog.LevelWarn, failed, "", err)
	}
	return err
}

// known is what was read ahead for a call and may be shown, in the newest version that this process knows.
// What is received shows what the call before it left, whichever process that went through: it is read
// again.
func known(w *worker.Job, item *hostItem) []step.Known {
	if w.Waited || w.Followed && item.Kind == "" {
		return nil
	}
	return w.Ahead
}

func (t *teller) callHost(ctx context.Context, w *worker.Job, item *hostItem,
	conv *conversation.Conversation, customer *conversation.Customer, msg *conversation.Message,
) (ticket string, err error) {
	info := hooks.HostInfo{Channel: channelOf(w.Group), Conversation: conv.ID, Kind: item.Kind, Try: w.Tries + 1}
	if t.hooks.HostStart != nil {
		ctx = t.hooks.HostStart(ctx, info)
	}
	err = worker.ErrPanic // unless the host returns
	if t.hooks.HostDone != nil {
		defer func() { t.hooks.HostDone(ctx, info, err) }()
	}
	if item.Kind == "" {
		if msg == nil {
			return "", nil
		}
		received := &conversation.Received{ID: w.ID, Message: *msg}
		step.Copy(&received.Conversation, conv) // the host may do with them what it likes
		step.Copy(&received.Customer, customer)
		ticket, err = t.ticketing.Receive(ctx, received)
		if err == nil && usable.Text("ticket", ticket, maxKey) != nil {
			return "", errTicket
		}
		return ticket, fromHost(err)
	}
	into, err := t.successor(ctx, item)
	if err != nil {
		return "", err
	}
	change := &conversation.Change{
		ID: w.ID, Kind: item.Kind, Channel: info.Channel, At: item.At, Message: msg,
		Author: item.Author, From: item.From, To: item.To, Ticket: into, Absorbed: item.Absorbed, Reason: item.Reason, Cause: item.Cause, Delivery: item.Delivery, Failure: item.Failure, Notice: item.Notice,
	}
	if f := item.Failure; f != nil { // that of the message
		own := *f
		change.Failure = &own
	}
	if n := item.Notice; n != nil { // that of all channels of the account, and of the next try
		own := *n
		change.Notice = &own
	}
	step.Copy(&change.Conversation, conv)
	step.Copy(&change.Customer, customer)
	return "", fromHost(t.ticketing.Changed(ctx, change))
}

// successor is the ticket of the conversation that a merged one went on in.
func (t *teller) successor(ctx context.Context, item *hostItem) (ticket string, err error) {
	if item.Kind != conversation.ConversationMerged {
		return "", nil
	}
	conv, err := t.conversation(ctx, item.To)
	switch {
	case errors.Is(err, ErrNotFound):
		return "", nil // erased meanwhile
	case err != nil:
		return "", err
	}
	return conv.Ticket, nil
}
