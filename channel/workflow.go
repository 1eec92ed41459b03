package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// current returns the conversation that the customer is in, open or resolved; nil if
// there never was one.
func (u *unit) current(customer *conversation.Customer) (*conversation.Conversation, error) {
	if customer.Conversation == "" {
		return nil, nil
	}
	conv := new(conversation.Conversation)
	ok, err := u.Load(kindConversation, customer.Conversation, conv)
	if err != nil || !ok {
		return nil, err
	}
	return conv, nil
}

// open begins a conversation. id makes its ID, so that beginning it again is the same.
func (u *unit) open(ch *Channel, customer *conversation.Customer, id string, state rules.State) (*conversation.Conversation, error) {
	conv := &conversation.Conversation{
		ID: opaque.ID("v_", ch.ID, id), Channel: ch.ID, Customer: customer.ID, State: state,
	}
	if _, err := u.Load(kindConversation, conv.ID, conv); err != nil {
		return nil, err
	}
	customer.Conversation = conv.ID
	u.count(ch.ID, "conversations", u.now, 1)
	if _, err := u.Load(kindOfCustomer, conv.ID, nil); err != nil {
		return nil, err
	}
	return conv, u.Save(kindOfCustomer, conv.ID, customer.ID, micros(state.OpenedAt), ofCustomer{})
}

// kindOfCustomer lists the conversations of a customer.
const kindOfCustomer = "customer_conversation"

type ofCustomer struct{}

// enter decides, by the rules, which conversation a message of the customer belongs to:
// the current one, perhaps reopened, or a new one. The effects are carried out once the
// message is filed.
func (u *unit) enter(in *incoming, customer *conversation.Customer, msg *messageRecord) (*conversation.Conversation, []rules.Effect, error) {
	conv, err := u.current(customer)
	if err != nil {
		return nil, nil, err
	}
	var state rules.State
	if conv != nil {
		state = conv.State
	}
	fact := rules.Inbound{ID: msg.ID, At: in.at, Window: customer.Window, AllAway: u.hub.allAway(in.ch.ID)}
	if msg.Kind == "text" {
		fact.Text = msg.Text
	}
	state, effects := in.ch.rules.OnInbound(state, fact, u.now)
	if conv == nil || opens(effects) {
		conv, err = u.open(in.ch, customer, in.id, state)
		if err != nil {
			return nil, nil, err
		}
	}
	conv.State = state
	return conv, effects, nil
}

func opens(effects []rules.Effect) bool {
	for _, e := range effects {
		if _, ok := e.(*rules.NewConversation); ok {
			return true
		}
	}
	return false
}

// carryOut does what the rules decided. id makes the changes unique: the event or the
// action that led to the decision.
func (u *unit) carryOut(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, effects []rules.Effect, id string) error {
	for i, e := range effects {
		item := hostItem{Conversation: conv.ID, At: u.now.UTC()}
		switch e := e.(type) {
		case *rules.Reopen:
			item.Kind, item.From, item.To = conversation.QueueMoved, string(rules.QueueResolved), string(rules.QueueNew)
			item.Reason, item.Cause = string(e.Why), conversation.Cause(e.Why)
			u.count(ch.ID, "reopened", u.now, 1)
		case *rules.MoveQueue:
			item.Kind, item.From, item.To, item.Reason = conversation.QueueMoved, string(e.From), string(e.To), string(e.Why)
			item.Cause = conversation.Cause(e.Why)
		case *rules.Resolve:
			item.Kind, item.From, item.To = conversation.QueueMoved, string(e.From), string(rules.QueueResolved)
			item.Reason, item.Cause = cmp.Or(e.Reason, string(e.Why)), conversation.Cause(e.Why)
			u.count(ch.ID, "resolved", u.now, 1)
			u.count(ch.ID, "resolution_seconds", u.now, int64(conv.State.ResolvedAt.Sub(conv.State.OpenedAt)/time.Second))
		case *rules.Assign:
			item.Kind, item.From, item.To, item.Reason = conversation.Assigned, e.From, e.To, string(e.Why)
			item.Cause = conversation.Cause(e.Why)
		case *rules.Unassign:
			item.Kind, item.From, item.Reason, item.Cause = conversation.Assigned, e.From, string(e.Why), conversation.Cause(e.Why)
		case *rules.ClosingNotice:
			item.Kind, item.Reason, item.Cause = conversation.WindowClosing, e.Before.String(), conversation.Cause(rules.WhyClosing)
		case *rules.BotNotice:
			item.Kind, item.Reason, item.Cause = conversation.BotSuspected, string(e.Why), conversation.Cause(e.Why)
		case *rules.AutoReply:
			lookup := opening(ch.rules.Schedule(), e.OpensAt, u.hub.placeholders(conv, customer))
			if err := u.automatic(ch, customer, conv, e.Content, lookup, string(e.Why), id); err != nil {
				return err
			}
			continue
		case *rules.Remind:
			if err := u.automatic(ch, customer, conv, e.Content, u.hub.placeholders(conv, customer), "reminder", id); err != nil {
				return err
			}
			continue
		case *rules.FollowUp:
			if err := u.automatic(ch, customer, conv, e.Content, u.hub.placeholders(conv, customer), string(rules.WhyFollowUp), id); err != nil {
				return err
			}
			continue
		default: // NewConversation shows in the first message
			continue
		}
		if err := u.tellHost(ch.ID, changeID(item.Kind, id, i), item); err != nil {
			return err
		}
	}
	return nil
}

// changeID names the change that an effect makes: the nth of what led to it.
func changeID(kind conversation.ChangeKind, id string, n int) string {
	return fmt.Sprintf("%s|%s|%d", kind, id, n)
}

// automatic sends a message that the rules want to go out. If it may not be sent, the
// customer's message must not suffer: the host is told, and nothing is sent.
func (u *unit) automatic(
	ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, c rules.Content, lookup template.Lookup, why, id string,
) error {
	r := &Reply{Actor: access.Actor{Kind: access.System}, Key: "auto|" + id + "|" + why}
	var err error
	switch {
	case c.Template != "":
		r.Template, err = u.automaticTemplate(ch, c, lookup)
	case isShorthand(&message.Text{Body: c.Text}): // its placeholders are filled in after it was read
		r.Template, _, err = ch.shorthand(c.Text, lookup, u.now)
	default:
		var text string
		text, err = template.ExpandVerbatim(c.Text, lookup)
		r.Content = &message.Text{Body: text}
	}
	if err != nil {
		return u.withheld(ch, conv, why, id, err)
	}
	m, err := u.send(ch, customer, conv, r)
	if err != nil {
		if isRefusal(err) {
			return u.withheld(ch, conv, why, id, err)
		}
		return err
	}
	m.Auto = why
	return u.saveMessage(m)
}

// withheld tells the host that an automatic message was not sent.
func (u *unit) withheld(ch *Channel, conv *conversation.Conversation, why, id string, cause error) error {
	what, sentence := refusal(cause)
	u.hub.log.LogAttrs(u.ctx, slog.LevelWarn, "channel: automatic message withheld",
		slog.String("channel", ch.ID), slog.String("why", why), slog.String("reason", cmp.Or(string(what), reasonOf(cause))))
	u.count(ch.ID, "refused", u.now, 1)
	u.count(ch.ID, "refused_"+string(what), u.now, 1)
	if errors.Is(cause, window.ErrClosed) {
		u.count(ch.ID, "window_refused", u.now, 1)
	}
	return u.tellHost(ch.ID, "withheld|"+id+"|"+why, hostItem{
		Kind: conversation.AutomaticWithheld, Conversation: conv.ID, At: u.now.UTC(), Reason: why + ": " + sentence, Cause: what,
	})
}

// arm makes sure that the conversation's one timer goes off when the rules want to look
// at it again. A timer that goes off too early does no harm, so that a later time is not
// worth a write.
func (u *unit) arm(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation) {
	due, ok := ch.rules.NextDue(conv.State, customer.Window)
	switch {
	case u.timerWork != nil && ok:
		u.Postpone(store.Postponed{Lease: u.timerWork.Lease(), Due: due, Reason: "armed"})
	case u.timerWork != nil:
		u.Finish(u.timerWork.Lease())
	case !ok, conv.Timer.After(u.now) && !due.Before(conv.Timer):
		return
	default:
		u.Enqueue(store.Work{Queue: queueTimer, ID: conv.ID, Group: ch.ID, Due: due, Body: []byte("{}")})
	}
	conv.Timer = due
}

// timer lets the rules look at a conversation when the time they named has come.
func (h *Hub) timer(ctx context.Context, w *worker.Job) error {
	if w.ID == expiryID(w.Group) {
		return h.expire(ctx, w)
	}
	err := h.do(ctx, func(u *unit) error {
		var conv conversation.Conversation
		ok, err := u.Load(kindConversation, w.ID, &conv)
		if err != nil {
			return err
		}
		ch, exists := h.channels.get(w.Group)
		var customer *conversation.Customer
		if ok {
			if customer, err = u.customer(conv.Customer); err != nil {
				return err
			}
		}
		if ok && !exists {
			u.Postpone(store.Postponed{Lease: w.Lease(), Due: u.now.Add(time.Minute), Reason: "no such channel here"})
			return nil
		}
		if !ok || customer == nil || customer.Conversation != conv.ID && !conv.State.Queue.Open() {
			u.Finish(w.Lease())
			return nil
		}
		u.timerWork = w
		u.cause, _ = ch.rules.NextDue(conv.State, customer.Window)
		state, effects := ch.rules.OnTimer(conv.State, customer.Window, u.now)
		conv.State = state
		id := fmt.Sprintf("timer|%s|%d", conv.ID, u.now.Unix())
		if err := u.carryOut(ch, customer, &conv, effects, id); err != nil {
			return err
		}
		u.arm(ch, customer, &conv)
		return u.saveConversation(&conv)
	})
	if errors.Is(err, store.ErrLeaseLost) {
		return nil // somebody armed it anew meanwhile: it will go off again
	}
	return err
}

func (h *Hub) allAway(channel string) bool { return h.away != nil && h.away(channel) }
