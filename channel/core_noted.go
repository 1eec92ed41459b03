package channel

import (
	"bytes"
	"context"
	"hash/maphash"
	"sync"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/jsonscan"
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

// foundBy are the texts by which records are found, as paths in their documents; of a list all elements
// count. Nobody hears of records of other kinds.
var foundBy = map[string][][]string{
	kindCustomer: {
		{"name"}, {"profile", "name"}, {"profile", "first_name"}, {"profile", "email"}, {"profile", "company"}, {"phone"}, {"username"},
	},
	kindConversation: {{"ticket"}, {"topic"}, {"tickets"}, {"tags"}},
	kindMessage:      {{"text"}, {"attachments", "name"}},
}

// notes reports whether anybody hears of records of a kind.
func notes(kind string) bool { return foundBy[kind] != nil }

// scans are for documents that were just encoded: nearly all of what they say is passed over.
var scans = sync.Pool{New: func() any { return new(jsonscan.Doc) }}

// inside returns of which channel a record is and what it is found by. It is false for what is no
// message: a stand-in, or the sending of a reaction.
func inside(r *store.Record) (channel, words string, ok bool) {
	doc := scans.Get().(*jsonscan.Doc)
	defer func() {
		doc.Reset()
		scans.Put(doc)
	}()
	if doc.Parse(string(r.Body)) != nil {
		return "", "", false
	}
	root := doc.Root()
	if r.Kind == kindMessage && (root.Get("direction").Str() == "" || root.Get("target").Exists()) {
		return "", "", false
	}
	var texts []byte
	for _, path := range foundBy[r.Kind] {
		texts = appendTexts(texts, root, path)
	}
	return root.Get("channel").Str(), string(bytes.TrimSpace(texts)), true
}

// appendTexts appends what stands at the end of a path, each on a line of its own.
func appendTexts(texts []byte, v jsonscan.Value, path []string) []byte {
	switch v.Kind() {
	case jsonscan.String:
		return append(append(texts, v.Str()...), '\n')
	case jsonscan.Array:
		it := v.Iter()
		for it.Next() {
			texts = appendTexts(texts, it.Value(), path)
		}
	case jsonscan.Object:
		if len(path) > 0 {
			return appendTexts(texts, v.Get(path[0]), path[1:])
		}
	}
	return texts
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
	channel, words, ok := inside(r)
	if !ok {
		return
	}
	if s.feed {
		b.Tell = append(b.Tell, store.Change{Kind: r.Kind, Key: r.Key, Group: channel})
	}
	if !s.search {
		return
	}
	now := knownWords{r.Version + 1, maphash.String(s.seed, channel+"\x00"+words)}
	s.mu.Lock()
	before, ok := s.known[r.ID()]
	s.mu.Unlock()
	learned[r.ID()] = now
	if ok && before.version == r.Version && before.hash == now.hash || r.Version == 0 && words == "" {
		return
	}
	b.Index = append(b.Index, store.Entry{Kind: r.Kind, Key: r.Key, Group: channel, Text: words})
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
