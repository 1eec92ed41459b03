package channel

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"strings"
	"sync"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// noted is a store that hears what every commit changes of customers, conversations and messages:
// it tells followers, and keeps the words by which they are found. It is there only if the hub has
// a feed or a search.
type noted struct {
	store.Store
	feed, search bool
	told         func() // after a commit that told something

	mu    sync.Mutex
	known map[store.RecordKey]knownWords
	seed  maphash.Seed
}

// knownWords are the words of a record as this process indexed them, good as long as nobody else
// writes the record.
type knownWords struct {
	version int64
	hash    uint64
}

// maxKnownWords bounds the memory of words; then it begins anew.
const maxKnownWords = 50_000

func newNoted(s store.Store, feed, search bool, told func()) *noted {
	return &noted{Store: s, feed: feed, search: search, told: told, known: map[store.RecordKey]knownWords{}, seed: maphash.MakeSeed()}
}

// optional returns what the host's store can do beside being one.
func optional[T any](s store.Store) (t T, ok bool) {
	if n, isNoted := s.(*noted); isNoted {
		s = n.Store
	}
	t, ok = s.(T)
	return t, ok
}

// notedDocument is what a change says and is found by, of any of the three kinds.
type notedDocument struct {
	Channel string `json:"channel"`
	// of customers
	Name     string               `json:"name"`
	Phone    string               `json:"phone"`
	Username string               `json:"username"`
	Profile  conversation.Profile `json:"profile"`
	// of conversations
	Ticket  string   `json:"ticket"`
	Tickets []string `json:"tickets"`
	Tags    []string `json:"tags"`
	Topic   string   `json:"topic"`
	// of messages
	Direction   string `json:"direction"`
	Text        string `json:"text"`
	Target      string `json:"target"`
	Attachments []struct {
		Name string `json:"name"`
	} `json:"attachments"`
}

// words are what the document is found by.
func (d *notedDocument) words() string {
	p := &d.Profile
	parts := []string{d.Name, p.Name, p.FirstName, p.Email, p.Company, d.Phone, d.Username, d.Ticket, d.Topic, d.Text}
	parts = append(append(parts, d.Tickets...), d.Tags...)
	for i := range d.Attachments {
		parts = append(parts, d.Attachments[i].Name)
	}
	return strings.TrimSpace(strings.Join(parts, "\n"))
}

// notes reports whether anybody hears of records of a kind.
func notes(kind string) bool {
	return kind == kindConversation || kind == kindMessage || kind == kindCustomer
}

// Commit implements [store.Store].
func (s *noted) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	with := *b
	learned := map[store.RecordKey]knownWords{}
	for i := range b.Put {
		if r := &b.Put[i]; notes(r.Kind) {
			s.note(&with, r, learned)
		}
	}
	for _, k := range b.Delete {
		if notes(k.Kind) && s.feed {
			with.Tell = append(with.Tell, store.Change{Kind: k.Kind, Key: k.Key})
		}
	}
	done, err := s.Store.Commit(ctx, &with)
	if err != nil {
		return done, err
	}
	after := func() {
		s.learn(learned, b.Delete)
		if len(with.Tell) > 0 {
			s.told()
		}
	}
	if d := store.DeferredIn(ctx); d != nil {
		d.Add(after, nil)
	} else {
		after()
	}
	return done, nil
}

// note adds to a batch what a record that it puts has to say.
func (s *noted) note(b *store.Batch, r *store.Record, learned map[store.RecordKey]knownWords) {
	var d notedDocument
	if json.Unmarshal(r.Body, &d) != nil || r.Kind == kindMessage && (d.Direction == "" || d.Target != "") {
		return // a stand-in, or the sending of a reaction, is no message
	}
	if s.feed {
		b.Tell = append(b.Tell, store.Change{Kind: r.Kind, Key: r.Key, Group: d.Channel})
	}
	if !s.search {
		return
	}
	words := d.words()
	now := knownWords{r.Version + 1, maphash.String(s.seed, d.Channel+"\x00"+words)}
	s.mu.Lock()
	before, ok := s.known[r.ID()]
	s.mu.Unlock()
	learned[r.ID()] = now
	if ok && before.version == r.Version && before.hash == now.hash || r.Version == 0 && words == "" {
		return
	}
	b.Index = append(b.Index, store.Entry{Kind: r.Kind, Key: r.Key, Group: d.Channel, Text: words})
}

// learn remembers what was indexed.
func (s *noted) learn(learned map[store.RecordKey]knownWords, deleted []store.RecordKey) {
	if !s.search {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known)+len(learned) > maxKnownWords {
		clear(s.known)
	}
	for id, words := range learned {
		s.known[id] = words
	}
	for _, id := range deleted {
		delete(s.known, id)
	}
}

// heralds wakes those who wait for news of this process.
type heralds struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that is closed by the next cry.
func (h *heralds) wait() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next == nil {
		h.next = make(chan struct{})
	}
	return h.next
}

func (h *heralds) cry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next != nil {
		close(h.next)
		h.next = nil
	}
}
