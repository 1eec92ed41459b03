package channel

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// FeedQuery says which news are wanted.
type FeedQuery struct {
	// After is the cursor to go on behind. "" begins with the oldest change that is remembered.
	After string
	// Channels restricts to these; nil means all that the store has, those of other hubs among them. What was erased is told to everybody, by its ID.
	Channels []string
	// Wanted, if not nil, is asked about the channel of each news as well, for rights that may be
	// withdrawn; it must be quick.
	Wanted func(channel string) bool
}

// wants reports whether news of a channel are wanted; "" is that of what was erased.
func (q *FeedQuery) wants(channel string) bool {
	if channel == "" {
		return true
	}
	return (q.Channels == nil || slices.Contains(q.Channels, channel)) && (q.Wanted == nil || q.Wanted(channel))
}

// feedPage is of how many commits the changes are read at a time.
const feedPage = 100

// Feed tells what changes of conversations, messages and customers until ctx is done: what this
// process does at once, what others do when the store is asked next (Config.Poll, at most every
// second). It needs no [Hub.Run].
//
// News carry the state of now, so that several changes of one thing may come as one. Nothing is
// missed; after a restart from a cursor the latest may come again. The sequence ends with an error
// that matches [ErrNoFeed], store.ErrCursor, or store.ErrForgotten for a cursor that is too old:
// then ask for [Hub.FeedCursor], read everything, and follow from there. After any other error the
// same cursor works again.
func (h *Hub) Feed(ctx context.Context, q FeedQuery) iter.Seq2[*conversation.News, error] {
	return func(yield func(*conversation.News, error) bool) {
		for ctx.Err() == nil {
			woken := h.heralds.wait()
			news, next, err := h.News(ctx, q)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				yield(nil, err)
				return
			case len(news) == 0:
				h.awaitNews(ctx, woken)
			}
			for _, n := range news {
				if ctx.Err() != nil || !yield(n, nil) {
					return
				}
			}
			q.After = next
		}
	}
}

// News is a page of [Hub.Feed], without waiting, and the cursor behind it.
func (h *Hub) News(ctx context.Context, q FeedQuery) (news []*conversation.News, next string, err error) {
	follower, ok := h.follower()
	if !ok {
		return nil, "", fmt.Errorf("channel: feed: %w", ErrNoFeed)
	}
	changes, next, err := follower.Follow(ctx, q.After, feedPage)
	if err == nil {
		news, err = h.news(ctx, &q, changes)
	}
	if err != nil {
		return nil, "", fmt.Errorf("channel: feed: %w", err)
	}
	if len(news) == 0 && len(changes) > 0 {
		news = []*conversation.News{{}}
	}
	for _, n := range news {
		n.Cursor = q.After // all of a page is told before it is passed
	}
	if n := len(news); n > 0 {
		news[n-1].Cursor = next
	}
	return news, next, nil
}

// FeedCursor is the cursor of now: ask for it, read everything, then follow.
func (h *Hub) FeedCursor(ctx context.Context) (string, error) {
	follower, ok := h.follower()
	if !ok {
		return "", fmt.Errorf("channel: feed: %w", ErrNoFeed)
	}
	cursor, err := follower.Latest(ctx)
	if err != nil {
		return "", fmt.Errorf("channel: feed: %w", err)
	}
	return cursor, nil
}

func (h *Hub) follower() (store.Follower, bool) {
	if n, ok := h.store.(*noted); !ok || !n.feed {
		return nil, false
	}
	return optional[store.Follower](h.store)
}

// news reads what changed; of several changes of one thing the last one counts.
func (h *Hub) news(ctx context.Context, q *FeedQuery, changes []store.Change) ([]*conversation.News, error) {
	keys := map[string][]string{}
	var news []*conversation.News
	at := map[store.RecordKey]int{}
	for _, c := range changes {
		id := store.RecordKey{Kind: c.Kind, Key: c.Key}
		if !q.wants(c.Group) {
			continue
		}
		if i, ok := at[id]; ok {
			news[i] = nil
		} else {
			keys[c.Kind] = append(keys[c.Kind], c.Key)
		}
		at[id] = len(news)
		news = append(news, &conversation.News{Kind: conversation.NewsKind(c.Kind), ID: c.Key, Channel: c.Group})
	}
	for kind, keys := range keys {
		records, err := h.store.Get(ctx, kind, keys...)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", kind, err)
		}
		for _, r := range records {
			if err := show(news[at[r.ID()]], &r); err != nil {
				return nil, err
			}
		}
	}
	var messages []*conversation.Message
	news = slices.DeleteFunc(news, func(n *conversation.News) bool { return n == nil || !q.wants(n.Channel) })
	for _, n := range news {
		if n.Message != nil {
			messages = append(messages, n.Message)
		}
	}
	return news, h.resolveQuotes(ctx, messages...)
}

// show sets news to what is stored now.
func show(n *conversation.News, r *store.Record) (err error) {
	switch n.Kind {
	case conversation.NewsConversation:
		n.Conversation, err = step.Decode[conversation.Conversation](*r)
		n.Channel = channelIn(n.Conversation)
	case conversation.NewsCustomer:
		if n.Customer, err = step.Decode[conversation.Customer](*r); err == nil {
			n.Channel = n.Customer.Channel
		}
	case conversation.NewsMessage:
		var m *messageRecord
		if m, err = step.Decode[messageRecord](*r); err == nil && m.Direction != "" {
			n.Message, n.Channel = &m.Message, m.Channel
		}
	}
	return err
}

func channelIn(c *conversation.Conversation) string {
	if c == nil {
		return ""
	}
	return c.Channel
}

// awaitNews waits until this process has changed something, or others may have.
func (h *Hub) awaitNews(ctx context.Context, woken <-chan struct{}) {
	timer := time.NewTimer(min(h.poll, time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}
