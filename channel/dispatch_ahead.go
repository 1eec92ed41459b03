package channel

import (
	"context"
	"maps"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// What the workers of a batch are going to want is read together: a lookup for many costs
// little more than one for one. What is missing, because it is not stored or could not be
// read, the worker looks for itself.

// records are what was read, by key.
type records map[store.RecordKey]*store.Record

// load reads records of one kind.
func (r records) load(ctx context.Context, st store.Store, kind string, keys map[string]bool) {
	delete(keys, "")
	if len(keys) == 0 {
		return
	}
	found, err := st.Get(ctx, kind, slices.Sorted(maps.Keys(keys))...)
	if err != nil {
		return
	}
	for i := range found {
		r[found[i].ID()] = &found[i]
	}
}

// give decodes a record for a piece of work.
func give[T any](w *worker.Job, from records, kind, key string) *T {
	r := from[store.RecordKey{Kind: kind, Key: key}]
	if r == nil {
		return nil
	}
	doc, err := step.Decode[T](*r)
	if err != nil {
		return nil // whoever needs it will say so
	}
	w.Ahead = append(w.Ahead, step.Known{Record: *r, Doc: doc})
	return doc
}

// isAhead says that a record of this kind was read ahead.
func isAhead(w *worker.Job, kind string) bool {
	return slices.ContainsFunc(w.Ahead, func(k step.Known) bool { return k.Kind == kind })
}

// aheadOfSending reads the messages to send and to whom, and begins to send them.
func (h *core) aheadOfSending(ctx context.Context, works []worker.Job) {
	messages, customers, conversations := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range works {
		if item, err := itemOf[outboundItem](&works[i]); err == nil {
			messages[item.Message], customers[item.Customer], conversations[works[i].Lane] = true, true, true
			works[i].Item = item
		}
	}
	read := records{}
	read.load(ctx, h.store, kindMessage, messages)
	read.load(ctx, h.store, kindCustomer, customers)
	read.load(ctx, h.store, kindConversation, conversations)
	for i := range works {
		if item, ok := works[i].Item.(*outboundItem); ok {
			give[messageRecord](&works[i], read, kindMessage, item.Message)
			give[conversation.Customer](&works[i], read, kindCustomer, item.Customer)
			give[conversation.Conversation](&works[i], read, kindConversation, works[i].Lane)
		}
	}
	h.beginAll(ctx, works)
}

// aheadOfTelling reads what the host is to be told about.
func (h *core) aheadOfTelling(ctx context.Context, works []worker.Job) {
	conversations, messages, customers := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range works {
		if item, err := itemOf[hostItem](&works[i]); err == nil {
			conversations[item.Conversation], messages[item.Message] = true, true
			works[i].Item = item
		}
	}
	read := records{}
	read.load(ctx, h.store, kindConversation, conversations)
	read.load(ctx, h.store, kindMessage, messages)
	of := make([]string, len(works)) // the customer
	for i := range works {
		item, ok := works[i].Item.(*hostItem)
		if !ok {
			continue
		}
		if conv := give[conversation.Conversation](&works[i], read, kindConversation, item.Conversation); conv != nil {
			of[i] = conv.Customer
			customers[conv.Customer] = true
		}
		give[messageRecord](&works[i], read, kindMessage, item.Message)
	}
	read.load(ctx, h.store, kindCustomer, customers)
	for i := range works {
		give[conversation.Customer](&works[i], read, kindCustomer, of[i])
	}
}
