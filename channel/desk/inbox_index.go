package desk

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// inbox is what this process knows of all conversations, to choose and to sort them by. It follows
// the feed when it is asked.
type inbox struct {
	mu      sync.RWMutex
	entries []inboxEntry
	places  map[string]int // of entries, by ID
	words   map[string]word
	texts   []string // of words

	updating sync.Mutex // held while the feed is followed
	cursor   string
	loaded   map[string]bool // channels; nil: begin anew
	seen     time.Time       // up to when read marks are known
}

// word stands for one of the few texts that many conversations have: channels, queues, owners, topics
// and tags. To compare and to count numbers is what makes a list of 100,000 quick.
type word int32

// inboxEntry is what lists go by of a conversation.
type inboxEntry struct {
	id, customer                    string
	channel, queue, assignee, topic word
	team, holder                    word
	tags                            []word
	active, waiting, closes         int64 // microseconds since 1970; 0: not
	inbound                         int   // messages of the customer
	seen                            []seenBy
}

// seenBy is how many of a conversation's inbound messages an agent has seen.
type seenBy struct {
	agent word
	n     int
}

// unread is how many messages of the customer an agent has not seen.
func (e *inboxEntry) unread(agent word) int {
	for _, s := range e.seen {
		if s.agent == agent {
			return max(0, e.inbound-s.n)
		}
	}
	return e.inbound
}

// words is a set of words; nil is all of them.
type words []bool

func (w words) has(one word) bool { return w == nil || int(one) < len(w) && w[one] }

// setOf returns the set of some texts, nil for nil. Texts that no conversation has are in no set.
func setOf[T ~string](x *inbox, texts []T) words {
	if texts == nil {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	set := make(words, len(x.texts))
	for _, text := range texts {
		if w, ok := x.words[string(text)]; ok {
			set[w] = true
		}
	}
	return set
}

// word returns what stands for a text.
func (x *inbox) word(text string) word {
	w, ok := x.words[text]
	if !ok {
		w = word(len(x.texts))
		text = strings.Clone(text) // it may be a part of a document
		x.words[text], x.texts = w, append(x.texts, text)
	}
	return w
}

func (x *inbox) entry(c *conversation.Conversation) inboxEntry {
	e := inboxEntry{
		id: strings.Clone(c.ID), customer: strings.Clone(c.Customer),
		channel: x.word(c.Channel), queue: x.word(string(c.State.Queue)), assignee: x.word(c.State.Assignee), topic: x.word(c.Topic),
		active: micros(c.LastActivity), waiting: micros(c.State.WaitingSince), closes: micros(c.State.WindowUntil),
		inbound: c.Inbound, team: x.word(c.Team), holder: x.word(c.Holder.String()),
	}
	for _, tag := range c.Tags {
		e.tags = append(e.tags, x.word(tag))
	}
	return e
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// tagged says whether the entry has so many tags out of a set.
func (e *inboxEntry) tagged(set words, n int) bool {
	for _, tag := range e.tags {
		if set.has(tag) {
			n--
		}
	}
	return n <= 0
}

// inboxPlace is a place in an order: by key, then by tie, then by ID.
type inboxPlace struct {
	key, tie int64
	id       string
}

func (p inboxPlace) before(o inboxPlace) bool {
	return cmp.Or(cmp.Compare(p.key, o.key), cmp.Compare(p.tie, o.tie), strings.Compare(p.id, o.id)) < 0
}

// at is the place of the entry.
func (e *inboxEntry) at(order InboxOrder, now int64) inboxPlace {
	p := inboxPlace{math.MaxInt64, -e.active, e.id}
	switch {
	case order == LongestWait && e.waiting != 0:
		p.key = e.waiting
	case order == ClosingFirst && e.closes > now:
		p.key = e.closes
	case order != LongestWait && order != ClosingFirst:
		p.key = -e.active
	}
	return p
}

// each calls f with every conversation.
func (x *inbox) each(f func(*inboxEntry)) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := range x.entries {
		f(&x.entries[i])
	}
}

// update returns the inbox as it is stored now. What a transaction of the host sees is nobody else's yet, and may be
// taken back, so that it has one of its own.
func (x *inbox) update(ctx context.Context, hub *channel.Hub) (*inbox, error) {
	if store.DeferredIn(ctx) != nil {
		x = x.copy()
	}
	x.updating.Lock()
	defer x.updating.Unlock()
	for attempt := 0; ; attempt++ {
		err := x.follow(ctx, hub)
		if attempt > 0 || !errors.Is(err, store.ErrForgotten) && !errors.Is(err, store.ErrCursor) {
			return x, err
		}
		x.loaded = nil // too long ago, or another store than before
	}
}

// copy is an inbox that knows what this one knows; nothing if that is being updated: whoever does so may wait for
// the connection that the host has.
func (x *inbox) copy() *inbox {
	if !x.updating.TryLock() {
		return &inbox{}
	}
	defer x.updating.Unlock()
	return &inbox{
		entries: slices.Clone(x.entries), places: maps.Clone(x.places), words: maps.Clone(x.words), texts: slices.Clone(x.texts),
		cursor: x.cursor, loaded: maps.Clone(x.loaded), seen: x.seen,
	}
}

func (x *inbox) follow(ctx context.Context, hub *channel.Hub) error {
	if x.loaded == nil {
		cursor, err := hub.FeedCursor(ctx)
		if err != nil {
			return err
		}
		x.mu.Lock()
		x.entries, x.places = nil, map[string]int{}
		if x.words == nil { // otherwise somebody goes by them just now: each goes on to stand for its text
			x.words = map[string]word{}
		}
		x.mu.Unlock()
		x.loaded, x.cursor = map[string]bool{}, cursor
	}
	for _, ch := range hub.Channels() {
		if !x.loaded[ch.ID] {
			if err := x.load(ctx, hub, ch.ID); err != nil {
				return err
			}
			x.loaded[ch.ID], x.seen = true, time.Time{}
		}
	}
	for {
		news, next, err := hub.News(ctx, channel.FeedQuery{After: x.cursor})
		if err != nil {
			return err
		}
		x.cursor = next
		if len(news) == 0 {
			return x.readMarks(ctx, hub)
		}
		x.mu.Lock()
		for _, n := range news {
			if n.Kind == conversation.NewsConversation {
				x.put(n.ID, n.Conversation)
			}
		}
		x.mu.Unlock()
	}
}

// load reads the conversations of a channel. What changes meanwhile is in the news.
func (x *inbox) load(ctx context.Context, hub *channel.Hub, id string) error {
	q := channel.ConversationQuery{Channel: id, Limit: 1000}
	for {
		page, err := hub.Conversations(ctx, q)
		if err != nil {
			return err
		}
		x.mu.Lock()
		for _, c := range page {
			x.put(c.ID, c)
		}
		x.mu.Unlock()
		if len(page) < q.Limit {
			return nil
		}
		q.Before = page[len(page)-1]
	}
}

// put files a conversation; nil: it was erased.
func (x *inbox) put(id string, c *conversation.Conversation) {
	at, known := x.places[id]
	switch {
	case c != nil && c.MergedInto == "" && known:
		seen := x.entries[at].seen
		x.entries[at] = x.entry(c)
		x.entries[at].seen = seen
	case c != nil && c.MergedInto == "":
		e := x.entry(c)
		x.places[e.id] = len(x.entries)
		x.entries = append(x.entries, e)
	case known: // the last one takes its place
		last := len(x.entries) - 1
		x.entries[at] = x.entries[last]
		x.places[x.entries[at].id] = at
		x.entries = x.entries[:last]
		delete(x.places, id)
	}
}

// top keeps the first n of many places.
type top struct {
	n    int
	list lastFirst
}

func newTop(n int) *top { return &top{n: n} }

func (t *top) add(p inboxPlace) {
	if len(t.list) < t.n {
		heap.Push(&t.list, p)
	} else if p.before(t.list[0]) {
		t.list[0] = p
		heap.Fix(&t.list, 0)
	}
}

func (t *top) sorted() []inboxPlace {
	slices.SortFunc(t.list, func(a, b inboxPlace) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return t.list
}

// lastFirst is a heap with the last place on top.
type lastFirst []inboxPlace

func (l lastFirst) Len() int           { return len(l) }
func (l lastFirst) Less(i, j int) bool { return l[j].before(l[i]) }
func (l lastFirst) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *lastFirst) Push(p any)        { *l = append(*l, p.(inboxPlace)) }
func (l *lastFirst) Pop() any {
	n := len(*l) - 1
	p := (*l)[n]
	*l = (*l)[:n]
	return p
}
