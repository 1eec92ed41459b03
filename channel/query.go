package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
)

// ErrNotFound says that a conversation, message, customer or dead letter does not exist, or
// not for the actor who asks.
var ErrNotFound = step.ErrNotFound

// Conversation returns a conversation and its customer. The actor must be allowed to
// read on its channel. The error matches ErrNotFound or access.ErrDenied.
func (h *Hub) Conversation(ctx context.Context, actor access.Actor, id string) (*conversation.Conversation, *conversation.Customer, error) {
	conv, customer, _, err := h.scene(ctx, nil, id, "")
	if err != nil {
		return nil, nil, h.unknownTo(actor, access.Read, err)
	}
	if err := h.mayReadIn(ctx, actor, conv.Channel); err != nil {
		return nil, nil, err
	}
	return conv, customer, nil
}

// ConversationQuery asks for conversations of one channel, newest activity first.
type ConversationQuery struct {
	// Actor must be allowed to read on the channel; required.
	Actor access.Actor
	// Channel is required.
	Channel string
	// Queues restricts to these; nil means all.
	Queues []rules.Queue
	// Before continues a list: the last conversation of the previous page.
	Before *conversation.Conversation
	// Limit is the most to return, 1 to 1000; 0 means 50.
	Limit int
}

// Conversations lists conversations.
func (h *Hub) Conversations(ctx context.Context, q ConversationQuery) ([]*conversation.Conversation, error) {
	if err := h.mayRead(ctx, q.Actor, q.Channel); err != nil {
		return nil, err
	}
	queues := q.Queues
	if queues == nil {
		queues = []rules.Queue{rules.QueueNew, rules.QueuePending, rules.QueueResolved}
	}
	limit := pageSize(q.Limit)
	var before *store.Position
	if q.Before != nil {
		before = &store.Position{Sort: micros(q.Before.LastActivity), Key: q.Before.ID}
	}
	var all []*conversation.Conversation
	for _, queue := range queues {
		page, err := step.List[conversation.Conversation](ctx, h.store, store.Query{
			Kind: kindConversation, Parent: conversationParent(q.Channel, string(queue)),
			Before: before, Descending: true, Limit: limit,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	slices.SortFunc(all, func(a, b *conversation.Conversation) int { // as the store does
		return cmp.Or(cmp.Compare(micros(b.LastActivity), micros(a.LastActivity)), strings.Compare(b.ID, a.ID))
	})
	return all[:min(limit, len(all))], nil
}

// MessageQuery asks for messages of one conversation.
type MessageQuery struct {
	// Actor must be allowed to read on the channel; required.
	Actor access.Actor
	// Conversation is required.
	Conversation string
	// Before continues a list backwards: the earliest message of the previous page.
	Before *conversation.Message
	// Limit is the most to return, 1 to 1000; 0 means 50.
	Limit int
}

// Messages returns the newest messages (before q.Before), in the order in which they
// were written. The IDs of Customer.History stand for
// conversations, too.
func (h *Hub) Messages(ctx context.Context, q MessageQuery) ([]*conversation.Message, error) {
	channel, err := h.channelOf(ctx, q.Conversation)
	if err != nil {
		return nil, h.unknownTo(q.Actor, access.Read, err)
	}
	if err := h.mayReadIn(ctx, q.Actor, channel); err != nil {
		return nil, err
	}
	var before *store.Position
	if q.Before != nil {
		before = &store.Position{Sort: sortOf(q.Before), Key: q.Before.ID}
	}
	page, err := step.List[messageRecord](ctx, h.store, store.Query{
		Kind: kindMessage, Parent: q.Conversation, Before: before, Descending: true, Limit: pageSize(q.Limit),
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(page)
	messages := visible(page)
	return messages, h.resolveQuotes(ctx, messages...)
}

// channelOf returns the channel of a conversation, or of what was imported of a customer's past,
// which is filed like one and is none.
func (h *Hub) channelOf(ctx context.Context, conversationID string) (string, error) {
	conv, err := h.conversation(ctx, conversationID)
	if err == nil {
		return conv.Channel, nil
	}
	if !errors.Is(err, ErrNotFound) || !conversation.IsHistory(conversationID) {
		return "", err
	}
	page, failed := step.List[messageRecord](ctx, h.store, store.Query{Kind: kindMessage, Parent: conversationID, Limit: 1})
	if failed != nil {
		return "", failed
	}
	if len(page) == 0 {
		return "", err
	}
	return page[0].Channel, nil
}

// resolveQuotes replaces stand-ins by the messages that they stand for: a quote can be
// filed before the ID of the quoted message is known.
func (h *Hub) resolveQuotes(ctx context.Context, messages ...*conversation.Message) error {
	var ids []string
	for _, m := range messages {
		if m.Quoted != "" && !slices.Contains(ids, m.Quoted) {
			ids = append(ids, m.Quoted)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	records, err := h.store.Get(ctx, kindMessage, ids...)
	if err != nil {
		return fmt.Errorf("channel: read message: %w", err)
	}
	same := map[string]string{}
	for _, r := range records {
		if stub, err := step.Decode[messageRecord](r); err == nil && stub.SameAs != "" {
			same[r.Key] = stub.SameAs
		}
	}
	for _, m := range messages {
		m.Quoted = cmp.Or(same[m.Quoted], m.Quoted)
	}
	return nil
}

func (h *Hub) mayRead(ctx context.Context, actor access.Actor, channel string) error {
	if err := h.keepUp(ctx); err != nil {
		return err
	}
	ch, ok := h.channels.get(channel)
	if !ok {
		return fmt.Errorf("channel: read: %w", ErrNoChannel)
	}
	if err := h.mayAsk(ctx, ch, actor, access.Read); err != nil {
		return fmt.Errorf("channel: read: %w", err)
	}
	return nil
}

// mayReadIn is mayRead for a channel that the caller named by a conversation of it.
func (h *Hub) mayReadIn(ctx context.Context, actor access.Actor, channel string) error {
	if err := h.keepUp(ctx); err != nil {
		return err
	}
	ch, ok := h.channels.get(channel)
	if !ok {
		return fmt.Errorf("channel: read: %w", ErrNoChannel)
	}
	err := h.mayAsk(ctx, ch, actor, access.Read)
	if err = h.hidden(ch, actor, err); errors.Is(err, ErrNotFound) {
		return fmt.Errorf("channel: read %s: %w", kindConversation, err) // as one that there is not
	}
	return err
}

// mayIn checks the right of an actor who named the channel by a conversation or message of it.
func (h *Hub) mayIn(ch *Channel, actor access.Actor, action access.Action) error {
	return h.hidden(ch, actor, access.Check(ch.Access, actor, action))
}

// hidden turns the refusal of an actor who has no right on the channel, but on another one,
// into ErrNotFound: the conversations of one tenant are to another as if they did not exist.
func (h *Hub) hidden(ch *Channel, actor access.Actor, err error) error {
	denied, ok := errors.AsType[*access.DeniedError](err)
	if ok && denied.Reason == access.NoGrant && !actor.On(ch.ID).Admin && h.known(actor) {
		return ErrNotFound
	}
	return err
}

// unknownTo is what an actor is told about a conversation or message that there is not, which
// must be what he is told about those of a channel on which he has no right.
func (h *Hub) unknownTo(actor access.Actor, action access.Action, err error) error {
	if errors.Is(err, ErrNotFound) && !h.known(actor) {
		if denied := access.Check(access.Policy{}, actor, action); denied != nil {
			return denied
		}
	}
	return err
}

// outside says that an actor has nothing to do with the channel.
func outside(ch *Channel, actor access.Actor) bool {
	denied, ok := errors.AsType[*access.DeniedError](access.Check(ch.Access, actor, access.Read))
	return ok && denied.Reason == access.NoGrant && !actor.On(ch.ID).Admin
}

// plainly is ErrNotFound without what was being read.
func plainly(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// known says whether an actor has any right on any channel.
func (h *Hub) known(actor access.Actor) bool {
	if actor.Admin || len(actor.AdminOf) > 0 {
		return true
	}
	for _, ch := range h.channels.view().byID {
		if ch.Access.Best(actor).Source != access.NoSource {
			return true
		}
	}
	return false
}

// mayAsk asks whether an actor may read something; only refusals are worth an audit.
func (h *Hub) mayAsk(ctx context.Context, ch *Channel, actor access.Actor, action access.Action) error {
	err := access.Check(ch.Access, actor, action)
	if err != nil {
		h.hooks.audit(ctx, &AuditInfo{Actor: actor, Action: action, Channel: ch.ID}, &err)
	}
	return err
}

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 1000)
}

func (h *Hub) conversation(ctx context.Context, id string) (*conversation.Conversation, error) {
	return step.Get[conversation.Conversation](ctx, h.store, kindConversation, id)
}

func (h *Hub) message(ctx context.Context, id string) (*messageRecord, error) {
	return step.Get[messageRecord](ctx, h.store, kindMessage, id)
}

// customer reads a customer, following merges to the one that lives on.
func (h *Hub) customer(ctx context.Context, id string) (*conversation.Customer, error) {
	for range maxMerges {
		c, err := step.Get[conversation.Customer](ctx, h.store, kindCustomer, id)
		if err != nil || c.MergedInto == "" {
			return c, err
		}
		id = c.MergedInto
	}
	return nil, fmt.Errorf("channel: read customer: merged too often: %w", ErrNotFound)
}

// maxMerges bounds chains of merged customers. Merges go to the older customer, so a
// chain is as long as the number of identities one person had at the same time.
const maxMerges = 16

// ignoreNotFound is nil for what is not there.
func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
