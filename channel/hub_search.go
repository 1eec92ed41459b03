package channel

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
)

// SearchQuery asks for what holds all of some words.
type SearchQuery struct {
	// Text holds 1 to [store.MaxSearch] characters. Each word is found by its beginning, in any script and case, in
	// names, phone numbers, usernames, tickets, tags, topics, texts and file names.
	Text string
	// Channels restricts to these; nil means all that the store has, those of other hubs among them.
	Channels []string
	// After continues a list: Found.Next of the page before, for the same Text and Channels.
	After string
	// Limit is the most to return of each kind, 1 to 200; 0 means 20.
	Limit int
}

// LogValue shows how much is asked for, not what.
func (q SearchQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("text_bytes", len(q.Text)), slog.Int("channels", len(q.Channels)), slog.Int("limit", q.Limit))
}

// searchKinds are what is searched, in the order in which Found has it and a cursor names it.
var searchKinds = [...]string{kindCustomer, kindConversation, kindMessage}

// Search finds customers, conversations and messages by words, and phone numbers however they are written.
// The error matches ErrNoSearch, store.ErrSearch, or store.ErrCursor for an After that is not of this
// search.
func (h *Hub) Search(ctx context.Context, q SearchQuery) (*conversation.Found, error) {
	found, err := h.search(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("channel: search: %w", err)
	}
	return found, nil
}

func (h *Hub) search(ctx context.Context, q SearchQuery) (*conversation.Found, error) {
	n, ok := h.store.(*noted)
	if !ok || !n.search {
		return nil, ErrNoSearch
	}
	searcher, _ := optional[store.Searcher](h.store)
	print := q.print()
	before, err := parseSearchCursor(print, q.After)
	if err != nil {
		return nil, err
	}
	ask := store.SearchQuery{Groups: q.Channels, Text: phoneDigits(q.Text), Limit: min(cmp.Or(max(q.Limit, 0), 20), 200)}
	found := &conversation.Found{}
	more := false
	for i, kind := range searchKinds {
		ask.Kind, ask.Before = kind, before[i]
		if ask.Before < 0 {
			continue // nothing is left of it
		}
		hits, err := searcher.Search(ctx, ask)
		if err != nil {
			return nil, err
		}
		before[i] = -1
		if len(hits) == ask.Limit {
			before[i], more = hits[len(hits)-1].Position, true
		}
		keys := make([]string, len(hits))
		for j, hit := range hits {
			keys[j] = hit.Key
		}
		if err := h.readFound(ctx, found, kind, keys); err != nil {
			return nil, err
		}
	}
	if more {
		found.Next = searchCursor(print, before)
	}
	return found, nil
}

// readFound reads what was found of a kind. What has gone meanwhile is left out.
func (h *Hub) readFound(ctx context.Context, found *conversation.Found, kind string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	records, err := h.store.Get(ctx, kind, keys...)
	if err != nil {
		return fmt.Errorf("read %s: %w", kind, err)
	}
	for _, r := range records {
		n := conversation.News{Kind: conversation.NewsKind(kind)}
		if err := show(&n, &r); err != nil {
			return err
		}
		switch {
		case n.Customer != nil && n.Customer.MergedInto == "":
			found.Customers = append(found.Customers, n.Customer)
		case n.Conversation != nil && n.Conversation.MergedInto == "":
			found.Conversations = append(found.Conversations, n.Conversation)
		case n.Message != nil:
			found.Messages = append(found.Messages, n.Message)
		}
	}
	return h.resolveQuotes(ctx, found.Messages...)
}

// print tells a search from others, whatever its page. It says nothing of the words.
func (q *SearchQuery) print() string {
	channels := slices.Sorted(slices.Values(q.Channels))
	return discreet.Hash(strings.Join(append(channels, q.Text), "\x00"))
}

// searchCursor is whose it is, and a position for each of searchKinds; -1: nothing is left.
func searchCursor(print string, before [len(searchKinds)]int64) string {
	parts := []string{print}
	for _, p := range before {
		parts = append(parts, strconv.FormatInt(p, 36))
	}
	return strings.Join(parts, ".")
}

func parseSearchCursor(print, text string) (before [len(searchKinds)]int64, err error) {
	if text == "" {
		return before, nil
	}
	parts := strings.Split(text, ".")
	if len(parts) != 1+len(before) || parts[0] != print {
		return before, store.ErrCursor
	}
	for i, part := range parts[1:] {
		if before[i], err = strconv.ParseInt(part, 36, 64); err != nil || before[i] < -1 {
			return before, store.ErrCursor
		}
	}
	return before, nil
}

// phoneDigits is a text that is nothing but a phone number as the hub keeps it, and any other as it is.
func phoneDigits(text string) string {
	trimmed := strings.TrimSpace(text)
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" +-./()\u00a0", r) {
			return -1
		}
		return r
	}, trimmed)
	international := strings.HasPrefix(trimmed, "+") || strings.HasPrefix(digits, "00")
	if len(digits) < 5 || len(digits) < 9 && !international || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return text
	}
	return strings.TrimPrefix(digits, "00")
}
