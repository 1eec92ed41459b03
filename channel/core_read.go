package channel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
)

func (h *core) conversation(ctx context.Context, id string) (*conversation.Conversation, error) {
	return step.Get[conversation.Conversation](ctx, h.store, kindConversation, id)
}

func (h *core) message(ctx context.Context, id string) (*messageRecord, error) {
	return step.Get[messageRecord](ctx, h.store, kindMessage, id)
}

// customer reads a customer, following merges to the one that lives on.
func (h *core) customer(ctx context.Context, id string) (*conversation.Customer, error) {
	return living(id, func(id string) (*conversation.Customer, error) {
		return step.Get[conversation.Customer](ctx, h.store, kindCustomer, id)
	})
}

// living follows merges to the customer that lives on; nil if one on the way is not there.
func living(id string, read func(id string) (*conversation.Customer, error)) (*conversation.Customer, error) {
	for range maxMerges {
		c, err := read(id)
		if err != nil || c == nil || c.MergedInto == "" {
			return c, err
		}
		id = c.MergedInto
	}
	return nil, fmt.Errorf("channel: read customer: merged too often: %w", ErrNotFound)
}

// maxMerges bounds chains of merged customers. Merges go to the older customer, so a
// chain is as long as the number of identities one person had at the same time.
const maxMerges = 16

func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 1000)
}

// resolveQuotes replaces stand-ins by the messages that they stand for: a quote can be
// filed before the ID of the quoted message is known.
func (h *core) resolveQuotes(ctx context.Context, messages ...*conversation.Message) error {
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

// getUnlessKnown reads a document, unless it is known already: then in its newest version that this
// process knows, which must not be changed.
func getUnlessKnown[T any](ctx context.Context, s *step.Steps, ahead []step.Known, kind, key string) (*T, error) {
	for i := range ahead {
		if k := &ahead[i]; k.Kind == kind && k.Key == key {
			known := s.Newest(*k)
			return step.See[T](&known)
		}
	}
	return step.Get[T](ctx, s.Store, kind, key)
}

// scene reads a conversation with its customer and one of its messages (nil if
// message is empty or gone), except what is known already. The message is the caller's; conversation and
// customer are everybody's if they were known.
func (h *core) scene(ctx context.Context, ahead []step.Known, conversationID, message string) (*conversation.Conversation, *conversation.Customer, *conversation.Message, error) {
	conv, err := getUnlessKnown[conversation.Conversation](ctx, &h.steps, ahead, kindConversation, conversationID)
	if err != nil {
		return nil, nil, nil, err
	}
	customer, err := getUnlessKnown[conversation.Customer](ctx, &h.steps, ahead, kindCustomer, conv.Customer)
	if err == nil && customer.MergedInto != "" {
		customer, err = h.customer(ctx, customer.MergedInto)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if message == "" {
		return conv, customer, nil, nil
	}
	seen, err := getUnlessKnown[messageRecord](ctx, &h.steps, ahead, kindMessage, message)
	switch {
	case errors.Is(err, ErrNotFound):
		return conv, customer, nil, nil
	case err != nil:
		return nil, nil, nil, err
	}
	msg := new(conversation.Message)
	step.Copy(msg, &seen.Message)
	return conv, customer, msg, h.resolveQuotes(ctx, msg)
}

// itemOf returns the content of a piece of work, decoded before or now.
func itemOf[T any](w *worker.Job) (*T, error) {
	if item, ok := w.Item.(*T); ok {
		return item, nil
	}
	item := new(T)
	return item, json.Unmarshal(w.Body, item)
}

// unique keeps the first of equal keys.
func unique[K comparable](keys []K) []K {
	all := make([]K, 0, len(keys))
	seen := make(map[K]bool, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			all = append(all, k)
		}
	}
	return all
}

// inParallel calls f for 0 to n-1, some at a time, and returns an error if one failed.
func inParallel(n int, f func(i int) error) error {
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	slots := make(chan struct{}, pruneSteps)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := f(i); err != nil {
				once.Do(func() { failed = err })
			}
		})
	}
	wg.Wait()
	return failed
}

// pruneSteps is how many conversations or customers are pruned at the same time. Their commits
// share transactions with each other and with everybody's, so that nobody waits longer.
const pruneSteps = 8
