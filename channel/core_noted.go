package channel

import (
	"bytes"
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"unsafe"

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

// learnedWords are those of a record that is being committed.
type learnedWords struct {
	id store.RecordKey
	knownWords
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

// inside says of which channel a record is, and what it is found by. One is used again and again: nearly
// all of what a document says is passed over, and most documents say nothing new.
type inside struct {
	doc     jsonscan.Doc
	channel string
	texts   []byte // the channel first, each on a line of its own
}

var insides = sync.Pool{New: func() any { return new(inside) }}

// release lets go of the record. Nothing of in is of use afterwards but what words returned.
func (in *inside) release() {
	in.doc.Reset()
	in.channel = ""
	if cap(in.texts) <= maxTexts && in.doc.Cap() <= maxTexts {
		insides.Put(in)
	}
}

// maxTexts is how large a reader may be that is kept.
const maxTexts = 64 << 10

// read reads a record. It is false for what is no message: a stand-in, or the sending of a reaction.
func (in *inside) read(r *store.Record) bool {
	// Without a copy: nobody changes the body, and all that stays of it are copies.
	if in.doc.Parse(unsafe.String(unsafe.SliceData(r.Body), len(r.Body))) != nil {
		return false
	}
	root := in.doc.Root()
	if r.Kind == kindMessage && (root.Get("direction").Str() == "" || root.Get("target").Exists()) {
		return false
	}
	in.channel = strings.Clone(root.Get("channel").Str())
	in.texts = append(append(in.texts[:0], in.channel...), '\n')
	for _, path := range foundBy[r.Kind] {
		in.texts = appendTexts(in.texts, root, path)
	}
	return true
}

// words returns what the record is found by.
func (in *inside) words() string { return string(bytes.TrimSpace(in.texts[len(in.channel):])) }

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
	n := 0 // records that anybody hears of
	for i := range b.Put {
		if notes(b.Put[i].Kind) {
			n++
		}
	}
	for i := range b.Delete {
		if notes(b.Delete[i].Kind) {
			n++
		}
	}
	if n == 0 {
		return s.Store.Commit(ctx, b)
	}
	with := *b
	with.Tell = slices.Grow(slices.Clip(b.Tell), n)
	learned := make([]learnedWords, 0, n)
	for i := range b.Put {
		if r := &b.Put[i]; notes(r.Kind) {
			learned = s.note(&with, r, learned)
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
func (s *noted) note(b *store.Batch, r *store.Record, learned []learnedWords) []learnedWords {
	in := insides.Get().(*inside)
	defer in.release()
	if !in.read(r) {
		return learned
	}
	if s.feed {
		b.Tell = append(b.Tell, store.Change{Kind: r.Kind, Key: r.Key, Group: in.channel})
	}
	if !s.search {
		return learned
	}
	id, now := r.ID(), knownWords{r.Version + 1, maphash.Bytes(s.seed, in.texts)}
	s.mu.Lock()
	before, ok := s.known[id]
	s.mu.Unlock()
	learned = append(learned, learnedWords{id, now})
	if ok && before.version == r.Version && before.hash == now.hash {
		return learned
	}
	if words := in.words(); words != "" || r.Version > 0 {
		b.Index = append(b.Index, store.Entry{Kind: r.Kind, Key: r.Key, Group: in.channel, Text: words})
	}
	return learned
}

// learn remembers what was indexed.
func (s *noted) learn(learned []learnedWords, deleted []store.RecordKey) {
	if !s.search {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known)+len(learned) > maxKnownWords {
		clear(s.known)
	}
	for _, l := range learned {
		s.known[l.id] = l.knownWords
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
