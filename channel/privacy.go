package channel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
)

// Erased is the receipt of an erasure: what was removed.
type Erased struct {
	// Customers counts the records of the person, merged ones included.
	Customers     int `json:"customers"`
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	// Work counts what was still waiting: unsent messages, items not yet applied, calls of
	// the Ticketing, dead letters.
	Work int `json:"work"`
	// Attachments are the host's references to the person's files: removed by the host's
	// [Remover], or left for the host to remove if its Attachments is none.
	Attachments []string `json:"attachments,omitempty"`
}

// Erase removes everything the hub keeps about a person on one channel, under all names
// that the person ever had there. It works in small steps and may be called again after
// an error; what was removed before is then missing from the receipt. The actor must
// administer the channel. Tickets are the host's to remove, and files too unless its Attachments is
// a [Remover].
func (h *Hub) Erase(ctx context.Context, actor access.Actor, channel string, who message.Recipient) (receipt *Erased, err error) {
	defer h.hooks.audit(ctx, &AuditInfo{Actor: actor, Action: access.Erase, Channel: channel}, &err)
	if err := access.Check(access.Policy{}, actor.On(channel), access.Erase); err != nil {
		return nil, fmt.Errorf("channel: erase: %w", err)
	}
	person, err := h.person(ctx, channel, who)
	if err != nil {
		return nil, fmt.Errorf("channel: erase: %w", err)
	}
	receipt = &Erased{}
	for _, c := range person {
		if err := h.eraseCustomer(ctx, c, receipt); err != nil {
			return receipt, fmt.Errorf("channel: erase: %w", err)
		}
	}
	return receipt, nil
}

// person finds the customer behind an address, with all that were merged into it; the
// living one comes last, so that an interrupted erasure can be repeated.
func (h *Hub) person(ctx context.Context, channel string, who message.Recipient) ([]*Customer, error) {
	if err := who.Validate(); err != nil {
		return nil, err
	}
	ch, ok := h.channels.get(channel)
	if !ok {
		return nil, ErrNoChannel
	}
	var keys []string
	switch { // a phone number may have gone to somebody else, so that it is the last resort
	case who.Group != "":
		keys = []string{aliasGroup(ch.Number, who.Group)}
	case who.BSUID != "":
		keys = []string{aliasBSUID(ch.Number, who.BSUID), aliasParent(ch.Number, who.BSUID)}
	case who.Phone != "":
		keys = []string{aliasPhone(ch.Number, who.Phone)}
	}
	records, err := h.store.Get(ctx, kindAlias, keys...)
	if err != nil {
		return nil, fmt.Errorf("channel: read alias: %w", err)
	}
	var all []*Customer
	seen := map[string]bool{}
	for _, r := range records {
		a, err := decodeRecord[alias](r)
		if err != nil {
			return nil, err
		}
		c, err := h.customer(ctx, a.Customer)
		if errors.Is(err, ErrNotFound) || err == nil && seen[c.ID] {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[c.ID] = true
		for _, id := range c.Merged {
			old, err := get[Customer](ctx, h.store, kindCustomer, id)
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

func (h *Hub) eraseCustomer(ctx context.Context, c *Customer, receipt *Erased) error {
	convs, err := h.conversationsOf(ctx, c)
	if err != nil {
		return err
	}
	for _, id := range convs {
		if err := h.eraseConversation(ctx, c.Channel, id, receipt); err != nil {
			return err
		}
	}
	if err := h.eraseLanes(ctx, c, receipt); err != nil {
		return err
	}
	b := &Batch{Delete: []RecordKey{{kindCustomer, c.ID}}}
	records, err := h.store.Get(ctx, kindAlias, c.Aliases...)
	if err != nil {
		return fmt.Errorf("channel: read alias: %w", err)
	}
	for _, r := range records {
		// A phone number may belong to somebody else by now.
		if a, err := decodeRecord[alias](r); err != nil || a.Customer == c.ID {
			b.Delete = append(b.Delete, RecordKey{kindAlias, r.Key})
		}
	}
	stubs, err := list[Message](ctx, h.store, Query{Kind: kindMessage, Parent: stubParent(c.Channel), Limit: 10000})
	if err != nil {
		return err
	}
	for _, s := range stubs {
		if s.Pending != nil && s.Pending.Customer == c.ID {
			b.Delete = append(b.Delete, RecordKey{kindMessage, s.ID})
		}
	}
	if _, err := h.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: delete customer: %w", err)
	}
	receipt.Customers++
	return nil
}

// conversationsOf lists the conversations of a customer, and where the chat history is.
func (h *Hub) conversationsOf(ctx context.Context, c *Customer) ([]string, error) {
	ids := []string{historyConversation(c)}
	var after *Position
	for {
		page, err := h.store.List(ctx, Query{Kind: kindOfCustomer, Parent: c.ID, After: after, Limit: 500})
		if err != nil {
			return nil, fmt.Errorf("channel: list conversations: %w", err)
		}
		for _, r := range page {
			ids = append(ids, r.Key)
		}
		if len(page) < 500 {
			return ids, nil
		}
		after = &Position{page[499].Sort, page[499].Key}
	}
}

// eraseConversation removes a conversation with its messages, its log, and all work that
// refers to it.
func (h *Hub) eraseConversation(ctx context.Context, channel, id string, receipt *Erased) error {
	if err := h.eraseMessages(ctx, channel, id, nil, receipt); err != nil {
		return err
	}
	if err := h.eraseMessages(ctx, channel, reactionParent(id), nil, &Erased{}); err != nil {
		return err
	}
	for _, queue := range []string{queueHost, queueOut, queueFirst} {
		if err := h.dropLane(ctx, queue, id, receipt); err != nil {
			return err
		}
	}
	b := &Batch{
		Delete: []RecordKey{{kindConversation, id}, {kindOfCustomer, id}},
		Drop:   []WorkKey{{queueTimer, id}},
	}
	for {
		page, err := h.store.List(ctx, Query{Kind: kindLog, Parent: id, Limit: 500})
		if err != nil {
			return fmt.Errorf("channel: list log: %w", err)
		}
		for _, r := range page {
			b.Delete = append(b.Delete, RecordKey{kindLog, r.Key})
		}
		if _, err := h.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: delete conversation: %w", err)
		}
		if len(page) < 500 {
			break
		}
		b = &Batch{}
	}
	if !strings.HasPrefix(id, historyPrefix) {
		receipt.Conversations++
	}
	return nil
}

// eraseMessages removes the messages of a conversation, those before a position only if
// before is not nil.
func (h *Hub) eraseMessages(ctx context.Context, channel, conversation string, before *Position, receipt *Erased) error {
	for {
		page, err := list[Message](ctx, h.store, Query{
			Kind: kindMessage, Parent: conversation, Before: before, Limit: 200,
		})
		if err != nil || len(page) == 0 {
			return err
		}
		b := &Batch{}
		for _, m := range page {
			b.Delete = append(b.Delete, RecordKey{kindMessage, m.ID})
			if m.WAMID != "" && m.Direction == Outbound {
				// A Sender that gives two messages one wamid must not stand in the way.
				b.Delete = append(b.Delete, RecordKey{kindMessage, inboundMessageID(channel, m.WAMID)})
			}
			for _, queue := range []string{queueOut, queueFirst, queueCheck} {
				b.Drop = append(b.Drop, WorkKey{queue, m.ID})
			}
			for i := range m.Attachments {
				b.Drop = append(b.Drop, WorkKey{queueMedia, m.ID + "|" + strconv.Itoa(i)})
			}
			refs := m.refs()
			if err := h.removeFiles(ctx, refs); err != nil {
				return err
			}
			receipt.Attachments = append(receipt.Attachments, refs...)
		}
		b.Delete = unique(b.Delete)
		if _, err := h.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: delete messages: %w", err)
		}
		receipt.Messages += len(page)
	}
}

// eraseLanes removes items of the person that were not applied yet, or never could be.
func (h *Hub) eraseLanes(ctx context.Context, c *Customer, receipt *Erased) error {
	for _, key := range c.Aliases {
		if err := h.dropLane(ctx, queueIn, key, receipt); err != nil {
			return err
		}
	}
	// Items of other kinds name the person somewhere inside.
	names := slices.DeleteFunc([]string{c.BSUID, c.ParentBSUID, c.Phone, c.Group}, func(s string) bool { return s == "" })
	for _, dead := range []bool{true, false} {
		after := int64(0)
		for {
			page, err := h.store.Work(ctx, WorkQuery{Queue: queueIn, Dead: dead, After: after, Limit: 500})
			if err != nil {
				return fmt.Errorf("channel: list work: %w", err)
			}
			b := &Batch{}
			for _, w := range page {
				after = w.Seq
				if slices.ContainsFunc(names, func(s string) bool { return bytes.Contains(w.Body, []byte(s)) }) {
					b.Drop = append(b.Drop, WorkKey{w.Queue, w.ID})
				}
			}
			if len(b.Drop) > 0 {
				if _, err := h.store.Commit(ctx, b); err != nil {
					return fmt.Errorf("channel: drop work: %w", err)
				}
				receipt.Work += len(b.Drop)
			}
			if len(page) < 500 {
				break
			}
		}
	}
	return nil
}

func (h *Hub) dropLane(ctx context.Context, queue, lane string, receipt *Erased) error {
	for _, dead := range []bool{false, true} {
		for {
			page, err := h.store.Work(ctx, WorkQuery{Queue: queue, Lane: lane, Dead: dead, Limit: 200})
			if err != nil {
				return fmt.Errorf("channel: list work: %w", err)
			}
			if len(page) == 0 {
				break
			}
			b := &Batch{}
			for _, w := range page {
				b.Drop = append(b.Drop, WorkKey{w.Queue, w.ID})
			}
			if _, err := h.store.Commit(ctx, b); err != nil {
				return fmt.Errorf("channel: drop work: %w", err)
			}
			receipt.Work += len(page)
		}
	}
	return nil
}
