package channel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// Erased is the receipt of an erasure: what was removed.
type Erased struct {
	// Customers counts the records of the person, merged ones included.
	Customers     int `json:"customers"`
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	// Work counts what was waiting: unsent messages, items, calls of Ticketing, dead letters.
	Work int `json:"work"`
	// Attachments are the host's references to the files: removed by its [Remover], or the host's to
	// remove.
	Attachments []string `json:"attachments,omitempty"`
}

func (k *keeper) erase(ctx context.Context, channel string, to message.Recipient, receipt *Erased) error {
	ch, ok := k.channels.get(channel)
	if !ok {
		return ErrNoChannel
	}
	person, err := k.person(ctx, channel, to)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	aliases := addressKeys(ch, to)
	for _, c := range person {
		own, err := k.ownAliases(ctx, c)
		if err != nil {
			return err
		}
		aliases = append(aliases, own...)
	}
	member, err := k.eraseMember(ctx, ch, aliases, receipt)
	if err != nil {
		return err
	}
	for _, key := range member {
		if !slices.Contains(aliases, key) {
			aliases = append(aliases, key)
		}
	}
	phones := to.BSUID == "" && !slices.ContainsFunc(person, func(c *conversation.Customer) bool { return c.BSUID != "" || c.ParentBSUID != "" })
	if err := k.eraseItems(ctx, ch, aliases, phones, receipt); err != nil {
		return err
	}
	if len(person) == 0 && member == nil && receipt.Work == 0 {
		return ErrNotFound
	}
	for _, c := range person {
		if err := k.eraseCustomer(ctx, c, receipt); err != nil {
			return err
		}
	}
	return nil
}

// addressKeys are the aliases of an address.
func addressKeys(ch *Channel, to message.Recipient) []string {
	switch { // a phone number may have gone to somebody else, so that it is the last resort
	case to.Group != "":
		return []string{aliasGroup(ch.Number, to.Group)}
	case to.BSUID != "":
		return []string{aliasBSUID(ch.Number, to.BSUID), aliasParent(ch.Number, to.BSUID)}
	case to.Phone != "":
		return []string{aliasPhone(ch.Number, to.Phone)}
	}
	return nil
}

// person finds the customer behind an address, with all that were merged into it; the
// living one comes last, so that an interrupted erasure can be repeated.
func (k *keeper) person(ctx context.Context, channel string, who message.Recipient) ([]*conversation.Customer, error) {
	if err := who.Validate(); err != nil {
		return nil, err
	}
	ch, ok := k.channels.get(channel)
	if !ok {
		return nil, ErrNoChannel
	}
	keys := addressKeys(ch, who)
	records, err := k.store.Get(ctx, kindAlias, keys...)
	if err != nil {
		return nil, fmt.Errorf("channel: read alias: %w", err)
	}
	var all []*conversation.Customer
	seen := map[string]bool{}
	for _, r := range records {
		a, err := step.Decode[alias](r)
		if err != nil {
			return nil, err
		}
		c, err := k.customer(ctx, a.Customer)
		if errors.Is(err, ErrNotFound) || err == nil && seen[c.ID] {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[c.ID] = true
		for _, id := range c.Merged {
			old, err := step.Get[conversation.Customer](ctx, k.store, kindCustomer, id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			if err == nil && !seen[old.ID] {
				seen[old.ID] = true
				all = append(all, old)
			}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, ErrNotFound
	}
	return all, nil
}

func (k *keeper) eraseCustomer(ctx context.Context, c *conversation.Customer, receipt *Erased) error {
	convs, err := k.conversationsOf(ctx, c)
	if err != nil {
		return err
	}
	for _, id := range convs {
		if err := k.eraseConversation(ctx, c.Channel, id, lanes, receipt); err != nil {
			return err
		}
	}
	b := &store.Batch{Delete: []store.RecordKey{{Kind: kindCustomer, Key: c.ID}}}
	own, err := k.ownAliases(ctx, c)
	if err != nil {
		return err
	}
	for _, key := range own {
		b.Delete = append(b.Delete, store.RecordKey{Kind: kindAlias, Key: key})
	}
	err = k.erasePending(ctx, c.Channel, nil, func(a *conversation.Amendment) bool { return a.Customer == c.ID })
	if err != nil {
		return err
	}
	if _, err := k.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: delete customer: %w", err)
	}
	receipt.Customers++
	return nil
}

// ownAliases lists the aliases that lead to a customer. A phone number may lead to somebody
// else by now.
func (k *keeper) ownAliases(ctx context.Context, c *conversation.Customer) ([]string, error) {
	if len(c.Aliases) == 0 {
		return nil, nil
	}
	records, err := k.store.Get(ctx, kindAlias, c.Aliases...)
	if err != nil {
		return nil, fmt.Errorf("channel: read alias: %w", err)
	}
	var own []string
	for _, r := range records {
		if a, err := step.Decode[alias](r); err != nil || a.Customer == c.ID {
			own = append(own, r.Key)
		}
	}
	return own, nil
}

// lanes are the kinds of work that wait in a conversation's lane, living and dead.
var lanes = func() (all []store.WorkQuery) {
	for _, queue := range []string{workHost, workOut, workFirst} {
		all = append(all, store.WorkQuery{Queue: queue}, store.WorkQuery{Queue: queue, Dead: true})
	}
	return all
}()

// busy returns those of the lanes in which anything waits at all, for whatever conversation.
func (k *keeper) busy(ctx context.Context) (some []store.WorkQuery, err error) {
	for _, q := range lanes {
		q.Limit = 1
		found, err := k.store.Work(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("channel: list work: %w", err)
		}
		if len(found) > 0 {
			some = append(some, q)
		}
	}
	return some, nil
}

// eraseConversation removes a conversation with its messages, its log, and all work that
// refers to it in the given lanes.
func (k *keeper) eraseConversation(ctx context.Context, channel, id string, lanes []store.WorkQuery, receipt *Erased) error {
	b := &store.Batch{
		Delete: []store.RecordKey{{Kind: kindConversation, Key: id}, {Kind: kindOfCustomer, Key: id}},
		Drop:   []store.WorkKey{{Queue: workTimer, ID: id}, {Queue: workLater, ID: windowPrefix + id}},
	}
	b.Delete = append(b.Delete, marginRecords(id)...)
	conv, err := k.conversation(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if conv != nil {
		b.Delete = append(b.Delete, ticketRecords(conv)...)
	}
	if err := k.eraseMessages(ctx, channel, id, nil, receipt, b); err != nil {
		return err
	}
	if err := k.eraseMessages(ctx, channel, reactionParent(id), nil, &Erased{}, b); err != nil {
		return err
	}
	for _, q := range lanes {
		if err := k.dropLane(ctx, q, id, receipt); err != nil {
			return err
		}
	}
	for {
		page, err := k.store.List(ctx, store.Query{Kind: kindLog, Parent: id, Limit: 500})
		if err != nil {
			return fmt.Errorf("channel: list log: %w", err)
		}
		end := len(page) < 500
		now := &store.Batch{}
		if end { // the conversation goes last, so that it is found again after an error
			now = b
		}
		for _, r := range page {
			now.Delete = append(now.Delete, store.RecordKey{Kind: kindLog, Key: r.Key})
		}
		if _, err := k.store.Commit(ctx, now); err != nil {
			return fmt.Errorf("channel: delete conversation: %w", err)
		}
		if end {
			break
		}
	}
	if !conversation.IsHistory(id) {
		receipt.Conversations++
	}
	return nil
}

// erasePage is how many messages are removed at a time.
const erasePage = 200

// eraseMessages removes the messages of a conversation, those before a position only if
// before is not nil. What removes the last of them is added to last, for the caller to commit;
// if that is nil it is committed here.
func (k *keeper) eraseMessages(ctx context.Context, channel, conversationID string, before *store.Position, receipt *Erased, last *store.Batch) error {
	for {
		page, err := step.List[messageRecord](ctx, k.store, store.Query{
			Kind: kindMessage, Parent: conversationID, Before: before, Limit: erasePage,
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if last != nil && len(page) < erasePage {
			return k.eraseWith(ctx, last, channel, page, receipt)
		}
		if err := k.eraseThese(ctx, channel, page, receipt); err != nil || len(page) < erasePage {
			return err
		}
	}
}

// eraseItems removes items of a person on a channel that were not applied yet, or never could
// be: those that name the person, not those that mention the name. phones says that no BSUID of
// the person is known, so that whoever shows the number is the one.
func (k *keeper) eraseItems(ctx context.Context, ch *Channel, aliases []string, phones bool, receipt *Erased) error {
	for _, dead := range []bool{true, false} {
		for page, err := range step.Works(ctx, k.store, store.WorkQuery{Queue: workIn, Dead: dead, Limit: 500}) {
			if err != nil {
				return err
			}
			b := &store.Batch{}
			for i := range page {
				w := &page[i]
				ev, _, err := eventOf(w)
				if err != nil || !k.concerns(ch, ev) {
					continue
				}
				if slices.ContainsFunc(aliasesOf(ev, ch.Number, phones), func(key string) bool { return slices.Contains(aliases, key) }) {
					b.Drop = append(b.Drop, store.WorkKey{Queue: w.Queue, ID: w.ID})
				}
			}
			if len(b.Drop) > 0 {
				if _, err := k.store.Commit(ctx, b); err != nil {
					return fmt.Errorf("channel: drop work: %w", err)
				}
				receipt.Work += len(b.Drop)
			}
		}
	}
	return nil
}

// concerns says whether an item is one of a channel, or of a number of the same account that has
// no channel.
func (k *keeper) concerns(ch *Channel, ev *webhook.Event) bool {
	if ev.Number.ID == ch.Number {
		return true
	}
	_, others := k.channels.number(ev.Number.ID)
	return !others && ch.Account != "" && ch.Account == ev.Account
}

func (k *keeper) dropLane(ctx context.Context, q store.WorkQuery, lane string, receipt *Erased) error {
	q.Lane, q.Limit = lane, 200
	for {
		page, err := k.store.Work(ctx, q)
		if err != nil {
			return fmt.Errorf("channel: list work: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		b := &store.Batch{}
		for _, w := range page {
			b.Drop = append(b.Drop, store.WorkKey{Queue: w.Queue, ID: w.ID})
		}
		if _, err := k.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: drop work: %w", err)
		}
		receipt.Work += len(page)
	}
}
