package desk

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
)

// InboxOrder is the order of an inbox.
type InboxOrder string

// The orders. What has no place in one, because nobody waits or no window is open, comes last, the
// newest first.
const (
	NewestFirst  InboxOrder = "newest"  // by the latest message; the zero value is this, too
	LongestWait  InboxOrder = "waiting" // by the customer's first message that nobody answered
	ClosingFirst InboxOrder = "closing" // by when the service window closes
)

// InboxQuery says which conversations of all channels that an actor may read are wanted. Each field
// that is set narrows the list; the zero query is everything.
type InboxQuery struct {
	// Channels and Queues restrict to these; nil means all. Of several the conversation has one.
	Channels []string
	Queues   []rules.Queue
	// Assignees restricts to what one of these agents owns, by the host's IDs: oneself, somebody, the
	// members of a team. "" is nobody. nil means all.
	Assignees []string
	// Holders restricts to what people or bots have; nil means all.
	Holders []conversation.Holder
	// Teams restricts to those that one of these teams looks after; "" is none. nil means all.
	Teams []string
	// Tags are tags that it has all of. Topics are topics of which it has one; nil means all.
	Tags, Topics []string
	// Customer restricts to the conversations of one customer, by ID.
	Customer string
	// Waiting restricts to those whose customer waits for a person or a bot.
	Waiting bool
	// ClosingWithin restricts to those whose window is open and closes within this time; 0 means all.
	ClosingWithin time.Duration
	// From and To restrict to those with their latest message at or after From and before To; zero means all.
	From, To time.Time
	// Unread restricts to those with messages of the customer that the actor has not seen, see
	// [Desk.MarkSeen].
	Unread bool
	// Text restricts to those in which it is found, by [channel.Hub.Search]: in them, in their newest
	// messages, or in what is known of the customer. It looks at the 200 hits of each that are the newest.
	Text string
	// Order is how they are sorted.
	Order InboxOrder
	// After continues a list: InboxPage.Next of the page before, for the same query.
	After string
	// Limit is the most to return, 1 to 500; 0 means 50.
	Limit int
}

// LogValue shows what is asked for without words and people.
func (q InboxQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("channels", q.Channels), slog.Any("queues", q.Queues), slog.Int("text_bytes", len(q.Text)), slog.String("order", string(q.Order)), slog.Int("limit", q.Limit))
}

// InboxPage is a part of an inbox.
type InboxPage struct {
	Conversations []*conversation.Conversation
	// Customers are those of the conversations, at the same places.
	Customers []*conversation.Customer
	// Unread are how many messages of the customer the actor has not seen, at the same places.
	Unread []int
	// Total is how many conversations fit the query, on all pages.
	Total int
	// Next continues, "" at the end.
	Next string
}

// LogValue shows how much it is.
func (p InboxPage) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("conversations", len(p.Conversations)), slog.Int("total", p.Total))
}

// InboxCounts are numbers of conversations.
type InboxCounts struct {
	Total   int `json:"total"`
	Waiting int `json:"waiting"` // whose customer waits
	Unread  int `json:"unread"`  // with messages that the actor has not seen
	// By are the numbers by what they have, "" being nothing: no owner, no topic, no team.
	ByQueue    map[rules.Queue]int `json:"by_queue"`
	ByAssignee map[string]int      `json:"by_assignee"`
	ByChannel  map[string]int      `json:"by_channel"`
	ByTopic    map[string]int      `json:"by_topic"`
	ByTeam     map[string]int      `json:"by_team"`
	// ByHolder are the numbers by who answers: "people" and "bot".
	ByHolder map[string]int `json:"by_holder"`
}

// ErrInboxQuery says that a query of the inbox cannot be answered: its queue, holder or order is none, or a
// number is negative.
var ErrInboxQuery = errors.New("desk: no such inbox")

// Inbox lists conversations of all channels that the actor may read, with their customers. Pages follow
// each other by position, so that nothing comes twice or gets lost because something else moved.
//
// It needs channel.Config.Feed, and for Text channel.Config.Search. Each process keeps what the lists go
// by in memory, about 300 bytes for each conversation, from the first call on, and follows the feed at
// each call, so that it knows what every process has done.
//
// The error matches channel.ErrNoFeed, channel.ErrNoSearch, ErrInboxQuery, store.ErrSearch, or
// store.ErrCursor for an After that is of another query or none.
func (d *Desk) Inbox(ctx context.Context, actor access.Actor, q InboxQuery) (*InboxPage, error) {
	page, err := d.inboxPage(ctx, actor, &q)
	if err != nil {
		return nil, fmt.Errorf("desk: inbox: %w", err)
	}
	return page, nil
}

func (d *Desk) inboxPage(ctx context.Context, actor access.Actor, q *InboxQuery) (*InboxPage, error) {
	after, err := q.position()
	if err != nil {
		return nil, err
	}
	x, want, err := d.wanted(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	top := newTop(limit + 1)
	page := &InboxPage{}
	now := d.now().UnixMicro()
	x.each(func(e *inboxEntry) {
		if !want(e) {
			return
		}
		page.Total++
		if at := e.at(q.Order, now); after == nil || after.before(at) {
			top.add(at)
		}
	})
	list := top.sorted()
	if len(list) > limit {
		list = list[:limit]
		page.Next = q.cursor(list[limit-1])
	}
	ids := make([]string, len(list))
	for i, at := range list {
		ids[i] = at.id
	}
	talks, err := d.hub.ConversationsByID(ctx, ids...)
	for _, talk := range talks {
		page.Conversations, page.Customers = append(page.Conversations, talk.Conversation), append(page.Customers, talk.Customer)
	}
	page.Unread = x.unread(actor, page.Conversations)
	return page, err
}

// CountInbox counts the conversations that [Desk.Inbox] would list, on all pages.
func (d *Desk) CountInbox(ctx context.Context, actor access.Actor, q InboxQuery) (*InboxCounts, error) {
	x, want, err := d.wanted(ctx, actor, &q)
	if err != nil {
		return nil, fmt.Errorf("desk: count inbox: %w", err)
	}
	n := &InboxCounts{}
	me := x.reader(actor)
	var queues, assignees, channels, topics, teams, holders []int
	x.each(func(e *inboxEntry) {
		if !want(e) {
			return
		}
		n.Total++
		if e.waiting != 0 {
			n.Waiting++
		}
		if e.unread(me) > 0 {
			n.Unread++
		}
		count(&queues, e.queue)
		count(&assignees, e.assignee)
		count(&channels, e.channel)
		count(&topics, e.topic)
		count(&teams, e.team)
		count(&holders, e.holder)
	})
	n.ByQueue, n.ByAssignee = byText[rules.Queue](x, queues), byText[string](x, assignees)
	n.ByChannel, n.ByTopic = byText[string](x, channels), byText[string](x, topics)
	n.ByTeam, n.ByHolder = byText[string](x, teams), byText[string](x, holders)
	return n, nil
}

// count counts a word.
func count(counts *[]int, w word) {
	for int(w) >= len(*counts) {
		*counts = append(*counts, 0)
	}
	(*counts)[w]++
}

// byText are the counts of words by their texts.
func byText[T ~string](x *inbox, counts []int) map[T]int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	all := map[T]int{}
	for w, n := range counts {
		if n > 0 {
			all[T(x.texts[w])] = n
		}
	}
	return all
}

// wanted returns the inbox, up to date, and what decides which of its conversations are asked for.
func (d *Desk) wanted(ctx context.Context, actor access.Actor, q *InboxQuery) (*inbox, func(*inboxEntry) bool, error) {
	if err := q.check(); err != nil {
		return nil, nil, err
	}
	channels, err := d.readable(ctx, actor, q.Channels)
	if err != nil {
		return nil, nil, err
	}
	x, err := d.inbox.update(ctx, d.hub)
	if err != nil {
		return nil, nil, err
	}
	var found *foundIn
	if q.Text != "" {
		if found, err = d.find(ctx, channels, q.Text); err != nil {
			return nil, nil, err
		}
	}
	on, queues, assignees := setOf(x, channels), setOf(x, q.Queues), setOf(x, q.Assignees)
	topics, tags, teams, holders := setOf(x, q.Topics), setOf(x, q.Tags), setOf(x, q.Teams), setOf(x, holderNames(q.Holders))
	manyTags := len(slices.Compact(slices.Sorted(slices.Values(q.Tags)))) // named twice it is one
	me := x.reader(actor)
	now := d.now().UnixMicro()
	soon := now + q.ClosingWithin.Microseconds()
	from, to := q.From.UnixMicro(), q.To.UnixMicro()
	return x, func(e *inboxEntry) bool {
		return on.has(e.channel) && queues.has(e.queue) && assignees.has(e.assignee) && topics.has(e.topic) && teams.has(e.team) && holders.has(e.holder) &&
			(q.Customer == "" || e.customer == q.Customer) && (!q.Waiting || e.waiting != 0) && (!q.Unread || e.unread(me) > 0) &&
			(manyTags == 0 || e.tagged(tags, manyTags)) &&
			(q.From.IsZero() || e.active >= from) && (q.To.IsZero() || e.active < to) &&
			(q.ClosingWithin == 0 || e.closes > now && e.closes <= soon) &&
			(found == nil || found.conversations[e.id] || found.customers[e.customer])
	}, nil
}

// foundIn is where a text was found.
type foundIn struct{ conversations, customers map[string]bool }

func (d *Desk) find(ctx context.Context, channels []string, text string) (*foundIn, error) {
	hits, err := d.hub.Search(ctx, channel.SearchQuery{Text: text, Channels: channels, Limit: 200})
	if err != nil {
		return nil, err
	}
	f := &foundIn{map[string]bool{}, map[string]bool{}}
	for _, c := range hits.Customers {
		f.customers[c.ID] = true
	}
	for _, c := range hits.Conversations {
		f.conversations[c.ID] = true
	}
	for _, m := range hits.Messages {
		f.conversations[m.Conversation] = true
	}
	return f, nil
}

func (q *InboxQuery) check() error {
	for _, queue := range q.Queues {
		if !slices.Contains(conversation.Queues(), string(queue)) {
			return fmt.Errorf("%w: queue unknown", ErrInboxQuery)
		}
	}
	for _, h := range q.Holders {
		if !slices.Contains(conversation.Holders(), h) {
			return fmt.Errorf("%w: holder unknown", ErrInboxQuery)
		}
	}
	switch q.Order {
	case "", NewestFirst, LongestWait, ClosingFirst:
	default:
		return fmt.Errorf("%w: order unknown", ErrInboxQuery)
	}
	if q.Limit < 0 || q.ClosingWithin < 0 {
		return fmt.Errorf("%w: a number is negative", ErrInboxQuery)
	}
	return nil
}

// print tells a query from others, whatever its page.
func (q *InboxQuery) print() string {
	same := *q
	same.After, same.Limit = "", 0
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q %q %q %q %q %q %q %v %v %v %d %d %q %q", same.Channels, same.Queues, same.Assignees, same.Holders, same.Teams, same.Tags, same.Topics, same.Customer,
		same.Waiting, same.ClosingWithin, same.Unread, micros(same.From), micros(same.To), same.Text, same.Order)
	return strconv.FormatUint(h.Sum64(), 36)
}

// cursor is "query.key.tie.id".
func (q *InboxQuery) cursor(at inboxPlace) string {
	return q.print() + "." + strconv.FormatInt(at.key, 36) + "." + strconv.FormatInt(at.tie, 36) + "." + at.id
}

// position reads the cursor; nil: the beginning.
func (q *InboxQuery) position() (*inboxPlace, error) {
	if q.After == "" {
		return nil, nil
	}
	parts := strings.SplitN(q.After, ".", 4)
	if len(parts) != 4 || parts[0] != q.print() {
		return nil, store.ErrCursor
	}
	key, err1 := strconv.ParseInt(parts[1], 36, 64)
	tie, err2 := strconv.ParseInt(parts[2], 36, 64)
	if err1 != nil || err2 != nil {
		return nil, store.ErrCursor
	}
	return &inboxPlace{key, tie, parts[3]}, nil
}

// Format implements [fmt.Formatter].
func (q InboxQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Format implements [fmt.Formatter].
func (p InboxPage) Format(f fmt.State, _ rune) { discreet.Format(f, p) }
